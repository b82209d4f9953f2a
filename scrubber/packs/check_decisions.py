"""Checks a decision against what exists: rules, sources, and the claim paths of its traits."""

from __future__ import annotations

from collections.abc import Collection

from scrubber.packs.check_conditions import check_condition
from scrubber.packs.check_examples import resolve
from scrubber.packs.check_terms import Report, Vocabulary, sentence
from scrubber.packs.decisions import DecisionRule, Pattern
from scrubber.packs.diagnostics import Diagnostic, closest
from scrubber.packs.names import NameProblem, Names
from scrubber.packs.yaml_marks import Document, Place


def check_decision(
    decision: DecisionRule, document: Document, rule_ids: Collection[str], vocabulary: Vocabulary
) -> list[Diagnostic]:
    """Return what is wrong with a decision that its schema could not see.

    A decision may speak of rules that are not loaded only as a family (`MUE-*`): a pack may lack a
    family, but a single id that is no rule is a mistake.
    """
    report = Report(document)
    for i, name in enumerate(decision.references):
        report.known(name, vocabulary.sources, ("references", i), "source", "Add it to sources.yaml")
    for alias, pattern in decision.given.items():
        _check_pattern(pattern, ("given", alias), report, rule_ids, vocabulary)
    for i, pattern in enumerate(decision.unless):
        _check_pattern(pattern, ("unless", i), report, rule_ids, vocabulary)
    for group in ("fires", "silent"):
        for i, example in enumerate(getattr(decision.examples, group)):
            place: Place = ("examples", group, i)
            for n, finding in enumerate(example.findings):
                _check_rule_id(finding.rule, (*place, "findings", n, "rule"), report, rule_ids)
            for path in example.claim:
                _check_path(path, (*place, "claim", path), report)
    return report.problems


def _check_pattern(
    pattern: Pattern, place: Place, report: Report, rule_ids: Collection[str], vocabulary: Vocabulary
) -> None:
    for i, name in enumerate(pattern.finding or ()):
        where = (*place, "finding", i)
        if where not in report.document.marks.values:  # written as one id, not as a list
            where = (*place, "finding")
        _check_rule_id(name, where, report, rule_ids)
    if pattern.claim is not None:
        check_condition(pattern.claim, (*place, "claim"), Names({}, {}, background=False), report, vocabulary)


def _check_rule_id(name: str, place: Place, report: Report, rule_ids: Collection[str]) -> None:
    if not name.endswith("-*") and name not in rule_ids:
        report.add(place, f"There is no rule {name}", suggestion=closest(name, rule_ids))


def _check_path(path: str, place: Place, report: Report) -> None:
    try:
        found = resolve(path)
    except NameProblem as problem:
        report.add_at_key(place, sentence(problem), suggestion=problem.suggestion)
        return
    if found.info.background:
        report.add_at_key(place, f"`{path}` is no part of the claim", "Remove it")
