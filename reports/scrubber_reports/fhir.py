"""The report of a run as one FHIR R4 Bundle of OperationOutcomes: one a claim, and one a file with problems.

OperationOutcome is the resource FHIR has for what a check of some content found. A collection is the type of
Bundle for resources that are only put together; a clean claim is in it too, with an issue that says so,
because an absent outcome could not be told from a claim that nobody checked. Which claim an outcome is about
stands in the entry's `about` link (the file and the claim's number in it), and for people in its text.

What could not be evaluated is a `warning` of type `incomplete`, and a claim that could not be checked is
`fatal`. `expression` holds paths of the claim as docs/paths.md lists them: the claim is no FHIR resource, and
the paths are written in the simple form that FHIR asks for here. Streams: nothing is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, BinaryIO

import orjson

from scrubber_reports.clean import file_uri, shown
from scrubber_reports.views import (
    EVERY_RULE,
    ClaimView,
    FindingView,
    GapView,
    claim_view,
    finding_views,
    gap_views,
)
from scrubber_reports.words import CHECK_FAILED, NOT_A_PASS

Json = Mapping[str, Any]
Issue = dict[str, Any]

SEVERITY = {"reject": "error", "deny": "error", "warn": "warning", "info": "information"}
#: FHIR's issue types by our categories; all other findings are about what may be billed.
TYPE = {"format": "invalid", "completeness": "required"}
OTHER_TYPE = "business-rule"
#: Makes the same run have the same identifiers; the URL is a name only.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:claim-scrubber:operation-outcome")


class FhirReport:
    """Writes a run as one Bundle. Call in order: start, (start_file, claim*, end_file)*, finish."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._entries = self._files = 0
        self._path, self._format = "-", ""

    def start(self, head: Json) -> None:
        """Begin; the bundle has no time of its own, so that the same run gives the same bytes."""
        self._out.write(b'{"resourceType":"Bundle","type":"collection"')

    def start_file(self, file: Json) -> None:
        """Begin one file: its `path` and `format`."""
        self._path, self._format = str(file["path"]), str(file.get("format") or "")
        self._files += 1

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Write the outcome of one claim."""
        view = claim_view(result, self._format)
        about = f"Claim {view.claim_id}, claim {view.index + 1} of {shown(self._path)}"
        issues = list(_issues_of(view, about))
        partly = ", checked only in part" if view.partial else ""
        self._write(
            f"file-{self._files}-claim-{view.index + 1}",
            f"{about}: {view.outcome}{partly}.",
            issues or [_issue("information", "informational", "Nothing was found.", about)],
            f"{file_uri(self._path)}#claim={view.index + 1}",
        )

    def end_file(self, file: Json) -> None:
        """Write the outcome of the file as a whole, if there is anything to say."""
        about = f"File {shown(self._path)}"
        findings = finding_views(file.get("findings") or (), of_file=True)
        gaps = gap_views(file.get("not_evaluated") or ())
        if findings or gaps:
            issues = [_of_finding(finding, about, "structure") for finding in findings]
            issues += [_of_gap(gap, about) for gap in gaps]
            text = f"{about}: problems of the file as a whole."
            self._write(f"file-{self._files}", text, issues, file_uri(self._path))

    def finish(self, summary: Json | None = None) -> None:
        """Write what was not run on any claim, and end."""
        never = gap_views((summary or {}).get("not_evaluated") or ())
        if never:
            issues = [_of_gap(gap, "All claims of the run") for gap in never]
            self._write("run", "Rules that did not run at all.", issues)
        self._out.write(b"\n]}\n" if self._entries else b"}\n")

    def _write(self, name: str, text: str, issues: list[Issue], about: str | None = None) -> None:
        div = f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</div>'
        resource = {
            "resourceType": "OperationOutcome",
            "id": name,
            "text": {"status": "generated", "div": div},
            "issue": issues,
        }
        full_url = f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{name} {about}'.encode('utf-8', 'replace').decode())}"
        link = {"link": [{"relation": "about", "url": about}]} if about else {}
        entry = {**link, "fullUrl": full_url, "resource": resource}
        self._out.write((b",\n" if self._entries else b',"entry":[\n') + orjson.dumps(entry))
        self._entries += 1


def _issues_of(claim: ClaimView, about: str) -> Iterable[Issue]:
    if claim.outcome == "error":
        yield _issue("fatal", "processing", CHECK_FAILED, about)
    for finding in (*claim.findings, *claim.set_aside):
        yield _of_finding(finding, about, TYPE.get(finding.category, OTHER_TYPE))
    for gap in claim.gaps:
        yield _of_gap(gap, about)


def _of_finding(finding: FindingView, about: str, type_: str) -> Issue:
    """Return a finding as an issue; one that was set aside is only for information."""
    severity = SEVERITY.get(finding.severity, "warning") if finding.failed else "information"
    text = finding.message or finding.title or finding.rule
    amendment = finding.amendment
    facts = [about]
    for place in finding.places:
        value = " (missing)" if place.value is None else f" = {place.value}" if place.value else ""
        facts.append(f"{'also' if place.related else 'where'}: {place.where}{value}")
    facts += [
        f"{label}: {fact}"
        for label, fact in (
            ("why", finding.why),
            ("cost", finding.cost),
            ("remedy", finding.remedy),
            ("fix", f"{amendment.applicability}, {amendment.title}" if amendment else ""),
            ("decision", " ".join((finding.reason, *finding.decided_by)).strip()),
            ("finding", finding.id),
        )
        if fact
    ]
    return _issue(
        severity,
        type_,
        text if finding.failed else f"{finding.outcome.capitalize()}: {text}",
        "\n".join(facts),  # one a line: a fact itself never has a line break
        rule=finding.rule,
        title=finding.title,
        paths=dict.fromkeys(place.path for place in finding.places if place.path),
    )


def _of_gap(gap: GapView, about: str) -> Issue:
    todo = f"\nto do: {gap.remedy}" if gap.remedy else ""
    text = f"Not evaluated: {gap.rule}. {NOT_A_PASS}"
    return _issue("warning", "incomplete", text, f"{about}\nreason: {gap.reason}{todo}", rule=gap.rule)


def _issue(
    severity: str,
    type_: str,
    text: str,
    diagnostics: str,
    *,
    rule: str = "",
    title: str = "",
    paths: Iterable[str] = (),
) -> Issue:
    details: dict[str, Any] = {"text": text}
    code = " ".join(rule.split())  # FHIR's codes have single spaces at most
    if code and rule != EVERY_RULE:
        details["coding"] = [{"code": code} | ({"display": title} if title else {})]
    issue = {"severity": severity, "code": type_, "details": details, "diagnostics": diagnostics}
    expression = list(paths)
    return issue | ({"expression": expression} if expression else {})  # FHIR has no empty arrays
