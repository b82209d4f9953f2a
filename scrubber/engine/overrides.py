"""What local decisions make of observations, before anything is decided by them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from scrubber.claim.model import Claim
from scrubber.engine.facts import Observation
from scrubber.packs.overrides import Override, Overrides, Suppression

_INDEX = re.compile(r"\[\d+\]")


def overridden(
    observations: Sequence[Observation], overrides: Overrides, claim: Claim, date: dt.date | None
) -> list[Observation]:
    """Return observations with other severities or set aside, less those of rules that are off.

    `date` is the day the payer receives the claim, else the transaction's; where neither is known, entries
    with dates do not count. Of several overrides of a rule the one in force from the latest day counts.
    """
    day = date or claim.transaction.date
    received = day if isinstance(day, dt.date) else None
    return list(_overridden(observations, overrides, claim, received))


def _overridden(
    observations: Sequence[Observation], overrides: Overrides, claim: Claim, date: dt.date | None
) -> Iterator[Observation]:
    for observation in observations:
        found = [
            each
            for each, _ in overrides.overrides
            if each.rule == observation.rule
            and _is_payers(each, claim)
            and (each.effective.is_always or (date is not None and each.effective.covers(date)))
        ]
        chosen = max(found, key=lambda each: each.effective.from_ or dt.date.min, default=None)
        if chosen is not None and chosen.active is False:
            continue
        if chosen is not None and chosen.severity is not None and chosen.severity != observation.severity:
            note = f"{observation.severity} is {chosen.severity} here: {chosen.reason} ({chosen.by})"
            observation = replace(observation, severity=chosen.severity, note=note)  # noqa: PLW2901
        yield _set_aside(observation, overrides, claim, date)


def _set_aside(
    observation: Observation, overrides: Overrides, claim: Claim, date: dt.date | None
) -> Observation:
    if observation.kind == "unknown":  # what was not checked is no finding to set aside
        return observation
    for number, (entry, _) in enumerate(overrides.suppressions):
        if (
            entry.rule == observation.rule
            and _is_payers(entry, claim)
            and (entry.at is None or entry.at in (_INDEX.sub("", path) for path in observation.at[:1]))
            and (entry.claim is None or fnmatchcase(claim.patient_control_number or "", entry.claim))
            and date is not None
            and date <= entry.expires
        ):
            why = f"{entry.reason} ({entry.by}, until {entry.expires})"
            return replace(observation, set_aside=why, suppression=number)
    return observation


def _is_payers(entry: Override | Suppression, claim: Claim) -> bool:
    return not entry.payers or claim.payer.key in entry.payers
