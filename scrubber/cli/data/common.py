"""What the commands for reference data share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scrubber.cli.common import fail_on_diagnostics
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.packs.tables import Native, Table


def imported_tables(packs: Sequence[str]) -> dict[str, tuple[Table, Native]]:
    """Return the tables whose rows are imported, by name, with the file they come from."""
    try:
        tables = load_tables([builtin_rules_dir(), *map(Path, packs)])
    except PackErrors as error:
        fail_on_diagnostics(error, "the tables")
    return {name: (table, table.native) for name, table in tables.items() if table.native is not None}
