"""Every single fault is found where it is, as what it is, and nothing else is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest

from benchmarks.claims.mix import ClaimType
from scrubber.guides.library import Guides
from scrubber.guides.model import Guide, Loop, Segment
from scrubber.guides.violations import Kind, Violation
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from tests.guides.mutants import (
    EVERY_TYPE,
    TYPES,
    Mutant,
    Place,
    after,
    as_file,
    bases,
    made,
    mutants,
    with_counts,
)
from tests.support.guides import IDS, LOADERS, shipped

pytestmark = pytest.mark.slow

GUIDES = Guides(LOADERS)
#: What the checker does not do right yet, by the name of the mutant.
KNOWN: dict[str, str] = {}
CASES = [
    pytest.param(
        claim_type,
        mutant,
        id=f"{claim_type}, {mutant.name}",
        marks=[pytest.mark.xfail(strict=True, reason=KNOWN[mutant.name])] if mutant.name in KNOWN else [],
    )
    for claim_type in EVERY_TYPE
    for mutant in mutants(claim_type)
]
#: How many faults there are at least.
MOST = {"professional": 325, "institutional": 320, "dental": 485}


def violations(data: bytes, guides: Guides = GUIDES) -> Iterator[Violation]:
    """Yield what is wrong with a file, once each."""
    seen = set()
    for part in split_x12(BytesIO(data), 100):
        if not isinstance(part, Chunk):
            continue
        reading = part.reading(guides)
        found = [violation for item in reading.claims() for violation in item.violations]
        for violation in (*found, *reading.violations):
            if violation not in seen and not is_known(violation):
                seen.add(violation)
                yield violation


def is_known(violation: Violation) -> bool:
    """pyx12's map of 837P lists U alone for ISA11, which is a repetition separator since 005010."""
    return (violation.segment, violation.element) == ("ISA", 11)


def place(v: Violation) -> Place:
    return Place(v.kind, v.loop, v.segment, v.element, v.component, v.position)


@pytest.mark.parametrize(("claim_type", "mutant"), CASES)
def test_a_fault_is_found_and_nothing_else(claim_type: ClaimType, mutant: Mutant) -> None:
    segments, expected = made(claim_type, mutant)
    assert [place(v) for v in violations(as_file(segments))] == [expected]


@pytest.mark.parametrize("claim_type", TYPES)
def test_corrections_change_nothing_about_a_fault(claim_type: ClaimType) -> None:
    """The other tests take the maps as they are: as pyx12, whose verdicts are compared with ours.

    A value is not held to the form that a wrong qualifier says it has.
    """
    differing = set()
    for mutant in mutants(claim_type):
        segments, expected = made(claim_type, mutant)
        if [place(v) for v in violations(as_file(segments), shipped())] != [expected]:
            differing.add(mutant.name)
    assert not differing


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_without_a_fault_nothing_is_found(claim_type: ClaimType) -> None:
    for segments in bases(claim_type):
        assert not list(violations(as_file(segments)))
        assert not list(violations(as_file(segments), shipped()))


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_there_are_mutants_of_all_kinds(claim_type: ClaimType) -> None:
    """Segments that are not used are in no guide: a test below makes one."""
    table = mutants(claim_type)
    assert len({m.name for m in table}) == len(table) >= MOST[claim_type]
    missing = {kind for kind in Kind if not any(m.kind is kind for m in table)}
    assert missing == {Kind.UNUSED_SEGMENT} | ({Kind.PATTERN} if claim_type == "institutional" else set())


@pytest.mark.parametrize("code", ["AB", "AD", "AF", "AG", "NS"])
def test_a_certificate_is_told_from_other_attachments_of_a_line(code: str) -> None:
    """Both places of PWK in a line list CT for PWK01: PWK02 decides."""
    segments = next(bases("professional"))
    at = after("SV1", f"PWK*CT*{code}")(segments)
    assert not list(violations(as_file(with_counts(segments))))
    segments[at : at + 1] = ["PWK*CT*EL***AC*1X", f"PWK*CT*{code}", f"PWK*CT*{code}"]
    (found,) = violations(as_file(with_counts(segments)))
    assert place(found) == Place(Kind.SEGMENT_REPEATS, "2400", "PWK", None, None, at + 3)


