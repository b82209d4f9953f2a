"""The published JSON of a run: one object, or one claim a line. Streamed, deterministic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

Json = Mapping[str, Any]


class JsonReport:
    """Writes the result object of a run, its members in the published order."""

    #: A claim's result may be given as the JSON it already is.
    takes_bytes = True

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._files = self._claims = 0

    def start(self, head: Json) -> None:
        """Begin; `head` has the members that stand before `files`."""
        self._out.write(orjson.dumps(dict(head))[:-1] + b',"files":[')

    def start_file(self, file: Json) -> None:
        """Begin one file."""
        self._out.write((b"," if self._files else b"") + orjson.dumps(dict(file))[:-1] + b',"claims":[')
        self._files, self._claims = self._files + 1, 0

    def claim(self, result: Json | bytes, claim: Json | None = None) -> None:
        """Write one claim's result; bytes are taken as its JSON."""
        raw = result if isinstance(result, bytes) else orjson.dumps(dict(result))
        self._out.write((b",\n" if self._claims else b"\n") + raw)
        self._claims += 1

    def end_file(self, file: Json) -> None:
        """End one file."""
        self._out.write(b"]," + orjson.dumps(dict(file))[1:])

    def finish(self, summary: Json | None = None) -> None:
        """Write the counts and end."""
        self._out.write(b'],"summary":' + orjson.dumps(dict(summary or {})) + b"}\n")


class JsonLinesReport:
    """Writes one object a line: a head, a line a claim (with its file's path), a line a file, the summary."""

    takes_bytes = True

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._path = b'""'
        self._file: Json = {}

    def _line(self, kind: str, members: Json) -> None:
        self._out.write(orjson.dumps({"type": kind, **members}) + b"\n")

    def start(self, head: Json) -> None:
        """Write the head."""
        self._line("run", head)

    def start_file(self, file: Json) -> None:
        """Remember the file its claims belong to."""
        self._path = orjson.dumps(file["path"])
        self._file = dict(file)

    def claim(self, result: Json | bytes, claim: Json | None = None) -> None:
        """Write one claim's result."""
        raw = result if isinstance(result, bytes) else orjson.dumps(dict(result))
        self._out.write(b'{"type":"claim","path":' + self._path + b"," + raw[1:] + b"\n")

    def end_file(self, file: Json) -> None:
        """Write what is to say about the file as a whole."""
        self._line("file", {**self._file, **file})

    def finish(self, summary: Json | None = None) -> None:
        """Write the counts."""
        self._line("summary", summary or {})
