"""The ids of a guide are read from its head alone, however that is written in YAML."""

from __future__ import annotations

import pytest

from scrubber.packs.guides import GuideFiles
from tests.guides.small import SEGMENTS, SMALL

HEAD, BODY = SMALL[: SMALL.index("transaction:")], SMALL[SMALL.index("transaction:") :]


def files(head: str, body: str = BODY) -> GuideFiles:
    text = (head + body).encode()
    return GuideFiles.of({"segments.yaml": ("segments.yaml", SEGMENTS), "g.yaml": ("g.yaml", text)})


HEADS = {
    "plain": "schema: 1\nguide: A1\naliases: [A2, A3]\n",
    "values in quotes": "schema: '1'\nguide: \"A1\"\naliases: ['A2', \"A3\"]\n",
    "keys in quotes": "'schema': 1\n\"guide\": A1\n'aliases': [A2, A3]\n",
    "comments": "# of ours\nschema: 1\nguide: A1 # loop: B1\n# loop: no\naliases: [A2, # two\n  A3] # end\n",
    "block list": "schema: 1\nguide: A1\naliases:\n  - A2\n  - 'A3' # three\n",
    "block list without indent": "schema: 1\nguide: A1\naliases:\n- A2\n- A3\n",
    "block text": "schema: 1\nguide: >-\n  A1\naliases: [A2, A3]\n",
    "another order": "aliases: [A2, A3]\nguide: A1\nschema: 1\n",
    "blanks": "schema: 1\n\nguide:   A1  \n\naliases: [ A2 ,A3 ]\n",
    "lines of Windows": "schema: 1\r\nguide: A1\r\naliases: [A2, A3]\r\n",
    "mark of a document": "---\nschema: 1\nguide: A1\naliases: [A2, A3]\n",
    "byte order mark": "\ufeffschema: 1\nguide: A1\naliases: [A2, A3]\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_ids_are_read_from_the_head(head: str) -> None:
    found = files(head)
    assert found.ids == {"A1": "g.yaml", "A2": "g.yaml", "A3": "g.yaml"}
    assert found.problems({"BOOK"}) == []
    assert found.read("g.yaml").ids == ("A1", "A2", "A3")


@pytest.mark.parametrize("loop", ["loop:", "loop :", '"loop":', "'loop':", "loop: # all of it"])
def test_the_head_ends_however_the_loop_is_written(loop: str) -> None:
    found = files("schema: 1\nguide: A1\n", BODY.replace("loop:", loop, 1))
    assert found.ids == {"A1": "g.yaml"}
    assert found.problems({"BOOK"}) == []


def test_what_stands_behind_the_head_is_not_read_for_ids() -> None:
    """That takes a hundred times as long, and is done only when a file asks for the guide."""
    assert files("schema: 1\nguide: A1\n", BODY + "  {broken: [\n").ids == {"A1": "g.yaml"}


@pytest.mark.parametrize(
    ("head", "behind", "said"),
    [
        ("schema: 1\n", "guide: A1\naliases: [A2]\n", ["A1", "A2"]),
        ("schema: 1\nguide: A1\n", "aliases: [A2]\n", ["A2"]),
        ("schema: 1\naliases: [A2]\n", "guide: A1\n", ["A1", "A2"]),
    ],
)
def test_ids_behind_the_loop_are_a_mistake(head: str, behind: str, said: list[str]) -> None:
    """No file would find the guide by them."""
    assert [str(problem) for problem in files(head, BODY + behind).problems({"BOOK"})] == [
        f"g.yaml:1:1: The guide `{guide_id}` does not begin with its ids. "
        "Put `guide:` and `aliases:` before `loop:`."
        for guide_id in said
    ]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (
            "schema: 1\nguide: [A1\n",
            "g.yaml:2:8: A bracket that is opened here is not closed with `]`. Add `]`.",
        ),
        (
            "schema: 1\nguide: A1\nguide: A2\n",
            "g.yaml:3:1: The key `guide` is given twice; the first is on line 2. Keep one of them.",
        ),
        (
            "schema: 1\nguide: A1\naliases: A2\n",
            'g.yaml:3:10: `aliases` is a list. Write `aliases: ["A2"]`.',
        ),
    ],
)
def test_mistakes_in_the_head_are_said_once(head: str, said: str) -> None:
    assert [str(problem) for problem in files(head).problems({"BOOK"})] == [said]


def test_one_id_twice_in_a_guide_is_no_mistake() -> None:
    found = files("schema: 1\nguide: A1\naliases: [A1, A2, A2]\n")
    assert found.ids == {"A1": "g.yaml", "A2": "g.yaml"}
    assert found.problems({"BOOK"}) == []
