"""Over files made from the guides: every value is read at its path, and located back where it stands.

Both ways: what a claim reports stands at the place that is given for it, and every element of a file is the
place of some path, or of a qualifier, or named in the list of what is kept raw.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from scrubber.claim.fields import FIELDS
from scrubber.claim.locate import find, locate, pattern_of, pointer_of, value_at
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.slots import Place
from scrubber.claim.source import Segment
from scrubber.claim.values import as_text, read_amount, read_date, read_number
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import claim_from_json, claim_to_json
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from tests.claim.test_guides import KEPT_RAW
from tests.support.guide_files import GuideFile
from tests.support.guides import guide

TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")
FILES = 60  # of each type; enough that every path occurs, which is asserted


@cache
def claims(claim_type: ClaimType) -> list[tuple[list[str], ReadClaim]]:
    out = []
    for seed in range(FILES):
        segments = GuideFile(claim_type, seed, density=0.35 + 0.6 * (seed % 2)).segments()
        data = "~".join([*segments, ""]).encode()
        chunks = [chunk for chunk in split_x12(io.BytesIO(data)) if isinstance(chunk, Chunk)]
        (item,) = [item for chunk in chunks for item in chunk.read()]
        out.append((segments, item))
    return out


def reported(item: ReadClaim) -> Iterator[tuple[str, Any]]:
    """Yield every (path, value) that the claim reports and that stands somewhere in X12."""
    for pattern, info in PATHS.items():
        if item.claim.claim_type in info.places and pattern not in SYNONYMS:
            yield from expand(item.claim, pattern)


def raw_at(segments: list[str], place: Place) -> str:
    assert place.segment is not None
    text = segments[place.segment.position - 1].split("*")[place.element]
    return text if place.component is None else text.split(":")[place.component - 1]


def meaning(raw: str, place: Place) -> Any:
    """Return what the text at a place says, by the place's row alone."""
    row = place.field
    if row.words is not None:
        return row.words[raw]
    if row.part in ("from", "through") and "-" in raw:
        raw = raw.split("-")[0 if row.part == "from" else 1]
    if row.part == "hour":
        return raw[8:]
    readers = {"date": read_date, "amount": read_amount, "quantity": read_amount, "number": read_number}
    return readers[row.kind](raw) if row.kind in readers else raw.strip()


@pytest.mark.parametrize("claim_type", TYPES)
def test_what_is_reported_stands_where_it_is_located(claim_type: ClaimType) -> None:
    for segments, item in claims(claim_type):
        for path, value in reported(item):
            place = find(item.source, path)
            assert place is not None and place.segment is not None, path
            assert segments[place.segment.position - 1].split("*")[0] == place.field.segment, path
            raw = raw_at(segments, place)
            assert meaning(raw, place) == value, f"{path}: {raw}"
            assert value_at(item.claim, path) == value
            assert place.field.path == pattern_of(path)


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_path_of_the_type_occurs(claim_type: ClaimType) -> None:
    """Only what excludes something else may be rare; nothing may be missing altogether."""
    seen = {pattern_of(path) for _, item in claims(claim_type) for path, _ in reported(item)}
    assert {row.path for row in FIELDS[claim_type]} - seen == set()


@cache
def constants(claim_type: ClaimType) -> set[tuple[str, str, int, str]]:
    """Return the elements that can only have one value: (loop, segment, element, value)."""
    return {
        (segment.loop.removesuffix("_LOOP").replace("HEADER", "ST"), segment.id, e.element, e.codes[0])
        for segment in guide(claim_type).segments()
        for e in segment.elements
        if len(e.codes) == 1
    }


def is_raw(segment: list[str], loop: str, element: int, claim_type: ClaimType) -> bool:
    if (loop, segment[0], element, segment[element]) in constants(claim_type):
        return True
    at = f"{element:02}"
    whole = {"ST": "ST_LOOP"}.get(loop, loop)
    keys = ((whole, segment[0], at), ("*", segment[0], at), ("*", segment[0], "*"))
    return any(key in KEPT_RAW for key in keys)


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_element_of_a_claim_has_a_path_or_a_reason(claim_type: ClaimType) -> None:
    unread: dict[str, str] = {}
    for _, item in claims(claim_type):
        found = places(item)
        located = {(p.segment.position, p.element) for p in found if p.segment}
        qualifiers = {(p.segment.position, e) for p in found if p.segment for e in beside(p)}
        assert item.source is not None
        for segment in item.source.segments():
            if is_about_another(segment, item):
                continue
            for element, text in enumerate(segment.elements[1:], 1):
                here = (segment.position, element)
                if not text.strip() or here in located | qualifiers:
                    continue
                loop = segment.loop.id
                if not is_raw(segment.elements, loop, element, claim_type):
                    unread[f"{loop} {segment.elements[0]}{element:02}"] = "*".join(segment.elements)
    assert not unread


def is_about_another(segment: Segment, item: ReadClaim) -> bool:
    """What 2000B says of a patient is about the subscriber as the patient, not about a dependent."""
    dependent = item.claim.patient.last_name is not None
    there = (segment.loop.id, segment.elements[0], segment.elements[1])
    return dependent and (there[:2] == ("2000B", "PAT") or there == ("2010BA", "REF", "Y4"))


def places(item: ReadClaim) -> list[Place]:
    found = (find(item.source, path) for path, _ in reported(item))
    return [place for place in found if place is not None]


def beside(place: Place) -> Iterator[int]:
    """Yield the elements that say what kind of value stands at a place, and how it is written."""
    row = place.field
    if row.where is not None and row.each == "segment":
        yield row.where[0]
    if row.kind == "date":
        yield place.element - 1


@pytest.mark.parametrize("claim_type", TYPES)
def test_pointers_and_claim_json_agree_with_the_claim(claim_type: ClaimType) -> None:
    for _, item in claims(claim_type)[::6]:
        document = claim_to_json(item.claim)
        assert claim_from_json(document) == item.claim
        for path, value in reported(item):
            found = locate(item.claim, item.source, path)
            assert found.path == path and found.pointer == pointer_of(path)
            assert as_text(at_pointer(document, found.pointer)) == as_text(value)


def at_pointer(document: Any, pointer: str) -> Any:
    for name in pointer.split("/")[1:]:
        document = document[int(name)] if isinstance(document, list) else document[name]
    return Decimal(document) if isinstance(document, Decimal) else document
