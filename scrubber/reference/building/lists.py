"""Short lists of codes from the files of `pyx12` (BSD): numbers alone, as the words are not ours to give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib.metadata import version
from xml.etree import ElementTree

from scrubber.reference.building.made import Made, file_of
from scrubber.reference.editing import ALWAYS, FOR_EVER, Cells

_PACKAGE = "pyx12"
_CODES, _GUIDE = "pyx12/map/codes.xml", "pyx12/map/837.5010.X222.A1.xml"
#: From the day on that 5010 is the only version of claims.
_FROM = dt.date(2012, 1, 1)
#: Lists of codes.xml, and the tables that they become.
_LISTS = {"claim_status": "claim_status", "claim_status_cat": "claim_status_category"}
_FILING_INDICATOR = "SBR09"
#: Places where Medicare pays what it calls the facility rate (IOM 100-04, chapter 12, 20.4.2).
_FACILITIES = frozenset("02 19 21 22 23 24 26 31 34 41 42 51 52 53 56 61".split())


def made() -> Iterator[Made]:
    """Yield the editions. Raises StoreError when the package is not installed."""
    path, source = file_of(_PACKAGE, _CODES)
    lists = {
        found.findtext("id", ""): sorted(code.text or "" for code in found.iter("code"))
        for found in ElementTree.parse(path).iter("codeset")
    }
    edition = f"pyx12-{version(_PACKAGE)}"
    places: list[Cells] = [
        (code, ALWAYS, FOR_EVER, "true" if code in _FACILITIES else "false") for code in lists["pos"]
    ]
    yield Made("place_of_service", edition, _FROM, _FROM, None, places, (source,))
    for name, table in _LISTS.items():
        rows: list[Cells] = [(code, ALWAYS, FOR_EVER) for code in lists[name]]
        yield Made(table, edition, _FROM, _FROM, None, rows, (source,))
    path, source = file_of(_PACKAGE, _GUIDE)
    indicators = {
        code.text or ""
        for element in ElementTree.parse(path).iter("element")
        if element.get("xid") == _FILING_INDICATOR
        for code in element.iter("code")
    }
    filing: list[Cells] = [(code, ALWAYS, FOR_EVER) for code in sorted(indicators)]
    yield Made("claim_filing_indicator", edition, _FROM, _FROM, None, filing, (source,))
