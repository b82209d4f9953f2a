"""Cut a file into pieces at claim boundaries without reading the claims.

The file is streamed; memory does not depend on its size. Each chunk carries the envelope and hierarchy
segments its claims stand under, so that any process can read it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from scrubber.read.envelopes import ENVELOPE_SEGMENTS, Envelopes
from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.x12 import ISA_LENGTH, Delimiters, FileProblem, ReadError, SegmentStream, bare, decode

_MOST_BYTES_A_CHUNK = 1 << 16  # a chunk fits the buffer of a pipe: sending it never waits for a worker
_HL_LEVELS = {b"20": 0, b"22": 1, b"23": 2}

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
        end = self.delimiters.segment.encode("latin-1")
        chunks: list[Chunk | None] = []
        *above, (first, body) = self.pieces
        for position, data in above:
            collector.resume(position, data.split(end))
        for position, raw in enumerate(body.split(end), first):
            chunks.append(collector.add(position, raw))
        chunks.append(collector.flush(self.broken if self.only_last else None))
        for chunk in chunks:
            if chunk is not None:
                yield chunk


def _decode_segments(data: bytes, end: bytes) -> str:
    """Decode segments, each by itself where it matters: a neighbour must not change how one reads."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return end.decode("latin-1").join(decode(segment) for segment in data.split(end))


def level_of(hl: bytes, separator: bytes) -> int | None:
    """Return how deep an HL stands: 0 billing provider, 1 subscriber, 2 patient; None for others."""
    elements = hl.split(separator)
    return _HL_LEVELS.get(elements[3].strip()) if len(elements) > 3 else None


class _Collector:
    """Collects segments into chunks of at most `limit` claims."""

    def __init__(self, delimiters: Delimiters, limit: int, first_index: int = 0) -> None:
        self._delimiters = delimiters
        self._limit = limit
        self._end = delimiters.segment.encode("latin-1")
        self._sep = delimiters.element.encode("latin-1")
        self._index = first_index
        self._envelope: dict[bytes, tuple[int, list[bytes]]] = {}
        self._levels: list[tuple[int, list[bytes]] | None] = [None, None, None]
        self._open: list[bytes] = []  # where the segments of the current level go
        self._unplaced: tuple[int, list[bytes]] | None = None  # an HL of unknown level
        self._above: list[tuple[int, bytes]] = []
        self._body: list[bytes] = []
        self._body_position = self._size = 0
        self._claims = 0
        self._in_claim = False

    def add(self, position: int, raw: bytes) -> Chunk | None:
        """Add one segment; return a chunk when one is full."""
        text = bare(raw)
        name = text[:4].split(self._sep, 1)[0]
        full = None
        if name in ENVELOPE_SEGMENTS:
            full = self.flush()
            self._enter(name, position, raw)
        elif name == b"HL":
            level = level_of(text, self._sep)
            if self._is_full or (level is None) is not (self._unplaced is not None):
                full = self.flush()
            self._in_claim = False
            self._enter_level(level, position, raw)
            self._extend(position, raw)
        elif name == b"CLM":
            if self._is_full:
                full = self.flush()
            self._in_claim = True
            self._claims += 1
            self._extend(position, raw)
        elif self._in_claim:
            self._extend(position, raw)
        else:
            self._open.append(raw)
            if self._body:
                self._extend(position, raw)
        return full

    def resume(self, position: int, segments: list[bytes]) -> None:
        """Take an envelope or a level that stands above what will be added."""
        text = bare(segments[0])
        name = text[:4].split(self._sep, 1)[0]
        if name in ENVELOPE_SEGMENTS:
            self._enter(name, position, segments[0])
        else:
            self._enter_level(level_of(text, self._sep), position, segments[0])
        self._open.extend(segments[1:])

    @property
    def _is_full(self) -> bool:
        return self._claims >= self._limit or (self._claims > 0 and self._size > _MOST_BYTES_A_CHUNK)

    def _enter(self, name: bytes, position: int, raw: bytes) -> None:
        order = (b"ISA", b"GS", b"ST")
        self._unplaced = None
        self._levels = [None, None, None]
        self._open = []
        if name in order:
            for below in order[order.index(name) :]:
                self._envelope.pop(below, None)
            self._envelope[name] = (position, [raw])
            self._open = self._envelope[name][1]

    def _enter_level(self, level: int | None, position: int, raw: bytes) -> None:
        opened = (position, [raw])
        self._open = opened[1]
        self._unplaced = opened if level is None else None
        if level is not None:
            self._levels[level:] = [opened, *[None] * (2 - level)]

    def _extend(self, position: int, raw: bytes) -> None:
        if not self._body:
            self._body_position = position
            levels = (*self._levels, self._unplaced)
            above = [*self._envelope.values(), *(level for level in levels if level)]
            self._above = [
                (first, self._end.join(segments)) for first, segments in above if first != position
            ]
        self._body.append(raw)
        self._size += len(raw)

    def flush(self, cut: str | None = None) -> Chunk | None:
        """Return what was collected, if it has claims, and start anew. `cut`: why the last one is broken."""
        chunk = None
        if self._claims:
            pieces = (*self._above, (self._body_position, self._end.join(self._body)))
            broken = _UNPLACED if self._unplaced is not None else cut
            only_last = broken is cut
            chunk = Chunk(self._delimiters, pieces, self._index, self._claims, broken, only_last)
            self._index += self._claims
        self._body, self._size, self._claims, self._in_claim = [], 0, 0, False
        return chunk


