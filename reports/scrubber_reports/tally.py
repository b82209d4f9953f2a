"""Counts a run as it goes by: memory for the rules that spoke, none for the claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrubber_reports.views import ClaimView, FindingView
from scrubber_reports.words import severity_rank


@dataclass(slots=True)
class RuleCount:
    """What one rule said in a run. `severity` is the gravest it had; `first` marks where it spoke first."""

    rule: str
    title: str
    severity: str
    findings: int = 0
    claims: int = 0
    first: str = ""


@dataclass(slots=True)
class GapCount:
    """How often one rule could not be evaluated; the reason and remedy are those seen first."""

    rule: str
    reason: str
    remedy: str
    claims: int = 0
    other_reasons: bool = False


@dataclass(slots=True)
class Tally:
    """The counts of a run: claims by outcome, findings by rule, what was set aside and not evaluated."""

    files: int = 0
    claims: int = 0
    partial: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: dict[str, RuleCount] = field(default_factory=dict)
    gaps: dict[str, GapCount] = field(default_factory=dict)
    set_aside: Counter[str] = field(default_factory=Counter)
    #: Amendments by (applicability, way they are made).
    amendments: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add_clean(self, result: Mapping[str, Any]) -> bool:
        """Count a claim about which there is nothing to say; False when there is something."""
        if result["outcome"] != "clean" or result.get("coverage") != "complete" or result.get("findings"):
            return False
        self.claims += 1
        self.outcomes["clean"] += 1
        return True

    def add_claim(self, claim: ClaimView, anchor: str = "") -> None:
        """Count one claim; `anchor` is where a report shows it, if it does."""
        self.claims += 1
        self.outcomes[claim.outcome] += 1
        self.partial += claim.partial
        self.add_findings(claim.findings, anchor)
        for rule in {f.rule for f in claim.findings}:
            self.rules[rule].claims += 1
        self.set_aside.update(f.outcome for f in claim.set_aside)
        for gap in claim.gaps if claim.partial else ():
            count = self.gaps.setdefault(gap.rule, GapCount(gap.rule, gap.reason, gap.remedy))
            count.claims += 1
            count.other_reasons |= gap.reason != count.reason

    def add_findings(self, findings: tuple[FindingView, ...], anchor: str = "") -> None:
        """Count findings that failed: those of one claim, or of a file."""
        for finding in findings:
            count = self.rules.get(finding.rule)
            if count is None:
                count = self.rules[finding.rule] = RuleCount(finding.rule, finding.title, finding.severity)
            count.findings += 1
            count.severity = min(count.severity, finding.severity, key=severity_rank)
            count.first = count.first or anchor
            if finding.amendment is not None:
                self.amendments[finding.amendment.applicability, finding.amendment.way] += 1

    def by_rule(self) -> list[RuleCount]:
        """Return the rules that spoke: the gravest first, then the most frequent."""
        return sorted(self.rules.values(), key=lambda c: (severity_rank(c.severity), -c.claims, c.rule))

    def by_gap(self) -> list[GapCount]:
        """Return the rules that could not be evaluated, the most frequent first."""
        return sorted(self.gaps.values(), key=lambda c: (-c.claims, c.rule))
