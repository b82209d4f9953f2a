"""What was made of files, kept between runs in the user's cache folder, by a hash of all it was made from.

The folder is SCRUBBER_CACHE, else `claim-scrubber` in XDG_CACHE_HOME or ~/.cache. A cache that cannot be read
or written is no cache, and never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


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
    with contextlib.suppress(OSError):
        seal, _, data = _path(kind, key).read_bytes().partition(b"\n")
        if seal == _seal(key, data):
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


def _seal(key: str, data: bytes) -> bytes:
    """Return the first line of a file: it says that the rest is whole, and of this key."""
    return hashlib.sha256(key.encode() + data).hexdigest().encode()


def _path(kind: str, key: str) -> Path:
    return cache_folder(kind) / f"{key}.json"


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: other processes may read it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
