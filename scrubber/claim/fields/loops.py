"""The loops of the three guides: which segment opens which, and what part of a claim it fills.

A segment that opens no loop belongs to the loop it stands in; one the guide does not know is kept there
as it is. A test compares this table with the guides: pyx12's maps, and rules/guides/ for 005010X224A2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache

from scrubber.claim.model import ClaimType

#: The levels above a claim, outermost first. ISA, GS and ST are not loops of the guides but stand like them.
LEVELS = ("ISA", "GS", "ST", "2000A", "2000B", "2000C")
#: Guides by the id that GS08 and ST03 carry: that of the first errata, and of the one after it.
GUIDES: Mapping[str, ClaimType] = {
    "005010X222A1": "professional",
    "005010X222A2": "professional",
    "005010X223A2": "institutional",
    "005010X223A3": "institutional",
    "005010X224A2": "dental",
    "005010X224A3": "dental",
}


#: What says of a line which service it is.
SERVICES: Mapping[ClaimType, str] = {"professional": "SV1", "institutional": "SV2", "dental": "SV3"}


class Opens(Enum):
    """What begins with a loop."""

    LEVEL = auto()  # an envelope or a level above the claims
    CLAIM = auto()
    PAYER = auto()
    LINE = auto()
    ITEM = auto()  # an adjudication or a form of a line
    PART = auto()  # an object that there is at most once
    NOTHING = auto()  # it says more about what it stands in


#: What a segment may open: the element whose value decides (0: none does), loops by that value, any other.
Choice = tuple[int, Mapping[str, "Loop"], "Loop | None"]


@dataclass(eq=False, slots=True)
class Loop:
    """One loop.

    `owner` is the part of the claim it fills: a pattern of the path vocabulary, "" for the claim. `area` is
    the loop whose children may follow; `openers` are those, by segment.
    """

    id: str
    area: str
    owner: str = ""
    opens: Opens = Opens.NOTHING
    openers: Mapping[str, Choice] = field(default_factory=dict, repr=False)

    def opened_by(self, elements: list[str]) -> Loop | None:
        """Return the loop that a segment opens when it stands in this loop, or None."""
        choice = self.openers.get(elements[0])
        if choice is None:
            return None
        element, loops, other = choice
        if not element or element >= len(elements):
            return other
        return loops.get(elements[element]) or loops.get(elements[element].strip(), other)


#: NM1 loops by area: qualifier → (loop, the member of the area's part that it fills, "" for the part itself).
_Names = Mapping[str, Mapping[str, tuple[str, str]]]

_ABOVE: _Names = {
    "ST": {"41": ("1000A", ""), "40": ("1000B", "")},
    "2000A": {"85": ("2010AA", ""), "87": ("2010AB", "pay_to_address"), "PE": ("2010AC", "pay_to_plan")},
    "2000B": {"IL": ("2010BA", ""), "PR": ("2010BB", "")},
    "2000C": {"QC": ("2010CA", "")},
}
_NAMES: Mapping[ClaimType, _Names] = {
    "professional": {
        "2300": {
            "DN": ("2310A", "referring_provider"),
            "P3": ("2310A", "primary_care_provider"),
            "82": ("2310B", "rendering_provider"),
            "77": ("2310C", "service_facility"),
            "DQ": ("2310D", "supervising_provider"),
            "PW": ("2310E", "ambulance_pickup"),
            "45": ("2310F", "ambulance_dropoff"),
        },
        "2320": {
            "IL": ("2330A", ""),
            "PR": ("2330B", ""),
            "DN": ("2330C", "referring_provider"),
            "P3": ("2330C", "primary_care_provider"),
            "82": ("2330D", "rendering_provider"),
            "77": ("2330E", "service_facility"),
            "DQ": ("2330F", "supervising_provider"),
            "85": ("2330G", "billing_provider"),
        },
        "2400": {
            "82": ("2420A", "rendering_provider"),
            "QB": ("2420B", "purchased_service_provider"),
            "77": ("2420C", "service_facility"),
            "DQ": ("2420D", "supervising_provider"),
            "DK": ("2420E", "ordering_provider"),
            "DN": ("2420F", "referring_provider"),
            "P3": ("2420F", "primary_care_provider"),
            "PW": ("2420G", "ambulance_pickup"),
            "45": ("2420H", "ambulance_dropoff"),
        },
    },
    "institutional": {
        "2300": {
            "71": ("2310A", "attending_provider"),
            "72": ("2310B", "operating_provider"),
            "ZZ": ("2310C", "other_operating_provider"),
            "82": ("2310D", "rendering_provider"),
            "77": ("2310E", "service_facility"),
            "DN": ("2310F", "referring_provider"),
        },
        "2320": {
            "IL": ("2330A", ""),
            "PR": ("2330B", ""),
            "71": ("2330C", "attending_provider"),
            "72": ("2330D", "operating_provider"),
            "ZZ": ("2330E", "other_operating_provider"),
            "77": ("2330F", "service_facility"),
            "82": ("2330G", "rendering_provider"),
            "DN": ("2330H", "referring_provider"),
            "85": ("2330I", "billing_provider"),
        },
        "2400": {
            "72": ("2420A", "operating_provider"),
            "ZZ": ("2420B", "other_operating_provider"),
            "82": ("2420C", "rendering_provider"),
            "DN": ("2420D", "referring_provider"),
        },
    },
    "dental": {
        "2300": {
            "DN": ("2310A", "referring_provider"),
            "P3": ("2310A", "primary_care_provider"),
            "82": ("2310B", "rendering_provider"),
            "77": ("2310C", "service_facility"),
            "DD": ("2310D", "assistant_surgeon"),
            "DQ": ("2310E", "supervising_provider"),
        },
        "2320": {
            "IL": ("2330A", ""),
            "PR": ("2330B", ""),
            "DN": ("2330C", "referring_provider"),
            "P3": ("2330C", "primary_care_provider"),
            "82": ("2330D", "rendering_provider"),
            "DQ": ("2330E", "supervising_provider"),
            "85": ("2330F", "billing_provider"),
            "77": ("2330G", "service_facility"),
            "DD": ("2330H", "assistant_surgeon"),
        },
        "2400": {
            "82": ("2420A", "rendering_provider"),
            "DD": ("2420B", "assistant_surgeon"),
            "DQ": ("2420C", "supervising_provider"),
            "77": ("2420D", "service_facility"),
        },
    },
}
_PARTS = {"2300": "", "2320": "other_payers[]", "2400": "lines[]"}


#: HL03 → the level it opens, from anywhere.
HL_LEVELS: Mapping[str, str] = {"20": "2000A", "22": "2000B", "23": "2000C"}


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops of one guide: the one a file begins in (ISA), the levels, and all by (id, owner)."""

    start: Loop
    levels: Mapping[str, Loop]
    all: Mapping[tuple[str, str], Loop]


