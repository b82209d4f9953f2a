"""The tabular list of ICD-10-CM, from its XML to look-ups and findings."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.errors import NativeFileError
from scrubber.reference.importing import import_files
from scrubber.reference.periods import Period
from scrubber.reference.report import FileReport, ImportReport
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import read_store
from tests.conftest import PROFESSIONAL, Quick
from tests.reference.samples import diag, noted, seventh

TABLES = load_tables([builtin_rules_dir()])
NAME = "icd10cm-tabular-2027.xml"
DAY = dt.date(2026, 10, 1)

#: Chapter, then two sections: notes at each of them, and below.
LIST = (
    '<?xml version="1.0" encoding="utf-8"?>',
    "<!-- A made-up list -->",
    "<ICD10CM.tabular>",
    "<version>2027</version>",
    "<introduction><introSection type='title'><title>Charcôt &amp; co</title></introSection></introduction>",
    "<chapter><name>17</name><desc>Made-up (Q97-Q99)</desc>",
    noted("excludes1", "at the chapter (Q99.9)"),
    "<section id='Q97-Q98'><desc>Made-up</desc>",
    noted("excludes1", "at the section, Ménière (Q99.81, Q99.82-; Q99.0.-)"),
    diag("Q97", noted("excludes1", "a range (Q99.1-Q99.3)", "with words (Q99.4- with .40)")),
    "<diag><name>Q98</name><desc>Müde</desc><excludes1>",
    "<note>a range with dashes (Q99.5--Q99.6-)</note>",
    "<note>a note that names no code</note>",
    "<note>nor (G6PD) here</note>",
    "<note>some of the codes (Q99.7- with fifth character 1)</note>",
    "<note/>",
    "<note>made-up (Q96.1, Q99.8)</note>",  # line 17
    "</excludes1><excludes2><note>may be both (Q99.7)</note></excludes2>",
    "<marvel>new <note>in 2027 (Q99.7)</note></marvel>",
    diag("Q98.0"),
    "<diag><name>Q98.1</name><desc>Made-up</desc><excludes1>",
    "<note>as it stands above, too (Q99.8)</note>",
    "<note>again (Q99.8)</note>",  # line 23
    "<note><i>marked</i> up (<b>Q99.7</b>)</note>",
    "</excludes1></diag>",
    "</diag>",
    "</section>",
    "<section id='Q99'><desc>Made-up</desc>",
    noted("excludes1", "at a section of one category (Q97)"),
    "<diag><name>Q99</name><desc>Made-up</desc>",
    *(diag(f"Q99.{n}") for n in range(4)),
    diag("Q99.4", diag("Q99.40") + diag("Q99.41") + diag("Q99.42")),
    *(diag(f"Q99.{n}") for n in (5, 6, 7)),
    diag("Q99.8", diag("Q99.81") + diag("Q99.82")),
    diag("Q99.9"),
    "</diag></section></chapter>",
    "</ICD10CM.tabular>",
)


def imported(
    folder: Path,
    *lines: str,
    table: str = "icd10_excludes1",
    name: str = NAME,
    encoding: str = "utf-8",
    period: Period | None = None,
) -> ImportReport:
    path = folder / name
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return import_files(TABLES[table], [path], folder / "data", period=period)


def one(report: ImportReport) -> FileReport:
    (told,) = report.files
    return told


def of(folder: Path, table: str) -> StoredRows:
    return StoredRows(TABLES[table], read_store(folder / "data"))


def excluded(folder: Path, code: str) -> set[str]:
    """Return the codes below Q97 and Q99 that a code is not coded with."""
    rows = of(folder, "icd10_excludes1")
    others = [f"Q99{n}" for n in range(10)] + ["Q9940", "Q9941", "Q9942", "Q9981", "Q9982", "Q97"]
    return {other for other in others if rows.find_one({"code": code, "excluded": other}, DAY)}


def small(inside: str, *, head: str = "", version: str = "2027") -> tuple[str, ...]:
    """Return a list of one section."""
    return (
        f'<?xml version="1.0"?>{head}',
        f"<ICD10CM.tabular><version>{version}</version><chapter><section id='Q98-Q99'>",
        inside,
        "</section></chapter></ICD10CM.tabular>",
    )


GOOD = small(diag("Q98", noted("excludes1", "made-up (Q99)")) + diag("Q99"))


def refused(folder: Path, *lines: str, name: str = NAME, encoding: str = "utf-8") -> NativeFileError:
    """Import what must be refused; what was stored before stays as it was."""
    imported(folder, *GOOD)
    before = read_store(folder / "data")
    with pytest.raises(NativeFileError) as caught:
        imported(folder, *lines, name=name, encoding=encoding)
    assert read_store(folder / "data") == before
    return caught.value


def test_notes_hold_for_what_they_stand_at(tmp_path: Path) -> None:
    edition = imported(tmp_path, *LIST).edition
    assert (edition.edition, edition.effective_from, edition.effective_to) == (
        "FY2027",
        dt.date(2026, 10, 1),
        dt.date(2027, 9, 30),
    )
    at_chapter_and_section = {"Q999", "Q990", "Q9981", "Q9982"}
    assert excluded(tmp_path, "Q97") == at_chapter_and_section | {"Q991", "Q992", "Q993"}
    below_q98 = at_chapter_and_section | {"Q995", "Q996", "Q998"}
    assert excluded(tmp_path, "Q980") == below_q98
    assert excluded(tmp_path, "Q981") == below_q98 | {"Q997"}
    assert excluded(tmp_path, "Q991") == {"Q999", "Q97"}


def test_every_note_is_accounted_for(tmp_path: Path) -> None:
    told = one(imported(tmp_path, *LIST))
    assert {why: lines.numbers for why, lines in told.refused.items()} == {
        "the note names a code that is not in the list": [17]
    }
    assert told.skipped == {
        "a note without brackets that hold codes alone": 4,
        "a note on some codes of those that it names": 1,
        "the element <marvel>, which is not known": 1,
    }
    assert told.repeated.numbers == [23]
    assert told.kept == told.rows - 1


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252"])
def test_letters_with_accents_are_read_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    head = LIST[0].replace("utf-8", encoding)
    assert (
        one(imported(tmp_path, head, *LIST[1:], encoding=encoding)).kept
        == one(imported(tmp_path, *LIST)).kept
    )


def test_seventh_characters_are_said_at_the_nearest_heading(tmp_path: Path) -> None:
    inside = diag("Q98", seventh("SAD") + diag("Q98.0") + diag("Q98.1", seventh("9") + diag("Q98.11")))
    told = one(imported(tmp_path, *small(inside), table="icd10_seventh_characters"))
    assert (told.kept, told.refused, dict(told.skipped)) == (2, {}, {})
    rows = of(tmp_path, "icd10_seventh_characters")
    assert [row["characters"] for row in rows.find_one({"code": "Q980XXA"}, DAY)] == ["A D S"]
    assert [row["characters"] for row in rows.find_one({"code": "Q9811X9"}, DAY)] == ["9", "A D S"]


def test_codes_with_a_seventh_character_can_be_named_and_say_sides(tmp_path: Path) -> None:
    sides = '<sevenChrDef><extension char="1">right eye</extension><extension char="2">left eye</extension>'
    inside = diag("Q98", f"{sides}</sevenChrDef>{diag('Q98.0')}") + diag(
        "Q99", noted("excludes1", "made-up (Q98.0XX2)")
    )
    imported(tmp_path, *small(inside))
    rows = of(tmp_path, "icd10_excludes1")
    assert rows.find_one({"code": "Q99", "excluded": "Q980XX2"}, DAY)
    assert not rows.find_one({"code": "Q99", "excluded": "Q980XX1"}, DAY)
    imported(tmp_path, *small(inside), table="icd10_laterality")
    sides_of = of(tmp_path, "icd10_laterality")
    assert [row["side"] for row in sides_of.find_one({"code": "Q980XX1"}, DAY)] == ["right"]
    assert not sides_of.find_one({"code": "Q980"}, DAY)  # a heading


def test_a_code_that_says_two_sides_says_none(tmp_path: Path) -> None:
    inside = diag("Q98", words="Right, with left") + diag("Q99", words="Bilateral")
    told = one(imported(tmp_path, *small(inside), table="icd10_laterality"))
    assert dict(told.skipped) == {"a code that says no side, or more than one": 1}
    assert told.kept == 1


def test_an_update_of_april_is_told_by_its_name(tmp_path: Path) -> None:
    april = small(diag("Q98", noted("excludes1", "made-up (Q98)")), version="2026")
    named = imported(tmp_path, *april, name="icd10c-tabular-April-1-2026.xml").edition
    assert (named.edition, named.effective_from) == ("FY2026-April", dt.date(2026, 4, 1))


def test_an_update_of_april_is_told_by_the_name_of_its_zip(tmp_path: Path) -> None:
    """In the publisher's zip the list of April is named like that of October."""
    path = tmp_path / "april-1-2027-code-tables-tabular-and-index.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Table and Index/icd10cm_tabular_2027.xml", "\n".join(GOOD))
        archive.writestr("Table and Index/icd10cm_index_2027.xml", "<ICD10CM.index/>")
    report = import_files(TABLES["icd10_excludes1"], [path], tmp_path / "data")
    assert report.edition.edition == "FY2027-April"
    assert one(report).name == f"{path.name}/icd10cm_tabular_2027.xml"


