"""Where a value of a claim stands: JSON Pointer, X12 place, paper form box. Computed only when asked.

The place of a missing value is the one where it should stand. A path that names an effective value is
located where that value really comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any, Literal

from scrubber.claim.fields import CONDITION_CODE_QUALIFIER, DIAGNOSIS_ROLES, Field
from scrubber.claim.model import Claim
from scrubber.claim.paths import EFFECTIVE, PATHS, SYNONYMS, attribute, fallbacks
from scrubber.claim.source import Segment, Source
from scrubber.claim.values import Unreadable, as_text
from scrubber.findings import Location, X12Place

_PART = re.compile(r"([a-z_0-9]+)(?:\[(\d+)\])?")
#: Segments that a loop has at most once, whatever their qualifier.
_ONE_A_LOOP = frozenset({"NM1", "SBR", "PAT", "PRV"})
_INDEX = re.compile(r"\[\d+\]")


class PathError(ValueError):
    """A concrete path that does not exist in the vocabulary."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value's place: its segment (None when absent), its row of the field table, element and component."""

    field: Field
    segment: Segment | None
    element: int
    component: int | None


def parse(path: str) -> list[tuple[str, int | None]]:
    """Split a concrete path into (name, index) parts. Raises PathError."""
    out = []
    for part in path.split("."):
        match = _PART.fullmatch(part)
        if match is None:
            raise PathError(f"'{path}' is not a path")
        out.append((match[1], int(match[2]) if match[2] else None))
    return out


def pattern_of(path: str) -> str:
    """Return the vocabulary pattern of a concrete path (`lines[0].units` → `lines[].units`)."""
    pattern = _INDEX.sub("[]", path)
    if pattern not in PATHS and f"{pattern}[]" in PATHS:
        pattern += "[]"
    if pattern not in PATHS:
        raise PathError(f"there is no path '{path}'")
    return pattern


def value_at(claim: Claim, path: str) -> Any:
    """Return what the claim reports at a concrete path: a value, a list, or None."""
    target: Any = claim
    for name, index in parse(path):
        if target is None:
            return None
        target = getattr(target, attribute(name))
        if index is not None:
            target = target[index] if index < len(target) else None
    return target


def reported_path(claim: Claim, path: str) -> str:
    """Return the path where the value of an effective path really stands (or should stand)."""
    if ".reported." in path:
        return path.replace(".reported.", ".")
    path = SYNONYMS.get(path, path)
    for prefix in EFFECTIVE:
        match = re.fullmatch(re.escape(prefix).replace(r"\[\]", r"\[(\d+)\]") + r"(\..+)?", path)
        if match is None:
            continue
        index = match.groups()[:-1]
        rest = match.groups()[-1] or ""
        candidates = [prefix, *fallbacks(claim, prefix)]
        concrete = [c.replace("[]", f"[{index[0]}]") if index else c for c in candidates]
        present = next((c for c in concrete if value_at(claim, c) is not None), None)
        # Missing everywhere: it should stand where an ordinary claim says it once.
        found = (present or concrete[min(1, len(concrete) - 1)]) + rest
        return SYNONYMS.get(found, found)
    return path


def pointer_of(path: str) -> str:
    """Return the JSON Pointer of a concrete path: `lines[0].units` → `/lines/0/units`."""
    out = ""
    for name, index in parse(path):
        out += f"/{name}" + (f"/{index}" if index is not None else "")
    return out


def locate(
    claim: Claim, source: Source | None, path: str, role: Literal["primary", "related"] = "primary"
) -> Location:
    """Return the full location of a path. Raises PathError for a path that is not in the vocabulary."""
    real = reported_path(claim, path)
    if PATHS[pattern_of(real)].derived:
        raise PathError(f"'{path}' is worked out from the claim and stands nowhere")
    value = value_at(claim, real)
    place = find(source, real)
    x12 = form = None
    if place is not None:
        field = place.field
        asked = None
        if path.startswith("patient."):  # on paper the patient has items of their own, also as the subscriber
            asked = next(iter(PATHS[pattern_of(path)].fields), None)
        position = place.segment.position if place.segment else None
        x12 = X12Place(
            field.loop, field.segment, place.element, place.component, repeat=None, position=position
        )
        form = _form(asked or field, real)
    return Location(role, path, pointer_of(real), x12, form, _shown(value))


def _shown(value: Any) -> str | None:
    """Return a value as text; objects and empty lists have none."""
    if value is None or (is_dataclass(value) and not isinstance(value, Unreadable)):
        return None
    if isinstance(value, list):
        return as_text(value) if value and not any(is_dataclass(item) for item in value) else None
    return as_text(value)


