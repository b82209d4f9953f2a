"""How the values of a claim are typed: exact amounts, real dates, and what cannot be read as either.

A value that stands on the claim but cannot be read keeps its text as `Unreadable`. It is present, and
every comparison with it is unknown: a rule can say that it is wrong, and none may pass because of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The text of a value that is not what its place needs (a date, an amount, a number)."""

    raw: str


_AMOUNT = re.compile(r"-?(\d+\.?\d*|\.\d+)")
_LONGEST_AMOUNT = 21  # 18 digits, a sign, a decimal point, and a zero before it
_NUMBER = re.compile(r"\d{1,9}")


def read_amount(text: str) -> Decimal | Unreadable:
    """Read an X12 decimal (R) exactly as written: `245`, `245.50`, `-3.1`. Never a float.

    X12 allows 18 digits; what is longer could not be added exactly and is not an amount.
    """
    if len(text) <= _LONGEST_AMOUNT and text.isascii():
        # The usual ones are told by a look; what looks otherwise is compared with the pattern.
        if text.isdigit() or text.replace(".", "", 1).isdigit():
            return Decimal(text)
        if _AMOUNT.fullmatch(text):
            return Decimal(text)
    return Unreadable(text)


def read_date(text: str) -> dt.date | Unreadable:
    """Read `CCYYMMDD` (also the date part of `CCYYMMDDHHMM`)."""
    day = text[:8] if len(text) == 12 and text.isdigit() else text
    if len(day) == 8 and day.isdigit() and day.isascii():
        try:
            return dt.date.fromisoformat(day)
        except ValueError:
            pass
    return Unreadable(text)


def read_number(text: str) -> int | Unreadable:
    """Read a small whole number, such as a diagnosis pointer."""
    return int(text) if _NUMBER.fullmatch(text) and text.isascii() else Unreadable(text)


class Remembered(dict[str, V], Generic[V]):
    """Values by the text they were read from. The same few amounts, dates and numbers come again and again.

    Long texts and more texts than a file should have are read anew each time: memory stays small.
    """

    _MOST, _LONGEST = 8192, 32

    def __init__(self, read: Callable[[str], V]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> V:
        value = self._read(text)
        if len(text) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[text] = value
        return value


def decimal_text(value: Decimal) -> str:
    """Return an exact decimal with all its digits, never with an exponent."""
    text = str(value)  # much quicker than `format`, and nearly always the same
    return format(value, "f") if "E" in text else text


def as_text(value: object) -> str:
    """Return a value the way people and messages write it: dates as ISO, amounts as sent."""
    if isinstance(value, Unreadable):
        return value.raw
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(item) for item in value)
    return str(value)


# --- the same values at the JSON edge -------------------------------------------------------------
#
# In claim JSON a value has one spelling, so that a patch, which tests the old values as they are written
# here, fits the document that was sent. Other spellings of a value are refused: 240, "007", "20260818", "1"
# for a pointer. Text that is no value in any spelling ("20261345", "ABC") is kept as Unreadable and written
# back as it stands, so that a claim with such values, which the X12 reader makes too, is the same claim after
# a way through JSON. No spelling that is refused is ever written.

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MARK = "?"


def _amount_from_json(value: Any) -> Decimal | Unreadable | None:
    if value is None or isinstance(value, (Decimal, Unreadable)):
        return value
    if isinstance(value, (bool, float)):
        raise ValueError('write amounts and quantities as text, like "245.00": a float is not exact')
    if isinstance(value, int):
        raise ValueError('write amounts and quantities as text, like "245.00": not as a number')
    if not isinstance(value, str):
        raise ValueError('an amount or quantity is text, like "245.00"')
    amount = read_amount(value)
    if as_text(amount) != value:
        raise ValueError('write amounts and quantities plainly, like "245.00", "7" or "0.5"')
    return amount


def _iso_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def _date_from_json(value: Any) -> dt.date | Unreadable | None:
    if value is None or isinstance(value, (dt.date, Unreadable)):
        return value
    if not isinstance(value, str):
        raise ValueError('a date is text, like "2026-08-18"')
    date = _iso_date(value)
    if date is not None:
        return date
    if not isinstance(read_date(value), Unreadable):
        raise ValueError('write dates with hyphens, like "2026-08-18"')
    marked = value.startswith(_MARK) and _iso_date(value.lstrip(_MARK)) is not None
    return Unreadable(value.removeprefix(_MARK) if marked else value)


def _date_to_json(value: Any) -> Any:
    """Mark what only looks like a date: X12 with hyphens in it (`2026-08-18`) must stay unreadable."""
    if isinstance(value, Unreadable) and _iso_date(value.raw.lstrip(_MARK)) is not None:
        return _MARK + value.raw
    return _to_json(value)


def _number_from_json(value: Any) -> int | Unreadable | None:
    if value is None or isinstance(value, Unreadable):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError("a whole number is wanted")
    number = read_number(value)
    if isinstance(number, int):
        raise ValueError("write whole numbers without quotation marks, like 1")
    return number


def _to_json(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else as_text(value)


Amount = Annotated[
    Decimal | Unreadable | None,
    PlainValidator(_amount_from_json),
    PlainSerializer(_to_json),
    WithJsonSchema(
        {
            "type": ["string", "null"],
            "description": "An exact decimal as text. What is no decimal is kept as unreadable.",
            "examples": ["245.00"],
        }
    ),
]
Date = Annotated[
    dt.date | Unreadable | None,
    PlainValidator(_date_from_json),
    PlainSerializer(_date_to_json),
    WithJsonSchema(
        {
            "type": ["string", "null"],
            "description": "YYYY-MM-DD. Text that is no date is kept as unreadable, CCYYMMDD is refused. "
            "A question mark before a date marks text that only looks like one.",
            "examples": ["2026-08-18"],
        }
    ),
]
Number = Annotated[
    int | Unreadable | None,
    PlainValidator(_number_from_json),
    PlainSerializer(_to_json),
    WithJsonSchema(
        {
            "type": ["integer", "string", "null"],
            "description": "A whole number; text that is none is kept as unreadable.",
        }
    ),
]
