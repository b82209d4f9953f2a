"""The tabular list of ICD-10-CM: `icd10cm-tabular-2027.xml`, what it says beside its codes.

Excludes1, code first and use additional code name other codes in brackets: `(E10.-, E11.2)`, `(A00-A09)`. A
row has the category or code that the note stands at, and one that it names; both mean all codes below them.
Notes that name none, or only some of the codes below (`with fifth or sixth character 1-4`), give no row:
whoever looks up finds less than the list has, never more.

A list of April says of itself, and in CMS's zip also by its name, only the year; the zip's name says April.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.errors import NativeFileError
from scrubber.reference.layouts.layout import Layout, Note, always, names
from scrubber.reference.layouts.tabular_list import CODE, Said, TabularList, is_seventh, read_list
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, fiscal_year

_NAME = r"icd10cm?[-_ ]tabular[-_ ](april[-_ ](1[-_ ])?)?(?P<year>\d{4})\.xml"
_BRACKETS = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(rf"(?P<first>{CODE})(?:\.?-)?(?:-(?P<last>{CODE})(?:\.?-)?)?")
_SIDES = ("bilateral", "right", "left")

#: What a list gives for one table.
Rows = Callable[[TabularList], Iterator[NumberedRow | Note]]


def _named(found: TabularList, kind: str) -> Iterator[NumberedRow | Note]:
    """Yield (heading or code, what a note at it names)."""
    for said in found.said:
        if said.kind != kind:
            continue
        named = [found.between(first, last) for first, last in _spans(said)]
        codes = dict.fromkeys(chain.from_iterable(named))
        for owner in said.at.codes:
            yield from ((said.line, (owner, code, ALWAYS, FOR_EVER)) for code in codes)
        if "character" in said.text:
            yield Note(said.line, "a note on some codes of those that it names", refused=False)
        elif not named:
            yield Note(said.line, "a note without brackets that hold codes alone", refused=False)
        elif not all(named):
            yield Note(said.line, "the note names a code that is not in the list")


def _spans(said: Said) -> Iterator[tuple[str, str]]:
    """Yield the first and last of the codes that a note names in brackets, without points."""
    if "character" in said.text:  # only some of the codes below
        return
    for bracket in _BRACKETS.findall(said.text):
        for part in re.split(r"[,;]", bracket):
            named = _NAMED.fullmatch(part.strip())
            if named is not None:
                first, last = named["first"], named["last"] or named["first"]
                yield first.replace(".", ""), last.replace(".", "")


def _seventh(found: TabularList) -> Iterator[NumberedRow | Note]:
    """Yield the headings whose codes need a seventh character, and which there are."""
    for heading in found.seventh:
        if not heading.seventh or not all(map(is_seventh, heading.seventh)):
            # Some without the others would make codes wrong that are right.
            yield Note(heading.seventh_line, "a seventh character is no digit or letter, or there is none")
            continue
        for owner in heading.codes:
            yield heading.seventh_line, (owner, ALWAYS, FOR_EVER, " ".join(sorted(heading.seventh)))


def _sides(found: TabularList) -> Iterator[NumberedRow | Note]:
    """Yield the codes whose words name a side."""
    for code in found.codes:
        words = re.findall(r"[a-z]+", code.words.lower())
        sides = [side for side in _SIDES if side in words]
        if code.is_heading:
            yield Note(code.line, "a heading of codes", refused=False)
        elif len(sides) == 1:  # "right heart failure with left" would be neither
            yield code.line, (code.code, ALWAYS, FOR_EVER, sides[0])
        else:
            yield Note(code.line, "a code that says no side, or more than one", refused=False)


#: Table → its rows.
ROWS: Mapping[str, Rows] = {
    "icd10_excludes1": partial(_named, kind="excludes1"),
    "icd10_code_first": partial(_named, kind="codeFirst"),
    "icd10_use_additional": partial(_named, kind="useAdditionalCode"),
    "icd10_seventh_characters": _seventh,
    "icd10_laterality": _sides,
}


def _read(text: NativeText, rows: Rows) -> Iterator[NumberedRow | Note]:
    found = read_list(text)
    _must_be_of_its_year(text, found.version)
    yield from found.wrong
    yield from rows(found)


def _must_be_of_its_year(text: NativeText, version: str) -> None:
    named = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    year = re.match(r"\d{4}", version)
    if named is not None and year is not None and named["year"] != year[0]:
        raise NativeFileError(
            f"{text.where} is of {year[0]} by its <version>, and of {named['year']} by its name",
            "give it the publisher's name again, or another name and --edition NAME --effective-from DATE",
        )


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    return found and fiscal_year(int(found["year"]), april="april" in text.where.lower())


def _layout(table: str, *fields: str) -> Layout:
    return Layout(fields, always(partial(_read, rows=ROWS[table])), names(_NAME), _period)


EXCLUDES1 = _layout("icd10_excludes1", "code", "excluded", "from", "to")
CODE_FIRST = _layout("icd10_code_first", "code", "first", "from", "to")
USE_ADDITIONAL = _layout("icd10_use_additional", "code", "additional", "from", "to")
SEVENTH_CHARACTERS = _layout("icd10_seventh_characters", "code", "from", "to", "characters")
SIDES = _layout("icd10_laterality", "code", "from", "to", "side")
