"""One small mistake at a time in a rule's conditions, scope and dates, as an author might make it."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

Raw = dict[str, Any]
Place = tuple[str | int, ...]

#: The operator that an author might have meant instead.
FLIPPED = {
    "in": "not_in",
    "not_in": "in",
    "in_set": "not_in_set",
    "not_in_set": "in_set",
    "contains_any": "contains_none",
    "contains_none": "contains_any",
    "any_in_set": "none_in_set",
    "none_in_set": "any_in_set",
    "less_than": "at_most",
    "at_most": "less_than",
    "greater_than": "at_least",
    "at_least": "greater_than",
    "before": "on_or_before",
    "on_or_before": "before",
    "after": "on_or_after",
    "on_or_after": "after",
}
_QUANTIFIERS = {"some": "none", "none": "some"}
_NEGATED = ("equals", "starts_with", "matches", "format", "resembles", "contains", "all_in", "all_in_set")
_CONDITIONS = ("when", "require", "bypass")
_BOUNDS = (
    "less_than",
    "at_most",
    "greater_than",
    "at_least",
    "count_at_least",
    "min",
    "max",
    "days",
    "months",
)


class Mutant(NamedTuple):
    """A changed rule: what was done to it, and where."""

    kind: str
    place: Place
    rule: Raw

    def __str__(self) -> str:
        return f"{self.rule['id']} {self.kind} at {'.'.join(map(str, self.place))}"


def mutants(rule: Raw) -> Iterator[Mutant]:
    """Yield every mutant of a rule, in an order that does not change."""
    for place, node in _nodes(rule):
        for kind, changed in _changes(node):
            yield Mutant(kind, place, _with(rule, place, changed))
    for key in ("when", "bypass"):
        if key in rule:
            yield Mutant("branch dropped", (key,), {k: v for k, v in rule.items() if k != key})
    scope = rule["for_each"]
    if isinstance(scope, dict) and "where" in scope:
        dropped = {k: v for k, v in scope.items() if k != "where"}
        yield Mutant("branch dropped", ("for_each", "where"), {**rule, "for_each": dropped})
    for i in range(len(scope.get("same", ())) if isinstance(scope, dict) else 0):
        same = [path for n, path in enumerate(scope["same"]) if n != i]
        yield Mutant("same dropped", ("for_each", "same", i), {**rule, "for_each": {**scope, "same": same}})
    effective = rule.get("applies_to", {}).get("effective", {})
    for end, day in effective.items():
        for days in (-1, 1):
            shifted = (dt.date.fromisoformat(day) + dt.timedelta(days)).isoformat()
            place = ("applies_to", "effective", end)
            yield Mutant(f"date shifted {days:+}", place, _with(rule, place, shifted))


def _nodes(rule: Raw) -> Iterator[tuple[Place, Raw]]:
    """Yield every condition of a rule with its place."""
    for key in _CONDITIONS:
        if key in rule:
            yield from _below((key,), rule[key])
    if isinstance(rule["for_each"], dict) and "where" in rule["for_each"]:
        yield from _below(("for_each", "where"), rule["for_each"]["where"])
    for name, let in rule.get("let", {}).items():
        if "where" in let:
            yield from _below(("let", name, "where"), let["where"])


def _below(place: Place, node: Raw) -> Iterator[tuple[Place, Raw]]:
    yield place, node
    for key in ("all", "any"):
        for i, part in enumerate(node.get(key, ())):
            yield from _below((*place, key, i), part)
    for key in ("not", "where", "satisfies"):
        if key in node:
            yield from _below((*place, key), node[key])


def _changes(node: Raw) -> Iterator[tuple[str, Raw]]:
    for old, new in FLIPPED.items():
        if old in node and not (
            isinstance(node[old], dict) and "path" in node[old] and old in ("in", "not_in")
        ):
            yield "operator flipped", {new if k == old else k: v for k, v in node.items()}
    if "present" in node:
        yield "operator flipped", {**node, "present": "false" if node["present"] == "true" else "true"}
    if any(name in node for name in _NEGATED):
        yield "operator flipped", {"not": node}
    for old, new in _QUANTIFIERS.items():
        if old in node:
            yield "operator flipped", {new if k == old else k: v for k, v in node.items()}
    for key in ("all", "any"):
        if key in node:
            yield "operator flipped", {"any" if key == "all" else "all": node[key]}
            for i in range(len(node[key])):
                if len(node[key]) > 1:
                    yield f"branch {i} dropped", {key: [*node[key][:i], *node[key][i + 1 :]]}
    if "not" in node:
        yield "operator flipped", node["not"]
    if "where" in node and ("some" in node or "none" in node):
        yield "where dropped", {k: v for k, v in node.items() if k != "where"}
    if "needs_from" in node:
        yield "reach dropped", {k: v for k, v in node.items() if k != "needs_from"}
    yield from _moved(node)


def _moved(node: Raw) -> Iterator[tuple[str, Raw]]:
    """Move each bound by the smallest step that its digits have."""
    for key, value in node.items():
        if key in ("length", "within") and isinstance(value, dict):
            yield from ((kind, {**node, key: inner}) for kind, inner in _moved(value))
        elif key == "between" and isinstance(value, list):
            for i, bound in enumerate(value):
                for kind, moved in _steps(bound):
                    yield kind, {**node, key: [*value[:i], moved, *value[i + 1 :]]}
        elif key in _BOUNDS:
            for kind, moved in _steps(value):
                yield kind, {**node, key: moved}


def _steps(value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str):
        return
    try:
        number = Decimal(value)
    except InvalidOperation:
        return
    step = Decimal(1).scaleb(number.as_tuple().exponent)  # type: ignore[arg-type]
    for sign, moved in (("-", number - step), ("+", number + step)):
        yield f"bound moved {sign}{step}", str(moved)


def _with(rule: Raw, place: Place, value: Any) -> Raw:
    """Return a rule with another value at a place."""
    out: Any = copy.deepcopy(rule)
    target = out
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = copy.deepcopy(value)
    changed: Raw = out
    return changed
