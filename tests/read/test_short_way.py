"""The short way through a file gives what the long way gives: the same claims, violations and places.

The long way is the guide's check of a segment and then the handler of its loop. The short way is learnt, here
from the first segment of a kind on; files are read until there is nothing more to learn.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from benchmarks.claims import Mix, as_bytes
from benchmarks.claims.mix import ClaimType
from scrubber.guides.library import Guides
from scrubber.guides.violations import Kind
from scrubber.read import steps
from scrubber.read.chunks import Chunk
from scrubber.read.reader import Reader
from tests.guides.mutants import EVERY_TYPE
from tests.read.files import STYLES, chunks, render, segments_of
from tests.support.guides import LOADERS
from tests.support.make837 import make837

#: What elements of good files are changed to.
WRONG = [
    "",
    "0",
    "-1.50",
    ".5",
    "20260230",
    "20260131",
    "X",
    "x y",
    " X",
    "X ",
    "A:B",
    "::",
    "é",
    "^",
    "9" * 90,
]


def told(read: list[Chunk], guides: Guides) -> list[tuple[Any, ...]]:
    """Return all that reading says."""
    out: list[tuple[Any, ...]] = []
    for chunk in read:
        reading = chunk.reading(guides)
        for item in reading.claims():
            assert item.source is not None
            own = [tuple(segment) for segment in item.source.segments()]
            out.append((item.index, item.claim, item.violations, item.broken, own))
        out.append((reading.violations, reading.problems))
    return out


def both_ways(data: bytes, guides: Guides, monkeypatch: pytest.MonkeyPatch, size: int = 7) -> int:
    """Read a file in both ways; return how many functions the short way has come to know."""
    read = chunks(data, size)
    with monkeypatch.context() as patch:
        patch.setattr(steps.Place, "learn", lambda *_: None)
        long = told(read, Guides(LOADERS))
    for _ in range(2):
        assert told(read, guides) == long
    return sum(len(kept) for track in guides._tracks.values() for kept in track.alike.values())


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
@pytest.mark.parametrize("delimiters", ["*:^~", "|>!\x1e", "*\\^~"])
@pytest.mark.parametrize("errors", [0.0, 1.0])
def test_claims_of_every_setting(
    claim_type: ClaimType, delimiters: str, errors: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix = Mix(
        claim_type, claims=60, seed=3, coordination=0.5, errors=errors, delimiters=delimiters, newline=""
    )
    known = both_ways(as_bytes(mix)[0], Guides(LOADERS), monkeypatch)
    assert known > 120


def test_files_of_any_style(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was learnt of one file is used for the next ones, by the same guides."""
    guides = Guides(LOADERS)
    for seed in range(24):
        both_ways(render(segments_of(seed), STYLES[seed % len(STYLES)]), guides, monkeypatch, 1 + seed % 5)


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_spoilt_files(claim_type: ClaimType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements changed, added and dropped; segments twice, swapped and gone: after good files were learnt."""
    guides, random = Guides(LOADERS), Random(f"spoilt {claim_type}")
    mix = Mix(claim_type, claims=30, seed=4, coordination=0.5, newline="")
    good = as_bytes(mix)[0].decode()
    known = both_ways(good.encode(), guides, monkeypatch)
    differ = 0
    for _ in range(20):
        segments = good.split("~")
        for _ in range(12):
            _spoil(segments, random)
        data = "~".join(segments).encode()
        both_ways(data, guides, monkeypatch)
        differ += any(item[2] for item in told(chunks(data), guides) if len(item) > 2)
    assert known > 100 and differ > 15


def _spoil(segments: list[str], random: Random) -> None:
    at = random.randrange(3, len(segments) - 4)
    kind = random.randrange(9)
    if kind == 0:
        segments.insert(at, segments[at])
    elif kind == 1:
        segments[at], segments[at + 1] = segments[at + 1], segments[at]
    elif kind == 2:
        del segments[at]
    elif kind == 3:
        segments[at] += "*" + random.choice(WRONG)
    elif kind == 4:
        segments[at] = segments[at].rpartition("*")[0]
    elif kind == 5:  # a block once more, its opener shorter
        segments[at:at] = [segments[at].rpartition("*")[0], *segments[at + 1 : at + 3]]
    else:
        elements = segments[at].split("*")
        elements[random.randrange(1, max(len(elements), 2)) % len(elements)] = random.choice(WRONG)
        segments[at] = "*".join(elements)


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_nearly_all_segments_go_the_short_way(claim_type: ClaimType, monkeypatch: pytest.MonkeyPatch) -> None:
    guides = Guides(LOADERS)
    data = chunks(as_bytes(Mix(claim_type, claims=200, seed=5, coordination=0.5))[0], 100)
    for _ in range(2):
        told(data, guides)
    long: list[str] = []
    go = steps.Place.learn

    def seen(self: steps.Place, elements: list[str], *others: Any) -> None:
        long.append(elements[0])
        go(self, elements, *others)

    monkeypatch.setattr(steps.Place, "learn", seen)
    told(data, guides)
    # Only adjustments below zero are left to the plain check: other amounts are.
    assert set(long) <= {"ISA", "GS", "ST", "CAS"} and long.count("CAS") < 20


def test_a_second_provider_does_not_stand_in_the_way_of_first_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model holds one: what was learnt where it held one already must not be used where it holds none."""
    place = ["NM1*77*2*SAMPLE SURGERY CENTER", "N3*8824 TEST PARKWAY", "N4*SHELBYVILLE*IN*461765360"]
    full, short = "NM1*82*1*DEMOWSKI*NORA****XX*1999623485", "NM1*82*1*DEMOWSKI*NORA"

    def file_of(*blocks: list[str]) -> bytes:
        segments = make837(len(blocks), newline="").removesuffix("~").split("~")
        out = [s for s in segments if not s.startswith(("NM1*82*", "PRV*PE*"))]
        claims = [i for i, s in enumerate(out) if s.startswith("LX*1")]
        for at, block in zip(reversed(claims), reversed(blocks), strict=True):
            out[at:at] = block
        return ("~".join(out) + "~").encode()

    guides = Guides(LOADERS)
    for blocks in ([[*place, full]] * 6, [[full, *place, short]] * 2, [[*place, short]] * 2):
        both_ways(file_of(*blocks), guides, monkeypatch, 100)
    last = told(chunks(file_of([*place, short])), guides)
    assert last[0][1].rendering_provider.last_name == "DEMOWSKI"


@pytest.mark.parametrize("odd", ["REF*6R*A ", "REF*6R*A^B", "REF*6R*\u00e9", "REF*6R* "])
def test_only_what_is_odd_goes_the_long_way(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank at an element's end in one segment leaves its neighbours what they were."""
    guides = Guides(LOADERS)
    good = as_bytes(Mix("professional", claims=20, seed=5, newline=""))[0].decode()
    told(chunks(good.encode(), 100), guides)
    lines = good.count("~SV1*")
    spoilt = good.replace("~LX*2~", f"~{odd}~LX*2~", 1)
    assert spoilt != good and lines > 20
    long: list[str] = []
    go = Reader._go
    monkeypatch.setattr(
        Reader,
        "_go",
        lambda self, text, *others, **named: (long.append(text), go(self, text, *others, **named))[1],
    )
    told(chunks(spoilt.encode(), 100), guides)
    assert odd in long
    assert {text.split("*")[0] for text in long} <= {"ISA", "GS", "ST", "REF", "CAS"} and len(long) < 10


def test_a_wrong_line_number_is_told_beside_what_else_is_wrong_with_its_segment() -> None:
    good = as_bytes(Mix("professional", claims=1, seed=1, newline=""))[0]
    found = told(chunks(good.replace(b"~LX*1~", b"~LX*7*1~")), Guides(LOADERS))
    assert {v.kind for v in found[0][2]} == {Kind.TOO_MANY_ELEMENTS, Kind.LINE_NUMBER}
