"""X12 as text: delimiters, and what can be wrong with a file before anyone looks at its claims."""

from __future__ import annotations

from dataclasses import dataclass

ISA_LENGTH = 106  # the interchange header is fixed width: X12.5, segment ISA
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)


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


def decode(raw: bytes) -> str:
    """Decode one segment: UTF-8, or latin-1 where it is not valid UTF-8. Both keep every byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def bare(raw: bytes) -> bytes:
    """Return a raw segment without the line break that may stand before it."""
    return raw if raw[:1].isalnum() else raw.lstrip(b"\r\n \t")
