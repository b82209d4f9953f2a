"""Every importer on a file in its publisher's layout, and on what goes wrong with such files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError
from scrubber.reference.importing import import_files
from scrubber.reference.layouts import ncci_add_on
from scrubber.reference.layouts.layout import RowError
from scrubber.reference.periods import Period
from scrubber.reference.report import ImportReport
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store
from tests.reference.native import written, zipped
from tests.reference.samples import DAY, SAMPLES, Sample

TABLES = load_tables([builtin_rules_dir()])


def samples(fits: Callable[[Sample], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "sample", [*filter(fits, SAMPLES)], ids=lambda sample: f"{sample.table}-{sample.name[-3:]}"
    )


each = samples(lambda sample: True)
#: Of the lines of a text, none is wrong: what is no code is text.
lines_of_cells = samples(lambda sample: sample.wrong != "")
one_row_a_line = samples(lambda sample: sample.table != "mce_diagnoses")
one_row_a_day = samples(lambda sample: sample.overlap is not None)


def imported(sample: Sample, folder: Path, *files: Path) -> ImportReport:
    period = Period(*sample.period, sample.period[1], None) if sample.period else None
    return import_files(TABLES[sample.table], files, folder / "data", period=period)


def file_of(sample: Sample, folder: Path, *more: str, end: str = "\r\n", last: bool = True) -> Path:
    """Write a file of a sample with some more lines; without `last` it ends amid the last of these."""
    footing = sample.footing if last else ()
    return written(folder, sample.name, *sample.heading, *sample.rows, *more, *footing, end=end, last=last)


def first_line(sample: Sample) -> int:
    """Return the number of the line after the good rows."""
    return len(sample.heading) + len(sample.rows) + 1


def refused(sample: Sample, folder: Path, *files: Path) -> NativeFileError:
    """Import files that must be refused; the store is as it was before."""
    imported(sample, folder, file_of(sample, folder))
    before = read_store(folder / "data"), sorted((folder / "data").iterdir())
    for file in files:
        file.write_bytes(file.with_suffix(".wrong").read_bytes())
    with pytest.raises(NativeFileError) as caught:
        imported(sample, folder, *files)
    assert (read_store(folder / "data"), sorted((folder / "data").iterdir())) == before
    return caught.value


def wrong(file: Path) -> Path:
    """Set a file aside until the good one is imported."""
    file.rename(file.with_suffix(".wrong"))
    return file


@each
@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_rows_are_found(sample: Sample, tmp_path: Path, end: str) -> None:
    report = imported(sample, tmp_path, file_of(sample, tmp_path, end=end))
    (told,) = report.files
    assert (told.refused, told.repeated.count, report.overlaps) == ({}, 0, ())
    assert report.edition.rows == told.kept > 0
    rows = StoredRows(TABLES[sample.table], read_store(tmp_path / "data"))
    for keys, said in sample.found:
        found = rows.find_one(keys, DAY)
        assert [{k: v for k, v in row.items() if k not in (*keys, "from", "to")} for row in found][:1] == (
            [said] if said is not None else []
        ) or (said is not None and said.items() <= found[0].items())


@each
def test_a_zip_gives_the_same_edition(sample: Sample, tmp_path: Path) -> None:
    file = file_of(sample, tmp_path)
    plain = imported(sample, tmp_path, file).edition
    packed = imported(sample, tmp_path, zipped(tmp_path, "all.zip", file)).edition
    assert (packed.file, packed.rows, packed.edition) == (plain.file, plain.rows, plain.edition)


@each
def test_a_file_with_other_columns_is_refused(sample: Sample, tmp_path: Path) -> None:
    file = written(tmp_path, sample.name, *sample.other, "1,2,3", "1,2,3")
    assert sample.told in refused(sample, tmp_path, wrong(file)).message


@lines_of_cells
def test_a_file_that_was_cut_is_refused(sample: Sample, tmp_path: Path) -> None:
    cut = sample.rows[-1][: max(4, len(sample.rows[-1]) // 8)]
    error = refused(sample, tmp_path, wrong(file_of(sample, tmp_path, cut, last=False)))
    assert error.message == (
        f"{sample.name} was cut short: its last line, {first_line(sample)}, is not whole"
    )


@each
def test_a_zip_that_was_cut_is_refused(sample: Sample, tmp_path: Path) -> None:
    imported(sample, tmp_path, file_of(sample, tmp_path))
    before = read_store(tmp_path / "data")
    path = zipped(tmp_path, "all.zip", file_of(sample, tmp_path))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(NativeFileError) as caught:
        imported(sample, tmp_path, path)
    assert caught.value.message == "all.zip is damaged or was cut short"
    assert read_store(tmp_path / "data") == before


@lines_of_cells
def test_a_wrong_line_is_told_with_its_number(sample: Sample, tmp_path: Path) -> None:
    (told,) = imported(sample, tmp_path, file_of(sample, tmp_path, sample.wrong)).files
    assert {why: lines.numbers for why, lines in told.refused.items()} == {sample.why: [first_line(sample)]}


@one_row_a_line
def test_a_row_that_comes_again_is_told(sample: Sample, tmp_path: Path) -> None:
    before = imported(sample, tmp_path, file_of(sample, tmp_path)).edition.rows
    report = imported(sample, tmp_path, file_of(sample, tmp_path, *sample.rows))
    (told,) = report.files
    assert report.edition.rows == before == told.repeated.count
    assert told.repeated.numbers[0] in (first_line(sample), first_line(sample) + 1)


@one_row_a_day
def test_rows_in_force_on_the_same_day_are_told(sample: Sample, tmp_path: Path) -> None:
    assert sample.overlap is not None
    report = imported(sample, tmp_path, file_of(sample, tmp_path, *sample.overlap))
    line = first_line(sample)
    assert report.overlaps == (((sample.name, line), (sample.name, line + 1)),)


@each
def test_the_edition_is_named_by_the_publisher(sample: Sample, tmp_path: Path) -> None:
    edition = imported(sample, tmp_path, file_of(sample, tmp_path)).edition
    assert edition.covers(DAY)
    assert edition.sources[0].name == sample.name
    nameless = file_of(sample, tmp_path).rename(tmp_path / "x.txt")
    if sample.period is None and sample.name != "package.txt":
        with pytest.raises(NativeFileError) as caught:
            imported(replace(sample, period=None), tmp_path, nameless)
        assert caught.value.message == "x.txt does not say which edition it is"


@pytest.mark.parametrize("text", ["2026366", "2026000", "2026367", "202636", ""])
def test_a_day_that_a_year_does_not_have_is_no_date(text: str) -> None:
    assert ncci_add_on._day("2024366", "day") == 20241231
    with pytest.raises(RowError, match="the day is no date written YYYYDDD"):
        ncci_add_on._day(text, "day")
