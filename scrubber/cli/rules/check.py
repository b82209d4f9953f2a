"""`scrubber rules check`: every mistake of every file."""

from __future__ import annotations

import datetime as dt

import click

from scrubber.cli.common import Failure, load_bundle, packs_option


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR]...")
@packs_option
def check(folders: tuple[str, ...], packs: tuple[str, ...]) -> int:
    """Check the built-in rules and those in DIR: every mistake of every file, with its place."""
    bundle = load_bundle((*packs, *folders))
    mistakes = bundle.guides.problems(bundle.sources)
    if mistakes:
        raise Failure("\n".join(map(str, mistakes)))
    unchecked = sum(not source.checked for source in bundle.sources.values())
    click.echo(
        f"{len(bundle.rules)} rules and {len(bundle.decisions)} decisions "
        f"in {len(bundle.packs)} packs: no mistakes."
    )
    today = dt.date.today()  # of whoever keeps the files; what a run does depends on its own dates
    for entry, file in bundle.overrides.suppressions:
        if entry.expires < today:
            click.echo(
                f"{file}: what sets {entry.rule} aside expired on {entry.expires}; remove or renew it."
            )
    click.echo(f"{unchecked} of {len(bundle.sources)} sources are not checked against their text yet.")
    return 0
