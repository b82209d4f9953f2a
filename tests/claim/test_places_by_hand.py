"""Places with rules of their own, written down by hand: repeats, contacts, dates and hours, spans."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.claim.locate import locate, value_at
from scrubber.claim.model import ClaimType
from scrubber.claim.values import Unreadable
from scrubber.findings import X12Place
from tests.claim.by_hand import check, in_claim
from tests.claim.skeleton import File, file

# --- repeats -------------------------------------------------------------------------------------------


def test_repeated_segments_are_told_apart() -> None:
    in_claim(
        "professional",
        [
            "PWK*OZ*BM***AC*C1",
            "PWK*03",
            "NTE*ADD*A",
            "NTE**B",
            "CRC*07*Y*01**04",
            "CRC*75*N*IH",
            "K3*A",
            "K3*B",
        ],
        {
            "attachments[0].control_number": ("C1", 0, 6, None),
            "attachments[1].type": ("03", 1, 1, None),
            "notes[0].type": ("ADD", 2, 1, None),
            "notes[1].text": ("B", 3, 2, None),
            "certifications[0].conditions[0]": ("01", 4, 3, None),
            "certifications[0].conditions[1]": ("04", 4, 5, None),
            "certifications[1].applies": ("N", 5, 2, None),
            "certifications[1].conditions[0]": ("IH", 5, 3, None),
            "file_information[0]": ("A", 6, 1, None),
            "file_information[1]": ("B", 7, 1, None),
        },
    )


def test_a_reference_is_this_payers_unless_it_names_another() -> None:
    segments = [
        "REF*G1*THEIRS**2U:88888",
        "REF*G1*OURS",
        "REF*G1*ALSO**2U:77777",
        "REF*9F*REFERRAL**2U:88888",
    ]
    item = check(
        file("professional", "2400", "lines[]", segments),
        4,
        {
            "lines[1].prior_authorization_number": ("OURS", 1, 2, None),
            "lines[1].other_payer_prior_authorizations[0].number": ("THEIRS", 0, 2, None),
            "lines[1].other_payer_prior_authorizations[0].payer_id": ("88888", 0, 4, 2),
            "lines[1].other_payer_prior_authorizations[1].number": ("ALSO", 2, 2, None),
            "lines[1].other_payer_referrals[0].number": ("REFERRAL", 3, 2, None),
        },
    )
    assert item.claim.lines[1].referral_number is None


def test_secondary_ids_are_in_the_order_of_the_file() -> None:
    owner = "lines[].rendering_provider"
    check(
        file("institutional", "2420C", owner, ["REF*0B*L1", "REF*ZZ*X", "REF*G2*C1**2U:88888"]),
        3,
        {
            "lines[1].rendering_provider.secondary_ids[0].id": ("L1", 0, 2, None),
            "lines[1].rendering_provider.secondary_ids[1].qualifier": ("G2", 2, 1, None),
            "lines[1].rendering_provider.secondary_ids[1].payer_id": ("88888", 2, 4, 2),
        },
    )


def test_the_last_of_two_segments_is_the_one_in_effect() -> None:
    in_claim(
        "professional",
        ["REF*G1*FIRST", "REF*9F*OTHER", "REF*G1*SECOND"],
        {"prior_authorization_number": ("SECOND", 2, 2, None), "referral_number": ("OTHER", 1, 2, None)},
    )


@pytest.mark.parametrize(
    ("path", "written", "empty", "value"),
    [
        ("prior_authorization_number", "REF*G1*A", "REF*G1*", "A"),
        ("onset_date", "DTP*431*D8*20260819", "DTP*431*D8*", "2026-08-19"),
        ("patient_paid_amount", "AMT*F5*12.50", "AMT*F5", "12.50"),
    ],
)
def test_an_empty_repeat_does_not_hide_the_value(path: str, written: str, empty: str, value: str) -> None:
    """The value of the first segment is read; it must not be located in the second, which has none."""
    element = 3 if written.startswith("DTP") else 2
    in_claim("professional", [written, empty], {path: (value, 0, element, None)})


@pytest.mark.parametrize(
    ("claim_type", "segment", "path"),
    [
        ("professional", "NM1*82*1*SECOND*S****XX*1999999034", "rendering_provider.last_name"),
        ("institutional", "NM1*71*1*SECOND*S****XX*1999999034", "attending_provider.npi"),
    ],
)
def test_a_loop_that_comes_twice_is_the_first_one(claim_type: ClaimType, segment: str, path: str) -> None:
    loop, owner = (
        ("2310B", "rendering_provider") if claim_type == "professional" else ("2310A", "attending_provider")
    )
    first = file(claim_type, loop, owner, [segment.replace("SECOND", "FIRST").replace("034", "026")])
    segments = [*first.segments[: first.position], segment, "N3*ELSEWHERE", *first.segments[first.position :]]
    found = locate((item := File(tuple(segments), first.position).read()).claim, item.source, path)
    assert found.value in ("FIRST", "1999999026")
    assert found.x12 is not None and found.x12.position == first.position
    assert item.source is not None
    unused = [s for s in item.source.own_segments() if not s.used]
    assert ["*".join(s.elements) for s in unused] == [segment, "N3*ELSEWHERE"]


# --- contacts, dates -----------------------------------------------------------------------------------


def test_the_numbers_of_a_contact_say_what_they_are() -> None:
    """The first number of each kind counts; a segment without a name goes on with the same contact."""
    segments = ["PER*IC*DESK*EM*A@EXAMPLE.ORG*TE*2175550100*EX*12", "PER*IC**TE*2175550199*FX*2175550188"]
    check(
        file("professional", "2010AA", "", segments),
        2,
        {
            "billing_provider.contact_name": ("DESK", 0, 2, None),
            "billing_provider.email": ("A@EXAMPLE.ORG", 0, 4, None),
            "billing_provider.phone": ("2175550100", 0, 6, None),
            "billing_provider.phone_extension": ("12", 0, 8, None),
            "billing_provider.fax": ("2175550188", 1, 6, None),
        },
    )


def test_two_contacts_are_not_made_one() -> None:
    """Another person's numbers stay in the segments."""
    segments = ["PER*IC*ALICE*TE*2175550100", "PER*IC*BOB*TE*2175550199*EX*9", "PER*IC*ALICE*FX*2175550188"]
    item = check(
        file("professional", "2010AA", "", segments),
        3,
        {
            "billing_provider.contact_name": ("ALICE", 0, 2, None),
            "billing_provider.phone": ("2175550100", 0, 4, None),
            "billing_provider.fax": ("2175550188", 2, 4, None),
        },
    )
    assert value_at(item.claim, "billing_provider.phone_extension") is None


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (["DTP*435*DT*202608010930"], {"date": "2026-08-01", "hour": "0930"}),
        (["DTP*435*D8*20260801"], {"date": "2026-08-01", "hour": None}),
        (["DTP*435*DT*202608010930", "DTP*435*D8*20260802"], {"date": "2026-08-02", "hour": None}),
        (["DTP*435*D8*20260801", "DTP*435*DT*202608020930"], {"date": "2026-08-02", "hour": "0930"}),
        (["DTP*435*DT*2026080109"], {"date": "2026080109", "hour": "09"}),
    ],
)
def test_an_admission_has_a_date_and_perhaps_an_hour(
    segments: list[str], expected: dict[str, str | None]
) -> None:
    item = file("institutional", "2300", "", segments).read()
    for part, value in expected.items():
        found = locate(item.claim, item.source, f"admission_{part}")
        assert found.value == value
        assert found.x12 is not None and (found.x12.segment, found.x12.element) == ("DTP", 3)


