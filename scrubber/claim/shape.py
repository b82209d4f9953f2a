"""The shape of the claim model, asked by path pattern: what class a part is, and whether it may be absent."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from scrubber.claim.model import Claim


def attribute(name: str) -> str:
    """Return the model's attribute for a path name (`from` is a Python keyword)."""
    return "from_" if name == "from" else name


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the model. `part` is its class when it is an object or a list of objects."""

    part: type | None
    many: bool = False
    optional: bool = False


@cache
def members(part: type) -> dict[str, Member]:
    """Return the members of a class of the model by path name."""
    hints = get_type_hints(part)
    return {name.rstrip("_"): _member(hint) for name, hint in hints.items() if not name.startswith("__")}


def _member(hint: Any) -> Member:
    origin = get_origin(hint)
    if origin is list:
        return Member(_part(get_args(hint)), many=True)
    if origin in (Union, types.UnionType):
        return Member(_part(get_args(hint)), optional=True)
    return Member(_part((hint,)))


def _part(hints: tuple[Any, ...]) -> type | None:
    """Return the class of the model among the hints; values, such as unreadable ones, are none."""
    return next((hint for hint in hints if hasattr(hint, "__pydantic_config__")), None)


@cache
def member_at(pattern: str) -> Member:
    """Return the member that a pattern names (`lines[].drug`). Raises KeyError."""
    part: type | None = Claim
    found = Member(Claim)
    for name in pattern.split("."):
        if part is None:
            raise KeyError(pattern)
        found = members(part)[name.removesuffix("[]")]
        part = found.part
    return found


def _walk(part: type, prefix: str) -> Iterator[tuple[str, Member]]:
    for name, member in members(part).items():
        if member.part is not None:
            pattern = f"{prefix}{name}" + ("[]" if member.many else "")
            yield pattern, member
            yield from _walk(member.part, f"{pattern}.")


#: Parts of a claim that may be absent as a whole, such as the loops of providers.
OPTIONAL_PARTS: frozenset[str] = frozenset(path for path, member in _walk(Claim, "") if member.optional)
