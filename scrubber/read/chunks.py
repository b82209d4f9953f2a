"""The chunks of a file: some claims with the segments they stand under, and the reading of them.

Spans are collected into chunks; any process can read one by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from scrubber.claim.fields.loops import HL_LEVELS
from scrubber.guides.checker import Before
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.read.levels import Counts, Level, Levels, Lost, LostLevels, number_after
from scrubber.read.limits import Excess, Limits, excess_in, lines_in
from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.spans import ENVELOPE_SEGMENTS, Span, spans_of
from scrubber.read.x12 import Delimiters, FileProblem, decode

_MOST_BYTES_A_CHUNK = 56 << 10  # with its last claim it fits a pipe: sending it never waits for a worker
MOST_BYTES_A_SPAN = 4 << 20  # of a claim or level: what is longer is not held, whatever the limits allow
_HL_LEVELS = {code.encode(): depth for depth, code in enumerate(HL_LEVELS)}  # the outermost first
_DEEPEST = len(_HL_LEVELS)

#: Why claims that were found cannot be judged.
_UNPLACED = "it stands under a hierarchical level (HL) that is not one of 20, 22 and 23"
_TOO_LONG = f"it is longer than {MOST_BYTES_A_SPAN} bytes"
_BYTES_READ = 1000  # of a segment of a claim that is refused: enough to name the claim


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
        collector = Collector(self.delimiters, 1, self.first_index)
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
    short = Part(body.position, end.join(s[:_BYTES_READ] for s in segments), body.before)
    parts = (p._replace(data=end.join(s[:_BYTES_READ] for s in p.data.split(end))) for p in above)
    return replace(one, pieces=(*parts, short))


def _decode_segments(data: bytes, end: bytes) -> str:
    """Decode segments, each by itself where it matters: a neighbour must not change how one reads."""
    try:
        if end.isascii():  # else it could be taken for a part of a character
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return end.decode("latin-1").join(decode(segment) for segment in data.split(end))


class Collector:
    """Collects spans into chunks of at most `limit` claims."""

    def __init__(self, delimiters: Delimiters, limit: int, first_index: int = 0) -> None:
        self._limit = limit
        self._index = first_index
        self._envelope: dict[bytes, Span] = {}
        self._levels = Levels()
        self._unplaced: Span | None = None  # an HL of unknown level
        # What stood before the next segment, as `Before` has it.
        self._counts: Counts = 0, b"", 0
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
        self._lost = LostLevels(delimiters)
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
        if len(data) > MOST_BYTES_A_SPAN:
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

    def _lose(self, claim: Span, lost: Lost | None) -> None:
        """Keep a claim that lost levels stand behind, or that stands where a subscriber should begin."""
        outermost = lost.outermost if lost is not None else 2
        if self._depth < 1:
            outermost = min(outermost, self._depth + 1)
        self._levels.lose(Level(claim, self._counts, outermost, b"", 0), outermost)
        self._depth = lost.last if lost is not None else max(self._depth, 1)

    def add_level(self, span: Span) -> Chunk | None:
        """Add a level's span."""
        if len(span.data) > MOST_BYTES_A_SPAN:
            span = head_of(span, self._end)
        full, counts = None, self._counts
        depth, nesting = self._enter_level(span)
        if (
            self._ends
            or self._claims >= self._limit
            or self._size > (_MOST_BYTES_A_CHUNK if self._claims else MOST_BYTES_A_SPAN)
            or (depth is None) is not (self._unplaced is not None)
            or nesting != self._nesting
        ):
            full = self.flush(follows=depth, unclaimed=self._ends or self._size > MOST_BYTES_A_SPAN)
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
        if last is None or last.is_claim or number == number_after(last_number):
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
        self._levels = Levels(lost_above=lost is not None)
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

    def _begin(self, position: int, counts: Counts) -> None:
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


def _before(counts: Counts) -> Before:
    levels, number, claims = counts
    return Before(levels, number.decode("latin-1"), claims)


def head_of(span: Span, end: bytes) -> Span:
    """Return a span with nothing but its first segment, when what follows that is not read."""
    return span._replace(data=span.data.split(end, 1)[0])
