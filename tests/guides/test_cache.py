"""Guides kept between runs are as they were made; what cannot be read or written is made anew, in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from scrubber.guides import cache
from scrubber.guides.cache import cached
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment
from tests.support.guides import IDS, LOADERS, shipped

_NPI = Element("npi", "S", "67", "AN", 2, 80, None, 1, None, {"XX": "npi"}, 8)
_POINTERS = Composite("pointers", "S", "C004", (Element("pointer", "R", "1328", "N0", 1, 2),), 2)
_NM1 = Segment(
    "NM1", "provider", "R", 0, 1, (_NPI, _POINTERS), (("P", (1, 2)),), (1, 0, frozenset({"82", "DN"}))
)
GUIDE = Guide("X1", ("X1", "X2"), "837", "Small", Loop("ISA", "all", "R", 0, 0, (_NM1,)))
MADE_FROM = (b"a guide", b"its corrections")


class Maker:
    """Makes a guide, and counts how often it did."""

    def __init__(self, guide: Guide = GUIDE) -> None:
        self.guide, self.times = guide, 0

    def __call__(self) -> Guide:
        self.times += 1
        return self.guide


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept" / "guides"


def kept(folder: Path) -> Path:
    """Return the one file that is kept."""
    (path,) = folder.iterdir()
    return path


# --- where and when ---------------------------------------------------------------------------------------


def test_the_second_time_nothing_is_made(folder: Path) -> None:
    make = Maker()
    first = cached(MADE_FROM, make)
    second = cached(MADE_FROM, make)
    assert make.times == 1
    assert second is not first and asdict(second) == asdict(first) == asdict(GUIDE)
    assert kept(folder).suffix == ".json"  # and no unfinished file beside it


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({"SCRUBBER_CACHE": "own", "XDG_CACHE_HOME": "xdg"}, "own/guides"),
        ({"SCRUBBER_CACHE": "", "XDG_CACHE_HOME": "xdg"}, "xdg/claim-scrubber/guides"),
        ({"HOME": "home"}, "home/.cache/claim-scrubber/guides"),
    ],
)
def test_the_folder_is_that_of_the_environment(
    variables: dict[str, str], where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SCRUBBER_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value) if value else "")
    cached(MADE_FROM, Maker())
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / where]


@pytest.mark.parametrize(
    "other",
    [
        (b"a guide",),
        (b"a guide", b"its corrections", b""),
        (b"its corrections", b"a guide"),
        (b"a guidei", b"ts corrections"),
        (b"a guide", b"its correctionz"),
    ],
)
def test_what_is_made_from_other_data_is_another_guide(folder: Path, other: Sequence[bytes]) -> None:
    cached(MADE_FROM, Maker())
    make = Maker()
    cached(other, make)
    assert make.times == 1 and len(list(folder.iterdir())) == 2


def test_what_other_code_made_is_not_taken(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(MADE_FROM, Maker())
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "maps.py").write_text("# of another version\n", encoding="ascii")
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "code" / "cache.py"))
    make = Maker()
    cached(MADE_FROM, make)
    assert make.times == 1 and len(list(folder.iterdir())) == 2


# --- what is kept and cannot be used ---------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "not of ours": lambda _: b'{"head": []}',
    "not text": lambda _: bytes(range(256)),
    "no seal": lambda raw: raw.partition(b"\n")[2],
    "the seal alone": lambda raw: raw.partition(b"\n")[0],
    "cut in the seal": lambda raw: raw[:20],
    "cut in the middle": lambda raw: raw[: len(raw) // 2],
    "without its last byte": lambda raw: raw[:-1],
    "with one byte more": lambda raw: raw + b" ",
    "one byte another": lambda raw: raw.replace(b"npi", b"npj", 1),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_made_anew_and_mended(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    cached(MADE_FROM, Maker())
    path = kept(folder)
    right = path.read_bytes()
    path.write_bytes(damage(right))
    assert path.read_bytes() != right
    make = Maker()
    assert cached(MADE_FROM, make) is GUIDE and make.times == 1
    assert kept(folder).read_bytes() == right
    cached(MADE_FROM, make)
    assert make.times == 1


def test_the_file_of_another_key_is_not_taken(folder: Path) -> None:
    """A file that was copied or renamed is whole, and still not the guide that is asked for."""
    cached(MADE_FROM, Maker())
    mine = kept(folder)
    other = Maker(Guide("X3", ("X3",), "837", "Other", GUIDE.top))
    cached([b"other"], other)
    (theirs,) = set(folder.iterdir()) - {mine}
    mine.write_bytes(theirs.read_bytes())
    make = Maker()
    assert cached(MADE_FROM, make).id == "X1" and make.times == 1


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "file"))
    make = Maker()
    assert [cached(MADE_FROM, make), cached(MADE_FROM, make)] == [GUIDE, GUIDE]
    assert make.times == 2


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may write everywhere, so the system's answer is made up."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    make = Maker()
    assert [cached(MADE_FROM, make), cached(MADE_FROM, make)] == [GUIDE, GUIDE]
    assert make.times == 2 and not list(folder.iterdir())


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing_behind(folder: Path) -> None:
    cached(MADE_FROM, Maker())
    path = kept(folder)
    path.unlink()
    path.mkdir()
    make = Maker()
    assert cached(MADE_FROM, make) is GUIDE and make.times == 1
    assert kept(folder) == path  # the unfinished file is gone


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("guide_id", IDS.values())
@pytest.mark.parametrize("corrected", [False, True])
def test_a_guide_comes_back_as_it_was(folder: Path, guide_id: str, corrected: bool) -> None:
    """Every loop, segment, element and component, with all that is told of it, names too."""
    guide = shipped().guide(guide_id) if corrected else LOADERS[guide_id]()
    assert guide is not None
    cached(MADE_FROM, Maker(guide))
    make = Maker()
    again = cached(MADE_FROM, make)
    assert make.times == 0
    assert len(list(again.top.segments())) > 150
    assert asdict(again) == asdict(guide)
    assert _asked(again) == _asked(guide)


def _asked(guide: Guide) -> set[tuple[object, ...]]:
    """Return what is asked of segments: the checker finds its quick checks by it, so it must hash alike."""
    return {(segment.elements, segment.relations) for _, segment in guide.top.segments()}
