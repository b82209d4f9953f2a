"""Why a rule says what it says about a claim: every condition with its answer and the values it saw.

It asks the plain evaluator the questions that the evaluator asks itself, and keeps the answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrubber.claim.background import NOTHING, Background
from scrubber.claim.model import Claim
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.evaluate import concerned_by, in_force, name_values, observe, scopes, unpaired
from scrubber.engine.ir import All, CompiledRule, Leaf, Node, Not, Quantifier
from scrubber.engine.scope import Scope
from scrubber.packs.candidates import candidates
from scrubber.packs.conditions import CodeRange as RangeSpec
from scrubber.packs.conditions import Condition, Length, Param, Ranking, Ref, Within
from scrubber.packs.names import PARAMETER, Term
from scrubber.packs.rules import Shift

#: How an answer is called: a condition holds, does not, or nobody knows.
Answer = bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition: what it asks, the answer, the values it saw by name, and the conditions in it."""

    text: str
    answer: Answer
    values: tuple[tuple[str, str], ...] = ()
    parts: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a rule says about one item, and why.

    `places` are the item's paths by name; `named` the look-ups and values that the rule names. `asked` are
    its conditions by key (`where`, `when`, `require`, `bypass`), as far as they were asked. `outcome` is
    pass, fail, bypassed, indeterminate or not for this item; `why` says what is not known.
    """

    places: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, Asked], ...]
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a rule makes of a claim. `concerned` says, for each key of `applies_to`, whether the claim fits.

    `parameters` are their values for this claim, `candidates` those each might have had: value, who says so,
    and why it does not count. `items` is empty where the rule is not about the claim.
    """

    rule: str
    concerned: tuple[Asked, ...]
    parameters: tuple[tuple[str, str], ...]
    items: tuple[Looked, ...]
    candidates: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)


