"""Publishers' files as they come: plain text, gzip or zip (also a zip in a zip), read as numbered lines.

Everything is read as latin-1: it never fails, and what is kept of a line are codes and dates, which are in
ASCII.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from scrubber.reference.errors import NativeFileError
from scrubber.reference.store import Source

#: What unpacking raises for damaged files: zipfile trusts the numbers that it reads.
_DAMAGED = (
    *(EOFError, struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile),
    *(RuntimeError, ValueError, LookupError, OverflowError),
)
#: CMS has fields of some hundred kilobytes in the text of coverage articles.
_LONGEST_FIELD = 16 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf".decode("latin-1")


class NativeText:
    """One text file of a publisher, read once from its beginning to its end.

    `where` is how messages name it; `made` is the day that a zip says it was made. `cut` says, after
    reading, that the last line has no line end: alone that is a habit of some publishers, with a last line
    that cannot be read it is a file cut short.
    """

    def __init__(
        self, name: str, where: str, stream: IO[bytes], size: int, made: dt.date | None = None
    ) -> None:
        self.name, self.where, self.size, self.made = name, where, size, made
        self.cut = False
        self.last_line = 0
        self._stream = stream

    @property
    def position(self) -> int:
        """How far it has been read, in bytes."""
        return self._stream.tell()

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines with their numbers, without their ends. Raises NativeFileError."""
        number = 0
        line = "\n"
        for number, line in enumerate(self._text(None), 1):
            yield number, line.rstrip("\n")
        self.cut, self.last_line = not line.endswith("\n"), number

    def records(self, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
        """Yield the records of a CSV file with the number of the line where each ends."""
        csv.field_size_limit(_LONGEST_FIELD)
        text = _LastLine(self._text(""))
        reader = csv.reader(text, delimiter=delimiter)
        last, before = 0, 0
        try:
            for record in reader:
                last, before = len(record), last
                yield reader.line_num, record
        except csv.Error as error:
            raise NativeFileError(
                f"{self.where}, line {reader.line_num}: this is no CSV ({error})", _AGAIN
            ) from None
        self.cut, self.last_line = text.is_cut, reader.line_num
        if text.is_cut and (text.has_open_quote or last < before):
            raise cut_short(self.where, reader.line_num)

    def _text(self, newline: str | None) -> Iterator[str]:
        buffered = io.BufferedReader(cast(io.RawIOBase, self._stream), 1 << 16)
        try:
            if b"\0" in buffered.peek(4096):
                raise NativeFileError(
                    f"{self.where} is no plain text",
                    "give the publisher's text or CSV file; save a spreadsheet as CSV",
                )
            # Kept, for it would close the stream when it goes, and `position` is asked to the end.
            self._open = io.TextIOWrapper(buffered, encoding="latin-1", newline=newline)
            for first in self._open:
                yield first.removeprefix(_BYTE_ORDER_MARK)
                break
            yield from self._open
        except _DAMAGED:
            raise _damaged(self.where) from None
        except OSError as error:
            reason = error.strerror or error
            raise NativeFileError(f"{self.where} cannot be read ({reason})", _AGAIN) from None


class _LastLine:
    """Passes lines on and remembers whether the last one was cut, and whether it was inside of quotes."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.is_cut = False
        self.has_open_quote = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.is_cut = not line.endswith(("\n", "\r"))
            self.has_open_quote ^= line.count('"') % 2 == 1
            yield line


_AGAIN = "fetch the file again from its publisher"


def cut_short(where: str, line: int) -> NativeFileError:
    """Return what to say of a file whose last line is not whole."""
    return NativeFileError(
        f"{where} was cut short: its last line, {line}, is not whole", f"{_AGAIN}; nothing was changed"
    )


def _damaged(where: str) -> NativeFileError:
    return NativeFileError(f"{where} is damaged or was cut short", _AGAIN)


def source_of(path: Path) -> Source:
    """Return the name, hash and size of a file. Raises NativeFileError."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Source(path.name, digest, path.stat().st_size)
    except OSError as error:
        raise NativeFileError(f"{path} cannot be read ({error.strerror})", "check the path") from None


@contextmanager
def native_texts(paths: Sequence[Path], wanted: Callable[[str], bool]) -> Iterator[list[NativeText]]:
    """Give the text files in some files: plain ones as they are, of a zip the members with a wanted name.

    Raises NativeFileError.
    """
    with ExitStack() as stack:
        yield [text for path in paths for text in _texts(path, wanted, stack)]


def _texts(path: Path, wanted: Callable[[str], bool], stack: ExitStack) -> Iterator[NativeText]:
    try:
        stream = stack.enter_context(path.open("rb"))
        head = stream.read(2)
        stream.seek(0)
        if head == b"\x1f\x8b":
            unpacked = stack.enter_context(gzip.GzipFile(fileobj=stream))
            yield NativeText(path.name.removesuffix(".gz"), path.name, cast(IO[bytes], unpacked), 0)
        elif head == b"PK":
            yield from _members(path.name, stream, wanted, stack)
        else:
            yield NativeText(path.name, path.name, stream, path.stat().st_size)
    except _DAMAGED:
        raise _damaged(path.name) from None
    except OSError as error:
        raise NativeFileError(f"{path} cannot be read ({error.strerror})", "check the path") from None


def _members(
    where: str, stream: IO[bytes], wanted: Callable[[str], bool], stack: ExitStack
) -> Iterator[NativeText]:
    archive = stack.enter_context(zipfile.ZipFile(stream))
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        raise NativeFileError(
            f"{where} is a spreadsheet", "give the publisher's text or CSV file, or save this one as CSV"
        )
    found = False
    for info in archive.infolist():
        name = PurePosixPath(info.filename).name
        if info.flag_bits & 1:
            raise NativeFileError(f"{where} is encrypted", "unpack it, and import what was in it")
        if name.lower().endswith(".zip") and wanted(name.lower().removesuffix(".zip")):
            inner = stack.enter_context(archive.open(info))
            yield from _members(f"{where}/{name}", inner, wanted, stack)
            found = True
        elif wanted(name):
            member = stack.enter_context(archive.open(info))
            yield NativeText(name, f"{where}/{name}", member, info.file_size, _made(info))
            found = True
    if not found:
        listed = ", ".join(PurePosixPath(name).name for name in names[:10])
        raise NativeFileError(
            f"{where} has no file for this table; it has {listed or 'nothing in it'}",
            "check that it is the right file; `scrubber data status --all` says which one a table wants",
        )


def _made(info: zipfile.ZipInfo) -> dt.date | None:
    try:
        return dt.date(*info.date_time[:3])
    except ValueError:  # some programs write no date
        return None
