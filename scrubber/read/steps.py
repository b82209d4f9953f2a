"""The short way through a file: what a reader does with a segment that it has met in this place before.

A place is where a file stands: a state of the guide, and a loop of the claim model. A step leads from one to
the next. One function proves its segment right and puts it into the claim; it is made for segments of one
length, once many of them have come. What is not known takes the long way: the guide's check, then the loop's
handler. Property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scrubber.claim.fields import Field
from scrubber.claim.fields.loops import Loop, Opens
from scrubber.claim.model import ClaimType
from scrubber.guides.code import Code
from scrubber.guides.elements import Marks, is_right
from scrubber.guides.fast import Proof, write_proof
from scrubber.guides.formats import Parts
from scrubber.guides.model import Composite, Segment
from scrubber.guides.walk import Choice, Move, State, Usual
from scrubber.read.handlers import (
    Handler,
    are_plain_items,
    handler,
    parted,
    read_item,
    read_parts,
    rows_of,
    write_handler,
)

#: (object the loop fills, elements, the segment as text) → whether the segment is certainly right. If not,
#: nothing was filled.
Take = Callable[[Any, list[str], str], bool]

#: (reader, loop, what takes the segment that opens it, elements, text, position) → whether it is entered.
Enter = Callable[[Any, Loop, Take, list[str], str, int], bool]

#: After how many segments of a length code is made for them: to make it takes as long as so many save.
_MANY = 500


class Takes(dict[int, Take]):
    """The functions for one segment at its place, by how many elements it has.

    `plain` does the same for segments of any length. It stands in until there are many of one.
    """

    __slots__ = ("_make", "_plain", "_seen")

    def __init__(self, plain: Take, make: Callable[[int], Take]) -> None:
        super().__init__()
        self._plain, self._make = plain, make
        self._seen: dict[int, int] = {}

    def __missing__(self, length: int) -> Take:
        seen = self._seen[length] = self._seen.get(length, 0) + 1
        if seen < _MANY:
            return self._plain
        take = self[length] = self._make(length)
        return take


@dataclass(slots=True, eq=False)
class Step:
    """Where a segment leads: what has it, and the loop of the claim that it stands in then.

    `enter` is how a reader enters that loop, if the segment opens it. `move` is the guide's; `watched`: the
    check of the guide must know of it; `once`: it must be asked whether the segment has come before. What
    `takes` has for a segment that opens a level only proves it right.
    """

    move: Move
    watched: bool
    once: bool
    loop: Loop
    enter: Enter | None
    takes: Takes
    place: Place


@dataclass(slots=True, eq=False)
class Place:
    """A state of the guide and the loop of a claim that a reader stands in, with the steps known there.

    `used`: the model has a place for the loop.
    """

    state: State
    loop: Loop
    used: bool
    steps: dict[str, Choice[Step]] = field(default_factory=dict, repr=False)

    def learn(
        self,
        elements: Sequence[str],
        to: Place,
        opens: tuple[Loop, Enter] | None,
        marks: Marks,
        claim_type: ClaimType,
    ) -> None:
        """Remember the step that a segment has made from here, if the guide's check knows its move well.

        `opens` is the loop that it has opened, and how that was entered.
        """
        name = elements[0]
        usual = self._usual(elements)
        if usual is None or usual.state is not to.state:
            return
        if usual.watched and opens is None:
            return
        segment, element = usual.move.segment, self.state.usual[name].element
        assert segment is not None
        value, is_parted = (
            elements[element],
            element > 0 and isinstance(segment.elements[element - 1], Composite),
        )
        if is_parted:
            value = value.split(marks.component, 1)[0]
        choice = self.steps.get(name)
        if choice is None:
            choice = self.steps[name] = Choice(element, marks.component if is_parted else "")
        elif value in choice:
            return
        loop, enter = opens or (to.loop, None)
        fills = to.used and (enter is None or loop.opens is not Opens.LEVEL)
        rows = tuple(rows_of(claim_type, loop, name)) if fills else ()
        known = {element: value} if element and not is_parted else {}
        key = (claim_type, loop, fills, value)
        takes = usual.kept.get(key)
        if takes is None:
            handle = handler(claim_type, loop, name) if fills else None
            takes = usual.kept[key] = Takes(
                _plain(usual.holds, handle, marks.component),
                lambda length: _make(segment, marks, claim_type, rows, known, length),
            )
        choice[value] = Step(usual.move, usual.watched, usual.move.once is not None, loop, enter, takes, to)

    def _usual(self, elements: Sequence[str]) -> Usual | None:
        choice = self.state.usual.get(elements[0])
        try:
            return choice[elements[choice.element]] if choice is not None else None
        except LookupError:
            return None


def place_of(state: State, loop: Loop, *, used: bool) -> Place:
    """Return the place of a state and a loop."""
    found: Place | None = state.kept.get((loop, used))
    if found is None:
        found = state.kept[loop, used] = Place(state, loop, used)
    return found


def _plain(holds: Proof, handle: Handler | None, component: str) -> Take:
    """Return what takes a segment by a proof and a handler that are for any length."""
    if handle is None:
        return lambda _, elements, text: holds(elements, text)

    def take(target: Any, elements: list[str], text: str) -> bool:
        if not holds(elements, text):
            return False
        handle(target, elements, component)
        return True

    return take


def _make(
    segment: Segment,
    marks: Marks,
    claim_type: ClaimType,
    rows: tuple[Field, ...],
    known: Mapping[int, str],
    length: int,
) -> Take:
    """Write the function for segments of a length."""
    code = Code(length, known)
    code.emit(", ".join(["_", *(code.at(i) for i in range(1, length))]) + ", = e")
    for element, members in parted(rows).items():
        spec = segment.elements[element - 1] if element <= len(segment.elements) else None
        if isinstance(spec, Composite):
            code.parts[element] = _parts(spec, tuple(members), marks.component)
    if rows and are_plain_items(rows):
        for element, spec in enumerate(segment.elements[: length - 1], 1):
            assert isinstance(spec, Composite)
            code.parts[element] = _item(spec, rows, marks.component)
    write_proof(code, segment, marks)
    write_handler(code, claim_type, rows, marks.component)
    return code.made("o, e, t", f"take {segment.id} {length}")


@cache
def _parts(spec: Composite, rows: tuple[Field, ...], component: str) -> Parts:
    """Return what rows ask for of the components of an element, by its text; None where that is wrong."""
    return Parts(
        lambda text: read_parts(rows, text.split(component)) if is_right(spec, text, component) else None
    )


@cache
def _item(spec: Composite, rows: tuple[Field, ...], component: str) -> Parts:
    """Return what a composite says that is an item by itself, by its text; None where that is wrong."""
    return Parts(
        lambda text: read_item(rows, text.split(component)) if is_right(spec, text, component) else None
    )
