"""A segment without a place is taken for what was meant: one fault is one violation, in every piece."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from benchmarks.claims import Mix, as_bytes
from scrubber.guides.checker import Before
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.violations import Kind
from scrubber.guides.walk import NOWHERE
from scrubber.packs.discover import builtin_rules_dir
from tests.guides.mutants import EVERY_TYPE, Place, Segments, as_file, find, gone, put, with_counts
from tests.guides.test_chunks import base, chunks, found
from tests.guides.test_mutants import is_known, place, violations
from tests.read.full_dental import FULL_DENTAL
from tests.support.guides import LOADERS

GUIDES = Guides(LOADERS)


def _segments(text: str) -> Segments:
    return text.replace("\n", "").removesuffix("~").split("~")


_BASES = builtin_rules_dir() / "base"
FILES = {name: _segments((_BASES / f"{name}.837").read_text()) for name in EVERY_TYPE}
FILES["full"] = _segments(FULL_DENTAL)


class Case(NamedTuple):
    """A stretch of a file written anew, and the one violation that follows.

    `gone` segments are taken out from a target `at` on, and `new` are put in. `of` counts from the first of
    them, 0, to the segment at fault.
    """

    file: str
    at: str
    gone: int
    new: tuple[str, ...]
    kind: Kind
    loop: str
    segment: str
    of: int = 0
    element: int | None = None


_SV1, _SV2, _SV3 = "SV1*HC:99213*150*UN*1***1:2", "SV2*0450*HC:99284*960*UN*1", "SV3*AD:D1110*120****1"
_DTP, _REF, _TOO = "DTP*472*D8*20260818", "REF*6R*1", "TOO*JP*14"
_CAS = "CAS*CO*45*312.5*21**23*22"
_MISSING, _LATE, _CODE = Kind.MISSING_SEGMENT, Kind.OUT_OF_SEQUENCE, Kind.INVALID_CODE
CASES = {
    # A service that comes too late in its line was not missing, and no other line lacks its LX.
    "SV1 after DTP": Case("professional", "SV1", 2, (_DTP, _SV1), _LATE, "2400", "SV1", 1),
    "SV1 after REF": Case("professional", "SV1", 3, (_DTP, _REF, _SV1), _LATE, "2400", "SV1", 2),
    "SV1 of the second line": Case("professional", "SV1#2", 2, (_DTP, _SV1), _LATE, "2400", "SV1", 1),
    "SV2 after DTP": Case("institutional", "SV2", 2, (_DTP, _SV2), _LATE, "2400", "SV2", 1),
    "SV3 after TOO": Case("dental", "SV3#2", 2, (_TOO, _SV3), _LATE, "2400", "SV3", 1),
    "SV3 after TOO and DTP": Case("dental", "SV3#2", 3, (_TOO, _DTP, _SV3), _LATE, "2400", "SV3", 2),
    # What came too early: the rest is where it should be.
    "SV3 and TOO after DTP": Case("dental", "SV3#2", 3, (_DTP, _SV3, _TOO), _LATE, "2400", "SV3", 1),
    "REF*2U before NM1*PR": Case("professional", "NM1|PR", 0, ("REF*2U*A",), _CODE, "2010BA", "REF", 0, 1),
    # What stands in a loop without its opener has no wrong qualifier.
    "REF*2U for NM1*PR": Case("professional", "NM1|PR", 1, ("REF*2U*A",), _MISSING, "2010BB", "NM1"),
    "REF*G2 for NM1*PR": Case("professional", "NM1|PR", 1, ("REF*G2*A",), _MISSING, "2010BB", "NM1"),
    "REF*2U for another payer": Case("full", "OI > NM1|PR", 4, (), _MISSING, "2330B", "NM1"),
    "REF*X4 behind no CLM": Case("professional", "CLM", 1, (), _MISSING, "2300", "CLM"),
    "REF*F8 behind no CLM": Case("professional", "CLM", 1, ("REF*F8*A",), _MISSING, "2300", "CLM"),
    "PRV*PE behind no NM1*82": Case("full", "CLM > REF|0B", 5, (), _MISSING, "2310B", "NM1"),
    # What has a wrong qualifier does not take the place of what has the right one.
    "REF*ZZ before REF*EI": Case("professional", "REF|EI", 0, ("REF*ZZ*1",), _CODE, "2010AA", "REF", 0, 1),
    "REF*ZZ after REF*EI": Case(
        "professional", "REF|EI > PER", 0, ("REF*ZZ*1",), _CODE, "2010AA", "REF", 0, 1
    ),
    "REF*ZZ of a pay-to plan": Case("full", "REF|NF", 0, ("REF*ZZ*1",), _CODE, "2010AC", "REF", 0, 1),
    "REF*ZZ of one kind": Case("full", "OI > REF|SY", 1, ("REF*ZZ*A",), _CODE, "2330A", "REF", 0, 1),
    # Two notes of a segment that ask for one element.
    "CAS05": Case("full", "CAS|CO", 1, (_CAS,), Kind.CONDITIONAL_MISSING, "2320", "CAS", 0, 5),
    # A line's segment in a claim, where much of a line would be missing.
    "TOO before HI": Case("dental", "HI", 0, (_TOO,), Kind.UNEXPECTED_SEGMENT, "2300", "TOO"),
    "TOO after HI": Case("dental", "CLM > NM1", 0, (_TOO,), Kind.UNEXPECTED_SEGMENT, "2300", "TOO"),
    # A segment of a claim is no billing provider's with a wrong qualifier.
    "PRV*PE of another payer": Case(
        "full", "OI", 0, ("PRV*PE*PXC*1",), Kind.UNEXPECTED_SEGMENT, "2320", "PRV"
    ),
    # The number of the next line shows what two services in one are.
    "no LX*2": Case("dental", "DTP|472", 3, (), _MISSING, "2400", "LX"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_fault_is_one_violation(case: Case) -> None:
    segments = list(FILES[case.file])
    at = find(segments, case.at)
    segments[at : at + case.gone] = case.new
    data = as_file(with_counts(segments))
    (violation,) = violations(data)
    expected = Place(case.kind, case.loop, case.segment, case.element, None, at + case.of + 1)
    assert place(violation) == expected
    whole = found(chunks(data, 1000), GUIDES)
    assert found(chunks(data, 1), GUIDES) == whole


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_claim_without_clm_behind_another(seed: int) -> None:
    """Its segments are the first claim's, too late, until a second one shows that there are two claims."""
    segments = base("institutional", seed)
    at = gone("CLM#2")(segments)
    data = as_file(with_counts(segments))
    (violation,) = violations(data)
    assert place(violation) == Place(_MISSING, "2300", "CLM", None, None, at + 1)
    whole = found(chunks(data, 1000), GUIDES)
    assert all(found(chunks(data, size), GUIDES) == whole for size in (1, 2, 7))


