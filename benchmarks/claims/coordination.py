"""Coordination of benefits: loops 2320, 2330 and 2430, with amounts that balance.

A line: charge = paid + its adjustments. The claim: charge = paid + the claim's own adjustments + those of all
its lines (the guides' section 1.4.4, balancing). Amounts are in cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.claims import people, providers
from benchmarks.claims.claim import Claim, Line
from benchmarks.claims.coverage import OtherPayer
from benchmarks.claims.dates import SENT, day
from benchmarks.claims.dice import Dice
from benchmarks.claims.parties import named
from benchmarks.claims.segments import Element, Segment, money

_CONTRACT = ("45", "253", "237", "131", "24")
_PATIENT = ("1", "2", "3")
_REMARKS = ("MA01", "MA07", "MA18", "N13", "N45", "M15", "N59", "M51")
_RELATIONS = ("18", "18", "18", "01", "19")


@dataclass(slots=True)
class _Decision:
    """What a payer decided: `owed` is what the patient, or the next payer, has still to pay."""

    paid: int = 0
    owed: int = 0
    adjustments: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def segments(self, loop: str, dice: Dice) -> list[Segment]:
        """Return CAS, one segment a group of adjustments."""
        out = []
        for group, triplets in self.adjustments.items():
            elements: list[Element] = []
            for reason, amount in triplets:
                elements += [reason, money(amount), "1" if dice.chance(0.1) else ""]
            if elements:
                out.append(Segment(loop, "CAS", group, *elements))
        return out


def coordinate(claim: Claim, *, every_provider: bool = False) -> None:
    """Add the patient's other payers to a claim that has all its lines."""
    owed = [line.charge for line in claim.lines]
    claim_owed = claim.total
    for other in claim.patient.coverage.others:
        first, by_claim = other.order == "P", _Decision()
        paid = 0
        if other.part in ("lines", "both"):
            for i, line in enumerate(claim.lines):
                decision = _decide(claim.dice, line.charge, owed[i], first=first)
                line.decisions += _line(claim, line, other, decision)
                owed[i] = decision.owed
                paid += decision.paid
            claim_owed = sum(owed)
            if other.part == "both" and paid > 100:
                cut = claim.dice.between(1, paid // 10)
                by_claim.adjustments["CO"] = [("253", cut)]
                paid -= cut
        elif other.part == "claim":
            by_claim = _decide(claim.dice, claim.total, claim_owed, first=first, generous=claim.institutional)
            claim_owed, paid = by_claim.owed, by_claim.paid
        claim.payers += _payer(claim, other, by_claim, paid, claim_owed)
        claim.payers += providers.known_to_other_payer(
            claim.dice, claim.providers, _known(claim), every=every_provider
        )


def _known(claim: Claim) -> tuple[tuple[str, str, str], ...]:
    if claim.dental:
        return providers.OTHER_DENTAL
    return providers.OTHER_INSTITUTIONAL if claim.institutional else providers.OTHER_PROFESSIONAL


def _decide(dice: Dice, charge: int, owed: int, *, first: bool, generous: bool = False) -> _Decision:
    """Return a decision on an amount; `generous`: a fixed payment may be more than the charge."""
    if not first:
        left = owed * dice.pick((0, 0, 30, 100)) // 100
        decision = _Decision(owed - left, left)
        if charge > owed:
            decision.adjustments["OA"] = [("23", charge - owed)]
        if left:
            decision.adjustments["PR"] = _split(dice, left, _PATIENT, 2)
        return decision
    if generous and dice.chance(0.1):
        more = charge // 10 + 1
        return _Decision(charge + more, 0, {"OA": [("94", -more)]})
    cut = charge * dice.between(0, 60) // 100
    share = (charge - cut) * dice.pick((0, 20, 20, 35, 100)) // 100
    decision = _Decision(charge - cut - share, share)
    if cut:
        decision.adjustments["CO"] = _split(dice, cut, _CONTRACT, dice.pick((1, 1, 2, 4)))
    if share:
        decision.adjustments["PR"] = _split(dice, share, _PATIENT, dice.pick((1, 1, 2, 3)))
    return decision


def _split(dice: Dice, amount: int, reasons: tuple[str, ...], most: int) -> list[tuple[str, int]]:
    """Return the amount in parts of more than nothing, each with a reason."""
    parts: list[tuple[str, int]] = []
    for reason in reasons[: min(most, amount) - 1]:
        rest = amount - sum(part for _, part in parts)
        part = max(1, rest * dice.between(20, 80) // 100) if rest > 1 else 0
        if part:
            parts.append((reason, part))
    return [*parts, (reasons[len(parts)], amount - sum(part for _, part in parts))]


def _line(claim: Claim, line: Line, other: OtherPayer, decision: _Decision) -> list[Segment]:
    """Return loop 2430."""
    dice, loop = claim.dice, "2430"
    head = Segment(loop, "SVD", other.id, money(decision.paid), line.procedure, line.revenue, line.units)
    out = [head, *decision.segments(loop, dice), Segment(loop, "DTP", "573", "D8", _decided(claim, other))]
    if decision.owed and dice.chance(0.3):
        out.append(Segment(loop, "AMT", "EAF", money(decision.owed)))
    return out


def _decided(claim: Claim, other: OtherPayer) -> str:
    """Return the day of the decision: after the service, before the file; the first payer decided first."""
    return day(SENT - 3 + "PST".index(other.order))


def _payer(claim: Claim, other: OtherPayer, decision: _Decision, paid: int, owed: int) -> list[Segment]:
    """Return loops 2320, 2330A and 2330B."""
    dice, loop = claim.dice, "2320"
    relation = dice.pick(_RELATIONS)
    reason = "12" if other.indicator == "MB" and other.order != "P" and not claim.institutional else ""
    group = f"OGR{dice.digits(4)}" if dice.chance(0.5) else ""
    out = [Segment(loop, "SBR", other.order, relation, group, "", reason, "", "", "", other.indicator)]
    out += decision.segments(loop, dice)
    decided = other.part in ("lines", "both", "claim")
    if decided:
        out.append(Segment(loop, "AMT", "D", money(paid)))
        if owed and dice.chance(0.4):
            out.append(Segment(loop, "AMT", "EAF", money(owed)))
    if other.part == "noncovered":
        out.append(Segment(loop, "AMT", "A8", money(claim.total)))
    signed = "P" if dice.chance(0.2) and not (claim.institutional or claim.dental) else ""
    out.append(Segment(loop, "OI", "", "", dice.pick("YYYYNW"), signed, "", "Y"))
    if decided and dice.chance(0.3):
        out.append(_remarks(claim, dice))
    out += _insured(claim, dice, relation)
    out += _named_payer(claim, other, dice)
    return out


def _remarks(claim: Claim, dice: Dice) -> Segment:
    codes = dice.some(_REMARKS, dice.between(1, 4))
    if claim.institutional and claim.place in ("11", "18", "21"):
        stay = Segment(
            "2320", "MIA", str(dice.between(1, 30)), "", "", money(dice.between(1000, 900000)), codes[0]
        )
        for i, code in enumerate(codes[1:]):
            stay.put(20 + i, code)
        return stay
    rate = f".{dice.between(11, 99)}" if dice.chance(0.4) else ""
    amount = money(dice.between(100, 90000)) if dice.chance(0.4) else ""
    return Segment("2320", "MOA", rate, amount, *codes)


def _insured(claim: Claim, dice: Dice, relation: str) -> list[Segment]:
    loop = "2330A"
    who = people.person(dice, sex=claim.patient.sex if relation == "18" else "")
    out = [named(loop, "IL", who, "OTH" + dice.digits(8), "MI")]
    if dice.chance(0.5):
        out += people.address(dice).segments(loop, long_zip=False)
    if dice.chance(0.05):
        out.append(Segment(loop, "REF", "SY", people.social_security(dice)))
    return out


def _named_payer(claim: Claim, other: OtherPayer, dice: Dice) -> list[Segment]:
    loop = "2330B"
    out = [Segment(loop, "NM1", "PR", "2", other.name, "", "", "", "", "PI", other.id)]
    if dice.chance(0.4):
        out += people.address(dice).segments(loop)
    if other.part == "claim":
        out.append(Segment(loop, "DTP", "573", "D8", _decided(claim, other)))
    numbers = [("2U", 0.1), ("G1", 0.05), ("9F", 0.05), ("T4", 0.03), ("F8", 0.4)]
    if claim.dental:
        numbers.insert(4, ("G3", 0.05))
    for qualifier, share in numbers:
        if dice.chance(share):
            value = "Y" if qualifier == "T4" else qualifier + dice.digits(6)
            out.append(Segment(loop, "REF", qualifier, value))
    return out