def find(source: Source | None, path: str) -> Place | None:
    """Return the place of a reported path in the kept segments; None for a path without a place in X12."""
    info = PATHS[pattern_of(path)]
    if not info.fields:
        return _object_place(source, path)
    indices = [index for _, index in parse(path) if index is not None]
    if info.pattern.startswith("diagnoses[]") or info.pattern == "condition_codes[]":
        return _in_hi(source, info.fields[0], indices[0] if indices else 0)
    if ".adjustments[]" in info.pattern:
        return _in_cas(source, info.fields[0], indices)
    if _is_first_of_several(info.fields):
        for segment in _candidates(source, info.fields[0], indices):
            for field in info.fields:
                if _qualifies(segment, field):
                    assert source is not None
                    return Place(field, segment, *_offset(field, segment, path, source.component))
    empty: Place | None = None
    for field in info.fields:
        for segment in _matching(source, field, indices):
            assert source is not None
            place = Place(field, segment, *_offset(field, segment, path, source.component))
            if len(segment.elements) > place.element and segment.elements[place.element].strip():
                return place
            empty = empty or place
    if empty is not None:
        return empty
    field = info.fields[0]
    unique = (
        field.where is None or field.segment in _ONE_A_LOOP
    )  # the segment is there, only its value is not
    bare = next(_candidates(source, field, indices), None) if unique else None
    return Place(field, bare, *_offset(field, None, path))


def _object_place(source: Source | None, path: str) -> Place | None:
    """Locate an object (`referring_provider`) by its first field that is a name, else its first field."""
    pattern = _INDEX.sub("[]", path)
    below = [info for p, info in PATHS.items() if p.startswith(pattern + ".") and info.fields]
    if not below:
        return None
    return find(source, path + below[0].pattern[len(pattern) :].removesuffix("[]"))


def _candidates(source: Source | None, field: Field, indices: list[int]) -> Iterator[Segment]:
    """Yield the segments that could hold the field: right loop, right segment id, right item."""
    if source is None:
        return
    outer = inner = -1
    if field.path.startswith(("lines[]", "other_payers[]")):
        outer = indices[0] if indices else 0
    if field.path.startswith("lines[].adjudications[]"):
        inner = indices[1] if len(indices) > 1 else 0
    nth = indices[0] if field.path.startswith(("attachments[]", "notes[]")) and indices else None
    found = (
        s
        for s in source.segments()
        if s.loop == field.loop
        and s.elements[0] == field.segment
        and s.used
        and s.outer == outer
        and inner in (-1, s.inner)
    )
    for i, segment in enumerate(found):
        if nth is None or i == nth:
            yield segment


def _matching(source: Source | None, field: Field, indices: list[int]) -> Iterator[Segment]:
    """Yield the candidates that carry the field's qualifier, the last one first: it is the one in effect."""
    yield from reversed([s for s in _candidates(source, field, indices) if _qualifies(s, field)])


def _qualifies(segment: Segment, field: Field) -> bool:
    """Return whether a segment carries the qualifier that the field wants."""
    if field.where is None:
        return True
    element, values = field.where
    return len(segment.elements) > element and segment.elements[element] in values


def _is_first_of_several(fields: tuple[Field, ...]) -> bool:
    """Return whether a value may stand at several elements of one segment: then the first one counts."""
    return len({(f.loop, f.segment) for f in fields}) == 1 and len(fields) > 1


def _offset(
    field: Field, segment: Segment | None, path: str, component_separator: str = ":"
) -> tuple[int, int | None]:
    """Return (element, component) of a value inside its segment."""
    leaf_index = parse(path)[-1][1] if field.path.endswith("[]") else None
    if leaf_index is None or field.last is None:
        return field.element, field.component
    first = field.component if field.component is not None else field.element
    slots = list(range(first, field.last + 1))
    filled = slots
    if segment is not None:
        if field.component is None:
            parts = segment.elements
        else:
            element = segment.elements[field.element] if len(segment.elements) > field.element else ""
            parts = ["", *element.split(component_separator)]
        filled = [i for i in slots if i < len(parts) and parts[i].strip()]
    slot = filled[leaf_index] if leaf_index < len(filled) else slots[min(leaf_index, len(slots) - 1)]
    return (field.element, slot) if field.component is not None else (slot, None)


def _in_hi(source: Source | None, field: Field, index: int) -> Place:
    """Find the n-th diagnosis (or condition code): one composite an element, over all HI segments."""
    wanted = {CONDITION_CODE_QUALIFIER} if field.path == "condition_codes[]" else set(DIAGNOSIS_ROLES)
    seen, last = 0, None
    for segment in _candidates(source, field, []):
        assert source is not None
        for i, composite in enumerate(segment.elements[1:], 1):
            parts = composite.split(source.component)
            if parts[0] in wanted and len(parts) > 1 and parts[1].strip():
                if seen == index:
                    return Place(field, segment, i, field.component)
                seen, last = seen + 1, (segment, i)
    if last is None:
        return Place(field, None, 1, field.component)
    return Place(field, last[0], last[1] + 1, field.component)


def _in_cas(source: Source | None, field: Field, indices: list[int]) -> Place:
    """Find the n-th adjustment: reason, amount and quantity triplets, over all CAS segments."""
    seen = 0
    for segment in _candidates(source, field, indices[:-1]):
        for i in range(2, len(segment.elements), 3):
            if segment.elements[i].strip():
                if seen == indices[-1]:
                    element = 1 if field.element == 1 else i + field.element - 2
                    return Place(field, segment, element, None)
                seen += 1
    return Place(field, None, field.element, None)


def _form(field: Field, path: str) -> str | None:
    if field.form and field.path.startswith("diagnoses[]"):
        index = parse(path)[0][1] or 0
        return field.form + "ABCDEFGHIJKL"[index] if index < 12 else None
    return field.form
