"""Where the paths of a dental claim stand: 837D, 005010X224A2."""

from __future__ import annotations

from scrubber.claim.fields import shared
from scrubber.claim.fields.row import Field, f, owned, provider, qualified, rows, secondary_ids

#: Numbers of lines that other payers may give as well; only dental claims have predeterminations.
_NUMBERS = {
    "G3": ("predetermination_number", "other_payer_predeterminations"),
    **shared.AUTHORIZATIONS,
}


def _claim() -> list[Field]:
    return [
        *shared.visit(),
        *rows("2300", "CLM", f("predetermination", "code", 19)),
        *qualified(
            "2300",
            "DTP",
            "date",
            3,
            {
                "439": "accident_date",
                "452": "appliance_placement_date",
                "050": "repricer_received_date",
            },
        ),
        *shared.service_date("service_date", "2300", required=False),
        *rows(
            "2300",
            "DN1",
            f("orthodontics.total_months", "quantity", 1),
            f("orthodontics.remaining_months", "quantity", 2),
            f("orthodontics.indicator", "code", 4),  # DN103 is not used since 5010
        ),
        *rows(
            "2300",
            "DN2",
            f("tooth_statuses[].number", "code", 1),
            f("tooth_statuses[].status", "code", 2),
        ),
        *shared.claim_details(),
        *rows("2300", "REF", f("predetermination_number", "id", 2, where=(1, "G3"))),
        *rows("2300", "AMT", f("patient_paid_amount", "amount", 2, where=(1, "F5"))),
        *shared.diagnoses(4, {"TQ": "snodent"}),
        *shared.repricing("repricing", "2300", without=shared.OF_CLAIMS_WITHOUT),
    ]


def _claim_providers() -> list[Field]:
    return [
        *provider("referring_provider", "2310A", "0B|1G|G2", taxonomy=True),
        *provider("primary_care_provider", "2310A", "0B|1G|G2", taxonomy=True),
        *provider("rendering_provider", "2310B", "0B|1G|G2|LU", taxonomy=True),
        *provider("service_facility", "2310C", "0B|G2|LU", person=False, places=True),
        *provider("assistant_surgeon", "2310D", "0B|1G|G2|LU", taxonomy=True),
        *provider("supervising_provider", "2310E", "0B|1G|G2|LU"),
    ]


def _other_payers() -> list[Field]:
    number = f("other_payers[].predetermination_number", "id", 2, where=(1, "G3"))
    return [
        *shared.other_payers(),
        *owned(
            "other_payers[]",
            [*shared.insurance_type("other_payers[]", "2320"), *rows("2330B", "REF", number)],
        ),
        *shared.other_payer_providers(
            {
                "referring_provider": ("2330C", "0B|1G|G2"),
                "primary_care_provider": ("2330C", "0B|1G|G2"),
                "rendering_provider": ("2330D", "0B|1G|G2|LU"),
                "supervising_provider": ("2330E", "0B|1G|G2|LU"),
                "billing_provider": ("2330F", "G2|LU"),
                "service_facility": ("2330G", "0B|G2|LU"),
                "assistant_surgeon": ("2330H", "0B|1G|G2|LU"),
            }
        ),
    ]


def _lines() -> list[Field]:
    return owned(
        "lines[]",
        [
            *rows("2400", "LX", f("lines[].number", "id", 1)),
            *shared.procedure("lines[].procedure", "SV3", 1, "2400", required=True),
            *rows(
                "2400",
                "SV3",
                f("lines[].modifiers[]", "code", 1, 3, last=6),
                f("lines[].charge", "amount", 2, required=True),
                f("lines[].place_of_service", "code", 3),
                f("lines[].oral_cavity[]", "code", 4, 1, last=5),
                f("lines[].prosthesis", "code", 5),
                f("lines[].units", "quantity", 6),
                f("lines[].diagnosis_pointers[]", "number", 11, 1, last=4),
            ),
            *rows(
                "2400",
                "TOO",
                f("lines[].teeth[].number", "code", 2),
                f("lines[].teeth[].surfaces[]", "code", 3, 1, last=5),
            ),
            *shared.service_date("lines[].service_date", "2400", required=False),
            *qualified(
                "2400",
                "DTP",
                "date",
                3,
                {
                    "441|139": "lines[].prior_placement_date",  # 139: an estimate
                    "452": "lines[].appliance_placement_date",
                    "446": "lines[].replacement_date",
                    "196": "lines[].treatment_start_date",
                    "198": "lines[].treatment_completion_date",
                },
            ),
            *shared.contract("lines[].contract", "2400"),
            *qualified("2400", "REF", "id", 2, shared.line_references("9A", "9C")),
            *shared.payers_numbers(_NUMBERS),
            *rows("2400", "AMT", f("lines[].sales_tax_amount", "amount", 2, where=(1, "T"))),
            *rows("2400", "K3", f("lines[].file_information[]", "text", 1)),
            *shared.repricing("lines[].repricing", "2400", without=shared.OF_STAYS | {"revenue_code"}),
        ],
    )


def _line_providers() -> list[Field]:
    return [
        *provider("lines[].rendering_provider", "2420A", "0B|1G|G2|LU", taxonomy=True, payer=True),
        *provider("lines[].assistant_surgeon", "2420B", "0B|1G|G2|LU", taxonomy=True, payer=True),
        *provider("lines[].supervising_provider", "2420C", "0B|1G|G2|LU", payer=True),
        *provider("lines[].service_facility", "2420D", "0B|G2|LU", person=False, places=True, payer=True),
    ]


def dental() -> list[Field]:
    """Return the whole table, in the order of the guide."""
    return [
        *shared.envelope(),
        *shared.billing_provider("EI|SY", person=True),
        *secondary_ids("billing_provider", "2010AA", "0B|1G"),
        *shared.subscriber_and_payer(),
        *shared.insurance_type("payer", "2000B"),
        *_claim(),
        *_claim_providers(),
        *_other_payers(),
        *_lines(),
        *_line_providers(),
        *shared.adjudications(),
    ]
