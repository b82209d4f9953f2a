"""Where a segment that has no place was most likely meant, so that one fault gives one violation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scrubber.guides.frames import ADDRESS, CLAIM, LEVELS, Frame, Kinds
from scrubber.guides.model import Loop, Segment, named_in

_BORDERS = frozenset({*LEVELS, CLAIM})
#: Segments whose absence shows at what stands behind them (behind CLM, it is too much that may stand there).
_SKELETON = frozenset({"HL", "LX"})
#: Too late; of a wrong qualifier; the first of a loop whose opener is missing.
How = Literal["late", "misnamed", "headless"]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a segment was meant to be: a child of the open loop at a depth, or in one (`headless`)."""

    how: How
    depth: int
    child: Segment | Loop


def find(kinds: Kinds, frames: tuple[Frame, ...], name: str, value: str) -> Meant | None:
    """Return what a segment was meant to be.

    That is, before all else, what is known to be missing, or behind a line's or level's opener. Then, in the
    loops of its claim or level and after that farther out: what should have come before; what may still come,
    with another qualifier; the first of a loop whose opener alone is missing; what came before, with another
    qualifier; the first of a loop of which more is missing.
    """
    innermost = len(frames) - 1
    border = next(i for i in range(innermost, -1, -1) if frames[i].loop.id in _BORDERS)
    near, far = range(innermost, border - 1, -1), range(border - 1, -1, -1)
    found = _skipped(kinds, frames, near, name, value) or _skeleton(kinds, frames, name, value)
    for region in (near, far):
        begun = list(headless(kinds, frames, region, name, value)) if found is None else []
        found = (
            found
            or _late(kinds, frames, region, name, value)
            or _misnamed(kinds, frames, region, name, ahead=True, near=region is near)
            or next((meant for meant in begun if _lacks_no_more(kinds, frames, meant, name, value)), None)
            or _misnamed(kinds, frames, region, name, ahead=False, near=region is near)
            or next(iter(begun), None)
        )
    return found


def alone(frames: tuple[Frame, ...], name: str) -> Meant | None:
    """Return the segment that an open loop has alone of a name, if it may still come: any value means it."""
    for depth in range(len(frames) - 1, -1, -1):
        child = namesake(frames[depth], name, ahead=True)
        if isinstance(child, Segment) and child.qualifier is None:
            return Meant("misnamed", depth, child)
    return None


def headless(
    kinds: Kinds, frames: tuple[Frame, ...], depths: Sequence[int], name: str, value: str
) -> Iterator[Meant]:
    """Yield the loops that a segment may be the first of: the segment that opens them is missing.

    Of a line or level it is not a segment from further on: that hardly shows that all before it is missing.
    """
    for depth in depths:
        for loop in frames[depth].ahead():
            child = kinds.find(Frame(loop, 0), name, value, passed=True)
            if child is None or frames[depth].is_full(loop):
                continue
            if (
                loop.children[0].id not in _SKELETON
                or isinstance(child, Loop)
                or _follows_opener(kinds, loop, name, value)
            ):
                yield Meant("headless", depth, loop)


def namesake(frame: Frame, name: str, *, ahead: bool) -> Segment | Loop | None:
    """Return the child that a segment of wrong qualifier was meant to be; one still required comes first.

    `ahead`: only one that may still come.
    """
    found = None
    for child in named_in(frame.loop).get(name, ()):
        if frame.lacks(child):
            return child
        if not ahead or (child.position >= frame.position and not frame.is_full(child)):
            found = found or child
    return found


def _skipped(
    kinds: Kinds, frames: tuple[Frame, ...], depths: Sequence[int], name: str, value: str
) -> Meant | None:
    """Take a segment for one that is known to be missing."""
    for depth in depths:
        for child in frames[depth].skipped:
            if kinds.is_of(child, name, value):
                return Meant("late", depth, child)
    return None


def _skeleton(kinds: Kinds, frames: tuple[Frame, ...], name: str, value: str) -> Meant | None:
    """Take a segment for what follows a line's or level's opener, if nothing that is left lacks anything."""
    for depth in range(len(frames) - 1, -1, -1):
        if any(next(frame.missing(), None) is not None for frame in frames[depth + 1 :]):
            return None  # it is rather what that lacks, too late
        for loop in frames[depth].ahead():
            if loop.children[0].id in _SKELETON and _follows_opener(kinds, loop, name, value):
                return Meant("headless", depth, loop)
    return None


def _late(
    kinds: Kinds, frames: tuple[Frame, ...], depths: Sequence[int], name: str, value: str
) -> Meant | None:
    """Take a segment for one that should have come before."""
    for depth in depths:
        child = kinds.find(frames[depth], name, value, passed=True)
        if child is not None and not (name == ADDRESS and frames[depth].addressed):
            return Meant("late", depth, child)
    return None


def _misnamed(
    kinds: Kinds, frames: tuple[Frame, ...], depths: Sequence[int], name: str, *, ahead: bool, near: bool
) -> Meant | None:
    """Take a segment for one whose qualifier is wrong; `ahead`: for one that could still come.

    Not `near`, only for one that opens a loop: others are not of another claim or level.
    """
    for depth in depths if name in kinds.where else ():
        meant = namesake(frames[depth], name, ahead=ahead)
        if meant is not None and (near or isinstance(meant, Loop)):
            return Meant("misnamed", depth, meant)
    return None


def _lacks_no_more(kinds: Kinds, frames: tuple[Frame, ...], meant: Meant, name: str, value: str) -> bool:
    """Return whether nothing but the opener is missing, where a segment is taken for one without it."""
    assert isinstance(meant.child, Loop)
    child = kinds.find(Frame(meant.child, 0), name, value, passed=True)
    assert child is not None
    missing = [
        *(lacking for frame in frames[meant.depth + 1 :] for lacking in frame.missing()),
        *frames[meant.depth].missing(meant.child.position),
        *Frame(meant.child, 0).missing(child.position),
    ]
    return not missing


def _follows_opener(kinds: Kinds, loop: Loop, name: str, value: str) -> bool:
    """Return whether a segment may stand right behind the opener of a loop."""
    found = kinds.find(Frame(loop, 0), name, value, passed=True)
    required = next((child.position for child in loop.children[1:] if child.usage == "R"), 0)
    return found is not None and found.position <= required
