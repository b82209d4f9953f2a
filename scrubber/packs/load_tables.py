"""Loads only what reference tables are: for commands that import them and need no rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import find_files
from scrubber.packs.parse import parse
from scrubber.packs.tables import Table


def load_tables(roots: Sequence[Path]) -> dict[str, Table]:
    """Return the tables of rule folders by name. Raises PackErrors with the mistakes of their files."""
    files, problems = find_files(roots)
    tables = {}
    for file in files:
        if file.area == "table":
            table, document = parse(file.raw, file.shown, Table, "A table.yaml")
            problems += document.problems
            if table is not None:
                tables[table.table] = table
    if problems:
        raise PackErrors(problems)
    return dict(sorted(tables.items()))
