"""Parts that any claim may have: notes, attachments, contracts, repricing, reference numbers."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.claims.claim import Claim
from benchmarks.claims.dates import day
from benchmarks.claims.segments import Segment, money

#: The share of claims that get each part, whatever their setting.
SHARE = 0.05
_REPORTS = ("03", "OZ", "B4", "DS", "RB", "PN", "LA", "AS")
_DENTAL_REPORTS = ("B4", "DA", "DG", "EB", "OZ", "P6", "RB", "RR")
_WAYS = ("AA", "BM", "EL", "EM", "FX", "FT")
_WORDS = (
    "SAMPLE NOTE FOR TESTING",
    "FICTITIOUS REMARK 12.5",
    "INVENTED COMMENT - SEE RECORD",
    "EXAMPLE TEXT ONLY",
)


def attachments(claim: Claim) -> None:
    """Say that papers come separately, by claim and by line."""
    dice = claim.dice
    for report in dice.some(_DENTAL_REPORTS if claim.dental else _REPORTS, dice.between(1, 3)):
        way = dice.pick(_WAYS)
        number = () if way == "AA" else ("", "", "AC", "CTRL" + dice.digits(6))
        claim.add("PWK", report, way, *number)
    if dice.chance(0.5) and not claim.dental:
        claim.lines[0].add("PWK", dice.pick(_REPORTS), "AA")


def notes(claim: Claim) -> None:
    """Write free text."""
    dice = claim.dice
    claim.add("NTE", "ADD", dice.pick(_WORDS))
    if dice.chance(0.4):
        claim.add("K3", "FIXED FORMAT SAMPLE " + dice.digits(4))
    if dice.chance(0.5) and not claim.dental:
        claim.lines[-1].add(
            "NTE", "TPO" if claim.institutional else dice.pick(("ADD", "DCP", "TPO")), dice.pick(_WORDS)
        )
    if not claim.institutional and dice.chance(0.2):
        claim.lines[-1].add("K3", "LINE SAMPLE " + dice.digits(4))


def contract(claim: Claim) -> None:
    """Name the contract that the price is from."""
    dice = claim.dice
    kind = dice.pick(("02", "03", "04", "05", "06", "09"))
    price = money(claim.total * 7 // 10)
    claim.add(
        "CN1", kind, price, dice.pick(("", "70")), "CONTRACT" + dice.digits(4), dice.pick(("", "2")), "V1"
    )
    if not claim.institutional:
        claim.lines[0].add("CN1", kind, money(claim.lines[0].charge * 7 // 10))


def repriced(claim: Claim) -> None:
    """Give what a repricer allows, and the repricer's numbers."""
    dice = claim.dice
    lines = [line.charge * dice.between(40, 95) // 100 for line in claim.lines]
    allowed = sum(lines)
    organisation = "REPRICER" + dice.digits(3)
    method = dice.pick(("01", "02", "03", "04", "10"))
    claim.add("HCP", method, money(allowed), money(claim.total - allowed), organisation)
    claim.refer("9A", "RPC" + dice.digits(7))
    if dice.chance(0.4):
        claim.refer("9C", "RPA" + dice.digits(7))
    for line, part in zip(claim.lines, lines, strict=True):
        line.add("HCP", method, money(part), money(line.charge - part), organisation)
        line.add("REF", "9A" if claim.dental else "9B", "RPL" + dice.digits(7))
        if dice.chance(0.4):
            line.add("REF", "9C" if claim.dental else "9D", "RPB" + dice.digits(7))


def numbers(claim: Claim) -> None:
    """Give reference numbers of every kind that needs no special setting."""
    dice = claim.dice
    kinds = ("9F", "G1", "D9", "G3", "4N") if claim.dental else ("9F", "G1", "D9", "EA", "P4", "LX", "4N")
    for qualifier in dice.some(kinds, dice.between(1, 4)):
        claim.refer(qualifier, "4" if qualifier == "4N" else qualifier + dice.digits(7))
    if claim.institutional:
        if dice.chance(0.3):
            claim.refer("G4", "G4" + dice.digits(7))
        if dice.chance(0.1):
            claim.refer("LU", dice.pick(("IL", "OH", "TX")))
        return
    if dice.chance(0.1) and not claim.dental:
        claim.refer("F5", dice.pick("YN"))
    first = claim.lines[0]
    if dice.chance(0.1) and not claim.dental:
        first.add("REF", "BT", "BATCH" + dice.digits(5))
    for qualifier in dice.some(("G1", "9F", "G3") if claim.dental else ("G1", "9F"), dice.between(0, 2)):
        first.add("REF", qualifier, qualifier + dice.digits(7))
        others = claim.patient.coverage.others
        if others and dice.chance(0.5):
            first.extra[-1].elements += ["", ("2U", others[0].id)]
            first.add("REF", qualifier, qualifier + dice.digits(7))


def received(claim: Claim) -> None:
    """Say what the patient paid, and when the papers changed hands."""
    dice = claim.dice
    claim.add("AMT", "F3" if claim.institutional else "F5", money(dice.between(500, 5000)))
    if dice.chance(0.3):
        claim.add("DTP", "050", "D8", day(claim.day + 2))
    if not claim.institutional:
        if dice.chance(0.3):
            claim.lines[0].add("AMT", "T", money(dice.between(10, 300)))
        if dice.chance(0.1) and not claim.dental:
            claim.lines[0].add("AMT", "F4", money(dice.between(10, 300)))
        return
    if dice.chance(0.3):
        claim.lines[0].add("AMT", "GT", money(dice.between(10, 300)))
    if dice.chance(0.1):
        claim.lines[0].add("AMT", "N8", money(dice.between(10, 300)))


def control_numbers(claim: Claim) -> None:
    """Number every line, as practices that post remittances do."""
    for i, line in enumerate(claim.lines, 1):
        line.add("REF", "6R", f"{claim.id}-{i}")


def replacement(claim: Claim) -> None:
    """Replace or void an earlier claim."""
    claim.frequency = claim.dice.pick("778")
    claim.refer("F8", "PAYER" + claim.dice.digits(8))
    if claim.dice.chance(0.1):
        claim.delay = claim.dice.pick(("1", "3", "7", "11", "15"))


def drug(claim: Claim, index: int) -> None:
    """Give the drug of a line: product number, quantity, prescription (loop 2410)."""
    dice, loop = claim.dice, "2410"
    quantity = f"{dice.between(1, 40)}.{dice.between(1, 9)}" if dice.chance(0.3) else str(dice.between(1, 90))
    out = [Segment(loop, "LIN", "", "N4", "99999" + dice.digits(6))]
    out.append(Segment(loop, "CTP", "", "", "", quantity, (dice.pick(("ML", "UN", "ME", "GR", "F2")),)))
    if dice.chance(0.4):
        out.append(Segment(loop, "REF", dice.pick(("XZ", "VY")), "RX" + dice.digits(7)))
    claim.lines[index].drug = out


ANY: tuple[Callable[[Claim], None], ...] = (
    attachments,
    notes,
    contract,
    repriced,
    numbers,
    received,
    replacement,
)
