"""The tabular list of ICD-10-CM as a whole: its codes in order, and what is noted at its headings.

`<ICD10CM.tabular>` has chapters, these sections, and these `<diag>`, one in another: categories, headings of
codes, and codes. A code that takes a seventh character stands there without it; `<sevenChrDef>` says which
ones there are, at the code or at the nearest heading above. Some that a note takes out again (S06) are made
all the same: which codes are valid is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scrubber.reference.layouts.layout import Note, RowError, code
from scrubber.reference.native import NativeText
from scrubber.reference.native_xml import read_xml

_ROOT = "ICD10CM.tabular"
_HEADINGS = ("chapter", "section", "diag")
_TEXTS = frozenset({"version", "name", "desc", "note", "extension"})
#: Read for what is in them, or known and of no interest here.
_KNOWN = frozenset(
    (
        *(_ROOT, *_HEADINGS, "excludes1", "codeFirst", "useAdditionalCode", "sevenChrDef"),
        *("excludes2", "codeAlso", "includes", "inclusionTerm", "notes", "sevenChrNote"),
        *("introduction", "introSection", "instruction", "title", "sectionIndex", "sectionRef"),
        *("visualImpairment", "visCategory", "visRange", "visMin", "visMax", "heading", "value"),
    )
)
#: A category, heading or code as it is written.
CODE = r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])(?:\.[0-9A-Z]{1,4})?"
_CHARACTERS = 7


@dataclass(slots=True)
class Code:
    """A category, a heading of codes or a code, without its point."""

    line: int
    code: str
    words: str = ""
    is_heading: bool = False


@dataclass(slots=True)
class Heading:
    """What notes stand at: a chapter, a section, or a category, heading or code.

    `codes` are those that it stands for: itself, or the categories of a chapter or section.
    """

    line: int
    codes: list[str] = field(default_factory=list)
    #: The seventh characters that are said here, as they stand there, and what each means.
    seventh: dict[str, str] = field(default_factory=dict)
    seventh_line: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A note: of which kind, and where it stands."""

    line: int
    kind: str
    text: str
    at: Heading


@dataclass(slots=True)
class TabularList:
    """All that the tables of the list are made from. `wrong` are lines that cannot be read."""

    version: str = ""
    codes: list[Code] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    seventh: list[Heading] = field(default_factory=list)
    wrong: list[Note] = field(default_factory=list)
    #: Where each code stands in the list, and the last of those below it.
    _begins: dict[str, int] = field(default_factory=dict)
    _ends: dict[str, int] = field(default_factory=dict)

    def index(self) -> None:
        """Make it possible to ask for codes between others."""
        for i, found in enumerate(self.codes):
            if found.code in self._begins:  # said twice: what stands between is no part of it
                continue
            self._begins[found.code] = i
            for length in range(3, len(found.code) + 1):
                self._ends[found.code[:length]] = i

    def between(self, first: str, last: str) -> list[str]:
        """Return the highest headings or codes from one to another, both with all below them."""
        begin, end = self._begins.get(first), self._ends.get(last)
        if begin is None or end is None:
            return []
        inside = {found.code for found in self.codes[begin : end + 1] if self._ends[found.code] <= end}
        return sorted(name for name in inside if not any(name[:n] in inside for n in range(3, len(name))))


def is_seventh(character: str) -> bool:
    """Return whether something can be a seventh character."""
    return re.fullmatch(r"[0-9A-Z]", character) is not None


def read_list(text: NativeText) -> TabularList:
    """Return what a file of the list says. Raises NativeFileError."""
    reader = _Reader()
    read_xml(text, _ROOT, reader)
    reader.found.index()
    return reader.found


class _Reader:
    """Takes the elements of the list as they come."""

    texts = _TEXTS

    def __init__(self) -> None:
        self.found = TabularList()
        self._open: list[str] = []
        self._headings: list[Heading] = []
        #: For each open `diag`, its code: None before its name, one without a name where that cannot be read.
        self._diags: list[Code | None] = []

    def begin(self, line: int, name: str, attributes: Mapping[str, str]) -> None:
        if name not in _KNOWN:
            self.found.wrong.append(Note(line, f"the element <{name}>, which is not known", refused=False))
        self._open.append(name)
        if name in _HEADINGS:
            self._headings.append(Heading(line))
        if name == "diag":
            if self._diags and self._diags[-1] is not None:
                self._diags[-1].is_heading = True
            self._diags.append(None)
        elif name == "sevenChrDef" and self._headings:
            self._headings[-1].seventh_line = line
            self.found.seventh.append(self._headings[-1])

    def text(self, line: int, name: str, attributes: Mapping[str, str], text: str) -> None:
        inside = self._open[-1] if self._open else ""
        if name == "version" and inside == _ROOT:
            self.found.version = text
        elif name == "name" and inside == "diag":
            self._name(line, text)
        elif name == "desc" and inside == "diag" and self._diags[-1] is not None:
            self._diags[-1].words = text
        elif name == "extension" and inside == "sevenChrDef" and self._headings:
            self._headings[-1].seventh[attributes.get("char", "")] = text
        elif name == "note" and self._headings:
            self.found.said.append(Said(line, inside, text, self._headings[-1]))

    def _name(self, line: int, text: str) -> None:
        try:
            name = code(text, "code", CODE).replace(".", "")
        except RowError as error:
            self.found.wrong.append(Note(line, str(error)))
            self._diags[-1] = Code(line, "")
            return
        found = self._diags[-1] = Code(line, name)
        self.found.codes.append(found)
        self._headings[-1].codes = [name]
        if len(self._diags) == 1:
            for above in self._headings[:-1]:
                above.codes.append(name)

    def end(self, name: str) -> None:
        self._open.pop()
        if name == "diag":
            self._end_of_code(self._diags.pop())
        if name in _HEADINGS:
            self._headings.pop()

    def _end_of_code(self, found: Code | None) -> None:
        """Put the codes with a seventh character below one that has none below it."""
        if found is None:
            self.found.wrong.append(Note(self._headings[-1].line, "a code without a name"))
        elif found.code and not found.is_heading and len(found.code) < _CHARACTERS:
            seventh = next((above.seventh for above in reversed(self._headings) if above.seventh), {})
            found.is_heading = bool(seventh)
            for character, means in seventh.items():
                if not is_seventh(character):  # told where it stands
                    continue
                name = found.code.ljust(_CHARACTERS - 1, "X") + character
                self.found.codes.append(Code(found.line, name, f"{found.words}, {means}"))
