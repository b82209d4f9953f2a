"""Runs the examples that a decision carries: with that decision alone, on findings written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from scrubber.engine.decide import Conclusions, Decider, DerivedFact
from scrubber.engine.decision_stages import trait_name, traits_of
from scrubber.engine.facts import Observation, ObservationKind, Verdict
from scrubber.packs.conditions import CodeRange, Condition
from scrubber.packs.decisions import DecisionExample, DecisionExpected, DecisionRule

#: Answers whether a condition holds for the claim values of an example; None: unknown.
Holds = Callable[[Condition, Mapping[str, Any]], bool | None]

_KINDS: dict[str, ObservationKind] = {"fail": "violation", "bypassed": "bypass", "indeterminate": "unknown"}


def check_decision_examples(decision: DecisionRule, holds: Holds | None = None) -> list[str]:
    """Run a decision's own examples and return what is wrong with them, one sentence each.

    `holds` evaluates the traits that the decision asks for; without it only conditions on presence and
    equality can be used in examples.
    """
    rules = {finding.rule for _, example in _examples(decision) for finding in example.findings}
    decider = Decider([decision], rules)
    failures: list[str] = []
    for kind, example in _examples(decision):
        head = f"{decision.id}, {kind} example `{example.name}`: "
        try:
            traits = _traits(decision, example, holds or holds_by_hand)
        except NotByHand as problem:
            failures.append(f"{head}{problem}")
            continue
        failures += [head + failure for failure in _run(decider, decision, kind, example, traits)]
    return failures


def _examples(decision: DecisionRule) -> Iterable[tuple[str, DecisionExample]]:
    for example in decision.examples.fires:
        yield "fires", example
    for example in decision.examples.silent:
        yield "silent", example


def _traits(decision: DecisionRule, example: DecisionExample, holds: Holds) -> set[str]:
    return {
        trait_name(condition)
        for condition in traits_of(decision).values()
        if holds(condition, example.claim) is True
    }


def _run(
    decider: Decider, decision: DecisionRule, kind: str, example: DecisionExample, traits: set[str]
) -> list[str]:
    observations = [
        Observation(_KINDS[f.outcome], f.rule, f.severity, line=f.line, at=(str(n),))
        for n, f in enumerate(example.findings)
    ]
    facts = [DerivedFact(fact.fact, fact.line) for fact in example.facts]
    adds = decision.then.add_fact is not None
    result = decider.conclude(observations, traits, given=[] if adds else facts)
    acted = any(decision.id in verdict.decided_by for verdict in result.decision.verdicts)
    acted = acted or (adds and bool(result.facts))
    failures = []
    if acted and kind == "silent":
        failures.append("the decision acts")
    if not acted and kind == "fires":
        failures.append("the decision does not act")
    failures += _compare(example, result)
    if adds and kind == "fires" and set(result.facts) != set(facts):
        failures.append(f"the facts are {_listed(result.facts)}, expected {_listed(facts)}")
    return failures


def _compare(example: DecisionExample, result: Conclusions) -> list[str]:
    expected = {item.finding: item for item in example.expect}
    verdicts = iter(result.decision.verdicts)
    failures = []
    for number, finding in enumerate(example.findings):
        if finding.outcome == "indeterminate":
            continue
        verdict = next(verdicts)
        wanted = expected.get(number, DecisionExpected(finding=number))
        for what, is_so, should in _differences(verdict, wanted, finding.severity, finding.outcome):
            failures.append(f"finding {number} ({finding.rule}) has {what} {is_so}, expected {should}")
    if example.outcome is not None and example.outcome != result.decision.outcome:
        failures.append(f"the claim is {result.decision.outcome}, expected {example.outcome}")
    return failures


def _differences(
    verdict: Verdict, wanted: DecisionExpected, severity: str, outcome: str
) -> Iterable[tuple[str, str, str]]:
    pairs = (
        ("outcome", verdict.outcome, "suppressed" if wanted.suppressed else outcome),
        ("severity", verdict.severity, wanted.severity or severity),
        ("route", verdict.route or "none", wanted.route or "none"),
    )
    return ((what, is_so, should) for what, is_so, should in pairs if is_so != should)


def _listed(facts: Sequence[DerivedFact]) -> str:
    names = [fact.name if fact.line is None else f"{fact.name} on line {fact.line}" for fact in facts]
    return ", ".join(sorted(names)) or "none"


# --- traits, as far as an example by hand needs them --------------------------------------------------


class NotByHand(Exception):
    """A condition that needs a whole claim."""


def holds_by_hand(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Return whether a condition holds for a few values of a claim, `{payer.key: x}`; the rest is absent."""
    if condition.all is not None:
        return all(holds_by_hand(child, values) for child in condition.all)
    if condition.any is not None:
        return any(holds_by_hand(child, values) for child in condition.any)
    if condition.not_ is not None:
        return not holds_by_hand(condition.not_, values)
    if condition.field is None:
        raise NotByHand("a quantifier cannot be tried on values by hand")
    value = values.get(condition.field)
    operator, operand = condition.operator, condition.operand
    if operator == "present":
        return (value is not None) is operand
    if operator == "equals" and isinstance(operand, str):
        return bool(value == operand)
    if operator in ("in", "not_in") and isinstance(operand, list):
        return (value is not None and any(_is(value, member) for member in operand)) == (operator == "in")
    raise NotByHand(f"`{operator}` cannot be tried on values by hand")


def _is(value: Any, member: Any) -> bool:
    if isinstance(member, CodeRange):
        text = str(value)
        return len(text) == len(member.from_) and member.from_ <= text <= member.to
    if isinstance(member, str):
        return bool(value == member)
    raise NotByHand("a comparison with another path cannot be tried on values by hand")
