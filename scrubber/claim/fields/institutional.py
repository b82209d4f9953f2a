"""Where the paths of an institutional claim stand: 837I, 005010X223A2."""

from __future__ import annotations

from scrubber.claim.fields import shared
from scrubber.claim.fields.row import Field, Kind, Part, f, owned, provider, qualified, rows

_ROLES = {
    "ABK": "principal",
    "BK": "principal",
    "ABF": "other",
    "BF": "other",
    "ABJ": "admitting",
    "BJ": "admitting",
    "APR": "reason_for_visit",
    "PR": "reason_for_visit",
    "ABN": "external_cause",
    "BN": "external_cause",
}
_CODE_SETS = {q: "icd10" if q[0] == "A" else "icd9" for q in _ROLES}
#: CAH is the map's word for a principal procedure by an advanced billing concept code.
_PROCEDURE_ROLES = {"BBR": "principal", "BR": "principal", "CAH": "principal", "BBQ": "other", "BQ": "other"}
_PROCEDURE_CODE_SETS = {"BBR": "icd10", "BBQ": "icd10", "BR": "icd9", "BQ": "icd9", "CAH": "abc"}

#: Occurrence codes of accidents and crimes (UB-04 FL 31-34): their date is that of the accident.
_ACCIDENTS = frozenset({"01", "02", "03", "04", "05", "06"})


def _claim() -> list[Field]:
    return [
        *rows(
            "2300",
            "CLM",
            f("patient_control_number", "id", 1, required=True),
            f("total_charge", "amount", 2, required=True),
            f("facility_type_code", "code", 5, 1, required=True),
            f("frequency_code", "code", 5, 3, required=True),
            f("assignment_code", "code", 7),
            f("benefits_assigned", "code", 8),
            f("release_of_information", "code", 9),
            f("delay_reason_code", "code", 20),
        ),
        *rows(
            "2300",
            "DTP",
            f("discharge_hour", "code", 3, where=(1, "096")),
            f("statement_period.from", "date", 3, where=(1, "434"), part="from", required=True),
            f("statement_period.through", "date", 3, where=(1, "434"), part="through"),
            f("admission_date", "date", 3, where=(1, "435"), part="date"),
            f("admission_hour", "code", 3, where=(1, "435"), part="hour"),
            f("repricer_received_date", "date", 3, where=(1, "050")),
        ),
        *rows(
            "2300",
            "CL1",
            f("admission_type", "code", 1),
            f("admission_source", "code", 2),
            f("patient_status", "code", 3),
        ),
        *shared.claim_details(),
        *shared.medical_details(),
        *rows("2300", "AMT", f("patient_estimated_amount_due", "amount", 2, where=(1, "F3"))),
        *qualified("2300", "REF", "id", 2, {"LU": "accident_state", "G4": "peer_review_approval_number"}),
        *_codes(),
        *shared.repricing(
            "repricing", "2300", without=shared.OF_LINES | {"procedure_qualifier", "procedure_code"}
        ),
    ]


def _codes() -> list[Field]:
    def each(path: str, kind: Kind, component: int, qualifiers: str, **rest: object) -> Field:
        return f(path, kind, 1, component, last=12, where=(1, qualifiers), each="composite", **rest)

    def span(path: str, part: Part) -> Field:
        return each(path, "date", 4, "BI", part=part)

    diagnoses, procedures = "|".join(_ROLES), "|".join(_PROCEDURE_ROLES)
    return rows(
        "2300",
        "HI",
        each("diagnoses[].code", "code", 2, diagnoses),
        each("diagnoses[].role", "code", 1, diagnoses, words=_ROLES),
        each("diagnoses[].code_set", "code", 1, diagnoses, words=_CODE_SETS),
        each("diagnoses[].poa", "code", 9, diagnoses),
        f("drg", "code", 1, 2, where=(1, "DR"), each="composite", last=12),
        each("procedures[].code", "code", 2, procedures),
        each("procedures[].role", "code", 1, procedures, words=_PROCEDURE_ROLES),
        each("procedures[].code_set", "code", 1, procedures, words=_PROCEDURE_CODE_SETS),
        each("procedures[].date", "date", 4, procedures),
        each("occurrence_spans[].code", "code", 2, "BI"),
        span("occurrence_spans[].from", "from"),
        span("occurrence_spans[].through", "through"),
        each("occurrence_codes[].code", "code", 2, "BH"),
        each("occurrence_codes[].date", "date", 4, "BH"),
        each("accident_date", "date", 4, "BH", code=_ACCIDENTS),
        each("value_codes[].code", "code", 2, "BE"),
        each("value_codes[].amount", "amount", 5, "BE"),
        each("condition_codes[].code", "code", 2, "BG"),
        each("treatment_codes[].code", "code", 2, "TC"),
    )


