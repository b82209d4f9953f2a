"""`scrubber data build`: the editions that come with the program, from public packages."""

from __future__ import annotations

from pathlib import Path

import click

from scrubber.cli.common import Failure, fail_on_diagnostics
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.building.build import build as build_all
from scrubber.reference.errors import ReferenceDataError


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when what is there differs.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder of tables; default: the shipped one."
)
def build(check: bool, out: Path | None) -> int:
    """Make the editions that come with the program, from packages of the extra `data`."""
    folder = out or builtin_rules_dir() / "tables"
    try:
        tables = load_tables([builtin_rules_dir()])
        differ = False
        for table, rows, same in build_all(tables, folder, check=check):
            differ = differ or not same
            what = "as it is" if same else "differs" if check else "written"
            click.echo(f"{table:<28}{rows:>8,} rows  {what}")
    except PackErrors as error:
        fail_on_diagnostics(error, "the tables")
    except ReferenceDataError as error:
        raise Failure(error.message, error.remedy) from None
    return 1 if check and differ else 0
