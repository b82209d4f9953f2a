"""Which rule language this engine reads, and whether a pack's `engine:` range allows it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

#: The version of the rule language. It grows when keys or operators are added, not with every release.
LANGUAGE_VERSION = (0, 1)

_CLAUSE = re.compile(r"(>=|<=|==|>|<)?\s*(\d+(?:\.\d+)*)")
_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "": operator.eq,
}


def allows(text: str, version: tuple[int, ...] = LANGUAGE_VERSION) -> bool:
    """Tell whether a range such as `>=0.1,<1` allows a version. Raises ValueError when it is not a range."""
    return all(_holds(clause.strip(), version) for clause in text.split(","))


def _holds(clause: str, version: tuple[int, ...]) -> bool:
    found = _CLAUSE.fullmatch(clause)
    if found is None:
        raise ValueError(f"`{clause}` is not a bound")
    bound = tuple(int(part) for part in found[2].split("."))
    length = max(len(bound), len(version))
    padded = (version + (0,) * length)[:length], (bound + (0,) * length)[:length]
    return _COMPARE[found[1] or ""](*padded)
