"""What tells a segment from its namesakes: REF by REF01, HL by HL03, HI by the first component of HI01.

Only where a loop has several children of one segment id does the qualifier decide which one is meant. Where
there is one alone, a wrong qualifier is a wrong code of that segment, and nothing more.

It is the first element, unless namesakes share a code there, and none in the second: PWK of 837P lines.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from scrubber.guides.model import Composite, Loop, Segment

_HIERARCHY = "HL"  # its levels stand inside of each other, so HL03 always decides
_HIERARCHY_LEVEL = 3


def with_qualifiers(loop: Loop) -> Loop:
    """Return a loop, and all inside of it, with the qualifiers of its segments."""
    namesakes: dict[str, list[Segment]] = {}
    for child in loop.children[1:]:
        namesakes.setdefault(_opening(child).id, []).append(_opening(child))
    children: list[Loop | Segment] = []
    for i, child in enumerate(loop.children):
        known = namesakes.get(_opening(child).id, []) if i else []
        if isinstance(child, Segment):
            children.append(_qualified(child, _deciding(known)) if len(known) > 1 else child)
            continue
        inner = with_qualifiers(child)
        if len(known) > 1 or _opening(child).id == _HIERARCHY:
            opener = _qualified(_opening(inner), _deciding(known))
            inner = replace(inner, children=(opener, *inner.children[1:]))
        children.append(inner)
    return replace(loop, children=tuple(children))


def _deciding(namesakes: list[Segment]) -> int:
    """Return the number of the element that tells segments apart."""
    if namesakes[0].id == _HIERARCHY:
        return _HIERARCHY_LEVEL
    return 2 if _share_codes(namesakes, 1) and not _share_codes(namesakes, 2) else 1


def _share_codes(namesakes: list[Segment], element: int) -> bool:
    """Return whether an element of one may have a code that another's may have too."""
    lists = [codes_of(segment, element) or frozenset() for segment in namesakes]
    return not all(lists) or max(Counter(code for codes in lists for code in codes).values()) > 1


def _opening(child: Loop | Segment) -> Segment:
    """Return the segment, or the one that opens the loop."""
    if isinstance(child, Segment):
        return child
    first = child.children[0]
    if not isinstance(first, Segment):
        raise TypeError(f"loop {child.id} begins with a loop; wrappers are taken out when a guide is read")
    return first


def _qualified(segment: Segment, element: int) -> Segment:
    codes = codes_of(segment, element)
    component = 1 if isinstance(segment.elements[element - 1], Composite) else 0
    return replace(segment, qualifier=(element, component, codes)) if codes else segment


def codes_of(segment: Segment, element: int = 1) -> frozenset[str] | None:
    """Return the codes of an element, or of its first component; None when it lists none."""
    found = segment.elements[element - 1] if element <= len(segment.elements) else None
    if isinstance(found, Composite):
        found = found.components[0]
    return found.codes if found is not None else None
