"""Where the paths of a professional claim stand: 837P, 005010X222A1."""

from __future__ import annotations

from scrubber.claim.fields import shared
from scrubber.claim.fields.row import (
    Field,
    address,
    contact,
    f,
    name,
    owned,
    phone_contact,
    provider,
    qualified,
    rows,
    secondary_ids,
)

_ANESTHESIA_ROLES = {"BP": "principal", "BO": "other"}


def _subscriber() -> list[Field]:
    out = [
        *rows("2010AA", "NM1", f("billing_provider.suffix", "name", 7)),
        *shared.insurance_type("payer", "2000B"),
        *secondary_ids("billing_provider", "2010AA", "0B|1G"),
        *phone_contact("subscriber", "2010BA"),
        *phone_contact("patient", "2010CA"),
    ]
    for loop in ("2000C", "2000B"):
        out += rows(
            loop,
            "PAT",
            f("patient.date_of_death", "date", 6, where=(5, "D8")),
            f("patient.weight", "quantity", 8),
            f("patient.pregnancy_indicator", "code", 9),
        )
    return out


def _claim() -> list[Field]:
    return [
        *shared.visit(),
        *rows("2300", "CLM", f("patient_signature_source", "code", 10)),
        *qualified(
            "2300",
            "DTP",
            "date",
            3,
            {
                "431": "onset_date",
                "454": "initial_treatment_date",
                "304": "last_seen_date",
                "453": "acute_manifestation_date",
                "439": "accident_date",
                "484": "last_menstrual_period",
                "455": "last_xray_date",
                "471": "prescription_date",
                "297": "last_worked_date",
                "296": "return_to_work_date",
                "435": "admission_date",
                "096": "discharge_date",
                "090": "assumed_care_date",
                "091": "relinquished_care_date",
                "444": "first_contact_date",
                "050": "repricer_received_date",
            },
        ),
        *rows(
            "2300",
            "DTP",
            f("disability_period.from", "date", 3, where=(1, "314"), part="from"),
            f("disability_period.through", "date", 3, where=(1, "314"), part="through"),
            f("disability_period.from", "date", 3, where=(1, "360")),
            f("disability_period.through", "date", 3, where=(1, "361")),
        ),
        *shared.claim_details(),
        *shared.medical_details(),
        *rows("2300", "AMT", f("patient_paid_amount", "amount", 2, where=(1, "F5"))),
        *qualified(
            "2300",
            "REF",
            "id",
            2,
            {
                "F5": "medicare_crossover_indicator",
                "EW": "mammography_certification",
                "X4": "clia_number",
                "1J": "care_plan_oversight_number",
            },
        ),
        *_ambulance("ambulance", "2300"),
        *rows(
            "2300",
            "CR2",
            f("spinal_manipulation.condition", "code", 8),
            f("spinal_manipulation.description", "text", 10),
            f("spinal_manipulation.further_description", "text", 11),
        ),
        *shared.diagnoses(12),
        *_codes(),
        *shared.repricing("repricing", "2300", without=shared.OF_CLAIMS_WITHOUT),
    ]


def _ambulance(path: str, loop: str) -> list[Field]:
    return rows(
        loop,
        "CR1",
        f(f"{path}.patient_weight", "quantity", 2),
        f(f"{path}.transport_reason", "code", 4),
        f(f"{path}.miles", "quantity", 6),
        f(f"{path}.round_trip_purpose", "text", 9),
        f(f"{path}.stretcher_purpose", "text", 10),
    )


def _codes() -> list[Field]:
    def each(path: str, component: int, qualifiers: str, words: dict[str, str] | None = None) -> Field:
        return f(path, "code", 1, component, last=12, where=(1, qualifiers), each="composite", words=words)

    return rows(
        "2300",
        "HI",
        each("anesthesia_procedures[].code", 2, "BP|BO"),
        each("anesthesia_procedures[].role", 1, "BP|BO", _ANESTHESIA_ROLES),
        each("condition_codes[].code", 2, "BG"),
    )


