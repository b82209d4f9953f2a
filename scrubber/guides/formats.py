"""How values are written: dates, times, numbers, and identifiers that have a form of their own.

Every check is a function from text to yes or no. Answers are remembered, as files repeat their values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from scrubber.guides.model import Composite, Element
from scrubber.guides.violations import Kind

Check = Callable[[str], bool]

_MOST_REMEMBERED = 1 << 14


class Answers(dict[str, bool]):
    """A check's answers by value; forgets all of them when there are too many."""

    __slots__ = ("_check",)

    def __init__(self, check: Check) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, value: str) -> bool:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        answer = self[value] = self._check(value)
        return answer


def is_date(value: str) -> bool:
    """CCYYMMDD, from 1800 on (X12 type DT of eight, qualifier D8)."""
    if len(value) != 8 or not value.isascii() or not value.isdigit():
        return False
    try:
        return dt.date(int(value[:4]), int(value[4:6]), int(value[6:])).year >= 1800
    except ValueError:
        return False


def is_short_date(value: str) -> bool:
    """YYMMDD (ISA09, qualifier D6)."""
    return len(value) == 6 and is_date("20" + value)


def is_any_date(value: str) -> bool:
    """X12 type DT: of six or eight."""
    return is_date(value) or is_short_date(value)


def is_date_range(value: str) -> bool:
    """CCYYMMDD-CCYYMMDD (qualifier RD8)."""
    return len(value) == 17 and value[8] == "-" and is_date(value[:8]) and is_date(value[9:])


def is_time(value: str) -> bool:
    """HHMM, HHMMSS, HHMMSSD or HHMMSSDD (X12 type TM)."""
    if not 4 <= len(value) <= 8 or len(value) == 5 or not value.isascii() or not value.isdigit():
        return False
    return value[:2] <= "23" and value[2:4] <= "59" and (len(value) < 6 or value[4:6] <= "59")


def is_date_time(value: str) -> bool:
    """CCYYMMDDHHMM (qualifier DT)."""
    return len(value) == 12 and is_date(value[:8]) and is_time(value[8:])


def _pattern(text: str) -> Check:
    match = re.compile(text, re.ASCII).fullmatch
    return lambda value: match(value) is not None


#: X12 type N0: a whole number, and R: a decimal number with at least one digit. Lengths are checked apart.
is_whole = _pattern(r"-?[0-9]+")
is_decimal = _pattern(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

#: Named formats: the check, what kind of violation its failure is, and what would be right.
FORMATS: Mapping[str, tuple[Check, Kind, str]] = {
    "D8": (is_date, Kind.INVALID_DATE, "a date CCYYMMDD"),
    "D6": (is_short_date, Kind.INVALID_DATE, "a date YYMMDD"),
    "RD8": (is_date_range, Kind.INVALID_DATE, "two dates CCYYMMDD-CCYYMMDD"),
    "DT": (is_date_time, Kind.INVALID_DATE, "a date and time CCYYMMDDHHMM"),
    "TM": (is_time, Kind.INVALID_TIME, "a time HHMM"),
    "npi": (_pattern(r"[1-9][0-9]{9}"), Kind.PATTERN, "an NPI: ten digits"),
    "digits9": (_pattern(r"[0-9]{9}"), Kind.PATTERN, "nine digits"),
    "zip": (_pattern(r"[0-9]{5}(?:[0-9]{4})?"), Kind.PATTERN, "a ZIP code of five or nine digits"),
    "zip9": (_pattern(r"[0-9]{9}"), Kind.PATTERN, "a ZIP code of nine digits"),
    "icd10cm": (
        _pattern(r"[A-Za-z][0-9][0-9A-Za-z]{1,5}"),
        Kind.PATTERN,
        "an ICD-10-CM code without its point",
    ),
    "icd10pcs": (
        _pattern(r"[0-9A-HJ-NP-Za-hj-np-z]{7}"),
        Kind.PATTERN,
        "an ICD-10-PCS code: seven characters",
    ),
    "icd9": (_pattern(r"[0-9VEve][0-9]{1,4}"), Kind.PATTERN, "an ICD-9-CM code without its point"),
    "hcpcs": (_pattern(r"[0-9A-Z][0-9]{3}[0-9A-Z]"), Kind.PATTERN, "a HCPCS code: five characters"),
    "modifier": (_pattern(r"[0-9A-Z]{2}"), Kind.PATTERN, "a modifier: two characters"),
    "hipps": (_pattern(r"[0-9A-Z]{5}"), Kind.PATTERN, "a HIPPS code: five characters"),
    "cdt": (_pattern(r"D[0-9]{4}"), Kind.PATTERN, "a CDT code: D and four digits"),
    "ndc11": (_pattern(r"[0-9]{11}"), Kind.PATTERN, "an NDC of eleven digits, 5-4-2 without hyphens"),
    "taxonomy": (_pattern(r"[0-9A-Z]{9}X"), Kind.PATTERN, "a taxonomy code: ten characters that end in X"),
    "revenue": (_pattern(r"[0-9]{4}"), Kind.PATTERN, "a revenue code of four digits"),
    "phone": (_pattern(r"[0-9]{10}"), Kind.PATTERN, "ten digits"),
}
#: Data elements that say how the next 1251 is written, by the code they carry.
_FORMAT_QUALIFIER, _FORMATTED = "1250", "1251"


def formats_by_code(number: str, before: Element | Composite | None) -> dict[str, str]:
    """Return the formats of a data element by the codes of the one before (D8: a date)."""
    if number != _FORMATTED or not isinstance(before, Element) or before.number != _FORMAT_QUALIFIER:
        return {}
    return {code: code for code in before.codes or () if code in FORMATS}


#: The check of each named format, with a memory.
CHECKS: Mapping[str, Answers] = {name: Answers(check) for name, (check, _, _) in FORMATS.items()}

WHOLE, DECIMAL, TIMES, DATES = Answers(is_whole), Answers(is_decimal), Answers(is_time), Answers(is_any_date)