def _claim_providers() -> list[Field]:
    return [
        *provider("attending_provider", "2310A", "0B|1G|G2|LU", taxonomy=True),
        *provider("operating_provider", "2310B", "0B|1G|G2|LU"),
        *provider("other_operating_provider", "2310C", "0B|1G|G2|LU"),
        *provider("rendering_provider", "2310D", "0B|1G|G2|LU"),
        *provider("service_facility", "2310E", "0B|G2|LU", person=False, places=True),
        *provider("referring_provider", "2310F", "0B|1G|G2"),
    ]


def _other_payers() -> list[Field]:
    return [
        *shared.other_payers(),
        *owned("other_payers[]", _inpatient_adjudication("other_payers[].inpatient_adjudication")),
        *shared.other_payer_providers(
            {
                "attending_provider": ("2330C", "0B|1G|G2|LU"),
                "operating_provider": ("2330D", "0B|1G|G2|LU"),
                "other_operating_provider": ("2330E", "0B|1G|G2|LU"),
                "service_facility": ("2330F", "0B|G2|LU"),
                "rendering_provider": ("2330G", "0B|1G|G2|LU"),
                "referring_provider": ("2330H", "0B|1G|G2"),
                "billing_provider": ("2330I", "G2|LU"),
            }
        ),
    ]


def _inpatient_adjudication(path: str) -> list[Field]:
    amounts = {
        4: "drg_amount",
        6: "disproportionate_share_amount",
        7: "msp_pass_through_amount",
        8: "pps_capital_amount",
        9: "pps_capital_federal_amount",
        10: "pps_capital_hospital_amount",
        11: "pps_capital_share_amount",
        12: "old_capital_amount",
        13: "pps_capital_teaching_amount",
        14: "pps_operating_hospital_amount",
        16: "pps_operating_federal_amount",
        17: "pps_capital_outlier_amount",
        18: "indirect_teaching_amount",
        19: "non_payable_professional_amount",
        24: "pps_capital_exception_amount",
    }
    days = {1: "covered_days", 3: "lifetime_psychiatric_days", 15: "cost_report_days"}
    return rows(
        "2320",
        "MIA",
        *(f(f"{path}.{name}", "amount", at) for at, name in amounts.items()),
        *(f(f"{path}.{name}", "quantity", at) for at, name in days.items()),
        f("other_payers[].remark_codes[]", "code", 5, last=5),
        f("other_payers[].remark_codes[]", "code", 20, last=23),
    )


def _lines() -> list[Field]:
    return owned(
        "lines[]",
        [
            *rows("2400", "LX", f("lines[].number", "id", 1)),
            *rows("2400", "SV2", f("lines[].revenue_code", "code", 1, required=True)),
            *shared.procedure("lines[].procedure", "SV2", 2, "2400"),
            *rows(
                "2400",
                "SV2",
                f("lines[].modifiers[]", "code", 2, 3, last=6),
                f("lines[].charge", "amount", 3, required=True),
                f("lines[].unit_basis", "code", 4),
                f("lines[].units", "quantity", 5, required=True),
                f("lines[].non_covered_charge", "amount", 7),
            ),
            *shared.attachments("lines[].attachments", "2400"),
            *shared.service_date("lines[].service_date", "2400", required=False),
            *qualified("2400", "REF", "id", 2, shared.line_references()),
            *qualified(
                "2400",
                "AMT",
                "amount",
                2,
                {"GT": "lines[].service_tax_amount", "N8": "lines[].facility_tax_amount"},
            ),
            *shared.notes("lines[].notes", "2400"),
            *shared.repricing("lines[].repricing", "2400", without=shared.OF_STAYS),
        ],
    )


def _line_providers() -> list[Field]:
    return [
        *provider("lines[].operating_provider", "2420A", "0B|1G|G2|LU", payer=True),
        *provider("lines[].other_operating_provider", "2420B", "0B|1G|G2|LU", payer=True),
        *provider("lines[].rendering_provider", "2420C", "0B|1G|G2|LU", payer=True),
        *provider("lines[].referring_provider", "2420D", "0B|1G|G2", payer=True),
    ]


def institutional() -> list[Field]:
    """Return the whole table, in the order of the guide."""
    return [
        *shared.envelope(),
        *shared.billing_provider("EI", person=False),
        *shared.subscriber_and_payer(),
        *_claim(),
        *_claim_providers(),
        *_other_payers(),
        *_lines(),
        *shared.drug(),
        *_line_providers(),
        *shared.adjudications(),
        *owned(
            "lines[].adjudications[]",
            rows("2430", "SVD", f("lines[].adjudications[].revenue_code", "code", 4)),
        ),
    ]
