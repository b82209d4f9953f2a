"""ST03 has the same value as GS08: a transaction that names another guide is told once, and read by ST03."""

from __future__ import annotations

import pytest

from benchmarks.claims import Mix, as_bytes
from benchmarks.claims.mix import ClaimType
from scrubber.claim.fields.loops import GUIDES
from scrubber.guides.library import Guides
from tests.conftest import SECRET
from tests.guides.mutants import EVERY_TYPE
from tests.read.files import chunks, problems, read, render
from tests.support.guides import IDS, LOADERS
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


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
@pytest.mark.parametrize(("group", "guide"), [(" ", " "), ("  ", None), (" ", ""), ("", " ")])
def test_a_guide_between_blanks_is_what_claims_are_read_and_checked_by(
    claim_type: ClaimType, group: str, guide: str | None
) -> None:
    """Else nothing would be checked: the blanks are told, and so is what is wrong in a claim."""
    data = as_bytes(Mix(claim_type, claims=1, seed=1, newline=""))[0].decode()
    id = IDS[claim_type]
    named = "" if guide is None else f"*{id}{guide}"
    data = data.replace(f"*X*{id}~", f"*X*{id}{group}~").replace(f"*0001*{id}~", f"*0001{named}~")
    data = data.replace("~LX*1~", "~LX*1*X~")
    violations: list[tuple[str, int | None]] = []  # (that ST03 lacks is not in all the maps)
    claims = []
    for chunk in chunks(data.encode()):
        reading = chunk.reading(Guides(LOADERS))
        claims += list(reading.claims())
        violations += [(v.segment, v.element) for v in reading.violations if v.value]
    assert [item.claim.claim_type for item in claims] == [claim_type] and claims[0].claim.lines
    assert [(v.segment, v.element) for item in claims for v in item.violations] == [("LX", 2)]
    assert violations == [("GS", 8)] * bool(group) + [("ST", 3)] * bool(guide)
