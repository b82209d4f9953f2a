"""X12 as text: delimiters, and what can be wrong with a file before anyone looks at its claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

ISA_LENGTH = 106  # the interchange header is fixed width: X12.5, segment ISA
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)


_BLOCK = 1 << 20
_MOST_BYTES_A_SEGMENT = 1 << 20
_BLANK = b"\xef\xbb\xbf \r\n\t"  # a byte order mark and white space may stand before the first segment


class ReadError(Exception):
    """Input that cannot be read at all. `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four characters an interchange header declares."""

    element: str
    component: str
    repetition: str
    segment: str

    @classmethod
    def from_isa(cls, head: bytes) -> Delimiters:
        """Read the delimiters from the first 106 bytes of an interchange. Raises ReadError."""
        if not head.startswith(b"ISA"):
            raise ReadError(
                "the file does not begin with an ISA segment: it is not X12",
                "give an 837 file that begins with ISA, or claim JSON that begins with { or [",
            )
        if len(head) < ISA_LENGTH:
            raise ReadError(
                f"the ISA segment is cut off: {len(head)} bytes where {ISA_LENGTH} are needed",
                "fetch the file again from where it was made; the transfer did not finish",
            )
        element = head[3:4]
        wrong = next((i for i in _ISA_SEPARATORS if head[i : i + 1] != element), None)
        if wrong is not None:
            raise ReadError(
                f"the ISA segment is malformed: byte {wrong + 1} should be an element separator",
                "ISA elements have fixed widths; have the sending system pad them with spaces",
            )
        text = head[:ISA_LENGTH].decode("latin-1")
        found = cls(text[3], text[104], text[82], text[105])
        used = [found.element, found.component, found.segment]
        if len(set(used)) != len(used) or any(c.isalnum() or c == " " for c in used):
            raise ReadError(
                "the ISA segment declares delimiters that cannot be told apart from data",
                "use three different punctuation characters, such as * : ~",
            )
        return found


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something wrong with a file's envelope. `fatal` problems mean that part of it was not read.

    `position` is the 1-based segment number, `segment` its id; nothing from a claim is ever quoted.
    """

    code: str
    title: str
    message: str
    remedy: str
    position: int | None = None
    segment: str | None = None
    element: int | None = None
    fatal: bool = False


class SegmentStream:
    """The raw segments of an X12 stream, without their terminators, a block at a time.

    `prefix` is what stands before the first ISA; `rest` what follows the last terminator, once all segments
    were given. Raises ReadError when the stream is not X12.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(_BLOCK)
        start = len(head) - len(head.lstrip(_BLANK))
        if not head[start:]:
            raise ReadError("the file is empty", "give an 837 file or claim JSON")
        self.prefix = head[:start]
        self.delimiters = Delimiters.from_isa(head[start : start + ISA_LENGTH])
        self.terminator = self.delimiters.segment.encode("latin-1")
        self.rest = head[start:]

    def __iter__(self) -> Iterator[bytes]:
        position = 0
        while True:
            *segments, self.rest = self.rest.split(self.terminator)
            yield from segments
            position += len(segments)
            if len(self.rest) > _MOST_BYTES_A_SEGMENT:
                raise ReadError(
                    f"segment {position + 1} is longer than {_MOST_BYTES_A_SEGMENT} bytes",
                    "the segment terminator that ISA declares does not occur; check the ISA segment",
                )
            block = self._stream.read(_BLOCK)
            if not block:
                return
            self.rest += block


def decode(raw: bytes) -> str:
    """Decode one segment: UTF-8, or latin-1 where it is not valid UTF-8. Both keep every byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def bare(raw: bytes) -> bytes:
    """Return a raw segment without the line break that may stand before it."""
    return raw if raw[:1].isalnum() else raw.lstrip(b"\r\n \t")
