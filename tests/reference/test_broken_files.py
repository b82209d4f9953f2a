"""Files with any damage are imported in part or refused in words; nothing half is ever stored."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scrubber.reference.errors import NativeFileError
from scrubber.reference.store import read_store
from tests.reference.native import zipped
from tests.reference.samples import SAMPLES, Sample
from tests.reference.test_layouts import file_of, imported

TIMES = 60


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return data with one damage: bytes changed, taken out, put in, doubled, or all after a place lost."""
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.choice((1, 2, 30)))
    return chance.choice(
        (
            data[:at] + bytes(chance.randrange(256) for _ in range(end - at)) + data[end:],
            data[:at] + data[end:],
            data[:at] + chance.choice((b"\r", b"\n", b'"', b"\t", b",", b"\0", b"\xff")) + data[at:],
            data[:end] + data[at:],
            data[:at],
        )
    )


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "zip"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.table}-{sample.name[-3:]}")
def test_any_damage_is_borne(sample: Sample, packed: bool, tmp_path: Path) -> None:
    chance = random.Random(f"{sample.table} {sample.name} {packed}")
    file = file_of(sample, tmp_path)
    if packed:
        file = zipped(tmp_path, "all.zip", file)
    whole = file.read_bytes()
    imported(sample, tmp_path, file)
    for _ in range(TIMES):
        before = read_store(tmp_path / "data")
        file.write_bytes(damaged(whole, chance))
        try:
            report = imported(sample, tmp_path, file)
        except NativeFileError as error:
            assert error.message and error.remedy
            assert read_store(tmp_path / "data") == before
        else:
            assert report.edition.rows > 0
            assert report.edition in read_store(tmp_path / "data").editions
