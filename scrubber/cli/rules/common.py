"""What the commands for rules share."""

from __future__ import annotations

import difflib

from scrubber.base_claims import ExampleError
from scrubber.cli.common import Failure
from scrubber.context import ContextFile
from scrubber.engine.durable import EngineUnavailable
from scrubber.history.store import Store
from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule
from scrubber.pipeline import Scrubber
from scrubber.reference.store import Snapshot


def scrubber_of(
    bundle: Bundle,
    data: Snapshot | None = None,
    history: Store | None = None,
    context: ContextFile | None = None,
) -> Scrubber:
    """Return what runs the rules of a bundle."""
    try:
        return Scrubber(bundle, data=data, history=history, context=context)
    except EngineUnavailable as error:
        raise Failure(str(error)) from None


def find(bundle: Bundle, rule_id: str) -> tuple[str, LoadedRule | LoadedDecision]:
    """Return a rule by id or alias, or a decision by id."""
    wanted = rule_id.upper()
    for held in bundle.decisions:
        if held.decision.id == wanted:
            return wanted, held
    try:
        loaded = bundle.rule(wanted)
    except KeyError:
        ids = [r.rule.id for r in bundle.rules] + [d.decision.id for d in bundle.decisions]
        close = difflib.get_close_matches(wanted, ids, n=1)
        hint = (
            f"did you mean {close[0]}?"
            if close
            else "`scrubber rules list` shows all; name your own with --packs"
        )
        raise Failure(f"there is no rule {rule_id}", hint) from None
    return loaded.rule.id, loaded


def unreadable_base(problem: ExampleError) -> Failure:
    """Return what to say when a base claim, and so every example that starts from it, cannot be read."""
    return Failure(str(problem), "put a whole 837 file with one clean claim into base/")


def plural(count: int, word: str) -> str:
    """Return `1 rule`, `2 rules`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
