"""What amendments change besides setting a value: parts that move, values that are added, lists in order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from scrubber.amend.apply import apply
from scrubber.amend.propose import propose
from scrubber.engine.ir import CompiledRule
from scrubber.engine.tables import Rows
from scrubber.findings import JsonPatch
from scrubber.packs.tables import Table
from scrubber.read.claim_json import claim_from_json, claim_to_json
from scrubber.write.edits import EditError, edits_of
from tests.engine.rules import RECEIPT_DATE, compiled, kinds, seen
from tests.language.test_examples import PACK
from tests.read.files import read

TABLE = Table.model_validate(
    {"schema": "1", "table": "order", "title": "T", "keys": {"modifier": "exact"}, "references": ["R"]}
    | {"columns": {"rank": "number"}}
)
RANKS = Rows(
    TABLE, [{"modifier": "26", "rank": "1"}, {"modifier": "59", "rank": "2"}, {"modifier": "GC", "rank": "5"}]
)
BY = {"table": "order", "key": "modifier", "rank": "rank"}
REFERRER = {"last_name": "ROE", "npi": "1999999984"}


def rule(change: dict[str, Any], **parts: Any) -> CompiledRule:
    amend = {"applicability": "confirm", "title": "Change it", "change": [change]}
    usual = {"for_each": "lines", "require": {"field": "claim_type", "equals": "none"}}
    return replace(compiled(**usual, amend=amend, **parts), tables={"order": RANKS})


def patch_of(changing: CompiledRule, document: dict[str, Any]) -> JsonPatch:
    (found,) = seen(changing, document)
    return propose(changing, found, claim_from_json(document), RECEIPT_DATE, {})


def amended(changing: CompiledRule, document: dict[str, Any]) -> dict[str, Any]:
    return claim_to_json(apply(claim_from_json(document), patch_of(changing, document)))


# --- move ------------------------------------------------------------------------------------------------

MOVE = rule({"move": "line.reported.referring_provider", "to": "referring_provider"})


def test_a_part_moves_to_where_there_is_none() -> None:
    after = amended(MOVE, {"lines": [{"referring_provider": REFERRER}]})
    assert after["referring_provider"] == REFERRER
    assert "referring_provider" not in after["lines"][0]


@pytest.mark.parametrize(
    "document",
    [{"lines": [{"referring_provider": REFERRER}], "referring_provider": {"npi": "1"}}, {"lines": [{}]}],
    ids=["taken", "nothing there"],
)
def test_nothing_moves_to_a_place_that_is_taken_or_from_an_empty_one(document: dict[str, Any]) -> None:
    assert patch_of(MOVE, document) == []


def test_a_move_tests_what_it_moves() -> None:
    assert patch_of(MOVE, {"lines": [{"referring_provider": REFERRER}]}) == [
        {"op": "test", "path": "/lines/0/referring_provider", "value": REFERRER},
        {"op": "move", "from": "/lines/0/referring_provider", "path": "/referring_provider"},
    ]


# --- add -------------------------------------------------------------------------------------------------

ADD = rule({"add": "patient_control_number", "to": "line.modifiers"})


def test_a_value_is_added_behind_the_last_one() -> None:
    document = {"patient_control_number": "59", "lines": [{"modifiers": ["25"]}]}
    assert patch_of(ADD, document) == [{"op": "add", "path": "/lines/0/modifiers/1", "value": "59"}]
    assert amended(ADD, document)["lines"][0]["modifiers"] == ["25", "59"]


def test_what_is_in_the_list_is_not_added() -> None:
    assert patch_of(ADD, {"patient_control_number": "59", "lines": [{"modifiers": ["59"]}]}) == []
    assert patch_of(ADD, {"lines": [{"modifiers": ["59"]}]}) == []


# --- sort ------------------------------------------------------------------------------------------------

IN_ORDER = replace(
    compiled(
        for_each="lines",
        require={"field": "line.modifiers", "sorted_by": BY},
        at=["line.modifiers[0]"],
        amend={"applicability": "confirm", "title": "-", "change": [{"sort": "line.modifiers", "by": BY}]},
    ),
    tables={"order": RANKS},
)


@pytest.mark.parametrize(
    "modifiers", [[], ["GC"], ["26", "GC"], ["26", "26"], ["XX", "26"], ["26", "XX", "GC"]]
)
def test_what_is_in_order(modifiers: list[str]) -> None:
    assert kinds(IN_ORDER, {"lines": [{"modifiers": modifiers}]}) == []


@pytest.mark.parametrize(
    ("modifiers", "wanted"),
    [(["GC", "26"], ["26", "GC"]), (["GC", "XX", "59", "26"], ["26", "XX", "59", "GC"])],
    ids=["two", "one without a rank stays"],
)
def test_what_is_not_in_order_is_sorted(modifiers: list[str], wanted: list[str]) -> None:
    (found,) = seen(IN_ORDER, {"lines": [{"modifiers": modifiers}]})
    assert found.at == ("lines[0].modifiers[0]",)
    assert amended(IN_ORDER, {"lines": [{"modifiers": modifiers}]})["lines"][0]["modifiers"] == wanted


def test_an_order_that_nobody_has_loaded_is_unknown() -> None:
    unloaded = replace(IN_ORDER, tables={})
    (found,) = seen(unloaded, {"lines": [{"modifiers": ["GC", "26"]}]})
    assert (found.kind, found.reason) == ("unknown", "not known: the table order")
    assert kinds(unloaded, {"lines": [{"modifiers": ["GC"]}]}) == []


def test_an_order_on_a_day_that_nobody_knows_is_unknown() -> None:
    dated = TABLE.model_copy(update={"dates": "from_to"})
    rows = Rows(dated, [{"modifier": "GC", "rank": "1", "from": "2026-01-01"}])
    for day, reason in ((None, "the service date"), (dt.date(2025, 1, 1), "the table order on 2025-01-01")):
        line = {"modifiers": ["GC", "26"]} | ({"service_date": {"from": day.isoformat()}} if day else {})
        (found,) = seen(replace(IN_ORDER, tables={"order": rows}), {"lines": [line]})
        assert (found.kind, found.reason) == ("unknown", f"not known: {reason}")


# --- into the file ---------------------------------------------------------------------------------------

BASE = (
    (PACK / "base" / "professional.837").read_bytes().replace(b"11:B:1*Y*A*Y*Y", b"11:B:1*Y*A*Y*Y**AA:::IL")
)


def edits(changing: CompiledRule, *, old: bytes, new: bytes) -> list[Any]:
    """Return the edits of the file that a rule's first patch makes."""
    (item,) = read(BASE.replace(old, new))
    assert item.source is not None
    patch = propose(changing, seen(changing, claim_to_json(item.claim))[0], item.claim, RECEIPT_DATE, {})
    return edits_of(patch, item.source)


def test_sorted_modifiers_are_written_into_their_components() -> None:
    made = edits(IN_ORDER, old=b"HC:99213*", new=b"HC:99213:GC:26*")
    assert [(e.element, e.component, e.text) for e in made] == [(1, 3, "26"), (1, 4, "GC")]


def test_an_added_modifier_is_written_behind_the_others() -> None:
    adds = rule({"add": "accident_state", "to": "line.modifiers"})
    (made,) = edits(adds, old=b"HC:99213*150*UN*1***1:2", new=b"HC:99213:GC*150*UN*1***1:2")
    assert (made.element, made.component, made.text) == (1, 4, "IL")


def test_no_modifier_takes_the_place_of_another() -> None:
    adds = rule({"add": "accident_state", "to": "line.modifiers"})
    with pytest.raises(EditError, match="would take the place of another value"):
        edits(adds, old=b"HC:99213*", new=b"HC:99213:GC:26:59:76*")


def test_a_loop_that_would_have_to_be_written_anew_is_refused() -> None:
    moves = rule({"move": "rendering_provider", "to": "supervising_provider"})
    with pytest.raises(EditError, match="supervising_provider has no segment in the file yet"):
        edits(moves, old=b"HC:99213*", new=b"HC:99213:26*")
