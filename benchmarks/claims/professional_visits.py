"""Settings of professional claims in which a person is seen or treated."""

from __future__ import annotations

from benchmarks.claims import extras, providers, tables
from benchmarks.claims.claim import Claim
from benchmarks.claims.dates import FIRST_SERVICE, day, span
from benchmarks.claims.segments import Segment


def diagnose(claim: Claim, *menus: list[str], most: int = 4) -> None:
    """Add diagnoses, one of each menu and then some of the first."""
    dice = claim.dice
    for menu in menus:
        claim.diagnoses.append(dice.pick([code for code in menu if code not in claim.diagnoses]))
    rest = [code for code in menus[0] if code not in claim.diagnoses]
    claim.diagnoses += dice.some(rest, dice.between(0, most - len(claim.diagnoses)))


def office_visit(claim: Claim) -> None:
    """A visit with tests; sometimes by video, sometimes twelve diagnoses."""
    diagnose(claim, tables.GENERAL, most=12 if claim.dice.chance(0.05) else 4)
    visit = claim.bill(claim.dice.pick(tables.VISITS), "25") if claim.dice.chance(0.3) else None
    visit = visit or claim.bill(claim.dice.pick(tables.VISITS))
    if claim.dice.chance(0.05):
        claim.place, visit.modifiers = claim.dice.pick(("02", "10")), ("95",)
    claim.fill(tables.OFFICE)
    if claim.dice.chance(0.3):
        claim.refer("X4", "14D" + claim.dice.digits(7))
    if claim.dice.chance(0.1):
        claim.add("DTP", "431", "D8", day(claim.day - claim.dice.between(1, 40)))
    if claim.dice.chance(0.05):
        claim.add("DTP", "304", "D8", day(claim.day - claim.dice.between(10, 90)))


def emergency_physician(claim: Claim) -> None:
    """A physician in an emergency department."""
    claim.place = "23"
    diagnose(claim, tables.INJURIES if claim.dice.chance(0.5) else tables.HEART)
    if claim.diagnoses[0].startswith("S") and len(claim.diagnoses) < 12:
        claim.diagnoses.append(claim.dice.pick(tables.CAUSES))
    if claim.diagnoses[0].startswith("S") and claim.dice.chance(0.5):
        claim.causes = ("OA",)
        claim.add("DTP", "439", "D8", day(claim.day))
    visit = claim.bill(claim.dice.pick(tables.EMERGENCY), "25")
    claim.fill(tables.BEDSIDE)
    visit.emergency = True
    claim.providers["2310C"] = providers.facility("2310C", claim.dice)


def inpatient_physician(claim: Claim) -> None:
    """Daily visits in a hospital: admission, days, discharge."""
    dice, stay = claim.dice, min(max(2, claim.count), 30)
    claim.place = dice.pick(("21", "21", "51", "61"))
    diagnose(claim, tables.ACUTE)
    start = FIRST_SERVICE + dice.below(14)
    claim.add("DTP", "435", "D8", day(start))
    for i in range(claim.count):
        claim.day = start + i % stay
        first, last = i == 0, i == stay - 1
        claim.bill(dice.pick(tables.FIRST_DAYS if first else tables.LAST_DAYS if last else tables.DAYS))
    if claim.count == stay:
        claim.add("DTP", "096", "D8", day(start + stay - 1))
    if dice.chance(0.1):
        claim.add("DTP", "090", "D8", day(start))
        claim.add("DTP", "091", "D8", day(start + stay - 1))
    claim.providers["2310C"] = providers.facility("2310C", dice)


def surgery(claim: Claim) -> None:
    """Operations with side and multiple-procedure modifiers, an assistant now and then."""
    dice = claim.dice
    claim.place = dice.pick(("22", "24"))
    diagnose(claim, tables.SURGICAL)
    main = claim.bill(dice.pick(tables.OPERATIONS))
    if dice.chance(0.15):
        main.modifiers = (*main.modifiers, dice.pick(("80", "82", "AS", "62")))
    elif claim.payer_takes_bilateral and not main.modifiers and dice.chance(0.1):
        main.modifiers = ("50",)
    claim.fill(tables.MORE_OPERATIONS)
    claim.refer("G1", "AUTH" + dice.digits(6))
    claim.providers["2310C"] = providers.facility("2310C", dice, numbers=dice.below(2))


