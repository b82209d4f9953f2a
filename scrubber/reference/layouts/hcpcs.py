"""HCPCS Level II as CMS brings it out each quarter: `HCPC2026_JUL_ANWEB.txt`, lines of 320 characters.

A code or modifier has one line with its dates and, for a long description, lines that go on. Of all that, the
codes, dates and a few indicators are kept. Layout: the record layout in the publisher's zip; columns here
count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from scrubber.reference.editing import NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, RowError, always, code, day, last_day, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, calendar_year, quarter

#: Up to and with the action code. What is shorter is the preamble of older files.
_SHORTEST = 293
_CODE, _CODE_GOES_ON, _MODIFIER, _MODIFIER_GOES_ON = "3478"
_NAME = re.compile(r"hcpc(?P<year>\d{4})_(?:(?P<month>jan|apr|jul|oct)_|contr_)?anweb.*\.txt", re.IGNORECASE)
_QUARTERS = {"jan": 1, "apr": 2, "jul": 3, "oct": 4}


def _read(text: NativeText, kind: str) -> Iterator[NumberedRow | Note]:
    goes_on = _CODE_GOES_ON if kind == _CODE else _MODIFIER_GOES_ON
    begun = False
    for number, line in text.lines():
        record = line[10:11]
        if not line.strip():
            yield Note(number, "an empty line", refused=False)
        elif not begun and (len(line) < _SHORTEST or not line[5:10].isdigit()):
            yield Note(number, "text before the first code", refused=False)
        elif len(line) < _SHORTEST:
            yield Note(number, f"the line has {len(line)} characters instead of {_SHORTEST} or more")
        elif record == kind:
            begun = True
            try:
                yield number, _row(line, kind)
            except RowError as error:
                yield Note(number, str(error))
        else:
            begun = True
            yield Note(number, *_other(record, goes_on))


def _other(record: str, goes_on: str) -> tuple[str, bool]:
    if record == goes_on:
        return "a description that goes on", False
    if record in (_CODE, _CODE_GOES_ON):
        return "a code, not a modifier", False
    if record in (_MODIFIER, _MODIFIER_GOES_ON):
        return "a modifier, not a code", False
    return "the kind of record (column 11) is none of 3, 4, 7 and 8", True


def _row(line: str, kind: str) -> tuple[str | int, ...]:
    name = code(line[:5], "code") if kind == _CODE else code(line[3:5], "modifier", "[A-Z0-9]{2}")
    return (
        name,
        day(line[268:276], "date on which the code was added"),
        last_day(line[284:292], "termination date"),
        line[229:230].strip(),
        line[256:259].strip(),
        line[292:293].strip(),
    )


def _period(text: NativeText) -> Period | None:
    found = _NAME.fullmatch(text.name)
    if found is None:
        return None
    year, month = int(found["year"]), found["month"]
    return quarter(year, _QUARTERS[month.lower()]) if month else calendar_year(year)


_FIELDS = ("code", "from", "to", "coverage", "betos", "action")

CODES = Layout(_FIELDS, always(partial(_read, kind=_CODE)), names(_NAME.pattern), _period, ends_lines=True)
MODIFIERS = Layout(_FIELDS, always(partial(_read, kind=_MODIFIER)), CODES.wants, _period, ends_lines=True)
