"""What is made: an edition of a table, whole in memory, and what it was made from."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from scrubber.reference.editing import Cells
from scrubber.reference.errors import StoreError
from scrubber.reference.store import Source


@dataclass(frozen=True, slots=True)
class Made:
    """An edition. `rows` are in the order of `cells_of(table)`; `sources` the files that it was made from."""

    table: str
    edition: str
    issued: dt.date
    effective_from: dt.date
    effective_to: dt.date | None
    rows: Iterable[Cells]
    sources: tuple[Source, ...]


def file_of(package: str, path: str) -> tuple[Path, Source]:
    """Return a file of an installed package, and what to say of it. Raises StoreError."""
    try:
        found = Path(str(metadata.distribution(package).locate_file(path)))
        content = found.read_bytes()
    except (metadata.PackageNotFoundError, OSError):
        raise StoreError(
            f"the package {package}, or its file {path}, is not installed",
            "install the extra: pip install -c constraints.txt '.[data]'",
        ) from None
    name = f"{package} {metadata.version(package)}: {path}"
    return found, Source(name, hashlib.sha256(content).hexdigest(), len(content))