def test_a_name_of_another_year_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, *GOOD, name="icd10cm-tabular-2028.xml")
    assert (error.message, error.remedy) == (
        "icd10cm-tabular-2028.xml is of 2027 by its <version>, and of 2028 by its name",
        "give it the publisher's name again, or another name and --edition NAME --effective-from DATE",
    )
    period = Period("own", DAY, DAY, None)
    assert imported(tmp_path, *GOOD, name="own.xml", period=period).edition.edition == "own"


@pytest.mark.parametrize("lines", range(3, len(LIST)))
def test_a_list_that_was_cut_is_refused(tmp_path: Path, lines: int) -> None:
    error = refused(tmp_path, *LIST[:lines])
    assert error.message == f"{NAME} was cut short: its last line, {lines}, is not whole"
    assert error.remedy == "fetch the file again from its publisher; nothing was changed"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), f"{NAME} has no <ICD10CM.tabular> in it"),
        (("<?xml version='1.0'?>", "<!-- nothing -->"), f"{NAME} has no <ICD10CM.tabular> in it"),
        (("<html>",), f"{NAME} begins with <html> and not with <ICD10CM.tabular>"),
        (("code,description",), f"{NAME}, line 1: this is no XML (syntax error)"),
        ((*GOOD, "<more/>"), f"{NAME}, line 5: this is no XML (junk after document element)"),
        (small("<diag><name>Q98</diag>"), f"{NAME}, line 3: this is no XML (mismatched tag)"),
        (small(diag("Q98", "&made-up;")), f"{NAME}, line 3: this is no XML (undefined entity)"),
        (
            small("", head='<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]>'),
            f"{NAME}, line 1: it declares a document type, which no file of this publisher does",
        ),
        (
            ("<?xml version='1.0' encoding='EBCDIC-US'?>", *GOOD[1:]),
            f"{NAME} is written in EBCDIC-US, which is not read here",
        ),
        (small(diag("Q98")), f"{NAME} has no row for icd10_excludes1"),
    ],
    ids="empty comment other text more tags entity doctype encoding notes".split(),
)
def test_what_is_no_list_is_refused(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    assert refused(tmp_path, *lines).message == message


def test_bytes_of_another_encoding_are_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, *small(diag("Q98", words="Charcôt")), encoding="latin-1")
    assert error.message == f"{NAME}, line 3: this is no XML (not well-formed (invalid token))"


