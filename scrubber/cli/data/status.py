"""`scrubber data status`: which reference tables are loaded, for which dates, how old they are."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from scrubber.cli.common import data_option, packs_option
from scrubber.cli.data.common import all_tables
from scrubber.packs.tables import Native, Renewed, Table
from scrubber.reference.editing import cells_of
from scrubber.reference.store import Edition, Snapshot

#: Days after its first one on which the next edition should be out, with some days to fetch it.
_SHOULD_LAST: Mapping[Renewed, int] = {
    "daily": 14,
    "weekly": 21,
    "monthly": 45,
    "quarterly": 106,
    "half_yearly": 200,
    "yearly": 380,
}


@click.command()
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@data_option
@packs_option
def status(format_: str, data: Snapshot, packs: tuple[str, ...]) -> int:
    """Show every table that is imported or shipped: editions, dates they answer for, rows, age, licence."""
    today = dt.date.today()  # of whoever keeps the data; what a run does depends on its claims' dates
    tables = all_tables(packs).values()
    told = [_told(table, data, today) for table in tables if table.native or data.of(table.table)]
    if format_ == "json":
        click.echo(json.dumps({"folder": str(data.folder), "tables": told}, indent=2))
        return 0
    click.echo(f"Reference data in {data.folder}")
    for table in told:
        for line in _lines(table):
            click.echo(line)
    return 0


def _told(table: Table, data: Snapshot, today: dt.date) -> dict[str, Any]:
    cells = cells_of(table)
    native = table.native
    editions = data.of(table.table)
    usable = [e for e in editions if e.columns == cells]
    return {
        "table": table.table,
        "title": table.title,
        "publisher": native.publisher if native else None,
        "licence": native.licence if native else None,
        "file": native.file if native else None,
        "page": native.page if native else None,
        "editions": [_edition(e, today, usable=e.columns == cells) for e in editions],
        "warning": _warning(native, usable, today),
    }


def _edition(edition: Edition, today: dt.date, *, usable: bool) -> dict[str, Any]:
    return {
        "edition": edition.edition,
        "effective_from": edition.effective_from.isoformat(),
        "effective_to": edition.effective_to.isoformat() if edition.effective_to else None,
        "rows": edition.rows,
        "age_days": (today - edition.issued).days,
        "imported_at": edition.imported_at.isoformat(),
        "sources": [source.name for source in edition.sources],
        "shipped": edition.embedded,
        "usable": usable,
    }


def _warning(native: Native | None, usable: list[Edition], today: dt.date) -> str | None:
    """Return what is wrong with what is loaded: nothing is, or the latest is older than it should be."""
    if not usable:
        return "not loaded: rules that look here are not evaluated"
    latest = usable[0]
    if native is None or latest.embedded:  # it comes with the program, for the days that it says
        if latest.effective_to is not None and latest.effective_to < today:
            return f"ended on {latest.effective_to}: rules that look here are not evaluated after that day"
        return None
    age = (today - latest.issued).days
    if age > _SHOULD_LAST[native.renewed]:
        renewed = native.renewed.replace("_", "-")
        return f"older than it should be: {latest.edition} is {age} days old, and it is renewed {renewed}"
    return None


def _lines(table: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{table['table']}: {table['title']}"
    for edition in table["editions"]:
        end = f"to {edition['effective_to']}" if edition["effective_to"] else "on"
        days = f"from {edition['effective_from']} {end:<13}"
        age = f", {edition['age_days']:,} days old" if not edition["shipped"] else ", shipped"
        of_no_use = "" if edition["usable"] else "  NOT USED: of another form, import it again"
        yield f"  {edition['edition']:<12} {days} {edition['rows']:>11,} rows{age}{of_no_use}"
    if table["warning"]:
        yield f"  WARNING {table['warning']}"
    if table["warning"] and table["file"]:
        yield f"  load    scrubber data import {table['table']} FILE"
        yield f"  file    {table['file']}"
        yield f"          {table['page']}"
    if table["licence"]:
        yield f"  licence {table['licence']} ({table['publisher']})"
