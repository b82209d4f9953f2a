"""Cut a file into pieces at claim boundaries without reading the claims.

The file is streamed; memory does not depend on its size. Each chunk carries the envelope and hierarchy
segments its claims stand under, so that any process can read it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from scrubber.claim.fields.loops import HL_LEVELS
from scrubber.read.envelopes import Envelopes
from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.spans import ENVELOPE_SEGMENTS, Span, SpanStream, spans_of
from scrubber.read.x12 import Delimiters, FileProblem, ReadError, bare, decode

_MOST_BYTES_A_CHUNK = 56 << 10  # with its last claim it fits a pipe: sending it never waits for a worker
_HL_LEVELS = {code.encode(): depth for depth, code in enumerate(HL_LEVELS)}  # the outermost first

#: Why claims that were found cannot be judged.
_CUT = "the transaction ends inside this claim"
_UNPLACED = "it stands under a hierarchical level (HL) that is not one of 20, 22 and 23"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some claims of a file: the segments above them, then their own. Picklable.

    `broken` says why the claims cannot be judged; with `only_last` it is about the last one alone.
    """

    delimiters: Delimiters
    pieces: tuple[tuple[int, bytes], ...]
    first_index: int
    claims: int
    broken: str | None = None
    only_last: bool = False

    def read(self) -> Iterator[ReadClaim]:
        """Yield the claims."""
        reader = Reader(self.delimiters, self.first_index)
        end = self.delimiters.segment.encode("latin-1")
        pieces = [Piece(position, _decode_segments(data, end)) for position, data in self.pieces]
        last = self.first_index + self.claims - 1
        for item in reader.read(pieces):
            if self.broken is not None and (item.index == last or not self.only_last):
                item.broken = self.broken
            yield item

    def one_by_one(self) -> Iterator[Chunk]:
        """Yield the same claims as chunks of one claim each."""
        if self.claims == 1:
            yield self
            return
        collector = _Collector(self.delimiters, 1, self.first_index)
        chunks: list[Chunk | None] = []
        *above, (first, body) = self.pieces
        for position, data in above:
            for span in spans_of(data, self.delimiters, position):
                collector.resume(span)
        for span in spans_of(body, self.delimiters, first):
            chunks.append(collector.add(span))
        chunks.append(collector.flush(self.broken if self.only_last else None))
        for chunk in chunks:
            if chunk is not None:
                yield chunk


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
        self._levels: list[Span | None] = [None, None, None]
        self._unplaced: Span | None = None  # an HL of unknown level
        self._above: tuple[tuple[int, bytes], ...] = ()
        self._body: list[bytes] = []
        self._body_position = self._size = self._claims = 0
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
            full = self.flush()
            self._enter(span)
            return full
        if span.name == b"HL":
            level = self._level(span)
            if self._is_full or (level is None) is not self.is_unplaced:
                full = self.flush()
            self._enter_level(level, span)
            self._in_claim = False
        else:
            if self._is_full:
                full = self.flush()
            self._claims += 1
            self._in_claim = True
        if not self._body:
            self._begin(span.position)
        self._body.append(span.data)
        self._size += len(span.data)
        return full

    def resume(self, span: Span) -> None:
        """Take an envelope or a level that stands above what will be added."""
        if span.name in ENVELOPE_SEGMENTS:
            self._enter(span)
        else:
            self._enter_level(self._level(span), span)

    def _level(self, span: Span) -> int | None:
        """Return how deep an HL stands: 0 billing provider, 1 subscriber, 2 patient; None for others."""
        elements = span.data.split(self._end, 1)[0].split(self._sep)
        return _HL_LEVELS.get(elements[3].strip()) if len(elements) > 3 else None

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
        if span.name in order:
            for below in order[order.index(span.name) :]:
                self._envelope.pop(below, None)
            self._envelope[span.name] = span

    def _enter_level(self, level: int | None, span: Span) -> None:
        self._unplaced = span if level is None else None
        if level is not None:
            self._levels[level:] = [span, *[None] * (2 - level)]

    def _begin(self, position: int) -> None:
        """Note what stands above a body that begins here."""
        above = (*self._envelope.values(), *self._levels, self._unplaced)
        self._body_position = position
        self._above = tuple(
            (span.position, span.data) for span in above if span and span.position != position
        )

    def flush(self, cut: str | None = None) -> Chunk | None:
        """Return what was collected, if it has claims, and start anew.

        `cut`: why the last one is broken, unless a level follows it, which ends it.
        """
        chunk = None
        if self._claims:
            pieces = (*self._above, (self._body_position, self._end.join(self._body)))
            unplaced = self.is_unplaced
            broken = _UNPLACED if unplaced else cut if self._in_claim else None
            chunk = Chunk(self._delimiters, pieces, self._index, self._claims, broken, only_last=not unplaced)
            self._index += self._claims
        self._body, self._size, self._claims = [], 0, 0
        return chunk


def split_x12(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all, or stops being it; what was read before is given.
    """
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

    def run(self) -> Iterator[Chunk | FileProblem]:
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
            if span.name == b"HL" and collector.is_unplaced:
                yield self._unknown_level(span.position)
            if chunk is not None:
                yield chunk

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
        chunk = self._collector.flush(cut)
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
