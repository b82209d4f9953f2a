"""Makes an edition from the one before and what its publisher says has changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from scrubber.packs.tables import Table
from scrubber.reference.editing import FOR_EVER, EditionFile, cells_of
from scrubber.reference.errors import NativeFileError
from scrubber.reference.layouts.layout import Change, Changes, Note
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period
from scrubber.reference.report import FileReport
from scrubber.reference.store import Edition, Snapshot


def edition_before(table: Table, period: Period, snapshot: Snapshot) -> Edition:
    """Return the edition that the changes of a period are to. Raises NativeFileError."""
    for edition in snapshot.of(table.table):
        is_before = edition.effective_to == period.issued - dt.timedelta(days=1)
        if is_before and edition.columns == cells_of(table):
            return edition
    raise NativeFileError(
        f"these are only the changes of {period.name}, and the edition before is not loaded",
        f"import all files of {period.name}, or first those of the edition before",
    )


def revise(
    draft: Path, before: Path, table: Table, how: Changes, texts: Sequence[NativeText], period: Period
) -> tuple[int, list[FileReport]]:
    """Make the draft of an edition; return how many rows it has, and what became of the lines.

    Raises NativeFileError and StoreError.
    """
    file = EditionFile(draft, table, before)
    try:
        reports = [_applied(file, how, text, period) for text in texts]
        return file.seal(), reports
    finally:
        file.close()


def _applied(file: EditionFile, how: Changes, text: NativeText, period: Period) -> FileReport:
    if how.not_about in text.where.lower():
        raise NativeFileError(
            f"{text.where} is about {how.not_about}, not {how.about}", "give the other file"
        )
    report = FileReport(text.where)
    first_day = int(period.issued.strftime("%Y%m%d"))
    last_day = int((period.issued - dt.timedelta(days=1)).strftime("%Y%m%d"))
    for found in how.read(text):
        if isinstance(found, Note):
            report.note(found.line, found.reason, refused=found.refused)
            continue
        problem = _apply(file, found, first_day, last_day)
        if problem:
            report.note(found.line, problem)
        else:
            report.rows += 1
    report.end(text)
    return report


def _apply(file: EditionFile, change: Change, first_day: int, last_day: int) -> str:
    """Make one change; return why it cannot be made."""
    if change.kind == "add":
        if file.is_in_force(change.keys):
            return "it begins, but it is in force already"
    elif not file.end(change.keys, last_day):
        return "it ends or changes, but it is not in force"
    if change.kind != "end":
        file.add([(change.line, (*change.keys, first_day, FOR_EVER, *change.cells))])
    return ""
