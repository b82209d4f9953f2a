"""Cut a file into pieces at claim boundaries without reading the claims.

The file is streamed; memory does not depend on its size. Each chunk carries the envelope and hierarchy
segments its claims stand under, so that any process can read it by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from scrubber.claim.fields.loops import HL_LEVELS
from scrubber.guides.checker import Before
from scrubber.guides.library import Guides
from scrubber.guides.violations import Violation
from scrubber.read.envelopes import Envelopes
from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.spans import ENVELOPE_SEGMENTS, Span, SpanStream, spans_of
from scrubber.read.x12 import Delimiters, FileProblem, ReadError, bare, decode

_MOST_BYTES_A_CHUNK = 56 << 10  # with its last claim it fits a pipe: sending it never waits for a worker
_HL_LEVELS = {code.encode(): depth for depth, code in enumerate(HL_LEVELS)}  # the outermost first

#: Why claims that were found cannot be judged.
_CUT = "the transaction ends inside this claim"
_UNPLACED = "it stands under a hierarchical level (HL) that is not one of 20, 22 and 23"


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
    """

    delimiters: Delimiters
    pieces: tuple[Part, ...]
    first_index: int
    claims: int
    broken: str | None = None
    only_last: bool = False
    new_from: int = 1
    follows: int | None = None

    def read(self, guides: Guides | None = None) -> Iterator[ReadClaim]:
        """Yield the claims, with their violations of the guide when guides are given."""
        yield from self.reading(guides).claims()

    def reading(self, guides: Guides | None = None) -> Reading:
        """Return the reading of this chunk, which also knows what is wrong above its claims."""
        return Reading(self, guides)

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
        chunks.append(collector.flush(self.broken if self.only_last else None, self.follows))
        for chunk in chunks:
            if chunk is not None:
                yield chunk


