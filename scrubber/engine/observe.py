"""Observe: run the rules that concern a claim and collect what they see, as facts.

Generated functions are asked first; only the rules that they cannot clear go to the plain evaluator. Rules
that are for the same claims have one function for all of them, so that a rule of another payer costs nothing.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from scrubber.claim.background import NOTHING, Background
from scrubber.claim.model import Claim, ClaimType
from scrubber.engine.concern import SELDOM_ASKED
from scrubber.engine.evaluate import concerns, look_at
from scrubber.engine.facts import Observation
from scrubber.engine.generate import Suspects, generate
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.packs.bundle import LoadedRule

#: What decides which rules concern a claim: its type, payer key, programme, frequency code and facility type
#: code, whether it is an encounter or a predetermination, and what only some rules ask for.
_Kind = tuple[str | bool | None, ...]
_MOST_KINDS = 4096
#: The numbers of rules that concern the same claims, and the function that asks for those to be looked at.
_Together = tuple[tuple[int, ...], Suspects]


class Observer:
    """The rules of a bundle, ready to look at claims. `draft` rules do not run.

    Nor do those that need an input which the run is not given (`supplied`): `lacking` says which.
    """

    def __init__(
        self, rules: Sequence[LoadedRule], known: Known, supplied: Collection[str] = frozenset()
    ) -> None:
        self.compiled: dict[str, CompiledRule] = {
            loaded.rule.id: compile_rule(loaded.rule, known)
            for loaded in rules
            if loaded.rule.status != "draft"
        }
        scopes = [rule.rule.applies_to for rule in self.compiled.values()]
        self._asked = [told for key, told in SELDOM_ASKED.items() if any(getattr(s, key) for s in scopes)]
        self._rules = list(self.compiled.values())
        self._suspects: dict[tuple[tuple[int, ...], ClaimType], Suspects] = {}
        self._give(rules, supplied)

    def _give(self, rules: Sequence[LoadedRule], supplied: Collection[str]) -> None:
        """Choose the rules that run. All keep their numbers: functions are known by those."""
        self.lacking = lacking(rules, supplied)
        self._groups = _alike(
            [(number, rule) for number, rule in enumerate(self._rules) if rule.rule.id not in self.lacking]
        )
        self._by_kind: dict[_Kind, list[_Together]] = {}

    def given(self, rules: Sequence[LoadedRule], supplied: Collection[str]) -> Observer:
        """Return an observer with the same rules in a run that is given other inputs."""
        other = copy.copy(self)
        other._give(rules, supplied)
        return other

    def observe(
        self, claim: Claim, receipt_date: dt.date | None, background: Background = NOTHING
    ) -> list[Observation]:
        """Return what the rules see on a claim, in the order of the rules and of the claim."""
        suspected: list[int] = []
        for numbers, suspects in self._concerned(claim):
            found = suspects(claim, receipt_date)
            if found:
                suspected += [numbers[place] for place in found]
        if not suspected:
            return []
        out: list[Observation] = []
        for number in sorted(suspected):
            out.extend(look_at(self._rules[number], claim, receipt_date, background))
        return out

    def _concerned(self, claim: Claim) -> list[_Together]:
        payer = claim.payer
        kind = (
            claim.claim_type,
            payer.key,
            payer.program,
            claim.frequency_code,
            claim.facility_type_code,
            claim.transaction.type == "RP",
            claim.predetermination == "PB",
            *(told(claim) for told in self._asked),
        )
        found = self._by_kind.get(kind)
        if found is None:
            if len(self._by_kind) >= _MOST_KINDS:  # claims may carry any frequency code
                self._by_kind.clear()
            found = self._by_kind[kind] = [
                (numbers, self._suspects_of(numbers, claim.claim_type))
                for group in self._groups
                if (numbers := tuple(n for n in group if concerns(self._rules[n], claim)))
            ]
        return found

    def _suspects_of(self, numbers: tuple[int, ...], claim_type: ClaimType) -> Suspects:
        """Return the function of some rules for claims of a type, written when the first one comes."""
        key = numbers, claim_type
        if key not in self._suspects:
            self._suspects[key] = generate([self._rules[number] for number in numbers], claim_type)
        return self._suspects[key]


def _alike(numbered: Iterable[tuple[int, CompiledRule]]) -> list[list[int]]:
    """Return the numbers of rules, those together that concern the same claims of a type."""
    groups: dict[str, list[int]] = {}
    for number, rule in numbered:
        asked = rule.rule.applies_to.model_dump_json(exclude={"claim_types", "effective"})
        groups.setdefault(asked, []).append(number)
    return list(groups.values())


def lacking(rules: Sequence[LoadedRule], supplied: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the rules that a run cannot look at any claim with, and the inputs that each of them lacks."""
    found = {
        loaded.rule.id: tuple(name for name in loaded.rule.needs if name not in supplied)
        for loaded in rules
        if loaded.rule.status != "draft"
    }
    return {rule: names for rule, names in found.items() if names}
