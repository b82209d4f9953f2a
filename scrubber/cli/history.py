"""`scrubber history`: what was billed before, in a file that `--history` takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, islice

import click

from scrubber.claim.model import Claim
from scrubber.cli.common import Failure, date_option
from scrubber.history.store import STATUSES, HistoryError, Status, Store
from scrubber.inputs import FileFinished, InputError, find_inputs, read_file
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import JsonChunk
from scrubber.read.reader import ReadClaim

_CLAIMS_A_CHUNK = 100
_WHY = "`scrubber scrub` says why"


@click.group()
def history() -> None:
    """Keep what was billed before, for rules that compare with it."""


@history.command("add")
@click.argument("db", metavar="DB")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--status",
    type=click.Choice(STATUSES),
    help="What became of these claims. Without it new ones are pending: sent, not answered yet; those that "
    "DB has stay what they are. Add them again when it is known.",
)
@date_option("--since", "The day from which on DB has everything that was billed, once these are in it.")
def add(db: str, paths: tuple[str, ...], status: Status | None, since: dt.date | None) -> int:
    """Add the claims in PATH (files, folders or -) to the history DB, which is made when there is none.

    Kept are codes, dates, units, charges and providers' numbers; of the patient nothing but a keyed hash.
    Where a claim cannot be added, DB does not have everything: --since is not noted, and an earlier one is
    taken back. Where there is none to add, nothing is changed.
    """
    if since is not None and since > dt.date.today():
        raise Failure(f"--since {since} has not come yet", "give the day from which on all claims are there")
    added = left = 0
    unread: list[FileFinished] = []
    try:
        claims = _claims_of(find_inputs(paths), unread)
        some = list(islice(claims, 1))
        if not some:
            raise Failure(f"nothing was added to {db}: {_without_claims(unread)}", _WHY)
        with closing(Store(db, write=True)) as store:
            for claim in chain(some, claims):
                if claim is not None and store.add(claim, status):
                    added += 1
                else:
                    left += 1
            whole = not left and not unread
            before = store.since
            store.keep(since, whole=whole)
    except (HistoryError, InputError) as error:
        raise Failure(error.message, error.remedy) from None
    what = f"as {status}" if status is not None else "as pending, or as they were"
    click.echo(f"{db}: {_claims(added)} added {what}")
    if left:
        click.echo(
            f"scrubber: {_claims(left)} not added: unreadable, or without names or date of birth", err=True
        )
    for file in unread:
        if file.claims:
            click.echo(f"scrubber: {file.path} was not read to its end; {_WHY}", err=True)
    without = [file for file in unread if not file.claims]
    if without:
        click.echo(f"scrubber: {_without_claims(without)}; {_WHY}, or leave such files out", err=True)
    if since is not None and not whole:
        click.echo(f"scrubber: {db} does not have everything since {since}: that was not noted", err=True)
    if before is not None and not whole:
        click.echo(
            f"scrubber: {db} no longer has everything since {before}: add what is missing, "
            "and say --since again",
            err=True,
        )
    return 2 if unread else 1 if left else 0


def _claims_of(files: Sequence[str], unread: list[FileFinished]) -> Iterator[Claim | None]:
    """Yield the claims of files, None for one that cannot be read; `unread` gets files that broke off."""
    for file in files:
        for part in read_file(file, _CLAIMS_A_CHUNK):
            if isinstance(part, FileFinished) and part.unread:
                unread.append(part)
            for item in part.read() if isinstance(part, Chunk | JsonChunk) else ():
                yield item.claim if isinstance(item, ReadClaim) and item.broken is None else None


def _without_claims(files: Sequence[FileFinished]) -> str:
    """Name the first of files that may be anything: a folder has notes beside its claims."""
    first = files[0].path
    if len(files) == 1:
        return f"{first} has no claim that can be read"
    return f"{len(files)} files have no claim that can be read, the first is {first}"


def _claims(count: int) -> str:
    return "1 claim" if count == 1 else f"{count} claims"


@history.command("status")
@click.argument("db", metavar="DB")
def status_(db: str) -> int:
    """Say what the history DB has."""
    try:
        store = Store(db)
        contents = store.contents()
        store.close()
    except HistoryError as error:
        raise Failure(error.message, error.remedy) from None
    told = [f"{contents.statuses[name]} {name}" for name in STATUSES]
    click.echo(f"{_claims(contents.statuses.total())} of {_patients(contents.patients)}: {', '.join(told)}")
    if contents.since is not None:
        click.echo(f"everything since {contents.since.isoformat()}")
    else:
        click.echo("nobody said since when it has everything: say it with `scrubber history add --since`")
    return 0


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count} patients"