class Reading:
    """A chunk being read. Once all claims were given, `violations` are those that belong to none of them."""

    def __init__(self, chunk: Chunk, guides: Guides | None) -> None:
        self._chunk = chunk
        self._reader = Reader(chunk.delimiters, chunk.first_index, guides)

    def claims(self) -> Iterator[ReadClaim]:
        """Yield the claims."""
        chunk = self._chunk
        end = chunk.delimiters.segment.encode("latin-1")
        pieces = [Piece(p.position, _decode_segments(p.data, end), p.before) for p in chunk.pieces]
        last = chunk.first_index + chunk.claims - 1
        for item in self._reader.read(pieces, chunk.follows):
            if chunk.broken is not None and (item.index == last or not chunk.only_last):
                item.broken = chunk.broken
            yield item

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What is wrong above all levels, where it is new here, and with levels that have no claims."""
        checker = self._reader.checker
        if checker is None:
            return ()
        new = (v for v in checker.header if v.position >= self._chunk.new_from)
        return (*new, *checker.unclaimed)


def _decode_segments(data: bytes, end: bytes) -> str:
    """Decode segments, each by itself where it matters: a neighbour must not change how one reads."""
    try:
        if end.isascii():  # else it could be taken for a part of a character
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return end.decode("latin-1").join(decode(segment) for segment in data.split(end))


class _Collector:
    """Collects spans into chunks of at most `limit` claims."""

    def __init__(self, delimiters: Delimiters, limit: int, first_index: int = 0) -> None:
        self._limit = limit
        self._index = first_index
        self._envelope: dict[bytes, Span] = {}
        self._levels: list[tuple[Span, Before] | None] = [None, None, None]
        self._unplaced: Span | None = None  # an HL of unknown level
        self._before = Before()  # the next segment
        self._above: tuple[Part, ...] = ()
        self._body: list[bytes] = []
        self._body_position = self._size = self._claims = 0
        self._body_before = Before()
        self._new_from: int | None = None  # the outermost envelope that no chunk has had yet
        self._in_claim = False  # a claim was added last, not a level
        self.use(delimiters)

    def use(self, delimiters: Delimiters) -> None:
        """Take the delimiters of the interchange that begins."""
        self._delimiters = delimiters
        self._end = delimiters.segment.encode("latin-1")
        self._sep = delimiters.element.encode("latin-1")

    def add(self, span: Span) -> Chunk | None:
        """Add a span; return a chunk when one is full."""
        full = None
        if span.name in ENVELOPE_SEGMENTS:
            full = self.flush(follows=-1)
            self._enter(span)
            return full
        before = self._before
        if span.name == b"HL":
            level, number = self._level(span)
            if self._is_full or (level is None) is not self.is_unplaced:
                full = self.flush(follows=level)
            self._enter_level(level, number, span)
            self._in_claim = False
        else:
            if self._is_full:
                full = self.flush()
            self._before = Before(before[0], before[1], before[2] + 1)
            self._claims += 1
            self._in_claim = True
        if not self._body:
            self._begin(span.position, before)
        self._body.append(span.data)
        self._size += len(span.data)
        return full

    def resume(self, span: Span, before: Before) -> None:
        """Take an envelope or a level that stands above what will be added."""
        if span.name in ENVELOPE_SEGMENTS:
            self._enter(span)
        else:
            self._before = before
            level, number = self._level(span)
            self._enter_level(level, number, span)

    def resume_at(self, before: Before, new_from: int) -> None:
        """Take what stood before what will be added."""
        self._before, self._new_from = before, new_from

    def _level(self, span: Span) -> tuple[int | None, str]:
        """Return how deep an HL stands (0 billing provider, 1 subscriber, 2 patient), and HL01."""
        elements = span.data.split(self._end, 1)[0].split(self._sep)
        number = elements[1].decode("latin-1") if len(elements) > 1 else ""
        return _HL_LEVELS.get(elements[3].strip()) if len(elements) > 3 else None, number

    @property
    def is_unplaced(self) -> bool:
        """True below an HL whose level is unknown."""
        return self._unplaced is not None

    @property
    def _is_full(self) -> bool:
        return self._claims >= self._limit or (self._claims > 0 and self._size > _MOST_BYTES_A_CHUNK)

    def _enter(self, span: Span) -> None:
        order = (b"ISA", b"GS", b"ST")
        self._unplaced = None
        self._levels = [None, None, None]
        self._before = Before()
        if span.name in order:
            if self._new_from is None:
                self._new_from = span.position
            for below in order[order.index(span.name) :]:
                self._envelope.pop(below, None)
            self._envelope[span.name] = span

    def skip_transaction(self) -> None:
        """Forget the transaction that has begun: it is not read."""
        self._envelope.pop(b"ST", None)

    def _enter_level(self, level: int | None, number: str, span: Span) -> None:
        self._unplaced = span if level is None else None
        if level is not None:
            self._levels[level:] = [(span, self._before), *[None] * (2 - level)]
        self._before = Before(self._before.levels + 1, number)

    def _begin(self, position: int, before: Before) -> None:
        """Note what stands above a body that begins here."""
        self._body_position, self._body_before = position, before
        self._above = self._standing(position)

    def _standing(self, position: int) -> tuple[Part, ...]:
        """Return what stands above a segment."""
        above = [(span, Before()) for span in self._envelope.values()]
        above += [level for level in self._levels if level is not None]
        above += [(self._unplaced, Before())] if self._unplaced is not None else []
        return tuple(Part(span.position, span.data, b) for span, b in above if span.position != position)

    def flush(self, cut: str | None = None, follows: int | None = None) -> Chunk | None:
        """Return what was collected and start anew; nothing, if no claim and nothing unchecked was.

        `cut`: why the last claim is broken, unless a level follows it, which ends it. `follows` is the depth
        of the level that comes next, -1 at the end of a transaction.
        """
        chunk = None
        if self._claims or (follows == -1 and b"ST" in self._envelope and (self._body or self._new_from)):
            unplaced = self.is_unplaced
            chunk = Chunk(
                self._delimiters,
                self._parts(),
                self._index,
                self._claims,
                _UNPLACED if unplaced else cut if self._in_claim else None,
                only_last=not unplaced,
                new_from=sys.maxsize if self._new_from is None else self._new_from,
                follows=follows,
            )
            self._index += self._claims
            self._new_from = None
        self._body, self._size, self._claims = [], 0, 0
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


def split_x12(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all, or stops being it; what was read before is given.
    """
    for part in split_with_envelopes(stream, claims_a_chunk):
        if not isinstance(part, Envelope):
            yield part


