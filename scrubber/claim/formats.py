"""Registered text checks and text changes that rules may name: `format`, `resembles`, `{text, of}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scrubber.claim.values import Unreadable, read_date

#: What two digits add to a Luhn sum: the first is doubled, and its own two digits are added.
_LUHN = {f"{a}{b}": a * 2 // 10 + a * 2 % 10 + b for a in range(10) for b in range(10)}


def is_npi(text: str) -> bool:
    """Ten digits, the last the Luhn check digit with prefix 80840 (45 CFR 162.406; CMS NPI check digit)."""
    if len(text) != 10:
        return False
    try:  # 24 is the Luhn sum of the prefix
        return sum([_LUHN[text[i : i + 2]] for i in (0, 2, 4, 6, 8)], 24) % 10 == 0
    except KeyError:  # no digits
        return False


def is_phone10(text: str) -> bool:
    """Ten digits and nothing else."""
    return len(text) == 10 and text.isdigit() and text.isascii()


_DATE = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}", re.ASCII)


def is_date(text: str) -> bool:
    """A real calendar date, written CCYYMMDD or CCYY-MM-DD."""
    return _DATE.fullmatch(text) is not None and not isinstance(read_date(text.replace("-", "")), Unreadable)


_DECIMAL = re.compile(r"-?(\d+(\.\d+)?|\.\d+)", re.ASCII)


def is_decimal(text: str) -> bool:
    """A number in digits, with at most one point and no sign but minus."""
    return _DECIMAL.fullmatch(text) is not None


_MONEY = re.compile(r"-?(\d+(\.\d{1,2})?|\.\d{1,2})", re.ASCII)


def is_money(text: str) -> bool:
    """A decimal amount with at most two decimals and no sign but minus."""
    return _MONEY.fullmatch(text) is not None


_ZEROS_BEYOND_CENTS = re.compile(r"(-?\d*\.\d{2})0+", re.ASCII)


def is_money_trailing_zeros(text: str) -> bool:
    """A decimal amount of whole cents with zeros behind the second decimal: 245.000."""
    return _ZEROS_BEYOND_CENTS.fullmatch(text) is not None


# Position by position; letters without S, L, O, I, B and Z (CMS, Understanding the Medicare Beneficiary
# Identifier Format).
_MBI_LETTER = "[AC-HJKMNP-RT-Y]"
_MBI_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    f"[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]{_MBI_LETTER}{{2}}[0-9]{{2}}"
)
_MBI_ON_CARD = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{3}-?[0-9A-Za-z]{4}")


def is_mbi(text: str) -> bool:
    """A Medicare Beneficiary Identifier: eleven characters, capitals, without dashes."""
    return _MBI.fullmatch(text) is not None


def is_mbi_with_dashes(text: str) -> bool:
    """A Medicare Beneficiary Identifier written with the dashes of the card, or with small letters."""
    return not is_mbi(text) and is_mbi(mbi_canonical(text))


def is_two_digits_1_to_9(text: str) -> bool:
    """Two digits without a nought, as a facility type and bill classification are."""
    return len(text) == 2 and all(digit in "123456789" for digit in text)


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


def mbi_canonical(text: str) -> str:
    """Remove the dashes of the card and write capitals, where that gives an identifier."""
    plain = text.replace("-", "").upper()
    return plain if _MBI_ON_CARD.fullmatch(text) is not None and is_mbi(plain) else text


def money_canonical(text: str) -> str:
    """Drop zeros after the second decimal; any other digit there stays."""
    match = _ZEROS_BEYOND_CENTS.fullmatch(text)
    return match[1] if match is not None else text


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "npi": is_npi,
    "mbi": is_mbi,
    "mbi_with_dashes": is_mbi_with_dashes,
    "phone10": is_phone10,
    "date": is_date,
    "two_digits_1_to_9": is_two_digits_1_to_9,
    "decimal": is_decimal,
    "money_two_decimals": is_money,
    "money_trailing_zeros": is_money_trailing_zeros,
}
RESEMBLANCES: Mapping[str, Callable[[str], bool]] = {"po_box": resembles_po_box}


@dataclass(frozen=True, slots=True)
class TextChange:
    """A change of how a value is written. On values of the kinds in `safe_on` it changes nothing else."""

    apply: Callable[[str], str]
    safe_on: frozenset[str]


TEXT_CHANGES: Mapping[str, TextChange] = {
    "digits_only": TextChange(digits_only, frozenset({"text", "phone"})),
    "mbi_canonical": TextChange(mbi_canonical, frozenset({"id"})),
    "money_canonical": TextChange(money_canonical, frozenset({"amount"})),
}
