"""Fictitious people, organisations, addresses and identifiers (with valid check digits)."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.claims.dice import Dice
from benchmarks.claims.segments import Segment

_LAST = (
    "EXAMPLE SAMPLE FICTION TESTCASE DEMOWSKI PLACEHOLDER MOCKINGHAM SPECIMEN NOBODY FIGMENT INVENTO DUMMYSON"
).split()
_LAST_ACCENTED = ("FICTICIA-PEÑA", "ÉCHANTILLON", "MÜSTERMANN", "SØMEONE", "EJEMPLO ÑANDÚ")
_FEMALE = "PATRICIA RENATA RITA OLGA NORA INES MAEVE TILDA SUE YARA ZOE GRETA".split()
_MALE = "OMAR SAM OLAF ROY BRUNO EMIL HUGO IVAN KURT LARS NILS OTTO".split()
_FIRST_ACCENTED = ("RENÉE", "JOSÉ", "ZOË", "ANDRÉ", "FRANÇOIS")
_STREETS = (
    "SAMPLE STREET;EXAMPLE AVENUE;FICTION ROAD;MOCK LANE;TEST PARKWAY;INVENTED DRIVE;IMAGINARY COURT".split(
        ";"
    )
)
_SECOND_LINES = ("SUITE 9", "SUITE 210", "FLOOR 3", "APT 4B", "UNIT 12")
_PLACES = (
    ("SPRINGFIELD", "IL", "62701"),
    ("MADISON", "WI", "53703"),
    ("COLUMBUS", "OH", "43215"),
    ("DENVER", "CO", "80202"),
    ("PORTLAND", "OR", "97204"),
    ("AUSTIN", "TX", "78701"),
    ("ALBANY", "NY", "12207"),
    ("RALEIGH", "NC", "27601"),
    ("BOISE", "ID", "83702"),
    ("TOPEKA", "KS", "66603"),
    ("SHELBYVILLE", "IN", "46176"),
)
_AREAS = ("217", "608", "614", "303", "503", "512", "518", "919", "208", "785")


def npi(dice: Dice) -> str:
    """Return an NPI that nobody is known to have (1999...), with its check digit (45 CFR 162.406)."""
    body = "1999" + dice.digits(5)
    total = 24  # the Luhn sum of the prefix 80840
    for i, digit in enumerate(map(int, body)):
        doubled = digit * 2 - 9 if digit > 4 else digit * 2
        total += doubled if i % 2 == 0 else digit
    return body + str(-total % 10)


def tax_id(dice: Dice) -> str:
    """Return an employer number; none begins with 00."""
    return "00" + dice.digits(7)


def social_security(dice: Dice) -> str:
    """Return a social security number; none begins with 000."""
    return "000" + dice.digits(6)


def phone(dice: Dice) -> str:
    """Return a number from the block kept for fiction (555-0100 to 555-0199)."""
    return dice.pick(_AREAS) + "55501" + dice.digits(2)


@dataclass(frozen=True, slots=True)
class Address:
    """A street address; `zip` has nine digits."""

    street: str
    second: str
    city: str
    state: str
    zip: str

    def segments(self, loop: str, *, long_zip: bool = True) -> list[Segment]:
        """Return N3 and N4."""
        zip_code = self.zip if long_zip else self.zip[:5]
        return [
            Segment(loop, "N3", self.street, self.second),
            Segment(loop, "N4", self.city, self.state, zip_code),
        ]


def address(dice: Dice) -> Address:
    """Return an address: an invented street in a city with one of its ZIP codes."""
    city, state, zip_code = dice.pick(_PLACES)
    second = dice.pick(_SECOND_LINES) if dice.chance(0.2) else ""
    street = f"{dice.between(1, 9999)} {dice.pick(_STREETS)}"
    return Address(street, second, city, state, zip_code + str(dice.between(1001, 9998)))


@dataclass(frozen=True, slots=True)
class Person:
    """A name as NM1 takes it."""

    last: str
    first: str
    middle: str
    suffix: str
    sex: str


def person(dice: Dice, *, accents: bool = False, sex: str = "", last: str = "") -> Person:
    """Return a name; with `accents` some carry them."""
    sex = sex or dice.pick("FM")
    first = dice.pick(_FEMALE if sex == "F" else _MALE)
    last = last or dice.pick(_LAST)
    if accents and dice.chance(0.3):
        first, last = dice.pick(_FIRST_ACCENTED), dice.pick(_LAST_ACCENTED)
    middle = dice.pick("ABCDEGHJKLMNPRST") if dice.chance(0.25) else ""
    return Person(last, first, middle, "JR" if sex == "M" and dice.chance(0.03) else "", sex)


def organization(dice: Dice, kind: str) -> str:
    """Return a name such as FICTION 204 CLINIC."""
    return f"{dice.pick(_LAST)} {dice.between(1, 999)} {kind}"