@cache
def loops(claim_type: ClaimType) -> Loops:
    """Return the loops of the guide of a claim type."""
    levels = {id: Loop(id, id, opens=Opens.LEVEL) for id in LEVELS}
    claim = Loop("2300", "2300", opens=Opens.CLAIM)
    payer = Loop("2320", "2320", "other_payers[]", Opens.PAYER)
    line = Loop("2400", "2400", "lines[]", Opens.LINE)
    inner = {"SVD": Loop("2430", "2400", "lines[].adjudications[]", Opens.ITEM)}
    if claim_type != "dental":
        inner["LIN"] = Loop("2410", "2400", "lines[].drug", Opens.PART)
    if claim_type == "professional":
        inner["LQ"] = Loop("2440", "2400", "lines[].forms[]", Opens.ITEM)
    areas = {**levels, "2300": claim, "2320": payer, "2400": line}

    # What may follow anywhere, then what may follow in one area.
    anywhere: dict[str, Choice] = {
        "HL": (3, {code: levels[level] for code, level in HL_LEVELS.items()}, None),
        "CLM": (0, {}, claim),
        **{level: (0, {}, levels[level]) for level in ("ISA", "GS", "ST")},
    }
    openers = {area: dict(anywhere) for area in areas}
    for area in ("2300", "2320", "2400"):
        openers[area]["LX"] = (0, {}, line)
    for area in ("2300", "2320"):
        openers[area]["SBR"] = (0, {}, payer)
    openers["2400"] |= {segment: (0, {}, loop) for segment, loop in inner.items()}
    found = [*areas.values(), *inner.values()]
    for area, names in {**_ABOVE, **_NAMES[claim_type]}.items():
        by_qualifier = {
            qualifier: Loop(
                id,
                area,
                ".".join(filter(None, (_PARTS.get(area), member))),
                Opens.PART if member else Opens.NOTHING,
            )
            for qualifier, (id, member) in names.items()
        }
        unknown = Loop(f"{area}?", area, "?")  # an NM1 that is none of these
        openers[area]["NM1"] = (1, by_qualifier, unknown)
        found += [*by_qualifier.values(), unknown]
    for loop in found:
        loop.openers = openers[loop.area]
    return Loops(levels["ISA"], levels, {(loop.id, loop.owner): loop for loop in found})
