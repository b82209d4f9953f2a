"""Registered text checks and text changes that rules may name: `format`, `resembles`, `{text, of}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from scrubber.claim.values import Unreadable, read_date


@lru_cache(maxsize=65536)
def is_npi(text: str) -> bool:
    """Ten digits, the last the Luhn check digit with prefix 80840 (45 CFR 162.406; CMS NPI check digit)."""
    if len(text) != 10 or not text.isdigit() or not text.isascii():
        return False
    total = 24  # the Luhn sum of the constant prefix 80840
    for i, digit in enumerate(map(int, text)):
        doubled = digit * 2 - 9 if digit > 4 else digit * 2
        total += doubled if i % 2 == 0 else digit
    return total % 10 == 0


def is_phone10(text: str) -> bool:
    """Ten digits and nothing else."""
    return len(text) == 10 and text.isdigit() and text.isascii()


_DATE = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}", re.ASCII)


def is_date(text: str) -> bool:
    """A real calendar date, written CCYYMMDD or CCYY-MM-DD."""
    return _DATE.fullmatch(text) is not None and not isinstance(read_date(text.replace("-", "")), Unreadable)


_MONEY = re.compile(r"-?(\d+(\.\d{1,2})?|\.\d{1,2})", re.ASCII)


def is_money(text: str) -> bool:
    """A decimal amount with at most two decimals and no sign but minus."""
    return _MONEY.fullmatch(text) is not None


# "PO", "P.O.", "P O", "post office" before a box; lockboxes, private mailboxes. Not "Boxwood", "Poe Street".
_PO_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*(box|bx|drawer)|post\s+office\s+(box|drawer)|p\.?\s*m\.?\s*b\.?\s*#?\s*\d|lock\s?box|"
    r"(post|po)box)",
    re.IGNORECASE,
)
# A bare "BOX 9" is a mailbox, but on a rural or contract route it is where the house stands.
_BARE_BOX = re.compile(r"\bbox\s*#?\s*\d", re.IGNORECASE)
_ROUTE = re.compile(r"\b(r\.?r|rural\s+route|hcr?|highway\s+contract|rt|route)\b\.?\s*#?\s*\d", re.IGNORECASE)


def resembles_po_box(text: str) -> bool:
    """A post office box, lockbox or private mailbox instead of a street."""
    if _PO_BOX.search(text) is not None:
        return True
    return _BARE_BOX.search(text) is not None and _ROUTE.search(text) is None


def digits_only(text: str) -> str:
    """Keep the digits."""
    return "".join(c for c in text if c in "0123456789")


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "npi": is_npi,
    "phone10": is_phone10,
    "date": is_date,
    "money_two_decimals": is_money,
}
RESEMBLANCES: Mapping[str, Callable[[str], bool]] = {"po_box": resembles_po_box}
TEXT_CHANGES: Mapping[str, Callable[[str], str]] = {"digits_only": digits_only}
