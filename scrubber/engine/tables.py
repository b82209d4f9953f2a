"""Tables in memory: rows by their keys, in the edition of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from scrubber.claim.values import Unreadable
from scrubber.packs.tables import FROM, TO, Cell, Key, Row, Table, is_in_force
from scrubber.reference.rows import StoredRows

#: Answers that the look-ups into a table remember.
_MOST_ANSWERS = 20_000


class Rows:
    """The rows of one table, the most specific first: more cells filled, longer beginnings, later dates.

    `prefix` and `icd10_tree` keys are found by their beginnings; only ranges are looked at one by one.
    """

    def __init__(self, table: Table, rows: Iterable[Mapping[str, Cell]]) -> None:
        self.table = table
        self._dated = table.dates == "from_to"
        self._exact = [key for key, spec in table.keys.items() if spec.match == "exact"]
        self._trees = [key for key, spec in table.keys.items() if spec.match in ("prefix", "icd10_tree")]
        self._ranges = [(key, spec) for key, spec in table.keys.items() if spec.columns is not None]
        self._rows = sorted(map(table.read, rows), key=self._specificity, reverse=True)
        self._indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
        begins = [row.get(FROM) for row in self._rows]
        ends = [row.get(TO) for row in self._rows]
        self._begin = min((d for d in begins if d is not None), default=None) if None not in begins else None
        self._end = max((d for d in ends if d is not None), default=None) if None not in ends else None

    def _specificity(self, row: Row) -> tuple[int, int, dt.date]:
        filled = sum(key in row for key in (*self._exact, *self._trees))
        filled += sum(name in row for _, spec in self._ranges for name in spec.columns or ())
        return filled, sum(len(row.get(key, "")) for key in self._trees), row.get(FROM, dt.date.min)

    def has_edition(self, date: Any) -> bool:
        """Return whether the table says anything about a date: some row is in force before and after it."""
        if not self._dated:
            return True
        if not isinstance(date, dt.date):
            return False
        return (self._begin is None or self._begin <= date) and (self._end is None or date <= self._end)

    def find(self, keys: Mapping[str, Sequence[str]], date: dt.date | None) -> list[Row]:
        """Return the rows that fit: for each key some of its values, on a date if there are dates."""
        names = tuple(key for key in (*self._exact, *self._trees) if key in keys)
        index = self._index(names)
        cells = product(*(self._cells(name, keys[name]) for name in names))
        numbers = sorted({number for each in cells for number in index.get(each, ())})
        found = [self._rows[number] for number in numbers if self._in_ranges(self._rows[number], keys)]
        if not self._dated:
            return found
        return [row for row in found if date is not None and is_in_force(row, date)]

    def _index(self, names: tuple[str, ...]) -> dict[tuple[str, ...], list[int]]:
        """Return the numbers of rows by their cells; an empty cell is found by any value."""
        index = self._indexes.get(names)
        if index is None:
            index = self._indexes[names] = {}
            for number, row in enumerate(self._rows):
                index.setdefault(tuple(row.get(name, "") for name in names), []).append(number)
        return index

    def _cells(self, name: str, values: Sequence[str]) -> list[str]:
        """Return the cells that some values match: the value, its beginnings, and the empty one."""
        if name in self._exact:
            return ["", *dict.fromkeys(values)]
        return ["", *dict.fromkeys(value[:end] for value in values for end in range(1, len(value) + 1))]

    def _in_ranges(self, row: Row, keys: Mapping[str, Sequence[str]]) -> bool:
        return all(
            key not in keys or any(_matches(row, spec, value) for value in keys[key] or [""])
            for key, spec in self._ranges
        )


def _matches(row: Row, spec: Key, value: str) -> bool:
    """Return whether a value is between the two cells of a range; an empty one is open."""
    first, last = (row.get(name) for name in spec.columns or ())
    return (first is None or (len(first) == len(value) and first <= value)) and (
        last is None or (len(last) == len(value) and value <= last)
    )


#: Rows of a table.yaml or of an example, and those of the store: they answer alike.
AnyRows = Rows | StoredRows


def look_up(
    rows: AnyRows | None,
    keys: Mapping[str, Any] | None,
    date: Any,
    *,
    many: bool,
    less: Mapping[str, Any] | None = None,
) -> Any:
    """Return the row, with `many` the list of rows; None for no row, `Unreadable` where nobody knows.

    `keys` hold a value or a list of them, None finds nothing; `less` are keys for a second, less specific
    try. What is absent fits an empty cell only.
    """
    if rows is None or not rows.has_edition(date):
        return Unreadable("")
    for tried in (keys, less):
        if tried is None:
            continue
        found = _found(rows, tried, date)
        if isinstance(found, Unreadable):
            return found
        if found:
            return found if many else found[0]
    if rows.table.missing == "unknown":
        return Unreadable("")
    return [] if many else None


#: The values of a table's keys and a date → what `look_up` answers for one row.
Finder = Callable[[tuple[Any, ...], Any], Any]


def finder(rows: AnyRows | None, names: tuple[str, ...]) -> Finder:
    """Return a function that does what `look_up` does for one row and one try, and remembers its answers.

    `names` are those of the keys. It is what generated rules ask, of each code and of each pair of codes.
    """
    if not isinstance(rows, StoredRows) or names != rows.names:
        return lambda values, date: look_up(rows, dict(zip(names, values, strict=True)), date, many=False)
    stored, pairs = rows, len(names) > 1
    nothing = Unreadable("") if rows.table.missing == "unknown" else None
    answers = rows.answers

    def find(values: tuple[Any, ...], date: Any) -> Any:
        if pairs and stored.surely_none(values, date):
            return nothing
        try:
            known = answers.get(values)
        except TypeError:  # a list of values
            known = None
        if known is not None:
            first, last, answer = known
            if first is None or last is None or (date.__class__ is dt.date and first <= date <= last):
                return answer
        for value in values:
            if value.__class__ is not str:
                return look_up(stored, dict(zip(names, values, strict=True)), date, many=False)
        span = stored.span(values, date)
        if span is None:
            return Unreadable("")
        if len(answers) >= _MOST_ANSWERS:
            answers.clear()
        answer = span.rows[0] if span.rows else nothing
        answers[values] = (span.first, span.last, answer)
        return answer

    return find


def _found(rows: AnyRows, keys: Mapping[str, Any], date: Any) -> list[Row] | Unreadable:
    if isinstance(rows, StoredRows):
        for value in keys.values():
            if value.__class__ is not str:
                break
        else:
            return rows.find_one(keys, date)
    values = {name: _values(value) for name, value in keys.items()}
    if any(isinstance(v, Unreadable) for several in values.values() for v in several):
        return Unreadable("")
    return rows.find(values, date)


def _values(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def column(found: Any, name: str) -> Any:
    """Return a cell of what was found: of several rows, those of all that have it, one after the other."""
    if isinstance(found, Unreadable):
        return found
    if isinstance(found, list):
        cells = (row[name] for row in found if name in row)
        return [code for cell in cells for code in (cell if isinstance(cell, list) else [cell])]
    return None if found is None else found.get(name)


def remedy_of(rows: AnyRows | None) -> str:
    """Return what to do about a table that is not known for a date, or not known at all."""
    if isinstance(rows, StoredRows):
        return rows.remedy
    return "load the table, or the edition for this date; rows of small ones stand in its table.yaml"
