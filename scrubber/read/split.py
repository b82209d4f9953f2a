"""Cut a file into pieces at claim boundaries without reading the claims.

The file is streamed; memory does not depend on its size. Each chunk carries the envelope and hierarchy
segments its claims stand under, so that any process can read it by itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import BinaryIO, ClassVar, NamedTuple, cast

from scrubber.claim.fields.loops import HL_LEVELS
from scrubber.guides.checker import Before
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.read.envelopes import Envelopes
from scrubber.read.limits import Excess, Limits, excess_in, lines_in
from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.spans import ENVELOPE_SEGMENTS, Span, SpanStream, spans_of
from scrubber.read.x12 import Delimiters, FileProblem, ReadError, bare, decode

_MOST_BYTES_A_CHUNK = 56 << 10  # with its last claim it fits a pipe: sending it never waits for a worker
_MOST_BYTES_A_SPAN = 4 << 20  # of a claim or level: what is longer is not held, whatever the limits allow
_MOST_BYTES_UNBROKEN = 2 * _MOST_BYTES_A_SPAN  # without any boundary: then nothing more is read
_HL_LEVELS = {code.encode(): depth for depth, code in enumerate(HL_LEVELS)}  # the outermost first

_DEEPEST = len(_HL_LEVELS)
_MOST_DIGITS = 10  # of a number that is counted on

#: Why claims that were found cannot be judged.
_CUT = "the transaction ends inside this claim"
_UNPLACED = "it stands under a hierarchical level (HL) that is not one of 20, 22 and 23"
_TOO_LONG = f"it is longer than {_MOST_BYTES_A_SPAN} bytes"
_BYTES_READ = 1000  # of a segment of a claim that is refused: enough to name the claim
_CLOSERS = frozenset({b"SE", b"GE", b"IEA"})


class Part(NamedTuple):
    """Consecutive segments, without the last terminator. `position` is the first one's."""

    position: int
    data: bytes
    before: Before = Before()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some claims of a file: the segments above them, then their own. Picklable.

    `broken` says why the claims cannot be judged; with `only_last` it is about the last one alone. What
    stands above all levels is new from segment `new_from` on, else an earlier chunk had it. `follows` is the
    depth of the level that comes next, -1 at the end of the transaction, None before another claim.
    `known` counts claims among what stands above: an earlier chunk had them. `nesting` is how deep the levels
    are nested when it is deeper than the guides have it.
    """

    delimiters: Delimiters
    pieces: tuple[Part, ...]
    first_index: int
    claims: int
    broken: str | None = None
    only_last: bool = False
    new_from: int = 1
    follows: int | None = None
    known: int = 0
    nesting: int = 0

    def __reduce__(self) -> tuple[type[Chunk], tuple[object, ...]]:
        """Say how to make it again: a frozen class that is compiled cannot be filled in afterwards."""
        return Chunk, tuple(getattr(self, field.name) for field in fields(self))

    def read(self, guides: Guides | None = None) -> Iterator[ReadClaim]:
        """Yield the claims, with their violations of the guide when guides are given."""
        yield from self.reading(guides).claims()

    def reading(self, guides: Guides | None = None, limits: Limits | None = None) -> Reading:
        """Return the reading of this chunk, which also knows what is wrong above its claims."""
        return Reading(self, guides, limits or Limits())

    def one_by_one(self) -> Iterator[Chunk]:
        """Yield the same claims as chunks of one claim each."""
        if self.claims <= 1:
            yield self
            return
        collector = _Collector(self.delimiters, 1, self.first_index)
        chunks: list[Chunk | None] = []
        *above, body = self.pieces
        for part in above:
            for span in spans_of(part.data, self.delimiters, part.position):
                collector.resume(span, part.before)
        collector.resume_at(body.before, self.new_from)
        for span in spans_of(body.data, self.delimiters, body.position):
            chunks.append(collector.add(span))
        cut = self.broken if self.only_last else None
        chunks.append(collector.flush(cut, self.follows, unclaimed=True))
        for chunk in chunks:
            if chunk is not None:
                yield replace(chunk, nesting=self.nesting) if self.nesting else chunk


class Reading:
    """A chunk being read. Once all claims were given, `violations` are those that belong to none of them.

    What breaks a limit is not read: its claim is given as one that cannot be judged, with the reason.
    `problems` are of such parts that no claim stands for.
    """

    def __init__(self, chunk: Chunk, guides: Guides | None, limits: Limits) -> None:
        self._chunk, self._guides, self._limits = chunk, guides, limits
        self.violations: tuple[Violation, ...] = ()
        self.problems: tuple[FileProblem, ...] = ()

    def claims(self) -> Iterator[ReadClaim]:
        """Yield the claims."""
        chunk = self._chunk
        if not self._is_suspicious():
            yield from self._read(chunk, self._guides)
            return
        for one in chunk.one_by_one():
            yield from self._read_with_care(one)

    def _is_suspicious(self) -> bool:
        """Return whether something may break a limit, by a look that costs next to nothing."""
        chunk, limits = self._chunk, self._limits
        return (
            len(chunk.pieces[-1].data) > 2 * _MOST_BYTES_A_CHUNK
            or chunk.nesting > limits.depth
            or any(excess_in(part.data, part.position, chunk.delimiters, limits) for part in chunk.pieces)
        )

    def _read_with_care(self, one: Chunk) -> Iterator[ReadClaim]:
        """Yield the claim of a chunk that has no more than one, refused if something breaks a limit."""
        one, own = self._without_levels_behind(one)
        excess = self._excess(one, own)
        if excess is None:
            yield from self._read(one, self._guides)
        elif own is None or not one.claims:
            self.problems += (excess.problem(),)
        else:
            inside = excess.limit == "lines" or (excess.position or 0) >= own.position
            # What stands above is still checked, unless that is what is too large.
            for item in self._read(_shortened(one, own), self._guides if inside else None):
                item.broken, item.violations = excess.reason, ()
                yield item

    def _without_levels_behind(self, one: Chunk) -> tuple[Chunk, Span | None]:
        """Return a chunk without the levels behind its claim, if they break a limit, and the claim's span."""
        *above, body = one.pieces
        spans = list(spans_of(body.data, one.delimiters, body.position))
        own = next((number for number, span in enumerate(spans) if span.name == b"CLM"), None)
        if own is None:
            return one, None
        for number, span in enumerate(spans[own + 1 :], own + 1):
            excess = excess_in(span.data, span.position, one.delimiters, self._limits)
            if excess is not None:
                self.problems += (excess.problem(),)
                kept = one.delimiters.segment.encode("latin-1").join(s.data for s in spans[:number])
                return replace(one, pieces=(*above, body._replace(data=kept))), spans[own]
        return one, spans[own]

    def _excess(self, one: Chunk, own: Span | None) -> Excess | None:
        """Return what breaks a limit first. `own` is the claim's span."""
        limits = self._limits
        if one.nesting > limits.depth:
            return Excess("depth", limits.depth, one.nesting)
        for part in one.pieces:
            excess = excess_in(part.data, part.position, one.delimiters, limits)
            if excess is not None:
                return excess
        lines = lines_in(own.data, one.delimiters) if own is not None else 0
        return limits.too_many_lines(lines) if lines > limits.lines else None

    def _read(self, chunk: Chunk, guides: Guides | None) -> Iterator[ReadClaim]:
        end = chunk.delimiters.segment.encode("latin-1")
        pieces = [Piece(p.position, _decode_segments(p.data, end), p.before) for p in chunk.pieces]
        last = chunk.first_index + chunk.claims - 1
        reader = Reader(chunk.delimiters, chunk.first_index - chunk.known, guides)
        for item in reader.read(pieces, chunk.follows):
            if item.index < chunk.first_index:
                continue
            if chunk.broken is not None and (item.index == last or not chunk.only_last):
                item.broken = chunk.broken
            elif len(item.claim.lines) > self._limits.lines:
                item.broken = self._limits.too_many_lines(len(item.claim.lines)).reason
            yield item
        if reader.checker is not None:
            *above, body = chunk.pieces
            # What belongs above all levels may stand in the chunk's own claims, too.
            header_from = min(chunk.new_from, body.position)
            # Only the level right before the body may show here what follows it: others stand there alone.
            right_before = (p.position for p in above if p.before.levels + 1 == body.before.levels)
            unclaimed_from = min(right_before, default=body.position)
            self.violations += (
                *(v for v in reader.checker.header if v.position >= header_from),
                *(v for v in reader.checker.unclaimed if v.position >= unclaimed_from),
            )


