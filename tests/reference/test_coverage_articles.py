"""Coverage articles: several files, in a zip in a zip, joined to codes and diagnoses."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError
from scrubber.reference.importing import import_files
from scrubber.reference.report import ImportReport
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store

TABLES = load_tables([builtin_rules_dir()])
DAY = dt.date(2026, 8, 18)
MADE = (2026, 8, 3, 0, 0, 0)

FILES: Mapping[str, tuple[str, ...]] = {
    "article_x_icd10_covered.csv": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated",
        "10,2,Q99.99,2026,1,,2026-07-01",
        "10,2,Q99.98,2026,1,,2026-07-01",
        "10,1,Q99.97,2026,1,,2026-07-01",
        "10,2,Q99,2026,2,,2026-07-01",
    ),
    "article_x_icd10_noncovered.csv": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range",
        "10,2,Q99.96,2026,1,",
    ),
    "article_x_hcpc_code.csv": (
        "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,long_description",
        '10,2,T0001,2026,1,,"Words, café"',
        "11,1,T0002,2026,1,,",
        "12,1,T0003,2026,1,,",
    ),
    "article.csv": (
        "article_id,article_version,article_type,title,article_eff_date,article_end_date,status,description",
        '10,2,6,"An article, café",2026-04-01 00:00:00,,A,"' + "x" * 200_000 + '"',
        "11,1,6,One that ends,2026-01-01 00:00:00,2026-06-30 00:00:00,A,",
        "12,1,6,One that is retired,2020-01-01 00:00:00,,R,",
    ),
    "article_x_contractor.csv": (
        "article_id,article_version,contractor_id,contractor_type_id,contractor_version",
        "10,2,500,8,1",
        "10,2,501,8,1",
        "11,1,500,8,1",
    ),
    "contractor.csv": (
        "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number",
        "500,8,1,A contractor,99001",
        "501,8,1,Another,99002",
    ),
    "state_lookup.csv": ("state_id,state_abbrev", "1,CT"),
}


def packed(folder: Path, files: Mapping[str, tuple[str, ...]] = FILES) -> Path:
    inner, outer = folder / "current_article_csv.zip", folder / "current_article.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            text = "".join(f"{line}\r\n" for line in lines).encode("latin-1")
            archive.writestr(zipfile.ZipInfo(name, MADE), text)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, inner.name)
        archive.writestr("readme.pdf", b"%PDF")
    return outer


def imported(folder: Path, table: str, **changed: tuple[str, ...]) -> ImportReport:
    files = {**FILES, **{f"{name}.csv": lines for name, lines in changed.items()}}
    return import_files(TABLES[table], [packed(folder, files)], folder / "data")


def found(folder: Path, table: str, **keys: str) -> list[dict[str, object]]:
    rows = StoredRows(TABLES[table], read_store(folder / "data")).find_one(keys, DAY)
    return [dict(row) for row in rows]


def test_codes_are_found_by_contractor(tmp_path: Path) -> None:
    report = imported(tmp_path, "lcd_article_code_group")
    edition = report.edition
    assert (edition.edition, edition.effective_from, edition.effective_to) == (
        "2026-08-03",
        dt.date(2026, 8, 3),
        None,
    )
    for contractor in ("99001", "99002"):
        (row,) = found(tmp_path, "lcd_article_code_group", contractor=contractor, code="T0001")
        assert (row["article"], row["group"], row["from"]) == ("10", "1", dt.date(2026, 4, 1))
    assert found(tmp_path, "lcd_article_code_group", contractor="99001", code="T0002") == []  # it ended
    assert found(tmp_path, "lcd_article_code_group", contractor="99001", code="T0003") == []  # retired
    told = {file.name.rpartition("/")[2]: file for file in report.files}
    assert list(told) == [
        "article.csv",
        "contractor.csv",
        "article_x_contractor.csv",
        "article_x_hcpc_code.csv",
    ]
    assert told["article.csv"].skipped == {"an article": 2, "an article that is not in force": 1}


def test_diagnoses_are_found_by_article_and_group(tmp_path: Path) -> None:
    assert imported(tmp_path, "lcd_article_covered").edition.rows == 3
    assert found(tmp_path, "lcd_article_covered", article="10", group="1", diagnosis="Q9999")
    assert not found(tmp_path, "lcd_article_covered", article="10", group="2", diagnosis="Q9999")
    assert not found(tmp_path, "lcd_article_covered", article="10", group="1", diagnosis="Q9997")
    assert imported(tmp_path, "lcd_article_noncovered").edition.rows == 1
    assert found(tmp_path, "lcd_article_noncovered", article="10", group="1", diagnosis="Q9996")


def test_what_cannot_be_joined_is_refused(tmp_path: Path) -> None:
    codes = (*FILES["article_x_hcpc_code.csv"], "10,2,T1,2026,1,,", "10,2")
    writers = (*FILES["article_x_contractor.csv"], "10,2,502,8,1")
    report = imported(
        tmp_path, "lcd_article_code_group", article_x_hcpc_code=codes, article_x_contractor=writers
    )
    refused = {why: lines.numbers for file in report.files for why, lines in file.refused.items()}
    assert refused == {
        "the contractor is not in contractor.csv": [5],
        "the procedure code is no code of this kind": [5],
        "the record has fewer cells than the heading": [6],
    }


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    files = {name: lines for name, lines in FILES.items() if name != "contractor.csv"}
    with pytest.raises(NativeFileError) as caught:
        import_files(TABLES["lcd_article_code_group"], [packed(tmp_path, files)], tmp_path / "data")
    assert caught.value.message == "the edition needs contractor.csv, which is not among the files"


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NativeFileError) as caught:
        imported(tmp_path, "lcd_article_covered", article=("article_id,title", "10,An article"))
    assert caught.value.message.endswith(
        "article.csv has no heading with the column "
        "article_version, status, article_eff_date, article_end_date"
    )


def test_a_row_that_comes_again_and_articles_of_one_code(tmp_path: Path) -> None:
    codes = (*FILES["article_x_hcpc_code.csv"], "10,2,T0001,2026,1,,", "10,2,T0001,2026,2,,")
    report = imported(tmp_path, "lcd_article_code_group", article_x_hcpc_code=codes)
    assert report.files[-1].repeated.numbers == [5, 5]  # once for each contractor
    groups = [
        row["group"] for row in found(tmp_path, "lcd_article_code_group", contractor="99001", code="T0001")
    ]
    assert sorted(map(str, groups)) == ["1", "2"]


def test_a_zip_that_was_cut_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(NativeFileError) as caught:
        import_files(TABLES["lcd_article_covered"], [path], tmp_path / "data")
    assert caught.value.message == "current_article.zip is damaged or was cut short"
