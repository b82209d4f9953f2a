"""Values as they may stand in an acknowledgment: X12's characters, none of our delimiters, not too long."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal

ELEMENT, COMPONENT, REPETITION, SEGMENT = "*", ":", "^", "~"
#: What stands for a character that cannot be written; it is in X12's basic character set.
STAND_IN = "?"

#: Everything but X12's basic set (capitals) and extended set (small letters, @ # $ % and brackets).
_NOT_WRITABLE = re.compile(r"[^A-Za-z0-9 !\"&'()+,\-./;?=%@\[\]_{}\\|<>`#$]")


def copied(value: str, most: int) -> str:
    """Return a value for a copy of what is wrong: what cannot be written shows as a question mark."""
    return _NOT_WRITABLE.sub(STAND_IN, value[:most]).rstrip()


def plain(value: str, most: int) -> str:
    """Return a value for a name or number: letters lose their accents, the rest as in `copied`."""
    if not value.isascii():
        value = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    return copied(value.strip(), most)


def amount(value: Decimal) -> str:
    """Write an amount or quantity as X12 wants it (type R): no exponent, no needless zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def day(value: dt.date) -> str:
    """Write a date as CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def period(begin: dt.date, end: dt.date | None) -> tuple[str, str]:
    """Return DTP02 and DTP03 for one day or a span of days."""
    if end is None or end == begin:
        return "D8", day(begin)
    return "RD8", f"{day(begin)}-{day(end)}"


def composite(*parts: str | int | None) -> str:
    """Join components, without empty ones at the end."""
    return COMPONENT.join("" if part is None else str(part) for part in parts).rstrip(COMPONENT)


def segment(*elements: str | int) -> str:
    """Join elements to a segment, without empty ones at the end and without its terminator."""
    return ELEMENT.join(str(element) for element in elements).rstrip(ELEMENT)
