"""The short way through a file: what a reader does with a segment that it has met in this place before.

A place is where a file stands: a state of the guide, and a loop of the claim model. A way leads from one to
the next, sometimes by a step that is more than to fill what is open. One function proves its segment right
and puts it into the claim; it is made for segments of one length. What is not known takes the long way: the
guide's check, then the loop's handler. Property tests hold the two together.
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
from scrubber.guides.fast import write_proof
from scrubber.guides.formats import Parts
from scrubber.guides.model import Composite, Segment
from scrubber.guides.model import Loop as GuideLoop
from scrubber.guides.walk import Move, State, TakeNote, Usual
from scrubber.read.handlers import (
    are_plain_items,
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

#: What reads the values that rows ask for from components.
ReadParts = Callable[[Sequence[Field], Sequence[str]], tuple[Any, ...]]


@dataclass(slots=True, eq=False)
class Step:
    """What is to be done for a segment, but for what its function does.

    `enter` is how a reader enters the loop that the segment opens, if it opens one. `move` is the guide's, of
    which `segment` and `once` are copies, because every one is asked for them: where the segment stands in
    the guide, and the loop in which it may come once. `opened`: how the guide's check takes note of a loop
    that begins. The function for a segment that opens a level only proves it right.
    """

    move: Move
    opened: TakeNote | None
    segment: Segment
    once: GuideLoop | None
    loop: Loop
    enter: Enter | None


#: Where segments of a kind lead, by how many elements they have: what takes them, what else is to be done
#: (mostly nothing), and the place behind them. Plain tuples: a reader asks for one for every segment.
Way = tuple[Take, Step | None, "Place"]
Ways = dict[int, Way]

#: What is known of segments of one name: the element that tells them apart (0: none), and ways by its value.
Steps = tuple[int, dict[str, Ways]]


@dataclass(slots=True, eq=False)
class Place:
    """A state of the guide and the loop of a claim that a reader stands in, with the steps known there.

    `used`: the model has a place for the loop.
    """

    state: State
    loop: Loop
    used: bool
    steps: dict[str, Steps] = field(default_factory=dict, repr=False)

    def learn(
        self,
        elements: Sequence[str],
        usual: Usual,
        to: Place,
        opens: tuple[Loop, Enter] | None,
        marks: Marks,
        claim_type: ClaimType,
    ) -> None:
        """Remember the way of a segment from here.

        `usual` is what the guide's check knows of it, `opens` the loop that it has opened, and how that was
        entered.
        """
        move, element, name = usual.move, usual.element, elements[0]
        segment = move.segment
        assert segment is not None
        if move.state is not to.state or element >= len(elements):
            return
        if usual.opened is not None and opens is None:
            return
        if opens is not None and not to.used:  # the model held one already: the next may be the first
            return
        value = elements[element]
        is_parted = element > 0 and isinstance(segment.elements[element - 1], Composite)
        if is_parted:
            value = value.split(marks.component, 1)[0]
        if name not in self.steps:
            # Only composites are asked for their first component: a dictionary as such is quicker.
            self.steps[name] = element, _ByComponent(marks.component) if is_parted else {}
        loop, enter = opens or (to.loop, None)
        step = None
        if enter is not None or move.once is not None:
            step = Step(move, usual.opened, segment, move.once, loop, enter)
        fills = to.used and (enter is None or loop.opens is not Opens.LEVEL)
        known = {element: value} if element and not is_parted else {}
        take = _take(usual, loop if fills else None, known, value, marks, claim_type, len(elements))
        self.steps[name][1].setdefault(value, {})[len(elements)] = take, step, to


class _ByComponent(dict[str, Ways]):
    """Ways by the first component of a composite. KeyError: none is known."""

    __slots__ = ("_component",)

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def __missing__(self, value: str) -> Ways:
        found = self.get(value.split(self._component, 1)[0]) if self._component else None
        if found is None:
            raise KeyError(value)
        return found


def place_of(state: State, loop: Loop, *, used: bool) -> Place:
    """Return the place of a state and a loop."""
    found: Place | None = state.kept.get((loop, used))
    if found is None:
        found = state.kept[loop, used] = Place(state, loop, used)
    return found


def _take(
    usual: Usual,
    loop: Loop | None,
    known: Mapping[int, str],
    value: str,
    marks: Marks,
    claim_type: ClaimType,
    length: int,
) -> Take:
    """Return the function for a segment; it is the same wherever it is checked alike and fills the same.

    `loop` is what it fills, None: nothing. `value` is what tells it from its namesakes.
    """
    segment = usual.move.segment
    assert segment is not None
    key = (claim_type, loop, value, length)
    found: Take | None = usual.kept.get(key)
    if found is None:
        rows = tuple(rows_of(claim_type, loop, segment.id)) if loop is not None else ()
        found = usual.kept[key] = _make(segment, marks, claim_type, rows, known, length)
    return found


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
            code.parts[element] = _parts(read_parts, spec, tuple(members), marks.component)
    if rows and are_plain_items(rows):
        for element, spec in enumerate(segment.elements[: length - 1], 1):
            assert isinstance(spec, Composite)
            code.parts[element] = _parts(read_item, spec, rows, marks.component)
    write_proof(code, segment, marks)
    write_handler(code, claim_type, rows, marks.component)
    return code.made("o, e, t", f"take {segment.id} {length}")


@cache
def _parts(read: ReadParts, spec: Composite, rows: tuple[Field, ...], component: str) -> Parts:
    """Return what rows ask for of the components of an element, by its text; None where that is wrong."""
    return Parts(lambda text: read(rows, text.split(component)) if is_right(spec, text, component) else None)
