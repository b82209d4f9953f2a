"""Writes a whole result through any report: for stored results and small runs that are not streamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Json = Mapping[str, Any]


class Report(Protocol):
    """What every report of a run offers. Call in order: start, (start_file, claim*, end_file)*, finish."""

    def start(self, head: Json) -> None:
        """Begin; `head` has the members of the result that stand before `files`."""

    def start_file(self, file: Json) -> None:
        """Begin one file: `path`, `format`."""

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Take one claim's result, and the claim's JSON if the report is to show the claim."""

    def end_file(self, file: Json) -> None:
        """End one file: `findings` of the file as a whole, `sha256`."""

    def finish(self, summary: Json | None = None) -> None:
        """End the report."""


def write_run(
    report: Report, run: Json, claim_of: Callable[[str, int], Json | None] = lambda path, index: None
) -> None:
    """Write a result object through a report. `claim_of` gives a claim's JSON by file path and index."""
    report.start(run)
    for file in run.get("files") or ():
        report.start_file(file)
        for result in file.get("claims") or ():
            report.claim(result, claim_of(str(file["path"]), int(result["index"])))
        report.end_file(file)
    report.finish(run.get("summary"))
