"""The field and loop tables against the implementation guides: pyx12's maps, and ours of dental claims.

Every loop, segment and element that a guide uses is either mapped to a path or named here, with the reason,
as something that is kept in the segments but has no path.
"""

from __future__ import annotations

from functools import cache

import pytest

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.fields.loops import loops
from scrubber.claim.model import ClaimType
from tests.support.guides import GuideElement, GuideSegment, guide

#: What has no path. A loop, a segment and an element; "*" is any.
KEPT_RAW: dict[tuple[str, str, str], str] = {
    ("*", "HL", "*"): "the hierarchy: it is what the levels of the claim are made from",
    ("*", "SE", "*"): "counts and control numbers of envelopes are checked where the file is cut",
    ("*", "GE", "*"): "as SE",
    ("*", "IEA", "*"): "as SE",
    ("*", "TA1", "*"): "an acknowledgement of another interchange, not of a claim",
    ("*", "ISA", "*"): "addresses, dates and versions of the interchange; who and which it is has paths",
    ("*", "GS", "*"): "the same for the functional group; its guide has a path",
    ("ST_LOOP", "ST", "03"): "the guide again: GS08 has the path",
    ("*", "NM1", "01"): "whose loop it is, which is the path",
    ("2010AB", "NM1", "02"): "the loop is an address; whose it is, the billing provider says",
    ("*", "PWK", "05"): "only ever AC: that a control number follows",
    ("*", "PER", "*"): "the kind of each number, which is the path; a kind that is no telephone, fax or mail",
    ("*", "CR3", "02"): "only ever months",
}


@cache
def rows_of(claim_type: ClaimType) -> dict[tuple[str, str], list[Field]]:
    out: dict[tuple[str, str], list[Field]] = {}
    for row in FIELDS[claim_type]:
        out.setdefault((row.loop, row.segment), []).append(row)
    return out


def rows_for(claim_type: ClaimType, segment: GuideSegment) -> list[Field]:
    """Return the rows of the table that this segment of the guide can carry."""
    loop = segment.loop.removesuffix("_LOOP").replace("HEADER", "ST")
    out = []
    for row in rows_of(claim_type).get((loop, segment.id), ()):
        if row.where is not None:
            at = (1, 1) if row.each == "composite" else (row.where[0], None)
            codes = segment.codes(*at)
            if codes and not row.where[1] & set(codes):
                continue
        out.append(row)
    return out


def holds(row: Field, element: GuideElement) -> bool:
    """Return whether a row reads an element, or its qualifier."""
    at = (element.element, element.component)
    if row.each == "composite":
        return element.component in (row.component, 1) or (row.kind == "date" and element.component == 3)
    if row.each == "triplet":
        return element.element == row.element or (element.element - row.element) % 3 == 0
    if row.where is not None and at == (row.where[0], None):
        return True
    if row.kind == "date" and at == (row.element - 1, None):  # D8, RD8: how the date is written
        return True
    if row.path.endswith(".payer_id") and at == (row.element, 1):  # 2U: a payer's number follows
        return True
    if row.component is not None:
        return element.element == row.element and row.component <= (element.component or 0) <= (
            row.last or row.component
        )
    return element.component is None and row.element <= element.element <= (row.last or row.element)


def reason(segment: GuideSegment, element: GuideElement) -> str | None:
    at = f"{element.element:02}"
    for key in (
        (segment.loop, segment.id, at),
        ("*", segment.id, at),
        ("*", segment.id, "*"),
    ):
        if key in KEPT_RAW:
            used.add(key)
            return KEPT_RAW[key]
    return None


used: set[tuple[str, str, str]] = set()
TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_segment_of_the_guide_has_paths_or_a_reason(claim_type: ClaimType) -> None:
    bare = []
    for segment in guide(claim_type).segments():
        kept = [element for element in segment.elements if reason(segment, element) is not None]
        if not rows_for(claim_type, segment) and not kept:
            bare.append(f"{segment.loop} {segment.id} {segment.name}")
    assert not bare


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_element_of_the_guide_has_a_path_or_a_reason(claim_type: ClaimType) -> None:
    bare = []
    for segment in guide(claim_type).segments():
        rows = rows_for(claim_type, segment)
        for element in segment.elements:
            if not any(holds(row, element) for row in rows) and reason(segment, element) is None:
                if len(element.codes) == 1:
                    continue  # a constant says nothing
                bare.append(f"{segment.loop} {segment.id}{element.element:02}-{element.component}")
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_row_of_the_table_is_in_the_guide(claim_type: ClaimType) -> None:
    known = {
        row
        for segment in guide(claim_type).segments()
        for row in rows_for(claim_type, segment)
        if any(holds(row, element) for element in segment.elements)
    }
    unknown = [row for row in FIELDS[claim_type] if row not in known]
    assert not [f"{row.path}: {row.loop} {row.segment}{row.element:02}" for row in unknown]


