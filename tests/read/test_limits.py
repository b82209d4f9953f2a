"""What is larger than a limit is refused by name and place; its neighbours are read, in bounded memory."""

from __future__ import annotations

import io
import pickle
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.guides.library import Guides
from scrubber.read.chunks import Chunk
from scrubber.read.limits import KINDS, LimitError, Limits, excess_in, limits_of
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from scrubber.read.x12 import Delimiters, FileProblem, ReadError
from tests.conftest import ROOT, SECRET
from tests.read.files import STYLES, Style, chunks, render
from tests.support.make837 import make837

GUIDES = Guides()
STAR = Delimiters("*", ":", "^", "~")
LONG = SECRET * 3000  # 27,000 characters

# --- setting them --------------------------------------------------------------------------------------


def test_the_defaults_are_far_beyond_the_guides() -> None:
    """50 or 999 lines, segments of a few hundred characters, 30 elements, 5,000 claims as advice."""
    limits = Limits()
    assert limits.lines > 999 and limits.segment_length > 10_000
    assert limits.elements > 100 and limits.components > 100 and limits.depth > 3
    assert limits.claims >= 1_000_000
    assert all(kind.least <= kind.default <= kind.most for kind in KINDS.values())
    assert pickle.loads(pickle.dumps(limits)) == limits


def test_the_page_of_limits_is_up_to_date() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(KINDS)
    for (name, of, default, bounds), kind in zip(rows, KINDS.values(), strict=True):
        assert name == f"| `{kind.name}`" and of.startswith(f"{kind.what} {kind.of}")
        assert (default, bounds) == (f"{kind.default:,}", f"{kind.least:,} to {kind.most:,} |")


def test_limits_are_set_by_words() -> None:
    limits = limits_of(["lines=60", "segment-length = 2_000", "claims=1,000"])
    assert limits == replace(Limits(), lines=60, segment_length=2000, claims=1000)
    assert limits.changed() == ["segment_length=2000", "lines=60", "claims=1000"]
    assert limits_of(limits.changed()) == limits
    assert limits_of([]) == Limits() and Limits().changed() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lines"], "'lines' sets no limit"),
        (["rows=5"], "'rows=5' sets no limit"),
        (["=5"], "'=5' sets no limit"),
        (["lines=many"], "the limit lines is not a number"),
        (["lines="], "the limit lines is not a number"),
        (["lines=-1"], "the limit lines is not a number"),
        (["lines=1.5"], "the limit lines is not a number"),
        (["lines=²"], "the limit lines is not a number"),
        (["lines=" + "9" * 5000], "the limit lines is not a number"),
        (["lines=0"], "the limit lines cannot be 0"),
        (["depth=2"], "the limit depth cannot be 2"),
        (["segment_length=2000000"], "the limit segment_length cannot be 2000000"),
        (["lines=5", "lines=6"], "the limit lines is set twice"),
    ],
)
def test_a_word_that_sets_no_limit_is_refused_with_a_remedy(words: list[str], message: str) -> None:
    with pytest.raises(LimitError) as caught:
        limits_of(words)
    assert caught.value.message == message and caught.value.remedy
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.message, again.remedy) == (caught.value.message, caught.value.remedy)


# --- the quick look at segments ------------------------------------------------------------------------


def first_excess(data: bytes, limits: Limits) -> tuple[str, int, int] | None:
    """Look at segment after segment: the plain way."""
    for number, raw in enumerate(data.split(b"~"), 5):
        segment = raw.lstrip(b"\r\n \t") if not raw[:1].isalnum() else raw
        if len(segment) > limits.segment_length:
            return "segment_length", len(segment), number
        if segment.count(b"*") > limits.elements:
            return "elements", segment.count(b"*"), number
        components = max(element.count(b":") + 1 for element in segment.split(b"*"))
        if components > limits.components:
            return "components", components, number
    return None


SMALL = st.builds(Limits, st.integers(1, 20), st.integers(1, 6), st.integers(1, 6))


