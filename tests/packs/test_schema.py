"""The schema types what YAML left as text, and its mistakes are said once, at their place."""

from __future__ import annotations

import datetime as dt

import pytest

from scrubber.packs.conditions import OPERATORS, CodeRange, Condition, Ref
from scrubber.packs.parse import parse_rule
from scrubber.packs.rules import Rule
from tests.packs.helpers import REQUIRE, RULE, mistakes


def rule(*changes: tuple[str, str]) -> Rule:
    text = RULE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    parsed, document = parse_rule(text.encode(), "f")
    assert document.problems == []
    assert parsed is not None
    assert parsed.is_whole
    return parsed.rule


def test_the_rule_of_these_tests_has_no_mistakes() -> None:
    assert mistakes() == []


def test_text_gets_its_type_from_the_schema() -> None:
    found = rule(
        ("snip: null", "snip: 4"),
        (
            "for_each: lines",
            "applies_to: {effective: {from: 2026-01-31}, encounters: false}\nfor_each: lines",
        ),
        (
            REQUIRE,
            "require: {field: line.procedure.code, in: [00100, NO, {from: 00100, to: 01999}, {path: x}]}",
        ),
    )
    assert found.snip == 4
    assert found.applies_to.effective.from_ == dt.date(2026, 1, 31)
    assert found.applies_to.encounters is False
    assert found.require.operator == "in"
    assert found.require.operand == [
        "00100",
        "NO",
        CodeRange(**{"from": "00100", "to": "01999"}),
        Ref(path="x"),
    ]


def test_a_scope_may_be_one_word() -> None:
    assert rule().for_each.each == "lines"


def test_operators_are_the_fields_of_a_condition_that_are_no_heads() -> None:
    assert "in_" in OPERATORS
    assert not OPERATORS & {"all", "field", "where", "as_", "every"}
    assert Condition.model_validate({"field": "x", "not_in": ["1"]}).operator == "not_in"


def test_the_children_of_a_condition_know_their_places() -> None:
    leaf = {"field": "x", "present": "true"}
    condition = Condition.model_validate({"any": [{"not": leaf}, {"some": "lines", "where": leaf}]})
    assert [place for place, _ in condition.children()] == [("any", 0), ("any", 1)]
    assert [place for _, child in condition.children() for place, _ in child.children()] == [
        ("not",),
        ("where",),
    ]


@pytest.mark.parametrize("word", ["in_", "not_", "as_"])
def test_the_python_spelling_of_a_key_is_no_key(word: str) -> None:
    (found,) = mistakes((REQUIRE, f"require: {{field: line.units, {word}: [x]}}"))
    assert found == f"9:30: Unknown key `{word}` in `require`. Did you mean '{word.rstrip('_')}'?"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            REQUIRE,
            "require: {any: [{field: a, present: true}, {not: {feild: b, present: true}}]}",
            "9:51: Unknown key `feild` in `not`. Did you mean 'field'?",
        ),
        (
            REQUIRE,
            "require: {field: a, in: [x, {path: y, pth: z}]}",
            "9:39: Unknown key `pth` in item 2 of `in`. Known here: `path`, `param`, `from` and `to`.",
        ),
        (
            REQUIRE,
            "require: {field: a, in: [x, [y]]}",
            "9:29: Item 2 of `in` is a text; here is a list. A text that begins with `[` needs quotes.",
        ),
        (
            REQUIRE,
            "require: {field: a, in: {pth: y}}",
            "9:26: Unknown key `pth` in `in`. Did you mean 'path'?",
        ),
        (
            REQUIRE,
            "require: {field: a, equals: {}}",
            "9:21: The key `path` is missing in `equals`. Add `path: ...`.",
        ),
        (
            REQUIRE,
            "require: {field: a, equals: }",
            "9:29: `equals` is empty. Give it a value, or remove the key.",
        ),
        (REQUIRE, "require: {field: a, in: []}", "9:25: `in` is an empty list."),
        (
            REQUIRE,
            "require: {field: a, in: {from: '1'}}",
            "9:25: `in` is a list; here is a mapping. Put `- ` before each item.",
        ),
        (
            REQUIRE,
            "require: {field: a, count_at_least: two}",
            "9:37: `two` is not a whole number. Write it with digits only, such as 3.",
        ),
        (
            REQUIRE,
            "require: {field: a, length: {min: 3, max: 2}}",
            "9:30: `min` is greater than `max`: no text fits.",
        ),
        (
            REQUIRE,
            "require: {field: a, within: {days: 3}}",
            "9:29: `within` needs exactly one of `after` and `before`: the date to count from.",
        ),
        (
            REQUIRE,
            "require: [a]",
            "9:10: `require` is a mapping of keys; here is a list. Write `{key: value}`.",
        ),
        (
            REQUIRE,
            "require: {all: [x]}",
            "9:17: Item 1 of `all` is a mapping of keys; here is the text `x`. Write `{key: value}`.",
        ),
        (
            "snip: null",
            "let: {Total: {count: lines}}\nsnip: null",
            "7:7: `Total` does not fit a key of `let`. It takes lower-case letters",
        ),
        (
            "id: CDS-001",
            "id: cds-1",
            "2:5: `cds-1` does not fit `id`. It takes two to five capitals, a dash",
        ),
        (
            "name: units-missing",
            "name: Units Missing",
            "3:7: `Units Missing` does not fit `name`. It takes lower-case words",
        ),
        ("message:", "mesage:", "11:1: Unknown key `mesage`. Did you mean 'message'?"),
        ("title: A line has no units", "title: ''", "4:8: `title` is empty. Give it a value."),
        ("title: A line has no units", "title:", "4:7: `title` is empty. Give it a value."),
        (
            "title: A line has no units",
            "title: # units",
            "4:7: `title` is empty. What follows `#` is a comment; a text that begins with `#` needs quotes.",
        ),
        (
            "units given, base: clean",
            "units given, base: clean, sett: {a: b}",
            "16:40: Unknown key `sett` in item 1 of `pass`. Did you mean 'set'?",
        ),
        ("expect: [", "expect: [{outcome: failed}, ", "18:80: `failed` is no value of `outcome`."),
        ("for_each: lines", "for_each: {each: lines, same: [units]}", "8:25: `same` belongs to `pairs`."),
    ],
)
def test_a_mistake_is_said_once_at_its_place(old: str, new: str, message: str) -> None:
    (found,) = mistakes((old, new))
    assert found.startswith(message), found


def test_mistakes_of_the_schema_do_not_hide_those_of_meaning() -> None:
    found = mistakes(
        ("status: draft", "status: drft"),
        ("at: [line.units]", "at: [line.untis]"),
        ("SOURCE", "SORUCE"),
        ("{line.number}", "{line.nmber}"),
    )
    assert [f.partition(":")[0] for f in found] == ["5", "10", "11", "13"]


def test_what_is_broken_is_not_checked_twice() -> None:
    (found,) = mistakes((REQUIRE, "require: {field: line.untis, presnt: true}"))
    assert "presnt" in found


def test_a_key_that_is_there_is_not_what_another_one_meant() -> None:
    (found,) = mistakes(("title: A", "titles: B\ntitle: A"))
    assert found.startswith("4:1: Unknown key `titles`. Known here: `schema`")


def test_let_takes_eight_values_at_most() -> None:
    names = ", ".join(f"n{i}: {{count: lines}}" for i in range(9))
    (found,) = mistakes((REQUIRE, f"let: {{{names}}}\n{REQUIRE}"))
    assert found == "9:6: `let` has 9 items; at most 8 are allowed."
