"""What observers hand to decisions: small, typed facts about one claim.

An observation is made by one rule about one item. It says nothing about other observations:
whatever depends on more than one of them is a decision (`decide.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scrubber.findings import FindingOutcome, Severity

ObservationKind = Literal["violation", "bypass", "unknown"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One rule's observation on one item of a claim.

    `items` maps the rule's aliases to claim paths (`{"line": "lines[2]"}`), `line` is the 0-based
    index of the service line concerned (None when the item is not on a line), `at` the claim paths to
    point at, the primary one first; `told` are the values at those that are no part of the claim.
    `unknown` observations carry `reason` and `remedy` instead of a message.
    `preview`: made by a rule that is not stable yet. `note` says why the severity is not the rule's,
    `set_aside` why it is known and counts for nothing, `suppression` by which entry of all that there are.
    """

    kind: ObservationKind
    rule: str
    severity: Severity
    items: dict[str, str] = field(default_factory=dict)
    line: int | None = None
    at: tuple[str, ...] = ()
    told: dict[str, str] = field(default_factory=dict)
    message: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    remedy: str = ""
    preview: bool = False
    note: str = ""
    set_aside: str = ""
    suppression: int | None = None

    @property
    def counts(self) -> bool:
        """True when it takes part in decisions."""
        return not self.preview and not self.set_aside


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the decisions made of one observation (violation or bypass)."""

    outcome: FindingOutcome
    severity: Severity
    reason: str | None = None
    decided_by: tuple[str, ...] = ()
    route: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The conclusions on one claim: a verdict per violation or bypass, in order, and the claim's outcome."""

    verdicts: tuple[Verdict, ...]
    outcome: Literal["rejected", "review", "clean"]
