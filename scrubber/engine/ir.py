"""A rule with every name resolved and every literal typed: what the evaluator and the code generator share.

Nothing is decided here. Raises NameProblem for names that mean nothing; the pack checker has reported
those to the author long before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from scrubber.claim.functions import FUNCTIONS
from scrubber.claim.paths import BACKGROUND
from scrubber.engine.operators import CodeRange, Pattern
from scrubber.engine.tables import AnyRows, Rows
from scrubber.packs.bundle import Bundle
from scrubber.packs.conditions import CodeRange as RangeSpec
from scrubber.packs.conditions import Condition, Param, QuantifierKind, Ranking, Ref
from scrubber.packs.names import (
    FILE_CLAIMS,
    GROUP,
    PARAMETER,
    TABLE,
    NameProblem,
    Names,
    Term,
    member_path,
)
from scrubber.packs.parameters import ParameterValue, Setting, setting
from scrubber.packs.rules import COLLECTING, ItemPlace, Let, Lookup, Rule, Shift
from scrubber.packs.tables import Table
from scrubber.reference.embedded import with_embedded
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import Snapshot

Sets = Mapping[str, Container[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name besides the claim: sets, what payers set, what tables are, and their rows.

    A table that is not loaded has no rows: what is looked up there is unknown.
    """

    sets: Sets = field(default_factory=dict)
    values: Sequence[ParameterValue] = ()
    specs: Mapping[str, Table] = field(default_factory=dict)
    tables: Mapping[str, AnyRows] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: Bundle, *, with_rows: bool = True, data: Snapshot | None = None) -> Known:
        """Return what a bundle knows; without rows, for those who do not run rules.

        `data` are the editions of tables; None: those that come with the program.
        """
        editions = data if data is not None else with_embedded(Snapshot(Path()))
        tables: dict[str, AnyRows] = {}
        for name, spec in bundle.tables.items() if with_rows else ():
            if spec.rows is not None:
                tables[name] = Rows(spec, spec.rows)
            elif spec.native is not None or editions.of(name):
                tables[name] = StoredRows(spec, editions)
        return cls(bundle.sets, bundle.parameters, bundle.tables, tables)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class Quantifier:
    """some, none or every item of a collection that fits `where`; `every` asks that each `satisfies`.

    `needs_from`: how far a history must reach back for what is not in it not to have been.
    """

    kind: QuantifierKind
    collection: Collection
    alias: str
    where: Node | None
    satisfies: Node | None
    needs_from: Term | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value and one operator. `operand` is a typed literal, a Term, or a tuple of these."""

    term: Term
    operator: str
    operand: Any


Node = All | AnyOf | Not | Quantifier | Leaf


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection to walk: from the alias `root` (or the claim), by `steps`, to items of `pattern`."""

    root: str
    steps: tuple[str, ...]
    pattern: str

    @property
    def is_group(self) -> bool:
        """True for the items of a group: no steps lead there. Another item may be called `group`, too."""
        return not self.steps and not self.is_rows

    @property
    def is_rows(self) -> bool:
        """True for the rows that a look-up finds."""
        return self.pattern.startswith(TABLE)

    @property
    def is_background(self) -> bool:
        """True for what is no part of the claim, also for lists inside of it."""
        return self.pattern in BACKGROUND


@dataclass(frozen=True, slots=True)
class ItemAt:
    """A place: the first item of a collection that fits `where`, or its value `of`."""

    collection: Collection
    alias: str
    where: Node
    of: Term | None


@dataclass(frozen=True, slots=True)
class RankPlan:
    """An order: the table, the key its members are found by, the column of their ranks, and the date."""

    table: str
    key: str
    rank: str
    as_of: Term | None


@dataclass(frozen=True, slots=True)
class LetValue:
    """A named value: an operation over a collection's items, or over other values.

    `extra` is what an operation needs besides: a Shift or the Term of a period, a multiple and a rounding
    mode, the parameter's values in the order of `terms`, or a Function with its arguments. `needs_from` is
    how far a history must reach back for the value to be known.
    """

    name: str
    operation: str
    collection: Collection | None = None
    alias: str = ""
    of: Term | None = None
    where: Node | None = None
    terms: tuple[Term, ...] = ()
    extra: Any = None
    needs_from: Term | None = None

    @property
    def parameter(self) -> str | None:
        """The parameter that a date is moved by or that chooses, if any."""
        if self.operation == "choose":
            return str(self.extra[0])
        return self.extra if isinstance(self.extra, str) else None


