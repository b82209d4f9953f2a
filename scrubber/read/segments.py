"""A piece of a file as segments: without what may stand between them, and what is known of all of them.

Nearly all files are printable ASCII, with the same line break behind every segment or with none; one look
proves it. Whatever else a piece may have is looked for thing by thing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from scrubber.read.x12 import Delimiters

_BLANK = "\r\n \t"
_BYTE_ORDER_MARK = "\ufeff"
_PRINTABLE = bytes(range(ord(" "), ord("~") + 1))
#: White space that files hardly ever have: what is nothing but that is blank too.
_RARE_BLANKS = frozenset("\r\n\x0b\x0c\x1c\x1d\x1e\x1f")
_WIDE_BLANKS = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class Segments(NamedTuple):
    """The segments of a piece as texts. `joined` is all of them, which may have line breaks if `usual`.

    `blanks`: an element or component may be nothing but blanks. `usual`: it is known that no element or
    component ends in a blank, and that but for separators and line breaks between segments, all characters
    are printable ASCII.
    """

    texts: list[str]
    joined: str
    blanks: bool
    usual: bool


@lru_cache(maxsize=64)
def cutter_of(delimiters: Delimiters) -> Cutter:
    """Return what cuts pieces with these delimiters."""
    return Cutter(delimiters)


class Cutter:
    """Cuts pieces of a file into segments."""

    def __init__(self, delimiters: Delimiters) -> None:
        end, sep, mark = delimiters.segment, delimiters.element, delimiters.component
        self._end, self._component = end, mark
        self._blank = _BLANK.replace(end, "")
        self._break = re.compile(re.escape(end) + f"[{self._blank}]+")
        self._rare_blanks = (_RARE_BLANKS | {"\t"}) - {end, sep, mark}
        self._blank_starts = [sep + " ", mark + " "]
        if mark.isspace():  # an element of nothing but separators
            self._blank_starts.append(sep + mark)
        self._ends = [end + after for after in ("\n", "\r\n", "") if end not in after]
        #: The characters of a usual piece, but for the ends of its segments. None: no piece is usual.
        self._plain = b""
        if (sep + mark + end).isascii() and not (sep.isspace() or mark.isspace()):
            self._plain = (_PRINTABLE + f"{sep}{mark}".encode()).replace(end.encode(), b"")
        # A blank is looked for first: that is far quicker than to look for what it stands beside.
        beside = re.escape(sep + mark + end)
        self._outer_blank = re.compile(rf" (?:(?<=[{beside}\r\n] )|(?=[{beside}]|\Z))").search

    def cut(self, text: str) -> Segments:
        """Return the segments of a piece."""
        text = text.lstrip(self._blank + _BYTE_ORDER_MARK)
        texts = self._cut_usual(text)
        if texts is not None:
            return Segments(texts, text, blanks=False, usual=True)
        text = self._without_breaks(text)
        return Segments(text.split(self._end), text, blanks=self._has_blanks(text), usual=False)

    def _cut_usual(self, text: str) -> list[str] | None:
        """Return the segments, if all of them end alike and nothing else is special in the piece."""
        if not self._plain or self._outer_blank(text) is not None:
            return None
        special = text.encode().translate(None, self._plain)
        for end in self._ends:
            ends = len(special) // len(end)
            if special == end.encode() * ends:
                texts = text.split(end)
                # A line break that stands elsewhere, between two ends, looks alike among what is special.
                return texts if len(texts) == ends + 1 else None
        return None

    def _without_breaks(self, text: str) -> str:
        """Return segments without the line breaks and blanks that stand before them."""
        end = self._end
        # Looking for one character is far cheaper than for two, and most files lack most of these.
        if "\n" in text and end != "\n":
            if "\r" in text and end != "\r":
                text = text.replace(f"{end}\r\n", end)
            text = text.replace(f"{end}\n", end)
        if any(blank in text and end + blank in text for blank in self._blank):
            # A function, because a terminator may be a backslash, which a replacement text would interpret.
            text = self._break.sub(lambda _: end, text)
        return text

    def _has_blanks(self, text: str) -> bool:
        """Return whether an element or component may be nothing but blanks: handlers take them as absent."""
        return (
            any(start in text for start in self._blank_starts)
            or any(blank in text for blank in self._rare_blanks)
            or (not text.isascii() and _WIDE_BLANKS.search(text) is not None)
        )

    def without_blanks(self, elements: list[str]) -> list[str]:
        """Return the elements of a segment, empty where they are nothing but blanks."""
        mark = self._component

        def bare(element: str) -> str:
            if not element or element.isspace():
                return ""
            if mark not in element:
                return element
            return mark.join("" if part.isspace() else part for part in element.split(mark))

        return [bare(element) for element in elements]
