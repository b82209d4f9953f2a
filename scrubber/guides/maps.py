"""Guides from the maps that pyx12 ships: XML read as data. pyx12's own code is not used.

Its wrappers around header and detail are taken out, so that positions count within ST.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import cast, get_args

from scrubber.guides.formats import formats_by_code
from scrubber.guides.model import Composite, DataType, Element, Guide, Loop, Segment, Usage, relation
from scrubber.guides.qualify import with_qualifiers

_WRAPPERS = frozenset({"HEADER", "DETAIL", "FOOTER"})


class GuideError(Exception):
    """Guide data that cannot be used, with what to do about it."""


def read(name: str) -> bytes:
    """Return the bytes of a file of pyx12's maps. Raises GuideError."""
    try:
        return (files("pyx12") / "map" / name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise GuideError(
            f"the map {name} of pyx12 is not there; install pyx12 again: pip install 'pyx12>=4.0'"
        ) from error


def sources() -> list[bytes]:
    """Return all of pyx12's data that guides are made from, for hashing."""
    names = ("dataele.xml", "codes.xml", "x12.control.00501.xml", *MAPS)
    return [read(name) for name in names]


#: pyx12's maps of 837P and 837I: the guide's id and that of its later errata.
MAPS: Mapping[str, tuple[str, ...]] = {
    "837.5010.X222.A1.xml": ("005010X222A1", "005010X222A2"),
    "837Q3.I.5010.X223.A1.xml": ("005010X223A2", "005010X223A3"),
}


def from_map(name: str, ids: tuple[str, ...]) -> Guide:
    """Return the guide of a map. Raises GuideError."""
    top = _parse(name).find("loop")
    if top is None:
        raise GuideError(f"the map {name} of pyx12 has no loops")
    loop = with_qualifiers(_named(_with_envelope(_loop(top)), ids))
    return Guide(ids[0], ids, "837" if name.startswith("837") else name[:3], name, loop)


def _with_envelope(top: Loop) -> Loop:
    """Return a guide with the ISA that pyx12 itself checks by: those in its maps of guides are older."""
    control = _parse("x12.control.00501.xml").find("loop")
    if control is None:
        raise GuideError("pyx12's map of control segments has no loops")
    header, *others = top.children
    newer = _loop(control).children[0]
    return replace(top, children=(newer if newer.id == header.id else header, *others))


#: Where a file says which guide it follows.
_SAID = {("GS", 8), ("ST", 3)}


def _named(loop: Loop, ids: tuple[str, ...]) -> Loop:
    """Return a loop that takes every id of the guide where a file says its guide."""

    def named(segment: Segment) -> Segment:
        elements = tuple(
            replace(e, codes=frozenset({*e.codes, *ids}))
            if (segment.id, i) in _SAID and isinstance(e, Element) and e.codes
            else e
            for i, e in enumerate(segment.elements, 1)
        )
        return replace(segment, elements=elements)

    children = (_named(c, ids) if isinstance(c, Loop) else named(c) for c in loop.children)
    return replace(loop, children=tuple(children))


def _parse(name: str) -> ET.Element:
    try:
        return ET.fromstring(read(name))
    except ET.ParseError as error:
        raise GuideError(f"the map {name} of pyx12 cannot be read") from error


@cache
def data_elements() -> Mapping[str, tuple[DataType, int, int]]:
    """Return type, least and most length by data element number."""
    out = {}
    for node in _parse("dataele.xml").iter("data_ele"):
        kind = node.get("data_type", "AN")
        if kind not in get_args(DataType):
            raise GuideError(f"data element {node.get('ele_num')} has the unknown type {kind}")
        out[node.get("ele_num", "")] = (
            cast(DataType, kind),
            int(node.get("min_len", "1")),
            int(node.get("max_len", "1")),
        )
    return out


@cache
def external_codes() -> Mapping[str, frozenset[str]]:
    """Return the lists of codes that guides refer to, by name."""
    return {
        _text(node, "id"): frozenset(code.text or "" for code in node.iter("code"))
        for node in _parse("codes.xml").iter("codeset")
    }


def _text(node: ET.Element, tag: str) -> str:
    child = node.find(tag)
    return (child.text or "").strip() if child is not None else node.get(tag, "")


def _most(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _usage(node: ET.Element) -> Usage:
    usage = _text(node, "usage")
    return cast(Usage, usage if usage in get_args(Usage) else "S")


def _unwrapped(node: ET.Element) -> Iterator[tuple[tuple[int, int], ET.Element]]:
    """Yield loops and segments of a loop with what they are ordered by."""
    for child in node:
        if child.tag not in ("loop", "segment"):
            continue
        position = int(_text(child, "pos"))
        if child.get("xid") in _WRAPPERS:
            for (inner, _), grandchild in _unwrapped(child):
                yield (position, inner), grandchild
        else:
            yield (position, 0), child


def _loop(node: ET.Element) -> Loop:
    # A level ends where the next begins: those below come last, wherever a map has them (837I: 2000C).
    inner = _is_level(node)
    placed = [((inner and _is_level(child), at), child) for at, child in _unwrapped(node)]
    ordered = sorted(placed, key=lambda pair: pair[0])
    children: list[Loop | Segment] = []
    for position, (_, group) in enumerate(groupby(ordered, key=lambda pair: pair[0])):
        for _, child in group:
            children.append(_child(child, position))
    id = (node.get("xid") or "").removesuffix("_LOOP")
    return Loop(id, _text(node, "name"), _usage(node), 0, _most(_text(node, "repeat")), tuple(children))


def _is_level(node: ET.Element) -> bool:
    """Return whether a loop is a hierarchical level."""
    first = next((child for child in node if child.tag in ("loop", "segment")), None)
    return node.tag == "loop" and first is not None and first.get("xid") == "HL"


def _child(node: ET.Element, position: int) -> Loop | Segment:
    return replace(_loop(node), position=position) if node.tag == "loop" else _segment(node, position)


def _segment(node: ET.Element, position: int) -> Segment:
    elements: list[Element | Composite] = []
    for child in node:
        if child.tag == "element":
            elements.append(_element(child, elements))
        elif child.tag == "composite":
            components: list[Element] = []
            for part in child.findall("element"):
                components.append(_element(part, components))
            elements.append(
                Composite(
                    _text(child, "name"),
                    _usage(child),
                    _text(child, "data_ele"),
                    tuple(components),
                    max(1, _most(_text(child, "repeat"))),
                )
            )
    relations = tuple(relation(child.text or "") for child in node.findall("syntax"))
    return Segment(
        node.get("xid") or "",
        _text(node, "name"),
        _usage(node),
        position,
        _most(_text(node, "max_use")),
        tuple(elements),
        relations,
    )


def _element(node: ET.Element, before: Sequence[Element | Composite]) -> Element:
    number = _text(node, "data_ele")
    try:
        kind, least, most = data_elements()[number]
    except KeyError:
        raise GuideError(f"data element {number} is not in pyx12's dictionary") from None
    listed = node.find("valid_codes")
    codes: frozenset[str] | None = None
    if listed is not None:
        found = {code.text or "" for code in listed.findall("code")}
        codes = frozenset(found | external_codes().get(listed.get("external", ""), frozenset())) or None
    return Element(
        _text(node, "name"),
        _usage(node),
        number,
        kind,
        least,
        most,
        codes,
        max(1, _most(_text(node, "repeat"))),
        {"[0-9]{9}": "digits9"}.get(_text(node, "regex")),
        formats_by_code(number, before[-1] if before else None),
    )
