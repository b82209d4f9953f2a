"""A service line (2400) and what only lines have: drugs, equipment, measurements, forms."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.claim.model.coordination import LineAdjudication, Procedure
from scrubber.claim.model.dental import Tooth
from scrubber.claim.model.details import (
    Ambulance,
    Attachment,
    Certification,
    Contract,
    DateRange,
    Note,
    PayerNumber,
    Repricing,
)
from scrubber.claim.model.parties import Provider
from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date, Number


@dataclass(slots=True)
class Drug:
    """A drug (2410 LIN, CTP, REF). `qualifier` N4 is the NDC; others name devices and other product codes.

    `prescription_number` links the ingredients of a compound; `prescription_number_type` is XZ or VY.
    """

    __pydantic_config__ = STRICT
    qualifier: str | None = None
    ndc: str | None = None
    product_code: str | None = None
    quantity: Amount = None
    unit: str | None = None
    prescription_number: str | None = None
    prescription_number_type: str | None = None


@dataclass(slots=True)
class Equipment:
    """Durable medical equipment (SV5): how long it is needed, and what renting or buying it costs."""

    __pydantic_config__ = STRICT
    procedure: Procedure = field(default_factory=Procedure)
    unit_basis: str | None = None
    length_of_need: Amount = None
    rental_price: Amount = None
    purchase_price: Amount = None
    rental_frequency: str | None = None


@dataclass(slots=True)
class EquipmentCertification:
    """The certificate of medical necessity of equipment (CR3). `months` is how long it is needed."""

    __pydantic_config__ = STRICT
    type: str | None = None
    months: Amount = None


@dataclass(slots=True)
class Measurement:
    """A test result (MEA)."""

    __pydantic_config__ = STRICT
    reference: str | None = None
    type: str | None = None
    value: Amount = None


@dataclass(slots=True)
class Answer:
    """One answer of a form (FRM): yes or no, a text, a date or a percentage."""

    __pydantic_config__ = STRICT
    question: str | None = None
    response: str | None = None
    text: str | None = None
    date: Date = None
    percent: Amount = None


@dataclass(slots=True)
class Form:
    """A form filled in for a line (2440 LQ, FRM), such as a certificate of medical necessity."""

    __pydantic_config__ = STRICT
    type: str | None = None
    code: str | None = None
    answers: list[Answer] = field(default_factory=list)


@dataclass(slots=True)
class ServiceLine:
    """A service line (2400 and what is in it)."""

    __pydantic_config__ = STRICT
    number: str | None = None
    procedure: Procedure = field(default_factory=Procedure)
    modifiers: list[str] = field(default_factory=list)
    revenue_code: str | None = None
    charge: Amount = None
    non_covered_charge: Amount = None
    unit_basis: str | None = None
    units: Amount = None
    place_of_service: str | None = None
    diagnosis_pointers: list[Number] = field(default_factory=list)
    oral_cavity: list[str] = field(default_factory=list)
    prosthesis: str | None = None
    teeth: list[Tooth] = field(default_factory=list)
    emergency: str | None = None
    epsdt: str | None = None
    family_planning: str | None = None
    copay_status: str | None = None
    service_date: DateRange = field(default_factory=DateRange)
    prescription_date: Date = None
    certification_revision_date: Date = None
    therapy_begin_date: Date = None
    last_certification_date: Date = None
    last_seen_date: Date = None
    hemoglobin_test_date: Date = None
    creatinine_test_date: Date = None
    shipped_date: Date = None
    last_xray_date: Date = None
    initial_treatment_date: Date = None
    prior_placement_date: Date = None
    appliance_placement_date: Date = None
    replacement_date: Date = None
    treatment_start_date: Date = None
    treatment_completion_date: Date = None
    prior_authorization_number: str | None = None
    other_payer_prior_authorizations: list[PayerNumber] = field(default_factory=list)
    predetermination_number: str | None = None
    other_payer_predeterminations: list[PayerNumber] = field(default_factory=list)
    referral_number: str | None = None
    other_payer_referrals: list[PayerNumber] = field(default_factory=list)
    line_item_control_number: str | None = None
    repriced_line_number: str | None = None
    adjusted_repriced_line_number: str | None = None
    mammography_certification: str | None = None
    clia_number: str | None = None
    referring_clia_number: str | None = None
    immunization_batch_number: str | None = None
    ambulance_patient_count: Amount = None
    obstetric_anesthesia_units: Amount = None
    sales_tax_amount: Amount = None
    postage_amount: Amount = None
    service_tax_amount: Amount = None
    facility_tax_amount: Amount = None
    purchased_service_provider_id: str | None = None
    purchased_service_amount: Amount = None
    drug: Drug | None = None
    equipment: Equipment | None = None
    equipment_certification: EquipmentCertification | None = None
    ambulance: Ambulance | None = None
    contract: Contract | None = None
    repricing: Repricing | None = None
    attachments: list[Attachment] = field(default_factory=list)
    certifications: list[Certification] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    file_information: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    rendering_provider: Provider | None = None
    purchased_service_provider: Provider | None = None
    service_facility: Provider | None = None
    supervising_provider: Provider | None = None
    assistant_surgeon: Provider | None = None
    ordering_provider: Provider | None = None
    referring_provider: Provider | None = None
    primary_care_provider: Provider | None = None
    operating_provider: Provider | None = None
    other_operating_provider: Provider | None = None
    ambulance_pickup: Provider | None = None
    ambulance_dropoff: Provider | None = None
    adjudications: list[LineAdjudication] = field(default_factory=list)
