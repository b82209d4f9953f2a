"""The store keeps whole editions only: whatever ends an import early, and whoever reads meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError, StoreError
from scrubber.reference.importing import import_files
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import Snapshot, changing, read_store
from tests.conftest import environment
from tests.reference.native import hcpcs, written

TABLE = load_tables([builtin_rules_dir()])["hcpcs"]
NAME = "HCPC2026_JUL_ANWEB.txt"
DAY = dt.date(2026, 8, 18)
#: Codes of a file; each of its rows says the same coverage, so that a mixture of two files is seen.
COUNT = 4_000

IMPORT = """
import sys
from pathlib import Path
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.importing import import_files

table = load_tables([builtin_rules_dir()])["hcpcs"]
print("ready", flush=True)
import_files(table, [Path(sys.argv[1])], Path(sys.argv[2]))
print("done", flush=True)
"""


def codes(folder: Path, coverage: str, count: int = COUNT) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [hcpcs(f"{'ABCEG'[n % 5]}{n:04d}", coverage=coverage) for n in range(count)]
    return written(folder, NAME, *lines)


def coverage_of(snapshot: Snapshot, count: int = COUNT) -> set[str]:
    """Return what the rows of all codes say; every code must be there."""
    rows = StoredRows(TABLE, snapshot)
    said = set()
    for n in range(0, count, 7):
        (row,) = rows.find_one({"code": f"{'ABCEG'[n % 5]}{n:04d}"}, DAY)
        said.add(row["coverage"])
    return said


def importing(file: Path, data: Path) -> subprocess.Popen[str]:
    """Start an import in a process of its own; it is ready when this returns."""
    run = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(file), str(data)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    return run


def test_an_import_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = {letter: codes(tmp_path / letter, letter) for letter in "CDEF"}
    start = time.perf_counter()
    with importing(files["C"], data) as run:
        assert run.wait() == 0
    whole = time.perf_counter() - start
    now, chance, killed = "C", random.Random(1), 0
    for attempt in range(10):
        wanted = "DEF"[attempt % 3] if now != "DEF"[attempt % 3] else "C"
        with importing(files[wanted], data) as run:
            time.sleep(chance.random() * whole)
            run.send_signal(signal.SIGKILL)
            assert run.stdout is not None
            is_done = run.stdout.readline() == "done\n"
            killed += run.wait() == -signal.SIGKILL
        said = coverage_of(read_store(data))
        assert said in ({now}, {wanted})
        if is_done:
            assert said == {wanted}
        (now,) = said
    assert killed > 0
    import_files(TABLE, [files["C"]], data)
    assert coverage_of(read_store(data)) == {"C"}
    assert not [name for name in os.listdir(data) if name.endswith((".draft", ".list"))]


READ = """
import sys, time
from pathlib import Path
from tests.reference.test_store import coverage_of
from scrubber.reference.store import read_store

print("ready", flush=True)
seen, until = 0, time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    said = coverage_of(read_store(Path(sys.argv[1])))
    assert len(said) == 1, said
    seen += 1
