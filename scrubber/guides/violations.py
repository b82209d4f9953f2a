"""What can be wrong with a file by its implementation guide: each kind once, with its acknowledgment codes.

The codes are those of the 999 (005010X231A1): IK304 for a segment, IK403 for an element. Meanings and titles
are our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """A kind of violation: rule id, IK304, IK403 (None: it is of the whole segment), title."""

    MISSING_SEGMENT = ("IG-101", "3", None, "A required segment is missing")
    UNKNOWN_SEGMENT = ("IG-102", "1", None, "A segment is not one the guide has")
    UNEXPECTED_SEGMENT = ("IG-103", "2", None, "A segment stands where the guide has none")
    UNUSED_SEGMENT = ("IG-104", "I4", None, "A segment is not used by the guide")
    LOOP_REPEATS = ("IG-105", "4", None, "A loop repeats too often")
    SEGMENT_REPEATS = ("IG-106", "5", None, "A segment repeats too often")
    OUT_OF_SEQUENCE = ("IG-107", "7", None, "A segment is out of sequence")
    HIERARCHY_NUMBER = ("IG-110", "8", "7", "A hierarchical level is misnumbered")
    HIERARCHY_PARENT = ("IG-111", "8", "7", "A hierarchical level names the wrong parent")
    HIERARCHY_CHILD = ("IG-112", "8", "7", "A hierarchical level is wrong about what follows")
    LINE_NUMBER = ("IG-113", "8", "7", "A service line is misnumbered")
    MISSING_ELEMENT = ("IG-201", "8", "1", "A required element is missing")
    CONDITIONAL_MISSING = ("IG-202", "8", "2", "An element is missing that others ask for")
    TOO_MANY_ELEMENTS = ("IG-203", "8", "3", "A segment has too many elements")
    TOO_SHORT = ("IG-204", "8", "4", "A value is too short")
    TOO_LONG = ("IG-205", "8", "5", "A value is too long")
    INVALID_CHARACTER = ("IG-206", "8", "6", "A value has characters that are not allowed")
    INVALID_CODE = ("IG-207", "8", "7", "A code is not in the guide's list")
    INVALID_DATE = ("IG-208", "8", "8", "A date is not a date")
    INVALID_TIME = ("IG-209", "8", "9", "A time is not a time")
    EXCLUDED = ("IG-210", "8", "10", "Elements stand together that exclude each other")
    TOO_MANY_REPETITIONS = ("IG-211", "8", "12", "An element repeats too often")
    TOO_MANY_COMPONENTS = ("IG-212", "8", "13", "An element has too many components")
    UNUSED_ELEMENT = ("IG-213", "8", "I10", "An element is not used by the guide")
    PATTERN = ("IG-214", "8", "I12", "A value does not have the form it must have")
    TRAILING_SEPARATOR = ("IG-215", "8", "3", "A segment ends in empty elements")

    def __init__(self, id: str, segment_code: str, element_code: str | None, title: str) -> None:
        self.id = id
        self.segment_code = segment_code
        self.element_code = element_code
        self.title = title


#: Where something of these kinds is wrong, it is not sure what belongs to what.
_LOST = frozenset(
    {
        Kind.UNKNOWN_SEGMENT,
        Kind.UNEXPECTED_SEGMENT,
        Kind.LOOP_REPEATS,
        Kind.SEGMENT_REPEATS,
        Kind.OUT_OF_SEQUENCE,
    }
)
#: Segments that loops begin with: what follows a missing one is taken for something else's. (A line begins
#: with its service, if LX is missing.)
_OPENERS = frozenset({"HL", "CLM", "SBR", "NM1", "LIN", "SVD", "LQ"})

#: Kinds by rule id.
KINDS: Mapping[str, Kind] = {kind.id: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong at one place.

    `position` is the 1-based number in the file of the segment at fault; of a missing segment, that of the
    segment that stands where it should, with `missing` true. `element`, `component` and `repeat` count from
    1. `number` is the X12 data element number, `name` what the guide calls the thing, `expected` what would
    be right, `value` what is there. `qualifiers` tell a missing segment from its namesakes, if it has any.
    """

    kind: Kind
    loop: str
    segment: str
    position: int
    name: str
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    number: str | None = None
    expected: str = ""
    value: str | None = None
    qualifiers: frozenset[str] = frozenset()

    @property
    def missing(self) -> bool:
        """True when the segment itself is what is missing."""
        return self.kind is Kind.MISSING_SEGMENT

    @property
    def unsettles(self) -> bool:
        """True when what is wrong leaves open what else is there, or whose it is."""
        return self.kind in _LOST or (self.missing and self.segment in _OPENERS)
