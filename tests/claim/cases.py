"""Values for the rows of the field table: how each is written in X12, and what the claim then says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.model import ClaimType
from tests.claim.skeleton import GUIDES, TYPES, filled

#: (claim type, loop, owner, segment)
Group = tuple[ClaimType, str, str, str]

#: A value of each kind: as it is written in X12, as the claim holds it, as claim JSON writes it.
_SAMPLES: dict[str, tuple[str, Any, Any]] = {
    "date": ("20260819", dt.date(2026, 8, 19), "2026-08-19"),
    "amount": ("12.50", Decimal("12.50"), "12.50"),
    "quantity": ("1.5", Decimal("1.5"), "1.5"),
    "number": ("7", 7, 7),
}
#: The same date with its format, where a row takes a piece of what is written.
_PARTS: dict[str | None, tuple[tuple[str, str], ...]] = {
    "from": (("D8", "20260819"), ("RD8", "20260819-20260820")),
    "through": (("RD8", "20260818-20260819"),),
    "date": (("D8", "20260819"), ("DT", "202608190930")),
    "hour": (("DT", "202608180930"),),
}


@dataclass(frozen=True)
class Case:
    """One value in one place: the segments of its loop, and where the last one of them says it.

    `claim_path` is the path of the value, `element` and `component` its place in the last segment.
    """

    segments: list[str]
    path: str
    value: Any
    json: Any
    element: int
    component: int | None


def groups() -> dict[Group, list[Field]]:
    """Return the rows of the table by claim type, loop, owner and segment; ISA has a fixed width."""
    out: dict[Group, list[Field]] = {}
    for claim_type in TYPES:
        for row in FIELDS[claim_type]:
            if row.segment != "ISA":
                out.setdefault((claim_type, row.loop, row.owner, row.segment), []).append(row)
    return out


def path_of(row: Field, item: int = 0, member: int = 0) -> str:
    """Return the path in the skeleton's last loop: of an item the segments make, of a member of a list."""
    path = row.owner.replace("[]", "[1]") + row.path.removeprefix(row.owner)
    if row.collection is not None:
        path = path.replace("[]", f"[{item}]", 1)
    return path.replace("[]", f"[{member}]", 1)


def cases(claim_type: ClaimType, row: Field) -> Iterator[Case]:
    """Yield the ways to say a row's value: every qualifier, word, format and slot."""
    for qualifier in sorted(row.where[1]) if row.where else [""]:
        if row.words is not None and row.words[qualifier] is None:
            continue  # it does not say the value
        for form, written, value, json in _values(claim_type, row, qualifier):
            if row.each == "composite":
                for code in sorted(row.code or {"CODE"}):
                    yield _composite(row, qualifier, code, form, written, value, json)
            elif row.each == "triplet":
                yield from _triplets(row, written, value, json)
            elif row.path.endswith("[]") and row.last is not None:
                yield from _members(row, qualifier, written, value, json)
            else:
                yield _plain(row, qualifier, form, written, value, json)


def _values(claim_type: ClaimType, row: Field, qualifier: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield format, text in X12, value and JSON."""
    if row.words is not None:
        yield "", qualifier, row.words[qualifier], row.words[qualifier]
    elif row.where is not None and row.each == "segment" and row.where[0] == row.element:
        yield "", qualifier, qualifier, qualifier  # the qualifier itself is the value
    elif row.path == "transaction.guide":
        yield "", GUIDES[claim_type], GUIDES[claim_type], GUIDES[claim_type]
    elif row.part is not None:
        value, json = ("0930", "0930") if row.part == "hour" else _SAMPLES["date"][1:]
        for form, text in _PARTS[row.part]:
            yield form, text, value, json
    else:
        yield "D8" if row.kind == "date" else "", *_SAMPLES.get(row.kind, ("VALUE", "VALUE", "VALUE"))


def _elements(row: Field, qualifier: str) -> dict[int, str]:
    """Return what a segment must hold besides the value."""
    out = {}
    if row.where is not None:
        out[row.where[0]] = qualifier
    if row.payer == "other":
        out[4] = "2U:OTHER"
    return out


def _plain(row: Field, qualifier: str, form: str, written: str, value: Any, json: Any) -> Case:
    """A value of its own segment; where segments make items or members, of the second one."""
    elements = _elements(row, qualifier)
    if form and row.segment in ("DTP", "DMG"):
        elements[row.element - 1] = form
    first = filled(row.segment, {**_filler(row, qualifier)})
    if row.component is not None:
        elements[row.element] = _component(row.component, written)
    else:
        elements[row.element] = written
    text = filled(row.segment, elements)
    several = row.collection is not None or row.path.endswith("[]")
    path = path_of(row, item=1) if row.collection is not None else path_of(row, member=1)
    return Case([first, text] if several else [text], path, value, json, row.element, row.component)


def _filler(row: Field, qualifier: str) -> dict[int, str]:
    """Return a segment that makes another item than the one that is looked for."""
    return {1: "FIRST", 2: "FIRST", **_elements(row, qualifier)}


def _component(number: int, text: str) -> str:
    return ":".join([*[""] * (number - 1), text])


def _members(row: Field, qualifier: str, written: str, value: Any, json: Any) -> Iterator[Case]:
    """Each slot of a list, between its neighbours and alone behind empty ones."""
    assert row.last is not None
    slots = list(range(row.component or row.element, row.last + 1))
    before = [filled(row.segment, _filler(row, qualifier))] if row.collection is not None else []
    for slot in slots:
        for alone in (False, True):
            there = [slot] if alone else slots
            elements = _elements(row, qualifier)
            if row.component is None:
                elements |= dict.fromkeys(there, written)
            else:
                texts = [written if i in there else "" for i in range(1, max(there) + 1)]
                elements[row.element] = ":".join(texts)
            path = path_of(row, item=1, member=there.index(slot))
            segments = [*before, filled(row.segment, elements)]
            at = (slot, None) if row.component is None else (row.element, slot)
            yield Case(segments, path, value, json, *at)


def _composite(row: Field, qualifier: str, code: str, form: str, written: str, value: Any, json: Any) -> Case:
    """The second item of its kind, in the last element of a segment that also has others."""
    assert row.component is not None
    parts = {1: qualifier, 2: code, row.component: written}
    if form:
        parts[row.component - 1] = form
    text = ":".join(parts.get(i, "") for i in range(1, max(parts) + 1))
    elements = {1: "QQ:STRANGE", 2: f"{qualifier}:FIRST", 3: f"{qualifier}:", 5: text}
    return Case([filled(row.segment, elements)], path_of(row, item=1), value, json, 5, row.component)


def _triplets(row: Field, written: str, value: Any, json: Any) -> Iterator[Case]:
    """Each triplet of a segment that follows another one; those before it are filled, the third is not."""
    first = filled(row.segment, {1: "PR", 2: "FIRST"})
    for number in range(6):
        filler = {2 + 3 * i: "FILLER" for i in range(number + 1) if i != 2 or number == 2}
        at = row.element if row.last is None else row.element + 3 * number
        elements = {1: "CO", **filler, at: written}
        yield Case([first, filled(row.segment, elements)], path_of(row, len(filler)), value, json, at, None)
