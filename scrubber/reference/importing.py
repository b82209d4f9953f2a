"""Import: publishers' files in, one whole edition of a table out; or nothing changed, and the reason why."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scrubber.packs.tables import Table
from scrubber.reference.editing import Cells, EditionFile, NumberedRow, cells_of
from scrubber.reference.errors import NativeFileError, StoreError
from scrubber.reference.layouts import layout
from scrubber.reference.layouts.layout import Changes, Layout, Note
from scrubber.reference.native import NativeText, native_texts, source_of
from scrubber.reference.periods import Period
from scrubber.reference.report import MOST_TOLD, FileReport, ImportReport, Place, Progress
from scrubber.reference.revising import edition_before, revise
from scrubber.reference.store import Edition, Snapshot, Source, changing

#: An edition that has less than this part of the rows of the one before was probably cut short.
_LEAST_KEPT = 0.8
_BATCH = 5_000


def import_files(
    table: Table,
    paths: Sequence[Path],
    folder: Path,
    *,
    period: Period | None = None,
    fewer: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportReport:
    """Import files as one edition of a table into the store in a folder.

    `period` is the edition when the files' names do not say it; `fewer` takes one that has far fewer rows
    than the one before. Raises NativeFileError and StoreError; then the store is as it was.
    """
    if table.native is None:
        raise NativeFileError(
            f"{table.table} is not imported: its rows stand in its table.yaml", "change them there"
        )
    form = layout(table.native.layout)
    unsaid = [name for name in cells_of(table) if name not in form.fields]
    if unsaid:
        raise NativeFileError(
            f"{table.table} has the column {', '.join(unsaid)}, "
            f"which files of {table.native.layout} do not say",
            f"remove it from the table.yaml; they say {', '.join(form.fields)}",
        )
    sources = tuple(source_of(path) for path in paths)
    with native_texts(paths, form.wants_any) as texts:
        changes = _changes(form, texts)
        found = period or _period((changes or form).period, texts)
        overlaps: tuple[tuple[Place, Place], ...] = ()
        with _writing_to(folder), changing(folder) as store:
            before = store.snapshot
            if changes is not None:
                base = edition_before(table, found, before)
                rows, files = revise(store.draft, folder / base.file, table, changes, texts, found)
                sources = (*base.sources, *sources)
            else:
                form.must_be_all([text.name for text in texts])
                rows, files, overlaps = _built(store.draft, table, form, texts, progress)
            _must_be_whole(rows, files, table, found, before, fewer)
            edition = store.publish(_edition(table, found, rows, sources))
    replaced = (edition.table, edition.edition) in {(e.table, e.edition) for e in before.editions}
    return ImportReport(edition, replaced, tuple(files), overlaps)


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """Say that the store cannot be written, whatever says so."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"reference data cannot be written to {folder} ({reason})",
            "make room on the disk, or name another folder with --data",
        ) from None


def _changes(form: Layout, texts: Sequence[NativeText]) -> Changes | None:
    """Return how to read files that say what changed; None for whole editions. Raises NativeFileError."""
    changes = form.changes
    which = {changes is not None and changes.wants(text.name) for text in texts}
    if len(which) > 1:
        raise NativeFileError(
            "some files are whole editions and some are changes to the one before",
            "import them by themselves",
        )
    return changes if True in which else None


def _period(of: Callable[[NativeText], Period | None], texts: Sequence[NativeText]) -> Period:
    periods = {text.where: of(text) for text in texts}
    unnamed = [where for where, found in periods.items() if found is None]
    if unnamed:
        raise NativeFileError(
            f"{unnamed[0]} does not say which edition it is",
            "give it the publisher's name again, or say --edition NAME --effective-from DATE",
        )
    several = sorted({found.name for found in periods.values() if found is not None})
    if len(several) > 1:
        raise NativeFileError(
            f"the files are of the editions {' and '.join(several)}", "import each edition by itself"
        )
    (found,) = {found for found in periods.values() if found is not None}
    return found


