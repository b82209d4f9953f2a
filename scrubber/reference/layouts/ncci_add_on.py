"""NCCI add-on codes of Medicare: `AOC_V2026Q3-F-MCR.txt`, of fixed width or with tabs between the cells.

Type, add-on code and the day it was deleted, primary code and the day it was deleted, first and last day of
the edit, note. Days are YYYYDDD. The primary code CCCCC stands for those that the contractor says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from scrubber.reference.editing import FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, RowError, always, code, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, quarter

#: Medicare's list began; each quarter's file has the edits since, with their days.
_BEGAN = dt.date(2013, 4, 1)
_NAME = r"AOC_V(?P<year>\d{4})Q(?P<quarter>[1-4]).*MCR.*\.txt"
#: Where the cells of a line of fixed width are.
_CUTS = ((0, 1), (1, 6), (6, 13), (13, 18), (18, 25), (25, 32), (32, 39))
_TYPES = ("1", "2", "3")


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    begun = False
    for number, line in text.lines():
        cells = line.split("\t") if "\t" in line else [line[first:last] for first, last in _CUTS]
        if not begun and cells[0].strip() not in _TYPES:
            yield Note(number, "a line of the heading", refused=False)
        elif not line.strip():
            yield Note(number, "an empty line", refused=False)
        else:
            begun = True
            try:
                yield number, _row(cells)
            except RowError as error:
                yield Note(number, str(error))


def _row(cells: list[str]) -> tuple[str | int, ...]:
    if len(cells) < len(_CUTS):
        raise RowError(f"{len(cells)} cells between tabs instead of {len(_CUTS)} or more")
    kind = cells[0].strip()
    if kind not in _TYPES:
        raise RowError("the type is none of 1, 2 and 3")
    ends = [_day(cells[i], what) for i, what in _ENDS if cells[i].strip()]
    return (
        code(cells[1], "add-on code"),
        _day(cells[5], "effective date"),
        min(ends, default=FOR_EVER),
        kind,
        code(cells[3], "primary code"),
    )


#: A pair ends when either code or the pair itself does.
_ENDS = ((2, "add-on code's deletion date"), (4, "primary code's deletion date"), (6, "edit's deletion date"))


def _day(text: str, what: str) -> int:
    found = text.strip()
    try:
        if not re.fullmatch(r"[0-9]{7}", found):
            raise ValueError
        date = dt.datetime.strptime(found, "%Y%j")
        if f"{date:%Y%j}" != found:  # day 366 of a year that has 365
            raise ValueError
        return int(f"{date:%Y%m%d}")
    except ValueError:
        raise RowError(f"the {what} is no date written YYYYDDD") from None


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    return found and replace(quarter(int(found["year"]), int(found["quarter"])), begin=_BEGAN)


ADD_ON = Layout(
    ("add_on", "from", "to", "type", "primary"), always(_read), names(_NAME), _period, one_row=False
)
