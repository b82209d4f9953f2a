"""`scrubber scrub`: claims in, findings out."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
from click.core import ParameterSource

from scrubber.accept import AcceptError, repair
from scrubber.acknowledge import KINDS, AckError, Acknowledger, Kind
from scrubber.cli.background import background, background_options, seen
from scrubber.cli.common import (
    Failure,
    data_option,
    limit_option,
    load_bundle,
    packs_option,
    receipt_date_option,
)
from scrubber.cli.context_use import ContextUse
from scrubber.contract import file_tail, run_head, run_summary
from scrubber.engine.durable import EngineUnavailable
from scrubber.inputs import FileFinished, FileStarted, InputError, find_inputs
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import supplied
from scrubber.read.limits import Limits
from scrubber.reference.store import Snapshot
from scrubber.supervisor import ClaimScrubbed, Event, RunFinished, RunOptions, Summary, scrub_files
from scrubber.worker import ClaimReply, WorkerError, WorkerOptions

FORMATS = ("text", "json", "jsonl", "html", "csv", "sarif", "fhir")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--out",
    metavar="PATH",
    help="Write the report to a file instead of standard output; with --ack, the folder for acknowledgments.",
)
@click.option(
    "--ack",
    "acks",
    type=click.Choice(KINDS),
    multiple=True,
    help="Write this acknowledgment of each X12 file into the folder --out; may be given several times.",
)
@click.option(
    "--repair",
    "repair_dir",
    metavar="DIR",
    help="Make the safe amendments, in copies of the files that have some, written to DIR.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Scrubbing processes; more than one pays from some thousand claims on.",
)
@packs_option
@receipt_date_option
@data_option
@background_options
@limit_option
@click.option("--require-complete", is_flag=True, help="Exit 1 when a claim was checked only in part.")
def scrub(
    paths: tuple[str, ...],
    format_: str,
    out: str | None,
    acks: tuple[Kind, ...],
    repair_dir: str | None,
    jobs: int,
    packs: tuple[str, ...],
    receipt_date: dt.date | None,
    data: Snapshot,
    history: str | None,
    context: str | None,
    limits: Limits,
    require_complete: bool,
) -> int:
    """Check the claims in PATH: 837P, 837I, 837D or claim JSON; a file, a folder, or - for standard input."""
    bundle = load_bundle(packs)
    state, known = background(history, context)
    use = ContextUse(context, known, bundle) if context is not None and known is not None else None
    worker = WorkerOptions(
        receipt_date,
        want_claim=format_ == "html",
        repair=repair_dir is not None,
        answer=bool(acks),
        limits=limits,
        data=data,
        history=history,
        history_state=state,
        context=known,
    )
    options = RunOptions(jobs=jobs, worker=worker)
    try:
        files = find_inputs(paths)
        acknowledger = _acknowledger(acks, out, files, receipt_date)
        report_to = None if acks else out
        _not_an_input(report_to, files)
        repairs = _Repairs(repair_dir, files) if repair_dir is not None else None
        words = [word for folder in packs for word in ("--packs", folder)]
        words += ["--receipt-date", receipt_date.isoformat()] if receipt_date else []
        words += ["--data", str(data.folder)] if _is_given("data") else []
        words += [
            word
            for option, path in (("--history", history), ("--context", context))
            if path
            for word in (option, path)
        ]
        words += [word for changed in limits.changed() for word in ("--limit", changed)]
        with _output(report_to) as stream, _report(format_, stream, words) as report:
            events = _acknowledged(scrub_files(files, bundle, options), acknowledger)
            events = use.noted(events) if use is not None else events
            head = run_head(
                bundle,
                receipt_date,
                supplied(history is not None, known),
                data,
                seen(history, state) if history is not None else None,
            )
            summary = _run(events, head, report, repairs)
        if repairs is not None:
            repairs.write(bundle, options)
    except (InputError, AcceptError, AckError) as error:
        raise Failure(error.message, error.remedy) from None
    except (WorkerError, EngineUnavailable) as error:
        raise Failure(str(error)) from None
    _warn(summary)
    if use is not None:
        use.warn()
    return summary.exit_code(require_complete=require_complete)


def _is_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def _acknowledger(
    kinds: tuple[Kind, ...], out: str | None, files: list[str], receipt_date: dt.date | None
) -> Acknowledger | None:
    if not kinds:
        return None
    if out is None:
        raise InputError("--ack needs a folder to write to", "add --out FOLDER")
    if Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"{out} is a file", "name a folder for --out, where the acknowledgments go")
    _no_name_twice(files, "acknowledge them into different folders")
    return Acknowledger(Path(out), kinds, dt.datetime.now(), receipt_date)


def _no_name_twice(files: list[str], remedy: str) -> None:
    names = [Path(file).name for file in files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"two files are called {twice}", remedy)


def _acknowledged(events: Iterator[Event], acknowledger: Acknowledger | None) -> Iterator[Event]:
    """Give the events on, writing acknowledgments by the way."""
    if acknowledger is None:
        yield from events
        return
    try:
        for event in events:
            acknowledger.take(event)
            yield event
    finally:
        acknowledger.abandon()
    for path in acknowledger.written:
        click.echo(f"{path}: written", err=True)


def _not_an_input(out: str | None, files: list[str]) -> None:
    """A report must not replace the claims it is about."""
    if out is not None and Path(out).exists():
        for file in files:
            if file != "-" and Path(file).exists() and Path(file).samefile(out):
                raise InputError(
                    f"--out {out} is one of the files to scrub", "name another file for the report"
                )


def _warn(summary: Summary) -> None:
    """Say loudly what is not a result: claims that were not checked, or only in part."""
    errors = summary.outcomes["error"]
    if errors:
        claims = "1 claim was" if errors == 1 else f"{errors} claims were"
        click.echo(f"scrubber: {claims} not checked (error); see the reasons in the report.", err=True)
    if summary.partial:
        claims = "1 claim was" if summary.partial == 1 else f"{summary.partial} claims were"
        click.echo(
            f"scrubber: {claims} checked only in part; what was not evaluated is not a pass.", err=True
        )
    if summary.partial_files:
        files = "1 file was" if summary.partial_files == 1 else f"{summary.partial_files} files were"
        click.echo(
            f"scrubber: {files} not checked as a whole: not all claims could be counted; that is not a pass.",
            err=True,
        )
    if summary.not_evaluated:
        rules = (
            "1 rule was" if len(summary.not_evaluated) == 1 else f"{len(summary.not_evaluated)} rules were"
        )
        click.echo(f"scrubber: {rules} not run for want of a history or context; see the summary.", err=True)
    for entry, file in summary.unused:
        where = f" at {entry.at}" if entry.at is not None else ""
        click.echo(f"scrubber: {file} sets {entry.rule}{where} aside; this run had nothing of it.", err=True)


def _run(
    events: Iterator[Event],
    head: dict[str, Any],
    report: Any,
    repairs: _Repairs | None,
) -> Summary:
    raw = getattr(report, "takes_bytes", False)
    summary = Summary()
    report.start(head)
    with _progress() as advance:
        for event in events:
            if isinstance(event, FileStarted):
                report.start_file({"path": _shown(event.path), "format": event.format})
            elif isinstance(event, ClaimScrubbed):
                reply = event.reply
                claim = orjson.loads(reply.claim) if reply.claim is not None else None
                report.claim(reply.result if raw else orjson.loads(reply.result), claim)
                if repairs is not None:
                    repairs.note(reply)
                advance()
            elif isinstance(event, FileFinished):
                report.end_file(file_tail(event))
                _complain(event)
                if repairs is not None:
                    repairs.end_file(event.path)
            elif isinstance(event, RunFinished):
                summary = event.summary
    report.finish(run_summary(summary))
    return summary


def _shown(path: str) -> str:
    """Return a path as text that can be written: a file name may be any bytes."""
    return os.fsencode(path).decode("utf-8", "replace")


def _complain(file: FileFinished) -> None:
    """Say on standard error what is wrong with a file itself."""
    for problem in file.problems:
        place = f": segment {problem.position}" if problem.position else ""
        click.echo(f"{_shown(file.path)}{place}: {problem.message}\n  remedy: {problem.remedy}", err=True)


@contextmanager
def _report(format_: str, stream: BinaryIO, words: list[str]) -> Iterator[Any]:
    """Give the report for a format; imported here so that a JSON run does not load a template engine.

    `words` are the options that commands in the report must repeat to find the same findings.
    """
    if format_ not in ("text", "html"):
        yield _machine_report(format_, stream)
        return
    text = sys.stdout if stream is sys.stdout.buffer else TextIOWrapper(stream, encoding="utf-8")
    if format_ == "text":
        from scrubber_reports.text import TextReport

        yield TextReport(text, options=words)
    else:
        from scrubber_reports.html import HtmlReport

        yield HtmlReport(text, options=words)
    text.flush()
    if isinstance(text, TextIOWrapper) and text is not sys.stdout:
        text.detach()  # closing the stream, and noticing that it cannot be written, is the caller's


def _machine_report(format_: str, stream: BinaryIO) -> Any:
    """Return the report for a format that programs read; it writes bytes."""
    if format_ == "csv":
        from scrubber_reports.csv_out import CsvReport

        return CsvReport(stream)
    if format_ == "sarif":
        from scrubber_reports.sarif import SarifReport

        return SarifReport(stream)
    if format_ == "fhir":
        from scrubber_reports.fhir import FhirReport

        return FhirReport(stream)
    from scrubber_reports.json_out import JsonLinesReport, JsonReport

    return JsonReport(stream) if format_ == "json" else JsonLinesReport(stream)


@contextmanager
def _output(out: str | None) -> Iterator[BinaryIO]:
    """Give the stream to write to. A file gets its name when complete: none is half a report."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    target = Path(out)
    whole = not target.exists() or target.is_file()  # not so for a device or a named pipe
    draft = target.with_name(f".{target.name}.part") if whole else target
    try:
        stream = draft.open("wb")
    except OSError as error:
        raise Failure(
            f"{out} cannot be written ({error.strerror})", "choose another file for --out"
        ) from None
    try:
        with stream:
            yield stream
        if whole:
            draft.replace(target)
    finally:
        if whole:
            draft.unlink(missing_ok=True)


