"""Input that nobody meant to send: it is refused with ReadError or read, never anything else, and it ends."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scrubber.claim.locate import locate, pattern_of
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.values import as_text
from scrubber.findings import X12Place
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import ClaimJsonError, split_json
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem, ReadError
from tests.read.files import STYLES, Segments, chunks, read, render, seen, segments_of
from tests.support.make837 import make837

ISA = make837(1)[:106].encode()
GUIDES = ("005010X222A1", "005010X223A2")
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

#: Names, qualifiers and levels that the reader decides by.
NAMES = (
    "ISA GS ST BHT HL NM1 N3 N4 PRV REF PER SBR PAT DMG CLM HI CAS AMT LX SV1 SV2 DTP LIN CTP SVD LQ FRM "
    "CL1 CR1 CRC K3 HCP MIA MOA OI SE GE IEA"
).split()
ELEMENTS = [
    "",
    "20",
    "22",
    "23",
    "19",
    "85",
    "IL",
    "PR",
    "QC",
    "82",
    "41",
    "837",
    "0001",
    "005010X222A1",
    "005010X223A2",
    "A:B",
    "ABK:E119::::::Y",
    "BI:70:RD8:20260801-20260802",
    "²",
]


def outcome_of(data: bytes) -> list[ReadClaim]:
    """Read a file in pieces of two claims; what cannot be read is a ReadError or a FileProblem."""
    items: list[ReadClaim] = []
    try:
        for part in split_x12(io.BytesIO(data), 2):
            if isinstance(part, Chunk):
                assert part.claims > 0 or part.follows is not None  # levels without claims, which end here
                items += part.read()
            else:
                assert isinstance(part, FileProblem)
                assert part.message and part.remedy
    except ReadError as error:
        assert error.message and error.remedy
    return items


def check(data: bytes) -> None:
    items = outcome_of(data)
    assert [item.index for item in items] == list(range(len(items)))
    for item in items:
        assert item.source is not None
        positions = [segment.position for segment in item.source.segments()]
        assert positions == sorted(set(positions))


# --- bytes ---------------------------------------------------------------------------------------------


@QUICK
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    check(data)


@QUICK
@given(st.binary(max_size=400))
@example(b"")
@example(b"~")
@example(b"SE*\xb2*0001~")
@example(b"ST*837*1~SE*" + b"9" * 5000 + b"*1~")
@example(b"SE~GE~IEA~CLM~LX~HL~NM1~")
def test_random_bytes_behind_a_header(data: bytes) -> None:
    check(ISA + data)


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(ELEMENTS), max_size=5)), max_size=40)
)
@example([("CLM", []), ("LX", []), ("SVD", []), ("SE", []), ("LX", []), ("NM1", ["82"])])
@example([("ST", ["837", "1", "005010X222A1"]), ("SE", ["²", "1"])])
@example([("SE", []), ("NM1", []), ("CLM", []), ("SBR", []), ("CAS", ["", "1"])])
def test_known_segments_in_any_order(segments: list[tuple[str, list[str]]]) -> None:
    text = "~".join("*".join([name, *elements]) for name, elements in segments)
    check(ISA + f"~{text}~".encode("latin-1"))
    for guide in GUIDES:
        check(ISA + f"~GS*HC***20260820*0930*1*X*{guide}~ST*837*1~{text}~".encode())


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(ELEMENTS), max_size=5)), max_size=30)
)
@example(
    [("CLM", []), ("HL", ["1", "", "19"]), ("NM1", ["85"]), ("HL", ["2", "", "20"]), ("CLM", []), ("CLM", [])]
)
@example([("HL", ["1", "", "20"]), ("CLM", []), ("HL", ["2"]), ("N3", ["A"]), ("CLM", []), ("CLM", [])])
@example([("CLM", []), ("SE", ["1"]), ("CLM", []), ("HL", ["1", "", "22"]), ("CLM", [])])
def test_however_odd_a_file_its_pieces_read_as_the_whole(segments: list[tuple[str, list[str]]]) -> None:
    text = "~".join("*".join([name, *elements]) for name, elements in segments if name != "ISA")
    for guide in GUIDES:
        head = f"~GS*HC***20260820*0930*1*X*{guide}~ST*837*1~HL*1**20~HL*2*1*22~"
        data = ISA + f"{head}{text}~".encode()
        whole = judged(read(data))
        for size in (1, 2, 3):
            assert judged(read(data, size)) == whole
        for chunk in chunks(data):
            assert judged(i for single in chunk.one_by_one() for i in single.read()) == judged(chunk.read())


def judged(items: Iterable[ReadClaim]) -> list[tuple[Any, ...]]:
    """Return what matters of each claim; of one that cannot be judged, that and why."""
    return [seen(item) if item.broken is None else (item.index, item.broken) for item in items]


# --- files that were spoilt on the way -----------------------------------------------------------------

Damage = Callable[[Segments, Random], Segments]


def lose(segments: Segments, random: Random) -> Segments:
    return [s for s in segments if random.random() > 0.1]


def repeat(segments: Segments, random: Random) -> Segments:
    return [s for segment in segments for s in [segment] * (2 if random.random() < 0.1 else 1)]


def swap(segments: Segments, random: Random) -> Segments:
    out = list(segments)
    for _ in range(5):
        i, j = random.randrange(len(out)), random.randrange(len(out))
        out[i], out[j] = out[j], out[i]
    return out


def shuffle(segments: Segments, random: Random) -> Segments:
    return random.sample(segments, len(segments))


def shorten(segments: Segments, random: Random) -> Segments:
    return [s[: random.randrange(len(s) + 1)] if random.random() < 0.1 else s for s in segments]


def strange(segments: Segments, random: Random) -> Segments:
    signs = ["*", ":", "", "^", " ", "\x00", "²", "é", "\t", "A" * 200]

    def bent(text: str) -> str:
        at = random.randrange(len(text) + 1)
        return text[:at] + random.choice(signs) + text[at + random.randrange(3) :]

    return [bent(s) if random.random() < 0.2 else s for s in segments]


def lower(segments: Segments, random: Random) -> Segments:
    return [s.lower() if random.random() < 0.2 else s for s in segments]


DAMAGES: list[Damage] = [lose, repeat, swap, shuffle, shorten, strange, lower]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("seed", range(25))
def test_damaged_files_are_read_or_refused(damage: Damage, seed: int) -> None:
    segments = segments_of(seed)
    for headless in (False, True):
        body = damage(segments[1:], Random(seed))
        data = render(body if headless else [segments[0], *body], STYLES[seed % 3])
        check(data)


@pytest.mark.parametrize("seed", range(12))
def test_a_file_may_end_anywhere(seed: int) -> None:
    """What was read before the end is read as from the whole file; a claim that is cut says so."""
    random, data = Random(seed), render(segments_of(seed))
    whole = {item.index: item for item in read(data)}
    for cut in random.choices(range(len(data)), k=25):
        items = outcome_of(data[:cut])
        for item in items[:-1]:
            assert item.claim == whole[item.index].claim
        if items and items[-1].claim != whole[items[-1].index].claim:
            assert items[-1].broken is not None


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_value_of_a_damaged_claim_is_found_where_it_stands(damage: Damage) -> None:
    """Locations come from the kept segments: the value must be in the segment that is pointed at."""
    lost: dict[str, str] = {}
    for seed in range(8):
        segments = segments_of(seed)
        data = render([segments[0], *damage(segments[1:], Random(seed))])
        numbered = [text.lstrip("\r\n \t").split("*") for text in data.decode().split("~")]
        for item in outcome_of(data):
            for path, value in values_in_x12(item):
                found = locate(item.claim, item.source, path)
                assert found.x12 is not None and found.x12.position is not None, path
                elements = numbered[found.x12.position - 1]
                assert elements[0] == found.x12.segment
                if not says(text_at(elements, found.x12), path, value):
                    lost.setdefault(pattern_of(path), f"{as_text(value)} is not in {'*'.join(elements)}")
    assert not lost, "\n".join(f"{path}: {text}" for path, text in lost.items())


#: Values that the model has words of its own for: X12 says ABK.
WORDS = (".role", ".code_set")


def values_in_x12(item: ReadClaim) -> Iterator[tuple[str, Any]]:
    for pattern, info in PATHS.items():
        if info.places and pattern not in SYNONYMS and not pattern.endswith(WORDS):
            yield from expand(item.claim, pattern)


def text_at(elements: list[str], place: X12Place) -> str:
    text = elements[place.element] if place.element is not None and place.element < len(elements) else ""
    if place.component is None:
        return text
    parts = text.split(":")
    return parts[place.component - 1] if place.component <= len(parts) else ""


def says(text: str, path: str, value: Any) -> bool:
    """Return whether a place holds a value: of dates it may hold more than the one end, or an hour too."""
    shown, kind = as_text(value), PATHS[pattern_of(path)].kind
    if kind == "date" or path.endswith("_hour"):
        return shown.replace("-", "") in text.replace("-", "")
    return plain(shown) == plain(text.strip() if path.startswith("file.") else text)


def plain(text: str) -> str:
    """Numbers lose their leading noughts, and a point that nothing follows."""
    return text.lstrip("0").removesuffix(".")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n",
        b"\xef\xbb\xbf",
        b"ISA",
        b"ISA*",
        b"isa*00*",
        b"ISA" + b"*" * 200,
        b"ISA" + b"A" * 103,
        ISA[:105],
        ISA[:104] + b"**" + ISA[106:],
        ISA[:105] + b"A",
        ISA[:82] + b":" + ISA[83:104] + b"~~",
        b"{}",
        b"PK\x03\x04" + bytes(200),
        b"\x1f\x8b" + bytes(200),
    ],
)
def test_what_is_not_x12_is_refused_with_a_remedy(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        list(split_x12(io.BytesIO(data)))
    assert caught.value.message and caught.value.remedy


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"  \n"])
@pytest.mark.parametrize("end", [b"", b"\n\n", b"\x1a", b"\x00\x00", b"  \r\n"])
def test_space_around_a_file_does_not_matter(start: bytes, end: bytes) -> None:
    data = make837(3).encode()
    parts = list(split_x12(io.BytesIO(start + data + end)))
    assert [seen(i) for p in parts if isinstance(p, Chunk) for i in p.read()] == [seen(i) for i in read(data)]
    assert not [p for p in parts if isinstance(p, FileProblem)]


def test_a_terminator_that_never_comes_does_not_fill_memory() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert self.given < 10 << 20
            return ISA + b"~" if self.given == size else b"A" * size

    with pytest.raises(ReadError):
        list(split_x12(Endless()))  # type: ignore[arg-type]


# --- claim JSON ----------------------------------------------------------------------------------------


@QUICK
@given(st.binary(max_size=200))
@example(b"[")
@example(b"{}\n{")
@example(b"[[[[")
@example(b"\xff\xfe{}")
@example(b"null")
@example(b'{"lines": [{"charge": 1e400}]}')
@example(b"[" * 5000)
@example(b'{"total_charge": ' + b"9" * 5000 + b"}")
def test_random_json(data: bytes) -> None:
    check_json(data)


@QUICK
@given(
    st.lists(
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5)
    )
)
def test_json_that_is_no_claim(values: list[object]) -> None:
    check_json(orjson.dumps(values))
    check_json(b"\n".join(map(orjson.dumps, values)))


def check_json(data: bytes) -> None:
    index = 0
    try:
        for chunk in split_json(io.BytesIO(data), 2):
            for item in chunk.read():
                found = item.index if isinstance(item, ReadClaim) else item[0]
                assert found == index
                assert isinstance(item, ReadClaim) or isinstance(item[1], ClaimJsonError)
                index += 1
    except ReadError as error:
        assert error.message and error.remedy