@given(st.text("~~*:A\n", max_size=120), SMALL)
@example("", Limits(1, 1, 1))
@example("~", Limits(1, 1, 1))
@example("AAAA~A*****~A", Limits(10, 4, 5))
@example("\n\nAAA~", Limits(3, 1, 1))
def test_the_quick_look_finds_what_the_plain_one_does(text: str, limits: Limits) -> None:
    excess = excess_in(text.encode(), 5, STAR, limits)
    found = (excess.limit, excess.found, excess.position) if excess is not None else None
    assert found == first_excess(text.encode(), limits)


# --- claims that break one -----------------------------------------------------------------------------

#: A limit, and what breaks it when it stands behind a segment of the second of five claims.
LIMITS = Limits(segment_length=2000, elements=40, components=30, lines=6)


@dataclass(frozen=True)
class Broken:
    limit: str
    found: int
    segment: str
    behind: str = "CLM*"


BROKEN = [
    Broken("segment_length", 2009, f"NTE*ADD*{SECRET * 222}NNN"),
    Broken("elements", 41, "K3" + f"*{SECRET}" * 41),
    Broken("components", 31, "HI*" + ":".join([SECRET] * 31)),
    Broken("components", 31, f"HI*BK:1*{SECRET}{':' * 30}*BF:2"),
]


def five() -> list[str]:
    """Return a file of five claims of one subscriber each."""
    return make837(5, newline="").removesuffix("~").split("~")


def spoilt(broken: Broken) -> tuple[list[str], int]:
    """Return the file, and the number of the segment that is too large."""
    segments = five()
    at = [i for i, s in enumerate(segments) if s.startswith(broken.behind)][1] + 1
    segments.insert(at, broken.segment)
    return segments, at + 1


def claims_of(pieces: Iterable[Chunk], limits: Limits) -> Iterator[ReadClaim]:
    for chunk in pieces:
        yield from chunk.reading(GUIDES, limits).claims()


@pytest.mark.parametrize("style", STYLES, ids=range(len(STYLES)))
@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.limit)
def test_a_claim_that_breaks_a_limit_is_refused_alone(broken: Broken, size: int, style: Style) -> None:
    segments, position = spoilt(broken)
    whole = list(claims_of(chunks(render(five(), style)), LIMITS))
    items = list(claims_of(chunks(render(segments, style), size), LIMITS))
    assert [item.index for item in items] == [0, 1, 2, 3, 4]
    assert [item.claim.patient_control_number for item in items] == [
        item.claim.patient_control_number for item in whole
    ]
    refused = items[1]
    most = getattr(LIMITS, broken.limit)
    what = KINDS[broken.limit].what
    assert refused.broken == (
        f"segment {position} has {broken.found} {what}, and at most {most} are allowed "
        f"(--limit {broken.limit}=NUMBER allows more)"
    )
    assert SECRET not in repr(refused.claim)  # it was not read
    assert refused.violations == ()
    for item in (items[0], *items[2:]):
        assert item.broken is None
        assert item.claim == whole[item.index].claim and item.violations == whole[item.index].violations


@pytest.mark.parametrize("size", [1, 100])
def test_the_limit_itself_is_allowed(size: int) -> None:
    for broken in BROKEN:
        segments, _ = spoilt(broken)
        limits = replace(LIMITS, **{broken.limit: broken.found})
        assert [item.broken for item in claims_of(chunks(render(segments), size), limits)] == [None] * 5


