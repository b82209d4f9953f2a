"""Checks a rule against what exists: claim paths, sets, sources, formats, payers, base claims.

The schema has said that the rule is well formed; this says that it means something. Every mistake is
noted with its place, and a mistake in one part does not keep the others from being checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from scrubber.packs.check_amend import check_amend
from scrubber.packs.check_background import check_example_background, check_needs, check_reach_of_pairs
from scrubber.packs.check_conditions import check_condition, check_guarded, tested
from scrubber.packs.check_examples import check_examples
from scrubber.packs.check_file_scope import check_file_scope
from scrubber.packs.check_parameters import check_parameters
from scrubber.packs.check_places import check_place
from scrubber.packs.check_scope import check_dated_by, check_let, check_scope
from scrubber.packs.check_tables import check_lookups
from scrubber.packs.check_terms import Report, Vocabulary, alias_of, sentence, with_head
from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.names import MISSING, AdvisedProblem, NameProblem, Names
from scrubber.packs.parse import ParsedRule
from scrubber.packs.rules import Rule
from scrubber.packs.yaml_marks import Document, Place

__all__ = ["Vocabulary", "check_references", "check_rule"]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_references(
    references: Iterable[str], document: Document, vocabulary: Vocabulary
) -> list[Diagnostic]:
    """Return the references that are no source."""
    report = Report(document)
    for i, name in enumerate(references):
        report.known(name, vocabulary.sources, ("references", i), "source", "Add it to sources.yaml")
    return report.problems


def check_rule(parsed: ParsedRule, vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return what is wrong with a rule that its schema could not see."""
    rule, broken, report = parsed.rule, parsed.broken, Report(parsed.document)
    if "references" not in broken:
        report.problems += check_references(rule.references, report.document, vocabulary)
    if "applies_to" not in broken:
        for i, payer in enumerate(rule.applies_to.payers):
            remedy = "Add it as payers/<payer>/payer.yaml"
            report.known(payer, vocabulary.payers, ("applies_to", "payers", i), "payer", remedy)
    if "examples" not in broken:
        check_examples(rule, report, vocabulary, amend_is_known="amend" not in broken)
        for group, examples in rule.examples:
            for i, example in enumerate(examples):
                check_example_background(example, ("examples", group.rstrip("_"), i), report)
    if "parameters" not in broken:
        check_parameters(rule.parameters, report)
    if not broken & {"for_each", "lookup", "let", "parameters"}:  # else nobody knows what a name means
        names = check_scope(rule, report, vocabulary)
        if names is not None:
            if "dated_by" not in broken:
                check_dated_by(rule, names, report)
            if "needs" not in broken:
                check_needs(rule, names, report)
            if not broken & {"require", "message", "at", "when", "bypass", "amend"}:
                check_file_scope(rule, names, report)
            names = check_lookups(rule, names, report, vocabulary)
            names = check_let(rule.let, names, report, vocabulary)
            check_reach_of_pairs(rule, names, report)
            _check_named(rule, broken, names, report, vocabulary)
    return report.problems


def _check_named(
    rule: Rule, broken: frozenset[str], names: Names, report: Report, vocabulary: Vocabulary
) -> None:
    """Check the parts of a rule that use its names."""
    for key, condition in (("when", rule.when), ("require", rule.require), ("bypass", rule.bypass)):
        if condition is not None and key not in broken:
            check_condition(condition, (key,), names, report, vocabulary)
    if not broken & {"when", "require"}:
        guards = tested(rule.when, names)
        if rule.for_each.groups is None:  # else `where` has other names
            guards |= tested(rule.for_each.where, names)
        check_guarded(rule.require, ("require",), names, guards, report)
    if "at" not in broken:
        for i, spec in enumerate(rule.at):
            check_place(spec, ("at", i), names, report)
    if "message" not in broken:
        told = names
        if "require" not in broken:
            with suppress(NameProblem):  # noted where it stands
                told = names.for_message(rule.require)
        _check_message(rule.message, told, report)
    if rule.amend is not None and "amend" not in broken:
        check_amend(rule.amend, names, report, vocabulary)


def _check_message(text: str, names: Names, report: Report) -> None:
    place: Place = ("message",)
    marks = report.document.marks
    seen: dict[str, int] = {}
    for name in _PLACEHOLDER.findall(text):
        nth = seen.get(name, 0)
        seen[name] = nth + 1
        mark = marks.inside(place, "{" + name + "}", nth)
        try:
            term = names.parameter(name) if name in names.parameters else names.term(name)
        except NameProblem as problem:
            what = sentence(problem)
            near = with_head(problem.suggestion, alias_of(name, names))
            told = near or isinstance(problem, AdvisedProblem)
            remedy = "" if told else "Name a path, an item of `for_each` or a value of `let`"
            if name.partition(".")[0] == MISSING and MISSING not in {*names.aliases, *names.rows}:
                remedy = f"`{MISSING}` is what `every` in `require` finds wanting; here is none"
            message = f"The message names `{{{name}}}`: {what[:1].lower()}{what[1:]}"
            report.add(mark, message, remedy, "{" + near + "}" if near else None)
            continue
        if term.kind == "object":
            message = f"The message names `{{{name}}}`: it is a part of the claim, not a value"
            report.add(mark, message, "Name one of its values")
    rest = _PLACEHOLDER.sub(lambda found: " " * len(found[0]), text)
    for brace in "{}":
        if brace in rest:
            mark = marks.inside(place, brace, text[: rest.index(brace)].count(brace))
            report.add(mark, f"A `{brace}` without its partner", "Write each placeholder as {path}")
