"""What the findings on a claim mean together: durable-rules concludes, stage by stage.

    derive     observations become findings; findings that only together mean something become a fact
    keep       which of several overlapping findings stands
    escalate   how serious it is
    route      who works on it
    outcome    what becomes of the claim

A stage sees what earlier stages concluded: a suppressed finding is not there any more, a raised severity
counts. Within a stage all decisions see the same; where they disagree, this is what happens:

- What is suppressed suppresses nothing. Decisions that would suppress each other in a circle: the lowest id acts.
- Raise wins over lower; of several raises, and of several lowers, the most serious severity.
- Of several teams, that of the decision with the most patterns, then of the lowest id.
- The claim's outcome is the worst that is concluded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from scrubber.engine.decision_stages import FINDING, Item, Stage, fact_name, fits, names_of, traits_of
from scrubber.engine.durable import Conclusion, EngineError, EngineRule, When
from scrubber.engine.facts import Decision, Observation, Verdict
from scrubber.findings import FindingOutcome, Severity
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule

ClaimDecision = Literal["rejected", "review", "clean"]

SERIOUS: dict[Severity, int] = {"info": 0, "warn": 1, "deny": 2, "reject": 3}
WORSE: dict[ClaimDecision, int] = {"clean": 0, "review": 1, "rejected": 2}

#: Names of the rules that are not decisions. Ids of decisions are in capitals.
_FOUND, _BYPASSED = "found", "bypassed"
_OUTCOMES: dict[str, ClaimDecision] = {"reject": "rejected", "deny": "rejected", "warn": "review"}


class DerivedFact(NamedTuple):
    """A fact of the derive stage, on the line of the first finding of the decision that added it."""

    name: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Conclusions:
    """All that was concluded on a claim."""

    decision: Decision
    facts: tuple[DerivedFact, ...]


@dataclass(slots=True)
class _Finding:
    """A finding while it is being decided on."""

    item: Item
    severity: Severity
    outcome: FindingOutcome = "fail"
    route: str | None = None
    reasons: list[str] = field(default_factory=list)
    decided_by: list[str] = field(default_factory=list)

    def note(self, decision: DecisionRule, *, remark: str = "") -> None:
        """Record that a decision had an effect on this finding."""
        if decision.id not in self.decided_by:
            self.decided_by.append(decision.id)
            self.reasons.append(decision.then.because + remark)

    def verdict(self) -> Verdict:
        reason = " ".join(dict.fromkeys(self.reasons)) or None
        return Verdict(self.outcome, self.severity, reason, tuple(self.decided_by), self.route)


class _Effect(NamedTuple):
    """A decision that fired: the finding it acts on, and all findings it rests on."""

    decision: DecisionRule
    target: _Finding
    rests_on: tuple[_Finding, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        places = [(f.item.name, -1 if f.item.line is None else f.item.line, f.item.id) for f in self.rests_on]
        return self.decision.id, places


class Decider:
    """Decides on claims, one at a time. Make one per process and keep it: it holds compiled rulesets.

    `decisions` are those in force (the loader leaves out drafts), `rule_ids` the rules that may make
    observations. With `enabled=False` every claim with observations raises EngineError.
    """

    def __init__(
        self, decisions: Sequence[DecisionRule], rule_ids: Collection[str], *, enabled: bool = True
    ) -> None:
        self._decisions = {d.id: d for d in decisions}
        if len(self._decisions) != len(decisions):
            raise ValueError("two decisions have the same id")
        #: The traits that decisions ask for: evaluate them on the claim, hand `decide` the names that are true.
        self.trait_conditions: dict[str, Condition] = {}
        for decision in decisions:
            self.trait_conditions.update(traits_of(decision))
        found = [EngineRule(_FOUND, {"it": When("violation")}), EngineRule(_BYPASSED, {"it": When("bypass")})]
        worst = [EngineRule(s, {"it": When(FINDING, {"severity": s})}) for s in _OUTCOMES]
        self._rule_ids = frozenset(rule_ids)
        self._derive = self._stage("derive", found, "violation", enabled=enabled)
        self._keep = self._stage("keep", enabled=enabled)
        self._escalate = self._stage("escalate", enabled=enabled)
        self._route = self._stage("route", enabled=enabled)
        self._outcome = self._stage("outcome", worst, enabled=enabled)

    def _stage(
        self, name: str, base: Sequence[EngineRule] = (), kind: str = FINDING, *, enabled: bool
    ) -> Stage:
        decisions = [d for d in self._decisions.values() if d.stage == name]
        return Stage(name, decisions, self._rule_ids, base=base, kind=kind, enabled=enabled)

    @property
    def rulesets(self) -> dict[str, dict[str, Any]]:
        """The rulesets as the engine has them, by stage."""
        stages = (self._derive, self._keep, self._escalate, self._route, self._outcome)
        return {stage.name: stage.ruleset.source for stage in stages}

    @property
    def unmatched(self) -> list[tuple[str, str]]:
        """Decisions and the rules or families they look for that no rule fits: misspelt, or a pack is missing."""
        return [
            (decision.id, name)
            for decision in self._decisions.values()
            for pattern in (*decision.given.values(), *decision.unless)
            for name in pattern.finding or ()
            if not any(fits(rule, [name]) for rule in self._rule_ids)
        ]

    def needed_traits(self, observations: Iterable[Observation]) -> frozenset[str]:
        """Return the traits that can matter for these observations; the others need not be evaluated."""
        rules = {o.rule for o in observations if o.kind == "violation"}
        return frozenset(
            trait
            for decision in self._decisions.values()
            if all(
                pattern.finding is None or any(fits(rule, names_of(pattern)) for rule in rules)
                for pattern in decision.given.values()
            )
            for trait in traits_of(decision)
        )

    def decide(self, observations: Sequence[Observation], traits: Collection[str] = ()) -> Decision:
        """Return a verdict for each violation and bypass, in their order, and the claim's outcome.

        Raises EngineError when the engine did not answer: the claim is then an error.
        """
        return self.conclude(observations, traits).decision

    def conclude(
        self, observations: Sequence[Observation], traits: Collection[str] = (), given: Iterable[DerivedFact] = ()
    ) -> Conclusions:
        """Decide, and tell the derived facts too. `given` are facts to take as derived (examples do)."""
        if not observations:
            return Conclusions(Decision((), "clean"), ())
        items = [Item(f"o{n}", o.rule, o.line, o.kind) for n, o in enumerate(observations)]
        unknown = [item for item in items if item.kind == "unknown"]
        items = [item for item in items if item.kind != "unknown"]
        findings, derived = self._find(observations, items, unknown, traits)
        derived = sorted({*derived, *given}, key=lambda fact: (fact.name, fact.line is not None, fact.line or 0))
        facts = [Item(f"d{n}", fact_name(fact.name), fact.line) for n, fact in enumerate(derived)]

        def effects(stage: Stage) -> list[_Effect]:
            standing = [f.item for f in findings.values() if f.outcome == "fail"]
            seen = [*standing, *facts]
            if not stage.may_fire(seen, traits):
                return []
            return self._effects(stage.run(seen, unknown, traits), findings)

        _suppress(effects(self._keep))
        _change_severity(effects(self._escalate))
        _choose_team(effects(self._route))
        outcome = self._close(findings, facts, unknown, traits)
        return Conclusions(Decision(tuple(f.verdict() for f in findings.values()), outcome), tuple(derived))
