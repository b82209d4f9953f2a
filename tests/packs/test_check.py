"""A rule that is well formed must also mean something: names, kinds, operands, proofs."""

from __future__ import annotations

import pytest

from tests.packs.helpers import REQUIRE, mistakes

#: Makes the rule one for professional claims, one line longer.
PROFESSIONAL = ("for_each: lines\n", "applies_to: {claim_types: [professional]}\nfor_each: lines\n")


def require(condition: str) -> tuple[str, str]:
    return REQUIRE, f"require: {condition}"


@pytest.mark.parametrize(
    "condition",
    [
        "{field: line.modifiers, contains_any: ['25', '59']}",
        "{field: line.modifiers, count_at_least: 1}",
        "{field: line.procedure.code, in_set: visits}",
        "{field: line.service_date, present: true}",
        "{field: line.units, equals: {path: line.charge}}",
        "{field: line.charge, between: ['0', {path: total_charge}]}",
        "{field: line.service_date.from, within: {days: 3, after: receipt_date}}",
        "{field: line.reported.rendering_provider.npi, present: true}",
        "{field: is_encounter, equals: true}",
        "{every: line.modifiers, as: m, satisfies: {field: m.value, matches: '[A-Z0-9]{2}'}}",
        "{none: lines, as: other, where: {all: [{field: other.number, equals: {path: line.number}}]}}",
        "{field: line.procedure.code, not_in: {path: lines.procedure.code}}",
        "{field: line.procedure.code, in: ['99213', {path: patient_control_number}]}",
        "{field: line.modifiers, contains_none: {path: diagnoses.code}}",
    ],
)
def test_these_conditions_mean_something(condition: str) -> None:
    assert mistakes(require(condition)) == []


@pytest.mark.parametrize(
    "when",
    [
        "{field: accident_date, present: true}",
        "{field: accident_date, after: '2020-01-01'}",
        "{not: {field: accident_date, present: false}}",
        "{all: [{field: line.units, at_least: 1}, {field: accident_date, present: true}]}",
        "{any: [{field: accident_date, present: true}, {field: accident_date, equals: '2026-01-31'}]}",
        "{field: line.service_date.from, equals: {path: accident_date}}",
    ],
)
def test_a_comparison_of_what_may_be_absent_is_fine_when_tested(when: str) -> None:
    condition = "{field: accident_date, on_or_before: {path: line.service_date.from}}"
    assert mistakes(PROFESSIONAL, (REQUIRE, f"when: {when}\nrequire: {condition}")) == []


@pytest.mark.parametrize(
    "when",
    [
        "{field: accident_date, present: false}",
        "{field: onset_date, present: true}",
        "{not: {field: accident_date, present: true}}",
        "{field: accident_date, not_in: ['2026-01-31']}",
        "{any: [{field: accident_date, present: true}, {field: line.units, present: true}]}",
        "{some: lines, as: l, where: {field: accident_date, present: true}}",
    ],
)
def test_a_test_that_does_not_prove_presence_is_no_guard(when: str) -> None:
    condition = "{field: accident_date, on_or_before: {path: line.service_date.from}}"
    (found,) = mistakes(PROFESSIONAL, (REQUIRE, f"when: {when}\nrequire: {condition}"))
    assert found.startswith("11:18: `accident_date` may be absent, and `on_or_before` fails what is absent.")


def test_both_sides_of_a_comparison_may_be_absent() -> None:
    condition = "{field: line.service_date.from, on_or_after: {path: accident_date}}"
    (found,) = mistakes(PROFESSIONAL, require(condition))
    assert found.startswith("10:62: `accident_date` may be absent")


