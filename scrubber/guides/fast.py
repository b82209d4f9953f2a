"""The elements of a segment, quickly: generated code that proves segments right.

It only ever says "certainly right"; `elements.check` decides about the rest, and says what is wrong. A
property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scrubber.guides.elements import Marks, value_fault
from scrubber.guides.formats import CHECKS, Answers
from scrubber.guides.model import Composite, Element, Relation, Segment

#: (elements, the first is the segment id; the segment as text) → certainly right
Proof = Callable[[list[str], str], bool]


def proof(segment: Segment, marks: Marks) -> Proof:
    """Return the quick check of a segment at its place in a guide."""
    writer = _Writer(marks)
    writer.write(segment)
    source = "\n".join(["def holds(e, t):", *writer.lines])
    scope: dict[str, Any] = dict(writer.constants)
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
        """Write the check: what may be seen at once, relational notes, then element by element."""
        specs = segment.elements
        self.emit("n = len(e)")
        self.fails_if(f"n > {len(specs) + 1} or n <= {max(_last_required(specs), 1)}")
        composites = any(isinstance(spec, Composite) and spec.usage != "N" for spec in specs)
        self.fails_if(" or ".join(self._odd(composites=composites)))
        for relation in segment.relations:
            self._relation(relation)
        self._each(specs, "e", "n", 0, 1, separate=composites)
        self.emit("return True")

    def _each(
        self,
        specs: Sequence[Element | Composite],
        holder: str,
        length: str,
        before: int,
        depth: int,
        *,
        separate: bool,
    ) -> None:
        """Write the checks of elements or components, number `before` + 1 standing first in the holder.

        What comes behind the last required one stands inside of a test for its presence, and so does what
        comes behind that: most segments are short. `separate`: there are composites among them.
        """
        required = _last_required(specs)
        for number, spec in enumerate(specs, 1):
            at = number - before
            if number > max(required, 1):
                self.emit(f"if {length} > {at}:", depth)
                depth += 1
            if spec.usage == "N":
                self.fails_if(f"{holder}[{at}]", depth)
                continue
            self.emit(f"v = {holder}[{at}]", depth)
            if isinstance(spec, Composite):
                self._composite(spec, depth)
                continue
            by = spec.format_by or number - 1
            there = f"{holder}[{by - before}]"
            if by > number:  # behind the value, and perhaps absent
                there = f"({there} if {length} > {by - before} else '')"
            self._value(spec, depth, there if by else "''", separate=separate)

    def _odd(self, *, composites: bool) -> Iterator[str]:
        """Yield tests for blanks and separators at ends, and control characters.

        Other characters that are not allowed, and repetitions, are looked for in whole pieces of a file.
        """
        element, component = self.marks.element, self.marks.component
        yield "not e[-1]"
        yield "t[-1] == ' '"
        yield f"{' ' + element!r} in t"
        yield f"{(' ' if composites else '') + component!r} in t"
        yield f"not {'t' if (element + component).isprintable() else repr('') + '.join(e)'}.isprintable()"

    def _composite(self, spec: Composite, depth: int) -> None:
        if spec.usage == "R":
            self.fails_if("not v", depth)
        else:
            self.emit("if v:", depth)
            depth += 1
        parts = spec.components
        self.emit(f"p = v.split({self.marks.component!r})", depth)
        self.emit("m = len(p)", depth)
        self.fails_if(f"m > {len(parts)} or m < {_last_required(parts)} or not p[-1]", depth)
        self._each(parts, "p", "m", 1, depth, separate=False)

    def _value(self, spec: Element, depth: int, qualifier: str, *, separate: bool) -> None:
        """Write the check of `v`. `separate`: the segment has composites, and this is none of them."""
        if spec.usage != "R":
            self.emit("if v:", depth)
            depth += 1
        self.fails_if(self._wrong(spec, separate=separate), depth)
        if spec.formats:
            checks = {code: CHECKS[name] for code, name in spec.formats.items()}
            self.emit(f"f = {self.constant(checks)}.get({qualifier})", depth)
            self.fails_if("f is not None and not f[v]", depth)

    def _wrong(self, spec: Element, *, separate: bool) -> str:
        """Return the test that a value is wrong, or empty."""
        if spec.codes is not None:
            return f"v not in {self.constant(right_codes(spec))}"
        if spec.type == "R" and spec.least <= 1 and spec.format is None:
            # Amounts hardly ever come twice: to remember them costs more than to look at them.
            plain = f"len(v) <= {spec.most} and v.replace('.', '', 1).isdigit()"
            return f"not ({plain} or {self.constant(_answers(spec))}[v])"
        if spec.type in ("R", "N0", "N2", "DT", "TM") or spec.format is not None:
            return f"not {self.constant(_answers(spec))}[v]"
        least = max(spec.least, 1)
        exact = f"len(v) != {least}" if least == spec.most else f"not {least} <= len(v) <= {spec.most}"
        return f"{exact} or {self.marks.component!r} in v" if separate else exact

    def _relation(self, relation: Relation) -> None:
        kind, numbers = relation
        there = [f"(n > {number} and e[{number}] != '')" for number in numbers]
        if kind == "P":
            self.fails_if(f"not {' == '.join(there)}")
        elif kind == "R":
            self.fails_if(f"not ({' or '.join(there)})")
        elif kind == "E":
            self.fails_if(f"{' + '.join(there)} > 1")
        else:
            joined = " and " if kind == "C" else " or "
            self.fails_if(f"{there[0]} and not ({joined.join(there[1:])})")


def _last_required(specs: Sequence[Element | Composite]) -> int:
    return max((i for i, spec in enumerate(specs, 1) if spec.usage == "R"), default=0)


@cache
def right_codes(spec: Element) -> frozenset[str]:
    """Return the codes of an element's list that are right in every other way too."""
    return frozenset(code for code in spec.codes or () if value_fault(spec, code) is None)


@cache
def _answers(spec: Element) -> Answers:
    """Return whether values of an element are right, but for their formats by qualifier; remembers them."""
    return Answers(lambda value: value != "" and value_fault(spec, value) is None)
