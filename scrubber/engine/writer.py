"""Writes the expressions and loops of generated functions: values, conditions, named values.

For each condition two expressions can be written: `proved` (surely true) and `refuted` (surely false). A
value that is unknown makes neither. Shapes that are rare raise GiveUp: then the rule is always evaluated.
What is no part of the claim is taken for unknown here: the plain evaluator looks at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scrubber.claim.derived import DERIVED
from scrubber.claim.formats import FORMATS
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import ALL_TYPES, EFFECTIVE, PATHS, STANDS_IN, SYNONYMS, gathered_sources
from scrubber.claim.shape import OPTIONAL_PARTS, attribute
from scrubber.claim.values import Unreadable, decimal_text
from scrubber.engine.calculate import UNKNOWN, calculate
from scrubber.engine.ir import All, AnyOf, Collection, Leaf, LetValue, LookupPlan, Node, Not, Quantifier
from scrubber.engine.items import sent
from scrubber.engine.operators import LISTS, SINGLE, TRUE_WHEN_ABSENT, CodeRange, Membership
from scrubber.engine.source import Source
from scrubber.engine.tables import AnyRows, column, finder, look_up
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
NUMERIC = ("amount", "quantity", "number")
#: The place of an item in the only list that has it.
_POSITION = "diagnoses[].position"


class GiveUp(Exception):
    """A shape the generator does not write code for: the rule is always looked at."""


@dataclass(slots=True)
class Writer:
    """What the names of one rule are in a function that is being written, for claims of a type.

    `look` is the statement for a claim that the rule must look at. `items` maps aliases to variables, `lets`
    named values to variables; `group` is the variable of a group.
    """

    claim_type: ClaimType
    out: Source
    look: str
    items: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    lets: dict[str, str] = field(default_factory=dict)
    group: str = ""
    dated_by: Term | None = None
    #: Names of items that are no part of the claim.
    outside: set[str] = field(default_factory=set)

    # --- values -----------------------------------------------------------------------------------

    def load(self, term: Term) -> str:
        """Write code that loads a term; return the variable."""
        if term.background or term.root in self.outside:
            return self.out.constant(UNKNOWN, "UNKNOWN")
        if term.pattern is not None and gathered_sources(term.pattern):
            raise GiveUp
        if term.column:
            if term.root not in self.lets:
                raise GiveUp
            cell = self.out.constant(column, "column")
            return self.out.hold(f"{cell}({self.lets[term.root]}, {term.steps[0]!r})")
        if term.is_let:
            return self.lets[term.root]
        if term.root != "claim" and term.pattern is None:
            return self._plain(term)
        base, pattern = (
            ("c", "") if term.root == "claim" else (self.items[term.root], self.patterns[term.root])
        )
        if not term.steps:
            return base
        if term.derived:
            if len(term.steps) > 1 and any(step.endswith("[]") for step in term.steps):
                raise GiveUp
            if term.pattern == _POSITION and term.root in self.positions:
                return self.positions[term.root]
            function = self.out.constant(DERIVED[term.pattern or ""].function)
            call = f"{function}(c, {base}, r)"
            return self.out.late(call) if base == "c" else self.out.hold(call)
        return self._chain(base, pattern, term.steps, term.reported)

    def _plain(self, term: Term) -> str:
        value = self.items[term.root]
        part = term.steps[0]
        if part == "position":
            if term.root not in self.positions:  # an item of a group: where it stands is not kept
                raise GiveUp
            return self.positions[term.root]
        if part == "raw":
            raw = f"{self.out.constant(sent, 'sent')}({value})"
            if self.patterns[term.root] in ("every.amount", "every.quantity"):  # as `sent` writes a number
                text = self.out.constant(decimal_text, "decimal_text")
                raw = f"{text}({value}) if {value}.__class__ is {self.class_(Decimal)} else {raw}"
            return self.out.hold(raw)
        if part == "value":
            return value
        raise GiveUp

    def _chain(self, base: str, pattern: str, steps: Sequence[str], reported: bool) -> str:
        item, item_pattern, current, optional = base, pattern, base, False
        for i, step in enumerate(steps):
            here = f"{pattern}.{step}" if pattern else step
            if here in SYNONYMS:
                return self._chain("c", "", SYNONYMS[here].split("."), reported=True)
            read = f"{current}.{attribute(step.removesuffix('[]'))}"
            if optional:
                missing = "()" if step.endswith("[]") else "None"
                read = f"({read} if {current} is not None else {missing})"
            if step.endswith("[]") and i + 1 < len(steps):
                return self._gather(read, here, steps[i + 1 :])
            if here in EFFECTIVE and not reported:
                for target in EFFECTIVE[here]:
                    if self.claim_type not in STANDS_IN.get(target, ALL_TYPES):
                        continue
                    other = self._target(target, item, item_pattern)
                    if here.startswith("patient."):  # see paths.fallbacks
                        other = f"({other} if c.patient_is_subscriber else None)"
                    read = f"({read} or {other})"
            optional = optional or here in OPTIONAL_PARTS
            current = self.out.hold(read)
            pattern = here
        return current

    def _target(self, target: str, item: str, item_pattern: str) -> str:
        if item_pattern and target.startswith(item_pattern + "."):
            base, rest = item, target[len(item_pattern) + 1 :]
        else:
            base, rest = "c", target
        return ".".join([base, *(attribute(name) for name in rest.split("."))])

    def _gather(self, collection: str, pattern: str, steps: Sequence[str]) -> str:
        """Load one simple value of every item; absent ones are left out."""
        if len(steps) != 1 or f"{pattern}.{steps[0]}" in EFFECTIVE or steps[0].endswith("[]"):
            raise GiveUp
        member = f"m.{attribute(steps[0])}"
        return self.out.hold(f"[{member} for m in {collection} if {member} is not None]")

    # --- loops ------------------------------------------------------------------------------------

    def loop(self, collection: Collection, alias: str) -> None:
        """Open the loops over a collection; the innermost variable is the alias's."""
        if not self._can_be_walked(collection):
            raise GiveUp
        if collection.is_group:
            self.items[alias], _ = self.out.walk(self.group)
            self.patterns[alias] = collection.pattern
            self.positions.pop(alias, None)
            return
        current = "c" if collection.root == "claim" else self.items[collection.root]
        pattern = "" if collection.root == "claim" else self.patterns[collection.root]
        for step in collection.steps:
            here = f"{pattern}.{step}" if pattern else step
            if here in OPTIONAL_PARTS:
                raise GiveUp
            read = f"{current}.{attribute(step.removesuffix('[]'))}"
            if step.endswith("[]"):
                current, index = self.out.walk(read, counted=is_counted(here))
                self.positions.pop(alias, None)
                if index:
                    self.positions[alias] = index
            else:
                current = read
            pattern = here
        self.items[alias], self.patterns[alias] = current, pattern

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

    def is_readable(self, variable: str) -> str:
        """Return an expression that is true of a value which is known or absent."""
        return f"({variable}.__class__ is not {self.class_(Unreadable)})"

    def class_(self, class_: type) -> str:
        """Return the name of a class."""
        return self.out.constant(class_, class_.__name__)

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

    def line_date(self) -> str | None:
        """Write code for the date that decides; None where that is one of the claim as a whole."""
        if self.dated_by is not None:
            return self.load(self.dated_by)
        line = next((a for a, p in self.patterns.items() if p == "lines[]" and a in self.items), None)
        if line is None:
            return None
        said = f"{self.items[line]}.service_date.from_"
        if self.claim_type == "dental":  # see periods.line_from
            said = f"({said} or c.service_date.from_)"
        return self.out.hold(said)

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

    def _can_be_walked(self, collection: Collection) -> bool:
        """Return whether the items of a collection stand on the claim, one below the other."""
        is_at_hand = collection.root == "claim" or collection.root in self.items or collection.is_group
        worked_out = collection.pattern in DERIVED or gathered_sources(collection.pattern)
        return is_at_hand and not collection.is_rows and not worked_out

    def _is_list(self, collection: Collection) -> bool:
        """Return whether a collection is one list of an object that is at hand."""
        is_plain = not collection.is_group and self._can_be_walked(collection)
        return is_plain and len(collection.steps) == 1 and collection.pattern not in OPTIONAL_PARTS

    def _list(self, collection: Collection) -> str:
        """Return the expression of such a list."""
        base = "c" if collection.root == "claim" else self.items[collection.root]
        return f"{base}.{attribute(collection.steps[0].removesuffix('[]'))}"

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


def is_counted(pattern: str) -> bool:
    """Return whether rules may ask where an item of a list stands in it."""
    return PATHS[pattern].kind != "object" or pattern == _POSITION.rpartition(".")[0]


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


def may_be_unknown(term: Term) -> bool:
    """Return whether nobody may know a value: one that is written on the claim as text can always be read."""
    return term.kind in (*NUMERIC, "date") or term.is_let or term.column or term.derived or term.background


def members(operand: Any) -> tuple[Any, ...]:
    """Return the parts of an operand that has parts."""
    return operand if isinstance(operand, tuple) else ()
