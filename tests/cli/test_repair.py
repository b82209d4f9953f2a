"""`scrub --repair`: safe amendments are made by themselves, in a copy; what a person decides is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.test_amend import LAYOUTS, THREE, changes
from tests.conftest import PROFESSIONAL, Quick, body_of, in_transactions, scrubber
from tests.support.make837 import make837


@pytest.mark.parametrize("name", LAYOUTS)
def test_only_the_safe_amendment_is_made_whatever_the_layout(
    name: str, workspace: Path, quick: Quick
) -> None:
    layout = LAYOUTS[name]
    original = layout.change(THREE)
    Path("claims.837").write_bytes(original)
    ran = quick("scrub", "claims.837", "--format", "json", "--repair", "fixed")
    assert ran.err == "fixed/claims.837: 1 finding repaired in segment 14\n"
    written = Path("fixed/claims.837").read_bytes()
    assert original.count(b"217-555-0100") == 1
    assert written == original.replace(b"217-555-0100", b"2175550100")
    assert list(changes(original, written, layout.terminator)) == [14]
    assert Path("claims.837").read_bytes() == original
    # The report is about the claims as they came.
    rules = {finding["rule"] for finding in ran.findings}
    assert rules - {"IG-206"} == {"BAL-001", "DX-001", "FMT-009"}
    assert ("IG-206" in rules) is (name in ("latin-1", "UTF-8"))  # letters that X12 does not take
    assert ran.code == 1


def test_only_files_with_something_to_repair_are_written(workspace: Path, quick: Quick) -> None:
    Path("batch").mkdir()
    Path("batch/a.837").write_bytes(THREE)
    Path("batch/b.837").write_bytes(PROFESSIONAL)
    Path("batch/c.837").write_bytes(THREE.replace(b"FICT-0001", b"FICT-0003"))
    ran = quick("scrub", "batch", "--repair", "fixed")
    assert ran.err.splitlines() == [
        "fixed/a.837: 1 finding repaired in segment 14",
        "fixed/c.837: 1 finding repaired in segment 14",
        "1 file has nothing to repair by itself and is not in fixed",
    ]
    assert sorted(path.name for path in Path("fixed").iterdir()) == ["a.837", "c.837"]


def test_the_repaired_file_no_longer_has_the_finding(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(THREE)
    quick("scrub", "claims.837", "--repair", "fixed")
    ran = quick("scrub", "fixed/claims.837", "--format", "json")
    assert [finding["rule"] for finding in ran.findings] == ["BAL-001", "DX-001"]


def test_nothing_to_repair_is_said_and_nothing_is_written(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(THREE.replace(b"217-555-0100", b"2175550100"))
    ran = quick("scrub", "claims.837", "--repair", "fixed")
    assert ran.err == "1 file has nothing to repair by itself and is not in fixed\n"
    assert ran.code == 1
    assert [str(path) for path in Path().rglob("*.837")] == ["claims.837"]


def test_a_number_that_needs_a_person_is_left_alone(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL.replace(b"2175550100", b"555-0100"))
    ran = quick("scrub", "claims.837", "--format", "json", "--repair", "fixed")
    (finding,) = ran.findings
    assert (finding["rule"], finding["amendment"]["applicability"]) == ("FMT-009", "advise")
    assert [str(path) for path in Path().rglob("*.837")] == ["claims.837"]


def test_one_phone_above_many_claims_is_repaired_once(workspace: Path, quick: Quick) -> None:
    # Two claims share the segment, and a third has its own.
    below = body_of("TWO")
    text = in_transactions(
        (body_of("ONE") + below[below.index("CLM*") :]).replace("2175550100", "217.555.0100"),
        body_of("THREE").replace("2175550100", "(217) 555-0100"),
    )
    Path("claims.837").write_text(text, encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json", "--repair", "fixed")
    assert [finding["rule"] for finding in ran.findings] == ["FMT-009"] * 3
    written = Path("fixed/claims.837").read_text(encoding="ascii")
    assert written == text.replace("217.555.0100", "2175550100").replace("(217) 555-0100", "2175550100")


def test_a_large_batch_is_repaired_over_chunks_and_processes(tmp_path: Path) -> None:
    text = make837(400, seed=11, subscribers_a_provider=3)
    numbers = re.findall(r"PER\*IC\*BILLING OFFICE\*TE\*(\d{10})", text)
    broken = text.replace("BILLING OFFICE*TE*2175550100", "BILLING OFFICE*TE*217-555-0100")
    assert len(numbers) > 100
    (tmp_path / "claims.837").write_text(broken, encoding="ascii")
    ran = scrubber(
        "scrub", "claims.837", "--format", "jsonl", "--jobs", "2", "--repair", "fixed", cwd=tmp_path
    )
    assert ran.code == 0
    assert (tmp_path / "fixed" / "claims.837").read_text(encoding="ascii") == text
