"""What a layout is, and the cells that many of them have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scrubber.reference.editing import FOR_EVER, NumberedRow
from scrubber.reference.errors import NativeFileError
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period

#: Lines above the heading of a CSV file.
_LONGEST_PREAMBLE = 100


class RowError(Exception):
    """Why a line that should be a row is none, in words for the report."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line that gave no row. `refused`: it should have; otherwise it is none by its nature (a heading)."""

    line: int
    reason: str
    refused: bool = True


#: Yields what the lines of a file give.
Read = Callable[[NativeText], Iterator[NumberedRow | Note]]
ChangeKind = Literal["add", "end", "change"]


@dataclass(frozen=True, slots=True)
class Change:
    """A line that changes the edition before: a row begins, ends, or goes on with other cells."""

    line: int
    kind: ChangeKind
    keys: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How to read what a publisher says has changed since the edition before.

    Their names do not say which table they are about, but their zip's name does: `about` the one that
    `read` is for, `not_about` another.
    """

    wants: Callable[[str], bool]
    period: Callable[[NativeText], Period | None]
    read: Callable[[NativeText], Iterator[Change | Note]]
    about: str
    not_about: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of file.

    `fields` are the cells of the rows that `read` yields, in order. `wants` says by its name whether a file
    in a zip is of this kind. `period` tells which edition a file is, None when it does not say. An edition of
    several files is read in the `order` of their names; `begin` makes what reads them, and may remember the
    files before.
    `one_row`: of the rows with the same keys only one should be in force on a day. `must_be_all` raises
    NativeFileError when, by their names, files are missing. `ends_lines`: the last line has a line end, too;
    one that has none was cut.
    """

    fields: tuple[str, ...]
    begin: Callable[[], Read]
    wants: Callable[[str], bool]
    period: Callable[[NativeText], Period | None]
    order: Callable[[str], int] = lambda name: 0
    one_row: bool = True
    must_be_all: Callable[[Sequence[str]], None] = lambda names: None
    ends_lines: bool = False
    changes: Changes | None = None

    def wants_any(self, name: str) -> bool:
        """Return whether a file in a zip is a whole edition, or changes to one."""
        return self.wants(name) or (self.changes is not None and self.changes.wants(name))


def code(text: str, what: str, pattern: str = r"[A-Z0-9]{5}") -> str:
    """Return a code without the blanks around it. Raises RowError."""
    found = text.strip()
    if not re.fullmatch(pattern, found):
        raise RowError(f"the {what} is no code of this kind")
    return found


def day(text: str, what: str) -> int:
    """Return a day written YYYYMMDD as a number. Raises RowError."""
    found = text.strip()
    try:
        dt.date.fromisoformat(found)
        return int(found)
    except ValueError:
        raise RowError(f"the {what} is no date written YYYYMMDD") from None


def last_day(text: str, what: str) -> int:
    """Return the last day; where there is none, one after all others. Raises RowError."""
    return day(text, what) if text.strip() else FOR_EVER


def always(read: Read) -> Callable[[], Read]:
    """Return the `begin` of a layout whose files are read each by itself."""
    return lambda: read


def names(pattern: str) -> Callable[[str], bool]:
    """Return whether a file's name is of a pattern, whatever its case."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda name: compiled.fullmatch(name) is not None


def number(text: str, what: str) -> str:
    """Return a whole number as it is written, without the blanks around it. Raises RowError."""
    found = text.strip()
    if not re.fullmatch(r"[0-9]{1,9}", found):
        raise RowError(f"the {what} is no whole number")
    return found


def american_day(text: str, what: str) -> int:
    """Return a day written MM/DD/YYYY as a number. Raises RowError."""
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text.strip())
    if found is None:
        raise RowError(f"the {what} is no date written MM/DD/YYYY")
    return day(f"{found[3]}{found[1]:0>2}{found[2]:0>2}", what)


class Records:
    """The records of a CSV file below its heading, by the names of columns.

    The heading is the first record that has all the names; what stands above it is preamble.
    """

    def __init__(self, text: NativeText, columns: Sequence[str], delimiter: str = ",") -> None:
        self._text, self._columns, self._delimiter = text, columns, delimiter

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the cells of the columns. A record with fewer cells than the heading gives an empty list.

        Raises NativeFileError when there is no heading.
        """
        records = self._text.records(self._delimiter)
        places, width = self._heading(records)
        for line, record in records:
            if any(cell.strip() for cell in record):
                yield line, [record[i] for i in places] if len(record) >= width else []

    def _heading(self, records: Iterator[tuple[int, list[str]]]) -> tuple[list[int], int]:
        wanted = [_squeezed(name) for name in self._columns]
        missing = list(self._columns)
        for line, record in records:
            found = [_squeezed(cell) for cell in record]
            lacking = [name for name, low in zip(self._columns, wanted, strict=True) if low not in found]
            if not lacking:
                return [found.index(low) for low in wanted], len(record)
            missing = min(missing, lacking, key=len)
            if line > _LONGEST_PREAMBLE:
                break
        raise NativeFileError(
            f"{self._text.where} has no heading with the column {', '.join(missing)}",
            "check that it is the right file, in its publisher's layout",
        )


def _squeezed(text: str) -> str:
    """Return the name of a column without blanks and line breaks, which come and go between editions."""
    return "".join(text.split()).lower()


def must_have(files: Sequence[str]) -> Callable[[Sequence[str]], None]:
    """Return what raises NativeFileError when some files are missing."""

    def must_be_all(names: Sequence[str]) -> None:
        missing = sorted(set(files) - {name.lower() for name in names})
        if missing:
            raise NativeFileError(
                f"the edition needs {', '.join(missing)}, which is not among the files",
                "give the publisher's zip, or all files out of it",
            )

    return must_be_all