@pytest.mark.parametrize("behind", ["ST*", "GS*", "NM1*40*", "HL*1*", "HL*4*", "SBR*"])
@pytest.mark.parametrize("size", [1, 2, 100])
def test_what_stands_above_claims_refuses_all_of_them(behind: str, size: int) -> None:
    """And no other: those of the levels beside it are read."""
    segments = five()
    at = next(i for i, s in enumerate(segments) if s.startswith(behind)) + 1
    segments.insert(at, f"NTE*ADD*{LONG}")
    items = list(claims_of(chunks(render(segments), size), Limits()))
    level = next((s for s in reversed(segments[:at]) if s.startswith(("HL*", "ST*", "GS*"))), "")
    beside = (i for i, s in enumerate(segments) if i > at and s.startswith("HL*") and s.split("*")[3] == "22")
    below = segments[at : next(beside, None)]
    own = [s.split("*")[1] for s in below if s.startswith("CLM*")]
    all_of_them = not level.startswith("HL*") or level.split("*")[3] == "20"
    for item in items:
        hit = all_of_them or item.claim.patient_control_number in own
        assert (item.broken is not None) is hit
        assert not hit or f"segment {at + 1} has" in (item.broken or "")
    assert len(items) == 5 and any(item.broken for item in items)


@pytest.mark.parametrize("claims", [1, 5])
@pytest.mark.parametrize("size", [1, 100])
def test_a_level_without_claims_that_breaks_a_limit_is_a_problem_of_the_file(size: int, claims: int) -> None:
    segments = make837(claims, newline="").removesuffix("~").split("~")
    end = next(i for i, s in enumerate(segments) if s.startswith("SE*"))
    segments[end:end] = ["HL*99*1*22*0", f"SBR*P*18*{LONG}"]
    found: list[FileProblem] = []
    for chunk in chunks(render(segments), size):
        reading = chunk.reading(GUIDES, Limits())
        assert all(item.broken is None for item in reading.claims())
        found += reading.problems
    (problem,) = found
    assert (problem.code, problem.position, problem.fatal) == ("X12-011", end + 2, True)
    assert SECRET not in repr(problem) and "--limit segment_length=NUMBER" in problem.remedy


def with_lines(segments: list[str], count: int) -> list[str]:
    """Return a file whose second claim has some service lines."""
    out, claims = [], 0
    for segment in segments:
        claims += segment.startswith("CLM*")
        if claims == 2 and segment.startswith(("LX*", "SV1*", "DTP*472*", "REF*6R*")):
            if segment.startswith("LX*1") and segment in ("LX*1", "LX*1\n"):
                for number in range(1, count + 1):
                    out += [f"LX*{number}", "SV1*HC:99213*1*UN*1***1", "DTP*472*D8*20260818"]
            continue
        out.append(segment)
    return out


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("count", [2001, 5000])
def test_a_claim_of_too_many_lines_is_refused(size: int, count: int) -> None:
    segments = with_lines(five(), count)
    items = list(claims_of(chunks(render(segments), size), Limits()))
    assert [item.broken is not None for item in items] == [False, True, False, False, False]
    assert items[1].broken == (
        f"it has {count} service lines, and at most 2000 are allowed (--limit lines=NUMBER allows more)"
    )
    assert count < 3000 or items[1].claim.lines == []  # what takes longer is not even read
    allowed = list(claims_of(chunks(render(segments), size), Limits(lines=count)))
    assert [len(item.claim.lines) for item in allowed][1] == count
    assert all(item.broken is None for item in allowed)


def test_limits_hold_for_claims_one_by_one() -> None:
    """A chunk that ended its process is tried claim by claim: they are refused all the same."""
    segments, _ = spoilt(BROKEN[1])
    (chunk,) = chunks(render(segments))
    single = [item.broken for item in claims_of(chunk.one_by_one(), LIMITS)]
    assert single == [item.broken for item in claims_of([chunk], LIMITS)]
    assert [broken is not None for broken in single] == [False, True, False, False, False]


# --- levels inside of each other -----------------------------------------------------------------------


