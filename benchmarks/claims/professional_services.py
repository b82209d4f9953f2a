"""Settings of professional claims for tests, pictures, transport and equipment."""

from __future__ import annotations

from benchmarks.claims import people, providers, tables
from benchmarks.claims.claim import Claim, Line
from benchmarks.claims.dates import day
from benchmarks.claims.professional_visits import diagnose
from benchmarks.claims.segments import Segment, money


def laboratory(claim: Claim) -> None:
    """Tests, some sent to another laboratory, some bought from one."""
    dice = claim.dice
    claim.place = "81" if dice.chance(0.6) else "11"
    diagnose(claim, tables.GENERAL)
    claim.refer("X4", "14D" + dice.digits(7))
    claim.fill(tables.TESTS)
    for line in claim.lines:
        kind = dice.below(6)
        if kind == 0:  # done elsewhere
            line.modifiers = (*line.modifiers, "90")
            line.add("REF", "F4", "36D" + dice.digits(7))
        elif kind == 1:  # done at another of our places
            line.add("REF", "X4", "14D" + dice.digits(7))
        elif kind == 2:  # bought
            npi = people.npi(dice)
            line.add("PS1", npi, money(line.charge // 2))
            line.providers += providers.purchased("2420B", dice, npi, numbers=dice.below(2))
    if dice.chance(0.5):
        claim.providers["2310A"] = providers.person("2310A", "DN", dice)


def radiology(claim: Claim) -> None:
    """Pictures, some of them mammograms with the certificate of the facility."""
    dice = claim.dice
    claim.place = dice.pick(("11", "22"))
    breast = (claim.patient.sex == "F") and dice.chance(0.4)
    diagnose(claim, tables.BREAST if breast else tables.GENERAL)
    claim.fill(tables.MAMMOGRAMS if breast else tables.IMAGING)
    if breast:
        claim.refer("EW", "M" + dice.digits(6))
        if dice.chance(0.2):
            claim.lines[0].add("REF", "EW", "M" + dice.digits(6))
    elif claim.place == "22":
        for line in claim.lines:
            line.modifiers = ("26", *line.modifiers)
    claim.providers["2310A"] = providers.person("2310A", "DN", dice)
    if claim.place == "22":
        claim.providers["2310C"] = providers.facility("2310C", dice)


def ambulance(claim: Claim) -> None:
    """A ride: why, how far, from where to where."""
    dice = claim.dice
    claim.place = dice.pick(("41", "41", "42"))
    diagnose(claim, tables.HEART)
    from_to = dice.pick(("RH", "SH", "HH", "RN", "HN"))
    claim.bill(dice.pick(tables.RIDES), from_to)
    miles = dice.between(2, 60)
    if claim.count > 1:
        way = claim.bill(tables.MILES, from_to, units=miles)
        way.units = str(miles)
        if dice.chance(0.3):
            way.units = f"{miles}.{dice.between(1, 9)}"
    claim.fill(tables.RIDE_EXTRAS)
    claim.add(*_transport(claim, miles))
    reasons = dice.some(("01", "04", "05", "06", "07", "08", "09"), dice.between(1, 4))
    claim.add("CRC", "07", "Y", *reasons)
    if dice.chance(0.3):
        claim.add("CRC", "07", "N", "12")
    claim.providers["2310E"] = providers.place("2310E", "PW", dice)
    claim.providers["2310F"] = providers.place("2310F", "45", dice, "FICTION HOSPITAL")
    if dice.chance(0.2):
        _second_ride(claim, miles)


def _transport(claim: Claim, miles: int) -> tuple[str, ...]:
    dice = claim.dice
    weight = ("LB", str(dice.between(90, 300))) if dice.chance(0.5) else ("", "")
    purpose = ("", "", "SAMPLE ROUND TRIP", "") if dice.chance(0.2) else ("", "", "", "SAMPLE STRETCHER")
    return ("CR1", *weight, "", dice.pick("ABCDE"), "DH", str(miles), *purpose)


def _second_ride(claim: Claim, miles: int) -> None:
    """Repeat at a line what differs there."""
    dice, line = claim.dice, claim.lines[0]
    line.add("QTY", "PT", "2")
    line.add(*_transport(claim, miles))
    line.add("CRC", "07", "Y", "01")
    line.providers += providers.place("2420G", "PW", dice)
    line.providers += providers.place("2420H", "45", dice, "MOCK HOSPITAL")


def equipment(claim: Claim) -> None:
    """Equipment at home: certificates, prices to rent and buy, who ordered it, the form."""
    dice = claim.dice
    claim.place = "12"
    diagnose(claim, tables.LUNGS)
    if dice.chance(0.5):
        oxygen = claim.bill(tables.OXYGEN)
        _oxygen(claim, oxygen)
    elif dice.chance(0.4):
        chair = claim.bill(tables.POWER_CHAIR)
        chair.add("SV5", ("HC", chair.code), "DA", "30", money(chair.charge // 10), money(chair.charge), "4")
    used = {line.code for line in claim.lines}
    claim.fill(tuple(service for service in tables.EQUIPMENT if service.code not in used))
    for line in claim.lines:
        line.providers += providers.ordering("2420E", dice, reach=dice.chance(0.6))
        if dice.chance(0.3):
            line.add("CRC", "09", dice.pick("YN"), *dice.some(("38", "ZV"), dice.between(1, 2)))


def _oxygen(claim: Claim, line: Line) -> None:
    dice = claim.dice
    line.add("CR3", dice.pick("IRS"), "MO", str(dice.between(1, 99)))
    line.add("DTP", "607", "D8", day(line.first))
    line.add("DTP", "463", "D8", day(line.first - 40))
    line.add("DTP", "461", "D8", day(line.first - 20))
    if dice.chance(0.3):
        line.add("DTP", "738", "D8", day(line.first - 9))
        line.add("DTP", "739", "D8", day(line.first - 9))
    if dice.chance(0.2):
        line.add("DTP", "011", "D8", day(line.first))
        line.add("DTP", "304", "D8", day(line.first - 12))
    for kind in dice.some(("R1", "R2", "R3", "R4"), dice.between(1, 2)):
        line.add("MEA", "TR", kind, f"{dice.between(20, 60)}.{dice.between(1, 9)}")
    if dice.chance(0.3):
        line.add("MEA", "OG", "HT", str(dice.between(58, 76)))
    loop = "2440"
    form = Segment(loop, "LQ", "UT", "484.03")
    date, number, rate = ("", "", day(line.first)), ("", str(dice.between(50, 90))), ("", "", "", ".88")
    line.forms = [
        form,
        Segment(loop, "FRM", "1A", *number),
        Segment(loop, "FRM", "1B", *rate),
        Segment(loop, "FRM", "1C", *date),
        Segment(loop, "FRM", "2", dice.pick("YNW")),
    ]
