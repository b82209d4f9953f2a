"""The numbers of a claim's service lines: they count from 1, and there are not too many."""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.guides.elements import value_fault
from scrubber.guides.faults import Fault, misnumbered, missing, repeats
from scrubber.guides.frames import CLAIM
from scrubber.guides.model import Composite, Element, Loop, Segment
from scrubber.guides.violations import Kind, Violation


def with_wrong_lines(
    found: tuple[Violation, ...], line: Loop, numbers: Sequence[tuple[str, int]]
) -> tuple[Violation, ...]:
    """Return what was found wrong with a claim, and what is with the numbers of its lines (LX01).

    A number may also go on from the one before, so that one mistake is one violation. `numbers` come with the
    positions of their LX segments. Where they show that a line lacks its LX, a service that repeats is no
    fault.
    """
    # A line, or the claim of some, is known to be missing: those after it are not misnumbered.
    if any(v.missing and v.loop in (CLAIM, line.id) for v in found):
        return found
    opener, start = line.children[0], 0
    spec = opener.elements[0] if isinstance(opener, Segment) else None
    before = ""
    for count, (number, position) in enumerate(numbers, 1):
        if number.isdigit() and number not in (str(count), next_to(before)):
            services = [v for v in found if _repeats(v, line) and start < v.position < position]
            if services and number == str(count + len(services)):
                found = tuple(_without_opener(v, line) if v in services else v for v in found)
            elif is_right(spec, number):
                found += (
                    misnumbered(Kind.LINE_NUMBER, line.id, "LX", position, 1, spec, str(count), number),
                )
        before, start = number, position
    if 0 < line.most < len(numbers):
        found += (repeats(line, numbers[line.most][1]),)
    return found


def _repeats(violation: Violation, line: Loop) -> bool:
    """Return whether it is a line's service that repeats."""
    return (violation.kind, violation.loop, violation.segment) == (
        Kind.SEGMENT_REPEATS,
        line.id,
        line.children[1].id,
    )


def _without_opener(violation: Violation, line: Loop) -> Violation:
    return missing(Fault(Kind.MISSING_SEGMENT, CLAIM, line, line), violation.position)


def is_right(spec: Element | Composite | None, value: str) -> bool:
    """Return whether a value is right by itself: then it may be wrong for its place."""
    return not isinstance(spec, Element) or value_fault(spec, value) is None


def next_to(number: str) -> str:
    """Return the number after one, "" when it is none."""
    return str(int(number) + 1) if number.isascii() and number.isdigit() and len(number) < 10 else ""