def nested(levels: int) -> list[str]:
    """Return a file of subscribers that each stand in the one before, with a claim each; then a usual one."""
    segments = five()
    first = next(i for i, s in enumerate(segments) if s.startswith("HL*2*"))
    end = next(i for i, s in enumerate(segments) if s.startswith("SE*"))
    claim = segments[next(i for i, s in enumerate(segments) if s.startswith("CLM*")) : end]
    claim = claim[: next(i for i, s in enumerate(claim) if s.startswith("HL*"))]
    level = segments[first + 1 : next(i for i, s in enumerate(segments) if s.startswith("CLM*"))]
    body: list[str] = []
    for number in range(2, levels + 1):
        body += [f"HL*{number}*{number - 1}*22*1", *level, *claim]
    body += [f"HL*{levels + 1}*1*22*0", *level, *claim]
    return [*segments[:first], *body, *segments[end:]]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_claims_of_levels_nested_too_deep_are_refused(size: int) -> None:
    segments = nested(8)
    items = list(claims_of(chunks(render(segments), size), Limits(depth=5)))
    assert [item.broken for item in items] == [
        None,  # the second level: a subscriber in a billing provider
        None,
        None,
        None,
        *(
            f"it has {levels} hierarchical levels, and at most 5 are allowed "
            "(--limit depth=NUMBER allows more)"
            for levels in (6, 7, 8)
        ),
        None,
    ]
    assert all(item.broken is None for item in claims_of(chunks(render(segments), size), Limits(depth=8)))
    one_by_one = [one for chunk in chunks(render(segments), size) for one in chunk.one_by_one()]
    again = list(claims_of(one_by_one, Limits(depth=5)))
    assert [item.broken for item in again] == [item.broken for item in items]


def test_usual_levels_are_not_nested_too_deep() -> None:
    data = make837(60, 3, claims_a_subscriber=2, subscribers_a_provider=4).encode()
    assert {chunk.nesting for chunk in chunks(data, 7)} == {0}
    assert all(item.broken is None for item in claims_of(chunks(data, 7), Limits(depth=3)))


# --- envelopes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("closer", ["SE", "GE", "IEA"])
def test_an_envelope_may_not_end_with_a_segment_without_end(closer: str) -> None:
    segments = [f"{s}*{LONG}" if s.startswith(f"{closer}*") else s for s in five()]
    parts = list(split_x12(io.BytesIO(render(segments))))
    found = [part for part in parts if isinstance(part, FileProblem)]
    (problem,) = found
    assert (problem.code, problem.segment, problem.fatal) == ("X12-011", closer, True)
    assert SECRET not in repr(problem)
    assert sum(part.claims for part in parts if isinstance(part, Chunk)) == 5
    more = split_x12(io.BytesIO(render(segments)), limits=Limits(segment_length=100_000))
    assert not [part for part in more if isinstance(part, FileProblem)]


# --- memory --------------------------------------------------------------------------------------------


