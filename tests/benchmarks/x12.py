"""The least of a reader: enough to add up what a generated file says. It knows no order of segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class OtherPayer:
    """What another payer did: its payment (None: it did not decide), its adjustments of the claim."""

    id: str = ""
    paid: Decimal | None = None
    adjusted: Decimal = Decimal(0)


@dataclass(slots=True)
class Decision:
    """What another payer decided on a line."""

    payer: str
    paid: Decimal
    adjusted: Decimal = Decimal(0)


@dataclass(slots=True)
class Line:
    """A service line's charge and what others decided on it."""

    charge: Decimal = Decimal(0)
    decisions: list[Decision] = field(default_factory=list)


@dataclass(slots=True)
class Claim:
    """A claim's amounts and segments (from CLM on)."""

    id: str
    total: Decimal
    payers: list[OtherPayer] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    segments: list[list[str]] = field(default_factory=list)


def split(data: bytes, encoding: str = "ascii") -> list[list[str]]:
    """Return the segments of a file, each as its elements; the delimiters are read from ISA."""
    text = data.decode(encoding)
    element, end = text[3], text[105]
    return [segment.lstrip("\r\n").split(element) for segment in text.split(end) if segment.strip("\r\n")]


def claims(segments: list[list[str]]) -> list[Claim]:
    """Return the claims; a claim ends where another, a level or a trailer begins."""
    out: list[Claim] = []
    current: Claim | None = None
    for segment in segments:
        if segment[0] == "CLM":
            current = Claim(segment[1], Decimal(segment[2]))
            out.append(current)
        elif segment[0] in ("HL", "SE"):
            current = None
        if current is not None:
            current.segments.append(segment)
            _take(current, segment)
    return out


def _take(claim: Claim, segment: list[str]) -> None:
    name = segment[0]
    if name == "SBR":
        claim.payers.append(OtherPayer())
    elif name == "LX":
        claim.lines.append(Line())
    elif name in ("SV1", "SV2", "SV3"):
        claim.lines[-1].charge = Decimal(segment[3 if name == "SV2" else 2])
    elif name == "NM1" and segment[1] == "PR":
        claim.payers[-1].id = segment[9]
    elif name == "AMT" and segment[1] == "D":
        claim.payers[-1].paid = Decimal(segment[2])
    elif name == "SVD":
        claim.lines[-1].decisions.append(Decision(segment[1], Decimal(segment[2])))
    elif name == "CAS":
        amount = sum((Decimal(value) for value in segment[3::3]), Decimal(0))
        if claim.lines:
            claim.lines[-1].decisions[-1].adjusted += amount
        else:
            claim.payers[-1].adjusted += amount
