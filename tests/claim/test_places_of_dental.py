"""Places of dental claims, written down by hand: teeth, orthodontics, predeterminations, who helped."""

from __future__ import annotations

import pytest

from scrubber.claim.locate import locate
from scrubber.write.edits import Edit, EditError, edits_of
from tests.claim.by_hand import check, in_claim
from tests.claim.skeleton import file


def test_what_a_dental_claim_says_as_a_whole() -> None:
    in_claim(
        "dental",
        [
            "CLM*D1*120***11:B:1*Y*A*Y*Y**OA::::CA*01*******PB*1",
            "DTP*439*D8*20260801",
            "DTP*452*D8*20260802",
            "DTP*472*RD8*20260803-20260804",
            "DN1*24*20**Y",
            "DN2*3*M****JP",
            "DN2*14*E****JP",
            "REF*G3*PRE1",
        ],
        {
            "predetermination": ("PB", 0, 19, None),
            "delay_reason_code": ("1", 0, 20, None),
            "accident_country": ("CA", 0, 11, 5),
            "accident_date": ("2026-08-01", 1, 3, None),
            "appliance_placement_date": ("2026-08-02", 2, 3, None),
            "service_date.from": ("2026-08-03", 3, 3, None),
            "service_date.through": ("2026-08-04", 3, 3, None),
            "orthodontics.total_months": ("24", 4, 1, None),
            "orthodontics.remaining_months": ("20", 4, 2, None),
            "orthodontics.indicator": ("Y", 4, 4, None),
            "tooth_statuses[0].number": ("3", 5, 1, None),
            "tooth_statuses[1].status": ("E", 6, 2, None),
            "predetermination_number": ("PRE1", 7, 2, None),
        },
    )


def test_what_a_dental_line_says() -> None:
    segments = [
        "SV3*AD:D2392:KX*185*22*10::20*R*2*****2:1",
        "TOO*JP*14*M::O",
        "TOO*JP**B",
        "TOO*JP*15",
        "DTP*472*D8*20260803",
        "DTP*441*D8*20150804",
        "DTP*446*D8*20260805",
        "DTP*196*D8*20260806",
        "DTP*198*D8*20260807",
        "REF*G3*THEIRS**2U:88888",
        "REF*G3*OURS",
        "AMT*T*1.5",
    ]
    check(
        file("dental", "2400", "lines[]", segments),
        len(segments),
        {
            "lines[1].procedure.code": ("D2392", 0, 1, 2),
            "lines[1].modifiers[0]": ("KX", 0, 1, 3),
            "lines[1].charge": ("185", 0, 2, None),
            "lines[1].place_of_service": ("22", 0, 3, None),
            "lines[1].oral_cavity[0]": ("10", 0, 4, 1),
            "lines[1].oral_cavity[1]": ("20", 0, 4, 3),
            "lines[1].prosthesis": ("R", 0, 5, None),
            "lines[1].units": ("2", 0, 6, None),
            "lines[1].diagnosis_pointers[1]": ("1", 0, 11, 2),
            "lines[1].teeth[0].number": ("14", 1, 2, None),
            "lines[1].teeth[0].surfaces[1]": ("O", 1, 3, 3),
            "lines[1].teeth[1].surfaces[0]": ("B", 2, 3, 1),
            "lines[1].teeth[2].number": ("15", 3, 2, None),
            "lines[1].prior_placement_date": ("2015-08-04", 5, 3, None),
            "lines[1].replacement_date": ("2026-08-05", 6, 3, None),
            "lines[1].treatment_start_date": ("2026-08-06", 7, 3, None),
            "lines[1].treatment_completion_date": ("2026-08-07", 8, 3, None),
            "lines[1].predetermination_number": ("OURS", 10, 2, None),
            "lines[1].other_payer_predeterminations[0].payer_id": ("88888", 9, 4, 2),
            "lines[1].sales_tax_amount": ("1.5", 11, 2, None),
        },
    )


@pytest.mark.parametrize(
    ("qualifier", "loop", "path"),
    [
        ("DN", "2310A", "referring_provider"),
        ("P3", "2310A", "primary_care_provider"),
        ("82", "2310B", "rendering_provider"),
        ("77", "2310C", "service_facility"),
        ("DD", "2310D", "assistant_surgeon"),
        ("DQ", "2310E", "supervising_provider"),
        ("DN", "2330C", "other_payers[1].referring_provider"),
        ("82", "2330D", "other_payers[1].rendering_provider"),
        ("DQ", "2330E", "other_payers[1].supervising_provider"),
        ("85", "2330F", "other_payers[1].billing_provider"),
        ("77", "2330G", "other_payers[1].service_facility"),
        ("DD", "2330H", "other_payers[1].assistant_surgeon"),
        ("82", "2420A", "lines[1].rendering_provider"),
        ("DD", "2420B", "lines[1].assistant_surgeon"),
        ("DQ", "2420C", "lines[1].supervising_provider"),
        ("77", "2420D", "lines[1].service_facility"),
    ],
)
def test_the_providers_of_a_dental_claim(qualifier: str, loop: str, path: str) -> None:
    owner = path.replace("[1]", "[]")
    item = file("dental", loop, owner, [f"NM1*{qualifier}*2", "REF*G2*NUMBER"]).read()
    found = locate(item.claim, item.source, f"{path}.secondary_ids[0].id")
    assert found.value == "NUMBER" and found.x12 is not None and found.x12.loop == loop


def test_teeth_are_amended_where_they_stand() -> None:
    item = file("dental", "2400", "lines[]", ["TOO*JP*33*M:O", "TOO*JP*15"]).read()
    assert item.source is not None
    patch = [
        {"op": "replace", "path": "/lines/1/teeth/0/number", "value": "3"},
        {"op": "replace", "path": "/lines/1/teeth/0/surfaces/1", "value": "D"},
    ]
    positions = [s.position for s in item.source.segments() if s.elements[0] == "TOO"]
    assert edits_of(patch, item.source) == [Edit(positions[0], 2, None, "3"), Edit(positions[0], 3, 2, "D")]
    with pytest.raises(EditError):  # there is no third tooth whose segment could take it
        edits_of([{"op": "add", "path": "/lines/1/teeth/2/number", "value": "4"}], item.source)


def test_a_snodent_diagnosis_counts_among_the_others_and_has_no_role() -> None:
    item = in_claim(
        "dental",
        ["HI*TQ:D1*ABF:K0262"],
        {"diagnoses[0].code": ("D1", 0, 1, 2), "diagnoses[1].code": ("K0262", 0, 2, 2)},
    )
    said = [(d.code_set, d.role) for d in item.claim.diagnoses]
    assert said == [("snodent", None), ("icd10", "other")]


def test_an_estimated_date_of_the_prior_placement_is_one() -> None:
    segments = ["SV3*AD:D2740*900***R*1", "DTP*139*D8*20150101"]
    placed = {"lines[1].prior_placement_date": ("2015-01-01", 1, 3, None)}
    check(file("dental", "2400", "lines[]", segments), len(segments), placed)


def test_why_medicare_does_not_pay_first_is_read_of_every_payer() -> None:
    destination = {"payer.insurance_type": ("12", 0, 5, None)}
    check(file("dental", "2000B", "", ["SBR*S*18***12****MB"], dependent=False), 1, destination)
    other = {"other_payers[1].insurance_type": ("47", 0, 5, None)}
    check(file("dental", "2320", "other_payers[]", ["SBR*S*18***47****MB"]), 1, other)
