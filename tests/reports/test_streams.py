"""The reports that programs read keep nothing of the claims that went by."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from scrubber_reports.csv_out import CsvReport
from scrubber_reports.fhir import FhirReport
from scrubber_reports.json_out import JsonLinesReport, JsonReport
from scrubber_reports.sarif import SarifReport
from tests.reports.samples import GAP, PANEL, PHONE, RENDERING, TOTAL, result

REPORTS = [JsonReport, JsonLinesReport, SarifReport, FhirReport, CsvReport]


class Counting(io.RawIOBase):
    """Forgets what is written to it, and counts it."""

    written = 0

    def write(self, data: Any) -> int:
        self.written += len(data)
        return len(data)

    def writable(self) -> bool:
        return True


@pytest.mark.parametrize("make", REPORTS)
def test_each_claim_is_written_when_it_comes_and_then_forgotten(make: Callable[[Any], Any]) -> None:
    out = Counting()
    report = make(out)
    report.start({})
    report.start_file({"path": "a.837", "format": "x12"})

    def write(first: int, last: int) -> int:
        for index in range(first, last):
            before = out.written
            findings = [{**f, "id": f"{index:016x}"} for f in (RENDERING, TOTAL, PHONE, PANEL)]
            report.claim(result(index, f"FICT-{index}", "rejected", findings, [GAP]))
            assert out.written > before + 1_000
        gc.collect()  # also empties the interpreter's own lists of free objects
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        settled = write(0, 200)
        grown = write(200, 800) - settled
    finally:
        tracemalloc.stop()
    assert grown < 30_000  # what 600 claims wrote is more than thirty times that
    assert out.written > 1_000_000
    report.end_file({"findings": [], "sha256": ""})
    report.finish({})
