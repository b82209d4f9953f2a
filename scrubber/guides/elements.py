"""The elements of one segment against its place in the guide: the plain check, which says what is wrong.

One violation an element, the first of: not allowed here, characters, code, length, type, form. A segment that
lacks an element is not also reproached with what that element's absence does to its relational notes, nor a
value with not having the form that a wrong qualifier says it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scrubber.guides.formats import FORMATS, is_any_date, is_decimal, is_time, is_whole
from scrubber.guides.model import Composite, Element, Relation, Segment
from scrubber.guides.violations import Kind, Violation

_NUMBERS = frozenset({"N0", "N2", "R"})
_ISA = "ISA"
#: Elements of ISA that are separators themselves: any character may be one.
_SEPARATORS = frozenset({11, 16})


@dataclass(frozen=True, slots=True)
class Marks:
    """The separators of an interchange that stand inside of a segment."""

    element: str
    component: str
    repetition: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands."""

    segment: Segment
    loop: str
    position: int
    element: int
    component: int | None = None
    repeat: int | None = None

    def violation(
        self, kind: Kind, spec: Element | Composite | None, expected: str = "", value: str | None = None
    ) -> Violation:
        return Violation(
            kind,
            self.loop,
            self.segment.id,
            self.position,
            spec.name if spec is not None else self.segment.name,
            self.element,
            self.component,
            self.repeat,
            spec.number if spec is not None else None,
            expected,
            value,
        )


def check(
    segment: Segment, loop: str, elements: list[str], marks: Marks, position: int
) -> Iterator[Violation]:
    """Yield what is wrong with the elements of a segment. `elements` begins with the segment id."""
    at_fault: set[int] = set()
    for violation in _each(segment, loop, elements, marks, position):
        if violation.kind is Kind.TRAILING_SEPARATOR and at_fault:
            continue
        at_fault.add(violation.element or 0)
        yield violation
    if not at_fault and not any(elements[1:]):
        yield _Place(segment, loop, position, 1).violation(
            Kind.CONDITIONAL_MISSING, segment.elements[0], "at least one element"
        )
        return
    told: set[int | None] = set()
    for relation in segment.relations:
        if at_fault & set(relation[1]):
            continue
        for violation in _relation(segment, loop, elements, position, relation):
            if violation.element not in told:
                told.add(violation.element)
                yield violation


def _each(
    segment: Segment, loop: str, elements: list[str], marks: Marks, position: int
) -> Iterator[Violation]:
    specs, values = segment.elements, elements[1:]
    for number, spec in enumerate(specs, 1):
        place = _Place(segment, loop, position, number)
        value = elements[number] if number < len(elements) else ""
        if segment.id == _ISA and isinstance(spec, Element):
            if spec.codes is not None or number not in _SEPARATORS:
                yield from _simple(place, spec, value, "")
            continue
        yield from _repeated(place, spec, value, _qualifier(spec, number, specs, values), marks)
    extra = elements[len(specs) + 1 :]
    if any(extra):
        number = len(specs) + 1 + next(i for i, value in enumerate(extra) if value)
        yield _Place(segment, loop, position, number).violation(
            Kind.TOO_MANY_ELEMENTS, None, f"at most {len(specs)} elements", elements[number]
        )
    elif len(elements) > 1 and not elements[-1]:
        last = max((i for i, value in enumerate(elements) if value), default=0)
        yield _Place(segment, loop, position, last + 1).violation(Kind.TRAILING_SEPARATOR, None)


def _repeated(
    place: _Place, spec: Element | Composite, value: str, qualifier: str | None, marks: Marks
) -> Iterator[Violation]:
    if not marks.repetition or marks.repetition not in value:
        yield from _one(place, spec, value, qualifier, marks)
        return
    parts = value.split(marks.repetition)
    if len(parts) > spec.repeat:
        expected = f"at most {spec.repeat} repetitions" if spec.repeat > 1 else "no repetitions"
        yield place.violation(Kind.TOO_MANY_REPETITIONS, spec, expected, value)
        return
    for repeat, part in enumerate(parts, 1):
        at = _Place(place.segment, place.loop, place.position, place.element, None, repeat)
        yield from _one(at, spec, part, qualifier, marks)


