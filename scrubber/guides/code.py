"""Python source that is being written, about the elements of one segment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from scrubber.guides.formats import Parts


@dataclass(slots=True)
class Code:
    """A function's body, line by line. The elements are in the list `e`, the segment id first.

    `length` is how many elements there are, with the id, when the code is for segments of one length only:
    they are in local names then. `known` are values of elements that are told before.

    What was written before says more: `present` are elements that are not empty, `plain` those that are
    plain decimals, `days` those whose date was read: the expressions of the day, or of the first and the last
    one (that is "None" where there is but one), and `parts` those whose components were read, into a tuple:
    `p` and their number.
    """

    length: int | None = None
    known: Mapping[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    depth: int = 1
    present: set[int] = field(default_factory=set)
    plain: set[int] = field(default_factory=set)
    days: dict[int, tuple[str, str]] = field(default_factory=dict)
    parts: dict[int, Parts] = field(default_factory=dict)

    def emit(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def when(self, test: str) -> Iterator[bool]:
        """Let what follows stand inside of a test; answer whether anything should: "False" never holds."""
        start, first = self.depth, len(self.lines)
        if test not in ("True", "False"):
            self.emit(f"if {test}:")
            self.depth += 1
        yield test != "False"
        if self.depth > start and len(self.lines) == first + 1:
            del self.lines[first]  # nothing stands inside
        self.depth = start

    def at(self, element: int) -> str:
        """Return the expression of an element's value."""
        return f"e[{element}]" if self.length is None else f"e{element}"

    def has(self, element: int) -> str:
        """Return the test that there is an element."""
        return f"n > {element}" if self.length is None else str(self.length > element)

    def lacks(self, element: int) -> bool:
        """Return whether there is certainly no such element."""
        return self.length is not None and self.length <= element

    def constant(self, value: Any) -> str:
        """Return the name of a value that is not written out."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = value.__name__ if isinstance(value, type) else f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def made(self, parameters: str, name: str) -> Callable[..., Any]:
        """Return the function. Constants are defaults of parameters, which are found sooner than globals."""
        every = ", ".join([parameters, *(f"{constant}={constant}" for constant in self.constants)])
        scope = dict(self.constants)
        source = "\n".join([f"def made({every}):", *self.lines])
        exec(compile(source, f"<{re.sub(r'[^0-9A-Za-z]', '_', name)}>", "exec"), scope)
        made: Callable[..., Any] = scope["made"]
        return made
