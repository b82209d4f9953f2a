"""Every row of the field table: what is written there is read there, found there and named alike in JSON.

One test for each loop and segment; its rows and all ways to write them are tried in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonpointer
import pytest

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.locate import PathError, find, locate, pattern_of, pointer_of, reported_path, value_at
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import PATHS, SYNONYMS
from scrubber.claim.slots import Place
from scrubber.findings import X12Place
from scrubber.read.claim_json import claim_to_json
from tests.claim.cases import Case, Group, cases, groups, path_of
from tests.claim.skeleton import ISA, TYPES, File, file, openers

GROUPS = groups()
EACH_GROUP = pytest.mark.parametrize(
    ("group", "rows"),
    [pytest.param(group, rows, id="-".join(filter(None, group))) for group, rows in GROUPS.items()],
)
BOTH = pytest.mark.parametrize("claim_type", TYPES)


def file_of(group: Group, row: Field, segments: list[str] | None = None) -> File:
    claim_type, loop, owner, _ = group
    return file(claim_type, loop, owner, segments, dependent=has_dependent(row))


def has_dependent(row: Field) -> bool:
    """What 2000B and 2010BA say of the patient is about the subscriber."""
    return not (row.loop in ("2000B", "2010BA") and row.path.startswith(("patient.", "property_casualty")))


@EACH_GROUP
def test_a_value_is_read_and_found_where_it_stands(group: Group, rows: list[Field]) -> None:
    tried = 0
    for row in rows:
        for case in cases(group[0], row):
            check(group, rows, row, case)
            tried += 1
    assert tried >= len(rows)


def check(group: Group, rows: list[Field], row: Field, case: Case) -> None:
    written = file_of(group, row, case.segments)
    item = written.read()
    told = f"{case.path} in {case.segments}"
    assert value_at(item.claim, case.path) == case.value, told
    found = locate(item.claim, item.source, case.path)
    place = X12Place(row.loop, row.segment, case.element, case.component, None, written.position)
    assert found.x12 == place, told
    assert found.value == str(case.json), told
    if not row.path.startswith("diagnoses[]"):  # by letter or role: `test_forms`
        assert found.form == row.form, told
    document = claim_to_json(item.claim)
    assert jsonpointer.resolve_pointer(document, found.pointer) == case.json, told
    assert pattern_of(case.path) == row.path, told
    # and nothing else is read from the segment than what the table has there
    bare = leaves(claim_to_json(file_of(group, row).read().claim))
    new = {pattern for pointer, pattern in leaves(document).items() if pointer not in bare}
    assert new <= {r.path for r in rows}, told


def leaves(node: Any, pointer: str = "", pattern: str = "") -> dict[str, str]:
    """Return the pointers of the values of a document, with their patterns."""
    out: dict[str, str] = {}
    if isinstance(node, dict):
        for name, child in node.items():
            if name == "segment_position":  # counted by the reader
                continue
            out |= leaves(child, f"{pointer}/{name}", f"{pattern}.{name}" if pattern else name)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            out |= leaves(child, f"{pointer}/{number}", f"{pattern}[]")
    else:
        out[f"{pointer}={node}"] = pattern
    return out


#: Segments that a loop has at most once: a missing value belongs there, whatever the qualifier.
ONE_A_LOOP = ("NM1", "SBR", "PAT", "PRV")


@EACH_GROUP
def test_a_missing_value_is_located_where_it_should_stand(group: Group, rows: list[Field]) -> None:
    """In the loop without the segment, and in the segment without the value."""
    claim_type, *_, segment = group
    for row in rows:
        for bare in (file_of(group, row), file_of(group, row, [segment])):
            item = bare.read()
            path = path_of(row)
            if row.path == "transaction.guide" or value_at(item.claim, path) is not None:
                assert row.segment in ("ST", "GS", "NM1", "SBR", "HL"), path  # the opener has this value
                continue
            rows_of_path = PATHS[row.path].places[claim_type]
            assert item.source is not None
            loops = {segment.loop.id for segment in item.source.segments()}
            first = next((r for r in rows_of_path if r.loop in loops), rows_of_path[0])
            there = bare.segments[bare.position - 1].split("*")[0] == segment
            wanted = row if there and takes_more(row) and row.where is None else first
            place = find(item.source, path)
            assert place is not None, path
            assert place.field is wanted, path
            assert (place.element, place.component) == (wanted.element, wanted.component), path
            if place.field is row and takes_more(row) and there:
                assert place.segment is not None and place.segment.position == bare.position, path
            elif place.segment is not None:
                assert bare.segments[place.segment.position - 1].split("*")[0] == first.segment, path
                assert place.segment.loop.id == first.loop, path
            usual = rows_of_path[0]
            nowhere = find(None, path, claim_type)
            assert nowhere == Place(usual, None, usual.element, usual.component), path


def takes_more(row: Field) -> bool:
    """Return whether a value that is missing can be put into a segment that is there."""
    if row.each != "segment" or row.collection is not None or row.path.endswith("[]"):
        return False
    return row.where is None or row.segment in ONE_A_LOOP


@BOTH
def test_every_path_with_a_place_is_tried(claim_type: ClaimType) -> None:
    tried = {row.path for group, rows in GROUPS.items() if group[0] == claim_type for row in rows}
    tried |= {row.path for row in FIELDS[claim_type] if row.segment == "ISA"}
    with_place = {path for path, info in PATHS.items() if claim_type in info.places}
    assert tried == with_place - set(SYNONYMS)
    assert {opener.loop for opener in openers(claim_type)} >= {row.loop for row in FIELDS[claim_type]}


@BOTH
def test_envelope_values_are_read_without_their_padding(claim_type: ClaimType) -> None:
    item = file(claim_type, "2300", "").read()
    elements = [text.strip() for text in ISA.split("*")]
    rows = [row for row in FIELDS[claim_type] if row.loop == "ISA"]
    assert len(rows) == 4
    for row in rows:
        assert value_at(item.claim, row.path) == elements[row.element]
        place = X12Place("ISA", "ISA", row.element, None, None, 1)
        assert locate(item.claim, item.source, row.path).x12 == place


# --- every path, also those without a place ------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("start", sorted({pattern.split(".")[0] for pattern in PATHS}))
def test_every_path_of_the_vocabulary_can_be_located(start: str, claim_type: ClaimType) -> None:
    """A rule may point at any path; only a derived value may have no place, and says so with PathError."""
    item = file(claim_type, "2300", "", ["CLM*A"]).read()
    for pattern in PATHS:
        if pattern.split(".")[0] != start:
            continue
        for path in concrete(pattern):
            try:
                found = locate(item.claim, item.source, path)
            except PathError:
                below = [info for name, info in PATHS.items() if f"{name}.".startswith(f"{pattern}.")]
                assert any(info.derived for info in below), path
                continue
            assert found.path == path
            assert found.pointer == pointer_of(reported_path(item.claim, path))
            elsewhere = locate(item.claim, None, path).x12
            assert elsewhere is None or elsewhere.position is None
            if claim_type in PATHS[pattern].places:
                assert found.x12 is not None and elsewhere is not None, path


def concrete(pattern: str) -> Iterator[str]:
    for index in ("[0]", "[1]", "[7]"):
        yield pattern.replace("[]", index)
        if "[]" not in pattern:
            return
