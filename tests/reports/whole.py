"""Writes a whole result object through a report, which in the product takes it in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Json = Mapping[str, Any]


class Report(Protocol):
    def start(self, head: Json) -> None: ...

    def start_file(self, file: Json) -> None: ...

    def claim(self, result: Json, claim: Json | None = None) -> None: ...

    def end_file(self, file: Json) -> None: ...

    def finish(self, summary: Json | None = None) -> None: ...


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
