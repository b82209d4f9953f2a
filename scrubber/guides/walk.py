"""The guide as an automaton: which place of a guide a segment takes, from where the one before stood.

States and moves are made when a file first asks for them and kept, so that walking a usual file is one
look-up a segment. A state knows the open loops and, in each, how far it has come and what it has seen there.

What cannot be placed is placed where it was most likely meant, so that one fault gives one violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scrubber.guides.model import Composite, Guide, Loop, Segment
from scrubber.guides.qualify import codes_of
from scrubber.guides.violations import Kind

#: Loops that may repeat more often are counted by the checker: their count is not part of a state.
MOST_COUNTED = 30
#: Loops whose violations are about every claim below them, and the one of a claim itself.
LEVELS = ("ISA", "GS", "ST", "2000A", "2000B", "2000C")
CLAIM = "2300"
#: Whether these are there, and right, is a question about the whole file: it is asked where a file is cut.
CLOSERS = frozenset({"SE", "GE", "IEA"})
_BORDERS = frozenset({*LEVELS, CLAIM})
#: Segments whose absence shows at what stands behind them (behind CLM, it is too much that may stand there).
_SKELETON = frozenset({"HL", "LX"})
_ADDRESS = "N3"
_MOST_MOVES = 1 << 15


@dataclass(frozen=True, slots=True)
class Frame:
    """An open loop: the position it has come to, and how often each of its children occurred there.

    `addressed`: its N3 was seen, so that a second one is of a loop whose opener is missing.
    """

    loop: Loop
    position: int
    counts: tuple[tuple[Segment | Loop, int], ...] = ()
    addressed: bool = False

    def count(self, child: Segment | Loop) -> int:
        """Return how often a child was seen at the position the loop has come to."""
        return next((n for c, n in self.counts if c is child), 0)

    def after(self, child: Segment | Loop) -> Frame:
        """Return the frame after one more of a child."""
        seen = dict(self.counts) if child.position == self.position else {}
        seen[child] = min(seen.get(child, 0), child.most) + 1 if _is_counted(child) else 1
        # In the guide's order, so that it does not matter in which order they came.
        counts = tuple((c, seen[c]) for c in self.loop.children if c in seen)
        return Frame(self.loop, child.position, counts, self.addressed or child.id == _ADDRESS)

    def missing(self, until: int | None = None) -> Iterator[Segment | Loop]:
        """Yield the required children from here to a later position (None: the end) that were not seen."""
        for child in self.loop.children[1:]:
            if (
                child.usage == "R"
                and child.position >= self.position
                and (until is None or child.position < until)
                and not self.count(child)
            ):
                yield child


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a move. `scope` is the loop of LEVELS, or the claim, that it is a fault of.

    `element` and `component` are those of the qualifier at fault, if that is what it is.
    """

    kind: Kind
    scope: str
    loop: Loop
    child: Segment | Loop | None
    element: int | None = None
    component: int | None = None


@dataclass(slots=True, eq=False)
class Move:
    """Where a segment leads. `segment` is its place in the guide; None: it has none.

    `opens` is the loop it begins; `headless` one that it stands in although its opener is missing. `scope` is
    what a fault of the segment itself is a fault of.
    """

    state: State
    segment: Segment | None
    loop: Loop
    scope: str
    opens: Loop | None = None
    headless: Loop | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True, eq=False)
class Usual:
    """A move that needs nothing but a check of its segment's elements: (elements, text) → certainly right.

    `watched`: it begins a level or a claim, which the checker must know.
    """

    move: Move
    state: State
    holds: Callable[[list[str], str], bool]
    watched: bool


class Choice(dict[str, Usual | None]):
    """Usual moves by the value that tells segments of one name apart; None for other values.

    It stands in element `element`, or in its first component; the segment id itself is element 0.
    """

    __slots__ = ("_component", "element")

    def __init__(self, element: int, component: str) -> None:
        super().__init__()
        self.element, self._component = element, component

    def __missing__(self, value: str) -> Usual | None:
        return self.get(value.split(self._component, 1)[0])


@dataclass(slots=True, eq=False)
class State:
    """The open loops, outermost first.

    `lost`: segments that have no place are passed over in silence until one has; `unknown`: so is everything
    until a loop begins. `usual` are the moves that can be made quickly, by segment id.
    """

    frames: tuple[Frame, ...]
    lost: bool = False
    unknown: bool = False
    moves: dict[tuple[str, str], Move] = field(default_factory=dict, repr=False)
    usual: dict[str, Choice] = field(default_factory=dict, repr=False)


