"""What the acknowledgment writers are told: the events of a file, in the order of its segments.

A file is told as Interchange, Group, Transaction, what was found in it, End, ... A writer holds one of each
level and never a list of claims. What is wrong is told between the begin and the end of what it is wrong
with; a begin ends whatever is still open on its level and below. Positions are 1-based segment numbers in
the file, as in findings. Values are as received: the writers make them fit to be written.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from scrubber.findings import Finding
from scrubber.guides.violations import Kind, Violation
from scrubber.read.x12 import FileProblem

#: PR: the payer answers; AY: a clearinghouse, or whoever stands before the payer, does.
Role = Literal["PR", "AY"]
#: What a fault inside of a claim costs: that claim (IK501 E, and the 277CA rejects it) or all of them (R).
Reach = Literal["claim", "transaction"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who somebody is: NM103-NM105, NM107-NM109. An organisation has only `name`."""

    name: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    person: bool = False
    qualifier: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class AckOptions:
    """What is not in the file.

    `at` is when it is acknowledged, `received` when it came (the same day unless given). `control` is the
    first ISA13 to use, counting up; without it each follows from the ISA13 that is answered. `source` is who
    answers the claims (2100A; the 837's receiver, 1000B, unless given). Temporary files stand in
    `spool_folder`: give the one that the acknowledgment goes to. `long_loops` lets a 999 name loops like
    2010AA, as many payers' do: X12 gives IK303 four characters (data element 447).
    """

    at: dt.datetime
    received: dt.date | None = None
    newline: bool = False
    control: int | None = None
    reach: Reach = "claim"
    role: Role = "AY"
    source: Party | None = None
    spool_folder: str | None = None
    long_loops: bool = False


@dataclass(frozen=True, slots=True)
class Interchange:
    """An ISA: 05-10, 12, 13 and 15. `position` is its own."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    date: str
    time: str
    control: str
    usage: str = "P"
    version: str = "00501"
    position: int = 1

    @classmethod
    def of(cls, isa: Sequence[str], position: int) -> Interchange:
        """Take the elements of an ISA, the segment id first."""
        e = [value.strip() for value in isa] + [""] * 17
        return cls(e[5], e[6], e[7], e[8], e[9], e[10], e[13], e[15], e[12], position)


@dataclass(frozen=True, slots=True)
class Group:
    """A GS: 01-03, 06 and 08."""

    functional_id: str
    sender: str
    receiver: str
    control: str
    guide: str
    position: int = 2

    @classmethod
    def of(cls, gs: Sequence[str], position: int) -> Group:
        """Take the elements of a GS, the segment id first."""
        e = [*gs, *[""] * 9]
        return cls(e[1], e[2], e[3], e[6], e[8], position)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An ST (01-03), and of an 837 what its 277CA repeats: BHT03, submitter (1000A), receiver (1000B)."""

    kind: str
    control: str
    guide: str = ""
    position: int = 3
    reference: str = ""
    submitter: Party = Party()
    receiver: Party = Party()

    @classmethod
    def of(cls, segments: Iterable[Sequence[str]], position: int) -> Transaction:
        """Take the segments of an 837 from its ST to its first HL, each with its id first."""
        st: Sequence[str] = ()
        reference = ""
        parties = {"41": Party(), "40": Party()}
        for segment in segments:
            e = [*segment, *[""] * 10]
            if e[0] == "ST":
                st = e
            elif e[0] == "BHT":
                reference = e[3]
            elif e[0] == "NM1" and e[1] in parties:
                parties[e[1]] = Party(e[3], e[4], e[5], e[7], e[2] == "1", e[8], e[9])
        e = [*st, *[""] * 4]
        return cls(e[1], e[2], e[3], position, reference, parties["41"], parties["40"])


@dataclass(frozen=True, slots=True)
class Trigger:
    """What made something else required or forbidden (CTX, situational trigger). Counts are from 1."""

    segment: str
    position: int
    loop: str = ""
    element: int | None = None
    component: int | None = None
    repeat: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A violation of the guide. `claim` is the CLM01 of the claim it is in, None where it is in none.

    `blocks` is false for what is only noted. `trigger` names what made the place wrong, for codes that have
    one; for a relation inside of one segment it may be left out: it is that segment.
    """

    violation: Violation
    claim: str | None = None
    blocks: bool = True
    trigger: Trigger | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A service line that is rejected. `number` is LX01, `control` REF*6R; `charge` in dollars."""

    number: int
    control: str = ""
    qualifier: str = "HC"
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    charge: Decimal | None = None
    units: Decimal | None = None
    begin: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim is rejected. `status` is category:status:entity where a rule says it (`A7:562:82`).

    Otherwise the place and the kind of violation say it. `line` is the index of the claim's line, from 0,
    None where it is the claim that is wrong.
    """

    status: str | None = None
    loop: str = ""
    segment: str = ""
    element: int | None = None
    component: int | None = None
    kind: Kind | None = None
    line: int | None = None

    @classmethod
    def of_finding(cls, finding: Finding) -> Reason:
        """Take what a finding says: its status, and its primary place."""
        status = finding.denial.status277 if finding.denial else None
        primary = next((at for at in finding.locations if at.role == "primary"), None)
        if primary is None:
            return cls(status)
        found = re.match(r"lines\[(\d+)\]", primary.path)
        line = int(found[1]) if found else None
        at = primary.x12
        if at is None:
            return cls(status, line=line)
        return cls(status, at.loop, at.segment, at.element, at.component, line=line)

    @classmethod
    def of_violation(cls, violation: Violation, line: int | None = None) -> Reason:
        """Take what a violation of the guide says; `line` is the index of the line it is in."""
        v = violation
        return cls(None, v.loop, v.segment, v.element, v.component, v.kind, line)


@dataclass(frozen=True, slots=True)
class AnsweredClaim:
    """A claim and its answer. `rejected` decides, `reasons` say why; `lines` are those they name, by index.

    `patient` carries the member id (the subscriber's, where the patient has none). `bill_type` is CLM05-1
    with CLM05-3, of institutional claims only. `payer_number` is the number the answering payer gave the
    claim (REF*1K), `clearinghouse_number` the one a clearinghouse gave it before (REF*D9). Amounts: dollars.
    """

    control: str
    patient: Party
    provider: Party
    charge: Decimal | None = None
    begin: dt.date | None = None
    end: dt.date | None = None
    bill_type: str = ""
    payer_number: str = ""
    clearinghouse_number: str = ""
    rejected: bool = False
    reasons: tuple[Reason, ...] = ()
    lines: dict[int, Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a level. `stated` is what its trailer counts (GE01), None where it says nothing usable."""

    level: Literal["ISA", "GS", "ST"]
    stated: int | None = None


#: FileProblem: what is wrong with envelopes, as `scrubber.read.envelopes` finds it.
Event = Interchange | Group | Transaction | Fault | FileProblem | AnsweredClaim | End


class AckWriter(Protocol):
    """What all writers are: fed event by event, then closed."""

    @property
    def written(self) -> int:
        """How many interchanges were written: none, and there is no file to keep."""

    def take(self, event: Event) -> None:
        """Take the next event."""

    def close(self) -> None:
        """End the file: everything is written now."""


def write_all(events: Iterable[Event], *writers: AckWriter) -> None:
    """Feed all writers from one pass over the events, then close them."""
    for event in events:
        for writer in writers:
            writer.take(event)
    for writer in writers:
        writer.close()
