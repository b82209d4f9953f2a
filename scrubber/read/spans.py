"""A file as spans: each begins at a segment that makes an envelope, a level or a claim.

Only these boundaries are looked for, so that cutting a file costs far less than reading it. Several
interchanges may stand in one file, each with delimiters of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

from scrubber.read.x12 import ISA_LENGTH, Delimiters, ReadError

ENVELOPE_SEGMENTS = frozenset({b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA"})
_BOUNDARIES = (*sorted(ENVELOPE_SEGMENTS), b"HL", b"CLM")

_INTERCHANGE = (b"ISA", b"IEA")

_BLOCK = 1 << 20
_MOST_BYTES_A_SEGMENT = 1 << 20
_LOOK_AHEAD = 1 << 10  # bytes that show what follows an interchange
_BLANK = b"\xef\xbb\xbf \r\n\t"  # a byte order mark and white space may stand before an interchange
_NEXT_ISA = re.compile(rb"[\r\n \t]*(?:\xef\xbb\xbf[\r\n \t]*)?(?=ISA)")  # and before those that follow


class ByteStream(Protocol):
    """What a file is read from: all that is asked of it."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, as many as asked for at most; none at the end."""


class Span(NamedTuple):
    """A boundary segment and all that follow it, without the last terminator.

    `name` is the boundary's segment id, `position` its 1-based number in the file, `segments` how
    many there are. A span of no name holds segments that no boundary stands before.
    """

    name: bytes
    position: int
    segments: int
    data: bytes


def spans_of(data: bytes, delimiters: Delimiters, position: int) -> Iterator[Span]:
    """Yield the spans of consecutive segments (without the last terminator) that begin with a boundary."""
    end = delimiters.segment.encode("latin-1")
    buffer = end + data + end
    name, begin = b"", 1
    for match in _boundary(delimiters).finditer(buffer):
        if name:
            yield (span := _span(buffer, end, name, begin, match.start(), position))
            position += span.segments
        name, begin = match[1], match.start() + 1
    if name:
        yield _span(buffer, end, name, begin, len(buffer) - 1, position)


@lru_cache(maxsize=64)
def _boundary(delimiters: Delimiters) -> re.Pattern[bytes]:
    """Return what finds the boundary segments: each behind the terminator before it."""
    end, sep = delimiters.segment.encode("latin-1"), delimiters.element.encode("latin-1")
    blank = re.escape(bytes(set(b"\r\n \t") - set(end)))
    names = b"|".join(_BOUNDARIES)
    first = b"".join(sorted({name[:1] for name in _BOUNDARIES}))
    # The look at one character first spares most segments the rest.
    return re.compile(
        re.escape(end)
        + (b"[%b]*+(?=[\xef%b])(?:\xef\xbb\xbf[%b]*(?=ISA))?(" % (blank, first, blank))
        + names
        + b")(?=["
        + re.escape(sep)
        + re.escape(end)
        + b"])"
    )


def _span(buffer: bytes, end: bytes, name: bytes, begin: int, stop: int, position: int) -> Span:
    return Span(name, position, buffer.count(end, begin, stop) + 1, buffer[begin:stop])


