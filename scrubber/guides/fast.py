"""The elements of a segment, quickly: generated code that proves segments right.

It only ever says "certainly right"; `elements.check` decides about the rest, and says what is wrong. A
property test holds the two together. A proof relies on what `is_odd` looks for, in a segment or in a whole
piece of a file at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeGuard

from scrubber.guides.elements import Marks, is_right, value_fault
from scrubber.guides.formats import FORMATS, LEAST_FORMED, MOST_FORMED, Answers, Check
from scrubber.guides.model import Composite, Element, Relation, Segment

#: (elements, the first is the segment id; the segment as text) → certainly right, unless it is odd
Proof = Callable[[list[str], str], bool]


#: Lengths above this hardly ever occur: they are looked at only where a whole segment is longer.
_LONG = 40


class Oddity:
    """Looks for what proofs do not look for, because it is rare and quickly found in much text at once.

    That is: repetitions, and characters that are not allowed. `end` is the segment terminator.
    """

    def __init__(self, marks: Marks, end: str) -> None:
        self._repetition = marks.repetition
        # Separators that cannot be printed are in order.
        every = (marks.element, marks.component, end)
        self._unprintable = {ord(mark): "," for mark in every if not mark.isprintable()}

    def is_in(self, text: str, *, printable: bool = False) -> bool:
        """Return whether there may be anything odd in a segment, or in several.

        `printable`: all characters but separators are known to be allowed.
        """
        if self._repetition and self._repetition in text:
            return True
        if printable:
            return False
        seen = text.translate(self._unprintable) if self._unprintable else text
        return not (seen.isascii() and seen.isprintable())


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
        """Write the check: element by element, each with the relational notes that matter once it is there.

        What comes behind the last required element stands inside of a test for its presence, and so does what
        comes behind that: most segments are short. What is behind the last that is used cannot be right.
        """
        specs = segment.elements
        required = max((i for i, spec in enumerate(specs, 1) if spec.usage == "R"), default=1)
        used = max((i for i, spec in enumerate(specs, 1) if spec.usage != "N"), default=0)
        self.emit("n = len(e)")
        if required == used and specs[used - 1].usage == "R":  # then the last is not empty
            self.fails_if(f"n != {used + 1}")
        else:
            self.fails_if(f"not {required} < n <= {used + 1}")
            self.fails_if("not e[-1]")
        mixed = any(isinstance(spec, Composite) and spec.usage != "N" for spec in specs)
        if any(self._is_loose(number, segment) for number in range(1, used + 1)):
            self._look_at_text(mixed=mixed)
        long = self._long(segment) if sum(map(_is_long, specs)) > 1 else []
        for line in long:
            self.emit(line)
        noted: dict[int, list[str]] = {}
        for relation in segment.relations:
            for number, test in self._relation(relation, specs, required):
                noted.setdefault(number, []).append(test)
        for test in noted.get(0, ()):
            self.fails_if(test)
        depth, unused = 1, []
        for number, spec in enumerate(specs[:used], 1):
            if spec.usage == "N":
                unused.append(number)
                continue
            tests = noted.get(number, [])
            tests += self._tests(
                number, segment, measured=bool(long) and _is_long(spec), mixed=mixed, last=number == used
            )
            first = number
            if unused:
                # Where a segment ends among these, its last element is one that is not empty: none is asked
                # for that is not there, and what is behind them is there when they are empty.
                tests.insert(0, " or ".join(f"e[{i}]" for i in unused))
                first, unused = unused[0], []
            if tests and first > required:
                self.emit(f"if n > {first}:", depth)
                depth += 1
            for test in tests:
                self.fails_if(test, depth)
        self.emit("return True")

    def _look_at_text(self, *, mixed: bool) -> None:
        """Write the look for blanks at an element's end, and for components if there are no composites."""
        blanks = [f"t[-1] == ' ' or {f' {self.marks.element}'!r} in t"]
        if mixed:
            blanks.append(f"{f' {self.marks.component}'!r} in t")
        else:
            self.fails_if(f"{self.marks.component!r} in t")
        self.fails_if(f"' ' in t and ({' or '.join(blanks)})")

    def _is_loose(self, number: int, segment: Segment) -> bool:
        """Return whether the tests of an element let any characters pass."""
        mark = self.marks.component
        if mark in "-.":  # numbers and dates may have them
            return True
        return _is_free(segment.elements[number - 1]) and not _is_told(number, segment)

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

    def _tests(
        self,
        number: int,
        segment: Segment,
        *,
        measured: bool,
        mixed: bool,
        last: bool,
    ) -> Iterator[str]:
        """Yield the tests that an element is wrong.

        `measured`: it is known not to be too long. `mixed`: others of the segment are composites. `last`: no
        other is used behind it, so that it is not empty.
        """
        at, spec = f"e[{number}]", segment.elements[number - 1]
        if isinstance(spec, Composite):
            yield f"not {self.constant(_answers(spec, self.marks.component))}[{at}]"
            return
        by = spec.format_by or number - 1
        there = "" if spec.usage == "R" or last else f"{at} and "
        if _is_told(number, segment):
            checks = _checks(spec, by, segment)
            first, *others = set(checks.values())
            check = f"{self.constant(checks)}[e[{by}]]" if others else self.constant(first)
            yield f"{there}not {check}({at})"
            return
        if spec.codes is not None:
            yield self._codes(spec, at, there)
        else:
            yield from self._value(spec, at, there, measured=measured, mixed=mixed)
        checks = _checks(spec, by, segment)
        if checks:
            qualifier = f"e[{by}]" if 0 < by <= number else f"(e[{by}] if n > {by} else '')" if by else "''"
            yield f"(f := {self.constant(checks)}.get({qualifier})) is not None and {there}not f({at})"

    def _codes(self, spec: Element, at: str, there: str) -> str:
        """Return the test that a value is not of its list: one code is compared, that is quicker."""
        codes = right_codes(spec, self.marks.component)
        only = [code for code in codes if code]
        return f"{there}{at} != {only[0]!r}" if len(only) == 1 else f"{at} not in {self.constant(codes)}"

    def _value(self, spec: Element, at: str, there: str, *, measured: bool, mixed: bool) -> Iterator[str]:
        """Yield tests that a value without a list of codes is wrong. `there` begins those of no empty one."""
        answers, least = _answers(spec, self.marks.component), max(spec.least, 1)
        if spec.type == "R" and spec.least <= 1 and spec.format is None and self.marks.component != ".":
            # Amounts hardly ever come twice: to remember them costs more than to look at them.
            plain = f"len({at}) <= {spec.most} and {at}.replace('.', '', 1).isdigit()"
            yield f"not ({plain} or {self.constant(answers)}[{at}])"
            return
        if not _is_free(spec):
            yield f"not {self.constant(answers)}[{at}]"
            return
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

    def _relation(
        self, relation: Relation, specs: Sequence[Element | Composite], least: int
    ) -> Iterator[tuple[int, str]]:
        """Yield the tests that a relational note is not kept, but for what usage says already.

        Each comes with the element that it is to be asked behind, where that is there; 0: always. The first
        `least` elements are always there.
        """
        kind, numbers = relation
        usages = {number: specs[number - 1].usage if number <= len(specs) else "N" for number in numbers}
        used = [number for number in numbers if usages[number] != "N"]
        required = {number for number in used if usages[number] == "R"}

        def all_of(numbers: Sequence[int], behind: int, word: str) -> str:
            known = max(behind, least)
            return word.join(
                f"({'' if i <= known else f'n > {i} and '}e[{i}] != '')" if i in used else "False"
                for i in numbers
            )

        if kind == "R":
            if not required:
                yield 0, f"not ({all_of(used, 0, ' or ')})" if used else "True"
        elif kind == "P":
            if len(required) < len(used) == len(numbers):
                yield min(used), f"not {all_of(used, min(used), ' == ')}"
            elif len(used) < len(numbers):
                yield from ((number, f"e[{number}]") for number in used)
        elif kind == "E":
            if len(used) > 1:
                second = sorted(used)[1]
                yield second, f"{all_of(used, second, ' + ')} > 1"
        elif numbers[0] in used:
            first = numbers[0]
            others = [number for number in numbers[1:] if number not in required]
            if others and (kind == "C" or len(others) == len(numbers) - 1):
                joined = all_of(others, first, " and " if kind == "C" else " or ")
                yield first, f"e[{first}] and not ({joined})"


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


