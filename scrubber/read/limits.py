"""How large the parts of a file may be: what is larger is refused by name before it costs time or memory.

These limits are far beyond what the guides allow: a 51st service line is a finding of the guide, long before
a limit refuses the claim. Whatever they are set to, memory stays bounded (`scrubber.read.chunks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from scrubber.read.x12 import Delimiters, FileProblem, bare

OPTION = "--limit NAME=NUMBER"
_MOST_DIGITS = 12


class LimitError(ValueError):
    """A limit that cannot be set. `remedy` says what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[LimitError], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


def _limit(default: int, least: int, most: int, what: str, of: str) -> int:
    """Return the field of a limit; `what` follows a number, and `of` that: "12 service lines of a claim"."""
    found: int = field(default=default, metadata={"least": least, "most": most, "what": what, "of": of})
    return found


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of everything that a file may have. Immutable and picklable: workers get it with the packs.

    Segments are measured as they stand in the file, without terminator and line break. Components are
    counted over all repeats of an element. An 837 nests its hierarchical levels three deep; a fourth is a
    finding of the guide. The 837P and 837D take 50 service lines a claim, the 837I 999. Five thousand claims
    a transaction are the guides' advice, not a rule; `claims` is of a file.
    """

    segment_length: int = _limit(16_384, 106, 1 << 20, "bytes", "of a segment")
    elements: int = _limit(1_000, 16, 1 << 20, "elements", "of a segment")
    components: int = _limit(1_000, 8, 1 << 20, "components", "of an element")
    depth: int = _limit(100, 3, 10**6, "hierarchical levels", "inside of each other")
    lines: int = _limit(2_000, 1, 10**6, "service lines", "of a claim")
    claims: int = _limit(10_000_000, 1, 10**12 - 1, "claims", "of a file")

    def changed(self) -> list[str]:
        """Return what differs from the defaults, as `limits_of` takes it."""
        found = {name: getattr(self, name) for name in KINDS}
        return [f"{name}={value}" for name, value in found.items() if value != KINDS[name].default]

    def too_many_lines(self, lines: int) -> Excess:
        """Return what is wrong with a claim that has some service lines."""
        return Excess("lines", self.lines, lines)

    @property
    def harmless_length(self) -> int:
        """The length up to which a segment breaks no limit."""
        return min(self.segment_length, self.elements, self.components - 1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is known of a limit. As text: as it may be set, and what it is of."""

    name: str
    default: int
    least: int
    most: int
    what: str
    of: str

    def __str__(self) -> str:
        return f"{self.name}={self.default} ({self.what} {self.of})"


#: The limits by name, in the order of the help.
KINDS: Mapping[str, _Kind] = {
    f.name: _Kind(f.name, f.default if isinstance(f.default, int) else 0, **f.metadata)
    for f in fields(Limits)
}


def limits_of(words: Iterable[str], limits: Limits | None = None) -> Limits:
    """Return limits with some set by words like `lines=2000`. Raises LimitError."""
    found: dict[str, int] = {}
    for word in words:
        name, equals, number = word.partition("=")
        name = name.strip().replace("-", "_")
        number = number.strip().replace("_", "").replace(",", "")
        kind = KINDS.get(name)
        if kind is None or not equals:
            raise LimitError(
                f"'{word}' sets no limit", f"write {OPTION}, where NAME is one of {', '.join(KINDS)}"
            )
        if name in found:
            raise LimitError(f"the limit {name} is set twice", f"give --limit {name}=NUMBER once")
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            raise LimitError(f"the limit {name} is not a number", f"write --limit {name}={kind.default}")
        if not kind.least <= int(number) <= kind.most:
            raise LimitError(
                f"the limit {name} cannot be {number}", f"choose a number from {kind.least} to {kind.most}"
            )
        found[name] = int(number)
    return replace(limits or Limits(), **found)


class Excess(NamedTuple):
    """A part of a file that breaks a limit: which, what it may be and is, and the segment's number."""

    limit: str
    most: int
    found: int
    position: int | None = None

    @property
    def said(self) -> str:
        """Say what is wrong and where; nothing of the file is quoted."""
        where = "it" if self.position is None else f"segment {self.position}"
        return f"{where} has {self.found} {KINDS[self.limit].what}, and at most {self.most} are allowed"

    @property
    def reason(self) -> str:
        """Say why a claim cannot be judged, and what allows it."""
        return f"{self.said} (--limit {self.limit}=NUMBER allows more)"

    def problem(self, segment: str | None = None) -> FileProblem:
        """Return it as a problem of the file: it stands where no claim is that could be refused for it."""
        return FileProblem(
            "X12-011",
            "A part of the file is larger than a limit",
            f"{self.said}; it was not checked",
            f"correct it in the system that makes the file, or allow more with --limit {self.limit}=NUMBER",
            self.position,
            segment,
            fatal=True,
        )


def too_many_claims(most: int) -> FileProblem:
    """Return the problem of a file that has more claims than are allowed."""
    return FileProblem(
        "FILE-003",
        "The file has more claims than are allowed",
        f"the file has more than {most} claims; those after the first {most} were not checked",
        "split the file, or allow more with --limit claims=NUMBER",
        fatal=True,
    )


def excess_in(data: bytes, position: int, delimiters: Delimiters, limits: Limits) -> Excess | None:
    """Return what breaks a limit first in some segments, which begin with segment number `position`.

    Segments too short to break any are passed over many at a time: usual ones cost next to nothing.
    """
    end = delimiters.segment.encode("latin-1")
    for begin, stop in _long_segments(data, end, limits.harmless_length):
        excess = _excess_of(bare(data[begin:stop]), delimiters, limits)
        if excess is not None:
            return excess._replace(position=position + data.count(end, 0, begin))
    return None


def _long_segments(data: bytes, end: bytes, length: int) -> Iterator[tuple[int, int]]:
    """Yield where each segment begins and ends that is longer than `length`."""
    begin, size = 0, len(data)
    while size - begin > length:
        # From the last terminator that is near on: no segment before it can be long.
        near = data.rfind(end, begin, begin + length + 1)
        if near >= 0:
            begin = near + 1
            continue
        stop = data.find(end, begin)
        stop = size if stop < 0 else stop
        yield begin, stop
        begin = stop + 1


def _excess_of(segment: bytes, delimiters: Delimiters, limits: Limits) -> Excess | None:
    if len(segment) > limits.segment_length:
        return Excess("segment_length", limits.segment_length, len(segment))
    separator = delimiters.element.encode("latin-1")
    elements = segment.count(separator)
    if elements > limits.elements:
        return Excess("elements", limits.elements, elements)
    component = delimiters.component.encode("latin-1")
    if segment.count(component) < limits.components:
        return None
    components = max(element.count(component) for element in segment.split(separator)) + 1
    return Excess("components", limits.components, components) if components > limits.components else None


def lines_in(data: bytes, delimiters: Delimiters) -> int:
    """Return how many service lines begin in some segments."""
    separator = delimiters.element.encode("latin-1")
    segments = data.split(delimiters.segment.encode("latin-1"))
    return sum(bare(segment).split(separator, 1)[0] == b"LX" for segment in segments)
