"""Collections that are put together from parts which stand elsewhere on the claim.

An item is the part itself, at its own place: a rule that looks at `payers` points at `other_payers[0]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.claim.locate import reported_path, value_at
from scrubber.claim.model import Claim, ServiceLine
from scrubber.claim.paths import PROVIDER_ROLES
from scrubber.claim.values import Unreadable

#: An item: its path, the pattern of that, and the part of the claim, `Unreadable` where nobody knows which.
Part = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class InRole:
    """A provider and the role in which a claim or a line names it. Everything else is the provider's."""

    role: str
    provider: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)


def _payers(claim: Claim, _: Any, __: str) -> Iterator[Part]:
    """The destination payer, then the others."""
    yield "payer", "payer", claim.payer
    for index, payer in enumerate(claim.other_payers):
        yield f"other_payers[{index}]", "other_payers[]", payer


def _providers(claim: Claim, _: Any, __: str) -> Iterator[Part]:
    """The billing provider and every other provider that the claim names."""
    for name, role in PROVIDER_ROLES.items():
        provider = getattr(claim, name, None)
        if provider is not None:
            yield name, name, InRole(role, provider)


def _line_providers(claim: Claim, line: ServiceLine, path: str) -> Iterator[Part]:
    """The providers that count for a line: its own, else the claim's, in the order of their roles."""
    for name, role in PROVIDER_ROLES.items():
        if not hasattr(line, name):
            continue
        real = reported_path(claim, f"{path}.{name}")
        provider = value_at(claim, real)
        if provider is not None:
            own = real.startswith("lines[")
            yield real, f"lines[].{name}" if own else real, InRole(role, provider)


def _line_diagnoses(claim: Claim, line: ServiceLine, _: str) -> Iterator[Part]:
    """The diagnoses that a line points at, in the order of its pointers."""
    for pointer in line.diagnosis_pointers:
        if isinstance(pointer, Unreadable):
            yield "diagnoses", "diagnoses[]", pointer
        elif pointer is not None and 1 <= pointer <= len(claim.diagnoses):
            yield f"diagnoses[{pointer - 1}]", "diagnoses[]", claim.diagnoses[pointer - 1]


#: What gathers the items of each collection: (claim, the object it is of, that object's path) → items.
GATHERERS: Mapping[str, Callable[[Claim, Any, str], Iterator[Part]]] = {
    "payers[]": _payers,
    "providers[]": _providers,
    "lines[].providers[]": _line_providers,
    "lines[].diagnoses[]": _line_diagnoses,
}