@pytest.mark.parametrize("claim_type", TYPES)
def test_every_loop_of_the_guide_is_opened_by_its_segment(claim_type: ClaimType) -> None:
    """The loop table opens what the guide opens, with the same qualifiers, and nothing else."""
    ours = {
        (loop.id, segment, qualifier)
        for area in loops(claim_type).all.values()
        for segment, (element, choices, other) in area.openers.items()
        for qualifier, loop in [*choices.items(), *([] if element or other is None else [(None, other)])]
        if segment not in ("ISA", "GS", "ST")
    }
    theirs = set()
    for segment in guide(claim_type).segments():
        if segment.opens and segment.loop[0].isdigit():
            at = {"NM1": 1, "HL": 3}.get(segment.id)
            for qualifier in segment.codes(at) if at else (None,):
                theirs.add((segment.loop, segment.id, qualifier))
    assert ours == theirs


@pytest.mark.parametrize("claim_type", TYPES)
def test_what_a_rule_may_take_for_granted_is_required_by_the_guide(claim_type: ClaimType) -> None:
    """A required row: its segment and element are required in their loop."""
    granted = [row for row in FIELDS[claim_type] if row.required]
    demanded = {
        row.path
        for segment in guide(claim_type).segments()
        for row in rows_for(claim_type, segment)
        for element in segment.elements
        if segment.required
        and (element.element, element.component) == (row.element, row.component)
        and element.required
        and element.composite
    }
    assert {row.path for row in granted} <= demanded
    assert ("lines[].service_date.from" in demanded) is (claim_type == "professional")


@pytest.mark.parametrize("claim_type", TYPES)
def test_amounts_are_money_and_nothing_else_is(claim_type: ClaimType) -> None:
    """Data element 782 is money; rates, counts and percentages may have more than two decimals."""
    for segment in guide(claim_type).segments():
        for row in rows_for(claim_type, segment):
            for element in segment.elements:
                if (element.element, element.component or row.component) == (row.element, row.component):
                    money = element.data_element == "782"
                    assert (row.kind == "amount") == money, f"{row.path}: {element.data_element}"


#: Values whose segment may repeat with nothing to tell the repeats apart: the model holds one of them.
HOLDS_ONE: dict[tuple[str, str], str] = {
    ("*", "PER"): "the first contact; another person stays in the segments",
    ("2300", "REF*LX"): "837I: of up to five device numbers the last",
    (
        "2010BB",
        "REF*G2",
    ): "the biller's number at the payer or its location number, the last of them",
    ("2330A", "REF*SY"): "837I: two numbers of the same kind are not two values",
    ("2400", "REF*G1"): "one for this payer; those of other payers are a list",
    ("2400", "REF*9F"): "one for this payer; those of other payers are a list",
    ("2400", "REF*G3"): "one for this payer; those of other payers are a list",
    ("2300", "DTP*090"): "two kinds of dates, each with a path",
    ("2400", "DTP*738"): "two kinds of dates, each with a path",
}


@pytest.mark.parametrize("claim_type", TYPES)
def test_where_the_model_holds_one_of_several_is_known(claim_type: ClaimType) -> None:
    unknown = []
    for segment in guide(claim_type).segments():
        single = [
            row
            for row in rows_for(claim_type, segment)
            if row.collection is None and not row.path.endswith("[]") and row.each == "segment"
        ]
        qualifiers = sorted(segment.codes(1)) or [""]
        names = {("*", segment.id), *((segment.loop, f"{segment.id}*{q}") for q in qualifiers)}
        if segment.most != 1 and single and segment.loop[0].isdigit() and not names & set(HOLDS_ONE):
            unknown.append(f"{segment.loop} {segment.id} {qualifiers}")
    assert not unknown


def test_the_reasons_are_all_needed() -> None:
    used.clear()
    for claim_type in TYPES:
        for segment in guide(claim_type).segments():
            rows = rows_for(claim_type, segment)
            for element in segment.elements:
                if not any(holds(row, element) for row in rows):
                    reason(segment, element)
    assert used == set(KEPT_RAW)
