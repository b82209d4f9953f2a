"""What a file should be like, and the label of a planted error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ClaimType = Literal["professional", "institutional", "dental"]
_TYPES = get_args(ClaimType)

#: What the data of a file is made of; a delimiter can be any other ASCII character but NUL.
DATA_MARKS = " .-@"


@dataclass(frozen=True, slots=True)
class Mix:
    """What a file holds. The same mix gives the same bytes on every Python version.

    `lines`: fewest and most service lines a claim. `coordination`: the share of subscribers with one or two
    other payers. `errors`: the share of claims with one planted error. `transactions` are in each group and
    `groups` in each interchange; the claims are spread over them. `delimiters`: element, component,
    repetition and segment terminator. `newline`: what follows each terminator. `encoding`: other than ascii,
    some names carry accents. `settings`: names from `SETTINGS`; None takes all, the common ones most often.
    """

    claim_type: ClaimType = "professional"
    claims: int = 100
    seed: int = 1
    lines: tuple[int, int] = (2, 3)
    coordination: float = 0.15
    errors: float = 0.0
    claims_a_subscriber: int = 1
    subscribers_a_provider: int = 50
    transactions: int = 1
    groups: int = 1
    interchanges: int = 1
    delimiters: str = "*:^~"
    newline: str = "\n"
    encoding: str = "ascii"
    settings: frozenset[str] | None = None

    def __post_init__(self) -> None:
        most = 999 if self.claim_type == "institutional" else 50
        _demand(self.claim_type in _TYPES, f"claim_type: {', '.join(_TYPES)}")
        _demand(self.claims >= 0, "claims must not be negative")
        _demand(1 <= self.lines[0] <= self.lines[1] <= most, f"lines: from 1 to {most}, fewest first")
        for name in ("coordination", "errors"):
            _demand(0 <= getattr(self, name) <= 1, f"{name} is a share: 0 to 1")
        for name in (
            "claims_a_subscriber",
            "subscribers_a_provider",
            "transactions",
            "groups",
            "interchanges",
        ):
            _demand(getattr(self, name) >= 1, f"{name} must be 1 or more")
        _demand(self.claims_a_subscriber <= 100, "claims_a_subscriber: the guide allows 100")
        _demand(self.encoding in ("ascii", "latin-1", "utf-8"), "encoding: ascii, latin-1 or utf-8")
        _demand(self.newline in ("", "\n", "\r\n"), "newline: nothing, \\n or \\r\\n")
        marks = self.delimiters
        free = not any(c.isalnum() or c in DATA_MARKS + "\0" for c in marks)
        plain = marks.isascii() and free and not set(marks) & set(self.newline)
        distinct = len(set(marks)) == len(marks) == 4
        _demand(plain and distinct, "delimiters: four marks, none of them in data or newline")


@dataclass(frozen=True, slots=True)
class PlantedError:
    """Where one error was planted.

    `claim` counts from 0 over the file; `position` (of the segment in the file), `element` and `component`
    from 1. No component: the whole element; no element: the whole segment. A segment that was left out (kinds
    `segment_missing_...`) is named in `segment`; its `position` is that of the last segment before the gap.
    What is wrong with a provider (2000A, 2010A...) or a subscriber shows at every claim below it.
    """

    claim: int
    claim_id: str
    kind: str
    loop: str
    segment: str
    element: int | None
    component: int | None
    position: int
    note: str

    @property
    def missing(self) -> bool:
        """Whether the error is a segment that is not there."""
        return self.kind.startswith("segment_missing_")


def _demand(met: bool, message: str) -> None:
    if not met:
        raise ValueError(message)
