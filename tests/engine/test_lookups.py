"""Look-ups of several rows: quantifiers over them, cells that hold lists, keys that come from rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.engine.tables import Rows
from scrubber.packs.rules import Rule
from scrubber.packs.tables import Table
from tests.engine.rules import kinds, seen
from tests.oracle.rules import HEAD


def table(name: str, keys: list[str], **columns: str) -> Table:
    return Table.model_validate(
        {
            "schema": "1",
            "table": name,
            "title": "T",
            "keys": dict.fromkeys(keys, "exact"),
            "references": ["R"],
        }
        | {"columns": columns, "optional": list(columns)}
    )


SPECS = {
    "places": table("places", ["code"], places="list", modifier="code"),
    "groups": table("groups", ["code"], article="code", part="code"),
    "covered": table("covered", ["article", "part", "place"]),
}


def compiled(rows: dict[str, list[dict[str, Any]]], **parts: Any) -> CompiledRule:
    usual = {"for_each": "lines", "at": ["line.units"], "message": "-"}
    rule = compile_rule(Rule.model_validate({**HEAD, **usual, **parts}), Known(specs=SPECS))
    return replace(rule, tables={name: Rows(SPECS[name], given) for name, given in rows.items()})


def line(code: str = "A", **more: Any) -> dict[str, Any]:
    return {"lines": [{"procedure": {"code": code}, **more}]}


PLACES: dict[str, Any] = {
    "lookup": {"row": {"table": "places", "keys": {"code": "line.procedure.code"}}},
    "require": {"field": "line.place_of_service", "in": {"path": "row.places"}},
}


def test_a_cell_may_hold_a_list() -> None:
    rule = compiled({"places": [{"code": "A", "places": ["02", "10"]}, {"code": "B"}]}, **PLACES)
    assert kinds(rule, line(place_of_service="10")) == []
    assert kinds(rule, line(place_of_service="11")) == ["violation"]
    assert kinds(rule, line("B", place_of_service="11")) == ["violation"], "a row without the cell"
    assert kinds(rule, line("C", place_of_service="11")) == ["violation"], "no row"
    assert kinds(compiled({}, **PLACES), line(place_of_service="10")) == ["unknown"]


@pytest.mark.parametrize(("places", "kind"), [("02", []), ("22", ["violation"]), ("10", [])])
def test_lists_of_several_rows_are_joined(places: str, kind: list[str]) -> None:
    rows = [{"code": "A", "places": ["02"]}, {"code": "A", "places": ["10", "11"]}]
    lookup = {"row": {**PLACES["lookup"]["row"], "many": "true"}}
    rule = compiled({"places": rows}, **PLACES | {"lookup": lookup})
    assert kinds(rule, line(place_of_service=places)) == kind


def test_a_list_of_a_row_is_looked_at_as_lists_are() -> None:
    parts = PLACES | {"require": {"field": "row.places", "contains": "02"}}
    rows = {"places": [{"code": "A", "places": ["02"]}, {"code": "B", "places": ["11"]}]}
    assert kinds(compiled(rows, **parts), line()) == []
    assert kinds(compiled(rows, **parts), line("B")) == ["violation"]
    assert kinds(compiled(rows, **parts), line("C")) == ["violation"]
    assert kinds(compiled({}, **parts), line()) == ["unknown"]


# --- quantifiers over rows -----------------------------------------------------------------------------

EVERY: dict[str, Any] = {
    "lookup": {"needs": {"table": "places", "keys": {"code": "line.procedure.code"}, "many": "true"}},
    "require": {
        "every": "needs",
        "as": "need",
        "satisfies": {"field": "line.modifiers", "contains": {"path": "need.modifier"}},
    },
    "message": "{missing.modifier} is missing.",
}
NEEDS = {"places": [{"code": "A", "modifier": "25"}, {"code": "A", "modifier": "59"}]}


def test_a_message_names_the_first_row_that_fails() -> None:
    rule = compiled(NEEDS, **EVERY)
    assert kinds(rule, line(modifiers=["59", "25"])) == []
    assert [o.message for o in seen(rule, line(modifiers=["25"]))] == ["59 is missing."]
    assert [o.message for o in seen(rule, line())] == ["25 is missing."]
    assert kinds(rule, line("B")) == []


@pytest.mark.parametrize(("quantifier", "kind"), [("some", ["violation"]), ("none", [])])
def test_no_row_is_none(quantifier: str, kind: list[str]) -> None:
    rule = compiled(NEEDS, **EVERY | {"require": {quantifier: "needs"}, "message": "-"})
    assert kinds(rule, line("B")) == kind
    assert kinds(rule, line()) == ([] if kind else ["violation"])


def test_nothing_is_missing_where_another_part_fails() -> None:
    require = {"all": [{"field": "line.units", "present": "true"}, EVERY["require"]]}
    (found,) = seen(compiled(NEEDS, **EVERY | {"require": require}), line(modifiers=["59", "25"]))
    assert found.message == "(none) is missing."
    (found,) = seen(compiled({}, **EVERY | {"require": require}), line())
    assert (found.kind, found.message) == ("violation", "(none) is missing.")


def test_an_item_of_the_claim_may_be_what_is_missing() -> None:
    charged = {"field": "other.charge", "present": "true"}
    require = {"every": "lines", "as": "other", "satisfies": charged}
    rule = compiled(
        {},
        require=require,
        message="{missing.number} and {missing.label}",
        for_each="claim",
        at=["total_charge"],
    )
    document = {"lines": [{"number": "1", "charge": "1"}, {"number": "2"}, {"number": "3"}]}
    assert [o.message for o in seen(rule, document)] == ["2 and line 2"]


# --- keys that come from rows ----------------------------------------------------------------------------

COVERED: dict[str, Any] = {
    "lookup": {
        "groups": {"table": "groups", "keys": {"code": "line.procedure.code"}, "many": "true"},
        "covered": {
            "table": "covered",
            "keys": {"article": "groups.article", "part": "groups.part", "place": "line.place_of_service"},
            "many": "true",
        },
    },
    "require": {"some": "covered"},
}
GROUPS = [{"code": "A", "article": "A1", "part": "1"}, {"code": "A", "article": "A2", "part": "2"}]


def covered(*rows: tuple[str, str, str]) -> dict[str, list[dict[str, Any]]]:
    return {
        "groups": GROUPS,
        "covered": [dict(zip(("article", "part", "place"), row, strict=True)) for row in rows],
    }


def test_keys_of_one_row_belong_together() -> None:
    assert kinds(compiled(covered(("A2", "2", "11")), **COVERED), line(place_of_service="11")) == []
    crossed = covered(("A1", "2", "11"), ("A2", "1", "11"))
    assert kinds(compiled(crossed, **COVERED), line(place_of_service="11")) == ["violation"]


def test_keys_of_no_row_find_nothing() -> None:
    anything = {"groups": GROUPS, "covered": [{"article": "", "part": "", "place": ""}]}
    assert kinds(compiled(anything, **COVERED), line("B", place_of_service="11")) == ["violation"]
    assert kinds(compiled(anything, **COVERED), line(place_of_service="11")) == []


def test_keys_of_rows_that_nobody_knows_find_nobody_knows_what() -> None:
    (found,) = seen(compiled({"covered": []}, **COVERED), line(place_of_service="11"))
    assert (found.kind, found.reason) == ("unknown", "not known: the table groups")


def test_a_row_that_two_keys_find_is_one() -> None:
    count = {"times": {"count": "covered"}}
    rule = compiled(
        covered(("", "", "11")),
        **COVERED | {"let": count, "require": {"field": "times", "equals": "1"}},
    )
    assert kinds(rule, line(place_of_service="11")) == []
