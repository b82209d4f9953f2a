"""Conditions in plain words, for people who do not read YAML.

An operator that is not known here is told by its own name, so that a new one is never lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from scrubber.claim.paths import ALL_ALIASES, ITEM_ALIASES, PATHS, SWEEPS
from scrubber.packs.conditions import CodeRange, Condition, Length, Param, Period, Ranking, Ref, Within
from scrubber.packs.rules import Change, Let, Lookup, Parameter, Scope, TextChange
from scrubber.rulebook.changes import as_yaml, data_of


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence, and what is listed under it."""

    text: str
    parts: tuple[Phrase, ...] = ()

    def lines(self, indent: str = "") -> Iterable[str]:
        """Yield the phrase as indented lines of text."""
        yield indent + self.text
        for part in self.parts:
            yield from part.lines(indent + "  ")


_COMPARED = {
    "equals": "is",
    "in": "is one of",
    "not_in": "is none of",
    "in_set": "is in the set",
    "not_in_set": "is not in the set",
    "in_tree": "is, or is below, one of",
    "starts_with": "begins with",
    "matches": "fits the pattern",
    "format": "is well formed as",
    "resembles": "looks like",
    "less_than": "is less than",
    "at_most": "is at most",
    "greater_than": "is more than",
    "at_least": "is at least",
    "before": "is before",
    "on_or_before": "is on or before",
    "after": "is after",
    "on_or_after": "is on or after",
    "same_month_as": "is in the same month as",
    "same_year_as": "is in the same year as",
    "contains": "contains",
    "contains_any": "contains one of",
    "contains_none": "contains none of",
    "any_in_set": "has one in the set",
    "none_in_set": "has none in the set",
    "all_in_set": "has only codes of the set",
    "all_in": "has only",
    "count_at_least": "has so many members or more:",
    "no_gaps_in": "are, without a gap, the first of",
}
#: Operators whose operand is the name of something, not a value of a claim.
_NAMES = frozenset({"in_set", "not_in_set", "any_in_set", "none_in_set", "all_in_set", "format", "resembles"})
_YES_NO = {"present": ("is there", "is missing"), "whole_number": ("is a whole number", "is no whole number")}
_JOINED = {"all": "all of these:", "any": "at least one of these:"}
_QUANTIFIED = {"some": "there is a", "none": "there is no", "every": "every"}
#: Names that stand for several values, and how verbs go with them.
_LISTS = frozenset(pattern[:-2].rpartition(".")[2] for pattern in ITEM_ALIASES)
_OF_MANY = {"is": "are", "has": "have", "contains": "contain"}
#: Items that are plain values themselves; of a row, `value` is a column like any other.
_PLAIN = frozenset(a for p, a in ITEM_ALIASES.items() if PATHS[p].kind != "object") | frozenset(SWEEPS)
_STEPS = {"npi": "NPI", "id": "id", "from": "start", "through": "end"}
_ITEMS = {
    "value": "the {}",
    "raw": "the {} as it was sent",
    "position": "the position of the {}",
    "path": "the place of the {}",
}


def condition_words(condition: Condition) -> Phrase:
    """Return a condition in words."""
    for head, text in _JOINED.items():
        if getattr(condition, head) is not None:
            return Phrase(text, tuple(map(condition_words, getattr(condition, head))))
    if condition.not_ is not None:
        return Phrase("it is not so that", (condition_words(condition.not_),))
    kind = condition.quantifier
    if kind is not None and kind in _QUANTIFIED:
        return _quantified(condition, kind)
    if condition.param is not None:
        return Phrase(f"{_parameter(condition.param)} {_comparison(condition.operator, condition.operand)}")
    if condition.field is None:  # of a kind that is younger than these words
        return Phrase(as_yaml(data_of(condition)))
    comparison = _comparison(condition.operator, condition.operand)
    if condition.field.rpartition(".")[2] in _LISTS:
        verb, _, rest = comparison.partition(" ")
        comparison = f"{_OF_MANY.get(verb, verb)} {rest}"
    return Phrase(f"{value_words(condition.field)} {comparison}")


#: Collections that are no part of the claim, as a person calls them.
_OUTSIDE = {
    "history.lines": "prior lines of the patient",
    "history.from": "beginning of the history",
    "file.claims": "claims of the file",
}


def value_words(path: str) -> str:
    """Return what a path names: `line.reported.service_date.from` is the line's own service date start."""
    if path in _OUTSIDE:
        return f"the {_OUTSIDE[path]}"
    head, *rest = path.split(".")
    if path == "receipt_date":
        return "the day of receipt"
    if head.startswith("is_"):
        return f"the answer to '{_words(path)}'"
    if len(rest) == 1 and rest[0] in _ITEMS and (rest[0] != "value" or head in _PLAIN):
        return _ITEMS[rest[0]].format(_step(head))
    parts = ["own" if part == "reported" else _step(part) for part in rest]
    return f"the {_step(head)}'s {' '.join(parts)}" if parts else f"the {_step(head)}"


