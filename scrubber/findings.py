"""What a scrub says about a claim: frozen values, no behaviour beyond their published JSON form.

These are the product's contract with other systems. Field names are stable: add, never rename.
Nothing here knows how a finding is found or how it is shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA_VERSION = 1

FindingOutcome = Literal["fail", "bypassed", "suppressed"]
ClaimOutcome = Literal["rejected", "review", "clean", "error"]
Severity = Literal["reject", "deny", "warn", "info"]
Applicability = Literal["safe", "confirm", "advise"]

#: Severities that keep a claim from being submitted.
BLOCKING: frozenset[str] = frozenset({"reject", "deny"})

JsonPatch = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class X12Place:
    """A place in an X12 file. `position` is the 1-based segment number in the file.

    Elements, components and repeats count from 1. For a value that is missing, the place is where
    it should stand; `position` is then that of the segment that lacks it, or None when the whole
    segment is absent (and always None for a claim that did not come from X12).
    """

    loop: str
    segment: str
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a finding is: claim path, JSON Pointer (RFC 6901), X12 place, paper form box and value."""

    role: Literal["primary", "related"]
    path: str
    pointer: str
    x12: X12Place | None = None
    form: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """What the payer would answer: claim adjustment group, CARC, RARCs, 277CA category:status:entity."""

    group: str | None = None
    carc: str | None = None
    rarc: tuple[str, ...] = ()
    status277: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A source a rule cites, and whether its text was checked by the rule's author."""

    title: str
    url: str | None
    checked: bool


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to change. `patch` is RFC 6902 on the claim JSON, each change after a `test` of the old value.

    `verified` means: the patched claim was scrubbed again, this finding is gone and nothing new blocks.
    """

    applicability: Applicability
    title: str
    patch: JsonPatch = field(default_factory=list)
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says about one place in one claim.

    `severity` is the one after decisions; `reason` says why it is bypassed, suppressed or was changed;
    `decided_by` names the decision rules; `route` is the team that should work on it.
    """

    id: str
    rule: str
    rule_version: str
    pack: str
    outcome: FindingOutcome
    severity: Severity
    snip: int | None
    category: str
    title: str
    message: str
    why: str
    locations: tuple[Location, ...]
    evidence: dict[str, str]
    denial: Denial | None = None
    references: tuple[Reference, ...] = ()
    amendment: Amendment | None = None
    route: str | None = None
    reason: str | None = None
    decided_by: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """True when this finding keeps the claim from being submitted."""
        return self.outcome == "fail" and self.severity in BLOCKING


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be decided on a claim: what was missing and what to do about it."""

    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The result for one claim. `index` counts claims in their file from 0; `claim_id` is CLM01.

    `suppressions` are the numbers of the local decisions that set a finding aside; they are not published.
    """

    index: int
    claim_id: str
    claim_type: str
    outcome: ClaimOutcome
    coverage: Literal["complete", "partial"]
    not_evaluated: tuple[NotEvaluated, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[int, ...] = ()

    @property
    def submittable(self) -> bool:
        """True when the claim is neither rejected nor an error."""
        return self.outcome in ("clean", "review")

    def members(self) -> dict[str, Any]:
        """Return the contract's claim object, its parts still as values of this module.

        `orjson.dumps` writes it as the published JSON: dataclasses become objects, their fields in order.
        """
        return {
            "index": self.index,
            "claim_id": self.claim_id,
            "claim_type": self.claim_type,
            "outcome": self.outcome,
            "submittable": self.submittable,
            "coverage": self.coverage,
            "not_evaluated": self.not_evaluated,
            "findings": self.findings,
        }


def finding_id(rule: str, claim_id: str, index: int, primary_path: str, items: tuple[str, ...]) -> str:
    """Return a finding's id: the same claim and rule always give the same id.

    `index` is the claim's place in its file, `items` the paths of the items the rule was looking at.
    """
    text = "\x1f".join((rule, claim_id, str(index), primary_path, *items))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
