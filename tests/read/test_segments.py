"""What is cut quickly is cut as what takes a longer look."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrubber.read.segments import Cutter, Segments
from scrubber.read.x12 import Delimiters

DELIMITERS = [
    Delimiters("*", ":", "^", "~"),
    Delimiters("|", ">", "!", "\n"),
    Delimiters("*", ":", "^", "\r"),
    Delimiters("\x1d", "\x1f", "\x1c", "\x1e"),
    Delimiters("*", "\x01", "^", "\\"),
    Delimiters("*", "§", "", "~"),
]


def cut_slowly(delimiters: Delimiters, text: str) -> Segments:
    cutter = Cutter(delimiters)
    cutter._plain = b""
    return cutter.cut(text)


BREAKS = ["", "\n", "\r\n", "\r", " ", "\n\n", "\n "]
ODD = [" ", "\t", "\x00", "\x0b", "\x7f", "é", "\u2003", "\ufeff", "\r", "\n"]


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Delimiters, str]:
    """Segments that mostly have nothing odd, and mostly the same line break."""
    delimiters = draw(st.sampled_from(DELIMITERS))
    marks = [delimiters.element, delimiters.component, delimiters.repetition]
    usual = st.sampled_from(["A", "A B", *marks])
    word = draw(st.sampled_from([usual, usual | st.sampled_from(ODD)]))
    break_ = st.just(draw(st.sampled_from(BREAKS)))
    after = draw(st.sampled_from([break_, break_ | st.sampled_from(BREAKS)]))
    segments = draw(st.lists(st.lists(word, max_size=4).map("".join), max_size=5))
    return delimiters, "".join(segment + delimiters.segment + draw(after) for segment in segments)


@given(pieces())
@settings(max_examples=1500, deadline=None)
@example((DELIMITERS[0], "A*1~\nB*2"))
@example((DELIMITERS[0], "A*1~\nB* ~\nC"))
@example((DELIMITERS[0], "A*1~\n B*2~\nC"))
@example((DELIMITERS[0], "A*1~B\nC*2~\nD"))
def test_what_is_cut_quickly_is_cut_rightly(piece: tuple[Delimiters, str]) -> None:
    delimiters, text = piece
    quick, slow = Cutter(delimiters).cut(text), cut_slowly(delimiters, text)
    assert quick.texts == slow.texts
    assert quick.blanks == slow.blanks
    if quick.usual:
        separators = "".join(m for m in (delimiters.element, delimiters.component) if m)
        found = "".join(quick.texts).translate({ord(mark): "," for mark in separators})
        assert found.isascii() and found.isprintable()


@pytest.mark.parametrize("break_", ["", "\n", "\r\n"])
def test_usual_pieces_are_cut_quickly(break_: str) -> None:
    found = Cutter(DELIMITERS[0]).cut(f"CLM*A:B*1~{break_}REF*X*A B~{break_}LX*1")
    assert found.usual and not found.blanks
    assert found.texts == ["CLM*A:B*1", "REF*X*A B", "LX*1"]