def _shortened(one: Chunk, own: Span) -> Chunk:
    """Return a chunk of one claim with no more of it than its CLM, and no segment that takes long to read."""
    end = one.delimiters.segment.encode("latin-1")
    *above, body = one.pieces
    levels = body.data.split(end)[: own.position - body.position]
    segments = [*levels, own.data.split(end, 1)[0]]
    short = Part(body.position, end.join(_started(s) for s in segments), body.before)
    parts = (p._replace(data=end.join(_started(s) for s in p.data.split(end))) for p in above)
    return replace(one, pieces=(*parts, short))


def _started(segment: bytes) -> bytes:
    return segment if len(segment) <= _BYTES_READ else segment[:_BYTES_READ]


def _decode_segments(data: bytes, end: bytes) -> str:
    """Decode segments, each by itself where it matters: a neighbour must not change how one reads."""
    try:
        if end.isascii():  # else it could be taken for a part of a character
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return end.decode("latin-1").join(decode(segment) for segment in data.split(end))


#: What `Before` has, as the collector counts it: levels, number and claims.
_Counts = tuple[int, bytes, int]


class _Level(NamedTuple):
    """What claims stand under: a level, by its HL and what follows that; or a claim, see `lost`.

    `nesting` counts the levels that it stands in, and itself. `lost` is the depth of a level without its HL,
    which begins in the span: it is read with what it stands behind.
    """

    span: Span
    before: _Counts
    depth: int
    number: bytes
    nesting: int
    lost: int | None = None

    @property
    def is_claim(self) -> bool:
        """True for a claim."""
        return self.span.name == b"CLM"


