"""Derived fields: registered, typed, documented functions of a claim that rules may name like paths.

What needs an algorithm lives here and not in YAML. A function returns None for absent and `Unreadable`
for unknown. `receipt_date` is the run's input; where the run gives none it is BHT04.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args

from scrubber.claim import keys, periods
from scrubber.claim.fields.row import PathKind
from scrubber.claim.model import Claim, ClaimType, Diagnosis, OtherPayer, ServiceLine
from scrubber.claim.periods import DateValue
from scrubber.claim.values import Unreadable

_ALL: frozenset[ClaimType] = frozenset(get_args(ClaimType))
_DENTAL: frozenset[ClaimType] = frozenset({"dental"})
_INSTITUTIONAL: frozenset[ClaimType] = frozenset({"institutional"})


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived field: its kind, meaning and function of (claim, item, receipt date), and who has it."""

    kind: PathKind
    doc: str
    function: Callable[[Claim, Any, dt.date | None], Any]
    types: frozenset[ClaimType] = _ALL


def receipt_date(claim: Claim, given: dt.date | None) -> DateValue:
    """Return the date the payer would receive the claim: the run's, else the transaction's (BHT04).

    Where neither is given it is unknown, not absent: the payer will receive the claim on some day.
    """
    return given or claim.transaction.date or Unreadable("")


def type_of_bill(claim: Claim) -> str | None:
    """Return the type of bill, four digits with the leading nought that X12 leaves out."""
    if claim.facility_type_code is None or claim.frequency_code is None:
        return None
    return f"0{claim.facility_type_code}{claim.frequency_code}"


def _line_label(claim: Claim, line: ServiceLine) -> str:
    return f"line {next((i for i, other in enumerate(claim.lines, 1) if other is line), '?')}"


def _position(claim: Claim, diagnosis: Diagnosis) -> int:
    return next(i for i, other in enumerate(claim.diagnoses, 1) if other is diagnosis)


def _units_per_day(claim: Claim, line: ServiceLine) -> Decimal | Unreadable | None:
    days, units = periods.days_of(claim, line), line.units
    if isinstance(days, Unreadable) or isinstance(units, Unreadable):
        return Unreadable("")
    if not days or units is None:
        return None
    return (units / days).quantize(Decimal(1), ROUND_HALF_UP)


def _paid_or_charge(claim: Claim, payer: OtherPayer) -> Decimal | Unreadable | None:
    """Return what a payer's adjudications add up to; without any, the claim's charge."""
    paid = [a.paid_amount for line in claim.lines for a in line.adjudications if a.payer_id == payer.payer_id]
    if not paid:
        return claim.total_charge
    total = Decimal(0)
    for amount in paid:
        if isinstance(amount, Unreadable):
            return amount
        total += amount or 0
    return total


def _adjudication_date(claim: Claim, payer: OtherPayer) -> DateValue:
    if payer.adjudication_date is not None:
        return payer.adjudication_date
    own = (a for line in claim.lines for a in line.adjudications if a.payer_id == payer.payer_id)
    return periods.latest(a.adjudication_date for a in own)


#: What a claim filing indicator says about the payer's product; others say nothing about it.
_PRODUCTS = {
    "12": "ppo",
    "13": "pos",
    "14": "epo",
    "15": "indemnity",
    "16": "medicare_hmo",
    "17": "dental_hmo",
    "HM": "hmo",
}
#: Incisors and canines of the Universal/National system: permanent, primary.
_FRONT_TEETH = frozenset([*map(str, (*range(6, 12), *range(22, 28))), *"CDEFGHMNOPQR"])
_TEETH = frozenset([*map(str, range(1, 33)), *"ABCDEFGHIJKLMNOPQRST"])


def line_of_business(claim: Claim) -> str | None:
    """Return the payer's product as the claim filing indicator tells it."""
    return _PRODUCTS.get(claim.payer.claim_filing_indicator or "")


def possible_surfaces(number: str | None) -> list[str]:
    """Return the surfaces that a tooth has: only front teeth have an edge, only back teeth a chewing surface.

    A supernumerary tooth is like the one beside it: 50 less, or without the S. Payers differ in whether they
    call the outer surface B or F. No tooth has no surfaces.
    """
    tooth = (number or "").lstrip("0")
    if tooth.isdecimal() and 50 < int(tooth) <= 82:
        tooth = str(int(tooth) - 50)
    elif len(tooth) == 2 and tooth[0].isalpha() and tooth[1] == "S":
        tooth = tooth[0]
    if tooth not in _TEETH:
        return []
    return list("BDFILM" if tooth in _FRONT_TEETH else "BDFLMO")


