"""Checks rules over all claims of a file: of a group only its size and what its claims share is known.

The claims themselves have been sent on when the file ends, so nothing else of them can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from scrubber.packs.check_terms import TEXTS, Report
from scrubber.packs.diagnostics import listing
from scrubber.packs.names import FILE_CLAIMS, GROUP, PLACEHOLDER, NameProblem, Names
from scrubber.packs.rules import Rule
from scrubber.packs.yaml_marks import Place

#: Limits that a group which grows can only break, never keep again.
_LIMITS = ("at_most", "less_than")
_CHOOSE = "Choose the claims with `where` in `for_each`"


def check_file_scope(rule: Rule, names: Names, report: Report) -> None:
    """Note what a rule asks of a file that nobody can answer."""
    if rule.for_each.groups != FILE_CLAIMS:
        return
    for place, message, remedy in _mistakes(rule):
        if len(place) == 1 and place[0] in ("when", "bypass", "lookup", "needs"):
            report.add_at_key(place, message, remedy)
        else:
            report.add(place, message, remedy)
    for i, path in enumerate(rule.for_each.by):
        try:
            kind = names.term(f"{GROUP}.{path}").kind
        except NameProblem:
            continue  # told where it stands
        if kind not in TEXTS:
            message = f"`{path}` may be unreadable, and a claim must be in one group for certain"
            report.add(("for_each", "by", i), message, "Group the claims of a file by codes and texts")


def _mistakes(rule: Rule) -> Iterator[tuple[Place, str, str]]:
    for key in ("when", "bypass", "lookup", "needs"):
        if getattr(rule, key):
            message = f"`{key}` is not for `{FILE_CLAIMS}`: the claims are gone when the file ends"
            yield (key,), message, _CHOOSE if key == "when" else "Remove it"
    for name, let in rule.let.items():
        if let.count != f"{GROUP}.items":
            yield (
                ("let", name),
                "Of the claims of a file only their number is known",
                f"Write count: {GROUP}.items",
            )
        elif let.where is not None:
            yield ("let", name, "where"), "The claims of a file are counted without a look at them", _CHOOSE
    asked = rule.require
    limit = asked.field in rule.let and asked.operator in _LIMITS and isinstance(asked.operand, str)
    if asked.field is None or not limit:
        message = f"A rule for `{FILE_CLAIMS}` limits how many claims a group has"
        yield ("require",), message, "Write {field: times, at_most: 1}, where `times` counts `group.items`"
    for i, spec in enumerate(rule.at):
        text = spec if isinstance(spec, str) else spec.item
        if not text.startswith(f"{GROUP}.last.") or text is not spec:
            path = text.removeprefix(f"{GROUP}.first.").removeprefix(f"{GROUP}.")
            yield ("at", i), "A finding on a file points at the last claim", f"Write {GROUP}.last.{path}"
    known = {*rule.let, *(f"{GROUP}.{path}" for path in rule.for_each.by)}
    for name in PLACEHOLDER.findall(rule.message):
        if name not in known:
            message = f"The message names `{{{name}}}`, which nobody knows when the file ends"
            yield (
                ("message",),
                message,
                f"It may name {listing([f'{{{each}}}' for each in sorted(known)], 'and')}",
            )
    if rule.amend is not None and rule.amend.has_patch:
        yield ("amend",), "A finding on a file is amended by a person", "Write `applicability: advise`"
