"""Valid files with one fault each, and what the guide must say about it: faults by the type of claim.

Each fault is put into the first valid file that has what it needs.
"""

from __future__ import annotations

from functools import cache

from benchmarks.claims.mix import ClaimType
from tests.guides.mutants.dental_places import of_place_in_dental
from tests.guides.mutants.dental_values import of_value_in_dental
from tests.guides.mutants.edits import NotThere, after, find, gone, put
from tests.guides.mutants.every_place import of_place
from tests.guides.mutants.every_value import of_value
from tests.guides.mutants.files import EVERY_TYPE, TYPES, Segments, as_file, bases, generated, with_counts
from tests.guides.mutants.institutional import of_institutional
from tests.guides.mutants.professional import of_professional
from tests.guides.mutants.table import Mutant, Place, made

__all__ = [
    "EVERY_TYPE",
    "TYPES",
    "Mutant",
    "NotThere",
    "Place",
    "Segments",
    "after",
    "as_file",
    "bases",
    "find",
    "generated",
    "gone",
    "made",
    "mutants",
    "put",
    "with_counts",
]


@cache
def mutants(claim_type: ClaimType) -> tuple[Mutant, ...]:
    """Return the faults of a type of claim."""
    if claim_type == "professional":
        return (*of_place("SV1"), *of_value(), *of_professional())
    if claim_type == "institutional":
        return (*of_place("SV2"), *of_value(), *of_institutional())
    return (*of_place("SV3"), *of_value(), *of_place_in_dental(), *of_value_in_dental())
