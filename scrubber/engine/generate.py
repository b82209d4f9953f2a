"""Rules as generated Python: for each rule a function that proves "passes or does not apply" fast.

The function returns True when it cannot prove that; the plain evaluator (`evaluate.py`) then finds out
what is the matter. So the generated code may give up wherever a shape is rare, but may never claim a
proof that the evaluator would not confirm (a property test holds the two together).

For each condition two expressions are written: `proved` (surely true) and `refuted` (surely false). A
value that is unknown makes neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import PATHS, gathered_sources, sweep_patterns
from scrubber.claim.shape import attribute
from scrubber.claim.values import Unreadable
from scrubber.engine.ir import All, Collection, CompiledRule, Leaf, Node, Not, Quantifier
from scrubber.engine.writer import NUMERIC, GiveUp, Writer, may_be_unknown, members
from scrubber.packs.names import GROUP, PARAMETER, Term

#: (claim, receipt date) → True when the rule must be looked at.
Suspect = Callable[[Claim, dt.date | None], bool]


def source_of(rule: CompiledRule, claim_type: ClaimType) -> tuple[str, dict[str, Any]]:
    """Return the source of a rule's function for claims of a type, and the constants it needs."""
    writer = Writer(claim_type=claim_type)
    try:
        _body(rule, writer)
    except GiveUp:
        writer = _unwritten(rule, claim_type)
    head = f"def suspect(c, r):  # {rule.rule.id} {rule.rule.name}"
    return "\n".join([head, *writer.lines]), writer.constants


def _unwritten(rule: CompiledRule, claim_type: ClaimType) -> Writer:
    """Return a function that asks for a look wherever the rule has an item to look at."""
    writer = Writer(claim_type)
    if rule.scope in ("each", "pairs", "groups"):
        try:
            writer.loop(Collection("claim", tuple(rule.pattern.split(".")), rule.pattern), "item")
        except GiveUp:
            writer = Writer(claim_type)
    writer.emit("return True  # not a shape the generator writes; always evaluated")
    if writer.depth > 1:
        writer.depth = 1
        writer.emit("return False")
    return writer


def generate(rule: CompiledRule, claim_type: ClaimType) -> Suspect:
    """Compile a rule's function for claims of a type."""
    source, constants = source_of(rule, claim_type)
    scope: dict[str, Any] = dict(constants)
    exec(compile(source, f"<rule {rule.rule.id}>", "exec"), scope)
    suspect: Suspect = scope["suspect"]
    return suspect


def _body(rule: CompiledRule, writer: Writer) -> None:
    writer.dated_by = rule.dated_by
    for name, values in rule.parameters.items():
        writer.lets[f"{PARAMETER}{name}"] = writer.hold(f"{writer.constant(values.of)}(c)")
    if rule.scope == "file":
        _of_file(rule, writer)
    elif rule.scope == "claim":
        _test_item(rule, writer, skip="return False")
    elif rule.scope == "every":
        _sweep(rule, writer)
    elif rule.scope == "each":
        _each(rule, writer)
    elif rule.scope == "groups":
        _groups(rule, writer)
    elif rule.other:
        _pairs_of_two(rule, writer)
    else:
        _pairs(rule, writer)
    writer.depth = 1
    writer.emit("return False")


def _each(rule: CompiledRule, writer: Writer) -> None:
    for alias, pattern in rule.aliases.items():
        writer.patterns[alias] = pattern
    *_, innermost = rule.aliases
    writer.loop(Collection("claim", tuple(rule.pattern.split(".")), rule.pattern), innermost)
    kind = PATHS[rule.pattern].kind
    if kind == "object":
        _test_item(rule, writer, skip="continue")
    else:
        _test_value(rule, innermost, writer, by_identity=kind in (*NUMERIC, "date"))


def _sweep(rule: CompiledRule, writer: Writer) -> None:
    (alias,) = rule.aliases
    found = writer.name("s")
    writer.emit(f"{found} = []")
    _collect(
        _tree(info.pattern.split(".") for info in sweep_patterns(rule.pattern, writer.claim_type)),
        "c",
        found,
        writer,
    )
    writer.items[alias] = writer.name("x")
    writer.patterns[alias] = f"every.{rule.pattern}"
    writer.emit(f"for {writer.items[alias]} in {found}:")
    writer.depth += 1
    _test_value(rule, alias, writer, by_identity=rule.pattern in (*NUMERIC, "date"))