@dataclass(frozen=True, slots=True)
class LookupPlan:
    """A look-up: the table's name (or the parameter that has it), what its keys are, and the date."""

    name: str
    table: str
    keys: tuple[tuple[str, Term], ...]
    less: tuple[tuple[str, Term], ...] | None
    as_of: Term | None
    many: bool


ScopeKind = Literal["claim", "each", "pairs", "groups", "every", "file"]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule, ready to run. `scope` is claim, each, pairs, groups, every or file; `aliases` name its items.

    Of groups, `members` names an item and what it stands in for `where` and `by`, the values that a group has
    in common; `parents` are those names of what all items of a group stand in. Of pairs of two collections,
    `other` is the pattern of the second. Of a file, `where` and `by` are about one claim.
    """

    rule: Rule
    scope: ScopeKind
    pattern: str
    aliases: Mapping[str, str]
    same: tuple[tuple[Term, Term], ...]
    where: Node | None
    let: tuple[LetValue, ...]
    when: Node | None
    require: Node
    bypass: Node | None
    at: tuple[Term | ItemAt, ...]
    names: Names
    #: When what the rule proposes may be done.
    amend_when: Node | None
    #: What the message may name, and the `every` whose first failure it calls `missing`.
    told: Names
    wanted: Quantifier | None = None
    members: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    by: tuple[Term, ...] = ()
    #: Parts of `when` that look at nothing but what all items of a group have in common.
    shared: tuple[Node, ...] = ()
    other: str = ""
    #: Parts of `where` and `when` of such pairs that look at nothing of the second item.
    alone: tuple[Node, ...] = ()
    #: How far a history must reach back for an item to be paired with all that there is.
    needs_from: Term | None = None
    parameters: Mapping[str, Setting] = field(default_factory=dict)
    #: The date that picks editions and decides whether the rule is in force, if it is not the usual one.
    dated_by: Term | None = None
    lookups: tuple[LookupPlan, ...] = ()
    tables: Mapping[str, AnyRows] = field(default_factory=dict)


def compile_rule(rule: Rule, known: Known) -> CompiledRule:
    """Resolve a rule's names and literals. Raises NameProblem."""
    sets = known.sets
    scope = rule.for_each
    names = replace(Names.for_scope(scope), parameters=rule.parameters)
    inner = replace(Names.for_members(scope), parameters=rule.parameters)
    where = compile_condition(scope.where, inner, sets) if scope.where else None
    dated_by = names.term(rule.dated_by) if rule.dated_by is not None else None
    lookups: list[LookupPlan] = []
    for name, looked_up in rule.lookup.items():
        lookups.append(_lookup(name, looked_up, names))
        names = names.with_lookup(name, looked_up, known.specs)
    let: list[LetValue] = []
    for name, spec in rule.let.items():
        let.append(_let(name, spec, names, sets))
        names = names.with_let(name, spec)
    kind: ScopeKind = "each"
    pattern = other = ""
    members: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    by: tuple[Term, ...] = ()
    same: tuple[tuple[Term, Term], ...] = ()
    if scope.paired is not None:
        kind, (a, b) = "pairs", names.aliases
        pattern = names.aliases[a].pattern
        other = names.aliases[b].pattern if isinstance(scope.pairs, list) else ""
        same = tuple((names.term(f"{a}.{path}"), names.term(f"{b}.{path}")) for path in scope.same)
    elif scope.groups == FILE_CLAIMS:
        kind, by = "file", tuple(inner.term(path) for path in scope.by)
    elif scope.groups is not None:
        kind, pattern = "groups", names.collection(f"{GROUP}.items")
        members = tuple(inner.aliases)
        parents = tuple(name for name in names.aliases if name != GROUP)
        by = tuple(inner.term(member_path(path, members)) for path in scope.by)
    elif scope.each == "claim":
        kind = "claim"
    elif scope.each is not None and scope.each.startswith("every."):
        kind, pattern = "every", scope.each.removeprefix("every.")
    else:
        pattern = list(names.aliases.values())[-1].pattern
    when = compile_condition(rule.when, names, sets) if rule.when else None
    return CompiledRule(
        rule=rule,
        scope=kind,
        pattern=pattern,
        aliases={name: alias.pattern for name, alias in names.aliases.items()},
        same=same,
        where=where,
        let=tuple(let),
        when=when,
        require=compile_condition(rule.require, names, sets),
        bypass=compile_condition(rule.bypass, names, sets) if rule.bypass else None,
        at=tuple(_place(spec, names) for spec in rule.at),
        names=names,
        amend_when=compile_condition(rule.amend.when, names, sets)
        if rule.amend is not None and rule.amend.when is not None
        else None,
        told=names.for_message(rule.require),
        wanted=_wanted(rule.require, names, sets),
        members=members,
        parents=parents,
        by=by,
        shared=_shared(when, {f"{GROUP}.{path}" for path in scope.by}),
        other=other,
        alone=_alone((where, when), {*list(names.aliases)[1:], *rule.let, *rule.lookup}) if other else (),
        needs_from=names.term(scope.needs_from) if scope.needs_from is not None else None,
        parameters={name: setting(rule, name, known.values) for name in rule.parameters},
        dated_by=dated_by,
        lookups=tuple(lookups),
        tables=known.tables,
    )


