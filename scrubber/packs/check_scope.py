"""Checks what a rule looks at (`for_each`) and the values it names (`let`), and says what its names mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from scrubber.claim.paths import ITEM_ALIASES, PATHS
from scrubber.packs.check_conditions import check_condition
from scrubber.packs.check_terms import DATES, KIND_NAMES, NUMERIC, UNCERTAIN, Report, Vocabulary, sentence
from scrubber.packs.diagnostics import closest
from scrubber.packs.names import LackingProblem, NameProblem, Names
from scrubber.packs.rules import Let, Scope
from scrubber.packs.yaml_marks import Place


def check_scope(
    scope: Scope, claim_types: Collection[str], report: Report, vocabulary: Vocabulary
) -> Names | None:
    """Return the names a scope brings, after noting its mistakes; None when they cannot be known."""
    names = _names_of(scope, claim_types, report)
    if names is None:
        return None
    if scope.where is not None:
        check_condition(scope.where, ("for_each", "where"), names, report, vocabulary)
    for i, text in enumerate(scope.same):
        alias = next(iter(names.aliases))
        try:
            names.term(f"{alias}.{text}")
        except NameProblem as problem:
            near = problem.suggestion and problem.suggestion.removeprefix(f"{alias}.")
            report.add(("for_each", "same", i), sentence(problem), suggestion=near)
    return names


def _names_of(scope: Scope, claim_types: Collection[str], report: Report) -> Names | None:
    """Return the names of a scope; after a misspelt collection, those of the one that was meant."""
    try:
        return Names.for_scope(scope, claim_types)
    except NameProblem as problem:
        key = "pairs" if scope.pairs is not None else "each"
        place: Place = ("for_each", key)
        if place not in report.document.marks.values:  # written in short, `for_each: lines`
            place = ("for_each",)
        if isinstance(problem, LackingProblem):
            report.add(place, sentence(problem))
            return Names.for_scope(scope)  # its parts are no mistakes of their own
        known = ["claim", *(pattern.replace("[]", "") for pattern in ITEM_ALIASES)]
        near = problem.suggestion or closest(scope.pairs or scope.each or "", known)
        report.add(place, sentence(problem), suggestion=near)
        try:
            return Names.for_scope(scope.model_copy(update={key: near}), claim_types) if near else None
        except NameProblem:
            return None


def check_let(let: dict[str, Let], names: Names, report: Report, vocabulary: Vocabulary) -> Names:
    """Return `names` plus the named values, after noting their mistakes."""
    for name, spec in let.items():
        place: Place = ("let", name)
        if name in names.aliases or name in PATHS or f"{name}[]" in PATHS:
            message = f"`{name}` is already the name of a part of the claim"
            report.add_at_key(place, message, "Give the value another name")
        before = len(report.problems)
        if spec.operation in ("add", "subtract", "multiply"):
            _check_calculation(spec, place, names, report)
        else:
            _check_collection(spec, place, names, report, vocabulary)
        if len(report.problems) == before:
            if _may_be_absent(spec, names, report):
                report.optional_lets.add(name)
            names = names.with_let(name, spec)
        else:  # known from here on; its uses are no mistakes of their own
            names = replace(names, lets={**names.lets, name: UNCERTAIN})
    return names


def _may_be_absent(spec: Let, names: Names, report: Report) -> bool:
    """Return whether a named value may be absent: the largest of nothing, a difference with what is absent.

    A sum or a count of nothing is zero, and `add` skips what is absent.
    """
    if spec.operation in ("subtract", "multiply"):
        return any(report.may_lack(names.term(text), names) for text in getattr(spec, spec.operation))
    return spec.operation in ("min", "max")


def _check_calculation(spec: Let, place: Place, names: Names, report: Report) -> None:
    operation = spec.operation
    for i, text in enumerate(getattr(spec, operation)):
        term = report.term(names, text, (*place, operation, i))
        if term is not None and term.kind not in NUMERIC | {UNCERTAIN}:
            message = f"`{text}` is {KIND_NAMES[term.kind]}; `{operation}` calculates with numbers"
            report.add((*place, operation, i), message)
        elif term is not None and term.many:
            message = f"`{text}` is a list; `{operation}` calculates with one value each"
            report.add((*place, operation, i), message, "Add a list up with `sum` first")


def _check_collection(spec: Let, place: Place, names: Names, report: Report, vocabulary: Vocabulary) -> None:
    operation = spec.operation
    collection: str = getattr(spec, operation)
    if operation == "distinct" and spec.of is None:
        report.term(names, collection, (*place, operation))
        return
    try:
        inner = names.with_item(collection, spec.as_)
    except NameProblem as problem:
        report.name(problem, (*place, operation))
        return
    if spec.where is not None:
        check_condition(spec.where, (*place, "where"), inner, report, vocabulary)
    if spec.of is None:
        return
    try:
        term = names.member(collection, spec.of, spec.as_)
    except NameProblem as problem:
        report.name(problem, (*place, "of"))
        return
    allowed = {"sum": NUMERIC, "min": NUMERIC | DATES, "max": NUMERIC | DATES}.get(operation)
    if allowed is not None and term.kind not in allowed:
        what = "adds up numbers" if operation == "sum" else "compares numbers and dates"
        report.add((*place, "of"), f"`{spec.of}` is {KIND_NAMES[term.kind]}; `{operation}` {what}")
