"""Writes the conditions of generated functions, and the values that rules give a name.

For each condition two expressions can be written: `proved` (surely true) and `refuted` (surely false). A
value that is unknown makes neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scrubber.claim.formats import FORMATS
from scrubber.claim.values import Unreadable
from scrubber.engine.calculate import UNKNOWN, calculate
from scrubber.engine.ir import All, AnyOf, Leaf, LetValue, LookupPlan, Node, Not, Quantifier
from scrubber.engine.loader import NUMERIC, GiveUp, Loader, may_be_unknown
from scrubber.engine.operators import LISTS, SINGLE, TRUE_WHEN_ABSENT, CodeRange, Membership
from scrubber.engine.tables import AnyRows, finder, look_up
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.names import PARAMETER, Term

_INLINE = {
    "equals": "==",
    "less_than": "<",
    "at_most": "<=",
    "greater_than": ">",
    "at_least": ">=",
    "before": "<",
    "on_or_before": "<=",
    "after": ">",
    "on_or_after": ">=",
}


@dataclass(slots=True)
class Writer(Loader):
    """Writes the conditions and named values of one rule into a function, for claims of a type."""

    # --- conditions -------------------------------------------------------------------------------

    def proved(self, node: Node) -> str:
        """Return an expression that is truthy only when the condition surely holds."""
        if isinstance(node, All):
            return "(" + " and ".join(self.proved(p) for p in node.parts) + ")"
        if isinstance(node, AnyOf):
            return "(" + " or ".join(self.proved(p) for p in node.parts) + ")"
        if isinstance(node, Not):
            return self.refuted(node.part)
        if isinstance(node, Quantifier):
            return self._quantified(node, wanted=True)
        return self._leaf(node, wanted=True)

    def refuted(self, node: Node) -> str:
        """Return an expression that is truthy only when the condition surely does not hold."""
        if isinstance(node, All):
            return "(" + " or ".join(self.refuted(p) for p in node.parts) + ")"
        if isinstance(node, AnyOf):
            return "(" + " and ".join(self.refuted(p) for p in node.parts) + ")"
        if isinstance(node, Not):
            return self.proved(node.part)
        if isinstance(node, Quantifier):
            return self._quantified(node, wanted=False)
        return self._leaf(node, wanted=False)

    def _quantified(self, node: Quantifier, *, wanted: bool) -> str:
        """One loop: either it looks for one witness, or for one item that is not surely otherwise."""
        if node.collection.is_background:
            return "False"
        witness = (node.kind == "some") is wanted if node.kind != "every" else not wanted
        if node.where is None and node.kind != "every" and self._is_list(node.collection):
            return f"({'' if witness else 'not '}{self._list(node.collection)})"
        self._load_outside(node)
        answer = self.out.name("q")
        self.out.emit(f"{answer} = {not witness}")
        saved = dict(self.items), dict(self.patterns), dict(self.positions), self.out.depth
        self.loop(node.collection, node.alias)
        test = self._test_of(node, proved=witness)
        self.out.emit(f"if {test if witness else f'not {test}'}:")
        self.out.emit(f"    {answer} = {witness}")
        self.out.emit("    break")
        self.items, self.patterns, self.positions, self.out.depth = saved
        if sum(step.endswith("[]") for step in node.collection.steps) > 1:
            raise GiveUp  # `break` leaves one loop only
        return answer

    def _load_outside(self, node: Quantifier) -> None:
        """Load what a loop compares with before it begins, where that is a value of the claim."""
        for condition in (node.where, node.satisfies):
            for term in terms_of(condition) if condition is not None else ():
                plain = not (term.derived or term.is_let or term.column or term.many)
                if plain and term.root != node.alias and (term.root == "claim" or term.root in self.items):
                    self.load(term)

    def _test_of(self, node: Quantifier, *, proved: bool) -> str:
        """For a witness: the item surely counts. For the opposite: the item surely does not."""
        if node.kind != "every":
            if node.where is None:
                return "True" if proved else "False"
            return self.proved(node.where) if proved else self.refuted(node.where)
        assert node.satisfies is not None  # `every` is refuted by an item that surely fails
        if proved:
            chosen = self.proved(node.where) if node.where else "True"
            return f"({chosen} and {self.refuted(node.satisfies)})"
        outside = self.refuted(node.where) if node.where else "False"
        return f"({outside} or {self.proved(node.satisfies)})"

    def _leaf(self, node: Leaf, *, wanted: bool) -> str:
        term = node.term
        if isinstance(node.operand, CodeSet) and node.operand.is_dated:
            raise GiveUp
        if any(self._is_outside(t) for t in (term, node.operand, *members(node.operand))):
            return "False"
        value = self.load(term)
        if node.operator == "present":
            return self._presence_leaf(node, value, wanted)
        if node.operator in LISTS:
            return self._list_leaf(node, value, wanted)
        if term.many:
            raise GiveUp
        return self._value_leaf(node, value, wanted)

    def _presence_leaf(self, node: Leaf, value: str, wanted: bool) -> str:
        there = f"{value}" if node.term.many else f"{value} is not None"
        answer = f"({there})" if node.operand is wanted else f"(not ({there}))"
        if node.term.is_let or node.term.column or node.term.derived:  # nobody may know it
            return f"({self.is_readable(value)} and {answer})"
        return answer

    def _value_leaf(self, node: Leaf, value: str, wanted: bool) -> str:
        test, guards, absences = self._test(node, value)
        known = self._known(node.term, value)
        absent_holds = node.operator in TRUE_WHEN_ABSENT
        if wanted:
            sure = f"({' and '.join([known, *guards, test])})"
            return f"({value} is None or {sure})" if absent_holds and not guards else sure
        no = f"({' and '.join([known, *guards])} and not {test})"
        if absent_holds:
            return no
        if not guards:
            is_text = known == f"{value} is not None"
            return f"({value} is None or not {test})" if is_text else f"({value} is None or {no})"
        # An absent value or operand makes the comparison false, unless the other is unknown.
        values = ((value, known), *absences)
        both = [f"({w} is None or {guard})" for w, guard in values if guard != f"{w} is not None"]
        if not absences:  # members of a list: each guard already allows for its absence
            both += guards
        missing = " or ".join(f"{w} is None" for w, _ in values)
        return f"({' and '.join([*both, f'({missing} or not {test})'])})"

    def _is_outside(self, term: Any) -> bool:
        return isinstance(term, Term) and (term.background or term.root in self.outside)

    def _list_leaf(self, node: Leaf, value: str, wanted: bool) -> str:
        if node.operator == "sorted_by":  # a list of fewer than two is; of others the evaluator knows
            return f"({value}.__class__ is list and len({value}) < 2)" if wanted else "False"
        if isinstance(node.operand, Term) or any(isinstance(o, Term) for o in members(node.operand)):
            raise GiveUp
        if node.term.kind in (*NUMERIC, "date"):  # a member may be unreadable
            raise GiveUp
        if node.operator == "contains":
            test = f"({self._literal(node.operand)} in ({value} or ()))"
        else:
            operand = node.operand
            is_plain = isinstance(operand, CodeSet) and operand.is_plain
            held = self._set(operand) if is_plain else self._literal(operand)
            test = f"{self.out.operator(LISTS, node.operator)}({value} or (), {held})"
        answer = test if wanted else f"(not {test})"
        if node.term.is_let or node.term.column:  # a named list of which a member is unknown is no list
            return f"({value}.__class__ is list and {answer})"
        return answer

    def _test(self, node: Leaf, value: str) -> tuple[str, list[str], list[tuple[str, str]]]:
        """Return (test, guards that operands are known, (operand, guard) pairs)."""
        operator, operand = node.operator, node.operand
        if operator == "within":
            if isinstance(operand[2], Term):
                raise GiveUp
            other = self.load(operand[1])
            known = self._known(operand[1], other)
            period = f"({self.out.constant(operand[0])}, {other}, {operand[2]})"
            test = f"{self.out.operator(SINGLE, operator)}({value}, {period})"
            return test, [known], [(other, known)]
        if isinstance(operand, Term):
            if operand.many:
                raise GiveUp
            other = self.load(operand)
            known = self._known(operand, other)
            if operator in _INLINE:
                return f"({value} {_INLINE[operator]} {other})", [known], [(other, known)]
            return f"{self.out.operator(SINGLE, operator)}({value}, {other})", [known], [(other, known)]
        if isinstance(operand, tuple) and any(isinstance(o, Term) for o in operand):
            return self._mixed(node, value, operand)
        return self._constant_test(operator, operand, value, counts=node.term.kind == "number"), [], []

    def _constant_test(self, operator: str, operand: Any, value: str, *, counts: bool) -> str:
        """Compare with a literal; the common operators are written out. `counts`: the value is a number."""
        if counts:  # numbers are whole, and are compared with whole numbers quickest
            operand = tuple(map(_whole, operand)) if isinstance(operand, tuple) else _whole(operand)
        if operator in _INLINE:
            return f"({value} {_INLINE[operator]} {self._literal(operand)})"
        if operator in ("in_set", "not_in_set"):
            negation = "not " if operator == "not_in_set" else ""
            if operand.is_plain:
                return f"({value} {negation}in {self._set(operand)})"
            return f"({negation}{self._set(operand)}[{value}])"
        if operator in ("in", "not_in"):
            ranges = [o for o in operand if isinstance(o, CodeRange)]
            single = frozenset(o for o in operand if not isinstance(o, CodeRange))
            tests = [f"{value} in {self.out.constant(single)}"] if single or not ranges else []
            tests += [
                f"len({value}) == {len(o.first)} and {o.first!r} <= {value} <= {o.last!r}" for o in ranges
            ]
            return f"({'not ' if operator == 'not_in' else ''}({' or '.join(tests)}))"
        if operator == "matches":
            return f"{self.out.constant(operand)}[{value}]"
        if operator == "format":
            return f"{self.out.operator(FORMATS, operand)}({value})"
        if operator == "between":
            low, high = (self._literal(o) for o in operand)
            return f"({low} <= {value} <= {high})"
        return f"{self.out.operator(SINGLE, operator)}({value}, {self._literal(operand)})"

    def _literal(self, value: Any) -> str:
        """Return a literal as it is written; what has no short spelling is a constant."""
        return repr(value) if value.__class__ in (str, int, bool) else self.out.constant(value)

    def _set(self, codes: CodeSet) -> str:
        """Return the codes of a set, or what answers for each code and remembers it."""
        name = f"set_{codes.name}"
        if name in self.out.constants:
            return name
        return self.out.constant(codes.codes if codes.is_plain else Membership(codes), name)

    def _mixed(
        self, node: Leaf, value: str, operand: tuple[Any, ...]
    ) -> tuple[str, list[str], list[tuple[str, str]]]:
        parts, absences = [], []
        for o in operand:
            if isinstance(o, Term):
                if o.many:
                    raise GiveUp
                other = self.load(o)
                absences.append((other, self._known(o, other)))
                parts.append(other)
            else:
                parts.append(self.out.constant(o))
        if node.operator == "between":
            return f"({parts[0]} <= {value} <= {parts[1]})", [guard for _, guard in absences], absences
        # An absent member is no member; an unknown one leaves the answer open.
        test = f"{self.out.operator(SINGLE, node.operator)}({value}, ({', '.join(parts)},))"
        return test, [f"({other} is None or {guard})" for other, guard in absences], []

    def _known(self, term: Term, variable: str) -> str:
        if term.kind in NUMERIC:
            usual = "int" if term.kind == "number" else self.class_(Decimal)
            others = self.out.constant(_NUMBERS, "NUMBERS")
            return f"({variable}.__class__ is {usual} or {variable}.__class__ in {others})"
        if term.kind == "date":
            return f"{variable}.__class__ is {self.class_(dt.date)}"
        if may_be_unknown(term):
            unreadable = self.class_(Unreadable)
            return f"({variable} is not None and {variable}.__class__ is not {unreadable})"
        return f"{variable} is not None"

    # --- named values -----------------------------------------------------------------------------

    def look_up(self, plan: LookupPlan, tables: Mapping[str, AnyRows]) -> None:
        """Write code for a look-up of one row."""
        if plan.many:
            raise GiveUp
        date = self.load(plan.as_of) if plan.as_of is not None else self.line_date()
        if date is None:
            raise GiveUp
        if plan.less is None and not plan.table.startswith(PARAMETER):
            values = "".join(f"{self._key(term)}, " for _, term in plan.keys)
            call = f"{self._finder(plan, tables)}(({values}), {date})"
        else:
            rows = self.out.constant(tables)
            named = self.lets[plan.table] if plan.table.startswith(PARAMETER) else repr(plan.table)
            keys, less = self._keys(plan.keys), self._keys(plan.less) if plan.less is not None else None
            function = self.out.constant(look_up, "look_up")
            call = f"{function}({rows}.get({named}), {keys}, {date}, many=False, less={less})"
        self.lets[plan.name] = self.out.hold(call)

    def _finder(self, plan: LookupPlan, tables: Mapping[str, AnyRows]) -> str:
        """Return the function of a look-up; rules that look up the same way have one."""
        names = tuple(key for key, _ in plan.keys)
        name = "_by_".join((f"row_of_{plan.table}", *names))
        if name not in self.out.constants:
            self.out.constant(finder(tables.get(plan.table), names), name)
        return name

    def _keys(self, keys: Sequence[tuple[str, Term]]) -> str:
        return "{" + ", ".join(f"{key!r}: {self._key(term)}" for key, term in keys) + "}"

    def _key(self, term: Term) -> str:
        if term.many:
            raise GiveUp
        return self.load(term)

    def let(self, value: LetValue) -> None:
        """Write code for a named value."""
        out = self.out.name("n")
        if value.collection is None:
            self._calculation(value, out)
            self.lets[value.name] = out
            return
        self.lets[value.name] = out
        if value.operation == "count" and value.where is None and self._is_list(value.collection):
            keep = self.out.late if value.collection.root == "claim" else self.out.hold
            self.lets[value.name] = keep(f"len({self._list(value.collection)})")
            return
        unknown = self.out.constant(UNKNOWN, "UNKNOWN")
        if value.collection.is_background or value.operation == "derived":  # left to the evaluator
            self.out.emit(f"{out} = {unknown}")
            return
        self.out.emit(f"{out} = 0" if value.operation in ("count", "sum") else f"{out} = []")
        saved = dict(self.items), dict(self.patterns), dict(self.positions), self.out.depth
        self.loop(value.collection, value.alias)
        if sum(step.endswith("[]") for step in value.collection.steps) > 1:
            raise GiveUp
        if value.where is not None:
            yes, no = self.proved(value.where), self.refuted(value.where)
            self.out.emit(f"if not {yes}:")
            self.out.emit(f"    if {no}: continue")
            self.out.emit(f"    {out} = {unknown}; break")
        if value.operation == "count":
            self.out.emit(f"{out} += 1")
        else:
            member = self.load(value.of) if value.of else self.items[value.alias]
            if value.of is not None and value.of.many:
                raise GiveUp
            self.out.emit(f"if {member} is None: continue")
            self.out.emit(f"if {member}.__class__ is {self.class_(Unreadable)}: {out} = {unknown}; break")
            self.out.emit(f"{out} += {member}" if value.operation == "sum" else f"{out}.append({member})")
        self.items, self.patterns, self.positions, self.out.depth = saved
        if value.operation == "sum":
            self.out.emit(f"if {out}.__class__ is int: {out} = {self.class_(Decimal)}({out})")
        elif value.operation == "distinct":
            self.out.emit(f"if {out}.__class__ is list: {out} = list(dict.fromkeys({out}))")
        elif value.operation in ("min", "max"):
            self.out.emit(f"if {out}.__class__ is list: {out} = {value.operation}({out}) if {out} else None")

    def _calculation(self, value: LetValue, out: str) -> None:
        if any(term.many for term in value.terms):
            raise GiveUp
        loaded = ", ".join(self.load(term) for term in value.terms)
        parameters = ", ".join(
            f"{name!r}: {held}" for name, held in self.lets.items() if name.startswith(PARAMETER)
        )
        operation, extra = value.operation, self.out.constant(value.extra)
        function = self.out.constant(calculate, "calculate")
        self.out.emit(f"{out} = {function}({operation!r}, [{loaded}], {extra}, {{{parameters}}})")


_NUMBERS = frozenset({int, Decimal})


def nodes_of(node: Node) -> Iterator[Node]:
    """Yield a condition and all conditions in it."""
    yield node
    if isinstance(node, Not):
        yield from nodes_of(node.part)
    elif isinstance(node, Quantifier):
        for part in (node.where, node.satisfies):
            if part is not None:
                yield from nodes_of(part)
    elif not isinstance(node, Leaf):
        for part in node.parts:
            yield from nodes_of(part)


def terms_of(node: Node) -> Iterator[Term]:
    """Yield what the comparisons in a condition read."""
    for leaf in nodes_of(node):
        if isinstance(leaf, Leaf):
            yield leaf.term
            yield from (o for o in (leaf.operand, *members(leaf.operand)) if isinstance(o, Term))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def members(operand: Any) -> tuple[Any, ...]:
    """Return the parts of an operand that has parts."""
    return operand if isinstance(operand, tuple) else ()
