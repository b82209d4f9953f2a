"""One denial and what else was said about it; conditions on it are true, false or unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from scrubber.denials.codes import DenialCodes, canonical
from scrubber.denials.schema import Limit, When
from scrubber.denials.words import payer_is


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A denial's codes and what narrows the answer; None is what was not said."""

    codes: DenialCodes
    program: str | None = None
    payer: str | None = None
    service_date: dt.date | None = None
    remittance_date: dt.date | None = None

    def has(self, rarcs: Iterable[str]) -> bool:
        """True when one of the remark codes was given."""
        return any(canonical(r) in self.codes.rarc for r in rarcs)

    def in_programs(self, programs: Iterable[str]) -> bool | None:
        """Whether the payer belongs to one of the programmes; None when its programme was not said."""
        return None if self.program is None else self.program in programs

    def holds(self, when: When | None) -> bool | None:
        """Whether a condition holds; None when it depends on what was not said or only a person can see."""
        if when is None:
            return True
        if self.remarks_differ(when):
            return False
        parts = [self.in_programs(when.programs) if when.programs else True, None if when.case else True]
        return False if False in parts else None if None in parts else True

    def remarks_differ(self, when: When) -> bool:
        """True when the remark codes alone make the condition false."""
        return (bool(when.rarc) and not self.has(when.rarc)) or self.has(when.without)

    def lacks_only_remarks(self, when: When) -> bool:
        """True when a condition is false, and would not be with one of its remark codes."""
        others = when.model_copy(update={"rarc": []})
        return not self.has(when.rarc) and self.holds(others) is not False

    def open_question(self, when: When | None) -> str | None:
        """Return what is unknown about a condition, in words; None when nothing is."""
        if when is None or self.holds(when) is not None:
            return None
        parts = [payer_is(when.programs)] if when.programs and self.program is None else []
        return " and ".join([*parts, *([when.case] if when.case else [])])

    def due(self, limit: Limit, start: str) -> dt.date | None:
        """Return the last day of a limit; None when the date it counts from was not said.

        A year from 29 February ends on 28 February.
        """
        day = self.service_date if start == "service_date" else self.remittance_date
        if day is None:
            return None
        try:
            day = day.replace(year=day.year + limit.years)
        except ValueError:
            day = day.replace(year=day.year + limit.years, day=28)
        return day + dt.timedelta(days=limit.days)
