"""New objects of the claim model, quickly: as nothing was said of them, or as others are.

A dataclass asks for each of its lists whether one was given, and then calls for a new one. A line has some
twenty, a claim more: for a reader, which makes them all the time, that is most of the work. Here all lists
with nothing in them are one and the same, which nobody can change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class Nothing(list[Any]):
    """A list that stays empty; copies of it are ordinary lists. Who has something to say sets another one."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return list, ()

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("all objects with nothing in this list have the same one: set a list instead")

    append = extend = insert = __setitem__ = __iadd__ = __imul__ = _refuse


NOTHING = Nothing()


@cache
def maker(part: type[T], *given: str) -> Callable[..., T]:
    """Return what makes objects of a class, as the class itself does. `given` are members to call it with."""
    scope: dict[str, Any] = {"new": object.__new__, "part": part, "nothing": NOTHING}
    lines = [f"def make({', '.join(given)}):", "o = new(part)"]
    for member in fields(part):  # type: ignore[arg-type]
        name = member.name
        factory: Any = member.default_factory
        if name in given:
            value = name
        elif factory is MISSING:
            value = repr(member.default)
        elif factory is list:
            value = "nothing"
        else:
            scope[f"make_{name}"] = maker(factory)
            value = f"make_{name}()"
        lines.append(f"o.{name} = {value}")
    exec(compile("\n    ".join([*lines, "return o"]), f"<maker of {part.__name__}>", "exec"), scope)
    made: Callable[..., T] = scope["make"]
    return made


def changed(part: T, **given: Any) -> T:
    """Return a copy of an object with some members changed, as `dataclasses.replace` does."""
    its_class: Any = type(part)
    made: T = _copier(its_class)(part)
    for name, value in given.items():
        setattr(made, name, value)
    return made


@cache
def _copier(part: Any) -> Callable[[Any], Any]:
    scope: dict[str, Any] = {"new": object.__new__, "part": part}
    copied = [f"    o.{member.name} = p.{member.name}" for member in fields(part)]
    text = "\n".join(["def copy(p):", "    o = new(part)", *copied, "    return o"])
    exec(compile(text, f"<copier of {part.__name__}>", "exec"), scope)
    made: Callable[[Any], Any] = scope["copy"]
    return made
