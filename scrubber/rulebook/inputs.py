"""Which inputs of a run, besides the claims, rules look at."""

from __future__ import annotations

from scrubber.claim.background import input_of
from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.bundle import Bundle
from scrubber.rulebook.paths import reads


def inputs_read(bundle: Bundle) -> frozenset[str]:
    """Return the names of the inputs that some rule reads, such as `context.authorizations`."""
    known = Known.of(bundle, with_rows=False)
    patterns = (pattern for loaded in bundle.rules for pattern in reads(compile_rule(loaded.rule, known)))
    return frozenset(name for pattern in patterns if (name := input_of(pattern)) is not None)