def test_inside_a_quantifier_its_own_where_is_a_guard() -> None:
    comparison = "{field: l.adjudications, present: true}"
    assert mistakes(require(f"{{every: lines, as: l, where: {comparison}, satisfies: {comparison}}}")) == []
    paid = "{field: p.paid_amount, at_least: 0}"
    unguarded = f"{{every: other_payers, as: p, satisfies: {paid}}}"
    guarded = (
        f"{{every: other_payers, as: p, where: {{field: p.paid_amount, present: true}}, satisfies: {paid}}}"
    )
    assert mistakes(require(guarded)) == []
    assert len(mistakes(require(unguarded))) == 1


@pytest.mark.parametrize(
    ("let", "may_be_absent"),
    [
        ("{min: lines, of: charge}", True),
        ("{max: other_payers, of: paid_amount}", True),
        ("{subtract: [total_charge, patient_paid_amount]}", True),
        ("{multiply: [line.units, patient_paid_amount]}", True),
        ("{subtract: [total_charge, line.charge]}", False),
        ("{add: [total_charge, patient_paid_amount]}", False),
        ("{sum: other_payers, of: paid_amount}", False),
        ("{count: other_payers}", False),
    ],
)
def test_a_named_value_of_nothing_is_absent_too(let: str, may_be_absent: bool) -> None:
    rule = f"let: {{n: {let}}}\nrequire: {{field: n, at_least: 0}}"
    found = mistakes(PROFESSIONAL, (REQUIRE, rule))
    assert len(found) == may_be_absent
    if may_be_absent:
        assert found[0].startswith("11:18: `n` may be absent, and `at_least` fails what is absent.")
        guarded = rule.replace("\nrequire", "\nwhen: {field: n, present: true}\nrequire")
        assert mistakes(PROFESSIONAL, (REQUIRE, guarded)) == []


def test_a_difference_with_an_absent_named_value_is_absent() -> None:
    let = "{most: {max: other_payers, of: paid_amount}, rest: {subtract: [total_charge, most]}}"
    (found,) = mistakes((REQUIRE, f"let: {let}\nrequire: {{field: rest, at_least: 0}}"))
    assert found.startswith("10:18: `rest` may be absent")


def test_what_falls_back_to_a_required_value_is_never_absent() -> None:
    through = "{field: line.service_date.through, on_or_after: {path: line.service_date.from}}"
    assert mistakes(require(through)) == []
    reported = "{field: line.reported.service_date.through, on_or_after: {path: line.service_date.from}}"
    assert len(mistakes(require(reported))) == 1


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "{field: line.modifiers, in: ['25']}",
            "9:34: `line.modifiers` is a list; `in` looks at one value. Did you mean 'contains_any'?",
        ),
        (
            "{field: line.modifiers, matches: x}",
            "9:34: `line.modifiers` is a list; `matches` looks at one value. Look at its items with",
        ),
        (
            "{field: line.procedure.code, any_in_set: visits}",
            "9:39: `line.procedure.code` is one value; `any_in_set` looks at a list. Did you mean 'in_set'?",
        ),
        (
            "{field: line.charge, starts_with: '1'}",
            "9:31: `line.charge` is an amount; `starts_with` is for texts and codes.",
        ),
        (
            "{field: line.charge, equals: {path: line.modifiers}}",
            "9:46: `line.charge` is an amount and `line.modifiers` a code: they cannot be compared.",
        ),
        (
            "{field: line.procedure.code, equals: {path: line.modifiers}}",
            "9:54: `line.modifiers` is a list; `equals` compares with one value.",
        ),
        (
            "{field: line.procedure.code, not_in: {path: patient_control_number}}",
            "9:54: `patient_control_number` is one value; `not_in` looks in a list. "
            "Compare with `not` and `equals`.",
        ),
        (
            "{field: line.modifiers, contains_any: {path: line.procedure.code}}",
            "9:55: `line.procedure.code` is one value; `contains_any` looks in a list. "
            "Compare with `contains`.",
        ),
        (
            "{field: line.modifiers, contains: {path: lines.modifiers}}",
            "9:51: `lines.modifiers` is a list; `contains` compares with one value.",
        ),
        (
            "{field: is_encounter, equals: yes}",
            "9:40: `yes` is not true or false, and `is_encounter` is. Write true or false.",
        ),
        (
            "{field: line.charge, between: [1, many]}",
            "9:44: `many` is not an amount, and `line.charge` is. Write a plain number, such as 245.00.",
        ),
        (
            "{field: line.service_date.from, within: {days: 3, after: line.units}}",
            "9:67: `line.service_date.from` is a date and `line.units` a quantity: they cannot be compared.",
        ),
        ("{field: linne.units, equals: {path: line.unitz}}", "9:18: There is no path or name `linne.units`."),
    ],
)
def test_these_conditions_do_not_fit(condition: str, message: str) -> None:
    assert mistakes(require(condition))[0].startswith(message)


