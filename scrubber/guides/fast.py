"""The elements of a segment, quickly: generated code that proves segments of one length right.

It only ever says "certainly right"; `elements.check` decides about the rest, and says what is wrong. A
property test holds the two together. A proof relies on what `Oddity` looks for, in a segment or in a whole
piece of a file at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeGuard

from scrubber.guides.code import Code
from scrubber.guides.elements import Marks, is_right, value_fault
from scrubber.guides.formats import FORMATS, LEAST_FORMED, MOST_FORMED, PERIODS, Answers, Check, read_day
from scrubber.guides.model import Composite, Element, Relation, Segment

#: Lengths above this hardly ever occur: they are looked at only where a whole segment is longer.
_LONG = 40
#: So many codes are sooner compared one by one; that there is none is one of them.
_FEW = 3


class Oddity:
    """Looks for what proofs do not look for, because it is rare and quickly found in much text at once.

    That is: repetitions, blanks at the end of an element or component, and characters that are not allowed.
    `end` is the segment terminator.
    """

    def __init__(self, marks: Marks, end: str) -> None:
        self._repetition = marks.repetition
        self._ends_blank = re.compile(rf" (?=[{re.escape(marks.element + marks.component + end)}]|\Z)").search
        # Separators that cannot be printed are in order.
        every = (marks.element, marks.component, end)
        self._unprintable = {ord(mark): "," for mark in every if not mark.isprintable()}

    def is_in(self, text: str, *, usual: bool = False) -> bool:
        """Return whether there may be anything odd in a segment, or in several.

        `usual`: there are known to be no such blanks, and no characters that are not allowed.
        """
        if self._repetition and self._repetition in text:
            return True
        if usual:
            return False
        if self._ends_blank(text) is not None:
            return True
        seen = text.translate(self._unprintable) if self._unprintable else text
        return not (seen.isascii() and seen.isprintable())


def write_proof(code: Code, segment: Segment, marks: Marks) -> None:
    """Write what returns False unless a segment of the code's length is certainly right.

    The code is told what is known then.
    """
    assert code.length is not None
    _Writer(code, marks, code.length - 1).write(segment)


@dataclass(slots=True)
class _Writer:
    """A check being written. `last` is the segment's last element, which is not empty."""

    code: Code
    marks: Marks
    last: int

    def fails_if(self, test: str) -> None:
        if test == "True":
            self.code.emit("return False")
        elif test != "False":
            self.code.emit(f"if {test}: return False")

    def write(self, segment: Segment) -> None:
        """Write the check: element by element, each with the relational notes that are asked with it."""
        specs, code, last = segment.elements, self.code, self.last
        required = max((i for i, spec in enumerate(specs, 1) if spec.usage == "R"), default=1)
        if not required <= last <= len(specs):
            self.fails_if("True")
            return
        if specs[last - 1].usage != "R":  # else it is looked at as such
            self.fails_if(f"not {code.at(last)}")
        mixed = any(isinstance(spec, Composite) and spec.usage != "N" for spec in specs)
        if not mixed and any(self._is_loose(i, segment) for i in range(1, last + 1)):
            self.fails_if(f"{self.marks.component!r} in t")
        long = list(self._long(segment)) if sum(map(_is_long, specs)) > 1 else []
        for line in long:
            code.emit(line)
        noted: dict[int, list[str]] = {}
        for relation in segment.relations:
            for number, test in self._relation(relation, specs):
                noted.setdefault(number, []).append(test)
        for test in noted.get(0, ()):
            self.fails_if(test)
        unused: list[str] = []
        for number, spec in enumerate(specs[:last], 1):
            if spec.usage == "N":
                unused.append(code.at(number))
                continue
            self.fails_if(" or ".join(unused) or "False")
            unused = []
            for test in noted.get(number, ()):
                self.fails_if(test)
            for test in self._tests(number, segment, measured=bool(long) and _is_long(spec), mixed=mixed):
                self.fails_if(test)
            if spec.usage == "R" or number == last:
                code.present.add(number)
        self.fails_if(" or ".join(unused) or "False")

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
        code, longest, tests = self.code, [], []
        for number, spec in enumerate(specs, 1):
            if _is_long(spec) and not code.lacks(number):
                others = required - (least[number] if spec.usage == "R" else 0)
                longest.append(spec.most + len(segment.id) + number + others)
                tests.append(f"    if len({code.at(number)}) > {spec.most}: return False")
        if tests:
            yield f"if len(t) > {min(longest)}:"
            yield from tests

    def _tests(self, number: int, segment: Segment, *, measured: bool, mixed: bool) -> Iterator[str]:
        """Yield the tests that an element is wrong.

        `measured`: it is known not to be too long. `mixed`: others of the segment are composites.
        """
        code = self.code
        at, spec = code.at(number), segment.elements[number - 1]
        if isinstance(spec, Composite):
            if number in code.parts:
                yield f"(p{number} := {code.constant(code.parts[number])}[{at}]) is None"
            else:
                yield f"not {code.constant(_answers(spec, self.marks.component))}[{at}]"
            return
        by = spec.format_by or number - 1
        there = "" if spec.usage == "R" or number == self.last else f"{at} and "
        if _is_told(number, segment):
            checks = _checks(spec, by, segment)
            # A guide may give a code a format of another name.
            are_periods = all(code in PERIODS and spec.formats[code] == code for code in checks)
            if are_periods and not there:
                day = f"d{number}"
                if len(checks) == 1 and "D8" in checks:
                    code.days[number] = day, "None"
                    read = f"{code.constant(read_day)}({at})"  # those of birth hardly ever come again
                else:
                    code.days[number] = f"{day}[0]", f"{day}[1]"
                    read = f"{code.constant(PERIODS)}[{code.at(by)}][{at}]"
                yield f"({day} := {read}) is None"
                return
            first, *others = set(checks.values())
            check = f"{code.constant(checks)}[{code.at(by)}]" if others else code.constant(first)
            yield f"{there}not {check}({at})"
            return
        if spec.codes is not None:
            yield self._codes(number, spec)
        else:
            yield from self._value(number, spec, there, measured=measured, mixed=mixed)
        checks = _checks(spec, by, segment)
        if checks.keys() == {""} or code.lacks(by):
            if "" in checks:
                yield f"{there}not {code.constant(checks[''])}({at})"
        elif checks:
            yield f"(f := {code.constant(checks)}.get({code.at(by)})) is not None and {there}not f({at})"

    def _codes(self, number: int, spec: Element) -> str:
        """Return the test that a value is not of its list: a few are compared, that is quicker."""
        codes, at = right_codes(spec, self.marks.component), self.code.at(number)
        if number in self.code.known:
            return str(self.code.known[number] not in codes)
        if len(codes) > _FEW:
            return f"{at} not in {self.code.constant(codes)}"
        return " and ".join(f"{at} != {code!r}" for code in sorted(codes, reverse=True)) or "True"

    def _value(self, number: int, spec: Element, there: str, *, measured: bool, mixed: bool) -> Iterator[str]:
        """Yield tests that a value without a list of codes is wrong. `there` begins those of no empty one."""
        at = self.code.at(number)
        answers, least = _answers(spec, self.marks.component), max(spec.least, 1)
        if spec.type == "R" and spec.least <= 1 and spec.format is None and self.marks.component != ".":
            # Amounts hardly ever come twice: to remember them costs more than to look at them.
            plain = f"len({at}) <= {spec.most} and {at}.replace('.', '', 1).isdigit()"
            self.code.plain.add(number)
            yield f"{there}not ({plain})"
            return
        if not _is_free(spec):
            yield f"not {self.code.constant(answers)}[{at}]"
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
        self, relation: Relation, specs: Sequence[Element | Composite]
    ) -> Iterator[tuple[int, str]]:
        """Yield the tests that a relational note is not kept, but for what usage says already.

        Each comes with the element that it is to be asked with; 0: always.
        """
        kind, numbers = relation
        usages = {number: specs[number - 1].usage if number <= len(specs) else "N" for number in numbers}
        used = [number for number in numbers if usages[number] != "N"]
        required = {number for number in used if usages[number] == "R"}
        code = self.code

        def is_there(i: int) -> str:
            if i not in used or code.lacks(i):
                return "False"
            return "True" if i == self.last else f"({code.at(i)} != '')"

        def all_of(numbers: Sequence[int], word: str) -> str:
            return word.join(map(is_there, numbers))

        if kind == "R":
            if not required:
                yield 0, f"not ({all_of(used, ' or ')})" if used else "True"
        elif kind == "P":
            if len(used) < len(numbers):
                yield from ((number, code.at(number)) for number in used)
            elif self.last in used:
                yield min(used), f"not ({all_of(used, ' and ')})"
            elif len(required) < len(used):
                yield min(used), f"not {all_of(used, ' == ')}"
        elif kind == "E":
            if len(used) > 1:
                yield sorted(used)[1], f"{all_of(used, ' + ')} > 1"
        elif numbers[0] in used:
            first = numbers[0]
            others = [number for number in numbers[1:] if number not in required]
            if others and (kind == "C" or len(others) == len(numbers) - 1):
                joined = all_of(others, " and " if kind == "C" else " or ")
                yield first, f"{code.at(first)} and not ({joined})"


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
def _answers(spec: Element | Composite, component: str) -> Answers[bool]:
    """Return whether values of an element are right, but for their formats by qualifier; remembers them."""
    return Answers(lambda value: is_right(spec, value, component))