def _one(
    place: _Place, spec: Element | Composite, value: str, qualifier: str | None, marks: Marks
) -> Iterator[Violation]:
    if isinstance(spec, Composite):
        yield from _composite(place, spec, value, marks)
    elif marks.component in value and spec.usage != "N":
        yield place.violation(Kind.TOO_MANY_COMPONENTS, spec, "no components", value)
    else:
        yield from _simple(place, spec, value, qualifier)


def _composite(place: _Place, spec: Composite, value: str, marks: Marks) -> Iterator[Violation]:
    if not value.strip(marks.component):
        if spec.usage == "R":
            yield place.violation(Kind.MISSING_ELEMENT, spec)
        elif value:
            yield place.violation(Kind.TRAILING_SEPARATOR, spec)
        return
    if spec.usage == "N":
        yield place.violation(Kind.UNUSED_ELEMENT, spec, "nothing", value)
        return
    parts = value.split(marks.component)
    if any(parts[len(spec.components) :]):
        expected = f"at most {len(spec.components)} components"
        yield place.violation(Kind.TOO_MANY_COMPONENTS, spec, expected, value)
        return
    for number, component in enumerate(spec.components, 1):
        at = _Place(place.segment, place.loop, place.position, place.element, number, place.repeat)
        part = parts[number - 1] if number <= len(parts) else ""
        yield from _simple(at, component, part, _qualifier(component, number, spec.components, parts))
    if not parts[-1]:
        last = max(i for i, part in enumerate(parts, 1) if part)
        at = _Place(place.segment, place.loop, place.position, place.element, last + 1, place.repeat)
        yield at.violation(Kind.TRAILING_SEPARATOR, None)


def _qualifier(
    spec: Element | Composite, number: int, specs: Sequence[Element | Composite], values: Sequence[str]
) -> str | None:
    """Return the value that may say how another is written, "" if none does, None if it is not of its list.

    `number` is the place of the other among all, which are elements or components.
    """
    if not isinstance(spec, Element) or not (spec.formats or spec.format):
        return ""
    by = spec.format_by or number - 1
    value = values[by - 1] if 0 < by <= len(values) else ""
    beside = specs[by - 1] if value and by <= len(specs) else None
    known = not isinstance(beside, Element) or beside.codes is None or value in beside.codes
    return value if known else None


def _simple(place: _Place, spec: Element, value: str, qualifier: str | None) -> Iterator[Violation]:
    """Check one value; `qualifier` may say how it is written. None: it is wrong, and no form is asked for."""
    if not value:
        if spec.usage == "R":
            yield place.violation(Kind.MISSING_ELEMENT, spec)
        return
    if spec.usage == "N":
        yield place.violation(Kind.UNUSED_ELEMENT, spec, "nothing", value)
        return
    padded = place.segment.id == _ISA
    found = value_fault(spec, value, padded=padded, formed=qualifier is not None)
    if found is None and qualifier is not None:
        found = _fault_by(spec.formats.get(qualifier), value)
    if found is not None:
        yield place.violation(found[0], spec, found[1], value)


def is_right(spec: Element | Composite, value: str, component: str) -> bool:
    """Return whether a value is right by itself, whatever stands beside it; repetitions are not asked."""
    if not value:
        return spec.usage != "R"
    if spec.usage == "N":
        return False
    if isinstance(spec, Element):
        return component not in value and value_fault(spec, value) is None
    parts = value.split(component)
    if len(parts) > len(spec.components) or not parts[-1]:
        return False
    parts += [""] * (len(spec.components) - len(parts))
    for number, (inner, part) in enumerate(zip(spec.components, parts, strict=True), 1):
        by = inner.format_by or number - 1
        format = inner.formats.get(parts[by - 1] if by else "") if part else None
        if not is_right(inner, part, component) or _fault_by(format, part) is not None:
            return False
    return True


