"""Code sets made of others, less some codes, and of codes that come and go."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pytest

from scrubber.engine.generate import generate
from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.catalogue import CodeSet as CodeSetSpec
from scrubber.packs.check_sets import check_set
from scrubber.packs.check_terms import Vocabulary
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.parse import parse
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import RECEIPT_DATE, kinds
from tests.oracle.rules import HEAD

DAY = dt.date(2026, 8, 18)


def spec(name: str, **parts: Any) -> CodeSetSpec:
    return CodeSetSpec.model_validate({"set": name, "references": ["S"], **parts})


COMES_AND_GOES = {"code": "B", "from": "2026-01-01", "to": "2026-08-18"}
SPECS = {
    "visits": spec("visits", codes=["99213", {"from": "99202", "to": "99205"}]),
    "drugs": spec("drugs", codes=["J*"], **{"except": ["J3490", "J9*"]}),
    "dated": spec("dated", codes=["A", COMES_AND_GOES, {"code": "C*", "to": "2025-12-31"}]),
    "all": spec("all", codes=["X"], union=["visits", "drugs"], **{"except": ["99204", "X"]}),
    "dated_all": spec("dated_all", union=["visits", "dated"], **{"except": ["99213"]}),
}
SETS = {name: CodeSet.compile(each, SPECS) for name, each in SPECS.items()}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("drugs", "J1100 J8 J", "J3490 J9000 J9 K1"),
        ("all", "99213 99202 99205 J1100", "99204 X J3490 J9000 99214"),
    ],
)
def test_sets_of_sets_less_some_codes(name: str, inside: str, outside: str) -> None:
    assert [code for code in inside.split() if code not in SETS[name]] == []
    assert [code for code in outside.split() if code in SETS[name]] == []
    assert not SETS[name].is_plain and not SETS[name].is_dated


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2025-12-31", "A C C1"), ("2026-01-01", "A B"), ("2026-08-18", "A B"), ("2026-08-19", "A")],
)
def test_codes_come_and_go(day: str, inside: str) -> None:
    there = SETS["dated"].on(dt.date.fromisoformat(day))
    assert [code for code in ("A", "B", "C", "C1", "D") if code in there] == inside.split()
    also = SETS["dated_all"].on(dt.date.fromisoformat(day))
    assert [code for code in ("A", "B", "C", "C1", "99213", "99202") if code in also] == [
        *inside.split(),
        "99202",
    ]
    assert SETS["dated"].is_dated and SETS["dated_all"].is_dated and not there.is_dated


def test_a_set_without_dates_is_the_same_every_day() -> None:
    assert SETS["all"].on(DAY) is SETS["all"]
    assert pickle.loads(pickle.dumps(SETS["dated_all"])) == SETS["dated_all"]


def test_what_is_in_a_set_is_told_to_people() -> None:
    assert SETS["dated_all"].told() == ["all of visits", "all of dated", "but not 99213"]
    assert SETS["dated"].told() == ["A", "B from 2026-01-01 to 2026-08-18", "C* to 2025-12-31"]
    assert SETS["drugs"].told() == ["J*", "but not J3490", "but not J9*"]


# --- in rules --------------------------------------------------------------------------------------------


def asks(name: str, **parts: Any) -> Any:
    usual = {"for_each": "lines", "at": ["line.units"], "message": "-"}
    usual |= {"require": {"field": "line.procedure.code", "in_set": name}}
    return compile_rule(Rule.model_validate({**HEAD, **usual, **parts}), Known(sets=SETS))


def line(code: str | None, day: str | None) -> dict[str, Any]:
    return {"lines": [{"procedure": {"code": code}, "service_date": {"from": day}}]}


def test_the_date_of_the_item_decides() -> None:
    assert kinds(asks("dated"), line("B", "2026-08-18")) == []
    assert kinds(asks("dated"), line("B", "2026-08-19")) == ["violation"]
    assert kinds(asks("dated"), line("B", "20261345")) == ["unknown"]
    assert kinds(asks("dated"), line("B", None)) == ["unknown"]
    assert kinds(asks("dated"), line(None, None)) == ["violation"], "no code is in no set on any day"


def test_the_date_that_a_rule_names_decides() -> None:
    rule = asks("dated", dated_by="admission_date")
    assert kinds(rule, {**line("B", "2027-01-01"), "admission_date": "2026-05-05"}) == []


def test_lists_are_compared_with_the_set_of_the_day() -> None:
    rule = asks("dated", require={"field": "line.modifiers", "none_in_set": "dated"})
    document = {"lines": [{"modifiers": ["B"], "service_date": {"from": "2026-08-18"}}]}
    assert kinds(rule, document) == ["violation"]
    assert kinds(rule, {"lines": [{"modifiers": ["B"], "service_date": {"from": "2026-08-19"}}]}) == []


def test_generated_code_asks_sets_without_dates_itself() -> None:
    clean = claim_from_json(line("99202", "2026-08-18"))
    assert not generate([asks("all")], "professional")(clean, RECEIPT_DATE)
    assert generate([asks("dated_all")], "professional")(clean, RECEIPT_DATE)


# --- mistakes --------------------------------------------------------------------------------------------


def mistakes(text: str) -> list[str]:
    found, document = parse(f"set: mine\n{text}references: [S]\n".encode(), "mine.yaml", CodeSetSpec, "A set")
    problems = list(document.problems)
    if found is not None:
        loop = spec("loop", union=["mine"])
        vocabulary = Vocabulary(sets=["mine", "loop", *SPECS], sources=["S"])
        problems += check_set(found, {**SPECS, "loop": loop, "mine": found}, document, vocabulary)
    return [str(problem).removeprefix("mine.yaml:") for problem in problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: Nothing\n", "1:1: A set needs `codes`, `union` or both."),
        ("union: [vists]\n", "2:9: There is no set `vists`. Did you mean 'visits'?"),
        ("union: [loop]\n", "2:9: The set is made of itself: `mine` of `loop` of `mine`."),
        ("codes: [A]\nexcept: [B]\n", "3:10: `B` is not in the set anyway. Remove it."),
        ("codes: [{code: A}]\n", "2:9: A dated code needs `from`, `to` or both."),
        ("codes: [{code: A, from: 2026-02-01, to: 2026-01-01}]\n", "2:19: `from` is later than `to`"),
        ("codes: [{code: A, from: soon}]\n", "2:25: `soon` is not a date."),
        (
            "union: [visits]\nexcept: [{code: A, to: 2026-01-01}]\n",
            "3:1: What a set leaves out has no dates.",
        ),
    ],
)
def test_a_mistake_in_a_set_is_said(text: str, message: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(message)


def test_what_is_left_out_of_ranges_is_no_mistake() -> None:
    assert mistakes("codes: [J*]\nexcept: [J3490]\n") == []
    assert mistakes("union: [visits]\nexcept: ['99213']\n") == []
