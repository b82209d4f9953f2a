"""What claims and lines may say besides: dates, papers, notes, certifications, transport, pricing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date


@dataclass(slots=True)
class DateRange:
    """A date or a span (DTP). `through` is None when the claim says one day."""

    __pydantic_config__ = STRICT
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class Note:
    """A note (NTE)."""

    __pydantic_config__ = STRICT
    type: str | None = None
    text: str | None = None


@dataclass(slots=True)
class Attachment:
    """Paperwork announced with the claim or line (PWK)."""

    __pydantic_config__ = STRICT
    type: str | None = None
    transmission: str | None = None
    control_number: str | None = None


@dataclass(slots=True)
class Certification:
    """What is certified about the patient (CRC): the category, yes or no, and the conditions.

    Categories are CRC01: 07 ambulance, 09 durable medical equipment, 70 hospice employee, 75 homebound,
    E1 to E3 vision, ZZ EPSDT referral.
    """

    __pydantic_config__ = STRICT
    category: str | None = None
    applies: str | None = None
    conditions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ambulance:
    """An ambulance transport (CR1). `patient_weight` in pounds; `miles` is the distance."""

    __pydantic_config__ = STRICT
    patient_weight: Amount = None
    transport_reason: str | None = None
    miles: Amount = None
    round_trip_purpose: str | None = None
    stretcher_purpose: str | None = None


@dataclass(slots=True)
class SpinalManipulation:
    """The patient's condition in chiropractic treatment (CR2)."""

    __pydantic_config__ = STRICT
    condition: str | None = None
    description: str | None = None
    further_description: str | None = None


@dataclass(slots=True)
class Contract:
    """The contract a claim or line is paid under (CN1). Percentages are of 100."""

    __pydantic_config__ = STRICT
    type: str | None = None
    amount: Amount = None
    percent: Amount = None
    code: str | None = None
    discount_percent: Amount = None
    version: str | None = None


@dataclass(slots=True)
class Repricing:
    """What a repricer made of a claim or line before it came to the payer (HCP).

    `drg` and `approved_amount` are an institutional claim's, the ambulatory patient group all others'.
    """

    __pydantic_config__ = STRICT
    method: str | None = None
    allowed_amount: Amount = None
    savings_amount: Amount = None
    organization_id: str | None = None
    rate: Amount = None
    ambulatory_patient_group: str | None = None
    ambulatory_patient_group_amount: Amount = None
    drg: str | None = None
    approved_amount: Amount = None
    revenue_code: str | None = None
    procedure_qualifier: str | None = None
    procedure_code: str | None = None
    unit_basis: str | None = None
    units: Amount = None
    reject_reason: str | None = None
    policy_compliance: str | None = None
    exception: str | None = None


@dataclass(slots=True)
class PayerNumber:
    """A number that another payer gave (REF with 2U): a line's authorization or referral there."""

    __pydantic_config__ = STRICT
    number: str | None = None
    payer_id: str | None = None
