"""What an implementation guide says, as plain values: loops, segments, elements and how they may be used.

Guides come from pyx12's maps or from YAML (`rules/guides/`), are changed by overlays, and are then read-only.
Nothing here knows how a file is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast, get_args

#: required, situational, not used
Usage = Literal["R", "S", "N"]
#: X12 data types: string, code, whole number, decimal, date, time, binary.
DataType = Literal["AN", "ID", "N0", "N2", "R", "DT", "TM", "B"]
#: How a value is written, where the type does not say it: see `scrubber.guides.formats`.
Format = str
LOOPS_KEPT = 1 << 10  # a guide has less than a hundred


@dataclass(frozen=True, slots=True)
class Element:
    """One simple element, or a component of a composite. Two that only differ by name ask for the same.

    `number` is the X12 data element number, `least` and `most` bound its length (of a number: its digits).
    `codes` are the codes the guide lists (with those of its external list, if any); None: there is no list.
    `format` holds a value to a pattern; `formats` does so by the value of another element of the same
    segment (`format_by`, an element number; None: the component before).
    """

    name: str = field(compare=False)
    usage: Usage
    number: str
    type: DataType
    least: int
    most: int
    codes: frozenset[str] | None = None
    repeat: int = 1
    format: Format | None = None
    formats: Mapping[str, Format] = field(default_factory=dict, hash=False)
    format_by: int | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """An element of components. Two that only differ by names ask for the same."""

    name: str = field(compare=False)
    usage: Usage
    number: str
    components: tuple[Element, ...]
    repeat: int = 1


RelationKind = Literal["P", "R", "E", "C", "L"]
#: A relational note: its kind and the elements it is about. P: all or none; R: one or more; E: at most one;
#: C: if the first, then all others; L: if the first, then at least one of the others.
Relation = tuple[RelationKind, tuple[int, ...]]


def relation(text: str) -> Relation:
    """Return a relational note that is written as X12 writes it, such as P0304. Raises ValueError."""
    kind, numbers = text[:1], text[1:]
    if kind not in get_args(RelationKind) or len(numbers) < 4 or len(numbers) % 2 or not numbers.isdecimal():
        raise ValueError(f"{text} is no relational note")
    return cast(RelationKind, kind), tuple(int(numbers[i : i + 2]) for i in range(0, len(numbers), 2))


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A segment at one place of a guide. Identity is the place: no two are equal.

    `most` is how often it may occur there, 0: without limit. `qualifier` is (element, component or 0, codes):
    what tells it from its namesakes, if anything does.
    """

    id: str
    name: str
    usage: Usage
    position: int
    most: int
    elements: tuple[Element | Composite, ...]
    relations: tuple[Relation, ...] = ()
    qualifier: tuple[int, int, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop at one place of a guide. `most` is how often it may repeat, 0: without limit.

    `children` stand in order of `position`; those of the same position in any order. The first child of a
    loop that is no wrapper is the segment that opens it.
    """

    id: str
    name: str
    usage: Usage
    position: int
    most: int
    children: tuple[Loop | Segment, ...]

    @property
    def opener(self) -> Segment | None:
        """The segment that opens the loop; None for a wrapper of loops."""
        first = self.children[0]
        return first if isinstance(first, Segment) else None

    def segments(self) -> Iterator[tuple[Loop, Segment]]:
        """Yield every segment with the loop it stands in."""
        for child in self.children:
            if isinstance(child, Loop):
                yield from child.segments()
            else:
                yield self, child


@lru_cache(maxsize=LOOPS_KEPT)
def required_in(loop: Loop) -> tuple[Loop | Segment, ...]:
    """Return the children of a loop, but for its opener, that must be there."""
    return tuple(child for child in loop.children[1:] if child.usage == "R")


@lru_cache(maxsize=LOOPS_KEPT)
def named_in(loop: Loop) -> Mapping[str, Sequence[Loop | Segment]]:
    """Return the children of a loop, but for its opener, by the id of the segment they are or begin with."""
    named: dict[str, list[Loop | Segment]] = {}
    for child in loop.children[1:]:
        segment = child if isinstance(child, Segment) else child.opener
        if segment is not None:
            named.setdefault(segment.id, []).append(child)
    return named


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """One guide: its ids (GS08 and ST03), the transaction (ST01) and its outermost loop, ISA."""

    id: str
    ids: tuple[str, ...]
    transaction: str
    name: str
    top: Loop
