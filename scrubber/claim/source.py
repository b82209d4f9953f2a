"""The segments a claim was read from, kept so that locations and edits can find them again."""

from __future__ import annotations

from collections.abc import Iterator
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


#: Consecutive segments of one loop: the first one's position, what all share (loop, outer, inner, used),
#: and their texts. A plain tuple, because one is made for every loop of every claim; texts, because to keep
#: the elements of all segments costs a reader more than to split those again that somebody asks for.
Run = tuple[int, Loop, int, int, bool, list[str]]


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
    context: tuple[list[Run], ...] = ()
    own: list[Run] = field(default_factory=list)

    def runs(self) -> Iterator[Run]:
        """Yield the runs of the envelope and hierarchy above the claim, then the claim's own."""
        for group in self.context:
            yield from group
        yield from self.own

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of the envelope and hierarchy above the claim, then the claim's own."""
        for run in self.runs():
            yield from self.segments_of(run)

    def own_segments(self) -> Iterator[Segment]:
        """Yield the claim's own segments, from CLM on."""
        for run in self.own:
            yield from self.segments_of(run)

    def segments_of(self, run: Run) -> Iterator[Segment]:
        """Yield the segments of a run."""
        first, loop, outer, inner, used, texts = run
        for position, text in enumerate(texts, first):
            yield Segment(position, loop, outer, inner, used, text.split(self.element))
