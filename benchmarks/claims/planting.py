"""Planting one error in a claim's segments, and keeping account of where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.claims.claim import Claim
from benchmarks.claims.dice import Dice
from benchmarks.claims.mix import ClaimType, Mix, PlantedError
from benchmarks.claims.segments import Segment


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error is: index in the block, element, component; `missing`: a segment left out."""

    index: int
    element: int | None
    component: int | None
    note: str
    missing: str = ""


@dataclass(slots=True)
class Block:
    """A claim's segments, with the levels opened for it and the trailer closed after it.

    `claim` is what they were made from, `number` counts claims from 0, `start` is where the block begins.
    """

    segments: list[Segment]
    claim: Claim
    number: int
    start: int

    def find(self, id_: str, loop: str, first: str = "") -> Iterator[tuple[int, Segment]]:
        """Yield the segments with this id in loops that begin so; `first`: the first element."""
        for i, segment in enumerate(self.segments):
            if segment.elements[0] == id_ and segment.loop.startswith(loop) and first in ("", segment.get(1)):
                yield i, segment


Plant = Callable[[Block, Dice], Place | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: what it is, how it is planted (None: this claim has no place for it), where."""

    description: str
    plant: Plant
    types: tuple[ClaimType, ...] = ("professional", "institutional", "dental")


class Planter:
    """Chooses claims and kinds; the kind planted least often comes first, so all get their turn."""

    def __init__(self, mix: Mix) -> None:
        from benchmarks.claims.errors import KINDS

        self.planted: list[PlantedError] = []
        self._share = mix.errors
        self._dice = Dice(mix.seed * 2 + 1)  # of its own: the claims are the same without errors
        self._kinds = {name: kind for name, kind in KINDS.items() if mix.claim_type in kind.types}
        self._times = dict.fromkeys(self._kinds, 0)

    def wanted(self) -> bool:
        """Return whether the next claim gets an error."""
        return self._share > 0 and self._dice.chance(self._share)

    def plant(self, block: Block) -> None:
        """Plant one error."""
        for name in sorted(self._times, key=self._times.__getitem__):
            place = self._kinds[name].plant(block, self._dice)
            if place is not None:
                self._times[name] += 1
                self.planted.append(_label(name, block, place))
                return


def _label(kind: str, block: Block, place: Place) -> PlantedError:
    segment = block.segments[place.index]
    return PlantedError(
        claim=block.number,
        claim_id=block.claim.id,
        kind=kind,
        loop=segment.loop,
        segment=place.missing or segment.id,
        element=place.element,
        component=place.component,
        position=block.start + place.index,
        note=place.note,
    )
