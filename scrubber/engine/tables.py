"""Tables in memory: rows by their keys, in the edition of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from scrubber.claim.values import Unreadable, read_amount, read_date, read_number
from scrubber.packs.tables import FROM, TO, Key, Table

#: The cells of a row that are not empty, by column.
Row = Mapping[str, Any]

_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": read_number,
    "amount": read_amount,
    "quantity": read_amount,
    "date": lambda text: read_date(text.replace("-", "")),
    "flag": lambda text: text == "true",
}


class Rows:
    """The rows of one table. Those that differ from a key only by chance are never looked at."""

    def __init__(self, table: Table, rows: Iterable[Mapping[str, str]]) -> None:
        self.table = table
        self._exact = [key for key, spec in table.keys.items() if spec.match == "exact"]
        self._others = [(key, spec) for key, spec in table.keys.items() if spec.match != "exact"]
        self._dated = table.dates == "from_to"
        self._by_key: dict[tuple[str, ...], list[Row]] = {}
        self._open: list[Row] = []  # an exact cell is empty: it matches anything
        self._begin: dt.date | None = None
        for cells in rows:
            row = {name: self._read(name, text) for name, text in cells.items() if text}
            exact = tuple(row.get(key, "") for key in self._exact)
            (self._open if "" in exact else self._by_key.setdefault(exact, [])).append(row)

    def _read(self, name: str, text: str) -> Any:
        kind = "date" if self._dated and name in (FROM, TO) else self.table.kinds[name]
        return _READERS[kind](text) if kind in _READERS else text

    def find(self, keys: Mapping[str, Sequence[str]], date: dt.date | None) -> list[Row]:
        """Return the rows that fit: for each key some of its values, on a date if there are dates."""
        found = [row for row in self._candidates(keys) if self._fits(row, keys)]
        if not self._dated:
            return found
        return [row for row in found if date is not None and _is_in_force(row, date)]

    def _candidates(self, keys: Mapping[str, Sequence[str]]) -> Iterable[Row]:
        exact: list[tuple[str, ...]] = [()]
        for key in self._exact:
            if key not in keys:  # a less specific try: whatever stands there
                yield from (row for rows in self._by_key.values() for row in rows)
                break
            exact = [(*before, value) for before in exact for value in keys[key]]
        else:
            for each in exact:
                yield from self._by_key.get(each, ())
        yield from self._open

    def _fits(self, row: Row, keys: Mapping[str, Sequence[str]]) -> bool:
        for key in self._exact:
            if key in keys and key in row and row[key] not in keys[key]:
                return False
        return all(
            key not in keys or any(_matches(row, key, spec, value) for value in keys[key])
            for key, spec in self._others
        )


def _matches(row: Row, key: str, spec: Key, value: str) -> bool:
    if spec.columns is not None:
        first, last = (row.get(name) for name in spec.columns)
        return (first is None or (len(first) == len(value) and first <= value)) and (
            last is None or (len(last) == len(value) and value <= last)
        )
    cell = row.get(key)
    return cell is None or value.startswith(cell)  # a category is the beginning of the codes below it


def _is_in_force(row: Row, date: dt.date) -> bool:
    first, last = row.get(FROM), row.get(TO)
    return (first is None or first <= date) and (last is None or date <= last)


def look_up(
    rows: Rows | None,
    keys: Mapping[str, Any],
    date: Any,
    *,
    many: bool,
    less: Mapping[str, Any] | None = None,
) -> Any:
    """Return the row, with `many` the list of rows; None for no row, `Unreadable` where nobody knows.

    `keys` hold a value or a list of them; `less` are keys for a second, less specific try. An absent key
    finds nothing.
    """
    if rows is None or (rows.table.dates != "none" and not isinstance(date, dt.date)):
        return Unreadable("")
    for tried in (keys, less):
        if tried is None:
            continue
        values = {name: _values(value) for name, value in tried.items()}
        if any(isinstance(v, Unreadable) for several in values.values() for v in several):
            return Unreadable("")
        found = rows.find(values, date) if all(values.values()) else []
        if found:
            return found if many else found[0]
    if rows.table.missing == "unknown":
        return Unreadable("")
    return [] if many else None


def _values(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def column(found: Any, name: str) -> Any:
    """Return a cell of what was found: of several rows, those of all that have it."""
    if isinstance(found, Unreadable):
        return found
    if isinstance(found, list):
        return [row[name] for row in found if name in row]
    return None if found is None else found.get(name)
