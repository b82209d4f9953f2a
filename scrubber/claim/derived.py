"""Derived fields: registered, typed, documented functions of a claim that rules may name like paths.

What needs an algorithm lives here and not in YAML. A function returns None for absent and `Unreadable`
for unknown. `receipt_date` is the run's input; where the run gives none it is BHT04.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scrubber.claim.fields import PathKind
from scrubber.claim.model import Claim, Diagnosis, ServiceLine
from scrubber.claim.values import Unreadable

DateValue = dt.date | Unreadable | None


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived field: its kind, meaning and function of (claim, item, receipt date)."""

    kind: PathKind
    doc: str
    function: Callable[[Claim, Any, dt.date | None], Any]


def _extreme(dates: Iterable[DateValue], pick: Callable[[list[dt.date]], dt.date]) -> DateValue:
    known: list[dt.date] = []
    for value in dates:
        if isinstance(value, Unreadable):
            return value
        if value is not None:
            known.append(value)
    return pick(known) if known else None


def first_service_date(claim: Claim) -> DateValue:
    """Return the earliest from date of the lines; unknown when one of them is unreadable."""
    return _extreme((line.service_date.from_ for line in claim.lines), min)


def last_service_date(claim: Claim) -> DateValue:
    """Return the latest date of the lines (through, else from)."""
    return _extreme((line.service_date.through or line.service_date.from_ for line in claim.lines), max)


def receipt_date(claim: Claim, given: dt.date | None) -> DateValue:
    """Return the date the payer would receive the claim: the run's, else the transaction's (BHT04).

    Where neither is given it is unknown, not absent: the payer will receive the claim on some day.
    """
    return given or claim.transaction.date or Unreadable("")


def _line_label(claim: Claim, line: ServiceLine) -> str:
    return f"line {next((i for i, other in enumerate(claim.lines, 1) if other is line), '?')}"


def _position(claim: Claim, diagnosis: Diagnosis) -> int:
    return next(i for i, other in enumerate(claim.diagnoses, 1) if other is diagnosis)


DERIVED: dict[str, Derived] = {
    "is_encounter": Derived(
        "flag", "BHT06 is RP: a report of a visit, not a bill", lambda c, _, __: c.transaction.type == "RP"
    ),
    "receipt_date": Derived("date", "The run's date, else BHT04", lambda c, _, given: receipt_date(c, given)),
    "code_set_date": Derived(
        "date",
        "The date that picks code set editions: earliest line date",
        lambda c, _, __: first_service_date(c),
    ),
    "service_period.from": Derived("date", "Earliest line date", lambda c, _, __: first_service_date(c)),
    "service_period.through": Derived("date", "Latest line date", lambda c, _, __: last_service_date(c)),
    "patient.is_subscriber": Derived(
        "flag", "The patient is the subscriber (no 2000C)", lambda c, _, __: c.patient_is_subscriber
    ),
    "diagnoses[].position": Derived("number", "Place in the list, from 1", lambda c, d, _: _position(c, d)),
    "lines[].label": Derived("text", "How to call the line in a message", lambda c, x, _: _line_label(c, x)),
    "lines[].modifiers_key": Derived(
        "text", "The modifiers in alphabetical order", lambda _, x, __: " ".join(sorted(x.modifiers))
    ),
}
