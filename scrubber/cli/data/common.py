"""What the commands for reference data share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scrubber.cli.common import fail_on_diagnostics
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.packs.tables import Table


def all_tables(packs: Sequence[str]) -> dict[str, Table]:
    """Return the tables of the built-in rules and of more folders by name."""
    try:
        return load_tables([builtin_rules_dir(), *map(Path, packs)])
    except PackErrors as error:
        fail_on_diagnostics(error, "the tables")


def imported_tables(packs: Sequence[str]) -> dict[str, Table]:
    """Return the tables whose rows are imported, by name."""
    return {name: table for name, table in all_tables(packs).items() if table.native is not None}
