"""Rules as generated Python: one function for many rules that proves "passes or does not apply" fast.

The function returns the rules of which it cannot prove that; the plain evaluator (`evaluate.py`) then finds
out what is the matter. So the generated code may give up wherever a shape is rare, but may never claim a
proof that the evaluator would not confirm (a property test holds the two together).

The rules share what they look at: a list of the claim is walked once for all of them, and what several
conditions read is read once (`function_text.py`). `blocks.py` writes the block of each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import gathered_sources, sweep_patterns
from scrubber.claim.shape import OPTIONAL_PARTS, attribute
from scrubber.engine.blocks import surely_passes, write_block, write_value
from scrubber.engine.function_text import FunctionText
from scrubber.engine.ir import CompiledRule
from scrubber.engine.loader import GiveUp, is_counted
from scrubber.engine.writer import Writer
from scrubber.packs.names import PARAMETER

#: (claim, receipt date) → the numbers of the rules that must be looked at.
Suspects = Callable[[Claim, dt.date | None], Collection[int]]
#: A rule and its number.
_Numbered = tuple[int, CompiledRule]
#: The variables of the items that a place stands in, and of their numbers, by pattern.
_Items = dict[str, tuple[str, str]]


def generate(rules: Sequence[CompiledRule], claim_type: ClaimType) -> Suspects:
    """Compile the function of some rules for claims of a type; it counts the rules from 0."""
    source, constants = source_of(rules, claim_type)
    scope: dict[str, Any] = dict(constants)
    exec(compile(source, f"<rules for {claim_type} claims>", "exec"), scope)
    suspects: Suspects = scope["suspects"]
    return suspects


def source_of(rules: Sequence[CompiledRule], claim_type: ClaimType) -> tuple[str, dict[str, Any]]:
    """Return the source of that function, and the constants it needs."""
    out = FunctionText()
    out.emit("found = set()")
    _Function(claim_type, out).write(rules)
    out.emit("return found")
    return out.text("def suspects(c, r):"), out.constants


@dataclass(slots=True)
class _Place:
    """What is written for each item of a list, or for a part of the claim, and for what is in it.

    `rules` are those about it, `unwritten` those that are looked at wherever there is one. Its value is
    added to the variables `collected`, unless an expression says that it surely passes (None: there is none).
    """

    rules: list[_Numbered] = field(default_factory=list)
    unwritten: list[_Numbered] = field(default_factory=list)
    collected: dict[str, str | None] = field(default_factory=dict)
    inner: dict[str, _Place] = field(default_factory=dict)

    def at(self, pattern: str) -> _Place:
        """Return the place of a path pattern in this one."""
        place = self
        for step in pattern.split("."):
            place = place.inner.setdefault(step, _Place())
        return place


class _Function:
    """Writes the rules of one function."""

    def __init__(self, claim_type: ClaimType, out: FunctionText) -> None:
        self._claim_type = claim_type
        self._out = out
        self._root = _Place()

    def write(self, rules: Sequence[CompiledRule]) -> None:
        """Write the rules about the claim as a whole, a walk through it, and what is asked of its values."""
        swept: dict[str, list[_Numbered]] = {}
        for numbered in enumerate(rules):
            rule = numbered[1]
            if rule.scope == "every":
                swept.setdefault(rule.pattern, []).append(numbered)
            elif rule.scope == "each":
                self._place(numbered)
            elif not self._is_written(numbered, write_block, {}):
                self._leave(numbered)
        collected = {self._collect(kind, swept[kind]): swept[kind] for kind in swept}
        self._walk(self._root, "c", "", {})
        for variable, several in collected.items():
            with self._out.within():
                value, _ = self._out.walk(variable)
                items = {f"every.{rule.pattern}": (value, "") for _, rule in several}
                self._write_all(several, items)

    def _place(self, numbered: _Numbered) -> None:
        """Keep a rule for the place of its items."""
        if gathered_sources(numbered[1].pattern):
            self._look([numbered])
        else:
            self._root.at(numbered[1].pattern).rules.append(numbered)

    def _leave(self, numbered: _Numbered) -> None:
        """Have a rule looked at that has no block: where there is an item, if its items stand somewhere."""
        pattern = numbered[1].pattern
        if pattern and not gathered_sources(pattern):
            self._root.at(pattern).unwritten.append(numbered)
        else:
            self._look([numbered])

    def _collect(self, kind: str, rules: Sequence[_Numbered]) -> str:
        """Have the values of a kind collected on the walk; return the variable that they will be in."""
        variable = self._out.name("s")
        self._out.emit(f"{variable} = []")
        sure = surely_passes((rule for _, rule in rules), self._out)
        for info in sweep_patterns(kind, self._claim_type):
            self._root.at(info.pattern).collected[variable] = sure
        return variable

    # --- the walk ---------------------------------------------------------------------------------

    def _walk(self, place: _Place, value: str, pattern: str, items: _Items) -> None:
        """Write what is asked of one part of the claim, and then what is asked of the parts in it."""
        self._look(place.unwritten)
        self._write_all(place.rules, items)
        for step, inner in place.inner.items():
            here = f"{pattern}.{step}" if pattern else step
            with self._out.within():
                self._step(inner, f"{value}.{attribute(step.removesuffix('[]'))}", here, items)

    def _step(self, place: _Place, read: str, pattern: str, items: _Items) -> None:
        if pattern.endswith("[]"):
            for variable in place.collected:  # values that are a list
                self._out.emit(f"if {read}: {variable} += {read}")
            if place.rules or place.unwritten or place.inner:
                item, number = self._out.walk(read, counted=is_counted(pattern))
                self._walk(place, item, pattern, {**items, pattern: (item, number)})
            return
        value = self._out.hold(read)
        for variable, sure in place.collected.items():
            unsure = f" and not ({sure.format(value)})" if sure is not None else ""
            self._out.emit(f"if {value} is not None{unsure}: {variable}.append({value})")
        if place.inner:
            if pattern in OPTIONAL_PARTS:
                self._out.open(f"if {value} is not None:")
            self._walk(place, value, pattern, items)

    # --- rules ------------------------------------------------------------------------------------

    def _write_all(self, rules: Iterable[_Numbered], items: _Items) -> None:
        for numbered in rules:
            if not self._is_written(numbered, write_value, items):
                self._look([numbered])

    def _is_written(
        self, numbered: _Numbered, write: Callable[[CompiledRule, Writer], None], items: _Items
    ) -> bool:
        """Write the block of a rule whose items are at hand; where that cannot be done, leave nothing."""
        number, rule = numbered
        writer = Writer(self._claim_type, self._out, f"found.add({number})", dated_by=rule.dated_by)
        for alias, pattern in rule.aliases.items() if items else ():
            writer.items[alias], writer.patterns[alias] = items[pattern][0], pattern
            if items[pattern][1]:
                writer.positions[alias] = items[pattern][1]
        try:
            with self._out.attempt(GiveUp), self._out.within():
                self._out.emit(f"# {rule.rule.id} {rule.rule.name}")
                for name, values in rule.parameters.items():
                    writer.lets[f"{PARAMETER}{name}"] = self._out.late(f"{self._out.constant(values.of)}(c)")
                write(rule, writer)
        except GiveUp:
            return False
        return True

    def _look(self, rules: Iterable[_Numbered]) -> None:
        for number, rule in rules:
            self._out.emit(
                f"found.add({number})  # {rule.rule.id}: not a shape the generator writes; always evaluated"
            )
