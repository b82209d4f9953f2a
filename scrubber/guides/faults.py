"""What is wrong with the place of a segment, and the violation that says so."""

from __future__ import annotations

from dataclasses import dataclass

from scrubber.guides.elements import Marks, listed
from scrubber.guides.model import Loop, Segment
from scrubber.guides.qualify import codes_of
from scrubber.guides.violations import Kind, Violation


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


def missing(fault: Fault, position: int) -> Violation:
    """Return the violation of what should stand before a segment at a position."""
    child = fault.child
    assert child is not None
    if isinstance(child, Loop):
        assert child.opener is not None
        return Violation(fault.kind, child.id, child.opener.id, position, child.name)
    codes = child.qualifier[2] if child.qualifier is not None else frozenset[str]()
    return Violation(fault.kind, fault.loop.id, child.id, position, child.name, qualifiers=codes)


def is_same(fault: Fault, known: Violation) -> bool:
    """Return whether a violation is that of a fault by which something is missing."""
    this = missing(fault, known.position)
    return known.missing and (known.loop, known.segment, known.name) == (this.loop, this.segment, this.name)


def wrong(fault: Fault, elements: list[str], position: int, marks: Marks) -> Violation:
    """Return the violation of a segment that stands where it should not, or whose qualifier is wrong."""
    child = fault.child
    name = child.name if child is not None else elements[0]
    if fault.element is None:
        expected = f"at most {child.most}" if fault.kind is Kind.SEGMENT_REPEATS and child else ""
        return Violation(fault.kind, fault.loop.id, elements[0], position, name, expected=expected)
    value = elements[fault.element] if fault.element < len(elements) else ""
    if fault.component:
        parts = value.split(marks.component)
        value = parts[fault.component - 1] if fault.component <= len(parts) else ""
    kind = Kind.INVALID_CODE if value else Kind.MISSING_ELEMENT
    return Violation(
        kind,
        fault.loop.id,
        elements[0],
        position,
        name,
        fault.element,
        fault.component,
        expected=_qualifiers(child, fault.element),
        value=value or None,
    )


def _qualifiers(child: Segment | Loop | None, element: int) -> str:
    """Return the codes that an element has in a segment, or in the one that a loop begins with."""
    segment = child.opener if isinstance(child, Loop) else child
    if segment is None:
        return ""
    codes = segment.qualifier[2] if segment.qualifier is not None else codes_of(segment, element)
    return listed(codes) if codes else ""


def repeats(loop: Loop, position: int) -> Violation:
    """Return the violation of a loop that begins once too often."""
    assert loop.opener is not None
    expected = f"at most {loop.most}"
    return Violation(Kind.LOOP_REPEATS, loop.id, loop.opener.id, position, loop.name, expected=expected)


def misnumbered(
    kind: Kind, loop: str, segment: str, position: int, element: int, spec: object, expected: str, value: str
) -> Violation:
    """Return the violation of a value that is right by itself, and wrong by what stands around it."""
    return Violation(
        kind,
        loop,
        segment,
        position,
        getattr(spec, "name", segment),
        element,
        number=getattr(spec, "number", None),
        expected=expected,
        value=value,
    )
