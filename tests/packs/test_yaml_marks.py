"""YAML as rules need it: text stays text, every value knows its place, what is unsafe is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.packs import yaml_marks
from scrubber.packs.yaml_marks import MAX_BYTES, Mark, read_yaml


def read(text: str) -> Any:
    document = read_yaml(text.encode(), "f.yaml")
    assert document.problems == []
    assert document.complete
    return document.data


def problems(text: str | bytes) -> list[str]:
    raw = text.encode() if isinstance(text, str) else text
    return [str(p) for p in read_yaml(raw, "f.yaml").problems]


@pytest.mark.parametrize(
    "trap", ["00100", "NO", "on", "yes", "12:30", "2026-01-31", "1.10", "1e3", "0x1F", ".5"]
)
def test_plain_scalars_stay_the_text_they_are(trap: str) -> None:
    assert read(f"a: {trap}\n") == {"a": trap}
    assert read(f"{trap}: a\n") == {trap: "a"}


def test_only_a_bare_null_is_nothing() -> None:
    assert read("{a: null, b: ~, c: , d: 'null', e: \"~\", f: Null, g: ''}") == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "~",
        "f": "Null",
        "g": "",
    }


def test_keys_and_values_know_their_places() -> None:
    marks = read_yaml(b"require:\n  any:\n    - {field: a, present: true}\n    - b\n", "f").marks
    assert marks.key(("require", "any", 0, "field")) == Mark(3, 8)
    assert marks.value(("require", "any", 0, "field")) == Mark(3, 15)
    assert marks.value(("require", "any", 1)) == Mark(4, 7)
    assert marks.key(("require", "any", 1)) == Mark(4, 7)


def test_an_unknown_place_is_that_of_its_parent() -> None:
    marks = read_yaml(b"a:\n  b: c\n", "f").marks
    assert marks.value(("a", "b", "x", 3)) == Mark(2, 6)
    assert marks.key(("nowhere",)) == Mark(1, 1)


def test_a_part_of_a_text_has_a_place_of_its_own() -> None:
    text = 'a: "x {p} and {p}"\nb: >\n  one\n  {p} two\n'
    marks = read_yaml(text.encode(), "f").marks
    assert marks.inside(("a",), "{p}") == Mark(1, 7)
    assert marks.inside(("a",), "{p}", 1) == Mark(1, 15)
    assert marks.inside(("b",), "{p}") == Mark(4, 3)
    assert marks.inside(("a",), "{q}") == Mark(1, 4)


def test_columns_count_characters() -> None:
    assert read_yaml("a: [é, b]\n".encode(), "f").marks.value(("a", 1)) == Mark(1, 8)


def test_the_first_of_two_equal_keys_counts_and_the_second_is_a_mistake() -> None:
    document = read_yaml(b"a: {b: 1}\nc: 2\na: {b: 3}\n", "f.yaml")
    assert document.data == {"a": {"b": "1"}, "c": "2"}
    assert [str(p) for p in document.problems] == [
        "f.yaml:3:1: The key `a` is given twice; the first is on line 1. Keep one of them."
    ]
    assert document.marks.value(("a", "b")) == Mark(1, 8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\n", "f.yaml:1:4: An anchor (`&x`)."),
        ("a: *x\n", "f.yaml:1:4: An alias (`*x`)."),
        ("a: !!int 1\n", "f.yaml:1:4: A tag (`!!int`)."),
        (
            "a: !!python/object/apply:os.system [x]\n",
            "f.yaml:1:4: A tag (`!!python/object/apply:os.system`).",
        ),
        ("<<: {a: b}\n", "f.yaml:1:1: A merge key (`<<`)."),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: A second document in one file."),
        ("a: 1\n...\nb: 2\n", "f.yaml:3:1: Text after the end of the document."),
        ("a:\n\tb: 1\n", "f.yaml:2:1: A tab character."),
        ("a: b # x\ty\n", "f.yaml:1:9: A tab character."),
        ("? [a]\n: b\n", "f.yaml:1:3: A key that is itself a mapping or list."),
        ("~: b\n", "f.yaml:1:1: A key without a name."),
        ("a: \x01\n", "f.yaml:1:4: A control character."),
        ("a: @b\n", "f.yaml:1:4: A text may not begin with `@`."),
        ("a: 'b\n", "f.yaml:1:4: A quote that is opened here is never closed."),
        ("a: 'it's'\n", "f.yaml:1:8: Text after a closing quote."),
        (
            'a: {b: "16, c: "A7"}\n',
            "f.yaml:1:8: A quote that is opened here is closed only in column 16. "
            "Close it where the text ends.",
        ),
        (
            'a: {"b.c: E11, d: "A7"}\n',
            "f.yaml:1:5: A quote that is opened here is closed only in column 19.",
        ),
        (
            'a: {b: "16, c: d}\ne: {f: "A7"}\n',
            "f.yaml:1:8: A quote that is opened here is closed only on line 2.",
        ),
        (
            'a:\n  - "one\n  - "two"\n',
            "f.yaml:2:5: A quote that is opened here is closed only on line 3.",
        ),
        (
            'a: "1.0\nb: "c"\n',
            "f.yaml:1:4: A quote that is opened here is closed only on line 2.",
        ),
        (
            "a: {b: 'one: it's', c: d}\n",
            "f.yaml:1:8: A quote that is opened here is closed only in column 16. "
            "Close it where the text ends; inside single quotes write a quote twice: ''.",
        ),
        *(
            (f"a: {text}\n", f"f.yaml:1:{col}: {message}")
            for text, col, message in (
                (
                    "{x.y} is {z}.",
                    4,
                    'A text may not begin with `{`. Put quotes around all of it: "{x.y} is {z}.".',
                ),
                (
                    "{x[0].y} is",
                    4,
                    'A text may not begin with `{`. Put quotes around all of it: "{x[0].y} is".',
                ),
                ("{x} isn't", 4, 'A text may not begin with `{`. Put quotes around all of it: "{x} isn\'t".'),
                ("{x}: y", 4, 'A text may not begin with `{`. Put quotes around all of it: "{x}: y".'),
                ('{x} is."', 4, 'A text may not begin with `{`. Put quotes around all of it: "{x} is.".'),
                ("{x}\n  is", 4, 'A text may not begin with `{`. Put quotes around all of it: "{x} ...".'),
                ("}x", 4, 'A text may not begin with `}`. Put quotes around all of it: "}x".'),
                ("- x", 4, 'A text may not begin with `-`. Put quotes around all of it: "- x".'),
                ("> x", 4, 'A text may not begin with `>`. Put quotes around all of it: "> x".'),
                ('"x" is y', 8, "Text after a closing quote. Put quotes around all of it: '\"x\" is y'."),
                ('"x": y', 7, "Text after a closing quote. Put quotes around all of it: '\"x\": y'."),
                ("'it's'", 8, 'Text after a closing quote. Put quotes around all of it: "it\'s".'),
                ('x is y."', 11, 'A quote that closes here is opened nowhere. Write "x is y.".'),
                ("x is y.'", 11, 'A quote that closes here is opened nowhere. Write "x is y.".'),
            )
        ),
        ('b: c\na:"x"\n', "f.yaml:2:3: A space is missing after `a:`. A key ends with a colon and a space."),
        ('a: {b: "16, c" d: e}\n', "f.yaml:1:16: A comma or `}` is missing before this."),
        ("a: {b: c\nd: e\n", "f.yaml:1:4: A bracket that is opened here is not closed with `}`."),
        ('a: ["x" "y"]\n', "f.yaml:1:9: A comma or `]` is missing before this."),
        ("a:\n  b: 1\n c: 2\n", "f.yaml:3:2: This line does not line up with the keys above it."),
        ("a:\n- b\nc\n", "f.yaml:3:1: A line without a key."),
        ("a: b: c\n", "f.yaml:1:5: A second `: ` on one line, or a line indented too far."),
    ],
)
def test_what_is_refused_is_said_plainly(text: str, message: str) -> None:
    (found,) = problems(text)
    assert found.startswith(message), found


@pytest.mark.parametrize("text", ['12"x12"', "the patients' share", 'see "x"', "https://x.org:8080/a", '"x"'])
def test_quotes_inside_a_text_are_its_own(text: str) -> None:
    assert problems(f"a: {text}\n") == []


@pytest.mark.parametrize(
    "text",
    ['{set: {lines[0].charge: "1"}}', "[{at: lines[0].charge}]", "{at: lines[*].charge, value: x}"],
)
def test_an_unquoted_index_in_braces_gets_a_hint(text: str) -> None:
    (found,) = problems(f"a: {text}\n")
    assert "An index inside braces needs quotes: `lines[" in found
    assert found.endswith('.charge".')


def test_size_depth_and_encoding_have_limits() -> None:
    assert problems(b"a: " + b"x" * MAX_BYTES)[0].startswith(
        "f.yaml:1:1: The file is larger than 1,000,000 bytes"
    )
    assert problems("a: " + "[" * 39 + "]" * 39) == []
    assert problems("a: " + "[" * 40 + "]" * 40)[0].startswith("f.yaml:1:43: Nested more than 40 levels deep")
    assert "levels deep" in problems("[" * 100_000)[0]
    assert problems(b"ab: caf\xe9\n") == [
        "f.yaml:1:8: The file is not UTF-8. Save it with the encoding UTF-8."
    ]
    assert read_yaml(b"\xef\xbb\xbfa: b\n", "f").data == {"a": "b"}


def test_a_refused_file_gives_no_data() -> None:
    document = read_yaml(b"a: &x 1\nb: *x\n", "f")
    assert (document.data, document.complete, len(document.problems)) == (None, False, 2)


SAMPLES = [
    "a: 00100\nb: [x, {c: ~}]\n",
    "a: 1\na: 2\n",
    "a: &x 1\nb: *x\n",
    "<<: {a: b}\n",
    "a: 1\n---\nb: 2\n",
    "a: " + "[" * 50 + "]" * 50,
    "a: {lines[0].x: 1}\n",
    'a: "b" c\n',
]


@pytest.mark.parametrize("text", SAMPLES)
def test_the_slow_parser_reads_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_yaml(text.encode(), "f")
    monkeypatch.setattr(yaml_marks, "_Loader", yaml.SafeLoader)
    slow = read_yaml(text.encode(), "f")
    assert slow.data == fast.data
    assert [(p.line, p.col) for p in slow.problems] == [(p.line, p.col) for p in fast.problems]


plain = st.recursive(
    st.none() | st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Cn"))),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc<~\" '{[", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(plain)
def test_json_reads_back_as_itself(data: Any) -> None:
    document = read_yaml(json.dumps(data, ensure_ascii=False).encode(), "f")
    assert document.problems == []
    assert document.data == data


@settings(deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!#|>'\"%@`,? \n~<1.\\", max_size=40))
def test_any_text_gives_data_or_mistakes_with_a_place(text: str) -> None:
    document = read_yaml(text.encode(), "f")
    assert document.complete or document.problems
    for problem in document.problems:
        assert problem.line >= 1
        assert problem.col >= 1
        assert str(problem).endswith((".", "?"))
