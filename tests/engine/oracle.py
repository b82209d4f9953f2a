"""What decisions mean, once more and as plainly as possible: nested loops over a list, no rule engine.

Written from the description of the language, not from `scrubber.engine`: tests compare the two. It shares
with the engine only the schema of decision rules and the types at its border. Speed does not matter here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from scrubber.engine.facts import Observation
from scrubber.packs.conditions import Condition
from scrubber.packs.decisions import DecisionRule, Pattern

Holds = Callable[[Condition], bool | None]

SEVERITIES = ["info", "warn", "deny", "reject"]
OUTCOMES = ["clean", "review", "rejected"]


@dataclass(eq=False)
class Thing:
    """A finding (an observation), or a fact that a decision added."""

    name: str
    line: int | None
    observation: Observation | None = None
    outcome: str = "fail"
    severity: str = ""
    route: str | None = None
    decided_by: list[str] = field(default_factory=list)

    def credit(self, decision: DecisionRule) -> None:
        if decision.id not in self.decided_by:
            self.decided_by.append(decision.id)

    @property
    def place(self) -> tuple[str, ...]:
        return self.observation.at if self.observation else ()

    def rank(self) -> tuple:
        o = self.observation
        assert o is not None
        line = -1 if o.line is None else o.line
        return o.rule, line, o.at, sorted(o.items.items()), o.message, sorted(o.evidence.items())


@dataclass
class Match:
    """A decision that fires, and the thing that each of its aliases stands for."""

    decision: DecisionRule
    things: dict[str, Thing]

    @property
    def target(self) -> Thing:
        return self.things[self.decision.target or ""]

    @property
    def others(self) -> list[Thing]:
        return [thing for thing in self.findings if thing is not self.target]

    @property
    def findings(self) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.observation is not None]

    def rank(self) -> tuple:
        return self.decision.id, [finding.rank() for finding in self.findings]


def judge(
    decisions: Sequence[DecisionRule], observations: Sequence[Observation], holds: Holds
) -> tuple[list[Thing], str, set[tuple[str, int | None]]]:
    """Return the findings (violations and bypasses, in order), the claim's outcome and the derived facts."""
    findings = [
        Thing(o.rule, o.line, o, "bypassed" if o.kind == "bypass" else "fail", o.severity)
        for o in observations
        if o.kind != "unknown"
    ]
    doubts = [Thing(o.rule, o.line, o) for o in observations if o.kind == "unknown"]
    facts: list[Thing] = []

    def fired(stage: str) -> list[Match]:
        there = [f for f in findings if f.outcome == "fail"] + facts
        return [m for d in decisions if d.stage == stage for m in matches(d, there, doubts, holds)]

    added = {(m.decision.then.add_fact, next(iter(m.things.values())).line) for m in fired("derive")}
    facts.extend(Thing(f"fact {name}", line) for name, line in added)

    _keep(fired("keep"))
    _escalate(fired("escalate"))
    _route(fired("route"))
    outcome = _close(findings, fired("outcome"))
    return findings, outcome, {(name or "", line) for name, line in added}


# --- matching -----------------------------------------------------------------------------------------


def matches(decision: DecisionRule, there: list[Thing], doubts: list[Thing], holds: Holds) -> Iterator[Match]:
    # A trait must be known to hold (`given`) or known not to hold (`unless`).
    for pattern in decision.given.values():
        if pattern.claim is not None and holds(pattern.claim) is not True:
            return
    for pattern in decision.unless:
        if pattern.claim is not None and holds(pattern.claim) is not False:
            return
    looked_for = {a: p for a, p in decision.given.items() if p.claim is None}
    for things in product(there, repeat=len(looked_for)):
        if len({id(thing) for thing in things}) < len(things):
            continue  # one finding is not two
        first = things[0]
        if not all(_fits(p, t, first) for p, t in zip(looked_for.values(), things, strict=True)):
            continue
        if any(_fits(p, t, first) for p in decision.unless if p.claim is None for t in [*there, *doubts]):
            continue
        yield Match(decision, dict(zip(looked_for, things, strict=True)))


def _fits(pattern: Pattern, thing: Thing, first: Thing) -> bool:
    if pattern.fact is not None:
        named = thing.name == f"fact {pattern.fact}"
    else:
        wanted = pattern.finding or []
        named = any(thing.name == w or (w[-1] == "*" and thing.name.startswith(w[:-1])) for w in wanted)
    if not named:
        return False
    return "line" not in pattern.same or (thing.line is not None and thing.line == first.line)


# --- what becomes of it -------------------------------------------------------------------------------


def _keep(open_matches: list[Match]) -> None:
    """A finding is suppressed by findings that stand; in a circle the lowest decision acts.

    What an acting decision rests on stands from then on.
    """
    acting: list[Match] = []
    safe: list[Thing] = []
    while open_matches:
        for match in sorted(open_matches, key=Match.rank):
            if any(f.outcome == "suppressed" for f in match.others) or any(match.target is f for f in safe):
                open_matches.remove(match)
                break
            if not any(m.target is f for m in open_matches for f in match.others):
                break
        else:
            match = min(open_matches, key=Match.rank)
        if match in open_matches:
            open_matches.remove(match)
            match.target.outcome = "suppressed"
            acting.append(match)
            safe += match.others
    for match in sorted(acting, key=lambda m: m.decision.id):
        match.target.credit(match.decision)


def _escalate(matches: list[Match]) -> None:
    for target in {id(m.target): m.target for m in matches}.values():
        about = sorted((m.decision for m in matches if m.target is target), key=lambda d: d.id)
        now = SEVERITIES.index(target.severity)
        up = [(SEVERITIES.index(d.then.raise_.severity), d) for d in about if d.then.raise_]
        down = [(SEVERITIES.index(d.then.lower.severity), d) for d in about if d.then.lower]
        down = [(rank, d) for rank, d in down if rank < now]
        if up:
            top = max(rank for rank, _ in up)
            if top > now or down:
                target.severity = SEVERITIES[max(top, now)]
                for rank, d in up:
                    if rank == top:
                        target.credit(d)
        elif down:
            top = max(rank for rank, _ in down)
            target.severity = SEVERITIES[top]
            for rank, d in down:
                if rank == top:
                    target.credit(d)


def _route(matches: list[Match]) -> None:
    for target in {id(m.target): m.target for m in matches}.values():
        about = [m.decision for m in matches if m.target is target]
        most = max(len(d.given) + len(d.unless) for d in about)
        chosen = min((d for d in about if len(d.given) + len(d.unless) == most), key=lambda d: d.id)
        assert chosen.then.route is not None
        target.route = chosen.then.route.team
        target.credit(chosen)


def _close(findings: list[Thing], matches: list[Match]) -> str:
    standing = [f for f in findings if f.outcome == "fail"]
    usual = "clean"
    if any(f.severity == "warn" for f in standing):
        usual = "review"
    if any(f.severity in ("deny", "reject") for f in standing):
        usual = "rejected"
    outcome = max([usual, *(m.decision.then.outcome or "clean" for m in matches)], key=OUTCOMES.index)
    if outcome != usual:
        for match in sorted(matches, key=Match.rank):
            if match.decision.then.outcome == outcome:
                for finding in match.findings:
                    finding.credit(match.decision)
    return outcome
