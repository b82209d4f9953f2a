"""Segments in, claims out: the one walk through an 837P, for whole files and for pieces of them.

A piece is a run of segments that begins at an HL or CLM boundary, preceded by the envelope and hierarchy
it stands under; so any process can read any piece. Nothing is dropped: a segment without a place in the
model stays in the claim's source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scrubber.claim.model import (
    Address,
    BillingProvider,
    Claim,
    Drug,
    FileInfo,
    LineAdjudication,
    OtherPayer,
    Party,
    Patient,
    Payer,
    Provider,
    ServiceLine,
    Subscriber,
    Transaction,
)
from scrubber.claim.source import Segment, Source
from scrubber.read.handlers import handlers
from scrubber.read.loops import LOOPS, loop_opened
from scrubber.read.x12 import Delimiters


@dataclass(slots=True)
class ReadClaim:
    """A claim and where it came from. `index` counts the claims of a file from 0.

    `source` is None for claim JSON; `broken` says why the claim cannot be judged, if it cannot.
    """

    index: int
    claim: Claim
    source: Source | None
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive segments of a file, as text without the last terminator. `position` is the first one's."""

    position: int
    text: str


_OPENED = {"pay_to_address": Address, "drug": Drug}
_LEVELS = ("ISA", "GS", "ST", "2000A", "2000B", "2000C")


class Reader:
    """The state of one walk. Feed it pieces in order; it yields each claim when the next one begins."""

    def __init__(self, delimiters: Delimiters, first_index: int) -> None:
        self._sep, self._end = delimiters.element, delimiters.segment
        self._component = delimiters.component
        self._handlers = handlers()
        self._index = first_index
        self._loop = "ISA"
        self._header = Claim()  # what the next claims stand under
        self._levels: dict[str, list[Segment]] = {level: [] for level in _LEVELS}
        self._level = self._levels["ISA"]
        self._context: tuple[list[Segment], ...] | None = None
        self._current: ReadClaim | None = None
        self._targets: dict[str, object] = {"header": self._header}
        self._outer = self._inner = -1
        self._used = True

    def read(self, pieces: Iterable[Piece]) -> Iterator[ReadClaim]:
        """Yield the claims of the pieces."""
        sep, end = self._sep, self._end
        for piece in pieces:
            position = piece.position
            for text in piece.text.split(end):
                elements = text.lstrip("\r\n \t").split(sep)
                finished = self._segment(position, elements)
                if finished is not None:
                    yield finished
                position += 1
        if self._current is not None:
            yield self._current
            self._current = None

    def _segment(self, position: int, elements: list[str]) -> ReadClaim | None:
        name = elements[0]
        finished = None
        opened = loop_opened(self._loop, name, elements)
        if opened is not None:
            if opened == "2300" or opened in self._levels:
                finished, self._current = self._current, None
            self._open(opened)
        segment = Segment(position, self._loop, self._outer, self._inner, self._used, elements)
        if self._current is not None and self._current.source is not None:
            self._current.source.own.append(segment)
        else:
            self._level.append(segment)
        handle = self._handlers.get((self._loop, name))
        if handle is not None and self._used:
            if name == "ISA":  # the only segment of fixed width: its ids are padded
                elements = [element.strip() for element in elements]
            handle(self._targets[LOOPS[self._loop].root], elements, self._component)
        return finished

    def _open(self, loop: str) -> None:
        self._loop, self._used = loop, True
        if loop in self._levels:
            self._open_level(loop)
        elif loop == "2300":
            self._open_claim()
        elif loop == "2320":
            self._claim.other_payers.append(OtherPayer())
            self._enter("other_payer", self._claim.other_payers)
        elif loop == "2400":
            self._claim.lines.append(ServiceLine())
            self._enter("line", self._claim.lines)
        elif loop == "2430":
            adjudications = self._claim.lines[-1].adjudications
            adjudications.append(LineAdjudication())
            self._targets["adjudication"] = adjudications[-1]
            self._inner = len(adjudications) - 1
        else:
            self._inner = -1
            attribute = LOOPS[loop].opens
            if attribute is not None:
                target = self._targets[LOOPS[loop].root]
                self._used = getattr(target, attribute) is None
                if self._used:
                    setattr(target, attribute, _OPENED.get(attribute, Provider)())

    @property
    def _claim(self) -> Claim:
        claim = self._targets["claim"]
        assert isinstance(claim, Claim)
        return claim

    def _enter(self, root: str, items: Sequence[object]) -> None:
        """The last of the items is the one that the next segments are about."""
        self._targets[root] = items[-1]
        self._outer, self._inner = len(items) - 1, -1

    def _open_level(self, loop: str) -> None:
        """Start an envelope or hierarchy level: forget it and everything below it."""
        below = _LEVELS.index(loop)
        for level in _LEVELS[below:]:
            self._levels[level] = []
        self._level = self._levels[loop]
        self._context = None
        self._outer = self._inner = -1
        header = self._header
        if loop == "ISA":
            header.file = FileInfo()
        if below <= _LEVELS.index("ST"):
            header.transaction = Transaction(guide=header.transaction.guide if loop == "ST" else None)
            header.submitter, header.receiver = Party(), Party()
        if below <= _LEVELS.index("2000A"):
            header.billing_provider, header.pay_to_address = BillingProvider(), None
        if below <= _LEVELS.index("2000B"):
            header.subscriber, header.payer = Subscriber(), Payer()
        header.patient = Patient()
        if loop == "2000B":  # 2010BB may add the billing provider's id at this payer: not for its neighbours
            header.billing_provider = replace(header.billing_provider, payer_assigned_id=None)

    def _open_claim(self) -> None:
        header = self._header
        claim = Claim(
            file=header.file,
            transaction=header.transaction,
            submitter=header.submitter,
            receiver=header.receiver,
            billing_provider=header.billing_provider,
            pay_to_address=header.pay_to_address,
            subscriber=header.subscriber,
            patient=header.patient,
            payer=header.payer,
        )
        if self._context is None:
            self._context = tuple(self._levels[level] for level in _LEVELS)
        self._current = ReadClaim(self._index, claim, Source(self._component, self._context))
        self._index += 1
        self._targets["claim"] = claim
        self._outer = self._inner = -1
