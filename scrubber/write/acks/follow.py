"""Following a file through its events: what is open, and what is wrong with it so far.

Problems of a segment come before the event of that segment, as `scrubber.read.envelopes` yields them.
"""

from __future__ import annotations

import re
from typing import Literal

from scrubber.read.x12 import FileProblem
from scrubber.write.acks.model import (
    AckOptions,
    AnsweredClaim,
    End,
    Event,
    Fault,
    Group,
    Interchange,
    Reach,
    Transaction,
)
from scrubber.write.acks.verdict import (
    NOT_ANSWERABLE,
    Verdict,
    group_problem,
    group_violation,
    interchange_problem,
    interchange_violation,
    set_problem,
    set_violation,
)

Level = Literal["ISA", "GS", "ST"]

#: Groups of acknowledgments: none is acknowledged, or there would be no end to it (X12 997 and 999, note 1).
_NEVER_ANSWERED = frozenset({"FA"})
_SET_ID = re.compile(r"[0-9]{3}")
_SET_CONTROL = re.compile(r"[A-Za-z0-9]{4,9}")
_SET_SEGMENTS = frozenset({"SE", "ST", "HL"})
_INTERCHANGE_SEGMENTS = frozenset({"ISA", "IEA"})
_GROUP_SEGMENTS = frozenset({"GS", "GE"})
#: Problems of ST: a transaction of a kind that is not read, and one that names another guide than its group.
_OF_ST = frozenset({"X12-007", "X12-010"})
_CUT = "X12-003"  # the file ends inside a segment


class Follower:
    """Takes events, keeps the verdicts, and calls what a writer does at each begin and end.

    `transaction` is None also while one is open that cannot be answered (RFI 1339): its group is told.
    """

    def __init__(self, options: AckOptions, reach: Reach | None = None) -> None:
        self.options = options
        self._reach: Reach = reach or options.reach
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.transaction: Transaction | None = None
        self.of_interchange, self.of_group, self.of_set = Verdict(), Verdict(), Verdict()
        self.sets = self.accepted = 0
        self._held: list[FileProblem] = []
        self._ignored = False  # inside of a group that is not answered

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, AnsweredClaim):
            if self.transaction is not None:
                self.on_claim(event)
        elif isinstance(event, Fault):
            self._fault(event)
        elif isinstance(event, FileProblem):
            self._problem(event)
        elif isinstance(event, End):
            self._end(event.level, event.stated)
        else:
            self._begin(event)

    def close(self) -> None:
        """End what is open."""
        self._end("ISA", None)

    # --- for writers ------------------------------------------------------------------------------

    def on_transaction(self, transaction: Transaction) -> None:
        """Do what a begin of a transaction asks for."""

    def on_claim(self, claim: AnsweredClaim) -> None:
        """Take a claim of the transaction."""

    def on_fault(self, fault: Fault) -> None:
        """Take a fault in a segment of the transaction, other than ST and SE."""

    def on_misplaced(self, problem: FileProblem) -> None:
        """Take a problem that is one of a segment of the transaction."""

    def on_transaction_end(self, transaction: Transaction) -> None:
        """Answer a transaction; its verdict stands."""

    def on_group(self, group: Group) -> None:
        """Do what a begin of a group asks for."""

    def on_group_end(self, group: Group, stated: int | None) -> None:
        """Answer a group; its verdict stands."""

    def on_interchange_end(self, interchange: Interchange) -> None:
        """Answer an interchange; its verdict stands."""

    # --- begins and ends --------------------------------------------------------------------------

    def _begin(self, event: Interchange | Group | Transaction) -> None:
        if isinstance(event, Interchange):
            self._end("ISA", None)
            self.interchange, self.of_interchange = event, Verdict()
        elif isinstance(event, Group):
            self._end("GS", None)
            self._ignored = event.functional_id in _NEVER_ANSWERED
            if self.interchange is not None and not self._ignored:
                self.group, self.of_group = event, Verdict()
                self.sets = self.accepted = 0
                self.on_group(event)
        else:
            self._end("ST", None)
            self._begin_set(event)

    def _begin_set(self, event: Transaction) -> None:
        held, self._held = self._held, []
        if self.group is None:
            return
        self.sets += 1
        if not (_SET_ID.fullmatch(event.kind) and _SET_CONTROL.fullmatch(event.control)):
            self.of_group.add(NOT_ANSWERABLE, rejects=False)
            return
        self.transaction, self.of_set = event, Verdict()
        self.on_transaction(event)
        for problem in held:
            if problem.position == event.position:
                self._problem(problem)

    def _end(self, level: Level, stated: int | None) -> None:
        if self.transaction is not None:
            ended, self.transaction = self.transaction, None
            self.accepted += not self.of_set.rejected
            self.on_transaction_end(ended)
        if level == "ST":
            return
        self._ignored = False
        if self.group is not None:
            group, self.group = self.group, None
            self.on_group_end(group, stated if level == "GS" else None)
        if level == "ISA" and self.interchange is not None:
            interchange, self.interchange = self.interchange, None
            self.on_interchange_end(interchange)

    # --- what is wrong ----------------------------------------------------------------------------

    def _fault(self, fault: Fault) -> None:
        violation = fault.violation
        if violation.segment in _INTERCHANGE_SEGMENTS:
            self.of_interchange.add(interchange_violation(violation), rejects=False)
        elif violation.segment in _GROUP_SEGMENTS:
            self.of_group.add(group_violation(violation), rejects=False)
        elif self.transaction is not None:
            here = fault.claim is None or self._reach == "transaction"
            self.of_set.add(set_violation(violation), rejects=fault.blocks and here)
            if violation.segment not in ("ST", "SE"):
                self.on_fault(fault)

    def _problem(self, problem: FileProblem) -> None:
        if self._is_early(problem):
            self._held.append(problem)
        elif problem.segment in _SET_SEGMENTS and self.transaction is not None:
            self.of_set.add(set_problem(problem), rejects=True)
            if problem.segment == "HL":
                self.on_misplaced(problem)
        elif problem.segment in _INTERCHANGE_SEGMENTS or problem.code == _CUT or not self._in_group:
            if self.interchange is not None:
                self.of_interchange.add(interchange_problem(problem), rejects=problem.fatal)
        elif self.group is not None:
            self.of_group.add(group_problem(problem), rejects=False)

    def _is_early(self, problem: FileProblem) -> bool:
        """Return whether a problem is that of a transaction whose event is still to come."""
        begun = self.transaction is not None and self.transaction.position == problem.position
        return problem.code in _OF_ST and not begun

    @property
    def _in_group(self) -> bool:
        return self.group is not None or self._ignored
