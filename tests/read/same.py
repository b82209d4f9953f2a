"""Whether two values of the claim model are the same, types included (Decimal("1") is not 1)."""

from __future__ import annotations

import dataclasses
from typing import Any


def same(a: Any, b: Any) -> bool:
    if _kind(a) is not _kind(b):
        return False
    if dataclasses.is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b) and str(a) == str(b)


def _kind(value: Any) -> type:
    """Return the type of a value; the list that has nothing in it is one like others."""
    return list if isinstance(value, list) else type(value)
