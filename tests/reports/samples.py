"""Hand-written results and claims (fictitious people and providers; NPIs have valid check digits)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def x12(loop: str, segment: str, element: int, position: int | None = None, **more: int) -> Json:
    place: Json = {"loop": loop, "segment": segment, "element": element}
    return {**place, "component": None, "repeat": None, "position": position, **more}


def location(
    path: str, pointer: str, place: Json, form: str | None, value: str | None, role: str = "primary"
) -> Json:
    return {"role": role, "path": path, "pointer": pointer, "x12": place, "form": form, "value": value}


RENDERING: Json = {
    "id": "5d1f0c2a9b7e4411",
    "rule": "SIT-007",
    "rule_version": "1.0.0",
    "pack": "completeness",
    "outcome": "fail",
    "severity": "reject",
    "snip": 4,
    "category": "completeness",
    "title": "A group bills and does not say who gave the service",
    "message": "A group bills, and at least one line has no rendering provider.",
    "why": "The payer pays by the person who gave the service and returns the claim without that NPI.",
    "locations": [
        location(
            "rendering_provider.npi", "/rendering_provider/npi", x12("2310B", "NM1", 9), "CMS-1500 24J", None
        ),
        location(
            "billing_provider.entity_type",
            "/billing_provider/entity_type",
            x12("2010AA", "NM1", 2, 10),
            None,
            "2",
            "related",
        ),
    ],
    "evidence": {"billing_provider.entity_type": "2"},
    "denial": {"group": "CO", "carc": "16", "rarc": ["N290"], "status277": "A7:562:82"},
    "references": [
        {
            "title": "Missing or incorrect required NPI information",
            "url": "https://example.org/npi",
            "checked": True,
        }
    ],
    "amendment": {
        "applicability": "advise",
        "title": "Name the person who gave the service",
        "patch": [],
        "verified": False,
    },
    "route": "provider",
    "reason": None,
    "decided_by": [],
}

TOTAL: Json = {
    "id": "0a6b1c77d2e3f409",
    "rule": "BAL-001",
    "rule_version": "1.0.0",
    "pack": "format",
    "outcome": "fail",
    "severity": "reject",
    "snip": 3,
    "category": "format",
    "title": "The claim total is not the sum of the line charges",
    "message": "Total charge is 254.00, the lines add up to 245.00.",
    "why": "Every payer rejects an unbalanced claim at the front end.",
    "locations": [
        location("total_charge", "/total_charge", x12("2300", "CLM", 2, 23), "CMS-1500 28", "254.00")
    ],
    "evidence": {"line_total": "245.00"},
    "denial": {"group": "CO", "carc": "16", "rarc": ["M54"], "status277": "A7:178"},
    "references": [{"title": "005010X222A1, section 1.4.4, balancing", "url": None, "checked": False}],
    "amendment": {
        "applicability": "confirm",
        "title": "Set the total to the sum of the lines",
        "patch": [
            {"op": "test", "path": "/total_charge", "value": "254.00"},
            {"op": "replace", "path": "/total_charge", "value": "245.00"},
        ],
        "verified": True,
    },
    "route": "billing",
    "reason": None,
    "decided_by": ["DEC-003"],
}

PHONE: Json = {
    "id": "77e0aa1c5b2d9f30",
    "rule": "FMT-009",
    "rule_version": "1.0.0",
    "pack": "format",
    "outcome": "fail",
    "severity": "warn",
    "snip": 2,
    "category": "format",
    "title": "The billing phone number is not ten bare digits",
    "message": "The phone number '(217) 555-0100' has separators.",
    "why": "Some payers reject a number that is not ten digits.",
    "locations": [
        location(
            "billing_provider.phone",
            "/billing_provider/phone",
            x12("2010AA", "PER", 4, 14),
            "CMS-1500 33",
            "(217) 555-0100",
        )
    ],
    "evidence": {},
    "denial": None,
    "references": [],
    "amendment": {
        "applicability": "safe",
        "title": "Remove separators",
        "patch": [
            {"op": "test", "path": "/billing_provider/phone", "value": "(217) 555-0100"},
            {"op": "replace", "path": "/billing_provider/phone", "value": "2175550100"},
        ],
        "verified": True,
    },
    "route": None,
    "reason": None,
    "decided_by": [],
}

POINTER: Json = {
    "id": "c4d2008be915a7f6",
    "rule": "FMT-018",
    "rule_version": "1.0.0",
    "pack": "format",
    "outcome": "fail",
    "severity": "reject",
    "snip": 2,
    "category": "format",
    "title": "A diagnosis pointer points at no diagnosis",
    "message": "Line 2 points at diagnosis 3; the claim has 2.",
    "why": "The payer cannot tell why the service was given.",
    "locations": [
        location(
            "lines[1].diagnosis_pointers[0]",
            "/lines/1/diagnosis_pointers/0",
            x12("2400", "SV1", 7, 32, component=1),
            "CMS-1500 24E",
            "3",
        )
    ],
    "evidence": {},
    "denial": {"group": "CO", "carc": "16", "rarc": ["M76"], "status277": None},
    "references": [],
    "amendment": {
        "applicability": "advise",
        "title": "Point at the diagnosis the service was given for",
        "patch": [],
        "verified": False,
    },
    "route": "coding",
    "reason": None,
    "decided_by": [],
}

PANEL: Json = {
    **POINTER,
    "id": "e1e1e1e1e1e1e1e1",
    "rule": "NCC-022",
    "outcome": "suppressed",
    "severity": "deny",
    "title": "A test that is part of panel 80053 is billed beside it",
    "message": "Line 2 is part of the panel on line 1.",
    "reason": "The line is reported for another reason already.",
    "decided_by": ["DEC-012"],
    "amendment": None,
}

GAP: Json = {
    "rule": "TIM-001",
    "reason": "no filing limit is known for payer 99999",
    "remedy": "set parameter filing_limit for the payer",
}

CLAIM: Json = {
    "claim_type": "professional",
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
        "entity_type": "2",
        "name": "FICTION FAMILY MEDICINE GROUP",
        "first_name": None,
        "npi": "1999999018",
        "tax_id": "369999999",
        "tax_id_type": "EI",
        "taxonomy": "207Q00000X",
        "payer_assigned_id": None,
        "address": {
            "lines": ["100 SAMPLE STREET"],
            "city": "SPRINGFIELD",
            "state": "IL",
            "zip": "627010001",
            "country": None,
        },
        "phone": "(217) 555-0100",
    },
    "pay_to_address": None,
    "subscriber": {
        "member_id": "XYZ123456789",
        "last_name": "SAMPLE",
        "first_name": "PATRICIA",
        "date_of_birth": "1980-01-15",
        "sex": "F",
        "ssn": None,
        "group_number": "GRP0001",
        "group_name": None,
        "address": {
            "lines": ["200 EXAMPLE AVENUE"],
            "city": "SPRINGFIELD",
            "state": "IL",
            "zip": "62702",
            "country": None,
        },
    },
    "patient": {
        "relationship": "18",
        "last_name": None,
        "first_name": None,
        "date_of_birth": None,
        "sex": None,
        "date_of_death": None,
        "address": None,
    },
    "payer": {
        "payer_id": "99999",
        "name": "SAMPLE COMMERCIAL PLAN",
        "responsibility": "P",
        "insurance_type": None,
        "claim_filing_indicator": "CI",
        "key": None,
        "program": "commercial",
    },
    "patient_control_number": "FICT-0001",
    "total_charge": "254.00",
    "place_of_service": "11",
    "frequency_code": "1",
    "signature_on_file": "Y",
    "assignment_code": "A",
    "benefits_assigned": "Y",
    "release_of_information": "Y",
    "related_causes": [],
    "accident_date": None,
    "clia_number": "14D9999999",
    "notes": [],
    "diagnoses": [{"code": "E119", "role": "principal"}, {"code": "I10", "role": "other"}],
    "condition_codes": [],
    "referring_provider": None,
    "rendering_provider": None,
    "service_facility": None,
    "supervising_provider": None,
    "other_payers": [],
    "lines": [
        {
            "number": "1",
            "procedure": {"qualifier": "HC", "code": "99213", "description": None},
            "modifiers": ["25"],
            "charge": "150.00",
            "unit_basis": "UN",
            "units": "1",
            "place_of_service": None,
            "diagnosis_pointers": [1, 2],
            "service_date": {"from": "2026-08-18", "through": None},
            "line_item_control_number": "FICT-0001-1",
            "rendering_provider": None,
        },
        {
            "number": "2",
            "procedure": {"qualifier": "HC", "code": "85025", "description": None},
            "modifiers": [],
            "charge": "95.00",
            "unit_basis": "UN",
            "units": "1",
            "place_of_service": None,
            "diagnosis_pointers": [3],
            "service_date": {"from": "2026-08-18", "through": None},
            "line_item_control_number": "FICT-0001-2",
            "rendering_provider": None,
        },
    ],
}


def result(
    index: int, claim_id: str, outcome: str, findings: list[Json], gaps: list[Json] | None = None
) -> Json:
    return {
        "index": index,
        "claim_id": claim_id,
        "claim_type": "professional",
        "outcome": outcome,
        "submittable": outcome in ("clean", "review"),
        "coverage": "partial" if gaps else "complete",
        "not_evaluated": gaps or [],
        "findings": findings,
    }


RUN: Json = {
    "schema_version": 1,
    "engine": {"name": "claim-scrubber", "version": "0.1.0"},
    "receipt_date": "2026-08-20",
    "packs": [
        {"id": "format", "version": "1.0.0", "hash": "a" * 64},
        {"id": "completeness", "version": "1.0.0", "hash": "b" * 64},
    ],
    "reference_data": [
        {
            "table": "hcpcs",
            "edition": "2026Q3",
            "effective_from": "2026-07-01",
            "effective_to": None,
            "rows": 8300,
        }
    ],
    "files": [
        {
            "path": "inbox/monday claims.837",
            "format": "837P",
            "claims": [
                result(0, "FICT-0001", "rejected", [RENDERING, TOTAL, PHONE, POINTER, PANEL]),
                result(1, "FICT-0002", "clean", []),
                result(2, "FICT-0003", "review", [PHONE], [GAP]),
                result(3, "FICT-0004", "clean", []),
                result(4, "FICT-0005", "error", []),
            ],
            "findings": [],
            "sha256": "c" * 64,
        }
    ],
    "summary": {
        "not_evaluated": [
            {"rule": "EM-007", "reason": "needs prior claims", "remedy": "give the run --history DB"},
        ]
    },
}


def claim_of(path: str, index: int) -> Json | None:
    """The claims behind RUN: the first in full, the third with another id, the fifth could not be read."""
    return {
        0: CLAIM,
        2: {
            **CLAIM,
            "patient_control_number": "FICT-0003",
            "rendering_provider": {"last_name": "EXAMPLE", "npi": "1999999026"},
        },
    }.get(index)
