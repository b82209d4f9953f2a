"""Who bills, who is insured, who is the patient: loops 2000A to 2010CA."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.claims import people
from benchmarks.claims.coverage import Coverage
from benchmarks.claims.dates import SENT, day
from benchmarks.claims.dice import Dice
from benchmarks.claims.people import Person
from benchmarks.claims.segments import Segment


@dataclass(frozen=True, slots=True)
class BillerKind:
    """A kind of billing provider. `settings`: what it bills, None is all. `renders`: it names no person."""

    name: str
    taxonomies: tuple[str, ...]
    weight: int
    settings: frozenset[str] | None = None
    person: bool = False
    renders: bool = False


PROFESSIONAL_BILLERS = (
    BillerKind("MEDICAL GROUP", ("193200000X", "193400000X"), 60),
    BillerKind("HEALTH CENTER", ("261Q00000X", "261QP2300X"), 10),
    BillerKind("", ("207Q00000X", "207R00000X", "208D00000X", "363LF0000X"), 12, person=True),
    BillerKind("LABORATORY", ("291U00000X",), 8, frozenset({"laboratory"}), renders=True),
    BillerKind("AMBULANCE", ("3416L0300X",), 5, frozenset({"ambulance"}), renders=True),
    BillerKind("MEDICAL SUPPLY", ("332B00000X", "332BX2000X"), 5, frozenset({"equipment"}), renders=True),
)
INSTITUTIONAL_BILLERS = (
    BillerKind("HOSPITAL", ("282N00000X", "282NR1301X"), 60),
    BillerKind("NURSING FACILITY", ("314000000X",), 8, frozenset({"skilled_nursing"})),
    BillerKind("HOME HEALTH", ("251E00000X",), 8, frozenset({"home_health"})),
    BillerKind("HOSPICE", ("251G00000X",), 6, frozenset({"hospice"})),
    BillerKind("KIDNEY CENTER", ("261QE0700X",), 6, frozenset({"dialysis"})),
    BillerKind("ACCESS HOSPITAL", ("282NC0060X",), 6, frozenset({"critical_access"})),
    BillerKind("RURAL CLINIC", ("261QR1300X",), 6, frozenset({"rural_clinic"})),
)
DENTAL_BILLERS = (
    BillerKind("DENTAL GROUP", ("1223G0001X", "122300000X"), 60),
    BillerKind("CHILDRENS DENTISTRY", ("1223P0221X",), 10),
    BillerKind("", ("1223G0001X", "1223X0400X", "1223S0112X"), 20, person=True),
)
#: A biller of more patients than this bills everything, so that a large file has every setting.
MOST_FOR_SPECIALISTS = 1000


@dataclass(frozen=True, slots=True)
class Biller:
    """A billing provider and its segments at level 20 (without HL)."""

    kind: BillerKind
    segments: list[Segment]


def biller(dice: Dice, kinds: tuple[BillerKind, ...], *, institutional: bool, accents: bool) -> Biller:
    """Return a billing provider of one of these kinds."""
    kind = dice.weighted(kinds, [kind.weight for kind in kinds])
    npi, taxonomy, loop = people.npi(dice), dice.pick(kind.taxonomies), "2010AA"
    home = people.address(dice)
    out = [Segment("2000A", "PRV", "BI", "PXC", taxonomy)]
    if dice.chance(0.02):
        out.append(Segment("2000A", "CUR", "85", "CAD"))
    if kind.person:
        out.append(named(loop, "85", people.person(dice, accents=accents), npi))
    else:
        out.append(
            Segment(loop, "NM1", "85", "2", people.organization(dice, kind.name), "", "", "", "", "XX", npi)
        )
    out += home.segments(loop)
    by_person = kind.person and dice.chance(0.3)
    out.append(
        Segment(loop, "REF", "SY", people.social_security(dice))
        if by_person
        else Segment(loop, "REF", "EI", people.tax_id(dice))
    )
    if not institutional and dice.chance(0.1):
        out.append(Segment(loop, "REF", "0B", "LIC" + dice.digits(6)))
    if dice.chance(0.7):
        out.append(contact(loop, "BILLING OFFICE", dice, ways=dice.pick((1, 1, 2, 3))))
    if dice.chance(0.15):  # an address for payments may be a box
        entity = "1" if kind.person else "2"
        where = people.address(dice)
        out.append(Segment("2010AB", "NM1", "87", entity))
        out.append(Segment("2010AB", "N3", f"PO BOX {dice.between(1, 9999)}"))
        out.append(where.segments("2010AB")[1])
    if dice.chance(0.04):
        out += _pay_to_plan(dice)
    return Biller(kind, out)


def _pay_to_plan(dice: Dice) -> list[Segment]:
    loop = "2010AC"
    plan = Segment(loop, "NM1", "PE", "2", people.organization(dice, "RECOVERY PLAN"), "", "", "", "", "PI")
    plan.put(9, "PLAN" + dice.digits(5))
    out = [plan, *people.address(dice).segments(loop)]
    if dice.chance(0.5):
        out.append(Segment(loop, "REF", "2U", dice.digits(6)))
    return [*out, Segment(loop, "REF", "EI", people.tax_id(dice))]


def named(loop: str, code: str, who: Person, number: str, qualifier: str = "XX") -> Segment:
    """Return NM1 for a person; without a number the qualifier is left out too."""
    tail = (qualifier, number) if number else ()
    return Segment(loop, "NM1", code, "1", who.last, who.first, who.middle, "", who.suffix, *tail)


def contact(loop: str, name: str, dice: Dice, ways: int = 1) -> Segment:
    """Return PER with a telephone number and up to two more ways to reach somebody."""
    segment = Segment(loop, "PER", "IC", name, "TE", people.phone(dice))
    if ways > 1:
        segment.elements += ["EX", str(dice.between(10, 999))]
    if ways > 2:
        segment.elements += ["EM", f"DESK{dice.digits(2)}@EXAMPLE.ORG"]
    return segment


@dataclass(slots=True)
class Needs:
    """What a setting wants of its patient. `ages` in years; `program`: a claim filing indicator, or empty."""

    ages: tuple[int, int] = (19, 88)
    sex: str = ""
    program: str = ""
    pregnant: bool = False
    employer: bool = False
    property: bool = False
    dependent: float = 0.2


@dataclass(slots=True)
class Patient:
    """A patient: `born` is CCYYMMDD, `segments` those of levels 22 and 23 without HL (each level a list)."""

    sex: str
    born: str
    coverage: Coverage
    levels: list[list[Segment]] = field(default_factory=list)

    @property
    def payer(self) -> str:
        """The id of the payer that the claim goes to."""
        return self.coverage.payer


def _born(dice: Dice, ages: tuple[int, int]) -> str:
    return f"{2025 - dice.between(*ages)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"


def patient(dice: Dice, needs: Needs, coverage: Coverage, *, institutional: bool, accents: bool) -> Patient:
    """Return a patient with the segments of the subscriber's level and, for a dependent, the patient's."""
    sex, born = needs.sex or dice.pick("FM"), _born(dice, needs.ages)
    dependent = needs.employer or dice.chance(needs.dependent)
    home = people.address(dice)
    loop = "2010BA"
    group = f"GRP{dice.digits(5)}" if dice.chance(0.8) or coverage.payer == "EXH01" else ""
    group_name = people.organization(dice, "EMPLOYER") if group and dice.chance(0.2) else ""
    reason = "12" if coverage.indicator == "MB" and coverage.order != "P" and not institutional else ""
    relation = "" if dependent else "18"
    top = [
        Segment(
            "2000B",
            "SBR",
            coverage.order,
            relation,
            group,
            group_name,
            reason,
            "",
            "",
            "",
            coverage.indicator,
        )
    ]
    state = _state(dice, pregnant=needs.pregnant, institutional=institutional)
    if not dependent and any(state) and not institutional:
        top.append(Segment("2000B", "PAT", "", *state))
    member = people.person(dice, accents=accents, sex=sex if not dependent else "")
    if needs.employer:
        employer = people.organization(dice, "EMPLOYER")
        top.append(Segment(loop, "NM1", "IL", "2", employer, "", "", "", "", "MI", "POL" + dice.digits(8)))
    else:
        top.append(named(loop, "IL", member, f"XYZ{dice.digits(9)}", "MI"))
    if not dependent or dice.chance(0.5):
        top += home.segments(loop, long_zip=dice.chance(0.4))
        if not needs.employer:
            top.append(Segment(loop, "DMG", "D8", _born(dice, (30, 60)) if dependent else born, member.sex))
    if dice.chance(0.05) and not needs.employer:
        top.append(Segment(loop, "REF", "SY", people.social_security(dice)))
    accident = needs.property or needs.employer
    own = (
        [] if not accident else _accident(dice, "2010CA" if dependent else loop, institutional=institutional)
    )
    if not dependent:
        top += own
    top += coverage.payer_segments(dice)
    levels = [top]
    if dependent:
        relation = "20" if needs.employer else "01" if needs.ages[0] > 18 else "19"
        below = [Segment("2000C", "PAT", relation, *state)]
        name = people.person(dice, accents=accents, sex=sex, last="" if needs.employer else member.last)
        below.append(named("2010CA", "QC", name, ""))
        below += (
            people.address(dice).segments("2010CA", long_zip=False)
            if needs.employer
            else home.segments("2010CA")
        )
        below.append(Segment("2010CA", "DMG", "D8", born, sex))
        levels.append(below + own)
    return Patient(sex, born, coverage, levels)


def _state(dice: Dice, *, pregnant: bool, institutional: bool) -> tuple[str, ...]:
    """Return PAT02 to PAT09: rarely a death (after every service of the file) or a weight; a pregnancy."""
    if institutional:
        return ("",) * 8
    died = ("D8", day(SENT - 1)) if dice.chance(0.005) and not pregnant else ("", "")
    weight = ("01", str(dice.between(4, 200))) if dice.chance(0.01) else ("", "")
    return ("", "", "", *died, *weight, "Y" if pregnant else "")


def _accident(dice: Dice, loop: str, *, institutional: bool) -> list[Segment]:
    """Return the number of the property and casualty claim, and whom to ask (professional)."""
    out = [Segment(loop, "REF", "Y4", "CASE" + dice.digits(7))]
    if not institutional and dice.chance(0.6):
        out.append(contact(loop, "CLAIMS CONTACT", dice, ways=dice.pick((1, 2))))
    return out
