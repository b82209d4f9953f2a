"""Every row of the field table: what is written there is read there, found there and named alike in JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonpointer
import pytest

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.locate import PathError, find, locate, pattern_of, pointer_of, reported_path, value_at
from scrubber.claim.paths import PATHS, SYNONYMS
from scrubber.claim.values import Unreadable
from scrubber.findings import X12Place
from scrubber.read.claim_json import claim_to_json
from tests.claim.skeleton import ISA, read_one, with_segment

#: A value of each kind: as it is written in X12, as the claim holds it, as claim JSON writes it.
SAMPLES: dict[str, tuple[str, Any, Any]] = {
    "date": ("20260819", dt.date(2026, 8, 19), "2026-08-19"),
    "amount": ("12.50", Decimal("12.50"), "12.50"),
    "quantity": ("1.5", Decimal("1.5"), "1.5"),
    "number": ("7", 7, 7),
}
ORDINARY = [row for row in FIELDS if row.segment not in ("HI", "CAS") and row.loop not in ("ISA", "GS")]


@dataclass(frozen=True)
class Case:
    """One value in one place: elements of the segment, its path, and what is expected."""

    elements: dict[int, str]
    path: str
    value: Any
    json: Any
    component: int | None


def case_of(row: Field, slot: int | None = None, *, alone: bool = False) -> Case:
    """Return a case for a row; for a list, its member in that slot, with the others filled unless `alone`."""
    written, value, json = SAMPLES.get(row.kind, ("VALUE", "VALUE", "VALUE"))
    elements: dict[int, str] = {}
    if row.where:
        element, values = row.where
        elements[element] = min(values)
        if element == row.element:
            written = value = json = min(values)
    if row.segment == "DTP":
        elements[2] = "D8"
    if row.part:
        elements[2] = "RD8"
        written = f"{written}-20260820" if row.part == "from" else f"20260818-{written}"
    element, component, index = row.element, row.component, ""
    if row.path.endswith("[]"):
        assert row.last is not None and slot is not None
        first = row.component or row.element
        slots = [slot] if alone else list(range(first, row.last + 1))
        index = f"[{slots.index(slot)}]"
        if row.component:
            component = slot
            elements[element] = component_text(dict.fromkeys(slots, written))
        else:
            elements |= dict.fromkeys(slots, written)
    elif row.component:
        elements[element] = component_text({row.component: written})
    else:
        elements[element] = written
    return Case(elements, concrete(row.path.removesuffix("[]")) + index, value, json, component)


def component_text(parts: dict[int, str]) -> str:
    return ":".join(parts.get(i, "") for i in range(1, max(parts) + 1))


def concrete(pattern: str) -> str:
    """Return the path of the item that the skeleton puts the segment into."""
    path = pattern.replace("attachments[]", "attachments[0]").replace("notes[]", "notes[0]")
    return path.replace("[]", "[1]")


def name_of(row: Field) -> str:
    return f"{row.path}-{row.loop}-{row.segment}{row.element:02}"


def slots_of(row: Field) -> list[int | None]:
    if not row.path.endswith("[]"):
        return [None]
    return list(range(row.component or row.element, (row.last or 0) + 1))


def element_of(row: Field, slot: int | None) -> int:
    return slot if slot is not None and row.component is None else row.element


def check(row: Field, slot: int | None, case: Case) -> None:
    segments = with_segment(row.loop, row.segment, case.elements, dependent=is_dependent(row))
    item = read_one(segments)
    written = max(i for i, text in enumerate(segments, 1) if is_in(text, row, case))
    assert value_at(item.claim, case.path) == case.value
    found = locate(item.claim, item.source, case.path)
    place = X12Place(row.loop, row.segment, element_of(row, slot), case.component, None, written)
    assert found.x12 == place
    assert found.value == (str(case.json) if case.json is not None else None)
    assert found.form == row.form
    assert jsonpointer.resolve_pointer(claim_to_json(item.claim), found.pointer) == case.json
    assert pattern_of(case.path) == row.path


def is_dependent(row: Field) -> bool:
    """What 2000B says of the patient is about the subscriber."""
    return not (row.loop == "2000B" and row.path.startswith("patient."))


def is_in(text: str, row: Field, case: Case) -> bool:
    parts = text.split("*")
    return parts[0] == row.segment and all(i < len(parts) and parts[i] == v for i, v in case.elements.items())


ROWS = [
    pytest.param(row, slot, id=f"{name_of(row)}-{slot}" if slot else name_of(row))
    for row in ORDINARY
    for slot in slots_of(row)
]


@pytest.mark.parametrize(("row", "slot"), ROWS)
def test_a_value_is_read_and_found_where_it_stands(row: Field, slot: int | None) -> None:
    check(row, slot, case_of(row, slot))


@pytest.mark.parametrize(("row", "slot"), [p for p in ROWS if p.values[1] is not None])
def test_a_list_member_behind_empty_places_is_found(row: Field, slot: int) -> None:
    check(row, slot, case_of(row, slot, alone=True))


@pytest.mark.parametrize(("row", "slot"), [p for p in ROWS if p.values[1] in (None, 1, 3)])
def test_a_missing_value_is_located_where_it_should_stand(row: Field, slot: int | None) -> None:
    case = case_of(row, slot)
    segments = with_segment(row.loop, row.segment, case.elements, bare=True, dependent=is_dependent(row))
    item = read_one(segments)
    if value_at(item.claim, case.path) is not None:
        pytest.skip("the segment that opens the loop must have this value")
    place = find(item.source, case.path)
    first = PATHS[row.path].fields[0]
    assert place is not None
    assert (place.field.loop, place.field.segment) == (first.loop, first.segment)
    assert place.element == (element_of(row, slot) if row is first else first.element)
    if place.segment is not None:
        assert segments[place.segment.position - 1].split("*")[0] == first.segment


def test_every_path_with_a_place_is_tried() -> None:
    tried = {row.path for row in ORDINARY} | {row.path for row in FIELDS if row.segment in ("HI", "CAS")}
    tried |= {row.path for row in FIELDS if row.loop in ("ISA", "GS")}
    assert tried == {path for path, info in PATHS.items() if info.fields and path not in SYNONYMS}


# --- places with rules of their own --------------------------------------------------------------------


def test_envelope_values_are_read_without_their_padding() -> None:
    item = read_one(with_segment("2300", "CLM", {1: "A"}))
    elements = [text.strip() for text in ISA.split("*")]
    for row in FIELDS:
        if row.loop == "ISA":
            assert value_at(item.claim, row.path) == elements[row.element]
            assert locate(item.claim, item.source, row.path).x12 == X12Place(
                "ISA", "ISA", row.element, None, None, 1
            )
    assert item.claim.transaction.guide == "005010X222A1"
    assert locate(item.claim, item.source, "transaction.guide").x12 == X12Place("GS", "GS", 8, position=2)


HI = {1: "ABK:E119", 2: "BG:B3", 3: "ABF:I10", 4: "ABF:", 5: "BK:25000", 6: "ABF:R51"}


@pytest.mark.parametrize(
    ("path", "value", "element", "component"),
    [
        ("diagnoses[0].code", "E119", 1, 2),
        ("diagnoses[0].role", "principal", 1, 1),
        ("diagnoses[1].code", "I10", 3, 2),
        ("diagnoses[1].role", "other", 3, 1),
        ("diagnoses[2].code", "R51", 6, 2),
        ("condition_codes[0]", "B3", 2, 2),
    ],
)
def test_health_care_information(path: str, value: str, element: int, component: int) -> None:
    """HI holds a composite an element; empty and foreign ones do not count."""
    segments = with_segment("2300", "HI", HI)
    item = read_one(segments)
    position = next(i for i, text in enumerate(segments, 1) if text.startswith("HI*"))
    found = locate(item.claim, item.source, path)
    assert value_at(item.claim, path) == value
    assert found.x12 == X12Place("2300", "HI", element, component, None, position)
    assert jsonpointer.resolve_pointer(claim_to_json(item.claim), found.pointer) == value
    letter = "ABC"[int(path[10])] if path.startswith("diagnoses") else ""
    assert found.form == (f"CMS-1500 21{letter}" if letter else "CMS-1500 10d")


def test_diagnoses_go_on_in_the_next_segment() -> None:
    segments = with_segment("2300", "HI", HI)
    at = next(i for i, text in enumerate(segments) if text.startswith("HI*"))
    segments.insert(at + 1, "HI*ABF:K219*ABF:M545")
    item = read_one(segments)
    assert [d.code for d in item.claim.diagnoses] == ["E119", "I10", "R51", "K219", "M545"]
    found = locate(item.claim, item.source, "diagnoses[4].code")
    assert found.x12 == X12Place("2300", "HI", 2, 2, None, at + 2)


@pytest.mark.parametrize(
    ("loop", "owner"), [("2320", "other_payers[1]"), ("2430", "lines[1].adjudications[1]")]
)
def test_adjustments(loop: str, owner: str) -> None:
    """CAS holds triplets of reason, amount and quantity behind one group; a segment may follow another."""
    segments = with_segment(loop, "CAS", {1: "CO", 2: "45", 3: "12.50", 4: "", 5: "97", 6: "3", 8: "16"})
    at = next(i for i, text in enumerate(segments) if text.startswith("CAS*"))
    segments.insert(at + 1, "CAS*PR*1*5")
    item = read_one(segments)
    document = claim_to_json(item.claim)
    expected = [
        ("CO", "45", "12.50", at + 1, 2),
        ("CO", "97", "3", at + 1, 5),
        ("CO", "16", None, at + 1, 8),
        ("PR", "1", "5", at + 2, 2),
    ]
    for i, (group, reason, amount, position, element) in enumerate(expected):
        path = f"{owner}.adjustments[{i}]"
        places = {"group": (group, 1), "reason": (reason, element), "amount": (amount, element + 1)}
        for name, (value, number) in places.items():
            found = locate(item.claim, item.source, f"{path}.{name}")
            assert found.value == value
            assert found.x12 == X12Place(loop, "CAS", number, None, None, position)
            if value is not None:
                assert jsonpointer.resolve_pointer(document, found.pointer) == value


@pytest.mark.parametrize(("segment", "owner"), [("PWK", "attachments"), ("NTE", "notes")])
def test_repeated_segments_are_told_apart(segment: str, owner: str) -> None:
    segments = with_segment("2300", segment, {1: "AA", 2: "BB"})
    at = next(i for i, text in enumerate(segments) if text.startswith(f"{segment}*"))
    segments.insert(at + 1, f"{segment}*CC*DD")
    item = read_one(segments)
    for i, value in enumerate(("AA", "CC")):
        found = locate(item.claim, item.source, f"{owner}[{i}].type")
        assert (found.value, found.x12) == (value, X12Place("2300", segment, 1, None, None, at + 1 + i))


def test_the_phone_is_found_in_the_segment_it_was_read_from() -> None:
    segments = with_segment("2010AA", "PER", {1: "IC", 3: "EM", 4: "A@EXAMPLE.ORG", 5: "TE", 6: "2175550100"})
    at = next(i for i, text in enumerate(segments) if text.startswith("PER*"))
    segments.insert(at + 1, "PER*IC**TE*2175550199")
    item = read_one(segments)
    found = locate(item.claim, item.source, "billing_provider.phone")
    assert found.x12 is not None and found.x12.position is not None and found.x12.element is not None
    assert segments[found.x12.position - 1].split("*")[found.x12.element] == found.value


def test_the_last_of_two_segments_is_the_one_in_effect() -> None:
    segments = with_segment("2300", "REF", {1: "G1", 2: "FIRST"})
    at = segments.index("REF*G1*FIRST")
    segments[at + 1 : at + 1] = ["REF*9F*OTHER", "REF*G1*SECOND"]
    item = read_one(segments)
    found = locate(item.claim, item.source, "prior_authorization_number")
    assert (found.value, found.x12) == ("SECOND", X12Place("2300", "REF", 2, None, None, at + 3))


@pytest.mark.parametrize("segment", ["REF*G1*", "DTP*431*D8*", "AMT*F5*"])
def test_an_empty_repeat_does_not_hide_the_value(segment: str) -> None:
    """The value of the first segment is read; it must not be located in the second, which has none."""
    name, qualifier, *_ = segment.split("*")
    path = {"G1": "prior_authorization_number", "431": "onset_date", "F5": "patient_paid_amount"}[qualifier]
    value = "20260819" if name == "DTP" else "12.50"
    segments = with_segment("2300", name, {1: qualifier, 2: "D8" if name == "DTP" else value})
    at = next(i for i, text in enumerate(segments) if text.startswith(f"{name}*{qualifier}"))
    if name == "DTP":
        segments[at] += f"*{value}"
    segments.insert(at + 1, segment)
    item = read_one(segments)
    found = locate(item.claim, item.source, path)
    assert found.value is not None
    assert found.x12 is not None and found.x12.position == at + 1


# --- every path, also those without a place ------------------------------------------------------------


@pytest.mark.parametrize("pattern", sorted(PATHS))
def test_every_path_of_the_vocabulary_can_be_located(pattern: str) -> None:
    """A rule may point at any path; only a derived value may have no place, and says so with PathError."""
    item = read_one(with_segment("2300", "CLM", {1: "A"}))
    for index in ("[0]", "[1]", "[7]"):
        path = pattern.replace("[]", index)
        try:
            found = locate(item.claim, item.source, path)
        except PathError:
            assert any(info.derived for name, info in PATHS.items() if f"{name}.".startswith(f"{pattern}."))
            continue
        assert found.path == path
        assert found.pointer == pointer_of(reported_path(item.claim, path))
        elsewhere = locate(item.claim, None, path).x12
        assert elsewhere is None or elsewhere.position is None


def test_a_span_without_its_end_is_no_span() -> None:
    item = read_one(with_segment("2400", "DTP", {1: "472", 2: "RD8", 3: "20260818"}))
    through = item.claim.lines[-1].service_date.through
    assert through == Unreadable("20260818-")
