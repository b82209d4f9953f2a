"""Where values stand on paper, written down by hand: CMS-1500 (02/12), UB-04 and ADA (2024)."""

from __future__ import annotations

import re

import pytest

from scrubber.claim.fields import FIELDS
from scrubber.claim.fields.forms import BOXES
from scrubber.claim.locate import locate
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import PATHS
from scrubber.read.claim_json import claim_from_json
from tests.claim.skeleton import TYPES, file

BOTH = pytest.mark.parametrize("claim_type", TYPES)


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("subscriber.member_id", "1a"),
        ("patient.last_name", "2"),
        ("patient.date_of_birth", "3"),
        ("subscriber.first_name", "4"),
        ("patient.address.city", "5"),
        ("patient.relationship", "6"),
        ("subscriber.address.lines[1]", "7"),
        ("other_payers[0].member_id", "9a"),
        ("related_causes[1]", "10a-c"),
        ("condition_codes[0].code", "10d"),
        ("subscriber.group_number", "11"),
        ("onset_date", "14 (431)"),
        ("last_menstrual_period", "14 (484)"),
        ("disability_period.through", "16"),
        ("referring_provider.last_name", "17 (DN)"),
        ("referring_provider.npi", "17b"),
        ("lines[0].ordering_provider.last_name", "17 (DK)"),
        ("admission_date", "18"),
        ("notes[2].text", "19"),
        ("lines[1].purchased_service_amount", "20"),
        ("payer_claim_control_number", "22"),
        ("frequency_code", "22"),
        ("prior_authorization_number", "23"),
        ("lines[0].service_date.through", "24A"),
        ("lines[0].place_of_service", "24B"),
        ("lines[0].emergency", "24C"),
        ("lines[0].modifiers[3]", "24D"),
        ("lines[0].diagnosis_pointers[0]", "24E"),
        ("lines[2].charge", "24F"),
        ("lines[2].units", "24G"),
        ("lines[2].epsdt", "24H"),
        ("lines[2].reported.rendering_provider.npi", "24J"),
        ("billing_provider.tax_id", "25"),
        ("patient_control_number", "26"),
        ("assignment_code", "27"),
        ("total_charge", "28"),
        ("patient_paid_amount", "29"),
        ("service_facility.address.zip", "32"),
        ("service_facility.npi", "32a"),
        ("billing_provider.phone", "33"),
        ("billing_provider.npi", "33a"),
        ("transaction.guide", None),
        ("lines[0].forms[0].code", None),
        ("other_payers[0].adjustments[0].amount", None),
    ],
)
def test_boxes_of_the_cms_1500(path: str, box: str | None) -> None:
    found = locate(claim_from_json({}), None, path)
    assert found.form == (f"CMS-1500 {box}" if box else None)


@pytest.mark.parametrize(
    ("path", "locator"),
    [
        ("billing_provider.name", "1"),
        ("pay_to_address.city", "2"),
        ("patient_control_number", "3a"),
        ("medical_record_number", "3b"),
        ("facility_type_code", "4"),
        ("frequency_code", "4"),
        ("billing_provider.tax_id", "5"),
        ("statement_period.through", "6"),
        ("patient.last_name", "8"),
        ("patient.address.zip", "9"),
        ("patient.date_of_birth", "10"),
        ("patient.sex", "11"),
        ("admission_date", "12"),
        ("admission_hour", "13"),
        ("admission_type", "14"),
        ("admission_source", "15"),
        ("discharge_hour", "16"),
        ("patient_status", "17"),
        ("condition_codes[10].code", "18-28"),
        ("accident_state", "29"),
        ("occurrence_codes[0].date", "31-34"),
        ("occurrence_spans[0].through", "35-36"),
        ("value_codes[0].amount", "39-41"),
        ("lines[0].revenue_code", "42"),
        ("lines[0].drug.ndc", "43"),
        ("lines[0].procedure.code", "44"),
        ("lines[0].modifiers[0]", "44"),
        ("lines[0].service_date.from", "45"),
        ("lines[0].units", "46"),
        ("lines[0].charge", "47"),
        ("total_charge", "47"),
        ("lines[0].non_covered_charge", "48"),
        ("payer.name", "50"),
        ("other_payers[0].name", "50"),
        ("other_payers[0].paid_amount", "54"),
        ("patient_estimated_amount_due", "55"),
        ("billing_provider.npi", "56"),
        ("subscriber.last_name", "58"),
        ("subscriber.member_id", "60"),
        ("prior_authorization_number", "63"),
        ("payer_claim_control_number", "64"),
        ("diagnoses[0].code", "67"),
        ("drg", "71"),
        ("procedures[0].code", "74"),
        ("attending_provider.npi", "76"),
        ("operating_provider.last_name", "77"),
        ("lines[0].operating_provider.npi", "77"),
        ("rendering_provider.npi", "78-79 (82)"),
        ("notes[0].text", "80"),
        ("billing_provider.taxonomy", "81 (B3)"),
        ("lines[0].notes[0].text", None),
    ],
)
def test_locators_of_the_ub_04(path: str, locator: str | None) -> None:
    found = locate(claim_from_json({"claim_type": "institutional"}), None, path)
    assert found.form == (f"UB-04 FL {locator}" if locator else None)


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("predetermination", "1"),
        ("predetermination_number", "2"),
        ("payer.name", "3"),
        ("payer.payer_id", "3a"),
        ("other_payers[0].subscriber.last_name", "5"),
        ("other_payers[0].member_id", "8"),
        ("other_payers[0].relationship", "10"),
        ("other_payers[0].payer_id", "11a"),
        ("subscriber.last_name", "12"),
        ("subscriber.date_of_birth", "13"),
        ("subscriber.member_id", "15"),
        ("patient.relationship", "18"),
        ("patient.last_name", "20"),
        ("patient.date_of_birth", "21"),
        ("patient_control_number", "23"),
        ("lines[0].service_date.from", "24"),
        ("lines[0].oral_cavity[1]", "25"),
        ("lines[0].teeth[1].number", "27"),
        ("lines[1].teeth[0].surfaces[2]", "28"),
        ("lines[0].procedure.code", "29"),
        ("lines[0].diagnosis_pointers[0]", "29a"),
        ("lines[0].units", "29b"),
        ("lines[0].charge", "31"),
        ("total_charge", "32"),
        ("tooth_statuses[3].number", "33"),
        ("diagnoses[0].code_set", "34"),
        ("diagnoses[0].code", "34a (A)"),
        ("diagnoses[3].code", "34a (D)"),
        ("diagnoses[4].code", None),
        ("notes[0].text", "35"),
        ("release_of_information", "36"),
        ("benefits_assigned", "37"),
        ("lines[0].place_of_service", "38"),
        ("attachments[0].control_number", "39"),
        ("orthodontics.indicator", "40"),
        ("appliance_placement_date", "41"),
        ("orthodontics.remaining_months", "42"),
        ("lines[0].prosthesis", "43"),
        ("lines[0].prior_placement_date", "44"),
        ("related_causes[0]", "45"),
        ("accident_date", "46"),
        ("accident_state", "47"),
        ("billing_provider.name", "48"),
        ("billing_provider.npi", "49"),
        ("billing_provider.tax_id", "51"),
        ("billing_provider.phone", "52"),
        ("rendering_provider.last_name", "53"),
        ("lines[0].reported.rendering_provider.npi", "54"),
        ("service_facility.address.city", "56"),
        ("rendering_provider.taxonomy", "56a"),
        ("lines[0].file_information[0]", None),
    ],
)
def test_items_of_the_ada_form(path: str, item: str | None) -> None:
    found = locate(claim_from_json({"claim_type": "dental"}), None, path)
    assert found.form == (f"ADA {item}" if item else None)


