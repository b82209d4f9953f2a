"""The providers of a claim and its lines: loops 2310, 2330 and 2420."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from benchmarks.claims import people
from benchmarks.claims.dice import Dice
from benchmarks.claims.parties import contact, named
from benchmarks.claims.segments import Segment

_KINDS = {  # entity code: what secondary numbers it may have
    "DN": "0B 1G G2",
    "P3": "0B 1G G2",
    "DK": "0B 1G G2",
    "QB": "0B 1G G2",
    "82": "0B 1G G2 LU",
    "DQ": "0B 1G G2 LU",
    "DD": "0B 1G G2 LU",
    "71": "0B 1G G2 LU",
    "72": "0B 1G G2 LU",
    "ZZ": "0B 1G G2 LU",
    "77": "0B G2 LU",
    "85": "G2 LU",
}
_TAXONOMIES = ("207Q00000X", "207R00000X", "208D00000X", "208600000X", "363LF0000X", "225100000X")
#: Providers that the other payer knows by its own number: loop, entity code, where the claim names them.
OTHER_PROFESSIONAL = (
    ("2330C", "DN", "2310A"),
    ("2330D", "82", "2310B"),
    ("2330E", "77", "2310C"),
    ("2330F", "DQ", "2310D"),
    ("2330G", "85", ""),
)
OTHER_INSTITUTIONAL = (
    ("2330C", "71", "2310A"),
    ("2330D", "72", "2310B"),
    ("2330E", "ZZ", "2310C"),
    ("2330F", "77", "2310E"),
    ("2330G", "82", "2310D"),
    ("2330H", "DN", "2310F"),
    ("2330I", "85", ""),
)
OTHER_DENTAL = (
    ("2330C", "DN", "2310A"),
    ("2330D", "82", "2310B"),
    ("2330E", "DQ", "2310E"),
    ("2330F", "85", ""),
    ("2330G", "77", "2310C"),
    ("2330H", "DD", "2310D"),
)


def secondary(loop: str, code: str, dice: Dice, most: int = 1, payer: str = "") -> list[Segment]:
    """Return secondary numbers of a provider; at line level REF04 may name the payer that gave it."""
    out = []
    without = loop == "2420C" or (loop, code) == ("2420D", "77")
    kinds = "G2 LU" if without else _KINDS[code]  # no licence of a facility at a line
    for qualifier in dice.some(kinds.split(), most):
        segment = Segment(loop, "REF", qualifier, qualifier + dice.digits(6))
        if payer and qualifier in ("G2", "LU"):
            segment.elements += ["", ("2U", payer)]
        out.append(segment)
    return out


def person(
    loop: str, code: str, dice: Dice, *, taxonomy: str = "", numbers: int = 0, payer: str = ""
) -> list[Segment]:
    """Return a person's loop; `taxonomy` is what PRV says, with its qualifier: `PE:207Q00000X`."""
    out = [named(loop, code, people.person(dice), people.npi(dice))]
    if taxonomy:
        qualifier, _, value = taxonomy.partition(":")
        out.append(Segment(loop, "PRV", qualifier, "PXC", value))
    return out + secondary(loop, code, dice, numbers, payer)


def rendering(loop: str, dice: Dice, numbers: int = 0, payer: str = "") -> list[Segment]:
    """Return a rendering provider (professional) with its specialty."""
    taxonomy = f"PE:{dice.pick(_TAXONOMIES)}" if dice.chance(0.8) else ""
    return person(loop, "82", dice, taxonomy=taxonomy, numbers=numbers, payer=payer)


def facility(
    loop: str, dice: Dice, *, numbers: int = 0, payer: str = "", reach: bool = False
) -> list[Segment]:
    """Return a service facility with its address; `reach` adds a telephone number (professional, 2310C)."""
    name = people.organization(dice, dice.pick(("CLINIC", "SURGERY CENTER", "HOSPITAL", "IMAGING CENTER")))
    head = Segment(loop, "NM1", "77", "2", name, "", "", "", "", "XX", people.npi(dice))
    out = [head, *people.address(dice).segments(loop), *secondary(loop, "77", dice, numbers, payer)]
    return [*out, contact(loop, "FRONT DESK", dice)] if reach else out


def place(loop: str, code: str, dice: Dice, name: str = "") -> list[Segment]:
    """Return where an ambulance took somebody up (PW) or brought somebody to (45)."""
    return [Segment(loop, "NM1", code, "2", name), *people.address(dice).segments(loop)]


def ordering(
    loop: str, dice: Dice, *, reach: bool = False, numbers: int = 0, payer: str = ""
) -> list[Segment]:
    """Return who ordered the service, with an address and perhaps ways to ask."""
    head = named(loop, "DK", people.person(dice), people.npi(dice))
    out = [head, *people.address(dice).segments(loop), *secondary(loop, "DK", dice, numbers, payer)]
    return [*out, contact(loop, "ORDER DESK", dice, ways=dice.pick((1, 2, 3)))] if reach else out


def purchased(loop: str, dice: Dice, npi: str, numbers: int = 0, payer: str = "") -> list[Segment]:
    """Return who sold the service that is billed."""
    return [
        Segment(loop, "NM1", "QB", "2", *[""] * 5, "XX", npi),
        *secondary(loop, "QB", dice, numbers, payer),
    ]


def known_to_other_payer(
    dice: Dice, named_at: Collection[str], known: Sequence[tuple[str, str, str]], *, every: bool
) -> list[Segment]:
    """Return loops 2330C and on: the other payer's numbers of providers whom the claim names.

    `known` is the list of those loops for the type of claim.
    """
    out: list[Segment] = []
    for loop, code, source in known:
        if (not source or source in named_at) and (every or dice.chance(0.12)):
            organization = code in ("77", "85")
            out.append(Segment(loop, "NM1", code, "2" if organization else "1"))
            out += secondary(loop, code, dice, 2 if every else 1)
    return out
