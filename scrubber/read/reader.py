"""Segments in, claims out: the one walk through an 837, for whole files and for pieces of them.

A piece is a run of segments that begins at an HL or CLM boundary, preceded by the envelope and hierarchy
it stands under; so any process can read any piece. Nothing is dropped: a segment without a place in the
model stays in the claim's source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any

from scrubber.claim.fields.loops import GUIDES, HL_LEVELS, LEVELS, SERVICES, Loop, Opens, loops
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
from scrubber.guides.checker import Before, guides_named
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.guides.walk import NOWHERE
from scrubber.read.handlers import handler
from scrubber.read.segments import Segments, cutter_of
from scrubber.read.steps import Enter, Take, place_of
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
_BILLING, _SUBSCRIBER = _DEPTH["2000A"], _DEPTH["2000B"]
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
_new_source = maker(Source, "claim_type", "element", "component", "repetition", "context", "own")
_new_read = maker(ReadClaim, "index", "claim", "source")


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
        for piece in pieces:
            segments = self._cutter.cut(piece.text)
            if checker is not None:
                checker.begin(
                    piece.before,
                    segments.joined,
                    piece.position,
                    position,
                    above=piece is not pieces[-1],
                    usual=segments.usual,
                )
            yield from self._read_piece(segments, piece.position)
            position = piece.position + len(segments.texts)
            self._end_stretch(position)
        if checker is not None:
            checker.end(self._place.state, position, follows)
        self._ended, self._current = self._current, None
        if self._ended is not None:
            yield self._finished()

    def _read_piece(self, segments: Segments, first: int) -> Iterator[ReadClaim]:
        """Yield the claims that end in a piece. This is the hot loop: what it needs is in local names."""
        self._texts, self._first = segments.texts, first
        place = self._place
        self._begin_stretch(self._stretches, first, place.loop, used=place.used)
        target, sep = self._target, self._marks.element
        checker: Any = self.checker  # without one there are no ways
        # What is not to be trusted is empty here, so that there is no way for it.
        walked = checker.provable(segments.texts) if checker is not None else segments.texts
        for position, segment in enumerate(walked, first):
            elements = segment.split(sep)
            try:
                element, known = place.steps[elements[0]]
                take, step, to = known[elements[element]][len(elements)]
            except LookupError:
                pass
            else:
                if step is None:
                    if take(target, elements, segment):
                        place = to
                        continue
                elif step.once is not None and checker.has_come(step.segment, step.once, position):
                    pass  # once too often
                elif step.enter is None:
                    if take(target, elements, segment):
                        place = to
                        continue
                elif step.enter(self, step.loop, take, elements, segment, position):
                    if step.opened is not None:
                        step.opened(checker, step.move, elements, position)
                    if self._ended is not None:
                        yield self._finished()
                    target, place = self._target, to
                    continue
            self._place = place
            self._go(segments.texts[position - first], position, blanks=segments.blanks)
            if self._ended is not None:
                yield self._finished()
            target, place = self._target, self._place
        self._place = place

    def _go(self, text: str, position: int, *, blanks: bool) -> None:
        """Go the long way: check a segment, enter the loop that it may open, and fill what that is."""
        before, checker, elements = self._place, self.checker, text.split(self._marks.element)
        state = checker.step(before.state, text, elements, position) if checker is not None else before.state
        opens = before.loop.opened_by(elements) or self._line_without_lx(elements, position)
        used = before.used
        full = self._cutter.without_blanks(elements) if blanks else elements
        if opens is not None:
            used = _entry(opens)(self, opens, self._filler(opens), full, text, position)
            if not used:  # the model holds no more of it
                self._openings.append((position, opens, self._outer, -1, False))
                self._target = None
        elif used:
            self._fill(before.loop, full)
        loop = self._openings[-1][1]
        self._place = place_of(state, loop, used=used)
        if checker is not None and checker.usual is not None:
            entered = (opens, _entry(opens)) if opens is not None else None
            before.learn(elements, checker.usual, self._place, entered, self._marks, self._claim_type)

    def _line_without_lx(self, elements: list[str], position: int) -> Loop | None:
        """Return the loop of a line, when a service begins one whose LX is missing: it must not be lost.

        It may also be one that stands twice; the guide's check says what it takes it for.
        """
        service, area = SERVICES[self._claim_type], self._place.loop.area
        if elements[0] != service or area not in ("2300", "2320", "2400"):
            return None
        line = loops(self._claim_type).all["2400", "lines[]"]
        if area == "2400":
            begun = (opening[0] for opening in reversed(self._openings) if opening[1] is line)
            begin = next(begun, self._begin)
            texts = self._texts[begin - self._first : position - self._first]
            if not any(text.split(self._marks.element, 1)[0] == service for text in texts):
                return None  # it is the line's own
        return line

    def _filler(self, loop: Loop) -> Take:
        """Return what fills the object of a loop that is entered the long way."""
        if loop.opens is Opens.LEVEL:  # it is filled once there is what it fills
            return lambda *_: True

        def take(made: Any, elements: list[str], _: str) -> bool:
            self._target = made
            self._fill(loop, elements)
            return True

        return take

    def _fill(self, loop: Loop, elements: list[str]) -> None:
        """Put the values of a segment of a loop into the claim."""
        handle = handler(self._claim_type, loop, elements[0])
        if handle is not None:
            handle(self._target, elements, self._marks.component)

    def _finished(self) -> ReadClaim:
        """Return the claim that has ended, with what is wrong with it."""
        ended, self._ended = self._ended, None
        assert ended is not None
        checker = self.checker
        if checker is not None:
            if self._misnumbered or len(ended.claim.lines) > checker.most_lines:
                checker.check_lines(_line_numbers(ended.source))
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
    #
    # A loop is entered when `take` finds the segment right that opens it, and has put it into what is made
    # for the loop. Else nothing is done, and the answer is False.

    def _enter_line(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        line = _new_line()
        if not take(line, elements, text):
            return False
        self._line = self._target = line
        lines = self._claim.lines
        outer = self._outer = len(lines)
        self._inner = -1
        if lines:
            lines.append(line)
        else:
            self._claim.lines = [line]
        if elements[1:2] != [str(outer + 1)]:
            self._misnumbered = True
        self._openings.append((position, loop, outer, -1, True))
        return True

    def _enter_payer(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        payer = _new_payer()
        if not take(payer, elements, text):
            return False
        self._payer = self._target = payer
        self._outer, self._inner = len(self._claim.other_payers), -1
        self._claim.other_payers = [*self._claim.other_payers, payer]
        self._openings.append((position, loop, self._outer, -1, True))
        return True

    def _enter_item(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        """Enter an adjudication or a form of the line."""
        name, new = ("adjudications", _new_adjudication) if loop.id == "2430" else ("forms", _new_form)
        item, items = new(), getattr(self._line, name)
        if not take(item, elements, text):
            return False
        self._target, self._inner = item, len(items)
        if items:
            items.append(item)
        else:
            setattr(self._line, name, [item])
        self._openings.append((position, loop, self._outer, self._inner, True))
        return True

    def _enter_claim(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        """Enter a claim; the one before has ended."""
        claim = _new_claim(self._claim_type, *_header_of(self._header))
        if not take(claim, elements, text):
            return False
        self._end_stretch(position)
        self._ended = self._current
        self._claim = self._target = claim
        if self._context is None:
            self._context = tuple(self._levels)
        marks = self._marks
        source = _new_source(
            self._claim_type, marks.element, marks.component, marks.repetition, self._context, []
        )
        self._current = _new_read(self._index, claim, source)
        self._index += 1
        self._outer = self._inner = -1
        self._begin_stretch(source.own, position, loop, used=True)
        return True

    def _enter_level(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        """Enter a hierarchy level."""
        if not take(None, elements, text):
            return False
        self._begin_level(loop, position)
        return True

    def _enter_envelope(self, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        """Enter an envelope: nothing of the one before stays but its guide, in the same group."""
        if not take(None, elements, text):
            return False
        header, in_group = self._header, loop.id == "ST"
        if in_group:
            loop = self._transaction(elements)
        self._begin_level(loop, position)
        if loop.id == "ISA":
            header.file = FileInfo()
        header.transaction = Transaction(guide=header.transaction.guide if in_group else None)
        header.submitter, header.receiver = Party(), Party()
        self._fill(loop, elements)
        return True

    def _begin_level(self, loop: Loop, position: int) -> None:
        """Begin an envelope or level: forget it and everything below it. The claim has ended."""
        self._end_stretch(position)
        self._ended, self._current = self._current, None
        depth, header, levels = _DEPTH[loop.id], self._header, self._levels
        self._context = None
        self._outer = self._inner = -1
        levels[depth:] = [[] for _ in levels[depth:]]
        self._begin_stretch(levels[depth], position, loop, used=True)
        if depth <= _BILLING:
            header.billing_provider = BillingProvider()
            header.pay_to_address = header.pay_to_plan = None
        if depth <= _SUBSCRIBER:
            header.subscriber, header.payer = _new_subscriber(), _new_primary()
            provider = header.billing_provider
            if provider.payer_assigned_id is not None:  # which 2010BB of the one before has added
                header.billing_provider = replace(provider, payer_assigned_id=None)
        header.patient = _new_patient()
        header.property_casualty_claim_number = None
        self._target = header

    def _transaction(self, elements: list[str]) -> Loop:
        """Choose the guide: ST03 says it, else the group's GS08."""
        named = guides_named(elements, self._header.transaction.guide or "")
        self._use_guide(next((GUIDES[guide] for guide in named if guide in GUIDES), "professional"))
        return self._known_levels["ST"]


