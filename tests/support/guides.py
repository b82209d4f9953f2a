"""The implementation guides as plain data: what our tables are compared with.

They are those of pyx12's maps. For dental claims it has none: theirs is our own guide in `rules/guides/`,
which was not made from the field table.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from benchmarks.claims.mix import ClaimType
from scrubber.guides import model
from scrubber.guides.library import FROM_MAPS, Guides, Load
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.guides import GuideFiles

#: The map that pyx12 itself chooses for each of our claim types.
MAPS = {"professional": "837.5010.X222.A1.xml", "institutional": "837Q3.I.5010.X223.A1.xml"}
#: Our guide of each other claim type.
OURS = {"dental": "837D.yaml"}
#: The id of each claim type's guide.
IDS: Mapping[ClaimType, str] = {
    "professional": "005010X222A1",
    "institutional": "005010X223A2",
    "dental": "005010X224A2",
}


def _read(folder: Path) -> dict[str, tuple[str, bytes]]:
    return {path.name: (path.name, path.read_bytes()) for path in sorted(folder.glob("*.yaml"))}


_FOLDER = builtin_rules_dir() / "guides"
_FILES = GuideFiles.of(_read(_FOLDER), list(_read(_FOLDER / "corrections").values()))
_SHIPPED = _FILES.loaders()
#: What loads each guide: pyx12's maps as they are, our own guides as they are shipped.
LOADERS: Mapping[str, Load] = {**_SHIPPED, **FROM_MAPS}


@cache
def shipped() -> Guides:
    """Return the guides as users have them, with their corrections."""
    return Guides(_SHIPPED)


@dataclass(frozen=True)
class GuideElement:
    """One element or component that the guide uses. `codes` are the codes it lists, if any.

    A component is `required` where its composite is there; `composite` says whether that must be.
    """

    element: int
    component: int | None
    required: bool
    composite: bool
    data_element: str
    codes: tuple[str, ...] = ()
    external: str = ""


@dataclass(frozen=True)
class GuideSegment:
    """One segment of one loop, as often as the guide names it (a REF for each qualifier)."""

    loop: str
    id: str
    name: str
    required: bool
    most: int | None
    opens: bool
    elements: tuple[GuideElement, ...] = field(default=())

    def codes(self, element: int, component: int | None = None) -> tuple[str, ...]:
        """Return the codes of an element, () when it has no list."""
        for e in self.elements:
            if (e.element, e.component) == (element, component):
                return e.codes
        return ()


@dataclass(frozen=True)
class GuideLoop:
    """One loop: its segments and loops in order. `most` is None where it may repeat for ever."""

    id: str
    required: bool
    most: int | None
    children: tuple[GuideLoop | GuideSegment, ...]

    def segments(self) -> Iterator[GuideSegment]:
        for child in self.children:
            if isinstance(child, GuideLoop):
                yield from child.segments()
            else:
                yield child


@cache
def guide(claim_type: str) -> GuideLoop:
    """Return the guide, from the interchange down."""
    if claim_type not in MAPS:
        return _ours(OURS[claim_type])
    text = (files("pyx12") / "map" / MAPS[claim_type]).read_text(encoding="utf-8")
    root = ET.fromstring(text)
    top = root.find("loop")
    assert top is not None
    return _loop(top)


def _text(node: ET.Element, tag: str) -> str:
    child = node.find(tag)
    return (child.text or "").strip() if child is not None else node.get(tag, "")


def _most(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _loop(node: ET.Element) -> GuideLoop:
    id = node.get("xid") or ""
    children: list[GuideLoop | GuideSegment] = []
    for child in node:
        if child.tag == "loop":
            children.append(_loop(child))
        elif child.tag == "segment":
            children.append(_segment(child, id, opens=not children))
    return GuideLoop(id, _text(node, "usage") == "R", _most(_text(node, "repeat")), tuple(children))


def _segment(node: ET.Element, loop: str, *, opens: bool) -> GuideSegment:
    return GuideSegment(
        loop,
        node.get("xid") or "",
        _text(node, "name"),
        _text(node, "usage") == "R",
        _most(_text(node, "max_use")),
        opens,
        tuple(_elements(node)),
    )


def _elements(node: ET.Element) -> Iterator[GuideElement]:
    for child in node:
        if _text(child, "usage") == "N":
            continue
        if child.tag == "element":
            yield _element(child, int(_text(child, "seq")), None, composite=True)
        elif child.tag == "composite":
            required = _text(child, "usage") == "R"
            for part in child.findall("element"):
                if _text(part, "usage") != "N":
                    yield _element(
                        part, int(_text(child, "seq")), int(_text(part, "seq")), composite=required
                    )


def _element(node: ET.Element, element: int, component: int | None, *, composite: bool) -> GuideElement:
    codes = node.find("valid_codes")
    listed = tuple(code.text or "" for code in codes.findall("code")) if codes is not None else ()
    external = codes.get("external", "") if codes is not None else ""
    required = _text(node, "usage") == "R"
    return GuideElement(element, component, required, composite, _text(node, "data_ele"), listed, external)


# --- guides of our own ---------------------------------------------------------------------------------

#: What the maps call the loops of the envelopes.
_ENVELOPES = {"ISA": "ISA_LOOP", "GS": "GS_LOOP", "ST": "ST_LOOP"}


def _ours(name: str) -> GuideLoop:
    return _our_loop(_FILES.read(name).top)


def _our_loop(loop: model.Loop) -> GuideLoop:
    id = _ENVELOPES.get(loop.id, loop.id)
    children = tuple(
        _our_loop(child)
        if isinstance(child, model.Loop)
        else _our_segment(child, id, opens=child is loop.opener)
        for child in loop.children
    )
    return GuideLoop(id, loop.usage == "R", loop.most or None, children)


def _our_segment(segment: model.Segment, loop: str, *, opens: bool) -> GuideSegment:
    elements = tuple(_our_elements(segment))
    return GuideSegment(
        loop, segment.id, segment.name, segment.usage == "R", segment.most or None, opens, elements
    )


def _our_elements(segment: model.Segment) -> Iterator[GuideElement]:
    for number, element in enumerate(segment.elements, 1):
        if element.usage == "N":
            continue
        if isinstance(element, model.Element):
            yield _our_element(element, number, None, composite=True)
            continue
        for place, part in enumerate(element.components, 1):
            if part.usage != "N":
                yield _our_element(part, number, place, composite=element.usage == "R")


def _our_element(
    element: model.Element, number: int, component: int | None, *, composite: bool
) -> GuideElement:
    codes = tuple(sorted(element.codes or ()))
    return GuideElement(number, component, element.usage == "R", composite, element.number, codes)
