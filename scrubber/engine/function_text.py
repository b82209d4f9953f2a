"""The text of a generated function while it is written: lines, blocks, variables and constants.

What several conditions ask for is worked out once: `hold` gives the variable that has an expression's value
already, `late` one that gets it when it is first needed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class FunctionText:
    """A function's body. `depth` is how far the next line is indented.

    `_held` are the variables of expressions by the depth that they were written at.
    """

    depth: int = 1
    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _count: int = 0
    _held: list[dict[str, str]] = field(default_factory=list)
    _late: list[str] = field(default_factory=list)

    def emit(self, text: str) -> None:
        """Write a line at the current depth. What was held deeper does not hold any more."""
        del self._held[self.depth + 1 :]
        self.lines.append("    " * self.depth + text)

    def open(self, head: str) -> None:
        """Begin a block; `within` or a new `depth` ends it."""
        self.emit(head)
        self.depth += 1

    def unless(self, refuted: str) -> None:
        """Begin a block for what a condition does not surely exclude."""
        if refuted != "False":
            self.open(f"if not {refuted}:")

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """Come back to the current depth, whatever blocks are begun."""
        depth = self.depth
        yield
        self.depth = depth

    def walk(self, items: str, *, counted: bool = False, start: str = "1") -> tuple[str, str]:
        """Begin a loop; return the variables of the item and, if it is counted, of its number."""
        item = self.name("x")
        number = self.name("i") if counted else ""
        if counted:
            self.open(f"for {number}, {item} in enumerate({items}, {start}):")
        else:
            self.open(f"for {item} in {items}:")
        return item, number

    def name(self, prefix: str = "v") -> str:
        """Return a new variable."""
        self._count += 1
        return f"{prefix}{self._count}"

    def constant(self, value: Any, name: str = "") -> str:
        """Return the name under which the function finds a value; `name` is what it should be called."""
        known = self._names.get(id(value))
        if known is not None:
            return known
        if not name or name in self.constants:
            name = f"K{len(self.constants)}"
        self.constants[name] = value
        self._names[id(value)] = name
        return name

    def operator(self, operators: Any, name: str) -> str:
        """Return the name of an operator's function, which is the operator's own."""
        function: Callable[..., bool] = operators[name]
        return self.constant(function, f"op_{name}")

    def hold(self, expression: str) -> str:
        """Put an expression into a variable; return it, or the one that has it already."""
        known = self._known(expression)
        if known is not None:
            return known
        variable = self.name()
        self.emit(f"{variable} = {expression}")
        self._keep(expression, variable)
        return variable

    def late(self, expression: str) -> str:
        """Return the variable of an expression of the claim alone, `...` until it is first needed."""
        known = self._known(expression)
        if known is not None:
            return known
        variable = f"d_{len(self._late)}"
        if expression in self._late:
            variable = f"d_{self._late.index(expression)}"
        else:
            self._late.append(expression)
        self.emit(f"if {variable} is ...: {variable} = {expression}")
        self._keep(expression, variable)
        return variable

    def _known(self, expression: str) -> str | None:
        return next(
            (known[expression] for known in self._held[: self.depth + 1] if expression in known), None
        )

    def _keep(self, expression: str, variable: str) -> None:
        self._held += [{} for _ in range(self.depth + 1 - len(self._held))]
        self._held[self.depth][expression] = variable

    def text(self, head: str) -> str:
        """Return the whole function."""
        late = [f"    d_{number} = ..." for number in range(len(self._late))]
        return "\n".join([head, *late, *self.lines])

    @contextlib.contextmanager
    def attempt(self, failure: type[Exception]) -> Iterator[None]:
        """Take back what was written when that ends in a failure, which is raised on."""
        depth, lines, late, constants = self.depth, len(self.lines), len(self._late), len(self.constants)
        held = [dict(known) for known in self._held]
        try:
            yield
        except failure:
            self.depth, self._held = depth, held
            del self.lines[lines:], self._late[late:]
            for name in list(self.constants)[constants:]:
                del self._names[id(self.constants.pop(name))]
            raise
