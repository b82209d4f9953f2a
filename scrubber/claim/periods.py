"""Days and ages of a claim: when it was, how long, and how old the patient was.

Absent is None, a date that cannot be read is `Unreadable`: what is worked out from it is unknown too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import chain

from scrubber.claim.model import Claim, Provider, ServiceLine
from scrubber.claim.values import Unreadable

DateValue = dt.date | Unreadable | None
Count = int | Unreadable | None

#: Facility type codes of inpatient bills: the patient holds a bed and the stay is billed as one (Medicare
#: Claims Processing Manual, chapter 25, FL 4). 12 and 22 are inpatient beds with an outpatient bill.
INPATIENT_FACILITIES = frozenset({"11", "18", "21", "28", "41", "51", "61", "65", "66", "86"})
#: Places of service of inpatients (CMS place of service code set).
INPATIENT_PLACES = frozenset({"21", "51", "61"})


def earliest(dates: Iterable[DateValue]) -> DateValue:
    """Return the earliest date; unknown when one of them is unreadable, None when there is none."""
    return _extreme(dates, min)


def latest(dates: Iterable[DateValue]) -> DateValue:
    """Return the latest date; unknown when one of them is unreadable, None when there is none."""
    return _extreme(dates, max)


def _extreme(dates: Iterable[DateValue], pick: Callable[[list[dt.date]], dt.date]) -> DateValue:
    known: list[dt.date] = []
    for value in dates:
        if isinstance(value, Unreadable):
            return value
        if value is not None:
            known.append(value)
    return pick(known) if known else None


def line_from(claim: Claim, line: ServiceLine) -> DateValue:
    """Return a line's first day, which a dental claim may say once for all lines."""
    return line.service_date.from_ or claim.service_date.from_


def line_through(claim: Claim, line: ServiceLine) -> DateValue:
    """Return a line's last day: its own dates count before those of the claim."""
    own, common = line.service_date, claim.service_date
    return own.through or own.from_ or common.through or common.from_


def first_service_date(claim: Claim) -> DateValue:
    """Return the earliest from date of the lines, else the claim's, else where the statement begins."""
    common = claim.service_date.from_
    found = earliest([line.service_date.from_ or common for line in claim.lines])  # see line_from
    if found is None and claim.statement_period is not None:
        return claim.statement_period.from_
    return found if found is not None else claim.service_date.from_


def last_service_date(claim: Claim) -> DateValue:
    """Return the latest date of the lines, else the claim's, else the end of the statement."""
    found = latest(line_through(claim, line) for line in claim.lines)
    if found is None:
        found = statement_through(claim)
    return found if found is not None else claim.service_date.through or claim.service_date.from_


def statement_through(claim: Claim) -> DateValue:
    """Return where the statement ends; a statement of one day ends where it begins."""
    period = claim.statement_period
    return None if period is None else period.through or period.from_


def setting(claim: Claim) -> str | None:
    """Return inpatient or outpatient; None for a claim that says neither facility nor place."""
    if claim.claim_type == "institutional":
        if claim.facility_type_code is None:
            return None
        return "inpatient" if claim.facility_type_code in INPATIENT_FACILITIES else "outpatient"
    places = list(chain([claim.place_of_service], (line.place_of_service for line in claim.lines)))
    if not any(places):
        return None
    return "inpatient" if INPATIENT_PLACES & set(places) else "outpatient"


def service_state(claim: Claim) -> str | None:
    """Return where services are given: the state of the service facility, else of the billing provider."""
    return _state(claim.service_facility) or claim.billing_provider.address.state


def line_service_state(claim: Claim, line: ServiceLine) -> str | None:
    """Return the state in which a line's service is given: its own facility comes first."""
    return _state(line.service_facility) or service_state(claim)


def _state(place: Provider | None) -> str | None:
    return place.address.state if place is not None and place.address is not None else None


def code_set_date(claim: Claim) -> DateValue:
    """Return the date that picks the edition of the diagnosis codes: discharge for inpatient stays."""
    if claim.claim_type != "institutional":
        return first_service_date(claim)
    if setting(claim) == "inpatient":
        return statement_through(claim)
    return claim.statement_period.from_ if claim.statement_period is not None else None


def discharge_date(claim: Claim) -> DateValue:
    """Return the day of discharge: the statement's end, on an inpatient bill that is not an interim one."""
    ends = claim.frequency_code in ("1", "4", "7") and claim.patient_status not in (None, "30")
    return statement_through(claim) if ends and setting(claim) == "inpatient" else None


def birth(claim: Claim) -> DateValue:
    """Return the patient's date of birth, the subscriber's when that is the patient."""
    own = claim.patient.date_of_birth
    return claim.subscriber.date_of_birth if own is None and claim.patient_is_subscriber else own


def arrival(claim: Claim) -> DateValue:
    """Return the admission date, else the first service date."""
    return claim.admission_date if claim.admission_date is not None else first_service_date(claim)


def years_between(start: DateValue, end: DateValue) -> Count:
    """Return whole years from one date to another: on 29 February's eve the year is not over yet."""
    if isinstance(start, Unreadable) or isinstance(end, Unreadable):
        return Unreadable("")
    if start is None or end is None:
        return None
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def days_between(start: DateValue, end: DateValue) -> Count:
    """Return the days from one date to another."""
    if isinstance(start, Unreadable) or isinstance(end, Unreadable):
        return Unreadable("")
    return None if start is None or end is None else (end - start).days


def days_of(claim: Claim, line: ServiceLine) -> Count:
    """Return how many days a line covers, both ends counted."""
    between = days_between(line_from(claim, line), line_through(claim, line))
    return between + 1 if isinstance(between, int) else between
