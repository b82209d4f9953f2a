"""The guide as an automaton: which place of a guide a segment takes, from where the one before stood.

States and moves are made when a file first asks for them and kept, so that walking a usual file is one
look-up a segment. A state knows the open loops and, in each, how far it has come and what it has seen there.

What cannot be placed is placed where it was most likely meant, so that one fault gives one violation. If the
segment behind it shows that it was rather the first of a loop whose opener is missing, it is placed there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scrubber.guides.faults import Fault
from scrubber.guides.frames import Frame, Kinds, is_counted, once_in, scope_of
from scrubber.guides.model import Guide, Loop, Segment
from scrubber.guides.recover import Meant, alone, find, headless
from scrubber.guides.violations import Kind

#: Whether these are there, and right, is a question about the whole file: it is asked where a file is cut.
CLOSERS = frozenset({"SE", "GE", "IEA"})
_MOST_MOVES = 1 << 15


@dataclass(slots=True, eq=False)
class Move:
    """Where a segment leads. `segment` is its place in the guide; None: it has none.

    `opens` is the loop it begins; `headless` one that it stands in although its opener is missing. `scope` is
    what a fault of the segment itself is a fault of. `once`: it must not have come before since that loop
    began, and the state does not say whether it has. `unlisted`: its qualifier is at fault, and the check of
    its elements says so. `mends` is what was said to be missing, and has come. `rather` is the move of the
    segment before, if this one shows that it was wrong.
    """

    state: State
    segment: Segment | None
    loop: Loop
    scope: str
    opens: Loop | None = None
    headless: Loop | None = None
    faults: tuple[Fault, ...] = ()
    once: Loop | None = None
    unlisted: bool = False
    mends: Fault | None = None
    rather: Move | None = None

    @property
    def cost(self) -> int:
        """How many faults there are more, by where the segment is placed."""
        return len(self.faults) + self.unlisted - (self.mends is not None)


@dataclass(frozen=True, slots=True)
class Stray:
    """A segment that was placed where it was most likely meant, with so many faults.

    `frames` are the loops that were open before it, `depth` is that of the one it was placed in.
    """

    frames: tuple[Frame, ...]
    depth: int
    name: str
    value: str
    cost: int


#: What readers keep, by keys of theirs.
Kept = dict[Hashable, Any]

#: What takes note of a loop that begins: (checker, move, elements, position of the segment)
TakeNote = Callable[[Any, Move, list[str], int], None]


@dataclass(slots=True, eq=False)
class Usual:
    """A move that needs nothing but a check of its segment's elements.

    `element` tells the segment from its namesakes (0: none does). `opened`: how a checker takes note of the
    loop that it begins, if it must. `kept` is what a reader keeps about all segments that are checked alike.
    """

    move: Move
    element: int
    opened: TakeNote | None
    kept: Kept


@dataclass(slots=True, eq=False)
class State:
    """The open loops, outermost first.

    `lost`: segments that have no place are passed over in silence until one has; `unknown`: so is everything
    until a loop begins. `stray`: the segment before, if it may have been meant to be something else. `kept`
    is what a reader keeps about this state.
    """

    frames: tuple[Frame, ...]
    lost: bool = False
    unknown: bool = False
    stray: Stray | None = None
    moves: dict[tuple[str, str], Move] = field(default_factory=dict, repr=False)
    kept: Kept = field(default_factory=dict, repr=False)


#: Before any guide is known.
NOWHERE = State(())


class Walk:
    """The automaton of one guide. `start` is where a file begins, before ISA."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._states: dict[tuple[object, ...], State] = {}
        self._moves = 0
        self._kinds = Kinds(guide.top)
        #: Those without which a segment's place is not known.
        self.deciding = self._kinds.deciding
        self._known = {segment.id for _, segment in guide.top.segments()}
        self._openers = {loop.opener.id for loop, _ in guide.top.segments() if loop.opener is not None}
        self.start = State(())

    def state(
        self,
        frames: tuple[Frame, ...],
        *,
        lost: bool = False,
        unknown: bool = False,
        stray: Stray | None = None,
    ) -> State:
        """Return the one state of these frames."""
        key = (frames, lost, unknown, stray)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(frames, lost, unknown, stray)
        return found

    def before(self, envelope: str) -> State:
        """Return the state in which an ISA, GS or ST usually comes."""
        frames: tuple[Frame, ...] = ()
        loop: Loop | None = self.guide.top
        while loop is not None and loop.id != envelope:
            outer = (*frames[:-1], frames[-1].after(loop)) if frames else ()
            frames = (*outer, Frame(loop, 0))
            loop = next((x for x in loop.children if isinstance(x, Loop)), None)
        return self.state(frames) if frames else self.start

    def forget(self) -> None:
        """Drop what was learnt, when a hostile file made too much of it."""
        self._states.clear()
        self._moves = 0
        self.start = State(())

    @property
    def is_full(self) -> bool:
        """True when states should be forgotten."""
        return self._moves > _MOST_MOVES

    def qualifier_of(self, elements: list[str], component_separator: str) -> str:
        """Return the value that tells a segment from its namesakes, "" when there is none."""
        return self._kinds.of(elements, component_separator)

    def move(self, state: State, name: str, qualifier: str) -> Move:
        """Return the move of a segment."""
        found = state.moves.get((name, qualifier))
        if found is None:
            self._moves += 1
            found = state.moves[name, qualifier] = self._make(state, name, qualifier)
        return found

    # --- making moves -----------------------------------------------------------------------------

    def _make(self, state: State, name: str, qualifier: str) -> Move:
        """Make the move of a segment, with what it shows of the one before."""
        move = self._place(state, name, qualifier)
        rather = self._rather(state, move.cost, lambda other: self.move(other, name, qualifier).cost)
        return move if rather is None else replace(self.move(rather.state, name, qualifier), rather=rather)

    def _place(self, state: State, name: str, qualifier: str) -> Move:
        frames = state.frames
        top = self.guide.top
        if not frames or name == top.id:
            return Move(self.state((Frame(top, 0),)), top.opener, top, top.id, opens=top)
        for depth in range(len(frames) - 1, -1, -1):
            child = self._kinds.find(frames[depth], name, qualifier)
            if child is not None and not (state.unknown and isinstance(child, Segment)):
                return self._too_late(frames, depth, child) or self._take(frames, depth, child)
        if not (state.lost or state.unknown):
            return self._recover(state, name, qualifier)
        meant = None if state.unknown else alone(frames, name)
        return self._nowhere(state, ()) if meant is None else self._misnamed(meant, frames, name)

    def _take(
        self,
        frames: tuple[Frame, ...],
        depth: int,
        child: Segment | Loop,
        *extra: Fault,
        guessed: bool = False,
    ) -> Move:
        """Move to a child of an open loop, leaving the loops inside of it.

        `guessed`: its qualifier is wrong; the child is what it was most likely meant to be.
        """
        frame = frames[depth]
        repeats = frame.is_full(child) and not guessed
        is_open = any(inside.loop is child for inside in frames[depth + 1 :])
        # What was only taken for the loop that begins now was something else, and lacks nothing.
        faults = [] if is_open and frame.is_guess(child) else [*self._left(frames, depth)]
        faults += self._missing(frames, depth, frame.missing(child.position))
        outer = (*frames[:depth], frame.after(child, guessed=guessed))
        state = self.state(outer if isinstance(child, Segment) else (*outer, Frame(child, 0)))
        scope = scope_of(state.frames)
        loop, segment = (frame.loop, child) if isinstance(child, Segment) else (child, child.opener)
        if repeats:
            kind = Kind.SEGMENT_REPEATS if isinstance(child, Segment) else Kind.LOOP_REPEATS
            faults.append(Fault(kind, scope, loop, segment))
        if child.usage == "N":
            faults.append(Fault(Kind.UNUSED_SEGMENT, scope, loop, segment))
        opens = child if isinstance(child, Loop) else None
        mends = _known(frames, depth, child)
        move = Move(state, segment, loop, scope, opens=opens, faults=(*faults, *extra), mends=mends)
        if child in once_in(frame.loop) and not guessed:
            move.once = frame.loop
        return move

    def end(self, state: State, *outermost: str) -> tuple[Move | None, tuple[Fault, ...]]:
        """Return what is missing when all loops from one on (the first of some ids that is open) are left.

        And first, what this shows the segment before to have been meant to be, as `Move.rather`.
        """
        faults = self._lacking(state, outermost)
        rather = self._rather(state, len(faults), lambda other: len(self._lacking(other, outermost)))
        return rather, faults if rather is None else self._lacking(rather.state, outermost)

    def _lacking(self, state: State, outermost: tuple[str, ...]) -> tuple[Fault, ...]:
        for loop_id in outermost:
            for depth, frame in enumerate(state.frames):
                if frame.loop.id == loop_id:
                    return tuple(self._left(state.frames, depth - 1))
        return ()

    def _left(self, frames: tuple[Frame, ...], depth: int) -> Iterator[Fault]:
        """Yield what is missing in the loops that are left, those inside of `depth`."""
        for inner in range(len(frames) - 1, depth, -1):
            yield from self._missing(frames, inner, frames[inner].missing())

    def _missing(
        self, frames: tuple[Frame, ...], depth: int, children: Iterator[Segment | Loop]
    ) -> Iterator[Fault]:
        scope = scope_of(frames[: depth + 1])
        for child in children:
            if child.id not in CLOSERS:
                yield Fault(Kind.MISSING_SEGMENT, scope, frames[depth].loop, child)

    # --- segments without a place -----------------------------------------------------------------

    def _recover(self, state: State, name: str, qualifier: str) -> Move:
        """Place a segment that has no place where it was most likely meant; say what is wrong with it."""
        frames = state.frames
        if name not in self._known:
            fault = Fault(Kind.UNKNOWN_SEGMENT, scope_of(frames), frames[-1].loop, None)
            return self._nowhere(state, (fault,))
        meant = find(self._kinds, frames, name, qualifier)
        if meant is None:
            fault = Fault(Kind.UNEXPECTED_SEGMENT, scope_of(frames), frames[-1].loop, None)
            return self._nowhere(state, (fault,), loop=name in self._openers)
        if meant.how == "headless":
            return self._headless(frames, meant, name, qualifier)
        if meant.how == "misnamed":
            move = self._misnamed(meant, frames, name)
        else:
            move = self._late(frames, meant.depth, meant.child)
        if move.opens is None and move.mends is None and not move.state.lost:
            stray = Stray(frames, meant.depth, name, qualifier, move.cost)
            move.state = self.state(move.state.frames, stray=stray)
        return move

    def _rather(self, state: State, cost: int, cost_after: Callable[[State], int]) -> Move | None:
        """Return what the segment before was rather meant to be, if that leaves fewer faults; else None.

        That is the first of a loop without its opener, which begins where the one it was placed in ends, or
        inside of that. `cost` is how many faults follow where it was placed.
        """
        stray, found = state.stray, None
        if stray is None or cost <= 0:
            return None
        least = stray.cost + cost
        depths = range(len(stray.frames) - 1, max(stray.depth - 2, -1), -1)
        for meant in headless(self._kinds, stray.frames, depths, stray.name, stray.value):
            move = self._headless(stray.frames, meant, stray.name, stray.value)
            total = move.cost + cost_after(move.state)
            if total < least:
                found, least = move, total
        return found

    def _nowhere(self, state: State, faults: tuple[Fault, ...], *, loop: bool = False) -> Move:
        """Stay. With `loop`, what follows belongs to a loop that is not known, until one begins that is."""
        after = self.state(state.frames, lost=True, unknown=state.unknown or loop)
        return Move(after, None, state.frames[-1].loop, scope_of(state.frames), faults=faults)

    def _too_late(self, frames: tuple[Frame, ...], depth: int, child: Segment | Loop) -> Move | None:
        """Return the move of the opener of a loop that was said to be missing; None if it opens another."""
        frame = frames[depth]
        inside = frames[depth + 1] if depth + 1 < len(frames) else None
        if inside is not None and inside.loop is child and inside.is_headless and is_counted(child):
            if frame.is_full(child) or child in once_in(frame.loop) or any(self._left(frames, depth)):
                return self._late(frames, depth + 1, inside.loop.children[0])
        elif child in frame.skipped and frame.is_full(child):
            return self._late(frames, depth, child)
        return None

    def _late(self, frames: tuple[Frame, ...], depth: int, child: Segment | Loop) -> Move:
        """A segment that should have come before. The loops that are open stay open, unless it opens one."""
        frame, *inner = frames[depth:]
        outer = (*frames[:depth], frame.late(child, settled=any(not f.is_headless for f in inner)))
        if child is frame.loop.children[0]:
            outer = (*frames[: depth - 1], frames[depth - 1].without(frame.loop), outer[-1])
        scope, mends = scope_of(outer), _known(frames, depth, child)
        if isinstance(child, Segment):
            fault = Fault(Kind.OUT_OF_SEQUENCE, scope, frame.loop, child)
            move = Move(self.state((*outer, *inner)), child, frame.loop, scope, faults=(fault,), mends=mends)
            move.once = frame.loop if child in once_in(frame.loop) else None
            return move
        state = self.state((*outer, Frame(child, 0)))
        scope = scope_of(state.frames)
        fault = Fault(Kind.OUT_OF_SEQUENCE, scope, child, child.opener)
        faults = (*self._left(frames, depth), fault)
        move = Move(state, child.opener, child, scope, opens=child, faults=faults, mends=mends)
        move.once = frame.loop if child in once_in(frame.loop) else None
        return move

    def _misnamed(self, meant: Meant, frames: tuple[Frame, ...], name: str) -> Move:
        """A segment whose qualifier no place accepts: it is the next one that is required, if that fits."""
        depth, child = meant.depth, meant.child
        frame = frames[depth]
        element, component = self._kinds.where[name]
        loop, segment = (frame.loop, child) if isinstance(child, Segment) else (child, child.opener)
        is_alone = isinstance(child, Segment) and child.qualifier is None
        scope = scope_of((*frames[: depth + 1], Frame(loop, 0)))
        fault = Fault(Kind.INVALID_CODE, scope, loop, segment, element, component or None)
        faults = () if is_alone else (fault,)  # what is alone is checked as what it is
        if frame.lacks(child):
            move = self._take(frames, depth, child, *faults, guessed=True)
        elif is_alone:
            move = Move(self.state(frames), segment, loop, scope)
        else:
            opens = isinstance(child, Loop)
            after = self.state(frames, lost=opens, unknown=opens)
            move = Move(after, None, loop, scope, faults=faults)
        move.unlisted = is_alone
        return move

    def _headless(self, frames: tuple[Frame, ...], meant: Meant, name: str, qualifier: str) -> Move:
        """A segment inside a loop whose opener is missing."""
        loop = meant.child
        assert isinstance(loop, Loop)
        opened = self._take(frames, meant.depth, loop)
        fault = Fault(Kind.MISSING_SEGMENT, opened.scope, frames[meant.depth].loop, loop)
        *outer, frame, inner = opened.state.frames
        if loop.most == 1:  # else another one may begin, which is not this one too late
            frame = frame.lacking(loop)
        inside = (*outer, frame, inner.lacking(loop.children[0]))
        child = self._kinds.find(inside[-1], name, qualifier)
        assert child is not None
        move = self._take(inside, len(inside) - 1, child)
        move.headless = loop
        move.faults = (*opened.faults, fault, *move.faults)
        return move


def _known(frames: tuple[Frame, ...], depth: int, child: Segment | Loop) -> Fault | None:
    """Return the fault by which a child of an open loop was said to be missing, if it was."""
    loop = frames[depth].loop
    if child not in frames[depth].skipped:
        return None
    # Of an opener it was said that its loop is missing.
    missing = loop if child is loop.children[0] else child
    return Fault(Kind.MISSING_SEGMENT, scope_of(frames[: depth + 1]), loop, missing)
