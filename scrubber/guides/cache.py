"""Compiled guides kept between runs, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from scrubber.guides.model import Composite, Element, Guide, Loop, Segment
from scrubber.kept import keep, key_of, recall

_KIND = "guides"


def cached(made_from: Sequence[bytes], make: Callable[[], Guide]) -> Guide:
    """Return a guide from the cache, else make it and keep it.

    `made_from` is all that it depends on, but for the code of this package.
    """
    key = key_of(Path(__file__).parent, made_from)
    data = recall(_KIND, key)
    if data is not None:
        return _from_json(orjson.loads(data))
    guide = make()
    keep(_KIND, key, orjson.dumps(_to_json(guide)))
    return guide


# Equal elements are written once, in a table, and named by their place in it.


def _to_json(guide: Guide) -> dict[str, Any]:
    table: dict[str, int] = {}
    rows: list[Any] = []

    def put(value: Any) -> int:
        key = repr(value)
        if key not in table:
            table[key] = len(rows)
            rows.append(value)
        return table[key]

    def element(e: Element | Composite) -> int:
        if isinstance(e, Composite):
            return put([1, e.name, e.usage, e.number, [element(c) for c in e.components], e.repeat])
        codes = sorted(e.codes) if e.codes is not None else None
        formats = dict(sorted(e.formats.items()))
        return put(
            [
                0,
                e.name,
                e.usage,
                e.number,
                e.type,
                e.least,
                e.most,
                codes,
                e.repeat,
                e.format,
                formats,
                e.format_by,
            ]
        )

    def node(n: Loop | Segment) -> list[Any]:
        if isinstance(n, Loop):
            return [1, n.id, n.name, n.usage, n.position, n.most, [node(c) for c in n.children]]
        qualifier = [n.qualifier[0], n.qualifier[1], sorted(n.qualifier[2])] if n.qualifier else None
        elements = [element(e) for e in n.elements]
        return [0, n.id, n.name, n.usage, n.position, n.most, elements, n.relations, qualifier]

    top = node(guide.top)
    head = [guide.id, guide.ids, guide.transaction, guide.name]
    return {"head": head, "elements": rows, "top": top}


def _from_json(data: dict[str, Any]) -> Guide:
    made: list[Element | Composite] = []
    for row in data["elements"]:  # components stand before their composites
        if row[0]:
            _, name, usage, number, components, repeat = row
            parts: Any = tuple(made[i] for i in components)
            made.append(Composite(name, usage, number, parts, repeat))
        else:
            _, name, usage, number, kind, least, most, codes, repeat, form, formats, by = row
            listed = frozenset(codes) if codes is not None else None
            made.append(Element(name, usage, number, kind, least, most, listed, repeat, form, formats, by))

    def node(row: list[Any]) -> Any:
        if row[0]:
            _, id, name, usage, position, most, children = row
            return Loop(id, name, usage, position, most, tuple(node(child) for child in children))
        _, id, name, usage, position, most, elements, relations, qualifier = row
        told = (qualifier[0], qualifier[1], frozenset(qualifier[2])) if qualifier else None
        notes: Any = tuple((kind, tuple(numbers)) for kind, numbers in relations)
        return Segment(id, name, usage, position, most, tuple(made[i] for i in elements), notes, told)

    guide_id, ids, transaction, name = data["head"]
    return Guide(guide_id, tuple(ids), transaction, name, node(data["top"]))