@contextmanager
def _progress() -> Iterator[Any]:
    """Show progress on a terminal, nothing in a pipe."""
    if not (sys.stderr.isatty() and not sys.stdout.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} claims"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("claims", total=None)
        yield lambda: progress.advance(task)


class _Repairs:
    """The safe amendments of the files of a run, written when the run is over."""

    def __init__(self, folder: str, files: list[str]) -> None:
        self._folder = Path(folder)
        if "-" in files:
            raise InputError("standard input cannot be repaired", "name the file")
        _no_name_twice(files, "repair them into different folders")
        for file in files:
            if (self._folder / Path(file).name).resolve() == Path(file).resolve():
                raise InputError(f"{file} would be overwritten", "name another folder for --repair")
        if self._folder.exists() and not self._folder.is_dir():
            raise InputError(f"{folder} is a file", "name a folder for --repair")
        self._ids: set[str] = set()
        self._refused = self._read = 0
        self._files: list[tuple[str, set[str]]] = []

    def note(self, reply: ClaimReply) -> None:
        """Take what one claim has to repair."""
        for amended in reply.amended:
            if amended.refused is None:
                self._ids.add(amended.finding)
            else:
                self._refused += 1

    def end_file(self, path: str) -> None:
        """What was noted so far belongs to this file."""
        self._read += 1
        if self._ids:
            self._files.append((path, self._ids))
        self._ids = set()

    def write(self, bundle: Bundle, options: RunOptions) -> None:
        """Write each file that has something to repair; one that fails does not stop the others."""
        for path, ids in self._files:
            out = self._folder / Path(path).name
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                segments = repair(path, ids, out, bundle, options)
            except AcceptError as error:
                click.echo(f"scrubber: not repaired: {error.message}\n  remedy: {error.remedy}", err=True)
                continue
            except OSError as error:
                message = f"{self._folder} cannot be written ({error.strerror})"
                raise InputError(message, "name another folder for --repair") from None
            findings = "1 finding" if len(ids) == 1 else f"{len(ids)} findings"
            places = "segment " if len(segments) == 1 else f"{len(segments)} segments: "
            numbers = ", ".join(str(segment.position) for segment in segments[:20])
            more = ", ..." if len(segments) > 20 else ""
            click.echo(f"{out}: {findings} repaired in {places}{numbers}{more}", err=True)
        if self._refused:
            click.echo(f"{self._refused} safe amendments could not be written; they stay findings", err=True)
        untouched = self._read - len(self._files)
        if untouched:
            files = "1 file has" if untouched == 1 else f"{untouched} files have"
            click.echo(f"{files} nothing to repair by itself and is not in {self._folder}", err=True)
