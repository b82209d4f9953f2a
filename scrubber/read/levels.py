"""What the next claim of a file stands under: its levels (HL), also those whose HL is missing.

A level without its HL shows only by the segments that follow it. Found here, those stay with what they stand
behind, so that no result depends on where a file is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from scrubber.read.spans import Span
from scrubber.read.x12 import Delimiters

_MOST_DIGITS = 10  # of a number that is counted on


#: What `Before` has, as the collector counts it: levels, number and claims.
Counts = tuple[int, bytes, int]


class Level(NamedTuple):
    """What claims stand under: a level, by its HL and what follows that; or a claim, see `lost`.

    `nesting` counts the levels that it stands in, and itself. `lost` is the depth of a level without its HL,
    which begins in the span: it is read with what it stands behind.
    """

    span: Span
    before: Counts
    depth: int
    number: bytes
    nesting: int
    lost: int | None = None

    @property
    def is_claim(self) -> bool:
        """True for a claim."""
        return self.span.name == b"CLM"


class Levels:
    """What stands above the next claim, in the order of the file: read, it leads to where the file leads.

    That a level has no HL shows only by what it stands behind, so the span it begins in stays until the next
    billing provider. So does the first level behind it: it is the one whose number is forgiven.
    """

    def __init__(self, *, lost_above: bool = False) -> None:
        """`lost_above`: a level without its HL begins in the header, which stays for the transaction."""
        self._lost_above = lost_above
        self._clear()

    def _clear(self) -> None:
        self._standing: list[Level] = []
        self._staying = 0  # how many of them, from the first on, only a billing provider ends
        self._lasting = 0  # how many it does not end either
        self._behind_lost = self._lost_above  # the next level is the first behind one without its HL

    def __iter__(self) -> Iterator[Level]:
        return iter(self._standing)

    @property
    def last(self) -> Level | None:
        """The innermost."""
        return self._standing[-1] if self._standing else None

    def enter(self, span: Span, before: Counts, depth: int, number: bytes, parent: bytes) -> int:
        """Begin a level; return how deep it is nested: in the one that it names, else as it should be."""
        standing, nesting = self._standing, depth + 1
        if not self._behind_lost:
            if not depth:
                self._staying = self._lasting
            while len(standing) > self._staying and standing[-1].depth >= depth:
                ended = standing.pop()
                if ended.number == parent:
                    nesting = ended.nesting + 1
        if standing and standing[-1].number == parent:
            nesting = standing[-1].nesting + 1
        # Much quicker than to call the class.
        standing.append(tuple.__new__(Level, (span, before, depth, number, nesting, None)))
        if self._behind_lost:
            self._staying, self._behind_lost = len(standing), False
            self._lasting = self._lasting or int(self._lost_above)
        return nesting

    def lose(self, claim: Level, lost: int) -> None:
        """Keep a claim that a level without its HL stands behind."""
        self._end_lost(lost)
        self._stay(claim._replace(lost=lost))

    def lose_last(self, lost: int) -> bool:
        """Keep the last level, which one without its HL stands behind; return whether that ends others."""
        last = self._standing.pop()
        ends = any(level.lost is not None and level.lost >= lost for level in self._standing)
        if ends:
            self._end_lost(lost)
        self._stay(last._replace(lost=lost))
        return ends

    def _stay(self, level: Level) -> None:
        self._standing.append(level)
        self._staying, self._behind_lost = len(self._standing), True

    def _end_lost(self, depth: int) -> None:
        """End the levels without their HL at a depth and inside of it, and what stands there for them."""
        known, forgiven = self._standing, False
        self._clear()
        for was in known:
            level = was._replace(before=_forgiven(was)) if forgiven else was
            forgiven = level.lost is not None and level.lost >= depth
            if not level.is_claim:
                self.enter(level.span, level.before, level.depth, level.number, b"")
                level = self._standing.pop()._replace(nesting=level.nesting, lost=level.lost)
            if level.lost is not None and not forgiven:
                self._stay(level)
            elif not level.is_claim:
                self._standing.append(level._replace(lost=None))


def _forgiven(level: Level) -> Counts:
    """Return what stood before a level, with a number that makes its own right: it was forgiven."""
    levels, number, claims = level.before
    return levels, number_after(level.number, -1) or number, claims


def number_after(number: bytes, step: int = 1) -> bytes:
    """Return the number after one, or before it; "" when it is none."""
    return b"%d" % (int(number) + step) if number.isdigit() and len(number) < _MOST_DIGITS else b""


class Lost(NamedTuple):
    """Levels without their HL that begin in one span: how deep the outermost is, and the last."""

    outermost: int
    last: int


class LostLevels:
    """Finds levels without their HL: by the segment that follows it, where that does not belong."""

    _DEPTHS: ClassVar = {b"PAT": 2, b"SBR": 1}  # others begin the outermost

    def __init__(self, delimiters: Delimiters) -> None:
        end, sep = delimiters.segment.encode("latin-1"), delimiters.element.encode("latin-1")
        blank = re.escape(bytes(set(b"\r\n \t") - set(end)))
        end, sep = re.escape(end), re.escape(sep)
        behind, ahead = rb"%b[%b]*+" % (end, blank), rb"(?=[%b%b])" % (sep, end)
        never = rb"PAT|CUR|PRV%bBI" % sep  # in a claim
        rarely = rb"SBR|NM1%b(?:8[57]|PE)" % sep  # in a claim before its lines: they are of other payers
        self._to_line = re.compile(rb"%b(?:(%b)|LX)%b" % (behind, never, ahead)).search
        self._any = re.compile(rb"%b(%b|%b)%b" % (behind, never, rarely, ahead)).search
        own = (rb"PRV%bBI|CUR|NM1%b(?:8[57]|PE)" % (sep, sep), rb"SBR|PAT", rb"PAT")
        #: What a level begins with, by its depth: that is the level's own.
        self._own = [re.compile(rb"(?:[^%b]*+%b(?:%b)%b)*+" % (end, behind, o, ahead)).match for o in own]

    def in_claim(self, data: bytes) -> Lost | None:
        """Return the levels that begin in a claim's span."""
        line = self._to_line(data)
        if line is None or (line.lastindex is None and self._any(data, line.end()) is None):
            return None  # as nearly always
        find, at, depths = self._to_line, 0, []
        while (found := find(data, at)) is not None:
            at = found.end()
            if found.lastindex is None:
                find = self._any
            else:
                depths.append(self._DEPTHS.get(found[1], 0))
        return Lost(min(depths), depths[-1]) if depths else None

    def in_level(self, data: bytes, depth: int) -> Lost | None:
        """Return the levels that begin in a level's span, behind that level; or in the header's (-1)."""
        own = self._own[depth](data) if depth >= 0 else None
        found, depths = self._any(data, own.end() if own else 0), []
        while found is not None:
            depths.append(self._DEPTHS.get(found[1], 0))
            found = self._any(data, found.end())
        return Lost(min(depths), depths[-1]) if depths else None