#: How loops are entered that begin a claim, a payer, a line or an item of that.
_ENTER: Mapping[Opens, Enter] = {
    Opens.CLAIM: Reader._enter_claim,
    Opens.PAYER: Reader._enter_payer,
    Opens.LINE: Reader._enter_line,
    Opens.ITEM: Reader._enter_item,
}


@cache
def _entry(loop: Loop) -> Enter:
    """Return how a loop is entered."""
    if loop.opens is Opens.LEVEL:
        return Reader._enter_level if loop.id in HL_LEVELS.values() else Reader._enter_envelope
    if loop.opens is Opens.PART:
        return _part_entry(loop)
    return _more_entry(loop) if loop.opens is Opens.NOTHING else _ENTER[loop.opens]


def _part_entry(entered: Loop) -> Enter:
    """Return how to enter what the claim, a line or a payer has at most once."""
    root_of, part = _root_of(entered), member_at(entered.owner).part
    name = entered.owner.rpartition(".")[2]
    assert part is not None
    new, has = maker(part), attrgetter(name)

    def enter(reader: Reader, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        root = root_of(reader)
        if has(root) is not None:
            return False
        made = new()
        if not take(made, elements, text):
            return False
        setattr(root, name, made)
        reader._target, reader._inner = made, -1
        reader._openings.append((position, loop, reader._outer, -1, True))
        return True

    return enter


def _more_entry(entered: Loop) -> Enter:
    """Return how to enter a loop that says more of what it stands in."""
    root_of = _root_of(entered)

    def enter(reader: Reader, loop: Loop, take: Take, elements: list[str], text: str, position: int) -> bool:
        root = root_of(reader)
        if not take(root, elements, text):
            return False
        reader._target, reader._inner = root, -1
        reader._openings.append((position, loop, reader._outer, -1, True))
        return True

    return enter


def _root_of(loop: Loop) -> Callable[[Reader], Any]:
    """Return what finds what a loop's part hangs on: a line, another payer, the claim, or what is above."""
    return attrgetter({"2400": "_line", "2320": "_payer", "2300": "_claim"}.get(loop.area, "_header"))


def _line_numbers(source: Source | None) -> list[tuple[str, int]]:
    """Return the numbers of a claim's lines, and where the LX stand that give them."""
    segments = source.own_segments() if source is not None else ()
    return [((*s.elements, "")[1], s.position) for s in segments if s.elements[0] == "LX"]