DERIVED: dict[str, Derived] = {
    "is_encounter": Derived(
        "flag", "BHT06 is RP: a report of a visit, not a bill", lambda c, _, __: c.transaction.type == "RP"
    ),
    "is_predetermination": Derived(
        "flag",
        "CLM19 is PB: the payer is asked what it would pay for services not given yet",
        lambda c, _, __: c.predetermination == "PB",
        _DENTAL,
    ),
    "receipt_date": Derived("date", "The run's date, else BHT04", lambda c, _, given: receipt_date(c, given)),
    "type_of_bill": Derived(
        "code",
        "0, facility type code and claim frequency code",
        lambda c, _, __: type_of_bill(c),
        _INSTITUTIONAL,
    ),
    "setting": Derived(
        "code",
        "inpatient or outpatient, from the type of bill or the places of service",
        lambda c, _, __: periods.setting(c),
    ),
    "code_set_date": Derived(
        "date",
        "The date that picks code set editions: statement through for an inpatient stay, statement from "
        "for other institutional claims, else the earliest line date",
        lambda c, _, __: periods.code_set_date(c),
    ),
    "service_period.from": Derived(
        "date", "Earliest line date, else statement from", lambda c, _, __: periods.first_service_date(c)
    ),
    "service_period.through": Derived(
        "date", "Latest line date, else statement through", lambda c, _, __: periods.last_service_date(c)
    ),
    "discharge.date": Derived(
        "date",
        "Statement through, when an inpatient bill ends in discharge (its status is not 30)",
        lambda c, _, __: periods.discharge_date(c),
        _INSTITUTIONAL,
    ),
    "still_patient_day": Derived(
        "number",
        "1 when the patient status is 30, else 0",
        lambda c, _, __: None if c.patient_status is None else int(c.patient_status == "30"),
        _INSTITUTIONAL,
    ),
    "patient.is_subscriber": Derived(
        "flag", "The patient is the subscriber (no 2000C)", lambda c, _, __: c.patient_is_subscriber
    ),
    "patient.age_years_on_admission": Derived(
        "number",
        "Whole years on admission, else on the first service date",
        lambda c, _, __: periods.years_between(periods.birth(c), periods.arrival(c)),
    ),
    "patient.age_days_on_admission": Derived(
        "number",
        "Days on admission, else on the first service date",
        lambda c, _, __: periods.days_between(periods.birth(c), periods.arrival(c)),
    ),
    "other_payers[].line_paid_or_charge": Derived(
        "amount",
        "What the payer's line adjudications add up to; without any, the claim's charge",
        lambda c, p, _: _paid_or_charge(c, p),
    ),
    "other_payers[].adjudication_date_any_level": Derived(
        "date",
        "The claim's adjudication date, else the latest of the lines'",
        lambda c, p, _: _adjudication_date(c, p),
    ),
    "diagnoses[].position": Derived("number", "Place in the list, from 1", lambda c, d, _: _position(c, d)),
    "payer.line_of_business": Derived(
        "code",
        "The payer's product, by the claim filing indicator: ppo, pos, epo, hmo, dental_hmo, indemnity or "
        "medicare_hmo",
        lambda c, _, __: line_of_business(c),
    ),
    "service_state": Derived(
        "code",
        "The state of the service facility, else of the billing provider",
        lambda c, _, __: periods.service_state(c),
    ),
    "lines[].service_state": Derived(
        "code",
        "The state of the line's service facility, else that of the claim's services",
        lambda c, x, _: periods.line_service_state(c, x),
    ),
    "lines[].teeth[].possible_surfaces[]": Derived(
        "code",
        "The surfaces that the tooth has, by its number",
        lambda _, tooth, __: possible_surfaces(tooth.number),
        _DENTAL,
    ),
    "lines[].label": Derived("text", "How to call the line in a message", lambda c, x, _: _line_label(c, x)),
    "lines[].modifiers_key": Derived(
        "text", "The modifiers in alphabetical order", lambda _, x, __: " ".join(sorted(x.modifiers))
    ),
    "lines[].tooth_key": Derived(
        "text", "The teeth and their surfaces in alphabetical order", lambda _, x, __: keys.teeth(x)
    ),
    "lines[].group_specialty_key": Derived(
        "text",
        "Who treated, as far as a group and its specialty are one: the billing provider's tax id (else, and "
        "for a social security number, the NPI) and the taxonomy of the rendering provider, which stands for "
        "the specialty",
        lambda c, x, _: keys.group_and_specialty(c, x),
    ),
    "lines[].therapy_discipline": Derived(
        "code", "GP, GO or GN: physical, occupational or speech therapy", lambda _, x, __: keys.therapy(x)
    ),
    "lines[].age_years": Derived(
        "number",
        "The patient's whole years on the line's first day",
        lambda c, x, _: periods.years_between(periods.birth(c), periods.line_from(c, x)),
    ),
    "lines[].age_days": Derived(
        "number",
        "The patient's days on the line's first day",
        lambda c, x, _: periods.days_between(periods.birth(c), periods.line_from(c, x)),
    ),
    "lines[].days": Derived(
        "number", "Days of the line, both ends counted", lambda c, x, _: periods.days_of(c, x)
    ),
    "lines[].units_per_day": Derived(
        "quantity",
        "Units by days, rounded to the nearest whole unit, halves up",
        lambda c, x, _: _units_per_day(c, x),
    ),
}
