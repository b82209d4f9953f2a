"""What is wrong with a file does not depend on how it is cut into pieces, nor on how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from itertools import pairwise
from random import Random

import pytest

from scrubber.guides.library import Guides
from scrubber.guides.violations import Kind, Violation
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from tests.guides.mutants import (
    TYPES,
    Mutant,
    NotThere,
    Segments,
    after,
    find,
    generated,
    gone,
    made,
    mutants,
    put,
    with_counts,
)
from tests.guides.test_mutants import is_known
from tests.read.files import STYLES, Style, render

GUIDES = Guides()
SIZES = (1, 2, 7)
#: Violations by the claim they are of, and those of no claim.
Found = tuple[dict[int, list[Violation]], set[Violation]]


def chunks(data: bytes, size: int) -> list[Chunk]:
    return [part for part in split_x12(BytesIO(data), size) if isinstance(part, Chunk)]


def found(pieces: Iterable[Chunk], guides: Guides = GUIDES) -> Found:
    """Return what is wrong, by claim, and with the file."""
    by_claim: dict[int, list[Violation]] = {}
    of_file: list[Violation] = []
    for chunk in pieces:
        reading = chunk.reading(guides)
        for item in reading.claims():
            by_claim[item.index] = sorted((v for v in item.violations if not is_known(v)), key=_order)
        of_file += (v for v in reading.violations if not is_known(v))
    return by_claim, set(of_file)


def _order(v: Violation) -> tuple[object, ...]:
    return v.position, v.kind.id, v.loop, v.element or 0, v.component or 0, v.repeat or 0


def same_however_cut(data: bytes) -> Found:
    """Check that a file cut into any pieces is found wrong in the same way; return how."""
    whole = chunks(data, 1000)
    expected = found(whole)
    for size in SIZES:
        pieces = chunks(data, size)
        assert found(pieces) == expected, f"{size} claims a chunk"
        again = [one for chunk in pieces for one in chunk.one_by_one()]
        assert found(again) == expected, f"chunks of {size} claims, one by one"
    one_by_one = [one for chunk in whole for one in chunk.one_by_one()]
    assert found(one_by_one) == expected, "all claims, one by one"
    return expected


def base(claim_type: str, seed: int) -> Segments:
    """Return a valid file of ten claims: levels with several claims, patients, two transactions."""
    return generated(
        claim_type,
        claims=10,
        seed=seed,
        coordination=0.4,
        lines=(1, 2),
        claims_a_subscriber=1 + seed % 3,
        subscribers_a_provider=2,
        transactions=1 + seed % 2,
    )


def mutated(claim_type: str, mutant: Mutant) -> Segments:
    """Return the first of those files that has what a mutant needs, with its fault."""
    for seed in range(1, 80):
        segments = base(claim_type, seed)
        try:
            mutant.edit(segments)
        except NotThere:
            continue
        return with_counts(segments)
    return list(made(claim_type, mutant)[0])  # it is rare, and needs a file of its own


_COMMON = {mutant.name for mutant in mutants("professional")}
CASES = [
    pytest.param(claim_type, mutant, id=f"{claim_type}, {mutant.name}")
    for claim_type in TYPES
    for mutant in mutants(claim_type)
    if (claim_type == "professional" or mutant.name not in _COMMON)
    and mutant.name not in ("101 claims", "1000 lines")  # large
]


@pytest.mark.parametrize(("claim_type", "mutant"), CASES)
def test_one_fault(claim_type: str, mutant: Mutant) -> None:
    by_claim, of_file = same_however_cut(render(mutated(claim_type, mutant)))
    assert of_file or any(by_claim.values())


@pytest.mark.parametrize("claim_type", TYPES)
def test_more_claims_than_a_level_may_have(claim_type: str) -> None:
    segments = transaction(claim_type, "ABc")
    (mutant,) = (m for m in mutants(claim_type) if m.name == "101 claims")
    mutant.edit(segments)
    end = find(segments, "SE")
    segments[end:end] = segments[find(segments, "CLM") : find(segments, "CLM > CLM")]
    by_claim, of_file = same_however_cut(render(with_counts(segments)))
    wrong = {index: [v.kind for v in violations] for index, violations in by_claim.items() if violations}
    assert wrong == {100: [Kind.LOOP_REPEATS], 101: [Kind.LOOP_REPEATS]}
    assert not of_file


@pytest.mark.parametrize("seed", range(40))
def test_several_faults_in_several_interchanges(seed: int) -> None:
    """Interchanges with separators of their own, of one type or the other, each with some faults."""
    random = Random(seed)
    data = b""
    for _ in range(random.randint(1, 3)):
        claim_type = random.choice(TYPES)
        segments = base(claim_type, random.randint(1, 30))
        for mutant in random.sample(mutants(claim_type), random.randint(1, 8)):
            try:
                mutant.edit(segments)
            except (NotThere, IndexError):  # an edit before this one took away what it needs
                continue
        data += render(with_counts(segments), random.choice(STYLES))
    same_however_cut(data)


@pytest.mark.parametrize("style", STYLES, ids=range(len(STYLES)))
@pytest.mark.parametrize("claim_type", TYPES)
def test_separators_do_not_matter(claim_type: str, style: Style) -> None:
    """The violations are the same, but that values of several components show their separator."""
    segments = base(claim_type, 4)
    put("CLM", 5, "{}:1")(segments)
    put("NM1|85", 3, "")(segments)
    gone("NM1|IL")(segments)
    expected, of_file = found(chunks(render(with_counts(segments)), 1000))
    by_claim, also = found(chunks(render(with_counts(segments), style), 3))
    assert {i: [_order(v) for v in vs] for i, vs in by_claim.items()} == {
        i: [_order(v) for v in vs] for i, vs in expected.items()
    }
    assert {_order(v) for v in also} == {_order(v) for v in of_file}


# --- levels without their HL -----------------------------------------------------------------------------

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_several_levels_without_their_hl(seed: int) -> None:
    """What such a level stands behind is read with the claims below it, in whichever chunk they are."""
    random = Random(seed)
    segments = base(random.choice(TYPES), random.randint(1, 30))
    for _ in range(random.randint(1, 4)):
        del segments[random.choice([i for i, s in enumerate(segments) if s.startswith("HL*")])]
    by_claim, of_file = same_however_cut(render(with_counts(segments), random.choice(STYLES)))
    assert of_file or any(by_claim.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_several_segments_that_are_gone(seed: int) -> None:
    random = Random(seed)
    segments = base(random.choice(TYPES), random.randint(1, 30))
    for _ in range(random.randint(1, 4)):
        del segments[random.randrange(find(segments, "ST") + 1, len(segments) - 3)]
    same_however_cut(render(with_counts(segments), random.choice(STYLES)))


#: What stands behind the HL of a level.
GROUPS = {
    "provider": [
        "NM1*85*2*OTHER*****XX*1999603925",
        "N3*1 STREET",
        "N4*TOWN*IL*627019959",
        "REF*EI*006390681",
    ],
    "provider with specialty": [
        "PRV*BI*PXC*207Q00000X",
        "NM1*85*2*OTHER*****XX*1999603925",
        "REF*EI*006390681",
    ],
    "pay-to address": ["NM1*87*2", "N3*1 STREET", "N4*TOWN*IL*627019959"],
    "subscriber": ["SBR*P*18*******CI", "NM1*IL*1*DOE*JO****MI*X12345", "NM1*PR*2*PLAN*****PI*99999"],
    "patient": ["PAT*19", "NM1*QC*1*DOE*AL", "N3*1 STREET", "N4*TOWN*IL*627019959", "DMG*D8*20200101*M"],
    "its first segment alone": ["PAT*19"],
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("claim_type", TYPES)
@pytest.mark.parametrize("levels", ["ABccccc", "ABcccBccABccc", "ABCccBccCcc", "ABcccAABccc"])
def test_a_level_without_its_hl_behind_any_claim(claim_type: str, levels: str, group: str) -> None:
    """All claims of the level lack something, and they say so in every chunk."""
    plain = transaction(claim_type, levels)
    begins = [i for i, s in enumerate(plain) if s.startswith(("HL*", "CLM*", "SE*"))]
    for begin, at in pairwise(begins):
        if not plain[begin].startswith("CLM*"):
            continue
        segments = [*plain[:at], *GROUPS[group], *plain[at:]]
        by_claim, _ = same_however_cut(render(with_counts(segments)))
        before = sum(s.startswith("CLM*") for s in plain[:at])
        below = 0
        for segment in plain[at:]:
            if segment.startswith(("HL*", "SE*")):
                break
            below += segment.startswith("CLM*")
        assert all(by_claim[index] for index in range(before, before + below))


def test_a_chunk_does_not_end_for_a_level_in_its_place() -> None:
    """Nor for another payer, whose SBR and NM1*85 stand in claims: chunks would have one claim each."""
    segments = generated("professional", claims=60, seed=3, coordination=1.0, claims_a_subscriber=3)
    assert sum(s.startswith("SBR*") for s in segments) > 70
    assert [chunk.claims for chunk in chunks(render(segments), 20)] == [20, 20, 20]
    assert not any(chunk.known for chunk in chunks(render(segments), 20))


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_what_belongs_into_the_header_is_found_in_claims(size: int) -> None:
    """Also in a chunk that is not the first to have that header."""
    segments = transaction("professional", "ABcccc")
    at = find(segments, "SE")
    segments.insert(at, "BHT*0019*00*1*20260820*0930*CH")
    by_claim, of_file = found(chunks(render(with_counts(segments)), size))
    assert at + 1 in {v.position for v in of_file} | {v.position for v in by_claim[3]}


# --- levels without claims -------------------------------------------------------------------------------


def level(number: int, parent: str, code: str, child: str) -> list[str]:
    """Return a level that is right, but for its number and what it says of its neighbours."""
    names = {
        "20": [
            "NM1*85*2*CLINIC*****XX*1999603925",
            "N3*1 STREET",
            "N4*TOWN*IL*627019959",
            "REF*EI*006390681",
        ],
        "22": ["SBR*P*18*******CI", "NM1*IL*1*DOE*JO****MI*X12345", "NM1*PR*2*PLAN*****PI*99999"],
        "23": ["PAT*19", "NM1*QC*1*DOE*AL", "N3*1 STREET", "N4*TOWN*IL*627019959", "DMG*D8*20200101*M"],
    }
    return [f"HL*{number}*{parent}*{code}*{child}", *names[code]]


def transaction(claim_type: str, levels: str, wrong: int | None = None) -> Segments:
    """Return a file whose levels are told by letters: A, B, C, and `c` for a claim. HL04 of one is wrong."""
    segments = generated(claim_type, claims=1, seed=2, lines=(1, 1))
    first, end = find(segments, "HL"), find(segments, "SE")
    claim = segments[find(segments, "CLM") : end]
    body: list[str] = []
    number, parents = 0, {"A": "", "B": "", "C": ""}
    for i, letter in enumerate(levels):
        if letter == "c":
            body += claim
            continue
        number += 1
        follows = next((x for x in levels[i + 1 :] if x != "c"), "")
        child = follows > letter
        code = {"A": "20", "B": "22", "C": "23"}[letter]
        above = {"A": "", "B": parents["A"], "C": parents["B"]}[letter]
        parents[letter] = str(number)
        body += level(number, above, code, "1" if child is not (number == wrong) else "0")
    segments[first:end] = body
    return with_counts(segments)


LEVELS = (
    "ABcBcBABc",
    "ABc",
    "ABcABc",
    "ABABc",
    "ABCcABCcBc",
    "ABBCcCccBcA",
    "AABc",
    "ABccccBCcCcCcABBBc",
    "A",
    "AB",
)


@pytest.mark.parametrize("claim_type", TYPES)
@pytest.mark.parametrize("levels", LEVELS)
def test_what_levels_say_of_their_children(claim_type: str, levels: str) -> None:
    """Each HL04 once wrong: found at that level, for its claims or, if it has none, for the file."""
    for wrong in range(1, sum(letter != "c" for letter in levels) + 1):
        segments = transaction(claim_type, levels, wrong)
        by_claim, of_file = same_however_cut(render(segments))
        every = {v for violations in by_claim.values() for v in violations} | of_file
        position = find(segments, rf"HL|{wrong}|") + 1
        assert any(
            v.position == position and v.element == 4 and v.kind in (Kind.HIERARCHY_CHILD, Kind.INVALID_CODE)
            for v in every
        )


@pytest.mark.parametrize("claim_type", TYPES)
@pytest.mark.parametrize("levels", LEVELS)
def test_levels_that_are_right(claim_type: str, levels: str) -> None:
    """A provider without subscribers lacks 2000B; a subscriber without claims lacks nothing."""
    by_claim, of_file = same_however_cut(render(transaction(claim_type, levels)))
    assert not any(by_claim.values())
    lacking = levels.replace("c", "").replace("C", "").count("AA") + levels.endswith("A")
    missing = [v for v in of_file if v.kind is Kind.MISSING_SEGMENT]
    assert [v.loop for v in missing] == ["2000B"] * lacking


@pytest.mark.parametrize("claim_type", TYPES)
@pytest.mark.parametrize(
    "target", ["HL|1|", "HL|2|", "HL|3|", "HL|4|", "NM1|41", "NM1|85", "SBR", "NM1|QC", "PAT"]
)
def test_what_is_wrong_above_claims_is_said_once_for_each(claim_type: str, target: str) -> None:
    """An unknown segment in a level is every claim's below it; one in the header is the file's alone."""
    segments = transaction(claim_type, "ABcBCcccBcABcc")
    after(target, "ZZZ*1")(segments)
    by_claim, of_file = same_however_cut(render(with_counts(segments)))
    at = find(segments, "ZZZ") + 1
    wrong = [index for index, violations in by_claim.items() if at in {v.position for v in violations}]
    below = {"HL|1|": 5, "NM1|85": 5, "HL|2|": 1, "SBR": 1, "NM1|41": 0}.get(target, 3)
    assert len(wrong) == below
    assert ({v.position for v in of_file} == {at}) is (below == 0)


@pytest.mark.parametrize("claim_type", TYPES)
def test_a_subscriber_may_have_claims_and_patients(claim_type: str) -> None:
    by_claim, of_file = same_however_cut(render(transaction(claim_type, "ABcCcccBcABcc")))
    assert not of_file and not any(by_claim.values())
