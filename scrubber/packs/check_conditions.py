"""Checks conditions: names exist, operators fit what they look at, operands fit the operators."""

from __future__ import annotations

from typing import Any

import re2

from scrubber.claim.fields import PathKind
from scrubber.packs.check_background import check_needs_from
from scrubber.packs.check_tables import check_ranking
from scrubber.packs.check_terms import (
    DATES,
    KIND_NAMES,
    NUMERIC,
    TEXTS,
    Report,
    Vocabulary,
    comparable,
    literal_problem,
)
from scrubber.packs.conditions import CodeRange, Condition, Param, Ranking, Ref, Within
from scrubber.packs.names import PARAMETER, UNCERTAIN, NameProblem, Names, Term
from scrubber.packs.yaml_marks import Place

_ANY: frozenset[PathKind] = NUMERIC | DATES | TEXTS | {"flag"}
_NUMBER_OPERATORS = ("less_than", "at_most", "greater_than", "at_least")
_DATE_OPERATORS = (
    "before",
    "on_or_before",
    "after",
    "on_or_after",
    "same_month_as",
    "same_year_as",
    "within",
)
_SET_OPERATORS = ("in_set", "not_in_set", "any_in_set", "none_in_set", "all_in_set")

#: The kinds of value each operator can look at.
OPERATOR_KINDS: dict[str, frozenset[PathKind]] = {
    "equals": _ANY,
    "in": _ANY,
    "not_in": _ANY,
    **dict.fromkeys(
        ("starts_with", "matches", "format", "length", "resembles", "in_tree", "sorted_by", *_SET_OPERATORS),
        TEXTS,
    ),
    **dict.fromkeys((*_NUMBER_OPERATORS, "whole_number"), NUMERIC),
    "between": NUMERIC | DATES,
    **dict.fromkeys(_DATE_OPERATORS, DATES),
    **dict.fromkeys(("contains", "contains_any", "contains_none", "all_in", "no_gaps_in"), _ANY),
}

#: Operators that look at a list as a whole; the others look at one value.
LIST_OPERATORS = frozenset(
    (
        "contains contains_any contains_none any_in_set none_in_set all_in_set all_in count_at_least "
        "no_gaps_in sorted_by"
    ).split()
)

#: Comparisons that an absent value fails without anybody having said so.
ORDERED = frozenset((*_NUMBER_OPERATORS, "between", *_DATE_OPERATORS))

#: The operator on a list that means what one on a single value means; read backwards for the reverse.
_ON_LISTS = {
    "equals": "contains",
    "in": "contains_any",
    "not_in": "contains_none",
    "in_set": "any_in_set",
    "not_in_set": "none_in_set",
}
_ON_SINGLES = {many: one for one, many in _ON_LISTS.items()} | {"all_in_set": "in_set", "all_in": "in"}
_ON_DATES = {
    "less_than": "before",
    "at_most": "on_or_before",
    "greater_than": "after",
    "at_least": "on_or_after",
}
_ON_NUMBERS = {date: number for number, date in _ON_DATES.items()}

#: Operators whose operand is a list, and what to write where it is one value.
_ONE_VALUE_INSTEAD = {
    "in": "Compare with `equals`",
    "not_in": "Compare with `not` and `equals`",
    "contains_any": "Compare with `contains`",
    "contains_none": "Compare with `not` and `contains`",
    "in_tree": "Write a list of one: [{path: ...}]",
    "all_in": "Look at the items with `every` and `equals`",
}


def check_condition(
    condition: Condition, place: Place, names: Names, report: Report, vocabulary: Vocabulary
) -> None:
    """Note every mistake in a condition. `place` is where it stands in the file."""
    quantifier = condition.quantifier
    inner: Names | None = names
    if quantifier is not None:
        inner = _inside(condition, quantifier, place, names, report)
        check_needs_from(condition, place, names, report)
    if condition.field is not None or condition.param is not None:
        _check_field(condition, place, names, report, vocabulary)
    for step, child in condition.children():
        if inner is not None:
            check_condition(child, (*place, *step), inner, report, vocabulary)


def _inside(
    condition: Condition, quantifier: str, place: Place, names: Names, report: Report
) -> Names | None:
    """Return the names inside a quantifier, or None after noting that its collection does not exist."""
    try:
        return names.with_item(getattr(condition, quantifier), condition.as_)
    except NameProblem as problem:
        report.name(problem, (*place, quantifier))
        return None