def compile_condition(condition: Condition, names: Names, sets: Sets) -> Node:
    """Resolve one condition. Raises NameProblem."""
    if condition.all is not None:
        return All(tuple(compile_condition(c, names, sets) for c in condition.all))
    if condition.any is not None:
        return AnyOf(tuple(compile_condition(c, names, sets) for c in condition.any))
    if condition.not_ is not None:
        return Not(compile_condition(condition.not_, names, sets))
    quantifier = condition.quantifier
    if quantifier is not None:
        return _quantifier(quantifier, condition, names, sets)
    if condition.param is not None:
        term = names.parameter(condition.param)
    else:
        assert condition.field is not None
        term = names.term(condition.field)
    return Leaf(term, condition.operator, _operand(condition, term, names, sets))


def _wanted(require: Condition, names: Names, sets: Sets) -> Quantifier | None:
    every = require.first_every()
    return _quantifier("every", every, names, sets) if every is not None else None


def _shared(when: Node | None, texts: Container[str]) -> tuple[Node, ...]:
    parts = when.parts if isinstance(when, All) else (when,) if when is not None else ()
    return tuple(part for part in parts if _reads_only(part, texts))


def _alone(conditions: Sequence[Node | None], names: Container[str]) -> tuple[Node, ...]:
    parts = (part for node in conditions for part in (node.parts if isinstance(node, All) else (node,)))
    return tuple(part for part in parts if part is not None and _avoids(part, names))


def _avoids(node: Node, names: Container[str]) -> bool:
    """Return whether a condition reads nothing of some names."""
    if isinstance(node, Leaf):
        operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
        return all(t.root not in names for t in (node.term, *operands) if isinstance(t, Term))
    if isinstance(node, Not):
        return _avoids(node.part, names)
    if isinstance(node, Quantifier):
        inner = (part for part in (node.where, node.satisfies) if part is not None)
        roots = {node.collection.root, node.needs_from.root if node.needs_from is not None else "claim"}
        return all(root not in names for root in roots) and all(_avoids(part, names) for part in inner)
    return all(_avoids(part, names) for part in node.parts)


def _reads_only(node: Node, texts: Container[str]) -> bool:
    """Return whether a condition reads nothing but some values."""
    if isinstance(node, Leaf):
        operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
        terms = [t for t in (node.term, *operands) if isinstance(t, Term)]
        return all(t.text in texts or t.root.startswith(PARAMETER) for t in terms)
    if isinstance(node, Not):
        return _reads_only(node.part, texts)
    if isinstance(node, Quantifier):
        return False
    return all(_reads_only(part, texts) for part in node.parts)


def _lookup(name: str, spec: Lookup, names: Names) -> LookupPlan:
    def resolved(keys: Mapping[str, str]) -> tuple[tuple[str, Term], ...]:
        return tuple((key, names.term(text)) for key, text in keys.items())

    return LookupPlan(
        name,
        spec.table if isinstance(spec.table, str) else f"{PARAMETER}{spec.table.param}",
        resolved(spec.keys),
        resolved(spec.else_keys) if spec.else_keys is not None else None,
        names.term(spec.as_of) if spec.as_of is not None else None,
        spec.many,
    )


def _collection(text: str, names: Names) -> Collection:
    pattern = names.collection(text)
    if text in names.rows:
        return Collection(text, (), pattern)
    head = text.partition(".")[0]
    if head in names.aliases and names.aliases[head].is_group and text == f"{head}.items":
        return Collection(head, (), pattern)
    if head in names.aliases:
        base = names.aliases[head].pattern
        return Collection(head, tuple(pattern.removeprefix(base + ".").split(".")), pattern)
    return Collection("claim", tuple(pattern.split(".")), pattern)


