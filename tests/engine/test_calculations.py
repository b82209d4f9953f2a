"""Named values that are calculated from others: what they are over known, absent and unreadable values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from scrubber.engine.calculate import UNKNOWN
from scrubber.engine.evaluate import scopes
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import RECEIPT_DATE, compiled, kinds

#: `total_charge`, `patient_paid_amount`, `onset_date` and `accident_date` of the claims below.
FIELDS = ("total_charge", "patient_paid_amount", "onset_date", "accident_date")
NOT_A_DATE, NOT_A_NUMBER = "20261318", "ABC"


def value(spec: dict[str, Any], *said: str | None, **parameters: Any) -> Any:
    """Return a named value on a claim that says these things, in the order of `FIELDS`; None: nothing."""
    document = {name: text for name, text in zip(FIELDS, said, strict=False) if text is not None}
    rule = compiled(let={"it": spec}, parameters=parameters)
    ((scope, _),) = scopes(rule, claim_from_json(document), RECEIPT_DATE)
    return scope.compute(rule.let[0])


@pytest.mark.parametrize(
    ("charge", "paid", "added", "subtracted", "multiplied"),
    [
        ("10", "3", Decimal(13), Decimal(7), Decimal(30)),
        ("10", None, Decimal(10), None, None),
        (None, None, Decimal(0), None, None),
        ("10", NOT_A_NUMBER, UNKNOWN, UNKNOWN, UNKNOWN),
        (None, NOT_A_NUMBER, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_sums_skip_what_is_absent_and_others_are_absent_with_it(
    charge: str | None, paid: str | None, added: Any, subtracted: Any, multiplied: Any
) -> None:
    both = ["total_charge", "patient_paid_amount"]
    assert value({"add": both}, charge, paid) == added
    assert value({"subtract": both}, charge, paid) == subtracted
    assert value({"multiply": both}, charge, paid) == multiplied


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("2024-02-28", "2024-03-01", Decimal(2)),
        ("2024-03-01", "2024-02-28", Decimal(-2)),
        ("2026-08-18", "2026-08-18", Decimal(0)),
        ("2026-08-18", None, None),
        (NOT_A_DATE, "2026-08-18", UNKNOWN),
        (NOT_A_DATE, None, UNKNOWN),
    ],
)
def test_days_between_two_dates(first: str | None, second: str | None, days: Any) -> None:
    assert value({"days_between": ["onset_date", "accident_date"]}, None, None, first, second) == days


@pytest.mark.parametrize(
    ("start", "by", "end"),
    [
        ("2024-02-29", {"years": "1"}, dt.date(2025, 2, 28)),
        ("2024-02-29", {"years": "-4"}, dt.date(2020, 2, 29)),
        ("2024-02-29", {"months": "-3"}, dt.date(2023, 11, 29)),
        ("2026-03-31", {"months": "-1"}, dt.date(2026, 2, 28)),
        ("2026-01-31", {"months": "1", "days": "1"}, dt.date(2026, 3, 1)),
        ("2026-08-18", {"days": "-18"}, dt.date(2026, 7, 31)),
        ("9999-12-31", {"days": "1"}, dt.date.max),
        ("0001-01-01", {"months": "-1"}, dt.date.min),
        ("2026-08-18", {"years": "1", "days": "-800000"}, dt.date.min),
        (None, {"years": "1"}, None),
        (NOT_A_DATE, {"years": "1"}, UNKNOWN),
    ],
)
def test_a_date_is_moved(start: str | None, by: dict[str, str], end: Any) -> None:
    assert value({"shift": "onset_date", "by": by}, None, None, start) == end
    told = {"limit": {"type": "period", "default": by}}
    assert value({"shift": "onset_date", "by": {"param": "limit"}}, None, None, start, **told) == end


@pytest.mark.parametrize("start", ["2026-08-18", None, NOT_A_DATE])
def test_a_date_that_is_moved_by_who_knows_what_is_unknown(start: str | None) -> None:
    unset = {"limit": {"type": "period", "unknown_if_unset": "true"}}
    moved = value({"shift": "onset_date", "by": {"param": "limit"}}, None, None, start, **unset)
    assert moved is UNKNOWN


@pytest.mark.parametrize(
    ("amount", "to", "up", "down", "half_up"),
    [
        ("10.005", "0.01", "10.01", "10.00", "10.01"),
        ("10.5", "1", "11", "10", "11"),
        ("-10.5", "1", "-10", "-11", "-11"),
        ("-0.4", "1", "0", "-1", "0"),
        ("12.5", "5", "15", "10", "15"),
        ("12.4", "5", "15", "10", "10"),
        ("15", "5", "15", "15", "15"),
        ("0.1", "3", "3", "0", "0"),
        ("999999999999999999", "0.01", *["999999999999999999.00"] * 3),
    ],
)
def test_a_number_is_rounded(amount: str, to: str, up: str, down: str, half_up: str) -> None:
    for mode, expected in (("up", up), ("down", down), ("half_up", half_up)):
        rounded = value({"round": "total_charge", "to": to, "mode": mode}, amount)
        assert str(rounded) == expected


def test_what_is_rounded_may_be_absent_unknown_or_long() -> None:
    spec = {"round": "total_charge", "to": "1", "mode": "up"}
    assert value(spec) is None
    assert value(spec, NOT_A_NUMBER) is UNKNOWN
    square = {"multiply": ["total_charge", "total_charge"]}
    rule = compiled(
        let={"square": square, "whole": {"round": "square", "to": "0.01", "mode": "half_up"}},
        require={"field": "whole", "at_least": "0"},
    )
    assert kinds(rule, {"total_charge": "9" * 18}) == []


CHOICE = {"choose": {"param": "clock"}, "first": "onset_date", "last": "accident_date"}
OTHER = {**CHOICE, "when_absent": "receipt_date"}


@pytest.mark.parametrize(
    ("clock", "onset", "accident", "without", "with_other"),
    [
        ("first", "2026-08-01", "2026-08-02", dt.date(2026, 8, 1), dt.date(2026, 8, 1)),
        ("last", "2026-08-01", "2026-08-02", dt.date(2026, 8, 2), dt.date(2026, 8, 2)),
        ("first", None, "2026-08-02", None, RECEIPT_DATE),
        ("first", "2026-08-01", NOT_A_DATE, dt.date(2026, 8, 1), dt.date(2026, 8, 1)),
    ],
)
def test_a_parameter_chooses_a_value(
    clock: str, onset: str | None, accident: str | None, without: Any, with_other: Any
) -> None:
    told = {"clock": {"type": "choice", "of": ["first", "last"], "default": clock}}
    assert value(CHOICE, None, None, onset, accident, **told) == without
    assert value(OTHER, None, None, onset, accident, **told) == with_other


def test_a_choice_is_unknown_with_its_value_or_its_parameter() -> None:
    told: dict[str, Any] = {"clock": {"type": "choice", "of": ["first", "last"], "default": "last"}}
    chosen = value(OTHER, None, None, "2026-08-01", NOT_A_DATE, **told)
    assert chosen.raw == NOT_A_DATE  # what cannot be read stays what it is, for the message
    told = {"clock": {"type": "choice", "of": ["first", "last"], "unknown_if_unset": "true"}}
    assert value(OTHER, None, None, "2026-08-01", "2026-08-02", **told) is UNKNOWN


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "it", "equals": "12"},
        {"field": "it", "starts_with": "1"},
        {"field": "it", "not_in": ["12"]},
        {"field": "place_of_service", "equals": {"path": "it"}},
        {"field": "place_of_service", "starts_with": {"param": "which"}},
        {"field": "place_of_service", "not_in": ["12", {"param": "which"}]},
        {"field": "place_of_service", "in": ["12", {"param": "which"}]},
    ],
)
def test_a_text_that_nobody_chose_is_unknown(condition: dict[str, Any]) -> None:
    """Texts of a claim can always be read; one that depends on what no payer has set is unknown."""
    rule = compiled(
        parameters={"which": {"type": "choice", "of": ["11", "12"], "unknown_if_unset": "true"}},
        let={"it": {"choose": {"param": "which"}, "11": "place_of_service", "12": "frequency_code"}},
        when={"not": condition},
        require={"field": "total_charge", "present": "true"},
    )
    assert kinds(rule, {"place_of_service": "11", "frequency_code": "1"}) == ["unknown"]
