"""The block of one rule in a generated function: the items it looks at, and the test of one item.

A block is entered where the rule does not surely pass by; at its heart stands the requirement, and what to do
(`Writer.look`) when that is not proved. What the rule is for is known to hold, or not to be known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from scrubber.claim.paths import PATHS, gathered_sources
from scrubber.claim.shape import attribute
from scrubber.engine.function_text import FunctionText
from scrubber.engine.ir import All, CompiledRule, Leaf, Node, Quantifier, ScopeKind
from scrubber.engine.ir import Collection as Listed
from scrubber.engine.loader import NUMERIC, GiveUp, is_counted, may_be_unknown
from scrubber.engine.writer import Writer, nodes_of, terms_of
from scrubber.packs.names import GROUP

#: How many values that passed a function remembers.
_MOST_KNOWN = 4096


def write_block(rule: CompiledRule, writer: Writer) -> None:
    """Write the block of a rule whose items are not those of a loop that is there already."""
    _BLOCKS[rule.scope](rule, writer)


def write_value(rule: CompiledRule, writer: Writer) -> None:
    """Write the block of a rule about one item of a loop, which may be a plain value."""
    *_, alias = rule.aliases
    kind = rule.pattern if rule.scope == "every" else PATHS[rule.pattern].kind
    if kind == "object":
        _item(rule, writer)
    else:
        _value(rule, alias, writer, by_identity=kind in (*NUMERIC, "date"))


#: Which values of a kind surely pass a format, by a look that is quicker than to write them as text: those
#: that could be read; of amounts those that are written in cents, or without any.
_SURE: Mapping[tuple[str, Any], str] = {
    ("date", "date"): "{0}.__class__ is date",
    ("quantity", "decimal"): "{0}.__class__ is Decimal",
    ("amount", "money_two_decimals"): (
        "{0}.__class__ is Decimal and ({0}.same_quantum(CENTS) or {0}.same_quantum(WHOLE))"
    ),
}
_SURE_CONSTANTS = {"date": dt.date, "Decimal": Decimal, "CENTS": Decimal("0.01"), "WHOLE": Decimal(1)}


def surely_passes(rules: Iterable[CompiledRule], out: FunctionText) -> str | None:
    """Return an expression, with {0} for a value, that is true only of values which surely pass some rules.

    The rules are about values of one kind. None: there is no such expression.
    """
    found = {
        _SURE.get((rule.pattern, rule.require.operand))
        if isinstance(rule.require, Leaf) and rule.require.operator == "format"
        else None
        for rule in rules
    }
    sure = found.pop() if len(found) == 1 else None
    for name, value in _SURE_CONSTANTS.items() if sure is not None else ():
        if name in str(sure):
            out.constant(value, name)
    return sure


def _value(rule: CompiledRule, alias: str, writer: Writer, *, by_identity: bool) -> None:
    """Write the test of one plain value; one that passed is remembered where nothing else decides.

    Numbers and dates are known by identity: equal ones may be written differently. The reader gives the
    same object for the same text, and what is remembered is kept alive. Their formats are told as quickly.
    """
    value, out = writer.items[alias], writer.out
    parts = [node for node in (rule.where, rule.when, rule.require) if node is not None]
    is_quick = by_identity and isinstance(rule.require, Leaf) and rule.require.operator == "format"
    is_pure = not rule.let and not rule.lookups and all(_is_about_value(node, alias) for node in parts)
    if is_quick or not is_pure:
        _item(rule, writer)
        return
    known = out.constant({})
    key = f"id({value})" if by_identity else value
    out.open(f"if {known}.get({key}) is not {value}:" if by_identity else f"if {key} not in {known}:")
    _item(rule, writer)
    out.open("else:")
    out.emit(f"if len({known}) > {_MOST_KNOWN}: {known}.clear()")
    out.emit(f"{known}[{key}] = {value}")


def _is_about_value(node: Node, alias: str) -> bool:
    """Return whether a condition reads nothing but the value itself: not where it stands, nor others."""
    return not any(isinstance(n, Quantifier) for n in nodes_of(node)) and all(
        term.root == alias and term.steps in (("value",), ("raw",)) for term in terms_of(node)
    )


def _pairs(rule: CompiledRule, writer: Writer) -> None:
    """Two nested loops; what concerns only the first item is asked before the second loop begins."""
    if rule.other:
        _pairs_of_two(rule, writer)
        return
    steps, out = rule.pattern.split("."), writer.out
    if len(steps) != 1 or gathered_sources(rule.pattern):
        raise GiveUp
    first, second = rule.aliases
    items = out.hold(f"c.{attribute(steps[0].removesuffix('[]'))}")
    out.open(f"if len({items}) > 1:")
    writer.items[first], i = out.walk(items, counted=True)
    writer.patterns[first] = writer.patterns[second] = rule.pattern
    writer.positions[first] = i
    conditions = [part for node in (rule.where, rule.when) if node for part in _parts(node)]
    others = {second, *rule.rule.let, *rule.rule.lookup}
    early = [part for part in conditions if not _mentions(part) & others]
    for part in early:
        out.unless(writer.refuted(part))
    if rule.rule.for_each.ordered:
        writer.items[second], j = out.walk(items, counted=True)
        out.open(f"if {i} != {j}:")
    else:
        writer.items[second], j = out.walk(
            f"{items}[{i}:]", counted=is_counted(rule.pattern), start=f"{i} + 1"
        )
    if j:
        writer.positions[second] = j
    for left, right in rule.same:
        x, y = writer.load(left), writer.load(right)
        differ = f"{x} != {y}"
        if may_be_unknown(left):
            differ += f" and {writer.is_readable(x)} and {writer.is_readable(y)}"
        out.unless(f"({differ})")
    _item(rule, writer, asked_before={id(part) for part in early})


def _pairs_of_two(rule: CompiledRule, writer: Writer) -> None:
    """One loop over the first items: one that is not surely out of question is looked at with all others."""
    first, second = rule.aliases
    writer.outside.add(second)
    writer.loop(Listed("claim", tuple(rule.pattern.split(".")), rule.pattern), first)
    for part in rule.alone:
        writer.out.unless(writer.refuted(part))
    writer.out.emit(writer.look)


def _groups(rule: CompiledRule, writer: Writer) -> None:
    """One loop that sorts the items, one over the groups. What is not known makes the rule be looked at."""
    if rule.parents:
        raise GiveUp
    member, out = rule.members[-1], writer.out
    found = out.name("g")
    out.emit(f"{found} = {{}}")
    with out.within():
        writer.loop(Listed("claim", tuple(rule.pattern.split(".")), rule.pattern), member)
        if rule.where is not None:
            out.unless(writer.refuted(rule.where))
            out.emit(f"if not {writer.proved(rule.where)}: {writer.look}")
        keys = []
        for term in rule.by:
            if term.many:
                raise GiveUp
            keys.append(writer.load(term))
            if may_be_unknown(term):
                out.emit(f"if not {writer.is_readable(keys[-1])}: {writer.look}")
        out.emit(f"{found}.setdefault(({', '.join(keys)},), []).append({writer.items.pop(member)})")
    writer.group, _ = out.walk(f"{found}.values()")
    for end, index in (("first", 0), ("last", -1)):
        writer.items[f"{GROUP}.{end}"] = out.hold(f"{writer.group}[{index}]")
        writer.patterns[f"{GROUP}.{end}"] = rule.pattern
    _item(rule, writer)


def _of_file(rule: CompiledRule, writer: Writer) -> None:
    """A claim that is in for certain or is out for certain: what it is grouped with is asked elsewhere."""
    if not rule.rule.applies_to.effective.is_always:
        raise GiveUp
    if rule.where is not None:
        writer.out.unless(f"({writer.proved(rule.where)} or {writer.refuted(rule.where)})")
        writer.out.emit(writer.look)


def _item(rule: CompiledRule, writer: Writer, asked_before: Collection[int] = ()) -> None:
    """Write the test of one item: leave it out when it surely does not apply or surely passes.

    `asked_before` are the conditions (by `id`) that have been asked already.
    """
    out = writer.out
    _in_force(rule, writer)
    if rule.where is not None and rule.scope not in ("pairs", "groups"):
        out.unless(writer.refuted(rule.where))
    named = {*rule.rule.let, *rule.rule.lookup}
    asked = [part for part in _parts(rule.when) if id(part) not in asked_before]
    early = [part for part in asked if rule.lookups and not _mentions(part) & named]
    for part in early:  # what needs no look-up is asked before one
        out.unless(writer.refuted(part))
    for plan in rule.lookups:
        writer.look_up(plan, rule.tables)
    for value in rule.let:
        writer.let(value)
    if rule.scope == "pairs":
        asked = [*(part for part in _parts(rule.where) if id(part) not in asked_before), *asked]
    for part in asked:
        if part not in early:
            out.unless(writer.refuted(part))
    # An item that passes must be certain to apply, or the evaluator would call it unknown. A requirement
    # that surely holds is a pass either way.
    out.emit(f"if not {writer.proved(rule.require)}: {writer.look}")


def _in_force(rule: CompiledRule, writer: Writer) -> None:
    effective = rule.rule.applies_to.effective
    if effective.is_always:
        return
    date = writer.line_date()
    if date is None:
        return
    known = f"{date}.__class__ is {writer.class_(dt.date)}"
    if effective.from_ is not None:
        writer.out.unless(f"({known} and {date} < {writer.out.constant(effective.from_)})")
    if effective.to is not None:
        writer.out.unless(f"({known} and {date} > {writer.out.constant(effective.to)})")


def _parts(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else node.parts if isinstance(node, All) else (node,)


def _mentions(node: Node) -> frozenset[str]:
    """Return the aliases and named values a condition reads."""
    roots = {n.collection.root for n in nodes_of(node) if isinstance(n, Quantifier)}
    return frozenset(roots).union(term.root for term in terms_of(node))


_BLOCKS: Mapping[ScopeKind, Callable[[CompiledRule, Writer], None]] = {
    "claim": _item,
    "pairs": _pairs,
    "groups": _groups,
    "file": _of_file,
}
