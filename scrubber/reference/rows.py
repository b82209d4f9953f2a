"""Look-ups in the editions of a table: what rules see of the store. Opened when first asked, read only.

The same answers as rows in memory give (`scrubber.engine.tables.Rows`), from files that every process maps
for itself. Rows of the keys that were asked for last are kept, up to a number.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from scrubber.packs.tables import FROM, TO, Row, Table, is_in_force
from scrubber.reference.editing import ALWAYS, FOR_EVER, cells_of, filter_bit, read_only
from scrubber.reference.embedded import open_embedded
from scrubber.reference.errors import StoreError
from scrubber.reference.store import Edition, Snapshot

#: Keys whose rows are kept for each edition.
_MOST_KEPT = 20_000

Keys = tuple[str, ...]


class Span(NamedTuple):
    """Rows, and the first and the last day on which it is these; None: the table knows no dates."""

    first: dt.date | None
    last: dt.date | None
    rows: list[Row]


class StoredRows:
    """The rows of one table, in the edition of a date."""

    def __init__(self, table: Table, snapshot: Snapshot) -> None:
        self.table = table
        cells = cells_of(table)
        usable = (e for e in snapshot.of(table.table) if e.columns == cells)
        self._editions = [_Opened(table, snapshot, edition) for edition in usable]
        self._dated = table.dates != "none"
        self._trees = frozenset(name for name, spec in table.keys.items() if spec.match != "exact")
        self._names = tuple(table.keys)
        #: Pairs whose second key is what a value begins with: those of a first value are few.
        self._seconds = len(self._names) == 2 and self._names[1] in self._trees
        self._on: dict[dt.date | None, _Opened | None] = {}
        #: What rules remember of their look-ups, one memory for all of them: the first and the last day of an
        #: answer, and that, by values of the keys.
        self.answers: dict[tuple[Any, ...], tuple[dt.date | None, dt.date | None, Any]] = {}

    @property
    def names(self) -> Keys:
        """The names of the keys."""
        return self._names

    def has_edition(self, date: Any) -> bool:
        """Return whether an edition answers for a date; for a table without dates, whether there is one."""
        return self._edition(date) is not None

    def _edition(self, date: Any) -> _Opened | None:
        if not self._dated:
            return self._editions[0] if self._editions else None
        try:
            return self._on[date]
        except (KeyError, TypeError):  # unreadable dates are no keys
            pass
        if not isinstance(date, dt.date):
            return None
        found = next((e for e in self._editions if e.edition.covers(date)), None)
        if len(self._on) < _MOST_KEPT:
            self._on[date] = found
        return found

    @property
    def remedy(self) -> str:
        """What to do where no edition answers for a date."""
        native = self.table.native
        if native is None:
            return f"install a version of the program whose table {self.table.table} has this date"
        file = f"with {native.file}, from {native.publisher}"
        return f"load the edition for this date: scrubber data import {self.table.table} FILE, {file}"

    def find(self, keys: Mapping[str, Sequence[str]], date: dt.date | None) -> list[Row]:
        """Return the rows that fit: for each key some of its values, on a date if there are dates."""
        opened = self._edition(date)
        if opened is None:
            return []
        names = tuple(name for name in self.table.keys if name in keys)
        if names == self._names:
            each = product(*(dict.fromkeys(keys[name]) for name in names))
            found = [row for values in each for row in self._rows(opened, values)]
        else:
            found = [row for cells in self._cells(names, keys) for row in opened.read(names, cells)]
        distinct = {tuple(row.items()): row for row in found}.values()
        return self._in_force(sorted(distinct, key=self._specificity, reverse=True), date)

    def find_one(self, keys: Mapping[str, str], date: dt.date | None) -> list[Row]:
        """Return what `find` does where each key has one value."""
        opened = self._edition(date)
        if opened is None or len(keys) != len(self._names):
            return self.find({name: (value,) for name, value in keys.items()}, date)
        return self._in_force(self._rows(opened, tuple([keys[name] for name in self._names])), date)

    def _rows(self, opened: _Opened, values: Keys) -> list[Row]:
        """Return the rows that fit a value for each key, the most specific first."""
        found = opened.kept.get(values)
        if found is None:
            if self._trees:
                fitting = (row for row in opened.begun(values[0]) if self._fits(row, values))
                found = sorted(fitting, key=self._specificity, reverse=True)
            else:
                found = opened.read(self._names, values)
            opened.keep(values, found)
        return found

    def _fits(self, row: Row, values: Keys) -> bool:
        """Return whether a row whose first key fits does so wholly."""
        return all(
            value.startswith(row[name]) if name in self._trees else value == row[name]
            for name, value in zip(self._names[1:], values[1:], strict=True)
        )

    def surely_none(self, values: tuple[Any, ...], date: Any) -> bool:
        """Return whether it is known without a look at the file that no row fits: for most pairs it is.

        Any two lines or diagnoses of a claim are a pair of codes, so this is asked more often than all else.
        Values that are no text are for others to judge.
        """
        opened = self._on.get(date)
        if opened is None or len(values) != len(self._names):
            return False
        try:
            if self._seconds:
                seconds = opened.seconds.get(values[0])
                return seconds is not None and not values[1].startswith(seconds)
            if opened.filter is None or self._trees:
                return False
            bit = filter_bit(values, opened.mask)
        except (TypeError, AttributeError):
            return False
        return not opened.filter[bit >> 3] >> (bit & 7) & 1

    def span(self, values: Keys, date: Any) -> Span | None:
        """Return the rows that fit a value for each key on a date, and the days on which it is these rows.

        None where no edition answers for the date.
        """
        opened = self._edition(date)
        if opened is None:
            return None
        if self._seconds and values[0] not in opened.seconds:
            opened.keep_seconds(values[0], self._names[1])
        rows = self._rows(opened, values)
        if not self._dated:
            return Span(None, None, rows)
        editions = ((e.edition.effective_from, e.edition.effective_to) for e in self._editions)
        first, last = _between(date, [*editions, *((row.get(FROM), row.get(TO)) for row in rows)])
        return Span(first, last, self._in_force(rows, date))

    def _in_force(self, rows: list[Row], date: dt.date | None) -> list[Row]:
        return rows if date is None or not self._dated else [r for r in rows if is_in_force(r, date)]

    def _cells(self, names: Sequence[str], keys: Mapping[str, Sequence[str]]) -> Iterable[Keys]:
        """Yield the cells of rows that match: each value, for trees also what it begins with."""
        cells = (
            [value[:end] for value in keys[name] for end in range(1, len(value) + 1)]
            if name in self._trees
            else keys[name]
            for name in names
        )
        return product(*(dict.fromkeys(several) for several in cells))

    def _specificity(self, row: Row) -> tuple[int, dt.date]:
        return sum(len(row[name]) for name in self._trees), row.get(FROM, dt.date.min)


class _Opened:
    """One edition, opened when its first row is asked for."""

    def __init__(self, table: Table, snapshot: Snapshot, edition: Edition) -> None:
        self.edition = edition
        self._table = table
        self._path = snapshot.folder / edition.file
        self._connection: sqlite3.Connection | None = None
        #: A bit for each row's keys: most keys that have no row have no bit. None before it is opened.
        self.filter: bytes | None = None
        self.mask = 0
        #: Rows by a value for each key that was asked for last; and by the first one alone, where cells are
        #: what a key begins with.
        self.kept: dict[Keys, list[Row]] = {}
        self._begun: dict[str, list[Row]] = {}
        #: What a second value begins with where there is a row, by the first value.
        self.seconds: dict[str, tuple[str, ...]] = {}
        self._cells = cells_of(table)

    def keep(self, values: Keys, rows: list[Row]) -> None:
        """Remember the rows that fit a value for each key."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        self.kept[values] = rows

    def begun(self, value: str) -> list[Row]:
        """Return the rows whose first key is what a value begins with, or is the value where it is exact."""
        found = self._begun.get(value)
        if found is None:
            if len(self._begun) >= _MOST_KEPT:
                self._begun.clear()
            (first, spec), *_ = self._table.keys.items()
            cells = [value] if spec.match == "exact" else [value[:end] for end in range(1, len(value) + 1)]
            found = self._begun[value] = [row for cell in cells for row in self.read((first,), (cell,))]
        return found

    def keep_seconds(self, value: str, name: str) -> None:
        """Remember the second cells of the rows whose first key fits a value."""
        if len(self.seconds) >= _MOST_KEPT:
            self.seconds.clear()
        self.seconds[value] = tuple({row[name] for row in self.begun(value)})

    def read(self, names: Keys, keys: Keys) -> list[Row]:
        """Return the rows whose cells `names` are `keys`: those that begin later first, then in their order.

        Raises StoreError.
        """
        cells = ", ".join(f'"{name}"' for name in self._cells)
        wanted = " AND ".join(f'"{name}" = ?' for name in names)
        query = f'SELECT {cells} FROM rows WHERE {wanted} ORDER BY "{FROM}" DESC, line'
        try:
            try:
                return self._ask(query, keys)
            except sqlite3.Error:
                if not self.edition.embedded:
                    raise
            self._open(anew=True)  # the program has the rows themselves
            return self._ask(query, keys)
        except sqlite3.Error:
            raise StoreError(
                f"the edition {self.edition.edition} of {self.edition.table} is damaged",
                f"import it again: scrubber data import {self.edition.table} FILE",
            ) from None

    def _ask(self, query: str, keys: Keys) -> list[Row]:
        connection = self._connection or self._open()
        return [self._row(found) for found in connection.execute(query, keys)]

    def _open(self, *, anew: bool = False) -> sqlite3.Connection:
        connection = (
            open_embedded(self._table, self.edition, anew=anew)
            if self.edition.embedded
            else read_only(self._path)
        )
        if len(self._table.keys) > 1:
            (self.filter,) = connection.execute("SELECT bits FROM filter").fetchone()
            self.mask = len(self.filter) * 8 - 1
        self._connection = connection
        return connection

    def _row(self, cells: Sequence[Any]) -> Row:
        row = dict(zip(self._cells, cells, strict=True))
        first, last = row.pop(FROM), row.pop(TO)
        read: dict[str, Any] = dict(self._table.read(row))
        if first != ALWAYS:
            read[FROM] = _day(first)
        if last != FOR_EVER:
            read[TO] = _day(last)
        return read


def _between(
    date: dt.date, periods: Iterable[tuple[dt.date | None, dt.date | None]]
) -> tuple[dt.date, dt.date]:
    """Return the days around a date on which no period begins or ends."""
    first, last, day = dt.date.min, dt.date.max, dt.timedelta(days=1)
    for begin, end in periods:
        if begin is not None:
            first, last = (max(first, begin), last) if begin <= date else (first, min(last, begin - day))
        if end is not None:
            first, last = (first, min(last, end)) if date <= end else (max(first, end + day), last)
    return first, last


def _day(number: int) -> dt.date:
    return dt.date(number // 10000, number // 100 % 100, number % 100)
