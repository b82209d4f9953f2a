"""Keys of lines and people: one text for what makes two of them the same, so that they can be compared."""

from __future__ import annotations

import datetime as dt

from scrubber.claim.model import Claim, ServiceLine
from scrubber.claim.periods import birth
from scrubber.claim.values import Unreadable

#: The modifiers of outpatient therapy plans of care: physical, occupational, speech-language (Medicare
#: Claims Processing Manual, chapter 5, section 20.1).
THERAPY_MODIFIERS = ("GP", "GO", "GN")


def teeth(line: ServiceLine) -> str | None:
    """Return a line's teeth with their surfaces; None for a line that names none."""
    return " ".join(sorted("".join([t.number or "", *sorted(t.surfaces)]) for t in line.teeth)) or None


def group_and_specialty(claim: Claim, line: ServiceLine) -> str | Unreadable:
    """Return the key of a group and specialty; unknown where the claim does not say both.

    The taxonomy is compared as it was sent: two taxonomies that a payer takes for one specialty are two here.
    A tax id that is a person's social security number (REF*SY) is no key of a group: no history keeps it.
    """
    billing = claim.billing_provider
    group = (billing.tax_id if billing.tax_id_type != "SY" else None) or billing.npi
    provider = line.rendering_provider or claim.rendering_provider or billing
    if group is None or provider.taxonomy is None:
        return Unreadable("")
    return f"{group} {provider.taxonomy}"


def therapy(line: ServiceLine) -> str | None:
    """Return the therapy modifier of a line, which says the discipline."""
    return next((modifier for modifier in line.modifiers if modifier in THERAPY_MODIFIERS), None)


def person(claim: Claim) -> str | None:
    """Return a key of the patient that no payer gave: names and date of birth; None where one is missing.

    Only the letters of the names count, so that spaces, hyphens and case make no other person.
    """
    patient = claim.patient
    own = patient.last_name is not None or not claim.patient_is_subscriber
    last, first = (
        (patient.last_name, patient.first_name)
        if own
        else (claim.subscriber.last_name, claim.subscriber.first_name)
    )
    born = birth(claim)
    names = ["".join(c for c in (name or "").upper() if c.isalpha()) for name in (last, first)]
    if not all(names) or not isinstance(born, dt.date):
        return None
    return " ".join([*names, born.isoformat()])
