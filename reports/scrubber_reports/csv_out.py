"""The report of a run as a table, for a spreadsheet: a row a claim, and a row for each thing said about it.

Every claim has one row of kind `claim`, clean ones too; only that row has the claim's `outcome`, so counting
a word in that column counts claims. Findings, what was set aside, rules that could not be evaluated and
problems of a file are rows of their own. RFC 4180, and UTF-8 with a byte order mark: without it, Excel takes
the file for the computer's old code page and spoils every name that is not plain English.

A spreadsheet runs a cell that begins with = + - or @ as a formula, and what a claim carries may be meant so.
Such a cell gets an apostrophe in front (OWASP, CSV injection). A negative amount is no formula and stays as
it is; a cell that itself begins with an apostrophe gets one more, so that one taken away at the start always
gives the text back. A semicolon separates cells in some countries: what follows it is treated alike.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from scrubber_reports.clean import shown
from scrubber_reports.views import (
    ClaimView,
    FindingView,
    GapView,
    PlaceView,
    claim_view,
    finding_views,
    gap_views,
)

Json = Mapping[str, Any]

#: The columns in their order. Names are stable: add at the end, never rename.
COLUMNS: Final = (
    "row",  # claim, finding, set aside, not evaluated or file
    "file",
    "claim_number",  # counted from 1 in the file
    "claim_id",
    "claim_type",
    "outcome",  # these three in rows of kind `claim` only
    "coverage",
    "findings",
    "rule",
    "severity",
    "status",  # fail, bypassed or suppressed
    "title",
    "message",
    "loop",
    "element",
    "segment_number",
    "form_box",
    "claim_path",
    "value",
    "other_places",
    "why",
    "denial",
    "fix",  # safe, confirm or advise
    "fix_title",
    "remedy",
    "team",
    "reason",
    "decided_by",
    "finding_id",
)

_AMOUNT = re.compile(r"-[0-9]+(\.[0-9]+)?")
#: Where a cell begins (also where semicolons separate cells) with what would run, quoted or not. The wide
#: forms of the four characters are read alike by some spreadsheets.
_FORMULA = re.compile(r"(^|;)(?=\"*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")


class CsvReport:
    """Writes a run as one table. Call in order: start, (start_file, claim*, end_file)*, finish."""

    def __init__(self, out: BinaryIO) -> None:
        out.write(codecs.BOM_UTF8)
        self._rows = csv.DictWriter(codecs.getwriter("utf-8")(out), COLUMNS, restval="")
        self._path, self._format = "-", ""

    def start(self, head: Json) -> None:
        """Write the names of the columns."""
        self._rows.writeheader()

    def start_file(self, file: Json) -> None:
        """Begin one file: its `path` and `format`."""
        self._path, self._format = str(file["path"]), str(file.get("format") or "")

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Write the row of one claim, and those of what is said about it."""
        view = claim_view(result, self._format)
        self._write(
            "claim",
            view,
            outcome=view.outcome,
            coverage=shown(result.get("coverage") or "", 40),
            findings=str(len(view.findings)),
        )
        for finding in view.findings:
            self._write("finding", view, **_of_finding(finding))
        for finding in view.set_aside:
            self._write("set aside", view, **_of_finding(finding))
        for gap in view.gaps:
            self._write("not evaluated", view, **_of_gap(gap))

    def end_file(self, file: Json) -> None:
        """Write the rows of the file as a whole."""
        for finding in finding_views(file.get("findings") or (), of_file=True):
            self._write("file", None, **_of_finding(finding))
        for gap in gap_views(file.get("not_evaluated") or ()):
            self._write("not evaluated", None, **_of_gap(gap))

    def finish(self, summary: Json | None = None) -> None:
        """Write the rules that were not run on any claim."""
        self._path = ""
        for gap in gap_views((summary or {}).get("not_evaluated") or ()):
            self._write("not evaluated", None, **_of_gap(gap))

    def _write(self, row: str, claim: ClaimView | None, **cells: str) -> None:
        of_claim = {}
        if claim is not None:
            number = str(claim.index + 1)
            of_claim = {
                "claim_number": number,
                "claim_id": claim.claim_id,
                "claim_type": claim.claim_type,
            }
        whole = {"row": row, "file": shown(self._path, 300), **of_claim, **cells}
        self._rows.writerow({name: harmless(text) for name, text in whole.items()})


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet runs; an amount stays an amount."""
    if _AMOUNT.fullmatch(text):
        return text
    if text.startswith("'"):
        text = f"'{text}"
    return _FORMULA.sub(r"\1'", text)


def _of_finding(finding: FindingView) -> dict[str, str]:
    first = next((place for place in finding.places if not place.related), None)
    amendment = finding.amendment
    return {
        **(_of_place(first) if first else {}),
        "rule": finding.rule,
        "severity": finding.severity,
        "status": finding.outcome,
        "title": finding.title,
        "message": finding.message,
        "other_places": "; ".join(p.where for p in finding.places if p is not first),
        "why": finding.why,
        "denial": finding.denial_codes,
        "fix": amendment.applicability if amendment else "",
        "fix_title": amendment.title if amendment else "",
        "remedy": finding.remedy,
        "team": finding.route,
        "reason": finding.reason,
        "decided_by": ", ".join(finding.decided_by),
        "finding_id": finding.id,
    }


def _of_place(place: PlaceView) -> dict[str, str]:
    return {
        "loop": place.loop,
        "element": place.element,
        "segment_number": "" if place.position is None else str(place.position),
        "form_box": place.form,
        "claim_path": place.path,
        "value": "(missing)" if place.value is None else place.value,
    }


def _of_gap(gap: GapView) -> dict[str, str]:
    return {"rule": gap.rule, "reason": gap.reason, "remedy": gap.remedy}
