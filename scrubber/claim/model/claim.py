"""The claim itself (2300), with the envelope, billing provider and subscriber it stands under."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scrubber.claim.model.codes import (
    AnesthesiaProcedure,
    ConditionCode,
    Diagnosis,
    InpatientProcedure,
    OccurrenceCode,
    OccurrenceSpan,
    TreatmentCode,
    ValueCode,
)
from scrubber.claim.model.coordination import OtherPayer
from scrubber.claim.model.dental import Orthodontics, ToothStatus
from scrubber.claim.model.details import (
    Ambulance,
    Attachment,
    Certification,
    Contract,
    DateRange,
    Note,
    Repricing,
    SpinalManipulation,
)
from scrubber.claim.model.lines import ServiceLine
from scrubber.claim.model.parties import (
    Address,
    BillingProvider,
    Party,
    Patient,
    Payer,
    PayToPlan,
    Provider,
    Subscriber,
)
from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date

#: What a claim can be: 005010X222A1, 005010X223A2 and 005010X224A2.
ClaimType = Literal["professional", "institutional", "dental"]


@dataclass(slots=True)
class FileInfo:
    """The interchange a claim came in (ISA)."""

    __pydantic_config__ = STRICT
    sender_id: str | None = None
    receiver_id: str | None = None
    usage_indicator: str | None = None
    control_number: str | None = None


@dataclass(slots=True)
class Transaction:
    """The transaction set (GS08, ST, BHT). `type` is BHT06: CH, RP (encounter) or 31."""

    __pydantic_config__ = STRICT
    guide: str | None = None
    control_number: str | None = None
    purpose: str | None = None
    reference: str | None = None
    date: Date = None
    time: str | None = None
    type: str | None = None


@dataclass(slots=True)
class Claim:
    """One claim. Members that its type does not have stay empty."""

    __pydantic_config__ = STRICT
    claim_type: ClaimType = "professional"
    file: FileInfo = field(default_factory=FileInfo)
    transaction: Transaction = field(default_factory=Transaction)
    submitter: Party = field(default_factory=Party)
    receiver: Party = field(default_factory=Party)
    billing_provider: BillingProvider = field(default_factory=BillingProvider)
    pay_to_address: Address | None = None
    pay_to_plan: PayToPlan | None = None
    subscriber: Subscriber = field(default_factory=Subscriber)
    patient: Patient = field(default_factory=Patient)
    payer: Payer = field(default_factory=Payer)
    property_casualty_claim_number: str | None = None
    patient_control_number: str | None = None
    total_charge: Amount = None
    place_of_service: str | None = None
    facility_type_code: str | None = None
    frequency_code: str | None = None
    signature_on_file: str | None = None
    assignment_code: str | None = None
    benefits_assigned: str | None = None
    release_of_information: str | None = None
    patient_signature_source: str | None = None
    related_causes: list[str] = field(default_factory=list)
    accident_state: str | None = None
    accident_country: str | None = None
    special_program_code: str | None = None
    predetermination: str | None = None
    delay_reason_code: str | None = None
    statement_period: DateRange | None = None
    service_date: DateRange = field(default_factory=DateRange)
    admission_date: Date = None
    admission_hour: str | None = None
    discharge_date: Date = None
    discharge_hour: str | None = None
    admission_type: str | None = None
    admission_source: str | None = None
    patient_status: str | None = None
    onset_date: Date = None
    initial_treatment_date: Date = None
    last_seen_date: Date = None
    acute_manifestation_date: Date = None
    accident_date: Date = None
    last_menstrual_period: Date = None
    last_xray_date: Date = None
    prescription_date: Date = None
    disability_period: DateRange | None = None
    last_worked_date: Date = None
    return_to_work_date: Date = None
    assumed_care_date: Date = None
    relinquished_care_date: Date = None
    first_contact_date: Date = None
    appliance_placement_date: Date = None
    repricer_received_date: Date = None
    orthodontics: Orthodontics | None = None
    tooth_statuses: list[ToothStatus] = field(default_factory=list)
    patient_paid_amount: Amount = None
    patient_estimated_amount_due: Amount = None
    prior_authorization_number: str | None = None
    predetermination_number: str | None = None
    referral_number: str | None = None
    payer_claim_control_number: str | None = None
    service_authorization_exception: str | None = None
    medicare_crossover_indicator: str | None = None
    clia_number: str | None = None
    mammography_certification: str | None = None
    medical_record_number: str | None = None
    demonstration_id: str | None = None
    care_plan_oversight_number: str | None = None
    peer_review_approval_number: str | None = None
    ide_number: str | None = None
    repriced_claim_number: str | None = None
    adjusted_repriced_claim_number: str | None = None
    clearinghouse_claim_id: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    file_information: list[str] = field(default_factory=list)
    certifications: list[Certification] = field(default_factory=list)
    contract: Contract | None = None
    repricing: Repricing | None = None
    ambulance: Ambulance | None = None
    spinal_manipulation: SpinalManipulation | None = None
    drg: str | None = None
    diagnoses: list[Diagnosis] = field(default_factory=list)
    procedures: list[InpatientProcedure] = field(default_factory=list)
    anesthesia_procedures: list[AnesthesiaProcedure] = field(default_factory=list)
    occurrence_codes: list[OccurrenceCode] = field(default_factory=list)
    occurrence_spans: list[OccurrenceSpan] = field(default_factory=list)
    value_codes: list[ValueCode] = field(default_factory=list)
    condition_codes: list[ConditionCode] = field(default_factory=list)
    treatment_codes: list[TreatmentCode] = field(default_factory=list)
    attending_provider: Provider | None = None
    operating_provider: Provider | None = None
    other_operating_provider: Provider | None = None
    referring_provider: Provider | None = None
    primary_care_provider: Provider | None = None
    rendering_provider: Provider | None = None
    service_facility: Provider | None = None
    supervising_provider: Provider | None = None
    assistant_surgeon: Provider | None = None
    ambulance_pickup: Provider | None = None
    ambulance_dropoff: Provider | None = None
    other_payers: list[OtherPayer] = field(default_factory=list)
    lines: list[ServiceLine] = field(default_factory=list)

    @property
    def patient_is_subscriber(self) -> bool:
        """True when the subscriber is the patient: then the subscriber's loop says who the patient is.

        Said by SBR02 = 18, or by a claim that has no patient of its own and does not say (2000C is absent).
        """
        patient = self.patient
        return patient.relationship == "18" or (patient.relationship is None and patient.last_name is None)
