"""Where text reports are written: width, colour, wrapping and what the stream can encode.

Deterministic: without a terminal the width is 80 and there is no colour, so a pipe gets the same bytes
everywhere. Rich knows about terminals and styles; lines are laid out here, which is twenty times faster.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import cache
from typing import TextIO

from rich.cells import cell_len, chop_cells
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

PLAIN_WIDTH = 80
_WIDEST = 100
_NARROWEST = 40
_ASCII = str.maketrans({"·": "-", "…": "...", "→": "->", "─": "-"})

#: Every style of text reports; each says in colour what the words beside it say too.
STYLES = {
    "": "",
    "dim": "dim",
    "strong": "bold",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "info": "cyan",
    "bad strong": "bold red",
    "warn strong": "bold yellow",
    "loud": "bold black on yellow",
}


class Paper:
    """Lines of text on a stream. `colour` and `width` None: what the stream's terminal can do."""

    def __init__(self, out: TextIO, *, colour: bool | None = None, width: int | None = None) -> None:
        console = Console(file=out)
        if colour is None:
            colour = console.is_terminal and not console.no_color and console.color_system is not None
        if width is None:
            width = min(console.width, _WIDEST) if console.is_terminal else PLAIN_WIDTH
        self.width = max(width, _NARROWEST)
        self._out = out
        self._colour = colour
        encoding = (getattr(out, "encoding", None) or "utf-8").lower()
        self._encoding = None if encoding.replace("-", "").startswith("utf") else encoding

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line as it is, however long: for what must be copied in one piece."""
        self._out.write(self._fit(self._styled(text, style).rstrip() + "\n"))

    def lines(self, text: str, style: str = "", indent: str = "") -> None:
        """Write wrapped text, every line indented."""
        for part in wrap(text, self.width - len(indent)):
            self.line(indent + self._styled(part, style))

    def row(
        self,
        label: str,
        text: str,
        style: str = "",
        *,
        indent: int = 0,
        gutter: int = 7,
        label_style: str = "dim",
    ) -> None:
        """Write a labelled paragraph: the label in a column of its own, the text wrapped beside it."""
        head = " " * indent + self._styled(label.ljust(gutter), label_style) + " "
        for part in wrap(text, self.width - indent - gutter - 1):
            self.line(head + self._styled(part, style))
            head = " " * (indent + gutter + 1)

    def divider(self) -> None:
        """Write a rule across the page."""
        self.line("─" * self.width, "dim")

    def styled(self, text: str, style: str) -> str:
        """Return the text with its style, for a line that has several."""
        return self._styled(text, style)

    def _styled(self, text: str, style: str) -> str:
        if not (style and self._colour and text):
            return text
        return _style(style).render(text, color_system=ColorSystem.STANDARD)

    def _fit(self, text: str) -> str:
        if self._encoding is None or text.isascii():
            return text
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            text = text.translate(_ASCII).encode(self._encoding, "backslashreplace").decode(self._encoding)
        return text


@cache
def _style(name: str) -> Style:
    return Style.parse(STYLES[name])


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of running text, none wider than `width` cells; a longer word is cut."""
    if cell_len(text) <= width:
        yield text
        return
    if text.isascii():
        yield from textwrap.wrap(text, width, break_on_hyphens=False)
        return
    line, used = "", 0
    for word in text.split():
        for piece in chop_cells(word, width) if cell_len(word) > width else [word]:
            size = cell_len(piece)
            if line and used + 1 + size > width:
                yield line
                line, used = "", 0
            line, used = (f"{line} {piece}", used + 1 + size) if line else (piece, size)
    yield line
