"""Files that are no file of any table, however they are packed."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError
from scrubber.reference.importing import import_files
from tests.reference.native import hcpcs, written, zipped

TABLE = load_tables([builtin_rules_dir()])["hcpcs"]
NAME = "HCPC2026_JUL_ANWEB.txt"


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(NativeFileError) as caught:
        import_files(TABLE, [path], path.parent / "data")
    assert not list((path.parent / "data").glob("*.sqlite"))
    return caught.value.message, caught.value.remedy


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    file = written(tmp_path, NAME, hcpcs("A9991"))
    packed = tmp_path / f"{NAME}.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert import_files(TABLE, [packed], tmp_path / "data").edition.edition == "2026Q3"
    packed.write_bytes(packed.read_bytes()[:-20])
    (tmp_path / "other").mkdir()
    cut = packed.rename(tmp_path / "other" / packed.name)
    assert refused(cut)[0] == f"{NAME}.gz is damaged or was cut short"


def test_a_byte_order_mark_is_no_part_of_the_first_cell(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"\xef\xbb\xbf" + written(tmp_path, "x", hcpcs("A9991")).read_bytes())
    assert import_files(TABLE, [path], tmp_path / "data").edition.rows == 1


def test_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert refused(path) == (
        "codes.xlsx is a spreadsheet",
        "give the publisher's text or CSV file, or save this one as CSV",
    )


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, "all.zip", written(tmp_path, "readme.txt", "hello"))
    assert refused(path) == (
        "all.zip has no file for this table; it has readme.txt",
        "check that it is the right file; `scrubber data status --all` says which one a table wants",
    )


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(hcpcs("A9991").encode("utf-16"))
    message, remedy = refused(path)
    assert message == f"{NAME} is no plain text"
    assert remedy == "give the publisher's text or CSV file; save a spreadsheet as CSV"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"")
    assert refused(path)[0] == f"{NAME} has no row for hcpcs"


def test_a_file_with_many_wrong_lines_is_refused(tmp_path: Path) -> None:
    wrong = [hcpcs(f"A{n:04}", added="soon") for n in range(30)]
    path = written(tmp_path, NAME, *[hcpcs(f"B{n:04}") for n in range(100)], *wrong)
    assert refused(path) == (
        f"{NAME} does not look like a file for this table: 21 lines cannot be read, the first is line 101 "
        "(the date on which the code was added is no date written YYYYMMDD)",
        "check that it is the right file and whole; nothing was changed",
    )
