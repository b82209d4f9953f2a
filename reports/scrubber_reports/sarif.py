"""The report of a run as SARIF 2.1.0, for systems that collect the findings of many checkers.

A finding is a result of kind `fail`. One that was set aside stays a `fail` and carries a suppression, because
the rule did find what it looks for; `pass` would deny that. Bypassed: the claim itself says why it is right
(a modifier), which SARIF calls `inSource`. Suppressed: a decision rule said so, which is `external`.

A rule that could not be decided is `open`, which SARIF defines as just that. A claim that could not be
checked at all is a `fail` of the rule `not-checked`, because whoever counts errors must meet it, and the run
says that it was not successful.

Streams: each result is written when its claim comes. What is kept is one entry a rule and one a file; `tool`
and `artifacts` therefore stand behind `results`, which JSON allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from scrubber_reports.clean import file_uri, shown
from scrubber_reports.views import (
    EVERY_RULE,
    ClaimView,
    FindingView,
    GapView,
    PlaceView,
    claim_view,
    finding_views,
    gap_views,
)
from scrubber_reports.words import CHECK_FAILED, NOT_A_PASS, many, severity_rank

Json = Mapping[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The rule that a claim which could not be checked has broken; no pack has it.
NOT_CHECKED = "not-checked"
LEVEL = {"reject": "error", "deny": "error", "warn": "warning", "info": "note"}


@dataclass(slots=True)
class _Rule:
    """What is said of a rule. `severity` is the gravest it had; empty when it only could not be decided."""

    index: int
    id: str
    title: str = ""
    why: str = ""
    severity: str = ""
    sources: str = ""
    url: str = ""

    def descriptor(self) -> dict[str, Any]:
        """Return SARIF's reportingDescriptor."""
        out: dict[str, Any] = {"id": self.id}
        if self.title:
            out["shortDescription"] = _message(self.title)
        if self.why:
            out["fullDescription"] = _message(self.why)
            out["help"] = _message(f"{self.why} Sources: {self.sources}." if self.sources else self.why)
        if self.url:
            out["helpUri"] = self.url
        if self.severity:
            out["defaultConfiguration"] = {"level": _level(self.severity)}
        return out


