"""`scrubber data status`: which reference tables are loaded, for which dates, how old they are.

By families: tables whose names begin with the same word. `--all` is about each table by itself.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import wrap
from typing import Any

import click

from scrubber.cli.common import data_option, load_bundle, packs_option
from scrubber.cli.data.common import all_tables
from scrubber.packs.tables import Native, Renewed, Table
from scrubber.reference.editing import cells_of
from scrubber.reference.embedded import is_intact
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

#: Rules that are named where a table is missing or too old.
_MOST_RULES = 5


@click.command()
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--all", "all_", is_flag=True, help="Each table: editions, rows, age, licence, file to load.")
@click.option("--verify", is_flag=True, help="Read all data, and compare them with their hashes.")
@data_option
@packs_option
def status(format_: str, all_: bool, verify: bool, data: Snapshot, packs: tuple[str, ...]) -> int:
    """Show to which day the tables that are imported or shipped answer, and what is missing or too old.

    JSON has all of each table. With --verify the command ends with 1 where data are not as they were.
    """
    today = dt.date.today()  # of whoever keeps the data; what a run does depends on its claims' dates
    tables = all_tables(packs).values()
    bundle = load_bundle(packs)
    told = [
        {**_told(table, data, today), "rules": bundle.asking(table.table)}
        for table in tables
        if table.native or data.of(table.table)
    ]
    damaged = list(_damaged(told, data)) if verify else []
    if format_ == "json":
        click.echo(json.dumps({"folder": str(data.folder), "tables": told}, indent=2))
        return 1 if damaged else 0
    click.echo(f"Reference data in {data.folder}")
    for line in (each for table in told for each in _lines(table)) if all_ else _summary(told):
        click.echo(line)
    for line in damaged:
        click.echo(f"scrubber: {line}", err=True)
    if verify and not damaged:
        click.echo(f"\nAll {sum(len(table['editions']) for table in told)} editions are as they were.")
    return 1 if damaged else 0


def _damaged(told: Iterable[dict[str, Any]], data: Snapshot) -> Iterator[str]:
    """Note of each edition whether it is as it was, and yield what to say of those that are not."""
    for table in told:
        for edition, entry in zip(data.of(table["table"]), table["editions"], strict=True):
            entry["intact"] = is_intact(data.folder, edition)
            if not entry["intact"]:
                remedy = "install the program again" if edition.embedded else "import it again"
                yield f"{edition.table} {edition.edition} is not as it was when it was made: {remedy}"


def _summary(told: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line a family, with the days that it answers to, then what is missing and what is too old."""
    yield ""
    families: dict[str, list[dict[str, Any]]] = {}
    for table in told:
        families.setdefault(table["table"].partition("_")[0], []).append(table)
    width = max(map(len, families), default=0)
    for name, tables in families.items():
        reach = Counter(_reach(table) for table in tables)
        parts = [how if len(reach) == 1 else f"{count} {how}" for how, count in reach.items()]
        yield f"  {name:{width}}  {_tables(len(tables)):<9}  {'; '.join(parts)}"
    missing = [table for table in told if not _usable(table)]
    if missing:
        yield ""
        yield f"NOT LOADED  {_tables(len(missing))}; rules that look there are not evaluated:"
        names = ", ".join(table["table"] for table in missing)
        yield from wrap(names, 100, initial_indent="  ", subsequent_indent="  ")
        yield f"  {_asking(missing)}"
    old = [table for table in told if _usable(table) and table["warning"]]
    if old:
        yield ""
        yield f"WARNING  {_tables(len(old))}:"
        for warning, tables_ in groupby(sorted(old, key=lambda t: str(t["warning"])), lambda t: t["warning"]):
            such = list(tables_)
            names = ", ".join(table["table"] for table in such)
            yield from wrap(f"{names}: {warning}", 100, initial_indent="  ", subsequent_indent="    ")
            yield f"    {_asking(such)}"
    yield ""
    yield "`scrubber data status --all` says of each table which editions there are, and which file to load."


def _asking(tables: Iterable[dict[str, Any]]) -> str:
    """Name the first of the rules that look something up in some of the tables, each with a table."""
    rules = sorted({rule: table["table"] for table in tables for rule in table["rules"]}.items())
    if not rules:
        return "no rule looks there"
    return f"rules: {_some([f'{rule} ({table})' for rule, table in rules])}"


def _some(rules: list[str]) -> str:
    more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
    return f"{', '.join(rules[:_MOST_RULES])}{more}"


def _tables(count: int) -> str:
    return "1 table" if count == 1 else f"{count} tables"


def _usable(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [edition for edition in table["editions"] if edition["usable"]]


def _reach(table: dict[str, Any]) -> str:
    """Return the last day that a table answers for."""
    ends = [edition["effective_to"] for edition in _usable(table)]
    if not ends:
        return "NOT LOADED"
    return "without an end" if None in ends else f"to {max(ends)}"


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
    if table["warning"]:
        yield f"  rules   {_some(list(table['rules'])) or 'none looks here'}"
    if table["licence"]:
        yield f"  licence {table['licence']} ({table['publisher']})"
