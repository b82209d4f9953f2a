"""The open loops of a file: how far each has come, which segment may come next, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from scrubber.guides.model import LOOPS_KEPT, Composite, Loop, Segment, named_in, required_in
from scrubber.guides.qualify import codes_of

#: Loops that may repeat more often are counted by the checker: their count is not part of a state.
MOST_COUNTED = 30
#: Of so many segments that come in any order, if they come, a state says which have come.
_FEW = 2
#: Loops whose violations are about every claim below them, and the one of a claim itself.
LEVELS = ("ISA", "GS", "ST", "2000A", "2000B", "2000C")
CLAIM = "2300"
ADDRESS = "N3"


@dataclass(frozen=True, slots=True)
class Frame:
    """An open loop: the position it has come to, and how often each of its children occurred there.

    What may come once, or not at all, beside many others (`once_in`) is not counted: all choices of them
    would be states of their own. A count of 0: it need not come any more, because it came too early, or a
    segment of wrong qualifier was taken for it. `skipped` are the required children that were said to be
    missing; so is its own opener. `addressed`: its N3 was seen, so that a second one is of a loop whose
    opener is missing.
    """

    loop: Loop
    position: int
    counts: tuple[tuple[Segment | Loop, int], ...] = ()
    addressed: bool = False
    skipped: tuple[Segment | Loop, ...] = ()

    @property
    def is_headless(self) -> bool:
        """True when the segment that opens the loop is missing."""
        return self.loop.children[0] in self.skipped

    def count(self, child: Segment | Loop) -> int:
        """Return how often a child was seen at the position the loop has come to."""
        return next((n for c, n in self.counts if c is child), 0)

    def is_guess(self, child: Segment | Loop) -> bool:
        """Return whether something was only taken for a child, or is one that came too early."""
        return any(known is child and not count for known, count in self.counts)

    def is_full(self, child: Segment | Loop) -> bool:
        """Return whether a child was seen as often as it may be."""
        return is_counted(child) and self.count(child) >= child.most

    def lacks(self, child: Segment | Loop) -> bool:
        """Return whether a child is required, may still come, did not, and was not said to be missing."""
        return (
            child.usage == "R"
            and child.position >= self.position
            and all(known is not child for known, _ in self.counts)
            and child not in self.skipped
        )

    def after(self, child: Segment | Loop, *, guessed: bool = False) -> Frame:
        """Return the frame after one more of a child, or with `guessed` after what was taken for it."""
        seen = {known: count for known, count in self.counts if known.position >= child.position}
        if guessed:
            seen.setdefault(child, 0)
        else:
            seen[child] = min(seen.get(child, 0), child.most) + 1 if is_counted(child) else 1
        skipped = (*self._but(child), *self.missing(child.position))
        return self._at(child, seen, skipped)

    def lacking(self, child: Segment | Loop) -> Frame:
        """Return the frame when it was said that a child is missing."""
        return replace(self, skipped=(*self.skipped, child))

    def late(self, child: Segment | Loop, *, settled: bool) -> Frame:
        """Return the frame after a child that it is past; `settled`: a loop inside of it goes on."""
        return self.without(child) if settled else self._back_at(child)

    def _back_at(self, child: Segment | Loop) -> Frame:
        """Return the frame after a child that it was past: what stands behind that in the guide may follow.

        What was required from there on has come, or is known to be missing.
        """
        seen = {
            known: 0
            for known in self.loop.children
            if known.usage == "R"
            and child.position <= known.position < self.position
            and known not in self.skipped
        }
        return self._at(child, {**seen, **dict(self.counts), child: 1}, self._but(child))

    def without(self, child: Segment | Loop) -> Frame:
        """Return the frame after a child of `skipped` has come."""
        return replace(self, skipped=self._but(child))

    def _but(self, child: Segment | Loop) -> tuple[Segment | Loop, ...]:
        return tuple(known for known in self.skipped if known is not child)

    def _at(
        self, child: Segment | Loop, seen: dict[Segment | Loop, int], skipped: tuple[Segment | Loop, ...]
    ) -> Frame:
        # In the guide's order, so that it does not matter in which order they came.
        once = once_in(self.loop)
        marked = [c for c in sorted(seen, key=self.loop.children.index) if c not in once or not seen[c]]
        counts = tuple((c, seen[c]) for c in marked)
        return Frame(self.loop, child.position, counts, self.addressed or child.id == ADDRESS, skipped)

    def missing(self, until: int | None = None) -> Iterator[Segment | Loop]:
        """Yield the required children from here to a later position (None: the end) that were not seen."""
        for child in required_in(self.loop):
            if (until is None or child.position < until) and self.lacks(child):
                yield child

    def ahead(self) -> Iterator[Loop]:
        """Yield the loops that may still begin."""
        for child in self.loop.children[1:]:
            if isinstance(child, Loop) and child.position >= self.position:
                yield child


class Kinds:
    """What tells segments of one name apart: where it stands, and which of it a place accepts."""

    def __init__(self, top: Loop) -> None:
        #: Where a segment says which of its kind it is, by its id: (element, component or 0).
        self.where: dict[str, tuple[int, int]] = {}
        #: The elements without which a segment's place is not known.
        self.deciding: dict[str, int] = {}
        for _, segment in top.segments():
            if segment.qualifier is not None:
                self.where[segment.id] = segment.qualifier[:2]
                self.deciding[segment.id] = segment.qualifier[0]
            elif codes_of(segment) is not None:
                first = 1 if isinstance(segment.elements[0], Composite) else 0
                self.where.setdefault(segment.id, (1, first))

    def of(self, elements: Sequence[str], component_separator: str) -> str:
        """Return the value that tells a segment from its namesakes, "" when there is none."""
        at = self.where.get(elements[0])
        if at is None or len(elements) <= at[0]:
            return ""
        value = elements[at[0]]
        return value.split(component_separator, at[1])[at[1] - 1] if at[1] and value else value

    def lists(self, segment: Segment, value: str) -> bool:
        """Return whether the guide lists a value for a segment, if it lists any."""
        element = self.where.get(segment.id, (1, 0))[0]
        codes = codes_of(segment, element)
        if codes is None or value in codes:
            return True
        return not value and segment.elements[element - 1].usage != "R"

    def find(self, frame: Frame, name: str, value: str, *, passed: bool = False) -> Segment | Loop | None:
        """Return the child of an open loop that a segment is, or opens.

        With `passed` also one that the loop is past. Without it, a loop that alone begins with segments of
        this name does so with any value.
        """
        for child in named_in(frame.loop).get(name, ()):
            if child.position < frame.position and not passed:
                continue
            if self.is_of(child, name, value, exactly=passed or isinstance(child, Segment)):
                return child
        return None

    def is_of(self, child: Segment | Loop, name: str, value: str, *, exactly: bool = True) -> bool:
        """Return whether a segment is a child of a loop, or opens it; `exactly`: its value is listed."""
        segment = child if isinstance(child, Segment) else child.opener
        if segment is None or segment.id != name:
            return False
        if segment.qualifier is not None and value not in segment.qualifier[2]:
            return False
        return not exactly or self.lists(segment, value)


@lru_cache(maxsize=LOOPS_KEPT)
def once_in(loop: Loop) -> frozenset[Segment | Loop]:
    """Return the children of a loop that may come once, or not at all, in any order with many others."""
    may = [c for c in loop.children[1:] if c.usage == "S" and c.most == 1 and not _is_level(c)]
    beside = Counter(c.position for c in may)
    return frozenset(c for c in may if beside[c.position] > _FEW)


def _is_level(child: Segment | Loop) -> bool:
    return isinstance(child, Loop) and (child.id in LEVELS or child.id == CLAIM)


def is_counted(child: Segment | Loop) -> bool:
    """Return whether a child has a limit that the automaton watches."""
    return 0 < child.most <= MOST_COUNTED or (isinstance(child, Segment) and child.most > 0)


def scope_of(frames: tuple[Frame, ...]) -> str:
    """Return whose fault it is: the claim's, or that of the innermost level."""
    for frame in reversed(frames):
        if frame.loop.id == CLAIM or frame.loop.id in LEVELS:
            return frame.loop.id
    return LEVELS[0]
