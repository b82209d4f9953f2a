"""Checks parameters: that a rule's defaults fit their type, and that payers set what a rule declares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from scrubber.packs.check_terms import Report, Vocabulary
from scrubber.packs.diagnostics import Diagnostic, closest, listing
from scrubber.packs.parameters import ParameterEntry, ParameterFile, ParameterValue, defaults_of, read
from scrubber.packs.rules import ClaimType, Parameter, Rule
from scrubber.packs.shapes import Program
from scrubber.packs.yaml_marks import Document, Place

#: What defaults may be told apart by.
_KEYS = (*get_args(ClaimType), *get_args(Program), "else")


def check_parameters(parameters: Mapping[str, Parameter], report: Report) -> None:
    """Note defaults that do not fit their parameter's type."""
    for name, spec in parameters.items():
        if "default" not in spec.model_fields_set:
            continue
        place: Place = ("parameters", name, "default")
        several = isinstance(spec.default, dict) and "else" not in defaults_of(spec)
        for key, value in defaults_of(spec).items():
            at = (*place, key) if isinstance(spec.default, dict) and spec.default.get(key) is value else place
            if key not in _KEYS:
                message = f"`{key}` is neither a claim type nor a programme"
                report.add_at_key(at, message, "Give `else` for all others", closest(key, _KEYS))
            _check_value(spec, name, value, at, report)
        if several and not set(get_args(ClaimType)) <= defaults_of(spec).keys():
            message = f"`{name}` has no default for all other claims"
            report.add(place, message, "Add `else: ...`")


def check_example_parameters(
    values: Mapping[str, object], parameters: Mapping[str, Parameter], place: Place, report: Report
) -> None:
    """Note values of an example that its rule does not declare, or that do not fit."""
    for name, value in values.items():
        if report.known(name, parameters, (*place, name), "parameter of this rule"):
            _check_value(parameters[name], name, value, (*place, name), report)


def check_values(
    file: ParameterFile,
    payer: str,
    rules: Mapping[str, Rule],
    unreadable: Collection[str],
    document: Document,
    vocabulary: Vocabulary,
) -> tuple[list[ParameterValue], list[Diagnostic]]:
    """Return the values of a payer that fit, and what is wrong with the others."""
    report, values = Report(document), []
    ranks: set[tuple[object, ...]] = set()
    for i, entry in enumerate(file.values):
        place: Place = ("values", i)
        for n, source in enumerate(entry.references):
            report.known(
                source, vocabulary.sources, (*place, "references", n), "source", "Add it to sources.yaml"
            )
        rule_id, _, name = entry.parameter.partition(".")
        if rule_id in unreadable or not report.known(rule_id, rules, (*place, "parameter"), "rule"):
            continue
        declared = rules[rule_id].parameters
        if name not in declared:
            message = f"{rule_id} has no parameter `{name}`"
            told = f"It has {listing(sorted(declared))}" if declared else "It declares none"
            report.add((*place, "parameter"), message, told, closest(name, declared))
            continue
        rank = (rules[rule_id].id, name, _for_whom(entry), entry.effective.from_)
        if rank in ranks:
            message = f"`{entry.parameter}` is set twice for the same claims from the same day"
            report.add((*place, "parameter"), message, "Keep one, or give them different dates")
        ranks.add(rank)
        if declared[name].type == "table":
            _check_table(declared[name], str(entry.value), (*place, "value"), report, vocabulary)
        if _check_value(declared[name], name, entry.value, (*place, "value"), report):
            value = read(declared[name], entry.value)
            values.append(ParameterValue(payer, rules[rule_id].id, name, value, entry))
    return values, report.problems


def _for_whom(entry: ParameterEntry) -> tuple[tuple[str, ...], ...]:
    """Return the kinds of condition that an entry has: two of one kind and rank may fit the same claim."""
    if entry.when is None:
        return ()
    return tuple((name, *sorted(getattr(entry.when, name))) for name in type(entry.when).model_fields)


def _check_table(spec: Parameter, name: str, place: Place, report: Report, vocabulary: Vocabulary) -> None:
    """Note a table that is not there, or is unlike the default, whose keys and columns the rule names."""
    if not report.known(name, vocabulary.tables, place, "table"):
        return
    usual = vocabulary.tables.get(str(spec.default))
    found = vocabulary.tables[name]
    if usual is not None and (usual.keys, usual.columns) != (found.keys, found.columns):
        report.add(
            place, f"`{name}` has other keys or columns than `{usual.table}`", "Name a table of its kind"
        )


def _check_value(spec: Parameter, name: str, value: object, place: Place, report: Report) -> bool:
    try:
        read(spec, value)
    except ValueError as error:
        shown = f"`{value}`" if isinstance(value, str) else "This"
        report.add(place, f"{shown} is no value of `{name}`: that is {error}")
        return False
    return True
