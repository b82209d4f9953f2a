"""What the findings on a claim mean together: durable-rules concludes, stage by stage.

    derive     observations become findings; findings that only together mean something become a fact
    keep       which of several overlapping findings stands
    escalate   how serious it is
    route      who works on it
    outcome    what becomes of the claim

A stage sees what earlier stages concluded: a suppressed finding is not there any more, a raised severity
counts. Patterns look for standing findings only, not for bypassed ones. `unless` counts every standing
finding, those in `given` too, and also a rule that could not be evaluated: absent is not unknown.
Where decisions of one stage disagree, see `decision_effects.py`; the claim's outcome is the worst concluded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from scrubber.engine.decision_effects import Effect, Judged, change_severity, choose_team, suppress
from scrubber.engine.decision_stages import FINDING, Item, Stage, fact_name, fits, traits_of
from scrubber.engine.durable import Conclusion, EngineError, EngineRule, When
from scrubber.engine.facts import Decision, Observation
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule

ClaimDecision = Literal["rejected", "review", "clean"]

WORSE: dict[ClaimDecision, int] = {"clean": 0, "review": 1, "rejected": 2}

#: Rules that are not decisions. Their names cannot be ids of decisions, which are in capitals.
_FOUND, _BYPASSED = "found", "bypassed"
_OUTCOMES: dict[str, ClaimDecision] = {"reject": "rejected", "deny": "rejected", "warn": "review"}


#: All that the engine and what is made of its conclusions see of a claim, in order.
_Facts = tuple[tuple[tuple[str, str, int | None, str, str], ...], frozenset[str]]
#: Decisions that are remembered. Claims have the same few things wrong with them again and again.
_MOST_KNOWN = 4096


class DerivedFact(NamedTuple):
    """A fact of the derive stage, on the line of the first finding of the decision that added it."""

    name: str
    line: int | None = None

    @property
    def place(self) -> tuple[str, int]:
        """What facts are sorted by."""
        return self.name, -1 if self.line is None else self.line


@dataclass(frozen=True, slots=True)
class Conclusions:
    """All that was concluded on a claim."""

    decision: Decision
    facts: tuple[DerivedFact, ...] = ()


class _Case(NamedTuple):
    """A claim while it is being decided on. Findings are in the order of the observations."""

    findings: Mapping[str, Judged]
    unknown: Sequence[Item]
    traits: Collection[str]

    @property
    def standing(self) -> list[Judged]:
        return [finding for finding in self.findings.values() if finding.outcome == "fail"]


class Decider:
    """Decides on claims, one at a time. Make one per process and keep it: it holds compiled rulesets.

    `decisions` are those in force (the loader leaves drafts out), `rule_ids` the rules that may make
    observations. With `enabled=False` every claim with observations raises EngineError.
    """

    def __init__(
        self, decisions: Sequence[DecisionRule], rule_ids: Collection[str], *, enabled: bool = True
    ) -> None:
        self._decisions = {decision.id: decision for decision in decisions}
        if len(self._decisions) != len(decisions):
            raise ValueError("two decisions have the same id")
        self._rule_ids = frozenset(rule_ids)
        self._known: dict[_Facts, Decision] = {}
        self._needed: dict[frozenset[str], frozenset[str]] = {}
        self._traits = {decision.id: traits_of(decision) for decision in decisions}
        #: The traits that decisions ask for, to be evaluated on the claim; `decide` gets those that are true.
        self.trait_conditions: dict[str, Condition] = {
            name: condition for traits in self._traits.values() for name, condition in traits.items()
        }
        found = [EngineRule(_FOUND, {"it": When("violation")}), EngineRule(_BYPASSED, {"it": When("bypass")})]
        worst = [EngineRule(s, {"it": When(FINDING, {"severity": s})}) for s in _OUTCOMES]
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

    # --- about the decisions ------------------------------------------------------------------------

    @property
    def rulesets(self) -> dict[str, dict[str, Any]]:
        """The rulesets as the engine has them, by stage."""
        stages = (self._derive, self._keep, self._escalate, self._route, self._outcome)
        return {stage.name: stage.ruleset.source for stage in stages}

    def needed_traits(self, observations: Iterable[Observation]) -> frozenset[str]:
        """Return the traits that can matter for these observations; the others need not be evaluated."""
        rules = frozenset(o.rule for o in observations if o.kind == "violation")
        needed = self._needed.get(rules)
        if needed is None:
            needed = self._needed[rules] = self._traits_for(rules)
            if len(self._needed) > _MOST_KNOWN:
                self._needed.clear()
        return needed

    def _traits_for(self, rules: Collection[str]) -> frozenset[str]:
        needed: set[str] = set()
        for number, traits in self._traits.items():
            given = self._decisions[number].given.values()
            if traits and all(any(fits(r, p.finding) for r in rules) for p in given if p.finding):
                needed.update(traits)
        return frozenset(needed)

    # --- deciding -----------------------------------------------------------------------------------

    def decide(self, observations: Sequence[Observation], traits: Collection[str] = ()) -> Decision:
        """Return a verdict for each violation and bypass, in their order, and the claim's outcome.

        `traits` are the names of those `trait_conditions` that are true on this claim. Raises EngineError
        when the engine gave no answer: the claim is then an error.
        """
        facts = _facts_of(observations, traits)
        known = self._known.get(facts) if facts is not None else None
        if known is not None:
            return known
        decision = self.conclude(observations, traits).decision
        if facts is not None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[facts] = decision
        return decision

    def conclude(
        self,
        observations: Sequence[Observation],
        traits: Collection[str] = (),
        given: Iterable[DerivedFact] = (),
    ) -> Conclusions:
        """Decide, and tell the derived facts too. `given` are facts to take for derived, as examples do."""
        if not observations:
            return Conclusions(Decision((), "clean"))
        seen: list[Item] = []
        unknown: list[Item] = []
        findings: dict[str, Judged] = {}
        for number, o in enumerate(observations):
            item = Item(f"o{number}", o.rule, o.line, o.kind)
            if o.kind == "unknown":
                unknown.append(item)
            else:
                seen.append(item)
                findings[item.id] = Judged(o, Item(item.id, o.rule, o.line), o.severity)
        case = _Case(findings, unknown, traits)
        concluded = self._derive.run(seen, unknown, traits)
        self._accept(concluded, case)
        if not case.findings:
            return Conclusions(Decision((), "clean"))
        derived = sorted({*self._derived(concluded, case), *given}, key=lambda fact: fact.place)
        facts = [Item(f"d{n}", fact_name(fact.name), fact.line) for n, fact in enumerate(derived)]
        suppress(self._effects(self._keep, case, facts))
        change_severity(self._effects(self._escalate, case, facts))
        choose_team(self._effects(self._route, case, facts))
        outcome = self._close(case, facts)
        verdicts = tuple(finding.verdict() for finding in case.findings.values())
        return Conclusions(Decision(verdicts, outcome), tuple(derived))

    def _accept(self, concluded: Iterable[Conclusion], case: _Case) -> None:
        """Take over which findings there are: each observation must be a finding or a bypassed one."""
        answered = 0
        for conclusion in concluded:
            if conclusion.rule in (_FOUND, _BYPASSED):
                answered += 1
                if conclusion.rule == _BYPASSED:
                    finding = case.findings[conclusion.facts["it"]]
                    finding.outcome = "bypassed"
                    finding.reasons += [finding.observation.reason] if finding.observation.reason else []
        if answered != len(case.findings):
            raise EngineError(f"{len(case.findings)} observations, but the engine found {answered}")

    def _derived(self, concluded: Iterable[Conclusion], case: _Case) -> Iterable[DerivedFact]:
        for effect in self._fired(concluded, case):
            name = effect.decision.then.add_fact
            if name is not None:
                yield DerivedFact(name, effect.rests_on[0].observation.line)

    def _effects(self, stage: Stage, case: _Case, facts: Sequence[Item]) -> list[Effect]:
        seen = [*(finding.item for finding in case.standing), *facts]
        if not stage.may_fire(seen, case.traits):
            return []
        return self._fired(stage.run(seen, case.unknown, case.traits), case)

    def _fired(self, concluded: Iterable[Conclusion], case: _Case) -> list[Effect]:
        effects = []
        for rule, ids in concluded:
            decision = self._decisions.get(rule)
            if decision is not None:
                rests_on = tuple(case.findings[i] for i in ids.values() if i in case.findings)
                target = decision.target
                effects.append(Effect(decision, case.findings[ids[target]] if target else None, rests_on))
        return effects

    def _close(self, case: _Case, facts: Sequence[Item]) -> ClaimDecision:
        """Return the claim's outcome: what the severities say, or worse if a decision says so."""
        standing = case.standing
        seen = [
            Item(f.item.id, f.item.name, f.item.line, FINDING, {"severity": f.severity}) for f in standing
        ]
        concluded = self._outcome.run([*seen, *facts], case.unknown, case.traits)
        said = [_OUTCOMES[c.rule] for c in concluded if c.rule in _OUTCOMES]
        if len(said) != sum(finding.severity in _OUTCOMES for finding in standing):
            raise EngineError(f"{len(standing)} findings stand, but the engine weighed {len(said)}")
        usual = _worst(said)
        effects = sorted(self._fired(concluded, case), key=lambda effect: effect.order)
        outcome = _worst([usual, *(e.decision.then.outcome for e in effects if e.decision.then.outcome)])
        for effect in effects:
            if outcome != usual and effect.decision.then.outcome == outcome:
                for finding in effect.rests_on:
                    finding.note(effect.decision)
        return outcome


def _facts_of(observations: Sequence[Observation], traits: Collection[str]) -> _Facts | None:
    """Return what a decision depends on; None where two observations are told apart by what is not in it.

    Those of one rule on one line are put in order by their places and messages (`Judged.place`).
    """
    facts = tuple([(o.rule, o.kind, o.line, o.severity, o.reason) for o in observations])
    if len({(rule, line) for rule, _, line, _, _ in facts}) < len(facts):
        return None
    return facts, frozenset(traits)


def _worst(outcomes: Iterable[ClaimDecision]) -> ClaimDecision:
    worst: ClaimDecision = "clean"
    for outcome in outcomes:
        if WORSE[outcome] > WORSE[worst]:
            worst = outcome
    return worst
