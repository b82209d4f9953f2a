"""The FDA's directory of drugs: `package.txt` of `ndctext.zip`, cells between tabs.

A package's number has three parts of which one lacks a digit; claims carry eleven digits, 5-4-2. The
directory lists what is marketed when it is made, and answers from that day on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, Records, RowError, always, day, last_day, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period

_COLUMNS = ("NDCPACKAGECODE", "STARTMARKETINGDATE", "ENDMARKETINGDATE", "NDC_EXCLUDE_FLAG")
_NUMBER = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})")
_DIGITS = 10


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, _COLUMNS, "\t"):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            first = day(cells[1], "start of marketing") if cells[1].strip() else ALWAYS
            last = last_day(cells[2], "end of marketing")
            yield line, (_eleven_digits(cells[0]), first, last, cells[3].strip())
        except RowError as error:
            yield Note(line, str(error))


def _eleven_digits(text: str) -> str:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or sum(map(len, found.groups())) != _DIGITS:
        raise RowError("the package code has not ten digits in three parts")
    labeler, product, package = found.groups()
    return f"{labeler:0>5}{product:0>4}{package:0>2}"


def _period(text: NativeText) -> Period | None:
    return Period(text.made.isoformat(), text.made, text.made, None) if text.made else None


PACKAGES = Layout(
    ("ndc", "from", "to", "excluded"), always(_read), names(r"package\.txt"), _period, one_row=False
)
