"""Rows that claim types share: the levels above the claim, what 2300 and 2400 have in common, other payers.

Guides: 005010X222A1, 005010X223A2 and 005010X224A2. What differs between them is in their own modules.
"""

from __future__ import annotations

from collections.abc import Mapping

from scrubber.claim.fields.row import (
    Field,
    Kind,
    address,
    contact,
    f,
    name,
    owned,
    qualified,
    rows,
    secondary_ids,
)

_PROCEDURE_PARTS = (("qualifier", "code", 1), ("code", "code", 2), ("description", "text", 7))


def envelope() -> list[Field]:
    """ISA, GS, the transaction's head, submitter and receiver."""
    return [
        *rows(
            "ISA",
            "ISA",
            f("file.sender_id", "id", 6),
            f("file.receiver_id", "id", 8),
            f("file.control_number", "id", 13),
            f("file.usage_indicator", "code", 15),
        ),
        *rows("GS", "GS", f("transaction.guide", "code", 8)),
        *rows("ST", "ST", f("transaction.control_number", "id", 2)),
        *rows(
            "ST",
            "BHT",
            f("transaction.purpose", "code", 2),
            f("transaction.reference", "id", 3),
            f("transaction.date", "date", 4),
            f("transaction.time", "text", 5),
            f("transaction.type", "code", 6),
        ),
        *rows(
            "1000A",
            "NM1",
            f("submitter.entity_type", "code", 2),
            f("submitter.name", "name", 3),
            f("submitter.first_name", "name", 4),
            f("submitter.middle_name", "name", 5),
            f("submitter.id", "id", 9),
        ),
        *contact("submitter", "1000A"),
        *rows(
            "1000B",
            "NM1",
            f("receiver.entity_type", "code", 2),
            f("receiver.name", "name", 3),
            f("receiver.id", "id", 9),
        ),
    ]


def billing_provider(tax_id_types: str, *, person: bool) -> list[Field]:
    """2000A, 2010AA, 2010AB, 2010AC. A `person` may bill in professional and dental claims."""
    names = [
        f("billing_provider.entity_type", "code", 2, required=True),
        f("billing_provider.name", "name", 3, required=True),
        f("billing_provider.npi", "npi", 9, where=(8, "XX")),
    ]
    if person:
        names += [
            f("billing_provider.first_name", "name", 4),
            f("billing_provider.middle_name", "name", 5),
        ]
    return [
        *rows("2000A", "PRV", f("billing_provider.taxonomy", "code", 3, where=(1, "BI"))),
        *rows("2000A", "CUR", f("billing_provider.currency", "code", 2)),
        *rows("2010AA", "NM1", *names),
        *address("billing_provider.address", "2010AA"),
        *rows(
            "2010AA",
            "REF",
            f("billing_provider.tax_id", "id", 2, where=(1, tax_id_types)),
            f("billing_provider.tax_id_type", "code", 1, where=(1, tax_id_types)),
        ),
        *contact("billing_provider", "2010AA"),
        *owned("pay_to_address", address("pay_to_address", "2010AB")),
        *owned(
            "pay_to_plan",
            [
                *rows(
                    "2010AC",
                    "NM1",
                    f("pay_to_plan.name", "name", 3),
                    f("pay_to_plan.payer_id", "id", 9, where=(8, "PI|XV")),
                ),
                *address("pay_to_plan.address", "2010AC"),
                *secondary_ids("pay_to_plan", "2010AC", "2U|FY|NF"),
                *rows("2010AC", "REF", f("pay_to_plan.tax_id", "id", 2, where=(1, "EI"))),
            ],
        ),
    ]


