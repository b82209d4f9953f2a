"""Relational notes of segments: what is one, and what is said of what is none."""

from __future__ import annotations

import pytest

from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.guide_structure import read_structure
from scrubber.packs.guides import GuideFiles
from tests.guides.small import SMALL

_TEXT = """schema: 1
segments:
  LX:
    elements: ["554"]
  PER:
    elements: ["366", "93", "365", "364"]
    relations: {}
"""
_HOW = "Write a letter (P, R, C, L or E) and two digits for each element, such as P0304."


def said(relations: str) -> list[str]:
    _, problems = read_structure("segments.yaml", _TEXT.format(relations).encode())
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("relations", "notes"),
    [
        ("[P0304]", [("P", (3, 4))]),
        ("[R0203, C0401]", [("R", (2, 3)), ("C", (4, 1))]),
        ("[E010204]", [("E", (1, 2, 4))]),
        ("[L030401]", [("L", (3, 4, 1))]),
        ("\n      - P0304\n      - 'C0402'", [("P", (3, 4)), ("C", (4, 2))]),
        ("P0304", [("P", (3, 4))]),
        ("[]", []),
        ("", []),
    ],
)
def test_notes(relations: str, notes: list[tuple[str, tuple[int, ...]]]) -> None:
    structure, problems = read_structure("segments.yaml", _TEXT.format(relations).encode())
    assert problems == []
    assert structure.relations == {"LX": (), "PER": tuple(notes)}


@pytest.mark.parametrize(
    "note",
    [
        "X0304",  # no such kind
        "p0304",
        "P",
        "P03",  # one element relates to nothing
        "P030",
        "P03A4",
        "P03 04",
        "P0304 ",
        "0304",
        "P0005",  # elements count from 1
        "P0305",  # PER has four here
        "C0499",
    ],
)
def test_what_is_no_note_is_said_where_it_stands(note: str) -> None:
    assert said(f"[R0203, '{note}']") == [
        f"segments.yaml:7:24: `{note}` is not a relational note of `PER`. {_HOW}"
    ]


def test_every_one_of_them_is_said() -> None:
    found = said("\n      - P0304\n      - P9\n      - C0401\n      - Q0102")
    assert [text.partition(" ")[0] for text in found] == ["segments.yaml:9:9:", "segments.yaml:11:9:"]


def test_guides_on_a_broken_structure_are_not_read() -> None:
    """What they lack because of it would be mistakes that nobody made."""
    broken = _TEXT.format("[P9]").encode()
    files = GuideFiles.of({"segments.yaml": ("s.yaml", broken), "g.yaml": ("g.yaml", SMALL.encode())})
    assert [str(problem) for problem in files.problems()] == [
        f"s.yaml:7:17: `P9` is not a relational note of `PER`. {_HOW}"
    ]
    with pytest.raises(PackErrors, match="`P9` is not a relational note"):
        files.read("g.yaml")
