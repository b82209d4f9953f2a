"""Registered functions of several values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scrubber.claim.functions import therapy_units_allowed

#: Units and the most minutes of each, as the manual lists them (chapter 5, section 20.2).
INTERVALS = [(0, 7), (1, 22), (2, 37), (3, 52), (4, 67), (5, 82), (6, 97), (7, 112), (8, 127)]


@pytest.mark.parametrize("rule", ["medicare_total_minutes", "ama_per_code"])
@pytest.mark.parametrize(("units", "most"), INTERVALS)
def test_one_line_has_the_units_of_its_minutes(rule: str, units: int, most: int) -> None:
    assert therapy_units_allowed([Decimal(most)], rule) == units
    assert therapy_units_allowed([Decimal(most + 1)], rule) == units + 1


@pytest.mark.parametrize(
    ("minutes", "together", "each"),
    [([], 0, 0), ([7, 7], 1, 0), ([8, 8], 1, 2), ([18, 13, 10, 8], 3, 4), ([20, 20], 3, 2)],
)
def test_several_lines_are_counted_together_or_each(minutes: list[int], together: int, each: int) -> None:
    known = [Decimal(m) for m in minutes]
    assert therapy_units_allowed(known, "medicare_total_minutes") == together
    assert therapy_units_allowed(known, "ama_per_code") == each
