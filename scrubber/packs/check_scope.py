"""Checks what a rule looks at (`for_each`) and the values it names (`let`), and says what its names mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from scrubber.claim.paths import ITEM_ALIASES, VOCABULARY
from scrubber.packs.check_background import check_reach
from scrubber.packs.check_conditions import check_condition
from scrubber.packs.check_functions import check_argument_kind, check_function
from scrubber.packs.check_terms import (
    DATES,
    KIND_NAMES,
    NUMERIC,
    Report,
    Vocabulary,
    comparable,
    literal_problem,
    sentence,
)
from scrubber.packs.conditions import Param
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.names import (
    UNCERTAIN,
    LackingProblem,
    NameProblem,
    Names,
    ScopeProblem,
    member_path,
)
from scrubber.packs.rules import CALCULATING, COLLECTING, SCOPE_KINDS, Let, Rule, Scope
from scrubber.packs.yaml_marks import Place


def check_scope(rule: Rule, report: Report, vocabulary: Vocabulary) -> Names | None:
    """Return the names a rule's scope brings, after noting its mistakes; None when they cannot be known."""
    scope, claim_types = rule.for_each, rule.applies_to.claim_types
    names = _names_of(scope, claim_types, report)
    if names is None:
        return None
    names = replace(names, parameters=rule.parameters)
    members = names
    if scope.groups is not None:
        members = replace(names, aliases=Names.for_members(scope).aliases)
        _check_by(scope, members, report)
    if scope.where is not None:
        check_condition(scope.where, ("for_each", "where"), members, report, vocabulary)
    for i, text in enumerate(scope.same):
        for alias in names.aliases if isinstance(scope.pairs, list) else list(names.aliases)[:1]:
            try:
                names.term(f"{alias}.{text}")
            except NameProblem as problem:
                near = problem.suggestion and problem.suggestion.removeprefix(f"{alias}.")
                report.add(("for_each", "same", i), sentence(problem), suggestion=near)
                break
    return names


def check_dated_by(rule: Rule, names: Names, report: Report) -> None:
    """Note a date that is none: it has to be known before anything is looked up or worked out."""
    if rule.dated_by is None:
        return
    place: Place = ("dated_by",)
    if rule.dated_by.partition(".")[0] in {**rule.lookup, **rule.let}:
        message = f"`{rule.dated_by}` is worked out after the date is known"
        report.add(place, message, "Name a date of the claim or of the item")
        return
    term = report.term(names, rule.dated_by, place)
    if term is not None and (term.kind not in DATES or term.many):
        what = "several dates" if term.kind in DATES else KIND_NAMES[term.kind]
        report.add(place, f"`{rule.dated_by}` is {what}; a rule is dated by one date")


def _check_by(scope: Scope, members: Names, report: Report) -> None:
    """Note what items cannot be grouped by."""
    aliases = tuple(members.aliases)  # none for the claims of a file
    for i, text in enumerate(scope.by):
        place: Place = ("for_each", "by", i)
        try:
            term = members.term(member_path(text, aliases))
        except NameProblem as problem:
            head = f"{aliases[-1]}." if aliases else ""
            near = problem.suggestion and problem.suggestion.removeprefix(head)
            report.add(place, sentence(problem), suggestion=near)
            continue
        if term.many or term.kind == "object":
            what = "a list" if term.many else "a part of the claim"
            report.add(place, f"`{text}` is {what}; items are grouped by single values")


def _names_of(scope: Scope, claim_types: Collection[str], report: Report) -> Names | None:
    """Return the names of a scope; after a misspelt collection, those of the one that was meant."""
    try:
        return Names.for_scope(scope, claim_types)
    except NameProblem as problem:
        key = next(kind for kind in SCOPE_KINDS if getattr(scope, kind) is not None)
        place: Place = ("for_each", key)
        text = getattr(scope, key)
        if isinstance(text, list):
            second = _is_collection(text[0])
            place, text = (*place, int(second)), text[second]
        if place not in report.document.marks.values:  # written in short, `for_each: lines`
            place = ("for_each",)
        if isinstance(problem, LackingProblem):
            report.add(place, sentence(problem))
            return Names.for_scope(scope)  # its parts are no mistakes of their own
        if isinstance(problem, ScopeProblem):
            report.add(place, sentence(problem))
            return None
        known = ["claim", *(pattern.replace("[]", "") for pattern in ITEM_ALIASES)]
        near = problem.suggestion or closest(text, known)
        report.add(place, sentence(problem), suggestion=near)
        meant = [near if t == text else t for t in scope.pairs] if isinstance(scope.pairs, list) else near
        try:
            return Names.for_scope(scope.model_copy(update={key: meant}), claim_types) if near else None
        except NameProblem:
            return None


def _is_collection(text: str) -> bool:
    try:
        Names({}, {}).own(text)
    except NameProblem:
        return False
    return True


