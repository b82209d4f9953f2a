"""The elements of a segment, quickly: generated code that proves segments right.

It only ever says "certainly right"; `elements.check` decides about the rest, and says what is wrong. A
property test holds the two together. A proof relies on what `is_odd` looks for, in a segment or in a whole
piece of a file at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeGuard

from scrubber.guides.elements import Marks, is_right, value_fault
from scrubber.guides.formats import FORMATS, Answers
from scrubber.guides.model import Composite, Element, Relation, Segment

#: (elements, the first is the segment id; the segment as text) → certainly right, unless it is odd
Proof = Callable[[list[str], str], bool]


#: Lengths above this hardly ever occur: they are looked at only where a whole segment is longer.
_LONG = 20


class Oddity:
    """Looks for what proofs do not look for, because it is rare and quickly found in much text at once.

    That is: repetitions, and characters that are not allowed. `end` is the segment terminator.
    """

    def __init__(self, marks: Marks, end: str) -> None:
        self._repetition = marks.repetition
        # Separators that cannot be printed are in order.
        every = (marks.element, marks.component, end)
        self._unprintable = {ord(mark): "," for mark in every if not mark.isprintable()}

    def is_in(self, text: str) -> bool:
        """Return whether there may be anything odd in a segment, or in several."""
        if not text.isascii() or (self._repetition and self._repetition in text):
            return True
        return not (text.translate(self._unprintable) if self._unprintable else text).isprintable()


def proof(segment: Segment, marks: Marks) -> Proof:
    """Return the quick check of a segment at its place in a guide."""
    writer = _Writer(marks)
    writer.write(segment)
    # Constants are defaults of parameters, because those are found sooner than global names.
    parameters = ", ".join(["e", "t", *(f"{name}={name}" for name in writer.constants)])
    scope: dict[str, Any] = dict(writer.constants)
    source = "\n".join([f"def holds({parameters}):", *writer.lines])
    exec(compile(source, f"<guide {segment.id}>", "exec"), scope)
    holds: Proof = scope["holds"]
    return holds


@dataclass(slots=True)
class _Writer:
    """Source of one check being written."""

    marks: Marks
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def emit(self, text: str, depth: int = 1) -> None:
        self.lines.append("    " * depth + text)

    def fails_if(self, test: str, depth: int = 1) -> None:
        self.emit(f"if {test}: return False", depth)

    def constant(self, value: object) -> str:
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def write(self, segment: Segment) -> None:
        """Write the check: relational notes, then element by element.

        What comes behind the last required element stands inside of a test for its presence, and so does what
        comes behind that: most segments are short. What is behind the last that is used cannot be right.
        """
        specs = segment.elements
        required = max((i for i, spec in enumerate(specs, 1) if spec.usage == "R"), default=1)
        used = max((i for i, spec in enumerate(specs, 1) if spec.usage != "N"), default=0)
        composites = any(isinstance(spec, Composite) and spec.usage != "N" for spec in specs)
        self.emit("n = len(e)")
        self.fails_if(f"not {required} < n <= {used + 1}")
        self.fails_if("not e[-1]")
        blanks = [f"t[-1] == ' ' or {f' {self.marks.element}'!r} in t"]
        if composites:
            blanks.append(f"{f' {self.marks.component}'!r} in t")
        else:
            self.fails_if(f"{self.marks.component!r} in t")
        self.fails_if(f"' ' in t and ({' or '.join(blanks)})")
        long = self._long(segment) if sum(map(_is_long, specs)) > 1 else []
        for line in long:
            self.emit(line)
        for relation in segment.relations:
            for test in self._relation(relation, specs):
                self.fails_if(test)
        depth = 1
        for number, spec in enumerate(specs[:used], 1):
            tests = list(self._tests(number, spec, measured=bool(long) and _is_long(spec), mixed=composites))
            if tests and number > required:
                self.emit(f"if n > {number}:", depth)
                depth += 1
            for test in tests:
                self.fails_if(test, depth)
        self.emit("return True")

    def _long(self, segment: Segment) -> Iterator[str]:
        """Yield the check that no long element is too long: nearly always, the segment itself is shorter."""
        specs = segment.elements
        # What stands beside an element at least: the segment id, separators, the required elements.
        least = {i: max(spec.least, 1) if isinstance(spec, Element) else 1 for i, spec in enumerate(specs, 1)}
        required = sum(least[i] for i, spec in enumerate(specs, 1) if spec.usage == "R")
        longest = []
        for number, spec in enumerate(specs, 1):
            if _is_long(spec):
                others = required - (least[number] if spec.usage == "R" else 0)
                longest.append(spec.most + len(segment.id) + number + others)
        yield f"if len(t) > {min(longest)}:"
        for number, spec in enumerate(specs, 1):
            if _is_long(spec):
                yield f"    if n > {number} and len(e[{number}]) > {spec.most}: return False"

    def _tests(self, number: int, spec: Element | Composite, *, measured: bool, mixed: bool) -> Iterator[str]:
        """Yield the tests that an element is wrong.

        `measured`: it is known not to be too long. `mixed`: others of the segment are composites.
        """
        at = f"e[{number}]"
        if spec.usage == "N":
            yield at
            return
        if isinstance(spec, Composite):
            yield f"not {self.constant(_answers(spec, self.marks.component))}[{at}]"
            return
        if spec.codes is not None:
            yield f"{at} not in {self.constant(right_codes(spec))}"
        else:
            yield from self._value(spec, at, measured=measured, mixed=mixed)
        if spec.formats:
            by = spec.format_by or number - 1
            qualifier = f"e[{by}]" if 0 < by <= number else f"(e[{by}] if n > {by} else '')" if by else "''"
            checks = self.constant({code: FORMATS[name][0] for code, name in spec.formats.items()})
            yield f"(f := {checks}.get({qualifier})) is not None and {at} and not f({at})"

    def _value(self, spec: Element, at: str, *, measured: bool, mixed: bool) -> Iterator[str]:
        """Yield tests that a value without a list of codes is wrong."""
        answers, least = _answers(spec, self.marks.component), max(spec.least, 1)
        if spec.type == "R" and spec.least <= 1 and spec.format is None and self.marks.component != ".":
            # Amounts hardly ever come twice: to remember them costs more than to look at them.
            plain = f"len({at}) <= {spec.most} and {at}.replace('.', '', 1).isdigit()"
            yield f"not ({plain} or {self.constant(answers)}[{at}])"
            return
        if not _is_free(spec):
            yield f"not {self.constant(answers)}[{at}]"
            return
        there = "" if spec.usage == "R" else f"{at} and "
        if measured:
            if least > 1:
                yield f"{there}len({at}) < {least}"
            elif spec.usage == "R":
                yield f"not {at}"
        elif spec.usage != "R" and least == 1:
            yield f"len({at}) > {spec.most}"
        elif least == spec.most:
            yield f"{there}len({at}) != {least}"
        else:
            yield f"{there}not {least} <= len({at}) <= {spec.most}"
        if mixed:
            yield f"{self.marks.component!r} in {at}"

    def _relation(self, relation: Relation, specs: Sequence[Element | Composite]) -> Iterator[str]:
        """Yield the test that a relational note is not kept, but for what usage says already."""
        kind, numbers = relation
        usages = {number: specs[number - 1].usage if number <= len(specs) else "N" for number in numbers}
        used = [number for number in numbers if usages[number] != "N"]
        there = {number: f"(n > {number} and e[{number}] != '')" for number in used}
        required = {number for number in used if usages[number] == "R"}
        if kind == "R":
            if not required:
                yield f"not ({' or '.join(there.values())})" if used else "True"
        elif kind == "P":
            if len(required) < len(used) == len(numbers):
                yield f"n > {min(used)} and not {' == '.join(there.values())}"
            elif len(used) < len(numbers):
                yield from there.values()
        elif kind == "E":
            if len(used) > 1:
                yield f"n > {sorted(used)[1]} and {' + '.join(there.values())} > 1"
        elif numbers[0] in used:
            others = [number for number in numbers[1:] if number not in required]
            if others and (kind == "C" or len(others) == len(numbers) - 1):
                joined = (" and " if kind == "C" else " or ").join(there.get(n, "False") for n in others)
                yield f"n > {numbers[0]} and {there[numbers[0]]} and not ({joined})"


def _is_free(spec: Element | Composite) -> bool:
    """Return whether nothing but the length of an element's values is told."""
    return (
        isinstance(spec, Element)
        and spec.usage != "N"
        and spec.codes is None
        and spec.format is None
        and spec.type not in ("R", "N0", "N2", "DT", "TM")
    )


def _is_long(spec: Element | Composite) -> TypeGuard[Element]:
    return isinstance(spec, Element) and spec.most > _LONG and _is_free(spec)


@cache
def right_codes(spec: Element) -> frozenset[str]:
    """Return the codes of an element's list that are right in every other way too; "" where it may lack."""
    codes = {code for code in spec.codes or () if value_fault(spec, code) is None}
    return frozenset(codes if spec.usage == "R" else {*codes, ""})


@cache
def _answers(spec: Element | Composite, component: str) -> Answers:
    """Return whether values of an element are right, but for their formats by qualifier; remembers them."""
    return Answers(lambda value: is_right(spec, value, component))
