"""X12 files made at random: several interchanges, groups and transactions, any hierarchy, any delimiters.

Claims of all types may stand in one file. Unknown segments and loops stand between known
ones; some values are not ASCII.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from scrubber.claim.model import ClaimType
from scrubber.read.chunks import Chunk
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem
from tests.read.claims import ClaimMaker

Segments = list[str]


@dataclass(frozen=True)
class Style:
    """How a file is written: element, component and segment delimiters, and what follows each segment."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    newline: str = "\n"


STYLES = [
    Style(),
    Style(newline="\r\n"),
    Style(newline=""),
    Style("|", ">", "\n", ""),
    Style("$", "\\", "'", "\r\n"),
    Style("\x1d", "\x1f", "\x1e", ""),
    Style("+", "&", "\r", "\n"),
    Style("*", "<", "!", "\n\n"),
]


def render(segments: Segments, style: Style = STYLES[0], encoding: str = "utf-8") -> bytes:
    """Return the file. Segments are written with `*` and `:`; the values hold no delimiter of any style."""
    text = ""
    for segment in segments:
        body = segment.replace(":", style.component).replace("*", style.element)
        text += body + style.segment + style.newline
    return text.encode(encoding)


def read(data: bytes, size: int = 10**9) -> list[ReadClaim]:
    return [item for chunk in chunks(data, size) for item in chunk.read()]


def chunks(data: bytes, size: int = 10**9) -> list[Chunk]:
    return [part for part in split_x12(io.BytesIO(data), size) if isinstance(part, Chunk)]


def problems(data: bytes, *, but: str = "") -> list[FileProblem]:
    """Return what is wrong with the envelopes, except for one kind of problem."""
    found = (part for part in split_x12(io.BytesIO(data)) if isinstance(part, FileProblem))
    return [problem for problem in found if problem.code != but]


#: Random files have transactions that overrule their group: the problem that is.
OVERRULED = "X12-010"


def seen(item: ReadClaim) -> tuple[Any, ...]:
    """Return everything about a claim that must not depend on how its file was cut."""
    assert item.source is not None
    return item.index, item.claim, tuple(item.source.segments()), item.source.component, item.broken


# --- made at random ------------------------------------------------------------------------------------


GUIDES: dict[ClaimType, tuple[str, ...]] = {
    "professional": ("005010X222A1", "005010X222A1", "005010X222A2"),
    "institutional": ("005010X223A2", "005010X223A2", "005010X223A3"),
    "dental": ("005010X224A2", "005010X224A2", "005010X224A3"),
}
TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")


