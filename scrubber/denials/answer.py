"""From an entry's steps and guardrails to what holds here: what next, by when, what not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from scrubber.denials.circumstances import Circumstances
from scrubber.denials.explanation import Deadline, DoNot, NextStep
from scrubber.denials.schema import Guardrail, Signals, Step
from scrubber.denials.words import ACTION_TITLES, DO_NOT_TITLES, either, payer_is


class Answer:
    """What to do and not to do about one denial, under the signals that apply to it.

    `cited` collects the references of the signals that were used.
    """

    def __init__(self, case: Circumstances, signals: Signals) -> None:
        self.case = case
        self.signals = signals
        self.remarks = [r for r in signals.remarks if case.has(r.rarc)]
        self.cited: list[str] = [key for remark in self.remarks for key in remark.references]

    def next_steps(
        self, first: Step | None, guardrails: Sequence[Guardrail] = ()
    ) -> tuple[tuple[NextStep, ...], tuple[NextStep, ...]]:
        """Return the steps to try in order, and those that hold instead under a condition of their own.

        An action that a remark code or a guardrail forbids is never among them.
        """
        forbidden = {g.forbid for g in guardrails if self.case.holds(g.when) is True}
        forbidden |= {f for remark in self.remarks for f in remark.forbid}
        chain = list(self._chain(first)) if first else []
        allowed = [(step, question) for step, question in chain if step.action not in forbidden]
        decided = next((r.next_step for r in self.remarks if r.next_step), None)
        if decided is not None and (len(allowed) < len(chain) or not chain):
            allowed = [(decided, None)]
        steps, exceptions = self._by_programme(allowed)
        exceptions += self._with_other_remarks(first)
        return tuple(_phrased(steps)), tuple(e for e in exceptions if e.action not in forbidden)

    def _chain(self, step: Step | None) -> Iterator[tuple[Step, str | None]]:
        """Yield the steps that may apply with what is unknown about them; ends at the first certain one."""
        while step is not None:
            verdict = self.case.holds(step.when)
            if verdict is not False:
                yield step, self.case.open_question(step.when)
            if verdict is True:
                return
            step = step.else_

    def _by_programme(
        self, steps: Sequence[tuple[Step, str | None]]
    ) -> tuple[list[tuple[Step, str | None]], list[NextStep]]:
        """Replace what the payer's programme does not take; if that is unknown, say so beside it."""
        kept: list[tuple[Step, str | None]] = []
        exceptions: dict[str, NextStep] = {}
        for step, question in steps:
            rules = [r for r in self.signals.instead if r.action == step.action]
            for rule in rules:
                if self.case.in_programs(rule.programs) is not False:
                    self.cited += rule.references
                if self.case.in_programs(rule.programs) is True:
                    step = rule.next_step  # noqa: PLW2901
                elif self.case.program is None:
                    condition = f"if {payer_is(rule.programs)}, instead of frequency 7"
                    exceptions.setdefault(condition, _next(rule.next_step, condition))
            kept.append((step, question))
        return kept, list(exceptions.values())

    def _with_other_remarks(self, step: Step | None) -> list[NextStep]:
        """Return the steps that would apply with a remark code that was not given."""
        found = []
        while step is not None:
            when = step.when
            if when is not None and when.rarc and self.case.lacks_only_remarks(when):
                found.append(_next(step, f"if the remittance also has {either(when.rarc)}"))
            step = step.else_
        return found

    def do_not(self, guardrails: Iterable[Guardrail] = ()) -> tuple[DoNot, ...]:
        """Return what must not be done: what remark codes forbid, then the entry's guardrails."""
        found: dict[tuple[str, str | None], DoNot] = {}
        for remark in self.remarks:
            for what in remark.forbid:
                why = f"{either(remark.rarc)}: {remark.meaning}"
                found.setdefault((what, None), DoNot(what, DO_NOT_TITLES[what], why, None))
        for rail in guardrails:
            if self.case.holds(rail.when) is False or (rail.forbid, None) in found:
                continue
            question = self.case.open_question(rail.when)
            condition = f"if {question}" if question else None
            found[rail.forbid, condition] = DoNot(
                rail.forbid, DO_NOT_TITLES[rail.forbid], rail.why, condition
            )
        return tuple(found.values())

    def deadlines(
        self, steps: Iterable[NextStep], guardrails: Sequence[Guardrail] = ()
    ) -> tuple[Deadline, ...]:
        """Return the known deadlines of the actions among the steps, but not of what is forbidden there.

        The soonest stands first; those without a day follow in the order of the steps.
        """
        actions = list(dict.fromkeys(step.action for step in steps))
        found = []
        for action in actions:
            for rule in self.signals.deadlines:
                in_programs = self.case.in_programs(rule.programs)
                if rule.action != action or in_programs is False:
                    continue
                if any(_forbids(rail, action, rule.programs) for rail in guardrails):
                    continue
                self.cited += rule.references
                condition = None if in_programs else f"if {payer_is(rule.programs)}"
                found.append(Deadline(action, rule.text, self.case.due(rule.limit, rule.from_), condition))
        return tuple(sorted(found, key=lambda deadline: deadline.due or dt.date.max))


def _forbids(rail: Guardrail, action: str, programs: Sequence[str]) -> bool:
    """True when a guardrail forbids an action to all payers of the programmes."""
    return rail.forbid == action and rail.when is not None and set(programs) <= set(rail.when.programs)


def _next(step: Step, condition: str | None) -> NextStep:
    title = ACTION_TITLES[step.action]
    return NextStep(step.action, title, step.text, step.frequency, tuple(step.send), condition)


def _phrased(steps: Sequence[tuple[Step, str | None]]) -> Iterator[NextStep]:
    """Yield steps with their conditions as a reader follows them: if, otherwise if, otherwise."""
    for i, (step, question) in enumerate(steps):
        words = ["otherwise"] if i else []
        words += [f"if {question}"] if question else []
        yield _next(step, ", ".join(words) or None)
