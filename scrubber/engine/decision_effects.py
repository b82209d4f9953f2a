"""What decisions that fired do to findings, and what happens where they disagree.

Within a stage all decisions saw the same findings, so the order in which they fired says nothing. The rules
here give one answer whatever the order:

- What is suppressed suppresses nothing. Where decisions would suppress each other's findings in a circle,
  the lowest id acts and what it rests on stands. So no finding is suppressed on account of one that is gone.
- Raise wins over lower. Of several raises, and of several lowers, the most serious severity wins.
- Of several teams, the choice of the decision with the most patterns wins, then of the lowest id.

A decision that is overruled is named in the reason of the one that wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scrubber.engine.decision_stages import Item
from scrubber.engine.facts import Observation, Verdict
from scrubber.findings import FindingOutcome, Severity
from scrubber.packs.decisions import DecisionRule, SeverityChange

SERIOUS: dict[Severity, int] = {"info": 0, "warn": 1, "deny": 2, "reject": 3}


@dataclass(slots=True, eq=False)
class Judged:
    """A finding while it is being decided on."""

    observation: Observation
    item: Item
    severity: Severity
    outcome: FindingOutcome = "fail"
    route: str | None = None
    reasons: list[str] = field(default_factory=list)
    decided_by: list[str] = field(default_factory=list)

    def note(self, decision: DecisionRule, remark: str = "") -> None:
        """Record that a decision had an effect on this finding."""
        if decision.id not in self.decided_by:
            self.decided_by.append(decision.id)
            self.reasons.append(decision.then.because + remark)

    def verdict(self) -> Verdict:
        """Return the finding's verdict as it stands."""
        reason = " ".join(dict.fromkeys(self.reasons)) if self.reasons else None
        return Verdict(self.outcome, self.severity, reason, tuple(self.decided_by), self.route)

    @property
    def place(self) -> tuple[Any, ...]:
        """What this finding is sorted by: itself, not where it stood in the input."""
        o = self.observation
        line = -1 if o.line is None else o.line
        return o.rule, line, o.at, sorted(o.items.items()), o.message, sorted(o.evidence.items())


class Effect(NamedTuple):
    """A decision that fired: the finding it acts on (None: the claim), and the findings it rests on."""

    decision: DecisionRule
    target: Judged | None
    rests_on: tuple[Judged, ...]

    @property
    def others(self) -> list[Judged]:
        """The findings it rests on, without the one it acts on."""
        return [finding for finding in self.rests_on if finding is not self.target]

    @property
    def order(self) -> tuple[Any, ...]:
        """What effects are sorted by."""
        return self.decision.id, [finding.place for finding in self.rests_on]


def suppress(effects: Sequence[Effect]) -> None:
    """Let findings be suppressed by those that stand."""
    acting: list[Effect] = []
    pending = _in_order(effects)
    while pending:
        threatened = {effect.target for effect in pending}
        sure = [e for e in pending if threatened.isdisjoint(e.others)] or pending[:1]
        for effect in sure:
            assert effect.target is not None  # the schema asks for one
            effect.target.outcome = "suppressed"
        acting += sure
        done = {id(effect) for effect in sure}
        needed = {finding for effect in sure for finding in effect.others}
        pending = [
            e
            for e in pending
            if id(e) not in done and e.target not in needed and all(f.outcome == "fail" for f in e.others)
        ]
    for effect in _in_order(acting):
        if effect.target is not None:
            effect.target.note(effect.decision)


def change_severity(effects: Sequence[Effect]) -> None:
    """Raise or lower the severity of findings."""
    for target, decisions in _by_target(effects):
        raises = [d for d in decisions if d.then.raise_ is not None]
        lowers = [d for d in decisions if d.then.raise_ is None and _rank(d) < SERIOUS[target.severity]]
        choices = raises or lowers
        best = max(map(_rank, choices), default=-1)
        winners = [d for d in choices if _rank(d) == best]
        overruled = [d for d in (*raises, *lowers) if d not in winners]
        if raises and best <= SERIOUS[target.severity]:  # nothing to raise, but nothing is lowered either
            winners = winners if lowers else []
        elif winners:
            target.severity = _change(winners[0]).severity
        for decision in winners:
            target.note(decision, _remark(overruled, "change it to", lambda d: _change(d).severity))


def choose_team(effects: Sequence[Effect]) -> None:
    """Send findings to the team that works on them."""
    for target, decisions in _by_target(effects):
        best, *others = sorted(decisions, key=lambda d: (-len(d.given) - len(d.unless), d.id))
        target.route = _team(best)
        overruled = [d for d in others if _team(d) != target.route]
        target.note(best, _remark(overruled, "send it to", _team))


def _in_order(effects: Sequence[Effect]) -> list[Effect]:
    return sorted(effects, key=lambda effect: effect.order) if len(effects) > 1 else [*effects]


def _by_target(effects: Iterable[Effect]) -> Iterable[tuple[Judged, list[DecisionRule]]]:
    """Yield each target with the decisions about it, each once, by id."""
    grouped: dict[Judged, dict[str, DecisionRule]] = {}
    for effect in effects:
        if effect.target is not None:
            grouped.setdefault(effect.target, {})[effect.decision.id] = effect.decision
    for target, decisions in grouped.items():
        yield target, [decisions[i] for i in sorted(decisions)]


def _remark(overruled: Sequence[DecisionRule], verb: str, wish: Any) -> str:
    if not overruled:
        return ""
    return " (Overruled: " + "; ".join(f"{d.id} would {verb} {wish(d)}" for d in overruled) + ".)"


def _change(decision: DecisionRule) -> SeverityChange:
    change = decision.then.raise_ or decision.then.lower
    assert change is not None  # stage escalate has no other action
    return change


def _rank(decision: DecisionRule) -> int:
    return SERIOUS[_change(decision).severity]


def _team(decision: DecisionRule) -> str:
    assert decision.then.route is not None  # stage route has no other action
    return decision.then.route.team
