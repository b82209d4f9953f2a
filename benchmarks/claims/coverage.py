"""Which payers a patient has: the one the claim goes to, and others with their part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.claims import people
from benchmarks.claims.dice import Dice
from benchmarks.claims.segments import Segment

#: What another payer did: decide each line, the claim as a whole, both; cover nothing; come later.
Part = Literal["lines", "claim", "both", "noncovered", "later"]
_PARTS: tuple[Part, ...] = (
    "lines",
    "lines",
    "lines",
    "lines",
    "claim",
    "claim",
    "both",
    "noncovered",
    "later",
)

_PAYERS = (
    ("SAMPLE COMMERCIAL PLAN", "99999", "CI"),
    ("EXAMPLE HEALTH", "EXH01", "CI"),
    ("FICTION BLUE MUTUAL", "FBM77", "BL"),
    ("MOCK MANAGED CARE", "MMC42", "HM"),
    ("TESTLAND MEDICAID", "TLMCD", "MC"),
    ("IMAGINARY MILITARY PLAN", "IMP12", "CH"),
)
_MEDICARE = (("SPECIMEN MEDICARE", "SPM01", "MB"), ("SPECIMEN MEDICARE", "SPM0A", "MA"))
_SPECIAL = {
    "WC": ("INVENTED WORK INSURANCE", "IWI88", "WC"),
    "AM": ("PLACEHOLDER AUTO INSURANCE", "PAI31", "AM"),
    "MC": ("TESTLAND MEDICAID", "TLMCD", "MC"),
}


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Another payer of the patient: `order` is P, S or T, `part` what it did."""

    order: str
    name: str
    id: str
    indicator: str
    part: Part


@dataclass(frozen=True, slots=True)
class Coverage:
    """The payer of the claim (name, id, filing indicator, order) and the others."""

    order: str
    name: str
    payer: str
    indicator: str
    others: tuple[OtherPayer, ...] = ()

    def payer_segments(self, dice: Dice) -> list[Segment]:
        """Return loop 2010BB."""
        loop = "2010BB"
        out = [Segment(loop, "NM1", "PR", "2", self.name, "", "", "", "", "PI", self.payer)]
        if dice.chance(0.3):
            out += people.address(dice).segments(loop)
        if dice.chance(0.04):
            out.append(Segment(loop, "REF", "2U", dice.digits(5)))
        if dice.chance(0.04):
            out.append(Segment(loop, "REF", "G2", "PROV" + dice.digits(5)))
        return out


def coverage(dice: Dice, program: str, share: float, *, institutional: bool, adult: bool) -> Coverage:
    """Return a patient's coverage; `share` is the chance of other payers."""
    medicare = _MEDICARE[1 if institutional else 0]
    menu = [*_PAYERS, *([medicare] * 3 if adult else [])]
    name, payer, indicator = _SPECIAL[program] if program in _SPECIAL else dice.pick(menu)
    if not dice.chance(share):
        return Coverage("P", name, payer, indicator)
    # Accident insurance pays first, Medicaid last.
    rest = list({entry[1]: entry for entry in menu if entry[1] != payer and entry[2] != "MC"}.values())
    chosen = dice.some(rest, 2 if dice.chance(0.2) else 1)
    if indicator in ("WC", "AM"):
        parts: list[Part] = ["later"]
    elif len(chosen) == 2:
        parts = [dice.pick(("lines", "claim"))] * 2
    else:
        parts = [dice.pick(_PARTS)]
    if parts == ["later"]:
        return Coverage("P", name, payer, indicator, (OtherPayer("S", *chosen[0], "later"),))
    others = tuple(OtherPayer("PS"[i], *entry, parts[i]) for i, entry in enumerate(chosen))
    return Coverage("PST"[len(others)], name, payer, indicator, others)
