"""Publishers' XML: read once, element by element, with the numbers of lines.

A document type, and with it entities that would be unfolded, is refused: no publisher's file has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from scrubber.reference.errors import NativeFileError
from scrubber.reference.native import NativeText, cut_short

#: What a publisher may have written the file in; the lines of a `NativeText` keep all bytes.
_ENCODINGS = ("utf-8", "iso-8859-1", "us-ascii", "windows-1252")
_AGAIN = "fetch the file again from its publisher"


class Elements(Protocol):
    """What is told of elements as they come.

    Those called as one of `texts` are told as text, with all that is inside of them; the others when they
    begin and when they end.
    """

    texts: frozenset[str]

    def begin(self, line: int, name: str, attributes: Mapping[str, str]) -> None:
        """Take the begin of an element."""

    def text(self, line: int, name: str, attributes: Mapping[str, str], text: str) -> None:
        """Take a whole element; white space counts as one blank each."""

    def end(self, name: str) -> None:
        """Take the end of an element."""


def read_xml(text: NativeText, root: str, elements: Elements) -> None:
    """Tell all elements of a file whose outermost is a `root`. Raises NativeFileError."""
    telling = _Telling(text.where, root, elements)
    try:
        for _, content in text.lines():
            telling.parser.Parse(content.encode("latin-1") + b"\n", False)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise NativeFileError(
            f"{text.where}, line {error.lineno}: this is no XML ({reason})", _AGAIN
        ) from None
    try:
        telling.parser.Parse(b"", True)
    except expat.ExpatError:
        if telling.has_begun:
            raise cut_short(text.where, text.last_line) from None
        raise telling.other(f"has no <{root}> in it") from None
    text.cut = False  # its outermost element has ended


class _Telling:
    """Tells `Elements` what the parser finds."""

    def __init__(self, where: str, root: str, elements: Elements) -> None:
        self.has_begun = False
        self._where, self._root, self._elements = where, root, elements
        #: The element that is told as text and is open: its line, name and attributes; how deep it is.
        self._open: tuple[int, str, dict[str, str]] | None = None
        self._depth = 0
        self._pieces: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def other(self, what: str) -> NativeFileError:
        """Return what to say of a file that is another one."""
        return NativeFileError(
            f"{self._where} {what}", "check that it is the right file, in its publisher's form"
        )

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise NativeFileError(
                f"{self._where} is written in {encoding}, which is not read here", "save it as UTF-8"
            )

    def _document_type(self, *_: object) -> None:
        raise NativeFileError(
            f"{self._where}, line {self.parser.CurrentLineNumber}: it declares a document type, which no "
            "file of this publisher does",
            _AGAIN,
        )

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self.has_begun and name != self._root:
            raise self.other(f"begins with <{name}> and not with <{self._root}>")
        self.has_begun = True
        line = self.parser.CurrentLineNumber
        if self._open is not None:
            self._depth += 1
        elif name in self._elements.texts:
            self._open, self._depth, self._pieces = (line, name, attributes), 0, []
        else:
            self._elements.begin(line, name, attributes)

    def _characters(self, characters: str) -> None:
        if self._open is not None:
            self._pieces.append(characters)

    def _end(self, name: str) -> None:
        if self._open is None:
            self._elements.end(name)
        elif self._depth:
            self._depth -= 1
        else:
            line, name, attributes = self._open
            self._open = None
            self._elements.text(line, name, attributes, " ".join("".join(self._pieces).split()))
