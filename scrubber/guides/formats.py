"""How values are written: dates, times, numbers, and identifiers that have a form of their own.

Every check is a function from text to yes or no. Where that takes long, answers are remembered: files repeat
their values.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import isleap
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from scrubber.guides.model import Composite, Element
from scrubber.guides.violations import Kind

Check = Callable[[str], bool]

_MOST_REMEMBERED, _LONGEST_REMEMBERED = 1 << 14, 100
A = TypeVar("A")


class Answers(dict[str, A], Generic[A]):
    """What a function says of texts, remembered: but for long ones, and until there are too many."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[str], A]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, value: str) -> A:
        answer = self._ask(value)
        if len(value) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[value] = answer
        return answer


#: What the components of values say, by value; None for values that are wrong.
Parts = Answers[tuple[Any, ...] | None]


def remembering(check: Check) -> Check:
    """Return a check that remembers its answers."""
    return Answers(check).__getitem__


#: A day or the first and last of several.
Period = tuple[dt.date, dt.date | None]

#: Every day of every year, as MMDD.
_DAYS = frozenset(f"{dt.date(2023, 1, 1) + dt.timedelta(day):%m%d}" for day in range(365))


def is_date(value: str) -> bool:
    """CCYYMMDD, from 1800 on (X12 type DT of eight, qualifier D8)."""
    if len(value) != 8 or not value.isdigit() or not value.isascii() or value < "1800":
        return False
    return value[4:] in _DAYS or (value[4:] == "0229" and isleap(int(value[:4])))


def read_day(value: str) -> dt.date | None:
    """Return the date of CCYYMMDD in ASCII, None where `is_date` would say no."""
    if len(value) == 8 and value.isdigit() and value >= "1800":
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    return None


def _read_single(value: str) -> Period | None:
    day = read_day(value)
    return (day, None) if day is not None else None


def _read_range(value: str) -> Period | None:
    if len(value) != 17 or value[8] != "-":
        return None
    first, last = read_day(value[:8]), read_day(value[9:])
    return (first, last) if first is not None and last is not None else None


#: What reads dates in ASCII, by their format; None where its check would say no.
PERIODS: Mapping[str, Answers[Period | None]] = {"D8": Answers(_read_single), "RD8": Answers(_read_range)}


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
    return remembering(lambda value: match(value) is not None)


def _digits(*lengths: int) -> Check:
    return lambda value: len(value) in lengths and value.isdigit() and value.isascii()


def is_npi(value: str) -> bool:
    """Ten digits, the first of which is not 0. The check digit is a rule's affair."""
    return len(value) == 10 and value[0] != "0" and value.isdigit() and value.isascii()


#: X12 type N0: a whole number, and R: a decimal number with at least one digit. Lengths are checked apart.
is_whole = _pattern(r"-?[0-9]+")
is_decimal = _pattern(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

#: Named formats: the check, what kind of violation its failure is, and what would be right.
FORMATS: Mapping[str, tuple[Check, Kind, str]] = {
    "D8": (remembering(is_date), Kind.INVALID_DATE, "a date CCYYMMDD"),
    "D6": (is_short_date, Kind.INVALID_DATE, "a date YYMMDD"),
    "RD8": (remembering(is_date_range), Kind.INVALID_DATE, "two dates CCYYMMDD-CCYYMMDD"),
    "DT": (is_date_time, Kind.INVALID_DATE, "a date and time CCYYMMDDHHMM"),
    "TM": (is_time, Kind.INVALID_TIME, "a time HHMM"),
    "npi": (is_npi, Kind.PATTERN, "an NPI: ten digits"),
    "digits9": (_digits(9), Kind.PATTERN, "nine digits"),
    "zip": (_digits(5, 9), Kind.PATTERN, "a ZIP code of five or nine digits"),
    "zip9": (_digits(9), Kind.PATTERN, "a ZIP code of nine digits"),
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
    "icd9": (
        _pattern(r"[0-9]{3,5}|[Vv][0-9]{2,4}|[Ee][0-9]{3,4}"),
        Kind.PATTERN,
        "an ICD-9-CM diagnosis without its point",
    ),
    "icd9pcs": (
        _digits(3, 4),
        Kind.PATTERN,
        "an ICD-9-CM procedure without its point: three or four digits",
    ),
    "hcpcs": (_pattern(r"[0-9A-Z][0-9]{3}[0-9A-Z]"), Kind.PATTERN, "a HCPCS code: five characters"),
    "modifier": (_pattern(r"[0-9A-Z]{2}"), Kind.PATTERN, "a modifier: two characters"),
    "hipps": (_pattern(r"[0-9A-Z]{5}"), Kind.PATTERN, "a HIPPS code: five characters"),
    "cdt": (_pattern(r"D[0-9]{4}"), Kind.PATTERN, "a CDT code: D and four digits"),
    "ndc11": (_digits(11), Kind.PATTERN, "an NDC of eleven digits, 5-4-2 without hyphens"),
    "taxonomy": (_pattern(r"[0-9A-Z]{9}X"), Kind.PATTERN, "a taxonomy code: ten characters that end in X"),
    "revenue": (_digits(4), Kind.PATTERN, "a revenue code of four digits"),
    "phone": (_digits(10), Kind.PATTERN, "ten digits"),
}
#: How short and how long a value of any of these formats may be.
LEAST_FORMED, MOST_FORMED = 2, 17
#: Data elements that say how the next 1251 is written, by the code they carry.
_FORMAT_QUALIFIER, _FORMATTED = "1250", "1251"


def formats_by_code(number: str, before: Element | Composite | None) -> dict[str, str]:
    """Return the formats of a data element by the codes of the one before (D8: a date)."""
    if number != _FORMATTED or not isinstance(before, Element) or before.number != _FORMAT_QUALIFIER:
        return {}
    return {code: code for code in before.codes or () if code in FORMATS}
