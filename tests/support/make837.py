"""A seeded generator of fictitious 837P files: clean by default, with rule-breaking variety on demand.

Names are made up, NPIs have valid check digits unless an error is wanted, codes are numbers only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from scrubber.claim.formats import is_npi

TODAY = "20260820"
_VISITS = ("99202", "99203", "99212", "99213", "99214")
_TESTS = ("85025", "80053", "84132", "82947", "80048")
_PROCEDURES = ("20610", "11102", "17110", "36415", "99291", "99292")
_DIAGNOSES = (
    "E119",
    "I10",
    "J069",
    "M5459",
    "R519",
    "Z0000",
    "S8001XA",
    "K219",
    "N390",
    "E785",
    "F329",
    "G43909",
)
_CAUSES = ("W010XXA", "V892XXA", "Y9301")


def npi(rng: random.Random) -> str:
    """Return an NPI with a valid check digit."""
    body = "1" + "".join(rng.choice("0123456789") for _ in range(8))
    return next(body + d for d in "0123456789" if is_npi(body + d))


def make837(
    claims: int,
    seed: int = 1,
    *,
    errors: float = 0.0,
    claims_a_subscriber: int = 1,
    subscribers_a_provider: int = 50,
    newline: str = "\n",
) -> str:
    """Return one interchange with so many claims; `errors` is the chance of each kind of mistake."""
    return "".join(
        segment + "~" + newline
        for segment in _file(claims, random.Random(seed), errors, claims_a_subscriber, subscribers_a_provider)
    )


def _file(
    claims: int, rng: random.Random, errors: float, per_subscriber: int, per_provider: int
) -> Iterator[str]:
    yield (
        "ISA*00*          *00*          *ZZ*SUBMITTER01    *ZZ*RECEIVER01     "
        "*260820*0930*^*00501*000000001*0*T*:"
    )
    yield f"GS*HC*SUBMITTER01*RECEIVER01*{TODAY}*0930*1*X*005010X222A1"
    body = list(_transaction(claims, rng, errors, per_subscriber, per_provider))
    yield from body
    yield f"SE*{len(body) + 1}*0001"
    yield "GE*1*1"
    yield "IEA*1*000000001"


def _transaction(
    claims: int, rng: random.Random, errors: float, per_subscriber: int, per_provider: int
) -> Iterator[str]:
    yield "ST*837*0001*005010X222A1"
    yield f"BHT*0019*00*BATCH0001*{TODAY}*0930*CH"
    yield "NM1*41*2*SAMPLE BILLING SERVICE*****46*SUBMITTER01"
    yield "PER*IC*TEST DESK*TE*2175550111"
    yield "NM1*40*2*SAMPLE CLEARINGHOUSE*****46*RECEIVER01"
    hl, made = 0, 0
    while made < claims:
        hl += 1
        billing = hl
        group = rng.random() < 0.8
        yield from _billing(hl, rng, errors, group=group)
        for _ in range(per_provider):
            if made >= claims:
                break
            dependent = rng.random() < 0.2
            hl += 1
            yield from _subscriber(hl, billing, rng, errors, dependent=dependent)
            if dependent:
                hl += 1
                yield from _patient(hl, hl - 1, rng)
            for _ in range(per_subscriber):
                if made >= claims:
                    break
                made += 1
                yield from claim(made, rng, errors, group=group)


def _maybe(rng: random.Random, errors: float, good: str, *bad: str) -> str:
    return rng.choice(bad) if rng.random() < errors else good


def _npi(rng: random.Random, errors: float) -> str:
    number = npi(rng)
    return number[:-1] + str((int(number[-1]) + 1) % 10) if rng.random() < errors else number


def _billing(hl: int, rng: random.Random, errors: float, *, group: bool) -> Iterator[str]:
    yield f"HL*{hl}**20*1"
    if rng.random() >= errors:
        yield "PRV*BI*PXC*207Q00000X"
    name = "2*FICTION FAMILY MEDICINE GROUP**" if group else "1*EXAMPLE*RENATA*"
    yield f"NM1*85*{name}***XX*{_npi(rng, errors)}"
    yield "N3*" + _maybe(rng, errors, "100 SAMPLE STREET", "PO BOX 12", "12 MAIN ST*P.O. BOX 9")
    yield "N4*SPRINGFIELD*IL*627010001"
    yield "REF*EI*369999999"
    yield "PER*IC*BILLING OFFICE*TE*" + _maybe(rng, errors, "2175550100", "217-555-0100", "555-0100")


def _subscriber(hl: int, parent: int, rng: random.Random, errors: float, *, dependent: bool) -> Iterator[str]:
    yield f"HL*{hl}*{parent}*22*{int(dependent)}"
    payer = rng.choice(("99999", "EXH01"))
    group_number = _maybe(rng, errors, "GRP0001", "")
    yield f"SBR*P*{'' if dependent else '18'}*{group_number}******CI"
    yield f"NM1*IL*1*SAMPLE*PATRICIA****MI*XYZ{rng.randrange(10**8):08d}"
    yield "N3*200 EXAMPLE AVENUE"
    yield "N4*SPRINGFIELD*IL*62702"
    yield "DMG*D8*" + _maybe(rng, errors, "19800115", "20261201", "19801315") + "*F"
    yield f"NM1*PR*2*SAMPLE PLAN*****PI*{payer}"


def _patient(hl: int, parent: int, rng: random.Random) -> Iterator[str]:
    yield f"HL*{hl}*{parent}*23*0"
    yield "PAT*19"
    yield f"NM1*QC*1*SAMPLE*JUNIOR{rng.randrange(10)}"
    yield "N3*200 EXAMPLE AVENUE"
    yield "N4*SPRINGFIELD*IL*62702"
    yield "DMG*D8*20150604*M"


def claim(number: int, rng: random.Random, errors: float, *, group: bool = True) -> Iterator[str]:
    """Yield the segments of one claim."""
    count = rng.choice((1, 2, 2, 3, 3, 5))
    diagnoses = rng.sample(_DIAGNOSES, rng.choice((1, 2, 3, 4)))
    if rng.random() < errors:
        diagnoses.insert(rng.choice((0, len(diagnoses))), rng.choice(_CAUSES))
    lines = [list(_line(i + 1, rng, errors, len(diagnoses))) for i in range(count)]
    total = sum(charge for charge, _ in lines)
    if rng.random() < errors:
        total += rng.choice((-1, 1, 100))
    place = _maybe(rng, errors, rng.choice(("11", "22")), "21")
    frequency = _maybe(rng, errors, "1", "7", "8")
    identifier = f"FICT-{number:07d}" + _maybe(rng, errors, "", "-LONGER-THAN-ALLOWED")
    causes = _maybe(rng, errors, "", "**AA:::IL", "**AA", "**OA", "**EM")
    yield f"CLM*{identifier}*{total}***{place}:B:{frequency}*Y*A*Y*Y{causes}"
    if causes and rng.random() < 0.5:
        yield "DTP*439*D8*20260817"
    if place == "21" and rng.random() < 0.5:
        yield "DTP*435*D8*20260817"
    if frequency != "1" and rng.random() < 0.5:
        yield "REF*F8*PAYERCLAIM01"
    if rng.random() >= errors / 2:
        qualifiers = ["ABK", *["ABF"] * (len(diagnoses) - 1)]
        yield "HI*" + "*".join(f"{q}:{d}" for q, d in zip(qualifiers, diagnoses, strict=True))
    if group and rng.random() >= errors:
        yield f"NM1*82*1*EXAMPLE*RENATA****XX*{_npi(rng, errors)}"
        yield "PRV*PE*PXC*207Q00000X"
    for _, segments in lines:
        yield from segments


def _line(number: int, rng: random.Random, errors: float, diagnoses: int) -> tuple[int, list[str]]:
    code = rng.choice(
        rng.choice((_VISITS, _TESTS, _PROCEDURES)) if rng.random() < errors else ("99213", "85025", "36415")
    )
    charge = rng.randrange(20, 400)
    modifiers = ""
    if rng.random() < errors:
        modifiers = ":" + ":".join(
            rng.choices(("25", "50", "RT", "LT", "59", "91", "25"), k=rng.choice((1, 2, 3)))
        )
    pointers = [str(rng.randrange(1, diagnoses + 1))]
    if rng.random() < errors:
        pointers.append(rng.choice(("9", "12", "A")))
    day = rng.choice(("20260817", "20260818", "20260819"))
    date = f"D8*{day}"
    if rng.random() < errors:
        date = rng.choice(("RD8*20260818-20260817", "D8*20261318", "RD8*20260817-20260818", "D8*20260901"))
    segments = [
        f"LX*{number}",
        f"SV1*HC:{code}{modifiers}*{_maybe(rng, errors / 4, str(charge), 'ABC')}*UN*1***{':'.join(pointers)}",
        f"DTP*472*{date}",
    ]
    if rng.random() < errors:
        segments.append(f"REF*6R*FICT-{number}")
    if rng.random() < errors:
        segments += [f"NM1*82*1*SAMPLE*OMAR****XX*{_npi(rng, errors)}", "PRV*PE*PXC*207Q00000X"]
    return charge, segments
