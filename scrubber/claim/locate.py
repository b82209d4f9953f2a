"""Where a value of a claim stands: JSON Pointer, X12 place, paper form box. Computed only when asked.

The place of a missing value is the one where it should stand. A path that names an effective value is
located where that value really comes from.
"""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, Literal

from scrubber.claim.fields import Field
from scrubber.claim.fields.forms import UB_04_DIAGNOSES
from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import EFFECTIVE, PATHS, SAID_ON_LINES, SYNONYMS, PathInfo, fallbacks
from scrubber.claim.shape import attribute
from scrubber.claim.slots import Place, find_item, find_list_member, find_value
from scrubber.claim.source import Source
from scrubber.claim.values import Unreadable, as_text
from scrubber.findings import Location, X12Place

_PART = re.compile(r"([a-z_0-9]+)(?:\[(\d+)\])?")
_INDEX = re.compile(r"\[\d+\]")
#: What is known of paths is remembered: the same few are asked for again and again.
_MOST_PATHS = 8192
#: What the concrete paths below a pattern with a fallback look like: its indices, and the rest.
_SHAPES = [
    (prefix, re.compile(re.escape(prefix).replace(r"\[\]", r"\[(\d+)\]") + r"(\..+)?"))
    for prefix in EFFECTIVE
]


class PathError(ValueError):
    """A concrete path that does not exist in the vocabulary."""


@lru_cache(maxsize=_MOST_PATHS)
def parse(path: str) -> tuple[tuple[str, int | None], ...]:
    """Split a concrete path into (name, index) parts. Raises PathError."""
    out: list[tuple[str, int | None]] = []
    for part in path.split("."):
        match = _PART.fullmatch(part)
        if match is None:
            raise PathError(f"'{path}' is not a path")
        out.append((match[1], int(match[2]) if match[2] else None))
    return tuple(out)


@lru_cache(maxsize=_MOST_PATHS)
def pattern_of(path: str) -> str:
    """Return the vocabulary pattern of a concrete path (`lines[0].units` → `lines[].units`)."""
    if not _is_known(path):
        raise PathError(f"there is no path '{path}'")
    pattern = _INDEX.sub("[]", path)
    return pattern if pattern in PATHS else f"{pattern}[]"


@lru_cache(maxsize=_MOST_PATHS)
def _is_known(path: str) -> bool:
    pattern = _INDEX.sub("[]", path)
    return pattern in PATHS or f"{pattern}[]" in PATHS


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
    effective = _effective(path)
    if effective is None:
        return path
    prefix, index, rest = effective
    candidates = [prefix, *fallbacks(claim, prefix)]
    concrete = [c.replace("[]", f"[{index}]") if index is not None else c for c in candidates]
    present = next((c for c in concrete if value_at(claim, c) is not None), None)
    # Missing everywhere: it should stand where an ordinary claim says it once.
    usual = concrete[0 if prefix in SAID_ON_LINES else min(1, len(concrete) - 1)]
    found = (present or usual) + rest
    found = SYNONYMS.get(found, found)
    return found if _is_known(found) else path  # what only a line's provider has stands there


@lru_cache(maxsize=_MOST_PATHS)
def _effective(path: str) -> tuple[str, str | None, str] | None:
    """Return the pattern with a fallback that a path begins with, its index and the rest; None for others."""
    for prefix, shape in _SHAPES:
        match = shape.fullmatch(path)
        if match is not None:
            *index, rest = match.groups()
            return prefix, index[0] if index else None, rest or ""
    return None


@lru_cache(maxsize=_MOST_PATHS)
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
    place = find(source, real, claim.claim_type)
    x12 = form = None
    if place is not None:
        field = place.field
        position = place.segment.position if place.segment else None
        x12 = X12Place(
            field.loop, field.segment, place.element, place.component, repeat=None, position=position
        )
        form = form_at(claim, path, real, place)
    return Location(role, path, pointer_of(real), x12, form, _shown(value))


def form_at(claim: Claim, path: str, real: str, place: Place) -> str | None:
    """Return the box of the form of a path whose value is reported at `real`, and where that is."""
    asked = None
    if path.startswith("patient."):  # on paper the patient has items of their own, also as the subscriber
        asked = next(iter(PATHS[pattern_of(path)].places.get(claim.claim_type, ())), None)
    return _form(claim, asked or place.field, real)


def _shown(value: Any) -> str | None:
    """Return a value as text; objects and empty lists have none."""
    if value is None or (is_dataclass(value) and not isinstance(value, Unreadable)):
        return None
    if isinstance(value, list):
        return as_text(value) if value and not any(is_dataclass(item) for item in value) else None
    return as_text(value)


def find(source: Source | None, path: str, claim_type: ClaimType | None = None) -> Place | None:
    """Return the place of a reported path in the kept segments; None for a path without a place in X12.

    `claim_type` says whose guide to look in; where there is a source, that does.
    """
    guide = source.claim_type if source is not None else claim_type
    if guide is None:
        raise TypeError("without a source, the claim type must be given")
    info = PATHS[pattern_of(path)]
    rows = info.places.get(guide, ())
    if not rows:
        return _object_place(source, path, guide)
    indices = _indices(path, rows[0])
    if rows[0].collection is not None:
        return find_item(source, rows, indices)
    if info.is_collection:
        return find_list_member(source, rows, indices)
    return find_value(source, rows, indices)


def _indices(path: str, row: Field) -> list[int]:
    """Return the indices of a path; a list that is named as a whole stands where its first member does."""
    indices = [index for _, index in parse(path) if index is not None]
    return indices + [0] * (row.path.count("[]") - len(indices))


def _object_place(source: Source | None, path: str, guide: ClaimType) -> Place | None:
    """Locate an object (`referring_provider`) by its first field."""
    pattern = _INDEX.sub("[]", path)
    below = [info for p, info in PATHS.items() if p.startswith(pattern + ".") and guide in info.places]
    if not below:
        return None
    first: PathInfo = below[0]
    return find(source, path + first.pattern[len(pattern) :].replace("[]", "[0]"), guide)


def _form(claim: Claim, field: Field, path: str) -> str | None:
    """Return the box of the form, with what only the item itself decides: a letter, a locator by role."""
    if field.form is None or not field.path.startswith("diagnoses[]"):
        return field.form
    index = parse(path)[0][1] or 0
    if claim.claim_type == "professional":
        return field.form + "ABCDEFGHIJKL"[index] if index < 12 else None
    if claim.claim_type == "dental":
        if field.path == "diagnoses[].code_set":  # an item of its own for all of them
            return field.form
        return f"{field.form} ({'ABCD'[index]})" if index < 4 else None
    if index >= len(claim.diagnoses):
        return field.form
    role = claim.diagnoses[index].role
    if role is not None and role in UB_04_DIAGNOSES:
        return f"UB-04 {UB_04_DIAGNOSES[role]}"
    if role != "other":
        return field.form
    letter = sum(d.role == "other" for d in claim.diagnoses[:index])
    return field.form + "ABCDEFGHIJKLMNOPQ"[letter] if letter < 17 else None
