"""Settings of institutional claims."""

from __future__ import annotations

from benchmarks.claims import extras, providers, tables
from benchmarks.claims import tables_institutional as codes
from benchmarks.claims.claim import Claim
from benchmarks.claims.dates import FIRST_SERVICE, day, span
from benchmarks.claims.segments import money


def _principal(claim: Claim, menu: list[str], *, most: int = 6, onset: bool = False) -> None:
    """Add the principal and other diagnoses; `onset` says for each whether it was there on admission."""
    dice = claim.dice
    chosen = dice.some(menu, dice.between(1, most))
    claim.diagnoses = chosen
    parts = [(code, *([""] * 6 + [dice.pick("YYYYNUW")] if onset else [])) for code in chosen]
    claim.add("HI", ("ABK", *parts[0]))
    if parts[1:]:
        claim.add("HI", *(("ABF", *part) for part in parts[1:13]))


def _statement(
    claim: Claim, first: int, last: int, *, kind: str = "", source: str = "1", status: str = "01"
) -> None:
    """Add the dates of the statement and the codes of the stay (CL1)."""
    claim.day = first
    claim.add("DTP", "434", "RD8", span(first, last))
    claim.add("CL1", kind or claim.dice.pick("123"), source, status)


def _codes(claim: Claim, first: int) -> None:
    """Add condition, occurrence, span and value codes."""
    dice = claim.dice
    if dice.chance(0.3):
        claim.add(
            "HI", *(("BI", code, "RD8", span(first - 9, first - 1)) for code in dice.some(codes.SPANS, 2))
        )
    if dice.chance(0.5):
        some = dice.some(codes.OCCURRENCES, dice.between(1, 4))
        claim.add("HI", *(("BH", code, "D8", day(first - dice.below(9))) for code in some))
    if dice.chance(0.5):
        some = dice.some(codes.VALUES, dice.between(1, 5))
        claim.add("HI", *(("BE", code, "", "", money(dice.between(100, 99900))) for code in some))
    if dice.chance(0.5):
        claim.add("HI", *(("BG", code) for code in dice.some(codes.CONDITIONS, dice.between(1, 4))))


def _attending(claim: Claim) -> None:
    taxonomy = "AT:" + claim.dice.pick(("207R00000X", "208M00000X", "207Q00000X"))
    claim.providers["2310A"] = providers.person(
        "2310A", "71", claim.dice, taxonomy=taxonomy, numbers=claim.dice.below(2)
    )


def inpatient(claim: Claim) -> None:
    """A stay in an acute hospital, with group, onset, procedures and hours."""
    dice = claim.dice
    claim.place, claim.dated_lines = "11", False
    first = FIRST_SERVICE + dice.below(20)
    days = dice.between(1, 14)
    hour = f"{dice.between(0, 23):02d}{dice.between(0, 59):02d}"
    claim.add("DTP", "096", "TM", f"{dice.between(0, 23):02d}00")
    _statement(
        claim, first, first + days, source=dice.pick("1245"), status=dice.pick(("01", "03", "06", "62"))
    )
    claim.add("DTP", "435", *(("DT", day(first) + hour) if dice.chance(0.7) else ("D8", day(first))))
    _principal(claim, tables.ACUTE, most=12, onset=True)
    claim.add("HI", ("ABJ", dice.pick(tables.ACUTE)))
    claim.add("HI", ("DR", dice.pick(codes.DRGS)))
    if dice.chance(0.2):
        claim.add("HI", *(("ABN", code, *[""] * 6, "Y") for code in dice.some(tables.CAUSES, 2)))
    if dice.chance(0.7):
        procedures = dice.some(codes.PROCEDURES, dice.between(1, 6))
        dated = [(code, "D8", day(first + dice.below(days + 1))) for code in procedures]
        claim.add("HI", ("BBR", *dated[0]))
        if dated[1:]:
            claim.add("HI", *(("BBQ", *part) for part in dated[1:]))
        claim.providers["2310B"] = providers.person("2310B", "72", dice, numbers=dice.below(2))
        if dice.chance(0.3):
            claim.providers["2310C"] = providers.person("2310C", "ZZ", dice)
    _codes(claim, first)
    room = claim.bill(dice.pick(codes.ROOMS), units=days)
    room.unit = "DA"
    claim.fill(codes.INPATIENT)
    if dice.chance(0.15):
        room.noncovered = room.charge // days // 2


