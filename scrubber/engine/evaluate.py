"""One rule on one claim: what it observes, with message, places and evidence. Slow, and always right.

Most claims never get here: `generate.py` clears them. What it cannot clear is decided here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from scrubber.claim.model import Claim
from scrubber.claim.paths import expand, sweep_patterns
from scrubber.claim.periods import code_set_date, line_from
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.facts import Observation
from scrubber.engine.ir import All, AnyOf, CompiledRule, Leaf, Node, Not
from scrubber.engine.scope import UNKNOWN, Item, Scope, all_of, walk
from scrubber.packs.names import PARAMETER, Term

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def scopes(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> Iterator[tuple[Scope, bool]]:
    """Yield a scope per item of the rule, and whether it is certain that the item is in scope."""
    base = Scope(claim, receipt_date)
    for name, values in rule.parameters.items():
        base.lets[f"{PARAMETER}{name}"] = values.of(claim)
    if rule.scope == "claim":
        yield base, True
    elif rule.scope == "groups":
        yield from _groups(rule, base)
    elif rule.scope == "every":
        (alias,) = rule.aliases
        for info in sweep_patterns(rule.pattern, claim.claim_type):
            for path, value in expand(claim, info.pattern):
                yield base.anew().with_item(alias, Item(value, path, f"every.{rule.pattern}")), True
    elif rule.scope == "each":
        for item in walk(claim, "", "", rule.pattern.split(".")):
            yield _with_parents(base, rule, item), True
    else:
        yield from _pairs(rule, base)


def _with_parents(base: Scope, rule: CompiledRule, item: Item) -> Scope:
    """Add an item and the items it stands in: `lines.modifiers` brings `line` and `modifier`."""
    scope = base.anew()
    for alias, pattern in rule.aliases.items():
        if pattern == item.pattern:
            scope = scope.with_item(alias, item)
            continue
        depth = pattern.count("[]")
        path = "]".join(item.path.split("]")[:depth]) + "]"
        parent = next(p for p in walk(base.claim, "", "", pattern.split(".")) if p.path == path)
        scope = scope.with_item(alias, parent)
    return scope


def _pairs(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    first, second = rule.aliases
    items = list(walk(base.claim, "", "", rule.pattern.split(".")))
    for i, a in enumerate(items):
        for j, b in enumerate(items):
            if i == j or (j < i and not rule.rule.for_each.ordered):
                continue
            scope = base.anew().with_item(first, a).with_item(second, b)
            certain = True
            for left, right in rule.same:
                x, y = scope.value(left), scope.value(right)
                if isinstance(x, Unreadable) or isinstance(y, Unreadable):
                    certain = False
                    scope.doubts.setdefault(left.text)
                elif x != y:
                    break
            else:
                yield scope, certain


def _groups(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    """Yield the groups of items that have the same values; absent ones are the same, too.

    An item of which it is not known whether it is in, or in which group, makes every group uncertain, and
    is one itself.
    """
    groups: dict[tuple[Any, ...], list[Item]] = {}
    open_: list[tuple[Item, Scope]] = []
    for item in walk(base.claim, "", "", rule.pattern.split(".")):
        scope = base.anew().with_item(rule.member, item)
        inside = scope.holds(rule.where) if rule.where is not None else True
        if inside is False:
            continue
        key = tuple(scope.value(term) for term in rule.by)
        for term, value in zip(rule.by, key, strict=True):
            if isinstance(value, Unreadable):
                inside = None
                scope.doubts.setdefault(term.text)
        if inside is None:
            open_.append((item, scope))
        else:
            groups.setdefault(key, []).append(item)
    for items in groups.values():
        scope = base.anew().with_group(items)
        for _, other in open_:
            scope.doubts.update(other.doubts)
        yield scope, not open_
    for item, other in open_:
        scope = base.anew().with_group([item])
        scope.doubts.update(other.doubts)
        yield scope, False


def evaluate(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> Iterator[Observation]:
    """Yield what a rule observes on a claim: violations, bypasses and unknowns; nothing where it passes."""
    if not concerns(rule, claim):
        return
    for scope, certain in scopes(rule, claim, receipt_date):
        observation = _observe(rule, scope, certain)
        if observation is not None:
            yield observation


def scope_of(
    rule: CompiledRule, observation: Observation, claim: Claim, receipt_date: dt.date | None
) -> Scope:
    """Return the scope an observation was made in, with its named values."""
    for scope, _ in scopes(rule, claim, receipt_date):
        if {alias: item.path for alias, item in scope.items.items()} == observation.items:
            for let in rule.let:
                scope.lets[let.name] = scope.compute(let)
            return scope
    raise LookupError(f"{observation.rule} made no observation on these items")


def concerns(rule: CompiledRule, claim: Claim) -> bool:
    """Return whether a rule is about this claim at all, by everything but dates."""
    scope = rule.rule.applies_to
    return (
        (not scope.claim_types or claim.claim_type in scope.claim_types)
        and (not scope.payers or claim.payer.key in scope.payers)
        and (not scope.programs or claim.payer.program in scope.programs)
        and (not scope.frequencies or claim.frequency_code in scope.frequencies)
        and (scope.encounters is None or scope.encounters == (claim.transaction.type == "RP"))
    )


def _in_force(rule: CompiledRule, scope: Scope) -> bool | None:
    """Return whether the rule is in force on the item's date: the line's from date, else the claim's."""
    effective = rule.rule.applies_to.effective
    if effective.from_ is None and effective.to is None:
        return True
    line = next((i.value for i in scope.items.values() if i.pattern == "lines[]"), None)
    date = line_from(scope.claim, line) if line is not None else code_set_date(scope.claim)
    if not isinstance(date, dt.date):
        scope.doubts.setdefault("the service date")
        return None
    return (effective.from_ is None or date >= effective.from_) and (
        effective.to is None or date <= effective.to
    )