def value_fault(
    spec: Element, value: str, *, padded: bool = False, formed: bool = True
) -> tuple[Kind, str] | None:
    """Return what is wrong with a value itself (not by its qualifier), and what would be right.

    `padded`: blanks at its end are in order. `formed`: it is held to the form it always has.
    """
    if not (value.isascii() and value.isprintable()):
        return Kind.INVALID_CHARACTER, "letters, digits, spaces and punctuation of ASCII"
    if spec.codes is not None and value not in spec.codes:
        return Kind.INVALID_CODE, listed(spec.codes)
    if not padded and value[-1] == " ":
        if not value.strip():
            return Kind.INVALID_CHARACTER, "not only spaces"
        if len(value.rstrip()) >= spec.least:
            return Kind.INVALID_CHARACTER, "no spaces at the end"
    if spec.type in _NUMBERS and not (is_decimal if spec.type == "R" else is_whole)(value):
        return Kind.INVALID_CHARACTER, "a number"
    found = _length_fault(spec, value) or _time_fault(spec, value)
    return _fault_by(spec.format, value) if found is None and formed else found


def _length_fault(spec: Element, value: str) -> tuple[Kind, str] | None:
    """Return what is wrong with a value's length; sign and point of a number do not count."""
    length = sum(c.isdigit() for c in value) if spec.type in _NUMBERS else len(value)
    if spec.least <= length <= spec.most:
        return None
    return Kind.TOO_SHORT if length < spec.least else Kind.TOO_LONG, _length(spec)


def _time_fault(spec: Element, value: str) -> tuple[Kind, str] | None:
    if spec.type == "DT" and not is_any_date(value):
        return Kind.INVALID_DATE, "a date CCYYMMDD"
    if spec.type == "TM" and not is_time(value):
        return Kind.INVALID_TIME, "a time HHMM"
    return None


def _fault_by(format: str | None, value: str) -> tuple[Kind, str] | None:
    """Return what is wrong with a value by a named format."""
    if format is None:
        return None
    is_right, kind, expected = FORMATS[format]
    return None if is_right(value) else (kind, expected)


def _length(spec: Element) -> str:
    unit = "digits" if spec.type in _NUMBERS else "characters"
    if spec.least == spec.most:
        return f"{spec.most} {unit}"
    return f"{spec.least} to {spec.most} {unit}"


_MOST_LISTED = 12


def listed(codes: frozenset[str]) -> str:
    """Return codes as words: what a value must be."""
    shown = sorted(codes)
    if len(shown) > _MOST_LISTED:
        return f"one of {len(shown)} codes, such as {', '.join(shown[:3])}"
    return ", ".join(shown[:-1]) + f" or {shown[-1]}" if len(shown) > 1 else shown[0]


def _relation(
    segment: Segment, loop: str, elements: list[str], position: int, relation: Relation
) -> Iterator[Violation]:
    kind, numbers = relation
    there = [n for n in numbers if n < len(elements) and elements[n]]
    absent = [n for n in numbers if n not in there]
    wrong: int | None = None
    if kind == "E":
        if len(there) > 1:
            yield _Place(segment, loop, position, there[1]).violation(
                Kind.EXCLUDED, segment.elements[there[1] - 1], f"at most one of {_names(segment, numbers)}"
            )
        return
    if kind == "P" and there and absent:
        wrong, expected = absent[0], f"all of {_names(segment, numbers)}, or none"
    elif kind == "R" and not there:
        wrong, expected = numbers[0], f"at least one of {_names(segment, numbers)}"
    elif numbers[0] in there:
        others = [n for n in numbers[1:] if n in absent]
        if kind == "C" and others:
            wrong, expected = others[0], f"it comes with {_names(segment, numbers[:1])}"
        elif kind == "L" and len(others) == len(numbers) - 1:
            wrong, expected = others[0], f"one of {_names(segment, numbers[1:])}"
    if wrong is not None:
        spec = segment.elements[wrong - 1] if wrong <= len(segment.elements) else None
        yield _Place(segment, loop, position, wrong).violation(Kind.CONDITIONAL_MISSING, spec, expected)


def _names(segment: Segment, numbers: tuple[int, ...]) -> str:
    return ", ".join(f"{segment.id}{n:02}" for n in numbers)