def _outpatient(claim: Claim, place: str, *, status: str = "01", causes: bool = False) -> None:
    """What most claims without a stay have: dates, reasons of the visit, diagnoses, codes."""
    dice = claim.dice
    claim.place = place
    _statement(claim, claim.day, claim.day, status=status)
    injured = causes and dice.chance(0.5)
    _principal(claim, tables.INJURIES if injured else tables.GENERAL)
    claim.add("HI", *(("APR", code) for code in dice.some(codes.REASONS, dice.between(1, 3))))
    if injured:
        claim.add("HI", *(("ABN", code) for code in dice.some(tables.CAUSES, 2)))
        claim.add("HI", ("BH", dice.pick(codes.OCCURRENCES_ACCIDENT), "D8", day(claim.day)))
    else:
        _codes(claim, claim.day)


def outpatient(claim: Claim) -> None:
    """Tests and procedures at a hospital, some with drugs."""
    dice = claim.dice
    _outpatient(claim, dice.pick(("13", "13", "14")), causes=True)
    if dice.chance(0.4):
        claim.bill(dice.pick(codes.DRUGS), units=dice.between(1, 60))
        extras.drug(claim, 0)
    claim.fill(codes.CLINIC)
    if dice.chance(0.3):
        claim.lines[-1].providers += providers.person(
            "2420A", "72", dice, numbers=dice.below(3), payer=_other(claim)
        )


def emergency(claim: Claim) -> None:
    """A visit to an emergency department of a hospital."""
    _outpatient(claim, "13", causes=True)
    claim.bill(claim.dice.pick(codes.VISITS))
    claim.fill(codes.EMERGENCY)


def skilled_nursing(claim: Claim) -> None:
    """A stay in a skilled nursing facility, or a swing bed, with its rate code."""
    dice = claim.dice
    claim.place, claim.dated_lines = dice.pick(("21", "21", "18")), False
    first, days = FIRST_SERVICE + dice.below(10), dice.between(10, 30)
    claim.frequency = dice.pick("1234")
    _statement(claim, first, first + days, kind="3", source="4", status=dice.pick(("01", "30")))
    claim.add("DTP", "435", "D8", day(first - dice.below(30)))
    _principal(claim, tables.REHAB, onset=True)
    claim.add("HI", ("ABJ", dice.pick(tables.REHAB)))
    claim.add("HI", ("BI", "70", "RD8", span(first - 9, first - 1)))
    claim.add("HI", ("BH", "50", "D8", day(first)))
    rate = claim.bill(codes.SKILLED[0])
    rate.revenue, rate.code, rate.qualifier, rate.charge = "0022", dice.pick(codes.HIPPS_SKILLED), "HP", 0
    rate.units = str(days)
    if claim.count > 1:
        claim.bill(codes.SKILLED[0], units=days)
    claim.fill(codes.SKILLED[1:])


def home_health(claim: Claim) -> None:
    """Thirty days of care at home, with their payment code and treatment codes."""
    dice = claim.dice
    claim.place = "32"
    first = FIRST_SERVICE + dice.below(14)
    claim.frequency = dice.pick(("9", "1"))
    _statement(claim, first, first + 29, kind="3", status=dice.pick(("01", "30")))
    claim.add("DTP", "435", "D8", day(first))
    _principal(claim, tables.FRAIL)
    claim.add("HI", *(("TC", code) for code in codes.TREATMENTS[: dice.between(1, 3)]))
    claim.add("HI", ("BE", "61", "", "", "16974"))
    claim.add("HI", ("BH", "50", "D8", day(first)))
    claim.refer("G1", dice.digits(12))
    payment = claim.bill(codes.HOME[0])
    payment.revenue, payment.code, payment.qualifier, payment.charge = (
        "0023",
        dice.pick(codes.HIPPS_HOME),
        "HP",
        0,
    )
    claim.fill(codes.HOME)
    claim.add("NTE", dice.pick(("ALG", "DME", "MED", "NTR", "RHB", "SET")), "INVENTED PLAN OF CARE")


def hospice(claim: Claim) -> None:
    """A month of hospice care."""
    dice = claim.dice
    claim.place = dice.pick(("81", "82"))
    claim.frequency = dice.pick("1234")
    _statement(claim, FIRST_SERVICE, FIRST_SERVICE + 30, kind="3", status=dice.pick(("30", "40", "41")))
    claim.add("DTP", "435", "D8", day(FIRST_SERVICE - dice.below(60)))
    _principal(claim, tables.DYING)
    claim.add("HI", ("BH", "27", "D8", day(FIRST_SERVICE)))
    claim.add("HI", ("BE", "61", "", "", "16974"), ("BE", "G8", "", "", "16974"))
    claim.bill(codes.HOSPICE[0], units=dice.between(2, 31))
    claim.fill(codes.HOSPICE[1:])


