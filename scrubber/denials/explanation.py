"""What is said about a denial: frozen values and their JSON form."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: `remark_needed`: the reason code says nothing without a remark code, so nothing specific is said.
#: `no_entry`: the code exists and this release has no entry for it.
Status = Literal["explained", "not_a_denial", "remark_needed", "no_entry"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do. `condition` is None when it holds as it is; `frequency` is CLM05-3 of the claim to send."""

    action: str
    title: str
    text: str
    frequency: str | None
    send: tuple[str, ...]
    condition: str | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when an action must be taken. `due` is known when the date it counts from was given."""

    action: str
    text: str
    due: dt.date | None
    condition: str | None


@dataclass(frozen=True, slots=True)
class DoNot:
    """What must not be done, and why."""

    what: str
    title: str
    why: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class LikelyCause:
    """A likely cause, and the ids of the rules that would have found it before the claim was sent."""

    text: str
    prevented_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemarkNote:
    """What a remark code decides by itself."""

    rarc: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source, and whether its text was checked by the entry's author."""

    key: str
    title: str
    publisher: str
    url: str | None
    citation: str | None
    checked: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one denial.

    `codes` is its usual spelling; `entry` names the entry that was used. `next_steps` are tried in order;
    `exceptions` hold instead of them under their condition. `see_also` are codes that have an entry.
    """

    codes: str
    group: str | None
    carc: str
    rarc: tuple[str, ...]
    status: Status
    entry: str | None
    meaning: str
    who_bears_it: str | None
    remarks: tuple[RemarkNote, ...] = ()
    causes: tuple[LikelyCause, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    exceptions: tuple[NextStep, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    do_not: tuple[DoNot, ...] = ()
    notes: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    sources: tuple[SourceNote, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists, dicts, strings; dates are ISO."""
        plain = asdict(self)
        for deadline in plain["deadlines"]:
            deadline["due"] = deadline["due"].isoformat() if deadline["due"] else None
        return plain
