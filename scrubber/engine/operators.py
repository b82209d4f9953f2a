"""The operators of conditions, as small functions over known values. Absent and unknown never get here.

Each takes the value at the field and the operand, both typed by the field's kind: text, Decimal, int or
date for single values; a list of them for list operators; a code set for set operators.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import re2

from scrubber.claim.formats import FORMATS, RESEMBLANCES
from scrubber.claim.values import Remembered


def shift(start: dt.date, days: int = 0, months: int = 0, years: int = 0) -> dt.date:
    """Move a date; a day that the month lacks becomes its last one (29 February + 1 year = 28 February).

    Beyond the calendar (years 1 to 9999) it is the calendar's first or last day.
    """
    month = start.month - 1 + months + 12 * years
    year, month = start.year + month // 12, month % 12 + 1
    try:
        day = min(start.day, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day) + dt.timedelta(days=days)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        before = days < 0 if dt.MINYEAR <= year <= dt.MAXYEAR else year < dt.MINYEAR
        return dt.date.min if before else dt.date.max


def _within(value: dt.date, operand: tuple[Any, dt.date, Any]) -> bool:
    period, anchor, days = operand
    days = int(days)
    if period.after is not None:
        return anchor <= value <= shift(anchor, days, period.months, period.years)
    return shift(anchor, -days, -period.months, -period.years) <= value <= anchor


def _length(value: str, bounds: Any) -> bool:
    return (bounds.min is None or len(value) >= bounds.min) and (
        bounds.max is None or len(value) <= bounds.max
    )


def _in(value: Any, members: Sequence[Any]) -> bool:
    return any(
        value in m if hasattr(m, "__contains__") and not isinstance(m, str) else value == m for m in members
    )


def _in_tree(value: str, members: Sequence[Any]) -> bool:
    """ICD-10: a category is the beginning of the codes below it."""
    return any(m is not None and value.startswith(m) for m in members)


def _no_gaps(values: Sequence[str], order: Sequence[str]) -> bool:
    """The values are the first so many of an order, in whatever order they stand."""
    return set(values) == set(order[: len(set(values))])


def in_order(values: Sequence[str], ranks: Mapping[str, Any]) -> list[str]:
    """Return a list in the order of its ranks. Members without a rank stay where they are."""
    ranked = iter(sorted((value for value in values if value in ranks), key=lambda value: ranks[value]))
    return [next(ranked) if value in ranks else value for value in values]


#: Operators on one value.
SINGLE: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda v, o: bool(v == o),
    "in": _in,
    "not_in": lambda v, o: not _in(v, o),
    "in_set": lambda v, o: v in o,
    "not_in_set": lambda v, o: v not in o,
    "in_tree": _in_tree,
    "starts_with": lambda v, o: bool(v.startswith(o)),
    "matches": lambda v, o: o[v],
    "format": lambda v, o: FORMATS[o](v),
    "length": _length,
    "resembles": lambda v, o: RESEMBLANCES[o](v),
    "less_than": lambda v, o: bool(v < o),
    "at_most": lambda v, o: bool(v <= o),
    "greater_than": lambda v, o: bool(v > o),
    "at_least": lambda v, o: bool(v >= o),
    "between": lambda v, o: bool(o[0] <= v <= o[1]),
    "whole_number": lambda v, o: (v == int(v)) is o,
    "before": lambda v, o: bool(v < o),
    "on_or_before": lambda v, o: bool(v <= o),
    "after": lambda v, o: bool(v > o),
    "on_or_after": lambda v, o: bool(v >= o),
    "same_month_as": lambda v, o: (v.year, v.month) == (o.year, o.month),
    "same_year_as": lambda v, o: bool(v.year == o.year),
    "within": _within,
}

#: Operators on a list. An empty list is a list, not an absence.
LISTS: Mapping[str, Callable[[list[Any], Any], bool]] = {
    "contains": lambda v, o: o in v,
    "contains_any": lambda v, o: any(x in o for x in v),
    "contains_none": lambda v, o: not any(x in o for x in v),
    "any_in_set": lambda v, o: any(x in o for x in v),
    "none_in_set": lambda v, o: not any(x in o for x in v),
    "all_in_set": lambda v, o: bool(v) and all(x in o for x in v),
    "all_in": lambda v, o: bool(v) and all(_in(x, o) for x in v),
    "count_at_least": lambda v, o: len(v) >= o,
    "no_gaps_in": _no_gaps,
    "sorted_by": lambda v, ranks: in_order(v, ranks) == v,
}

#: Operators that hold for an absent value.
TRUE_WHEN_ABSENT = frozenset({"not_in", "not_in_set"})


class CodeRange(Container[str]):
    """An inclusive range of codes of equal length."""

    def __init__(self, first: str, last: str) -> None:
        self.first, self.last = first, last

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and len(code) == len(self.first) and self.first <= code <= self.last


class Pattern(Remembered[bool]):
    """An author's regular expression, whether it matches all of a text. On RE2, which no input makes slow."""

    def __init__(self, pattern: str) -> None:
        match = re2.compile(pattern).fullmatch
        super().__init__(lambda text: match(text) is not None)
        self._pattern = pattern

    def __repr__(self) -> str:
        return f"the pattern {self._pattern}"


class Membership(Remembered[bool]):
    """Whether codes are in a set that takes more than one look to tell."""

    def __init__(self, codes: Container[str]) -> None:
        super().__init__(codes.__contains__)
