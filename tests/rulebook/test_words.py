"""Conditions in plain words: one sentence for each operator, whatever operators there are."""

from __future__ import annotations

import pytest
import yaml

from scrubber.packs.conditions import Condition
from scrubber.packs.load import load_packs
from scrubber.packs.rules import Change, Let, Scope
from scrubber.rulebook.descriptions import rule_sections
from scrubber.rulebook.example_words import rule_examples
from scrubber.rulebook.words import change_words, condition_words, let_words, scope_words, value_words
from tests.cli.rules.packs import shipped
from tests.language.test_examples import PACK as LANGUAGE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("{set: total_charge, to: line_total}", "the total charge becomes the line total"),
        (
            "{set: amount.path, to: {text: money_canonical, of: amount.raw}}",
            "the place of the amount becomes the amount as it was sent, rewritten as money canonical",
        ),
        ("{remove: line.rendering_provider}", "the line's rendering provider goes"),
        (
            "{move: line.reported.referring_provider, to: referring_provider}",
            "the line's own referring provider becomes the referring provider, where there is none",
        ),
        ("{add: row.modifier, to: line.modifiers}", "the row's modifier joins the line's modifiers"),
        (
            "{sort: line.modifiers, by: {table: ranks, key: modifier, rank: rank}}",
            "the line's modifiers are put in the order of the rank in the table ranks",
        ),
    ],
)
def test_changes_in_words(change: str, words: str) -> None:
    assert change_words(Change.model_validate(yaml.load(change, yaml.BaseLoader))) == words


def said(text: str) -> list[str]:
    return list(condition_words(Condition.model_validate(yaml.load(text, yaml.BaseLoader))).lines())


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{field: line.charge, present: true}", ["the line's charge is there"]),
        ("{field: related_causes, present: false}", ["the related causes are missing"]),
        ('{field: line.procedure.code, equals: "99291"}', ["the line's procedure code is 99291"]),
        ("{field: a.b, equals: {path: receipt_date}}", ["the a's b is the day of receipt"]),
        (
            '{field: line.procedure.code, in: [{from: "00100", to: "01999"}, X]}',
            ["the line's procedure code is one of 00100 to 01999, X"],
        ),
        ("{field: diagnosis.code, not_in_set: causes}", ["the diagnosis's code is not in the set causes"]),
        ("{field: modifier.position, less_than: '3'}", ["the position of the modifier is less than 3"]),
        ("{field: npi.raw, format: npi}", ["the NPI as it was sent is well formed as npi"]),
        ("{field: x, length: {min: 2, max: 5}}", ["the x has at least 2 and at most 5 characters"]),
        (
            "{field: line.modifiers, sorted_by: {table: ranks, key: m, rank: rank, as_of: admission_date}}",
            ["the line's modifiers are in the order of the rank in the table ranks on the admission date"],
        ),
        ("{field: x, between: ['1', '5']}", ["the x is from 1 to 5"]),
        (
            "{field: x, within: {days: 3, after: admission_date}}",
            ["the x is within 3 days after the admission date"],
        ),
        ("{field: line.reported.units, whole_number: false}", ["the line's own units is no whole number"]),
        (
            "all: [{field: x, present: true}, {not: {field: y, present: true}}]",
            ["all of these:", "  the x is there", "  it is not so that", "    the y is there"],
        ),
        (
            "{some: lines, as: other, where: {field: other.units, greater_than: '1'}}",
            ["there is a line (called other) for which", "  the other's units is more than 1"],
        ),
        (
            "{every: lines, where: {field: line.units, present: true}, "
            "satisfies: {field: line.charge, present: true}}",
            [
                "for every line for which",
                "  the line's units is there",
                "  it is so that",
                "    the line's charge is there",
            ],
        ),
    ],
)
def test_a_condition_in_words(condition: str, words: list[str]) -> None:
    assert said(condition) == words


