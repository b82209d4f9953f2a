"""The examples of the shipped rules notice mistakes in them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from tests.mutation.mutants import FLIPPED, mutants
from tests.mutation.run import mutants_of, read_equivalent, run

pytestmark = pytest.mark.slow

LEAST_SHARE = 0.95


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_packs([builtin_rules_dir()], BUILDER_NAMES)


# --- the shipped rules --------------------------------------------------------------------------------


def test_examples_of_shipped_rules_notice_mistakes(bundle: Bundle) -> None:
    result = run(bundle, equivalent=read_equivalent())
    assert result.stale == (), "these entries of equivalent.yaml are no survivors"
    assert result.share >= LEAST_SHARE, "no example notices:\n" + "\n".join(result.survivors)


def test_the_text_of_a_mutant_names_one_mutant(bundle: Bundle) -> None:
    texts = Counter(str(mutant) for loaded in bundle.rules for mutant in mutants_of(loaded))
    assert [text for text, count in texts.items() if count > 1] == []


def test_every_equivalent_mutant_has_a_reason() -> None:
    assert [text for text, reason in read_equivalent().items() if not reason] == []


# --- what a run says ----------------------------------------------------------------------------------

SAME = "FMT-063 branch dropped at when"


def test_an_equivalent_mutant_is_not_counted(bundle: Bundle) -> None:
    plain, without = run(bundle, ["FMT-063"]), run(bundle, ["FMT-063"], {SAME: "reason"})
    assert plain.survivors == (SAME,)
    assert without.survivors == ()
    assert without.total == plain.total - 1
    assert without.share == 1


@pytest.mark.parametrize("text", ["FMT-063 operator flipped at require", "FMT-063 nothing at all"])
def test_an_entry_that_is_no_survivor_is_stale(bundle: Bundle, text: str) -> None:
    assert run(bundle, ["FMT-063"], {SAME: "reason", text: "reason"}).stale == (text,)


def test_entries_of_other_rules_are_not_stale(bundle: Bundle) -> None:
    assert run(bundle, ["FMT-063"], {"FMT-064 branch dropped at when": "reason"}).stale == ()


# --- the mutants --------------------------------------------------------------------------------------

CODE = {"field": "frequency_code", "equals": "1"}
AMOUNT = {"field": "total_charge", "present": "true"}


def _made(**parts: Any) -> dict[str, Any]:
    """Return the mutants of a rule by their texts, without its id."""
    rule = {"id": "X", "for_each": "claim", **parts}
    made = {str(mutant).removeprefix("X "): mutant.rule for mutant in mutants(rule)}
    assert all(changed != rule for changed in made.values())
    return made


@pytest.mark.parametrize(("old", "new"), FLIPPED.items())
def test_operators_are_flipped(old: str, new: str) -> None:
    made = _made(require={"field": "frequency_code", old: ["A", "B"]})
    assert made["operator flipped at require"]["require"] == {"field": "frequency_code", new: ["A", "B"]}


def test_each_flip_has_a_way_back() -> None:
    assert {FLIPPED[FLIPPED[name]]: name for name in FLIPPED} == {name: name for name in FLIPPED}


def test_presence_is_flipped() -> None:
    made = _made(require=AMOUNT)
    assert made["operator flipped at require"]["require"] == {**AMOUNT, "present": "false"}


def test_an_operator_without_counterpart_is_negated_and_a_negation_removed() -> None:
    made = _made(require={"not": CODE})
    assert made["operator flipped at require"]["require"] == CODE
    assert made["operator flipped at require.not"]["require"] == {"not": {"not": CODE}}


def test_quantifiers_are_flipped_and_their_choice_dropped() -> None:
    made = _made(require={"some": "lines", "as": "line", "where": AMOUNT})
    assert made["operator flipped at require"]["require"] == {"none": "lines", "as": "line", "where": AMOUNT}
    assert made["where dropped at require"]["require"] == {"some": "lines", "as": "line"}
    assert made["operator flipped at require.where"]["require"]["where"]["present"] == "false"


@pytest.mark.parametrize(("key", "other"), [("all", "any"), ("any", "all")])
def test_joined_conditions_are_flipped_and_lose_each_branch(key: str, other: str) -> None:
    made = _made(require={key: [CODE, AMOUNT]})
    assert made["operator flipped at require"]["require"] == {other: [CODE, AMOUNT]}
    assert made["branch 0 dropped at require"]["require"] == {key: [AMOUNT]}
    assert made["branch 1 dropped at require"]["require"] == {key: [CODE]}
    assert made[f"operator flipped at require.{key}.1"]["require"][key][1]["present"] == "false"


def test_an_only_branch_stays() -> None:
    assert not [text for text in _made(require={"all": [CODE]}) if "dropped" in text]


@pytest.mark.parametrize("key", ["when", "bypass"])
def test_conditions_around_a_rule_are_dropped(key: str) -> None:
    made = _made(require=AMOUNT, **{key: CODE})
    assert made[f"branch dropped at {key}"] == {"id": "X", "for_each": "claim", "require": AMOUNT}


def test_the_choice_of_items_is_dropped_and_changed() -> None:
    made = _made(for_each={"each": "lines", "where": AMOUNT}, require=CODE)
    assert made["branch dropped at for_each.where"]["for_each"] == {"each": "lines"}
    assert made["operator flipped at for_each.where"]["for_each"]["where"]["present"] == "false"


def test_the_choice_of_a_named_value_is_changed() -> None:
    made = _made(let={"some_lines": {"count": "lines", "where": AMOUNT}}, require=CODE)
    assert (
        made["operator flipped at let.some_lines.where"]["let"]["some_lines"]["where"]["present"] == "false"
    )


@pytest.mark.parametrize(
    ("bound", "below", "above"), [("10", "9", "11"), ("0.50", "0.49", "0.51"), ("0", "-1", "1")]
)
def test_bounds_are_moved_by_their_smallest_digit(bound: str, below: str, above: str) -> None:
    made = _made(require={"field": "total_charge", "at_most": bound})
    moved = [rule["require"].get("at_most") for text, rule in made.items() if text.startswith("bound moved")]
    assert moved == [below, above]


def test_bounds_of_lengths_and_ranges_are_moved() -> None:
    lengths = _made(require={"field": "patient_control_number", "length": {"max": "20"}})
    assert lengths["bound moved -1 at require"]["require"]["length"] == {"max": "19"}
    ranges = _made(require={"field": "pointer.value", "between": ["1", {"path": "count"}]})
    assert ranges["bound moved +1 at require"]["require"]["between"] == ["2", {"path": "count"}]


def test_what_another_field_says_is_no_bound() -> None:
    made = _made(require={"field": "total_charge", "at_most": {"path": "line_total"}})
    assert list(made) == ["operator flipped at require"]


def test_effective_dates_are_shifted_by_a_day() -> None:
    made = _made(applies_to={"effective": {"from": "2025-01-01"}}, require=AMOUNT)
    shifted = [made[f"date shifted {by} at applies_to.effective.from"] for by in ("-1", "+1")]
    assert [rule["applies_to"]["effective"]["from"] for rule in shifted] == ["2024-12-31", "2025-01-02"]


def test_a_rule_is_not_changed_by_its_mutants() -> None:
    rule = {"id": "X", "for_each": "claim", "when": {"all": [CODE, AMOUNT]}, "require": {"not": CODE}}
    before = repr(rule)
    for mutant in mutants(rule):
        mutant.rule["require"] = mutant.rule["when"] = None
    assert repr(rule) == before
