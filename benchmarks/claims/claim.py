"""A claim while it is made: settings add to it, in any order; `assemble` brings it into the guide's order."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.claims.dates import FIRST_SERVICE, LAST_SERVICE, day, span
from benchmarks.claims.dice import Dice
from benchmarks.claims.parties import Biller, Patient
from benchmarks.claims.segments import ORDER_2300, ORDER_2400, Element, Segment, in_order, money
from benchmarks.claims.tables import Service


@dataclass(slots=True)
class Line:
    """A service line. `charge` is in cents, `first` and `last` are days (`dates`); `units` is text.

    `teeth` are numbers with surfaces, `oral` parts of the mouth (dental).
    """

    code: str
    charge: int
    first: int
    last: int
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    unit: str = "UN"
    qualifier: str = "HC"
    revenue: str = ""
    place: str = ""
    teeth: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    oral: tuple[str, ...] = ()
    prosthesis: str = ""
    pointers: tuple[str, ...] = ("1",)
    noncovered: int = 0
    emergency: bool = False
    screening: bool = False
    extra: list[Segment] = field(default_factory=list)
    drug: list[Segment] = field(default_factory=list)
    providers: list[Segment] = field(default_factory=list)
    decisions: list[Segment] = field(default_factory=list)
    forms: list[Segment] = field(default_factory=list)

    def add(self, *elements: Element) -> None:
        """Add a segment of loop 2400."""
        self.extra.append(Segment("2400", *elements))

    @property
    def procedure(self) -> tuple[str, ...]:
        """The composite that names the procedure; empty when a revenue code stands alone."""
        return (self.qualifier, self.code, *self.modifiers) if self.code else ()


@dataclass(slots=True)
class Claim:
    """A claim, whose patient and billing provider are fixed when it begins."""

    dice: Dice
    id: str
    biller: Biller
    patient: Patient
    count: int
    institutional: bool = False
    dental: bool = False
    place: str = "11"
    frequency: str = "1"
    causes: tuple[str, ...] = ()
    program: str = ""
    delay: str = ""
    predetermination: str = ""
    day: int = 0
    dated_lines: bool = True
    extra: list[Segment] = field(default_factory=list)
    diagnoses: list[str] = field(default_factory=list)
    providers: dict[str, list[Segment]] = field(default_factory=dict)
    payers: list[Segment] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.day = self.dice.between(FIRST_SERVICE, LAST_SERVICE)

    @property
    def total(self) -> int:
        """The sum of the line charges in cents."""
        return sum(line.charge for line in self.lines)

    @property
    def payer_takes_bilateral(self) -> bool:
        """Whether the payer takes modifier 50 (fictitious Example Health does not)."""
        return not self.patient.payer.startswith("EXH")

    def add(self, *elements: Element) -> None:
        """Add a segment of loop 2300."""
        self.extra.append(Segment("2300", *elements))

    def refer(self, qualifier: str, value: str) -> None:
        """Add a reference number (REF), unless the claim has one of the kind."""
        if not any(s.id == "REF" and s.get(1) == qualifier for s in self.extra):
            self.add("REF", qualifier, value)

    def bill(self, service: Service, *modifiers: str, units: int = 1) -> Line:
        """Add a line for a service; its price is drawn, its pointers name diagnoses that are there."""
        dice = self.dice
        price = dice.between(service.low * 100, service.high * 100)
        if dice.chance(0.6):  # many fees are whole dollars
            price -= price % 100
        line = Line(
            service.code, price * units, self.day, self.day, modifiers or service.modifiers, str(units)
        )
        line.revenue = service.revenue
        if self.dental:
            line.qualifier = "AD"
            line.pointers = ()
        if self.diagnoses and not self.institutional:
            known = [str(i) for i in range(1, min(len(self.diagnoses), 12) + 1)]
            line.pointers = tuple(dice.some(known[:4] if self.dental else known, dice.pick((1, 1, 2, 3, 4))))
        self.lines.append(line)
        return line

    def fill(self, menu: tuple[Service, ...]) -> None:
        """Add different services until the claim has its lines; a second round is for the day before.

        An institutional claim stays on its day: one before it would lie outside the statement period.
        """
        menu = tuple(self.dice.some(menu, len(menu)))
        home, made = self.day, 0
        while len(self.lines) < self.count:
            if not self.institutional:
                self.day = home - (made // len(menu)) % 30
            self.bill(menu[made % len(menu)])
            made += 1
        self.day = home


def assemble(claim: Claim) -> list[Segment]:
    """Return the segments of a claim in the guide's order."""
    out = [_clm(claim), *in_order(claim.extra, ORDER_2300)]
    for loop in sorted(claim.providers):
        out += claim.providers[loop]
    out += claim.payers
    service = _sv3 if claim.dental else _sv2 if claim.institutional else _sv1
    for number, line in enumerate(claim.lines, 1):
        out.append(Segment("2400", "LX", str(number)))
        if claim.dated_lines:
            line.extra.insert(0, _dates(line))
        teeth = [Segment("2400", "TOO", "JP", *tooth) for tooth in line.teeth]
        out += in_order([service(line), *teeth, *line.extra], ORDER_2400)
        out += line.drug
        out += line.providers
        out += line.decisions
        out += line.forms
    return out


def _clm(claim: Claim) -> Segment:
    place = (claim.place, "A" if claim.institutional else "B", claim.frequency)
    head: tuple[Element, ...] = ("CLM", claim.id, money(claim.total), "", "", place)
    release = "Y" if claim.dice.chance(0.97) else "I"
    if claim.institutional:
        assignment = claim.dice.pick("AAAAAC")
        tail: tuple[Element, ...] = ("", assignment, "Y", release, *[""] * 10, claim.delay)
    elif claim.dental:
        assignment, benefits = claim.dice.pick("AAAAAAAC"), claim.dice.pick("YYYYYYYYNW")
        tail = ("Y", assignment, benefits, release, "", claim.causes, claim.program, *[""] * 6)
        tail = (*tail, claim.predetermination, claim.delay)
    else:
        signed = "P" if claim.dice.chance(0.1) else ""
        assignment = claim.dice.pick("AAAAAAAABC")
        benefits = claim.dice.pick("YYYYYYYYNW")
        tail = (
            "Y",
            assignment,
            benefits,
            release,
            signed,
            claim.causes,
            claim.program,
            *[""] * 7,
            claim.delay,
        )
    return Segment("2300", *head, *tail)


def _sv1(line: Line) -> Segment:
    flags = ("Y" if line.emergency else "", "", "Y" if line.screening else "")
    head = (line.procedure, money(line.charge), line.unit, line.units, line.place, "", line.pointers)
    return Segment("2400", "SV1", *head, "", *flags)


def _sv2(line: Line) -> Segment:
    noncovered = money(line.noncovered) if line.noncovered else ""
    amount = (money(line.charge), line.unit, line.units, "", noncovered)
    return Segment("2400", "SV2", line.revenue, line.procedure, *amount)


def _sv3(line: Line) -> Segment:
    head = (line.procedure, money(line.charge), line.place, line.oral, line.prosthesis, line.units)
    return Segment("2400", "SV3", *head, "", "", "", "", line.pointers)


def _dates(line: Line) -> Segment:
    if line.first == line.last:
        return Segment("2400", "DTP", "472", "D8", day(line.first))
    return Segment("2400", "DTP", "472", "RD8", span(line.first, line.last))