class _Levels:
    """What stands above the next claim, in the order of the file: read, it leads to where the file leads.

    That a level has no HL shows only by what it stands behind, so the span it begins in stays until the next
    billing provider. So does the first level behind it: it is the one whose number is forgiven.
    """

    def __init__(self, *, lost_above: bool = False) -> None:
        """`lost_above`: a level without its HL begins in the header, which stays for the transaction."""
        self._lost_above = lost_above
        self._clear()

    def _clear(self) -> None:
        self._standing: list[_Level] = []
        self._staying = 0  # how many of them, from the first on, only a billing provider ends
        self._lasting = 0  # how many it does not end either
        self._behind_lost = self._lost_above  # the next level is the first behind one without its HL

    def __iter__(self) -> Iterator[_Level]:
        return iter(self._standing)

    @property
    def last(self) -> _Level | None:
        """The innermost."""
        return self._standing[-1] if self._standing else None

    def enter(self, span: Span, before: _Counts, depth: int, number: bytes, parent: bytes) -> int:
        """Begin a level; return how deep it is nested: in the one that it names, else as it should be."""
        standing, nesting = self._standing, depth + 1
        if not self._behind_lost:
            if not depth:
                self._staying = self._lasting
            while len(standing) > self._staying and standing[-1].depth >= depth:
                ended = standing.pop()
                if ended.number == parent:
                    nesting = ended.nesting + 1
        if standing and standing[-1].number == parent:
            nesting = standing[-1].nesting + 1
        standing.append(_Level(span, before, depth, number, nesting))
        if self._behind_lost:
            self._staying, self._behind_lost = len(standing), False
            self._lasting = self._lasting or int(self._lost_above)
        return nesting

    def lose(self, claim: _Level, lost: int) -> None:
        """Keep a claim that a level without its HL stands behind."""
        self._end_lost(lost)
        self._stay(claim._replace(lost=lost))

    def lose_last(self, lost: int) -> bool:
        """Keep the last level, which one without its HL stands behind; return whether that ends others."""
        last = self._standing.pop()
        ends = any(level.lost is not None and level.lost >= lost for level in self._standing)
        if ends:
            self._end_lost(lost)
        self._stay(last._replace(lost=lost))
        return ends

    def _stay(self, level: _Level) -> None:
        self._standing.append(level)
        self._staying, self._behind_lost = len(self._standing), True

    def _end_lost(self, depth: int) -> None:
        """End the levels without their HL at a depth and inside of it, and what stands there for them."""
        known, forgiven = self._standing, False
        self._clear()
        for was in known:
            level = was._replace(before=_forgiven(was)) if forgiven else was
            forgiven = level.lost is not None and level.lost >= depth
            if not level.is_claim:
                self.enter(level.span, level.before, level.depth, level.number, b"")
                level = self._standing.pop()._replace(nesting=level.nesting, lost=level.lost)
            if level.lost is not None and not forgiven:
                self._stay(level)
            elif not level.is_claim:
                self._standing.append(level._replace(lost=None))


