"""A file with every loop of a guide, bare; a test puts segments into one loop of it.

There are two other payers, two lines, and on the second line two adjudications and two forms: the test's
segments go into the last of each, so that reading and locating must count.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scrubber.claim.fields.loops import Loop, loops
from scrubber.claim.model import ClaimType
from scrubber.read.chunks import Chunk
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12

TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")
GUIDES = {"professional": "005010X222A1", "institutional": "005010X223A2", "dental": "005010X224A2"}
ISA = (
    "ISA*00*          *00*          *ZZ*SENDER01       *ZZ*RECEIVER01     "
    "*260820*0930*^*00501*000000007*0*T*:"
)
#: NM1 loops of all guides.
_QUALIFIERS = "41 40 85 87 PE IL PR QC 71 72 ZZ DN P3 82 QB 77 DQ DD DK PW 45".split()
_LEVELS = {"2000A": "HL*1**20*1", "2000B": "HL*2*1*22*1", "2000C": "HL*3*2*23*0"}


@dataclass(frozen=True)
class Opener:
    """The segment that opens a loop."""

    loop: str
    owner: str
    text: str

    @property
    def segment(self) -> str:
        return self.text.split("*", 1)[0]


@cache
def openers(claim_type: ClaimType) -> tuple[Opener, ...]:
    """Return what opens the loops of a file that has them all."""
    guide = GUIDES[claim_type]
    known = {(loop.id, loop.owner): loop for loop in loops(claim_type).all.values()}

    def area(id: str, owner: str, text: str, *inner: Opener) -> list[Opener]:
        names = [*_names(known[id, owner])]
        first = [o for o in inner if o.loop == "2410"]
        return [Opener(id, owner, text), *first, *names, *(o for o in inner if o not in first)]

    drug = [Opener("2410", "lines[].drug", "LIN")] if claim_type != "dental" else []
    decision = Opener("2430", "lines[].adjudications[]", "SVD")
    form = [Opener("2440", "lines[].forms[]", "LQ")] if claim_type == "professional" else []
    return (
        Opener("ISA", "", ISA),
        Opener("GS", "", f"GS*HC*SENDER01*RECEIVER01*20260820*0930*1*X*{guide}"),
        *area("ST", "", f"ST*837*0001*{guide}"),
        *(opener for level, text in _LEVELS.items() for opener in area(level, "", text)),
        *area("2300", "", "CLM"),
        *(opener for _ in range(2) for opener in area("2320", "other_payers[]", "SBR")),
        *area("2400", "lines[]", "LX", decision, *form),
        *area("2400", "lines[]", "LX", *drug, decision, decision, *form, *form),
    )


def _names(area: Loop) -> Iterator[Opener]:
    """Yield the NM1 loops of an area."""
    for qualifier in _QUALIFIERS:
        loop = area.opened_by(["NM1", qualifier])
        if loop is not None and not loop.id.endswith("?"):
            yield Opener(loop.id, loop.owner, f"NM1*{qualifier}")


@dataclass(frozen=True)
class File:
    """The segments of a file, and the number of the last one that a test put there or filled in."""

    segments: tuple[str, ...]
    position: int

    def read(self) -> ReadClaim:
        """Return its one claim."""
        return read_one(self.segments)


def file(
    claim_type: ClaimType,
    loop: str,
    owner: str,
    segments: list[str] | None = None,
    *,
    dependent: bool = True,
) -> File:
    """Return a file whose last loop of that kind holds these segments.

    A segment of the name of the loop's opener takes its place, with the opener's own elements where it has
    none. Without a `dependent`, the patient is the subscriber.
    """
    all_openers = [o for o in openers(claim_type) if dependent or o.loop not in ("2000C", "2010CA")]
    last = max(i for i, o in enumerate(all_openers) if (o.loop, o.owner) == (loop, owner))
    out: list[str] = []
    position = 0
    for i, opener in enumerate(all_openers):
        out.append(opener.text)
        if i != last:
            continue
        for text in segments or ():
            if text.split("*", 1)[0] == opener.segment:
                out[-1] = _over(opener.text, text)
            else:
                out.append(text)
        position = len(out)
    return File((*out, "SE*1*0001", "GE*1*1", "IEA*1*000000007"), position)


def _over(opener: str, text: str) -> str:
    """Lay the elements of a segment over those of an opener."""
    below, above = opener.split("*"), text.split("*")
    below += [""] * (len(above) - len(below))
    above += [""] * (len(below) - len(above))
    return "*".join(new or old for new, old in zip(above, below, strict=True))


def filled(segment: str, elements: dict[int, str]) -> str:
    """Return a segment with some of its elements set."""
    return "*".join([segment, *(elements.get(i, "") for i in range(1, max(elements, default=0) + 1))])


def read_one(segments: tuple[str, ...] | list[str]) -> ReadClaim:
    """Return the one claim of a file."""
    data = "".join(segment + "~\n" for segment in segments).encode()
    chunks = [chunk for chunk in split_x12(io.BytesIO(data)) if isinstance(chunk, Chunk)]
    (item,) = [item for chunk in chunks for item in chunk.read()]
    return item
