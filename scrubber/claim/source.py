"""The segments a claim was read from, kept so that locations and edits can find them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Segment(NamedTuple):
    """One segment as it stood in the file.

    `position` is its 1-based number in the file; `outer` the index of its service line or other payer,
    `inner` that of its line adjudication (-1 where there is none). `used` is False for segments the
    claim model has no place for, such as the repeat of a loop that the model holds once.
    """

    position: int
    loop: str
    outer: int
    inner: int
    used: bool
    elements: list[str]


@dataclass(slots=True)
class Source:
    """Where a claim came from: the segments it stands under (shared by its neighbours) and its own."""

    component: str
    context: tuple[list[Segment], ...] = ()
    own: list[Segment] = field(default_factory=list)

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of the envelope and hierarchy above the claim, then the claim's own."""
        for group in self.context:
            yield from group
        yield from self.own