def test_a_fault_behind_an_unknown_segment_is_found() -> None:
    segments = FILES["professional"].copy()
    at = find(segments, "DMG")
    segments[at : at + 1] = ["ZZZ*1", "DMG*XX*19800115*F"]
    places = [place(v) for v in violations(as_file(with_counts(segments)))]
    assert places == [
        Place(Kind.UNKNOWN_SEGMENT, "2010BA", "ZZZ", None, None, at + 1),
        Place(_CODE, "2010BA", "DMG", 1, None, at + 2),
    ]


def test_services_that_repeat_and_a_number_that_does_not_count() -> None:
    """One repeated service is not the two lines that the number skips."""
    segments = FILES["dental"].copy()
    at = find(segments, "DTP|472")
    del segments[at : at + 3]
    put("LX|3", 1, "4")(segments)
    kinds = [v.kind for v in violations(as_file(with_counts(segments)))]
    assert kinds == [Kind.SEGMENT_REPEATS, Kind.LINE_NUMBER]


@pytest.mark.parametrize(("level", "loop"), [("HL|1", "2000A"), ("HL|2", "2000B")])
@pytest.mark.parametrize(("value", "kind"), [("", Kind.MISSING_ELEMENT), ("ZZ", Kind.INVALID_CODE)])
def test_a_level_of_no_kind_is_the_one_that_may_come(level: str, loop: str, value: str, kind: Kind) -> None:
    """By the segments of a whole file; the first level of no kind is in no chunk."""
    segments = list(FILES["professional"])
    at = find(segments, level)
    elements = segments[at].split("*")
    segments[at] = "*".join([*elements[:3], value, *elements[4:]])
    checker = GUIDES.checker(Marks("*", ":", "^"))
    checker.begin(Before(), "~".join(segments), 1, 1, above=False)
    state = NOWHERE
    for position, text in enumerate(segments, 1):
        state = checker.step(state, text, text.split("*"), position)
    checker.end(state, len(segments) + 1, -1)
    every = {v for v in (*checker.finished, *checker.header, *checker.unclaimed) if not is_known(v)}
    assert [place(v) for v in every] == [Place(kind, loop, "HL", 3, None, at + 1)]


def test_a_claim_without_a_place_has_nothing_of_its_neighbours() -> None:
    """Two claims that no level stands above: what is wrong before the second is said at the first alone."""
    file = FILES["professional"]
    header = file[: find(file, "HL")]
    clm = file[find(file, "CLM")]
    first, second = clm.replace(clm.split("*")[1], "FIRST"), clm.replace(clm.split("*")[1], "SECOND")
    data = as_file(with_counts([*header, first, "LX*3", second, *file[-3:]]))
    by_claim, _ = found(chunks(data, 10), GUIDES)
    assert by_claim[0]
    assert not set(by_claim[0]) & set(by_claim[1])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("~NM1*85*", "~NM1*86*", "85"),
        ("~HI*ABK:", "~HI*ABZ:", "ABK or BK"),
        ("~REF*EI*", "~REF*ZZ*", "EI or SY"),
    ],
)
def test_a_wrong_qualifier_is_told_with_the_right_ones(old: str, new: str, expected: str) -> None:
    data = as_bytes(Mix("professional", claims=1, seed=1, newline=""))[0].decode()
    spoilt = data.replace(old, new, 1)
    assert spoilt != data
    (chunk,) = chunks(spoilt.encode(), 10)
    (item,) = chunk.reading(Guides(LOADERS)).claims()
    assert [(v.kind, v.expected) for v in item.violations] == [(Kind.INVALID_CODE, expected)]
