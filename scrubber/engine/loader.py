"""Loads what a rule names into variables of a generated function, and opens the loops over its items.

What is no part of the claim is taken for unknown here: the plain evaluator looks at it. Shapes that are rare
raise GiveUp: then the rule is always evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scrubber.claim.derived import DERIVED
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import ALL_TYPES, EFFECTIVE, PATHS, STANDS_IN, SYNONYMS, gathered_sources
from scrubber.claim.shape import OPTIONAL_PARTS, attribute
from scrubber.claim.values import Unreadable, decimal_text
from scrubber.engine.calculate import UNKNOWN
from scrubber.engine.function_text import FunctionText
from scrubber.engine.ir import Collection
from scrubber.engine.items import sent
from scrubber.engine.tables import column
from scrubber.packs.names import Term

NUMERIC = ("amount", "quantity", "number")
#: The place of an item in the only list that has it.
_POSITION = "diagnoses[].position"


class GiveUp(Exception):
    """A shape the generator does not write code for: the rule is always looked at."""


@dataclass(slots=True)
class Loader:
    """What the names of one rule are in a function that is being written, for claims of a type.

    `look` is the statement for a claim that the rule must look at. `items` maps aliases to variables, `lets`
    named values to variables; `group` is the variable of a group.
    """

    claim_type: ClaimType
    out: FunctionText
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

    # --- what is known of values ---------------------------------------------------------------------

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

    def is_readable(self, variable: str) -> str:
        """Return an expression that is true of a value which is known or absent."""
        return f"({variable}.__class__ is not {self.class_(Unreadable)})"

    def class_(self, class_: type) -> str:
        """Return the name of a class."""
        return self.out.constant(class_, class_.__name__)


def is_counted(pattern: str) -> bool:
    """Return whether rules may ask where an item of a list stands in it."""
    return PATHS[pattern].kind != "object" or pattern == _POSITION.rpartition(".")[0]


def may_be_unknown(term: Term) -> bool:
    """Return whether nobody may know a value: one that is written on the claim as text can always be read."""
    return term.kind in (*NUMERIC, "date") or term.is_let or term.column or term.derived or term.background
