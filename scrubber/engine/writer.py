"""Writes the expressions and loops of generated functions: values, conditions, named values.

For each condition two expressions can be written: `proved` (surely true) and `refuted` (surely false). A
value that is unknown makes neither. Shapes that are rare raise GiveUp: then the rule is always evaluated.
What is no part of the claim is taken for unknown here: the plain evaluator looks at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scrubber.claim.derived import DERIVED
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import ALL_TYPES, EFFECTIVE, STANDS_IN, SYNONYMS, gathered_sources
from scrubber.claim.shape import OPTIONAL_PARTS, attribute
from scrubber.claim.values import Unreadable
from scrubber.engine.ir import All, AnyOf, Collection, Leaf, LetValue, LookupPlan, Node, Not, Quantifier
from scrubber.engine.operators import LISTS, SINGLE, TRUE_WHEN_ABSENT, CodeRange
from scrubber.engine.scope import UNKNOWN, calculate, sent
from scrubber.engine.tables import AnyRows, column, look_up, look_up_row
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


class GiveUp(Exception):
    """A shape the generator does not write code for: the rule is always looked at."""


@dataclass(slots=True)
class Writer:
    """Source being written for claims of a type.

    `items` maps aliases to variables, `lets` named values to variables; `group` is the variable of a group.
    `held` are the variables of expressions by the depth that they were written at: each is worked out once.
    """

    claim_type: ClaimType
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    lets: dict[str, str] = field(default_factory=dict)
    group: str = ""
    dated_by: Term | None = None
    #: Names of items that are no part of the claim.
    outside: set[str] = field(default_factory=set)
    depth: int = 1
    count: int = 0
    held: list[dict[str, str]] = field(default_factory=list)

    def emit(self, text: str) -> None:
        """Write a line at the current depth. What was held deeper does not hold any more."""
        del self.held[self.depth + 1 :]
        self.lines.append("    " * self.depth + text)

    def name(self, prefix: str = "v") -> str:
        """Return a new variable."""
        self.count += 1
        return f"{prefix}{self.count}"

    def constant(self, value: Any) -> str:
        """Return the name under which the function finds a value."""
        for known, held in self.constants.items():
            if held is value:
                return known
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def _operator(self, operators: Mapping[str, Callable[..., bool]], name: str) -> str:
        """Return the name of an operator's function, which is the operator's own."""
        self.constants[f"op_{name}"] = operators[name]
        return f"op_{name}"

    def hold(self, expression: str) -> str:
        """Put an expression into a variable; return it, or the one that has it already."""
        for known in self.held[: self.depth + 1]:
            if expression in known:
                return known[expression]
        variable = self.name()
        self.emit(f"{variable} = {expression}")
        self.held += [{} for _ in range(self.depth + 1 - len(self.held))]
        self.held[self.depth][expression] = variable
        return variable

    # --- values -----------------------------------------------------------------------------------

    def load(self, term: Term) -> str:
        """Write code that loads a term; return the variable."""
        if term.background or term.root in self.outside:
            return self.constant(UNKNOWN)
        if term.pattern is not None and gathered_sources(term.pattern):
            raise GiveUp
        if term.column:
            if term.root not in self.lets:
                raise GiveUp
            return self.hold(f"{self.constant(column)}({self.lets[term.root]}, {term.steps[0]!r})")
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
            function = self.constant(DERIVED[term.pattern or ""].function)
            return self.hold(f"{function}(c, {base}, r)")
        return self._chain(base, pattern, term.steps, term.reported)

    def _plain(self, term: Term) -> str:
        value = self.items[term.root]
        part = term.steps[0]
        if part == "position":
            if term.root not in self.positions:  # an item of a group: where it stands is not kept
                raise GiveUp
            return self.positions[term.root]
        if part == "raw":
            return self.hold(f"{self.constant(sent)}({value})")
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
            current = self.hold(read)
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
        return self.hold(f"[{member} for m in {collection} if {member} is not None]")

    # --- loops ------------------------------------------------------------------------------------

    def loop(self, collection: Collection, alias: str) -> None:
        """Open the loops over a collection; the innermost variable is the alias's."""
        if not self._can_be_walked(collection):
            raise GiveUp
        if collection.is_group:
            self.items[alias], self.patterns[alias] = self.name("x"), collection.pattern
            self.positions.pop(alias, None)
            self.emit(f"for {self.items[alias]} in {self.group}:")
            self.depth += 1
            return
        current = "c" if collection.root == "claim" else self.items[collection.root]
        pattern = "" if collection.root == "claim" else self.patterns[collection.root]
        for step in collection.steps:
            here = f"{pattern}.{step}" if pattern else step
            if here in OPTIONAL_PARTS:
                raise GiveUp
            read = f"{current}.{attribute(step.removesuffix('[]'))}"
            if step.endswith("[]"):
                current, index = self.name("x"), self.name("i")
                self.emit(f"for {index}, {current} in enumerate({read}, 1):")
                self.depth += 1
                for name, known in list(self.patterns.items()):
                    if known == here and name not in self.items:
                        self.items[name] = current
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
        answer = self.name("q")
        witness = (node.kind == "some") is wanted if node.kind != "every" else not wanted
        self.emit(f"{answer} = {not witness}")
        saved = dict(self.items), dict(self.patterns), dict(self.positions), self.depth
        self.loop(node.collection, node.alias)
        test = self._test_of(node, proved=witness)
        self.emit(f"if {test if witness else f'not {test}'}:")
        self.emit(f"    {answer} = {witness}")
        self.emit("    break")
        self.items, self.patterns, self.positions, self.depth = saved
        if sum(step.endswith("[]") for step in node.collection.steps) > 1:
            raise GiveUp  # `break` leaves one loop only
        return answer

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
            there = f"{value}" if term.many else f"{value} is not None"
            answer = f"({there})" if node.operand is wanted else f"(not ({there}))"
            if term.is_let or term.column or term.derived:  # nobody may know it: then neither is certain
                return f"({value}.__class__ is not {self.constant(Unreadable)} and {answer})"
            return answer
        if node.operator in LISTS:
            return self._list_leaf(node, value, wanted)
        if term.many:
            raise GiveUp
        test, guards, absences = self._test(node, value)
        known = self._known(term, value)
        absent_holds = node.operator in TRUE_WHEN_ABSENT
        if wanted:
            sure = f"({' and '.join([known, *guards, test])})"
            return f"({value} is None or {sure})" if absent_holds and not guards else sure
        no = f"({' and '.join([known, *guards])} and not {test})"
        if absent_holds:
            return no
        if guards:  # an absent value or operand makes the comparison false, unless the other is unknown
            both = [f"({value} is None or {known})", *(f"({w} is None or {g})" for w, g in absences)]
            if not absences:  # members of a list: each guard already allows for its absence
                both += guards
            missing = " or ".join(f"{w} is None" for w in [value, *(w for w, _ in absences)])
            return f"({' and '.join(both)} and ({missing} or not {test}))"
        return f"({value} is None or {no})"

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
            test = f"({self.constant(node.operand)} in ({value} or ()))"
        else:
            test = f"{self._operator(LISTS, node.operator)}({value} or (), {self.constant(node.operand)})"
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
            period = f"({self.constant(operand[0])}, {other}, {operand[2]})"
            test = f"{self._operator(SINGLE, operator)}({value}, {period})"
            return test, [known], [(other, known)]
        if isinstance(operand, Term):
            if operand.many:
                raise GiveUp
            other = self.load(operand)
            known = self._known(operand, other)
            if operator in _INLINE:
                return f"({value} {_INLINE[operator]} {other})", [known], [(other, known)]
            return f"{self._operator(SINGLE, operator)}({value}, {other})", [known], [(other, known)]
        if isinstance(operand, tuple) and any(isinstance(o, Term) for o in operand):
            return self._mixed(node, value, operand)
        return self._constant_test(operator, operand, value), [], []

    def _constant_test(self, operator: str, operand: Any, value: str) -> str:
        """Compare with a literal; the common operators are written out."""
        if operator in _INLINE:
            return f"({value} {_INLINE[operator]} {self.constant(operand)})"
        if operator in ("in_set", "not_in_set"):
            return f"({value} {'not in' if operator == 'not_in_set' else 'in'} {self.constant(operand)})"
        if operator in ("in", "not_in"):
            ranges = [o for o in operand if isinstance(o, CodeRange)]
            single = frozenset(o for o in operand if not isinstance(o, CodeRange))
            tests = [f"{value} in {self.constant(single)}"] if single or not ranges else []
            tests += [
                f"len({value}) == {len(o.first)} and {o.first!r} <= {value} <= {o.last!r}" for o in ranges
            ]
            return f"({'not ' if operator == 'not_in' else ''}({' or '.join(tests)}))"
        if operator == "matches":
            return f"{self.constant(operand)}[{value}]"
        if operator == "between":
            low, high = (self.constant(o) for o in operand)
            return f"({low} <= {value} <= {high})"
        return f"{self._operator(SINGLE, operator)}({value}, {self.constant(operand)})"

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
                parts.append(self.constant(o))
        if node.operator == "between":
            return f"({parts[0]} <= {value} <= {parts[1]})", [guard for _, guard in absences], absences
        # An absent member is no member; an unknown one leaves the answer open.
        test = f"{self._operator(SINGLE, node.operator)}({value}, ({', '.join(parts)},))"
        return test, [f"({other} is None or {guard})" for other, guard in absences], []

    def _known(self, term: Term, variable: str) -> str:
        if term.kind in NUMERIC:
            return f"{variable}.__class__ in {self.constant(_NUMBERS)}"
        if term.kind == "date":
            return f"{variable}.__class__ is {self.constant(dt.date)}"
        if may_be_unknown(term):
            unreadable = self.constant(Unreadable)
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
        return self.hold(said)

    def look_up(self, plan: LookupPlan, tables: Mapping[str, AnyRows]) -> None:
        """Write code for a look-up of one row."""
        if plan.many:
            raise GiveUp
        rows = (
            f"{self.constant(tables)}.get({self.lets[plan.table]})"
            if plan.table.startswith(PARAMETER)
            else self.constant(tables.get(plan.table))
        )
        date = self.load(plan.as_of) if plan.as_of is not None else self.line_date()
        if date is None:
            raise GiveUp
        if plan.less is None:
            names = self.constant(tuple(key for key, _ in plan.keys))
            values = "".join(f"{self._key(term)}, " for _, term in plan.keys)
            call = f"{self.constant(look_up_row)}({rows}, {names}, ({values}), {date})"
        else:
            keys, less = self._keys(plan.keys), self._keys(plan.less)
            call = f"{self.constant(look_up)}({rows}, {keys}, {date}, many=False, less={less})"
        self.lets[plan.name] = self.hold(call)

    def _keys(self, keys: Sequence[tuple[str, Term]]) -> str:
        return "{" + ", ".join(f"{key!r}: {self._key(term)}" for key, term in keys) + "}"

    def _key(self, term: Term) -> str:
        if term.many:
            raise GiveUp
        return self.load(term)

    def let(self, value: LetValue) -> None:
        """Write code for a named value."""
        out = self.name("n")
        if value.collection is None:
            self._calculation(value, out)
            self.lets[value.name] = out
            return
        self.lets[value.name] = out
        if value.operation == "count" and value.where is None and self._is_list(value.collection):
            *_, last = value.collection.steps
            base = "c" if value.collection.root == "claim" else self.items[value.collection.root]
            self.emit(f"{out} = len({base}.{attribute(last.removesuffix('[]'))})")
            return
        unknown = self.constant(UNKNOWN)
        if value.collection.is_background or value.operation == "derived":  # left to the evaluator
            self.emit(f"{out} = {unknown}")
            return
        self.emit(f"{out} = 0" if value.operation in ("count", "sum") else f"{out} = []")
        saved = dict(self.items), dict(self.patterns), dict(self.positions), self.depth
        self.loop(value.collection, value.alias)
        if sum(step.endswith("[]") for step in value.collection.steps) > 1:
            raise GiveUp
        if value.where is not None:
            yes, no = self.proved(value.where), self.refuted(value.where)
            self.emit(f"if not {yes}:")
            self.emit(f"    if {no}: continue")
            self.emit(f"    {out} = {unknown}; break")
        if value.operation == "count":
            self.emit(f"{out} += 1")
        else:
            member = self.load(value.of) if value.of else self.items[value.alias]
            if value.of is not None and value.of.many:
                raise GiveUp
            self.emit(f"if {member} is None: continue")
            self.emit(f"if {member}.__class__ is {self.constant(Unreadable)}: {out} = {unknown}; break")
            self.emit(f"{out} += {member}" if value.operation == "sum" else f"{out}.append({member})")
        self.items, self.patterns, self.positions, self.depth = saved
        if value.operation == "sum":
            self.emit(f"if {out}.__class__ is int: {out} = {self.constant(Decimal)}({out})")
        elif value.operation == "distinct":
            self.emit(f"if {out}.__class__ is list: {out} = list(dict.fromkeys({out}))")
        elif value.operation in ("min", "max"):
            self.emit(f"if {out}.__class__ is list: {out} = {value.operation}({out}) if {out} else None")

    def _can_be_walked(self, collection: Collection) -> bool:
        """Return whether the items of a collection stand on the claim, one below the other."""
        is_at_hand = collection.root == "claim" or collection.root in self.items or collection.is_group
        worked_out = collection.pattern in DERIVED or gathered_sources(collection.pattern)
        return is_at_hand and not collection.is_rows and not worked_out

    def _is_list(self, collection: Collection) -> bool:
        """Return whether a collection is one list of an object that is at hand."""
        is_plain = not collection.is_group and self._can_be_walked(collection)
        return is_plain and len(collection.steps) == 1 and collection.pattern not in OPTIONAL_PARTS

    def _calculation(self, value: LetValue, out: str) -> None:
        if any(term.many for term in value.terms):
            raise GiveUp
        loaded = ", ".join(self.load(term) for term in value.terms)
        parameters = ", ".join(
            f"{name!r}: {held}" for name, held in self.lets.items() if name.startswith(PARAMETER)
        )
        operation, extra = value.operation, self.constant(value.extra)
        self.emit(f"{out} = {self.constant(calculate)}({operation!r}, [{loaded}], {extra}, {{{parameters}}})")


_NUMBERS = frozenset({int, Decimal})


def may_be_unknown(term: Term) -> bool:
    """Return whether nobody may know a value: one that is written on the claim as text can always be read."""
    return term.kind in (*NUMERIC, "date") or term.is_let or term.column or term.derived or term.background


def members(operand: Any) -> tuple[Any, ...]:
    """Return the parts of an operand that has parts."""
    return operand if isinstance(operand, tuple) else ()
