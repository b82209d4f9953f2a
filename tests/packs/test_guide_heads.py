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
        ("schema: 1\n", "guide: A1\naliases: [A2]\n", {"A1": "66:8", "A2": "67:11"}),
        ("schema: 1\nguide: A1\n", "aliases: [A3, A2]\n", {"A3": "67:11", "A2": "67:15"}),
        ("schema: 1\naliases: [A2]\n", "guide: A1\n", {"A1": "67:8", "A2": "2:11"}),
    ],
)
def test_ids_behind_the_loop_are_a_mistake(head: str, behind: str, said: dict[str, str]) -> None:
    """No file would find the guide by them."""
    assert [str(problem) for problem in files(head, BODY + behind).problems({"BOOK"})] == [
        f"g.yaml:{place}: The guide `{guide_id}` does not begin with its ids. "
        "Put `guide:` and `aliases:` before `loop:`."
        for guide_id, place in said.items()
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
        ("schema: 1\nguide:\n", "g.yaml:2:7: `guide` is empty. Give it a value."),
        ("schema: 1\nguide: ''\n", "g.yaml:2:8: `guide` is empty. Give it a value."),
        ("schema: 1\nguide: null\naliases: [A2]\n", "g.yaml:2:8: `guide` is empty. Give it a value."),
        (
            "schema: 1\nguide: [A1]\n",
            "g.yaml:2:8: `guide` is a text; here is a list. A text that begins with `[` needs quotes.",
        ),
        (
            "schema: 1\nguide: {A1: A2}\n",
            "g.yaml:2:8: `guide` is a text; here is a mapping. A text that begins with `{` needs quotes.",
        ),
        (
            "schema: 1\nguide: A1\naliases:\n",
            "g.yaml:3:9: `aliases` is empty. Give it a value, or remove the key.",
        ),
        (
            "schema: 1\nguide: A1\naliases: [A2, '']\n",
            "g.yaml:3:15: Item 2 of `aliases` is empty. Give it a value.",
        ),
        ("schema:\nguide: A1\n", "g.yaml:1:8: `schema` is empty. Give it a value."),
        ("schema: 2\nguide: A1\n", "g.yaml:1:9: This version reads schema 1, not 2. Write `schema: 1`."),
    ],
)
def test_mistakes_in_the_head_are_said_once(head: str, said: str) -> None:
    assert [str(problem) for problem in files(head).problems({"BOOK"})] == [said]


@pytest.mark.parametrize("value", ["", "''", "~", "null"])
@pytest.mark.parametrize(("key", "line"), [("transaction", 3), ("name", 4)])
def test_what_a_guide_is_called_must_be_said(key: str, line: int, value: str) -> None:
    head, told = "schema: 1\nguide: A1\n", {"transaction": '"837"', "name": "Small guide"}[key]
    body = BODY.replace(f"{key}: {told}", f"{key}: {value}".rstrip(), 1)
    assert body != BODY
    (found,) = files(head, body).problems({"BOOK"})
    assert (found.line, found.message, found.remedy) == (line, f"`{key}` is empty", "Give it a value")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("name: interchange", "name:", "`name` is empty"),
        ("name: tax id", "name:", "`name` is empty"),
        ("R: who this is", "R: ''", "`R` is empty"),
        ("{R: order}", "", "`01` is empty"),
        ("{R: order}", "{R: [order]}", "`R` is a text; here is a list"),
        ("codes_from: pos", "codes_from: ''", "`codes_from` is empty"),
        ("format: digits9", "format: ''", "`format` is empty"),
        ("formats: {XX: npi}", "formats: {XX: ''}", "`XX` is empty"),
        ("formats: {XX: npi}", "formats: ", "`formats` is empty"),
        ('codes: ["85"]', "codes: ", "`codes` is empty"),
        ('codes: ["85"]', "codes: []", "`codes` is an empty list"),
        ('codes: ["85"]', "codes: [~]", "Item 1 of `codes` is empty"),
        ("source: [BOOK]", "source:", "`source` is empty"),
        ("source: [BOOK]", "source: []", "`source` is an empty list"),
        ("checked: false", "checked:", "`checked` is `true` or `false`"),
        ("same_as: ISA/2310B", "same_as:", "`same_as` is empty"),
        ("most: 20", "most: ''", "`most` is a number from 1 on, or `unlimited`"),
        ("repeat: 2", "repeat:", "`repeat` is a number from 1 on, or `unlimited`"),
    ],
)
def test_what_is_left_empty_is_no_text_of_its_own(right: str, wrong: str, message: str) -> None:
    assert right in SMALL
    (found,) = files(SMALL.replace(right, wrong, 1), "").problems({"BOOK"})
    line = SMALL[: SMALL.index(right)].count("\n") + 1
    assert (found.message, found.line) == (message, line)
    assert "None" not in str(found) and found.remedy


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('"02": {R: number, f', '"2": {R: number, f', "`REF` has the elements 01 to 04; `2` is none of them"),
        ('"1": {R: place', '"01": {R: place', "`C023` has 3 components; `01` is none of them"),
        ("max: 2", "max: ²", "`max` is a number from 1 on, or `unlimited`"),
        ("max: 2", f"max: {'9' * 5000}", "`max` is a number from 1 on, or `unlimited`"),
        ("format: digits9", "format_by: 5", "`format_by` is an element beside it: 1 to 4"),
        ("same_as: ISA/2310B", "{same_as: ISA/2310B, repeat: 3}", "There is no key `repeat` here"),
    ],
)
def test_what_would_not_count_is_a_mistake(right: str, wrong: str, message: str) -> None:
    assert right in SMALL
    assert message in [p.message for p in files(SMALL.replace(right, wrong, 1), "").problems({"BOOK"})]


def test_the_outermost_is_a_loop() -> None:
    top = 'loop:\n  LX: {name: line, usage: R, elements: {"01": {R: number}}}\n'
    (found,) = files("schema: 1\nguide: A1\n", BODY[: BODY.index("loop:")] + top).problems()
    assert str(found) == (
        "g.yaml:6:3: `loop` is the outermost loop: one name, with what is in it. Write `ISA:`."
    )


def test_a_guide_needs_the_structure_of_its_segments() -> None:
    found = GuideFiles.of({"g.yaml": ("g.yaml", SMALL.encode())}).problems()
    assert [str(problem) for problem in found] == [
        "g.yaml:1:1: There is no segments.yaml beside this guide. Add one, as there is a shipped one."
    ]


def test_one_id_twice_in_a_guide_is_no_mistake() -> None:
    found = files("schema: 1\nguide: A1\naliases: [A1, A2, A2]\n")
    assert found.ids == {"A1": "g.yaml", "A2": "g.yaml"}
    assert found.problems({"BOOK"}) == []
