"""Editions that come with the program: found by date, beside those that were imported."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference import embedded
from scrubber.reference.embedded import embedded_editions, with_embedded
from scrubber.reference.errors import StoreError
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import Snapshot
from tests.conftest import Quick

TABLES = load_tables([builtin_rules_dir()])
DAY = dt.date(2026, 8, 18)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept" / "tables"


def rows_of(table: str) -> StoredRows:
    return StoredRows(TABLES[table], with_embedded(Snapshot(Path())))


def is_valid(code: str, day: dt.date) -> bool:
    return bool(rows_of("icd10_cm").find_one({"code": code}, day))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("U071", dt.date(2020, 4, 1), dt.date(2027, 3, 31)),  # added in the middle of a fiscal year
        ("E66813", dt.date(2024, 10, 1), dt.date(2027, 3, 31)),
        ("I488", None, None),  # never valid: I48.8 does not exist
        ("E11", None, None),  # a heading
        ("M545", dt.date(2015, 10, 1), dt.date(2021, 9, 30)),  # replaced by longer codes
    ],
)
def test_a_code_is_valid_on_its_days(
    folder: Path, code: str, first: dt.date | None, last: dt.date | None
) -> None:
    if first is None or last is None:
        assert not is_valid(code, DAY)
        return
    days = {first - dt.timedelta(days=1): False, first: True, last: True, last + dt.timedelta(days=1): False}
    assert {day: is_valid(code, day) for day in days} == days


def test_a_date_beyond_the_edition_is_not_known(folder: Path) -> None:
    rows = rows_of("icd10_cm")
    (edition,) = [e for e in embedded_editions() if e.table == "icd10_cm"]
    assert edition.effective_to is not None
    assert rows.has_edition(edition.effective_to)
    assert not rows.has_edition(edition.effective_to + dt.timedelta(days=1))
    assert not rows.has_edition(edition.effective_from - dt.timedelta(days=1))
    assert "scrubber data import icd10_cm FILE" in rows.remedy


@pytest.mark.parametrize(
    ("table", "keys", "found"),
    [
        ("icd10_excludes1", {"code": "E1165", "excluded": "E1065"}, True),  # E11, not E10: at the category
        ("icd10_excludes1", {"code": "E1165", "excluded": "I10"}, False),
        ("icd10_excludes1", {"code": "A749", "excluded": "A562"}, True),  # a range: A55-A56
        ("icd10_code_first", {"code": "F0280", "first": "G309"}, True),
        ("icd10_code_first", {"code": "F0280", "first": "I10"}, False),
        ("icd10_seventh_characters", {"code": "S52501A"}, True),
        ("icd10_seventh_characters", {"code": "E1165"}, False),
        ("icd10_laterality", {"code": "M1711"}, True),
        ("icd10_laterality", {"code": "E1165"}, False),
    ],
)
def test_notes_hold_for_all_codes_below(folder: Path, table: str, keys: dict[str, str], found: bool) -> None:
    day = next(e for e in embedded_editions() if e.table == table).effective_from
    assert bool(rows_of(table).find({key: [value] for key, value in keys.items()}, day)) is found


def test_the_most_specific_heading_counts(folder: Path) -> None:
    """S52 has sixteen seventh characters; of the torus fractures below it only six are used."""
    day = next(e for e in embedded_editions() if e.table == "icd10_seventh_characters").effective_from
    rows = rows_of("icd10_seventh_characters").find({"code": ["S52521A"]}, day)
    assert rows[0]["characters"] == "A D G K P S" and len(rows[1]["characters"].split()) == 16


def test_every_edition_has_the_rows_that_it_says(folder: Path) -> None:
    for edition in embedded_editions():
        opened = embedded.open_embedded(TABLES[edition.table], edition)
        assert Path(edition.file).parent == folder and Path(edition.file).is_file()
        rows = [cells for _, cells in embedded._rows(TABLES[edition.table])]
        assert len(rows) == edition.rows > 20
        assert opened.execute("SELECT count(*) FROM rows").fetchone() == (len(set(rows)),)


def test_the_file_is_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_valid("E119", DAY)
    monkeypatch.setattr(embedded, "_make", None)
    assert is_valid("E1165", DAY) and [path.suffix for path in folder.iterdir()] == [".sqlite"]


def test_without_a_cache_it_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "file"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    rows = rows_of("icd10_cm")
    assert rows.find_one({"code": "E119"}, DAY) and rows.find_one({"code": "E1165"}, DAY)
    assert not list((tmp_path / "temporary").iterdir())  # nothing is left, however the process ends


@pytest.mark.parametrize("damage", ["empty", "other", "zeros"])
def test_a_damaged_file_of_the_cache_is_made_again(folder: Path, damage: str) -> None:
    assert is_valid("E119", DAY)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    wrong = {"empty": b"", "other": b"x" * 5000, "zeros": whole[:4096].ljust(len(whole), b"\0")}
    path.write_bytes(wrong[damage])
    assert is_valid("E119", DAY) and not is_valid("E11", DAY)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("changed", ["the code", "the table"])
def test_a_file_that_other_code_or_another_table_made_is_not_taken(
    folder: Path, changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {e.file for e in embedded_editions()}
    if changed == "the code":
        monkeypatch.setattr(embedded, "key_of", lambda *_: "other")
    else:
        shutil.copytree(builtin_rules_dir() / "tables", tmp_path / "tables")
        for path in (tmp_path / "tables").glob("*/table.yaml"):
            path.write_text(path.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
        monkeypatch.setattr(embedded, "builtin_rules_dir", lambda: tmp_path)
    after = {e.file for e in embedded_editions()}
    assert len(after) == len(before) and not before & after


def _look(folder: str) -> bool:
    import os

    os.environ["SCRUBBER_CACHE"] = folder
    return is_valid("E119", DAY)


def test_processes_may_make_it_at_the_same_time(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_look, [str(tmp_path)] * 4) == [True] * 4
    assert [path.suffix for path in (tmp_path / "tables").iterdir()] == [".sqlite"]


def test_what_was_imported_later_counts_before(folder: Path) -> None:
    """An imported edition answers for its dates, the embedded one for the others."""
    (own,) = [e for e in embedded_editions() if e.table == "icd10_cm"]
    imported = replace(own, edition="2027", embedded=False, effective_from=dt.date(2026, 10, 1))
    snapshot = with_embedded(Snapshot(Path(), (imported,)))
    assert [e.edition for e in snapshot.of("icd10_cm")] == ["2027", own.edition]


def test_a_damaged_installation_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "builtin_rules_dir", lambda: tmp_path)
    (tmp_path / "tables" / "icd10_cm").mkdir(parents=True)
    (tmp_path / "tables" / "icd10_cm" / "edition.json").write_text("{", encoding="ascii")
    with pytest.raises(StoreError, match="cannot be read"):
        embedded_editions()


def test_the_status_of_what_is_shipped_and_never_imported(tmp_path: Path, quick: Quick) -> None:
    ran = quick("data", "status", "--data", tmp_path / "none", "--format", "json")
    told = {table["table"]: table for table in ran.json["tables"]}
    notes = told["icd10_excludes1"]
    (edition,) = notes["editions"]
    assert edition["shipped"] is True
    ended = dt.date.fromisoformat(edition["effective_to"])
    later = f"ended on {ended}: rules that look here are not evaluated after that day"
    assert notes["warning"] == (later if ended < dt.date.today() else None)
    shown = quick("data", "status", "--all", "--data", tmp_path / "none").out
    assert ("scrubber data import icd10_excludes1" in shown) is (ended < dt.date.today())


def test_what_is_only_shipped_cannot_be_imported() -> None:
    table = TABLES["icd10_excludes1"].model_copy(update={"native": None})
    assert StoredRows(table, with_embedded(Snapshot(Path()))).remedy == (
        "install a version of the program whose table icd10_excludes1 has this date"
    )


def test_short_lists_are_whole(folder: Path) -> None:
    """Their numbers are those of the lists that pyx12 ships; which places are facilities is our word."""
    places = rows_of("place_of_service")
    told = {code: places.find_one({"code": code}, None) for code in ("11", "21", "22", "24", "31", "00")}
    assert {code: row[0]["facility"] for code, row in told.items() if row} == {
        **{"11": False, "21": True, "22": True, "24": True, "31": True}
    }
    assert rows_of("claim_filing_indicator").find_one({"code": "MB"}, None)
    assert rows_of("claim_status").find_one({"code": "562"}, None)
    assert rows_of("claim_status_category").find_one({"code": "A7"}, None)
    assert not rows_of("claim_status_category").find_one({"code": "Z9"}, None)