def _check_field(
    condition: Condition, place: Place, names: Names, report: Report, vocabulary: Vocabulary
) -> None:
    operator, operand = condition.operator, condition.operand
    at = (*place, operator)
    _check_registered(operator, operand, at, report, vocabulary)
    if isinstance(operand, Ranking):
        check_ranking(operand, at, names, report, vocabulary)
    if condition.param is not None:
        term = _parameter(condition.param, (*place, "param"), names, report)
    else:
        term = report.term(names, condition.field or "", (*place, "field"))
    if term is None or not _operator_fits(term, operator, at, report):
        # The operand's own names are checked all the same; its kind has nothing to be compared with.
        for text, where in _references(operand, at):
            report.term(names, text, where)
        return
    for text, where in _references(operand, at):
        other = report.term(names, text, where)
        if where[-2:] == ("days", "path"):
            _check_days(other, where, report)
        else:
            _check_comparison(term, other, operator, operand, where, report)
    for name, where in _parameters(operand, at):
        _check_comparison(term, _parameter(name, where, names, report), operator, operand, where, report)
    for text, where in _literals(operator, operand, at):
        wanted = literal_problem(text, term.kind)
        if wanted is not None:
            message = f"`{text}` is not {KIND_NAMES[term.kind]}, and `{term.text}` is"
            report.add(where, message, wanted)


def _check_days(days: Term | None, where: Place, report: Report) -> None:
    if days is not None and days.kind not in NUMERIC | {UNCERTAIN}:
        report.add(where, f"`{days.text}` is {KIND_NAMES[days.kind]}; `days` counts")


def _parameter(name: str, where: Place, names: Names, report: Report) -> Term | None:
    try:
        return names.parameter(name)
    except NameProblem as problem:
        report.name(problem, where)
        return None


def _check_comparison(
    term: Term, other: Term | None, operator: str, operand: Any, where: Place, report: Report
) -> None:
    """Note an operand of another kind, or one value where a list is wanted, or the reverse."""
    if other is None:
        return
    shown = other.text.removeprefix(PARAMETER)
    if not comparable(term.kind, other.kind):
        message = (
            f"`{term.text}` is {KIND_NAMES[term.kind]} and `{shown}` {KIND_NAMES[other.kind]}: "
            "they cannot be compared"
        )
        report.add(where, message)
    else:
        _check_number_of_values(operator, other, isinstance(operand, Ref | Param), where, report)


def _check_number_of_values(operator: str, other: Term, whole: bool, where: Place, report: Report) -> None:
    """Note one value as operand of an operator that looks in a list, or a list where it wants one value.

    `whole`: the name is the whole operand (`in: {path: ...}`), not a member of a list that is written out.
    """
    shown = other.text.removeprefix(PARAMETER)
    if whole and operator in _ONE_VALUE_INSTEAD:
        if not other.many:
            message = f"`{shown}` is one value; `{operator}` looks in a list"
            report.add(where, message, _ONE_VALUE_INSTEAD[operator])
    elif other.many:
        report.add(where, f"`{shown}` is a list; `{operator}` compares with one value")


def _operator_fits(term: Term, operator: str, at: Place, report: Report) -> bool:
    """Return whether an operator can look at a value, after noting when it cannot."""
    if operator == "present":
        return True
    if (operator in LIST_OPERATORS) != term.many:
        if term.many:
            message = f"`{term.text}` is a list; `{operator}` looks at one value"
            remedy = "" if operator in _ON_LISTS else "Look at its items with `some`, `none` or `every`"
            report.add_at_key(at, message, remedy, _ON_LISTS.get(operator))
        else:
            message = f"`{term.text}` is one value; `{operator}` looks at a list"
            report.add_at_key(at, message, suggestion=_ON_SINGLES.get(operator))
        return False
    if operator == "count_at_least" or term.kind in OPERATOR_KINDS[operator] | {UNCERTAIN}:
        return True
    what = f"`{term.text}` is {KIND_NAMES[term.kind]}"
    if term.kind == "object":
        report.add_at_key(at, f"{what}, not a value", "Name one of its values, or use `present`")
        return False
    suggestion = None
    if term.kind in DATES:
        suggestion = _ON_DATES.get(operator)
    elif term.kind in NUMERIC:
        suggestion = _ON_NUMBERS.get(operator)
    report.add_at_key(at, f"{what}; `{operator}` is for {_for_what(operator)}", suggestion=suggestion)
    return False


def _for_what(operator: str) -> str:
    if operator in _DATE_OPERATORS:
        return "dates"
    if operator == "between":
        return "numbers and dates"
    return "numbers" if OPERATOR_KINDS[operator] is NUMERIC else "texts and codes"