def subscriber_and_payer() -> list[Field]:
    """2000B, 2010BA, 2010BB, and what 2000C says in all guides."""
    return [
        *rows(
            "2000B",
            "SBR",
            f("payer.responsibility", "code", 1, required=True),
            f("subscriber.group_number", "id", 3),
            f("subscriber.group_name", "name", 4),
            f("payer.claim_filing_indicator", "code", 9),
        ),
        *rows("2000C", "PAT", f("patient.relationship", "code", 1)),
        *rows("2000B", "SBR", f("patient.relationship", "code", 2, where=(2, "18"))),
        *rows(
            "2010BA",
            "NM1",
            f("subscriber.entity_type", "code", 2),
            f("subscriber.last_name", "name", 3),
            f("subscriber.first_name", "name", 4),
            f("subscriber.middle_name", "name", 5),
            f("subscriber.suffix", "name", 7),
            f("subscriber.member_id", "id", 9, where=(8, "MI")),
            f("subscriber.unique_health_id", "id", 9, where=(8, "II")),
        ),
        *_demographics("subscriber", "2010BA"),
        *rows("2010BA", "REF", f("subscriber.ssn", "id", 2, where=(1, "SY"))),
        *rows(
            "2010CA",
            "NM1",
            f("patient.last_name", "name", 3),
            f("patient.first_name", "name", 4),
            f("patient.middle_name", "name", 5),
            f("patient.suffix", "name", 7),
        ),
        *_demographics("patient", "2010CA"),
        *rows("2010CA", "REF", f("patient.member_id", "id", 2, where=(1, "1W"))),
        *rows("2010CA", "REF", f("patient.ssn", "id", 2, where=(1, "SY"))),
        *rows("2010CA", "REF", f("property_casualty_claim_number", "id", 2, where=(1, "Y4"))),
        *rows("2010BA", "REF", f("property_casualty_claim_number", "id", 2, where=(1, "Y4"))),
        *rows(
            "2010BB",
            "NM1",
            f("payer.name", "name", 3, required=True),
            f("payer.payer_id", "id", 9, where=(8, "PI|XV"), required=True),
        ),
        *address("payer.address", "2010BB"),
        *secondary_ids("payer", "2010BB", "2U|EI|FY|NF"),
        *rows("2010BB", "REF", f("billing_provider.payer_assigned_id", "id", 2, where=(1, "G2|LU"))),
    ]


def _demographics(prefix: str, loop: str) -> list[Field]:
    return [
        *rows(loop, "DMG", f(f"{prefix}.date_of_birth", "date", 2), f(f"{prefix}.sex", "code", 3)),
        *address(f"{prefix}.address", loop),
    ]


def insurance_type(path: str, loop: str) -> list[Field]:
    """SBR05 of professional and dental claims: why Medicare does not pay first."""
    return rows(loop, "SBR", f(f"{path}.insurance_type", "code", 5))


def visit() -> list[Field]:
    """CLM of professional and dental claims, which are of one place of service."""
    return rows(
        "2300",
        "CLM",
        f("patient_control_number", "id", 1, required=True),
        f("total_charge", "amount", 2, required=True),
        f("place_of_service", "code", 5, 1, required=True),
        f("frequency_code", "code", 5, 3, required=True),
        f("signature_on_file", "code", 6),
        f("assignment_code", "code", 7),
        f("benefits_assigned", "code", 8),
        f("release_of_information", "code", 9),
        f("related_causes[]", "code", 11, 1, last=3),
        f("accident_state", "code", 11, 4),
        f("accident_country", "code", 11, 5),
        f("special_program_code", "code", 12),
        f("delay_reason_code", "code", 20),
    )


#: References of all guides at claim level: qualifier → path.
CLAIM_REFERENCES = {
    "G1": "prior_authorization_number",
    "9F": "referral_number",
    "F8": "payer_claim_control_number",
    "4N": "service_authorization_exception",
    "9A": "repriced_claim_number",
    "9C": "adjusted_repriced_claim_number",
    "D9": "clearinghouse_claim_id",
}
#: References of professional and institutional claims besides.
MEDICAL_REFERENCES = {"EA": "medical_record_number", "P4": "demonstration_id", "LX": "ide_number"}


