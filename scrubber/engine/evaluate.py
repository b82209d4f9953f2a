"""The plain evaluator: one rule on one claim, three-valued, with evidence. Slow, and always right.

True, False and None (unknown). Absent: `present: false`, `not_in`, `not_in_set` and `not` hold, every other
operator is false. Unknown (a value that cannot be read) is carried as in SQL. The generated observers
(`observe.py`) only ever skip what this module would find to pass or not to apply.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scrubber.claim.derived import DERIVED, first_service_date
from scrubber.claim.model import Claim
from scrubber.claim.paths import EFFECTIVE, SYNONYMS, attribute, expand, sweep_patterns
from scrubber.claim.values import Unreadable, as_text, read_amount, read_date
from scrubber.engine.facts import Observation
from scrubber.engine.ir import (
    All,
    AnyOf,
    Collection,
    CompiledRule,
    Leaf,
    LetValue,
    Node,
    Not,
    Quantifier,
)
from scrubber.engine.operators import LISTS, SINGLE, TRUE_WHEN_ABSENT
from scrubber.packs.names import Term

#: A value nobody knows: a sum over something unreadable, a date that was not given.
UNKNOWN = Unreadable("")

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Item:
    """One item in scope: the object (or plain value) and its concrete path."""

    value: Any
    path: str
    pattern: str
    position: int = 0


@dataclass(slots=True)
class Scope:
    """Everything a condition may look at. `doubts` collects the names that made an answer unknown."""

    claim: Claim
    receipt_date: dt.date | None
    items: dict[str, Item] = field(default_factory=dict)
    lets: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)

    def with_item(self, alias: str, item: Item) -> Scope:
        """Return this scope plus one item; doubts are shared."""
        return Scope(self.claim, self.receipt_date, {**self.items, alias: item}, self.lets, self.doubts)

    def anew(self) -> Scope:
        """Return this scope without doubts, for the next item of a rule."""
        return Scope(self.claim, self.receipt_date, self.items, {}, {})

    # --- values -----------------------------------------------------------------------------------

    def value(self, term: Term) -> Any:
        """Return a term's value: None when absent, Unreadable when unknown, a list when `many`."""
        if term.is_let:
            return self.lets[term.root]
        if term.root == "claim":
            return self._read(self.claim, "", term.steps, term.reported, self.claim, "")
        item = self.items[term.root]
        if term.steps and item.pattern.startswith("every."):
            return _swept(item, term.steps[0])
        if term.pattern is None:
            return {"value": item.value, "position": item.position, "path": item.path}.get(
                term.steps[0], as_text(item.value)
            )
        return self._read(item.value, item.pattern, term.steps, term.reported, item.value, item.pattern)

    def _read(
        self, target: Any, pattern: str, steps: Sequence[str], reported: bool, item: Any, item_pattern: str
    ) -> Any:
        remaining = ".".join(steps)
        derived = DERIVED.get(f"{pattern}.{remaining}" if pattern else remaining)
        if derived is not None and target is item:
            return derived.function(self.claim, item, self.receipt_date)
        for i, step in enumerate(steps):
            name = step.removesuffix("[]")
            here = f"{pattern}.{step}" if pattern else step
            if here in SYNONYMS:
                return self._read(self.claim, "", SYNONYMS[here].split("."), True, self.claim, "")
            value = getattr(target, attribute(name)) if target is not None else None
            if value is None and here in EFFECTIVE and not reported:
                value = self._fallback(EFFECTIVE[here], item, item_pattern)
            if step.endswith("[]"):
                rest = steps[i + 1 :]
                if not rest:
                    return list(value or ())
                found: list[Any] = []
                for member in value or ():
                    inner = self._read(member, here, rest, reported, member, here)
                    found.extend(inner if isinstance(inner, list) else [inner] if inner is not None else [])
                return found
            target, pattern = value, here
        return target

    def _fallback(self, targets: Sequence[str], item: Any, item_pattern: str) -> Any:
        for target in targets:
            if item_pattern and target.startswith(item_pattern + "."):
                base, path, prefix = item, target[len(item_pattern) + 1 :], item_pattern
            else:
                base, path, prefix = self.claim, target, ""
            value = self._read(base, prefix, path.split("."), True, base, prefix)
            if value is not None:
                return value
        return None

    def members(self, collection: Collection) -> Iterator[Item]:
        """Yield the items of a collection with their paths."""
        if collection.root == "claim":
            yield from _walk(self.claim, "", "", collection.steps)
        else:
            item = self.items[collection.root]
            yield from _walk(item.value, item.path, item.pattern, collection.steps)

    def path(self, term: Term) -> str:
        """Return the concrete path a term points at; the first item where it names many."""
        if term.root == "claim" or term.pattern is not None:
            base = "" if term.root == "claim" else self.items[term.root].path
            steps = [s.replace("[]", "[0]") for s in term.steps[:-1]]
            steps += [s.removesuffix("[]") for s in term.steps[-1:]]
            if term.reported:
                steps.insert(0, "reported")
            return ".".join([base, *steps]) if base else ".".join(steps)
        return self.items[term.root].path

    def path_at(self, term: Term) -> str:
        """Return the path a term points at; for a sweep's `.path`, the item's own."""
        if term.root in self.items and term.steps == ("path",):
            return self.items[term.root].path
        return self.path(term)

    # --- conditions -------------------------------------------------------------------------------

    def holds(self, node: Node) -> bool | None:
        """Evaluate a condition."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, All):
            return _all(self.holds(part) for part in node.parts)
        if isinstance(node, AnyOf):
            return _any(self.holds(part) for part in node.parts)
        if isinstance(node, Not):
            answer = self.holds(node.part)
            return None if answer is None else not answer
        return self._quantifier(node)

    def _quantifier(self, node: Quantifier) -> bool | None:
        answers: list[bool | None] = []
        for item in self.members(node.collection):
            inner = self.with_item(node.alias, item)
            chosen = inner.holds(node.where) if node.where else True
            if node.kind == "every":
                assert node.satisfies is not None
                answers.append(_any([None if chosen is None else not chosen, inner.holds(node.satisfies)]))
            else:
                answers.append(chosen)
        if node.kind == "every":
            return _all(answers)
        found = _any(answers)
        if node.kind == "some" or found is None:
            return found
        return not found

    def _leaf(self, node: Leaf) -> bool | None:
        value = self.value(node.term)
        if node.operator == "present":
            there = value is not None and value != []
            return there is node.operand
        operand = self._operand(node)
        if isinstance(value, Unreadable) or _has_unreadable(value) or _has_unreadable(operand):
            self.doubts.setdefault(node.term.text)
            return None
        if node.operator in LISTS:
            return LISTS[node.operator](value if value is not None else [], operand)
        if value is None or value == []:
            return node.operator in TRUE_WHEN_ABSENT
        if isinstance(value, list):  # several values and a single-value operator: all of them
            return all(SINGLE[node.operator](v, operand) for v in value)
        if _is_missing(operand):
            return node.operator in TRUE_WHEN_ABSENT
        return SINGLE[node.operator](value, operand)

    def _operand(self, node: Leaf) -> Any:
        operand = node.operand
        if node.operator == "within":
            return operand[0], self.value(operand[1])
        if isinstance(operand, Term):
            return self.value(operand)
        if isinstance(operand, tuple):
            return tuple(self.value(o) if isinstance(o, Term) else o for o in operand)
        return operand

    # --- named values -----------------------------------------------------------------------------

    def compute(self, let: LetValue) -> Any:
        """Return a named value. A sum skips absent members and is unknown over unknown ones."""
        if let.terms:
            values = [self.value(term) for term in let.terms]
            if let.operation == "distinct":
                return list(dict.fromkeys(values[0] or ()))
            return _arithmetic(let.operation, values)
        assert let.collection is not None
        members: list[Any] = []
        for item in self.members(let.collection):
            inner = self.with_item(let.alias, item)
            chosen = inner.holds(let.where) if let.where else True
            if chosen is None:
                return UNKNOWN
            if chosen:
                value = inner.value(let.of) if let.of else item.value
                members.extend(value if isinstance(value, list) else [value])
        if let.operation == "count":
            return len(members)
        known = [m for m in members if m is not None]
        if any(isinstance(m, Unreadable) for m in known):
            return UNKNOWN
        if let.operation == "sum":
            return sum(known, Decimal(0))
        if let.operation == "distinct":
            return list(dict.fromkeys(known))
        return (min(known) if let.operation == "min" else max(known)) if known else None


def _walk(target: Any, path: str, pattern: str, steps: Sequence[str]) -> Iterator[Item]:
    if target is None:
        return
    step, rest = steps[0], steps[1:]
    name = step.removesuffix("[]")
    here, below = f"{path}.{name}" if path else name, f"{pattern}.{step}" if pattern else step
    value = getattr(target, attribute(name))
    if not step.endswith("[]"):
        yield from _walk(value, here, below, rest)
        return
    for i, member in enumerate(value or ()):
        if rest:
            yield from _walk(member, f"{here}[{i}]", below, rest)
        else:
            yield Item(member, f"{here}[{i}]", below, i + 1)


def _swept(item: Item, part: str) -> Any:
    if part == "path":
        return item.path
    raw = as_text(item.value)
    if part == "raw":
        return raw
    kind = item.pattern.removeprefix("every.")
    return read_amount(raw) if kind == "amount" else read_date(raw.replace("-", "")) if kind == "date" else raw


def _arithmetic(operation: str, values: list[Any]) -> Any:
    if any(isinstance(v, Unreadable) for v in values):
        return UNKNOWN
    known = [v for v in values if v is not None]
    if operation == "add":
        return sum(known, Decimal(0))
    if len(known) < len(values):
        return None
    total = known[0]
    for value in known[1:]:
        total = total - value if operation == "subtract" else total * value
    return total


def _has_unreadable(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(v, Unreadable) for v in value)
    return isinstance(value, Unreadable)


def _is_missing(operand: Any) -> bool:
    return operand is None or (isinstance(operand, tuple) and any(o is None for o in operand))


def _all(answers: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _any(answers: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    unknown = False
    for answer in answers:
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


# --- one rule on one claim ------------------------------------------------------------------------


def scopes(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> Iterator[tuple[Scope, bool]]:
    """Yield a scope per item of the rule, and whether it is certain that the item is in scope."""
    base = Scope(claim, receipt_date)
    if rule.scope == "claim":
        yield base, True
    elif rule.scope == "every":
        (alias,) = rule.aliases
        for info in sweep_patterns(rule.pattern):
            for path, value in expand(claim, info.pattern):
                yield base.anew().with_item(alias, Item(value, path, f"every.{rule.pattern}")), True
    elif rule.scope == "each":
        for item in _walk(claim, "", "", rule.pattern.split(".")):
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
        parent = next(p for p in _walk(base.claim, "", "", pattern.split(".")) if p.path == path)
        scope = scope.with_item(alias, parent)
    return scope


def _pairs(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    first, second = rule.aliases
    items = list(_walk(base.claim, "", "", rule.pattern.split(".")))
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
    date = line.service_date.from_ if line is not None else first_service_date(scope.claim)
    if not isinstance(date, dt.date):
        scope.doubts.setdefault("the service date")
        return None
    return (effective.from_ is None or date >= effective.from_) and (effective.to is None or date <= effective.to)


def passes(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> int:
    """Return for how many items the rule surely applies and its requirement surely holds."""
    if not concerns(rule, claim):
        return 0
    return sum(
        _answers(rule, scope, certain) == (True, True) for scope, certain in scopes(rule, claim, receipt_date)
    )


def _answers(rule: CompiledRule, scope: Scope, certain: bool) -> tuple[bool | None, bool | None]:
    """Return whether the rule applies to the item, and whether its requirement holds (asked only if so)."""
    applies = _all([_in_force(rule, scope), scope.holds(rule.where) if rule.where else True])
    if applies is False:
        return False, None
    for let in rule.let:
        scope.lets[let.name] = scope.compute(let)
        if scope.lets[let.name] is UNKNOWN:
            scope.doubts.setdefault(let.name)
    applies = _all([applies, True if certain else None, scope.holds(rule.when) if rule.when else True])
    return applies, None if applies is False else scope.holds(rule.require)


def _observe(rule: CompiledRule, scope: Scope, certain: bool) -> Observation | None:
    applies, answer = _answers(rule, scope, certain)
    if applies is False or answer is True:
        return None
    if applies is None or answer is None:
        return _unknown(rule, scope)
    bypassed = scope.holds(rule.bypass) if rule.bypass else False
    if bypassed is None:
        return _unknown(rule, scope)
    return Observation(
        kind="bypass" if bypassed else "violation",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line(scope),
        at=tuple(scope.path_at(term) for term in rule.at),
        message=_message(rule, scope),
        evidence=evidence(rule, scope),
    )


def _unknown(rule: CompiledRule, scope: Scope) -> Observation:
    doubts = list(scope.doubts) or ["a value"]
    names = ", ".join(doubts)
    remedy = (
        "give the run a receipt date"
        if doubts == ["receipt_date"]
        else "correct the value that cannot be read and scrub the claim again"
    )
    return Observation(
        kind="unknown",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line(scope),
        reason=f"not known: {names}",
        remedy=remedy,
    )


def _line(scope: Scope) -> int | None:
    """Return the index of the service line an item is on: that of the first alias that is on one."""
    for item in scope.items.values():
        if item.path.startswith("lines["):
            return int(item.path[6 : item.path.index("]")])
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