def scope_words(scope: Scope) -> Phrase:
    """Return which items a rule looks at."""
    where = (condition_words(scope.where),) if scope.where is not None else ()
    only = ", but only where" if where else ""
    if scope.paired is not None:
        names = " and ".join(scope.as_ if isinstance(scope.as_, list) else [])
        same = f" with the same {', '.join(_words(path) for path in scope.same)}" if scope.same else ""
        order = ", both ways round" if scope.ordered else ""
        first, second = scope.paired
        two = f"any two of the {_words(first)}"
        if first != second:
            two = f"each of the {_words(first)} with each of the {_collection(second)}"
        return Phrase(f"{two}{same}, called {names}{order}{_reach(scope.needs_from)}{only}", where)
    if scope.groups is not None:
        same = ", ".join(_words(path) for path in scope.by)
        return Phrase(f"the {_collection(scope.groups)} in groups that have the same {same}{only}", where)
    if scope.each is None:
        return Phrase(as_yaml(data_of(scope)))
    each = scope.each
    if each == "claim":
        return Phrase(f"the claim as a whole{only}", where)
    if each.startswith("every."):
        return Phrase(
            f"every {_step(each.removeprefix('every.'))} on the claim, wherever it stands{only}", where
        )
    named = f", called {scope.as_}" if isinstance(scope.as_, str) else ""
    return Phrase(f"every {_item(each)}{named}{only}", where)


def needs_words(needs: Iterable[str]) -> Phrase:
    """Return what a run must be given for a rule to be run."""
    told = " and ".join("a history" if name == "history" else f"the {_words(name)}" for name in needs)
    return Phrase(f"{told}; without it the rule is not run")


def _collection(name: str) -> str:
    return _OUTSIDE.get(name, _words(name))


def lookup_words(name: str, lookup: Lookup) -> Phrase:
    """Return what a look-up finds."""
    what = "the rows" if lookup.many else "the row"
    table = lookup.table if isinstance(lookup.table, str) else _parameter(lookup.table.param)
    date = f", on {value_words(lookup.as_of)}" if lookup.as_of is not None else ""
    less = f"; else for {_keys(lookup.else_keys)}" if lookup.else_keys is not None else ""
    return Phrase(f"{_words(name)} is {what} of the table {table} for {_keys(lookup.keys)}{less}{date}")


def _keys(keys: Mapping[str, str]) -> str:
    return " and ".join(f"{_words(key)} {value_words(path)}" for key, path in keys.items())


def parameter_words(name: str, parameter: Parameter) -> Phrase:
    """Return what a parameter is, and what holds where nobody sets it."""
    of = f" ({', '.join(parameter.of)})" if parameter.of else ""
    usual = parameter.default
    if isinstance(usual, Mapping):
        usual = ", ".join(f"{key} {as_yaml(value)}" for key, value in usual.items())
    rest = (
        "unknown where no payer sets it" if parameter.unknown_if_unset else f"{usual} where no payer sets it"
    )
    return Phrase(f"{_words(name)}: a {parameter.type}{of}; {rest}")


def change_words(change: Change) -> str:
    """Return what an amendment changes."""
    to = change.to
    if isinstance(to, TextChange):
        return f"{value_words(change.set or '')} becomes {value_words(to.of)}, rewritten as {_words(to.text)}"
    if change.set is not None:
        return f"{value_words(change.set)} becomes {value_words(to or '')}"
    if change.remove is not None:
        return f"{value_words(change.remove)} goes"
    if change.move is not None:
        return f"{value_words(change.move)} becomes {value_words(to or '')}, where there is none"
    if change.add is not None:
        return f"{value_words(change.add)} joins {value_words(to or '')}"
    assert change.sort is not None and change.by is not None
    return f"{value_words(change.sort)} are put {_ranked(change.by)}"


def _ranked(order: Ranking) -> str:
    date = f" on {value_words(order.as_of)}" if order.as_of is not None else ""
    return f"in the order of the {_words(order.rank)} in the table {order.table}{date}"


def _parameter(name: str) -> str:
    return f"the parameter {_words(name)}"


def let_words(name: str, let: Let) -> Phrase:
    """Return what a named value is."""
    operation, where = let.operation, (condition_words(let.where),) if let.where is not None else ()
    value: Any = getattr(let, operation)
    called = f"{_words(name)} is "
    signs = {"add": " plus ", "subtract": " minus ", "multiply": " times "}
    if operation in signs:
        return Phrase(called + signs[operation].join(map(value_words, value)))
    told = _calculation(let)
    if told:
        return Phrase(called + told)
    if let.derived is not None:
        of = f"the {_words(let.of or '')} of the {_words(let.collection)}"
        given = ", ".join(f"{_words(name)} {_operand(argument)}" for name, argument in let.arguments.items())
        only = ", only where" if where else ""
        return Phrase(
            f"{called}the {_words(let.derived)} by {of}"
            + (f" ({given})" if given else "")
            + _reach(let.needs_from)
            + only,
            where,
        )
    if not isinstance(value, str):
        return Phrase(called + as_yaml(data_of(let)))
    of = f"the {_words(let.of)} of the {_words(value)}" if let.of is not None else f"the {_words(value)}"
    what = {
        "sum": f"the sum of {of}",
        "count": f"the number of {_words(value)}",
        "min": f"the smallest of {of}",
        "max": f"the largest of {of}",
        "distinct": f"the different values of {of}",
    }.get(operation)
    if what is None:
        return Phrase(called + as_yaml(data_of(let)))
    return Phrase(called + what + _reach(let.needs_from) + (", only where" if where else ""), where)


