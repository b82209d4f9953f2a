"""The field table: where each claim path stands in X12 (005010X222A1) and on the CMS-1500 (02/12).

One row per path and place. The reader fills the claim from it, locations are found with it, the writer
edits by it and the path vocabulary is generated from it: add a field here and everything knows it.
Rows of one path are tried in order; the first is where the value should stand when it is missing.
Diagnoses (HI) and adjustments (CAS) repeat inside a segment and have their own rules, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["code", "text", "name", "id", "npi", "phone", "amount", "quantity", "number", "date"]
#: Kinds of what a path may name: values of the table, parts of the claim, and yes or no.
PathKind = Literal[
    "object", "flag", "code", "text", "name", "id", "npi", "phone", "amount", "quantity", "number", "date"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One place of one path.

    `element` and `component` count from 1; `last` is the last component (or element, when there is no
    component) of a list. `where` is (element, values): the qualifier the segment must carry. `part` picks
    one end of a date span. `required`: the guide demands it, so a rule may compare it without a `when`.
    """

    path: str
    kind: Kind
    loop: str
    segment: str
    element: int
    component: int | None = None
    last: int | None = None
    where: tuple[int, frozenset[str]] | None = None
    part: Literal["from", "through"] | None = None
    form: str | None = None
    required: bool = False


def _rows(loop: str, segment: str, *rows: Field) -> list[Field]:
    return [replace(row, loop=loop, segment=segment) for row in rows]


def _f(path: str, kind: Kind, element: int, component: int | None = None, **rest: Any) -> Field:
    """Make a row that has no loop and segment yet; `where` is (element, "A|B"), `form` a CMS-1500 item."""
    if "where" in rest:
        at, values = rest["where"]
        rest["where"] = (at, frozenset(values.split("|")))
    if rest.get("form"):
        rest["form"] = f"CMS-1500 {rest['form']}"
    return Field(path, kind, "", "", element, component, **rest)


def _name(prefix: str, loop: str, box: str | None, npi_box: str | None) -> list[Field]:
    """The NM1, PRV, N3 and N4 of a provider loop."""
    return [
        *_rows(
            loop,
            "NM1",
            _f(f"{prefix}.entity_type", "code", 2, form=box),
            _f(f"{prefix}.last_name", "name", 3, form=box),
            _f(f"{prefix}.first_name", "name", 4, form=box),
            _f(f"{prefix}.npi", "npi", 9, where=(8, "XX"), form=npi_box),
        ),
        *_rows(loop, "PRV", _f(f"{prefix}.taxonomy", "code", 3)),
        *_address(f"{prefix}.address", loop, None),
    ]


def _address(prefix: str, loop: str, box: str | None) -> list[Field]:
    return [
        *_rows(loop, "N3", _f(f"{prefix}.lines[]", "text", 1, last=2, form=box)),
        *_rows(
            loop,
            "N4",
            _f(f"{prefix}.city", "text", 1, form=box),
            _f(f"{prefix}.state", "code", 2, form=box),
            _f(f"{prefix}.zip", "code", 3, form=box),
            _f(f"{prefix}.country", "code", 4, form=box),
        ),
    ]


def _person(prefix: str, loop: str, name_box: str, birth_box: str, address_box: str | None) -> list[Field]:
    return [
        *_rows(
            loop,
            "NM1",
            _f(f"{prefix}.last_name", "name", 3, form=name_box),
            _f(f"{prefix}.first_name", "name", 4, form=name_box),
        ),
        *_rows(
            loop,
            "DMG",
            _f(f"{prefix}.date_of_birth", "date", 2, form=birth_box),
            _f(f"{prefix}.sex", "code", 3, form=birth_box),
        ),
        *_address(f"{prefix}.address", loop, address_box),
    ]


