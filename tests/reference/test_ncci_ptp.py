"""NCCI code pairs: the four files of a quarter, and a quarter made from the one before and its changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError
from scrubber.reference.importing import import_files
from scrubber.reference.report import ImportReport
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store
from tests.reference.native import written, zipped
from tests.reference.samples import PTP_HEADING

TABLE = load_tables([builtin_rules_dir()])["ncci_ptp_practitioner"]
Pair = tuple[str, str]


def row(first: str, second: str, begin: str = "20200101", end: str = "*", indicator: str = "1") -> str:
    return f"{first}\t{second}\t\t{begin}\t{end}\t{indicator}\tA reason, café"


ROWS = (
    (row("T0001", "T0002"), row("T0001", "T0003", indicator="0")),
    (row("T0002", "T0003", "20100101", "20191231", "0"), row("T0002", "T0003", "20200101", "*", "1")),
    (row("T0003", "T0004", "20200401", "20200401", "9"),),
    (row("T0004", "T0005", "20200101", "20260630"),),
)


def parts(folder: Path, rows: tuple[tuple[str, ...], ...] = ROWS, version: str = "v322r0") -> list[Path]:
    return [
        written(folder, f"ccipra-{version}-f{number}.TXT", *PTP_HEADING, *lines)
        for number, lines in enumerate(rows, 1)
    ]


def imported(folder: Path, *files: Path) -> ImportReport:
    return import_files(TABLE, files, folder / "data")


def indicators(folder: Path, pair: Pair, *days: str) -> list[str | None]:
    """Return a pair's indicator on each of some days; "?" where no edition answers."""
    rows = StoredRows(TABLE, read_store(folder / "data"))
    said: list[str | None] = []
    for text in days:
        day = dt.date.fromisoformat(text)
        found = rows.find_one({"column_1": pair[0], "column_2": pair[1]}, day)
        if not rows.has_edition(day):
            said.append("?")
        else:
            said.append(found[0]["modifier_indicator"] if found else None)
    return said


def refused(folder: Path, *files: Path) -> tuple[str, str]:
    before = read_store(folder / "data")
    with pytest.raises(NativeFileError) as caught:
        imported(folder, *files)
    assert read_store(folder / "data") == before
    return caught.value.message, caught.value.remedy


def test_a_quarter_answers_for_all_days_since_ncci_began(tmp_path: Path) -> None:
    report = imported(tmp_path, *parts(tmp_path))
    assert [(f.name[-6:-4], f.kept, sum(f.skipped.values())) for f in report.files] == [
        ("f1", 2, 6),
        ("f2", 2, 6),
        ("f3", 1, 6),
        ("f4", 1, 6),
    ]
    edition = report.edition
    assert (edition.edition, edition.rows) == ("2026Q3", 6)
    assert (str(edition.effective_from), str(edition.effective_to)) == ("1996-01-01", "2026-09-30")
    assert report.overlaps == ()


def test_the_day_picks_the_window_of_a_pair(tmp_path: Path) -> None:
    imported(tmp_path, *parts(tmp_path))
    days = ("1995-12-31", "2009-12-31", "2010-01-01", "2019-12-31", "2020-01-01", "2026-09-30", "2026-10-01")
    assert indicators(tmp_path, ("T0002", "T0003"), *days) == ["?", None, "0", "0", "1", "1", "?"]
    assert indicators(tmp_path, ("T0003", "T0002"), "2026-09-30") == [None]
    assert indicators(tmp_path, ("T0004", "T0005"), "2026-06-30", "2026-07-01") == ["1", None]


def test_zips_may_be_given(tmp_path: Path) -> None:
    zips = [zipped(tmp_path, f"part{i}.zip", part) for i, part in enumerate(parts(tmp_path))]
    assert imported(tmp_path, *zips).edition.rows == 6


def test_a_part_that_is_missing_is_told(tmp_path: Path) -> None:
    one, two, three, _ = parts(tmp_path)
    told = "the edition comes in four files, and f4 is not among them", "give all four in one command"
    assert refused(tmp_path, one, two, three) == told
    assert "f2 and f3 and f4 are not" in refused(tmp_path, one)[0]


def test_files_of_two_quarters_are_refused(tmp_path: Path) -> None:
    files = [*parts(tmp_path)[:2], *parts(tmp_path, version="v323r0")[2:]]
    assert refused(tmp_path, *files)[0] == "the files are of the editions 2026Q3 and 2026Q4"


def test_the_files_of_hospitals_are_not_those_of_practitioners(tmp_path: Path) -> None:
    files = [file.rename(tmp_path / file.name.replace("ccipra", "ccioph")) for file in parts(tmp_path)]
    message, _ = refused(tmp_path, *files)
    assert message == "ccioph-v322r0-f1.TXT does not say which edition it is"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (row("T0001", "T0002", indicator="2"), "the modifier indicator is none of 0, 1 and 9"),
        (row("T0001", "T0002", begin="20201301"), "the effective date is no date written YYYYMMDD"),
        (row("T0001", "T0002", begin="*"), "the effective date is no date written YYYYMMDD"),
        (row("T0001", "T0002", end=""), "the deletion date is no date written YYYYMMDD"),
        (row("T001", "T0002"), "a column is no procedure code"),
        ("T0001\tT0002\t\t20200101", "4 cells between tabs instead of 7"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, line: str, why: str) -> None:
    rows = (ROWS[0], (*ROWS[1], line), *ROWS[2:])
    told = imported(tmp_path, *parts(tmp_path, rows)).files[1]
    assert {reason: lines.numbers for reason, lines in told.refused.items()} == {why: [9]}


