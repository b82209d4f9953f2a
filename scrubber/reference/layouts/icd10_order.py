"""ICD-10-CM and ICD-10-PCS in order: `icd10cm_order_2026.txt`, lines of fixed width.

Order number, code (columns 7-13), 1 if it may be billed or 0 for a heading of codes (column 15), and
descriptions. A fiscal year's file counts from October; an update may come in April.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, RowError, always, code, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, fiscal_year

_NAME = r"icd10{kind}[-_]order[-_](?P<april>april[-_](1[-_])?)?(?P<year>\d{{4}})\.txt"


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    for number, line in text.lines():
        if not line.strip():
            yield Note(number, "an empty line", refused=False)
            continue
        try:
            if not line[:5].isdigit():
                raise RowError("the line does not begin with an order number of five digits")
            flag = line[14:15]
            if flag not in ("0", "1"):
                raise RowError("column 15 is neither 0 nor 1")
            billable = "true" if flag == "1" else "false"
            yield number, (code(line[6:13], "code", r"[A-Z0-9]{3,7}"), ALWAYS, FOR_EVER, billable)
        except RowError as error:
            yield Note(number, str(error))


def _period(text: NativeText, pattern: str) -> Period | None:
    found = re.fullmatch(pattern, text.name, re.IGNORECASE)
    return found and fiscal_year(int(found["year"]), april=found["april"] is not None)


def _layout(kind: str) -> Layout:
    pattern = _NAME.format(kind=kind)
    fields = ("code", "from", "to", "billable")
    return Layout(fields, always(_read), names(pattern), partial(_period, pattern=pattern))


CM = _layout("cm")
PCS = _layout("pcs")
