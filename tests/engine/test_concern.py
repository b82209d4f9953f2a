"""Whom a rule is for by place, product and specialty, and by which date."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.claim.derived import possible_surfaces
from scrubber.engine.facts import Observation
from scrubber.engine.ir import Known
from scrubber.engine.observe import Observer
from scrubber.packs.bundle import LoadedRule
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import compiled, kinds, seen
from tests.oracle.rules import HEAD

NEVER: dict[str, Any] = {"field": "claim_type", "equals": "none"}


def concerned(applies_to: dict[str, Any], *documents: dict[str, Any]) -> list[bool]:
    """Return whether a rule is about each claim, asked twice of one observer: it keeps what it found out."""
    raw = {**HEAD, "for_each": "claim", "require": NEVER, "at": ["total_charge"], "message": "-"}
    rule = Rule.model_validate({**raw, "applies_to": applies_to})
    observer = Observer([LoadedRule(rule, "p", "f", "v")], Known())
    claims = [claim_from_json(document) for document in documents]
    answers: list[list[Observation]] = [observer.observe(claim, None) for claim in (*claims, *claims)]
    found = [bool(answer) for answer in answers]
    assert found[: len(claims)] == found[len(claims) :]
    return found[: len(claims)]


def test_setting() -> None:
    bill = {"claim_type": "institutional", "facility_type_code": "11"}
    outpatient = {**bill, "facility_type_code": "13"}
    office, hospital = {"place_of_service": "11"}, {"place_of_service": "21"}
    documents = (bill, outpatient, office, hospital, {})
    assert concerned({"setting": "inpatient"}, *documents) == [True, False, False, True, False]
    assert concerned({"setting": "outpatient"}, *documents) == [False, True, True, False, False]


def test_states_are_those_of_the_service_facility_else_of_the_billing_provider() -> None:
    home = {"billing_provider": {"address": {"state": "IL"}}}
    elsewhere = {**home, "service_facility": {"address": {"state": "WI"}}}
    without = {**home, "service_facility": {"npi": "1"}}
    assert concerned({"states": ["IL", "IA"]}, home, elsewhere, without, {}) == [True, False, True, False]


def test_specialties_are_those_of_the_rendering_provider_else_of_the_billing_provider() -> None:
    group = {"billing_provider": {"taxonomy": "207Q00000X"}}
    person = {**group, "rendering_provider": {"taxonomy": "111N00000X"}}
    unsaid = {**group, "rendering_provider": {"npi": "1"}}
    documents = (group, person, unsaid, {})
    assert concerned({"specialties": ["207Q00000X"]}, *documents) == [True, False, True, False]
    assert concerned({"specialties": ["207*", "111N*"]}, *documents) == [True, True, True, False]


def test_lines_of_business_are_told_by_the_claim_filing_indicator() -> None:
    documents = [{"payer": {"claim_filing_indicator": code}} for code in ("12", "HM", "CI")]
    assert concerned({"lines_of_business": ["ppo", "hmo"]}, *documents, {}) == [True, True, False, False]


def test_several_keys_are_asked_together() -> None:
    both = {"states": ["IL"], "specialties": ["207*"]}
    provider = {"taxonomy": "207Q00000X", "address": {"state": "IL"}}
    there, not_there = {"billing_provider": provider}, {"billing_provider": {**provider, "taxonomy": "1"}}
    assert concerned(both, there, not_there) == [True, False]


# --- dated_by --------------------------------------------------------------------------------------------

YEAR = {"effective": {"from": "2026-01-01", "to": "2026-12-31"}}


@pytest.mark.parametrize(
    ("admitted", "found", "reason"),
    [
        ("2026-01-01", "violation", ""),
        ("2025-12-31", None, ""),
        ("20261318", "unknown", "not known: admission_date"),
        (None, "unknown", "not known: admission_date"),
    ],
)
def test_a_rule_is_in_force_by_the_date_it_names(
    admitted: str | None, found: str | None, reason: str
) -> None:
    rule = compiled(applies_to=YEAR, dated_by="admission_date", for_each="lines", require=NEVER)
    document = {"admission_date": admitted, "lines": [{"service_date": {"from": "2024-01-01"}}]}
    assert [(o.kind, o.reason) for o in seen(rule, document)] == ([(found, reason)] if found else [])


def test_a_rule_may_be_dated_by_its_item() -> None:
    scope = {"each": "lines.adjudications"}
    rule = compiled(applies_to=YEAR, dated_by="adjudication.adjudication_date", for_each=scope, require=NEVER)
    days = [{"adjudication_date": day} for day in ("2025-12-31", "2026-12-31", "2027-01-01")]
    document = {"lines": [{"adjudications": days, "service_date": {"from": "2024-01-01"}}]}
    assert [o.items["adjudication"] for o in seen(rule, document)] == ["lines[0].adjudications[1]"]


def test_without_a_name_the_line_dates_a_rule() -> None:
    rule = compiled(applies_to=YEAR, for_each="lines", require=NEVER)
    dates = [{"service_date": {"from": day}} for day in ("2026-05-05", "2024-01-01")]
    assert kinds(rule, {"lines": dates}) == ["violation"]


# --- surfaces of teeth -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tooth", ["6", "08", "11", "22", "27", "C", "R", "58", "CS"])
def test_front_teeth_have_an_edge(tooth: str) -> None:
    assert possible_surfaces(tooth) == list("BDFILM")


@pytest.mark.parametrize("tooth", ["1", "5", "12", "32", "A", "T", "51", "82", "TS"])
def test_back_teeth_have_a_chewing_surface(tooth: str) -> None:
    assert possible_surfaces(tooth) == list("BDFLMO")


@pytest.mark.parametrize("tooth", [None, "", "0", "33", "50", "83", "U", "US", "1S", "11S", "\u0663"])
def test_no_tooth_has_no_surfaces(tooth: str | None) -> None:
    assert possible_surfaces(tooth) == []


def test_possible_surfaces_may_be_walked_and_compared() -> None:
    scope = {"each": "lines.teeth"}
    possible = {"field": "tooth.surfaces", "all_in": {"path": "tooth.possible_surfaces"}}
    within = compiled(for_each=scope, require=possible)
    some = {"some": "tooth.possible_surfaces", "as": "one", "where": {"field": "one.value", "equals": "I"}}
    front = compiled(for_each=scope, require=some)
    teeth = [{"number": "8", "surfaces": ["M", "I"]}, {"number": "14", "surfaces": ["O", "I"]}]
    document = {"claim_type": "dental", "lines": [{"teeth": teeth}]}
    assert [o.items["tooth"] for o in seen(within, document)] == ["lines[0].teeth[1]"]
    assert [o.items["tooth"] for o in seen(front, document)] == ["lines[0].teeth[1]"]