def _must_be_whole(
    rows: int, files: Sequence[FileReport], table: Table, period: Period, before: Snapshot, fewer: bool
) -> None:
    """Refuse an edition with no rows, or suspiciously few of them. Raises NativeFileError."""
    if rows == 0:
        reasons = [f"line {lines.numbers[0]}: {why}" for f in files for why, lines in f.refused.items()]
        told = f" ({reasons[0]})" if reasons else ""
        raise NativeFileError(
            f"{', '.join(f.name for f in files)} has no row for {table.table}{told}",
            "check that it is the right file; nothing was changed",
        )
    earlier = [e for e in before.of(table.table) if e.issued <= period.issued]
    if earlier and rows < earlier[0].rows * _LEAST_KEPT and not fewer:
        raise NativeFileError(
            f"{period.name} has {rows:,} rows, and {earlier[0].edition} had {earlier[0].rows:,}: a file "
            "is missing or was cut short",
            "give all files of the edition; if it is really that much smaller, say --accept-fewer",
        )


def _edition(table: Table, period: Period, rows: int, sources: tuple[Source, ...]) -> Edition:
    return Edition(
        table=table.table,
        edition=period.name,
        issued=period.issued,
        effective_from=period.begin,
        effective_to=period.end,
        rows=rows,
        columns=cells_of(table),
        file="",
        bytes=0,
        imported_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        sources=sources,
    )


def _built(
    draft: Path, table: Table, form: Layout, texts: Sequence[NativeText], progress: Progress
) -> tuple[int, list[FileReport], tuple[tuple[Place, Place], ...]]:
    """Make the draft of an edition; return how many rows it has, and what became of the lines."""
    build = _Build(draft, table, form, progress, sum(text.size for text in texts))
    try:
        for text in sorted(texts, key=lambda text: form.order(text.name)):
            build.take(text)
        overlaps = build.overlaps()
        return build.file.seal(), build.reports, overlaps
    finally:
        build.file.close()


class _Build:
    """One import under way: the file being made, and what is to be told about each line."""

    def __init__(self, draft: Path, table: Table, form: Layout, progress: Progress, total: int) -> None:
        self.reports: list[FileReport] = []
        self._form, self._read = form, form.begin()
        self._progress, self._total, self._done = progress, total, 0
        self._order = [form.fields.index(name) for name in cells_of(table)]
        self._as_read = self._order == list(range(len(form.fields)))
        #: Lines of the files before each: rows carry one number for all files.
        self._starts: list[int] = []
        self._lines = 0
        self.file = EditionFile(draft, table)

    def take(self, text: NativeText) -> None:
        """Read one file into the edition. Raises NativeFileError."""
        report = FileReport(text.where)
        self.reports.append(report)
        self._starts.append(self._lines)
        batch: list[NumberedRow] = []
        for found in self._read(text):
            if isinstance(found, Note):
                report.note(found.line, found.reason, refused=found.refused)
                continue
            batch.append(found)
            if len(batch) == _BATCH:
                self._add(batch, report)
                self._progress(self._done + text.position, self._total)
                batch = []
        self._add(batch, report)
        report.end(text, ends_lines=self._form.ends_lines)
        self._lines += text.last_line
        self._done += text.size

    def _add(self, batch: Sequence[NumberedRow], report: FileReport) -> None:
        start = self._starts[-1]
        numbered = batch if start == 0 and self._as_read else [(start + n, self._cells(c)) for n, c in batch]
        report.rows += len(batch)
        for line in self.file.add(numbered):
            report.repeated.add(line - start)

    def _cells(self, cells: Cells) -> Cells:
        return cells if self._as_read else tuple(cells[i] for i in self._order)

    def overlaps(self) -> tuple[tuple[Place, Place], ...]:
        """Return the places of rows with the same keys that are in force on the same day."""
        if not self._form.one_row:
            return ()
        found = self.file.overlaps(MOST_TOLD)
        return tuple((self._place(pair.first), self._place(pair.second)) for pair in found)

    def _place(self, line: int) -> Place:
        number = max(i for i, start in enumerate(self._starts) if start < line)
        return self.reports[number].name, line - self._starts[number]
