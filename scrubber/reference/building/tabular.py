"""What the tabular list of ICD-10-CM says beside its codes: the file of it in `simple-icd-10-cm` (MIT)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from scrubber.reference.building.made import Made, file_of
from scrubber.reference.layouts.icd10_tabular import ROWS
from scrubber.reference.layouts.layout import Note
from scrubber.reference.layouts.tabular_list import read_list
from scrubber.reference.native import native_texts

_PACKAGE, _FILE = "simple-icd-10-cm", "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"
#: The list that the package has: that of April 2026, which counts until the next one.
_EDITION, _ISSUED = "2026-04", dt.date(2026, 4, 1)
_FROM, _TO = dt.date(2025, 10, 1), dt.date(2026, 9, 30)


def made() -> Iterator[Made]:
    """Yield the editions. Raises StoreError when the package is not installed."""
    path, source = file_of(_PACKAGE, _FILE)
    with native_texts([path], lambda name: True) as (text,):
        found = read_list(text)
    for table, rows in ROWS.items():
        cells = {row[1] for row in rows(found) if not isinstance(row, Note)}
        yield Made(table, _EDITION, _ISSUED, _FROM, _TO, sorted(cells), (source,))
