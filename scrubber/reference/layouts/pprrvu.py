"""The physician fee schedule of Medicare: `PPRRVU2026_Jul_nonQPP.csv`, a heading of some lines, then rows.

The names of its columns stand in several lines and repeat, so that places count: 0 code, 1 modifier,
3 status, 13 professional and technical component, 14 global days, 18 to 22 surgery indicators. Rows with a
modifier say how a component is paid and are left out; so are all amounts and the CPT descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.errors import NativeFileError
from scrubber.reference.layouts.layout import Layout, Note, RowError, always, code, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, quarter

_NAME = r"PPRRVU(?P<year>\d{2}|\d{4})_(?P<month>jan|apr|jul|oct)\d?(_nonqpp)?\.csv"
_QUARTERS = {"jan": 1, "apr": 2, "jul": 3, "oct": 4}
#: The lowest line of the heading: place → what stands there.
_HEADING = {0: "HCPCS", 1: "MOD", 3: "CODE", 13: "IND", 14: "DAYS"}
_CELLS = 23


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    begun = False
    for line, cells in text.records():
        if not begun:
            begun = len(cells) >= _CELLS and all(cells[i].strip() == name for i, name in _HEADING.items())
            yield Note(line, "a line of the heading", refused=False)
        elif not any(cell.strip() for cell in cells):
            yield Note(line, "an empty line", refused=False)
        elif len(cells) > 1 and cells[1].strip():
            yield Note(line, "a component of a service (with a modifier)", refused=False)
        else:
            try:
                yield line, _row(cells)
            except RowError as error:
                yield Note(line, str(error))
    if not begun:
        told = ", ".join(f"{name} in column {i + 1}" for i, name in _HEADING.items())
        raise NativeFileError(
            f"{text.where} has not the heading of this file ({told})", "check that it is the right file"
        )


def _row(cells: list[str]) -> tuple[str | int, ...]:
    if len(cells) < _CELLS:
        raise RowError(f"{len(cells)} cells instead of {_CELLS} or more")
    days = cells[14].strip()
    return (
        code(cells[0], "code"),
        ALWAYS,
        FOR_EVER,
        code(cells[3], "status", "[A-Z]"),
        cells[13].strip(),
        days,
        str(int(days)) if days.isdigit() else "",
        *(cells[i].strip() for i in range(18, 23)),
    )


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    if found is None:
        return None
    return quarter(int(found["year"][-2:]) + 2000, _QUARTERS[found["month"].lower()])


_FIELDS = (
    *("code", "from", "to", "status", "pc_tc", "global_days", "global_post_days"),
    *("multiple", "bilateral", "assistant", "co_surgeon", "team"),
)
FEES = Layout(_FIELDS, always(_read), names(_NAME), _period)
