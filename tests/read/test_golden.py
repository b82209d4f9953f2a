"""One claim with every loop, read value by value: what the guide says stands where, written down by hand.

The field table is the source of every other test of places; this one does not look at it.
"""

from __future__ import annotations

from typing import Any

from scrubber.claim.fields import FIELDS
from scrubber.claim.paths import expand
from scrubber.read.claim_json import claim_to_json
from tests.read.files import read
from tests.read.full import FULL

EXPECTED: dict[str, Any] = {
    "file": {
        "sender_id": "SUBMITTER01",
        "receiver_id": "RECEIVER01",
        "usage_indicator": "T",
        "control_number": "000000001",
    },
    "transaction": {"guide": "005010X222A1", "date": "2026-08-20", "type": "CH"},
    "submitter": {"name": "SAMPLE BILLING SERVICE", "id": "SUBMITTER01"},
    "receiver": {"name": "SAMPLE CLEARINGHOUSE", "id": "RECEIVER01"},
    "billing_provider": {
        "entity_type": "1",
        "name": "EXAMPLE",
        "first_name": "RENATA",
        "npi": "1999999018",
        "tax_id": "369999999",
        "tax_id_type": "EI",
        "taxonomy": "207Q00000X",
        "payer_assigned_id": "LEGACY1",
        "address": {
            "lines": ["100 SAMPLE STREET", "SUITE 9"],
            "city": "SPRINGFIELD",
            "state": "IL",
            "zip": "627010001",
        },
        "phone": "2175550100",
    },
    "pay_to_address": {"lines": ["PO BOX 9"], "city": "SPRINGFIELD", "state": "IL", "zip": "627010009"},
    "subscriber": {
        "member_id": "XYZ123456789",
        "last_name": "SAMPLE",
        "first_name": "PATRICIA",
        "date_of_birth": "1980-01-15",
        "sex": "F",
        "ssn": "999990001",
        "group_number": "GRP0001",
        "group_name": "SAMPLE GROUP",
        "address": {"lines": ["200 EXAMPLE AVENUE"], "city": "SPRINGFIELD", "state": "IL", "zip": "62702"},
    },
    "patient": {
        "relationship": "19",
        "last_name": "SAMPLE",
        "first_name": "JUNIOR",
        "date_of_birth": "2015-06-04",
        "sex": "M",
        "date_of_death": "2026-08-30",
        "address": {"lines": ["201 EXAMPLE AVENUE"], "city": "SHELBYVILLE", "state": "IN", "zip": "46176"},
    },
    "payer": {
        "payer_id": "99999",
        "name": "SAMPLE COMMERCIAL PLAN",
        "responsibility": "P",
        "claim_filing_indicator": "CI",
    },
    "patient_control_number": "FICT-0001",
    "total_charge": "245.5",
    "place_of_service": "11",
    "frequency_code": "1",
    "signature_on_file": "Y",
    "assignment_code": "A",
    "benefits_assigned": "W",
    "release_of_information": "I",
    "patient_signature_source": "P",
    "related_causes": ["AA", "OA"],
    "accident_state": "OH",
    "special_program_code": "02",
    "delay_reason_code": "7",
    "onset_date": "2026-08-01",
    "initial_treatment_date": "2026-08-02",
    "last_seen_date": "2026-08-03",
    "accident_date": "2026-08-04",
    "last_menstrual_period": "2026-08-05",
    "admission_date": "2026-08-06",
    "discharge_date": "2026-08-07",
    "attachments": [{"type": "OZ", "transmission": "BM", "control_number": "CONTROL1"}],
    "patient_paid_amount": "10",
    "mammography_certification": "MAMMO1",
    "referral_number": "REFERRAL1",
    "prior_authorization_number": "AUTH01",
    "payer_claim_control_number": "PAYERCLAIM1",
    "clia_number": "14D9999999",
    "clearinghouse_claim_id": "HOUSE1",
    "medical_record_number": "RECORD1",
    "notes": [{"type": "ADD", "text": "SAMPLE NOTE"}],
    "diagnoses": [{"code": "E119", "role": "principal"}, {"code": "I10", "role": "other"}],
    "condition_codes": ["17"],
    "referring_provider": {
        "entity_type": "1",
        "last_name": "REFERRER",
        "first_name": "RITA",
        "npi": "1999999026",
    },
    "rendering_provider": {
        "entity_type": "1",
        "last_name": "EXAMPLE",
        "first_name": "RENATA",
        "npi": "1999999026",
        "taxonomy": "208D00000X",
    },
    "service_facility": {
        "entity_type": "2",
        "last_name": "SAMPLE CLINIC",
        "npi": "1999999034",
        "address": {"lines": ["3 CLINIC ROAD"], "city": "SPRINGFIELD", "state": "IL", "zip": "627040001"},
    },
    "supervising_provider": {
        "entity_type": "1",
        "last_name": "SUPERVISOR",
        "first_name": "SAM",
        "npi": "1999999034",
    },
    "other_payers": [
        {
            "responsibility": "S",
            "relationship": "01",
            "insurance_type": "12",
            "claim_filing_indicator": "MB",
            "member_id": "OTHER1",
            "payer_id": "88888",
            "name": "OTHER PLAN",
            "adjudication_date": "2026-09-01",
            "claim_control_number": "OTHERCLAIM1",
            "paid_amount": "100",
            "non_covered_amount": "5",
            "remaining_liability": "20",
            "adjustments": [
                {"group": "CO", "reason": "45", "amount": "12.5"},
                {"group": "CO", "reason": "97", "amount": "3"},
            ],
        }
    ],
    "lines": [
        {
            "number": "1",
            "procedure": {"qualifier": "HC", "code": "99213", "description": "SAMPLE VISIT"},
            "modifiers": ["25", "59"],
            "charge": "150.5",
            "unit_basis": "UN",
            "units": "1.5",
            "place_of_service": "22",
            "diagnosis_pointers": [1, 2],
            "emergency": "Y",
            "epsdt": "Y",
            "service_date": {"from": "2026-08-18"},
            "prior_authorization_number": "LINEAUTH1",
            "line_item_control_number": "FICT-0001-1",
            "clia_number": "14D8888888",
            "purchased_service_amount": "11",
            "drug": {"ndc": "00093312401", "quantity": "2.5", "unit": "ML"},
            "rendering_provider": {
                "entity_type": "1",
                "last_name": "SAMPLE",
                "first_name": "OMAR",
                "npi": "1999999034",
                "taxonomy": "207Q00000X",
            },
            "service_facility": {
                "entity_type": "2",
                "last_name": "OTHER CLINIC",
                "npi": "1999999018",
                "address": {
                    "lines": ["4 CLINIC ROAD"],
                    "city": "SPRINGFIELD",
                    "state": "IL",
                    "zip": "627040001",
                },
            },
            "supervising_provider": {
                "entity_type": "1",
                "last_name": "SUPERVISOR",
                "first_name": "SUE",
                "npi": "1999999026",
            },
            "ordering_provider": {
                "entity_type": "1",
                "last_name": "ORDERER",
                "first_name": "OLAF",
                "npi": "1999999026",
                "address": {
                    "lines": ["5 ORDER STREET"],
                    "city": "SPRINGFIELD",
                    "state": "IL",
                    "zip": "62705",
                },
            },
            "referring_provider": {
                "entity_type": "1",
                "last_name": "REFERRER",
                "first_name": "ROY",
                "npi": "1999999034",
            },
            "adjudications": [
                {
                    "payer_id": "88888",
                    "paid_amount": "80",
                    "procedure": {"qualifier": "HC", "code": "99213", "description": "PAID VISIT"},
                    "paid_units": "1",
                    "adjudication_date": "2026-09-01",
                    "adjustments": [
                        {"group": "CO", "reason": "45", "amount": "50"},
                        {"group": "PR", "reason": "1", "amount": "20.5"},
                    ],
                }
            ],
        },
        {
            "number": "2",
            "procedure": {"qualifier": "HC", "code": "85025"},
            "charge": "95",
            "unit_basis": "UN",
            "units": "1",
            "diagnosis_pointers": [1],
            "service_date": {"from": "2026-08-17", "through": "2026-08-18"},
            "line_item_control_number": "FICT-0001-2",
            "adjudications": [
                {
                    "payer_id": "88888",
                    "paid_amount": "20",
                    "procedure": {"qualifier": "HC", "code": "85025"},
                    "paid_units": "1",
                    "adjudication_date": "2026-09-01",
                    "adjustments": [{"group": "CO", "reason": "45", "amount": "75"}],
                }
            ],
        },
    ],
}


def test_every_value_of_the_full_claim_is_read() -> None:
    (item,) = read(FULL.encode())
    assert claim_to_json(item.claim) == EXPECTED


def test_the_full_claim_says_nearly_everything_a_claim_can_say() -> None:
    (item,) = read(FULL.encode())
    unsaid = {row.path for row in FIELDS if not any(expand(item.claim, row.path))}
    rare = (
        ".taxonomy",
        ".first_name",
        ".country",
        ".lines[]",
        ".city",
        ".state",
        ".zip",
    )  # of other providers
    assert {path for path in unsaid if not path.endswith(rare)} == {"payer.insurance_type"}
