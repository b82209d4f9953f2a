"""Settings of dental claims: what was done, on which teeth, and what the claim must say besides."""

from __future__ import annotations

from benchmarks.claims import people, providers
from benchmarks.claims import tables_dental as codes
from benchmarks.claims.claim import Claim, Line
from benchmarks.claims.dates import day, span
from benchmarks.claims.professional_visits import diagnose
from benchmarks.claims.segments import Segment
from benchmarks.claims.tables import Service

#: Taxonomies of dentists: general practice and specialties.
TAXONOMIES = ("122300000X", "1223G0001X", "1223P0221X", "1223S0112X", "1223X0400X", "1223E0200X")
_YEARS = 365


def _fill(claim: Claim, menu: tuple[Service, ...], *, primary: bool = False) -> None:
    """Bill services of a menu; say of each what its code wants: tooth, surfaces, quadrant, jaw."""
    claim.fill(menu)
    for line in claim.lines:
        _describe(claim, line, primary=primary)


def _describe(claim: Claim, line: Line, *, primary: bool) -> None:
    dice = claim.dice
    if line.code in codes.OF_QUADRANTS:
        line.oral = tuple(dice.some(("10", "20", "30", "40"), dice.pick((1, 1, 1, 2))))
    elif line.code in codes.OF_JAWS:
        line.oral = (dice.pick(("01", "02")),)
    elif line.code in codes.OF_TEETH:
        count = dice.pick((1, 1, 1, 1, 2, 3)) if line.code in ("D1351", "D1354") else 1
        teeth = (_tooth(claim, line.code, primary=primary) for _ in range(count))
        line.teeth = list(dict(teeth).items())
    if line.code in codes.PROSTHESES:
        line.prosthesis = dice.pick("IIIR")
        if line.prosthesis == "R":
            line.add("DTP", "441", "D8", day(line.first - dice.between(1, 2) * _YEARS))


def _tooth(claim: Claim, code: str, *, primary: bool) -> tuple[str, tuple[str, ...]]:
    dice = claim.dice
    front = code.startswith("D233") or (code not in codes.SURFACES and dice.chance(0.2))
    if front:
        number = dice.pick(codes.FRONT_PRIMARY if primary else codes.FRONT)
    else:
        number = dice.pick(codes.BACK_PRIMARY if primary else codes.BACK)
    return number, tuple(dice.some("MIDFL" if front else "MODBL", codes.SURFACES.get(code, 0)))


def checkup(claim: Claim) -> None:
    """An examination, pictures, cleaning."""
    _fill(claim, codes.CHECKUP)


def child(claim: Claim) -> None:
    """A child: examination, sealants and fillings of primary teeth."""
    diagnose(claim, codes.DECAY)
    _fill(claim, (*codes.CHILD_CHECKUP, *codes.SEALANTS, *codes.BACK_FILLINGS[:2]), primary=True)


def screening(claim: Claim) -> None:
    """A child's examination in a public programme (CLM12)."""
    claim.program = "01"
    _fill(claim, codes.CHILD_CHECKUP)


def fillings(claim: Claim) -> None:
    """Fillings with their surfaces."""
    diagnose(claim, codes.DECAY)
    _fill(claim, (*codes.FRONT_FILLINGS, *codes.BACK_FILLINGS))


def crowns(claim: Claim) -> None:
    """Crowns, first ones and replacements."""
    diagnose(claim, codes.DECAY)
    _fill(claim, codes.CROWNS)


def root_canals(claim: Claim) -> None:
    """Root canals and what is built on them; treatment may take weeks."""
    diagnose(claim, codes.PULP)
    _fill(claim, (*codes.ROOT_CANALS, *codes.CROWNS[-2:]))
    for line in claim.lines:
        if line.code in ("D3310", "D3320", "D3330") and claim.dice.chance(0.5):
            line.add("DTP", "196", "D8", day(line.first - 14))
            line.add("DTP", "198", "D8", day(line.first))
    if claim.dice.chance(0.5):
        claim.providers["2310A"] = referring(claim, claim.dice.pick(("DN", "P3")))


def surgery(claim: Claim) -> None:
    """Teeth taken out, under sedation; an assistant now and then."""
    dice = claim.dice
    claim.place = dice.pick(("11", "11", "22", "24"))
    diagnose(claim, codes.WISDOM)
    _fill(claim, (*codes.EXTRACTIONS, *codes.SURGERY_EXTRAS))
    for line in claim.lines:
        if line.code in ("D9223", "D9243"):
            line.units = str(dice.between(1, 6))
        if dice.chance(0.2):
            line.modifiers = ("KX",)
    if dice.chance(0.4):
        claim.providers["2310D"] = assistant("2310D", claim)
    elif dice.chance(0.3):
        claim.lines[0].providers += assistant("2420B", claim)
    if claim.place != "11":
        claim.providers["2310C"] = providers.facility("2310C", dice)
        if dice.chance(0.3):
            claim.lines[-1].place = "11"


def periodontics(claim: Claim) -> None:
    """Treatment of the gums, by quadrants."""
    diagnose(claim, codes.GUM_DISEASE)
    _fill(claim, (*codes.QUADRANTS, *codes.GUMS))