class SarifReport:
    """Writes a run as one SARIF log. Call in order: start, (start_file, claim*, end_file)*, finish."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._head: Json = {}
        self._results = self._unchecked = self._partial = self._of_files = 0
        self._rules: dict[str, _Rule] = {}
        self._artifacts: dict[str, dict[str, Any]] = {}
        self._path, self._format = "-", ""
        self._place: dict[str, Any] = {}

    def start(self, head: Json) -> None:
        """Begin; `head` has the members of the result that stand before `files`."""
        self._head = head
        self._out.write(orjson.dumps({"$schema": SCHEMA, "version": "2.1.0"})[:-1] + b',"runs":[{"results":[')

    def start_file(self, file: Json) -> None:
        """Begin one file: its `path` and `format`."""
        self._path, self._format = str(file["path"]), str(file.get("format") or "")
        location: dict[str, Any] = {"uri": file_uri(self._path), "index": len(self._artifacts)}
        if self._path == "-":
            location["description"] = _message("Standard input")
        new = {"location": location, "roles": ["analysisTarget"]}
        known = self._artifacts.setdefault(self._path, new)["location"]  # a file may be named twice
        self._place = {"artifactLocation": {name: known[name] for name in ("uri", "index")}}

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Write what is to say about one claim; a clean one is in the counts alone."""
        view = claim_view(result, self._format)
        self._partial += view.partial
        if view.outcome == "error":
            self._unchecked += 1
            self._write_unchecked(view)
        for finding in (*view.findings, *view.set_aside):
            self._write_finding(finding, view)
        for gap in view.gaps:
            if not (view.outcome == "error" and gap.rule == EVERY_RULE):  # said already
                self._write_gap(gap, view)

    def end_file(self, file: Json) -> None:
        """Write the findings on the file as a whole."""
        if file.get("sha256"):
            self._artifacts[self._path]["hashes"] = {"sha-256": file["sha256"]}
        for finding in finding_views(file.get("findings") or (), of_file=True):
            self._of_files += finding.failed
            self._write_finding(finding, None)
        for gap in gap_views(file.get("not_evaluated") or ()):
            self._write_gap(gap, None)

    def finish(self, summary: Json | None = None) -> None:
        """Write what is known only now: the rules that spoke, how the run went, the files, the counts."""
        summary, head = summary or {}, self._head
        engine = head.get("engine") or {}
        driver = {
            "name": shown(engine.get("name") or "claim-scrubber"),
            "version": shown(engine.get("version") or "unknown"),
            "rules": [rule.descriptor() for rule in self._rules.values()],
            "properties": _told({"rulesHash": engine.get("rules_hash"), "packs": head.get("packs")}),
        }
        notifications = self._notifications(gap_views(summary.get("not_evaluated") or ()))
        counts = {key: summary[key] for key in ("files", "claims", "outcomes", "partial") if key in summary}
        members = {
            "tool": {"driver": driver},
            "invocations": [
                {
                    "executionSuccessful": not (self._unchecked or self._of_files),
                    "toolExecutionNotifications": notifications,
                }
            ],
            "artifacts": list(self._artifacts.values()),
            "properties": _told({"receiptDate": head.get("receipt_date"), "summary": counts}),
        }
        self._out.write(b"]," + orjson.dumps(members)[1:] + b"]}\n")

    # --- results --------------------------------------------------------------------------------------

    def _write_finding(self, finding: FindingView, claim: ClaimView | None) -> None:
        remedy = f" Remedy: {finding.remedy}" if finding.remedy else ""
        primary = [self._location(p, claim) for p in finding.places if not p.related]
        related = [self._location(p, claim) for p in finding.places if p.related]
        amendment = finding.amendment
        properties = {
            "outcome": finding.outcome,
            "severity": finding.severity,
            "category": finding.category,
            "denial": finding.denial_codes,
            "route": finding.route,
            "evidence": dict(finding.evidence),
            "amendment": amendment
            and {
                "applicability": amendment.applicability,
                "title": amendment.title,
                "verified": amendment.verified,
            },
            "reason": finding.reason,
            "decidedBy": list(finding.decided_by),
        }
        self._write(
            self._rule_of(finding),
            "fail",
            _level(finding.severity),
            (finding.message or finding.title) + remedy,
            claim,
            locations=primary or [self._whole(claim)],
            **({"relatedLocations": related} if related else {}),
            partialFingerprints={"findingId/v1": finding.id},
            suppressions=[] if finding.failed else [_suppression(finding)],
            properties=properties,
        )

    def _write_unchecked(self, claim: ClaimView) -> None:
        rule = self._rule(NOT_CHECKED)
        rule.title, rule.why, rule.severity = "The claim could not be checked", CHECK_FAILED, "reject"
        reasons = [_said(gap) for gap in claim.gaps if gap.rule == EVERY_RULE]
        text = " ".join([CHECK_FAILED, *reasons])
        self._write(rule, "fail", "error", text, claim, properties={"outcome": "error"})

    def _write_gap(self, gap: GapView, claim: ClaimView | None) -> None:
        rule = self._rule(NOT_CHECKED if gap.rule == EVERY_RULE else gap.rule)
        text = f"Not evaluated: {_said(gap)} {NOT_A_PASS}"
        self._write(rule, "open", "none", text, claim, properties={"outcome": "indeterminate"})

    def _write(
        self, rule: _Rule, kind: str, level: str, text: str, claim: ClaimView | None, **more: Any
    ) -> None:
        properties = more.pop("properties", {})
        if claim is not None:
            properties |= {
                "claimIndex": claim.index,
                "claimId": claim.claim_id,
                "claimType": claim.claim_type,
                "claimOutcome": claim.outcome,
            }
        result = {
            "ruleId": rule.id,
            "ruleIndex": rule.index,
            "kind": kind,
            "level": level,
            "message": _message(text),
            "locations": [self._whole(claim)],
            "suppressions": [],  # on every result or on none: here it is always known
            **more,
            "properties": _told(properties),
        }
        self._out.write((b",\n" if self._results else b"\n") + orjson.dumps(result))
        self._results += 1

    def _rule(self, name: str) -> _Rule:
        return self._rules.setdefault(name, _Rule(len(self._rules), name))

    def _rule_of(self, finding: FindingView) -> _Rule:
        """Return the rule of a finding, with what the finding says about it noted."""
        rule = self._rule(finding.rule)
        if not rule.title:  # new, or known so far only as not evaluated
            rule.title, rule.why = finding.title, finding.why
            rule.sources = "; ".join(reference.title for reference in finding.references)
            urls = (r.url for r in finding.references if r.url.startswith(("https://", "http://")))
            rule.url = next(urls, "")
        if not rule.severity or severity_rank(finding.severity) < severity_rank(rule.severity):
            rule.severity = finding.severity
        return rule

    # --- places ---------------------------------------------------------------------------------------

    def _whole(self, claim: ClaimView | None) -> dict[str, Any]:
        """Return the location of a claim, or of the file, as a whole."""
        out: dict[str, Any] = {"physicalLocation": self._place}
        if claim is not None:
            name = f"claims[{claim.index}]"
            out["logicalLocations"] = [{"name": claim.claim_id, "fullyQualifiedName": name, "kind": "object"}]
        return out

    def _location(self, place: PlaceView, claim: ClaimView | None) -> dict[str, Any]:
        """Return a location. It has no region: segments are not lines, and a file need not have any."""
        prefix = f"claims[{claim.index}]." if claim is not None else ""
        logical = []
        if place.path:
            name = prefix + place.path
            logical.append({"name": place.path, "fullyQualifiedName": name, "kind": "property"})
        if place.element:
            name = f"{place.loop}/{place.element}" if place.loop else place.element
            logical.append({"name": place.element, "fullyQualifiedName": name, "kind": "element"})
        properties = {
            "segmentPosition": place.position,
            "formBox": place.form,
            "pointer": shown(place.pointer),
            "value": place.value,
        }
        return {
            "physicalLocation": self._place,
            "logicalLocations": logical,
            "properties": _told(properties),
        }

    # --- the run --------------------------------------------------------------------------------------

    def _notifications(self, never: Sequence[GapView]) -> list[dict[str, Any]]:
        """Return what makes the results incomplete, as conditions of the run: one entry a kind."""
        out = []
        if self._unchecked:
            out.append(("error", f"{many(self._unchecked, 'claim was', 'claims were')} not checked.", ""))
        if self._of_files:
            problems = many(self._of_files, "problem")
            text = f"{problems} of files as a whole: what could not be read was not checked."
            out.append(("error", text, ""))
        if self._partial:
            claims = many(self._partial, "claim was", "claims were")
            out.append(("warning", f"{claims} checked only in part. {NOT_A_PASS}", ""))
        for gap in never:
            out.append(("warning", f"{gap.rule} did not run at all: {_said(gap)} {NOT_A_PASS}", gap.rule))
        return [
            {"level": level, "message": _message(text)} | ({"associatedRule": {"id": rule}} if rule else {})
            for level, text, rule in out
        ]


def _told(properties: Json) -> dict[str, Any]:
    """Return the members of a property bag that say something."""
    return {name: value for name, value in properties.items() if value not in ("", None, [], {})}


def _level(severity: str) -> str:
    return LEVEL.get(severity, "warning")


def _said(gap: GapView) -> str:
    """Return why a rule could not be evaluated, and what to do, in sentences."""
    sentences = (gap.reason, f"To do: {gap.remedy}" if gap.remedy else "")
    return " ".join(s if s.endswith(".") else f"{s}." for s in sentences if s)


def _suppression(finding: FindingView) -> dict[str, str]:
    """Return where it was decided to set a finding aside, by whom and why."""
    by = ", ".join(finding.decided_by)
    parts = (finding.outcome, finding.reason, f"decided by {by}" if by else "")
    return {
        "kind": "inSource" if finding.outcome == "bypassed" else "external",
        "status": "accepted",
        "justification": ": ".join(part for part in parts if part),
    }


def _message(text: str) -> dict[str, str]:
    """Return a SARIF message; its braces are doubled, or they would be placeholders.

    A bracket before a parenthesis would be a link: a claim's text must not become one that can be clicked.
    """
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}