@pytest.mark.parametrize("guide_id", LOADERS)
def test_qualifiers_tell_namesakes_apart(guide_id: str) -> None:
    """No two namesakes of a loop share a qualifier, and it stands at one place for each segment id."""
    guide = GUIDES.guide(guide_id)
    assert guide is not None
    places: dict[str, set[tuple[int, int]]] = {}
    for loop in {loop.id: loop for loop, _ in guide.top.segments()}.values():
        openers = [c.opener if isinstance(c, Loop) else c for c in loop.children[1:]]
        seen: set[tuple[str, str]] = set()
        for segment in openers:
            assert segment is not None
            codes = {(segment.id, code) for code in (segment.qualifier[2] if segment.qualifier else [""])}
            assert not codes & seen
            seen |= codes
            if segment.qualifier:
                places.setdefault(segment.id, set()).add(segment.qualifier[:2])
    assert all(len(where) == 1 for where in places.values())


@pytest.mark.parametrize("guide_id", LOADERS)
def test_the_trailer_comes_last(guide_id: str) -> None:
    guide = GUIDES.guide(guide_id)
    assert guide is not None
    (transaction,) = {loop for loop, _ in guide.top.segments() if loop.id == "ST"}
    assert transaction.children[-1].id == "SE"


#: Kinds by the codes of a 999: IK304 of the segment, IK403 of the element.
CODES = {
    ("3", None): {Kind.MISSING_SEGMENT},
    ("1", None): {Kind.UNKNOWN_SEGMENT},
    ("2", None): {Kind.UNEXPECTED_SEGMENT},
    ("I4", None): {Kind.UNUSED_SEGMENT},
    ("4", None): {Kind.LOOP_REPEATS},
    ("5", None): {Kind.SEGMENT_REPEATS},
    ("7", None): {Kind.OUT_OF_SEQUENCE},
    ("8", "1"): {Kind.MISSING_ELEMENT},
    ("8", "2"): {Kind.CONDITIONAL_MISSING},
    ("8", "3"): {Kind.TOO_MANY_ELEMENTS, Kind.TRAILING_SEPARATOR},
    ("8", "4"): {Kind.TOO_SHORT},
    ("8", "5"): {Kind.TOO_LONG},
    ("8", "6"): {Kind.INVALID_CHARACTER},
    ("8", "7"): {
        Kind.INVALID_CODE,
        Kind.HIERARCHY_NUMBER,
        Kind.HIERARCHY_PARENT,
        Kind.HIERARCHY_CHILD,
        Kind.LINE_NUMBER,
    },
    ("8", "8"): {Kind.INVALID_DATE},
    ("8", "9"): {Kind.INVALID_TIME},
    ("8", "10"): {Kind.EXCLUDED},
    ("8", "12"): {Kind.TOO_MANY_REPETITIONS},
    ("8", "13"): {Kind.TOO_MANY_COMPONENTS},
    ("8", "I10"): {Kind.UNUSED_ELEMENT},
    ("8", "I12"): {Kind.PATTERN},
}


def test_kinds_have_the_codes_of_the_999() -> None:
    found: dict[tuple[str, str | None], set[Kind]] = {}
    for kind in Kind:
        found.setdefault((kind.segment_code, kind.element_code), set()).add(kind)
    assert found == CODES


def test_a_violation_names_an_element_if_its_kind_is_of_one() -> None:
    for claim_type in EVERY_TYPE:
        for mutant in mutants(claim_type):
            for violation in violations(as_file(made(claim_type, mutant)[0])):
                assert (violation.kind.element_code is not None) is (violation.element is not None)
                assert (violation.component is None) or violation.element is not None


# --- guides changed --------------------------------------------------------------------------------------


def changed(guide_id: str, loop_id: str, segment_id: str) -> Guides:
    """Return guides in one of which a segment of a loop is not used."""

    def of(loop: Loop) -> Loop:
        children: list[Loop | Segment] = []
        for child in loop.children:
            if isinstance(child, Loop):
                children.append(of(child))
            else:
                is_it = (loop.id, child.id) == (loop_id, segment_id)
                children.append(replace(child, usage="N") if is_it else child)
        return replace(loop, children=tuple(children))

    def load() -> Guide:
        guide = LOADERS[guide_id]()
        return replace(guide, top=of(guide.top))

    return Guides({**LOADERS, guide_id: load})


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_what_is_not_used(claim_type: ClaimType) -> None:
    """A segment that the guide does not use is said for each time that it is there."""
    segments = next(bases(claim_type))
    known = Counter(s.split("*")[0] for s in segments)["DMG"]
    found = list(violations(as_file(segments), changed(IDS[claim_type], "2010BA", "DMG")))
    assert found and len(found) <= known
    for violation in found:
        assert place(violation) == Place(Kind.UNUSED_SEGMENT, "2010BA", "DMG", None, None, violation.position)
        assert segments[violation.position - 1].startswith("DMG*")
