"""Editions that come with the program: rows as text beside their table.yaml, a file once they are used.

`rules/tables/<name>/` has `edition.json` (what it is, and what it was made from) and `rows.tsv.gz`. The
SQLite file is made in the user's cache folder, once, and again when it is damaged; where there is no such
folder, in a temporary file of the process.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson

from scrubber.kept import cache_folder, key_of, new_draft, note_use, put
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.tables import Table
from scrubber.reference.editing import EditionFile, NumberedRow, read_only
from scrubber.reference.errors import StoreError
from scrubber.reference.store import Edition, Snapshot, Source, hash_of

EDITION, ROWS = "edition.json", "rows.tsv.gz"
_BATCH = 5_000


def with_embedded(snapshot: Snapshot) -> Snapshot:
    """Return a store with the editions that come with the program. Of two, the one issued later counts."""
    return replace(snapshot, editions=(*snapshot.editions, *embedded_editions()))


def embedded_editions() -> tuple[Edition, ...]:
    """Return the editions that come with the program. Raises StoreError."""
    tables = builtin_rules_dir() / "tables"
    code = key_of(Path(__file__).parent, ())
    return tuple(_edition(path, code) for path in sorted(tables.glob(f"*/{EDITION}")))


def _edition(path: Path, code: str) -> Edition:
    """Return the edition of a file. `code` says which version of this package makes its SQLite file."""
    try:
        said = orjson.loads(path.read_bytes())
        form = path.with_name("table.yaml").read_bytes()
        made_from = hashlib.sha256(b"\n".join((code.encode(), said["sha256"].encode(), form))).hexdigest()
        cached = cache_folder("tables") / f"{path.parent.name}-{made_from[:16]}.sqlite"
        return Edition(
            table=path.parent.name,
            edition=said["edition"],
            issued=dt.date.fromisoformat(said["issued"]),
            effective_from=dt.date.fromisoformat(said["effective_from"]),
            effective_to=dt.date.fromisoformat(said["effective_to"]) if said["effective_to"] else None,
            rows=said["rows"],
            columns=tuple(said["columns"]),
            file=str(cached.absolute()),
            bytes=0,  # of no file yet
            imported_at=dt.datetime.fromisoformat(f"{said['issued']}T00:00:00+00:00"),
            sources=tuple(Source(**source) for source in said["sources"]),
            embedded=True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{path} cannot be read", "install the program again") from None


def is_intact(folder: Path, edition: Edition) -> bool:
    """Return whether an edition of a store, or one that comes with the program, is what it was made as.

    This reads all of it; a run looks at the size of files only.
    """
    try:
        if not edition.embedded:
            path = folder / edition.file
            return path.stem.endswith(f"-{hash_of(path)}")
        shipped = builtin_rules_dir() / "tables" / edition.table
        said = orjson.loads((shipped / EDITION).read_bytes())["sha256"]
        return bool(said == hashlib.sha256(gzip.decompress((shipped / ROWS).read_bytes())).hexdigest())
    except (OSError, EOFError, ValueError, zlib.error):
        return False


def open_embedded(table: Table, edition: Edition, *, anew: bool = False) -> sqlite3.Connection:
    """Open the SQLite file of an edition that comes with the program; `anew`: what is there is damaged.

    Raises StoreError and sqlite3.Error.
    """
    path = Path(edition.file)
    if path.is_file() and not anew:
        note_use(path)
        return read_only(path)
    is_kept = True
    try:
        draft = new_draft(path.parent)
    except OSError:  # a cache that cannot be written is no cache
        handle, name = tempfile.mkstemp(prefix="claim-scrubber-")
        os.close(handle)
        draft = path = Path(name)
        is_kept = False
    try:
        _make(draft, table)
        if is_kept:
            put(draft, path)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise StoreError(
                f"the shipped table {table.table} cannot be unpacked into {path.parent} ({error})",
                "make room there, or name another folder with SCRUBBER_CACHE",
            ) from None
        raise
    try:
        return read_only(path)
    finally:
        if not is_kept:  # it stays readable while it is open, however the process ends
            path.unlink()


def _make(path: Path, table: Table) -> None:
    made = EditionFile(path, table)
    try:
        batch: list[NumberedRow] = []
        for numbered in _rows(table):
            batch.append(numbered)
            if len(batch) == _BATCH:
                made.add(batch)
                batch = []
        made.add(batch)
        made.seal()
    except BaseException:
        with suppress(Exception):
            made.close()
        raise


def _rows(table: Table) -> Iterator[NumberedRow]:
    path = builtin_rules_dir() / "tables" / table.table / ROWS
    first = len(table.keys)
    try:
        text = gzip.decompress(path.read_bytes()).decode()
    except (OSError, EOFError, ValueError):
        raise StoreError(f"{path} cannot be read", "install the program again") from None
    for line, cells in enumerate(csv.reader(io.StringIO(text), delimiter="\t"), 1):
        yield line, (*cells[:first], int(cells[first]), int(cells[first + 1]), *cells[first + 2 :])