def test_diagnoses_have_letters_on_the_cms_1500() -> None:
    claim = claim_from_json({"diagnoses": [{"code": f"C{i}"} for i in range(14)]})
    letters = [locate(claim, None, f"diagnoses[{i}].code").form for i in range(14)]
    assert letters == [*(f"CMS-1500 21{letter}" for letter in "ABCDEFGHIJKL"), None, None]


def test_diagnoses_have_locators_by_role_on_the_ub_04() -> None:
    roles = ["principal", "admitting", "other", "reason_for_visit", "other", "external_cause", "other", None]
    diagnoses = [{"code": f"C{i}", **({"role": role} if role else {})} for i, role in enumerate(roles)]
    claim = claim_from_json({"claim_type": "institutional", "diagnoses": diagnoses})
    assert [locate(claim, None, f"diagnoses[{i}].code").form for i in range(9)] == [
        f"UB-04 FL {fl}" for fl in ("67", "69", "67A", "70", "67B", "72", "67C", "67", "67")
    ]


def test_the_letters_of_other_diagnoses_end_with_q() -> None:
    diagnoses = [{"code": f"C{i}", "role": "other"} for i in range(19)]
    claim = claim_from_json({"claim_type": "institutional", "diagnoses": diagnoses})
    forms = [locate(claim, None, f"diagnoses[{i}].code").form for i in range(19)]
    assert forms == [*(f"UB-04 FL 67{letter}" for letter in "ABCDEFGHIJKLMNOPQ"), None, None]


@BOTH
@pytest.mark.parametrize("dependent", [True, False])
def test_the_patient_has_boxes_of_its_own(claim_type: ClaimType, dependent: bool) -> None:
    """Also when the subscriber is the patient, whose name X12 gives once."""
    loop = "2010CA" if dependent else "2010BA"
    item = file(claim_type, loop, "", ["NM1***SAMPLE"], dependent=dependent).read()
    found = locate(item.claim, item.source, "patient.last_name")
    assert found.value == "SAMPLE" and found.x12 is not None and found.x12.loop == loop
    boxes = {"professional": "CMS-1500 2", "institutional": "UB-04 FL 8", "dental": "ADA 20"}
    assert found.form == boxes[claim_type]


@BOTH
def test_boxes_are_of_paths_that_the_claims_have(claim_type: ClaimType) -> None:
    known = {row.path for row in FIELDS[claim_type]}
    unknown = {path for path in BOXES[claim_type] if path not in known}
    assert not {path for path in unknown if "service_facility" not in path}  # an organisation: no first name
    form = (
        r"FL \d\d?(-\d\d|[a-z])?( \(\w\w\))?"
        if claim_type == "institutional"
        else r"carrier block|\d\d?[A-Ja-d]?(-c)?( \([\w .]+\))?"
    )
    for row in FIELDS[claim_type]:
        assert row.form is None or re.fullmatch(r"(UB-04|CMS-1500|ADA) (" + form + ")", row.form), row.form


@BOTH
def test_a_value_has_one_box_wherever_it_stands(claim_type: ClaimType) -> None:
    for info in PATHS.values():
        assert len({row.form for row in info.places.get(claim_type, ())}) <= 1
