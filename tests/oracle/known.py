"""Values as they can be read: dates and numbers, and one value for what nobody can read."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any


class Unknown:
    """A value that is there (or must be somewhere) and that nobody can read."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def as_date(text: str) -> Any:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    try:
        return dt.date(*map(int, match.groups())) if match else UNKNOWN
    except ValueError:
        return UNKNOWN


def as_number(text: Any) -> Any:
    readable = re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", str(text))
    return Decimal(str(text)) if readable else UNKNOWN
