"""Counts a run as it goes by: memory for the rules that spoke, none for the claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scrubber_reports.views import ClaimView, FindingView
from scrubber_reports.words import severity_rank

#: Payers that are counted by name, and those that are listed. A file may name another one in each claim.
MOST_PAYERS: Final = 1_000
LISTED_PAYERS: Final = 20
OTHER_PAYERS: Final = "Other payers"


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
class PayerCount:
    """What was found on the claims to one payer. `severity` is the gravest of it."""

    payer: str
    severity: str = ""
    findings: int = 0
    claims: int = 0

    def add(self, other: PayerCount) -> None:
        """Count what another has."""
        self.findings += other.findings
        self.claims += other.claims
        self.severity = min(self.severity, other.severity, key=severity_rank)


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
    #: Only where a report has the claims themselves: their results do not name the payer.
    payers: dict[str, PayerCount] = field(default_factory=dict)
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

    def add_payer(self, payer: str, claim: ClaimView) -> None:
        """Count the findings of one claim for its payer."""
        if not claim.findings:
            return
        name = payer if payer in self.payers or len(self.payers) < MOST_PAYERS else OTHER_PAYERS
        severity = min((f.severity for f in claim.findings), key=severity_rank)
        count = self.payers.setdefault(name, PayerCount(name))
        count.add(PayerCount(name, severity, len(claim.findings), 1))

    def by_payer(self) -> list[PayerCount]:
        """Return the payers with the most findings, those that are not listed as one entry at the end."""
        ranked = sorted(
            self.payers.values(),
            key=lambda c: (c.payer == OTHER_PAYERS, -c.findings, -c.claims, c.payer),
        )
        if len(ranked) <= LISTED_PAYERS:
            return ranked
        others = PayerCount(OTHER_PAYERS)
        for count in ranked[LISTED_PAYERS:]:
            others.add(count)
        return [*ranked[:LISTED_PAYERS], others]

    def by_rule(self) -> list[RuleCount]:
        """Return the rules that spoke: the gravest first, then the most frequent."""
        return sorted(self.rules.values(), key=lambda c: (severity_rank(c.severity), -c.claims, c.rule))

    def by_gap(self) -> list[GapCount]:
        """Return the rules that could not be evaluated, the most frequent first."""
        return sorted(self.gaps.values(), key=lambda c: (-c.claims, c.rule))
