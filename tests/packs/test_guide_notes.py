"""The structure of segments (segments.yaml) and their relational notes: what they are, and what is none."""

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


# --- the file as a whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: A segments.yaml is a mapping of keys; here is nothing. Compare it with a shipped one."),
        ("# nothing\n", "1:1: A segments.yaml is a mapping of keys; here is nothing. Compare it with"),
        (
            "[a]\n",
            "1:1: A segments.yaml is a mapping of keys; here is a list. Compare it with a shipped one.",
        ),
        ("schema: 1\n", "1:1: The key `segments` is missing. Add `segments: ...`."),
        ("segments: {}\n", "1:1: The key `schema` is missing. Add `schema: ...`."),
        ("schema: 2\nsegments: {}\n", "1:9: `2` is no value of `schema`. Write `1`."),
        ("schema: 1\nsegments:\n", "2:10: `segments` is empty. Give it a value."),
        (
            "schema: 1\nsegments: [a]\n",
            "2:11: `segments` is a mapping of keys; here is a list. Write `{key: ",
        ),
        (
            "schema: 1\nsegments: a\n",
            "2:11: `segments` is a mapping of keys; here is the text `a`. Write `{key",
        ),
        ("schema: 1\nsegments: {}\nnotes: a\n", "3:1: Unknown key `notes`. Known here: `schema`, `segments`"),
        ("schema: 1\nsegments: {LX: a}\n", "2:16: `LX` is a mapping of keys; here is the text `a`. Write"),
        ("schema: 1\nsegments:\n  LX:\n", "3:6: `LX` is empty. Give it a value."),
        (
            "schema: 1\nsegments: {LX: {}}\n",
            "2:12: The key `elements` is missing in `LX`. Add `elements: ...`.",
        ),
        ("schema: 1\nsegments: {LX: {elements: []}}\n", "2:27: `elements` is an empty list."),
        (
            "schema: 1\nsegments: {LX: {elements: '554'}}\n",
            "2:27: `elements` is a list; here is the text `554`.",
        ),
        (
            "schema: 1\nsegments: {LX: {elements: [['554']]}}\n",
            "2:28: Item 1 of `elements` is a text; here is a list. A text that begins with `[` needs quotes.",
        ),
        ("schema: 1\nsegments: {LX: {elements: ['554', ~]}}\n", "2:35: Item 2 of `elements` is empty."),
        (
            "schema: 1\nsegments: {LX: {elements: ['5544']}}\n",
            "2:28: There is no data element or composite `5544`. Did you mean '554'?",
        ),
        (
            "schema: 1\nsegments: {N3: {elements: ['166', '166'], relation: [P0102]}}\n",
            "2:43: Unknown key `relation` in `N3`. Did you mean 'relations'?",
        ),
        (
            "schema: 1\nsegments: {N3: {elements: ['166', '166'], relations: {P: 1}}}\n",
            "2:54: `relations` is a list; here is a mapping. Put `- ` before each item.",
        ),
        (
            "schema: 1\nsegments:\n  N3:\n    elements: ['166', '166']\n    relations:\n",
            "5:15: `relations` is empty. Give it a value.",
        ),
        (
            "schema: 1\nsegments: {}\ncomposites: [a]\n",
            "3:13: `composites` is a mapping of keys; here is a list.",
        ),
        (
            "schema: 1\nsegments: {}\ncomposites: {C040: '128'}\n",
            "3:20: `C040` is a list; here is the text `128`. Write `[128]`.",
        ),
        ("schema: 1\nsegments: {}\ncomposites:\n  C040:\n", "4:8: `C040` is empty. Give it a value."),
        (
            "schema: 1\nsegments: {}\ncomposites: {C040: ['128', '12999']}\n",
            "3:28: There is no data element `12999`.",
        ),
        (
            "schema: 1\nsegments: {}\ncomposites: {C040: ['128'], C041: [C040]}\n",
            "3:36: There is no data element `C040`.",
        ),
        (
            "schema: 1\nsegments: {}\ncomposites: {'128': ['127']}\n",
            "3:14: `128` is a data element, not a composite. Give the composite another name.",
        ),
    ],
)
def test_every_mistake_has_its_place(text: str, said: str) -> None:
    structure, (found,) = read_structure("segments.yaml", text.encode())
    assert str(found).startswith(f"segments.yaml:{said}")
    assert isinstance(structure.segments, dict)


def test_composites_are_made_of_data_elements_or_of_nothing() -> None:
    text = (
        "schema: 1\nsegments: {PRV: {elements: ['1221', C035, C040]}}\n"
        "composites: {C035: [], C040: ['128', '127']}\n"
    )
    structure, problems = read_structure("segments.yaml", text.encode())
    assert problems == []
    assert structure.segments == {"PRV": ["1221", "C035", "C040"]}
    assert structure.composites == {"C035": [], "C040": ["128", "127"]}


def test_guides_on_a_broken_structure_are_not_read() -> None:
    """What they lack because of it would be mistakes that nobody made."""
    broken = _TEXT.format("[P9]").encode()
    files = GuideFiles.of({"segments.yaml": ("s.yaml", broken), "g.yaml": ("g.yaml", SMALL.encode())})
    assert [str(problem) for problem in files.problems()] == [
        f"s.yaml:7:17: `P9` is not a relational note of `PER`. {_HOW}"
    ]
    with pytest.raises(PackErrors, match="`P9` is not a relational note"):
        files.read("g.yaml")
