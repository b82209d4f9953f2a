"""`scrubber amend`: a named person accepts amendments; a corrected 837 is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

import click

from scrubber.accept import Accepted, AcceptError, accept
from scrubber.cli.background import background, background_options
from scrubber.cli.common import (
    Failure,
    data_option,
    limit_option,
    load_bundle,
    packs_option,
    receipt_date_option,
)
from scrubber.engine.durable import EngineUnavailable
from scrubber.inputs import format_of
from scrubber.read.limits import Limits
from scrubber.read.x12 import ISA_LENGTH, Delimiters, ReadError
from scrubber.reference.store import Snapshot
from scrubber.supervisor import RunOptions
from scrubber.worker import WorkerError, WorkerOptions


@click.command()
@click.argument("path", metavar="PATH")
@click.option(
    "--accept", "ids", multiple=True, required=True, metavar="ID", help="A finding's id (repeatable)."
)
@click.option(
    "--by", required=True, metavar="NAME", help="Who accepts: the person answerable for the change."
)
@click.option(
    "--out", required=True, metavar="FILE", help="The corrected file; PATH itself is never changed."
)
@packs_option
@receipt_date_option
@data_option
@background_options
@limit_option
def amend(
    path: str,
    ids: tuple[str, ...],
    by: str,
    out: str,
    packs: tuple[str, ...],
    receipt_date: dt.date | None,
    data: Snapshot,
    history: str | None,
    context: str | None,
    limits: Limits,
) -> int:
    """Write the 837 in PATH with the amendments of the findings ID made."""
    source, target = Path(path), Path(out)
    if not by.strip():
        raise Failure("--by needs the name of the person who accepts the change")
    if not source.is_file():
        raise Failure(f"{path}: there is no such file", "check the path")
    if target.exists() and target.resolve() == source.resolve():
        raise Failure(f"{out} is the original", "name another file for --out: the original is never changed")
    if target.exists():
        raise Failure(
            f"{out} exists already",
            "accept all findings of the file in one command (--accept A --accept B), or name another file",
        )
    with source.open("rb") as stream:
        head = stream.read(4096)
    if format_of(head) == "json":
        raise Failure(
            f"{path} is claim JSON", "apply the finding's patch (RFC 6902) to it; amend rewrites 837 files"
        )
    bundle = load_bundle(packs)
    state, known = background(history, context)
    worker = WorkerOptions(
        receipt_date, limits=limits, data=data, history=history, history_state=state, context=known
    )
    options = RunOptions(worker=worker)
    try:
        accepted = accept(path, ids, target, bundle, options)
        separator = _element_separator(head)
    except (AcceptError, ReadError) as error:
        raise Failure(error.message, error.remedy) from None
    except (WorkerError, EngineUnavailable) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(
            f"{out} cannot be written ({error.strerror})", "choose another file for --out"
        ) from None
    from scrubber_reports.amended import SegmentChange, write_amended

    changes = [SegmentChange(s.position, s.old, s.new) for s in accepted.segments]
    write_amended(sys.stdout, changes, accepted=accepted.findings, by=by, separator=separator)
    record = _write_record(accepted, by, source, target)
    click.echo(f"\nCorrected file: {out}\nWho accepted what: {record}")
    click.echo("Scrubbed again: what was accepted is gone, and nothing new blocks.")
    if accepted.still_blocking:
        count = accepted.still_blocking
        findings = "1 finding blocks" if count == 1 else f"{count} findings block"
        click.echo(f"It is not ready to send: {findings} as before. Scrub it to see which.")
    return 0


def _write_record(accepted: Accepted, by: str, source: Path, target: Path) -> Path:
    """Write who accepted what, beside the corrected file. No value of a claim goes in, only places."""
    record = target.with_name(target.name + ".accepted.json")
    content = {
        "accepted_by": by,
        "accepted_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "original_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "corrected_sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "findings": [{key: f[key] for key in ("id", "rule", "rule_version")} for f in accepted.findings],
        "segments": [segment.position for segment in accepted.segments],
    }
    record.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return record


def _element_separator(head: bytes) -> str:
    start = len(head) - len(head.lstrip(b"\xef\xbb\xbf \r\n\t"))
    return Delimiters.from_isa(head[start : start + ISA_LENGTH]).element