def _quantifier(kind: QuantifierKind, condition: Condition, names: Names, sets: Sets) -> Quantifier:
    text = getattr(condition, kind)
    collection = _collection(text, names)
    inner = names.with_item(text, condition.as_)
    return Quantifier(
        kind,
        collection,
        condition.as_ or names.usual_alias(text),
        compile_condition(condition.where, inner, sets) if condition.where else None,
        compile_condition(condition.satisfies, inner, sets) if condition.satisfies else None,
        names.term(condition.needs_from) if condition.needs_from is not None else None,
    )


def _let(name: str, spec: Let, names: Names, sets: Sets) -> LetValue:
    operation = spec.operation
    value = spec.collection
    if operation not in COLLECTING:
        terms = tuple(names.term(text) for text in spec.operands)
        return LetValue(name, operation, terms=terms, extra=_extra(spec, names))
    needs_from = names.term(spec.needs_from) if spec.needs_from is not None else None
    if operation == "distinct" and spec.of is None:
        return LetValue(name, operation, terms=(names.term(value),), needs_from=needs_from)
    collection = _collection(value, names)
    alias = spec.as_ or names.usual_alias(value)
    inner = names.with_item(value, spec.as_)
    return LetValue(
        name,
        operation,
        collection,
        alias,
        inner.term(f"{alias}.{spec.of}") if spec.of else None,
        compile_condition(spec.where, inner, sets) if spec.where else None,
        extra=_arguments(spec, names),
        needs_from=needs_from,
    )


def _place(spec: str | ItemPlace, names: Names) -> Term | ItemAt:
    if isinstance(spec, str):
        return names.place(spec)
    inner, alias = names.with_item(spec.item, None), names.usual_alias(spec.item)
    parts: list[Node] = []
    for name, text in spec.where.items():
        term = inner.term(f"{alias}.{name}")
        parts.append(Leaf(term, "equals", _literal(text, term, inner)))
    of = inner.term(f"{alias}.{spec.of}") if spec.of is not None else None
    return ItemAt(_collection(spec.item, names), alias, All(tuple(parts)), of)


def compile_ranking(spec: Ranking, names: Names) -> RankPlan:
    """Resolve the order of a list. Raises NameProblem."""
    as_of = names.term(spec.as_of) if spec.as_of is not None else None
    return RankPlan(spec.table, spec.key, spec.rank, as_of)


def _arguments(spec: Let, names: Names) -> Any:
    """Return the function that an operation calls, and its arguments; None for other operations."""
    if spec.derived is None:
        return None
    arguments = {
        name: names.parameter(given.param) if isinstance(given, Param) else given
        for name, given in spec.arguments.items()
    }
    return FUNCTIONS[spec.derived], arguments


def _extra(spec: Let, names: Names) -> Any:
    """Return what a calculation needs besides its terms."""
    if spec.by is not None:
        return spec.by if isinstance(spec.by, Shift) else f"{PARAMETER}{spec.by.param}"
    if spec.round is not None:
        return Decimal(spec.to or "1"), spec.mode
    if spec.choose is not None:
        return names.parameter(spec.choose.param).root, tuple(spec.choices), spec.when_absent is not None
    return None


def _operand(condition: Condition, term: Term, names: Names, sets: Sets) -> Any:
    operator, raw = condition.operator, condition.operand
    if operator in ("in_set", "not_in_set", "any_in_set", "none_in_set", "all_in_set"):
        if raw not in sets:
            raise NameProblem(f"there is no set '{raw}'")
        return sets[raw]
    if operator == "matches":
        return Pattern(raw)
    if operator == "sorted_by":
        return compile_ranking(raw, names)
    if operator == "within":
        days = names.term(raw.days.path) if isinstance(raw.days, Ref) else raw.days
        return raw, names.term(raw.after or raw.before), days
    if operator in ("present", "format", "length", "resembles", "whole_number", "count_at_least"):
        return raw
    if isinstance(raw, list):
        return tuple(_literal(item, term, names) for item in raw)
    return _literal(raw, term, names)


def _literal(raw: Any, term: Term, names: Names) -> Any:
    if isinstance(raw, Ref):
        return names.term(raw.path)
    if isinstance(raw, Param):
        return names.parameter(raw.param)
    if isinstance(raw, RangeSpec):
        return CodeRange(raw.from_, raw.to)
    try:
        if term.kind in ("amount", "quantity", "number"):
            return Decimal(raw)
        if term.kind == "date":
            return dt.date.fromisoformat(raw)
    except (ArithmeticError, ValueError):
        raise NameProblem(f"'{raw}' is not a {term.kind}") from None
    if term.kind == "flag":
        return {"true": True, "false": False}.get(raw, raw)
    return raw
