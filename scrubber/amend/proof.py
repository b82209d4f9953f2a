"""When an amendment is proven: the amended claim was scrubbed again and is better, and nowhere worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(slots=True)
class Standing:
    """How one claim, or a file of claims, stands after a scrub.

    `failed` are ids of findings. `blocking` counts those that block by claim index, rule and the value at
    fault: what an amendment moves takes its own findings along, and is no worse for it. `gaps` are (claim
    index, rule) that could not be evaluated, with `*` for a claim that could not be scrubbed at all.
    """

    failed: set[str] = field(default_factory=set)
    blocking: Counter[tuple[int, str, str | None]] = field(default_factory=Counter)
    gaps: set[tuple[int, str]] = field(default_factory=set)

    def proves(self, ids: Collection[str], before: Standing) -> bool:
        """Return whether the findings `ids` are gone and nothing new blocks or is left open.

        A finding that can no longer be evaluated is not gone, so new gaps prove nothing.
        """
        return not (self.failed & set(ids) or self.blocking - before.blocking or self.gaps - before.gaps)
