"""`scrubber rules test`: run the examples that rules carry."""

from __future__ import annotations

from pathlib import Path

import click

from scrubber.cli.common import load_bundle, packs_option
from scrubber.cli.rules.common import find, scrubber_of
from scrubber.rule_examples import run_examples


@click.command()
@click.argument("words", nargs=-1, metavar="[DIR | ID]...")
@packs_option
def test(words: tuple[str, ...], packs: tuple[str, ...]) -> int:
    """Run the examples of all rules and decisions, also those in DIR; or only of the rules with these IDs."""
    folders = tuple(word for word in words if Path(word).is_dir())
    bundle = load_bundle((*packs, *folders))
    wanted = tuple(find(bundle, word)[0] for word in words if word not in folders)
    report = run_examples(scrubber_of(bundle), wanted)
    for failure in report.failures:
        click.echo(str(failure))
    if report.failures:
        click.echo(f"{report.ran} examples ran; {len(report.failures)} things are not as they say.")
        return 1
    click.echo(f"{report.ran} examples ran; all are as they say.")
    return 0