def claim_details() -> list[Field]:
    """What all guides have in 2300 besides CLM, dates and codes."""
    return [
        *qualified("2300", "REF", "id", 2, CLAIM_REFERENCES),
        *attachments("attachments", "2300"),
        *notes("notes", "2300"),
        *rows("2300", "K3", f("file_information[]", "text", 1)),
        *contract("contract", "2300"),
    ]


def medical_details() -> list[Field]:
    """What professional and institutional claims have there besides."""
    return [
        *qualified("2300", "REF", "id", 2, MEDICAL_REFERENCES),
        *certifications("certifications", "2300"),
    ]


_DIAGNOSIS_ROLES = {"ABK": "principal", "BK": "principal", "ABF": "other", "BF": "other"}
_DIAGNOSIS_CODE_SETS = {"ABK": "icd10", "ABF": "icd10", "BK": "icd9", "BF": "icd9"}


def diagnoses(most: int, code_sets: Mapping[str, str] | None = None) -> list[Field]:
    """HI of professional and dental claims: a principal diagnosis and others, `most` of them in all.

    `code_sets` are further ones by their qualifiers, which do not tell the principal diagnosis from others.
    """
    roles = {**_DIAGNOSIS_ROLES, **dict.fromkeys(code_sets or ())}
    all_sets = {**_DIAGNOSIS_CODE_SETS, **(code_sets or {})}

    def each(path: str, component: int, words: Mapping[str, str | None] | None = None) -> Field:
        where = (1, "|".join(roles))
        return f(path, "code", 1, component, last=most, where=where, each="composite", words=words)

    return rows(
        "2300",
        "HI",
        each("diagnoses[].code", 2),
        each("diagnoses[].role", 1, roles),
        each("diagnoses[].code_set", 1, all_sets),
    )


def attachments(path: str, loop: str) -> list[Field]:
    """PWK."""
    return rows(
        loop,
        "PWK",
        f(f"{path}[].type", "code", 1),
        f(f"{path}[].transmission", "code", 2),
        f(f"{path}[].control_number", "id", 6),
    )


def notes(path: str, loop: str) -> list[Field]:
    """NTE."""
    return rows(loop, "NTE", f(f"{path}[].type", "code", 1), f(f"{path}[].text", "text", 2))


def certifications(path: str, loop: str) -> list[Field]:
    """CRC."""
    return rows(
        loop,
        "CRC",
        f(f"{path}[].category", "code", 1),
        f(f"{path}[].applies", "code", 2),
        f(f"{path}[].conditions[]", "code", 3, last=7),
    )


def contract(path: str, loop: str) -> list[Field]:
    """CN1."""
    return rows(
        loop,
        "CN1",
        f(f"{path}.type", "code", 1),
        f(f"{path}.amount", "amount", 2),
        f(f"{path}.percent", "quantity", 3),
        f(f"{path}.code", "id", 4),
        f(f"{path}.discount_percent", "quantity", 5),
        f(f"{path}.version", "id", 6),
    )


#: What a claim as a whole does not have: HCP08 to HCP12 are about lines, or about stays.
OF_CLAIMS_WITHOUT = frozenset(
    {"revenue_code", "procedure_qualifier", "procedure_code", "unit_basis", "units", "drg", "approved_amount"}
)
#: HCP06 and HCP07 mean something else for an institutional claim as a whole.
OF_LINES = frozenset({"ambulatory_patient_group", "ambulatory_patient_group_amount"})
OF_STAYS = frozenset({"drg", "approved_amount"})


def repricing(path: str, loop: str, without: frozenset[str]) -> list[Field]:
    """HCP, without what the guide does not use, or does not mean, there."""
    members: tuple[tuple[str, Kind, int], ...] = (
        ("method", "code", 1),
        ("allowed_amount", "amount", 2),
        ("savings_amount", "amount", 3),
        ("organization_id", "id", 4),
        ("rate", "quantity", 5),
        ("ambulatory_patient_group", "code", 6),
        ("ambulatory_patient_group_amount", "amount", 7),
        ("drg", "code", 6),
        ("approved_amount", "amount", 7),
        ("revenue_code", "code", 8),
        ("procedure_qualifier", "code", 9),
        ("procedure_code", "code", 10),
        ("unit_basis", "code", 11),
        ("units", "quantity", 12),
        ("reject_reason", "code", 13),
        ("policy_compliance", "code", 14),
        ("exception", "code", 15),
    )
    return rows(loop, "HCP", *(f(f"{path}.{m}", kind, at) for m, kind, at in members if m not in without))