class SpanStream:
    """The spans of a file. After the last one `rest` is what follows the last terminator.

    `prefix` is what stands before the first ISA; `delimiters` and `terminator` are those of the interchange
    that the span given last stands in. Raises ReadError when the stream is not X12, or stops being it; the
    spans before that are given.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        head = stream.read(_BLOCK)
        start = len(head) - len(head.lstrip(_BLANK))
        if not head[start:]:
            raise ReadError("the file is empty", "give an 837 file or claim JSON")
        self.prefix = head[:start]
        self.rest = b""
        self._position = 1
        self._use(Delimiters.from_isa(head[start : start + ISA_LENGTH]))
        self._buffer = self.terminator + head[start:]  # a boundary is found behind a terminator
        self._at_end = False

    def _use(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.terminator = delimiters.segment.encode("latin-1")
        self._pattern = _boundary(delimiters)

    def __iter__(self) -> Iterator[Span]:
        # The span that has begun starts at `begin` of the buffer; what is before `searched` is known.
        name, begin, searched = b"", 0, 0
        while True:
            match, buffer = None, self._buffer
            for found in self._pattern.finditer(buffer, searched):
                name_found = found[1]
                if name_found in _INTERCHANGE:
                    match = found
                    break
                start, searched = found.span()
                if start > begin:  # as `_take` does, but for files of millions of spans
                    data, position = buffer[begin + 1 : start], self._position
                    segments = data.count(self.terminator) + 1
                    self._position = position + segments
                    yield tuple.__new__(Span, (name, position, segments, data))
                name, begin = name_found, start
            if match is None or not self._shows_enough(match):
                searched = match.start() if match else max(searched, self._buffer.rfind(self.terminator))
                self._buffer, searched, begin = self._buffer[begin:], searched - begin, 0
                try:
                    more = self._more()
                except ReadError:
                    whole = self._buffer.rfind(self.terminator)
                    if whole:
                        yield self._take(name, 0, whole)
                    raise
                if more or match is not None:
                    continue
                break
            if match.start() > begin:
                yield self._take(name, begin, match.start())
            name, begin, searched = match[1], match.start(), match.end()
            changed = self._new_delimiters(match) if name in _INTERCHANGE else None
            if changed is not None:
                start, delimiters = changed
                if name == b"IEA":
                    yield self._take(name, begin, start - 1)
                self._use(delimiters)
                self._buffer = self.terminator + self._buffer[start:]
                name, begin, searched = b"", 0, 0
        last = self._buffer.rfind(self.terminator)
        if last:
            yield self._take(name, 0, last)
        self.rest = self._buffer[last + 1 :]

    def _take(self, name: bytes, begin: int, stop: int) -> Span:
        """Return the span between two places of the buffer."""
        data, position = self._buffer[begin + 1 : stop], self._position
        segments = data.count(self.terminator) + 1
        self._position = position + segments
        return Span(name, position, segments, data)

    def _more(self) -> bool:
        """Read on; return False at the end. Raises ReadError when a segment does not end."""
        if len(self._buffer) - self._buffer.rfind(self.terminator) > _MOST_BYTES_A_SEGMENT:
            number = self._position + self._buffer.count(self.terminator) - 1
            raise ReadError(
                f"segment {number} is longer than {_MOST_BYTES_A_SEGMENT} bytes",
                "the segment terminator that ISA declares does not occur; check the ISA segment",
            )
        block = self._stream.read(_BLOCK)
        self._at_end = not block
        self._buffer += block
        return bool(block)

    def _shows_enough(self, match: re.Match[bytes]) -> bool:
        """Return whether what follows an interchange's begin or end is in the buffer."""
        return self._at_end or match[1] not in _INTERCHANGE or len(self._buffer) > match.end() + _LOOK_AHEAD

    def _new_delimiters(self, match: re.Match[bytes]) -> tuple[int, Delimiters] | None:
        """Return where an interchange with other delimiters begins, and them, when one does here."""
        if match[1] == b"ISA":
            start, isa = match.start() + 1, match.end() - 3
        else:
            start = self._buffer.find(self.terminator, match.end()) + 1
            ahead = _NEXT_ISA.match(self._buffer, start)
            isa = ahead.end() if ahead else len(self._buffer)
        if not start or self._buffer[isa : isa + 3] != b"ISA":
            return None
        found = Delimiters.from_isa(self._buffer[isa : isa + ISA_LENGTH])
        return (start, found) if found != self.delimiters else None


class SegmentStream:
    """The raw segments of a file, without their terminators: the spans, segment by segment."""

    def __init__(self, stream: ByteStream) -> None:
        self._spans = SpanStream(stream)
        self.prefix = self._spans.prefix

    @property
    def delimiters(self) -> Delimiters:
        """The delimiters of the segment given last."""
        return self._spans.delimiters

    @property
    def terminator(self) -> bytes:
        """What ended the segment given last."""
        return self._spans.terminator

    @property
    def rest(self) -> bytes:
        """What follows the last terminator, once all segments were given."""
        return self._spans.rest

    def __iter__(self) -> Iterator[bytes]:
        for span in self._spans:
            yield from span.data.split(self._spans.terminator)
