"""The engine and the oracle agree: 1,500 claims by chance, on decisions by chance and on the shipped ones."""

from __future__ import annotations

from random import Random

import pytest

from scrubber.engine.decide import Decider
from scrubber.engine.facts import Observation
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule
from tests.engine.decisions import RULES, random_decisions, random_observations, shipped
from tests.engine.oracle import Thing, judge, matches

SHIPPED = shipped()
SHIPPED_RULES = sorted({f.rule for d in SHIPPED for e in d.examples.fires for f in e.findings})

SETS, CLAIMS = 50, 30


class Truth:
    """Which conditions on the claim hold, by chance; None where nobody can say."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._known: dict[str, bool | None] = {}

    def __call__(self, condition: Condition) -> bool | None:
        if condition.not_ is not None:
            inner = self(condition.not_)
            return None if inner is None else not inner
        return self._known.setdefault(repr(condition), self._random.choice([True, True, False, None]))


def compare(
    decider: Decider, decisions: list[DecisionRule], observations: list[Observation], truth: Truth
) -> None:
    traits = {name for name, condition in decider.trait_conditions.items() if truth(condition) is True}
    needed = decider.needed_traits(observations)
    result = decider.conclude(observations, traits & needed)
    for _ in range(2):  # what is remembered, also of claims before, is what would be concluded
        assert decider.decide(observations, traits & needed) == result.decision
    findings, outcome, facts = judge(decisions, observations, truth)
    assert [(v.outcome, v.severity, v.route, v.decided_by) for v in result.decision.verdicts] == [
        (f.outcome, f.severity, f.route, tuple(f.decided_by)) for f in findings
    ]
    assert result.decision.outcome == outcome
    assert {(fact.name, fact.line) for fact in result.facts} == facts


@pytest.mark.parametrize("seed", range(SETS))
def test_engine_agrees_with_oracle(seed: int) -> None:
    random = Random(seed)
    decisions = random_decisions(random) + SHIPPED
    decider = Decider(decisions, [*RULES, *SHIPPED_RULES])
    for _ in range(CLAIMS):
        rules = random.choice([RULES, SHIPPED_RULES, RULES + SHIPPED_RULES])
        compare(decider, decisions, random_observations(random, rules), Truth(random))


def test_no_finding_is_suppressed_on_account_of_one_that_is_gone() -> None:
    seen = 0
    for seed in range(SETS):
        random = Random(seed)
        decisions = {d.id: d for d in random_decisions(random) if d.stage == "keep"}
        decider = Decider(list(decisions.values()), RULES)
        for _ in range(CLAIMS):
            observations, truth = random_observations(random, RULES), Truth(random)
            traits = {name for name, c in decider.trait_conditions.items() if truth(c) is True}
            verdicts = decider.decide(observations, traits).verdicts
            things = [Thing(o.rule, o.line, o) for o in observations if o.kind == "violation"]
            doubts = [Thing(o.rule, o.line, o) for o in observations if o.kind == "unknown"]
            told = dict(zip((o.at for o in observations if o.kind != "unknown"), verdicts, strict=True))
            gone = {t for t in things if told[t.place].outcome == "suppressed"}
            for thing in gone:
                for number in told[thing.place].decided_by:
                    found = matches(decisions[number], things, doubts, truth)
                    assert any(m.target is thing and gone.isdisjoint(m.others) for m in found)
                    seen += 1
    assert seen > 100


def test_the_oracle_sees_every_kind_of_decision_act() -> None:
    """Agreement proves little if nothing ever fires."""
    acted: set[str] = set()
    unmoved = 0
    for seed in range(SETS):
        random = Random(seed)
        decisions = random_decisions(random)
        stages = {d.id: d.stage for d in decisions}
        for _ in range(CLAIMS):
            findings, _outcome, facts = judge(decisions, random_observations(random, RULES), Truth(random))
            credited = {stages[d] for f in findings for d in f.decided_by}
            acted |= credited | ({"derive"} if facts else set())
            unmoved += not credited
    assert acted == {"derive", "keep", "escalate", "route", "outcome"}
    assert unmoved < SETS * CLAIMS * 0.7
