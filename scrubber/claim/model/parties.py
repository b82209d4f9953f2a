"""Who is on a claim: submitter and receiver, providers, the insured, the patient, payers."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date


@dataclass(slots=True)
class Address:
    """A postal address (N3, N4). `subdivision` is N407, for countries that have them."""

    __pydantic_config__ = STRICT
    lines: list[str] = field(default_factory=list)
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    subdivision: str | None = None


@dataclass(slots=True)
class SecondaryId:
    """A further identifier of a party (REF). `payer_id` says whose number it is, where not this payer's."""

    __pydantic_config__ = STRICT
    qualifier: str | None = None
    id: str | None = None
    payer_id: str | None = None


@dataclass(slots=True)
class Party:
    """Submitter (1000A, with its contact) or receiver (1000B)."""

    __pydantic_config__ = STRICT
    entity_type: str | None = None
    name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    id: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    phone_extension: str | None = None
    fax: str | None = None
    email: str | None = None


@dataclass(slots=True)
class BillingProvider:
    """The billing provider (2000A PRV and CUR, 2010AA, 2010BB REF).

    `entity_type`: 1 person, 2 organisation. `name` is the last name or the organisation's.
    """

    __pydantic_config__ = STRICT
    entity_type: str | None = None
    name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    npi: str | None = None
    tax_id: str | None = None
    tax_id_type: str | None = None
    taxonomy: str | None = None
    payer_assigned_id: str | None = None
    secondary_ids: list[SecondaryId] = field(default_factory=list)
    address: Address = field(default_factory=Address)
    contact_name: str | None = None
    phone: str | None = None
    phone_extension: str | None = None
    fax: str | None = None
    email: str | None = None
    currency: str | None = None

    @property
    def last_name(self) -> str | None:
        """The name, where a billing provider stands in for a rendering provider."""
        return self.name


@dataclass(slots=True)
class PayToPlan:
    """The plan that is to be paid instead of the billing provider (2010AC)."""

    __pydantic_config__ = STRICT
    name: str | None = None
    payer_id: str | None = None
    address: Address | None = None
    tax_id: str | None = None
    secondary_ids: list[SecondaryId] = field(default_factory=list)


@dataclass(slots=True)
class Provider:
    """Any other provider or place of the claim or of a line (2310, 2330, 2420)."""

    __pydantic_config__ = STRICT
    entity_type: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    npi: str | None = None
    taxonomy: str | None = None
    address: Address | None = None
    secondary_ids: list[SecondaryId] = field(default_factory=list)
    contact_name: str | None = None
    phone: str | None = None
    phone_extension: str | None = None
    fax: str | None = None
    email: str | None = None


@dataclass(slots=True)
class Subscriber:
    """The insured (2000B, 2010BA). The contact is the one of property and casualty claims."""

    __pydantic_config__ = STRICT
    entity_type: str | None = None
    member_id: str | None = None
    unique_health_id: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    date_of_birth: Date = None
    sex: str | None = None
    ssn: str | None = None
    group_number: str | None = None
    group_name: str | None = None
    address: Address = field(default_factory=Address)
    contact_name: str | None = None
    phone: str | None = None
    phone_extension: str | None = None


@dataclass(slots=True)
class Patient:
    """The patient (2000C, 2010CA); when the patient is the subscriber, only what 2000B says of the patient.

    `weight` is in pounds. The contact and `member_id` are those of property and casualty claims.
    """

    __pydantic_config__ = STRICT
    relationship: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    date_of_birth: Date = None
    sex: str | None = None
    member_id: str | None = None
    ssn: str | None = None
    date_of_death: Date = None
    weight: Amount = None
    pregnancy_indicator: str | None = None
    address: Address | None = None
    contact_name: str | None = None
    phone: str | None = None
    phone_extension: str | None = None


@dataclass(slots=True)
class Payer:
    """The destination payer (2000B SBR, 2010BB). `key` and `program` come from the payer registry."""

    __pydantic_config__ = STRICT
    payer_id: str | None = None
    name: str | None = None
    responsibility: str | None = None
    insurance_type: str | None = None
    claim_filing_indicator: str | None = None
    address: Address | None = None
    secondary_ids: list[SecondaryId] = field(default_factory=list)
    key: str | None = None
    program: str | None = None
