"""Broken X12: damage stays where it is, is said by place, and never by what stands there."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrubber.claim.model import FileInfo, Transaction
from scrubber.read.chunks import Chunk
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem, ReadError
from tests.conftest import SECRET
from tests.read.broken import (
    SPELLINGS,
    File,
    Part,
    claim_ids,
    damaged,
    files,
    name_of,
    parts_of,
    with_other_envelopes,
    with_secret,
)

WHOLE = 10**9


def quick(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


class Result:
    """What came of a file: its chunks and problems, and the error that ended it."""

    def __init__(self, data: bytes, size: int = WHOLE) -> None:
        self.chunks: list[Chunk] = []
        self.problems: list[FileProblem] = []
        self.error: ReadError | None = None
        try:
            for part in split_x12(io.BytesIO(data), size):
                if isinstance(part, Chunk):
                    self.chunks.append(part)
                else:
                    self.problems.append(part)
        except ReadError as error:
            self.error = error
        self.claims = [item for chunk in self.chunks for item in chunk.read()]

    @property
    def words(self) -> list[str]:
        """Everything that is said about the file."""
        said = [str(problem) for problem in self.problems]
        said += [item.broken for item in self.claims if item.broken is not None]
        return said if self.error is None else [*said, self.error.message, self.error.remedy, str(self.error)]


def check(data: bytes) -> Result:
    """Read a file; check what holds for each: order, and that it does not matter how it is cut."""
    result = Result(data)
    assert [item.index for item in result.claims] == list(range(len(result.claims)))
    judged = [judgement(item) for item in result.claims]
    for size in (1, 2, 3):
        smaller = Result(data, size)
        assert [judgement(item) for item in smaller.claims] == judged
        assert smaller.problems == result.problems
        assert str(smaller.error) == str(result.error)
    singles = [single for chunk in result.chunks for single in chunk.one_by_one()]
    assert [judgement(item) for single in singles for item in single.read()] == judged
    return result


def judgement(item: ReadClaim) -> tuple[Any, ...]:
    """Return what matters of a claim; of one that cannot be judged, that and why."""
    if item.broken is not None:
        return item.index, item.broken
    assert item.source is not None
    return item.index, item.claim, item.source.component, tuple(item.source.segments())


def reading(item: ReadClaim) -> tuple[Any, ...]:
    """Return what must not change when another transaction is damaged: all but numbers in the file.

    What stands outside of every transaction is kept with the envelope segment before it.
    """
    assert item.source is not None
    kept = [
        (s.loop.id, s.outer, s.inner, s.used, s.elements)
        for s in item.source.segments()
        if s.loop.id not in ("ISA", "GS") or s.elements[0] == s.loop.id
    ]
    return item.claim, item.source.claim_type, item.source.component, kept, item.broken


def identifier(item: ReadClaim) -> str:
    return item.claim.patient_control_number or ""


@cache
def undamaged(file: File) -> dict[str, tuple[Any, ...]]:
    """Return how the claims of a file read, by their CLM01."""
    result = Result(file.written())
    assert not result.words
    return {identifier(item): reading(item) for item in result.claims}


def ids_of(parts: Iterable[Part]) -> list[str]:
    return [name for part in parts for name in claim_ids(part)]


@st.composite
def one_damaged(draw: st.DrawFn) -> tuple[File, int, File]:
    """A valid file, the number of one of its transactions, and the file with that one damaged."""
    file = draw(files())
    number = draw(st.sampled_from(file.transactions))
    return file, number, file.with_part(number, draw(damaged(file.parts[number].segments)))


# --- the files that are damaged ------------------------------------------------------------------------


@quick(20)
@given(files())
def test_the_files_are_valid_and_worth_damaging(file: File) -> None:
    claims = undamaged(file)
    assert list(claims) == ids_of(file.parts) and len(claims) == 6
    assert len(file.transactions) >= 2
    assert check(file.written()).words == []


# --- one transaction -----------------------------------------------------------------------------------


@quick(120)
@given(one_damaged())
def test_damage_in_one_transaction_changes_no_claim_of_another(case: tuple[File, int, File]) -> None:
    file, number, broken = case
    before = undamaged(file)
    others = ids_of(part for i, part in enumerate(file.parts) if i != number)
    result = check(broken.written())
    assert result.error is None
    after = [(identifier(item), reading(item)) for item in result.claims if identifier(item) in others]
    assert [name for name, _ in after] == others
    for name, read in after:
        assert read == before[name]


@quick(80)
@given(one_damaged())
def test_positions_point_at_the_real_segment(case: tuple[File, int, File]) -> None:
    broken = case[2]
    numbered = broken.numbered()
    result = Result(broken.written())
    for item in result.claims:
        assert item.source is not None
        positions = [segment.position for segment in item.source.segments()]
        assert positions == sorted(set(positions))
        for segment in item.source.segments():
            assert segment.elements == numbered[segment.position - 1]
    for problem in result.problems:
        assert problem.position is not None and 0 < problem.position <= len(numbered) + 1
        if problem.segment is not None and problem.code not in ("X12-003", "X12-004"):
            assert numbered[problem.position - 1][0] == problem.segment


@quick(80)
@given(st.data())
def test_all_transactions_may_be_damaged(data: st.DataObject) -> None:
    file = data.draw(files())
    for number in file.transactions:
        file = file.with_part(number, data.draw(damaged(file.parts[number].segments)))
    check(file.written())


# --- what was cut says so ------------------------------------------------------------------------------


@quick(40)
@given(st.data())
def test_a_transaction_without_its_trailer_says_so_of_its_last_claim(data: st.DataObject) -> None:
    file = data.draw(files())
    cut = data.draw(st.sets(st.sampled_from(file.transactions), min_size=1))
    broken = file
    for number in cut:
        broken = broken.with_part(number, file.parts[number].segments[:-1])
    result = check(broken.written())
    last = {claim_ids(file.parts[number])[-1] for number in cut}
    assert [identifier(item) for item in result.claims] == ids_of(file.parts)
    assert {identifier(item) for item in result.claims if item.broken is not None} == last
    for item in result.claims:
        assert reading(item)[:-1] == undamaged(file)[identifier(item)][:-1]


@quick(100)
@given(st.data())
def test_a_file_that_is_cut_anywhere(data: st.DataObject) -> None:
    """Complete transactions read as ever; of the cut one all claims but the last, and that one says so."""
    file = data.draw(files())
    number = data.draw(st.sampled_from(file.transactions))
    part = file.parts[number]
    before = file.parts[:number]
    start = sum(len(file.part_written(p)) for p in before)
    trailer = len(file.spellings[part.interchange].write(part.segments[-1]))
    inside = data.draw(st.integers(0, len(file.part_written(part)) - trailer))
    result = check(file.written()[: start + inside])
    assert result.error is None and result.problems

    original = undamaged(file)
    items = {identifier(item): item for item in result.claims}
    whole = ids_of(before)
    assert list(items)[: len(whole)] == whole
    for name in whole:
        assert reading(items[name]) == original[name]

    *earlier, last = [*list(items.values())[len(whole) :], None]
    if earlier:
        *earlier, last = earlier
        is_said = last is not None and last.broken is not None
        assert is_said or level_follows(part, earlier, inside, file)
    for item in earlier:
        assert reading(item) == original[identifier(item)]
    if last is not None and last.broken is None:
        assert reading(last) == original[identifier(last)]


def level_follows(part: Part, earlier: list[ReadClaim], inside: int, file: File) -> bool:
    """Return whether the last claim that was read is followed by a level: then nothing of it is missing."""
    spelling = file.spellings[part.interchange]
    claims, size, name = 0, 0, b""
    for segment in part.segments:
        size += len(spelling.write(segment)) - len(spelling.newline)
        if size > inside:
            break
        size += len(spelling.newline)
        name = name_of(segment) if name_of(segment) in (b"HL", b"CLM") else name
        claims += name_of(segment) == b"CLM"
    return claims == len(earlier) + 1 and name == b"HL"


# --- envelopes -----------------------------------------------------------------------------------------


@quick(80)
@given(st.data())
def test_claims_do_not_depend_on_the_outer_envelopes(data: st.DataObject) -> None:
    """With ISA, GS, GE and IEA lost or wrong, and the same delimiters all over, every claim is still read."""
    file = data.draw(files())
    file = replace(file, spellings=(file.spellings[0],) * 2)
    result = check(data.draw(with_other_envelopes(file)).written())
    assert result.error is None
    assert [identifier(item) for item in result.claims] == ids_of(file.parts)
    for item in result.claims:
        assert item.broken is None
        claim = undamaged(file)[identifier(item)][0]
        assert without_envelopes(item.claim) == without_envelopes(claim)


def without_envelopes(claim: Any) -> Any:
    """Return the claim without what the outer envelopes say."""
    return replace(claim, file=FileInfo(), transaction=Transaction())


@quick(60)
@given(st.data())
def test_odd_envelopes_around_odd_transactions(data: st.DataObject) -> None:
    file = data.draw(with_other_envelopes(data.draw(files())))
    for number in data.draw(st.sets(st.sampled_from(file.transactions), max_size=2)):
        file = file.with_part(number, data.draw(damaged(file.parts[number].segments)))
    check(file.written())


@quick(60)
@given(files(), st.data())
def test_a_second_interchange_that_cannot_be_read_leaves_the_first(file: File, data: st.DataObject) -> None:
    """Its ISA is cut, padded wrongly, or declares letters: the claims before it are read."""
    second = next(i for i, p in enumerate(file.parts) if p.interchange == 1)
    (isa,) = file.parts[second].segments
    at = data.draw(st.integers(3, len(isa) - 1))
    wrong = isa[:at] + data.draw(st.sampled_from((b"", b"*", b"XX", b"\xff\x00"))) + isa[at + 1 :]
    result = check(file.with_part(second, (wrong,)).written())
    first = ids_of(p for p in file.parts if p.interchange == 0)
    assert [identifier(item) for item in result.claims[: len(first)]] == first
    for item in result.claims[: len(first)]:
        assert reading(item) == undamaged(file)[identifier(item)]


# --- what is said --------------------------------------------------------------------------------------


@quick(100)
@given(st.data())
def test_nothing_that_a_claim_says_is_in_a_message(data: st.DataObject) -> None:
    file = data.draw(with_secret(data.draw(files())))
    for number in data.draw(st.sets(st.sampled_from(file.transactions), max_size=2)):
        file = file.with_part(number, data.draw(damaged(file.parts[number].segments)))
    file = data.draw(with_other_envelopes(file))
    written = file.written()
    cut = data.draw(st.integers(0, len(written)) | st.just(len(written)))
    for text in Result(written[:cut]).words:
        assert SECRET not in text


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda s: ascii(s.marks)[2:-1])
def test_a_segment_without_an_end_leaves_the_transactions_before_it(spelling: Any) -> None:
    file = replace(files_of(3), spellings=(spelling, spelling))
    number = file.transactions[-1]
    segments = list(file.parts[number].segments)
    segments[9] += b"A" * (3 << 20)
    result = Result(file.with_part(number, tuple(segments)).written())
    assert result.error is not None
    before = ids_of(file.parts[:number])
    assert [identifier(item) for item in result.claims] == before
    for item in result.claims:
        assert reading(item) == undamaged(file)[identifier(item)]


def files_of(seed: int) -> File:
    """Return one valid file."""
    return File(parts_of("professional", seed), SPELLINGS[:2])


def test_the_oracle_numbers_segments_as_they_stand() -> None:
    for spelling in SPELLINGS:
        file = replace(files_of(2), spellings=(spelling, SPELLINGS[3]))
        names = [elements[0].encode() for elements in file.numbered()]
        assert [name for name in names if name] == list(_names(file))


def _names(file: File) -> Iterator[bytes]:
    for part in file.parts:
        yield from map(name_of, part.segments)