def _calculation(let: Let) -> str:
    """Return what is made of a date or a number; "" for other operations."""
    if let.days_between is not None:
        return "the days from {} to {}".format(*map(value_words, let.days_between))
    if let.shift is not None and let.by is not None:
        by = _parameter(let.by.param) if isinstance(let.by, Param) else _period(let.by)
        return f"{value_words(let.shift)}, moved by {by}"
    if let.round is not None:
        how = {"up": "up", "down": "down", "half_up": "to the nearest"}.get(let.mode or "", "")
        return f"{value_words(let.round)}, rounded {how} to a multiple of {let.to}"
    if let.choose is not None:
        told = ", ".join(f"{value_words(path)} for {choice}" for choice, path in let.choices.items())
        absent = f"; {value_words(let.when_absent)} where that is missing" if let.when_absent else ""
        return f"by {_parameter(let.choose.param)}: {told}{absent}"
    return ""


def _period(period: Period) -> str:
    spans = ((period.years, "years"), (period.months, "months"), (period.days, "days"))
    return " and ".join(f"{count} {unit}" for count, unit in spans if count) or "nothing"


def _reach(needs_from: str | None) -> str:
    return f", in a history that reaches back to {value_words(needs_from)}" if needs_from is not None else ""


def _quantified(condition: Condition, kind: str) -> Phrase:
    collection: str = getattr(condition, kind)
    one = _item(collection)
    named = f" (called {_words(condition.as_ or '')})" if condition.as_ not in (None, one) else ""
    item = f"{_QUANTIFIED[kind]} {one}{named}"
    where = (condition_words(condition.where),) if condition.where is not None else ()
    if condition.needs_from is not None:
        item += f"{_reach(condition.needs_from)},"
    if condition.satisfies is None:
        return Phrase(item + (" for which" if where else ""), where)
    asked = condition_words(condition.satisfies)
    if not where:
        return Phrase(f"for {item} it is so that", (asked,))
    return Phrase(f"for {item} for which", (*where, Phrase("it is so that", (asked,))))


def _item(collection: str) -> str:
    """Return the singular of a list: a `modifier of line.modifiers` is a modifier of the line."""
    plain = {pattern.replace("[]", ""): alias for pattern, alias in ALL_ALIASES.items()}
    if collection in plain:
        owner = collection.rpartition(".")[0]
        of = f" of every {plain[owner].replace('_', ' ')}" if owner in plain else ""
        return _words(plain[collection]) + of
    head, _, rest = collection.partition(".")
    if not rest:  # those that a look-up finds
        return f"row of {_words(head)}"
    aliases = [a for pattern, a in ITEM_ALIASES.items() if pattern.replace("[]", "").endswith(f".{rest}")]
    return f"{_words(aliases[0] if aliases else rest)} of the {_words(head)}"


def _comparison(operator: str, operand: Any) -> str:
    if operator in _YES_NO:
        return _YES_NO[operator][0 if operand else 1]
    if operator == "between" and isinstance(operand, list):
        return f"is from {_operand(operand[0])} to {_operand(operand[1])}"
    if isinstance(operand, Length):
        bounds = (("at least", operand.min), ("at most", operand.max))
        told = " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
        return f"has {told} characters"
    if isinstance(operand, Within):
        days = value_words(operand.days.path) if isinstance(operand.days, Ref) else operand.days
        spans = ((days, "days"), (operand.months, "months"), (operand.years, "years"))
        told = " and ".join(f"{count} {unit}" for count, unit in spans if count) or "0 days"
        side = "after" if operand.after is not None else "before"
        return f"is within {told} {side} {value_words(operand.after or operand.before or '')}"
    if isinstance(operand, Ranking):
        return f"is {_ranked(operand)}"
    verb = _COMPARED.get(operator, operator.replace("_", " "))
    return f"{verb} {operand if operator in _NAMES else _operand(operand)}"


def _operand(value: Any) -> str:
    if isinstance(value, Ref):
        return value_words(value.path)
    if isinstance(value, Param):
        return _parameter(value.param)
    if isinstance(value, CodeRange):
        return f"{value.from_} to {value.to}"
    if isinstance(value, list):
        return ", ".join(map(_operand, value))
    if isinstance(value, BaseModel):
        return as_yaml(data_of(value))
    return as_yaml(value) if isinstance(value, Mapping) else f'"{value}"' if value == "" else str(value)


def _step(name: str) -> str:
    return _STEPS.get(name, name.replace("_", " "))


def _words(path: str) -> str:
    return " ".join(map(_step, path.split(".")))
