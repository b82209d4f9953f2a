"""The value in effect: the line's, else the claim's, else the billing provider's.

Four answers must agree: the plain evaluator, the generated function, the oracle, and the place where the
value is found.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scrubber.claim.locate import locate, pattern_of, value_at
from scrubber.claim.model import Claim
from scrubber.claim.paths import ALL_TYPES, EFFECTIVE, PATHS
from scrubber.engine.evaluate import evaluate
from scrubber.engine.generate import generate, source_of
from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.oracle.naive import observe
from tests.oracle.rules import HEAD

LINE = (
    "referring_provider.npi",
    "primary_care_provider.npi",
    "supervising_provider.last_name",
    "assistant_surgeon.npi",
    "operating_provider.npi",
    "other_operating_provider.first_name",
    "service_facility.npi",
    "ambulance_pickup.address.city",
    "ambulance_dropoff.last_name",
    "ambulance.transport_reason",
    "place_of_service",
    "prior_authorization_number",
    "predetermination_number",
    "referral_number",
    "mammography_certification",
    "clia_number",
    "last_seen_date",
    "last_xray_date",
    "initial_treatment_date",
    "appliance_placement_date",
    "service_date.from",
)
RENDERING = {"npi": "npi", "last_name": "name", "taxonomy": "taxonomy"}  # as the billing provider calls it
PATIENT = (
    "last_name",
    "first_name",
    "middle_name",
    "suffix",
    "sex",
    "date_of_birth",
    "address.city",
)

#: A name in a rule → the places where its value may come from, the first one that has it wins.
CHAINS: dict[str, tuple[str, ...]] = {
    **{
        f"line.rendering_provider.{part}": (
            f"lines[0].rendering_provider.{part}",
            f"rendering_provider.{part}",
            f"billing_provider.{other}",
        )
        for part, other in RENDERING.items()
    },
    **{f"line.{part}": (f"lines[0].{part}", part) for part in LINE},
    **{f"patient.{part}": (f"patient.{part}", f"subscriber.{part}") for part in PATIENT},
    "payer.member_id": ("subscriber.member_id",),
}

CASES = [
    pytest.param(
        name, places, first, id=f"{name}-{places[first]}" if first < len(places) else f"{name}-nowhere"
    )
    for name, places in CHAINS.items()
    for first in range(len(places) + 1)
]


def claim_with(values: dict[str, str]) -> Claim:
    """Return a claim of one line with these values, of the first type that has them."""
    shared = set(ALL_TYPES).intersection(*(PATHS[pattern_of(path)].types for path in values))
    document: dict[str, Any] = {"claim_type": max(shared), "lines": [{}]}
    for path, value in values.items():
        target: Any = document
        *way, last = path.replace("lines[0]", "lines.0").split(".")
        for name in way:
            target = target[int(name)] if name.isdigit() else target.setdefault(name, {})
        target[last] = value
    return claim_from_json(document)


def value(name: str, number: int) -> str:
    """Return the value in the place of that number of a chain."""
    kind = PATHS[pattern_of(CHAINS[name][0])].kind
    return f"2026-08-0{number + 1}" if kind == "date" else f"VALUE{number}"


def values(name: str, first: int) -> dict[str, str]:
    """Return what a claim says when all places from this one on have a value."""
    return {place: value(name, i) for i, place in enumerate(CHAINS[name]) if i >= first}


def requiring(field: str, condition: dict[str, Any]) -> dict[str, Any]:
    raw = copy.deepcopy(HEAD) | {"for_each": "lines", "at": ["line.number"], "message": "m"}
    return raw | {"require": {"field": field, **condition}}


def answers(claim: Claim, raw: dict[str, Any]) -> set[bool]:
    """Return whether the requirement is met, as the evaluator says and as the oracle says.

    The generated function must clear exactly what the evaluator passes.
    """
    rule = compile_rule(Rule.model_validate(raw), Known())
    violated = bool(list(evaluate(rule, claim, None)))
    cleared = not generate([rule], claim.claim_type)(claim, None)
    assert "always evaluated" not in source_of([rule], claim.claim_type)[0]
    assert cleared is not violated
    return {not violated, not observe(raw, claim_to_json(claim), None, {})}


@pytest.mark.parametrize(("name", "places", "first"), CASES)
def test_the_first_place_that_says_a_value_wins(name: str, places: tuple[str, ...], first: int) -> None:
    claim = claim_with(values(name, first))
    for i in range(len(places)):
        assert answers(claim, requiring(name, {"equals": value(name, i)})) == {i == first}
    assert answers(claim, requiring(name, {"present": "true"})) == {first < len(places)}
    assert answers(claim, requiring(name, {"present": "false"})) == {first == len(places)}


@pytest.mark.parametrize(("name", "places", "first"), CASES)
def test_it_is_located_where_it_comes_from(name: str, places: tuple[str, ...], first: int) -> None:
    claim = claim_with(values(name, first))
    found = locate(claim, None, name.replace("line.", "lines[0].", 1))
    if first < len(places):
        assert found.value == value(name, first)
        wanted = locate(claim, None, places[first])
        assert (found.pointer, found.x12) == (wanted.pointer, wanted.x12)
        if not name.startswith("patient."):  # on paper the patient has items of its own
            assert found.form == wanted.form
    else:
        assert found.value is None


@pytest.mark.parametrize(("name", "places", "first"), [c for c in CASES if c.values[0].startswith("line.")])
def test_reported_is_what_the_line_itself_says(name: str, places: tuple[str, ...], first: int) -> None:
    claim = claim_with(values(name, first))
    reported = name.replace("line.", "line.reported.", 1)
    assert answers(claim, requiring(reported, {"equals": value(name, 0)})) == {first == 0}
    assert answers(claim, requiring(reported, {"present": "false"})) == {first > 0}
    found = locate(claim, None, reported.replace("line.", "lines[0].", 1))
    assert found.value == (value(name, 0) if first == 0 else None)
    assert found.pointer == "/" + places[0].replace("[0]", "/0").replace(".", "/")


#: No text, or a second name of something else.
NOT_TEXT = {"payer.member_id", "patient.date_of_birth"}


@pytest.mark.parametrize(
    "name", [n for n in CHAINS if n.count(".") == 1 and "_date" not in n and n not in NOT_TEXT]
)
def test_an_empty_text_means_the_same_at_both_speeds(name: str) -> None:
    """Claim JSON may say `""`. Whatever that means, the generated function must mean it too."""
    places = CHAINS[name]
    claim = claim_with({places[0]: "", places[1]: "OTHER"})
    for condition in (
        {"equals": "OTHER"},
        {"present": "true"},
        {"not_in": ["OTHER"]},
        {"length": {"max": "0"}},
    ):
        assert len(answers(claim, requiring(name, condition))) == 1


def test_a_line_of_one_day_ends_on_the_day_it_begins() -> None:
    claim = claim_from_json({"lines": [{"service_date": {"from": "2026-08-18"}}]})
    raw = requiring("line.service_date.through", {"on_or_before": "2026-08-18"})
    assert answers(claim, raw) == {True}
    assert answers(claim, requiring("line.reported.service_date.through", {"present": "false"})) == {True}
    assert locate(claim, None, "lines[0].service_date.through").pointer == "/lines/0/service_date/from"


#: The dates of a dental line and claim → what is then in effect, and where it stands.
DENTAL_DAYS = [
    ({"lines[0].service_date.from": "2026-08-01"}, "2026-08-01", "/lines/0/service_date/from"),
    (
        {
            "lines[0].service_date.from": "2026-08-01",
            "service_date.from": "2026-08-03",
            "service_date.through": "2026-08-09",
        },
        "2026-08-01",
        "/lines/0/service_date/from",
    ),
    (
        {"service_date.from": "2026-08-03", "service_date.through": "2026-08-09"},
        "2026-08-09",
        "/service_date/through",
    ),
    ({"service_date.from": "2026-08-03"}, "2026-08-03", "/service_date/from"),
]


@pytest.mark.parametrize(("said", "through", "pointer"), DENTAL_DAYS)
def test_a_dental_claim_may_date_all_lines_at_once(said: dict[str, str], through: str, pointer: str) -> None:
    claim = claim_with(said)
    claim.claim_type = "dental"
    assert answers(claim, requiring("line.service_date.through", {"on_or_before": through})) == {True}
    assert answers(claim, requiring("line.service_date.through", {"on_or_after": through})) == {True}
    found = locate(claim, None, "lines[0].service_date.through")
    assert (found.value, found.pointer) == (through, pointer)
    assert locate(claim, None, "lines[0].service_date.from").form == "ADA 24"


def test_a_date_that_is_said_nowhere_belongs_on_the_line() -> None:
    for kind in sorted(ALL_TYPES):
        claim = claim_from_json({"claim_type": kind, "lines": [{}]})
        assert locate(claim, None, "lines[0].service_date.from").pointer == "/lines/0/service_date/from"


def test_a_dental_claim_is_measured_by_the_dates_in_effect() -> None:
    said = {
        "subscriber.date_of_birth": "2020-08-18",
        "service_date.from": "2026-08-18",
        "service_date.through": "2026-08-19",
    }
    claim = claim_with(said)
    for name, wanted in (("line.age_years", "6"), ("line.age_days", "2191"), ("line.days", "2")):
        assert answers(claim, requiring(name, {"between": [wanted, wanted]})) == {True}, name
    for name, day in (
        ("service_period.from", "2026-08-18"),
        ("service_period.through", "2026-08-19"),
        ("code_set_date", "2026-08-18"),
    ):
        for operator in ("on_or_before", "on_or_after"):
            assert answers(claim, requiring(name, {operator: day})) == {True}, name


@pytest.mark.parametrize(("code", "wanted"), [("PB", "true"), (None, "false")])
def test_what_a_predetermination_is(code: str | None, wanted: str) -> None:
    claim = claim_from_json({"claim_type": "dental", "predetermination": code, "lines": [{}]})
    assert answers(claim, requiring("is_predetermination", {"equals": wanted})) == {True}


@pytest.mark.parametrize("part", ["date_of_birth", "last_name", "sex", "address.city"])
@pytest.mark.parametrize("relationship", ["18", "19", None])
def test_a_dependent_is_not_described_by_the_subscriber(part: str, relationship: str | None) -> None:
    """What is missing in a dependent's own loop is missing, and belongs there."""
    value = "1980-01-15" if part == "date_of_birth" else "VALUE"
    said = {f"subscriber.{part}": value}
    if relationship is not None:
        said["patient.relationship"] = relationship
    claim = claim_with(said)
    same = relationship != "19"
    assert answers(claim, requiring(f"patient.{part}", {"present": "true"})) == {same}
    assert answers(claim, requiring("patient.is_subscriber", {"equals": "true"})) == {same}
    found = locate(claim, None, f"patient.{part}")
    assert found.value == (value if same else None)
    assert found.x12 is not None and found.x12.loop == ("2010BA" if same else "2010CA")


