"""The NUCC's provider taxonomy: `nucc_taxonomy_260.csv` (version 26.0, January 2026; 26.1 is that of July).

Codes and their section (individual or not) are kept; names and definitions are the NUCC's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, Records, RowError, always, code, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period

_NAME = r"nucc_taxonomy_(?P<year>\d\d)(?P<half>[01])\.csv"


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, ("Code", "Section")):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            yield line, (code(cells[0], "code", "[A-Z0-9]{9}X"), ALWAYS, FOR_EVER, cells[1].strip())
        except RowError as error:
            yield Note(line, str(error))


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    if found is None:
        return None
    begin = dt.date(2000 + int(found["year"]), 7 if found["half"] == "1" else 1, 1)
    return Period(f"{found['year']}.{found['half']}", begin, begin, None)


TAXONOMY = Layout(("code", "from", "to", "section"), always(_read), names(_NAME), _period)