def explain(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> Explanation:
    """Explain a rule on a claim, item by item."""
    concerned = tuple(
        Asked(f"{key}: {wanted}", fits, ((key, got),)) for key, wanted, got, fits in concerned_by(rule, claim)
    )
    parameters = tuple((name, _shown(values.of(claim))) for name, values in rule.parameters.items())
    items: tuple[Looked, ...] = ()
    if all(each.answer for each in concerned):
        alone = unpaired(rule, claim, receipt_date, background)
        if alone is not None:
            what = f"{alone.items[next(iter(rule.aliases))].path} with what nobody knows"
            items = (Looked((), (), (), "indeterminate", f"pairs of {what}"),)
        found = scopes(rule, claim, receipt_date, background)
        items += tuple(_looked(rule, scope, certain) for scope, certain in found)
    found_for = {
        name: tuple((_shown(c.value), c.said_by, c.lost) for c in candidates(setting, claim))
        for name, setting in rule.parameters.items()
    }
    return Explanation(rule.rule.id, concerned, parameters, items, found_for)


def why_silent(explanation: Explanation, near: str = "") -> str:
    """Say why a rule makes no finding: the first condition that decides it, with the values it saw.

    Of several items it is the one that the path `near` stands in, else the one that came furthest.
    """
    foreign = next((asked for asked in explanation.concerned if not asked.answer), None)
    if foreign is not None:
        return f"the rule is not about this claim: {_decisive(foreign)}"
    if not explanation.items:
        return "the claim has nothing that the rule looks at"
    looked = max(explanation.items, key=lambda each: (_holds(each, near), len(each.asked)))
    places = ", ".join(path for _, path in looked.places)
    key, asked = next((part for part in looked.asked if part[1].answer is False), looked.asked[-1])
    word = "does not hold" if asked.answer is False else "holds"
    return f"{f'on {places} ' if places else ''}`{key}` {word}: {_decisive(asked)}"


def _holds(looked: Looked, near: str) -> bool:
    """Return whether a path stands in an item."""
    return any(f"{near}.".startswith(f"{path}.") for _, path in looked.places)


def _decisive(asked: Asked) -> str:
    """Return the first condition in one that makes it what it is, and the values that it saw."""
    if asked.text in ("all", "any"):
        return _decisive(next((p for p in asked.parts if p.answer is asked.answer), asked.parts[0]))
    if asked.text == "not":
        return f"not {_decisive(asked.parts[0])}"
    saw = ", ".join(f"{name} is {value}" for name, value in asked.values)
    return f"{asked.text} ({saw})" if saw else asked.text


def _looked(rule: CompiledRule, scope: Scope, certain: bool) -> Looked:
    asked: list[tuple[str, Asked]] = []
    force = in_force(rule, scope)
    if force is not True:
        asked.append(("effective", Asked("the rule is in force on the date", force)))
    where = rule.rule.for_each.where
    if where is not None and rule.where is not None and rule.scope != "groups":
        asked.append(("where", _asked(where, rule.where, scope)))
    if all(each.answer is not False for _, each in asked):
        name_values(rule, scope)
        for key, condition, node in (
            ("when", rule.rule.when, rule.when),
            ("require", rule.rule.require, rule.require),
            ("bypass", rule.rule.bypass, rule.bypass),
        ):
            if condition is None or node is None:
                continue
            if key == "bypass" and asked[-1][1].answer is not False:
                break
            asked.append((key, _asked(condition, node, scope)))
            if key == "when" and asked[-1][1].answer is False:
                break
    named = [(plan.name, scope.lets.get(plan.name)) for plan in rule.lookups]
    named += [(let.name, scope.lets.get(let.name)) for let in rule.let]
    places = tuple((alias, item.path) for alias, item in scope.items.items() if item.path)
    outcome, why = _outcome(rule, scope, certain, asked)
    return Looked(places, tuple((name, _shown(value)) for name, value in named), tuple(asked), outcome, why)


def _outcome(
    rule: CompiledRule, scope: Scope, certain: bool, asked: list[tuple[str, Asked]]
) -> tuple[str, str]:
    observation = observe(rule, scope, certain)
    if observation is not None:
        outcome = {"violation": "fail", "bypass": "bypassed", "unknown": "indeterminate"}[observation.kind]
        return outcome, f"{observation.reason}; {observation.remedy}" if observation.reason else ""
    if any(each.answer is False for key, each in asked if key in ("effective", "where", "when")):
        return "not for this item", ""
    return "pass", ""


def _asked(condition: Condition, node: Node, scope: Scope) -> Asked:
    """Ask a condition, and all conditions in it."""
    answer = scope.holds(node)
    if isinstance(node, Leaf):
        return Asked(_text(condition), answer, tuple(_seen(node, scope)))
    if isinstance(node, Quantifier):
        return Asked(_text(condition), answer, tuple(_chosen(node, scope)))
    if isinstance(node, Not):
        assert condition.not_ is not None
        return Asked("not", answer, (), (_asked(condition.not_, node.part, scope),))
    kind = "all" if isinstance(node, All) else "any"
    conditions = (condition.all if isinstance(node, All) else condition.any) or ()
    parts = tuple(_asked(inner, part, scope) for inner, part in zip(conditions, node.parts, strict=True))
    return Asked(kind, answer, (), parts)


def _text(condition: Condition) -> str:
    """Return a condition as its author wrote it, in one line."""
    if condition.quantifier is not None:
        inner = [condition.quantifier, str(getattr(condition, condition.quantifier))]
        for key, child in (("where", condition.where), ("satisfies", condition.satisfies)):
            if child is not None:
                inner += [key, _text(child)]
        if condition.needs_from is not None:
            inner += ["needs from", condition.needs_from]
        return " ".join(inner)
    for name in ("all", "any"):
        parts = getattr(condition, name)
        if parts is not None:
            return f"{name} of ({'; '.join(map(_text, parts))})"
    if condition.not_ is not None:
        return f"not ({_text(condition.not_)})"
    named = condition.field if condition.field is not None else f"parameter {condition.param}"
    return f"{named} {condition.operator} {_operand(condition.operand)}"


def _operand(operand: Any) -> str:
    for kind, words in _TOLD.items():
        if isinstance(operand, kind):
            return words(operand)
    if isinstance(operand, list):
        return ", ".join(map(_operand, operand))
    if isinstance(operand, Within):
        given = operand.model_dump(exclude_unset=True, by_alias=True)
        return " ".join(
            f"{value} {key}" if key in _UNITS else f"{key} {value}" for key, value in given.items()
        )
    if isinstance(operand, Length):
        told = (("at least", operand.min), ("at most", operand.max))
        return " and ".join(f"{word} {number}" for word, number in told if number is not None)
    if isinstance(operand, bool):
        return str(operand).lower()
    return str(operand)


#: How operands of one word or two are told.
_TOLD: Mapping[type, Callable[[Any], str]] = {
    Ref: lambda o: str(o.path),
    Param: lambda o: f"parameter {o.param}",
    RangeSpec: lambda o: f"{o.from_}-{o.to}",
    Ranking: lambda o: f"{o.rank} of the table {o.table}",
}
_UNITS = ("days", "months", "years")


def _seen(node: Leaf, scope: Scope) -> Iterator[tuple[str, str]]:
    operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
    for term in dict.fromkeys((node.term, *(o for o in operands if isinstance(o, Term)))):
        if term.kind != "object":
            yield term.text.removeprefix(PARAMETER), _shown(scope.value(term))


def _chosen(node: Quantifier, scope: Scope) -> Iterator[tuple[str, str]]:
    """Say how many items were looked at, and which of them fit."""
    if isinstance(scope.lets.get(node.collection.root), Unreadable) or scope.is_unknown(node.collection):
        yield "items", "not known"
        return
    items = list(scope.members(node.collection))
    yield "items", str(len(items))
    fit = [
        item.path or str(number)
        for number, item in enumerate(items, 1)
        if node.where is None or scope.with_item(node.alias, item).holds(node.where)
    ]
    yield "fit", ", ".join(fit) or "none"
    if node.needs_from is not None:
        yield "history.from", _shown(scope.background.since)


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "absent"
    if isinstance(value, Unreadable):
        return f"unreadable {value.raw}" if value.raw else "not known"
    if isinstance(value, Shift):
        given = value.model_dump(exclude_defaults=True)
        return ", ".join(f"{n} {unit.removesuffix('s') if n == 1 else unit}" for unit, n in given.items())
    if isinstance(value, dict):
        return ", ".join(f"{key} {as_text(cell)}" for key, cell in value.items())
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{len(value)} rows"
    if isinstance(value, list):
        return ", ".join(as_text(member) for member in value)
    return as_text(value)
