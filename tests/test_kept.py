"""The cache folder does not grow without end, and nothing goes that anybody uses or that is not ours."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import time
from pathlib import Path

import pytest

from scrubber.kept import keep, recall
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.embedded import embedded_editions, open_embedded

DAY = 24 * 60 * 60
KIND = "packs"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path))
    return tmp_path / KIND


def key(number: int) -> str:
    return f"{number:064x}"


def unused_for(path: Path, days: float) -> None:
    os.utime(path, (time.time() - days * DAY,) * 2)


def kept(folder: Path, *numbers: int, days: float = 0) -> None:
    for number in numbers:
        keep(KIND, key(number), b"%d" % number)
        unused_for(folder / f"{key(number)}.json", days)


def there(folder: Path) -> set[int]:
    return {int(path.stem, 16) for path in folder.glob("*.json")}


def test_what_was_not_used_for_a_month_goes_when_something_new_is_kept(folder: Path) -> None:
    kept(folder, 1, days=29)
    kept(folder, 2, days=31)
    assert there(folder) == {1, 2}  # nothing goes by itself
    kept(folder, 3)
    assert there(folder) == {1, 3}


def test_what_is_used_stays(folder: Path) -> None:
    kept(folder, 1, 2, days=29)
    assert recall(KIND, key(1)) == b"1"
    for path in folder.iterdir():
        unused_for(path, (time.time() - path.stat().st_mtime) / DAY + 2)  # two days later
    kept(folder, 3)
    assert there(folder) == {1, 3}


def test_a_use_is_noted_once_a_day(folder: Path) -> None:
    kept(folder, 1, days=0.9)
    before = (folder / f"{key(1)}.json").stat().st_mtime
    recall(KIND, key(1))
    assert (folder / f"{key(1)}.json").stat().st_mtime == before


def test_of_many_those_unused_for_longest_go(folder: Path) -> None:
    for number in range(1, 121):
        kept(folder, number, days=20 - number / 10)
    kept(folder, 121)
    assert there(folder) == set(range(22, 122))


def test_what_somebody_may_be_about_to_use_stays_however_much_there_is(folder: Path) -> None:
    for number in range(150):
        kept(folder, number, days=1.9)
    kept(folder, 150)
    assert len(there(folder)) == 151


def test_what_is_not_ours_stays_and_unfinished_work_goes(folder: Path) -> None:
    kept(folder, 1)
    names = [
        "notes.json",
        "mine.sqlite",
        f"{key(9)}.txt",
        ".hidden",
        ".draft-left",
        "codes-0123456789abcdef.sqlite",
    ]
    for name in names:
        (folder / name).write_bytes(b"")
        unused_for(folder / name, 400)
    kept(folder, 2)
    assert {path.name for path in folder.iterdir()} == {
        *(f"{key(1)}.json", f"{key(2)}.json", "notes.json", "mine.sqlite", f"{key(9)}.txt", ".hidden")
    }


def test_a_table_in_use_is_read_to_its_end_after_it_is_gone(folder: Path) -> None:
    tables = load_tables([builtin_rules_dir()])
    small = min((e for e in embedded_editions()), key=lambda e: e.rows)
    open_ = open_embedded(tables[small.table], small)
    path = Path(small.file)
    unused_for(path, 40)
    other = next(e for e in embedded_editions() if e.table != small.table)
    open_embedded(tables[other.table], other).close()
    assert not path.exists()
    assert open_.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
    again = open_embedded(tables[small.table], small)
    assert path.exists() and isinstance(again, sqlite3.Connection)
    unused_for(path, 29)
    open_embedded(tables[small.table], small).close()
    assert time.time() - path.stat().st_mtime < DAY


def test_a_folder_that_cannot_be_changed_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may write everywhere, so the system's answer is made up."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    kept(folder, 1, days=40)
    for name in ("os.utime", "os.unlink", "tempfile.mkstemp"):
        monkeypatch.setattr(name, refused)
    monkeypatch.setattr("pathlib.Path.unlink", refused)
    assert recall(KIND, key(1)) == b"1"
    keep(KIND, key(2), b"2")
    assert there(folder) == {1}


def test_what_cannot_be_taken_away_hinders_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("not yours")

    kept(folder, 1, days=40)
    monkeypatch.setattr("pathlib.Path.unlink", refused)
    keep(KIND, key(2), b"2")
    assert there(folder) == {1, 2} and recall(KIND, key(2)) == b"2"


def test_one_that_cannot_be_taken_away_does_not_keep_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Path.unlink

    def refused(path: Path, *_: object, **__: object) -> None:
        if path.name.startswith(key(1)):
            raise PermissionError("not yours")
        taken(path)

    kept(folder, 1, 2, 3)
    for number, path in enumerate(sorted(folder.iterdir())):
        unused_for(path, 40 + number)
    monkeypatch.setattr("pathlib.Path.unlink", refused)
    keep(KIND, key(4), b"4")
    assert there(folder) == {1, 4}


def _keep_some(given: tuple[str, int]) -> int:
    os.environ["SCRUBBER_CACHE"], first = given
    mine = range(first, first + 20)
    for number in mine:
        keep(KIND, key(number), b"%d" % number)
    return sum(recall(KIND, key(number)) == b"%d" % number for number in mine)


def test_processes_may_make_room_at_the_same_time(folder: Path, tmp_path: Path) -> None:
    for number in range(1000, 1100):
        kept(folder, number)
    for path in folder.iterdir():
        unused_for(path, 40)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_keep_some, [(str(tmp_path), first) for first in (0, 100, 200, 300)])
    assert found == [20] * 4
    assert len(there(folder)) == 80
