"""Segments in, claims out: the one walk through an 837, for whole files and for pieces of them.

A piece is a run of segments that begins at an HL or CLM boundary, preceded by the envelope and hierarchy
it stands under; so any process can read any piece. Nothing is dropped: a segment without a place in the
model stays in the claim's source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
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
from scrubber.claim.source import Run, Source
from scrubber.guides.checker import Before
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.guides.walk import NOWHERE
from scrubber.read.handlers import Handler, handlers
from scrubber.read.segments import Cutter
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
_NO_HANDLERS: Mapping[str, Handler] = {}
_HANDLERS: dict[Loop, Mapping[str, Handler]] = {}
_MADE_BY: dict[Loop, tuple[str, Callable[[], Any]]] = {}
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
_new_claim = maker(Claim, "claim_type", *_FROM_HEADER)
_new_line, _new_payer = maker(ServiceLine), maker(OtherPayer)
_new_adjudication, _new_form = maker(LineAdjudication), maker(Form)
# The members of an enumeration take longer to look up than names of a module.
_LEVEL, _CLAIM, _PAYER, _LINE = Opens.LEVEL, Opens.CLAIM, Opens.PAYER, Opens.LINE
_PART, _NOTHING = Opens.PART, Opens.NOTHING


class Reader:
    """The state of one walk. Feed it pieces in order; it yields each claim when the next one begins."""

    def __init__(self, delimiters: Delimiters, first_index: int, guides: Guides | None = None) -> None:
        self._marks = Marks(delimiters.element, delimiters.component, delimiters.repetition)
        self.checker = guides.checker(self._marks, delimiters.segment) if guides is not None else None
        self._sep = delimiters.element
        self._component = delimiters.component
        self._cutter = Cutter(delimiters)
        self._index = first_index
        self._header = Claim()  # what the next claims stand under
        self._levels: list[list[Run]] = [[] for _ in LEVELS]
        self._runs = self._levels[0]
        self._context: tuple[list[Run], ...] | None = None
        self._current: ReadClaim | None = None
        self._misnumbered = False  # a line of the claim does not have the number of its place
        self._claim = self._header
        self._payer = OtherPayer()
        self._line = ServiceLine()
        self._outer = self._inner = -1
        self._target: Any = self._header
        self._use_guide("professional")
        self._texts: list[str] = []  # the piece's segments, from position `_first` on
        self._first = 1
        self._enter(loops("professional").start, 1, used=True)

    def _use_guide(self, claim_type: ClaimType) -> None:
        self._claim_type: ClaimType = claim_type
        self._known_levels = loops(claim_type).levels

    def read(self, pieces: Sequence[Piece], follows: int | None = None) -> Iterator[ReadClaim]:
        """Yield the claims of the pieces. This is the hot loop: what it needs is in local names.

        `follows` is what comes after them: the depth of a level, -1 the transaction's end, None a claim.
        """
        sep, component, cutter, checker = self._sep, self._component, self._cutter, self.checker
        state = checker.state if checker is not None else NOWHERE
        usual_here = state.usual
        position, clean = 1, False
        for piece in pieces:
            segments = cutter.cut(piece.text)
            blanks = segments.blanks
            self._texts, self._first = segments.texts, piece.position
            self._enter(self._loop, piece.position, self._used)
            openers, handlers_here, target = self._loop.openers, self._handlers, self._target
            if checker is not None:
                above = piece is not pieces[-1]
                clean = checker.begin(
                    piece.before,
                    segments.joined,
                    piece.position,
                    position,
                    above=above,
                    printable=segments.printable,
                )
            for position, segment in enumerate(segments.texts, piece.position):
                elements = segment.split(sep)
                name = elements[0]
                if checker is not None:
                    try:
                        choice = usual_here[name]
                        usual = choice[elements[choice.element]]
                    except (KeyError, IndexError):
                        usual = None
                    if usual is not None and clean and usual.holds(elements, segment):
                        state = usual.state
                        if usual.watched:
                            checker.open(usual.move, elements, position)
                    else:
                        state = checker.step(state, segment, elements, position)
                    usual_here = state.usual
                if name in openers:
                    finished = self._open(elements, position)
                    if finished is not None:
                        yield self._finished(finished)
                    openers, handlers_here, target = self._loop.openers, self._handlers, self._target
                handle = handlers_here.get(name)
                if handle is not None:
                    handle(target, cutter.without_blanks(elements) if blanks else elements, component)
            position += 1
            self._leave(position)
        if checker is not None:
            checker.end(state, position, follows)
        if self._current is not None:
            yield self._finished(self._current)
            self._current = None

    def _finished(self, claim: ReadClaim) -> ReadClaim:
        """Return a claim that has ended, with what is wrong with it."""
        checker = self.checker
        if checker is not None:
            lines = claim.claim.lines
            if self._misnumbered or len(lines) > checker.most_lines:
                checker.check_lines([line.number for line in lines], _positions(claim.source, "LX"))
                self._misnumbered = False
            claim.violations = checker.finished
            checker.finished = ()  # a claim whose CLM the guide has no place for has none of its own
        return claim

    def _open(self, elements: list[str], position: int) -> ReadClaim | None:
        """Enter the loop that a segment opens, if it does; return the claim that it ends."""
        loop = self._loop.opened_by(elements)
        if loop is None:
            return None
        self._leave(position)
        finished, used, opens = None, True, loop.opens
        self._inner = -1
        if opens is _LINE:
            self._target = self._line = _new_line()
            lines = self._claim.lines
            self._outer = len(lines)
            lines.append(self._line)
            if elements[1:2] != [str(len(lines))]:
                self._misnumbered = True
        elif opens is _PART:
            used = self._open_part(loop)
        elif opens is _NOTHING:
            self._target = self._root(loop)
        elif opens is _LEVEL:
            finished, self._current = self._current, None
            loop = self._open_level(loop, elements)
        elif opens is _CLAIM:
            finished = self._current
            self._open_claim()
        elif opens is _PAYER:
            self._target = self._payer = _new_payer()
            self._outer = len(self._claim.other_payers)
            self._claim.other_payers.append(self._payer)
        else:
            self._open_item(loop)
        self._enter(loop, position, used)
        return finished

    def _leave(self, position: int) -> None:
        """Keep the segments of the loop that ends before a position."""
        begin = self._begin
        if position > begin:
            texts = self._texts[begin - self._first : position - self._first]
            self._runs.append((begin, self._loop, self._outer, self._inner, self._used, texts))

    def _enter(self, loop: Loop, position: int, used: bool) -> None:
        """Let the segments from a position on be of this loop."""
        self._loop, self._used, self._begin = loop, used, position
        if used:
            known = _HANDLERS.get(loop)
            if known is None:
                known = _HANDLERS[loop] = handlers(self._claim_type, loop)
            self._handlers = known
        else:
            self._handlers = _NO_HANDLERS

    # --- levels above the claim -------------------------------------------------------------------

    def _open_level(self, loop: Loop, elements: list[str]) -> Loop:
        """Start an envelope or hierarchy level: forget it and everything below it."""
        level = loop.id
        if level == "ST":
            loop = self._open_transaction(elements)
        below = _DEPTH[level]
        for depth in range(below, len(LEVELS)):
            self._levels[depth] = []
        self._runs = self._levels[below]
        self._context = None
        self._outer = -1
        self._target = header = self._header
        if below <= _TRANSACTION:
            if level == "ISA":
                header.file = FileInfo()
            header.transaction = Transaction(guide=header.transaction.guide if level == "ST" else None)
            header.submitter, header.receiver = Party(), Party()
        if below <= _BILLING:
            header.billing_provider = BillingProvider()
            header.pay_to_address = header.pay_to_plan = None
        if below <= _SUBSCRIBER:
            header.subscriber, header.payer = Subscriber(), Payer()
            if below == _SUBSCRIBER:  # 2010BB may add the provider's id at this payer: not for its neighbours
                header.billing_provider = _copy(header.billing_provider)
                header.billing_provider.payer_assigned_id = None
        header.patient = Patient()
        header.property_casualty_claim_number = None
        return loop

    def _open_transaction(self, elements: list[str]) -> Loop:
        """Choose the guide: ST03 says it, else the group's GS08."""
        told = (elements[3].strip() if len(elements) > 3 else "", self._header.transaction.guide or "")
        self._use_guide(next((GUIDES[guide] for guide in told if guide in GUIDES), "professional"))
        return self._known_levels["ST"]

    # --- the claim and its parts ------------------------------------------------------------------

    def _open_claim(self) -> None:
        header = self._header
        claim = self._claim = self._target = _new_claim(self._claim_type, *_header_of(header))
        if self._context is None:
            self._context = tuple(self._levels)
        marks = self._marks
        source = Source(self._claim_type, marks.element, marks.component, marks.repetition, self._context)
        self._current = ReadClaim(self._index, claim, source)
        self._runs = source.own
        self._index += 1
        self._outer = -1

    def _open_item(self, loop: Loop) -> None:
        """Begin an adjudication or a form of the line."""
        items: list[Any]
        items, new = (
            (self._line.adjudications, _new_adjudication)
            if loop.id == "2430"
            else (self._line.forms, _new_form)
        )
        self._target = new()
        self._inner = len(items)
        items.append(self._target)

    def _root(self, loop: Loop) -> Any:
        """Return what a loop's part hangs on: a line, another payer, the claim, or what stands above it."""
        if loop.area == "2400":
            return self._line
        if loop.area == "2320":
            return self._payer
        return self._claim if loop.area == "2300" else self._header

    def _open_part(self, loop: Loop) -> bool:
        """Begin a part that the claim, payer or line has at most once; return False for its repeat."""
        root = self._root(loop)
        made = _MADE_BY.get(loop)
        if made is None:
            made = _MADE_BY[loop] = _made_by(loop)
        name, new = made
        if getattr(root, name) is not None:
            return False
        self._target = new()
        setattr(root, name, self._target)
        return True


def _positions(source: Source | None, name: str) -> list[int]:
    """Return where a claim's segments of a name stand."""
    return [s.position for s in source.own_segments() if s.elements[0] == name] if source is not None else []


def _made_by(loop: Loop) -> tuple[str, Callable[[], Any]]:
    """Return the member that a loop fills, and what makes a new one."""
    part = member_at(loop.owner).part
    assert part is not None
    return loop.owner.rpartition(".")[2], maker(part)


_members = attrgetter(*(field.name for field in fields(BillingProvider)))


def _copy(provider: BillingProvider) -> BillingProvider:
    return BillingProvider(*_members(provider))