def split_x12(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all, or stops being it; what was read before is given.
    """
    segments = SegmentStream(stream)
    splitter = _Splitter(segments, claims_a_chunk)
    try:
        yield from splitter.run()
    except ReadError:
        yield from splitter.rest()
        raise
    yield from splitter.finish()


class _Splitter:
    """One pass over a file's segments: envelopes are checked, the rest is collected."""

    def __init__(self, segments: SegmentStream, limit: int) -> None:
        self._segments = segments
        self._sep = segments.delimiters.element.encode("latin-1")
        self._collector = _Collector(segments.delimiters, limit)
        self._envelopes = Envelopes(segments.delimiters)
        self._position = 0

    def run(self) -> Iterator[Chunk | FileProblem]:
        envelopes, collector = self._envelopes, self._collector
        for raw in self._segments:
            self._position += 1
            name = bare(raw)[:4].split(self._sep, 1)[0]
            if name in ENVELOPE_SEGMENTS:
                yield from self._envelope(name, raw)
            elif not envelopes.in_transaction:
                yield from envelopes.stray(self._position, name)
                continue
            elif envelopes.skipping:
                continue
            elif name == b"HL" and level_of(bare(raw), self._sep) is None:
                yield self._unknown_level()
            chunk = collector.add(self._position, raw)
            if chunk is not None:
                yield chunk

    def _envelope(self, name: bytes, raw: bytes) -> Iterator[Chunk | FileProblem]:
        envelopes = self._envelopes
        if name == b"ISA" and self._position > 1:
            self._same_delimiters(bare(raw))
        if name != b"SE" and envelopes.in_transaction and not envelopes.skipping:
            chunk = self._collector.flush(
                _CUT
            )  # the transaction has no SE: its last claim may be half a claim
            if chunk is not None:
                yield chunk
        yield from envelopes.see(name.decode(), self._position, bare(raw))

    def rest(self) -> Iterator[Chunk]:
        """Yield the claims that were collected when the file ended or stopped being X12."""
        cut = self._envelopes.in_transaction and not self._envelopes.skipping
        chunk = self._collector.flush(_CUT if cut else None)
        if chunk is not None:
            yield chunk

    def finish(self) -> Iterator[Chunk | FileProblem]:
        yield from self.rest()
        if self._segments.rest.strip(b"\r\n \t\x1a\x00"):
            yield FileProblem(
                "X12-003",
                "The file ends inside a segment",
                f"segment {self._position + 1} has no terminator: the file was cut",
                "fetch the file again from where it was made; the transfer did not finish",
                self._position + 1,
                fatal=True,
            )
        yield from self._envelopes.unclosed(self._position + 1)

    def _unknown_level(self) -> FileProblem:
        return FileProblem(
            "X12-009",
            "A hierarchical level is unknown",
            "HL03 is none of 20 (billing provider), 22 (subscriber) and 23 (patient): "
            "whose claims follow cannot be known, and they were not judged",
            "correct HL03",
            self._position,
            "HL",
            3,
            fatal=True,
        )

    def _same_delimiters(self, isa: bytes) -> None:
        # The terminator is not part of the segment; any that ISA may declare will do.
        padded = (isa + self._segments.terminator).ljust(ISA_LENGTH)[:ISA_LENGTH]
        if Delimiters.from_isa(padded) != self._segments.delimiters:
            raise ReadError(
                f"the interchange at segment {self._position} uses other delimiters than the first one",
                "put each interchange into a file of its own",
            )
