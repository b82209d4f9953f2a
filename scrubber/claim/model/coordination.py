"""Coordination of benefits: other payers, what they did with the claim and its lines (2320, 2330, 2430)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.claim.model.parties import Address, Provider, SecondaryId
from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date


@dataclass(slots=True)
class Procedure:
    """A procedure (SV101, SV202, SV301, SVD03). `qualifier` HC is HCPCS with CPT, AD is the ADA's CDT."""

    __pydantic_config__ = STRICT
    qualifier: str | None = None
    code: str | None = None
    description: str | None = None


@dataclass(slots=True)
class Adjustment:
    """One reason of a CAS segment: claim adjustment group, CARC, amount, units taken off."""

    __pydantic_config__ = STRICT
    group: str | None = None
    reason: str | None = None
    amount: Amount = None
    quantity: Amount = None


@dataclass(slots=True)
class OtherInsured:
    """The insured of another payer (2330A); the member id stands on the payer itself."""

    __pydantic_config__ = STRICT
    entity_type: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    unique_health_id: str | None = None
    ssn: str | None = None
    address: Address | None = None


@dataclass(slots=True)
class InpatientAdjudication:
    """How another payer paid an inpatient stay (MIA). Counts are days; the rest are amounts."""

    __pydantic_config__ = STRICT
    covered_days: Amount = None
    lifetime_psychiatric_days: Amount = None
    drg_amount: Amount = None
    disproportionate_share_amount: Amount = None
    msp_pass_through_amount: Amount = None
    pps_capital_amount: Amount = None
    pps_capital_federal_amount: Amount = None
    pps_capital_hospital_amount: Amount = None
    pps_capital_share_amount: Amount = None
    old_capital_amount: Amount = None
    pps_capital_teaching_amount: Amount = None
    pps_operating_hospital_amount: Amount = None
    cost_report_days: Amount = None
    pps_operating_federal_amount: Amount = None
    pps_capital_outlier_amount: Amount = None
    indirect_teaching_amount: Amount = None
    non_payable_professional_amount: Amount = None
    pps_capital_exception_amount: Amount = None


@dataclass(slots=True)
class OutpatientAdjudication:
    """How another payer paid an outpatient claim (MOA). `reimbursement_rate` is a share of 1."""

    __pydantic_config__ = STRICT
    reimbursement_rate: Amount = None
    hcpcs_payable_amount: Amount = None
    esrd_amount: Amount = None
    non_payable_professional_amount: Amount = None


@dataclass(slots=True)
class OtherPayer:
    """Another payer of the claim: its coverage (2320), insured (2330A), itself (2330B) and its providers.

    `key` and `program` come from the payer registry.
    """

    __pydantic_config__ = STRICT
    responsibility: str | None = None
    relationship: str | None = None
    group_number: str | None = None
    group_name: str | None = None
    insurance_type: str | None = None
    claim_filing_indicator: str | None = None
    member_id: str | None = None
    payer_id: str | None = None
    name: str | None = None
    address: Address | None = None
    secondary_ids: list[SecondaryId] = field(default_factory=list)
    adjudication_date: Date = None
    prior_authorization_number: str | None = None
    predetermination_number: str | None = None
    referral_number: str | None = None
    claim_adjustment_indicator: str | None = None
    claim_control_number: str | None = None
    benefits_assigned: str | None = None
    patient_signature_source: str | None = None
    release_of_information: str | None = None
    paid_amount: Amount = None
    non_covered_amount: Amount = None
    remaining_liability: Amount = None
    adjustments: list[Adjustment] = field(default_factory=list)
    remark_codes: list[str] = field(default_factory=list)
    inpatient_adjudication: InpatientAdjudication | None = None
    outpatient_adjudication: OutpatientAdjudication | None = None
    subscriber: OtherInsured | None = None
    attending_provider: Provider | None = None
    operating_provider: Provider | None = None
    other_operating_provider: Provider | None = None
    referring_provider: Provider | None = None
    primary_care_provider: Provider | None = None
    rendering_provider: Provider | None = None
    service_facility: Provider | None = None
    supervising_provider: Provider | None = None
    assistant_surgeon: Provider | None = None
    billing_provider: Provider | None = None
    key: str | None = None
    program: str | None = None


@dataclass(slots=True)
class LineAdjudication:
    """What another payer did with a line (2430). `bundled_into_line` is the line number it was paid under."""

    __pydantic_config__ = STRICT
    payer_id: str | None = None
    paid_amount: Amount = None
    procedure: Procedure = field(default_factory=Procedure)
    modifiers: list[str] = field(default_factory=list)
    revenue_code: str | None = None
    paid_units: Amount = None
    bundled_into_line: str | None = None
    adjudication_date: Date = None
    remaining_liability: Amount = None
    adjustments: list[Adjustment] = field(default_factory=list)
