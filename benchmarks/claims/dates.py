"""Days as numbers: 0 is 2026-01-01. Files are made on 2026-08-20; services lie in the weeks before."""

from __future__ import annotations

import datetime as dt

_FIRST = dt.date(2026, 1, 1)
_LOWEST = -800
_TEXT = [(_FIRST + dt.timedelta(n)).strftime("%Y%m%d") for n in range(_LOWEST, 400)]

FIRST_SERVICE = 181  # 2026-07-01
LAST_SERVICE = 227  # 2026-08-16
SENT = 231  # 2026-08-20


def day(number: int) -> str:
    """Return a day as CCYYMMDD."""
    return _TEXT[number - _LOWEST]


def span(first: int, last: int) -> str:
    """Return two days as CCYYMMDD-CCYYMMDD."""
    return f"{day(first)}-{day(last)}"
