"""How a claim is laid out as a form: labels, CMS-1500 boxes and where values stand in the claim's JSON."""

from __future__ import annotations

from collections.abc import Sequence

#: A field: label, CMS-1500 box, pointer; `*` in a pointer stands for every item of a list.
Field = tuple[str, str, str]


def _provider(prefix: str, box: str, npi_box: str) -> Sequence[Field]:
    return (
        ("Last name or organisation", box, f"{prefix}/last_name"),
        ("First name", box, f"{prefix}/first_name"),
        ("NPI", npi_box, f"{prefix}/npi"),
        ("Taxonomy", "", f"{prefix}/taxonomy"),
    )


def _address(prefix: str, box: str) -> Sequence[Field]:
    return (
        ("Address", box, f"{prefix}/address/lines/*"),
        ("City", box, f"{prefix}/address/city"),
        ("State", box, f"{prefix}/address/state"),
        ("ZIP", box, f"{prefix}/address/zip"),
    )


#: Sections in the order of the page.
SECTIONS: Sequence[tuple[str, Sequence[Field]]] = (
    (
        "Billing provider",
        (
            ("Name", "33", "/billing_provider/name"),
            ("First name", "33", "/billing_provider/first_name"),
            ("Entity type", "", "/billing_provider/entity_type"),
            ("NPI", "33a", "/billing_provider/npi"),
            ("Tax id", "25", "/billing_provider/tax_id"),
            ("Taxonomy", "33b", "/billing_provider/taxonomy"),
            *_address("/billing_provider", "33"),
            ("Phone", "33", "/billing_provider/phone"),
        ),
    ),
    (
        "Payer",
        (
            ("Name", "", "/payer/name"),
            ("Payer id", "", "/payer/payer_id"),
            ("Responsibility", "", "/payer/responsibility"),
            ("Claim filing indicator", "1", "/payer/claim_filing_indicator"),
        ),
    ),
    (
        "Insured",
        (
            ("Member id", "1a", "/subscriber/member_id"),
            ("Last name", "4", "/subscriber/last_name"),
            ("First name", "4", "/subscriber/first_name"),
            ("Born", "11a", "/subscriber/date_of_birth"),
            ("Sex", "11a", "/subscriber/sex"),
            ("Group", "11", "/subscriber/group_number"),
            *_address("/subscriber", "7"),
        ),
    ),
    (
        "Patient",
        (
            ("Relationship to insured", "6", "/patient/relationship"),
            ("Last name", "2", "/patient/last_name"),
            ("First name", "2", "/patient/first_name"),
            ("Born", "3", "/patient/date_of_birth"),
            ("Sex", "3", "/patient/sex"),
            ("Died", "", "/patient/date_of_death"),
            *_address("/patient", "5"),
        ),
    ),
    (
        "Claim",
        (
            ("Patient control number", "26", "/patient_control_number"),
            ("Total charge", "28", "/total_charge"),
            ("Place of service", "24B", "/place_of_service"),
            ("Frequency", "22", "/frequency_code"),
            ("Payer claim control number", "22", "/payer_claim_control_number"),
            ("Prior authorization", "23", "/prior_authorization_number"),
            ("Referral number", "23", "/referral_number"),
            ("CLIA number", "23", "/clia_number"),
            ("Related causes", "10a-c", "/related_causes/*"),
            ("Accident date", "15", "/accident_date"),
            ("Accident state", "10b", "/accident_state"),
            ("Onset", "14", "/onset_date"),
            ("Last menstrual period", "14", "/last_menstrual_period"),
            ("Initial treatment", "15", "/initial_treatment_date"),
            ("Last seen", "15", "/last_seen_date"),
            ("Admitted", "18", "/admission_date"),
            ("Discharged", "18", "/discharge_date"),
            ("Paid by patient", "29", "/patient_paid_amount"),
            ("Delay reason", "", "/delay_reason_code"),
            ("Condition codes", "10d", "/condition_codes/*"),
            ("Notes", "19", "/notes/*/text"),
        ),
    ),
    ("Diagnoses", (("", "21", "/diagnoses/*/code"),)),
    ("Rendering provider", _provider("/rendering_provider", "31", "24J")),
    ("Referring provider", _provider("/referring_provider", "17", "17b")),
    ("Service facility", _provider("/service_facility", "32", "32a")),
    ("Supervising provider", _provider("/supervising_provider", "17", "17b")),
    (
        "Other payers",
        (
            ("Name", "9d", "/other_payers/*/name"),
            ("Payer id", "9d", "/other_payers/*/payer_id"),
            ("Member id", "9a", "/other_payers/*/member_id"),
            ("Paid", "", "/other_payers/*/paid_amount"),
            ("Adjudicated", "", "/other_payers/*/adjudication_date"),
        ),
    ),
)

#: Columns of the service lines: title, CMS-1500 box, pointers below the line.
COLUMNS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("Date", "24A", ("service_date/from", "service_date/through")),
    ("Place", "24B", ("place_of_service",)),
    ("Service", "24D", ("procedure/code", "modifiers/*")),
    ("Dx", "24E", ("diagnosis_pointers/*",)),
    ("Charge", "24F", ("charge",)),
    ("Units", "24G", ("units",)),
    ("Rendering NPI", "24J", ("rendering_provider/npi",)),
)
#: Fields of a line that have no column: label, pointer below the line.
LINE_EXTRAS: Sequence[tuple[str, str]] = (
    ("Revenue code", "revenue_code"),
    ("Description", "procedure/description"),
    ("Prior authorization", "prior_authorization_number"),
    ("CLIA number", "clia_number"),
    ("NDC", "drug/ndc"),
    ("NDC quantity", "drug/quantity"),
    ("NDC unit", "drug/unit"),
    ("Ordering NPI", "ordering_provider/npi"),
    ("Referring NPI", "referring_provider/npi"),
    ("Supervising NPI", "supervising_provider/npi"),
)
