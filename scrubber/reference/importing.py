"""Import: publishers' files in, one whole edition of a table out; or nothing changed, and the reason why."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scrubber.packs.tables import Table
from scrubber.reference.editing import Cells, EditionFile, NumberedRow, cells_of
from scrubber.reference.errors import NativeFileError
from scrubber.reference.layouts import layout
from scrubber.reference.layouts.layout import Layout, Note
from scrubber.reference.native import NativeText, native_texts, source_of
from scrubber.reference.periods import Period
from scrubber.reference.store import Changes, Edition, Source, changing

#: Lines whose numbers are told for each reason, and overlaps that are told.
MOST_TOLD = 100
#: A file of which more lines than this (and than one in a hundred) are refused is not what it should be.
_MOST_REFUSED = 20
#: An edition that has less than this part of the rows of the one before was probably cut short.
_LEAST_KEPT = 0.8
_BATCH = 5_000

#: Told from time to time: bytes read of all files, and how many there are (0: not known).
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Lines:
    """Lines that met the same fate: how many, and the numbers of the first."""

    count: int = 0
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count a line."""
        self.count += 1
        if len(self.numbers) < MOST_TOLD:
            self.numbers.append(number)


@dataclass(slots=True)
class FileReport:
    """What became of the lines of one file: rows, and by reason those that gave none."""

    name: str
    rows: int = 0
    repeated: Lines = field(default_factory=Lines)
    refused: dict[str, Lines] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """Rows that are in the edition."""
        return self.rows - self.repeated.count

    @property
    def refusals(self) -> int:
        """How many lines were refused."""
        return sum(lines.count for lines in self.refused.values())


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported. `overlaps` are pairs of places (file, line) of rows in force on the same day."""

    edition: Edition
    replaced: bool
    files: tuple[FileReport, ...]
    overlaps: tuple[tuple[tuple[str, int], tuple[str, int]], ...]


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
    sources = tuple(source_of(path) for path in paths)
    with native_texts(paths, form.wants) as texts:
        found = period or _period(form, texts)
        with changing(folder) as changes:
            build = _Build(table, form, changes, progress, sum(text.size for text in texts))
            try:
                for text in texts:
                    build.take(text)
                overlaps = build.overlaps()
                rows = build.file.seal()
            finally:
                build.file.close()
            build.must_be_whole(rows, found, fewer)
            edition = _edition(table, found, rows, sources)
            before = {(e.table, e.edition) for e in changes.snapshot.editions}
            published = changes.publish(edition)
    replaced = (edition.table, edition.edition) in before
    return ImportReport(published, replaced, tuple(build.reports), overlaps)


def _period(form: Layout, texts: Sequence[NativeText]) -> Period:
    periods = {text.where: form.period(text.name) for text in texts}
    unnamed = [where for where, found in periods.items() if found is None]
    if unnamed:
        raise NativeFileError(
            f"the name of {unnamed[0]} does not say which edition it is",
            "give it the publisher's name again, or say --edition NAME --effective-from DATE",
        )
    several = sorted({found.name for found in periods.values() if found is not None})
    if len(several) > 1:
        raise NativeFileError(
            f"the files are of the editions {' and '.join(several)}", "import each edition by itself"
        )
    (found,) = {found for found in periods.values() if found is not None}
    return found


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


class _Build:
    """One import under way: the file being made, and what is to be told about each line."""

    def __init__(self, table: Table, form: Layout, changes: Changes, progress: Progress, total: int) -> None:
        self.reports: list[FileReport] = []
        self._table, self._form, self._changes = table, form, changes
        self._progress, self._total, self._done = progress, total, 0
        self._order = [form.fields.index(name) for name in cells_of(table)]
        self._as_read = self._order == list(range(len(form.fields)))
        #: Lines of the files before each: rows carry one number for all files.
        self._starts: list[int] = []
        self._lines = 0
        self.file = EditionFile(changes.draft, table)

    def take(self, text: NativeText) -> None:
        """Read one file into the edition. Raises NativeFileError."""
        report = FileReport(text.where)
        self.reports.append(report)
        self._starts.append(self._lines)
        batch: list[NumberedRow] = []
        refused_last = 0
        for found in self._form.read(text):
            if isinstance(found, Note):
                if not found.refused:
                    report.skipped[found.reason] += 1
                    continue
                report.refused.setdefault(found.reason, Lines()).add(found.line)
                refused_last = found.line
                self._must_look_right(report)
                continue
            batch.append(found)
            if len(batch) == _BATCH:
                self._add(batch, report)
                self._progress(self._done + text.position, self._total)
                batch = []
        self._add(batch, report)
        if text.cut and refused_last and refused_last == text.last_line:
            raise NativeFileError(
                f"{text.where} was cut short: its last line, {text.last_line}, is not whole",
                "fetch the file again from its publisher; nothing was changed",
            )
        self._must_look_right(report)
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

    def _must_look_right(self, report: FileReport) -> None:
        refused = report.refusals
        if refused > _MOST_REFUSED and refused * 100 > report.rows + refused:
            reason, lines = next(iter(report.refused.items()))
            raise NativeFileError(
                f"{report.name} does not look like a file for {self._table.table}: {refused} lines cannot be "
                f"read, the first is line {lines.numbers[0]} ({reason})",
                "check that it is the right file and whole; nothing was changed",
            )

    def overlaps(self) -> tuple[tuple[tuple[str, int], tuple[str, int]], ...]:
        """Return the places of rows with the same keys that are in force on the same day."""
        if not self._form.one_row:
            return ()
        found = self.file.overlaps(MOST_TOLD)
        return tuple((self._place(pair.first), self._place(pair.second)) for pair in found)

    def _place(self, line: int) -> tuple[str, int]:
        number = max(i for i, start in enumerate(self._starts) if start < line)
        return self.reports[number].name, line - self._starts[number]

    def must_be_whole(self, rows: int, period: Period, fewer: bool) -> None:
        """Refuse an edition with no rows, or suspiciously few of them. Raises NativeFileError."""
        if rows == 0:
            reasons = [
                f"line {lines.numbers[0]}: {why}" for r in self.reports for why, lines in r.refused.items()
            ]
            told = f" ({reasons[0]})" if reasons else ""
            raise NativeFileError(
                f"{', '.join(r.name for r in self.reports)} has no row for {self._table.table}{told}",
                "check that it is the right file; nothing was changed",
            )
        earlier = [e for e in self._changes.snapshot.of(self._table.table) if e.issued <= period.issued]
        if earlier and rows < earlier[0].rows * _LEAST_KEPT and not fewer:
            raise NativeFileError(
                f"{period.name} has {rows:,} rows, and {earlier[0].edition} had {earlier[0].rows:,}: a file "
                "is missing or was cut short",
                "give all files of the edition; if it is really that much smaller, say --accept-fewer",
            )