def test_a_wrong_field_does_not_hide_a_wrong_operand() -> None:
    assert len(mistakes(require("{field: line.unitz, equals: {path: line.chrge}}"))) == 2


def test_a_misspelt_scope_is_one_mistake() -> None:
    (found,) = mistakes(
        ("for_each: lines", "for_each: {each: liness, where: {field: line.units, present: true}}")
    )
    assert found == "8:18: There is no path or name `liness`. Did you mean 'lines'?"


def test_pairs_compare_parts_that_exist() -> None:
    pairs = "{pairs: lines, as: [a, b], same: [service_date.form]}"
    (found,) = mistakes(
        ("for_each: lines", f"for_each: {pairs}"),
        require("{field: a.units, present: true}"),
        ("at: [line.units]", "at: [a.units]"),
        ("{line.number}", "{a.number}"),
    )
    assert found == "8:45: `lines.service_date` has no part `form`. Did you mean 'service_date.from'?"


def test_a_sweep_points_at_places_and_speaks_of_values() -> None:
    sweep = (
        ("for_each: lines", "for_each: every.npi"),
        require("{field: npi.raw, format: npi}"),
        ("{line.number}", "{npi.raw}"),
    )
    assert mistakes(*sweep, ("at: [line.units]", "at: [npi.path]")) == []
    (found,) = mistakes(*sweep, ("at: [line.units]", "at: [npi.raw]"))
    assert found == "10:6: `npi.raw` is a value, not a place. Did you mean 'npi.path'?"


def test_a_named_value_may_not_hide_a_part_of_the_claim() -> None:
    found = mistakes((REQUIRE, f"let: {{total_charge: {{count: lines}}}}\n{REQUIRE}"))
    assert found == [
        "9:7: `total_charge` is already the name of a part of the claim. Give the value another name."
    ]


@pytest.mark.parametrize(
    ("let", "message"),
    [
        (
            "{add: [line.charge, line.procedure.code]}",
            "9:30: `line.procedure.code` is a code; `add` calculates with numbers.",
        ),
        (
            "{add: [line.chrge, line.charge]}",
            "9:17: `lines` has no part `chrge`. Did you mean 'line.charge'?",
        ),
        ("{max: lines, of: modifiers}", "9:27: `modifiers` is a code; `max` compares numbers and dates."),
        ("{count: linez}", "9:18: There is no path or name `linez`. Did you mean 'lines'?"),
        (
            "{sum: lines, as: x, of: charge, where: {field: x.chrge, at_least: 1}}",
            "9:57: `lines` has no part `chrge`. Did you mean 'x.charge'?",
        ),
    ],
)
def test_named_values_are_checked_where_they_are_made(let: str, message: str) -> None:
    use = "require: {field: n, at_least: 1}"
    assert mistakes((REQUIRE, f"let: {{n: {let}}}\n{use}")) == [message]


AFTER = ('expect: [{at: "lines[0].units"}]}', 'expect: [{at: "lines[0].units"}], after: {total_charge: "1"}}')


def amend(text: str) -> tuple[str, str]:
    return "examples:", f"amend: {{title: Mend it, {text}}}\nexamples:"