FIELDS: tuple[Field, ...] = (
    # envelope and transaction
    *_rows(
        "ISA",
        "ISA",
        _f("file.sender_id", "id", 6),
        _f("file.receiver_id", "id", 8),
        _f("file.control_number", "id", 13),
        _f("file.usage_indicator", "code", 15),
    ),
    *_rows("GS", "GS", _f("transaction.guide", "code", 8)),
    *_rows("ST", "BHT", _f("transaction.date", "date", 4), _f("transaction.type", "code", 6)),
    *_rows("1000A", "NM1", _f("submitter.name", "name", 3), _f("submitter.id", "id", 9)),
    *_rows("1000B", "NM1", _f("receiver.name", "name", 3), _f("receiver.id", "id", 9)),
    # billing provider
    *_rows("2000A", "PRV", _f("billing_provider.taxonomy", "code", 3, where=(1, "BI"), form="33b")),
    *_rows(
        "2010AA",
        "NM1",
        _f("billing_provider.entity_type", "code", 2, required=True),
        _f("billing_provider.name", "name", 3, form="33", required=True),
        _f("billing_provider.first_name", "name", 4, form="33"),
        _f("billing_provider.npi", "npi", 9, where=(8, "XX"), form="33a"),
    ),
    *_address("billing_provider.address", "2010AA", "33"),
    *_rows(
        "2010AA",
        "REF",
        _f("billing_provider.tax_id", "id", 2, where=(1, "EI|SY"), form="25"),
        _f("billing_provider.tax_id_type", "code", 1, where=(1, "EI|SY"), form="25"),
    ),
    *_rows(
        "2010AA",
        "PER",
        _f("billing_provider.phone", "phone", 4, where=(3, "TE"), form="33"),
        _f("billing_provider.phone", "phone", 6, where=(5, "TE"), form="33"),
        _f("billing_provider.phone", "phone", 8, where=(7, "TE"), form="33"),
    ),
    *_rows(
        "2010BB", "REF", _f("billing_provider.payer_assigned_id", "id", 2, where=(1, "G2|LU"), form="33b")
    ),
    *_address("pay_to_address", "2010AB", None),
    # subscriber, patient, payer
    *_rows(
        "2000B",
        "SBR",
        _f("payer.responsibility", "code", 1, required=True),
        _f("subscriber.group_number", "id", 3, form="11"),
        _f("subscriber.group_name", "name", 4, form="11c"),
        _f("payer.insurance_type", "code", 5),
        _f("payer.claim_filing_indicator", "code", 9, form="1"),
    ),
    *_rows("2000C", "PAT", _f("patient.relationship", "code", 1, form="6")),
    *_rows("2000B", "SBR", _f("patient.relationship", "code", 2, where=(2, "18"), form="6")),
    *_rows("2000C", "PAT", _f("patient.date_of_death", "date", 6, where=(5, "D8"))),
    *_rows("2000B", "PAT", _f("patient.date_of_death", "date", 6, where=(5, "D8"))),
    *_rows("2010BA", "NM1", _f("subscriber.member_id", "id", 9, where=(8, "MI"), form="1a")),
    *_person("subscriber", "2010BA", "4", "11a", "7"),
    *_rows("2010BA", "REF", _f("subscriber.ssn", "id", 2, where=(1, "SY"))),
    *_person("patient", "2010CA", "2", "3", "5"),
    *_rows(
        "2010BB",
        "NM1",
        _f("payer.name", "name", 3, required=True),
        _f("payer.payer_id", "id", 9, where=(8, "PI|XV"), required=True),
    ),
    # claim
    *_rows(
        "2300",
        "CLM",
        _f("patient_control_number", "id", 1, form="26", required=True),
        _f("total_charge", "amount", 2, form="28", required=True),
        _f("place_of_service", "code", 5, 1, form="24B", required=True),
        _f("frequency_code", "code", 5, 3, form="22", required=True),
        _f("signature_on_file", "code", 6, form="31"),
        _f("assignment_code", "code", 7, form="27"),
        _f("benefits_assigned", "code", 8, form="13"),
        _f("release_of_information", "code", 9, form="12"),
        _f("patient_signature_source", "code", 10),
        _f("related_causes[]", "code", 11, 1, last=3, form="10a-c"),
        _f("accident_state", "code", 11, 4, form="10b"),
        _f("special_program_code", "code", 12),
        _f("delay_reason_code", "code", 20),
    ),
    *_rows(
        "2300",
        "DTP",
        _f("onset_date", "date", 3, where=(1, "431"), form="14 (431)"),
        _f("last_menstrual_period", "date", 3, where=(1, "484"), form="14 (484)"),
        _f("initial_treatment_date", "date", 3, where=(1, "454"), form="15 (454)"),
        _f("last_seen_date", "date", 3, where=(1, "304"), form="15 (304)"),
        _f("accident_date", "date", 3, where=(1, "439"), form="15 (439)"),
        _f("admission_date", "date", 3, where=(1, "435"), form="18"),
        _f("discharge_date", "date", 3, where=(1, "096"), form="18"),
    ),
    *_rows("2300", "AMT", _f("patient_paid_amount", "amount", 2, where=(1, "F5"), form="29")),
    *_rows(
        "2300",
        "REF",
        _f("prior_authorization_number", "id", 2, where=(1, "G1"), form="23"),
        _f("referral_number", "id", 2, where=(1, "9F"), form="23"),
        _f("payer_claim_control_number", "id", 2, where=(1, "F8"), form="22"),
        _f("clia_number", "id", 2, where=(1, "X4"), form="23"),
        _f("mammography_certification", "id", 2, where=(1, "EW")),
        _f("medical_record_number", "id", 2, where=(1, "EA")),
        _f("clearinghouse_claim_id", "id", 2, where=(1, "D9")),
    ),
    *_rows(
        "2300",
        "PWK",
        _f("attachments[].type", "code", 1),
        _f("attachments[].transmission", "code", 2),
        _f("attachments[].control_number", "id", 6),
    ),
    *_rows("2300", "NTE", _f("notes[].type", "code", 1, form="19"), _f("notes[].text", "text", 2, form="19")),
    *_name("referring_provider", "2310A", "17 (DN)", "17b"),
    *_name("rendering_provider", "2310B", "24J", "24J"),
    *_name("service_facility", "2310C", "32", "32a"),
    *_name("supervising_provider", "2310D", "17 (DQ)", "17b"),
    # other payers
    *_rows(
        "2320",
        "SBR",
        _f("other_payers[].responsibility", "code", 1),
        _f("other_payers[].relationship", "code", 2),
        _f("other_payers[].insurance_type", "code", 5),
        _f("other_payers[].claim_filing_indicator", "code", 9),
    ),
    *_rows(
        "2320",
        "AMT",
        _f("other_payers[].paid_amount", "amount", 2, where=(1, "D")),
        _f("other_payers[].non_covered_amount", "amount", 2, where=(1, "A8")),
        _f("other_payers[].remaining_liability", "amount", 2, where=(1, "EAF")),
    ),
    *_rows("2330A", "NM1", _f("other_payers[].member_id", "id", 9, where=(8, "MI"), form="9a")),
    *_rows(
        "2330B",
        "NM1",
        _f("other_payers[].name", "name", 3, form="9d"),
        _f("other_payers[].payer_id", "id", 9, where=(8, "PI|XV"), form="9d"),
    ),
    *_rows("2330B", "DTP", _f("other_payers[].adjudication_date", "date", 3, where=(1, "573"))),
    *_rows("2330B", "REF", _f("other_payers[].claim_control_number", "id", 2, where=(1, "F8"))),
    # service lines
    *_rows("2400", "LX", _f("lines[].number", "id", 1)),
    *_rows(
        "2400",
        "SV1",
        _f("lines[].procedure.qualifier", "code", 1, 1, form="24D"),
        _f("lines[].procedure.code", "code", 1, 2, form="24D", required=True),
        _f("lines[].modifiers[]", "code", 1, 3, last=6, form="24D"),
        _f("lines[].procedure.description", "text", 1, 7, form="24"),
        _f("lines[].charge", "amount", 2, form="24F", required=True),
        _f("lines[].unit_basis", "code", 3),
        _f("lines[].units", "quantity", 4, form="24G", required=True),
        _f("lines[].place_of_service", "code", 5, form="24B"),
        _f("lines[].diagnosis_pointers[]", "number", 7, 1, last=4, form="24E"),
        _f("lines[].emergency", "code", 9, form="24C"),
        _f("lines[].epsdt", "code", 11, form="24H"),
    ),
    *_rows(
        "2400",
        "DTP",
        _f("lines[].service_date.from", "date", 3, where=(1, "472"), part="from", form="24A", required=True),
        _f("lines[].service_date.through", "date", 3, where=(1, "472"), part="through", form="24A"),
    ),
    *_rows(
        "2400",
        "REF",
        _f("lines[].prior_authorization_number", "id", 2, where=(1, "G1"), form="23"),
        _f("lines[].line_item_control_number", "id", 2, where=(1, "6R")),
        _f("lines[].clia_number", "id", 2, where=(1, "X4"), form="23"),
    ),
    *_rows("2400", "PS1", _f("lines[].purchased_service_amount", "amount", 2, form="20")),
    *_rows("2410", "LIN", _f("lines[].drug.ndc", "code", 3, where=(2, "N4"), form="24")),
    *_rows(
        "2410",
        "CTP",
        _f("lines[].drug.quantity", "quantity", 4, form="24"),
        _f("lines[].drug.unit", "code", 5, 1, form="24"),
    ),
    *_name("lines[].rendering_provider", "2420A", "24J", "24J"),
    *_name("lines[].service_facility", "2420C", "32", "32a"),
    *_name("lines[].supervising_provider", "2420D", "17 (DQ)", "17b"),
    *_name("lines[].ordering_provider", "2420E", "17 (DK)", "17b"),
    *_name("lines[].referring_provider", "2420F", "17 (DN)", "17b"),
    *_rows(
        "2430",
        "SVD",
        _f("lines[].adjudications[].payer_id", "id", 1),
        _f("lines[].adjudications[].paid_amount", "amount", 2),
        _f("lines[].adjudications[].procedure.qualifier", "code", 3, 1),
        _f("lines[].adjudications[].procedure.code", "code", 3, 2),
        _f("lines[].adjudications[].procedure.description", "text", 3, 7),
        _f("lines[].adjudications[].paid_units", "quantity", 5),
    ),
    *_rows("2430", "DTP", _f("lines[].adjudications[].adjudication_date", "date", 3, where=(1, "573"))),
    # repeating inside one segment: HI (one composite an element) and CAS (reason, amount, quantity triplets)
    *_rows(
        "2300",
        "HI",
        _f("diagnoses[].code", "code", 1, 2, last=12, form="21"),
        _f("diagnoses[].role", "code", 1, 1, last=12, form="21"),
        _f("condition_codes[]", "code", 1, 2, last=12, form="10d"),
    ),
    *_rows(
        "2320",
        "CAS",
        _f("other_payers[].adjustments[].group", "code", 1),
        _f("other_payers[].adjustments[].reason", "code", 2, last=17),
        _f("other_payers[].adjustments[].amount", "amount", 3, last=18),
    ),
    *_rows(
        "2430",
        "CAS",
        _f("lines[].adjudications[].adjustments[].group", "code", 1),
        _f("lines[].adjudications[].adjustments[].reason", "code", 2, last=17),
        _f("lines[].adjudications[].adjustments[].amount", "amount", 3, last=18),
    ),
)

#: HI qualifiers of diagnoses (837P) and the role they give.
DIAGNOSIS_ROLES = {"ABK": "principal", "ABF": "other"}
CONDITION_CODE_QUALIFIER = "BG"
