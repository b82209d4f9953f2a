"""Named values that are worked out from others: sums, differences, dates moved by periods, rounding, choices.

Exact: money is never a float. A value that is absent gives None, one that is not known `UNKNOWN`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import mul, sub
from typing import Any

from scrubber.claim.values import Unreadable
from scrubber.engine.operators import shift

#: A value nobody knows: a sum over something unreadable, a date that was not given.
UNKNOWN = Unreadable("")


def over(operation: str, known: list[Any]) -> Any:
    """Return the sum of values, the different ones, or the least or greatest: None where there is none."""
    if operation == "sum":
        return sum(known, Decimal(0))
    if operation == "distinct":
        return list(dict.fromkeys(known))
    return (min(known) if operation == "min" else max(known)) if known else None


def calculate(operation: str, values: Sequence[Any], extra: Any, lets: Mapping[str, Any]) -> Any:
    """Return a value worked out from others: None when one is absent, `UNKNOWN` when one is not known.

    `add` skips what is absent. `lets` holds the parameters.
    """
    if operation == "choose":
        return _chosen(values, extra, lets)
    if isinstance(extra, str):
        extra = lets[extra]
    if any(isinstance(v, Unreadable) for v in (*values, extra)):
        return UNKNOWN
    known = [v for v in values if v is not None]
    if operation != "add" and len(known) < len(values):
        return None
    return _CALCULATIONS[operation](known, extra)


def _shifted(values: Sequence[dt.date], period: Any) -> dt.date:
    return shift(values[0], period.days, period.months, period.years)


def _rounded(values: Sequence[Decimal], extra: tuple[Decimal, str]) -> Decimal:
    """Round by fractions: they are exact for a number of any length, and have no negative zero."""
    multiple, mode = extra
    return _ROUNDING[mode](Fraction(values[0]) / Fraction(multiple)) * multiple


def _half_up(value: Fraction) -> int:
    """Return the nearest whole number; of two equally near, the one further from zero."""
    return floor(value + Fraction(1, 2)) if value >= 0 else ceil(value - Fraction(1, 2))


_ROUNDING: Mapping[str, Callable[[Fraction], int]] = {"up": ceil, "down": floor, "half_up": _half_up}
_CALCULATIONS: Mapping[str, Callable[[Sequence[Any], Any], Any]] = {
    "add": lambda values, _: sum(values, Decimal(0)),
    "subtract": lambda values, _: reduce(sub, values),
    "multiply": lambda values, _: reduce(mul, values),
    "days_between": lambda values, _: Decimal((values[1] - values[0]).days),
    "shift": _shifted,
    "round": _rounded,
}


def _chosen(values: Sequence[Any], extra: Any, lets: Mapping[str, Any]) -> Any:
    """Return the value that a parameter chooses; where that is absent, the one for that case."""
    parameter, choices, has_other = extra
    chosen = lets[parameter]
    if isinstance(chosen, Unreadable):
        return UNKNOWN
    value = dict(zip(choices, values, strict=False)).get(chosen)
    return values[-1] if value is None and has_other else value
