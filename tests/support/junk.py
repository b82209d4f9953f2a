"""YAML with junk in the place of every value, one after the other."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from scrubber.packs.yaml_marks import read_yaml


def with_junk(text: bytes, junk: Any) -> Iterator[str]:
    """Yield a text, as JSON, once for each of its values with junk instead of it."""
    data: Any = read_yaml(text, "f").data
    for place in _places(data):
        broken: Any = copy.deepcopy(data)
        if not place:
            broken = junk
        else:
            parent = broken
            for part in place[:-1]:
                parent = parent[part]
            parent[place[-1]] = junk
        yield json.dumps(broken)


def _places(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _places(value, (*place, key))
