from __future__ import annotations

import csv
import io

import pytest

from scrubber_reports.csv_out import COLUMNS, CsvReport, harmless
from tests.reports.samples import GAP, PANEL, PHONE, RENDERING, RUN, TOTAL, Json, location, result, x12
from tests.reports.test_html import ATTACKS
from tests.reports.test_text import ERROR_GAP, one_claim
from tests.reports.whole import write_run


def csv_of(run: Json) -> bytes:
    out = io.BytesIO()
    write_run(CsvReport(out), run)
    return out.getvalue()


def rows_of(run: Json) -> list[dict[str, str]]:
    """Return the rows without their empty cells."""
    reader = csv.DictReader(io.StringIO(csv_of(run).decode("utf-8-sig"), newline=""), strict=True)
    assert reader.fieldnames == list(COLUMNS)
    rows = list(reader)
    assert all(None not in row and None not in row.values() for row in rows)
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def test_the_names_of_the_columns_are_stable() -> None:
    assert ",".join(COLUMNS) == (
        "row,file,claim_number,claim_id,claim_type,outcome,coverage,findings,rule,severity,status,title,message,"
        "loop,element,segment_number,form_box,claim_path,value,other_places,why,denial,fix,fix_title,remedy,team,"
        "reason,decided_by,finding_id"
    )


def test_excel_is_told_that_it_is_utf_8_and_lines_end_as_rfc_4180_says() -> None:
    raw = csv_of(one_claim(result(0, "MÜLLER-1", "clean", [])))
    assert raw.startswith(b"\xef\xbb\xbfrow,file,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert "MÜLLER-1".encode() in raw


def test_every_claim_is_counted_once_by_its_outcome() -> None:
    rows = rows_of(RUN)
    assert [row["outcome"] for row in rows if "outcome" in row] == [
        *("rejected", "clean", "review", "clean", "error")
    ]
    assert all((row["row"] == "claim") == ("outcome" in row) for row in rows)
    assert [row["row"] for row in rows] == [
        *("claim", "finding", "finding", "finding", "finding", "set aside"),
        *("claim", "claim", "finding", "not evaluated", "claim", "claim", "not evaluated"),
    ]


def test_a_finding_has_its_place_in_columns() -> None:
    claim, row = rows_of(one_claim(result(0, "FICT-9", "rejected", [TOTAL])))
    assert claim["findings"] == "1" and claim["coverage"] == "complete"
    assert row == {
        "row": "finding",
        "file": "a.837",
        "claim_number": "1",
        "claim_id": "FICT-9",
        "claim_type": "professional",
        "rule": "BAL-001",
        "severity": "reject",
        "status": "fail",
        "title": TOTAL["title"],
        "message": TOTAL["message"],
        "loop": "2300",
        "element": "CLM02",
        "segment_number": "23",
        "form_box": "CMS-1500 28",
        "claim_path": "total_charge",
        "value": "254.00",
        "why": TOTAL["why"],
        "denial": "CO-16 M54",
        "fix": "confirm",
        "fix_title": TOTAL["amendment"]["title"],
        "team": "billing",
        "decided_by": "DEC-003",
        "finding_id": TOTAL["id"],
    }


def test_a_missing_value_and_related_places() -> None:
    row = rows_of(one_claim(result(0, "FICT-9", "rejected", [RENDERING])))[1]
    assert row["value"] == "(missing)" and "segment_number" not in row
    assert row["other_places"] == "2010AA NM102 · segment 10"


def test_what_was_set_aside_and_not_evaluated_are_rows_of_their_own() -> None:
    claim, aside, gap = rows_of(
        one_claim(result(0, "FICT-9", "clean", [{**PANEL, "outcome": "bypassed"}], [GAP]))
    )
    assert (claim["outcome"], claim["coverage"], claim["findings"]) == ("clean", "partial", "0")
    assert (aside["row"], aside["status"], aside["reason"]) == ("set aside", "bypassed", PANEL["reason"])
    assert (gap["row"], gap["rule"], gap["reason"]) == ("not evaluated", "TIM-001", GAP["reason"])
    assert gap["remedy"] == GAP["remedy"]


def test_a_claim_that_could_not_be_checked() -> None:
    claim, gap = rows_of(one_claim(result(0, "FICT-9", "error", [], [ERROR_GAP])))
    assert claim["outcome"] == "error"
    assert (gap["rule"], gap["remedy"]) == ("every rule", "scrub it alone")


def test_a_problem_of_the_file_has_its_remedy() -> None:
    finding = {**PHONE, "rule": "X12-002", "reason": "Remedy: check the SE count.", "amendment": None}
    (row,) = rows_of({"files": [{"path": "a.837", "claims": [], "findings": [finding]}]})
    assert (row["row"], row["rule"], row["remedy"]) == ("file", "X12-002", "Check the SE count.")
    assert "claim_number" not in row


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+12175550100", "'+12175550100"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("-", "'-"),
        ("-5 units", "'-5 units"),
        ("-1e5", "'-1e5"),
        ("@SUM(1+1)", "'@SUM(1+1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ('"=1+1"', '\'"=1+1"'),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a;"=1+1"', 'a;\'"=1+1"'),
        ("'quoted'", "''quoted'"),
        ("-25.00", "-25.00"),
        ("-0", "-0"),
        ("254.00", "254.00"),
        ("A-1", "A-1"),
        ("a; b", "a; b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula_and_no_amount_is_spoiled(text: str, cell: str) -> None:
    assert harmless(text) == cell
    if cell.startswith("'"):
        assert cell[1:] == text


def test_a_negative_amount_is_shown_as_it_is() -> None:
    place = location("total_charge", "/total_charge", x12("2300", "CLM", 2, 23), None, "-25.00")
    row = rows_of(one_claim(result(0, "FICT-9", "rejected", [{**TOTAL, "locations": [place]}])))[1]
    assert row["value"] == "-25.00"


FORMULAS = {"formula": "=cmd|' /C calc'!A0", "quotes": 'a "quoted", "b"', "semicolon": "x;=HYPERLINK(1)"}


@pytest.mark.parametrize("value", [*ATTACKS.values(), *FORMULAS.values()], ids=[*ATTACKS, *FORMULAS])
def test_hostile_values_stay_in_their_cells(value: str) -> None:
    finding = {
        **TOTAL,
        "id": value,
        "rule": value,
        "title": value,
        "message": value,
        "why": value,
        "locations": [location(value, f"/{value}", x12("2300", "CLM", 2, 3), value, value)],
        "reason": value,
        "decided_by": [value],
        "route": value,
        "amendment": {**TOTAL["amendment"], "title": value},
    }
    gap = {"rule": value, "reason": value, "remedy": value}
    run = one_claim(result(0, value, "rejected", [finding], [gap]), path=value)
    rows = rows_of({**run, "summary": {"not_evaluated": [gap]}})
    assert [row["row"] for row in rows] == ["claim", "finding", "not evaluated", "not evaluated"]
    for cell in (cell for row in rows for cell in row.values()):
        assert cell.isprintable()
        assert cell[0] not in "=+-@"
        assert not any(part.startswith(("=", "+", "-", "@")) for part in cell.split(";"))
    assert len(csv_of(run)) < 30_000
