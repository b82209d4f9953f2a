"""Groups of a file's claims: counted by hashed keys, told once a group, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.engine.evaluate import evaluate
from scrubber.engine.explain import explain
from scrubber.engine.file_groups import MOST_TOLD, FileGroups, GroupKey, keys_of
from scrubber.engine.generate import generate
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import compiled

NUMBERS: dict[str, Any] = {
    "for_each": {"groups": "file.claims", "by": ["patient_control_number", "frequency_code"]},
    "let": {"times": {"count": "group.items"}},
    "require": {"field": "times", "at_most": "1"},
    "at": ["group.last.patient_control_number"],
    "message": "{group.patient_control_number}, {group.frequency_code}: {times}.",
}
RULE = compiled(**NUMBERS)


def keys(rule: Any, *claims: dict[str, Any], secret: bytes = b"s") -> list[list[GroupKey]]:
    made = [claim_from_json(each) for each in claims]
    return [list(keys_of([rule], each, i, None, secret)) for i, each in enumerate(made)]


def told(rule: Any, *claims: dict[str, Any]) -> list[tuple[str, str]]:
    groups = FileGroups([rule])
    for each in keys(rule, *claims):
        groups.take(each)
    return [(o.at[0], o.message) for _, o in groups.finish()]


def number(text: str | None, **more: Any) -> dict[str, Any]:
    return {"patient_control_number": text, **more}


def test_a_group_is_told_once_at_its_last_claim() -> None:
    claims = [number("A"), number("B"), number("A"), number("C"), number("B"), number("A")]
    assert told(RULE, *claims) == [
        ("file.claims[4].patient_control_number", "B, (none): 2."),
        ("file.claims[5].patient_control_number", "A, (none): 3."),
    ]


def test_what_is_absent_is_the_same_and_not_the_same_as_a_text() -> None:
    assert told(RULE, number(None), number(None, frequency_code="1"), number("\x00")) == []
    assert len(told(RULE, number(None), number(None))) == 1


def test_files_know_nothing_of_each_other() -> None:
    groups = FileGroups([RULE])
    (first,) = keys(RULE, number("A"))
    groups.take(first)
    assert groups.finish() == []
    groups.take(first)
    assert groups.finish() == []


def test_keys_say_nothing_without_the_secret_of_the_run() -> None:
    ((one,),) = keys(RULE, number("A"), secret=b"a")
    ((other,),) = keys(RULE, number("A"), secret=b"b")
    assert one.key != other.key
    assert len(one.key) == 16


def test_the_limit_may_be_any_number() -> None:
    rule = compiled(**NUMBERS | {"require": {"field": "times", "less_than": "4"}})
    assert told(rule, *[number("A")] * 3) == []
    assert [message for _, message in told(rule, *[number("A")] * 5)] == ["A, (none): 5."]


def test_claims_outside_are_not_counted() -> None:
    where = {"field": "frequency_code", "equals": "1"}
    rule = compiled(**NUMBERS | {"for_each": {**NUMBERS["for_each"], "where": where}})
    assert told(rule, number("A", frequency_code="7"), number("A", frequency_code="7")) == []
    types = compiled(**NUMBERS, applies_to={"claim_types": ["dental"]})
    assert told(types, number("A"), number("A")) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"for_each": {**NUMBERS["for_each"], "where": {"field": "total_charge", "at_least": "1"}}},
        {"applies_to": {"effective": {"from": "2026-01-01"}}},
    ],
    ids=["where", "effective"],
)
def test_a_claim_of_which_it_is_not_known_whether_it_counts_is_not_evaluated(parts: dict[str, Any]) -> None:
    rule = compiled(**NUMBERS | parts)
    one = claim_from_json({"total_charge": "ABC", "lines": [{"service_date": {"from": "20261318"}}]})
    assert keys(rule, {"total_charge": "ABC", "lines": [{"service_date": {"from": "20261318"}}]}) == [[]]
    assert [o.kind for o in evaluate(rule, one, None)] == ["unknown"]
    assert generate([rule], "professional")(one, None)


def test_which_claims_are_counted_may_be_set_by_payers() -> None:
    asked = {"field": "frequency_code", "in": {"param": "counted"}}
    rule = compiled(
        **NUMBERS | {"for_each": {**NUMBERS["for_each"], "where": asked}},
        parameters={"counted": {"type": "list", "default": ["1"]}},
    )
    first, void = number("A", frequency_code="1"), number("A", frequency_code="8")
    assert told(rule, void, void) == []
    assert len(told(rule, first, void, first)) == 1


def test_the_generated_code_clears_claims_that_count_for_certain() -> None:
    assert not generate([RULE], "professional")(claim_from_json(number("A")), None)


def test_so_many_groups_are_told_and_the_others_counted() -> None:
    groups = FileGroups([RULE])
    for _ in range(2):
        for each in keys(RULE, *(number(str(i)) for i in range(MOST_TOLD + 2))):
            groups.take(each)
    found = [observation for _, observation in groups.finish()]
    assert len(found) == MOST_TOLD
    assert found[-1].evidence == {"times": "2", "claims_of_further_groups": "2"}
    assert all(o.evidence == {"times": "2"} for o in found[:-1])


def test_a_single_claim_explains_nothing() -> None:
    assert explain(RULE, claim_from_json(number("A")), None).items == ()
