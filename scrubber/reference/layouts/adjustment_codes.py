"""Adjustment reason codes (CARC) and remark codes (RARC), from X12's lists as CSV: code and description.

The days stand in the description: `Start: 01/01/1995`, and `Stop:` for one that ends. Only codes and days are
kept; the words are X12's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from scrubber.reference.editing import FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import (
    Layout,
    Note,
    Records,
    RowError,
    always,
    american_day,
    code,
    names,
)
from scrubber.reference.native import NativeText

_START = re.compile(r"\bStart:\s*([0-9/]+)")
_STOP = re.compile(r"\bStop:\s*([0-9/]+)")


def _read(text: NativeText, pattern: str) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, ("Code", "Description")):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            begin, end = _START.search(cells[1]), _STOP.search(cells[1])
            if begin is None:
                raise RowError("the description does not say when the code starts")
            last = american_day(end[1], "stop") if end else FOR_EVER
            yield line, (code(cells[0], "code", pattern), american_day(begin[1], "start"), last)
        except RowError as error:
            yield Note(line, str(error))


def _layout(name: str, pattern: str) -> Layout:
    read = always(partial(_read, pattern=pattern))
    return Layout(("code", "from", "to"), read, names(rf".*{name}.*\.csv"), lambda text: None)


CARC = _layout("carc", "[A-Z]?[0-9]{1,3}")
RARC = _layout("rarc", "M[0-9]{1,3}|MA[0-9]{2,3}|N[0-9]{1,3}")
