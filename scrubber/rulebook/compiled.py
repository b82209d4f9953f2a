"""Rules and conditions of decisions with their names resolved: also of drafts, which do not run."""

from __future__ import annotations

from scrubber.engine.ir import CompiledRule, Known, Node, compile_condition, compile_rule
from scrubber.packs.bundle import Bundle
from scrubber.packs.decisions import DecisionRule
from scrubber.packs.names import Names
from scrubber.packs.rules import Rule


def compiled(bundle: Bundle, rule: Rule) -> CompiledRule:
    """Return a rule as the engine runs it. Raises NameProblem for rules that nobody has checked."""
    return compile_rule(rule, Known.of(bundle, with_rows=False))


def traits(bundle: Bundle, decision: DecisionRule) -> list[Node]:
    """Return what a decision asks of the claim itself."""
    patterns = (*decision.given.values(), *decision.unless)
    asked = [pattern.claim for pattern in patterns if pattern.claim is not None]
    return [compile_condition(condition, Names({}, {}), bundle.sets) for condition in asked]
