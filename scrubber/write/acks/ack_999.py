"""The 999 (005010X231A1): an answer to each functional group, its transactions, segments and elements.

For each group: AK1, for each transaction AK2, its errors (IK3 a segment, IK4 an element) and IK5, then AK9.
The errors of one transaction are held until it ends, to stand in the order of the file, and at most
`most_segments` of them: an acknowledgment of a million errors helps nobody, the report has them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

from scrubber.guides.violations import Kind, Violation
from scrubber.read.x12 import FileProblem
from scrubber.write.acks.envelope import Envelope
from scrubber.write.acks.follow import Follower
from scrubber.write.acks.model import AckOptions, Fault, Group, Interchange, Transaction, Trigger
from scrubber.write.acks.text import composite, copied, plain

GUIDE = "005010X231A1"

_MOST_SEGMENTS = 1000  # IK3 a transaction
_MOST_ELEMENTS = 20  # IK4 an IK3
_MOST_SETS = 999_999  # AK902, data element 97
_MOST_COPIED = 99  # IK404, data element 724
_MOST_LOOP = 4  # IK303 and CTX04, data element 447
_MOST_CONTEXT = 35  # CTX01-2, data element 9998: longer ones are cut (RFI 2293)

#: Kinds that say that elements do not go together: their IK4 names what they do not go with.
_RELATIONS = frozenset({Kind.CONDITIONAL_MISSING, Kind.EXCLUDED})

#: Segments of the X12N guides. IK301 must be an X12 segment id (code source 77): a name that is none is not
#: reported by an IK3, only by the transaction's trailer (RFI 1257).
_SEGMENT_IDS = frozenset(
    """AAA ACT ADX AK1 AK2 AK3 AK4 AK5 AK9 AMT ATH BFR BGN BHT BPR CAS CL1 CLM CLP CN1 COB CR1 CR2 CR3
    CR4 CR5 CR6 CR7 CRC CTP CTT CTX CUR DMG DN1 DN2 DSB DTM DTP EB EC ENT EQ FRM FST GE GS HCP HCR
    HD HI HL HLH HSD ICM IDC IEA III IK3 IK4 IK5 IMM INS ISA IT1 K3 LC LE LIN LQ LS LUI LX MEA MIA
    MOA MSG N1 N2 N3 N4 NM1 NTE NX1 OI OOI PAT PER PID PLA PLB PO1 PRV PS1 PWK QTY RAS RDM RDT REF
    SAC SBR SE SHP SLN SPI ST STC SV1 SV2 SV3 SV4 SV5 SV6 SV7 SVC SVD TA1 TOO TRN TS2 TS3 UIT
    UM""".split()
)
#: Loops that the guides number; headers and wrappers have no number to give.
_LOOP = re.compile(r"[0-9]{4}[A-Z]{0,2}")


#: A segment to be written, element by element.
_Row = tuple[str | int, ...]


@dataclass(slots=True)
class _Segment:
    """An IK3, its contexts, and its IK4s by place and code, each with what follows it."""

    violation: Violation
    claim: str | None
    trigger: Trigger | None = None
    elements: dict[tuple[str, str], list[_Row]] = field(default_factory=dict)


class Ack999Writer(Follower):
    """Writes one interchange with a 999 for every group. Needs memory for the errors of one transaction."""

    def __init__(self, stream: BinaryIO, options: AckOptions, most_segments: int = _MOST_SEGMENTS) -> None:
        super().__init__(options)
        self._out = Envelope(stream, options, "999")
        self._most = most_segments
        self._segments: dict[tuple[int, str, str, str], _Segment] = {}
        self._noted = False  # something, in a transaction of the group
        self._start = 0  # position in the file of the transaction's ST

    @property
    def written(self) -> int:
        """How many interchanges were written."""
        return self._out.written

    def on_group(self, group: Group) -> None:
        """Begin the 999 of a group."""
        out, self._noted = self._out, False
        if self.interchange is not None:
            out.answer(self.interchange)
        out.begin(group, "FA", GUIDE)
        out.begin_set("999", GUIDE)
        control = group.control if re.fullmatch(r"[0-9]{1,9}", group.control) else "0"
        out.spool.write(
            "AK1", plain(group.functional_id, 2) or "HC", control, plain(group.guide, 12) or "NONE"
        )

    def on_transaction(self, transaction: Transaction) -> None:
        """Begin with what a transaction says of itself: AK203 is ST03, whatever that is (RFI 1438)."""
        self._segments, self._start = {}, transaction.position
        self._out.spool.write("AK2", transaction.kind, transaction.control, plain(transaction.guide, 35))

    def on_fault(self, fault: Fault) -> None:
        """Hold an error; one at the same place with the same code is held once."""
        violation = fault.violation
        if violation.segment not in _SEGMENT_IDS:
            return
        segment = self._segment(violation, fault.claim)
        if segment is None:
            return
        code, element = violation.kind.element_code, violation.element
        if code is None:
            segment.trigger = segment.trigger or fault.trigger
        elif element is not None and len(segment.elements) < _MOST_ELEMENTS:
            place = composite(element, violation.component, violation.repeat)
            segment.elements.setdefault((place, code), self._element_rows(place, code, fault))

    def on_misplaced(self, problem: FileProblem) -> None:
        """Report a hierarchical level of an unknown kind as what it is: a wrong code in HL03."""
        if problem.position is not None:
            kind, element = Kind.INVALID_CODE, problem.element
            self.on_fault(Fault(Violation(kind, "", "HL", problem.position, "", element, number="735")))

    def _segment(self, violation: Violation, claim: str | None) -> _Segment | None:
        """Return the IK3 of a violation, None when there are too many."""
        where = violation.position, violation.segment, violation.loop, violation.kind.segment_code
        found = self._segments.get(where)
        if found is None:
            if len(self._segments) >= self._most:
                return None
            found = self._segments[where] = _Segment(violation, claim)
        elif found.claim is None:
            found.claim = claim
        return found

    def _element_rows(self, place: str, code: str, fault: Fault) -> list[_Row]:
        """Return an IK4, and the CTX of what its element does not go with."""
        violation = fault.violation
        number = violation.number or ""
        if not re.fullmatch(r"[0-9]{1,4}", number):
            number = ""  # a composite, or an element of ISA: IK402 takes plain numbers only
        rows: list[_Row] = [("IK4", place, number, code, copied(violation.value or "", _MOST_COPIED))]
        trigger = fault.trigger
        if trigger is None and violation.kind in _RELATIONS:
            trigger = Trigger(violation.segment, violation.position, violation.loop)
        if trigger is not None:
            rows.append(self._trigger_row(trigger))
        return rows

    def _trigger_row(self, trigger: Trigger) -> _Row:
        position = self._in_set(trigger.position)
        at = composite(trigger.element, trigger.component, trigger.repeat)
        return "CTX", "SITUATIONAL TRIGGER", plain(trigger.segment, 3), position, self._loop(trigger.loop), at

    def _loop(self, loop: str) -> str:
        """Return IK303 or CTX04: what has no number, or too long a one, is left out."""
        fits = self.options.long_loops or len(loop) <= _MOST_LOOP
        return loop if fits and _LOOP.fullmatch(loop) else ""

    def _in_set(self, position: int) -> int:
        """Return the number in the transaction of a segment of the file: its ST is 1."""
        return max(position - self._start + 1, 1)

    def on_transaction_end(self, transaction: Transaction) -> None:
        """Write the errors of a transaction in the order of the file, and IK5."""
        write = self._out.spool.write
        for where in sorted(self._segments):
            held = self._segments[where]
            violation, code = held.violation, held.violation.kind.segment_code
            write(
                "IK3", violation.segment, self._in_set(violation.position), self._loop(violation.loop), code
            )
            if held.trigger is not None:
                write(*self._trigger_row(held.trigger))
            if held.claim and copied(held.claim, len(held.claim)) == held.claim:
                write("CTX", f"CLM01:{held.claim[:_MOST_CONTEXT].rstrip()}")
            for rows in held.elements.values():
                for row in rows:
                    write(*row)
        self._segments = {}
        self._noted = self._noted or self.of_set.noted
        write("IK5", self.of_set.letter, *self.of_set.codes)

    def on_group_end(self, group: Group, stated: int | None) -> None:
        """Write AK9: how many transactions were said to be there, how many came, how many are accepted."""
        out, verdict = self._out, self.of_group
        included = self.sets if stated is None or not 0 <= stated <= _MOST_SETS else stated
        out.spool.write("AK9", self._group_letter(), included, self.sets, self.accepted, *verdict.codes)
        out.end_set()
        out.end_group()

    def _group_letter(self) -> str:
        """Return AK901: R when nothing is accepted, P when something is not, E when something was noted."""
        if not self.accepted:
            return "R"
        if self.accepted < self.sets:
            return "P"
        return "E" if self.of_group.noted or self._noted else "A"

    def on_interchange_end(self, interchange: Interchange) -> None:
        """Write the interchange; of one that is rejected as a whole only a TA1 may speak."""
        self._out.end(drop=self.of_interchange.rejected)

    def close(self) -> None:
        """End the file."""
        super().close()
        self._out.close()