def _claim_providers() -> list[Field]:
    return [
        *provider("referring_provider", "2310A", "0B|1G|G2"),
        *provider("primary_care_provider", "2310A", "0B|1G|G2"),
        *provider("rendering_provider", "2310B", "0B|1G|G2|LU", taxonomy=True),
        *provider("service_facility", "2310C", "0B|G2|LU", person=False, places=True),
        *owned("service_facility", phone_contact("service_facility", "2310C")),
        *provider("supervising_provider", "2310D", "0B|1G|G2|LU"),
        *_ambulance_stops("", "2310E", "2310F"),
    ]


def _ambulance_stops(prefix: str, pickup_loop: str, dropoff_loop: str) -> list[Field]:
    pickup, dropoff = f"{prefix}ambulance_pickup", f"{prefix}ambulance_dropoff"
    return [
        *owned(pickup, rows(pickup_loop, "NM1", f(f"{pickup}.entity_type", "code", 2))),
        *owned(pickup, address(f"{pickup}.address", pickup_loop)),
        *owned(dropoff, name(dropoff, dropoff_loop, person=False, npi=False)),
        *owned(dropoff, address(f"{dropoff}.address", dropoff_loop)),
    ]


def _other_payers() -> list[Field]:
    return [
        *shared.other_payers(),
        *owned(
            "other_payers[]",
            [
                *shared.insurance_type("other_payers[]", "2320"),
                *rows("2320", "OI", f("other_payers[].patient_signature_source", "code", 4)),
            ],
        ),
        *shared.other_payer_providers(
            {
                "referring_provider": ("2330C", "0B|1G|G2"),
                "primary_care_provider": ("2330C", "0B|1G|G2"),
                "rendering_provider": ("2330D", "0B|1G|G2|LU"),
                "service_facility": ("2330E", "0B|G2|LU"),
                "supervising_provider": ("2330F", "0B|1G|G2|LU"),
                "billing_provider": ("2330G", "G2|LU"),
            }
        ),
    ]


def _lines() -> list[Field]:
    return owned(
        "lines[]",
        [
            *rows("2400", "LX", f("lines[].number", "id", 1)),
            *shared.procedure("lines[].procedure", "SV1", 1, "2400", required=True),
            *rows(
                "2400",
                "SV1",
                f("lines[].modifiers[]", "code", 1, 3, last=6),
                f("lines[].charge", "amount", 2, required=True),
                f("lines[].unit_basis", "code", 3),
                f("lines[].units", "quantity", 4, required=True),
                f("lines[].place_of_service", "code", 5),
                f("lines[].diagnosis_pointers[]", "number", 7, 1, last=4),
                f("lines[].emergency", "code", 9),
                f("lines[].epsdt", "code", 11),
                f("lines[].family_planning", "code", 12),
                f("lines[].copay_status", "code", 15),
            ),
            *_equipment(),
            *shared.attachments("lines[].attachments", "2400"),
            *_ambulance("lines[].ambulance", "2400"),
            *shared.certifications("lines[].certifications", "2400"),
            *shared.service_date("lines[].service_date", "2400", required=True),
            *qualified(
                "2400",
                "DTP",
                "date",
                3,
                {
                    "471": "lines[].prescription_date",
                    "607": "lines[].certification_revision_date",
                    "463": "lines[].therapy_begin_date",
                    "461": "lines[].last_certification_date",
                    "304": "lines[].last_seen_date",
                    "738": "lines[].hemoglobin_test_date",
                    "739": "lines[].creatinine_test_date",
                    "011": "lines[].shipped_date",
                    "455": "lines[].last_xray_date",
                    "454": "lines[].initial_treatment_date",
                },
            ),
            *_quantities(),
            *shared.contract("lines[].contract", "2400"),
            *_line_references(),
            *qualified(
                "2400", "AMT", "amount", 2, {"T": "lines[].sales_tax_amount", "F4": "lines[].postage_amount"}
            ),
            *rows("2400", "K3", f("lines[].file_information[]", "text", 1)),
            *shared.notes("lines[].notes", "2400"),
            *rows(
                "2400",
                "PS1",
                f("lines[].purchased_service_provider_id", "id", 1),
                f("lines[].purchased_service_amount", "amount", 2),
            ),
            *shared.repricing("lines[].repricing", "2400", without=shared.OF_STAYS | {"revenue_code"}),
        ],
    )


