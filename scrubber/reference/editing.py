"""Makes the SQLite file of one edition, and opens it.

One table, `rows`: the cells of the keys, the first and the last day (whole numbers YYYYMMDD), the others, and
the line that the row was read from, counted through all files of the import. The key is all of a row but the
line: a row that is said twice is there once. Two keys or more come with a filter, which tells most pairs of
codes that have no row without a look at the rows.
"""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrubber.packs.tables import FROM, TO, Table

#: A day before and a day after all others: a row without a first or a last day.
ALWAYS, FOR_EVER = 0, 99999999
#: What one row is made of: the line it was read from, and its cells in the order of `cells_of`.
Cells = tuple[str | int, ...]
NumberedRow = tuple[int, Cells]
_CACHE_KB = 24 * 1024
_FILTER_BITS_A_ROW = 8


def cells_of(table: Table) -> tuple[str, ...]:
    """Return the names of a stored row's cells, in order: the keys, the days, the other columns."""
    return (*table.keys, FROM, TO, *table.columns)


def read_only(path: Path) -> sqlite3.Connection:
    """Open a file that never changes. Raises sqlite3.Error."""
    place = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(place, uri=True, check_same_thread=False)


def filter_bit(keys: Sequence[str], mask: int) -> int:
    """Return the bit of a filter that stands for a row's keys."""
    return zlib.crc32("\t".join(keys).encode()) & mask


def _create(names: Sequence[str]) -> str:
    types = ("INTEGER" if name in (FROM, TO) else "TEXT" for name in names)
    columns = ", ".join(f'"{n}" {kind} NOT NULL' for n, kind in zip(names, types, strict=True))
    key = ", ".join(f'"{name}"' for name in names)
    return f"CREATE TABLE rows ({columns}, line INTEGER NOT NULL, PRIMARY KEY ({key})) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows with the same keys that are in force on the same day, by their lines."""

    first: int
    second: int


class EditionFile:
    """The file while it is made. `seal` makes it complete; a file that was not sealed is worth nothing.

    With `before`, it begins as the edition in that file. What writes raises sqlite3.Error, as on a full disk.
    """

    def __init__(self, path: Path, table: Table, before: Path | None = None) -> None:
        path.unlink(missing_ok=True)
        if before is not None:
            shutil.copyfile(before, path)
        self._keys = tuple(table.keys)
        self._rows = sqlite3.connect(path, isolation_level=None)
        names = cells_of(table)
        marks = ", ".join("?" * (len(names) + 1))
        self._insert = f"INSERT OR IGNORE INTO rows VALUES ({marks})"
        self._same = "SELECT line FROM rows WHERE " + " AND ".join(f'"{name}" = ?' for name in names)
        wanted = " AND ".join(f'"{name}" = ?' for name in self._keys)
        self._open = f'SELECT 1 FROM rows WHERE {wanted} AND "to" = {FOR_EVER}'
        self._ending = f'UPDATE rows SET "to" = ? WHERE {wanted} AND "to" = {FOR_EVER}'
        for statement in (
            # The file counts only once it is whole and named: there is nothing to roll back to.
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"PRAGMA cache_size = -{_CACHE_KB}",
            "DROP TABLE IF EXISTS filter",
            _create(names) if before is None else "",
            "BEGIN",
        ):
            self._rows.execute(statement)

    def add(self, batch: Sequence[NumberedRow]) -> list[int]:
        """Add rows; return the lines of those that were there already."""
        before = self._rows.total_changes
        self._rows.executemany(self._insert, [(*cells, line) for line, cells in batch])
        if self._rows.total_changes - before == len(batch):
            return []
        return [line for line, cells in batch if self._line_of(cells) != line]

    def is_in_force(self, keys: Sequence[str]) -> bool:
        """Return whether there is a row that has no last day."""
        return self._rows.execute(self._open, keys).fetchone() is not None

    def end(self, keys: Sequence[str], last_day: int) -> bool:
        """Let a row that has no last day end on one; return whether there was one."""
        return self._rows.execute(self._ending, (last_day, *keys)).rowcount > 0

    def _line_of(self, cells: Cells) -> int:
        (line,) = self._rows.execute(self._same, cells).fetchone()
        return int(line)

    def overlaps(self, most: int) -> list[Overlap]:
        """Return rows with the same keys whose days overlap, up to `most`."""
        keys = ", ".join(f'"{name}"' for name in self._keys)
        query = f"""
            SELECT before, line FROM (
                SELECT line, "from", lag("to") OVER w AS ended, lag(line) OVER w AS before
                FROM rows WHERE "from" <= "to" WINDOW w AS (PARTITION BY {keys} ORDER BY "from", "to")
            ) WHERE ended >= "from" LIMIT {most}
        """
        return [Overlap(min(pair), max(pair)) for pair in self._rows.execute(query)]

    def seal(self) -> int:
        """Complete the file and return how many rows it has."""
        (count,) = self._rows.execute("SELECT count(*) FROM rows").fetchone()
        if len(self._keys) > 1:
            self._rows.execute("CREATE TABLE filter (bits BLOB NOT NULL)")
            self._rows.execute("INSERT INTO filter VALUES (?)", (bytes(self._filter(count)),))
        self._rows.execute("COMMIT")
        self.close()
        return int(count)

    def _filter(self, count: int) -> bytearray:
        size = 1 << max(10, (count * _FILTER_BITS_A_ROW - 1).bit_length())
        bits, mask = bytearray(size >> 3), size - 1
        for keys in self._all_keys():
            bit = filter_bit(keys, mask)
            bits[bit >> 3] |= 1 << (bit & 7)
        return bits

    def _all_keys(self) -> Iterator[Sequence[str]]:
        names = ", ".join(f'"{name}"' for name in self._keys)
        yield from self._rows.execute(f"SELECT {names} FROM rows")

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()
