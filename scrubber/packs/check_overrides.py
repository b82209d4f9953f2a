"""Checks local decisions: that the rules, payers and places they name exist."""

from __future__ import annotations

from collections.abc import Collection

from scrubber.guides.violations import Kind
from scrubber.packs.check_terms import Report, Vocabulary, sentence
from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.names import NameProblem, Names
from scrubber.packs.overrides import Override, OverrideFile, Suppression
from scrubber.packs.yaml_marks import Document, Place

#: What the check of implementation guides calls its findings: they may be decided about as rules are.
_OF_GUIDES = frozenset(kind.id for kind in Kind)


def check_overrides(
    file: OverrideFile,
    document: Document,
    rule_ids: Collection[str],
    vocabulary: Vocabulary,
    of_files: Collection[str] = (),
) -> list[Diagnostic]:
    """Return what is wrong with an overrides.yaml that its schema could not see.

    `of_files` are the rules over all claims of a file.
    """
    report = Report(document)
    entries: list[tuple[Place, Override | Suppression]] = [
        *((("overrides", i), entry) for i, entry in enumerate(file.overrides)),
        *((("suppressions", i), entry) for i, entry in enumerate(file.suppressions)),
    ]
    for place, entry in entries:
        report.known(entry.rule, {*rule_ids, *_OF_GUIDES}, (*place, "rule"), "rule")
        if entry.rule in of_files:
            message = f"`{entry.rule}` is about files, and what is decided here is about findings on claims"
            report.add((*place, "rule"), message, "Remove it; the severity of such a rule is its own")
        for n, payer in enumerate(entry.payers):
            report.known(payer, vocabulary.payers, (*place, "payers", n), "payer")
    for i, suppression in enumerate(file.suppressions):
        if suppression.at is not None:
            try:
                Names({}, {}, background=False).term(suppression.at)
            except NameProblem as problem:
                report.add(("suppressions", i, "at"), sentence(problem), suggestion=problem.suggestion)
    return report.problems