def _forgiven(level: _Level) -> _Counts:
    """Return what stood before a level, with a number that makes its own right: it was forgiven."""
    levels, number, claims = level.before
    return levels, _number_after(level.number, -1) or number, claims


def _number_after(number: bytes, step: int = 1) -> bytes:
    """Return the number after one, or before it; "" when it is none."""
    return b"%d" % (int(number) + step) if number.isdigit() and len(number) < _MOST_DIGITS else b""


class _Lost(NamedTuple):
    """Levels without their HL that begin in one span: how deep the outermost is, and the last."""

    outermost: int
    last: int


class _LostLevels:
    """Finds levels without their HL: by the segment that follows it, where that does not belong."""

    _DEPTHS: ClassVar = {b"PAT": 2, b"SBR": 1}  # others begin the outermost

    def __init__(self, delimiters: Delimiters) -> None:
        end, sep = delimiters.segment.encode("latin-1"), delimiters.element.encode("latin-1")
        blank = re.escape(bytes(set(b"\r\n \t") - set(end)))
        end, sep = re.escape(end), re.escape(sep)
        behind, ahead = rb"%b[%b]*+" % (end, blank), rb"(?=[%b%b])" % (sep, end)
        never = rb"PAT|CUR|PRV%bBI" % sep  # in a claim
        rarely = rb"SBR|NM1%b(?:8[57]|PE)" % sep  # in a claim before its lines: they are of other payers
        self._to_line = re.compile(rb"%b(?:(%b)|LX)%b" % (behind, never, ahead)).search
        self._any = re.compile(rb"%b(%b|%b)%b" % (behind, never, rarely, ahead)).search
        own = (rb"PRV%bBI|CUR|NM1%b(?:8[57]|PE)" % (sep, sep), rb"SBR|PAT", rb"PAT")
        #: What a level begins with, by its depth: that is the level's own.
        self._own = [re.compile(rb"(?:[^%b]*+%b(?:%b)%b)*+" % (end, behind, o, ahead)).match for o in own]

    def in_claim(self, data: bytes) -> _Lost | None:
        """Return the levels that begin in a claim's span."""
        line = self._to_line(data)
        if line is None or (line.lastindex is None and self._any(data, line.end()) is None):
            return None  # as nearly always
        find, at, depths = self._to_line, 0, []
        while (found := find(data, at)) is not None:
            at = found.end()
            if found.lastindex is None:
                find = self._any
            else:
                depths.append(self._DEPTHS.get(found[1], 0))
        return _Lost(min(depths), depths[-1]) if depths else None

    def in_level(self, data: bytes, depth: int) -> _Lost | None:
        """Return the levels that begin in a level's span, behind that level; or in the header's (-1)."""
        own = self._own[depth](data) if depth >= 0 else None
        found, depths = self._any(data, own.end() if own else 0), []
        while found is not None:
            depths.append(self._DEPTHS.get(found[1], 0))
            found = self._any(data, found.end())
        return _Lost(min(depths), depths[-1]) if depths else None


def _before(counts: _Counts) -> Before:
    levels, number, claims = counts
    return Before(levels, number.decode("latin-1"), claims)


