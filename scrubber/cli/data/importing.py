"""`scrubber data import`: a publisher's file becomes an edition of a table, or nothing changes."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from scrubber.cli.common import Failure, date_option, packs_option
from scrubber.cli.data.common import imported_tables
from scrubber.reference.errors import ReferenceDataError
from scrubber.reference.home import data_folder
from scrubber.reference.importing import import_files
from scrubber.reference.periods import Period
from scrubber.reference.report import FileReport, ImportReport, Lines, Progress

_MOST_SHOWN = 10


@click.command("import")
@click.argument("table", metavar="TABLE")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--edition", metavar="NAME", help="The edition, when the files' names do not say it.")
@date_option("--effective-from", "With --edition: the first day that it answers for.")
@date_option("--effective-to", "With --edition: the last day that it answers for; default: no end.")
@click.option("--accept-fewer", is_flag=True, help="Take an edition with far fewer rows than the one before.")
@click.option("--data", "folder", metavar="DIR", help="Default: SCRUBBER_DATA, else your data folder.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@packs_option
def import_(
    table: str,
    files: tuple[Path, ...],
    edition: str | None,
    effective_from: dt.date | None,
    effective_to: dt.date | None,
    accept_fewer: bool,
    folder: str | None,
    format_: str,
    packs: tuple[str, ...],
) -> int:
    """Import FILE, as its publisher brings it out (zip or unpacked), as one edition of TABLE.

    An edition that comes in several files is imported in one command. Nothing changes unless it is whole.
    """
    tables = imported_tables(packs)
    if table not in tables:
        close = difflib.get_close_matches(table, tables, n=1)
        known = f"did you mean {close[0]}?" if close else f"it is one of {', '.join(tables)}"
        raise Failure(f"there is no table {table} to import", known)
    period = _period(edition, effective_from, effective_to)
    try:
        with _progress() as progress:
            report = import_files(
                tables[table],
                files,
                data_folder(folder),
                period=period,
                fewer=accept_fewer,
                progress=progress,
            )
    except ReferenceDataError as error:
        raise Failure(error.message, error.remedy) from None
    if format_ == "json":
        click.echo(json.dumps(_as_json(report), indent=2))
    else:
        for line in _as_text(report):
            click.echo(line)
    return 0


def _period(edition: str | None, begin: dt.date | None, end: dt.date | None) -> Period | None:
    if edition is None and begin is None and end is None:
        return None
    if edition is None or begin is None:
        raise Failure("an edition needs a name and a first day", "say --edition NAME --effective-from DATE")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", edition):
        raise Failure(
            f"'{edition}' is no name for an edition", "use letters, digits, dots and dashes: 2026Q3"
        )
    if end is not None and end < begin:
        raise Failure("the edition ends before it begins", "give --effective-from the earlier day")
    return Period(edition, begin, begin, end)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show progress on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("import", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total or None)


def _as_text(report: ImportReport) -> Iterator[str]:
    edition = report.edition
    verb = "replaced" if report.replaced else "imported"
    end = f"to {edition.effective_to}" if edition.effective_to else "on"
    days = f"from {edition.effective_from} {end}"
    yield f"{edition.table} {edition.edition} {verb}: {edition.rows:,} rows, {days}"
    for file in report.files:
        refused = f"{file.refusals:,} refused, " if file.refusals else ""
        repeated = f"{file.repeated.count:,} repeated, " if file.repeated.count else ""
        skipped = f"{sum(file.skipped.values()):,} lines that are no rows"
        yield f"  {file.name}: {file.kept:,} kept, {repeated}{refused}{skipped}"
        for reason, count in sorted(file.skipped.items()):
            yield f"    {count:,} x {reason}"
        yield from _lines(file)
    for first, second in report.overlaps[:_MOST_SHOWN]:
        places = f"{first[0]} line {first[1]} and {second[0]} line {second[1]}"
        yield f"  overlap: {places} are in force on the same days; the one that begins later counts"
    if len(report.overlaps) > _MOST_SHOWN:
        yield f"  and {len(report.overlaps) - _MOST_SHOWN} more overlaps (--format json lists the first 100)"


def _lines(file: FileReport) -> Iterator[str]:
    for reason, lines in file.refused.items():
        yield f"    refused: {_numbers(lines)}: {reason}"
    if file.repeated.count:
        yield f"    repeated: {_numbers(file.repeated)}: the same row was read before"


def _numbers(lines: Lines) -> str:
    shown = ", ".join(map(str, lines.numbers[:_MOST_SHOWN]))
    more = f" and {lines.count - _MOST_SHOWN:,} more" if lines.count > _MOST_SHOWN else ""
    return f"{'line' if lines.count == 1 else 'lines'} {shown}{more}"


def _as_json(report: ImportReport) -> dict[str, object]:
    edition = report.edition
    return {
        "table": edition.table,
        "edition": edition.edition,
        "effective_from": edition.effective_from.isoformat(),
        "effective_to": edition.effective_to.isoformat() if edition.effective_to else None,
        "rows": edition.rows,
        "replaced": report.replaced,
        "sources": [asdict(source) for source in edition.sources],
        "files": [
            {
                "name": file.name,
                "kept": file.kept,
                "repeated": asdict(file.repeated),
                "refused": {reason: asdict(lines) for reason, lines in file.refused.items()},
                "skipped": dict(file.skipped),
            }
            for file in report.files
        ],
        "overlaps": [[{"file": name, "line": line} for name, line in pair] for pair in report.overlaps],
    }