def passes(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> int:
    """Return for how many items the rule surely applies and its requirement surely holds."""
    if not concerns(rule, claim):
        return 0
    return sum(
        _answers(rule, scope, certain) == (True, True) for scope, certain in scopes(rule, claim, receipt_date)
    )


def _answers(rule: CompiledRule, scope: Scope, certain: bool) -> tuple[bool | None, bool | None]:
    """Return whether the rule applies to the item, and whether its requirement holds (asked only if so)."""
    asked = rule.where if rule.scope != "groups" else None  # of groups, it chose their items
    applies = all_of([_in_force(rule, scope), scope.holds(asked) if asked else True])
    if applies is False:
        return False, None
    for let in rule.let:
        scope.lets[let.name] = scope.compute(let)
        if scope.lets[let.name] is UNKNOWN:
            scope.doubts.setdefault(let.name)
    applies = all_of([applies, True if certain else None, scope.holds(rule.when) if rule.when else True])
    if applies is False or (rule.scope == "groups" and not certain):
        return applies, None  # with the item that may be in, a group may be another
    return applies, scope.holds(rule.require)


def _observe(rule: CompiledRule, scope: Scope, certain: bool) -> Observation | None:
    applies, answer = _answers(rule, scope, certain)
    if applies is False or answer is True:
        return None
    if applies is None or answer is None:
        return _unknown(rule, scope)
    bypassed = scope.holds(rule.bypass) if rule.bypass else False
    if bypassed is None:
        return _unknown(rule, scope)
    at = tuple(scope.path_at(term) for term in rule.at)
    return Observation(
        kind="bypass" if bypassed else "violation",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        preview=rule.rule.status == "preview",
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line(at[0], scope),
        at=at,
        message=_message(rule, scope),
        evidence=evidence(rule, scope),
    )


def _unknown(rule: CompiledRule, scope: Scope) -> Observation:
    unset = [f"{rule.rule.id}.{name}" for name in rule.parameters if f"{PARAMETER}{name}" in scope.doubts]
    doubts = unset or list(scope.doubts) or ["a value"]
    names = ", ".join(doubts)
    remedy = "correct the value that cannot be read and scrub the claim again"
    if unset:
        remedy = "set what this payer says in its parameters.yaml"
    elif doubts == ["receipt_date"]:
        remedy = "give the run a receipt date"
    return Observation(
        kind="unknown",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        preview=rule.rule.status == "preview",
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line("", scope),
        reason=f"not known: {names}",
        remedy=remedy,
    )


def _line(at: str, scope: Scope) -> int | None:
    """Return the index of the service line concerned: that of the primary place, else of the item."""
    for path in (at, *(item.path for item in scope.items.values())):
        if path.startswith("lines["):
            return int(path[6 : path.index("]")])
    return None


def _message(rule: CompiledRule, scope: Scope) -> str:
    def shown(match: re.Match[str]) -> str:
        value = scope.value(rule.names.term(match[1]))
        return "(none)" if value is None or value == [] else as_text(value)

    return _PLACEHOLDER.sub(shown, rule.rule.message)


def evidence(rule: CompiledRule, scope: Scope) -> dict[str, str]:
    """Return the values the requirement looked at, by the name the rule gives them."""
    out: dict[str, str] = {}

    def show(term: Term) -> None:
        value = scope.value(term)
        if term.kind != "object":
            out[term.text] = "" if value is None or value == [] else as_text(value)

    def visit(node: Node) -> None:
        if isinstance(node, Leaf):
            if node.term.root == "claim" or node.term.root in scope.items or node.term.is_let:
                show(node.term)
            operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
            for operand in operands:
                if isinstance(operand, Term) and (operand.is_let or operand.root in (*scope.items, "claim")):
                    show(operand)
        elif isinstance(node, All | AnyOf):
            for part in node.parts:
                visit(part)
        elif isinstance(node, Not):
            visit(node.part)

    for name in rule.rule.let:
        value = scope.lets.get(name)
        out[name] = "" if value is None or value is UNKNOWN else as_text(value)
    visit(rule.require)
    return out


def claim_trait(node: Node, claim: Claim, receipt_date: dt.date | None) -> bool | None:
    """Evaluate a condition about the claim as a whole, for decisions."""
    return Scope(claim, receipt_date).holds(node)