@pytest.mark.parametrize(
    "change",
    [
        "{set: line.procedure.code, to: line.procedure.code}",
        "{set: line.units, to: line.units}",
        "{set: total_charge, to: total_charge}",
        "{set: patient.date_of_birth, to: patient.date_of_birth}",
        "{set: subscriber.member_id, to: {text: digits_only, of: subscriber.member_id}}",
        "{set: patient.last_name, to: patient.last_name}",
        "{set: billing_provider.npi, to: {text: digits_only, of: billing_provider.npi}}",
    ],
)
def test_safe_never_changes_a_code_unit_charge_date_or_identity(change: str) -> None:
    (found,) = mistakes(amend(f"applicability: safe, change: [{change}]"), AFTER)
    assert found.startswith("14:61: `safe` may not change `")
    assert mistakes(amend(f"applicability: confirm, change: [{change}]"), AFTER) == []


def test_safe_may_clean_what_is_not_billed() -> None:
    phone = "{set: billing_provider.phone, to: {text: digits_only, of: billing_provider.phone}}"
    assert mistakes(amend(f"applicability: safe, change: [{phone}]"), AFTER) == []
    (found,) = mistakes(amend("applicability: safe, build: {name: reorder}"), AFTER)
    assert found.startswith("14:40: `safe` takes only `change`")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "{set: total_charge, to: line.service_date.from}",
            "`total_charge` is an amount and `line.service_date.from` a date. Set it to",
        ),
        ("{set: line.modifiers, to: line.units}", "`line.modifiers` stands for several values."),
        ("{set: lines.charge, to: line.charge}", "`lines.charge` stands for several values."),
        (
            "{set: line.service_date, to: line.units}",
            "`line.service_date` is a part of the claim, not a value.",
        ),
        ("{set: payer.key, to: payer.name}", "`payer.key` is worked out from the claim and cannot be set."),
    ],
)
def test_a_change_sets_one_reported_value_to_its_like(change: str, message: str) -> None:
    (found,) = mistakes(amend(f"applicability: confirm, change: [{change}]"), AFTER)
    assert found.split(": ", 1)[1].startswith(message)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("lines[x].units", "`[x]` is not an index; the first is [0], all are [*]."),
        ("total_charge[0]", "`total_charge` is not a list and takes no index. Did you mean 'total_charge'?"),
        ("lines[0].modifier", "`lines` has no part `modifier`. Did you mean 'lines[0].modifiers'?"),
        (
            "lines[0].reported.rendering_provider.nip",
            "`lines.rendering_provider` has no part `nip`. "
            "Did you mean 'lines[0].reported.rendering_provider.npi'?",
        ),
        (
            "service_period.from",
            "`service_period.from` is worked out from the claim and cannot be set. "
            "Set the values that it comes from.",
        ),
        ("$.lines", "`$.lines` is not a path."),
    ],
)
def test_examples_name_concrete_paths(path: str, message: str) -> None:
    change = ("units given, base: clean", f'units given, base: clean, set: {{"{path}": "1"}}')
    (found,) = mistakes(change)
    assert found == f"16:46: {message}"


@pytest.mark.parametrize(
    "more",
    [
        'set: {"lines[*].service_date.from": "2026-08-18", "lines[0].diagnosis_pointers": [1, 2]}',
        'set: {"lines[0].reported.rendering_provider": {last_name: A, npi: "1"}}',
        'set: {billing_provider.address.lines: ["12 Main St"]}',
        "remove: [diagnoses]",
        'add: {lines: [{copy: "lines[0]", modifiers: [LT], procedure.code: T1, procedure: {code: T1}}]}',
        'receipt_date: "2026-09-01"',
    ],
)
def test_examples_may_say_these(more: str) -> None:
    assert mistakes(("units given, base: clean", f"units given, base: clean, {more}")) == []
