"""The check of a file against its guide while it is read: one step a segment, violations by whose they are.

A violation belongs to a claim, to a hierarchical level (then to every claim under it), or to the envelope and
header above all levels. What is usual is looked up; only what was not seen before is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from scrubber.guides.elements import Marks, check
from scrubber.guides.fast import Oddity
from scrubber.guides.faults import Fault, is_same, misnumbered, missing, repeats, wrong
from scrubber.guides.frames import CLAIM, LEVELS, once_in
from scrubber.guides.lines import is_right, next_to, with_wrong_lines
from scrubber.guides.model import LOOPS_KEPT, Loop, Segment
from scrubber.guides.violations import Kind, Violation
from scrubber.guides.walk import Kept, Move, State, TakeNote, Usual, Walk

_DEPTHS = {level: depth for depth, level in enumerate(LEVELS)}
_FIRST_LEVEL = _DEPTHS["2000A"]
_HIERARCHY = {level: depth for depth, level in enumerate(LEVELS[_FIRST_LEVEL:])}
_LINE = "2400"
#: Segments that say which guide follows, and what stands before them.
ENVELOPE = frozenset({"ISA", "GS", "ST"})
_MOST_SOUND = 64
_HL_ELEMENTS = 5  # with the segment id


class Before(NamedTuple):
    """What a piece of a file does not show: what stood before it in its transaction.

    `levels` is how many hierarchical levels there were, `number` the HL01 of the last one, `claims` how many
    claims the level had that the piece goes on with.
    """

    levels: int = 0
    number: str = ""
    claims: int = 0


@dataclass(slots=True)
class Track:
    """What one process has learnt of a guide, for one set of separators."""

    walk: Walk
    marks: Marks
    #: By place in the guide, and by what is asked there: many places ask for the same.
    at: dict[Segment, Kept] = field(default_factory=dict)
    alike: dict[tuple[object, ...], Kept] = field(default_factory=dict)
    #: Of ISA, which is never proven quickly and stands above every chunk of a file: those that are right.
    sound: set[str] = field(default_factory=set)
    #: The loop of service lines; not every guide has one.
    line: Loop | None = field(init=False)

    def __post_init__(self) -> None:
        self.line = next((x for x, _ in self.walk.guide.top.segments() if x.id == _LINE), None)

    def usual(self, move: Move) -> Usual:
        """Return what is known of a move whose segment was right."""
        segment = move.segment
        assert segment is not None
        kept = self.at.get(segment)
        if kept is None:
            asked = (segment.id, segment.elements, segment.relations)
            kept = self.at[segment] = self.alike.setdefault(asked, {})
        opened = _opened(move.opens) if move.opens is not None else None
        return Usual(move, self.walk.deciding.get(segment.id, 0), opened, kept)


def guides_named(transaction: Sequence[str], group: str) -> tuple[str, str]:
    """Return the guides that may be meant: the one that ST03 names, which counts, and the one of GS08."""
    return (transaction[3] if len(transaction) > 3 else "").strip(), group.strip()


class Checker:
    """The state of one check.

    `find` returns what is known of a guide, by its id; None for an unknown one.

    After a step, `usual` is what is known of its segment, if that was right. After a claim has ended,
    `finished` holds its violations and those of the levels it stands under. `header` are those above all
    levels; `unclaimed` those of levels that no claim stands under.
    """

    def __init__(self, find: Callable[[str], Track | None], marks: Marks, end: str) -> None:
        self._find = find
        self._component = marks.component
        self._oddity = Oddity(marks, end)
        self._track: Track | None = None
        self._guide = ""
        self._held: list[tuple[str, list[str], int]] = []
        self.usual: Usual | None = None
        self.finished: tuple[Violation, ...] = ()
        self.header: list[Violation] = []
        self.unclaimed: list[Violation] = []
        self._levels: list[list[Violation]] = [[], [], []]
        self._claimed = [True] * len(_HIERARCHY)
        self._claim: list[Violation] = []
        self._has_claim = False
        self._noted = False  # whether anything in a claim or level was ever wrong
        self._odd, self._above = True, False
        self._first = self._behind = 1
        self._level_count, self._level_number = 0, ""
        self._parents = ["", "", ""]
        self._last: tuple[int, str, int, Segment] | None = None  # depth, HL04, position, place
        self._claims = 0
        #: Where segments that may come once came last, and where the loops that have such began.
        self._came: dict[Segment, int] = {}
        self._began: dict[Loop, int] = {}
        self._forgiven = False  # a level is known to be missing: the next number may be one too high
        #: The last segment that was placed where it was most likely meant: text, elements, position.
        self._stray: tuple[str, list[str], int] = "", [], 0

    def begin(
        self, before: Before, text: str, first: int, behind: int, *, above: bool, usual: bool = False
    ) -> None:
        """Begin a piece: what stood before it, all of it, its first segment's position.

        `behind` is the position that follows the piece before; between the two are segments of other pieces.
        `above`: the piece is only what others stand under, and had claims of its own. `usual`: see `Oddity`.
        """
        self._level_count, self._level_number, self._claims = before
        self._first, self._behind, self._above = first, behind, above
        self._odd = self._oddity.is_in(text, usual=usual)

    def provable(self, texts: list[str]) -> list[str]:
        """Return the segments of the piece, empty where a proof is not to be trusted."""
        return ["" if self._is_odd(text) else text for text in texts] if self._odd else texts

    def _is_odd(self, text: str) -> bool:
        """Return whether a segment must be checked plainly, because of what is seldom in any."""
        return self._odd and self._oddity.is_in(text)

    # --- one segment ------------------------------------------------------------------------------

    def step(self, state: State, text: str, elements: list[str], position: int) -> State:
        """Check a segment that is not known to be right here; return where it leads."""
        self.usual = None
        if elements[0] in ENVELOPE:
            return self._envelope(state, text, elements, position)
        track = self._track
        return state if track is None else self._step(track, state, text, elements, position)

    def _step(self, track: Track, state: State, text: str, elements: list[str], position: int) -> State:
        walk = track.walk
        if walk.is_full:
            walk.forget()
        move = walk.move(state, elements[0], walk.qualifier_of(elements, track.marks.component))
        if move.rather is not None:
            self._reconsider(track, move.rather)
        if move.state.stray is not None:
            self._stray = text, elements, position
        return self._take(track, move, text, elements, position)

    def _reconsider(self, track: Track, move: Move) -> None:
        """Check the segment before as what it was rather meant to be; what was said of it is taken back."""
        text, elements, position = self._stray
        for holder in (self._claim, *self._levels, self.header):
            holder[:] = [v for v in holder if v.position != position]
        self._came = {segment: when for segment, when in self._came.items() if when != position}
        self._take(track, move, text, elements, position)

    def _take(self, track: Track, move: Move, text: str, elements: list[str], position: int) -> State:
        """Check a segment that has come by a move."""
        segment = move.segment
        if move.mends is not None:
            self._take_back(move.mends)
        if move.faults:
            self._leave(move, position)
        if move.headless is not None:
            self._open_headless(move.headless, position)
        opened = _opened(move.opens) if move.opens is not None else None
        if opened is not None:
            opened(self, move, elements, position)
        if move.faults:
            self._enter(track, move, elements, position)
        if segment is None:
            return move.state
        if self._is_again(move, position) and not _is_late(move):
            kind = Kind.SEGMENT_REPEATS if move.opens is None else Kind.LOOP_REPEATS
            fault = Fault(kind, move.scope, move.loop, segment)
            self._add(move.scope, wrong(fault, elements, position, track.marks))
        if text in track.sound:
            return move.state
        at_fault = {f.element for f in move.faults if f.child is segment}
        violations = list(check(segment, move.loop.id, elements, track.marks, position))
        for violation in violations:
            if violation.element not in at_fault:
                self._add(move.scope, violation)
        if violations or self._is_odd(text):
            return move.state
        if elements[0] == "ISA" and len(track.sound) < _MOST_SOUND:
            track.sound.add(text)
        if not (move.faults or move.rather or move.mends) and elements[0] not in ENVELOPE:
            self.usual = track.usual(move)
        return move.state

    def has_come(self, segment: Segment, loop: Loop, position: int) -> bool:
        """Return whether a segment has come before since a loop began; else remember it."""
        before = self._came.get(segment)
        if before is not None and self._began.get(loop, 0) <= before < position:
            return True
        self._came[segment] = position
        return False

    def _is_again(self, move: Move, position: int) -> bool:
        """Return whether the segment of a move should have come once, and has come before."""
        if move.once is None or move.segment is None:
            return False
        return self.has_come(move.segment, move.once, position)

    def _envelope(self, state: State, text: str, elements: list[str], position: int) -> State:
        """Check ISA, GS or ST by the guide that ST03 names, else GS08: the envelope is the same in all.

        What stands before any guide is named waits for it.
        """
        if elements[0] == "GS":
            self._guide = elements[8] if len(elements) > 8 else ""
        own, group = guides_named(elements if elements[0] == "ST" else (), self._guide)
        found = (self._find(own) if own else None) or self._find(group) or self._track
        self._held.append((text, elements, position))
        if found is None:
            return state
        if found is not self._track:
            self._track = found
            state = found.walk.before(self._held[0][1][0])
        held, self._held = self._held, []
        for known, parts, number in held:
            state = self._step(found, state, known, parts, number)
        return state

    def _leave(self, move: Move, position: int) -> None:
        """Note what is missing in the loops that a segment leaves: before what the segment opens."""
        if position == self._first:  # it is missing where the piece before ends, wherever this one begins
            position = self._behind
        for fault in move.faults:
            if fault.kind is Kind.MISSING_SEGMENT:
                self._add(fault.scope, missing(fault, position))

    def _enter(self, track: Track, move: Move, elements: list[str], position: int) -> None:
        """Note what is wrong with the place of a segment."""
        for fault in move.faults:
            if fault.kind is Kind.MISSING_SEGMENT:
                continue
            self._add(fault.scope, wrong(fault, elements, position, track.marks))

    def _take_back(self, fault: Fault) -> None:
        """What comes too late, or behind what came too early, was not missing."""
        holder = self._holder(fault.scope)
        for i in range(len(holder) - 1, -1, -1):
            if is_same(fault, holder[i]):
                del holder[i]
                return

    def _holder(self, scope: str) -> list[Violation]:
        if scope == CLAIM:
            return self._claim
        depth = _HIERARCHY.get(scope)
        return self.header if depth is None else self._levels[depth]

    def _add(self, scope: str, violation: Violation) -> None:
        self._noted = True
        self._holder(scope).append(violation)

    # --- loops that are counted -------------------------------------------------------------------

    def _open_claim(self, move: Move, elements: list[str], position: int) -> None:
        """Count a claim that begins."""
        loop = move.loop
        self._began[loop] = position
        self._end_claim()
        self._claims += 1
        self._has_claim = True
        self._claimed = [True] * len(_HIERARCHY)
        if 0 < loop.most < self._claims:
            self._add(CLAIM, repeats(loop, position))

    def _open_envelope(self, move: Move, elements: list[str], position: int) -> None:
        self._began[move.loop] = position
        self._end_claim()
        self._end_levels(0)
        self._level_count, self._level_number, self._last = 0, "", None

    def _open_loop(self, move: Move, elements: list[str], position: int) -> None:
        self._began[move.loop] = position

    def _open_headless(self, loop: Loop, position: int) -> None:
        """Count a loop whose opener is missing as one that began: its absence is said once, and is no gap."""
        self._began[loop] = position
        if loop.opener is not None:
            self._came[loop.opener] = position
        if loop.id == CLAIM:
            self._end_claim()
        elif loop.id in _HIERARCHY:
            self._last, self._forgiven = None, True
            self._parents[_HIERARCHY[loop.id]] = ""  # its number is not known

    @property
    def most_lines(self) -> int:
        """How many service lines a claim may have."""
        return self._track.line.most if self._track is not None and self._track.line is not None else 0

    def check_lines(self, numbers: Sequence[tuple[str, int]]) -> None:
        """Check the numbers of the service lines of the claim that has ended: see `with_wrong_lines`."""
        if self._track is not None and self._track.line is not None:
            self.finished = with_wrong_lines(self.finished, self._track.line, numbers)

    def _open_level(self, move: Move, elements: list[str], position: int) -> None:
        """Check HL: its number, the parent it names, and what the level before said about children."""
        loop, segment = move.loop, move.segment
        assert segment is not None
        depth = _HIERARCHY[loop.id]
        self._began[loop] = position
        self._end_claim()
        self._end_levels(depth)
        self._check_children(depth)
        self._claimed[depth] = self._above
        self._claims = 0
        if len(elements) < _HL_ELEMENTS:
            elements = [*elements, "", "", "", ""]
        number, parent, children = elements[1], elements[2], elements[4]
        self._level_count += 1
        expected = str(self._level_count)
        right = number == expected or number == next_to(self._level_number) or self._forgiven
        spec = segment.elements[0]
        if not right and number and is_right(spec, number):
            self._add(
                loop.id,
                misnumbered(Kind.HIERARCHY_NUMBER, loop.id, "HL", position, 1, spec, expected, number),
            )
        self._forgiven = False
        above = self._parents[depth - 1] if depth else ""
        if parent != above and parent and above:
            spec = segment.elements[1]
            self._add(
                loop.id, misnumbered(Kind.HIERARCHY_PARENT, loop.id, "HL", position, 2, spec, above, parent)
            )
        self._parents[depth] = number
        self._level_number = number
        self._last = depth, children, position, segment

    def _check_children(self, depth: int) -> None:
        """Hold the level before to its HL04, now that a level of some depth (-1: none) follows it."""
        if self._last is None:
            return
        before, code, position, segment = self._last
        self._last = None
        follows = depth == before + 1
        if (code == "1") is follows:  # nearly always
            return
        if code in ("0", "1") and is_right(segment.elements[3], code):
            expected = (
                "1, because a level below it follows" if follows else "0, because no level below it follows"
            )
            loop = LEVELS[before + _FIRST_LEVEL]
            spec = segment.elements[3]
            violation = misnumbered(Kind.HIERARCHY_CHILD, loop, "HL", position, 4, spec, expected, code)
            # Claims of a level that says it has children are done by now; those of a child are to come.
            holder = self._levels[before] if follows else self.unclaimed
            holder.append(violation)
            self._noted = True

    # --- ends -------------------------------------------------------------------------------------

    def _end_claim(self) -> None:
        """Give what is wrong to the claim that ends; when none began (CLM is missing), to nobody."""
        if not self._noted:  # nearly always
            self.finished = ()
        elif self._has_claim:
            self.finished = (*(v for level in self._levels for v in level), *self._claim)
            self._claim = []
        else:
            self.unclaimed += self._claim
            self._claim = []
        self._has_claim = False

    def _end_levels(self, depth: int) -> None:
        """Forget the levels from a depth on; what no claim took with it is kept."""
        if not self._noted:
            return
        for below in range(depth, len(self._levels)):
            if not self._claimed[below]:
                self.unclaimed += self._levels[below]
            self._levels[below] = []

    def end(self, state: State, position: int, follows: int | None) -> None:
        """End a piece: a level of depth `follows` comes next, -1: the transaction ends, None: a claim.

        `position` is that of the segment after it.
        """
        if self._track is None:
            return
        outermost = CLAIM if follows is None else "ST" if follows < 0 else LEVELS[follows + _FIRST_LEVEL]
        rather, faults = self._track.walk.end(state, outermost, CLAIM)
        if rather is not None:
            self._reconsider(self._track, rather)
        for fault in faults:
            self._add(fault.scope, missing(fault, position))
        self._end_claim()
        if follows is not None:
            self._check_children(follows)
            self._end_levels(max(follows, 0))


@lru_cache(maxsize=LOOPS_KEPT)
def _opened(loop: Loop) -> TakeNote | None:
    """Return how to take note of a loop that begins: if it is counted or numbered, or others ask when."""
    if loop.id == CLAIM:
        return Checker._open_claim
    if loop.id in LEVELS:
        return Checker._open_level if loop.id in _HIERARCHY else Checker._open_envelope
    return Checker._open_loop if once_in(loop) else None


def _is_late(move: Move) -> bool:
    return any(fault.kind is Kind.OUT_OF_SEQUENCE for fault in move.faults)