class Maker:
    """Makes one file."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.claims = self.hl = 0
        self.type: ClaimType = "professional"

    def file(self) -> Segments:
        out: Segments = []
        for number in range(self.random.choice([1, 1, 1, 2, 3])):
            out += self.interchange(number)
        return out

    def interchange(self, number: int) -> Iterator[str]:
        control = f"{number + 1:09d}"
        yield (
            f"ISA*00*          *00*          *ZZ*SENDER{number:02d}       *ZZ*RECEIVER01     "
            f"*260820*0930*^*00501*{control}*0*T*:"
        )
        yield from self.maybe(f"TA1*{control}*260820*0930*A*000", chance=0.05)
        groups = self.random.choice([1, 1, 2])
        for group in range(groups):
            self.type = self.random.choice(TYPES)
            guide = self.random.choice(GUIDES[self.type])
            yield f"GS*HC*SENDER{number:02d}*RECEIVER01*20260820*0930*{group + 1}*X*{guide}"
            transactions = self.random.choice([1, 1, 2, 3])
            for transaction in range(transactions):
                body = list(self.transaction(transaction))
                yield from body
                yield f"SE*{len(body) + 1}*{transaction + 1:04d}"
            yield f"GE*{transactions}*{group + 1}"
        yield f"IEA*{groups}*{control}"

    def maybe(self, *segments: str, chance: float = 0.15) -> Iterator[str]:
        if self.random.random() < chance:
            yield from segments

    def word(self) -> str:
        return self.random.choice(["SAMPLE", "EXAMPLE", "X", "O BRIEN", "Ñandú", "Jürgen", "名", "1"])

    def transaction(self, number: int) -> Iterator[str]:
        self.hl, group_type = 0, self.type
        if self.random.random() < 0.1:  # ST03 overrules the group
            self.type = self.random.choice(TYPES)
        told = self.random.choice(GUIDES[self.type])
        yield f"ST*837*{number + 1:04d}" + (f"*{told}" if self.type != group_type else self.guide(told))
        yield f"BHT*0019*00*{number}*20260820*0930*{self.random.choice(['CH', 'CH', 'RP'])}"
        yield from self.maybe("REF*87*UNKNOWN", "ZZZ*UNKNOWN*1:2")
        yield f"NM1*41*2*{self.word()}*****46*S1"
        yield from self.maybe("PER*IC*DESK*TE*2175550111*EX*12*EM*DESK@B.ORG")
        yield from self.maybe("PER*IC*DESK*FX*2175550112", "PER*IC**TE*2175550113")
        yield f"NM1*40*2*{self.word()}*****46*R1"
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            yield from self.billing()
        self.type = group_type

    def guide(self, guide: str) -> str:
        """Return ST03 for a transaction of its group's guide: it may be left out."""
        return self.random.choice([f"*{guide}", f"*{guide}", ""])

    def level(self, code: str, parent: int | None) -> Iterator[str]:
        self.hl += 1
        yield f"HL*{self.hl}*{parent or ''}*{code}*1"

    def billing(self) -> Iterator[str]:
        yield from self.level("20", None)
        parent = self.hl
        yield from self.maybe("PRV*BI*PXC*207Q00000X", chance=0.6)
        yield from self.maybe("CUR*85*USD", "PER*IC*UNKNOWN*TE*1")
        yield f"NM1*85*2*{self.word()}*****XX*1999999018"
        yield from self.maybe("N3*100 SAMPLE STREET*SUITE 9", "N4*SPRINGFIELD*IL*627010001", chance=0.8)
        yield from self.maybe("REF*EI*369999999", "PER*IC*OFFICE*TE*2175550100", chance=0.5)
        yield from self.maybe("NM1*87*2", "N3*PO BOX 9", "N4*SPRINGFIELD*IL*62701")
        yield from self.maybe("NM1*PE*2*PAYEE*****PI*1", "N3*1 PLAN ST", "REF*2U*P1", "REF*EI*369999998")
        yield from self.maybe("NM1*FA*2*UNKNOWN*****XX*1", "N3*1 UNKNOWN LOOP", "REF*EI*UNKNOWN")
        for _ in range(self.random.choice([0, 1, 1, 2, 4])):
            yield from self.subscriber(parent)

    def subscriber(self, parent: int) -> Iterator[str]:
        yield from self.level("22", parent)
        mine = self.hl
        yield f"SBR*P*{self.random.choice(['18', ''])}*G{self.random.randrange(9)}******CI"
        if self.type == "professional":
            yield from self.maybe("PAT*****D8*20260801*01*150*Y")
        else:
            yield from self.maybe("PAT*****D8*UNKNOWN")
        yield f"NM1*IL*1*{self.word()}*{self.word()}****MI*M{self.random.randrange(1000)}"
        yield from self.maybe("N3*200 EXAMPLE AVENUE", "N4*SPRINGFIELD*IL*62702", "DMG*D8*19800115*F")
        yield from self.maybe("REF*SY*999990001", "REF*Y4*CASUALTY1", "REF*ZZ*UNKNOWN")
        yield f"NM1*PR*2*PLAN*****PI*{self.random.choice(['99999', 'EXH01'])}"
        yield from self.maybe("N4*SPRINGFIELD*IL*62709", "REF*G2*LEGACY1", "REF*2U*PLAN1", "ZZ9*UNKNOWN")
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
            yield from self.claim()
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            yield from self.dependent(mine)

    def dependent(self, parent: int) -> Iterator[str]:
        yield from self.level("23", parent)
        yield "PAT*19"
        yield f"NM1*QC*1*{self.word()}*{self.word()}"
        yield from self.maybe("N3*201 EXAMPLE AVENUE", "N4*SHELBYVILLE*IN*46176")
        yield from self.maybe("DMG*D8*20150604*M", chance=0.6)
        yield from self.maybe("REF*1W*MEMBER2", "REF*Y4*CASUALTY2", "REF*ZZ*UNKNOWN")
        for _ in range(self.random.choice([0, 1, 1, 2])):
            yield from self.claim()

    def claim(self) -> Iterator[str]:
        self.claims += 1
        yield from ClaimMaker(self.random, self.type).claim(self.claims)


def segments_of(seed: int) -> Segments:
    return Maker(Random(seed)).file()
