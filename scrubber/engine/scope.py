"""What a condition sees and whether it holds: values of a claim, three-valued logic. Plain, and always right.

True, False and None (unknown). Absent: `present: false`, `not_in`, `not_in_set` and `not` hold, every other
operator is false. Unknown (a value that cannot be read) is carried as in SQL. The generated observers
(`generate.py`) only ever skip what this module would find to pass or not to apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from scrubber.claim.background import (
    HISTORY,
    NOTHING,
    PRIOR_VALUES,
    Background,
    PriorLine,
    input_of,
    is_input,
)
from scrubber.claim.derived import DERIVED
from scrubber.claim.functions import Function
from scrubber.claim.gathered import GATHERERS
from scrubber.claim.model import Claim
from scrubber.claim.paths import SYNONYMS, fallbacks
from scrubber.claim.periods import code_set_date, line_from
from scrubber.claim.shape import attribute
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.calculate import UNKNOWN, calculate, over
from scrubber.engine.ir import (
    All,
    AnyOf,
    Collection,
    ItemAt,
    Leaf,
    LetValue,
    LookupPlan,
    Node,
    Not,
    Quantifier,
    RankPlan,
)
from scrubber.engine.items import Item, swept, walk
from scrubber.engine.operators import LISTS, SINGLE, TRUE_WHEN_ABSENT
from scrubber.engine.tables import AnyRows, column, look_up
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.names import GROUP, PARAMETER, TABLE, Term

#: Between a table that was not there for a date and the date.
ON = " on "
#: Before the date that a history does not reach back to.
BACK_TO = f"{HISTORY}.from "


@dataclass(slots=True)
class Scope:
    """Everything a condition may look at. `doubts` collects the names that made an answer unknown."""

    claim: Claim
    receipt_date: dt.date | None
    items: dict[str, Item] = field(default_factory=dict)
    lets: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)
    group: Sequence[Item] = ()
    tables: Mapping[str, AnyRows] = field(default_factory=dict)
    dated_by: Term | None = None
    background: Background = NOTHING

    def with_item(self, alias: str, item: Item) -> Scope:
        """Return this scope plus one item; doubts are shared."""
        return self._with(items={**self.items, alias: item})

    def with_group(self, group: Sequence[Item]) -> Scope:
        """Return this scope plus a group of items, with its first and last one."""
        ends = {f"{GROUP}.first": group[0], f"{GROUP}.last": group[-1]}
        return self._with(items={**self.items, **ends}, group=group)

    def anew(self) -> Scope:
        """Return this scope without doubts, for the next item of a rule. Parameters stay."""
        kept = {name: value for name, value in self.lets.items() if name.startswith(PARAMETER)}
        fresh = self._with(items=self.items, group=())
        fresh.lets, fresh.doubts = kept, {}
        return fresh

    def _with(self, items: dict[str, Item], group: Sequence[Item] | None = None) -> Scope:
        """Return a scope of other items: what `replace` does, which is slow for what is done so often."""
        return Scope(
            self.claim,
            self.receipt_date,
            items,
            self.lets,
            self.doubts,
            self.group if group is None else group,
            self.tables,
            self.dated_by,
            self.background,
        )

    # --- values -----------------------------------------------------------------------------------

    def value(self, term: Term) -> Any:
        """Return a term's value: None when absent, Unreadable when unknown, a list when `many`."""
        if term.column:
            found = self.items[term.root].value if term.root in self.items else self.lets[term.root]
            cell = column(found, term.steps[0])
            return [] if cell is None and term.many else cell
        if term.is_let:
            return self.lets[term.root]
        if term.background:
            return self._outside(term)
        if term.root == "claim":
            return self._read(self.claim, "", term.steps, term.reported, self.claim, "")
        item = self.items[term.root]
        if term.steps and item.pattern.startswith("every."):
            return swept(item, term.steps[0])
        if term.pattern is None:
            return {"value": item.value, "position": item.position, "path": item.path}.get(
                term.steps[0], as_text(item.value)
            )
        return self._read(item.value, item.pattern, term.steps, term.reported, item.value, item.pattern)

    def _outside(self, term: Term) -> Any:
        """Return a value that is no part of the claim."""
        item = self.items.get(term.root)
        if item is None:
            return self._of_all(term) if term.many else self.background.since
        if isinstance(item.value, PriorLine):
            return self._prior(item.value, term)
        if item.pattern == "lines[]":
            return self.background.of_line(item.value, term.steps[-1])
        return self._read(item.value, item.pattern, term.steps, False, item.value, item.pattern)

    def _of_all(self, term: Term) -> Any:
        """Return the values of all items of a collection that is no part of the claim."""
        depth = next(i for i, step in enumerate(term.steps, 1) if step.endswith("[]"))
        items = self.background_items(".".join(term.steps[:depth]))
        if items is None:
            return UNKNOWN
        if depth == len(term.steps):
            return [item.value for item in items]
        one = replace(term, root=term.text, steps=term.steps[depth:])
        found = (self.with_item(one.root, item)._outside(one) for item in items)
        return [
            value
            for each in found
            for value in (each if isinstance(each, list) else [each])
            if value is not None
        ]

    def _prior(self, prior: PriorLine, term: Term) -> Any:
        """Return a value of a prior line: its own, or as the line of its own claim."""
        said = PRIOR_VALUES.get(".".join(term.steps))
        if said is not None:
            return said.of(prior)
        if not term.steps:
            return prior
        there = Scope(prior.claim, self.receipt_date)
        return there._read(prior.line, "lines[]", term.steps, False, prior.line, "lines[]")

    def _read(
        self, target: Any, pattern: str, steps: Sequence[str], reported: bool, item: Any, item_pattern: str
    ) -> Any:
        if isinstance(target, Unreadable):  # nobody knows which part of the claim is meant
            return target
        remaining = ".".join(steps)
        derived = DERIVED.get(f"{pattern}.{remaining}" if pattern else remaining)
        if derived is not None and target is item and "[]" not in remaining.removesuffix("[]"):
            return derived.function(self.claim, item, self.receipt_date)
        for i, step in enumerate(steps):
            name = step.removesuffix("[]")
            here = f"{pattern}.{step}" if pattern else step
            if here in SYNONYMS:
                return self._read(self.claim, "", SYNONYMS[here].split("."), True, self.claim, "")
            if here in GATHERERS:
                return self._read_gathered(here, target, steps[i + 1 :], reported)
            value = getattr(target, attribute(name)) if target is not None else None
            if value is None and not reported:
                value = self._fallback(fallbacks(self.claim, here), item, item_pattern)
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

    def _read_gathered(self, collection: str, owner: Any, steps: Sequence[str], reported: bool) -> list[Any]:
        """Return a value of each gathered item; absent ones are left out."""
        index = next((i for i, line in enumerate(self.claim.lines) if line is owner), 0)
        found: list[Any] = []
        for _, pattern, part in GATHERERS[collection](self.claim, owner, f"lines[{index}]"):
            inner = self._read(part, pattern, steps, reported, part, pattern) if steps else part
            found.extend(inner if isinstance(inner, list) else [inner] if inner is not None else [])
        return found

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
        if collection.is_group:
            yield from self.group
        elif collection.is_background and collection.root == "claim":
            yield from self.background_items(collection.pattern) or ()
        elif collection.is_rows:
            for row in self.lets[collection.root]:
                yield Item(row, "", collection.pattern)
        elif collection.root == "claim":
            yield from walk(self.claim, collection.steps)
        elif collection.root in self.items:
            yield from walk(self.claim, collection.steps, self.items[collection.root])
        else:
            for item in self.group:
                yield from walk(self.claim, collection.steps, item)

    def background_items(self, pattern: str) -> list[Item] | None:
        """Return the items of a collection that is no part of the claim; None where nobody knows them."""
        steps = pattern.split(".")
        depth = next(i for i, step in enumerate(steps, 1) if step.endswith("[]"))
        outer, inner = ".".join(steps[:depth]), steps[depth:]
        members = self.background.members(outer)
        if members is None:
            self.doubts.setdefault(input_of(outer) or outer)
            return None
        path = outer.removesuffix("[]")
        items = [Item(member, f"{path}[{i}]", outer, i + 1) for i, member in enumerate(members)]
        return [each for item in items for each in walk(self.claim, inner, item)] if inner else items

    def path(self, term: Term) -> str:
        """Return the concrete path a term points at; the first item where it names many."""
        if term.root == "claim" or term.pattern is not None:
            base = "" if term.root == "claim" else self.items[term.root].path
            steps = [s.replace("[]", "[0]") for s in term.steps[:-1]]
            steps += [s.removesuffix("[]") for s in term.steps[-1:]]
            if term.index is not None:
                steps[-1] += f"[{term.index}]"
            if term.reported:
                steps.insert(0, "reported")
            return ".".join([base, *steps]) if base else ".".join(steps)
        return self.items[term.root].path

    def path_at(self, place: Term | ItemAt) -> str:
        """Return the path a place means; for a sweep's `.path`, the item's own."""
        if isinstance(place, ItemAt):
            return self._path_of_item(place)
        if place.root in self.items and place.steps == ("path",):
            return self.items[place.root].path
        return self.path(place)

    def _path_of_item(self, place: ItemAt) -> str:
        """Return the path of the first item that fits; of none, where the next item would stand."""
        collection = place.collection
        items = list(self.members(collection))
        found = next((i for i in items if self.with_item(place.alias, i).holds(place.where) is True), None)
        if found is None:
            base = "" if collection.root == "claim" else f"{self.items[collection.root].path}."
            *outer, last = collection.steps
            steps = [*(s.replace("[]", "[0]") for s in outer), last.replace("[]", f"[{len(items)}]")]
            found = Item(None, base + ".".join(steps), collection.pattern)
        return self.with_item(place.alias, found).path(place.of) if place.of is not None else found.path

    # --- conditions -------------------------------------------------------------------------------

    def holds(self, node: Node) -> bool | None:
        """Evaluate a condition."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, All):
            return all_of(self.holds(part) for part in node.parts)
        if isinstance(node, AnyOf):
            return any_of(self.holds(part) for part in node.parts)
        if isinstance(node, Not):
            answer = self.holds(node.part)
            return None if answer is None else not answer
        return self._quantifier(node)

    def _quantifier(self, node: Quantifier) -> bool | None:
        if isinstance(self.lets.get(node.collection.root), Unreadable):  # a look-up
            self.doubts.setdefault(node.collection.root)
            return None
        if self.is_unknown(node.collection):
            return None
        answers: list[bool | None] = []
        for item in self.members(node.collection):
            inner = self.with_item(node.alias, item)
            chosen = inner.holds(node.where) if node.where else True
            if node.kind == "every":
                assert node.satisfies is not None
                answers.append(any_of([None if chosen is None else not chosen, inner.holds(node.satisfies)]))
            else:
                answers.append(chosen)
        if node.kind == "every":
            answer = all_of(answers)
        else:
            found = any_of(answers)
            answer = found if node.kind == "some" or found is None else not found
        is_silence = answer is (node.kind != "some")  # what was seen is sure, what was not may be elsewhere
        return None if is_silence and node.needs_from and self.is_short(node.needs_from) else answer

    def is_unknown(self, collection: Collection) -> bool:
        """Return whether nobody knows the items of a collection that is no part of the claim."""
        outside = collection.is_background and collection.root == "claim"
        return outside and self.background_items(collection.pattern) is None

    def is_short(self, needs_from: Term) -> bool:
        """Return whether a history may not reach back to a date."""
        date, since = self.value(needs_from), self.background.since
        if isinstance(date, dt.date) and isinstance(since, dt.date) and since <= date:
            return False
        self.doubts.setdefault(f"{BACK_TO}{date}" if isinstance(date, dt.date) else needs_from.text)
        return True

    def _may_lack(self, term: Term, value: Unreadable) -> bool:
        """Return whether a value that is not known may not be there at all.

        One that stands on the claim and cannot be read is there, also as a derived value; others have a
        name, are worked out, or belong to a doubtful item.
        """
        if term.is_let or term.column or is_input(term.text) or (term.derived and not value.raw):
            return True
        item = self.items.get(term.root)
        return term.pattern is not None and item is not None and isinstance(item.value, Unreadable)

    def first_failure(self, every: Quantifier) -> Item | None:
        """Return the first item of an `every` that surely counts and surely does not satisfy."""
        assert every.satisfies is not None
        if isinstance(self.lets.get(every.collection.root), Unreadable):  # a look-up
            return None
        for item in self.members(every.collection):
            inner = self.with_item(every.alias, item)
            if (every.where is None or inner.holds(every.where)) and inner.holds(every.satisfies) is False:
                return item
        return None

    def _leaf(self, node: Leaf) -> bool | None:
        value = self.value(node.term)
        if node.operator == "present":
            if isinstance(value, Unreadable) and self._may_lack(node.term, value):
                self._doubt(node)
                return None
            there = value is not None and value != []
            return there is node.operand
        operand = self._operand(node, value)
        if _has_unreadable(value) or _has_unreadable(operand):
            self._doubt(node)
            return None
        if node.operator in LISTS:
            return LISTS[node.operator](value if value is not None else [], operand)
        if value is None or value == []:
            return node.operator in TRUE_WHEN_ABSENT
        if isinstance(value, list):  # several values and a single-value operator: all of them
            return all(SINGLE[node.operator](v, operand) for v in value)
        if node.operator in ("in", "not_in", "in_tree"):
            operand = [member for member in operand if member is not None]
        elif _is_missing(operand):
            return False
        return SINGLE[node.operator](value, operand)

    def ranks(self, values: Any, plan: RankPlan) -> Mapping[str, Any] | Unreadable:
        """Return the ranks of those that have one; `UNKNOWN`, noting why, where nobody knows them.

        Fewer than two values need none: they are in order.
        """
        if isinstance(values, Unreadable) or len(values) < 2:
            return {}
        date = self.value(plan.as_of) if plan.as_of is not None else self.date()
        rows = self.tables.get(plan.table)
        ranks: dict[str, Any] = {}
        for value in dict.fromkeys(values):
            rank = column(look_up(rows, {plan.key: value}, date, many=False), plan.rank)
            if isinstance(rank, Unreadable):
                undated = rows is not None and rows.table.dates != "none" and not isinstance(date, dt.date)
                name = plan.as_of.text if plan.as_of is not None else self.date_name
                on = f"{ON}{date}" if rows is not None and rows.table.dates != "none" else ""
                self.doubts.setdefault(name if undated else f"{TABLE}{plan.table}{on}")
                return UNKNOWN
            if rank is not None:
                ranks[value] = rank
        return ranks

    def _doubt(self, node: Leaf) -> None:
        """Note the names whose values nobody knows."""
        operands = node.operand if isinstance(node.operand, tuple) else (node.operand,)
        for term in (node.term, *(o for o in operands if isinstance(o, Term))):
            if _has_unreadable(self.value(term)):
                self.doubts.setdefault(term.text)

    def _operand(self, node: Leaf, value: Any) -> Any:
        operand = node.operand
        if isinstance(operand, RankPlan):
            return self.ranks(value or [], operand)
        if isinstance(operand, CodeSet) and operand.is_dated and value not in (None, []):
            return self._on_its_day(operand)
        if node.operator == "within":
            return operand[0], self.value(operand[1]), self._given(operand[2])
        if isinstance(operand, Term):
            return self.value(operand)
        if isinstance(operand, tuple):
            return tuple(self._given(o) for o in operand)
        return operand

    def _on_its_day(self, codes: CodeSet) -> CodeSet | Unreadable:
        """Return a set with dates as it is on the date that decides; `UNKNOWN` where nobody knows that."""
        date = self.date()
        if isinstance(date, dt.date):
            return codes.on(date)
        self.doubts.setdefault(self.date_name)
        return UNKNOWN

    def _given(self, operand: Any) -> Any:
        return self.value(operand) if isinstance(operand, Term) else operand

    # --- named values -----------------------------------------------------------------------------

    def look_up(self, plan: LookupPlan) -> Any:
        """Return what a look-up finds: see `tables.look_up`."""
        name = self.lets[plan.table] if plan.table.startswith(PARAMETER) else plan.table
        rows = None if isinstance(name, Unreadable) else self.tables.get(name)
        date = self.value(plan.as_of) if plan.as_of is not None else self.date()
        less = {key: self.value(term) for key, term in plan.less} if plan.less is not None else None
        found = [look_up(rows, keys, date, many=plan.many, less=less) for keys in self._keys_row_by_row(plan)]
        if any(isinstance(each, Unreadable) for each in found):
            self._doubt_row(plan, name, rows, date)
            return UNKNOWN
        if plan.many:
            return list({id(row): row for each in found for row in each}.values())
        return next((row for row in found if row is not None), None)

    def _keys_row_by_row(self, plan: LookupPlan) -> Iterator[dict[str, Any] | None]:
        """Yield the values of a look-up's keys. Those of one row of another look-up belong together."""
        several = {
            term.root: self.lets[term.root]
            for _, term in plan.keys
            if term.column and isinstance(self.lets.get(term.root), list)
        }
        for rows in product(*several.values()):
            chosen = dict(zip(several, rows, strict=True))
            yield {
                key: column(chosen[term.root], term.steps[0]) if term.root in chosen else self.value(term)
                for key, term in plan.keys
            }
        if not all(several.values()):  # no row, no key: what is not there finds nothing
            yield None

    def _doubt_row(self, plan: LookupPlan, name: Any, rows: AnyRows | None, date: Any) -> None:
        """Note why it is not known what a look-up finds."""
        terms = [term for _, term in (*plan.keys, *(plan.less or ()))]
        unreadable = [term.text for term in terms if _has_unreadable(self.value(term))]
        if isinstance(name, Unreadable):
            unreadable.append(plan.table)
        elif rows is None:
            unreadable.append(f"{TABLE}{name}")
        elif rows.table.dates != "none" and not isinstance(date, dt.date):
            unreadable.append(plan.as_of.text if plan.as_of is not None else self.date_name)
        on = f"{ON}{date}" if rows is not None and rows.table.dates != "none" else ""
        for text in unreadable or [f"{TABLE}{name}{on}"]:
            self.doubts.setdefault(text)

    def date(self) -> Any:
        """Return the date that decides: what the rule says, else the line's from date, else the claim's."""
        if self.dated_by is not None:
            return self.value(self.dated_by)
        line = next((i.value for i in self.items.values() if i.pattern == "lines[]"), None)
        return line_from(self.claim, line) if line is not None else code_set_date(self.claim)

    @property
    def date_name(self) -> str:
        """How a reader calls the date that decides."""
        return self.dated_by.text if self.dated_by is not None else "the service date"

    def compute(self, let: LetValue) -> Any:
        """Return a named value. A sum skips absent members and is unknown over unknown ones.

        Over a history that is too short nobody knows it: what is not there may be elsewhere.
        """
        value = self._computed(let)
        if let.needs_from is None or value is UNKNOWN:
            return value
        return UNKNOWN if self.is_short(let.needs_from) else value

    def _computed(self, let: LetValue) -> Any:
        if let.terms:
            values = [self.value(term) for term in let.terms]
            if let.operation == "distinct":
                return UNKNOWN if _has_unreadable(values[0]) else list(dict.fromkeys(values[0] or ()))
            if let.parameter is not None and isinstance(self.lets[let.parameter], Unreadable):
                self.doubts.setdefault(let.parameter)
            return calculate(let.operation, values, let.extra, self.lets)
        members = self._collected(let)
        if members is None:
            return UNKNOWN
        if let.operation == "count":
            return len(members)
        known = [m for m in members if m is not None]
        if any(isinstance(m, Unreadable) for m in known):
            if let.of is not None and let.of.background:  # no value to correct, but one to supply
                self.doubts.setdefault(let.of.text)
            return UNKNOWN
        return self._called(known, *let.extra) if let.operation == "derived" else over(let.operation, known)

    def _called(self, values: list[Any], function: Function, arguments: Mapping[str, Any]) -> Any:
        """Return what a registered function says; unknown where an argument is."""
        given = {name: self._given(argument) for name, argument in arguments.items()}
        for name, argument in arguments.items():
            if isinstance(given[name], Unreadable):
                self.doubts.setdefault(argument.text)
                return UNKNOWN
        return function.function(values, **given)

    def _collected(self, let: LetValue) -> list[Any] | None:
        """Return the values that an operation is over; None where it is not known which they are."""
        assert let.collection is not None
        if isinstance(self.lets.get(let.collection.root), Unreadable):  # a look-up
            return None
        if self.is_unknown(let.collection):
            return None
        members: list[Any] = []
        for item in self.members(let.collection):
            inner = self.with_item(let.alias, item)
            chosen = inner.holds(let.where) if let.where else True
            if chosen is None:
                return None
            if chosen:
                value = inner.value(let.of) if let.of else item.value
                members.extend(value if isinstance(value, list) else [value])
        return members


def _has_unreadable(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(v, Unreadable) for v in value)
    return isinstance(value, Unreadable)


def _is_missing(operand: Any) -> bool:
    return operand is None or (isinstance(operand, tuple) and any(o is None for o in operand))


def all_of(answers: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    """Return whether all hold: false beats unknown."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def any_of(answers: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    """Return whether any holds: true beats unknown."""
    unknown = False
    for answer in answers:
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False
