"""One fault: how it is made and how it must be found; short ways to write many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from benchmarks.claims.mix import ClaimType
from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import Edit, NotThere, gone, put
from tests.guides.mutants.files import bases, with_counts

# The levels, as targets: billing provider, subscriber (without and with a patient below), patient.
LEVEL_A, LEVEL_B, LEVEL_C = r"HL|\d+||20", r"HL|\d+|\d+|22", r"HL|\d+|\d+|23"
LEVEL_B0, LEVEL_B1 = LEVEL_B + "|0", LEVEL_B + "|1"


@dataclass(frozen=True)
class Mutant:
    """One fault: how it is made, and how it must be found."""

    name: str
    edit: Edit
    kind: Kind
    loop: str
    segment: str
    element: int | None = None
    component: int | None = None


@dataclass(frozen=True)
class Place:
    """What is compared of a violation."""

    kind: Kind
    loop: str
    segment: str
    element: int | None
    component: int | None
    position: int


#: Name, edit, loop, segment; element and component, if it is of one.
_Row = tuple[str, Edit, str, str] | tuple[str, Edit, str, str, int] | tuple[str, Edit, str, str, int, int]


@cache
def made(claim_type: ClaimType, mutant: Mutant) -> tuple[tuple[str, ...], Place]:
    """Return a file with the fault, its trailers right, and where the fault is."""
    for segments in bases(claim_type):
        try:
            index = mutant.edit(segments)
        except NotThere:
            continue
        m = mutant
        place = Place(m.kind, m.loop, m.segment, m.element, m.component, index + 1)
        return tuple(with_counts(segments)), place
    raise AssertionError(f"no valid file has what the mutant {mutant.name!r} needs")


def faults(kind: Kind, *rows: _Row) -> list[Mutant]:
    """Return faults of one kind."""
    return [Mutant(name, edit, kind, loop, segment, *place) for name, edit, loop, segment, *place in rows]


def missing(*rows: tuple[str, str, str]) -> list[Mutant]:
    """Return files that lack one required segment, from its name, target and loop."""
    return [
        Mutant(f"no {name}", gone(target), Kind.MISSING_SEGMENT, loop, _segment(target))
        for name, target, loop in rows
    ]


def elements(kind: Kind, *rows: tuple[str, str, int, str] | tuple[str, str, int, str, int]) -> list[Mutant]:
    """Return files with a wrong element, from its target, loop, number, value and component."""
    made = []
    for target, loop, element, value, *component in rows:
        part = component[0] if component else 0
        name = f"{target} {element}{f'-{part}' if part else ''} is {value[:20]!r}"
        edit = put(target, element, value, part)
        made.append(Mutant(name, edit, kind, loop, _segment(target), element, part or None))
    return made


def _segment(target: str) -> str:
    """Return the segment id of a target."""
    return re.split(r"\W", re.split(" [<>/] ", target)[-1])[0]
