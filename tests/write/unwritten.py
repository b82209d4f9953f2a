"""Values that cannot be written back into a file as they are, and why.

What stands here is what `scrubber.write.edits` does not do. A test of the round trip demands that every other
value can be written, and that each of these reasons is still needed.
"""

from __future__ import annotations

from functools import cache

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.model import ClaimType

WORDS = "the model's word is not the code of X12, and another word stands in the same component"
PARTS = "a piece of a date and time, or of a span, is not an element of its own"
PADDED = "ISA has a fixed width: the value would have to be padded"
REASONS = (WORDS, PARTS, PADDED)

#: Changing these says what the segment or loop is: the value beside it would become another one.
QUALIFIER = "it is the qualifier by which a value is read"
SHARED = "several adjustments of a segment share it"
ENVELOPE = "an envelope is not a claim's to change"
TWICE = "two paths are read from the place, or what one path says decides whether another is read"


def why_not_back(row: Field) -> str | None:
    """Return why a value cannot be written where it stands, byte for byte; None where it can."""
    if row.words is not None:
        return WORDS
    if row.part is not None:
        return PARTS
    return PADDED if row.segment == "ISA" else None


def why_not_changed(claim_type: ClaimType, row: Field) -> str | None:
    """Return why a value cannot be changed into any other one; None where it can."""
    if (row.loop, row.owner, row.segment, row.element) in _qualifiers(claim_type) and row.component in (
        None,
        1,
    ):
        return QUALIFIER
    if row.each == "triplet" and row.last is None:
        return SHARED
    if row.loop in ("ISA", "GS") or row.segment == "ST":
        return ENVELOPE
    if any(_overlap(row, other) for other in FIELDS[claim_type]):
        return TWICE
    return why_not_back(row)


def _overlap(row: Field, other: Field) -> bool:
    """Return whether the code of a composite decides which paths are read from it."""
    if row.each != "composite" or (row.segment, row.where) != (other.segment, other.where):
        return False
    return row.path != other.path and row.code is not other.code


@cache
def _qualifiers(claim_type: ClaimType) -> frozenset[tuple[str, str, str, int]]:
    """Return the elements by which rows are told apart."""
    return frozenset(
        (row.loop, row.owner, row.segment, row.where[0])
        for row in FIELDS[claim_type]
        if row.where is not None and row.each == "segment"
    )
