"""Valid files of three claims, which faults are put into, and how segments become a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from benchmarks.claims import Mix, as_bytes
from benchmarks.claims.mix import ClaimType
from tests.read.full_dental import FULL_DENTAL

Segments = list[str]

#: The types of claims that pyx12 has maps of.
TYPES: tuple[ClaimType, ...] = ("professional", "institutional")
EVERY_TYPE: tuple[ClaimType, ...] = (*TYPES, "dental")
_SEEDS = 150


def bases(claim_type: ClaimType) -> Iterator[Segments]:
    """Yield valid files, as segments with `*`, `:` and `^`; last of dental ones, what is rarely generated."""
    for seed in range(1, _SEEDS):
        yield list(_base(claim_type, seed))
    if claim_type == "dental":
        yield _split(FULL_DENTAL)


@cache
def _base(claim_type: ClaimType, seed: int) -> tuple[str, ...]:
    return tuple(generated(claim_type, claims=3, seed=seed, coordination=0.5, subscribers_a_provider=2))


def generated(claim_type: ClaimType, **options: Any) -> Segments:
    """Return a valid file of a mix."""
    return _split(as_bytes(Mix(claim_type, newline="", **options))[0].decode())


def _split(text: str) -> Segments:
    return text.removesuffix("~").split("~")


def with_counts(segments: Segments) -> Segments:
    """Return the segments with the counts of SE right."""
    out, start = list(segments), 0
    for i, segment in enumerate(out):
        if segment.startswith("ST*"):
            start = i
        elif segment.startswith("SE*"):
            out[i] = f"SE*{i - start + 1}*{segment.split('*')[2]}"
    return out


def as_file(segments: tuple[str, ...] | Segments) -> bytes:
    """Return a file of segments."""
    return "".join(segment + "~" for segment in segments).encode()