print(seen, flush=True)
"""


def test_readers_never_see_half_an_import(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = [codes(tmp_path / letter, letter) for letter in "CD"]
    import_files(TABLE, [files[0]], data)
    seconds = 3.0
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(data), str(seconds)],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    until = time.monotonic() + seconds
    imports = 0
    while time.monotonic() < until:
        imports += 1
        import_files(TABLE, [files[imports % 2]], data)
    for reader in readers:
        out, _ = reader.communicate()
        assert reader.returncode == 0
        assert int(out) > 1
    assert imports > 1


def test_who_read_the_list_before_an_import_sees_the_edition_of_then(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_files(TABLE, [codes(tmp_path / "c", "C")], data)
    before = read_store(data)
    import_files(TABLE, [codes(tmp_path / "d", "D")], data)
    assert coverage_of(before) == {"C"}
    assert coverage_of(read_store(data)) == {"D"}


def test_what_no_list_names_is_removed_after_a_day(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = [codes(tmp_path / letter, letter, count=5) for letter in "CDE"]
    import_files(TABLE, [files[0]], data)
    (first,) = data.glob("*.sqlite")
    long_ago = time.time() - 90 * 24 * 60 * 60
    os.utime(first, (long_ago, long_ago))
    import_files(TABLE, [files[1]], data)
    import_files(TABLE, [files[2]], data)
    assert first.exists()  # it was on the list a moment ago
    yesterday = time.time() - 25 * 60 * 60
    os.utime(first, (yesterday, yesterday))
    import_files(TABLE, [files[2]], data)
    assert not first.exists()
    assert len(list(data.glob("*.sqlite"))) == 2


def test_one_import_at_a_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with changing(data), pytest.raises(StoreError) as caught:
        import_files(TABLE, [codes(tmp_path / "c", "C", count=5)], data)
    assert caught.value.message == f"another import is writing to {data}"
    assert caught.value.remedy == "wait until it is done, and import again"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        import_files(TABLE, [codes(tmp_path / "c", "C", count=5)], tmp_path / "file")
    assert caught.value.message == f"reference data cannot be written to {tmp_path / 'file'} (File exists)"


def test_an_edition_with_far_fewer_rows_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_files(TABLE, [codes(tmp_path / "c", "C", count=100)], data)
    before = read_store(data)
    small = codes(tmp_path / "d", "D", count=70)
    with pytest.raises(NativeFileError) as caught:
        import_files(TABLE, [small], data)
    told = "2026Q3 has 70 rows, and 2026Q3 had 100: a file is missing or was cut short"
    assert caught.value.message == told
    assert read_store(data) == before
    assert import_files(TABLE, [small], data, fewer=True).edition.rows == 70


def test_a_list_of_another_version_is_not_misread(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_files(TABLE, [codes(tmp_path / "c", "C", count=5)], data)
    path = data / "editions.json"
    path.write_text(path.read_text().replace('"form": 1', '"form": 2'))
    with pytest.raises(StoreError, match="is of form 2, and this version reads form 1"):
        read_store(data)


def test_an_edition_of_another_form_is_not_used(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_files(TABLE, [codes(tmp_path / "c", "C", count=5)], data)
    snapshot = read_store(data)
    assert StoredRows(TABLE, snapshot).has_edition(DAY)
    (edition,) = snapshot.editions
    older = replace(snapshot, editions=(replace(edition, columns=("code", "from", "to")),))
    assert not StoredRows(TABLE, older).has_edition(DAY)


FULL_DISK = """
import resource, sys
from pathlib import Path
from scrubber.reference.errors import StoreError
from scrubber.reference.importing import import_files
from tests.reference.test_store import TABLE

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    import_files(TABLE, [Path(sys.argv[1])], Path(sys.argv[2]))
except StoreError as error:
    print(error.message, error.remedy, sep="|")
"""


def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_files(TABLE, [codes(tmp_path / "c", "C")], data)
    before = read_store(data), sorted(data.iterdir())
    words = [sys.executable, "-c", FULL_DISK, str(codes(tmp_path / "d", "D")), str(data)]
    ran = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.startswith(f"reference data cannot be written to {data} (")
    assert ran.stdout.endswith(")|make room on the disk, or name another folder with --data\n")
    assert (read_store(data), sorted(data.iterdir())) == before


def test_a_column_that_the_files_do_not_say_is_told(tmp_path: Path) -> None:
    more = TABLE.model_copy(update={"columns": {**TABLE.columns, "price": "amount"}})
    with pytest.raises(NativeFileError) as caught:
        import_files(more, [codes(tmp_path / "c", "C", count=5)], tmp_path / "data")
    assert caught.value.message == "hcpcs has the column price, which files of hcpcs_anweb do not say"
    told = "remove it from the table.yaml; they say code, from, to, coverage, betos, action"
    assert caught.value.remedy == told
