"""What decisions do to findings, stage by stage, and what happens where they disagree."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.engine.decide import Conclusions, Decider, DerivedFact
from scrubber.engine.decision_examples import check_decision_examples
from scrubber.engine.durable import EngineError, EngineUnavailable, RulesetError
from scrubber.engine.facts import Decision, Observation, Verdict
from scrubber.packs.decisions import DecisionRule
from tests.engine.decisions import (
    EXAMPLES,
    RULES,
    bypass,
    decision,
    random_decisions,
    random_observations,
    same_line,
    shipped,
    trait,
    unknown,
    violation,
)

SUPPRESS = decision("DEC-001", "keep", {"a": "AAA-001", "b": same_line("BBB-001")}, {"suppress": "b"})


def decide(
    decisions: list[DecisionRule], *observations: Observation, traits: set[str] | None = None
) -> Decision:
    return Decider(decisions, RULES).decide(observations, traits or set())


def conclude(decisions: list[DecisionRule], *observations: Observation) -> Conclusions:
    return Decider(decisions, RULES).conclude(observations)


def all_traits(decider: Decider) -> set[str]:
    return set(decider.trait_conditions)


# --- without decisions --------------------------------------------------------------------------------


def test_nothing_observed_is_clean() -> None:
    assert decide([SUPPRESS]) == Decision((), "clean")


@pytest.mark.parametrize(
    ("severity", "outcome"),
    [("reject", "rejected"), ("deny", "rejected"), ("warn", "review"), ("info", "clean")],
)
def test_the_severity_decides_the_outcome(severity: str, outcome: str) -> None:
    result = decide([], violation("AAA-001", 0, severity))  # type: ignore[arg-type]
    assert result == Decision((Verdict("fail", severity),), outcome)  # type: ignore[arg-type]


def test_the_worst_finding_decides_the_outcome() -> None:
    found = [
        violation("AAA-001", 0, "info"),
        violation("BBB-001", 0, "deny"),
        violation("AAA-002", 0, "warn"),
    ]
    assert decide([], *found).outcome == "rejected"


def test_a_bypassed_finding_is_kept_and_blocks_nothing() -> None:
    result = decide([SUPPRESS], bypass("AAA-001", 0, "Modifier 59"), bypass("BBB-001", 0))
    assert result == Decision(
        (Verdict("bypassed", "deny", "Modifier 59"), Verdict("bypassed", "deny")), "clean"
    )


def test_an_unknown_is_no_finding() -> None:
    result = decide([SUPPRESS], unknown("AAA-001"), violation("BBB-001", 0, "warn"), unknown("CCC-001", 1))
    assert result == Decision((Verdict("fail", "warn"),), "review")
    assert decide([SUPPRESS], unknown("AAA-001")) == Decision((), "clean")


def test_verdicts_are_in_the_order_of_the_observations() -> None:
    result = decide(
        [SUPPRESS], violation("BBB-001", 0), unknown("CCC-001"), bypass("CCC-001"), violation("AAA-001", 0)
    )
    assert [v.outcome for v in result.verdicts] == ["suppressed", "bypassed", "fail"]


def test_the_same_observation_twice_is_two_findings() -> None:
    assert len(decide([], violation("AAA-001", 0), violation("AAA-001", 0)).verdicts) == 2


# --- what patterns look for ---------------------------------------------------------------------------


def suppressed(result: Decision) -> list[int]:
    return [n for n, verdict in enumerate(result.verdicts) if verdict.outcome == "suppressed"]


def test_same_line() -> None:
    found = [violation("AAA-001", 1), violation("BBB-001", 0), violation("BBB-001", 1), violation("BBB-001")]
    result = decide([SUPPRESS], *found)
    assert suppressed(result) == [2]
    assert result.verdicts[2] == Verdict("suppressed", "deny", "Because of DEC-001.", ("DEC-001",))


def test_what_is_on_no_line_shares_it_with_nothing() -> None:
    assert suppressed(decide([SUPPRESS], violation("AAA-001"), violation("BBB-001"))) == []
    same_claim = decision("DEC-002", "keep", {"a": "AAA-001", "b": "BBB-001"}, {"suppress": "b"})
    assert suppressed(decide([same_claim], violation("AAA-001"), violation("BBB-001"))) == [1]


def test_lists_and_families() -> None:
    rule = decision(
        "DEC-002", "keep", {"a": {"finding": ["CCC-001", "BBB-*"]}, "b": "AAA-*"}, {"suppress": "b"}
    )
    assert suppressed(decide([rule], violation("AAA-002"), violation("BBB-003"), violation("DDD-001"))) == [0]
    assert suppressed(decide([rule], violation("AAA-002"), violation("CCC-001"), violation("AAA-001"))) == [
        0,
        2,
    ]
    assert suppressed(decide([rule], violation("AAA-002"), violation("DDD-001"))) == []


def test_a_finding_does_not_pair_with_itself() -> None:
    rule = decision("DEC-002", "keep", {"a": "AAA-*", "b": "AAA-*"}, {"suppress": "b"})
    assert suppressed(decide([rule], violation("AAA-001", 0))) == []


def test_a_bypassed_finding_is_not_there_for_decisions() -> None:
    unless = decision("DEC-002", "keep", {"a": "CCC-001", "b": "DDD-001"}, {"suppress": "b"}, ["AAA-001"])
    found = [bypass("AAA-001", 0), violation("BBB-001", 0), violation("CCC-001"), violation("DDD-001")]
    assert suppressed(decide([SUPPRESS, unless], *found)) == [3]


def test_traits() -> None:
    rule = decision("DEC-002", "keep", {"p": trait("payer.key", "x"), "a": "AAA-001"}, {"suppress": "a"})
    decider = Decider([rule], RULES)
    ((name, condition),) = decider.trait_conditions.items()
    assert (condition.field, condition.equals) == ("payer.key", "x")
    assert suppressed(decider.decide([violation("AAA-001")], {name})) == [0]
    assert suppressed(decider.decide([violation("AAA-001")], set())) == []
    assert suppressed(decider.decide([violation("AAA-001")], {"another"})) == []


def test_traits_are_asked_for_once() -> None:
    payer = trait("payer.key", "x")
    rules = [
        decision(f"DEC-{n:03}", "keep", {"p": payer, "a": "AAA-001", "b": "BBB-001"}, {"suppress": "b"})
        for n in range(3)
    ]
    other = decision("DEC-100", "keep", {"p": trait("payer.key", "y"), "a": "AAA-001"}, {"suppress": "a"})
    assert len(Decider([*rules, other], RULES).trait_conditions) == 2


def test_only_traits_that_can_matter_are_needed() -> None:
    one = decision("DEC-001", "keep", {"p": trait("payer.key", "x"), "a": "AAA-001"}, {"suppress": "a"})
    pair = {"p": trait("payer.key", "y"), "a": "AAA-001", "b": "BBB-*"}
    two = decision("DEC-002", "keep", pair, {"suppress": "a"})
    decider = Decider([one, two], RULES)
    assert decider.needed_traits([violation("BBB-001")]) == set()
    assert [decider.trait_conditions[t].equals for t in decider.needed_traits([violation("AAA-001")])] == [
        "x"
    ]
    assert len(decider.needed_traits([violation("AAA-001"), violation("BBB-002")])) == 2
    assert decider.needed_traits([bypass("AAA-001")]) == set()


# --- unless -------------------------------------------------------------------------------------------

UNLESS = decision("DEC-001", "keep", {"a": "AAA-001", "b": "BBB-001"}, {"suppress": "b"}, ["CCC-001"])
UNLESS_LINE = decision(
    "DEC-001", "keep", {"a": "AAA-001", "b": "BBB-001"}, {"suppress": "b"}, [same_line("CCC-001")]
)
PAIR = (violation("AAA-001", 0), violation("BBB-001", 1))


def test_unless() -> None:
    assert suppressed(decide([UNLESS], *PAIR)) == [1]
    assert suppressed(decide([UNLESS], *PAIR, violation("CCC-001", 7))) == []
    assert suppressed(decide([UNLESS], violation("CCC-001"), *PAIR)) == []


def test_unless_on_the_line_of_the_first_finding() -> None:
    assert suppressed(decide([UNLESS_LINE], *PAIR, violation("CCC-001", 0))) == []
    assert suppressed(decide([UNLESS_LINE], *PAIR, violation("CCC-001", 1))) == [1]
    assert suppressed(decide([UNLESS_LINE], *PAIR, violation("CCC-001"))) == [1]


def test_a_rule_that_could_not_be_evaluated_may_be_there() -> None:
    assert suppressed(decide([UNLESS], *PAIR, unknown("CCC-001"))) == []
    assert suppressed(decide([UNLESS_LINE], *PAIR, unknown("CCC-001", 0))) == []
    assert suppressed(decide([UNLESS_LINE], *PAIR, unknown("CCC-001", 1))) == [1]
    assert suppressed(decide([SUPPRESS], unknown("AAA-001", 0), violation("BBB-001", 0))) == []


def test_a_trait_under_unless_must_be_known_to_be_false() -> None:
    rule = decision("DEC-002", "keep", {"a": "AAA-001"}, {"suppress": "a"}, [trait("payer.key", "x")])
    decider = Decider([rule], RULES)
    ((name, condition),) = decider.trait_conditions.items()
    assert condition.not_ is not None and condition.not_.equals == "x"
    assert suppressed(decider.decide([violation("AAA-001")], {name})) == [0]  # not x: true
    assert suppressed(decider.decide([violation("AAA-001")], set())) == []  # x, or unknown


# --- keep ---------------------------------------------------------------------------------------------


def over(number: str, winner: str, loser: str) -> DecisionRule:
    return decision(number, "keep", {"w": winner, "l": loser}, {"suppress": "l"})


A, B, C = violation("AAA-001"), violation("BBB-001"), violation("CCC-001")


def test_what_is_suppressed_suppresses_nothing() -> None:
    chain = [over("DEC-001", "BBB-001", "CCC-001"), over("DEC-002", "AAA-001", "BBB-001")]
    result = decide(chain, A, B, C)
    assert [v.outcome for v in result.verdicts] == ["fail", "suppressed", "fail"]
    assert suppressed(decide(chain, B, C)) == [1]


def test_in_a_circle_the_lowest_id_acts() -> None:
    circle = [over("DEC-002", "BBB-001", "AAA-001"), over("DEC-001", "AAA-001", "BBB-001")]
    assert suppressed(decide(circle, A, B)) == [1]
    three = [over("DEC-003", "AAA-001", "BBB-001"), over("DEC-001", "BBB-001", "CCC-001")]
    three.append(over("DEC-002", "CCC-001", "AAA-001"))
    assert suppressed(decide(three, A, B, C)) == [2]


def test_a_family_that_suppresses_itself_leaves_one() -> None:
    rule = decision("DEC-001", "keep", {"a": "AAA-*", "b": same_line("AAA-*")}, {"suppress": "b"})
    found = [violation(f"AAA-00{n}", line) for line in (0, 1) for n in (3, 1, 2)]
    assert suppressed(decide([rule], *found)) == [0, 2, 3, 5]


def test_all_who_suppress_are_named() -> None:
    result = decide([over("DEC-002", "CCC-001", "BBB-001"), over("DEC-001", "AAA-001", "BBB-001")], A, B, C)
    verdict = result.verdicts[1]
    assert verdict.decided_by == ("DEC-001", "DEC-002")
    assert verdict.reason == "Because of DEC-001. Because of DEC-002."


def test_a_suppressed_finding_is_not_there_for_later_stages() -> None:
    route = decision("DEC-002", "route", {"b": "BBB-001"}, {"route": "coding"})
    raised = decision("DEC-003", "escalate", {"b": "BBB-001"}, {"raise": {"severity": "reject"}})
    worse = decision("DEC-004", "outcome", {"b": "BBB-001"}, {"outcome": "rejected"})
    found = [violation("AAA-001", 0, "info"), violation("BBB-001", 0, "deny")]
    result = decide([SUPPRESS, route, raised, worse], *found)
    assert result.verdicts[1] == Verdict("suppressed", "deny", "Because of DEC-001.", ("DEC-001",))
    assert result.outcome == "clean"
    unless = decision("DEC-005", "route", {"a": "AAA-001"}, {"route": "billing"}, ["BBB-001"])
    assert decide([SUPPRESS, unless], *found).verdicts[0].route == "billing"


# --- escalate -----------------------------------------------------------------------------------------


def change(number: str, verb: str, severity: str) -> DecisionRule:
    return decision(number, "escalate", {"a": "AAA-001"}, {verb: {"severity": severity}})


def verdict_of(decisions: list[DecisionRule], severity: str) -> Verdict:
    return decide(decisions, violation("AAA-001", 0, severity)).verdicts[0]  # type: ignore[arg-type]


def test_raise_and_lower() -> None:
    raised = verdict_of([change("DEC-001", "raise", "deny")], "warn")
    assert raised == Verdict("fail", "deny", "Because of DEC-001.", ("DEC-001",))
    lowered = verdict_of([change("DEC-001", "lower", "info")], "deny")
    assert lowered == Verdict("fail", "info", "Because of DEC-001.", ("DEC-001",))


def test_raise_never_lowers_and_lower_never_raises() -> None:
    assert verdict_of([change("DEC-001", "raise", "warn")], "deny") == Verdict("fail", "deny")
    assert verdict_of([change("DEC-001", "lower", "deny")], "warn") == Verdict("fail", "warn")


def test_raise_wins_over_lower() -> None:
    result = verdict_of([change("DEC-001", "lower", "info"), change("DEC-002", "raise", "reject")], "warn")
    reason = "Because of DEC-002. (Overruled: DEC-001 would change it to info.)"
    assert result == Verdict("fail", "reject", reason, ("DEC-002",))


def test_a_raise_that_changes_nothing_still_holds_off_a_lower() -> None:
    result = verdict_of([change("DEC-001", "lower", "info"), change("DEC-002", "raise", "deny")], "deny")
    reason = "Because of DEC-002. (Overruled: DEC-001 would change it to info.)"
    assert result == Verdict("fail", "deny", reason, ("DEC-002",))


def test_the_most_serious_severity_wins() -> None:
    raises = [change("DEC-001", "raise", "deny"), change("DEC-002", "raise", "reject")]
    assert verdict_of(raises, "warn").severity == "reject"
    lowers = [change("DEC-001", "lower", "info"), change("DEC-002", "lower", "warn")]
    assert verdict_of(lowers, "deny").severity == "warn"


def test_a_raised_severity_is_the_one_that_counts() -> None:
    assert decide([change("DEC-001", "raise", "deny")], violation("AAA-001", 0, "info")).outcome == "rejected"
    assert decide([change("DEC-001", "lower", "warn")], violation("AAA-001", 0, "deny")).outcome == "review"


# --- route --------------------------------------------------------------------------------------------


def test_route() -> None:
    rule = decision(
        "DEC-001", "route", {"a": "AAA-001", "b": "BBB-001"}, {"route": {"finding": "b", "team": "provider"}}
    )
    result = decide([rule], A, B)
    assert result.verdicts == (
        Verdict("fail", "deny"),
        Verdict("fail", "deny", "Because of DEC-001.", ("DEC-001",), "provider"),
    )


def test_the_most_patterns_then_the_lowest_id_choose_the_team() -> None:
    general = decision("DEC-001", "route", {"a": "AAA-*"}, {"route": "coding"})
    special = decision(
        "DEC-002", "route", {"a": "AAA-001", "b": "BBB-001"}, {"route": {"finding": "a", "team": "provider"}}
    )
    assert decide([general, special], A).verdicts[0].route == "coding"
    chosen = decide([general, special], A, B).verdicts[0]
    assert chosen.route == "provider"
    assert chosen.reason == "Because of DEC-002. (Overruled: DEC-001 would send it to coding.)"
    equal = decision("DEC-003", "route", {"a": "AAA-001"}, {"route": "billing"})
    assert decide([equal, general], A).verdicts[0].route == "coding"


# --- derive and outcome -------------------------------------------------------------------------------

TOGETHER = decision("DEC-001", "derive", {"a": "AAA-001", "b": same_line("BBB-001")}, {"add_fact": "both"})


def test_a_fact_is_there_for_every_later_stage() -> None:
    by_fact = {"f": {"fact": "both"}, "a": same_line("AAA-001")}
    rules = [
        TOGETHER,
        decision("DEC-002", "keep", {"f": {"fact": "both"}, "b": same_line("BBB-001")}, {"suppress": "b"}),
        decision("DEC-003", "escalate", by_fact, {"raise": {"severity": "reject"}}),
        decision("DEC-004", "route", by_fact, {"route": "coding"}),
        decision("DEC-005", "route", {"c": "CCC-001"}, {"route": "billing"}, [{"fact": "both"}]),
    ]
    result = conclude(rules, violation("AAA-001", 2), violation("BBB-001", 2), violation("AAA-001", 3), C)
    assert result.facts == (DerivedFact("both", 2),)
    first, second, third, fourth = result.decision.verdicts
    assert (first.severity, first.route, first.decided_by) == ("reject", "coding", ("DEC-003", "DEC-004"))
    assert second.outcome == "suppressed"
    assert third == Verdict("fail", "deny") and fourth == Verdict("fail", "deny")
    assert decide(rules, C).verdicts[0].route == "billing"


def test_a_fact_stands_once_however_often_it_is_derived() -> None:
    found = [violation(rule, 0) for rule in ("AAA-001", "BBB-001", "AAA-001", "BBB-001")]
    assert conclude([TOGETHER], *found).facts == (DerivedFact("both", 0),)


def outcome_of(wish: str, severity: str) -> Decision:
    rule = decision("DEC-001", "outcome", {"a": "AAA-001"}, {"outcome": wish})
    return decide([rule], violation("AAA-001", 0, severity))  # type: ignore[arg-type]


def test_an_outcome_only_gets_worse() -> None:
    assert outcome_of("review", "info").outcome == "review"
    assert outcome_of("rejected", "warn").outcome == "rejected"
    assert outcome_of("review", "deny").outcome == "rejected"


def test_a_worse_outcome_says_why() -> None:
    assert outcome_of("review", "info").verdicts[0] == Verdict(
        "fail", "info", "Because of DEC-001.", ("DEC-001",)
    )
    assert outcome_of("review", "deny").verdicts[0] == Verdict("fail", "deny")


# --- determinism --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_input_does_not_matter(seed: int) -> None:
    random = Random(seed)
    decisions = random_decisions(random)
    observations = random_observations(random, RULES)
    decider = Decider(decisions, RULES)
    traits = {t for t in decider.trait_conditions if random.random() < 0.7}
    result = decider.conclude(observations, traits)
    judged = [o for o in observations if o.kind != "unknown"]
    told = {o.at: v for o, v in zip(judged, result.decision.verdicts, strict=True)}
    random.shuffle(decisions)
    for other in (decider, Decider(decisions, list(reversed(RULES)))):
        random.shuffle(observations)
        again = other.conclude(observations, sorted(traits))
        judged = [o for o in observations if o.kind != "unknown"]
        assert {o.at: v for o, v in zip(judged, again.decision.verdicts, strict=True)} == told
        assert (again.facts, again.decision.outcome) == (result.facts, result.decision.outcome)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_findings_suppress_but_never_all(seed: int) -> None:
    random = Random(seed)
    decisions = [d for d in random_decisions(random) if d.stage == "keep" and _two_findings(d)]
    decider = Decider(decisions, RULES)
    for _ in range(5):
        result = decider.decide(random_observations(random, RULES), all_traits(decider))
        outcomes = [v.outcome for v in result.verdicts]
        assert "suppressed" not in outcomes or "fail" in outcomes
        for verdict in result.verdicts:
            assert (verdict.reason is None) == (not verdict.decided_by)


def _two_findings(rule: DecisionRule) -> bool:
    return sum(pattern.finding is not None for pattern in rule.given.values()) > 1


# --- the engine ---------------------------------------------------------------------------------------


def test_switched_off_every_claim_with_facts_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    decider = Decider([SUPPRESS], RULES, enabled=False)
    assert decider.decide([]) == Decision((), "clean")
    for observation in (violation("AAA-001", 0, "info"), bypass("AAA-001"), unknown("AAA-001")):
        with pytest.raises(EngineError, match="switched off"):
            decider.decide([observation])


def test_a_missing_engine_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(EngineUnavailable):
        Decider([], RULES)


@pytest.mark.parametrize("stage", ["_derive", "_keep", "_outcome"])
def test_a_stage_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    decider = Decider([SUPPRESS], RULES)
    found = [violation("AAA-001", 0), violation("BBB-001", 0)]

    def fail(_: object) -> None:
        raise EngineError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(getattr(decider, stage).ruleset, "run", fail)
        with pytest.raises(EngineError):
            decider.decide(found)
    assert suppressed(decider.decide(found)) == [1]


@pytest.mark.parametrize(
    ("stage", "says"), [("_derive", "the engine found 0"), ("_outcome", "the engine weighed 0")]
)
def test_an_engine_that_says_too_little_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, stage: str, says: str
) -> None:
    decider = Decider([SUPPRESS], RULES)
    monkeypatch.setattr(getattr(decider, stage).ruleset, "run", lambda _: [])
    with pytest.raises(EngineError, match=says):
        decider.decide([violation("AAA-001", 0)])


def test_stages_that_cannot_act_do_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    decider = Decider([SUPPRESS, change("DEC-002", "raise", "deny")], RULES)
    for stage in ("_keep", "_escalate", "_route"):
        monkeypatch.setattr(getattr(decider, stage), "run", None)
    assert decider.decide([violation("AAA-002", 0), violation("BBB-001", 0)]).outcome == "rejected"


def test_too_many_decisions_about_one_rule_are_refused() -> None:
    rules = [
        decision(
            f"DEC-{n:03}",
            "keep",
            {"a": {"finding": ["AAA-001", f"ZZZ-{n:03}"]}, "b": "BBB-001"},
            {"suppress": "b"},
        )
        for n in range(65)
    ]
    assert suppressed(decide(rules[:64], A, B)) == [1]
    with pytest.raises(RulesetError, match="too many decisions about AAA-001"):
        Decider(rules, RULES)


def test_ids_of_decisions_are_unique() -> None:
    with pytest.raises(ValueError, match="same id"):
        Decider([SUPPRESS, SUPPRESS], RULES)


def test_a_rule_that_was_not_announced_is_decided_on_too() -> None:
    rule = decision("DEC-002", "keep", {"a": "AAA-*", "b": "ZZZ-*"}, {"suppress": "b"})
    assert suppressed(Decider([rule], ["AAA-001"]).decide([A, violation("ZZZ-001")])) == [1]


def test_rulesets_can_be_read() -> None:
    rulesets = Decider([SUPPRESS], RULES).rulesets
    assert list(rulesets) == ["derive", "keep", "escalate", "route", "outcome"]
    assert rulesets["keep"]["DEC-001"] == {
        "all": [
            {"m0": {"$and": [{"k": "finding"}, {"is_aaa_001": 1}]}},
            {"m1": {"$and": [{"k": "finding"}, {"is_bbb_001": 1}, {"line": {"m0": "line"}}]}},
        ],
        "cap": 1000,
    }


def test_a_large_claim_is_decided() -> None:
    found = [violation(rule, line) for line in range(300) for rule in ("AAA-001", "BBB-001")]
    assert len(suppressed(decide([SUPPRESS], *found))) == 300


# --- examples of decisions ----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", shipped(), ids=lambda rule: rule.id)
def test_shipped_examples(rule: DecisionRule) -> None:
    assert check_decision_examples(rule) == []


def test_shipped_decisions_use_the_whole_language() -> None:
    rules = shipped()
    assert {r.stage for r in rules} >= {"derive", "keep", "escalate", "route"}
    patterns = [p for r in rules for p in (*r.given.values(), *r.unless)]
    assert any(p.same_line for p in patterns) and any(p.is_trait for p in patterns)
    assert any(r.unless for r in rules) and any(p.fact for p in patterns)


def with_examples(rule: DecisionRule, **examples: object) -> DecisionRule:
    data = rule.model_dump(by_alias=True, exclude_unset=True)
    return DecisionRule.model_validate({**data, "examples": {**EXAMPLES, **examples}})


BOTH = [{"rule": "AAA-001", "line": "0"}, {"rule": "BBB-001", "line": "0"}]
APART = [{"rule": "AAA-001", "line": "0"}, {"rule": "BBB-001", "line": "1"}]
RIGHT = {"name": "together", "findings": BOTH, "expect": [{"finding": "1", "suppressed": "true"}]}
SILENT = {"name": "apart", "findings": APART}


@pytest.mark.parametrize(
    ("fires", "silent", "failures"),
    [
        (RIGHT, SILENT, []),
        (
            {**RIGHT, "findings": APART},
            SILENT,
            [
                "DEC-001, fires example `together`: the decision does not act",
                "DEC-001, fires example `together`: "
                "finding 1 (BBB-001) has outcome fail, expected suppressed",
            ],
        ),
        (
            RIGHT,
            {**SILENT, "findings": BOTH},
            [
                "DEC-001, silent example `apart`: the decision acts",
                "DEC-001, silent example `apart`: finding 1 (BBB-001) has outcome suppressed, expected fail",
            ],
        ),
        (
            {**RIGHT, "outcome": "clean"},
            SILENT,
            ["DEC-001, fires example `together`: the claim is rejected, expected clean"],
        ),
        (
            {
                **RIGHT,
                "expect": [{"finding": "1", "suppressed": "true", "route": "coding", "severity": "warn"}],
            },
            SILENT,
            [
                "DEC-001, fires example `together`: finding 1 (BBB-001) has severity deny, expected warn",
                "DEC-001, fires example `together`: finding 1 (BBB-001) has route none, expected coding",
            ],
        ),
    ],
)
def test_examples_that_are_wrong_are_told(fires: dict, silent: dict, failures: list[str]) -> None:
    assert check_decision_examples(with_examples(SUPPRESS, fires=[fires], silent=[silent])) == failures


def test_a_fact_that_an_example_does_not_name_is_told() -> None:
    wrong = {"name": "together", "findings": BOTH, "facts": ["other"]}
    (failure,) = check_decision_examples(with_examples(TOGETHER, fires=[wrong], silent=[SILENT]))
    assert failure.endswith("the facts are both on line 0, expected other")


def test_a_trait_that_needs_a_whole_claim_is_told_or_evaluated() -> None:
    given = {"p": {"claim": {"some": "lines"}}, "a": "AAA-001"}
    rule = decision("DEC-002", "keep", given, {"suppress": "a"})
    fires = {
        "name": "f",
        "findings": BOTH,
        "expect": [{"finding": "0", "suppressed": "true"}],
        "claim": {"x": "1"},
    }
    rule = with_examples(rule, fires=[fires], silent=[SILENT])
    assert "cannot be tried" in check_decision_examples(rule)[0]
    assert check_decision_examples(rule, lambda condition, values: bool(values)) == []
