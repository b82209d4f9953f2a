"""Writes what is made beside the tables' table.yaml, or says what differs from what is there."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import orjson

from scrubber.packs.tables import Table
from scrubber.reference.building import icd10, lists, tabular
from scrubber.reference.building.made import Made
from scrubber.reference.editing import cells_of
from scrubber.reference.embedded import EDITION, ROWS
from scrubber.reference.errors import StoreError


def build(tables: dict[str, Table], folder: Path, *, check: bool = False) -> Iterator[tuple[str, int, bool]]:
    """Make all editions; yield the table, its rows, and whether what is in the folder was the same already.

    With `check` nothing is written. Raises StoreError when a package is not installed.
    """
    for made in chain(icd10.made(), tabular.made(), lists.made()):
        table = tables[made.table]
        text = "".join("\t".join(map(str, cells)) + "\n" for cells in made.rows)
        said = _said(made, table, text)
        home = folder / made.table
        same = _is_there(home, said, text)
        if not (same or check):
            (home / ROWS).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
            (home / EDITION).write_bytes(said)
        yield made.table, text.count("\n"), same


def _said(made: Made, table: Table, text: str) -> bytes:
    for line in text.splitlines():
        if line.count("\t") + 1 != len(cells_of(table)):
            raise StoreError(
                f"a row of {made.table} has not the cells of its table.yaml", "correct one of them"
            )
    return orjson.dumps(
        {
            "edition": made.edition,
            "issued": made.issued,
            "effective_from": made.effective_from,
            "effective_to": made.effective_to,
            "rows": text.count("\n"),
            "columns": cells_of(table),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "sources": [{"name": s.name, "sha256": s.sha256, "bytes": s.bytes} for s in made.sources],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _is_there(home: Path, said: bytes, text: str) -> bool:
    """Return whether a folder has the same edition. How it was compressed does not matter."""
    try:
        return (home / EDITION).read_bytes() == said and gzip.decompress(
            (home / ROWS).read_bytes()
        ) == text.encode()
    except (OSError, EOFError):
        return False
