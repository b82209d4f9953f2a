"""The files of a run: which there are, what format each has, and their claims in chunks.

Nothing that is wrong with one file keeps the others from being read.
"""

from __future__ import annotations

import errno
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from scrubber.findings import Finding, NotEvaluated
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import JsonChunk, split_json
from scrubber.read.limits import Limits
from scrubber.read.split import Envelope, split_with_envelopes
from scrubber.read.x12 import FileProblem, ReadError

AnyChunk = Chunk | JsonChunk
#: Problems of one file that are told; a file may have as many as it has segments.
MOST_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class FileStarted:
    """A file is being read."""

    path: str
    format: Literal["x12", "json", "unknown"]


@dataclass(frozen=True, slots=True)
class FileFinished:
    """A file is done: what is wrong with the file itself, and the SHA-256 of what was read.

    `findings` are those of rules over all its claims, `not_evaluated` such rules that could not be answered.
    """

    path: str
    problems: tuple[FileProblem, ...]
    sha256: str
    claims: int
    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()

    @property
    def unread(self) -> bool:
        """True when some of the file could not be read."""
        return any(problem.fatal for problem in self.problems)


class InputError(Exception):
    """Paths that give nothing to scrub. `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def find_inputs(paths: Sequence[str]) -> list[str]:
    """Return the files to read: files as named, those of folders in order of name, `-` for standard input.

    Raises InputError for a path that does not exist and for a folder without files.
    """
    out: list[str] = []
    for name in paths:
        path = Path(name)
        if not name:
            raise InputError("an empty path was given", "name a file, a folder or -")
        if name == "-" and name in out:
            raise InputError("standard input can be read once", "name `-` once")
        if path.is_dir() and name != "-":
            files = sorted(
                str(p)
                for p in path.rglob("*")
                if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts)
            )
            if not files:
                raise InputError(f"{name}: the folder has no files", "name a folder that holds 837 files")
            out.extend(files)
        elif name == "-" or path.exists():  # a file, or a pipe such as the shell's <(...)
            out.append(name)
        else:
            raise InputError(f"{name}: there is no such file or folder", "check the path")
    return out


class _Hashing:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def readline(self) -> bytes:
        data = self._stream.readline()
        self._digest.update(data)
        return data

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Prefixed:
    """A stream with its first bytes put back, so that standard input can be looked at and then read."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        if not head:
            return self._stream.read(size)
        rest = (
            self._stream.read(size - len(head))
            if size > len(head)
            else self._stream.read()
            if size < 0
            else b""
        )
        return head + rest

    def readline(self) -> bytes:
        head, self._head = self._head, b""
        if not head:
            return self._stream.readline()
        line, newline, rest = head.partition(b"\n")
        if newline:
            self._head = rest
            return line + newline
        return head + self._stream.readline()


def format_of(head: bytes) -> Literal["x12", "json"]:
    """Tell claim JSON from X12 by the first character that says something."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return "json" if start in (b"{", b"[") else "x12"


#: What a file gives; problems and envelopes only where they are asked for.
Part = FileStarted | AnyChunk | FileProblem | Envelope | FileFinished


def read_file(
    path: str, claims_a_chunk: int, *, envelopes: bool = False, limits: Limits | None = None
) -> Iterator[Part]:
    """Yield a file's start, its chunks and its end with all its problems; `-` is standard input.

    With `envelopes` also its envelope segments, and problems where they are found.
    """
    try:
        if path == "-" and sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        stream = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        yield FileStarted(path, "unknown")
        problem = _unreadable(f"the file cannot be opened ({error.strerror})", "check its permissions")
        yield FileFinished(path, (problem,), "", 0)
        return
    with stream:
        yield from _read_stream(path, stream, claims_a_chunk, envelopes, limits)


def _read_stream(
    path: str, stream: BinaryIO, claims_a_chunk: int, envelopes: bool, limits: Limits | None
) -> Iterator[Part]:
    problems: list[FileProblem] = []
    claims = 0
    try:
        head = stream.read(4096)
    except OSError as error:
        head = b""
        problems.append(_unreadable(f"the file cannot be read ({error.strerror})", "fetch it again"))
    kind = format_of(head)
    yield FileStarted(path, kind)
    hashing = _Hashing(cast(BinaryIO, _Prefixed(head, stream)))
    source = cast(BinaryIO, hashing)
    if not problems:
        parts: Iterator[AnyChunk | FileProblem | Envelope] = (
            split_json(source, claims_a_chunk)
            if kind == "json"
            else split_with_envelopes(source, claims_a_chunk, limits)
        )
        try:
            for part in parts:
                if isinstance(part, FileProblem):
                    # That a part was not read is the last to be left out: the exit code says it.
                    if len(problems) < MOST_PROBLEMS * (1 + part.fatal):
                        problems.append(part)
                elif not isinstance(part, Envelope):
                    claims += part.claims
                if envelopes or not isinstance(part, FileProblem | Envelope):
                    yield part
        except ReadError as error:
            problems.append(_unreadable(error.message, error.remedy))
        except OSError as error:
            problems.append(_unreadable(f"reading stopped ({error.strerror})", "fetch the file again"))
    if not claims and not problems:
        problems.append(_unreadable("the file has no claims", "check that it is the file you meant"))
    yield FileFinished(path, tuple(problems), hashing.sha256, claims)


def _unreadable(message: str, remedy: str) -> FileProblem:
    return FileProblem("FILE-001", "The file cannot be read", message, remedy, fatal=True)
