"""Which values a parameter might have for a claim, which of them counts, and why the others lost."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.claim.model import Claim
from scrubber.packs.candidates import candidates
from scrubber.packs.parameters import UNSET, ParameterEntry, ParameterValue, Setting
from scrubber.read.claim_json import claim_from_json


def value(number: str, payer: str = "p", precedence: int = 0, **entry: Any) -> ParameterValue:
    made = ParameterEntry.model_validate(
        {"parameter": "A-1.x", "value": number, "references": ["S"], **entry}
    )
    return ParameterValue(payer, "A-1", "x", number, made, precedence)


def claim(day: str | None = "2026-08-18", **payer: str) -> Claim:
    line = {"service_date": {"from": day}}
    return claim_from_json({"payer": {"key": "p", **payer}, "frequency_code": "1", "lines": [line]})


def told(setting: Setting, of: Claim) -> list[tuple[str, str, str]]:
    """Return the candidates; the one that counts is the value that the parameter has."""
    found = list(candidates(setting, of))
    counting = [c.value for c in found if not c.lost]
    assert counting == ([setting.of(of)] if setting.of(of) is not UNSET else [])
    return [(c.value, c.said_by, c.lost) for c in found]


DEFAULTS = {"medicare_b": "30", "professional": "60", "dental": "61", "else": "90"}


@pytest.mark.parametrize(
    ("payer", "counts", "closer"),
    [({"program": "medicare_b"}, "30", ["60", "90"]), ({}, "60", ["90"])],
)
def test_the_closest_default_counts(payer: dict[str, str], counts: str, closer: list[str]) -> None:
    found = told(Setting(DEFAULTS), claim(**payer))
    assert [v for v, _, lost in found if not lost] == [counts]
    assert [v for v, _, lost in found if lost == "a closer default counts"] == closer
    assert ("61", "default for dental", "this is no claim of dental") in found


def test_a_value_of_the_payer_comes_before_defaults() -> None:
    setting = Setting({"else": "90"}, [value("10"), value("11", payer="q")])
    assert told(setting, claim()) == [
        ("10", "p", ""),
        ("other values", "set by another payer", "not the payer of this claim"),
        ("90", "default", "the payer has a value of its own"),
    ]


def test_more_conditions_count_before_precedence_and_that_before_a_later_day() -> None:
    old, new = {"effective": {"from": "2025-01-01"}}, {"effective": {"from": "2026-01-01"}}
    narrow = {"when": {"frequencies": ["1"]}}
    values = [value("1", precedence=5, **old), value("2", **new), value("3", **old)]
    assert told(Setting({}, values), claim()) == [
        ("1", "p (from 2025-01-01)", ""),
        ("2", "p (from 2026-01-01)", "a pack of higher precedence has a value"),
        ("3", "p (from 2025-01-01)", "a pack of higher precedence has a value"),
    ]
    assert told(Setting({}, values[1:]), claim())[1][2] == "another value is in force from a later day"
    found = told(Setting({}, [*values, value("4", **old, **narrow)]), claim())
    assert found[0] == ("4", "p (frequencies 1; from 2025-01-01)", "")
    assert {lost for *_, lost in found[1:]} == {"another value has more conditions"}


def test_values_that_are_not_for_the_claim_say_why() -> None:
    ended = value("1", effective={"to": "2026-08-17"})
    wrong = value("2", when={"frequencies": ["7"], "claim_types": ["dental"]})
    assert told(Setting({"else": "90"}, [ended, wrong]), claim()) == [
        ("2", "p (claim_types dental; frequencies 7)", "its claim_types and frequencies do not fit"),
        ("1", "p (to 2026-08-17)", "not in force on 2026-08-18"),
        ("90", "default", ""),
    ]


def test_where_nobody_knows_the_date_nothing_counts() -> None:
    setting = Setting({"else": "90"}, [value("1", effective={"from": "2026-01-01"}), value("2")])
    found = told(setting, claim(day="20261318"))
    assert [lost for *_, lost in found] == ["nobody knows the date that decides"] * 2 + [
        "the payer has a value of its own"
    ]
