"""What the commands for reference data share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scrubber.cli.common import fail_on_diagnostics
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.packs.tables import Native, Table


def all_tables(packs: Sequence[str]) -> dict[str, Table]:
    """Return the tables of the built-in rules and of more folders by name."""
    try:
        return load_tables([builtin_rules_dir(), *map(Path, packs)])
    except PackErrors as error:
        fail_on_diagnostics(error, "the tables")


def imported_tables(packs: Sequence[str]) -> dict[str, tuple[Table, Native]]:
    """Return the tables whose rows are imported, by name, with the file they come from."""
    tables = all_tables(packs).items()
    return {name: (table, table.native) for name, table in tables if table.native is not None}