def split_with_envelopes(
    stream: BinaryIO, claims_a_chunk: int = 100
) -> Iterator[Chunk | FileProblem | Envelope]:
    """Yield what `split_x12` does, and the envelope segments, each behind what is wrong with it."""
    spans = SpanStream(stream)
    splitter = _Splitter(spans, claims_a_chunk)
    try:
        yield from splitter.run()
    except ReadError:
        yield from splitter.rest()
        raise
    yield from splitter.finish()


class _Splitter:
    """One pass over a file's spans: envelopes are checked, the rest is collected."""

    def __init__(self, spans: SpanStream, limit: int) -> None:
        self._spans = spans
        self._collector = _Collector(spans.delimiters, limit)
        self._envelopes = Envelopes(spans.delimiters)
        self._next = 1  # the number of the segment after the last span

    def run(self) -> Iterator[Chunk | FileProblem | Envelope]:
        envelopes, collector = self._envelopes, self._collector
        for span in self._spans:
            self._next = span.position + span.segments
            if span.name in ENVELOPE_SEGMENTS:
                yield from self._envelope(span)
            elif not span.name or not envelopes.in_transaction:
                yield from self._stray(span.position, span.data.split(self._spans.terminator))
                continue
            elif envelopes.skipping:
                continue
            chunk = collector.add(span)
            if envelopes.skipping:
                collector.skip_transaction()
            if span.name == b"HL" and collector.is_unplaced:
                yield self._unknown_level(span.position)
            if chunk is not None:
                yield chunk
            if span.name in ENVELOPE_SEGMENTS:
                yield self._told(span)

    def _told(self, span: Span) -> Envelope:
        end, element = self._spans.terminator, self._spans.delimiters.element
        segments = [decode(bare(raw)).split(element) for raw in span.data.split(end)]
        return Envelope(span.name.decode(), span.position, segments)

    def _envelope(self, span: Span) -> Iterator[Chunk | FileProblem]:
        envelopes, collector = self._envelopes, self._collector
        head, *others = span.data.split(self._spans.terminator)
        if span.name != b"SE" and envelopes.in_transaction and not envelopes.skipping:
            yield from self._flushed(_CUT)  # the transaction has no SE: its last claim may be half a claim
        if span.name == b"ISA":
            yield from self._flushed()
            collector.use(self._spans.delimiters)
            envelopes.use(self._spans.delimiters)
        yield from envelopes.see(span.name.decode(), span.position, bare(head))
        if not envelopes.in_transaction:
            yield from self._stray(span.position + 1, others)

    def _flushed(self, cut: str | None = None) -> Iterator[Chunk]:
        chunk = self._collector.flush(cut, follows=-1)
        if chunk is not None:
            yield chunk

    def _stray(self, position: int, segments: Sequence[bytes]) -> Iterator[FileProblem]:
        """Report the first of a run of segments that stand outside of every transaction."""
        sep = self._spans.delimiters.element.encode("latin-1")
        for number, raw in enumerate(segments, position):
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
                f"segment {self._next} has no terminator: the file was cut",
                "fetch the file again from where it was made; the transfer did not finish",
                self._next,
                fatal=True,
            )
        yield from self._envelopes.unclosed(self._next)

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