def _is_told(number: int, segment: Segment) -> bool:
    """Return whether the element before, or another one, always says the form of an element's values.

    Nothing else needs to be asked then, because forms have a length.
    """
    specs = segment.elements
    spec = specs[number - 1]
    if not isinstance(spec, Element) or not spec.formats or not _is_free(spec):
        return False
    by = spec.format_by or number - 1
    says = specs[by - 1] if 0 < by < number else None
    return (
        isinstance(says, Element)
        and (says.usage == "R" or (says.usage == "S" and ("P", (by, number)) in segment.relations))
        and says.codes is not None
        and says.codes <= spec.formats.keys()
        and spec.least <= LEAST_FORMED
        and spec.most >= MOST_FORMED
    )


def _checks(spec: Element, by: int, segment: Segment) -> Mapping[str, Check]:
    """Return the checks of an element's formats, by the code of element `by`: those that its list has."""
    says = segment.elements[by - 1] if 0 < by <= len(segment.elements) else None
    known = says.codes if isinstance(says, Element) else None
    return {
        code: FORMATS[name][0]
        for code, name in spec.formats.items()
        if not code or known is None or code in known
    }


@cache
def right_codes(spec: Element, component: str) -> frozenset[str]:
    """Return the codes of an element's list that are right in every other way too; "" where it may lack."""
    codes = {c for c in spec.codes or () if component not in c and value_fault(spec, c) is None}
    return frozenset(codes if spec.usage == "R" else {*codes, ""})


@cache
def _answers(spec: Element | Composite, component: str) -> Answers:
    """Return whether values of an element are right, but for their formats by qualifier; remembers them."""
    return Answers(lambda value: is_right(spec, value, component))