def dentures(claim: Claim) -> None:
    """Dentures, with the teeth that are missing or to be taken out (DN2)."""
    dice = claim.dice
    diagnose(claim, codes.LOST_TEETH)
    _fill(claim, (*codes.DENTURES, *codes.DENTURE_CARE))
    for number in dice.some([*codes.FRONT, *codes.BACK], dice.between(1, 12)):
        claim.add("DN2", number, dice.pick("MMME"), "", "", "", "JP")
    if dice.chance(0.3):
        line = claim.lines[-1]
        line.add("DTP", "446", "D8", day(line.first))


def orthodontics(claim: Claim) -> None:
    """A month of orthodontic treatment, or its beginning."""
    dice = claim.dice
    diagnose(claim, codes.BITE)
    _fill(claim, (*codes.BRACES, *codes.BRACES_CARE))
    total = dice.pick((12, 18, 24, 30))
    left = dice.between(0, total)
    if dice.chance(0.1):
        claim.add("DN1", "", "", "", "Y")
    else:
        claim.add("DN1", str(total), str(left))
    claim.add("DTP", "452", "D8", day(claim.day - 30 * (total - left) % 700))
    if dice.chance(0.1):
        claim.lines[0].add("DTP", "452", "D8", day(claim.day - 20))


def predetermination(claim: Claim) -> None:
    """What the payer would pay: no service has been given yet."""
    diagnose(claim, codes.DECAY)
    claim.predetermination, claim.dated_lines = "PB", False
    _fill(claim, codes.CROWNS)


def predetermined(claim: Claim) -> None:
    """Services that the payer was asked about before."""
    crowns(claim)
    claim.refer("G3", "PRE" + claim.dice.digits(6))
    if claim.dice.chance(0.4):
        claim.lines[0].add("REF", "G3", "PRE" + claim.dice.digits(6))


def one_date(claim: Claim) -> None:
    """The claim dates all of its lines at once."""
    claim.dated_lines = False
    _fill(claim, codes.CHECKUP)
    if claim.dice.chance(0.5):
        claim.add("DTP", "472", "D8", day(claim.day))
    else:
        claim.add("DTP", "472", "RD8", span(claim.day - 2, claim.day))


def accident(claim: Claim) -> None:
    """Broken teeth after an accident."""
    dice = claim.dice
    claim.causes = ("AA", "", "", "IL") if dice.chance(0.5) else ("OA",)
    claim.add("DTP", "439", "D8", day(claim.day - dice.between(0, 9)))
    diagnose(claim, codes.BROKEN)
    _fill(claim, (*codes.FRONT_FILLINGS, *codes.CROWNS[:3], *codes.EXTRACTIONS[:2]))


def every_provider(claim: Claim) -> None:
    """Everybody whom claim and lines can name."""
    dice = claim.dice
    other = claim.patient.coverage.others[0].id if claim.patient.coverage.others else ""
    fillings(claim)
    claim.providers = {
        "2310A": referring(claim, "DN", numbers=3) + referring(claim, "P3", numbers=1),
        "2310B": rendering("2310B", claim, numbers=3),
        "2310C": providers.facility("2310C", dice, numbers=2),
        "2310D": assistant("2310D", claim, numbers=2),
        "2310E": providers.person("2310E", "DQ", dice, numbers=3),
    }
    for line in claim.lines[:3]:
        line.providers = [
            *rendering("2420A", claim, numbers=3, payer=other),
            *assistant("2420B", claim, numbers=2, payer=other),
            *providers.person("2420C", "DQ", dice, numbers=2, payer=other),
            *providers.facility("2420D", dice, numbers=2, payer=other),
        ]


def rendering(loop: str, claim: Claim, numbers: int = 0, payer: str = "") -> list[Segment]:
    """Return the dentist who treated the patient."""
    taxonomy = "PE:" + claim.dice.pick(TAXONOMIES)
    return providers.person(loop, "82", claim.dice, taxonomy=taxonomy, numbers=numbers, payer=payer)


def assistant(loop: str, claim: Claim, numbers: int = 0, payer: str = "") -> list[Segment]:
    """Return who helped in surgery."""
    taxonomy = "AS:" + claim.dice.pick(TAXONOMIES)
    return providers.person(loop, "DD", claim.dice, taxonomy=taxonomy, numbers=numbers, payer=payer)


def referring(claim: Claim, code: str, numbers: int = 0) -> list[Segment]:
    """Return who sent the patient; this guide has a specialty there."""
    taxonomy = "RF:" + claim.dice.pick(TAXONOMIES) if claim.dice.chance(0.5) else ""
    return providers.person("2310A", code, claim.dice, taxonomy=taxonomy, numbers=numbers)


def finish(claim: Claim) -> None:
    """Add diagnoses and who treated the patient."""
    dice, kind = claim.dice, claim.biller.kind
    if claim.diagnoses:
        codes_ = [("ABK", claim.diagnoses[0]), *(("ABF", code) for code in claim.diagnoses[1:4])]
        claim.add("HI", *codes_)
    by_biller = kind.person and dice.chance(0.8)
    if not by_biller and "2310B" not in claim.providers:
        claim.providers["2310B"] = rendering("2310B", claim, numbers=dice.below(2))
    if dice.chance(0.06) and "2310E" not in claim.providers:
        claim.providers["2310E"] = providers.person("2310E", "DQ", dice)
    if dice.chance(0.05) and not by_biller and not claim.lines[-1].providers:
        claim.lines[-1].providers = rendering("2420A", claim)
    if dice.chance(0.05) and not claim.predetermination:
        claim.lines[0].add("REF", "G1", "AUTH" + people.npi(dice)[4:])
