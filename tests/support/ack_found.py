"""What a 999 must say of a file, from what our reader finds in it: no acknowledgment writer takes part."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from scrubber.guides.library import Guides
from scrubber.guides.violations import Kind, Violation
from scrubber.read.chunks import Chunk
from scrubber.read.split import Envelope, split_with_envelopes
from scrubber.read.x12 import FileProblem
from tests.support.ack_999 import AnsweredSet, SegmentError

#: IK502 of what is wrong with ST and SE themselves.
_TRAILER = {("X12-004", "SE"): "2", ("X12-005", "SE"): "4", ("X12-006", "SE"): "3"}
#: Segments of envelopes, which no IK3 is about.
_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})


class _Expected:
    """One transaction being read."""

    def __init__(self, st: list[str], position: int) -> None:
        self.answer = AnsweredSet(st[1], st[2], st[3], letter="A")
        self._position = position
        self._errors: dict[tuple[int, str, str, str], SegmentError] = {}

    def violations(self, found: Iterable[Violation], claim: str | None) -> None:
        """Take violations of a claim, None: of the header, which is above all claims and rejects them."""
        for v in found:
            if v.segment in _ENVELOPE:
                continue
            self._code("I5" if (v.kind.element_code or v.kind.segment_code).startswith("I") else "5")
            self.answer.letter = "R" if claim is None or self.answer.letter == "R" else "E"
            if v.kind is not Kind.UNKNOWN_SEGMENT:  # RFI 1257: IK301 takes names that X12 has
                self._add(v, claim or "")

    def problem(self, problem: FileProblem) -> None:
        """Take what is wrong with the transaction's trailer."""
        code = _TRAILER.get((problem.code, problem.segment or ""))
        if code is not None:
            self.answer.letter = "R"
            self._code(code)

    def _code(self, code: str) -> None:
        if code not in self.answer.codes:
            self.answer.codes.append(code)

    def _add(self, v: Violation, claim: str) -> None:
        loop = v.loop if re.fullmatch("[0-9]{4}", v.loop) else ""  # data element 447 has four characters
        key = (v.position, v.segment, v.loop, v.kind.segment_code)
        new = SegmentError(v.segment, v.position - self._position + 1, loop, v.kind.segment_code, claim)
        error = self._errors.setdefault(key, new)
        if v.kind.element_code is not None and v.element is not None:
            numbers = (v.element, v.component, v.repeat)
            place = ":".join("" if n is None else str(n) for n in numbers).rstrip(":")
            number = v.number if v.number and v.number.isdigit() else ""  # a composite has no number
            if (place, number, v.kind.element_code) not in error.elements:
                error.elements.append((place, number, v.kind.element_code))

    def end(self) -> AnsweredSet:
        """Return the answer, its errors in the order of the file."""
        self.answer.errors = [self._errors[key] for key in sorted(self._errors)]
        self.answer.codes.sort()
        return self.answer


def expected_sets(data: bytes, guides: Guides) -> list[AnsweredSet]:
    """Return what a 999 must say of the transactions of a file. IK502-IK506 are sorted."""
    found: list[_Expected] = []
    for part in split_with_envelopes(io.BytesIO(data), 10):
        if isinstance(part, Envelope):
            if part.name == "ST":
                found.append(_Expected(part.segments[0], part.position))
        elif isinstance(part, FileProblem):
            found[-1].problem(part)
        elif isinstance(part, Chunk):
            reading = part.reading(guides)
            for item in reading.claims():
                found[-1].violations(item.violations, item.claim.patient_control_number or "")
            found[-1].violations(reading.violations, None)
    return [each.end() for each in found]