def _check_registered(operator: str, operand: Any, at: Place, report: Report, vocabulary: Vocabulary) -> None:
    """Check operands that name something registered: sets, formats, shapes; and patterns."""
    if operator in _SET_OPERATORS:
        report.known(operand, vocabulary.sets, at, "set", "Write it as a file in sets/")
    elif operator == "format":
        report.known(operand, vocabulary.formats, at, "format")
    elif operator == "resembles":
        report.known(operand, vocabulary.resemblances, at, "shape")
    elif operator == "matches":
        problem = pattern_problem(operand)
        if problem is not None:
            report.add(at, f"The pattern is not valid: {problem}", "Patterns are RE2: no look-around, no \\1")


def pattern_problem(pattern: str) -> str | None:
    """Return why RE2 refuses a pattern, or None."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it cannot be read"
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return None


def _references(operand: Any, at: Place) -> list[tuple[str, Place]]:
    """Return the paths an operand names, with their places."""
    if isinstance(operand, Ref):
        return [(operand.path, (*at, "path"))]
    if isinstance(operand, Within):
        side = "after" if operand.after is not None else "before"
        days = [(operand.days.path, (*at, "days", "path"))] if isinstance(operand.days, Ref) else []
        return [(getattr(operand, side), (*at, side)), *days]
    if isinstance(operand, list):
        return [(o.path, (*at, i, "path")) for i, o in enumerate(operand) if isinstance(o, Ref)]
    return []


def _parameters(operand: Any, at: Place) -> list[tuple[str, Place]]:
    """Return the parameters an operand names, with their places."""
    if isinstance(operand, Param):
        return [(operand.param, (*at, "param"))]
    if isinstance(operand, list):
        return [(o.param, (*at, i, "param")) for i, o in enumerate(operand) if isinstance(o, Param)]
    return []


def _literals(operator: str, operand: Any, at: Place) -> list[tuple[str, Place]]:
    """Return the literals that are compared with the field, with their places."""
    if operator in ("matches", "format", "resembles", *_SET_OPERATORS):
        return []
    if isinstance(operand, str):
        return [(operand, at)]
    if isinstance(operand, CodeRange):
        return [(operand.from_, (*at, "from")), (operand.to, (*at, "to"))]
    if isinstance(operand, list):
        return [pair for i, item in enumerate(operand) for pair in _literals(operator, item, (*at, i))]
    return []


# --- ordered comparisons on what may be absent ------------------------------------------------------

#: What identifies a value within a rule.
Key = tuple[str, tuple[str, ...], bool]


def tested(condition: Condition | None, names: Names) -> set[Key]:
    """Return the values that are certainly present where a condition holds."""
    if condition is None:
        return set()
    if condition.all is not None:
        return set().union(*(tested(c, names) for c in condition.all))
    if condition.any is not None:
        return set.intersection(*(tested(c, names) for c in condition.any))
    if condition.not_ is not None:
        child = condition.not_
        if child.field is not None and child.present is False:
            return _keys(names, child.field)
        return set()
    if condition.field is None or condition.operator in (
        "not_in",
        "not_in_set",
        "contains_none",
        "none_in_set",
    ):
        return set()
    if condition.present is False:
        return set()
    references = [text for text, _ in _references(condition.operand, ())]
    return set().union(*(_keys(names, text) for text in (condition.field, *references)))


def _keys(names: Names, text: str) -> set[Key]:
    try:
        term = names.term(text)
    except NameProblem:
        return set()
    return {_key(term)}


def _key(term: Term) -> Key:
    return term.root, term.steps, term.reported


def _is_guarded(term: Term, guards: set[Key]) -> bool:
    """Return whether a value was tested; what every row has is there where any test found the row."""
    if _key(term) in guards:
        return True
    return term.column and term.required and any(root == term.root for root, _, _ in guards)


def check_guarded(condition: Condition, place: Place, names: Names, guards: set[Key], report: Report) -> None:
    """Note ordered comparisons on values that may be absent and that nothing has tested.

    An absent value fails every comparison. In `require` that would be a finding about its size, when
    the truth is that it is not there: the author must say which of the two is meant.
    """
    quantifier = condition.quantifier
    if quantifier is not None:
        try:
            names = names.with_item(getattr(condition, quantifier), condition.as_)
        except NameProblem:
            return
        guards = guards | tested(condition.where, names)
    if condition.field is not None and condition.operator in ORDERED:
        at = (*place, condition.operator)
        for text, where in [(condition.field, (*place, "field")), *_references(condition.operand, at)]:
            try:
                term = names.term(text)
            except NameProblem:
                continue
            if report.may_lack(term, names) and not _is_guarded(term, guards):
                message = f"`{text}` may be absent, and `{condition.operator}` fails what is absent"
                remedy = f"Test it in `when` first, such as {{field: {text}, present: true}}"
                report.add(where, message, remedy)
    for step, child in condition.children():
        check_guarded(child, (*place, *step), names, guards, report)