class _Collector:
    """Collects spans into chunks of at most `limit` claims."""

    def __init__(self, delimiters: Delimiters, limit: int, first_index: int = 0) -> None:
        self._limit = limit
        self._index = first_index
        self._envelope: dict[bytes, Span] = {}
        self._levels = _Levels()
        self._unplaced: Span | None = None  # an HL of unknown level
        # What stood before the next segment, as `Before` has it.
        self._counts: _Counts = 0, b"", 0
        self._depth = -1  # of the level that stands, with its HL or without; -1: none
        self._nesting = 0  # of the level that stands, where it is deeper than the guides have it
        self._above: tuple[Part, ...] = ()
        self._known = 0
        self._body: list[bytes] = []
        self._body_position = self._size = self._claims = 0
        self._body_before = Before()
        self._new_from: int | None = None  # the outermost envelope that no chunk has had yet
        self._in_claim = False  # a claim was added last, not a level
        self._broken: str | None = None  # why that claim cannot be judged
        self._ends = False  # whatever comes next is of the next chunk
        self.use(delimiters)

    def use(self, delimiters: Delimiters) -> None:
        """Take the delimiters of the interchange that begins."""
        self._delimiters = delimiters
        self._end = delimiters.segment.encode("latin-1")
        self._sep = delimiters.element.encode("latin-1")
        self._lost = _LostLevels(delimiters)
        self._lost_in_claim = self._lost.in_claim

    def add(self, span: Span) -> Chunk | None:
        """Add a span; return a chunk when one is full."""
        if span.name == b"CLM":
            return self.add_claim(span)
        if span.name == b"HL":
            return self.add_level(span)
        full = self.flush(follows=-1)
        self._enter(span)
        return full

    def add_claim(self, span: Span) -> Chunk | None:
        """Add a claim's span."""
        full, data = None, span.data
        if self._ends or self._claims >= self._limit or (self._size > _MOST_BYTES_A_CHUNK and self._claims):
            full = self.flush()
        if not self._body:
            self._begin(span.position, self._counts)
        if len(data) > _MOST_BYTES_A_SPAN:
            self._broken, self._ends = _TOO_LONG, True
            data = data.split(self._end, 1)[0][:_BYTES_READ]
            span = span._replace(data=data)
        lost = self._lost_in_claim(data)
        if (lost is not None or self._depth < 1) and self._unplaced is None:
            # The chunk ends here, so that what follows is read alike however many claims a chunk has.
            self._lose(span, lost)
            self._ends = True
        self._body.append(data)
        self._size += len(data)
        self._claims += 1
        levels, number, claims = self._counts
        self._counts = levels, number, claims + 1
        self._in_claim = True
        return full

    def _lose(self, claim: Span, lost: _Lost | None) -> None:
        """Keep a claim that lost levels stand behind, or that stands where a subscriber should begin."""
        outermost = lost.outermost if lost is not None else 2
        if self._depth < 1:
            outermost = min(outermost, self._depth + 1)
        self._levels.lose(_Level(claim, self._counts, outermost, b"", 0), outermost)
        self._depth = lost.last if lost is not None else max(self._depth, 1)

    def add_level(self, span: Span) -> Chunk | None:
        """Add a level's span."""
        if len(span.data) > _MOST_BYTES_A_SPAN:
            span = _head_of(span, self._end)
        full, counts = None, self._counts
        depth, nesting = self._enter_level(span)
        if (
            self._ends
            or self._claims >= self._limit
            or self._size > (_MOST_BYTES_A_CHUNK if self._claims else _MOST_BYTES_A_SPAN)
            or (depth is None) is not (self._unplaced is not None)
            or nesting != self._nesting
        ):
            full = self.flush(follows=depth, unclaimed=self._ends or self._size > _MOST_BYTES_A_SPAN)
        self._unplaced = span if depth is None else None
        self._nesting = nesting
        self._in_claim = False
        if not self._body:
            self._begin(span.position, counts)
        self._body.append(span.data)
        self._size += len(span.data)
        return full

    def _enter_level(self, span: Span) -> tuple[int | None, int]:
        """Enter an HL; return its depth and its nesting.

        The depth (0 billing provider, 1 subscriber, 2 patient) of an unknown level is None. The nesting is 0
        unless it is deeper than the guides have it.
        """
        elements = span.data.split(self._end, 1)[0].split(self._sep, 4)
        if len(elements) < 4:
            elements += [b""] * 3
        number, counts = elements[1], self._counts
        levels = counts[0] + 1
        self._counts = levels, number, 0
        depth = _HL_LEVELS.get(elements[3].strip())
        if depth is None:
            return None, 0
        if number != b"%d" % levels:
            self._look_back(number, counts[1])
        nesting = self._levels.enter(span, counts, depth, number, elements[2])
        self._depth = depth
        if not depth:
            lost = self._lost.in_level(span.data, depth)
            self._depth = lost.last if lost is not None else depth
        return depth, nesting if nesting > _DEEPEST else 0

    def _look_back(self, number: bytes, last_number: bytes) -> None:
        """Look for a level without its HL behind the last level, when the numbers do not go on from that."""
        last = self._levels.last
        if last is None or last.is_claim or number == _number_after(last_number):
            return
        lost = self._lost.in_level(last.span.data, last.depth)
        if lost is not None and self._levels.lose_last(lost.outermost):
            self._ends = True

    def resume(self, span: Span, before: Before) -> None:
        """Take what stands above what will be added: an envelope, a level, or a claim that has one in it."""
        if span.name in ENVELOPE_SEGMENTS:
            self._enter(span)
            return
        self._take_before(before)
        if span.name == b"HL":
            depth, self._nesting = self._enter_level(span)
            self._unplaced = span if depth is None else None
        else:
            self._lose(span, self._lost_in_claim(span.data))

    def resume_at(self, before: Before, new_from: int) -> None:
        """Take what stood before what will be added."""
        self._take_before(before)
        self._new_from, self._ends = new_from, False

    @property
    def is_unplaced(self) -> bool:
        """True below an HL whose level is unknown."""
        return self._unplaced is not None

    def _take_before(self, before: Before) -> None:
        self._counts = before.levels, before.number.encode("latin-1"), before.claims

    def _enter(self, span: Span) -> None:
        order = (b"ISA", b"GS", b"ST")
        self._unplaced = None
        lost = self._lost.in_level(span.data, -1)
        self._levels = _Levels(lost_above=lost is not None)
        self._depth = lost.last if lost is not None else -1
        self._nesting = 0
        self._take_before(Before())
        if span.name in order:
            if self._new_from is None:
                self._new_from = span.position
            for below in order[order.index(span.name) :]:
                self._envelope.pop(below, None)
            self._envelope[span.name] = span

    def skip_transaction(self) -> None:
        """Forget the transaction that has begun: it is not read."""
        self._envelope.pop(b"ST", None)

    def _begin(self, position: int, counts: _Counts) -> None:
        """Note what stands above a body that begins here."""
        self._body_position, self._body_before = position, _before(counts)
        self._above = self._standing(position)

    def _standing(self, position: int) -> tuple[Part, ...]:
        """Return what stands above a segment."""
        above = [(span, Before()) for span in self._envelope.values()]
        above += [(level.span, _before(level.before)) for level in self._levels]
        above += [(self._unplaced, Before())] if self._unplaced is not None else []
        self._known = sum(level.span.name == b"CLM" for level in self._levels)
        return tuple(Part(span.position, span.data, b) for span, b in above if span.position != position)

    def flush(
        self, cut: str | None = None, follows: int | None = None, *, unclaimed: bool = False
    ) -> Chunk | None:
        """Return what was collected and start anew; nothing, if no claim and nothing unchecked was.

        `cut`: why the last claim is broken, unless a level follows it, which ends it. `follows` is the depth
        of the level that comes next, -1 at the end of a transaction. With `unclaimed`, levels that no claim
        stands under are a chunk, too.
        """
        chunk = None
        ended = follows == -1 and b"ST" in self._envelope and bool(self._body or self._new_from)
        if self._claims or ended or (unclaimed and self._body):
            unplaced = self.is_unplaced
            chunk = Chunk(
                self._delimiters,
                self._parts(),
                self._index,
                self._claims,
                _UNPLACED if unplaced else (self._broken or cut) if self._in_claim else None,
                only_last=not unplaced,
                new_from=sys.maxsize if self._new_from is None else self._new_from,
                follows=follows,
                known=self._known,
                nesting=self._nesting,
            )
            self._index += self._claims
            self._new_from = None
        self._body, self._size, self._claims = [], 0, 0
        self._broken, self._ends = None, False
        return chunk

    def _parts(self) -> tuple[Part, ...]:
        """Return what was collected, below what stands above it."""
        if not self._body:
            return self._standing(0)
        body = Part(self._body_position, self._end.join(self._body), self._body_before)
        return (*self._above, body)