def test_an_operator_without_words_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.rulebook.words._COMPARED", {})
    assert said("{field: x, starts_with: A}") == ["the x starts with A"]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"each": "claim"}, "the claim as a whole"),
        ({"each": "lines.modifiers"}, "every modifier of every line"),
        ({"each": "every.npi"}, "every NPI on the claim, wherever it stands"),
        (
            {"pairs": "lines", "as": ["a", "b"], "same": ["service_date.from"], "ordered": "true"},
            "any two of the lines with the same service date start, called a and b, both ways round",
        ),
        (
            {"pairs": ["lines", "history.lines"], "as": ["line", "prior"], "same": ["procedure.code"]},
            "each of the lines with each of the prior lines of the patient with the same procedure code, "
            "called line and prior",
        ),
        (
            {"pairs": ["lines", "history.lines"], "as": ["line", "prior"], "needs_from": "start"},
            "each of the lines with each of the prior lines of the patient, called line and prior, "
            "in a history that reaches back to the start",
        ),
        (
            {"groups": "file.claims", "by": ["patient_control_number", "frequency_code"]},
            "the claims of the file in groups that have the same patient control number, frequency code",
        ),
    ],
)
def test_a_scope_in_words(scope: dict[str, object], words: str) -> None:
    assert scope_words(Scope.model_validate(scope)).text == words


@pytest.mark.parametrize(
    ("let", "words"),
    [
        ({"sum": "lines", "of": "charge"}, "line total is the sum of the charge of the lines"),
        ({"count": "diagnoses"}, "line total is the number of diagnoses"),
        (
            {"count": "history.lines", "needs_from": "start"},
            "line total is the number of history lines, in a history that reaches back to the start",
        ),
        ({"subtract": ["total_charge", "paid"]}, "line total is the total charge minus the paid"),
    ],
)
def test_a_named_value_in_words(let: dict[str, object], words: str) -> None:
    assert let_words("line_total", Let.model_validate(let)).text == words


def test_a_question_is_named_as_one() -> None:
    assert value_words("is_predetermination") == "the answer to 'is predetermination'"


def test_every_shipped_rule_has_words() -> None:
    for loaded in shipped().rules:
        rule = loaded.rule
        for condition in (rule.when, rule.require, rule.bypass):
            if condition is not None:
                assert all(line.strip() for line in condition_words(condition).lines()), rule.id


def test_every_rule_of_the_language_is_told_in_words() -> None:
    """No key of a rule is shown as it is written, and no operator by its own name."""
    rules = [loaded.rule for loaded in load_packs([LANGUAGE]).rules]
    phrases = [phrase for rule in rules for _, parts in rule_sections(rule) for phrase in parts]
    told = [line.strip() for phrase in phrases for line in phrase.lines()]
    assert (
        "the lines in groups that have the same procedure code, service date start, rendering provider NPI"
        in (line.removesuffix(", but only where") for line in told)
    )
    assert "filing limit: a period; unknown where no payer sets it" in told
    assert "deadline is the start, moved by the parameter filing limit" in told
    assert "the parameter split lines by is month" in told
    assert "there is no row of etiologies" in told
    assert "the units is at most the mue's value" in told
    assert "a history; without it the rule is not run" in told
    assert (
        "there is no prior line (called prior), in a history that reaches back to the window start, for which"
        in told
    )
    assert "change by the algorithm established_patient_code, from the table new_to_established" in told
    raw = [line for line in told if line.startswith(("{", "Its key")) or "{param" in line or "{path" in line]
    assert raw == []


def test_what_an_example_knows_besides_its_claim_is_told() -> None:
    rules = [loaded.rule for loaded in load_packs([LANGUAGE]).rules]
    told = {line for rule in rules for _, group in rule_examples(rule) for one in group for line in one.lines}
    assert "billed before: {copy: 'lines[0]', adjudication_status: paid}" in told
    assert "billed before: nothing" in told
    assert "the history has everything since 2020-01-01" in told
    assert "authorizations on record: none" in told
    assert "one more claim in the file: {copy: '0'}" in told
    assert "expects: finding at patient_control_number of claim 1" in told
