"""What was made of files, kept between runs in the user's cache folder, by a hash of all it was made from.

The folder is SCRUBBER_CACHE, else `claim-scrubber` in XDG_CACHE_HOME or ~/.cache. A cache that cannot be read
or written is no cache, and never an error.

Whoever keeps something new takes away what nobody used for a month, and of more than a hundred things of a
kind those unused for longest. When something was used is its file's time of change, noted once a day.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

_DAY = 24 * 60 * 60
_UNUSED = 30 * _DAY
_MOST = 100
#: What was used since stays, however much there is: when it was used is known to the day only.
_IN_USE = 2 * _DAY
_DRAFT = ".draft-"
#: Names of what is kept; other files in the folder are somebody else's.
_OURS = re.compile(r"[0-9a-f]{64}\.json|\w+-[0-9a-f]{16}\.sqlite|\.draft-.*", re.ASCII)


def key_of(code: Path, made_from: Iterable[bytes]) -> str:
    """Return what something is kept under: made from other data, or by other code, it is something else.

    `code` is the folder of the modules that make it.
    """
    digest = hashlib.sha256()
    for part in (*(path.read_bytes() for path in sorted(code.glob("*.py"))), *made_from):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def recall(kind: str, key: str) -> bytes | None:
    """Return what is kept under a key, if it is whole."""
    path = _path(kind, key)
    with contextlib.suppress(OSError):
        seal, _, data = path.read_bytes().partition(b"\n")
        if seal == _seal(key, data):
            note_use(path)
            return data
    return None


def keep(kind: str, key: str, data: bytes) -> None:
    """Keep something under a key."""
    with contextlib.suppress(OSError):
        _write(_path(kind, key), _seal(key, data) + b"\n" + data)


def cache_folder(kind: str) -> Path:
    """Return where this user's things of a kind are kept. It may not be there yet."""
    named = os.environ.get("SCRUBBER_CACHE")
    if named:
        return Path(named) / kind
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "claim-scrubber" / kind


def note_use(path: Path) -> None:
    """Note that something is used, so that it stays."""
    with contextlib.suppress(OSError):  # it can be used, too, where nothing can be written
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)


def new_draft(folder: Path) -> Path:
    """Make an empty file that is to become something kept in a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=_DRAFT)
    os.close(handle)
    return Path(name)


def put(draft: Path, path: Path) -> None:
    """Put what was made in its place, whole or not at all, and make room: other processes may do the same.

    Raises OSError.
    """
    draft.replace(path)
    with contextlib.suppress(OSError):
        _make_room(path.parent)


def _make_room(folder: Path) -> None:
    """Take away what was not used for long. What another process has open, it can read to the end."""
    now = time.time()
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # another process was faster
                    found.append((now - entry.stat().st_mtime, entry.path))
    for number, (unused, path) in enumerate(sorted(found)):
        if unused > _UNUSED or (number >= _MOST and unused > _IN_USE):
            with contextlib.suppress(OSError):  # one that must stay does not keep the others
                Path(path).unlink()


def _seal(key: str, data: bytes) -> bytes:
    """Return the first line of a file: it says that the rest is whole, and of this key."""
    return hashlib.sha256(key.encode() + data).hexdigest().encode()


def _path(kind: str, key: str) -> Path:
    return cache_folder(kind) / f"{key}.json"


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: other processes may read it at the same time."""
    draft = new_draft(path.parent)
    try:
        draft.write_bytes(data)
        put(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
