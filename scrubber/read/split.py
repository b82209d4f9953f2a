"""Cut a file into chunks at claim boundaries without reading the claims.

The file is streamed; memory does not depend on its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scrubber.read.chunks import MOST_BYTES_A_SPAN, Chunk, Collector, head_of
from scrubber.read.envelopes import Envelopes
from scrubber.read.limits import Limits, excess_in
from scrubber.read.spans import ENVELOPE_SEGMENTS, ByteStream, Span, SpanStream
from scrubber.read.x12 import FileProblem, ReadError, bare, decode

_MOST_BYTES_UNBROKEN = 2 * MOST_BYTES_A_SPAN  # without any boundary: then nothing more is read
_CUT = "the transaction ends inside this claim"
_CLOSERS = frozenset({b"SE", b"GE", b"IEA"})


class Envelope(NamedTuple):
    """An envelope segment, by its id, with those that follow it up to the first level or claim.

    Each segment is a list of elements, its id first. `position` is the envelope segment's.
    """

    name: str
    position: int
    segments: list[list[str]]


def split_x12(
    stream: ByteStream, claims_a_chunk: int = 100, limits: Limits | None = None
) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all, or stops being it; what was read before is given.
    """
    for part in split_with_envelopes(stream, claims_a_chunk, limits):
        if not isinstance(part, Envelope):
            yield part


def split_with_envelopes(
    stream: ByteStream, claims_a_chunk: int = 100, limits: Limits | None = None
) -> Iterator[Chunk | FileProblem | Envelope]:
    """Yield what `split_x12` does, and the envelope segments, each behind what is wrong with it.

    The limits are those of segments that end an envelope: `Reading` holds all others to them.
    """
    bounded = _Bounded(stream)
    spans = SpanStream(bounded)
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

    def __init__(self, stream: ByteStream) -> None:
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
        self._collector = Collector(spans.delimiters, limit)
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
                if len(span.data) > MOST_BYTES_A_SPAN:
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
        if len(span.data) > MOST_BYTES_A_SPAN:
            if envelopes.in_transaction:
                yield self._too_long(span)
            span = head_of(span, self._spans.terminator)
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
            f"the segments from {name} on are longer than {MOST_BYTES_A_SPAN} bytes up to the next claim, "
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


def _segments(data: bytes, end: bytes) -> Iterator[bytes]:
    """Yield segments one by one: there may be millions where nobody looks at more than the first."""
    begin = 0
    while (stop := data.find(end, begin)) >= 0:
        yield data[begin:stop]
        begin = stop + 1
    yield data[begin:]
