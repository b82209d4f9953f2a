"""Edits that put one fault into a file.

Targets are regular expressions from the beginning of a segment, `|` stands for the element separator;
`a > b` is the first b after the first a, `a < b` the last b before it, `a / b` the first b after any a within
one claim or level, `a#2` the second a.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from tests.guides.mutants.files import Segments

#: Changes segments in place and returns the index of the one at fault. Raises NotThere.
Edit = Callable[[Segments], int]
#: What ends a claim, as a target.
END = "[CHS][LE]M?|"
#: A claim that replaces or voids an earlier one, as a target.
REPLACES = r"CLM.*:[78]|"


class NotThere(Exception):
    """A file does not have what an edit is about."""


def matches(segment: str, pattern: str) -> bool:
    """Return whether a segment begins as a pattern says."""
    return re.match(pattern.replace("|", r"\*"), segment) is not None


def find(segments: Segments, target: str) -> int:
    """Return the index of a target. Raises NotThere."""
    at, before, how = -1, "", ">"
    for step in target.split(" "):
        if step in "<>/":
            how = step
            continue
        pattern, _, times = step.partition("#")
        for _ in range(int(times or 1)):
            at = _within(segments, at, before, pattern) if how == "/" else _next(segments, at, pattern, how)
        before = pattern
    return at


def _next(segments: Segments, at: int, pattern: str, how: str = ">") -> int:
    """Return the index of the next segment that a pattern is about, or with `<` of the one before."""
    where = range(at - 1, -1, -1) if how == "<" else range(at + 1, len(segments))
    found = next((i for i in where if matches(segments[i], pattern)), None)
    if found is None:
        raise NotThere(pattern)
    return found


def _within(segments: Segments, at: int, before: str, pattern: str) -> int:
    """Return the index of the first segment that has one of `before` before it in its claim or level."""
    while True:
        found, end = _next(segments, at, pattern), _next(segments, at, END)
        if found < end:
            return found
        at = _next(segments, at, before)


def gone(target: str, then: str = "", without: str = "") -> Edit:
    """Take out a segment, where `then` is what follows it, and nothing `without` comes before the next LX."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        behind = segments[at + 1 : _next(segments, at, "LX|")] if without else []
        if any(matches(segment, without) for segment in behind) or not matches(segments[at + 1], then):
            raise NotThere(target)
        del segments[at]
        return at

    return edit


def after(target: str, *texts: str, at_fault: int = 0) -> Edit:
    """Insert segments after one; they are at fault, or one of them is."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        segments[at + 1 : at + 1] = texts
        return at + 1 + at_fault

    return edit


def before(target: str, new: str) -> Edit:
    """Insert a segment before one; it is at fault."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        segments.insert(at, new)
        return at

    return edit


def again(target: str, times: int = 1, then: str = "") -> Edit:
    """Repeat a segment, where `then` is what follows it; the last is at fault."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        if not matches(segments[at + 1], then):
            raise NotThere(target)
        segments[at:at] = [segments[at]] * times
        return at + times

    return edit


def moved(target: str, behind: str, at_fault: int = 0) -> Edit:
    """Put a segment behind another; it is at fault, or one so much further on."""

    def edit(segments: Segments) -> int:
        segment = segments.pop(find(segments, target))
        at = find(segments, behind) + 1
        segments.insert(at, segment)
        return at + at_fault

    return edit


def later(target: str, behind: str) -> Edit:
    """Put a segment behind the next one that `behind` is about; it is at fault."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        to = _next(segments, at, behind)
        segments.insert(to, segments.pop(at))
        return to

    return edit


def swapped(target: str, then: str) -> Edit:
    """Exchange a segment with the next one, if that is as `then` says; which comes later is at fault.

    Tries every place that the target has.
    """

    def edit(segments: Segments) -> int:
        pairs = pairwise(segments)
        at = next((i for i, (a, b) in enumerate(pairs) if matches(a, target) and matches(b, then)), None)
        if at is None:
            raise NotThere(target)
        segments[at : at + 2] = reversed(segments[at : at + 2])
        return at + 1

    return edit


def put(target: str, element: int, value: str, component: int = 0) -> Edit:
    """Give an element, or a component, a value; `{}` in it is the old one."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        elements = segments[at].split("*")
        elements += [""] * (element + 1 - len(elements))
        if component:
            parts = elements[element].split(":")
            parts += [""] * (component - len(parts))
            parts[component - 1] = value.format(parts[component - 1])
            elements[element] = ":".join(parts)
        else:
            elements[element] = value.format(elements[element])
        segments[at] = "*".join(elements) if value else "*".join(elements).rstrip("*:")
        return at

    return edit


def text(target: str, new: str) -> Edit:
    """Write a segment anew; `{}` is what it was."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        segments[at] = new.format(segments[at])
        return at

    return edit


def block(target: str, end: str, copies: int = 1) -> Edit:
    """Repeat a stretch, up to `end`, that no other segment could begin; the last copy is at fault."""

    def edit(segments: Segments) -> int:
        start, stop = find(segments, target), find(segments, f"{target} > {end}")
        stretch = segments[start:stop]
        if any(segment[:3] == stretch[0][:3] != "NM1" for segment in stretch[1:]):
            raise NotThere(target)
        segments[stop:stop] = stretch * copies
        return stop + len(stretch) * (copies - 1)

    return edit


def lines(most: int) -> Edit:
    """Give the first claim so many lines: the last is at fault."""

    def edit(segments: Segments) -> int:
        claim, end = find(segments, "CLM"), find(segments, "CLM > " + END)
        openers = [i for i in range(claim, end) if segments[i].startswith("LX*")]
        last = segments[openers[-1] + 1 : end]
        at = end
        for number in range(len(openers) + 1, most + 1):
            segments[end:end] = [f"LX*{number}", *last]
            at, end = end, end + 1 + len(last)
        return at

    return edit


def relevelled(target: str, number: str) -> Edit:
    """Number a level wrongly; the levels below it name it rightly."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        _, old, *rest = segments[at].split("*")
        segments[at] = "*".join(["HL", number, *rest])
        for i in range(at + 1, len(segments)):
            elements = segments[i].split("*")
            if elements[0] == "HL" and elements[2] == old:
                segments[i] = "*".join(["HL", elements[1], number, *elements[3:]])
        return at

    return edit