def anesthesia(claim: Claim) -> None:
    """Anesthesia by the minute, with the operation it was for."""
    dice = claim.dice
    claim.place = dice.pick(("22", "24"))
    diagnose(claim, tables.SURGICAL)
    claim.fill(tables.ANESTHESIA)
    for line in claim.lines:
        line.modifiers = (dice.pick(("AA", "QK", "QX", "QZ")), dice.pick(("P1", "P2", "P3")))
        line.unit, line.units = "MJ", str(dice.between(15, 320))
    operations = [service.code for service in dice.some(tables.OPERATIONS, 2)]
    claim.add("HI", ("BP", operations[0]), *([("BO", operations[1])] if dice.chance(0.5) else []))
    if dice.chance(0.4):
        claim.lines[0].add("QTY", "FL", str(dice.between(1, 3)))


def infusion(claim: Claim) -> None:
    """A drug with its product number and how it was given."""
    dice = claim.dice
    diagnose(claim, tables.CANCER if dice.chance(0.5) else tables.ARTHRITIS)
    for i in range(max(1, claim.count // 2)):
        given = claim.bill(tables.DRUGS[(i + dice.below(3)) % len(tables.DRUGS)], units=dice.between(1, 60))
        given.modifiers = (dice.pick(("JZ", "JW")),)
        extras.drug(claim, i)
        if i > 0:
            given.first = given.last = claim.day - i
    if len(claim.lines) < claim.count:
        claim.bill(dice.pick(tables.INFUSIONS))
    claim.fill(tables.INFUSION_EXTRAS)
    claim.refer("G1", "AUTH" + dice.digits(6))


def chiropractic(claim: Claim) -> None:
    """Adjustments of the spine, with when treatment began and the picture that shows why."""
    dice = claim.dice
    diagnose(claim, tables.SPINE)
    begun = claim.day - dice.between(5, 40)
    claim.add("DTP", "454", "D8", day(begun))
    claim.add("DTP", "455", "D8", day(begun - 3))
    if dice.chance(0.5):
        claim.add("DTP", "453", "D8", day(begun - 1))
    claim.add("CR2", *[""] * 7, dice.pick("ACDEFGM"), "", "INVENTED FINDING", "")
    claim.bill(dice.pick(tables.CHIROPRACTIC))
    claim.fill(tables.CHIROPRACTIC_EXTRAS)
    if dice.chance(0.2):
        claim.lines[0].add("DTP", "455", "D8", day(begun - 3))
        claim.lines[0].add("DTP", "454", "D8", day(begun))


def vision(claim: Claim) -> None:
    """An eye examination, lenses and why they are needed."""
    dice = claim.dice
    diagnose(claim, tables.EYES)
    claim.bill(dice.pick(tables.EYE_EXAMS))
    claim.fill(tables.LENSES)
    for category in dice.some(("E1", "E2", "E3"), dice.between(1, 2)):
        claim.add("CRC", category, "Y", *dice.some(("L1", "L2", "L3", "L4", "L5"), dice.between(1, 2)))
    claim.add("DTP", "471", "D8", day(claim.day - 1))
    if dice.chance(0.2):
        claim.lines[0].add("DTP", "471", "D8", day(claim.day - 1))


def homebound(claim: Claim) -> None:
    """Visits to somebody who cannot leave home."""
    claim.place = "12"
    diagnose(claim, tables.FRAIL)
    claim.add("CRC", "75", "Y", "IH")
    claim.bill(claim.dice.pick(tables.NURSING))
    claim.fill(tables.HOME_TESTS)


def hospice_employee(claim: Claim) -> None:
    """Care of a hospice patient, saying whether the hospice employs the provider."""
    claim.place = claim.dice.pick(("12", "34"))
    diagnose(claim, tables.DYING)
    claim.bill(claim.dice.pick(tables.NURSING), claim.dice.pick(("GV", "GW")))
    claim.fill(tables.HOME_TESTS)
    for line in claim.lines:
        line.add("CRC", "70", claim.dice.pick("YN"), "65")
    claim.add("DTP", "090", "D8", day(claim.day - 20))


def maternity(claim: Claim) -> None:
    """Care of a pregnancy, with the last menstrual period."""
    diagnose(claim, tables.PREGNANCY)
    claim.add("DTP", "484", "D8", day(claim.day - claim.dice.between(60, 270)))
    if claim.dice.chance(0.5):
        claim.place = "21"
        claim.add("DTP", "435", "D8", day(claim.day - 1))
        claim.bill(claim.dice.pick(tables.DELIVERIES))
    claim.fill(tables.PREGNANCY_TESTS)


def care_plan_oversight(claim: Claim) -> None:
    """A month of supervising the care of a patient at home."""
    diagnose(claim, tables.FRAIL)
    claim.refer("1J", claim.dice.digits(6))
    main = claim.bill(claim.dice.pick(tables.OVERSIGHT))
    main.first, main.last = FIRST_SERVICE, FIRST_SERVICE + 30
    claim.fill(tables.OVERSIGHT_EXTRAS)


def child_screening(claim: Claim) -> None:
    """A check-up of a child with its referrals."""
    dice = claim.dice
    diagnose(claim, tables.CHILD)
    if dice.chance(0.6):
        claim.add("CRC", "ZZ", "Y", *dice.some(("AV", "S2", "ST"), dice.between(1, 2)))
    else:
        claim.add("CRC", "ZZ", "N", "NU")
    claim.program = dice.pick(("", "", "02", "03", "05", "09"))
    claim.bill(dice.pick(tables.CHECKUPS))
    claim.fill(tables.CHECKUP_EXTRAS)
    for line in claim.lines:
        line.screening = dice.chance(0.8)


def workers_compensation(claim: Claim) -> None:
    """An injury at work: the employer is the insured."""
    dice = claim.dice
    diagnose(claim, tables.INJURIES)
    claim.causes = ("EM",) if dice.chance(0.7) else ("EM", "OA")
    accident = claim.day - dice.between(0, 9)
    claim.add("DTP", "439", "D8", day(accident))
    if dice.chance(0.5):
        claim.add("DTP", "297", "D8", day(accident))
        claim.add("DTP", "296", "D8", day(claim.day + 2))
    if dice.chance(0.4):
        dates = {
            "314": ("RD8", span(accident, claim.day)),
            "360": ("D8", day(accident)),
            "361": ("D8", day(claim.day)),
        }
        kind = dice.pick(("314", "360", "361"))
        claim.add("DTP", kind, *dates[kind])
    if dice.chance(0.3):
        claim.add("DTP", "444", "D8", day(claim.day - 1))
    claim.bill(dice.pick(tables.WORK_INJURY))
    claim.fill(tables.INJURY_CARE)


def auto_accident(claim: Claim) -> None:
    """A traffic accident: the insured's own policy pays."""
    dice = claim.dice
    diagnose(claim, tables.INJURIES)
    claim.diagnoses.append("V4352XA")
    claim.causes = ("AA", "", "", dice.pick(("IL", "OH", "TX", "CO")))
    claim.add("DTP", "439", "D8", day(claim.day - dice.between(0, 5)))
    claim.bill(dice.pick(tables.WORK_INJURY))
    claim.fill(tables.INJURY_CARE)


def every_provider(claim: Claim) -> None:
    """An ordinary visit with every provider loop of claim, lines and other payers, and their numbers."""
    dice = claim.dice
    office_visit(claim)
    claim.place = "22"
    npi_loops = claim.providers
    npi_loops["2310A"] = [
        *providers.person("2310A", "DN", dice, numbers=3),
        *providers.person("2310A", "P3", dice, numbers=1),
    ]
    npi_loops["2310B"] = providers.rendering("2310B", dice, numbers=4)
    npi_loops["2310C"] = providers.facility("2310C", dice, numbers=3, reach=True)
    npi_loops["2310D"] = providers.person("2310D", "DQ", dice, numbers=4)
    payer = claim.patient.coverage.others[0].id if claim.patient.coverage.others else ""
    for line in claim.lines:
        line.providers = _line_providers(claim, payer)


def _line_providers(claim: Claim, payer: str) -> list[Segment]:
    dice = claim.dice
    return [
        *providers.rendering("2420A", dice, numbers=2, payer=payer),
        *providers.facility("2420C", dice, numbers=2, payer=payer),
        *providers.person("2420D", "DQ", dice, numbers=2, payer=payer),
        *providers.ordering("2420E", dice, reach=True, numbers=2, payer=payer),
        *providers.person("2420F", "DN", dice, numbers=2, payer=payer),
        *providers.person("2420F", "P3", dice, numbers=1, payer=payer),
    ]
