"""However a file is cut, its claims are the same; and nothing that stands in or above a claim is lost."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from tests.read.claims import DETAILS, LINES, PAYERS, PROVIDERS
from tests.read.files import (
    OVERRULED,
    STYLES,
    Segments,
    Style,
    chunks,
    problems,
    read,
    render,
    seen,
    segments_of,
)
from tests.support.make837 import make837

SIZES = (1, 2, 7, 100)
SEEDS = range(60)


def style_of(seed: int) -> Style:
    return STYLES[seed % len(STYLES)]


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_of_a_file_are_read_as_the_whole(seed: int) -> None:
    data = render(segments_of(seed), style_of(seed))
    assert problems(data, but=OVERRULED) == []
    whole = [seen(item) for item in read(data)]
    assert [index for index, *_ in whole] == list(range(len(whole)))
    for size in SIZES:
        parts = chunks(data, size)
        assert [seen(item) for part in parts for item in part.read()] == whole
        assert all(part.claims <= size for part in parts)
        assert [part.first_index for part in parts] == [
            sum(p.claims for p in parts[:i]) for i in range(len(parts))
        ]


@pytest.mark.parametrize("seed", range(20))
def test_one_by_one_is_the_chunk(seed: int) -> None:
    data = render(segments_of(seed), style_of(seed))
    for size in (3, 7, 10**9):
        for chunk in chunks(data, size):
            singles = list(chunk.one_by_one())
            # Levels that no claim stands under may be left for the end.
            assert [single.claims for single in singles if single.claims] == [1] * chunk.claims
            assert all(single.claims or single.follows == -1 for single in singles)
            items = [item for single in singles for item in single.read()]
            assert [seen(item) for item in items] == [seen(item) for item in chunk.read()]
            again = [s for single in singles for s in single.one_by_one()]
            assert again == singles


@pytest.mark.parametrize("seed", SEEDS)
def test_no_segment_is_dropped(seed: int) -> None:
    """Each claim's source holds the segments it stands under and its own, known or not, numbered."""
    style, segments = style_of(seed), segments_of(seed)
    expected = list(in_and_above(segments))
    for size in (1, 7):
        items = read(render(segments, style), size)
        assert len(items) == len(expected)
        for item, wanted in zip(items, expected, strict=True):
            assert item.source is not None
            found = [(s.position, written(s.elements, style)) for s in item.source.segments()]
            assert found == wanted


def written(elements: list[str], style: Style) -> str:
    return "*".join(elements).replace(style.component, ":")


def in_and_above(segments: Segments) -> Iterator[list[tuple[int, str]]]:
    """Yield the (number, segment) pairs in and above each claim, by counting envelopes and levels."""
    order = ["ISA", "GS", "ST", "20", "22", "23"]
    levels: dict[str, list[tuple[int, str]]] = {name: [] for name in order}
    here: list[tuple[int, str]] | None = None
    claims: list[tuple[list[list[tuple[int, str]]], list[tuple[int, str]]]] = []
    for number, segment in enumerate(segments, 1):
        elements = segment.split("*")
        level = elements[3] if elements[0] == "HL" else elements[0]
        if level in levels:
            for below in order[order.index(level) :]:
                levels[below] = []
            here = levels[level]
        elif elements[0] == "CLM":
            here = []
            claims.append(([levels[name] for name in order], here))
        elif elements[0] in ("SE", "GE", "IEA"):
            here = None
        if here is not None:
            here.append((number, segment))
    for above, own in claims:
        yield [pair for group in above for pair in group] + own


def test_the_files_are_worth_cutting() -> None:
    """The generator must make what these tests are about."""
    files = [segments_of(seed) for seed in SEEDS]
    claims = [sum(s.startswith("CLM*") for s in file) for file in files]
    assert sum(claims) > 400 and max(claims) > 20 and 0 in claims
    for name in ("ISA", "GS", "ST"):
        assert sum(sum(s.startswith(f"{name}*") for s in file) > 1 for file in files) > 8
    text = [segment for file in files for segment in file]
    groups = [g for groups in (DETAILS, PROVIDERS, PAYERS, LINES) for many in groups.values() for g in many]
    rare = ("HL*3*2*23", "SVD*", "SBR*S", "NM1*PE", "LQ*", "MIA*", "TA1*", "NM1*FA", "CUR*", "REF*Y4")
    for start in (*rare, *(group[0] for group in groups)):
        assert any(segment.startswith(start) for segment in text), start
    kinds = [{item.claim.claim_type for item in read(render(file))} for file in files]
    assert sum(len(kind) > 1 for kind in kinds) > 10 and any(len(kind) == len(LINES) for kind in kinds)


