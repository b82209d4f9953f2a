"""Rules for groups: units of one code and day, and what becomes of lines that say neither."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.amend.apply import apply
from scrubber.amend.propose import propose
from scrubber.engine.evaluate import passes
from scrubber.engine.generate import generate
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.engine.rules import RECEIPT_DATE, compiled, kinds, seen

#: At most three units of one code on one day.
UNITS: dict[str, Any] = {
    "for_each": {"groups": "lines", "by": ["procedure.code", "service_date.from"]},
    "let": {"units": {"sum": "group.items", "of": "units"}},
    "require": {"field": "units", "at_most": "3"},
    "at": ["group.first.units"],
    "message": "{units} units of {group.procedure.code} on {group.service_date.from}, "
    "from {group.first.label} to {group.last.label}.",
}
RULE = compiled(**UNITS)
WITHOUT_59 = {"field": "line.modifiers", "contains_none": ["59"]}


def line(
    code: str | None = "97110", units: str = "2", day: str = "2026-08-18", **more: Any
) -> dict[str, Any]:
    procedure = {} if code is None else {"code": code}
    return {"procedure": procedure, "units": units, "service_date": {"from": day}, **more}


def claim(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"lines": list(lines)}


def test_units_of_one_code_and_day_are_added_up() -> None:
    document = claim(line(), line("99213"), line(day="2026-08-19", units="3"), line())
    (found,) = seen(RULE, document)
    assert (found.kind, found.at, found.line) == ("violation", ("lines[0].units",), 0)
    assert found.message == "4 units of 97110 on 2026-08-18, from line 1 to line 4."
    assert found.items == {"group.first": "lines[0]", "group.last": "lines[3]"}
    assert found.evidence == {"units": "4"}


def test_the_last_item_may_be_the_place() -> None:
    (found,) = seen(compiled(**UNITS | {"at": ["group.last.units"]}), claim(line(), line("99213"), line()))
    assert (found.at, found.line) == (("lines[2].units",), 2)


def test_what_lines_do_not_say_they_have_in_common() -> None:
    assert kinds(RULE, claim(line(None), line(None))) == ["violation"]
    assert kinds(RULE, claim(line(None), line())) == []


def test_where_chooses_the_items() -> None:
    rule = compiled(**UNITS | {"for_each": {**UNITS["for_each"], "where": WITHOUT_59}})
    assert kinds(rule, claim(line(), line(modifiers=["59"]))) == []
    assert kinds(rule, claim(line(), line(modifiers=["25"]))) == ["violation"]


@pytest.mark.parametrize(
    ("where", "doubtful", "reason"),
    [
        ({}, line("99213", day="20261318"), "not known: line.service_date.from"),
        ({"where": {"field": "line.charge", "at_least": "0"}}, line(charge="ABC"), "not known: line.charge"),
    ],
    ids=["key that cannot be read", "membership that nobody knows"],
)
def test_an_item_that_may_be_in_any_group_leaves_no_group_certain(
    where: dict[str, Any], doubtful: dict[str, Any], reason: str
) -> None:
    rule = compiled(**UNITS | {"for_each": {**UNITS["for_each"], **where}})
    document = claim(line(units="1", charge="9"), line("99213", units="4", charge="9"), doubtful)
    found = seen(rule, document)
    assert [(o.kind, o.reason) for o in found] == [("unknown", reason)] * 3
    assert [o.items["group.first"] for o in found] == ["lines[0]", "lines[1]", "lines[2]"]
    assert passes(rule, claim_from_json(document), RECEIPT_DATE) == 0


def test_nothing_is_said_of_uncertain_groups_that_the_rule_does_not_apply_to() -> None:
    rule = compiled(**UNITS, when={"field": "group.procedure.code", "equals": "97110"})
    assert kinds(rule, claim(line("99213"), line(day="20261318"))) == ["unknown"]


def test_an_unreadable_value_of_one_group_leaves_the_others_as_they_are() -> None:
    assert kinds(RULE, claim(line(units="ABC"), line("99213", units="4"))) == ["unknown", "violation"]


def test_an_amendment_changes_the_group() -> None:
    change = [{"set": "group.first.units", "to": "units"}, {"remove": "group.last.units"}]
    amend = {"applicability": "confirm", "title": "Bill them on one line", "change": change}
    rule = compiled(**UNITS, amend=amend)
    original = claim_from_json(claim(line(), line("99213"), line()))
    (found,) = seen(rule, claim_to_json(original))
    amended = claim_to_json(apply(original, propose(rule, found, original, RECEIPT_DATE, {})))
    assert [one.get("units") for one in amended["lines"]] == ["4", "2", None]


@pytest.mark.parametrize(
    "when",
    [
        {"field": "group.value", "equals": "25"},
        {"field": "group.last.position", "equals": "2"},
    ],
    ids=["asked in the loop", "asked of an end"],
)
def test_plain_values_are_grouped_too(when: dict[str, Any]) -> None:
    """A group does not keep where its items stand; what asks for that is evaluated."""
    rule = compiled(
        for_each={"groups": "lines.modifiers", "by": ["value"]},
        let={
            "times": {"count": "group.items"},
            "later": {"count": "group.items", "where": {"field": "modifier.position", "at_least": "2"}},
        },
        when=when,
        require={"field": "times", "equals": {"path": "later"}},
        at=["group.last.value"],
        message="{group.value} {times} times.",
    )
    (found,) = seen(rule, claim(line(modifiers=["25", "59"]), line(modifiers=["59", "25"])))
    assert (found.at, found.message) == (("lines[1].modifiers[1]",), "25 2 times.")


def test_an_item_called_group_is_no_group() -> None:
    inside = {
        "some": "group.modifiers",
        "as": "modifier",
        "where": {"field": "modifier.value", "equals": "59"},
    }
    rule = compiled(for_each={"each": "lines", "as": "group"}, require=inside)
    assert kinds(rule, claim(line(modifiers=["59"]), line(modifiers=["25"]))) == ["violation"]


# --- items of items --------------------------------------------------------------------------------------

#: What one payer paid and took off a line is what the line costs.
BALANCE: dict[str, Any] = {
    "for_each": {"groups": "lines.adjudications", "by": ["line.number", "payer_id"]},
    "let": {
        "paid": {"sum": "group.items", "of": "paid_amount"},
        "adjusted": {"sum": "group.items.adjustments", "of": "amount"},
        "explained": {"add": ["paid", "adjusted"]},
    },
    "require": {"field": "explained", "equals": {"path": "line.charge"}},
    "at": ["group.last.paid_amount", "line.charge"],
    "message": "{line.number}: {group.payer_id} {explained}.",
}


def adjudicated(number: str, *paid: tuple[str, str, str], charge: str = "100") -> dict[str, Any]:
    each = [{"payer_id": p, "paid_amount": a, "adjustments": [{"amount": off}, {}]} for p, a, off in paid]
    return {"number": number, "charge": charge, "adjudications": each}


def test_items_are_grouped_within_what_they_stand_in() -> None:
    whole = adjudicated("1", ("P1", "50", "10"), ("P2", "100", "0"), ("P1", "40", "0"))
    short = adjudicated("2", ("P1", "50", "10"), ("P1", "39.99", "0"))
    (found,) = seen(compiled(**BALANCE), claim(whole, short))
    assert found.at == ("lines[1].adjudications[1].paid_amount", "lines[1].charge")
    assert found.message == "2: P1 99.99."
    assert found.items == {
        "line": "lines[1]",
        "group.first": "lines[1].adjudications[0]",
        "group.last": "lines[1].adjudications[1]",
    }


def test_lines_that_have_one_number_are_two() -> None:
    same = adjudicated("1", ("P1", "100", "0"))
    assert kinds(compiled(**BALANCE), claim(same, same)) == []


def test_without_a_name_of_a_parent_items_of_all_are_grouped() -> None:
    scope = {"groups": "lines.adjudications", "by": ["payer_id"]}
    total = {"field": "paid", "equals": {"path": "total_charge"}}
    rule = compiled(**BALANCE | {"for_each": scope, "require": total, "at": ["total_charge"], "message": "-"})
    document = claim(adjudicated("1", ("P1", "60", "0")), adjudicated("2", ("P1", "40", "0")))
    assert kinds(rule, {**document, "total_charge": "100"}) == []
    assert kinds(rule, {**document, "total_charge": "60"}) == ["violation"]


def test_where_may_ask_about_a_parent() -> None:
    scope = {**BALANCE["for_each"], "where": {"field": "line.charge", "greater_than": "0"}}
    free = adjudicated("1", ("P1", "5", "0"), charge="0")
    assert kinds(compiled(**BALANCE | {"for_each": scope}), claim(free)) == []
    assert kinds(compiled(**BALANCE), claim(free)) == ["violation"]


def test_an_unreadable_value_of_an_item_of_an_item_is_unknown() -> None:
    assert kinds(compiled(**BALANCE), claim(adjudicated("1", ("P1", "90", "ABC")))) == ["unknown"]


def test_quantifiers_walk_what_stands_in_the_items_of_a_group() -> None:
    reasons = {"some": "group.items.adjustments", "where": {"field": "adjustment.amount", "equals": "10"}}
    rule = compiled(**BALANCE | {"let": {}, "require": reasons, "message": "-"})
    assert kinds(rule, claim(adjudicated("1", ("P1", "90", "10")))) == []
    assert kinds(rule, claim(adjudicated("1", ("P1", "90", "9")))) == ["violation"]


def test_claims_without_such_items_are_not_looked_at() -> None:
    suspect = generate([compiled(**BALANCE)], "professional")
    assert not suspect(claim_from_json(claim(line(), line())), RECEIPT_DATE)
    assert suspect(claim_from_json(claim(adjudicated("1", ("P1", "100", "0")))), RECEIPT_DATE)