def test_a_file_without_a_last_line_end_is_whole(tmp_path: Path) -> None:
    """Though the last line has a note that is refused: the list ends after it."""
    path = tmp_path / NAME
    notes = noted("excludes1", "made-up (Q99)", "made-up (Q96)")
    path.write_text("".join(small(diag("Q98", notes) + diag("Q99"))), encoding="utf-8")
    told = one(import_files(TABLES["icd10_excludes1"], [path], tmp_path / "data"))
    assert (told.kept, told.refusals) == (1, 1)


def test_a_code_that_stands_there_twice_is_one(tmp_path: Path) -> None:
    twice = [diag(code) for code in ("Q99.1", "Q99.2", "Q99.1")]
    imported(
        tmp_path, *small(diag("Q98", noted("excludes1", "made-up (Q99.1)")) + diag("Q99", "".join(twice)))
    )
    assert excluded(tmp_path, "Q98") == {"Q991"}


def test_two_diagnoses_that_a_note_excludes_are_found(tmp_path: Path, quick: Quick) -> None:
    """DX-005 looks at the imported list where the claim's day is one of its days."""
    data = tmp_path / "data"
    path = tmp_path / NAME
    path.write_text(
        "\n".join(small(diag("E11", noted("excludes1", "made-up (I10)")) + diag("I10"))), encoding="utf-8"
    )
    assert quick("data", "import", "icd10_excludes1", path, "--data", data).code == 0
    claim = tmp_path / "claim.837"
    found = {}
    for day in (b"20260818", b"20261001"):
        claim.write_bytes(PROFESSIONAL.replace(b"20260818", day))
        ran = quick("scrub", claim, "--format", "json", "--data", data)
        found[day] = [f["message"] for f in ran.findings if f["rule"] == "DX-005"]
    assert found == {
        b"20260818": [],
        b"20261001": ["E119 and I10 stand together; an Excludes1 note at one of them names the other."],
    }
