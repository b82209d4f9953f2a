"""What the tabular list of ICD-10-CM says beside its codes, from `simple-icd-10-cm` (MIT).

Excludes1, code first and use additional code name other codes in brackets: `(E10.-, E11.2)`, `(A00-A09)`. A
row has the category or code that the note stands at, and one that it names; both mean all codes below them.
Notes that name none, or only some of the codes below (`with fifth or sixth character 1-4`), give no row:
whoever looks up finds less than the book has, never more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber.reference.building.made import ALWAYS, FOR_EVER, Made, file_of
from scrubber.reference.editing import Cells

_PACKAGE, _FILE = "simple-icd-10-cm", "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"
#: The list that the package has: that of April 2026, which counts until the next one.
_EDITION, _ISSUED = "2026-04", dt.date(2026, 4, 1)
_FROM, _TO = dt.date(2025, 10, 1), dt.date(2026, 9, 30)

_BRACKETS = re.compile(r"\(([^()]*)\)")
_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_NAMED = re.compile(rf"(?P<first>{_CODE})(?:\.?-)?(?:-(?P<last>{_CODE})(?:\.?-)?)?")
_SIDES = (("bilateral", "bilateral"), ("right", "right"), ("left", "left"))
_CHARACTERS = 7


@dataclass(slots=True)
class _Book:
    """The tabular list: codes and headings in its order."""

    cm: Any
    codes: list[str] = field(init=False)
    #: Where each heading or code stands, and the last of those below it.
    begins: dict[str, int] = field(init=False)
    ends: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = [code for code in self.cm.get_all_codes(False) if _is_code(code)]
        self.begins = {code: i for i, code in enumerate(self.codes)}
        for i, code in enumerate(self.codes):
            for length in range(3, len(code) + 1):
                self.ends[code[:length]] = i

    def below(self, heading: str) -> list[str]:
        """Return the categories of a chapter or block; a category or code stands for itself."""
        if _is_code(heading):
            return [heading]
        return [
            code for child in self.cm.get_children(heading) for code in self.below(child.replace(".", ""))
        ]

    def between(self, first: str, last: str) -> list[str]:
        """Return the highest headings or codes from one to another, both with all below them."""
        begin, end = self.begins.get(first), self.ends.get(last)
        if begin is None or end is None:
            return []
        inside = {code for code in self.codes[begin : end + 1] if self.ends[code] <= end}
        return sorted(code for code in inside if not any(code[:n] in inside for n in range(3, len(code))))


def made() -> Iterator[Made]:
    """Yield the editions. Raises StoreError when the package is not installed."""
    _, source = file_of(_PACKAGE, _FILE)
    import simple_icd_10_cm as cm

    book = _Book(cm)
    notes: dict[str, Callable[[str], Iterable[str]]] = {
        "icd10_excludes1": cm.get_excludes1,
        "icd10_code_first": lambda code: cm.get_code_first(code).splitlines(),
        "icd10_use_additional": lambda code: cm.get_use_additional_code(code).splitlines(),
    }
    rows: dict[str, Sequence[Cells]] = {name: sorted(set(_named(book, said))) for name, said in notes.items()}
    rows["icd10_seventh_characters"] = sorted(_seventh(book))
    rows["icd10_laterality"] = sorted(_sides(book))
    for table, found in rows.items():
        yield Made(table, _EDITION, _ISSUED, _FROM, _TO, found, (source,))


def _is_code(name: str) -> bool:
    """Return whether a name is a category or a code, and no chapter or block."""
    return len(name) >= 3 and "-" not in name and name[0].isalpha()


def _named(book: _Book, said: Callable[[str], Iterable[str]]) -> Iterator[Cells]:
    """Yield (heading or code, what a note at it names)."""
    for heading in book.cm.get_all_codes(False):
        named = [code for note in said(heading) for code in codes_in(note, book.between)]
        if named:
            for owner in book.below(heading):
                yield from ((owner, code, ALWAYS, FOR_EVER) for code in named)


def codes_in(note: str, between: Callable[[str, str], list[str]]) -> Iterator[str]:
    """Yield the headings and codes that a note names in brackets, without points."""
    if "character" in note:  # only some of the codes below
        return
    for bracket in _BRACKETS.findall(note):
        for part in re.split(r",|;", bracket):
            found = _NAMED.fullmatch(part.strip())
            if found is None:
                continue
            first = found["first"].replace(".", "")
            last = (found["last"] or found["first"]).replace(".", "")
            yield from between(first, last)


def _seventh(book: _Book) -> Iterator[Cells]:
    """Yield the headings whose codes need a seventh character, and which there are."""
    for heading in book.cm.get_all_codes(False):
        if not _is_code(heading) or len(heading) == _CHARACTERS:
            continue
        characters = book.cm.get_seven_chr_def(heading)
        if characters:
            yield heading, ALWAYS, FOR_EVER, " ".join(sorted(characters))


def _sides(book: _Book) -> Iterator[Cells]:
    """Yield the codes whose description names a side."""
    for code in book.codes:
        if not book.cm.is_leaf(code):
            continue
        words = re.findall(r"[a-z]+", book.cm.get_description(code).lower())
        told = {side for word, side in _SIDES if word in words}
        if len(told) == 1:  # "right heart failure with left" would be neither
            yield code, ALWAYS, FOR_EVER, told.pop()
