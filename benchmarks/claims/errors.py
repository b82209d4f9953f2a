"""The kinds of errors that can be planted. Each changes one place and leaves the rest of the file alone."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.claims import errors_claim as c
from benchmarks.claims import errors_structure as s
from benchmarks.claims.mix import ClaimType
from benchmarks.claims.planting import Kind

_P: tuple[ClaimType, ...] = ("professional",)
_I: tuple[ClaimType, ...] = ("institutional",)
_D: tuple[ClaimType, ...] = ("dental",)
_PD: tuple[ClaimType, ...] = ("professional", "dental")

KINDS: Mapping[str, Kind] = {
    "npi_check_digit": Kind("the check digit of an NPI is wrong", c.npi_check_digit),
    "total_charge": Kind("the total charge is one off the sum of the lines", c.total_charge),
    "impossible_date": Kind("a date that no calendar has", c.impossible_date),
    "date_range_reversed": Kind("a range of dates ends before it begins", c.date_range_reversed),
    "birth_date_later": Kind("the patient is born after the service", c.birth_date_later),
    "element_missing": Kind("a required element is empty", c.element_missing),
    "element_too_long": Kind("an element is longer than the guide allows", c.element_too_long),
    "element_not_used": Kind("an element that the guide does not use has a value", c.element_not_used),
    "code_not_listed": Kind("a code is not on the guide's list", c.code_not_listed),
    "qualifier_unknown": Kind("a diagnosis has a qualifier that does not exist", c.qualifier_unknown),
    "amount_decimals": Kind("an amount has three decimals", c.amount_decimals),
    "units_not_number": Kind("a quantity is a word", c.units_not_number),
    "units_zero": Kind("a line has a quantity of nothing", c.units_zero),
    "modifier_repeated": Kind("a line has a modifier twice", c.modifier_repeated),
    "phone_punctuation": Kind("the billing telephone number has dashes", c.phone_punctuation),
    "billing_po_box": Kind("the billing address is a post office box", c.billing_po_box),
    "zip_short": Kind("a ZIP code has four digits", c.zip_short),
    "member_id_missing": Kind("the subscriber has no member id", c.member_id_missing),
    "payer_id_missing": Kind("the payer has no id", c.payer_id_missing),
    "control_number_missing": Kind("the claim has no number of its own", c.control_number_missing),
    "line_control_number_twice": Kind("two lines have the same control number", c.line_control_number_twice),
    "other_payer_claim": Kind("another payer's payment does not balance with the claim", c.other_payer_claim),
    "other_payer_line": Kind("another payer's decision does not balance with a line", c.other_payer_line),
    "line_counter": Kind("a line counter repeats the one before it", s.line_counter),
    "segments_out_of_order": Kind(
        "a segment stands before one that must come first", s.segments_out_of_order
    ),
    "segment_unknown": Kind("a segment that no guide knows", s.segment_unknown),
    "segment_repeated": Kind("a segment stands twice where one is allowed", s.segment_repeated),
    "segment_missing_billing_street": Kind("the billing provider's N3 is missing", s.missing_billing_street),
    "segment_missing_payer_decision_date": Kind("a line decision has no date", s.missing_decision_date),
    "segment_missing_other_coverage": Kind("another payer has no OI", s.missing_other_coverage),
    "segment_missing_original_number": Kind(
        "a replacement lacks the number it replaces", s.missing_original_number
    ),
    "segment_count": Kind("SE counts one segment too many", s.segment_count),
    "transaction_control_number": Kind("SE has another control number than ST", s.transaction_control_number),
    "level_parent": Kind("a level hangs below a level that does not exist", s.level_parent),
    "level_children": Kind("a level promises other children than it has", s.level_children),
    "pointer_beyond": Kind("a line points to a diagnosis that is not there", c.pointer_beyond, _P),
    "pointer_missing": Kind("a line points to no diagnosis", c.pointer_missing, _P),
    "external_cause_first": Kind("an external cause is the first diagnosis", c.external_cause_first, _P),
    "service_after_receipt": Kind("a service lies after the file", c.service_after_receipt, _P),
    "accident_state_missing": Kind("an auto accident names no state", c.accident_state_missing, _PD),
    "rendering_is_billing": Kind(
        "the rendering provider is the billing provider", c.rendering_is_billing, _PD
    ),
    "procedure_missing": Kind("a line has no procedure code", c.procedure_missing, _P),
    "place_unknown": Kind("the place of service does not exist", c.place_unknown, _P),
    "segment_missing_service_date": Kind("a line has no date", s.missing_service_date, _P),
    "segment_missing_accident_date": Kind("an accident has no date", s.missing_accident_date, _PD),
    "segment_missing_admission_date": Kind(
        "a hospital stay has no admission date", s.missing_admission_date, _P
    ),
    "onset_unknown": Kind("a present-on-admission code is not on the list", c.onset_unknown, _I),
    "revenue_code_missing": Kind("a line has no revenue code", c.revenue_code_missing, _I),
    "bill_type_missing": Kind("the claim has no type of facility", c.bill_type_missing, _I),
    "admission_hour": Kind("the admission hour is past midnight of the day", c.admission_hour, _I),
    "segment_missing_statement_dates": Kind(
        "the claim has no statement dates", s.missing_statement_dates, _I
    ),
    "tooth_impossible": Kind("a tooth number does not exist", c.tooth_impossible, _D),
    "surface_without_tooth": Kind("surfaces stand without their tooth", c.surface_without_tooth, _D),
    "predetermination_dated": Kind(
        "a claim for payment says that it is a predetermination", c.predetermination_dated, _D
    ),
    "segment_missing_prior_placement": Kind(
        "a replacement has no date of the placement before", s.missing_prior_placement, _D
    ),
    "segment_missing_stay_codes": Kind("the claim has no CL1", s.missing_stay_codes, _I),
}
#: What each kind is, in one line.
ERRORS: Mapping[str, str] = {name: kind.description for name, kind in KINDS.items()}


def errors_of(claim_type: str) -> tuple[str, ...]:
    """Return the kinds that a type of claim can have."""
    return tuple(name for name, kind in KINDS.items() if claim_type in kind.types)
