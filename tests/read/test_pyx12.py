"""The same files in pyx12, another reader of the same guide: no error, the same segments, the same loops.

pyx12 is a development dependency; its maps are the implementation guide in machine form.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.claims import Mix, as_bytes
from scrubber.packs.load import builtin_rules_dir
from scrubber.read.reader import ReadClaim
from tests.read.files import read
from tests.read.full import FULL
from tests.read.full_institutional import FULL_INSTITUTIONAL
from tests.support.make837 import make837

pytestmark = pytest.mark.slow

params = pytest.importorskip("pyx12.params")
context = pytest.importorskip("pyx12.x12context")
document = pytest.importorskip("pyx12.x12n_document")
errors = pytest.importorskip("pyx12.error_handler")
x12file = pytest.importorskip("pyx12.x12file")

#: pyx12 has no map of 837D.
BASES = sorted(p for p in builtin_rules_dir().glob("base/*.837") if p.stem != "dental")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def accepts(text: str) -> tuple[bool, str]:
    """Return whether pyx12 finds no error, and its acknowledgment."""
    answer = io.StringIO()
    ok = document.x12n_document(params.ParamsBase(), io.StringIO(text), answer, None)
    return ok, answer.getvalue()


def segments_by_pyx12(text: str) -> list[str]:
    reader = x12file.X12Reader(io.StringIO(text))
    return [segment.format("~", "*", ":") for segment in reader]


def loops_by_pyx12(text: str) -> list[str]:
    """Return the innermost loop of every segment."""
    reader = context.X12ContextReader(params.ParamsBase(), errors.errh_null(), io.StringIO(text))
    return [node.cur_path.split("/")[-2] for node in reader.iter_segments()]


def positions(items: list[ReadClaim]) -> dict[int, tuple[str, str]]:
    """Return loop and text of every segment that stands in or above a claim, by its number."""
    found: dict[int, tuple[str, str]] = {}
    for item in items:
        assert item.source is not None
        for segment in item.source.segments():
            found[segment.position] = segment.loop.id, "*".join(segment.elements)
    return found


def generated(mix: Mix) -> str:
    return as_bytes(mix)[0].decode()


FILES = {
    "clean": make837(40, 1),
    "several claims a subscriber": make837(40, 2, claims_a_subscriber=3, subscribers_a_provider=4),
    "without line breaks": make837(10, 3, newline=""),
    "every loop": FULL,
    "every loop, institutional": FULL_INSTITUTIONAL,
    "generated, professional": generated(Mix(claims=60, seed=1, coordination=0.5)),
    "generated, institutional": generated(Mix("institutional", claims=60, seed=1, coordination=0.5)),
    "generated, several transactions": generated(
        Mix("institutional", claims=12, seed=2, interchanges=2, groups=2, transactions=2)
    ),
    **{path.name: path.read_text() for path in BASES},
}


@pytest.mark.parametrize("name", FILES)
def test_pyx12_finds_no_error(name: str) -> None:
    ok, answer = accepts(FILES[name])
    assert ok, answer


def test_pyx12_would_find_one() -> None:
    assert not accepts(FILES["clean"].replace("SV1*HC:", "SV1*QQ:", 1))[0]
    assert not accepts(FULL_INSTITUTIONAL.replace("HI*ABJ:", "HI*QQQ:", 1))[0]


@pytest.mark.parametrize("name", FILES)
def test_the_segments_are_the_same(name: str) -> None:
    """Trailers stand in no claim; all other segments do, in these files."""
    theirs = segments_by_pyx12(FILES[name])
    ours = positions(read(FILES[name].encode()))
    kept = {i: text for i, text in enumerate(theirs, 1) if text[:3].rstrip("*") not in ("SE", "GE", "IEA")}
    assert {i: bare(text) for i, (_, text) in ours.items()} == {i: bare(text) for i, text in kept.items()}


def bare(text: str) -> str:
    """pyx12 drops empty elements at the end, and pads the header in its own way."""
    text = text.rstrip("~").rstrip("*")
    return text[:3] if text.startswith("ISA") else text


@pytest.mark.parametrize("name", FILES)
def test_the_loops_are_the_same(name: str) -> None:
    """pyx12 names envelopes after their loops, and 2000B and 2000C after the level within it."""
    names = {"ISA_LOOP": "ISA", "GS_LOOP": "GS", "ST_LOOP": "ST", "HEADER": "ST"}
    theirs = [names.get(loop, loop) for loop in loops_by_pyx12(FILES[name])]
    different = {
        (text.split("*")[0], loop, theirs[number - 1])
        for number, (loop, text) in positions(read(FILES[name].encode())).items()
        if loop != theirs[number - 1]
    }
    assert not different


def test_the_base_claims_are_there() -> None:
    assert len(BASES) >= 2 and all(isinstance(path, Path) for path in BASES)
