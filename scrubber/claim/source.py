"""The segments a claim was read from, kept so that locations and edits can find them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scrubber.claim.fields.loops import Loop
from scrubber.claim.model import ClaimType


class Segment(NamedTuple):
    """One segment as it stood in the file.

    `position` is its 1-based number in the file; `outer` the index of its service line or other payer,
    `inner` that of its line adjudication or form (-1 where there is none). `used` is False for segments
    the claim model has no place for, such as the repeat of a loop that the model holds once.
    """

    position: int
    loop: Loop
    outer: int
    inner: int
    used: bool
    elements: list[str]


#: Where a loop begins or goes on: position, loop, outer, inner, used, as in `Segment`. A plain tuple: one is
#: made for every loop of every claim.
Opening = tuple[int, Loop, int, int, bool]


#: Consecutive segments of a claim or level: the first one's position, the loops they stand in (of which the
#: first opens there) and their texts. Texts, because to keep all elements costs a reader more than to split
#: the few segments again that somebody asks for.
Stretch = tuple[int, list[Opening], list[str]]


class Run(NamedTuple):
    """Consecutive segments of one loop, as texts: the first one's position, and what all share."""

    position: int
    loop: Loop
    outer: int
    inner: int
    used: bool
    texts: list[str]


@dataclass(slots=True)
class Source:
    """Where a claim came from: the segments it stands under (shared by its neighbours) and its own.

    `element` is what separates the elements of a segment; `component` and `repetition` are the separators
    inside of elements, "" where the file has none.
    """

    claim_type: ClaimType
    element: str
    component: str
    repetition: str = ""
    context: tuple[list[Stretch], ...] = ()
    own: list[Stretch] = field(default_factory=list)

    def runs(self) -> Iterator[Run]:
        """Yield the runs of the envelope and hierarchy above the claim, then the claim's own."""
        for stretches in (*self.context, self.own):
            yield from _runs_of(stretches)

    def runs_in(self, loop: str) -> Iterator[Run]:
        """Yield those of them that are of one loop."""
        for stretches in (*self.context, self.own):
            yield from _runs_of(stretches, loop)

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of the envelope and hierarchy above the claim, then the claim's own."""
        for run in self.runs():
            yield from self.segments_of(run)

    def own_segments(self) -> Iterator[Segment]:
        """Yield the claim's own segments, from CLM on."""
        for run in _runs_of(self.own):
            yield from self.segments_of(run)

    def segment_at(self, position: int) -> Segment | None:
        """Return the segment at a position, also one that the claim stands under."""
        for stretches in (*self.context, self.own):
            for first, openings, texts in stretches:
                if first <= position < first + len(texts):
                    text = texts[position - first]
                    return Segment(position, *_opening_of(openings, position)[1:], text.split(self.element))
        return None

    def opening_near(self, position: int) -> Opening | None:
        """Return the loop that the claim's own segment at a position stands in, or the last one before it."""
        found = None
        for first, openings, texts in self.own:
            if texts and first <= position:
                found = _opening_of(openings, min(position, first + len(texts) - 1))
        return found

    def segments_of(self, run: Run) -> Iterator[Segment]:
        """Yield the segments of a run."""
        for position, text in enumerate(run.texts, run.position):
            yield Segment(position, run.loop, run.outer, run.inner, run.used, text.split(self.element))


def _runs_of(stretches: Iterable[Stretch], loop: str | None = None) -> Iterator[Run]:
    """Yield the runs of some stretches; with `loop`, those of that loop."""
    for first, openings, texts in stretches:
        for number, opening in enumerate(openings, 1):
            if loop is None or opening[1].id == loop:
                end = openings[number][0] if number < len(openings) else first + len(texts)
                if end > opening[0]:
                    yield Run(*opening, texts[opening[0] - first : end - first])


def _opening_of(openings: Sequence[Opening], position: int) -> Opening:
    """Return the opening that the segment at a position stands behind."""
    return next(opening for opening in reversed(openings) if opening[0] <= position)