class Envelope(NamedTuple):
    """An envelope segment, by its id, with those that follow it up to the first level or claim.

    Each segment is a list of elements, its id first. `position` is the envelope segment's.
    """

    name: str
    position: int
    segments: list[list[str]]


def split_x12(
    stream: BinaryIO, claims_a_chunk: int = 100, limits: Limits | None = None
) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all, or stops being it; what was read before is given.
    """
    for part in split_with_envelopes(stream, claims_a_chunk, limits):
        if not isinstance(part, Envelope):
            yield part


def split_with_envelopes(
    stream: BinaryIO, claims_a_chunk: int = 100, limits: Limits | None = None
) -> Iterator[Chunk | FileProblem | Envelope]:
    """Yield what `split_x12` does, and the envelope segments, each behind what is wrong with it.

    The limits are those of segments that end an envelope: `Reading` holds all others to them.
    """
    bounded = _Bounded(stream)
    spans = SpanStream(cast(BinaryIO, bounded))
    splitter = _Splitter(spans, claims_a_chunk, limits or Limits())
    bounded.splitter = splitter
    try:
        yield from splitter.run()
    except ReadError:
        yield from splitter.rest()
        raise
    yield from splitter.finish()


class _Bounded:
    """A stream that gives no more when too much of it had no boundary: a claim without end is not held."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given, self._begin = 0, 1
        self.splitter: _Splitter | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises ReadError."""
        begin = self.splitter.next_position if self.splitter is not None else 1
        if begin != self._begin:
            self._begin, self._given = begin, 0
        if self._given > _MOST_BYTES_UNBROKEN:
            raise ReadError(
                f"what begins with segment {begin} goes on for more than {_MOST_BYTES_UNBROKEN} bytes, "
                "and no claim, level or envelope ends it",
                "have the sending system make claims of a size that a payer takes",
            )
        data = self._stream.read(size)
        self._given += len(data)
        return data


class _Splitter:
    """One pass over a file's spans: envelopes are checked, the rest is collected."""

    def __init__(self, spans: SpanStream, limit: int, limits: Limits) -> None:
        self._spans = spans
        self._limits = limits
        self._collector = _Collector(spans.delimiters, limit)
        self._envelopes = Envelopes(spans.delimiters)
        self._last: Span | None = None

    @property
    def next_position(self) -> int:
        """The number of the segment after the last span."""
        return self._last.position + self._last.segments if self._last is not None else 1

    def run(self) -> Iterator[Chunk | FileProblem | Envelope]:
        """Yield what the file gives."""
        envelopes, collector = self._envelopes, self._collector
        add_claim, add_level = collector.add_claim, collector.add_level
        reads = False  # inside of a transaction that is read
        for span in self._spans:
            self._last = span
            name = span.name
            if reads and name == b"CLM":
                chunk = add_claim(span)
            elif reads and name == b"HL":
                chunk = add_level(span)
                if collector.is_unplaced:
                    yield self._unknown_level(span.position)
                if len(span.data) > _MOST_BYTES_A_SPAN:
                    yield self._too_long(span)
            else:
                if name in ENVELOPE_SEGMENTS:
                    yield from self._envelope(span)
                    reads = envelopes.in_transaction and not envelopes.skipping
                elif not name or not envelopes.in_transaction:
                    yield from self._stray(span.position, span.data)
                continue
            if chunk is not None:
                yield chunk

    def _told(self, span: Span) -> Envelope:
        end, element = self._spans.terminator, self._spans.delimiters.element
        segments = [decode(bare(raw)).split(element) for raw in span.data.split(end)]
        return Envelope(span.name.decode(), span.position, segments)

    def _envelope(self, span: Span) -> Iterator[Chunk | FileProblem | Envelope]:
        envelopes, collector = self._envelopes, self._collector
        head, *others = span.data.split(self._spans.terminator, 1)
        if span.name != b"SE" and envelopes.in_transaction and not envelopes.skipping:
            yield from self._flushed(_CUT)  # the transaction has no SE: its last claim may be half a claim
        if span.name == b"ISA":
            yield from self._flushed()
            collector.use(self._spans.delimiters)
            envelopes.use(self._spans.delimiters)
        yield from envelopes.see(span.name.decode(), span.position, bare(head))
        if span.name in _CLOSERS:
            excess = excess_in(head, span.position, self._spans.delimiters, self._limits)
            if excess is not None:
                yield excess.problem(span.name.decode())
        if not envelopes.in_transaction:
            for rest in others:
                yield from self._stray(span.position + 1, rest)
        if len(span.data) > _MOST_BYTES_A_SPAN:
            if envelopes.in_transaction:
                yield self._too_long(span)
            span = _head_of(span, self._spans.terminator)
        chunk = collector.add(span)
        if envelopes.skipping:
            collector.skip_transaction()
        if chunk is not None:
            yield chunk
        yield self._told(span)

    def _flushed(self, cut: str | None = None) -> Iterator[Chunk]:
        chunk = self._collector.flush(cut, follows=-1)
        if chunk is not None:
            yield chunk

    def _stray(self, position: int, data: bytes) -> Iterator[FileProblem]:
        """Report the first of a run of segments that stand outside of every transaction."""
        sep = self._spans.delimiters.element.encode("latin-1")
        for number, raw in enumerate(_segments(data, self._spans.terminator), position):
            if self._envelopes.in_stray:
                return
            segment = bare(raw)
            if segment:  # else it is a blank line
                yield from self._envelopes.stray(number, segment[:4].split(sep, 1)[0])

    def rest(self) -> Iterator[Chunk]:
        """Yield the claims that were collected when the file ended or stopped being X12."""
        cut = self._envelopes.in_transaction and not self._envelopes.skipping
        yield from self._flushed(_CUT if cut else None)

    def finish(self) -> Iterator[Chunk | FileProblem]:
        yield from self.rest()
        if self._spans.rest.strip(b"\r\n \t\x1a\x00"):
            yield FileProblem(
                "X12-003",
                "The file ends inside a segment",
                f"segment {self.next_position} has no terminator: the file was cut",
                "fetch the file again from where it was made; the transfer did not finish",
                self.next_position,
                fatal=True,
            )
        yield from self._envelopes.unclosed(self.next_position)

    def _too_long(self, span: Span) -> FileProblem:
        name = span.name.decode()
        return FileProblem(
            "X12-011",
            "A part of the file is larger than a limit",
            f"the segments from {name} on are longer than {_MOST_BYTES_A_SPAN} bytes up to the next claim, "
            f"level or envelope; those behind {name} were not read",
            "correct it in the system that makes the file",
            span.position,
            name,
            fatal=True,
        )

    def _unknown_level(self, position: int) -> FileProblem:
        return FileProblem(
            "X12-009",
            "A hierarchical level is unknown",
            "HL03 is none of 20 (billing provider), 22 (subscriber) and 23 (patient): "
            "whose claims follow cannot be known, and they were not judged",
            "correct HL03",
            position,
            "HL",
            3,
            fatal=True,
        )


def _head_of(span: Span, end: bytes) -> Span:
    """Return a span with nothing but its first segment, when what follows that is not read."""
    return span._replace(data=span.data.split(end, 1)[0])


def _segments(data: bytes, end: bytes) -> Iterator[bytes]:
    """Yield segments one by one: there may be millions where nobody looks at more than the first."""
    begin = 0
    while (stop := data.find(end, begin)) >= 0:
        yield data[begin:stop]
        begin = stop + 1
    yield data[begin:]
