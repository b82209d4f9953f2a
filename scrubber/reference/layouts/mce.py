"""The diagnosis lists of the Medicare Code Editor, from its definitions (text) or from a table of them (TSV).

`Definitions of Medicare Code Edits_v_43.txt` has numbered sections, some with lettered parts, and in these
lines of code, tab, description. `mce_v37.tsv` has the section and part of each code in columns. Version 37 is
that of the fiscal year 2020, and 37.1 its update of April. A code has one row with all its lists; procedures
are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import Layout, Note, Records, RowError, always, code, names
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period, fiscal_year

_NAME = r"(.*medicare[ _]code[ _]edits.*v_?|mce_v)(?P<version>\d\d)(\.(?P<update>\d))?\.(txt|tsv)"
_VERSION_OF_1983 = 1983
_HEADING = re.compile(r"(?P<number>\d{1,2})\. .*|(?P<letter>[A-Z])\. .*")
_CODE_LINE = re.compile(r"(?P<code>[A-Z0-9]{3,7})\t.+")
_COLUMNS = ("MCE_Section", "MCE_Subsection", "ICD_Code_Type", "ICD_Code")

#: Section and part → column. Sections without parts have the part `_` in the table.
_LISTS = {
    ("4", "A"): "newborn",
    ("4", "B"): "pediatric",
    ("4", "C"): "maternity",
    ("4", "D"): "adult",
    ("5", "A"): "female_only",
    ("5", "C"): "male_only",
    ("6", "_"): "manifestation",
    ("8", "A"): "questionable_admission",
    ("8", "_"): "questionable_admission",
    ("9", "_"): "unacceptable_principal",
}
LISTS = tuple(dict.fromkeys(_LISTS.values()))
_OF_PROCEDURES = "11 13 17 19".split()

#: A line's number, the code and the list that it is on, or why it is on none.
_Listed = tuple[int, str, str]


def _read(text: NativeText) -> Iterator[NumberedRow | Note]:
    """Yield a row for each code, with the line that named it first."""
    on: dict[str, tuple[int, set[str]]] = {}
    listed = _from_table(text) if text.name.lower().endswith(".tsv") else _from_text(text)
    for found in listed:
        if isinstance(found, Note):
            yield found
            continue
        line, name, of = found
        if name in on:
            yield Note(line, "a code that was on a list before", refused=False)
        on.setdefault(name, (line, set()))[1].add(of)
    for name, (line, lists) in on.items():
        flags = ("true" if of in lists else "" for of in LISTS)
        yield line, (name, ALWAYS, FOR_EVER, *flags)


def _from_table(text: NativeText) -> Iterator[_Listed | Note]:
    for line, cells in Records(text, _COLUMNS, "\t"):
        try:
            if not cells:
                raise RowError("the record has fewer cells than the heading")
            if cells[2] not in ("D", "P"):
                raise RowError("the code is neither a diagnosis (D) nor a procedure (P)")
            found = code(cells[3], "code", r"[A-Z0-9]{3,7}")
            if cells[2] == "P":
                yield Note(line, "a procedure", refused=False)
            elif (cells[0], cells[1]) in _LISTS:
                yield line, found, _LISTS[cells[0], cells[1]]
            else:
                yield Note(line, f"a diagnosis of section {cells[0]}, which is not kept", refused=False)
        except RowError as error:
            yield Note(line, str(error))


def _from_text(text: NativeText) -> Iterator[_Listed | Note]:
    section, part = "", "_"
    for line, content in text.lines():
        heading = _HEADING.fullmatch(content.strip())
        if heading is not None:
            section, part = (heading["number"], "_") if heading["number"] else (section, heading["letter"])
        listed = _CODE_LINE.fullmatch(content)
        if listed is None:
            yield Note(line, "text", refused=False)
        elif (section, part) in _LISTS:
            yield line, listed["code"], _LISTS[section, part]
        elif section in _OF_PROCEDURES or section == "5":
            yield Note(line, "a procedure", refused=False)
        else:
            yield Note(line, f"a code of section {section or 'none'}, which is not kept", refused=False)


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    return found and fiscal_year(
        _VERSION_OF_1983 + int(found["version"]), april=found["update"] not in (None, "0")
    )


DIAGNOSES = Layout(("code", "from", "to", *LISTS), always(_read), names(_NAME), _period)