def test_a_part_that_was_cut_is_refused(tmp_path: Path) -> None:
    for cut in (9, 28):  # in the rationale, which is not kept, and before it
        files = parts(tmp_path)
        files[3].write_bytes(files[3].read_bytes()[:-cut])
        told, _ = refused(tmp_path, *files)
        assert told == "ccipra-v322r0-f4.TXT was cut short: its last line, 7, is not whole"


def test_repetitions_and_overlaps_are_told_across_files(tmp_path: Path) -> None:
    rows = (ROWS[0], ROWS[1], (*ROWS[2], ROWS[0][0]), (*ROWS[3], row("T0001", "T0002", "20250101")))
    report = imported(tmp_path, *parts(tmp_path, rows))
    assert report.files[2].repeated.numbers == [8]
    assert report.overlaps == ((("ccipra-v322r0-f1.TXT", 7), ("ccipra-v322r0-f4.TXT", 8)),)
    assert indicators(tmp_path, ("T0001", "T0002"), "2026-01-01") == ["1"]


def changes(
    folder: Path, day: str = "10-01-2026", kind: str = "practitioner", **rows: tuple[str, ...]
) -> Path:
    """Write the zip of what changes on a day: additions, deletions, ccmichgs."""
    heading = ('"Notice of a licence, café"\t\t', 'Column 1\tColumn 2\t"Modifier', 'Indicator"')
    names = {"additions": "Additions", "deletions": "Deletions", "ccmichgs": "CCMIChgs"}
    files = [
        written(folder, f"MCR_NCCI_{names[name]}_Eff_{day}.txt", *heading, *lines)
        for name, lines in rows.items()
    ]
    return zipped(
        folder, f"medicare-ncci-2026q4-{kind}-quarterly-additions-deletions-revisions-ptp.zip", *files
    )


def test_changes_make_the_next_quarter(tmp_path: Path) -> None:
    imported(tmp_path, *parts(tmp_path))
    report = imported(
        tmp_path,
        changes(
            tmp_path,
            additions=("T0007\tT0008\t1",),
            deletions=("T0001\tT0002\t1",),
            ccmichgs=("T0001\tT0003\t0\t1",),
        ),
    )
    assert (report.edition.edition, report.edition.rows) == ("2026Q4", 8)
    assert [(f.kept, f.refusals) for f in report.files] == [(1, 0), (1, 0), (1, 0)]
    days = ("2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01")
    assert indicators(tmp_path, ("T0007", "T0008"), *days) == [None, "1", "1", "?"]
    assert indicators(tmp_path, ("T0001", "T0002"), *days) == ["1", None, None, "?"]
    assert indicators(tmp_path, ("T0001", "T0003"), *days) == ["0", "1", "1", "?"]
    names = [source.name for source in report.edition.sources]
    assert names == [*(part.name for part in parts(tmp_path)), report.edition.sources[-1].name]
    assert names[-1].startswith("medicare-ncci-2026q4")


def test_changes_that_do_not_fit_are_told(tmp_path: Path) -> None:
    imported(tmp_path, *parts(tmp_path))
    report = imported(
        tmp_path,
        changes(tmp_path, additions=("T0001\tT0002\t1",), deletions=("T0004\tT0005\t1", "T0001\tT0003\tx")),
    )
    assert [{why: lines.numbers for why, lines in f.refused.items()} for f in report.files] == [
        {"it begins, but it is in force already": [4]},
        {
            "it ends or changes, but it is not in force": [4],
            "the modifier indicator is none of 0, 1 and 9": [5],
        },
    ]


def test_changes_need_the_quarter_before(tmp_path: Path) -> None:
    told = (
        "these are only the changes of 2026Q4, and the edition before is not loaded",
        "import all files of 2026Q4, or first those of the edition before",
    )
    assert refused(tmp_path, changes(tmp_path, additions=("T0007\tT0008\t1",))) == told
    imported(tmp_path, *parts(tmp_path, version="v321r0"))
    assert refused(tmp_path, changes(tmp_path, additions=("T0007\tT0008\t1",))) == told


def test_changes_of_hospitals_are_refused(tmp_path: Path) -> None:
    imported(tmp_path, *parts(tmp_path))
    message, remedy = refused(tmp_path, changes(tmp_path, kind="hospital", additions=("T0007\tT0008\t1",)))
    assert message.endswith("is about hospital, not practitioner")
    assert remedy == "give the other file"


def test_changes_and_whole_files_are_not_mixed(tmp_path: Path) -> None:
    message, _ = refused(tmp_path, *parts(tmp_path), changes(tmp_path, additions=("T0007\tT0008\t1",)))
    assert message == "some files are whole editions and some are changes to the one before"
