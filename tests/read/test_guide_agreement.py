"""ST03 has the same value as GS08: a transaction that names another guide is told once, and read by ST03."""

from __future__ import annotations

import pytest

from scrubber.claim.fields.loops import GUIDES
from scrubber.guides.library import Guides
from tests.conftest import SECRET
from tests.read.files import chunks, problems, read, render
from tests.support.guides import LOADERS
from tests.support.make837 import make837

PROFESSIONAL = "005010X222A1"


def file_of(group: str, *transactions: str) -> list[str]:
    """Return a file of one claim a transaction; "" for one that names no guide."""
    segments = make837(1, newline="").removesuffix("~").split("~")
    isa, gs, st, *body, se, _, iea = segments
    out = [isa, gs.replace(PROFESSIONAL, group)]
    for number, guide in enumerate(transactions, 1):
        start = f"ST*837*{number:04d}*{guide}".rstrip("*")
        out += [start, *body, se.replace("*0001", f"*{number:04d}")]
    assert st.startswith("ST*837*0001")
    return [*out, f"GE*{len(transactions)}*1", iea]


@pytest.mark.parametrize("guide", GUIDES)
def test_the_same_guide_in_both_is_right(guide: str) -> None:
    assert problems(render(file_of(guide, guide, guide, guide))) == []


def test_a_transaction_need_not_name_a_guide() -> None:
    """Here that is no disagreement; the guide says that ST03 is required."""
    assert problems(render(file_of(PROFESSIONAL, "", PROFESSIONAL))) == []


@pytest.mark.parametrize("group", GUIDES)
@pytest.mark.parametrize("guide", GUIDES)
def test_another_guide_is_told_where_it_stands_and_read(group: str, guide: str) -> None:
    """Also the guide's other errata, by which the same claims are right: the texts differ."""
    data = render(file_of(group, guide))
    found = problems(data)
    assert [(p.code, p.segment, p.element, p.position, p.fatal) for p in found] == (
        [("X12-010", "ST", 3, 3, False)] if group != guide else []
    )
    assert [item.claim.claim_type for item in read(data)] == [GUIDES[guide]]


def test_each_transaction_is_told_once() -> None:
    segments = file_of(PROFESSIONAL, "005010X222A2", PROFESSIONAL, "", "005010X223A2")
    found = problems(render(segments))
    starts = [i for i, s in enumerate(segments, 1) if s.startswith("ST*")]
    assert [(p.code, p.position) for p in found] == [("X12-010", starts[0]), ("X12-010", starts[3])]


@pytest.mark.parametrize("blank", [" ", "   "])
def test_blanks_around_a_guide_are_no_other_guide(blank: str) -> None:
    assert problems(render(file_of(PROFESSIONAL, PROFESSIONAL + blank))) == []


@pytest.mark.parametrize("group", ["", "005010X279A1", SECRET])
def test_a_group_without_a_guide_of_claims_is_a_mistake_of_its_own(group: str) -> None:
    """The guide of ST03 says what is wrong with GS08, once for the group."""
    assert problems(render(file_of(group, PROFESSIONAL, PROFESSIONAL))) == []


@pytest.mark.parametrize("guide", ["005010X221A1", "004010X098A1", SECRET, "*", "²", "A" * 5000])
def test_a_guide_that_is_not_read_is_one_problem(guide: str) -> None:
    found = problems(render(file_of(PROFESSIONAL, guide), encoding="utf-8"))
    assert [problem.code for problem in found] == ["X12-007"] if guide != "*" else found == []
    assert SECRET not in repr(found)


def test_groups_are_held_to_their_own_guide() -> None:
    first, second = file_of(PROFESSIONAL, PROFESSIONAL), file_of("005010X223A2", "005010X223A2")
    both = [*first[:-1], *second[1:-1], first[-1].replace("IEA*1*", "IEA*2*")]
    assert problems(render(both)) == []
    both[both.index("GE*1*1") + 2] = f"ST*837*0001*{PROFESSIONAL}"
    assert [problem.code for problem in problems(render(both))] == ["X12-010"]


def test_a_transaction_outside_of_a_group_is_held_to_none() -> None:
    segments = [s for s in file_of(PROFESSIONAL, PROFESSIONAL) if not s.startswith(("GS*", "GE*"))]
    assert "X12-010" not in {problem.code for problem in problems(render(segments))}


@pytest.mark.parametrize(("group", "guide"), [(" ", " "), ("  ", ""), ("", " ")])
def test_a_guide_between_blanks_is_what_claims_are_checked_by(group: str, guide: str) -> None:
    """Else nothing would be checked: the blanks are told, and so is what is wrong in a claim."""
    segments = file_of(PROFESSIONAL + group, PROFESSIONAL + guide)
    at = next(i for i, s in enumerate(segments) if s.startswith("SV1*"))
    segments[at] = segments[at].replace("*UN*", "*XX*")
    violations, wrong = [], []
    for chunk in chunks(render(segments)):
        reading = chunk.reading(Guides(LOADERS))
        wrong += [(v.segment, v.element) for item in reading.claims() for v in item.violations]
        violations += [(v.segment, v.element) for v in reading.violations]
    assert wrong == [("SV1", 3)]
    assert violations == [("GS", 8)] * bool(group) + [("ST", 3)] * bool(guide)
