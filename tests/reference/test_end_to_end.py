"""A table from its publisher's file to a finding: import, status, and rules that look something up in it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from tests.conftest import PROFESSIONAL, Quick, Ran, assert_refused, place, scrubber
from tests.reference.native import HCPCS_PREAMBLE, hcpcs, written, zipped

NAME = "HCPC2026_JUL_ANWEB.txt"
REMEDY = (
    "load the edition for this date: scrubber data import hcpcs FILE, "
    "with the quarter's zip, or HCPC2026_JUL_ANWEB.txt out of it, from CMS"
)


def claim(folder: Path, code: str, day: str = "20260818") -> Path:
    """Write a clean claim whose second line bills a code; its day of service is 2026-08-18."""
    path = folder / "claim.837"
    path.write_bytes(PROFESSIONAL.replace(b"HC:85025", f"HC:{code}".encode()))
    if day != "20260818":
        path.write_bytes(path.read_bytes().replace(b"20260818", day.encode()))
    return path


Scrubbed = Callable[[Path, Path], Ran]


@pytest.fixture
def scrubbed(quick: Quick) -> Scrubbed:
    return lambda path, data: quick("scrub", path, "--format", "json", "--data", data)


@pytest.fixture
def loaded(tmp_path: Path, quick: Quick) -> Path:
    data = tmp_path / "data"
    file = written(tmp_path, NAME, *HCPCS_PREAMBLE, hcpcs("A9991"), hcpcs("A9992", ended="20260630"))
    assert quick("data", "import", "hcpcs", file, "--data", data).code == 0
    return data


def test_a_code_that_ended_is_found(tmp_path: Path, loaded: Path, scrubbed: Scrubbed) -> None:
    assert scrubbed(claim(tmp_path, "A9991"), loaded).findings == []
    (finding,) = scrubbed(claim(tmp_path, "A9992"), loaded).findings
    assert (finding["rule"], finding["severity"]) == ("CDS-003", "reject")
    assert finding["message"] == "line 2 bills A9992, which is not valid on 2026-08-18."
    assert place(finding["locations"][0])[:4] == ("2400", "SV1", 1, 2)


def test_the_result_lists_the_editions(tmp_path: Path, loaded: Path, scrubbed: Scrubbed) -> None:
    ran = scrubbed(claim(tmp_path, "A9991"), loaded)
    (hcpcs_data,) = [e for e in ran.json["reference_data"] if e["table"] == "hcpcs"]
    assert hcpcs_data == (
        {
            "table": "hcpcs",
            "edition": "2026Q3",
            "effective_from": "2026-07-01",
            "effective_to": "2026-09-30",
            "rows": 2,
        }
    )
    assert ran.claims[0]["coverage"] == "complete"


def test_without_the_table_the_rule_is_not_evaluated(tmp_path: Path, scrubbed: Scrubbed) -> None:
    (one,) = scrubbed(claim(tmp_path, "A9991"), tmp_path / "nothing").claims
    assert one["findings"] == []
    assert one["coverage"] == "partial"
    reason = "not known: the table hcpcs on 2026-08-18"
    assert one["not_evaluated"] == [{"rule": "CDS-003", "reason": reason, "remedy": REMEDY}]


def test_a_date_of_no_edition_is_not_evaluated(tmp_path: Path, loaded: Path, scrubbed: Scrubbed) -> None:
    (one,) = scrubbed(claim(tmp_path, "A9991", day="20261001"), loaded).claims
    reasons = {gap["rule"]: gap["reason"] for gap in one["not_evaluated"]}
    assert reasons["CDS-003"] == "not known: the table hcpcs on 2026-10-01"


def test_the_date_of_service_picks_the_edition(
    tmp_path: Path, loaded: Path, quick: Quick, scrubbed: Scrubbed
) -> None:
    later = written(tmp_path, "HCPC2026_OCT_ANWEB.txt", hcpcs("A9992"), hcpcs("A9993"))
    assert (
        quick("data", "import", "hcpcs", zipped(tmp_path, "october.zip", later), "--data", loaded).code == 0
    )
    assert scrubbed(claim(tmp_path, "A9991"), loaded).findings == []
    found = scrubbed(claim(tmp_path, "A9991", day="20261001"), loaded).findings
    assert "CDS-003" in [finding["rule"] for finding in found]


def test_the_folder_is_named_by_the_environment_or_is_the_users(tmp_path: Path, loaded: Path) -> None:
    path = claim(tmp_path, "A9992")
    named = scrubber("scrub", path, "--format", "json", env={"SCRUBBER_DATA": str(loaded)})
    assert [f["rule"] for f in named.findings] == ["CDS-003"]
    (tmp_path / "home").mkdir()
    loaded.rename(tmp_path / "home" / "claim-scrubber")
    home = {"SCRUBBER_DATA": "", "XDG_DATA_HOME": str(tmp_path / "home")}
    assert [f["rule"] for f in scrubber("scrub", path, "--format", "json", env=home).findings] == ["CDS-003"]


def test_an_explanation_sees_the_row(tmp_path: Path, loaded: Path, quick: Quick) -> None:
    ran = quick("rules", "explain", claim(tmp_path, "A9991"), "CDS-003", "--data", loaded)
    assert "yes      entry present true" in ran.out


def test_a_damaged_edition_makes_claims_errors_and_says_what_to_do(
    tmp_path: Path, loaded: Path, scrubbed: Scrubbed
) -> None:
    (file,) = loaded.glob("*.sqlite")
    file.write_bytes(b"\0" * file.stat().st_size)
    (one,) = scrubbed(claim(tmp_path, "A9991"), loaded).claims
    assert one["outcome"] == "error"
    assert one["not_evaluated"] == [
        {
            "rule": "*",
            "reason": "the edition 2026Q3 of hcpcs is damaged",
            "remedy": "import it again: scrubber data import hcpcs FILE",
        }
    ]


def test_a_store_that_is_not_whole_stops_the_command(tmp_path: Path, loaded: Path, quick: Quick) -> None:
    (file,) = loaded.glob("*.sqlite")
    size = file.stat().st_size
    file.write_bytes(b"")
    path = claim(tmp_path, "A9991")
    assert_refused(
        quick("scrub", path, "--data", loaded),
        f"{file}, the edition 2026Q3 of hcpcs, has 0 bytes instead of {size:,}",
        f"restore it from a copy, or remove {loaded} and import the tables again",
    )
    (loaded / "editions.json").write_text("{")
    assert_refused(
        quick("scrub", path, "--data", loaded),
        f"{loaded / 'editions.json'} is damaged",
        "restore it from a copy, or remove it and import the tables again",
    )


def test_the_status_says_what_is_loaded_and_what_is_not(tmp_path: Path, loaded: Path, quick: Quick) -> None:
    shown = quick("data", "status", "--all", "--data", loaded).out
    assert "hcpcs: HCPCS Level II codes" in shown
    age = (dt.date.today() - dt.date(2026, 7, 1)).days
    assert f"2026Q3       from 2026-07-01 to 2026-09-30           2 rows, {age} days old" in shown
    tables = {
        table["table"]: table
        for table in quick("data", "status", "--data", loaded, "--format", "json").json["tables"]
    }
    (edition,) = tables["hcpcs"]["editions"]
    assert edition["sources"] == [NAME]
    assert edition["age_days"] == age
    assert tables["hcpcs_modifiers"]["warning"] == "not loaded: rules that look here are not evaluated"


def test_the_status_warns_of_what_is_old(tmp_path: Path, quick: Quick) -> None:
    data = tmp_path / "data"
    file = written(tmp_path, "HCPC2019_CONTR_ANWEB.txt", hcpcs("A9991"))
    quick("data", "import", "hcpcs", file, "--data", data)
    age = (dt.date.today() - dt.date(2019, 1, 1)).days
    warning = f"WARNING older than it should be: 2019 is {age} days old, and it is renewed quarterly"
    assert warning in quick("data", "status", "--all", "--data", data).out


def test_the_import_reports_every_line(tmp_path: Path, quick: Quick) -> None:
    file = written(
        tmp_path,
        NAME,
        *HCPCS_PREAMBLE,
        hcpcs("A9991"),
        hcpcs("A9991", kind="4"),
        hcpcs("A9992", added="20201301"),
        hcpcs("A9991"),
        hcpcs("ZZ", kind="7"),
    )
    ran = quick("data", "import", "hcpcs", file, "--data", tmp_path / "data")
    assert ran.out.splitlines() == [
        "hcpcs 2026Q3 imported: 1 rows, from 2026-07-01 to 2026-09-30",
        f"  {NAME}: 1 kept, 1 repeated, 1 refused, 6 lines that are no rows",
        "    1 x a description that goes on",
        "    1 x a modifier, not a code",
        "    2 x an empty line",
        "    2 x text before the first code",
        "    refused: line 7: the date on which the code was added is no date written YYYYMMDD",
        "    repeated: line 8: the same row was read before",
    ]
    report = quick("data", "import", "hcpcs", file, "--data", tmp_path / "data", "--format", "json").json
    assert report["replaced"] is True
    (told,) = report["files"]
    assert told["repeated"] == {"count": 1, "numbers": [8]}


def test_what_cannot_be_imported_is_said(tmp_path: Path, quick: Quick) -> None:
    data = tmp_path / "data"
    file = written(tmp_path, NAME, hcpcs("A9991"))
    ran = quick("data", "import", "hcpsc", file, "--data", data)
    assert_refused(ran, "there is no table hcpsc to import", "did you mean hcpcs?")
    ran = quick("data", "import", "hcpcs", tmp_path / "none.txt", "--data", data)
    assert_refused(
        ran, f"{tmp_path / 'none.txt'} cannot be read (No such file or directory)", "check the path"
    )
    renamed = file.rename(tmp_path / "codes.txt")
    assert_refused(
        quick("data", "import", "hcpcs", renamed, "--data", data),
        "codes.txt does not say which edition it is",
        "give it the publisher's name again, or say --edition NAME --effective-from DATE",
    )
    assert_refused(
        quick("data", "import", "hcpcs", renamed, "--data", data, "--edition", "2026Q3"),
        "an edition needs a name and a first day",
        "say --edition NAME --effective-from DATE",
    )
    assert not data.exists() or os.listdir(data) == []
    words = ("--edition", "2026Q3", "--effective-from", "2026-07-01")
    assert quick("data", "import", "hcpcs", renamed, "--data", data, *words).code == 0
    listed = json.loads((data / "editions.json").read_bytes())["editions"]
    assert [(e["edition"], e["effective_to"]) for e in listed] == [("2026Q3", None)]


def test_the_status_lists_what_comes_with_the_program_alone(
    tmp_path: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = load_tables([builtin_rules_dir()])
    told = [
        tables["icd10_pcs"].model_copy(update={"native": None}),
        tables["hcpcs"].model_copy(update={"native": None}),
    ]
    monkeypatch.setattr(
        "scrubber.cli.data.status.all_tables", lambda packs: {table.table: table for table in told}
    )
    assert quick("data", "status", "--all", "--data", tmp_path).out.splitlines() == [
        f"Reference data in {tmp_path}",
        "",
        "icd10_pcs: ICD-10-PCS codes, and whether they may be billed or are headings of codes",
        "  fy2016-fy2027 from 2015-10-01 to 2027-03-31      82,508 rows, shipped",
    ]


def test_the_status_names_the_rules_that_want_what_is_missing(
    tmp_path: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("data", "status", "--data", tmp_path)
    missing = quick(*words).out.partition("NOT LOADED  ")[2].partition("\n\n")[0].splitlines()
    assert missing[-1] == "  rules: CDS-003 (hcpcs)"
    of_table = quick(*words, "--all").out.partition("\nhcpcs: ")[2].partition("\n\n")[0].splitlines()
    assert "  rules   CDS-003" in of_table
    rules = {table["table"]: table["rules"] for table in quick(*words, "--format", "json").json["tables"]}
    assert (rules["hcpcs"], rules["mpfs"]) == (["CDS-003"], [])
    monkeypatch.setattr("scrubber.packs.bundle.Bundle.asking", lambda bundle, table: tuple("ABCDEFG"))
    assert "  rules   A, B, C, D, E and 2 more" in quick(*words, "--all").out.splitlines()


def test_the_status_is_a_line_for_each_family(
    tmp_path: Path, loaded: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = load_tables([builtin_rules_dir()])
    names = ("hcpcs", "hcpcs_modifiers", "icd10_cm", "icd10_pcs", "mpfs", "place_of_service")
    monkeypatch.setattr(
        "scrubber.cli.data.status.all_tables", lambda packs: {name: tables[name] for name in names}
    )
    age = (dt.date.today() - dt.date(2026, 7, 1)).days
    warning = [
        "WARNING  1 table:",
        f"  hcpcs: older than it should be: 2026Q3 is {age} days old, and it is renewed quarterly",
        "    rules: CDS-003 (hcpcs)",
        "",
    ]
    assert quick("data", "status", "--data", loaded).out.splitlines() == [
        f"Reference data in {loaded}",
        "",
        "  hcpcs  2 tables   1 to 2026-09-30; 1 NOT LOADED",
        "  icd10  2 tables   to 2027-03-31",
        "  mpfs   1 table    NOT LOADED",
        "  place  1 table    without an end",
        "",
        "NOT LOADED  2 tables; rules that look there are not evaluated:",
        "  hcpcs_modifiers, mpfs",
        "  no rule looks there",
        "",
        *(warning if age > 106 else []),
        "`scrubber data status --all` says of each table which editions there are, and which file to load.",
    ]


def test_a_file_that_was_changed_is_found_by_its_hash(tmp_path: Path, loaded: Path, quick: Quick) -> None:
    words = ("data", "status", "--data", loaded)
    whole = quick(*words, "--verify")
    assert (whole.code, whole.err) == (0, "")
    assert whole.out.endswith(" editions are as they were.\n")
    (file,) = loaded.glob("hcpcs-*.sqlite")
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1  # of the same size
    file.write_bytes(raw)
    assert quick(*words).code == 0
    ran = quick(*words, "--verify")
    assert (ran.code, ran.err) == (
        1,
        "scrubber: hcpcs 2026Q3 is not as it was when it was made: import it again\n",
    )
    assert "as they were" not in ran.out
    told = quick(*words, "--verify", "--format", "json")
    assert told.code == 1
    intact = {t["table"]: [e["intact"] for e in t["editions"]] for t in told.json["tables"] if t["editions"]}
    assert intact.pop("hcpcs") == [False]
    assert all(every == [True] for every in intact.values())


@pytest.mark.parametrize("damage", ["other rows", "no gzip", "gone"])
def test_shipped_rows_that_were_changed_are_found_by_their_hash(
    damage: str, tmp_path: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(builtin_rules_dir() / "tables", tmp_path / "tables")
    rows = tmp_path / "tables" / "place_of_service" / "rows.tsv.gz"
    monkeypatch.setattr("scrubber.reference.embedded.builtin_rules_dir", lambda: tmp_path)
    if damage == "gone":
        rows.unlink()
    else:
        rows.write_bytes(gzip.compress(b"99\n") if damage == "other rows" else b"99")
    ran = quick("data", "status", "--verify", "--data", tmp_path / "none")
    assert ran.code == 1
    assert "scrubber: place_of_service " in ran.err and "install the program again" in ran.err
    assert ran.err.count("\n") == 1
