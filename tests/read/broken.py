"""Broken X12, made from valid generated files by hypothesis: what goes wrong on the way, and where.

A file is a row of parts: envelope segments and whole transactions. Its segments are kept in one spelling and
written with the delimiters of their interchange, so that damage can be done without knowing those.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

from hypothesis import strategies as st

from benchmarks.claims import Mix, as_bytes
from scrubber.claim.model import ClaimType
from tests.conftest import SECRET

Segments = tuple[bytes, ...]
Draw = st.DrawFn

OUTER = (b"ISA", b"GS", b"GE", b"IEA")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an interchange is written: element, component, repetition and segment delimiter, line break."""

    marks: bytes = b"*:^~"
    newline: bytes = b"\n"

    def write(self, segment: bytes) -> bytes:
        table = bytes.maketrans(b"*:^", self.marks[:3])
        return segment.translate(table) + self.marks[3:] + self.newline


SPELLINGS = (
    Spelling(),
    Spelling(newline=b"\r\n"),
    Spelling(newline=b""),
    Spelling(b"|>^\n", b""),
    Spelling(b"*:^\n", b""),
    Spelling(b"+&%\r", b"\n"),
    Spelling(b"\x1d\x1f\x1c\x1e", b""),
    Spelling(b"*<{!", b"\n\n"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some segments of an interchange: one of an envelope, or those of a transaction, ST to SE."""

    interchange: int
    segments: Segments

    @property
    def is_transaction(self) -> bool:
        return len(self.segments) > 1


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """A file: its parts, and the spelling of each of its interchanges."""

    parts: tuple[Part, ...]
    spellings: tuple[Spelling, ...]

    def __repr__(self) -> str:
        return f"<file {zlib.crc32(self.written()):08x}: {len(self.parts)} parts, {self.spellings}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print it like that also where hypothesis would print all that it is made of."""
        printer.text(repr(self))

    def written(self) -> bytes:
        return b"".join(map(self.part_written, self.parts))

    def part_written(self, part: Part) -> bytes:
        return b"".join(map(self.spellings[part.interchange].write, part.segments))

    @property
    def transactions(self) -> list[int]:
        """The numbers of the parts that are transactions."""
        return [number for number, part in enumerate(self.parts) if part.is_transaction]

    def with_part(self, number: int, segments: Segments) -> File:
        part = replace(self.parts[number], segments=segments)
        return replace(self, parts=(*self.parts[:number], part, *self.parts[number + 1 :]))

    def without(self, number: int) -> File:
        return replace(self, parts=self.parts[:number] + self.parts[number + 1 :])

    def numbered(self) -> list[list[str]]:
        """Return the elements of each segment as it is written, in order: an oracle for positions.

        The line break after an interchange counts for the next one: there it may be an empty segment.
        """
        out: list[list[str]] = []
        before = b""
        for interchange, parts in groupby(self.parts, key=lambda part: part.interchange):
            text = before + b"".join(map(self.part_written, parts))
            marks, before = self.spellings[interchange].marks, self.spellings[interchange].newline
            for raw in text.split(marks[3:])[:-1]:
                out.append(_decoded(raw.lstrip(b"\r\n \t")).split(chr(marks[0])))
        return out


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def claim_ids(part: Part) -> list[str]:
    """Return CLM01 of the claims of a transaction; over a file, all differ."""
    return [_decoded(s.split(b"*")[1]) for s in part.segments if s.startswith(b"CLM*")]


def name_of(segment: bytes) -> bytes:
    return segment.lstrip(b"\r\n \t").split(b"*", 1)[0]


# --- valid files ---------------------------------------------------------------------------------------


@cache
def parts_of(claim_type: ClaimType, seed: int) -> tuple[Part, ...]:
    """Return two interchanges of at least three transactions, with control numbers that differ."""
    mix = Mix(
        claim_type,
        claims=6,
        seed=seed,
        lines=(1, 2),
        coordination=0.3,
        claims_a_subscriber=1 + seed % 2,
        subscribers_a_provider=1 + seed % 3,
        interchanges=2,
        groups=1 + seed % 2,
        transactions=2 - seed % 2,
        newline="",
        encoding=("ascii", "utf-8", "latin-1")[seed % 3],
    )
    parts: list[Part] = []
    interchange = -1
    body: list[bytes] = []
    for segment in as_bytes(mix)[0].split(b"~")[:-1]:
        name = name_of(segment)
        if name in OUTER:
            interchange += name == b"ISA"
            parts.append(Part(interchange, (segment,)))
            continue
        body.append(segment)
        if name == b"SE":
            control = b"%04d" % len(parts)
            body[0] = b"*".join([*body[0].split(b"*")[:2], control, *body[0].split(b"*")[3:]])
            body[-1] = b"*".join([*body[-1].split(b"*")[:2], control])
            parts.append(Part(interchange, tuple(body)))
            body = []
    return tuple(parts)


@st.composite
def files(draw: Draw) -> File:
    """Valid files: two interchanges, each with delimiters of its own."""
    claim_type: ClaimType = draw(st.sampled_from(("professional", "institutional")))
    parts = parts_of(claim_type, draw(st.integers(1, 4)))
    return File(parts, (draw(st.sampled_from(SPELLINGS)), draw(st.sampled_from(SPELLINGS))))


# --- damage to the segments of a transaction -----------------------------------------------------------

Damage = Callable[[Draw, list[bytes]], None]

#: Names, qualifiers and levels that the reader decides by.
NAMES = tuple(b"ST BHT HL NM1 N3 N4 PRV REF SBR PAT DMG CLM HI CAS AMT LX SV1 SV2 DTP LIN SVD LQ SE".split())
_VALUES = (
    *b"20 22 23 19 85 IL PR QC 82 71 41 837 D8 RD8 DT ABK HC 005010X222A1 005010X223A2".split(),
    *(b"", b" ", b"\t ", b"A:B", b":::", b"20260801-", b"1e9", b"-", b"9" * 30, b"\x00", b"\x0b"),
    *(b"\xff\xfe", "名".encode(), "\xa0".encode(), b"\xc3", "²".encode(), b"A" * 2000, b"*" * 40),
)
_NOISE = st.binary(max_size=25).filter(lambda noise: not any(name in noise for name in OUTER))


def _place(draw: Draw, segments: list[bytes], end: int = 0) -> int:
    return draw(st.integers(0, len(segments) - 1 + end))


def _lost(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    del segments[at : at + draw(st.integers(1, 4))]


def _repeated(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    taken = segments[at : at + draw(st.integers(1, 12))]
    to = _place(draw, segments, 1)
    segments[to:to] = taken * draw(st.integers(1, 2))


def _swapped(draw: Draw, segments: list[bytes]) -> None:
    i, j = _place(draw, segments), _place(draw, segments)
    segments[i], segments[j] = segments[j], segments[i]


def _shortened(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    segments[at] = segments[at][: draw(st.integers(0, len(segments[at])))]


def _renamed(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    segments[at] = b"*".join([draw(st.sampled_from(NAMES)), *segments[at].split(b"*")[1:]])


def _revalued(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    elements = segments[at].split(b"*")
    elements[draw(st.integers(0, len(elements) - 1))] = draw(st.sampled_from(_VALUES))
    segments[at] = b"*".join(elements)


def _noisy(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    cut = draw(st.integers(0, len(segments[at])))
    segments[at] = segments[at][:cut] + draw(_NOISE) + segments[at][cut:]


def _joined(draw: Draw, segments: list[bytes]) -> None:
    """A terminator is lost."""
    at = _place(draw, segments)
    segments[at : at + 2] = [b"".join(segments[at : at + 2])]


def _parted(draw: Draw, segments: list[bytes]) -> None:
    """A terminator too many."""
    at = _place(draw, segments)
    cut = draw(st.integers(0, len(segments[at])))
    segments[at : at + 1] = [segments[at][:cut], segments[at][cut:]]


def _blank(draw: Draw, segments: list[bytes]) -> None:
    at = _place(draw, segments)
    segments.insert(at, draw(st.sampled_from((b"", b" ", b"\r", b"\t\t"))))


def _misplaced_level(draw: Draw, segments: list[bytes]) -> None:
    """An HL of unknown level, without its parent, too short, or with nothing below it."""
    levels = [i for i, segment in enumerate(segments) if name_of(segment) == b"HL"]
    if not levels:
        return
    at = draw(st.sampled_from(levels))
    elements = [*segments[at].split(b"*"), b"", b"", b""][:5]
    elements[2] = draw(st.sampled_from((elements[2], b"", b"99", b"X")))
    elements[3] = draw(st.sampled_from((b"19", b"20", b"21", b"22", b"23", b"PT", b"", b" 22 ")))
    segments[at] = b"*".join(elements[: draw(st.integers(1, 5))])


def _another_end(draw: Draw, segments: list[bytes]) -> None:
    """ST or SE is lost, or stands twice, or somewhere else."""
    edge = draw(st.sampled_from((0, -1)))
    segment = segments[edge]
    if draw(st.booleans()) and len(segments) > 1:
        del segments[edge]
    if draw(st.booleans()):
        segments.insert(_place(draw, segments, 1), segment)


DAMAGES: tuple[Damage, ...] = (
    *(_lost, _repeated, _swapped, _shortened, _renamed, _revalued, _revalued, _noisy, _joined, _parted),
    *(_blank, _misplaced_level, _misplaced_level, _another_end),
)


@st.composite
def damaged(draw: Draw, segments: Segments) -> Segments:
    """The segments of a transaction with some damage; none of them is of an outer envelope."""
    out = list(segments)
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(DAMAGES))(draw, out)
        out = out or [b""]
    return tuple(segment for segment in out if name_of(segment) not in OUTER) or (b"",)


@st.composite
def with_secret(draw: Draw, file: File) -> File:
    """The file with a secret name in some elements, of any segment but ISA."""
    for _ in range(draw(st.integers(1, 5))):
        number = draw(st.sampled_from(file.transactions) | st.integers(1, len(file.parts) - 1))
        segments = list(file.parts[number].segments)
        at = _place(draw, segments)
        elements = segments[at].split(b"*")
        element = draw(st.integers(0, len(elements) - 1))
        if name_of(segments[at]) == b"ISA":
            element = draw(st.sampled_from((6, 8)))
        wide = 15 if name_of(segments[at]) == b"ISA" else 0
        elements[element] = SECRET.encode().ljust(wide)
        segments[at] = b"*".join(elements)
        file = file.with_part(number, tuple(segments))
    return file


@st.composite
def with_other_envelopes(draw: Draw, file: File) -> File:
    """The file with outer envelopes that are lost, repeated or say something else; the first ISA stays."""
    parts = list(file.parts)
    for _ in range(draw(st.integers(1, 3))):
        outer = [i for i, part in enumerate(parts) if i and not part.is_transaction]
        if not outer:
            break
        at = draw(st.sampled_from(outer))
        elements = parts[at].segments[0].split(b"*")
        act = draw(st.sampled_from(("lose", "repeat", "change")))
        if act == "lose":
            del parts[at]
        elif act == "repeat":
            parts.insert(at, parts[at])
        elif elements[0] != b"ISA":
            elements[draw(st.integers(1, len(elements) - 1))] = draw(st.sampled_from(_VALUES[:8]))
            parts[at] = replace(parts[at], segments=(b"*".join(elements),))
    return replace(file, parts=tuple(parts))
