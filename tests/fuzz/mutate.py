"""Changes to X12 files that keep them near enough to X12 for the reader to go on reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from scrubber.claim.fields import FIELDS
from scrubber.read.spans import ENVELOPE_SEGMENTS
from scrubber.read.x12 import ISA_LENGTH, Delimiters, ReadError

Segments = list[bytes]

_USUAL = Delimiters("*", ":", "^", "~")
_MARKS = b"*:^~|>\n\r\t!&+%;=<'\\\x1c\x1d\x1e\x1f#\xa7"
_LEVELS = (b"19", b"20", b"22", b"23", b"")
_GUIDES = (b"005010X222A1", b"005010X222A2", b"005010X223A2", b"005010X224A2", b"")
#: What elements may hold that no sender should write.
_ODD = (
    b"",
    b" ",
    b"\t",
    b"\x00",
    b"\x0b",
    b"\x1f",
    b"\x85",
    b"\xa0",
    b"\xc2\xa0",
    b"\xe3\x80\x80",
    b"\xe5\x90\x8d",
    b"\xc3",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc2\xb2",
    b"\xd9\xa1\xd9\xa2",
    b"-",
    b".",
    b"-.5",
    b"1e5",
    b"007",
    b"999999999999999999999",
    b"20260229",
    b"2026-08-18",
    b"?2026-08-18",
    b"202608010930",
    b"20260801-",
    b"-20260801",
    b"20260801-20260802-20260803",
    b"NaN",
    b"true",
    b"\r\n",
)
_FORMATS = (b"D8", b"RD8", b"DT", b"TM", b"D6")


def _qualifiers() -> tuple[bytes, ...]:
    found = {value for rows in FIELDS.values() for row in rows if row.where for value in row.where[1]}
    names = "41 40 85 87 PE IL PR QC 71 72 77 82 DN DQ DK P3 PW 45 QB ZZ".split()
    return tuple(sorted(value.encode() for value in found.union(names)))


def _names() -> tuple[bytes, ...]:
    found = {row.segment.encode() for rows in FIELDS.values() for row in rows}
    return tuple(sorted(found | ENVELOPE_SEGMENTS | {b"HL", b"CLM", b"LX", b"TA1", b"ZZZ"}))


QUALIFIERS, NAMES = _qualifiers(), _names()


class Mutator:
    """Changes files, some by parts of `others`. The same random numbers give the same change."""

    def __init__(self, others: Sequence[bytes]) -> None:
        self._others = [(_delimiters(data), data) for data in others if data[:3] == b"ISA"]

    def mutate(self, data: bytes, most: int, random: Random) -> bytes:
        """Return a changed file of at most so many bytes."""
        marks = _delimiters(data)
        for _ in range(random.choice((1, 1, 2, 4))):
            act = random.choice(_WHOLE if random.random() < 0.15 else _PARTS)
            data, marks = act(self, data, marks, random)
        return data[:most]

    def cross(self, first: bytes, second: bytes, most: int, random: Random) -> bytes:
        """Return the beginning of one file with the end of another, cut between segments."""
        a, b = _delimiters(first), _delimiters(second)
        head, tail = first.split(_end(a)), second.split(_end(b))
        i, j = random.randrange(len(head) + 1), random.randrange(len(tail) + 1)
        rest = tail[j:] if random.random() < 0.3 else _spelled(tail[j:], b, a)
        return _end(a).join(head[:i] + rest)[:most]

    def some_segments(self, marks: Delimiters, random: Random) -> Segments:
        """Return consecutive segments of another file, with these delimiters (mostly)."""
        if not self._others:
            return []
        other, data = random.choice(self._others)
        segments = data.split(_end(other))
        begin = random.randrange(len(segments))
        taken = segments[begin : begin + random.choice((1, 2, 5, 20))]
        return taken if random.random() < 0.1 else _spelled(taken, other, marks)


def _delimiters(data: bytes) -> Delimiters:
    try:
        return Delimiters.from_isa(data.lstrip()[:ISA_LENGTH])
    except ReadError:
        return _USUAL


def _end(marks: Delimiters) -> bytes:
    return marks.segment.encode("latin-1")


def _sep(marks: Delimiters) -> bytes:
    return marks.element.encode("latin-1")


def _spelled(segments: Segments, old: Delimiters, new: Delimiters) -> Segments:
    """Return segments of one file with the delimiters of another."""
    if old == new:
        return segments
    table = bytearray(range(256))
    for one, other in ((old.element, new.element), (old.component, new.component)):
        table[ord(one)] = ord(other)
    return [segment.translate(bytes(table)) for segment in segments]


# --- segments ------------------------------------------------------------------------------------------

Act = Callable[[Mutator, bytes, Delimiters, Random], tuple[bytes, Delimiters]]


def _on_segments(change: Callable[[Mutator, Segments, Delimiters, Random], None]) -> Act:
    def act(self: Mutator, data: bytes, marks: Delimiters, random: Random) -> tuple[bytes, Delimiters]:
        segments = data.split(_end(marks))
        change(self, segments, marks, random)
        return _end(marks).join(segments), marks

    return act


def _on_elements(change: Callable[[list[bytes], int, Delimiters, Random], None]) -> Act:
    """Let a change be made to one segment, at one of its elements: mostly not to the first ISA."""

    def act(self: Mutator, data: bytes, marks: Delimiters, random: Random) -> tuple[bytes, Delimiters]:
        segments = data.split(_end(marks))
        i = random.randrange(random.random() > 0.02 and len(segments) > 1, len(segments))
        elements = segments[i].split(_sep(marks))
        change(elements, random.randrange(len(elements)), marks, random)
        segments[i] = _sep(marks).join(elements)
        return _end(marks).join(segments), marks

    return act


def _drop(_: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    at = random.randrange(len(segments))
    del segments[at : at + random.choice((1, 1, 1, 2, 5))]


def _repeat(_: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    at = random.randrange(len(segments))
    taken = segments[at : at + random.choice((1, 1, 2, 10))]
    to = random.choice((at, random.randrange(len(segments))))
    segments[to:to] = taken * random.choice((1, 1, 2, 30))


def _swap(_: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    i, j = random.randrange(len(segments)), random.randrange(len(segments))
    segments[i], segments[j] = segments[j], segments[i]


def _splice(self: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    at = random.randrange(len(segments) + 1)
    segments[at : at + random.choice((0, 0, 1))] = self.some_segments(marks, random)


def _insert(_: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    elements = [random.choice(NAMES), *random.choices(QUALIFIERS + _ODD, k=random.randrange(5))]
    segments.insert(random.randrange(len(segments) + 1), _sep(marks).join(elements))


def _blank_lines(_: Mutator, segments: Segments, marks: Delimiters, random: Random) -> None:
    at = random.randrange(len(segments))
    segments[at] = (
        random.choice((b"\n", b"\r\n", b"\r\r", b" \t", _end(marks), b"\xef\xbb\xbf")) + segments[at]
    )


# --- elements ------------------------------------------------------------------------------------------


def _qualify(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    at = min(1, len(elements) - 1) if random.random() < 0.5 else at
    value = random.choice(QUALIFIERS)
    component = marks.component.encode("latin-1")
    elements[at] = component.join([value, *elements[at].split(component)[1:]])


def _odd(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    value = random.choice(_ODD)
    cut = random.randrange(len(elements[at]) + 1)
    elements[at] = random.choice(
        (value, elements[at][:cut] + value + elements[at][cut:], value + elements[at])
    )


def _long(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    part = random.choice((b"A", b"9", marks.component.encode("latin-1"), _sep(marks), elements[at] or b"0"))
    elements[at] = part * random.choice((10, 100, 1000))


def _fewer(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    del elements[at : random.choice((at + 1, len(elements)))]


def _named(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    elements[0] = random.choice(NAMES)


def _known(elements: list[bytes], at: int, marks: Delimiters, random: Random) -> None:
    """Change what the reader decides by: level, guide, format of a date."""
    name = elements[0].strip()
    if name == b"HL" and len(elements) > 3:
        elements[3] = random.choice(_LEVELS)
    elif name in (b"ST", b"GS"):
        elements[-1] = random.choice(_GUIDES)
    elif name in (b"DTP", b"DMG", b"HI"):
        elements[at] = random.choice(_FORMATS)
    else:
        elements[at] = random.choice(_ODD)


# --- the whole file ------------------------------------------------------------------------------------


def _truncate(_: Mutator, data: bytes, marks: Delimiters, random: Random) -> tuple[bytes, Delimiters]:
    return data[: random.randrange(len(data) + 1)], marks


def _respell(_: Mutator, data: bytes, marks: Delimiters, random: Random) -> tuple[bytes, Delimiters]:
    """Change one delimiter, in the whole file or from somewhere on: also to one that is taken."""
    old = random.choice((marks.element, marks.component, marks.segment)).encode("latin-1")
    new = bytes([random.choice(_MARKS)])
    begin = random.choice((0, 0, data.find(b"ISA", 3), random.randrange(len(data) + 1)))
    data = data[:begin] + data[begin:].replace(old, new)
    return data, _delimiters(data)


def _twice(self: Mutator, data: bytes, marks: Delimiters, random: Random) -> tuple[bytes, Delimiters]:
    other = random.choice(self._others)[1] if self._others else data
    return data + random.choice((b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"X~")) + other, marks


_PARTS: tuple[Act, ...] = (
    *(_on_segments(act) for act in (_drop, _repeat, _swap, _splice, _splice, _insert, _blank_lines)),
    *(_on_elements(act) for act in (_qualify, _qualify, _odd, _odd, _long, _fewer, _named, _known, _known)),
)
_WHOLE: tuple[Act, ...] = (_truncate, _respell, _respell, _twice)