def adjustments(path: str, loop: str) -> list[Field]:
    """CAS: a group, then up to six triplets of reason, amount and quantity."""
    return rows(
        loop,
        "CAS",
        f(f"{path}[].group", "code", 1, each="triplet"),
        f(f"{path}[].reason", "code", 2, last=17, each="triplet"),
        f(f"{path}[].amount", "amount", 3, last=18, each="triplet"),
        f(f"{path}[].quantity", "quantity", 4, last=19, each="triplet"),
    )


def other_payers() -> list[Field]:
    """2320, 2330A, 2330B: what all guides have of another payer, its insured and itself."""
    return owned(
        "other_payers[]",
        [
            *rows(
                "2320",
                "SBR",
                f("other_payers[].responsibility", "code", 1),
                f("other_payers[].relationship", "code", 2),
                f("other_payers[].group_number", "id", 3),
                f("other_payers[].group_name", "name", 4),
                f("other_payers[].claim_filing_indicator", "code", 9),
            ),
            *adjustments("other_payers[].adjustments", "2320"),
            *rows(
                "2320",
                "AMT",
                f("other_payers[].paid_amount", "amount", 2, where=(1, "D")),
                f("other_payers[].non_covered_amount", "amount", 2, where=(1, "A8")),
                f("other_payers[].remaining_liability", "amount", 2, where=(1, "EAF")),
            ),
            *rows(
                "2320",
                "OI",
                f("other_payers[].benefits_assigned", "code", 3),
                f("other_payers[].release_of_information", "code", 6),
            ),
            *_outpatient_adjudication("other_payers[].outpatient_adjudication"),
            *name("other_payers[].subscriber", "2330A", npi=False),
            *rows(
                "2330A",
                "NM1",
                f("other_payers[].member_id", "id", 9, where=(8, "MI")),
                f("other_payers[].subscriber.unique_health_id", "id", 9, where=(8, "II")),
            ),
            *address("other_payers[].subscriber.address", "2330A"),
            *rows("2330A", "REF", f("other_payers[].subscriber.ssn", "id", 2, where=(1, "SY"))),
            *rows(
                "2330B",
                "NM1",
                f("other_payers[].name", "name", 3),
                f("other_payers[].payer_id", "id", 9, where=(8, "PI|XV")),
            ),
            *address("other_payers[].address", "2330B"),
            *rows("2330B", "DTP", f("other_payers[].adjudication_date", "date", 3, where=(1, "573"))),
            *secondary_ids("other_payers[]", "2330B", "2U|EI|FY|NF"),
            *qualified(
                "2330B",
                "REF",
                "id",
                2,
                {
                    "G1": "other_payers[].prior_authorization_number",
                    "9F": "other_payers[].referral_number",
                    "T4": "other_payers[].claim_adjustment_indicator",
                    "F8": "other_payers[].claim_control_number",
                },
            ),
        ],
    )


def _outpatient_adjudication(path: str) -> list[Field]:
    return rows(
        "2320",
        "MOA",
        f(f"{path}.reimbursement_rate", "quantity", 1),
        f(f"{path}.hcpcs_payable_amount", "amount", 2),
        f("other_payers[].remark_codes[]", "code", 3, last=7),
        f(f"{path}.esrd_amount", "amount", 8),
        f(f"{path}.non_payable_professional_amount", "amount", 9),
    )


