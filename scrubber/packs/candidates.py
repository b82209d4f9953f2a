"""Every value that a parameter might have for a claim, the one that counts, and why the others do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scrubber.claim.model import Claim
from scrubber.claim.periods import code_set_date
from scrubber.packs.parameters import ParameterValue, Setting, When, facts_of, is_for, said_for, specificity

#: Where two values differ in a part of what ranks them: why the lower one lost.
_LOST = (
    "another value has more conditions",
    "a pack of higher precedence has a value",
    "another value is in force from a later day",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value, who says it, and why it does not count; `lost` is empty for the one that does."""

    value: Any
    said_by: str
    lost: str = ""


def candidates(setting: Setting, claim: Claim) -> Iterator[Candidate]:
    """Yield the values of a parameter for a claim, those that payers set before the defaults."""
    mine = [value for value in setting.values if value.payer == claim.payer.key]
    fit = [value for value in mine if is_for(value.entry.when, claim)]
    is_dated = any(not value.entry.effective.is_always for value in fit)
    date = code_set_date(claim) if is_dated else None
    is_open = is_dated and not isinstance(date, dt.date)
    winner = None if is_open else setting.in_force(fit, date)
    for value in sorted(mine, key=specificity, reverse=True):
        lost = _why_not(value, winner, claim, date, is_open=is_open)
        yield Candidate(value.value, f"{value.payer}{_told(value)}", lost)
    others = len({value.payer for value in setting.values} - {claim.payer.key})
    if others:
        who = "another payer" if others == 1 else f"{others} other payers"
        yield Candidate("other values", f"set by {who}", "not the payer of this claim")
    chosen = next((key for key in said_for(claim) if key in setting.defaults), None)
    for key, default in setting.defaults.items():
        lost = ""
        if is_open or winner is not None:
            lost = "the payer has a value of its own"
        elif key != chosen:
            lost = "a closer default counts" if key in said_for(claim) else f"this is no claim of {key}"
        yield Candidate(default, f"default for {key}" if key != "else" else "default", lost)


def _why_not(
    value: ParameterValue, winner: ParameterValue | None, claim: Claim, date: Any, *, is_open: bool
) -> str:
    when, facts = value.entry.when or When(), facts_of(claim)
    wrong = [key for key, got in facts.items() if getattr(when, key) and got not in getattr(when, key)]
    if wrong:
        return f"its {' and '.join(wrong)} do not fit"
    if is_open:
        return "nobody knows the date that decides"
    if isinstance(date, dt.date) and not value.entry.effective.covers(date):
        return f"not in force on {date.isoformat()}"
    if winner is None or value is winner:
        return ""
    ranks = zip(specificity(value), specificity(winner), _LOST, strict=True)
    return next((why for own, best, why in ranks if own != best), "another value comes before it")


def _told(value: ParameterValue) -> str:
    """Return the conditions and dates of a value."""
    when, effective = value.entry.when or When(), value.entry.effective
    told = [f"{key} {', '.join(getattr(when, key))}" for key in When.model_fields if getattr(when, key)]
    told += [f"from {effective.from_}"] if effective.from_ is not None else []
    told += [f"to {effective.to}"] if effective.to is not None else []
    return f" ({'; '.join(told)})" if told else ""
