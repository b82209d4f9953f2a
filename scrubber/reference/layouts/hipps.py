"""HIPPS codes: CMS brings the master list out as a spreadsheet; save it as CSV.

Columns are found by their names: the code, the first and the last day on which it is valid (MM/DD/YYYY).
"""

from __future__ import annotations

from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
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

_COLUMNS = ("HIPPS Code", "Code Effective From Date", "Code Effective Through Date")


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, _COLUMNS):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            name, begin, end = cells
            first = american_day(begin, "first day") if begin.strip() else ALWAYS
            last = american_day(end, "last day") if end.strip() else FOR_EVER
            yield line, (code(name, "code"), first, last)
        except RowError as error:
            yield Note(line, str(error))


CODES = Layout(("code", "from", "to"), always(_read), names(r".*hipps.*\.csv"), lambda text: None)