#: Before any guide is known.
NOWHERE = State(())


class Walk:
    """The automaton of one guide. `start` is where a file begins, before ISA."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._states: dict[tuple[object, ...], State] = {}
        self._moves = 0
        self.qualifiers = _qualifiers(guide.top)
        #: Those without which a segment's place is not known.
        self.deciding = {s.id: s.qualifier[0] for _, s in guide.top.segments() if s.qualifier is not None}
        self._known = {segment.id for _, segment in guide.top.segments()}
        self._openers = {loop.opener.id for loop, _ in guide.top.segments() if loop.opener is not None}
        self.start = State(())

    def state(self, frames: tuple[Frame, ...], *, lost: bool = False, unknown: bool = False) -> State:
        """Return the one state of these frames."""
        key = (frames, lost, unknown)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(frames, lost, unknown)
        return found

    def before(self, envelope: str) -> State:
        """Return the state in which an ISA, GS or ST usually comes."""
        state = self.start
        for name in ("ISA", "GS"):
            if name == envelope:
                break
            state = self.move(state, name, "").state
        return state

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
        at = self.qualifiers.get(elements[0])
        if at is None or len(elements) <= at[0]:
            return ""
        value = elements[at[0]]
        return value.split(component_separator, at[1])[at[1] - 1] if at[1] and value else value

    def move(self, state: State, name: str, qualifier: str) -> Move:
        """Return the move of a segment."""
        found = state.moves.get((name, qualifier))
        if found is None:
            self._moves += 1
            found = state.moves[name, qualifier] = self._make(state, name, qualifier)
        return found

    # --- making moves -----------------------------------------------------------------------------

    def _make(self, state: State, name: str, qualifier: str) -> Move:
        frames = state.frames
        top = self.guide.top
        if not frames or name == top.id:
            return Move(self.state((Frame(top, 0),)), top.opener, top, top.id, opens=top)
        for depth in range(len(frames) - 1, -1, -1):
            child = _match(frames[depth], name, qualifier)
            if child is not None and not (state.unknown and isinstance(child, Segment)):
                return self._take(frames, depth, child)
        if state.lost or state.unknown:
            return self._nowhere(state, ())
        return self._recover(state, name, qualifier)

    def _take(self, frames: tuple[Frame, ...], depth: int, child: Segment | Loop, *extra: Fault) -> Move:
        """Move to a child of an open loop, leaving the loops inside of it."""
        faults = [*self._left(frames, depth)]
        frame = frames[depth]
        faults += self._missing(frames, depth, frame.missing(child.position))
        after = frame.after(child)
        counted = _is_counted(child)
        scope = _scope(frames[: depth + 1])
        if isinstance(child, Segment):
            if counted and after.count(child) > child.most:
                faults.append(Fault(Kind.SEGMENT_REPEATS, scope, frame.loop, child))
            if child.usage == "N":
                faults.append(Fault(Kind.UNUSED_SEGMENT, scope, frame.loop, child))
            state = self.state((*frames[:depth], after))
            return Move(state, child, frame.loop, scope, faults=(*faults, *extra))
        inner = (*frames[:depth], after, Frame(child, 0))
        scope = _scope(inner)
        if counted and after.count(child) > child.most:
            faults.append(Fault(Kind.LOOP_REPEATS, scope, child, child.opener))
        if child.usage == "N":
            faults.append(Fault(Kind.UNUSED_SEGMENT, scope, child, child.opener))
        return Move(self.state(inner), child.opener, child, scope, opens=child, faults=(*faults, *extra))

    def left(self, state: State, outermost: str) -> tuple[Fault, ...]:
        """Return what is missing when all loops from one on (an id) are left."""
        for depth, frame in enumerate(state.frames):
            if frame.loop.id == outermost:
                return tuple(self._left(state.frames, depth - 1))
        return ()

    def _left(self, frames: tuple[Frame, ...], depth: int) -> Iterator[Fault]:
        """Yield what is missing in the loops that are left, those inside of `depth`."""
        for inner in range(len(frames) - 1, depth, -1):
            yield from self._missing(frames, inner, frames[inner].missing())

    def _missing(
        self, frames: tuple[Frame, ...], depth: int, children: Iterator[Segment | Loop]
    ) -> Iterator[Fault]:
        scope = _scope(frames[: depth + 1])
        for child in children:
            if child.id not in CLOSERS:
                yield Fault(Kind.MISSING_SEGMENT, scope, frames[depth].loop, child)

    # --- segments without a place -----------------------------------------------------------------

    def _recover(self, state: State, name: str, qualifier: str) -> Move:
        """Place a segment that has no place where it was most likely meant; say what is wrong with it."""
        frames = state.frames
        innermost = len(frames) - 1
        scope = _scope(frames)
        if name not in self._known:
            fault = Fault(Kind.UNKNOWN_SEGMENT, scope, frames[-1].loop, None)
            return self._nowhere(state, (fault,))
        for depth in range(innermost, -1, -1):
            for child in _ahead(frames[depth]):
                whole = not any(self._left(frames, depth))  # else it is rather what that lacks, too late
                if (
                    whole
                    and child.children[0].id in _SKELETON
                    and self._follows_opener(child, name, qualifier)
                ):
                    return self._headless(frames, depth, child, name, qualifier)
        # First what is near: the loops of this claim or level, from the innermost outwards.
        border = next(i for i in range(innermost, -1, -1) if frames[i].loop.id in _BORDERS)
        for region in (range(innermost, border - 1, -1), range(border - 1, -1, -1)):
            found = (
                self._find_late(frames, region, name, qualifier)
                or self._find_misnamed(state, region, name, ahead=True)
                or self._find_headless(frames, region, name, qualifier)
                or self._find_misnamed(state, region, name)
            )
            if found is not None:
                return found
        fault = Fault(Kind.UNEXPECTED_SEGMENT, scope, frames[-1].loop, None)
        return self._nowhere(state, (fault,), loop=name in self._openers)

    def _find_late(self, frames: tuple[Frame, ...], depths: range, name: str, qualifier: str) -> Move | None:
        """Take a segment for one that should have come before."""
        for depth in depths:
            child = _match(frames[depth], name, qualifier, listed=self._lists)
            if child is not None and not (name == _ADDRESS and frames[depth].addressed):
                return self._late(frames, depth, child)
        return None

    def _find_misnamed(self, state: State, depths: range, name: str, *, ahead: bool = False) -> Move | None:
        """Take a segment for one whose qualifier is wrong; `ahead`: for one that could still come."""
        for depth in depths if name in self.qualifiers else ():
            meant = _namesake(state.frames[depth], name)
            if meant is not None and (not ahead or meant.position >= state.frames[depth].position):
                return self._misnamed(state, depth, meant, name)
        return None

    def _find_headless(
        self, frames: tuple[Frame, ...], depths: range, name: str, qualifier: str
    ) -> Move | None:
        """Take a segment for one of a loop that does not begin: the segment that opens it is missing."""
        for depth in depths:
            for child in _ahead(frames[depth]):
                full = _is_counted(child) and frames[depth].count(child) >= child.most
                if not full and _match(Frame(child, 0), name, qualifier, listed=self._lists) is not None:
                    return self._headless(frames, depth, child, name, qualifier)
        return None

    def _follows_opener(self, loop: Loop, name: str, qualifier: str) -> bool:
        """Return whether a segment may stand right behind the opener of a loop."""
        found = _match(Frame(loop, 0), name, qualifier, listed=self._lists)
        required = next((child.position for child in loop.children[1:] if child.usage == "R"), 0)
        return found is not None and found.position <= required

    def _lists(self, segment: Segment, qualifier: str) -> bool:
        """Return whether the guide lists a qualifier for a segment, if it lists any."""
        codes = codes_of(segment, self.qualifiers.get(segment.id, (1, 0))[0])
        return codes is None or qualifier in codes

    def _nowhere(self, state: State, faults: tuple[Fault, ...], *, loop: bool = False) -> Move:
        """Stay. With `loop`, what follows belongs to a loop that is not known, until one begins that is."""
        after = self.state(state.frames, lost=True, unknown=state.unknown or loop)
        return Move(after, None, state.frames[-1].loop, _scope(state.frames), faults=faults)

    def _late(self, frames: tuple[Frame, ...], depth: int, child: Segment | Loop) -> Move:
        """A segment that should have come before. The loops that are open stay open, unless it opens one."""
        frame, scope = frames[depth], _scope(frames[: depth + 1])
        if isinstance(child, Segment):
            fault = Fault(Kind.OUT_OF_SEQUENCE, scope, frame.loop, child)
            return Move(self.state(frames), child, frame.loop, scope, faults=(fault,))
        faults = tuple(self._left(frames, depth))
        inner = (*frames[: depth + 1], Frame(child, 0))
        fault = Fault(Kind.OUT_OF_SEQUENCE, _scope(inner), child, child.opener)
        return Move(
            self.state(inner), child.opener, child, _scope(inner), opens=child, faults=(*faults, fault)
        )

    def _misnamed(self, state: State, depth: int, meant: Segment | Loop, name: str) -> Move:
        """A segment whose qualifier no place accepts: it is the next one that is required, if that fits."""
        frames, frame = state.frames, state.frames[depth]
        element, component = self.qualifiers[name]
        segment = meant if isinstance(meant, Segment) else meant.opener
        inside = meant if isinstance(meant, Loop) else frame.loop
        scope = _scope((*frames[: depth + 1], Frame(inside, 0)))
        fault = Fault(Kind.INVALID_CODE, scope, inside, segment, element, component or None)
        if meant.usage == "R" and meant.position >= frame.position and not frame.count(meant):
            return self._take(frames, depth, meant, fault)
        loop = isinstance(meant, Loop)
        after = self.state(frames, lost=loop, unknown=state.unknown or loop)
        return Move(after, None, inside, scope, faults=(fault,))

    def _headless(self, frames: tuple[Frame, ...], depth: int, loop: Loop, name: str, qualifier: str) -> Move:
        """A segment inside a required loop whose opener is missing."""
        opened = self._take(frames, depth, loop)
        fault = Fault(Kind.MISSING_SEGMENT, _scope(opened.state.frames), frames[depth].loop, loop)
        inside = opened.state.frames
        child = _match(inside[-1], name, qualifier)
        assert child is not None
        move = self._take(inside, len(inside) - 1, child)
        move.headless = loop
        move.faults = (*opened.faults, fault, *move.faults)
        return move


def _is_counted(child: Segment | Loop) -> bool:
    """Return whether a child has a limit that the automaton watches."""
    return 0 < child.most <= MOST_COUNTED or (isinstance(child, Segment) and child.most > 0)


def _ahead(frame: Frame) -> Iterator[Loop]:
    """Yield the loops that may still begin in an open loop."""
    for child in frame.loop.children[1:]:
        if isinstance(child, Loop) and child.position >= frame.position:
            yield child


def _match(
    frame: Frame, name: str, qualifier: str, *, listed: Callable[[Segment, str], bool] | None = None
) -> Segment | Loop | None:
    """Return the child of an open loop that a segment is, or opens.

    With `listed`: also one the loop is past, but only if the guide lists the qualifier for it.
    """
    for child in frame.loop.children[1:]:
        if child.position < frame.position and listed is None:
            continue
        segment = child if isinstance(child, Segment) else child.opener
        if segment is None or segment.id != name:
            continue
        if listed is not None and not listed(segment, qualifier):
            continue
        if segment.qualifier is None or qualifier in segment.qualifier[2]:
            return child
    return None


def _namesake(frame: Frame, name: str) -> Segment | Loop | None:
    """Return the child that a segment of wrong qualifier was meant to be; one still required comes first."""
    found = None
    for child in frame.loop.children[1:]:
        segment = child if isinstance(child, Segment) else child.opener
        if segment is None or segment.id != name:
            continue
        if child.usage == "R" and child.position >= frame.position and not frame.count(child):
            return child
        found = found or child
    return found


def _scope(frames: tuple[Frame, ...]) -> str:
    """Return whose fault it is: the claim's, or that of the innermost level."""
    for frame in reversed(frames):
        if frame.loop.id == CLAIM or frame.loop.id in LEVELS:
            return frame.loop.id
    return LEVELS[0]


def _qualifiers(top: Loop) -> dict[str, tuple[int, int]]:
    """Return where each segment says which of its kind it is: (element, component or 0)."""
    out: dict[str, tuple[int, int]] = {}
    for _, segment in top.segments():
        if segment.qualifier is not None:
            out[segment.id] = segment.qualifier[:2]
        elif codes_of(segment) is not None:
            out.setdefault(segment.id, (1, 1 if isinstance(segment.elements[0], Composite) else 0))
    return out
