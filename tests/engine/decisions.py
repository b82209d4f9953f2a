"""Decision rules and observations for the tests of this folder: built by hand, by chance, or as shipped."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import yaml

from scrubber.engine.facts import Observation, ObservationKind
from scrubber.findings import Severity
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule

SHIPPED = Path(__file__).resolve().parents[2] / "rules" / "decisions"

#: Two families of three rules, two single ones.
RULES = ["AAA-001", "AAA-002", "AAA-003", "BBB-001", "BBB-002", "BBB-003", "CCC-001", "DDD-001"]
TEAMS = ["coding", "registration", "provider", "enrolment", "billing"]
SEVERITIES: list[Severity] = ["info", "warn", "deny", "reject"]

EXAMPLES = {
    "fires": [{"name": "f", "findings": [{"rule": "AAA-001"}], "outcome": "rejected"}],
    "silent": [{"name": "s", "findings": [{"rule": "AAA-001"}]}],
}


def decision(
    number: str, stage: str, given: dict[str, Any], then: dict[str, Any], unless: list[Any] | None = None
) -> DecisionRule:
    """Return a decision; `given` and `unless` name rules, or are patterns written out."""
    return DecisionRule.model_validate(
        {
            "schema": "1",
            "id": number,
            "name": "a-decision",
            "title": "A decision",
            "status": "stable",
            "stage": stage,
            "given": {alias: _pattern(p) for alias, p in given.items()},
            "unless": [_pattern(p) for p in unless or []],
            "then": {"because": f"Because of {number}.", **then},
            "why": "For the test.",
            "references": ["TEST"],
            "examples": EXAMPLES,
        }
    )


def _pattern(pattern: Any) -> Any:
    return {"finding": pattern} if isinstance(pattern, str) else pattern


def same_line(rule: str | list[str]) -> dict[str, Any]:
    return {"finding": rule, "same": ["line"]}


def trait(field: str, value: str) -> dict[str, Any]:
    return {"claim": {"field": field, "equals": value}}


def violation(
    rule: str, line: int | None = None, severity: Severity = "deny", kind: ObservationKind = "violation"
) -> Observation:
    return Observation(kind, rule, severity, line=line)


def bypass(rule: str, line: int | None = None, reason: str = "") -> Observation:
    return Observation("bypass", rule, "deny", line=line, reason=reason)


def unknown(rule: str, line: int | None = None) -> Observation:
    return Observation("unknown", rule, "deny", line=line, reason="No table", remedy="Load it")


def shipped() -> list[DecisionRule]:
    """Return the decisions in rules/decisions, read without the loader."""
    return [
        DecisionRule.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
        for path in sorted(SHIPPED.glob("DEC-*.yaml"))
    ]


# --- by chance ----------------------------------------------------------------------------------------

TRAITS = [Condition.model_validate({"field": f"trait.{n}", "equals": "yes"}) for n in range(3)]


def random_decisions(random: Random) -> list[DecisionRule]:
    """Return three to sixteen decisions about a few rules, so that they meet and disagree."""
    rules = random.sample(RULES, random.randint(2, len(RULES)))
    numbers = range(100, 100 + random.randint(3, 16))
    return [_random_decision(random, f"DEC-{number}", rules) for number in numbers]


def _random_decision(random: Random, number: str, rules: list[str]) -> DecisionRule:
    stage = random.choice(["derive", "keep", "keep", "keep", "escalate", "escalate", "route", "outcome"])
    facts = stage != "derive"
    given: dict[str, Any] = {}
    for n in range(random.choice([1, 2, 2, 3])):
        given[f"p{n}"] = _random_pattern(random, rules, facts and n > 0, joined=n > 0)
    if not any("finding" in p for p in given.values()):
        given["p0"] = {"finding": random.choice(rules)}
    if random.random() < 0.25:
        given = dict([("t", {"claim": random.choice(TRAITS)}), *given.items()])
    unless = [
        _random_pattern(random, rules, facts, joined=True) for _ in range(random.choice([0, 0, 0, 1, 2]))
    ]
    if random.random() < 0.15:
        unless.append({"claim": random.choice(TRAITS)})
    target = random.choice([alias for alias, p in given.items() if "finding" in p])
    change = {"finding": target, "severity": random.choice(SEVERITIES)}
    then = {
        "derive": {"add_fact": random.choice(["one", "two"])},
        "keep": {"suppress": target},
        "escalate": {random.choice(["raise", "lower"]): change},
        "route": {"route": {"finding": target, "team": random.choice(TEAMS)}},
        "outcome": {"outcome": random.choice(["review", "rejected"])},
    }[stage]
    return decision(number, stage, given, then, unless)


def _random_pattern(random: Random, rules: list[str], facts: bool, *, joined: bool) -> dict[str, Any]:
    if facts and random.random() < 0.15:
        pattern: dict[str, Any] = {"fact": random.choice(["one", "two"])}
    else:
        kind = random.random()
        if kind < 0.2:
            pattern = {"finding": random.choice(["AAA-*", "BBB-*"])}
        elif kind < 0.3:
            pattern = {"finding": random.sample(rules, 2)}
        else:
            pattern = {"finding": random.choice(rules)}
    if joined and random.random() < 0.5:
        pattern["same"] = ["line"]
    return pattern


def random_observations(random: Random, rules: list[str]) -> list[Observation]:
    return [
        Observation(
            random.choices(["violation", "bypass", "unknown"], [8, 1, 1])[0],  # type: ignore[arg-type]
            random.choice(rules),
            random.choice(SEVERITIES),
            line=random.choice([None, 0, 1, 2]),
            at=(f"place[{n}]",),
        )
        for n in range(random.choice([1, 2, 3, 3, 4, 6, 9]))
    ]
