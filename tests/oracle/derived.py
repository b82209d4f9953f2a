"""Fields that are worked out from a claim, once more: ages, days, the type of bill. Plain dicts and dates."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle.known import UNKNOWN, as_date, as_number

INPATIENT_BILLS = ("11", "18", "21", "28", "41", "51", "61", "65", "66", "86")
INPATIENT_PLACES = ("21", "51", "61")


def days_said(claim: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """Return the dates of a line; a dental claim may say them once for all lines without their own."""
    own = line.get("service_date") or {}
    common = claim.get("service_date") or {}
    start = own.get("from") or common.get("from")
    end = own.get("through") or own.get("from") or common.get("through") or common.get("from")
    return {"from": start, "through": end}


def dates_of_lines(claim: dict[str, Any], end: str) -> list[Any]:
    texts = [days_said(claim, line)[end] for line in claim.get("lines") or []]
    return [as_date(text) for text in texts if text is not None]


def of_claim(claim: dict[str, Any], end: str) -> Any:
    """Return the claim's own dates: those of the statement, or of a dental claim."""
    found = statement(claim, end)
    span = claim.get("service_date") or {}
    text = span.get(end) or span.get("from")
    return found if found is not None or text is None else as_date(text)


def statement(claim: dict[str, Any], end: str) -> Any:
    span = claim.get("statement_period") or {}
    text = span.get(end) or span.get("from")
    return None if text is None else as_date(text)


def first(claim: dict[str, Any]) -> Any:
    dates = dates_of_lines(claim, "from")
    return UNKNOWN if UNKNOWN in dates else min(dates) if dates else of_claim(claim, "from")


def last(claim: dict[str, Any]) -> Any:
    dates = dates_of_lines(claim, "through")
    return UNKNOWN if UNKNOWN in dates else max(dates) if dates else of_claim(claim, "through")


def is_institutional(claim: dict[str, Any]) -> bool:
    return claim.get("claim_type") == "institutional"


def setting(claim: dict[str, Any]) -> Any:
    if is_institutional(claim):
        bill = claim.get("facility_type_code")
        return None if bill is None else "inpatient" if bill in INPATIENT_BILLS else "outpatient"
    places = [claim.get("place_of_service")] + [x.get("place_of_service") for x in claim.get("lines") or []]
    if not any(places):
        return None
    return "inpatient" if any(place in INPATIENT_PLACES for place in places) else "outpatient"


def code_set_date(claim: dict[str, Any]) -> Any:
    if not is_institutional(claim):
        return first(claim)
    return statement(claim, "through" if setting(claim) == "inpatient" else "from")


def discharge(claim: dict[str, Any]) -> Any:
    over = claim.get("patient_status") is not None and claim["patient_status"] != "30"
    if setting(claim) == "inpatient" and over and claim.get("frequency_code") in ("1", "4", "7"):
        return statement(claim, "through")
    return None


def born(claim: dict[str, Any], *, subscriber: bool) -> Any:
    text = (claim.get("patient") or {}).get("date_of_birth")
    if text is None and subscriber:
        text = (claim.get("subscriber") or {}).get("date_of_birth")
    return None if text is None else as_date(text)


def arrived(claim: dict[str, Any]) -> Any:
    text = claim.get("admission_date")
    return first(claim) if text is None else as_date(text)


def years(start: Any, end: Any) -> Any:
    if UNKNOWN in (start, end):
        return UNKNOWN
    if start is None or end is None:
        return None
    birthday_is_past = (end.month, end.day) >= (start.month, start.day)
    return end.year - start.year - (0 if birthday_is_past else 1)


def days(start: Any, end: Any) -> Any:
    if UNKNOWN in (start, end):
        return UNKNOWN
    return None if start is None or end is None else (end - start) // dt.timedelta(days=1)


def line_days(claim: dict[str, Any], line: dict[str, Any]) -> Any:
    start, end = days_said(claim, line).values()
    found = days(start and as_date(start), end and as_date(end))
    return found + 1 if isinstance(found, int) else found


def units_per_day(claim: dict[str, Any], line: dict[str, Any]) -> Any:
    count = line_days(claim, line)
    units = None if line.get("units") is None else as_number(line["units"])
    if UNKNOWN in (count, units):
        return UNKNOWN
    if not count or units is None:
        return None
    return (units / count).quantize(Decimal(1), ROUND_HALF_UP)


def adjudications(claim: dict[str, Any], payer: dict[str, Any]) -> list[dict[str, Any]]:
    found = [a for line in claim.get("lines") or [] for a in line.get("adjudications") or []]
    return [a for a in found if a.get("payer_id") == payer.get("payer_id")]


def paid_or_charge(claim: dict[str, Any], payer: dict[str, Any]) -> Any:
    paid = [as_number(a.get("paid_amount", "0")) for a in adjudications(claim, payer)]
    if paid:
        return UNKNOWN if UNKNOWN in paid else sum(paid, Decimal(0))
    charge = claim.get("total_charge")
    return None if charge is None else as_number(charge)


def adjudicated(claim: dict[str, Any], payer: dict[str, Any]) -> Any:
    if payer.get("adjudication_date") is not None:
        return as_date(payer["adjudication_date"])
    texts = [a.get("adjudication_date") for a in adjudications(claim, payer)]
    dates = [as_date(text) for text in texts if text is not None]
    return UNKNOWN if UNKNOWN in dates else max(dates) if dates else None


def tooth_key(line: dict[str, Any]) -> str | None:
    teeth = [
        (tooth.get("number") or "") + "".join(sorted(tooth.get("surfaces") or []))
        for tooth in line.get("teeth") or []
    ]
    key = " ".join(sorted(teeth))
    return key if key else None


def group_and_specialty(claim: dict[str, Any], line: dict[str, Any]) -> Any:
    billing = claim.get("billing_provider") or {}
    provider = line.get("rendering_provider")
    if provider is None:
        provider = claim.get("rendering_provider")
    if provider is None:
        provider = billing
    group = billing.get("tax_id")
    if group is None or billing.get("tax_id_type") == "SY":
        group = billing.get("npi")
    taxonomy = provider.get("taxonomy")
    return UNKNOWN if group is None or taxonomy is None else group + " " + taxonomy


def discipline(line: dict[str, Any]) -> str | None:
    found = [modifier for modifier in line.get("modifiers") or [] if modifier in ("GP", "GO", "GN")]
    return found[0] if found else None
