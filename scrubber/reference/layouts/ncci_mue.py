"""NCCI medically unlikely edits of Medicare: `MCR_MUE_PractitionerServices_Eff_07-01-2026.csv` and others.

A notice of several lines, a heading, then code, units, adjudication indicator and rationale. The indicator is
the first digit of its cell: 1 by line, 2 by day (policy), 3 by day (clinical). The name says the quarter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, Records, RowError, always, code, names, number
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, quarter

_NAME = r"MCR_MUE_{kind}_Eff_(?P<month>\d\d)-01-(?P<year>\d{{4}})\.csv"
_CODE, _INDICATOR = "HCPCS/CPT Code", "MUE Adjudication Indicator"


def _read(text: NativeText, values: str) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, (_CODE, values, _INDICATOR)):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            indicator = cells[2].strip()[:1]
            if indicator not in ("1", "2", "3"):
                raise RowError("the adjudication indicator does not begin with 1, 2 or 3")
            units = number(cells[1], "MUE value")
            yield line, (code(cells[0], "code"), ALWAYS, FOR_EVER, units, indicator)
        except RowError as error:
            yield Note(line, str(error))


def _period(text: NativeText, pattern: str) -> Period | None:
    found = re.fullmatch(pattern, text.name, re.IGNORECASE)
    if found is None or int(found["month"]) not in (1, 4, 7, 10):
        return None
    return quarter(int(found["year"]), (int(found["month"]) + 2) // 3)


def _layout(kind: str, values: str) -> Layout:
    pattern = _NAME.format(kind=kind)
    return Layout(
        ("code", "from", "to", "value", "mai"),
        always(partial(_read, values=values)),
        names(pattern),
        partial(_period, pattern=pattern),
    )


PRACTITIONER = _layout("PractitionerServices", "Practitioner Services MUE Values")
HOSPITAL = _layout("OutpatientHospitalServices", "Outpatient Hospital Services MUE Values")
DME = _layout("DMESupplierServices", "DME Supplier Services MUE Values")