@pytest.mark.parametrize(
    ("group", "transaction", "claim_type"),
    [
        ("005010X222A1", "005010X222A1", "professional"),
        ("005010X222A2", "", "professional"),
        ("005010X223A2", "", "institutional"),
        ("005010X223A3", "005010X223A3", "institutional"),
        ("005010X222A1", "005010X223A2", "institutional"),
        ("005010X223A2", "005010X222A1", "professional"),
        ("", "005010X223A2", "institutional"),
        ("005010X224A2", "", "dental"),
        ("005010X222A1", "005010X224A3", "dental"),
    ],
)
def test_the_transaction_says_which_guide_it_is_else_its_group(
    group: str, transaction: str, claim_type: str
) -> None:
    data = make837(2).replace("*X*005010X222A1~", f"*X*{group}~")
    data = data.replace("ST*837*0001*005010X222A1~", f"ST*837*0001*{transaction}".rstrip("*") + "~")
    assert problems(data.encode(), but=OVERRULED) == []
    for size in (1, 2):
        items = read(data.encode(), size)
        assert [item.claim.claim_type for item in items] == [claim_type] * 2
        assert all(bool(item.claim.lines[0].charge) is (claim_type == "professional") for item in items)


@pytest.mark.parametrize("guide", ["004010X097A1", "004010X098A1", "005010X222", "", "X"])
def test_a_transaction_of_another_guide_is_said_and_not_read(guide: str) -> None:
    data = make837(2).replace("005010X222A1", guide).encode()
    assert [problem.code for problem in problems(data)] == ["X12-007"]
    assert read(data) == []


@pytest.mark.parametrize("per_subscriber", [1, 3])
@pytest.mark.parametrize("newline", ["", "\n", "\r\n"])
def test_larger_files(newline: str, per_subscriber: int) -> None:
    data = make837(
        230, 5, errors=0.1, claims_a_subscriber=per_subscriber, subscribers_a_provider=4, newline=newline
    )
    whole = [seen(item) for item in read(data.encode())]
    assert len(whole) == 230
    for size in (1, 7, 100):
        assert [seen(item) for item in read(data.encode(), size)] == whole


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_block_boundary_may_fall_anywhere(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = render(segments_of(seed), STYLES[1])
    whole = [seen(item) for item in read(data)]
    for block in (107, 110, 128, 1000):
        monkeypatch.setattr("scrubber.read.spans._BLOCK", block)
        assert [seen(item) for item in read(data, 2)] == whole


def test_a_chunk_can_be_sent_to_another_process() -> None:
    for chunk in chunks(render(segments_of(3), STYLES[4]), 2):
        copy = pickle.loads(pickle.dumps(chunk))
        assert copy == chunk
        assert [seen(item) for item in copy.read()] == [seen(item) for item in chunk.read()]


def test_an_interchange_acknowledgment_may_stand_before_the_groups() -> None:
    """TA1 belongs between ISA and the first GS (X12.5): no problem, and the numbers go on counting."""
    segments = [segment for segment in segments_of(3) if not segment.startswith("TA1")]
    with_ta1 = [segments[0], "TA1*000000001*260820*0930*A*000", *segments[1:]]
    assert problems(render(with_ta1), but=OVERRULED) == []
    items, plain = read(render(with_ta1)), read(render(segments))
    assert [item.claim for item in items] == [item.claim for item in plain]
    for item, other in zip(items, plain, strict=True):
        assert item.source is not None and other.source is not None
        own, others = item.source.own_segments(), other.source.own_segments()
        assert [s.position for s in own] == [s.position + 1 for s in others]


# --- encodings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_are_read_in_either_encoding(encoding: str) -> None:
    segments = [s.replace("名", "é") for s in segments_of(0)]
    names = {s.split("*")[3] for s in segments if s.startswith("NM1*IL") and len(s.split("*")) > 3}
    assert any(not name.isascii() for name in names)
    items = read(render(segments, encoding=encoding), 3)
    assert {item.claim.subscriber.last_name for item in items} <= names


def test_how_a_name_is_read_does_not_depend_on_its_neighbours() -> None:
    """One claim in UTF-8, one in latin-1: each is read alike in a large chunk and alone."""
    segments = make837(4, 1, subscribers_a_provider=4).splitlines()
    people = [i for i, segment in enumerate(segments) if segment.startswith("NM1*IL")]
    lines = [segment.encode() for segment in segments]
    lines[people[0]] = lines[people[0]].replace(b"SAMPLE", "PEÑA".encode())
    lines[people[2]] = lines[people[2]].replace(b"SAMPLE", "PEÑA".encode("latin-1"))
    data = b"\n".join(lines) + b"\n"
    names = [[item.claim.subscriber.last_name for item in read(data, size)] for size in (1, 2, 100)]
    assert names[0] == names[1] == names[2] == ["PEÑA", "SAMPLE", "PEÑA", "SAMPLE"]


# --- what the guide does not know ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_an_unknown_segment_or_loop_changes_no_value(seed: int) -> None:
    """What only the other guide has, or none: an NM1 that opens no known loop is somebody else."""
    segments = segments_of(seed)
    known = [segment for segment in segments if "UNKNOWN" not in segment]
    assert len(known) < len(segments)
    with_unknown, without = read(render(segments)), read(render(known))
    for a, b in zip(with_unknown, without, strict=True):
        assert a.claim == b.claim
