"""Segments in, claims out: the one walk through an 837, for whole files and for pieces of them.

A piece is a run of segments that begins at an HL or CLM boundary, preceded by the envelope and hierarchy
it stands under; so any process can read any piece. Nothing is dropped: a segment without a place in the
model stays in the claim's source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

from scrubber.claim.fields.loops import GUIDES, LEVELS, Loop, Opens, loops
from scrubber.claim.making import maker
from scrubber.claim.model import (
    BillingProvider,
    Claim,
    ClaimType,
    FileInfo,
    Form,
    LineAdjudication,
    OtherPayer,
    Party,
    Patient,
    Payer,
    ServiceLine,
    Subscriber,
    Transaction,
)
from scrubber.claim.shape import member_at
from scrubber.claim.source import Opening, Source, Stretch
from scrubber.guides.checker import Before
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.guides.walk import NOWHERE, Choice
from scrubber.read.handlers import Handler, handlers
from scrubber.read.segments import Segments, cutter_of
from scrubber.read.steps import Step, Take, place_of
from scrubber.read.x12 import Delimiters


@dataclass(slots=True)
class ReadClaim:
    """A claim and where it came from. `index` counts the claims of a file from 0.

    `source` is None for claim JSON; `broken` says why the claim cannot be judged, if it cannot. `violations`
    are those of the implementation guide, in the claim and in the levels it stands under.
    """

    index: int
    claim: Claim
    source: Source | None
    broken: str | None = None
    violations: tuple[Violation, ...] = ()


_FIRST = Before()


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive segments of a file, as text without the last terminator. `position` is the first one's."""

    position: int
    text: str
    before: Before = _FIRST


_DEPTH = {level: depth for depth, level in enumerate(LEVELS)}
_TRANSACTION, _BILLING, _SUBSCRIBER = (_DEPTH[level] for level in ("ST", "2000A", "2000B"))
_HANDLERS: dict[Loop, Mapping[str, Handler]] = {}
_NO_STEPS: dict[str, Choice[Step]] = {}
#: What a claim has from above.
_FROM_HEADER = (
    "file",
    "transaction",
    "submitter",
    "receiver",
    "billing_provider",
    "pay_to_address",
    "pay_to_plan",
    "subscriber",
    "patient",
    "payer",
    "property_casualty_claim_number",
)
_header_of = attrgetter(*_FROM_HEADER)
_new_header = maker(Claim)
_new_claim = maker(Claim, "claim_type", *_FROM_HEADER)
_new_line, _new_payer = maker(ServiceLine), maker(OtherPayer)
_new_adjudication, _new_form = maker(LineAdjudication), maker(Form)
_new_subscriber, _new_primary, _new_patient = maker(Subscriber), maker(Payer), maker(Patient)
_provider_names = tuple(field.name for field in fields(BillingProvider))
_new_billing = maker(BillingProvider, *_provider_names)
_members_of = attrgetter(*_provider_names)
# The members of an enumeration take longer to look up than names of a module.
_LEVEL, _CLAIM, _PAYER, _LINE = Opens.LEVEL, Opens.CLAIM, Opens.PAYER, Opens.LINE
_PART, _ITEM, _NOTHING = Opens.PART, Opens.ITEM, Opens.NOTHING


