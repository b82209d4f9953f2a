"""Files of rules that were found to be right, kept as plain data: to read and check them again takes longer.

All files of a run are kept together, because what one says may make another wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from scrubber.kept import keep, key_of, recall
from scrubber.packs.discover import FoundFile
from scrubber.packs.yaml_marks import Data, Document, Marks, read_yaml

_KIND = "packs"
_PACKS = Path(__file__).parent


class Documents:
    """The files of one run. `are_right`: nothing is wrong with them, alone or together."""

    def __init__(self, files: Sequence[Sequence[FoundFile]], more: Iterable[str]) -> None:
        """Look whether files are kept. What is right of them depends on their order and on `more` too."""
        claim = _PACKS.parent / "claim"
        paths = [key_of(folder, []) for folder in (claim, claim / "fields", claim / "model")]
        parts = [*paths, *more]
        for group in files:
            parts += [f"{file.root.resolve()}|{file.relative}|{_name(file.raw)}" for file in group]
        self._key = key_of(_PACKS, (part.encode() for part in parts))
        kept = recall(_KIND, self._key)
        self._data: dict[str, Data] = orjson.loads(kept) if kept is not None else {}
        self.are_right = kept is not None

    def read(self, raw: bytes, shown: str) -> Document:
        """Return a file's data and marks, as `read_yaml` does; there are no marks where all is right."""
        name = _name(raw)
        if self.are_right and name in self._data:
            return Document(shown, self._data[name], Marks([]), [], complete=True)
        document = read_yaml(raw, shown)
        self._data[name] = document.data
        return document

    def keep(self) -> None:
        """Keep what was read: nothing is wrong with it."""
        if not self.are_right:
            keep(_KIND, self._key, orjson.dumps(self._data))


def _name(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