#: Names of a part of the claim and what is swept in it; {} for the values themselves.
_Tree = dict[str, "_Tree"]


def _tree(paths: Iterable[Sequence[str]]) -> _Tree:
    root: _Tree = {}
    for path in paths:
        branch = root
        for name in path:
            branch = branch.setdefault(name, {})
    return root


def _collect(tree: _Tree, owner: str, found: str, writer: Writer) -> None:
    """Write one walk over the parts of an object that appends every value there is to `found`."""
    for name, branch in tree.items():
        read, start = f"{owner}.{attribute(name.removesuffix('[]'))}", writer.depth
        if name.endswith("[]") and not branch:
            writer.emit(f"if {read}: {found} += {read}")
            continue
        if name.endswith("[]"):
            value = writer.name("x")
            writer.emit(f"for {value} in {read}:")
        else:
            value = writer.hold(read)
            writer.emit(
                f"if {value} is not None:" if branch else f"if {value} is not None: {found}.append({value})"
            )
        if branch:
            writer.depth += 1
            _collect(branch, value, found, writer)
        writer.depth = start


#: How many values that passed a function remembers.
_MOST_KNOWN = 4096


def _test_value(rule: CompiledRule, alias: str, writer: Writer, *, by_identity: bool) -> None:
    """Write the test of one plain value; one that passed is remembered where nothing else decides.

    Numbers and dates are known by identity: equal ones may be written differently. The reader gives the
    same object for the same text, and what is remembered is kept alive.
    """
    value = writer.items[alias]
    parts = [node for node in (rule.where, rule.when, rule.require) if node is not None]
    pure = not rule.let and not rule.lookups and all(_is_about_value(node, alias) for node in parts)
    known = writer.constant({}) if pure else ""
    key = f"id({value})" if by_identity else value
    if pure:
        writer.emit(
            f"if {known}.get({key}) is {value}: continue" if by_identity else f"if {key} in {known}: continue"
        )
    _test_item(rule, writer, skip="continue")
    if pure:
        writer.emit(f"if len({known}) > {_MOST_KNOWN}: {known}.clear()")
        writer.emit(f"{known}[{key}] = {value}")


def _is_about_value(node: Node, alias: str) -> bool:
    """Return whether a condition reads nothing but the value itself: not where it stands, nor others."""
    return all(
        not isinstance(n, Quantifier)
        and all(term.root == alias and term.steps in (("value",), ("raw",)) for term in _terms(n))
        for n in _nodes(node)
    )


def _pairs(rule: CompiledRule, writer: Writer) -> None:
    """Two nested loops; what concerns only the first item is asked before the second loop begins."""
    steps = rule.pattern.split(".")
    if len(steps) != 1 or gathered_sources(rule.pattern):
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
    lets = frozenset((*rule.rule.let, *rule.rule.lookup))
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
        if may_be_unknown(left):
            check += f" and {x}.__class__ is not {unreadable} and {y}.__class__ is not {unreadable}"
        writer.emit(check + ": continue")
    _test_item(rule, writer, skip="continue")


def _pairs_of_two(rule: CompiledRule, writer: Writer) -> None:
    """One loop over the first items: one that is not surely out of question is looked at with all others."""
    first, second = rule.aliases
    writer.outside.add(second)
    writer.loop(Collection("claim", tuple(rule.pattern.split(".")), rule.pattern), first)
    for part in rule.alone:
        writer.emit(f"if {writer.refuted(part)}: continue")
    writer.emit("return True")