class Flood(io.RawIOBase):
    """A file that begins as usual and goes on with the same segments for many megabytes."""

    def __init__(self, start: bytes, again: bytes | Callable[[int], bytes], end: bytes, size: int) -> None:
        self._parts = self._make(start, again, end, size)
        self._rest = b""

    @staticmethod
    def _make(start: bytes, again: bytes | Callable[[int], bytes], end: bytes, size: int) -> Iterator[bytes]:
        yield start
        given = 0
        while given < size:
            part = again(given) if callable(again) else again * (1 + (1 << 16) // len(again))
            given += len(part)
            yield part
        yield end

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            part = next(self._parts, None)
            if part is None:
                break
            self._rest += part
        out, self._rest = self._rest[:size], self._rest[size:]
        return out


def cut(segments: list[str], before: str) -> tuple[bytes, bytes]:
    """Return a file cut before a segment."""
    at = next(i for i, s in enumerate(segments) if s.startswith(before))
    return render(segments[:at]), render(segments[at:])


def run(flood: Flood) -> tuple[list[ReadClaim], list[FileProblem], ReadError | None, int]:
    """Read everything; return claims, problems, what stopped it, and the most memory that was needed."""
    items: list[ReadClaim] = []
    problems: list[FileProblem] = []
    stopped = None
    tracemalloc.start()
    try:
        for part in split_x12(flood):
            if isinstance(part, FileProblem):
                problems.append(part)
                continue
            reading = part.reading(None, Limits())
            items += ((item, setattr(item, "source", None))[0] for item in reading.claims())
            problems += reading.problems
    except ReadError as error:
        stopped = error
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return items, problems, stopped, most


MEMORY = 80 << 20
SIZE = 24 << 20


@pytest.mark.parametrize(
    "again", [b"REF*G1*ZEBRAFISH~", b"LX*1~SV1*HC:99213*1*UN*1***1~", b"~", b"\n~", b"A~"]
)
def test_a_claim_without_end_does_not_fill_memory(again: bytes) -> None:
    """What was read before it is given; then reading stops, and says where."""
    start, end = cut(five(), "SE*")
    items, problems, stopped, most = run(Flood(start, again, end, SIZE))
    assert stopped is not None and "goes on for more than 8388608 bytes" in stopped.message
    assert stopped.remedy and SECRET not in stopped.message
    assert [item.broken is not None for item in items] == [False] * 4 + [True]
    assert not problems
    assert most < MEMORY


def test_a_very_long_claim_is_refused_and_the_next_ones_are_read() -> None:
    segments = five()
    at = [i for i, s in enumerate(segments) if s.startswith("CLM*")][1] + 1
    head, rest = render(segments[:at]), render(segments[at:])
    items, problems, stopped, most = run(Flood(head, b"REF*G1*ZEBRAFISH~", rest, 5 << 20))
    assert stopped is None
    assert [item.broken for item in items] == [None, "it is longer than 4194304 bytes", None, None, None]
    assert items[1].claim.patient_control_number == segments[at - 1].split("*")[1]
    assert {problem.code for problem in problems} == {"X12-005"}  # SE does not count what was put in
    assert most < MEMORY


@pytest.mark.parametrize(("behind", "claims"), [("HL*2*", 5), ("BHT*", 5)])
def test_a_very_long_level_or_header_is_a_problem_of_the_file(behind: str, claims: int) -> None:
    segments = five()
    at = next(i for i, s in enumerate(segments) if s.startswith(behind)) + 1
    head, rest = render(segments[:at]), render(segments[at:])
    items, problems, stopped, most = run(Flood(head, b"REF*G1*ZEBRAFISH~", rest, 5 << 20))
    assert stopped is None and len(items) == claims
    found = next(problem for problem in problems if problem.code == "X12-011")
    assert found.fatal and SECRET not in repr(found)
    assert found.position == (at if behind.startswith("HL") else 3)
    assert most < MEMORY


@pytest.mark.slow
def test_levels_without_claims_do_not_fill_memory() -> None:
    start, end = cut(five(), "SE*")
    again = b"HL*9*1*22*0~SBR*P*18*******CI~NM1*IL*1*ZEBRAFISH****MI*1~"
    items, _, stopped, most = run(Flood(start, again, end, SIZE))
    assert stopped is None and [item.broken for item in items] == [None] * 5
    assert most < MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("again", [b"ZZZ*1~", b"A~", b"TA1*1~"])
def test_segments_outside_of_all_envelopes_do_not_fill_memory(again: bytes) -> None:
    start, end = cut(five(), "GS*")
    _, problems, stopped, most = run(Flood(start, again, end, SIZE))
    assert stopped is not None
    assert len(problems) <= 2
    assert most < MEMORY


def test_claims_behind_levels_without_their_hl_do_not_fill_memory() -> None:
    """Each ends a chunk, and the claim it stands behind goes with the next one: but no more than that."""
    start, end = cut(five(), "SE*")
    claim = b"CLM*A*1***11:B:1~HI*ABK:I10~LX*1~SV1*HC:99213*1*UN*1***1~DTP*472*D8*20260818~"
    for level in (b"SBR*P*18~NM1*IL*1*A~", b"PAT*19~NM1*QC*1*A~", b"NM1*85*2*A~N3*A~", b"PAT*01~SBR*P~"):
        pieces = [
            sum(len(piece.data) for piece in part.pieces)
            for part in split_x12(Flood(start, claim + level, end, 1 << 19))
            if isinstance(part, Chunk)
        ]
        assert len(pieces) > 2000 and max(pieces) < 5000
