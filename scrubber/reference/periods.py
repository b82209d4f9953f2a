"""What a publisher's edition is called and for which days it answers."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """An edition's name, the first day on which it was the publisher's word, and the days it answers for."""

    name: str
    issued: dt.date
    begin: dt.date
    end: dt.date | None


def quarter(year: int, number: int) -> Period:
    """Return a calendar quarter, such as 2026Q3."""
    begin = dt.date(year, 3 * number - 2, 1)
    end = dt.date(year, 3 * number, calendar.monthrange(year, 3 * number)[1])
    return Period(f"{year}Q{number}", begin, begin, end)


def calendar_year(year: int) -> Period:
    """Return a calendar year."""
    return Period(str(year), dt.date(year, 1, 1), dt.date(year, 1, 1), dt.date(year, 12, 31))


def fiscal_year(year: int, *, april: bool = False) -> Period:
    """Return a federal fiscal year, which begins in October of the year before; or its update of April."""
    begin = dt.date(year, 4, 1) if april else dt.date(year - 1, 10, 1)
    return Period(f"FY{year}" + ("-April" if april else ""), begin, begin, dt.date(year, 9, 30))
