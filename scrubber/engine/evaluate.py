"""One rule on one claim: what it observes, with message, places and evidence. Slow, and always right.

Most claims never get here: `generate.py` clears them. What it cannot clear is decided here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scrubber.claim.background import HISTORY, NOTHING, Background, is_input
from scrubber.claim.model import Claim
from scrubber.claim.paths import BACKGROUND, expand, sweep_patterns
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.calculate import UNKNOWN
from scrubber.engine.concern import seldom_asked
from scrubber.engine.facts import Observation
from scrubber.engine.ir import All, AnyOf, CompiledRule, Leaf, Node, Not
from scrubber.engine.items import Item, walk
from scrubber.engine.scope import BACK_TO, ON, Scope, all_of
from scrubber.engine.tables import remedy_of
from scrubber.packs.names import MISSING, PARAMETER, PLACEHOLDER, TABLE, Term


def scopes(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> Iterator[tuple[Scope, bool]]:
    """Yield a scope per item of the rule, and whether it is certain that the item is in scope.

    Nothing is yielded where nobody knows what there is to pair with (see `unpaired`), and for rules that look
    over all claims of a file (see `file_groups.py`).
    """
    if rule.scope == "file":
        return
    base = _base(rule, claim, receipt_date, background)
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
        for item in walk(claim, rule.pattern.split(".")):
            yield _with_parents(base, rule.aliases, item), True
    elif rule.other:
        yield from _pairs_of_two(rule, base)
    else:
        yield from _pairs(rule, base)


def _base(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> Scope:
    """Return the scope of a whole claim: no items yet, and the parameters' values for the claim."""
    scope = Scope(claim, receipt_date, tables=rule.tables, dated_by=rule.dated_by, background=background)
    for name, values in rule.parameters.items():
        scope.lets[f"{PARAMETER}{name}"] = values.of(claim)
    return scope


def _with_parents(base: Scope, aliases: Iterable[str], item: Item) -> Scope:
    """Add an item and the items it stands in: `lines.modifiers` brings `line` and `modifier`."""
    chain: list[tuple[str, Item]] = []
    each: Item | None = item
    for alias in reversed(list(aliases)):
        assert each is not None
        chain.append((alias, each))
        each = each.parent
    scope = base.anew()
    for alias, part in reversed(chain):
        scope = scope.with_item(alias, part)
    return scope