def other_payer_providers(loops: dict[str, tuple[str, str]]) -> list[Field]:
    """2330C and after: providers as another payer knows them. Role → (loop, REF qualifiers)."""
    out: list[Field] = []
    for role, (loop, ids) in loops.items():
        path = f"other_payers[].{role}"
        out += owned(path, rows(loop, "NM1", f(f"{path}.entity_type", "code", 2)))
        out += owned(path, secondary_ids(path, loop, ids))
    return out


def procedure(path: str, segment: str, element: int, loop: str, *, required: bool = False) -> list[Field]:
    """A procedure composite: qualifier, code, description."""
    out = []
    for part, kind, component in _PROCEDURE_PARTS:
        needed = required and part == "code"
        out.append(
            f(f"{path}.{part}", "text" if kind == "text" else "code", element, component, required=needed)
        )
    return rows(loop, segment, *out)


def line_references(repriced: str = "9B", adjusted: str = "9D") -> dict[str, str]:
    """References of lines in all guides, qualifier → path; 837D has repricers' numbers under others."""
    return {
        "6R": "lines[].line_item_control_number",
        repriced: "lines[].repriced_line_number",
        adjusted: "lines[].adjusted_repriced_line_number",
    }


#: Numbers of lines that other payers may give as well: qualifier → (this payer's, those of others).
AUTHORIZATIONS = {
    "G1": ("prior_authorization_number", "other_payer_prior_authorizations"),
    "9F": ("referral_number", "other_payer_referrals"),
}


def payers_numbers(numbers: Mapping[str, tuple[str, str]]) -> list[Field]:
    """REF of lines whose REF04 may name the payer that gave the number."""
    out: list[Field] = []
    for qualifier, (own, others) in numbers.items():
        where = (1, qualifier)
        out += rows(
            "2400",
            "REF",
            f(f"lines[].{own}", "id", 2, where=where, payer="this"),
            f(f"lines[].{others}[].number", "id", 2, where=where, payer="other"),
            f(f"lines[].{others}[].payer_id", "id", 4, 2, where=where, payer="other"),
        )
    return out


def service_date(path: str, loop: str, *, required: bool) -> list[Field]:
    """DTP*472: a date or a span."""
    return rows(
        loop,
        "DTP",
        f(f"{path}.from", "date", 3, where=(1, "472"), part="from", required=required),
        f(f"{path}.through", "date", 3, where=(1, "472"), part="through"),
    )


def drug() -> list[Field]:
    """2410."""
    return owned(
        "lines[].drug",
        [
            *rows(
                "2410",
                "LIN",
                f("lines[].drug.qualifier", "code", 2),
                f("lines[].drug.ndc", "code", 3, where=(2, "N4")),
            ),
            *rows(
                "2410",
                "CTP",
                f("lines[].drug.quantity", "quantity", 4),
                f("lines[].drug.unit", "code", 5, 1),
            ),
            *rows(
                "2410",
                "REF",
                f("lines[].drug.prescription_number", "id", 2, where=(1, "VY|XZ")),
                f("lines[].drug.prescription_number_type", "code", 1, where=(1, "VY|XZ")),
            ),
        ],
    )


def adjudications() -> list[Field]:
    """2430."""
    path = "lines[].adjudications[]"
    return owned(
        path,
        [
            *rows("2430", "SVD", f(f"{path}.payer_id", "id", 1), f(f"{path}.paid_amount", "amount", 2)),
            *procedure(f"{path}.procedure", "SVD", 3, "2430"),
            *rows(
                "2430",
                "SVD",
                f(f"{path}.modifiers[]", "code", 3, 3, last=6),
                f(f"{path}.paid_units", "quantity", 5),
                f(f"{path}.bundled_into_line", "id", 6),
            ),
            *adjustments(f"{path}.adjustments", "2430"),
            *rows("2430", "DTP", f(f"{path}.adjudication_date", "date", 3, where=(1, "573"))),
            *rows("2430", "AMT", f(f"{path}.remaining_liability", "amount", 2, where=(1, "EAF"))),
        ],
    )