def _equipment() -> list[Field]:
    path = "lines[].equipment"
    return [
        *rows(
            "2400",
            "SV5",
            f(f"{path}.procedure.qualifier", "code", 1, 1),
            f(f"{path}.procedure.code", "code", 1, 2),
            f(f"{path}.unit_basis", "code", 2),
            f(f"{path}.length_of_need", "quantity", 3),
            f(f"{path}.rental_price", "amount", 4),
            f(f"{path}.purchase_price", "amount", 5),
            f(f"{path}.rental_frequency", "code", 6),
        ),
        *rows(
            "2400",
            "CR3",
            f("lines[].equipment_certification.type", "code", 1),
            f("lines[].equipment_certification.months", "quantity", 3),
        ),
    ]


def _quantities() -> list[Field]:
    return [
        *qualified(
            "2400",
            "QTY",
            "quantity",
            2,
            {"PT": "lines[].ambulance_patient_count", "FL": "lines[].obstetric_anesthesia_units"},
        ),
        *rows(
            "2400",
            "MEA",
            f("lines[].measurements[].reference", "code", 1),
            f("lines[].measurements[].type", "code", 2),
            f("lines[].measurements[].value", "quantity", 3),
        ),
    ]


def _line_references() -> list[Field]:
    return [
        *qualified(
            "2400",
            "REF",
            "id",
            2,
            {
                **shared.line_references(),
                "EW": "lines[].mammography_certification",
                "X4": "lines[].clia_number",
                "F4": "lines[].referring_clia_number",
                "BT": "lines[].immunization_batch_number",
            },
        ),
        *shared.payers_numbers(shared.AUTHORIZATIONS),
    ]


def _line_providers() -> list[Field]:
    ordering = "lines[].ordering_provider"
    return [
        *provider("lines[].rendering_provider", "2420A", "0B|1G|G2|LU", taxonomy=True, payer=True),
        *owned(
            "lines[].purchased_service_provider",
            [
                *rows(
                    "2420B",
                    "NM1",
                    f("lines[].purchased_service_provider.entity_type", "code", 2),
                    f("lines[].purchased_service_provider.npi", "npi", 9, where=(8, "XX")),
                ),
                *secondary_ids("lines[].purchased_service_provider", "2420B", "0B|1G|G2", payer=True),
            ],
        ),
        *provider("lines[].service_facility", "2420C", "G2|LU", person=False, places=True, payer=True),
        *provider("lines[].supervising_provider", "2420D", "0B|1G|G2|LU", payer=True),
        *provider(ordering, "2420E", "0B|1G|G2", places=True, payer=True),
        *owned(ordering, contact(ordering, "2420E")),
        *provider("lines[].referring_provider", "2420F", "0B|1G|G2", payer=True),
        *provider("lines[].primary_care_provider", "2420F", "0B|1G|G2", payer=True),
        *_ambulance_stops("lines[].", "2420G", "2420H"),
    ]


def _forms() -> list[Field]:
    return owned(
        "lines[].forms[]",
        [
            *rows("2440", "LQ", f("lines[].forms[].type", "code", 1), f("lines[].forms[].code", "code", 2)),
            *rows(
                "2440",
                "FRM",
                f("lines[].forms[].answers[].question", "code", 1),
                f("lines[].forms[].answers[].response", "code", 2),
                f("lines[].forms[].answers[].text", "text", 3),
                f("lines[].forms[].answers[].date", "date", 4),
                f("lines[].forms[].answers[].percent", "quantity", 5),
            ),
        ],
    )


def professional() -> list[Field]:
    """Return the whole table, in the order of the guide."""
    return [
        *shared.envelope(),
        *shared.billing_provider("EI|SY", person=True),
        *_subscriber(),
        *shared.subscriber_and_payer(),
        *_claim(),
        *_claim_providers(),
        *_other_payers(),
        *_lines(),
        *shared.drug(),
        *owned(
            "lines[].drug",
            rows("2410", "LIN", f("lines[].drug.product_code", "code", 3, where=(2, "EN|EO|HI|ON|UK|UP"))),
        ),
        *_line_providers(),
        *shared.adjudications(),
        *_forms(),
    ]