def _groups(rule: CompiledRule, writer: Writer) -> None:
    """One loop that sorts the items, one over the groups. What is not known makes the rule be looked at."""
    if rule.parents:
        raise GiveUp
    member = rule.members[-1]
    found, unreadable = writer.name("g"), writer.constant(Unreadable)
    writer.emit(f"{found} = {{}}")
    writer.loop(Collection("claim", tuple(rule.pattern.split(".")), rule.pattern), member)
    if rule.where is not None:
        writer.emit(f"if {writer.refuted(rule.where)}: continue")
        writer.emit(f"if not {writer.proved(rule.where)}: return True")
    keys = []
    for term in rule.by:
        if term.many:
            raise GiveUp
        keys.append(writer.load(term))
        if may_be_unknown(term):
            writer.emit(f"if {keys[-1]}.__class__ is {unreadable}: return True")
    writer.emit(f"{found}.setdefault(({', '.join(keys)},), []).append({writer.items.pop(member)})")
    writer.depth = 1
    group = writer.name("x")
    writer.emit(f"for {group} in {found}.values():")
    writer.depth += 1
    writer.group = group
    for end, index in (("first", 0), ("last", -1)):
        writer.items[f"{GROUP}.{end}"] = writer.hold(f"{group}[{index}]")
        writer.patterns[f"{GROUP}.{end}"] = rule.pattern
    _test_item(rule, writer, skip="continue")


def _of_file(rule: CompiledRule, writer: Writer) -> None:
    """A claim that is in for certain or is out for certain: what it is grouped with is asked elsewhere."""
    if not rule.rule.applies_to.effective.is_always:
        raise GiveUp
    if rule.where is not None:
        writer.emit(f"if not ({writer.proved(rule.where)} or {writer.refuted(rule.where)}): return True")


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, All) else (node,)


def _mentions(node: Node) -> frozenset[str]:
    """Return the aliases and named values a condition reads."""
    roots = {n.collection.root for n in _nodes(node) if isinstance(n, Quantifier)}
    return frozenset(roots).union(term.root for n in _nodes(node) for term in _terms(n))


def _nodes(node: Node) -> Iterator[Node]:
    """Yield a condition and all conditions in it."""
    yield node
    if isinstance(node, Not):
        yield from _nodes(node.part)
    elif isinstance(node, Quantifier):
        for part in (node.where, node.satisfies):
            if part is not None:
                yield from _nodes(part)
    elif not isinstance(node, Leaf):
        for part in node.parts:
            yield from _nodes(part)


def _terms(node: Node) -> list[Term]:
    """Return what a single comparison reads."""
    if not isinstance(node, Leaf):
        return []
    return [node.term, *(o for o in (node.operand, *members(node.operand)) if isinstance(o, Term))]


def _test_item(rule: CompiledRule, writer: Writer, skip: str) -> None:
    """Write the test of one item: skip it when it surely does not apply or surely passes."""
    _in_force(rule, writer, skip)
    if rule.where is not None and rule.scope not in ("pairs", "groups"):
        writer.emit(f"if {writer.refuted(rule.where)}: {skip}")
    named = frozenset((*rule.rule.let, *rule.rule.lookup))
    asked = _parts(rule.when) if rule.when is not None else ()
    early = [part for part in asked if rule.lookups and not _mentions(part) & named]
    for part in early:  # what needs no look-up is asked before one
        writer.emit(f"if {writer.refuted(part)}: {skip}")
    for plan in rule.lookups:
        writer.look_up(plan, rule.tables)
    for value in rule.let:
        writer.let(value)
    if rule.where is not None and rule.scope == "pairs":
        writer.emit(f"if {writer.refuted(rule.where)}: {skip}")
    for part in asked:
        if part not in early:
            writer.emit(f"if {writer.refuted(part)}: {skip}")
    # An item that passes must be certain to apply, or the evaluator would call it unknown. A requirement
    # that surely holds is a pass either way.
    writer.emit(f"if not {writer.proved(rule.require)}: return True")


def _in_force(rule: CompiledRule, writer: Writer, skip: str) -> None:
    effective = rule.rule.applies_to.effective
    if effective.is_always:
        return
    date = writer.line_date()
    if date is None:
        return
    known = f"{date}.__class__ is {writer.constant(dt.date)}"
    if effective.from_ is not None:
        writer.emit(f"if {known} and {date} < {writer.constant(effective.from_)}: {skip}")
    if effective.to is not None:
        writer.emit(f"if {known} and {date} > {writer.constant(effective.to)}: {skip}")