def test_a_patient_with_a_name_of_its_own_is_a_dependent() -> None:
    claim = claim_with({"patient.last_name": "OTHER", "subscriber.last_name": "X", "subscriber.sex": "F"})
    assert answers(claim, requiring("patient.sex", {"present": "false"})) == {True}


def test_every_fallback_is_tried() -> None:
    names = {name.replace("line.", "lines[].", 1) for name in CHAINS} | {"lines[].service_date.through"}
    assert not [p for p in EFFECTIVE if not any(n == p or n.startswith(f"{p}.") for n in names)]


def test_a_hospital_does_not_stand_in_for_the_physician() -> None:
    """In an institutional claim the billing provider treats nobody: a line falls back to the claim alone."""
    document: dict[str, Any] = {"claim_type": "institutional", "lines": [{}]}
    document["billing_provider"] = {"npi": "BILLING", "name": "SAMPLE"}
    name = "line.rendering_provider.npi"
    assert answers(claim_from_json(document), requiring(name, {"present": "false"})) == {True}
    found = locate(claim_from_json(document), None, "lines[0].rendering_provider.npi")
    assert (found.value, found.pointer) == (None, "/rendering_provider/npi")
    document["rendering_provider"] = {"npi": "CLAIM"}
    assert answers(claim_from_json(document), requiring(name, {"equals": "CLAIM"})) == {True}
    found = locate(claim_from_json(document), None, "lines[0].rendering_provider.npi")
    assert (found.value, found.form) == ("CLAIM", "UB-04 FL 78-79 (82)")
    document["claim_type"] = "professional"
    del document["rendering_provider"]
    assert answers(claim_from_json(document), requiring(name, {"equals": "BILLING"})) == {True}


@pytest.mark.parametrize(
    "pattern", sorted(p for p in PATHS if p.startswith("lines[].rendering_provider.") and "[]" not in p[7:])
)
def test_whatever_a_rendering_provider_has_can_be_located_on_the_billing_provider(pattern: str) -> None:
    """With nobody else named, the billing provider stands in, and its own names must be used."""
    claim = claim_from_json({"billing_provider": {"name": "SAMPLE", "npi": "1999999018"}, "lines": [{}]})
    found = locate(claim, None, pattern.replace("[]", "[0]"))
    assert found.pointer.startswith("/billing_provider/")
    assert found.x12 is None or found.x12.loop.startswith(("2000A", "2010AA"))
    assert found.value == {
        "lines[].rendering_provider.last_name": "SAMPLE",
        "lines[].rendering_provider.npi": "1999999018",
    }.get(pattern)


def test_an_index_beyond_the_end_is_absent() -> None:
    claim = claim_from_json({"lines": [{"charge": "1"}]})
    assert value_at(claim, "lines[1].charge") is None
    assert value_at(claim, "other_payers[0].adjustments[3].amount") is None