def _pairs(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    items = list(walk(base.claim, rule.pattern.split(".")))
    for i, a in enumerate(items):
        for j, b in enumerate(items):
            if i == j or (j < i and not rule.rule.for_each.ordered):
                continue
            yield from _pair(rule, base, a, b)


def _pairs_of_two(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    others = (
        base.background_items(rule.other)
        if rule.other in BACKGROUND
        else list(walk(base.claim, rule.other.split(".")))
    )
    for item in walk(base.claim, rule.pattern.split(".")):
        for other in others or ():
            yield from _pair(rule, base, item, other)


def _pair(rule: CompiledRule, base: Scope, a: Item, b: Item) -> Iterator[tuple[Scope, bool]]:
    """Yield the scope of two items, unless they surely differ in what must be the same."""
    first, second = rule.aliases
    scope = base.anew().with_item(first, a).with_item(second, b)
    certain = True
    for left, right in rule.same:
        x, y = scope.value(left), scope.value(right)
        if isinstance(x, Unreadable) or isinstance(y, Unreadable):
            certain = False
            scope.doubts.setdefault(left.text)
        elif x != y:
            return
    yield scope, certain


def unpaired(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background
) -> Scope | None:
    """Return the scope of the first item whose partners nobody knows; None where none could matter.

    Of a history that is too short nobody knows all of them.
    """
    if rule.other not in BACKGROUND:
        return None
    base = _base(rule, claim, receipt_date, background)
    are_known = base.background_items(rule.other) is not None
    if are_known and rule.needs_from is None:
        return None
    first, _ = rule.aliases
    for item in walk(claim, rule.pattern.split(".")):
        scope = (base.anew() if are_known else base).with_item(first, item)
        if any(scope.holds(part) is False for part in rule.alone):
            continue
        if not are_known or _is_short_of(rule, scope):
            return scope
    return None


def _is_short_of(rule: CompiledRule, scope: Scope) -> bool:
    """Return whether a history may lack partners of an item; a date that is worked out is one moved."""
    assert rule.needs_from is not None
    for let in rule.let:
        if rule.needs_from.is_let and let.name == rule.needs_from.root:
            scope.lets[let.name] = scope.compute(let)
    return scope.is_short(rule.needs_from)


def _groups(rule: CompiledRule, base: Scope) -> Iterator[tuple[Scope, bool]]:
    """Yield the groups of items that have the same values; absent ones are the same, too.

    An item of which it is not known whether it is in, or in which group, makes every group uncertain, and
    is one itself. Where `by` names what the items stand in, those of a group stand in the same one.
    """
    groups: dict[tuple[Any, ...], tuple[Scope, list[Item]]] = {}
    open_: list[tuple[Item, Scope]] = []
    for item in walk(base.claim, rule.pattern.split(".")):
        scope = _with_parents(base, rule.members, item)
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
            within = tuple(scope.items[name].path for name in rule.parents)
            groups.setdefault((within, key), (scope, []))[1].append(item)
    for first, items in groups.values():
        scope = _group_scope(rule, base, first, items)
        for _, other in open_:
            scope.doubts.update(other.doubts)
        yield scope, not open_
    for item, other in open_:
        scope = _group_scope(rule, base, other, [item])
        scope.doubts.update(other.doubts)
        yield scope, False


def _group_scope(rule: CompiledRule, base: Scope, first: Scope, items: Sequence[Item]) -> Scope:
    scope = base.anew()
    for name in rule.parents:
        scope = scope.with_item(name, first.items[name])
    return scope.with_group(items)


def evaluate(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> Iterator[Observation]:
    """Yield what a rule observes on a claim: violations, bypasses and unknowns; nothing where it passes."""
    if concerns(rule, claim):
        yield from look_at(rule, claim, receipt_date, background)


def look_at(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> Iterator[Observation]:
    """Yield the same for a claim that the rule is known to concern."""
    alone = unpaired(rule, claim, receipt_date, background)
    if alone is not None:
        yield _unknown(rule, alone)
    if rule.scope == "file":
        scope, inside = membership(rule, claim, receipt_date)
        if inside is None:
            yield _unknown(rule, scope)
    for scope, certain in scopes(rule, claim, receipt_date, background):
        observation = observe(rule, scope, certain)
        if observation is not None:
            yield observation


def membership(rule: CompiledRule, claim: Claim, receipt_date: dt.date | None) -> tuple[Scope, bool | None]:
    """Return whether a claim is one that a rule over a file looks at, and the scope that was asked."""
    scope = _base(rule, claim, receipt_date)
    return scope, all_of([in_force(rule, scope), scope.holds(rule.where) if rule.where else True])


def scope_of(
    rule: CompiledRule,
    observation: Observation,
    claim: Claim,
    receipt_date: dt.date | None,
    background: Background = NOTHING,
) -> Scope:
    """Return the scope an observation was made in, with its named values."""
    for scope, _ in scopes(rule, claim, receipt_date, background):
        if {alias: item.path for alias, item in scope.items.items()} == observation.items:
            name_values(rule, scope)
            return scope
    raise LookupError(f"{observation.rule} made no observation on these items")


def name_values(rule: CompiledRule, scope: Scope) -> None:
    """Look up and work out what a rule names, into the scope."""
    for plan in rule.lookups:
        scope.lets[plan.name] = scope.look_up(plan)
    for let in rule.let:
        scope.lets[let.name] = scope.compute(let)
        if scope.lets[let.name] is UNKNOWN:
            scope.doubts.setdefault(let.name)


def concerns(rule: CompiledRule, claim: Claim) -> bool:
    """Return whether a rule is about this claim at all, by everything but dates."""
    return all(fits for *_, fits in concerned_by(rule, claim))


def concerned_by(rule: CompiledRule, claim: Claim) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the keys of `applies_to` that a rule has: what it wants, what the claim is, whether that fits."""
    scope = rule.rule.applies_to
    for key, wanted, got in (
        ("claim_types", scope.claim_types, claim.claim_type),
        ("payers", scope.payers, claim.payer.key),
        ("programs", scope.programs, claim.payer.program),
        ("frequencies", scope.frequencies, claim.frequency_code),
    ):
        if wanted:
            yield key, ", ".join(wanted), got or "none", got in wanted
    yield from seldom_asked(scope, claim)
    if scope.bill_types:
        got = f"{claim.facility_type_code or ''}{claim.frequency_code or ''}"
        fits = any(_is_bill(claim, wanted) for wanted in scope.bill_types)
        yield "bill_types", ", ".join(scope.bill_types), got or "none", fits
    for name, wants, is_one in (
        ("encounters", scope.encounters, claim.transaction.type == "RP"),
        ("predeterminations", scope.predeterminations, claim.predetermination == "PB"),
    ):
        if wants is False:
            yield name, "false", str(is_one).lower(), not is_one


def _is_bill(claim: Claim, wanted: str) -> bool:
    facility, frequency = claim.facility_type_code, claim.frequency_code
    return facility == wanted[:2] and wanted[2] in ("x", frequency)


def in_force(rule: CompiledRule, scope: Scope) -> bool | None:
    """Return whether the rule is in force on the item's date."""
    effective = rule.rule.applies_to.effective
    if effective.is_always:
        return True
    date = scope.date()
    if not isinstance(date, dt.date):
        scope.doubts.setdefault(scope.date_name)
        return None
    return effective.covers(date)


def passes(
    rule: CompiledRule, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
) -> int:
    """Return for how many items the rule surely applies and its requirement surely holds."""
    if not concerns(rule, claim):
        return 0
    return sum(
        _answers(rule, scope, certain) == (True, True)
        for scope, certain in scopes(rule, claim, receipt_date, background)
    )


def _answers(rule: CompiledRule, scope: Scope, certain: bool) -> tuple[bool | None, bool | None]:
    """Return whether the rule applies to the item, and whether its requirement holds (asked only if so)."""
    asked = rule.where if rule.scope != "groups" else None  # of groups, it chose their items
    applies = all_of([in_force(rule, scope), scope.holds(asked) if asked else True])
    if applies is False:
        return False, None
    name_values(rule, scope)
    if rule.scope == "groups" and not certain:
        # With the item that may be in, all may be otherwise but what the items have in common.
        return (False if any(scope.holds(part) is False for part in rule.shared) else None), None
    applies = all_of([applies, True if certain else None, scope.holds(rule.when) if rule.when else True])
    return applies, None if applies is False else scope.holds(rule.require)


def observe(rule: CompiledRule, scope: Scope, certain: bool) -> Observation | None:
    """Return what a rule observes on one item; None where it passes or is not for it."""
    applies, answer = _answers(rule, scope, certain)
    if applies is False or answer is True:
        return None
    if applies is None or answer is None:
        return _unknown(rule, scope)
    bypassed = scope.holds(rule.bypass) if rule.bypass else False
    if bypassed is None:
        return _unknown(rule, scope)
    at = tuple(scope.path_at(place) for place in rule.at)
    return Observation(
        kind="bypass" if bypassed else "violation",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        preview=rule.rule.status == "preview",
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line(at[0], scope),
        at=at,
        told={
            path: as_text(value)
            for term, path in zip(rule.at, at, strict=True)
            if isinstance(term, Term) and term.background and (value := scope.value(term)) is not None
        },
        message=_message(rule, scope),
        evidence=evidence(rule, scope),
    )


def _unknown(rule: CompiledRule, scope: Scope) -> Observation:
    unset = [f"{rule.rule.id}.{name}" for name in rule.parameters if f"{PARAMETER}{name}" in scope.doubts]
    lacking = [f"the table {d.removeprefix(TABLE)}" for d in scope.doubts if d.startswith(TABLE)]
    named = {*rule.rule.lookup, *rule.rule.let}  # what they are made from is named itself
    values = [d for d in scope.doubts if not d.startswith((PARAMETER, TABLE))]
    not_given = [d for d in values if is_input(d)]
    doubts = unset or lacking or not_given or [d for d in values if d not in named] or values or ["a value"]
    reason = _reason(doubts, scope)
    remedy = "correct the value that cannot be read and scrub the claim again"
    if unset:
        remedy = "set what this payer says in its parameters.yaml"
    elif lacking:
        tables = (d.removeprefix(TABLE).partition(ON)[0] for d in scope.doubts if d.startswith(TABLE))
        remedy = "; ".join(dict.fromkeys(remedy_of(rule.tables.get(name)) for name in tables))
    elif not_given:
        remedy = _of_inputs(not_given)
    elif doubts == ["receipt_date"]:
        remedy = "give the run a receipt date"
    return Observation(
        kind="unknown",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        preview=rule.rule.status == "preview",
        items={alias: item.path for alias, item in scope.items.items()},
        line=_line("", scope),
        reason=reason,
        remedy=remedy,
    )


def _reason(doubts: Sequence[str], scope: Scope) -> str:
    """Return what is not known, and how far the history reaches where that is not far enough."""
    told = {f"{HISTORY}.from": "since when the history has everything"}
    names = ", ".join(told.get(name, name) for name in doubts if not name.startswith(BACK_TO))
    parts = [f"not known: {names}"] if names else []
    needed = _needed(doubts)
    if needed is not None:
        since = scope.background.since
        has = (
            f"the history has everything from {since} on"
            if isinstance(since, dt.date)
            else "nobody said since when the history has everything"
        )
        parts.append(f"{has}; this needs it from {needed} on")
    return "; ".join(parts)


def _needed(doubts: Sequence[str]) -> str | None:
    """Return the earliest date that a history would have to reach back to."""
    return min((name.removeprefix(BACK_TO) for name in doubts if name.startswith(BACK_TO)), default=None)


def _of_inputs(names: Sequence[str]) -> str:
    """Return what to do where a run does not know what is no part of the claim."""
    parts = []
    if HISTORY in names:
        parts.append(
            "give the run a history (--history), and the claim the patient's names and date of birth"
        )
    needed = _needed(names)
    if needed is not None:
        parts.append(f"add all claims from {needed} on to the history: history add ... --since {needed}")
    elif f"{HISTORY}.from" in names:
        parts.append("add earlier claims to the history and say how far it reaches (history add --since)")
    if any(not name.startswith(HISTORY) for name in names):
        parts.append("say it of this claim in the run's context (--context)")
    return "; ".join(parts)


def _line(at: str, scope: Scope) -> int | None:
    """Return the index of the service line concerned: that of the primary place, else of the item."""
    for path in (at, *(item.path for item in scope.items.values())):
        if path.startswith("lines["):
            return int(path[6 : path.index("]")])
    return None


def _message(rule: CompiledRule, scope: Scope) -> str:
    missing = scope.first_failure(rule.wanted) if rule.wanted is not None else None
    known = scope.with_item(MISSING, missing) if missing is not None else scope

    def shown(match: re.Match[str]) -> str:
        name = match[1]
        term = rule.told.parameter(name) if name in rule.parameters else rule.told.term(name)
        value = known.value(term) if term.root != MISSING or missing is not None else None
        return "(none)" if value is None or value == [] else as_text(value)

    return PLACEHOLDER.sub(shown, rule.rule.message)


def evidence(rule: CompiledRule, scope: Scope) -> dict[str, str]:
    """Return the values the requirement looked at, by the name the rule gives them."""
    out: dict[str, str] = {}

    def show(term: Term) -> None:
        value = scope.value(term)
        if term.kind != "object":
            shown = "" if value is None or value == [] else as_text(value)
            out[term.text.removeprefix(PARAMETER)] = shown

    def visit(node: Node) -> None:
        if isinstance(node, Leaf):
            if node.term.root == "claim" or node.term.root in scope.items or node.term.root in scope.lets:
                show(node.term)
            operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
            for operand in operands:
                if isinstance(operand, Term) and operand.root in (*scope.items, *scope.lets, "claim"):
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
