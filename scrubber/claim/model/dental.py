"""What only dental claims say: teeth, their state, orthodontic treatment (DN1, DN2, TOO)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.claim.model.strict import STRICT
from scrubber.claim.values import Amount


@dataclass(slots=True)
class Orthodontics:
    """Orthodontic treatment (DN1): how many months it takes, and how many are still to come.

    `indicator` is Y where the services are orthodontic and the months are not said.
    """

    __pydantic_config__ = STRICT
    total_months: Amount = None
    remaining_months: Amount = None
    indicator: str | None = None


@dataclass(slots=True)
class ToothStatus:
    """A tooth that is missing or is to be extracted (DN2). `status`: M missing, E to be extracted.

    `number` is of the Universal/National system: 1 to 32, A to T.
    """

    __pydantic_config__ = STRICT
    number: str | None = None
    status: str | None = None


@dataclass(slots=True)
class Tooth:
    """A tooth that a line treats (TOO), and the surfaces of it: B, D, F, I, L, M, O.

    `number` is of the Universal/National system: 1 to 32 and A to T, 51 to 82 and AS to TS for
    supernumerary teeth.
    """

    __pydantic_config__ = STRICT
    number: str | None = None
    surfaces: list[str] = field(default_factory=list)
