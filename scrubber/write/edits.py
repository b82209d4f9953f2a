"""From a JSON Patch on a claim to edits on the segments it was read from."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from scrubber.claim.fields import FIELDS
from scrubber.claim.locate import find, pattern_of
from scrubber.claim.paths import PATHS
from scrubber.claim.slots import Place, text_at
from scrubber.claim.source import Source
from scrubber.claim.values import read_amount, read_date
from scrubber.findings import JsonPatch


class EditError(Exception):
    """A change that cannot be written into the file it came from."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` at an element (and component) of the segment with this number. Counts are from 1."""

    position: int
    element: int
    component: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Removal:
    """Leave the segment with this number out."""

    position: int


SegmentEdit = Edit | Removal


def edits_of(patch: JsonPatch, source: Source) -> list[SegmentEdit]:
    """Return the edits that make a patch's changes in the file. Raises EditError.

    Values are changed in segments that are there, and whole loops are left out; a change that needs a new
    segment is refused.
    """
    edits: list[SegmentEdit] = []
    for operation in patch:
        if operation["op"] == "test":
            continue
        path = path_of(operation["path"])
        if operation["op"] == "move":
            raise EditError(f"{path} has no segment in the file yet, and new ones are not written")
        if operation["op"] == "remove":
            edits += _without(path, source)
            continue
        place = find(source, path)
        if place is None or place.segment is None:
            raise EditError(f"{path} has no segment in the file that could take the new value")
        text = to_x12(str(operation["value"]), path)
        if not _reads_alike(text, text_at(source, place), path):
            if operation["op"] == "add" and text_at(source, place).strip():
                raise EditError(f"{path} would take the place of another value in the file")
            _check_place(path, place, source)
            edits.append(Edit(place.segment.position, place.element, place.component, text))
    return edits


def _check_place(path: str, place: Place, source: Source) -> None:
    """Raise EditError when writing a value would say something else besides."""
    row, segment = place.field, place.segment
    assert segment is not None
    if row.loop in ("ISA", "GS") or segment.elements[0] == "ST":
        raise EditError(f"{path} belongs to the envelope, which is not a claim's to change")
    if row.words is not None or row.part is not None or row.code is not None:
        raise EditError(f"{path} shares its place in the file with other values")
    if path.endswith(".group") and sum(map(bool, segment.elements[2::3])) > 1:
        raise EditError(f"{path} stands for several adjustments in the file")
    beside = (
        other
        for other in FIELDS[source.claim_type]
        if (other.loop, other.owner, other.segment) == (row.loop, row.owner, row.segment)
    )
    if row.each == "segment" and any(r.where is not None and r.where[0] == place.element for r in beside):
        raise EditError(f"{path} says what the values beside it are: a change needs another segment")


def _without(path: str, source: Source) -> list[SegmentEdit]:
    """Return the removals of the loop that a part of the claim fills."""
    pattern = pattern_of(path)
    below = [info for info in PATHS.values() if info.pattern.startswith(f"{pattern}.")]
    rows = [row for info in below for row in info.places.get(source.claim_type, ())]
    loops = {(row.loop, row.owner) for row in rows}
    index = re.search(r"\[(\d+)\]", path)
    outer = int(index[1]) if index else -1
    there = [s for s in source.own_segments() if (s.loop.id, s.loop.owner) in loops and s.outer == outer]
    found = [segment for segment in there if segment.used]
    if len(loops) != 1 or not found:
        raise EditError(f"{path} has no loop of its own in the file")
    if len(found) < len(there):
        raise EditError(f"the file has a second loop for {path}, which would take its place")
    if any(segment.elements[0] not in {row.segment for row in rows} for segment in found):
        raise EditError(f"the loop of {path} holds segments that would be lost with it")
    return [Removal(segment.position) for segment in found]


def _reads_alike(new: str, old: str, path: str) -> bool:
    """Return whether a value stands there already, perhaps spelt in another way."""
    if PATHS[pattern_of(path)].kind in ("amount", "quantity"):
        return read_amount(new) == read_amount(old)
    return new == old


def path_of(pointer: str) -> str:
    """Return the claim path of a JSON Pointer: `/lines/0/units` → `lines[0].units`."""
    return re.sub(r"/(\d+)(?=/|$)", r"[\1]", pointer).lstrip("/").replace("/", ".")


def to_x12(value: str, path: str) -> str:
    """Write a claim JSON value the way X12 wants it: dates CCYYMMDD, amounts without needless zeros."""
    kind = PATHS[pattern_of(path)].kind
    if kind == "date":
        date = read_date(value.replace("-", ""))
        if not isinstance(date, dt.date):
            raise EditError(f"{path} cannot be written as a date")
        return date.strftime("%Y%m%d")
    if kind in ("amount", "quantity"):
        amount = read_amount(value)
        if not isinstance(amount, Decimal):
            raise EditError(f"{path} cannot be written as an amount")
        text = format(amount, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value
