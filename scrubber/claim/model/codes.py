"""The coded heart of a claim: diagnoses, procedures, and the institutional code lists (HI)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date, Number


@dataclass(slots=True)
class Diagnosis:
    """A diagnosis (HI). Codes carry no decimal point.

    `role`: principal, other; on institutional claims also admitting, reason_for_visit, external_cause.
    `code_set`: icd10, or icd9 for services before October 2015; on dental claims also snodent, whose role is
    not said. `poa`: present on admission (institutional).
    """

    __pydantic_config__ = STRICT
    code: str | None = None
    role: str | None = None
    code_set: str | None = None
    poa: str | None = None


@dataclass(slots=True)
class InpatientProcedure:
    """A procedure of an institutional claim (HI), ICD-10-PCS. `role`: principal or other."""

    __pydantic_config__ = STRICT
    code: str | None = None
    role: str | None = None
    code_set: str | None = None
    date: Date = None


@dataclass(slots=True)
class AnesthesiaProcedure:
    """A surgical procedure that anaesthesia was given for (HI*BP, HI*BO). `role`: principal or other."""

    __pydantic_config__ = STRICT
    code: str | None = None
    role: str | None = None


@dataclass(slots=True)
class OccurrenceCode:
    """An event that bears on the bill, and its date (HI*BH).

    `segment_position` counts the HI segments that occurrence codes stand in: which of them this one is in.
    """

    __pydantic_config__ = STRICT
    code: str | None = None
    date: Date = None
    segment_position: Number = None


@dataclass(slots=True)
class OccurrenceSpan:
    """A period that bears on the bill (HI*BI)."""

    __pydantic_config__ = STRICT
    code: str | None = None
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class ValueCode:
    """An amount or number that bears on the bill (HI*BE)."""

    __pydantic_config__ = STRICT
    code: str | None = None
    amount: Amount = None


@dataclass(slots=True)
class ConditionCode:
    """A condition that bears on the bill (HI*BG)."""

    __pydantic_config__ = STRICT
    code: str | None = None


@dataclass(slots=True)
class TreatmentCode:
    """A home health treatment (HI*TC)."""

    __pydantic_config__ = STRICT
    code: str | None = None
