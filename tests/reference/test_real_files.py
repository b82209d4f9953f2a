"""Publishers' own files, where SCRUBBER_NATIVE_FILES names a folder of them: every line is accounted for."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.importing import import_files
from scrubber.reference.report import ImportReport
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store

FOLDER = os.environ.get("SCRUBBER_NATIVE_FILES")
TABLES = load_tables([builtin_rules_dir()])
HCPCS, LATER_HCPCS, MCE = "2019-Alpha-Numeric-HCPCS-File.zip", "hcpcs_level2_2026q3.txt.gz", "mce_v37.tsv.gz"

pytestmark = pytest.mark.skipif(not FOLDER, reason="SCRUBBER_NATIVE_FILES is not set")


def native(name: str) -> Path:
    path = Path(FOLDER or "") / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def imported(table: str, name: str, folder: Path) -> tuple[ImportReport, StoredRows]:
    report = import_files(TABLES[table], [native(name)], folder)
    return report, StoredRows(TABLES[table], read_store(folder))


def test_hcpcs_2019(tmp_path: Path) -> None:
    report, rows = imported("hcpcs", HCPCS, tmp_path)
    (told,) = report.files
    assert (report.edition.edition, told.kept, told.refused, told.repeated.count) == ("2019", 6_440, {}, 0)
    assert dict(told.skipped) == {
        "text before the first code": 4,
        "an empty line": 4,
        "a description that goes on": 4_656,
        "a modifier, not a code": 526,
    }
    assert told.kept + sum(told.skipped.values()) == 11_630  # all lines of the file
    assert report.overlaps == ()
    day = dt.date(2019, 8, 18)
    later = set(gzip.decompress(native(LATER_HCPCS).read_bytes()).decode("ascii").split())
    codes = {code for code in later if rows.find_one({"code": code}, day)}
    assert 5_500 < len(codes) < 6_440
    assert rows.find_one({"code": "J1885"}, day)
    assert not rows.find_one({"code": "99213"}, day)
    ended = [code for code in later if not rows.find_one({"code": code}, day)]
    assert ended  # added since


def test_hcpcs_modifiers_2019(tmp_path: Path) -> None:
    report, rows = imported("hcpcs_modifiers", HCPCS, tmp_path)
    (told,) = report.files
    assert (told.kept, told.refused) == (360, {})
    assert told.kept + sum(told.skipped.values()) == 11_630
    assert rows.find_one({"code": "RT"}, dt.date(2019, 8, 18))


def test_mce_37(tmp_path: Path) -> None:
    report, rows = imported("mce_diagnoses", MCE, tmp_path)
    (told,) = report.files
    assert (report.edition.edition, told.kept, told.refused) == ("FY2020", 7_071, {})
    assert dict(told.skipped) == {
        "a procedure": 4_360,
        "a code that was on a list before": 2_719,
        "a diagnosis of section 18, which is not kept": 3,
    }
    assert told.kept + sum(told.skipped.values()) == 14_153
    day = dt.date(2020, 3, 1)
    (row,) = rows.find_one({"code": "A33"}, day)
    assert row == {"code": "A33", "newborn": True}
    assert not rows.has_edition(dt.date(2020, 10, 1))
