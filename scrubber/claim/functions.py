"""Registered functions of several values: what needs an algorithm and is no field of a claim.

A rule names one with `derived:`. It is given the values of items (`over`, `of`) and arguments by name, never
an absent or unknown one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scrubber.claim.fields.row import PathKind


@dataclass(frozen=True, slots=True)
class Function:
    """A function: what it is given of each item, what its arguments may be, what it returns, and why."""

    of: PathKind
    kind: PathKind
    doc: str
    function: Callable[..., Any]
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: Minutes of a timed unit, and the least minutes of a last one.
_UNIT, _LEAST = 15, 8


def _units(minutes: Decimal) -> int:
    """Return the units of so many minutes: 8 to 22 are one, 23 to 37 two, and so on."""
    return int((minutes + _UNIT - _LEAST) // _UNIT)


def therapy_units_allowed(minutes: Sequence[Decimal], rule: str) -> int:
    """Return how many timed units the minutes of a day's lines allow.

    By `medicare_total_minutes` the minutes of all lines are added up first (Medicare Claims Processing
    Manual, chapter 5, section 20.2); by `ama_per_code` each line has the units of its own minutes.
    """
    if rule == "medicare_total_minutes":
        return _units(sum(minutes, Decimal(0)))
    return sum(map(_units, minutes))


FUNCTIONS: Mapping[str, Function] = {
    "therapy_units_allowed": Function(
        "number",
        "number",
        "Timed units that the minutes allow: of all lines together, or line by line",
        therapy_units_allowed,
        {"rule": ("medicare_total_minutes", "ama_per_code")},
    )
}
