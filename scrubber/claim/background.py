"""What a run may know besides the claim: prior lines of the patient, and what an 837 does not carry.

None of it is part of a claim: the run supplies it, or it is unknown. Absent and unknown differ here too: an
empty list of authorizations says that there are none, no list says that nobody looked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from scrubber.claim.fields.row import PathKind
from scrubber.claim.model import Claim, ServiceLine
from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount, Date, Number, Unreadable, as_text

#: How rules call the collection of prior lines, and one of them where they give it no name.
HISTORY, PRIOR_LINES, PRIOR_LINE = "history", "history.lines[]", "prior_line"


@dataclass(frozen=True, slots=True)
class PriorLine:
    """A line of a claim that was billed before. What the line does not say, its own claim does."""

    claim: Claim
    line: ServiceLine
    adjudication_status: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The prior lines of a patient. `since`: everything from this day on is here; None: nobody knows."""

    lines: Sequence[PriorLine] = ()
    since: dt.date | None = None


@dataclass(slots=True)
class Authorization:
    """An authorization on file, and the units that are left of it."""

    __pydantic_config__ = STRICT
    number: str | None = None
    code: str | None = None
    units_left: Amount = None
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class Coverage:
    """A span in which the patient is covered by a payer."""

    __pydantic_config__ = STRICT
    payer_id: str | None = None
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class Enrolment:
    """A span in which a provider is enrolled with a payer."""

    __pydantic_config__ = STRICT
    npi: str | None = None
    payer_id: str | None = None
    from_: Annotated[Date, Field(alias="from")] = None
    through: Date = None


@dataclass(slots=True)
class LineContext:
    """What the record says of one line: timed minutes, and whether a signed ABN is on file."""

    __pydantic_config__ = STRICT
    documented_minutes: Number = None
    abn_on_file: bool | None = None


@dataclass(slots=True)
class Context:
    """What is known about one claim that an 837 does not carry. None: not known. `lines` go by LX01."""

    __pydantic_config__ = STRICT
    authorizations: list[Authorization] | None = None
    eligibility: list[Coverage] | None = None
    enrolments: list[Enrolment] | None = None
    lines: dict[str, LineContext] = field(default_factory=dict)


_NO_CONTEXT = Context()


def _none() -> History | None:
    return None


class Background:
    """What is known besides one claim. Its history is fetched when a rule first asks for it."""

    def __init__(self, fetch: Callable[[], History | None] = _none, context: Context | None = None) -> None:
        self._fetch = fetch
        self._context = context or _NO_CONTEXT

    @cached_property
    def history(self) -> History | None:
        """The patient's prior lines; None where nobody knows them."""
        return self._fetch()

    def members(self, pattern: str) -> Sequence[Any] | None:
        """Return the items of a collection; None where nobody knows them."""
        if pattern == PRIOR_LINES:
            return None if self.history is None else self.history.lines
        found: Sequence[Any] | None = getattr(self._context, pattern.removeprefix("context.")[:-2])
        return found

    def of_line(self, line: ServiceLine, name: str) -> Any:
        """Return what the record says of a line; unknown where it says nothing."""
        known = self._context.lines.get(line.number or "")
        value = getattr(known, name, None)
        return Unreadable("") if value is None else value

    @property
    def since(self) -> dt.date | Unreadable:
        """How far the history reaches back."""
        found = self.history.since if self.history is not None else None
        return found or Unreadable("")


NOTHING = Background()

# --- its path vocabulary ----------------------------------------------------------------------------


def _label(prior: PriorLine) -> str:
    claim = prior.claim
    day = prior.line.service_date.from_ or claim.service_date.from_
    number = claim.patient_control_number or "without a number"
    told = f" of {as_text(day)}" if day is not None else ""
    return f"claim {number}{told} ({prior.adjudication_status or 'not answered'})"


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a prior line has besides those of every line."""

    kind: PathKind
    doc: str
    of: Callable[[PriorLine], Any]


#: Values of a prior line that other lines do not have.
PRIOR_VALUES: Mapping[str, Said] = {
    "adjudication_status": Said(
        "code", "What became of it: paid, pending or denied", lambda p: p.adjudication_status
    ),
    "frequency_code": Said("code", "The frequency code of its claim", lambda p: p.claim.frequency_code),
    "payer.key": Said("code", "The payer of its claim in the registry", lambda p: p.claim.payer.key),
    "payer.payer_id": Said("id", "The payer of its claim", lambda p: p.claim.payer.payer_id),
    "payer.program": Said("code", "The programme of that payer", lambda p: p.claim.payer.program),
    "label": Said("text", "How to call it in a message", _label),
}
#: What of a prior line its claim says.
PRIOR_CLAIM_VALUES = ("adjudication_status", "frequency_code", "payer.", "billing_provider.")
#: Line paths that prior lines have: what tells one service from another, and nothing about the person.
PRIOR_LINE_PATHS: tuple[str, ...] = (
    "number",
    "procedure.qualifier",
    "procedure.code",
    "modifiers[]",
    "revenue_code",
    "charge",
    "unit_basis",
    "units",
    "place_of_service",
    "service_date.from",
    "service_date.through",
    "teeth[].number",
    "teeth[].surfaces[]",
    "oral_cavity[]",
    "drug.ndc",
    "prior_authorization_number",
    "rendering_provider.npi",
    "rendering_provider.taxonomy",
    "days",
    "units_per_day",
    "modifiers_key",
    "tooth_key",
    "group_specialty_key",
    "therapy_discipline",
)
#: All other values that a run may know besides the claim.
OTHER_VALUES: Mapping[str, tuple[PathKind, str]] = {
    "history.from": ("date", "How far the history reaches back: everything from this day on is in it"),
    "context.authorizations[].number": ("id", "The authorization's number"),
    "context.authorizations[].code": ("code", "The procedure it is for"),
    "context.authorizations[].units_left": ("quantity", "The units that are left of it"),
    "context.authorizations[].from": ("date", "Its first day"),
    "context.authorizations[].through": ("date", "Its last day"),
    "context.eligibility[].payer_id": ("id", "The payer that covers the patient"),
    "context.eligibility[].from": ("date", "The first day of the coverage"),
    "context.eligibility[].through": ("date", "Its last day"),
    "context.enrolments[].npi": ("npi", "The provider that is enrolled"),
    "context.enrolments[].payer_id": ("id", "The payer that it is enrolled with"),
    "context.enrolments[].from": ("date", "The first day of the enrolment"),
    "context.enrolments[].through": ("date", "Its last day"),
    "lines[].context.documented_minutes": ("number", "Timed minutes of the line in the record"),
    "lines[].context.abn_on_file": ("flag", "A signed ABN for the line is on file"),
}
#: What a rule may say that it needs, and the beginnings of the paths that it then reads.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "history": ("history.",),
    "context.authorizations": ("context.authorizations[]",),
    "context.eligibility": ("context.eligibility[]",),
    "context.enrolments": ("context.enrolments[]",),
    "context.documented_minutes": ("lines[].context.documented_minutes",),
    "context.abn_on_file": ("lines[].context.abn_on_file",),
}


def is_input(name: str) -> bool:
    """Return whether a name in a rule is an input of a run or a value of one, and no part of the claim."""
    return name == HISTORY or name.startswith((f"{HISTORY}.", "context.")) or ".context." in name


def input_of(pattern: str) -> str | None:
    """Return the input of a run that a path of the vocabulary reads; None for a part of the claim."""
    return next((name for name, heads in INPUTS.items() if f"{pattern}.".startswith(heads)), None)
