"""The claim: one model for every reader, rule, patch and report.

Names are the field's standard terms and the same as in rule paths (docs: the path vocabulary). Values
are what the claim *reports*; what is in effect (a line's rendering provider, said once for the claim)
is the path vocabulary's business (`paths.py`). Immutable by convention: change a claim by patching its
JSON form (`scrubber.amend`). Guide: 005010X222A1 (837P).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from scrubber.claim.values import Amount, Date, Number

_STRICT = ConfigDict(extra="forbid")


@dataclass(slots=True)
class FileInfo:
    """The interchange a claim came in (ISA)."""

    __pydantic_config__ = _STRICT
    sender_id: str | None = None
    receiver_id: str | None = None
    usage_indicator: str | None = None
    control_number: str | None = None


@dataclass(slots=True)
class Transaction:
    """The transaction set (GS08, BHT). `type` is BHT06: CH, RP (encounter) or 31."""

    __pydantic_config__ = _STRICT
    guide: str | None = None
    date: Date = None
    type: str | None = None


@dataclass(slots=True)
class Party:
    """Submitter (1000A) or receiver (1000B)."""

    __pydantic_config__ = _STRICT
    name: str | None = None
    id: str | None = None


@dataclass(slots=True)
class Address:
    """A postal address (N3, N4)."""

    __pydantic_config__ = _STRICT
    lines: list[str] = field(default_factory=list)
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None


@dataclass(slots=True)
class BillingProvider:
    """The billing provider (2000A PRV, 2010AA, 2010BB REF). `entity_type`: 1 person, 2 organisation."""

    __pydantic_config__ = _STRICT
    entity_type: str | None = None
    name: str | None = None
    first_name: str | None = None
    npi: str | None = None
    tax_id: str | None = None
    tax_id_type: str | None = None
    taxonomy: str | None = None
    payer_assigned_id: str | None = None
    address: Address = field(default_factory=Address)
    phone: str | None = None

    @property
    def last_name(self) -> str | None:
        """The name, where a billing provider stands in for a rendering provider."""
        return self.name


@dataclass(slots=True)
class Provider:
    """Any other provider of the claim or of a line (2310, 2420)."""

    __pydantic_config__ = _STRICT
    entity_type: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    npi: str | None = None
    taxonomy: str | None = None
    address: Address = field(default_factory=Address)


@dataclass(slots=True)
class Subscriber:
    """The insured (2000B, 2010BA)."""

    __pydantic_config__ = _STRICT
    member_id: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    date_of_birth: Date = None
    sex: str | None = None
    ssn: str | None = None
    group_number: str | None = None
    group_name: str | None = None
    address: Address = field(default_factory=Address)


@dataclass(slots=True)
class Patient:
    """The patient (2000C, 2010CA); empty but for `relationship` when the patient is the subscriber."""

    __pydantic_config__ = _STRICT
    relationship: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    date_of_birth: Date = None
    sex: str | None = None
    date_of_death: Date = None
    address: Address | None = None


@dataclass(slots=True)
class Payer:
    """The destination payer (2000B SBR, 2010BB). `key` and `program` come from the payer registry."""

    __pydantic_config__ = _STRICT
    payer_id: str | None = None
    name: str | None = None
    responsibility: str | None = None
    insurance_type: str | None = None
    claim_filing_indicator: str | None = None
    key: str | None = None
    program: str | None = None


@dataclass(slots=True)
class Adjustment:
    """One reason of a CAS segment: claim adjustment group, CARC, amount."""

    __pydantic_config__ = _STRICT
    group: str | None = None
    reason: str | None = None
    amount: Amount = None


@dataclass(slots=True)
class OtherPayer:
    """Another payer of the claim (2320, 2330A, 2330B)."""

    __pydantic_config__ = _STRICT
    responsibility: str | None = None
    relationship: str | None = None
    insurance_type: str | None = None
    claim_filing_indicator: str | None = None
    member_id: str | None = None
    payer_id: str | None = None
    name: str | None = None
    adjudication_date: Date = None
    claim_control_number: str | None = None
    paid_amount: Amount = None
    non_covered_amount: Amount = None
    remaining_liability: Amount = None
    adjustments: list[Adjustment] = field(default_factory=list)


@dataclass(slots=True)
class Diagnosis:
    """A diagnosis (HI). `role`: principal (ABK) or other (ABF). Codes carry no decimal point."""

    __pydantic_config__ = _STRICT
    code: str | None = None
    role: str | None = None


@dataclass(slots=True)
class Procedure:
    """A procedure (SV101). `qualifier` HC is HCPCS, which includes CPT."""

    __pydantic_config__ = _STRICT
    qualifier: str | None = None
    code: str | None = None
    description: str | None = None


@dataclass(slots=True)
class DateRange:
    """A date or a span (DTP). `through` is None when the claim says one day."""

    __pydantic_config__ = _STRICT
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class Drug:
    """A drug (2410 LIN, CTP)."""

    __pydantic_config__ = _STRICT
    ndc: str | None = None
    quantity: Amount = None
    unit: str | None = None


@dataclass(slots=True)
class LineAdjudication:
    """What another payer did with a line (2430)."""

    __pydantic_config__ = _STRICT
    payer_id: str | None = None
    paid_amount: Amount = None
    procedure: Procedure = field(default_factory=Procedure)
    paid_units: Amount = None
    adjudication_date: Date = None
    adjustments: list[Adjustment] = field(default_factory=list)


@dataclass(slots=True)
class ServiceLine:
    """A service line (2400 and what is in it)."""

    __pydantic_config__ = _STRICT
    number: str | None = None
    procedure: Procedure = field(default_factory=Procedure)
    modifiers: list[str] = field(default_factory=list)
    charge: Amount = None
    unit_basis: str | None = None
    units: Amount = None
    place_of_service: str | None = None
    diagnosis_pointers: list[Number] = field(default_factory=list)
    emergency: str | None = None
    epsdt: str | None = None
    service_date: DateRange = field(default_factory=DateRange)
    prior_authorization_number: str | None = None
    line_item_control_number: str | None = None
    clia_number: str | None = None
    drug: Drug | None = None
    purchased_service_amount: Amount = None
    rendering_provider: Provider | None = None
    ordering_provider: Provider | None = None
    referring_provider: Provider | None = None
    supervising_provider: Provider | None = None
    service_facility: Provider | None = None
    adjudications: list[LineAdjudication] = field(default_factory=list)


@dataclass(slots=True)
class Note:
    """A claim note (NTE)."""

    __pydantic_config__ = _STRICT
    type: str | None = None
    text: str | None = None


@dataclass(slots=True)
class Attachment:
    """Paperwork announced with the claim (PWK)."""

    __pydantic_config__ = _STRICT
    type: str | None = None
    transmission: str | None = None
    control_number: str | None = None


@dataclass(slots=True)
class Claim:
    """One professional claim (2300), with the envelope, billing provider and subscriber it stands under."""

    __pydantic_config__ = _STRICT
    claim_type: Literal["professional"] = "professional"
    file: FileInfo = field(default_factory=FileInfo)
    transaction: Transaction = field(default_factory=Transaction)
    submitter: Party = field(default_factory=Party)
    receiver: Party = field(default_factory=Party)
    billing_provider: BillingProvider = field(default_factory=BillingProvider)
    pay_to_address: Address | None = None
    subscriber: Subscriber = field(default_factory=Subscriber)
    patient: Patient = field(default_factory=Patient)
    payer: Payer = field(default_factory=Payer)
    patient_control_number: str | None = None
    total_charge: Amount = None
    place_of_service: str | None = None
    frequency_code: str | None = None
    signature_on_file: str | None = None
    assignment_code: str | None = None
    benefits_assigned: str | None = None
    release_of_information: str | None = None
    patient_signature_source: str | None = None
    related_causes: list[str] = field(default_factory=list)
    accident_state: str | None = None
    special_program_code: str | None = None
    delay_reason_code: str | None = None
    onset_date: Date = None
    last_menstrual_period: Date = None
    initial_treatment_date: Date = None
    last_seen_date: Date = None
    accident_date: Date = None
    admission_date: Date = None
    discharge_date: Date = None
    attachments: list[Attachment] = field(default_factory=list)
    patient_paid_amount: Amount = None
    prior_authorization_number: str | None = None
    referral_number: str | None = None
    payer_claim_control_number: str | None = None
    clia_number: str | None = None
    mammography_certification: str | None = None
    medical_record_number: str | None = None
    clearinghouse_claim_id: str | None = None
    notes: list[Note] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    condition_codes: list[str] = field(default_factory=list)
    referring_provider: Provider | None = None
    rendering_provider: Provider | None = None
    service_facility: Provider | None = None
    supervising_provider: Provider | None = None
    other_payers: list[OtherPayer] = field(default_factory=list)
    lines: list[ServiceLine] = field(default_factory=list)

    @property
    def patient_is_subscriber(self) -> bool:
        """True when the subscriber is the patient: then the subscriber's loop says who the patient is.

        Said by SBR02 = 18, or by a claim that has no patient of its own and does not say (2000C is absent).
        """
        patient = self.patient
        return patient.relationship == "18" or (patient.relationship is None and patient.last_name is None)
