"""`scrubber rules docs`: the rules as a web site in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.cli.rules.common import plural


@click.command()
@click.option("--out", "out", required=True, metavar="FOLDER", help="Where the pages go; made when missing.")
@packs_option
def docs(out: str, packs: tuple[str, ...]) -> int:
    """Write the rules as a web site that opens from the file system, without a server.

    One page for each rule and decision, and lists by family, claim path, CARC and source. A folder that
    holds an earlier version is brought up to date; any other must be empty.
    """
    from scrubber_reports.rulebook import NotOurs, rule_pages, write_pages

    if not out:
        raise Failure("--out names no folder", "write --out and a folder that is new or empty")
    bundle = load_bundle(packs)
    folder = Path(out)
    try:
        pages = rule_pages(bundle)
    except OSError as error:
        raise Failure(
            f"{error.filename} cannot be read any more ({error.strerror})", "run it again"
        ) from None
    try:
        write_pages(pages, folder)
    except NotOurs:
        message = f"{out} holds something else than an earlier version of these pages"
        raise Failure(message, "name a new folder") from None
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror})"
        raise Failure(message, "choose another folder for --out") from None
    click.echo(f"{plural(len(pages), 'page')} in {out}; begin with {folder / 'index.html'}")
    return 0