def dialysis(claim: Claim) -> None:
    """A month of dialysis with its drugs and measures."""
    dice = claim.dice
    claim.place = "72"
    _statement(claim, FIRST_SERVICE, FIRST_SERVICE + 30, kind="3")
    _principal(claim, tables.KIDNEYS)
    claim.add("HI", ("BG", dice.pick(("71", "73", "74"))))
    claim.add(
        "HI",
        ("BE", "A8", "", "", f"{dice.between(45, 120)}.5"),
        ("BE", "A9", "", "", str(dice.between(150, 190))),
    )
    claim.add("HI", ("BH", "51", "D8", day(FIRST_SERVICE + 3)))
    claim.bill(codes.DIALYSIS[0])
    claim.fill(codes.DIALYSIS[1:])


def therapy(claim: Claim) -> None:
    """Therapy of an outpatient, at a hospital or a rehabilitation facility."""
    dice = claim.dice
    claim.place = dice.pick(("13", "74", "75"))
    _statement(claim, claim.day, claim.day, kind="3")
    _principal(claim, tables.REHAB)
    claim.add("HI", ("APR", dice.pick(codes.REASONS)))
    claim.add("HI", ("BH", "11", "D8", day(claim.day - 30)), ("BH", "29", "D8", day(claim.day - 9)))
    claim.add("HI", ("BE", "50", "", "", str(dice.between(1, 20))))
    claim.fill(codes.THERAPY)
    if dice.chance(0.3):
        claim.providers["2310D"] = providers.person("2310D", "82", dice)


def critical_access(claim: Claim) -> None:
    """An outpatient of a critical access hospital."""
    _outpatient(claim, "85", causes=True)
    claim.bill(claim.dice.pick(codes.VISITS))
    claim.fill(codes.CLINIC)


def rural_clinic(claim: Claim) -> None:
    """A visit to a rural health clinic; for a child with its referrals."""
    dice = claim.dice
    claim.place = "71"
    _statement(claim, claim.day, claim.day, kind="3")
    _principal(claim, tables.GENERAL)
    claim.bill(dice.pick(codes.RURAL))
    claim.fill(codes.RURAL_EXTRAS)
    if dice.chance(0.3):
        claim.add("CRC", "ZZ", "Y", *dice.some(("AV", "S2", "ST"), dice.between(1, 3)))
    elif dice.chance(0.3):
        claim.add("CRC", "ZZ", "N", "NU")


def every_provider(claim: Claim) -> None:
    """An outpatient with every provider loop of claim, lines and other payers, and their numbers."""
    dice = claim.dice
    outpatient(claim)
    loops = claim.providers
    loops["2310A"] = providers.person("2310A", "71", dice, taxonomy="AT:207R00000X", numbers=4)
    loops["2310B"] = providers.person("2310B", "72", dice, numbers=4)
    loops["2310C"] = providers.person("2310C", "ZZ", dice, numbers=2)
    loops["2310D"] = providers.person("2310D", "82", dice, numbers=2)
    loops["2310E"] = providers.facility("2310E", dice, numbers=3)
    loops["2310F"] = providers.person("2310F", "DN", dice, numbers=3)
    payer = _other(claim)
    for line in claim.lines:
        line.providers = [
            *providers.person("2420A", "72", dice, numbers=2, payer=payer),
            *providers.person("2420B", "ZZ", dice, numbers=2, payer=payer),
            *providers.person("2420C", "82", dice, numbers=2, payer=payer),
            *providers.person("2420D", "DN", dice, numbers=2, payer=payer),
        ]


def _other(claim: Claim) -> str:
    others = claim.patient.coverage.others
    return others[0].id if others else ""


def finish(claim: Claim) -> None:
    """Add what every institutional claim needs after its setting."""
    if "2310A" not in claim.providers:
        _attending(claim)
    if claim.dice.chance(0.08) and "2310E" not in claim.providers:
        claim.providers["2310E"] = providers.facility("2310E", claim.dice)
    if claim.dice.chance(0.08) and "2310F" not in claim.providers:
        claim.providers["2310F"] = providers.person("2310F", "DN", claim.dice)
