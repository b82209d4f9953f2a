"""The corpus of the fuzzer, and every input that once broke the reader, are read as they must be."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

import pytest

from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem
from tests.fuzz.checks import check
from tests.fuzz.mutate import Mutator

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").iterdir())
REGRESSIONS = sorted((HERE / "regressions").iterdir())
VALID = [path for path in CORPUS if path.suffix == ".837" and not path.name.startswith("random-")]


def test_the_corpus_is_small() -> None:
    assert len(CORPUS) <= 40
    assert sum(path.stat().st_size for path in CORPUS) < 200_000


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_seeds(path: Path) -> None:
    claims = check(path.read_bytes())
    assert claims > 0 or path.name == "not-claims.json"


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_generated_seeds_are_valid(path: Path) -> None:
    parts = list(split_x12(io.BytesIO(path.read_bytes())))
    assert not [part for part in parts if isinstance(part, FileProblem)]


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_what_once_broke_the_reader(path: Path) -> None:
    check(path.read_bytes())


def test_the_mutator_gives_the_same_change_for_the_same_seed() -> None:
    files = [path.read_bytes() for path in VALID]
    mutator = Mutator(files)
    for seed in range(100):
        first, again = Random(seed), Random(seed)
        data = files[seed % len(files)]
        changed = mutator.mutate(data, 6_000, first)
        assert changed == mutator.mutate(data, 6_000, again)
        assert len(changed) <= 6_000
        assert len(mutator.cross(data, files[0], 6_000, first)) <= 6_000


def test_some_mutations() -> None:
    """A taste of what the fuzzer does, the same every time."""
    files = [path.read_bytes() for path in VALID if path.stat().st_size < 2_500]
    mutator = Mutator(files)
    for seed in range(80):
        random = Random(seed)
        check(mutator.mutate(random.choice(files), 6_000, random))