def check_let(let: dict[str, Let], names: Names, report: Report, vocabulary: Vocabulary) -> Names:
    """Return `names` plus the named values, after noting their mistakes."""
    for name, spec in let.items():
        place: Place = ("let", name)
        if name in names.aliases or name in VOCABULARY or f"{name}[]" in VOCABULARY:
            message = f"`{name}` is already the name of a part of the claim"
            report.add_at_key(place, message, "Give the value another name")
        before = len(report.problems)
        if spec.operation not in COLLECTING:
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
    if spec.choose is not None and spec.when_absent is not None:
        return report.may_lack(names.term(spec.when_absent), names)
    if spec.operation not in (*COLLECTING, "add"):
        return any(report.may_lack(names.term(text), names) for text in spec.operands)
    return spec.operation in ("min", "max")


#: What calculations take: the kinds of value, and how they are called.
_TAKES = {
    **dict.fromkeys((*CALCULATING, "round"), (NUMERIC, "numbers")),
    **dict.fromkeys(("days_between", "shift"), (DATES, "dates")),
}


def _check_calculation(spec: Let, place: Place, names: Names, report: Report) -> None:
    operation, first = spec.operation, None
    for text, below in zip(spec.operands, spec.places(), strict=True):
        at = (*place, *below)
        term = report.term(names, text, at)
        if term is None:
            continue
        if term.kind == "object":
            report.add(at, f"`{text}` is {KIND_NAMES[term.kind]}, not a value", "Name one of its values")
            continue
        first = first or term
        if operation == "choose":
            if not comparable(first.kind, term.kind):
                message = f"`{text}` is {KIND_NAMES[term.kind]} and `{first.text}` {KIND_NAMES[first.kind]}"
                report.add(at, message, "Choose among values of one kind")
        else:
            kinds, called = _TAKES[operation]
            if term.kind not in kinds | {UNCERTAIN}:
                message = f"`{text}` is {KIND_NAMES[term.kind]}; `{operation}` calculates with {called}"
                report.add(at, message)
        if term.many:
            message = f"`{text}` is a list; `{operation}` takes one value each"
            report.add(at, message, "Add a list up with `sum` first" if operation in CALCULATING else "")
    if isinstance(spec.by, Param):
        _check_period(spec.by, (*place, "by", "param"), names, report)
    if spec.to is not None and (literal_problem(spec.to, "amount") is not None or Decimal(spec.to) <= 0):
        report.add((*place, "to"), f"`{spec.to}` is not a number to round to", "Write 1, 0.01 or 5")
    if spec.choose is not None:
        _check_choices(spec, place, names, report)


def _check_period(by: Param, place: Place, names: Names, report: Report) -> None:
    """Note a parameter that is no period where a date is moved by one."""
    if not report.known(by.param, names.parameters, place, "parameter of this rule"):
        return
    kind = names.parameters[by.param].type
    if kind != "period":
        report.add(place, f"`{by.param}` is a {kind}; a date is moved by a period")


def _check_choices(spec: Let, place: Place, names: Names, report: Report) -> None:
    """Note choices that a parameter does not have, and those that it has and nothing is chosen for."""
    assert spec.choose is not None
    at = (*place, "choose", "param")
    if not report.known(spec.choose.param, names.parameters, at, "parameter of this rule"):
        return
    parameter = names.parameters[spec.choose.param]
    if parameter.type != "choice":
        report.add(at, f"`{spec.choose.param}` is a {parameter.type}; `choose` needs a choice")
        return
    for choice in spec.choices:
        if choice not in parameter.of:
            message = f"`{spec.choose.param}` has no choice `{choice}`"
            report.add_at_key((*place, choice), message, f"It has {listing(parameter.of)}")
    for choice in parameter.of:
        if choice not in spec.choices:
            report.add(at, f"Nothing is named for the choice `{choice}`", f"Add `{choice}: ...` beside it")


def _check_collection(spec: Let, place: Place, names: Names, report: Report, vocabulary: Vocabulary) -> None:
    operation, collection = spec.operation, spec.collection
    head = "over" if operation == "derived" else operation
    if spec.needs_from is not None:
        check_reach(spec.needs_from, collection, (*place, "needs_from"), names, report)
    if operation == "derived":
        check_function(spec, place, names, report)
    if operation == "distinct" and spec.of is None:
        report.term(names, collection, (*place, operation))
        return
    try:
        inner = names.with_item(collection, spec.as_)
    except NameProblem as problem:
        report.name(problem, (*place, head))
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
    if operation == "derived":
        check_argument_kind(spec, term, place, report)
    allowed = {"sum": NUMERIC, "min": NUMERIC | DATES, "max": NUMERIC | DATES}.get(operation)
    if allowed is not None and term.kind not in allowed:
        what = "adds up numbers" if operation == "sum" else "compares numbers and dates"
        report.add((*place, "of"), f"`{spec.of}` is {KIND_NAMES[term.kind]}; `{operation}` {what}")
