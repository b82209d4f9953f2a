"""Which value a parameter has on a claim, once more: what payers set, else the rule's default, else unknown.

Written from the description of the language; shares no code with `scrubber`. A value is text, a number, a
list of codes, true or false, a period (a dict of days, months and years) or UNKNOWN.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.oracle import derived
from tests.oracle.known import UNKNOWN, as_date

Raw = dict[str, Any]


def value_of_parameter(name: str, spec: Raw, claim: Raw, entries: list[Raw]) -> Any:
    """Return a parameter's value; `entries` are the values that payers set for the rule."""
    payer = claim.get("payer") or {}
    facts = {
        "claim_types": claim.get("claim_type", "professional"),
        "programs": payer.get("program"),
        "frequencies": claim.get("frequency_code"),
    }
    mine = [
        entry
        for entry in entries
        if entry["payer"] == payer.get("key")
        and entry["parameter"].endswith(f".{name}")
        and all(facts[key] in wanted for key, wanted in entry.get("when", {}).items())
    ]
    if any(entry.get("effective") for entry in mine):
        date = derived.code_set_date(claim)
        if date is None or date is UNKNOWN:
            return UNKNOWN
        mine = [entry for entry in mine if in_force(entry.get("effective") or {}, date)]
    if mine:
        return read(spec, max(mine, key=weight)["value"])
    default = spec.get("default", UNKNOWN)
    if isinstance(default, dict) and not default.keys() & {"days", "months", "years"}:
        default = next((default[key] for key in said_for(claim) if key in default), UNKNOWN)
    return UNKNOWN if default is UNKNOWN else read(spec, default)


def said_for(claim: Raw) -> list[Any]:
    """By what defaults are told apart: the programme before the type of claim."""
    return [(claim.get("payer") or {}).get("program"), claim.get("claim_type", "professional"), "else"]


def in_force(effective: Raw, date: Any) -> bool:
    begun = "from" not in effective or date >= as_date(effective["from"])
    return begun and ("to" not in effective or date <= as_date(effective["to"]))


def weight(entry: Raw) -> tuple[int, str]:
    """More conditions count before fewer; then the later beginning."""
    return len(entry.get("when", {})), entry.get("effective", {}).get("from", "")


def read(spec: Raw, value: Any) -> Any:
    if spec["type"] in ("number", "amount"):
        return Decimal(value)
    return value == "true" if spec["type"] == "boolean" else value
