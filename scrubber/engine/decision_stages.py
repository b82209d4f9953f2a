"""One stage of deciding: decision rules compiled to a ruleset, and findings turned into its facts.

What a finding is (its rule fits `MUE-*`?) and whether a trait of the claim holds is settled in Python and
put on the facts as properties with the value 1. The engine sees equalities, joins on the line and absences,
and decides; it never sees a text of a claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from scrubber.engine.durable import Conclusion, EngineRule, Fact, Ruleset, RulesetError, Value, When
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule, Pattern

#: Kinds of facts. Blockers are a kind of their own, so that they can be asserted before what they block.
BLOCKER = "blocker"
FINDING = "finding"


class Item(NamedTuple):
    """What a stage looks at: a finding (`name` is its rule) or a derived fact (`name` from `fact_name`)."""

    id: str
    name: str
    line: int | None
    kind: str = FINDING
    properties: Mapping[str, str] = {}


def fact_name(name: str) -> str:
    """Return the name under which a derived fact is looked for; no rule id can be spelt like it."""
    return f"fact:{name}"


def names_of(pattern: Pattern) -> tuple[str, ...]:
    """Return the rules, families and facts that a pattern looks for."""
    return (fact_name(pattern.fact),) if pattern.fact is not None else tuple(pattern.finding or ())


def fits(name: str, wanted: Iterable[str]) -> bool:
    """Return whether a rule id or fact is one of those wanted; `MUE-*` stands for every MUE rule."""
    return any(name == w or (w.endswith("*") and name.startswith(w[:-1])) for w in wanted)


def trait_name(condition: Condition) -> str:
    """Return a trait's name: the condition itself, in one spelling."""
    return condition.model_dump_json(by_alias=True, exclude_unset=True)


def traits_of(decision: DecisionRule) -> dict[str, Condition]:
    """Return the traits that must be true for a decision to fire, by name.

    A trait under `unless` is asked for as its negation: a trait that is unknown is then not held false, so
    the decision holds back.
    """
    conditions = [p.claim for p in decision.given.values() if p.claim is not None]
    conditions += [Condition.model_validate({"not": p.claim}) for p in decision.unless if p.claim is not None]
    return {trait_name(condition): condition for condition in conditions}


class _Carried(NamedTuple):
    """What a finding of one rule is to a stage: its properties, all that decisions anchored on it need,
    the traits it shows if they hold, and its properties as a blocker."""

    atoms: dict[str, int]
    needed: tuple[frozenset[str], ...]
    asked: frozenset[str]
    blocking: dict[str, int]


