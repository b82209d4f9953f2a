"""The store: editions of tables, each in a file that never changes, and a list of those that count.

A folder holds `editions.json` and the SQLite files that it names. An import writes a new file beside the
others and then puts a new list in the place of the old one, in one step of the file system: whoever reads the
list sees the store before or after an import, never in between, and whatever ends an import early leaves
the list as it was. Files that no list names are removed by later imports, not at once: somebody may
have read the list that still named them.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from scrubber.reference.errors import StoreError

_LIST = "editions.json"
_FORM = 1
#: How long a file stays that no list names any more, in seconds: longer than anybody reads one list.
_GRACE = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was imported: its name, SHA-256 and size."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a table: what a publisher said at one time.

    It answers for dates from `effective_from` to `effective_to` (None: no end is known). Where several do,
    the one counts that is the latest: `issued` is the day from which on it was the publisher's word.
    """

    table: str
    edition: str
    issued: dt.date
    effective_from: dt.date
    effective_to: dt.date | None
    rows: int
    columns: tuple[str, ...]
    file: str
    bytes: int
    imported_at: dt.datetime
    sources: tuple[Source, ...]
    embedded: bool = False

    def covers(self, date: dt.date) -> bool:
        """Return whether it answers for a date."""
        return self.effective_from <= date and (self.effective_to is None or date <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The store as it was at one moment. Small, and can be sent to other processes."""

    folder: Path
    editions: tuple[Edition, ...] = ()

    def of(self, table: str) -> tuple[Edition, ...]:
        """Return the editions of a table, the latest first; of the same day those that were imported."""
        own = (e for e in self.editions if e.table == table)
        return tuple(sorted(own, key=lambda e: (e.issued, not e.embedded, e.edition), reverse=True))


def read_store(folder: Path) -> Snapshot:
    """Return the editions of a store; none where there is no store. Raises StoreError."""
    path = folder / _LIST
    try:
        content = orjson.loads(path.read_bytes())
        if content["form"] != _FORM:
            raise StoreError(
                f"{path} is of form {content['form']}, and this version reads form {_FORM}",
                "use the version that wrote it, or import the tables into another folder with --data",
            )
        editions = tuple(_edition(entry) for entry in content["editions"])
    except FileNotFoundError:
        return Snapshot(folder)
    except OSError as error:
        raise StoreError(
            f"the reference data in {folder} cannot be read ({error.strerror})",
            "name another folder with --data",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            f"{path} is damaged", "restore it from a copy, or remove it and import the tables again"
        ) from None
    for edition in editions:
        _must_be_whole(folder, edition)
    return Snapshot(folder, editions)


def hash_of(path: Path) -> str:
    """Return the part of a file's SHA-256 that the store names it by. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]


def _must_be_whole(folder: Path, edition: Edition) -> None:
    try:
        size = (folder / edition.file).stat().st_size
    except OSError:
        size = -1
    if size != edition.bytes:
        what = "is missing" if size < 0 else f"has {size:,} bytes instead of {edition.bytes:,}"
        raise StoreError(
            f"{folder / edition.file}, the edition {edition.edition} of {edition.table}, {what}",
            f"restore it from a copy, or remove {folder} and import the tables again",
        )


def _edition(entry: dict[str, Any]) -> Edition:
    return Edition(
        table=entry["table"],
        edition=entry["edition"],
        issued=dt.date.fromisoformat(entry["issued"]),
        effective_from=dt.date.fromisoformat(entry["effective_from"]),
        effective_to=dt.date.fromisoformat(entry["effective_to"]) if entry["effective_to"] else None,
        rows=entry["rows"],
        columns=tuple(entry["columns"]),
        file=entry["file"],
        bytes=entry["bytes"],
        imported_at=dt.datetime.fromisoformat(entry["imported_at"]),
        sources=tuple(Source(**source) for source in entry["sources"]),
    )


class Changes:
    """One import's hold on the store. `draft` is where the new edition's file is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.snapshot = read_store(folder)
        self.draft = folder / f".{os.getpid()}.draft"

    def publish(self, edition: Edition) -> Edition:
        """Give the draft its name and put the edition on the list, in place of one of the same name."""
        _sync(self.draft)
        # Named by what is in it: whoever has an older list never finds something else under a name of it.
        name = f"{edition.table}-{edition.edition}-{hash_of(self.draft)}.sqlite"
        named = replace(edition, file=name, bytes=self.draft.stat().st_size)
        self.draft.replace(self._folder / name)
        same = [e for e in self.snapshot.editions if (e.table, e.edition) == (named.table, named.edition)]
        for old in same:
            os.utime(self._folder / old.file)  # its last day begins
        others = [e for e in self.snapshot.editions if e not in same]
        editions = sorted([*others, named], key=lambda e: (e.table, e.issued, e.edition))
        listed = {"form": _FORM, "editions": [asdict(e) for e in editions]}
        new = self._folder / f".{os.getpid()}.list"
        new.write_bytes(orjson.dumps(listed, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        _sync(new)
        _sync(self._folder)
        new.replace(self._folder / _LIST)
        _sync(self._folder)
        self.snapshot = Snapshot(self._folder, tuple(editions))
        return named

    def clean(self) -> None:
        """Remove drafts of imports that were ended, and files that no list has named for a day."""
        named = {edition.file for edition in self.snapshot.editions}
        for path in self._folder.iterdir():
            is_draft = path.name.startswith(".") and path.name.endswith((".draft", ".list"))
            forgotten = path.suffix == ".sqlite" and path.name not in named
            if is_draft or (forgotten and time.time() - path.stat().st_mtime > _GRACE):
                path.unlink(missing_ok=True)


@contextmanager
def changing(folder: Path) -> Iterator[Changes]:
    """Give the store to one import. Raises StoreError when another one has it, or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"reference data cannot be written to {folder} ({error.strerror})",
            "name another folder with --data",
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(
                f"another import is writing to {folder}", "wait until it is done, and import again"
            ) from None
        changes = Changes(folder)
        changes.clean()
        try:
            yield changes
        finally:
            changes.draft.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
