"""The loops of 005010X222A1: which segment opens which loop, and which part of the claim a loop fills.

Enough of the guide to place every segment of ordinary professional claims. A segment that opens no loop
belongs to the loop it stands in; one the guide does not know is kept there as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Root = Literal["header", "claim", "other_payer", "line", "adjudication"]


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop. `area` decides what the next NM1 means; `root` is the object its fields hang on.

    `opens` is the attribute of the root (from the claim model) that the loop creates, if any.
    """

    id: str
    area: str
    root: Root
    opens: str | None = None


LOOPS: Mapping[str, Loop] = {
    loop.id: loop
    for loop in (
        Loop("ISA", "envelope", "header"),
        Loop("GS", "envelope", "header"),
        Loop("ST", "header", "header"),
        Loop("1000A", "header", "header"),
        Loop("1000B", "header", "header"),
        Loop("2000A", "2000A", "header"),
        Loop("2010AA", "2000A", "header"),
        Loop("2010AB", "2000A", "header", "pay_to_address"),
        Loop("2010AC", "2000A", "header"),
        Loop("2000B", "2000B", "header"),
        Loop("2010BA", "2000B", "header"),
        Loop("2010BB", "2000B", "header"),
        Loop("2000C", "2000C", "header"),
        Loop("2010CA", "2000C", "header"),
        Loop("2300", "2300", "claim"),
        Loop("2310A", "2300", "claim", "referring_provider"),
        Loop("2310B", "2300", "claim", "rendering_provider"),
        Loop("2310C", "2300", "claim", "service_facility"),
        Loop("2310D", "2300", "claim", "supervising_provider"),
        Loop("2310E", "2300", "claim"),
        Loop("2310F", "2300", "claim"),
        Loop("2320", "2320", "other_payer"),
        Loop("2330A", "2320", "other_payer"),
        Loop("2330B", "2320", "other_payer"),
        Loop("2330C", "2320", "other_payer"),
        Loop("2330D", "2320", "other_payer"),
        Loop("2330E", "2320", "other_payer"),
        Loop("2330F", "2320", "other_payer"),
        Loop("2330G", "2320", "other_payer"),
        Loop("2400", "2400", "line"),
        Loop("2410", "2400", "line", "drug"),
        Loop("2420A", "2400", "line", "rendering_provider"),
        Loop("2420B", "2400", "line"),
        Loop("2420C", "2400", "line", "service_facility"),
        Loop("2420D", "2400", "line", "supervising_provider"),
        Loop("2420E", "2400", "line", "ordering_provider"),
        Loop("2420F", "2400", "line", "referring_provider"),
        Loop("2420G", "2400", "line"),
        Loop("2420H", "2400", "line"),
        Loop("2430", "2400", "adjudication"),
        Loop("2440", "2400", "line"),
        # An NM1 that the guide does not know there opens a loop that nothing is read from.
        Loop("header?", "header", "header"),
        Loop("2000A?", "2000A", "header"),
        Loop("2000B?", "2000B", "header"),
        Loop("2000C?", "2000C", "header"),
        Loop("2300?", "2300", "claim"),
        Loop("2320?", "2320", "other_payer"),
        Loop("2400?", "2400", "line"),
    )
}

#: (area, segment, qualifier) → loop. The qualifier is NM101 or HL03; None where the segment alone decides.
_OPENERS: Mapping[tuple[str, str, str | None], str] = {
    ("header", "NM1", "41"): "1000A",
    ("header", "NM1", "40"): "1000B",
    ("2000A", "NM1", "85"): "2010AA",
    ("2000A", "NM1", "87"): "2010AB",
    ("2000A", "NM1", "PE"): "2010AC",
    ("2000B", "NM1", "IL"): "2010BA",
    ("2000B", "NM1", "PR"): "2010BB",
    ("2000C", "NM1", "QC"): "2010CA",
    ("2300", "NM1", "DN"): "2310A",
    ("2300", "NM1", "P3"): "2310A",
    ("2300", "NM1", "82"): "2310B",
    ("2300", "NM1", "77"): "2310C",
    ("2300", "NM1", "DQ"): "2310D",
    ("2300", "NM1", "PW"): "2310E",
    ("2300", "NM1", "45"): "2310F",
    ("2320", "NM1", "IL"): "2330A",
    ("2320", "NM1", "PR"): "2330B",
    ("2320", "NM1", "DN"): "2330C",
    ("2320", "NM1", "P3"): "2330C",
    ("2320", "NM1", "82"): "2330D",
    ("2320", "NM1", "77"): "2330E",
    ("2320", "NM1", "DQ"): "2330F",
    ("2320", "NM1", "85"): "2330G",
    ("2300", "SBR", None): "2320",
    ("2320", "SBR", None): "2320",
    ("2400", "LIN", None): "2410",
    ("2400", "NM1", "82"): "2420A",
    ("2400", "NM1", "QB"): "2420B",
    ("2400", "NM1", "77"): "2420C",
    ("2400", "NM1", "DQ"): "2420D",
    ("2400", "NM1", "DK"): "2420E",
    ("2400", "NM1", "DN"): "2420F",
    ("2400", "NM1", "P3"): "2420F",
    ("2400", "NM1", "PW"): "2420G",
    ("2400", "NM1", "45"): "2420H",
    ("2400", "SVD", None): "2430",
    ("2400", "LQ", None): "2440",
}
_HL_LOOPS = {"20": "2000A", "22": "2000B", "23": "2000C"}
_ANYWHERE = {"ISA": "ISA", "GS": "GS", "ST": "ST", "CLM": "2300"}
_CLAIM_AREAS = frozenset({"2300", "2320", "2400"})


def loop_opened(current: str, segment: str, elements: list[str]) -> str | None:
    """Return the loop that a segment opens when it stands after loop `current`, or None."""
    if segment == "HL":
        return _HL_LOOPS.get(elements[3].strip()) if len(elements) > 3 else None
    if segment in _ANYWHERE:
        return _ANYWHERE[segment]
    area = LOOPS[current].area
    if segment == "LX":
        return "2400" if area in _CLAIM_AREAS else None
    if segment == "NM1":
        unknown = f"{area}?"
        qualifier = elements[1] if len(elements) > 1 else None
        return _OPENERS.get((area, segment, qualifier), unknown if unknown in LOOPS else None)
    return _OPENERS.get((area, segment, None))
