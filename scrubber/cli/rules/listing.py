"""`scrubber rules list`: which rules there are, and which of them concern a payer, a path or a source."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.cli.rules.common import plural
from scrubber.packs.bundle import Bundle
from scrubber.rulebook.entries import Entry, Unknown, Wish, choose


@click.command("list")
@click.option("--family", "--pack", metavar="NAME", help="Only one pack (coding) or family of ids (MOD).")
@click.option("--payer", metavar="KEY", help="Only what is for one payer.")
@click.option("--path", metavar="PATH", help="Only what reads or points at a claim path, or a part of it.")
@click.option("--source", metavar="KEY", help="Only what cites one source of sources.yaml.")
@click.option("--carc", metavar="CODE", help="Only what would be denied with this code (16, or CO-16).")
@click.option(
    "--severity", type=click.Choice(("reject", "deny", "warn", "info")), help="Only rules of one severity."
)
@click.option(
    "--status", type=click.Choice(("draft", "preview", "stable", "deprecated")), help="Only one status."
)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@packs_option
def list_(
    family: str | None,
    payer: str | None,
    path: str | None,
    source: str | None,
    carc: str | None,
    severity: str | None,
    status: str | None,
    format_: str,
    packs: tuple[str, ...],
) -> int:
    """List rules and decisions: id, severity (of a decision: its stage), status, pack, title.

    Several options together: only what fits all of them.
    """
    bundle = load_bundle(packs)
    try:
        chosen = choose(bundle, Wish(family, payer, path, source, carc, severity, status))
    except Unknown as problem:
        raise Failure(problem.message, problem.remedy) from None
    if format_ == "json":
        click.echo(json.dumps([asdict(entry) for entry in chosen], indent=2, ensure_ascii=False))
    else:
        _show(bundle, chosen)
    return 0


def _show(bundle: Bundle, chosen: Sequence[Entry]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("Id", "Severity", "Status", "Pack"):
        table.add_column(column, no_wrap=True)
    table.add_column("Title", overflow="fold")
    for entry in chosen:
        mark = "" if all(bundle.sources[key].checked for key in entry.references) else " *"
        kind = entry.severity or entry.stage or ""
        table.add_row(entry.id, kind, entry.status, entry.pack, entry.title + mark)
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if chosen:
        console.print(table)
        console.print()
    rules = sum(entry.kind == "rule" for entry in chosen)
    checked = sum(source.checked for source in bundle.sources.values())
    console.print(
        f"{plural(rules, 'rule')} and {plural(len(chosen) - rules, 'decision')}. "
        f"{checked} of {len(bundle.sources)} sources are checked; * cites one that is not."
    )
