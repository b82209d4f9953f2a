"""Rules as generated Python: for each rule a function that proves "passes or does not apply" fast.

The function returns True when it cannot prove that; the plain evaluator (`evaluate.py`) then finds out
what is the matter. So the generated code may give up wherever a shape is rare, but may never claim a
proof that the evaluator would not confirm (a property test holds the two together).

For each condition two expressions are written: `proved` (surely true) and `refuted` (surely false). A
value that is unknown makes neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from scrubber.claim.model import Claim
from scrubber.claim.paths import attribute, sweep_patterns
from scrubber.claim.values import Unreadable
from scrubber.engine.ir import All, Collection, CompiledRule, Leaf, Node, Not, Quantifier
from scrubber.engine.writer import NUMERIC, GiveUp, Writer, members
from scrubber.packs.names import Term

#: (claim, receipt date) → True when the rule must be looked at.
Suspect = Callable[[Claim, dt.date | None], bool]


def source_of(rule: CompiledRule) -> tuple[str, dict[str, Any]]:
    """Return the source of a rule's function and the constants it needs."""
    writer = Writer()
    try:
        _body(rule, writer)
    except GiveUp:
        writer = Writer(lines=["    return True  # not a shape the generator writes; always evaluated"])
    head = f"def suspect(c, r):  # {rule.rule.id} {rule.rule.name}"
    return "\n".join([head, *writer.lines]), writer.constants


def generate(rule: CompiledRule) -> Suspect:
    """Compile a rule's function."""
    source, constants = source_of(rule)
    scope: dict[str, Any] = dict(constants)
    exec(compile(source, f"<rule {rule.rule.id}>", "exec"), scope)
    suspect: Suspect = scope["suspect"]
    return suspect


def _body(rule: CompiledRule, writer: Writer) -> None:
    if rule.scope == "claim":
        _test_item(rule, writer, skip="return False")
    elif rule.scope == "every":
        _sweep(rule, writer)
    elif rule.scope == "each":
        _each(rule, writer)
    else:
        _pairs(rule, writer)
    writer.depth = 1
    writer.emit("return False")


def _each(rule: CompiledRule, writer: Writer) -> None:
    for alias, pattern in rule.aliases.items():
        writer.patterns[alias] = pattern
    *_, innermost = rule.aliases
    writer.loop(Collection("claim", tuple(rule.pattern.split(".")), rule.pattern), innermost)
    _test_item(rule, writer, skip="continue")


def _sweep(rule: CompiledRule, writer: Writer) -> None:
    (alias,) = rule.aliases
    found = writer.name("s")
    writer.emit(f"{found} = []")
    for info in sweep_patterns(rule.pattern):
        start, parts = writer.depth, info.pattern.split(".")
        current, pattern = "c", ""
        for part in parts:
            here = f"{pattern}.{part}" if pattern else part
            read = f"{current}.{attribute(part.removesuffix('[]'))}"
            if part.endswith("[]"):
                current = writer.name("x")
                writer.emit(f"for {current} in {read}:")
                writer.depth += 1
            else:
                current = writer.hold(read)
                writer.emit(f"if {current} is not None:")
                writer.depth += 1
            pattern = here
        writer.emit(f"{found}.append({current})")
        writer.depth = start
    writer.items[alias] = writer.name("x")
    writer.patterns[alias] = f"every.{rule.pattern}"
    writer.emit(f"for {writer.items[alias]} in {found}:")
    writer.depth += 1
    _test_item(rule, writer, skip="continue")


def _pairs(rule: CompiledRule, writer: Writer) -> None:
    """Two nested loops; what concerns only the first item is asked before the second loop begins."""
    steps = rule.pattern.split(".")
    if len(steps) != 1:
        raise GiveUp
    first, second = rule.aliases
    items = writer.hold(f"c.{attribute(steps[0].removesuffix('[]'))}")
    writer.emit(f"if len({items}) < 2: return False")
    for alias in (first, second):
        writer.items[alias], writer.patterns[alias] = writer.name("x"), rule.pattern
        writer.positions[alias] = writer.name("i")
    a, i = writer.items[first], writer.positions[first]
    b, j = writer.items[second], writer.positions[second]
    writer.emit(f"for {i}, {a} in enumerate({items}, 1):")
    writer.depth += 1
    conditions = [part for node in (rule.where, rule.when) if node for part in _parts(node)]
    lets = frozenset(rule.rule.let)
    for part in conditions:
        if not _mentions(part) & ({second} | lets):
            writer.emit(f"if {writer.refuted(part)}: continue")
    start = "" if rule.rule.for_each.ordered else f"[{i}:]"
    writer.emit(f"for {j}, {b} in enumerate({items}{start}, {'1' if not start else f'{i} + 1'}):")
    writer.depth += 1
    writer.emit(f"if {i} == {j}: continue")
    for left, right in rule.same:
        x, y = writer.load(left), writer.load(right)
        unreadable = writer.constant(Unreadable)
        check = f"if {x} != {y}"
        if left.kind in (*NUMERIC, "date"):
            check += f" and {x}.__class__ is not {unreadable} and {y}.__class__ is not {unreadable}"
        writer.emit(check + ": continue")
    _test_item(rule, writer, skip="continue")


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, All) else (node,)


def _mentions(node: Node) -> frozenset[str]:
    """Return the aliases and named values a condition reads."""
    if isinstance(node, Leaf):
        terms = [node.term, *(o for o in (node.operand, *members(node.operand)) if isinstance(o, Term))]
        return frozenset(term.root for term in terms)
    if isinstance(node, Not):
        return _mentions(node.part)
    if isinstance(node, Quantifier):
        inner = [n for n in (node.where, node.satisfies) if n is not None]
        return frozenset({node.collection.root}).union(*(_mentions(n) for n in inner))
    return frozenset().union(*(_mentions(part) for part in node.parts))


def _test_item(rule: CompiledRule, writer: Writer, skip: str) -> None:
    """Write the test of one item: skip it when it surely does not apply or surely passes."""
    _in_force(rule, writer, skip)
    if rule.where is not None and rule.scope != "pairs":
        writer.emit(f"if {writer.refuted(rule.where)}: {skip}")
    for value in rule.let:
        writer.let(value)
    if rule.where is not None and rule.scope == "pairs":
        writer.emit(f"if {writer.refuted(rule.where)}: {skip}")
    if rule.when is not None:
        for part in _parts(rule.when):
            writer.emit(f"if {writer.refuted(part)}: {skip}")
    # An item that passes must be certain to apply, or the evaluator would call it unknown. A requirement
    # that surely holds is a pass either way.
    writer.emit(f"if not {writer.proved(rule.require)}: return True")


def _in_force(rule: CompiledRule, writer: Writer, skip: str) -> None:
    effective = rule.rule.applies_to.effective
    line = next((a for a, p in writer.patterns.items() if p == "lines[]" and a in writer.items), None)
    if line is None or (effective.from_ is None and effective.to is None):
        return
    date = writer.hold(f"{writer.items[line]}.service_date.from_")
    known = f"{date}.__class__ is {writer.constant(dt.date)}"
    if effective.from_ is not None:
        writer.emit(f"if {known} and {date} < {writer.constant(effective.from_)}: {skip}")
    if effective.to is not None:
        writer.emit(f"if {known} and {date} > {writer.constant(effective.to)}: {skip}")