@pytest.mark.parametrize(
    ("segments", "start", "end"),
    [
        (["DTP*314*RD8*20260801-20260809"], "2026-08-01", "2026-08-09"),
        (["DTP*360*D8*20260801", "DTP*361*D8*20260809"], "2026-08-01", "2026-08-09"),
        (["DTP*360*D8*20260801"], "2026-08-01", None),
        (["DTP*361*D8*20260809"], None, "2026-08-09"),
        (["DTP*314*RD8*20260801"], "2026-08-01", "20260801-"),
    ],
)
def test_a_disability_is_said_in_one_segment_or_two(
    segments: list[str], start: str | None, end: str | None
) -> None:
    item = file("professional", "2300", "", segments).read()
    shown = [locate(item.claim, item.source, f"disability_period.{p}").value for p in ("from", "through")]
    assert shown == [start, end]


def test_a_span_without_its_end_is_no_span() -> None:
    item = file("professional", "2400", "lines[]", ["DTP*472*RD8*20260818"]).read()
    assert item.claim.lines[-1].service_date.through == Unreadable("20260818-")


@pytest.mark.parametrize("loop", ["2010BA", "2010CA"])
def test_a_casualty_claim_number_is_the_patients(loop: str) -> None:
    """It stands with whoever is the patient; the subscriber's own is none of a dependent's."""
    for dependent in (True, False):
        if loop == "2010CA" and not dependent:
            continue
        item = file("institutional", loop, "", ["REF*Y4*CASUALTY"], dependent=dependent).read()
        found: Any = value_at(item.claim, "property_casualty_claim_number")
        assert found == ("CASUALTY" if dependent is (loop == "2010CA") else None)


def test_places_say_loop_and_segment() -> None:
    written = file("institutional", "2430", "lines[].adjudications[]", ["SVD*88888*80*HC:99213:25*0300*1*2"])
    item = written.read()
    found = locate(item.claim, item.source, "lines[1].adjudications[1].bundled_into_line")
    assert found.x12 == X12Place("2430", "SVD", 6, None, None, written.position)
    assert found.form is None