class Reader:
    """The state of one walk. Feed it pieces in order; it yields each claim when the next one begins."""

    def __init__(self, delimiters: Delimiters, first_index: int, guides: Guides | None = None) -> None:
        self._marks = Marks(delimiters.element, delimiters.component, delimiters.repetition)
        self.checker = guides.checker(self._marks, delimiters.segment) if guides is not None else None
        self._cutter, self._end = cutter_of(delimiters), delimiters.segment
        self._index = first_index
        self._header = _new_header()  # what the next claims stand under
        self._levels: list[list[Stretch]] = [[] for _ in LEVELS]
        self._context: tuple[list[Stretch], ...] | None = None
        self._current: ReadClaim | None = None
        self._ended: ReadClaim | None = None  # the claim before, until it is given away
        self._misnumbered = False  # a line of the claim does not have the number of its place
        self._claim = self._header
        self._payer, self._line = _new_payer(), _new_line()
        self._outer = self._inner = -1
        self._use_guide("professional")
        #: What the segments fill that come next, if anything; else their loop is one the model lacks.
        self._target: Any = self._header
        # Where they stand in the file: a level or claim, what was opened there, and the piece's segments.
        self._stretches = self._levels[0]
        self._openings: list[Opening] = []
        self._begin = self._first = 1
        self._texts: list[str] = []
        self._place = place_of(NOWHERE, loops("professional").start, used=True)

    def _use_guide(self, claim_type: ClaimType) -> None:
        self._claim_type: ClaimType = claim_type
        self._known_levels = loops(claim_type).levels

    def read(self, pieces: Sequence[Piece], follows: int | None = None) -> Iterator[ReadClaim]:
        """Yield the claims of the pieces.

        `follows` is what comes after them: the depth of a level, -1 the transaction's end, None a claim.
        """
        checker, position = self.checker, 1
        pieces = [part for piece in pieces for part in self._without_isa(piece)]
        for piece in pieces:
            segments, usual = self._cutter.cut(piece.text), False
            if checker is not None:
                usual = checker.begin(
                    piece.before,
                    segments.joined,
                    piece.position,
                    position,
                    above=piece is not pieces[-1],
                    printable=segments.printable,
                )
            yield from self._read_piece(segments, piece.position, usual=usual and not segments.blanks)
            position = piece.position + len(segments.texts)
            self._end_stretch(position)
        if checker is not None:
            checker.end(self._place.state, position, follows)
        self._ended, self._current = self._current, None
        if self._ended is not None:
            yield self._finished()

    def _without_isa(self, piece: Piece) -> Iterator[Piece]:
        """Yield a piece with its ISA apart: for the blanks in that, all of it would go the long way."""
        isa, _, rest = piece.text.partition(self._end)
        if rest and isa.startswith("ISA"):
            yield Piece(piece.position, isa, piece.before)
            yield Piece(piece.position + 1, rest, piece.before)
        else:
            yield piece

    def _read_piece(self, segments: Segments, first: int, *, usual: bool) -> Iterator[ReadClaim]:
        """Yield the claims that end in a piece. This is the hot loop: what it needs is in local names.

        `usual`: what was learnt of segments holds for them.
        """
        self._texts, self._first = segments.texts, first
        place = self._place
        self._begin_stretch(self._stretches, first, place.loop, used=place.used)
        here = place.steps if usual else _NO_STEPS
        target, sep, checker = self._target, self._marks.element, self.checker
        for position, segment in enumerate(segments.texts, first):
            elements = segment.split(sep)
            try:
                choice = here[elements[0]]
                step = choice[elements[choice.element]]
                take = step.takes[len(elements)]
            except LookupError:
                pass
            else:
                if step.opens is None:
                    if (
                        not step.once or (checker is not None and not checker.has_come(step.move, position))
                    ) and take(target, elements, segment):
                        place = step.place
                        here = place.steps
                        continue
                elif self._step(step, take, elements, segment, position):
                    if self._ended is not None:
                        yield self._finished()
                    target, place = self._target, step.place
                    here = place.steps
                    continue
            self._place = place
            self._go(segment, elements, position, blanks=segments.blanks, learns=usual)
            if self._ended is not None:
                yield self._finished()
            target, place = self._target, self._place
            here = place.steps if usual else here
        self._place = place

    def _step(self, step: Step, take: Take, elements: list[str], text: str, position: int) -> bool:
        """Go the short way into a loop; return False, and do nothing, if that cannot be."""
        loop, checker = step.opens, self.checker
        assert loop is not None and checker is not None
        made = self._make(loop)
        if made is None or not take(made, elements, text):
            return False
        if step.watched:
            checker.open(step.move, elements, position)
        self._enter(loop, made, elements, position)
        if loop.opens is _LEVEL:  # only now there is what it fills
            self._fill(loop, elements)
        return True

    def _go(self, text: str, elements: list[str], position: int, *, blanks: bool, learns: bool) -> None:
        """Go the long way: check a segment, enter the loop that it may open, and fill what that is."""
        before, checker = self._place, self.checker
        state = checker.step(before.state, text, elements, position) if checker is not None else NOWHERE
        loop = before.loop.opened_by(elements)
        if loop is not None:
            made = self._make(loop)
            here = self._enter(loop, made, elements, position)
            self._place = place_of(state, here, used=made is not None)
        else:
            self._place = place_of(state, before.loop, used=before.used)
        if self._place.used:
            full = self._cutter.without_blanks(elements) if blanks else elements
            self._fill(self._place.loop, full)
        if learns:
            before.learn(elements, self._place, loop, self._marks, self._claim_type)

    def _fill(self, loop: Loop, elements: list[str]) -> None:
        """Put the values of a segment of a loop into the claim."""
        known = _HANDLERS.get(loop)
        if known is None:
            known = _HANDLERS[loop] = handlers(self._claim_type, loop)
        handle = known.get(elements[0])
        if handle is not None:
            handle(self._target, elements, self._marks.component)

    def _finished(self) -> ReadClaim:
        """Return the claim that has ended, with what is wrong with it."""
        ended, self._ended = self._ended, None
        assert ended is not None
        checker = self.checker
        if checker is not None:
            lines = ended.claim.lines
            if self._misnumbered or len(lines) > checker.most_lines:
                checker.check_lines([line.number for line in lines], _positions(ended.source, "LX"))
                self._misnumbered = False
            ended.violations = checker.finished
            checker.finished = ()  # a claim whose CLM the guide has no place for has none of its own
        return ended

    # --- where segments stand in the file ---------------------------------------------------------

    def _begin_stretch(self, stretches: list[Stretch], position: int, loop: Loop, *, used: bool) -> None:
        """Let the segments from a position on be of a level or claim."""
        self._stretches, self._begin = stretches, position
        self._openings = [(position, loop, self._outer, self._inner, used)]

    def _end_stretch(self, position: int) -> None:
        """Keep the segments of the level or claim that ends, or is interrupted, before a position."""
        begin, first = self._begin, self._first
        if position > begin:
            texts = self._texts[begin - first : position - first]
            self._stretches.append((begin, self._openings, texts))

    # --- loops ------------------------------------------------------------------------------------

    def _make(self, loop: Loop) -> Any:
        """Return what the segments of a loop fill; None if the model holds no more of it."""
        opens = loop.opens
        if opens is _LINE:
            return _new_line()
        if opens is _PART:
            name, new = _made_by(loop)
            return new() if getattr(self._root(loop), name) is None else None
        if opens is _NOTHING:
            return self._root(loop)
        if opens is _LEVEL:
            return self._header
        if opens is _CLAIM:
            return _new_claim(self._claim_type, *_header_of(self._header))
        if opens is _PAYER:
            return _new_payer()
        return _new_adjudication() if loop.id == "2430" else _new_form()

    def _enter(self, loop: Loop, made: Any, elements: list[str], position: int) -> Loop:
        """Enter a loop; return it. `made` is what its segments fill: see `_make`."""
        opens = loop.opens
        self._inner, self._target = -1, made
        if opens is _LINE:
            self._line = made
            lines = self._claim.lines
            self._outer = len(lines)
            lines.append(made)
            if elements[1:2] != [str(len(lines))]:
                self._misnumbered = True
        elif opens is _PART:
            if made is not None:
                setattr(self._root(loop), _made_by(loop)[0], made)
        elif opens is _LEVEL:
            return self._open_level(loop, elements, position)
        elif opens is _CLAIM:
            self._open_claim(made, loop, position)
            return loop
        elif opens is _PAYER:
            self._payer = made
            self._outer = len(self._claim.other_payers)
            self._claim.other_payers.append(made)
        elif opens is _ITEM:
            items = self._line.adjudications if loop.id == "2430" else self._line.forms
            self._inner = len(items)
            items.append(made)
        self._openings.append((position, loop, self._outer, self._inner, made is not None))
        return loop

    def _root(self, loop: Loop) -> Any:
        """Return what a loop's part hangs on: a line, another payer, the claim, or what stands above it."""
        if loop.area == "2400":
            return self._line
        if loop.area == "2320":
            return self._payer
        return self._claim if loop.area == "2300" else self._header

    def _open_claim(self, claim: Claim, loop: Loop, position: int) -> None:
        """Start a claim; the one before has ended."""
        self._end_stretch(position)
        self._ended = self._current
        self._claim = claim
        if self._context is None:
            self._context = tuple(self._levels)
        marks = self._marks
        source = Source(self._claim_type, marks.element, marks.component, marks.repetition, self._context)
        self._current = ReadClaim(self._index, claim, source)
        self._index += 1
        self._outer = -1
        self._begin_stretch(source.own, position, loop, used=True)

    def _open_level(self, loop: Loop, elements: list[str], position: int) -> Loop:
        """Start an envelope or hierarchy level: forget it and everything below it. The claim has ended."""
        self._end_stretch(position)
        self._ended, self._current = self._current, None
        level, header = loop.id, self._header
        if level == "ST":
            loop = self._open_transaction(elements)
        below = _DEPTH[level]
        for depth in range(below, len(LEVELS)):
            self._levels[depth] = []
        self._context = None
        self._outer = -1
        self._begin_stretch(self._levels[below], position, loop, used=True)
        if below <= _TRANSACTION:
            if level == "ISA":
                header.file = FileInfo()
            header.transaction = Transaction(guide=header.transaction.guide if level == "ST" else None)
            header.submitter, header.receiver = Party(), Party()
        if below <= _BILLING:
            header.billing_provider = BillingProvider()
            header.pay_to_address = header.pay_to_plan = None
        if below <= _SUBSCRIBER:
            header.subscriber, header.payer = _new_subscriber(), _new_primary()
            if below == _SUBSCRIBER:  # 2010BB may add the provider's id at this payer: not for its neighbours
                header.billing_provider = _copied(header.billing_provider)
                header.billing_provider.payer_assigned_id = None
        header.patient = _new_patient()
        header.property_casualty_claim_number = None
        return loop

    def _open_transaction(self, elements: list[str]) -> Loop:
        """Choose the guide: ST03 says it, else the group's GS08."""
        told = (elements[3].strip() if len(elements) > 3 else "", self._header.transaction.guide or "")
        self._use_guide(next((GUIDES[guide] for guide in told if guide in GUIDES), "professional"))
        return self._known_levels["ST"]


def _positions(source: Source | None, name: str) -> list[int]:
    """Return where a claim's segments of a name stand."""
    return [s.position for s in source.own_segments() if s.elements[0] == name] if source is not None else []


@cache
def _made_by(loop: Loop) -> tuple[str, Callable[[], Any]]:
    """Return the member that a loop fills, and what makes a new one."""
    part = member_at(loop.owner).part
    assert part is not None
    return loop.owner.rpartition(".")[2], maker(part)


def _copied(provider: BillingProvider) -> BillingProvider:
    copy: BillingProvider = _new_billing(*_members_of(provider))
    return copy
