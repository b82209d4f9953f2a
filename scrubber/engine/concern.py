"""What else than type, payer and bill decides whether a rule is about a claim: place, product, specialty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scrubber.claim.derived import line_of_business
from scrubber.claim.model import Claim
from scrubber.claim.periods import service_state, setting
from scrubber.packs.rules import AppliesTo


def specialty(claim: Claim) -> str | None:
    """Return the taxonomy of who gave the services: the rendering provider, else the billing provider."""
    rendering = claim.rendering_provider
    own = rendering.taxonomy if rendering is not None else None
    return own or claim.billing_provider.taxonomy


#: What a claim is, by the key of `applies_to` that asks for it. Few rules do.
SELDOM_ASKED: Mapping[str, Callable[[Claim], str | None]] = {
    "setting": setting,
    "lines_of_business": line_of_business,
    "states": service_state,
    "specialties": specialty,
}


def seldom_asked(scope: AppliesTo, claim: Claim) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the keys that a rule has: what it wants, what the claim is, whether that fits."""
    for key, told in SELDOM_ASKED.items():
        given = getattr(scope, key)
        if not given:
            continue
        wanted = [given] if isinstance(given, str) else given
        got = told(claim)
        yield key, ", ".join(wanted), got or "none", got is not None and any(_fits(got, w) for w in wanted)


def _fits(got: str, wanted: str) -> bool:
    """A wanted text that ends in a star is the beginning of what fits: a whole family of specialties."""
    return got.startswith(wanted[:-1]) if wanted.endswith("*") else got == wanted