class Stage:
    """The decisions of one stage, ready to run.

    `base` are rules that are not decisions; their names must not be ids of decisions. `kind` is the kind
    of fact that findings are in this stage.
    """

    def __init__(
        self,
        name: str,
        decisions: Sequence[DecisionRule],
        rule_ids: Collection[str],
        *,
        base: Sequence[EngineRule] = (),
        kind: str = FINDING,
        enabled: bool = True,
    ) -> None:
        self.name = name
        self._kind = kind
        self._all = bool(base)  # rules that are not decisions look at every finding
        self._atoms: dict[tuple[str, ...], str] = {}  # what patterns look for -> property of facts
        self._blocking: dict[tuple[str, ...], str] = {}
        self._traits: dict[str, str] = {}  # trait -> property
        self._needs: dict[str, list[frozenset[str]]] = {}  # anchor property -> all that a decision needs
        self._asked: dict[str, set[str]] = {}  # anchor property -> traits that its decisions ask for
        self._carried: dict[str, _Carried] = {}
        compiled = [self._compile(d) for d in sorted(decisions, key=lambda d: d.id)]
        self.ruleset = Ruleset(name, [*base, *compiled], enabled=enabled)
        for rule in rule_ids:
            self._prove(rule)

    # --- compiling ----------------------------------------------------------------------------------

    def _compile(self, decision: DecisionRule) -> EngineRule:
        anchor = decision.anchor
        assert anchor is not None  # the schema asks for one
        when: dict[str, When] = {}
        needs: set[str] = set()
        # The anchor first: the engine joins the others to it.
        for alias in sorted(decision.given, key=lambda a: a != anchor):
            pattern = decision.given[alias]
            if not pattern.is_trait:
                names = names_of(pattern)
                atom = _property(self._atoms, names)
                needs.add(atom)
                when[alias] = When(self._kind, {atom: 1}, ("line",) if pattern.same_line else ())
        first = next(iter(when[anchor].equal))
        traits = [self._traits.setdefault(t, f"trait_{len(self._traits)}") for t in traits_of(decision)]
        when[anchor] = When(self._kind, {first: 1, **dict.fromkeys(traits, 1)})
        self._asked.setdefault(first, set()).update(traits)
        self._needs.setdefault(first, []).append(frozenset(needs.union(traits)))
        unless = []
        for pattern in decision.unless:
            if not pattern.is_trait:
                names = names_of(pattern)
                atom = _property(self._blocking, names)
                unless.append(When(BLOCKER, {atom: 1}, ("line",) if pattern.same_line else ()))
        return EngineRule(decision.id, when, unless)

    def _prove(self, rule: str) -> None:
        """Make sure that the engine can take any finding of this rule, whatever traits the claim has."""
        atoms, _, traits, blocking = self._carries(rule)
        for kind, names in ((self._kind, (*atoms, *traits)), (BLOCKER, blocking)):
            complaint = self.ruleset.complaint(kind, (*names, "line", "severity"))
            if complaint is not None:
                raise RulesetError(f"stage {self.name}: too many decisions about {rule} ({complaint})")

    def _carries(self, name: str) -> _Carried:
        """Return what a finding of this rule is to this stage."""
        carried = self._carried.get(name)
        if carried is None:
            atoms = [p for wanted, p in self._atoms.items() if fits(name, wanted)]
            carried = self._carried[name] = _Carried(
                dict.fromkeys(atoms, 1),
                tuple(needs for atom in atoms for needs in self._needs.get(atom, ())),
                frozenset(trait for atom in atoms for trait in self._asked.get(atom, ())),
                {p: 1 for wanted, p in self._blocking.items() if fits(name, wanted)},
            )
        return carried

    # --- running ------------------------------------------------------------------------------------

    def may_fire(self, items: Iterable[Item], traits: Collection[str]) -> bool:
        """Return whether any decision has all that it needs; if not, the engine need not be asked."""
        if not self._needs:
            return False
        carried = [self._carries(item.name) for item in items]
        candidates = [needs for c in carried for needs in c.needed]
        if not candidates:
            return False
        present = self._held(traits).union(*[c.atoms for c in carried])
        return any(needs <= present for needs in candidates)

    def run(
        self, items: Sequence[Item], unknown: Sequence[Item], traits: Collection[str]
    ) -> list[Conclusion]:
        """Return what the engine concludes. `unknown` findings may be there, so they hold decisions back."""
        held = self._held(traits)
        facts: list[Fact] = []
        for number, item in enumerate((*items, *unknown)):
            atoms, _, asked, blocking = self._carries(item.name)
            # On no line: a number that nothing else has, not even its blocker, so that it joins with nothing.
            line = item.line if item.line is not None else -2 * number - 1
            if blocking and (number >= len(items) or item.kind == self._kind):
                alone = line if item.line is not None else line - 1
                facts.append(Fact(f"b{item.id}", BLOCKER, {**blocking, "line": alone}))
            if number < len(items) and (atoms or self._all):
                marks: dict[str, Value | None] = {**atoms, **item.properties, "line": line}
                if asked:
                    marks.update(dict.fromkeys(asked & held, 1))
                facts.append(Fact(item.id, item.kind, marks))
        return self.ruleset.run(facts)

    def _held(self, traits: Collection[str]) -> set[str]:
        """Return the properties of the traits that hold."""
        return {p for trait, p in self._traits.items() if trait in traits} if traits else set()


def _property(known: dict[tuple[str, ...], str], names: tuple[str, ...]) -> str:
    """Return the property for what a pattern looks for, readable in a printed ruleset: `is_mue_any`."""
    if names not in known:
        words = [name.lower().replace("*", "any").replace("-", "_").replace(":", "_") for name in names]
        spelt = "is_" + "_or_".join(words)
        known[names] = spelt if len(spelt) < 70 and spelt not in known.values() else f"is_{len(known)}"
    return known[names]
