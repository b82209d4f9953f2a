"""A file with every loop the claim model knows, bare; a test puts one segment into one loop of it.

There are two other payers, two lines and two adjudications on the second line: the test's segment goes
into the last of each, so that reading and locating must count.
"""

from __future__ import annotations

import io

from scrubber.read.reader import ReadClaim
from scrubber.read.split import Chunk, split_x12

ISA = (
    "ISA*00*          *00*          *ZZ*SENDER01       *ZZ*RECEIVER01     "
    "*260820*0930*^*00501*000000007*0*T*:"
)

#: (loop, the segment that opens it)
LOOPS: tuple[tuple[str, str], ...] = (
    ("ISA", ISA),
    ("GS", "GS*HC*SENDER01*RECEIVER01*20260820*0930*1*X*005010X222A1"),
    ("ST", "ST*837*0001*005010X222A1"),
    ("1000A", "NM1*41*2"),
    ("1000B", "NM1*40*2"),
    ("2000A", "HL*1**20*1"),
    ("2010AA", "NM1*85*2"),
    ("2010AB", "NM1*87*2"),
    ("2000B", "HL*2*1*22*1"),
    ("2010BA", "NM1*IL*1"),
    ("2010BB", "NM1*PR*2"),
    ("2000C", "HL*3*2*23*0"),
    ("2010CA", "NM1*QC*1"),
    ("2300", "CLM"),
    ("2310A", "NM1*DN*1"),
    ("2310B", "NM1*82*1"),
    ("2310C", "NM1*77*2"),
    ("2310D", "NM1*DQ*1"),
    ("2320", "SBR"),
    ("2330A", "NM1*IL*1"),
    ("2330B", "NM1*PR*2"),
    ("2320", "SBR"),
    ("2330A", "NM1*IL*1"),
    ("2330B", "NM1*PR*2"),
    ("2400", "LX"),
    ("2420A", "NM1*82*1"),
    ("2400", "LX"),
    ("2410", "LIN"),
    ("2420A", "NM1*82*1"),
    ("2420C", "NM1*77*2"),
    ("2420D", "NM1*DQ*1"),
    ("2420E", "NM1*DK*1"),
    ("2420F", "NM1*DN*1"),
    ("2430", "SVD"),
    ("2430", "SVD"),
)


def with_segment(
    loop: str, segment: str, elements: dict[int, str], *, bare: bool = False, dependent: bool = True
) -> list[str]:
    """Return the file's segments, the last loop of that name holding the segment with the elements.

    `bare` leaves the segment out, or its elements when it is the one that opens the loop. Without a
    `dependent`, the patient is the subscriber.
    """
    loops = [pair for pair in LOOPS if dependent or pair[0] not in ("2000C", "2010CA")]
    last = max(i for i, (name, _) in enumerate(loops) if name == loop)
    out = []
    for i, (_, opener) in enumerate(loops):
        name = opener.split("*", 1)[0]
        if i != last:
            out.append(opener)
        elif name == segment:
            out.append(opener if bare else filled(opener, elements))
        else:
            out += [opener] if bare else [opener, filled(segment, elements)]
    return [*out, "SE*1*0001", "GE*1*1", "IEA*1*000000007"]


def filled(segment: str, elements: dict[int, str]) -> str:
    """Return a segment with some of its elements set."""
    parts = segment.split("*")
    for number, text in elements.items():
        parts += [""] * (number + 1 - len(parts))
        parts[number] = text
    return "*".join(parts)


def read_one(segments: list[str]) -> ReadClaim:
    """Return the one claim of a file."""
    data = "".join(segment + "~\n" for segment in segments).encode()
    chunks = [chunk for chunk in split_x12(io.BytesIO(data)) if isinstance(chunk, Chunk)]
    (item,) = [item for chunk in chunks for item in chunk.read()]
    return item
