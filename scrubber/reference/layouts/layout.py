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


class RowError(Exception):
    """Why a line that should be a row is none, in words for the report."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line that gave no row. `refused`: it should have; otherwise it is none by its nature (a heading)."""

    line: int
    reason: str
    refused: bool = True


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
    period: Callable[[str], Period | None]
    read: Callable[[NativeText], Iterator[Change | Note]]
    about: str
    not_about: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of file.

    `fields` are the cells of the rows that `read` yields, in order. `wants` says by its name whether a file
    in a zip is of this kind. `period` tells the edition from a file's name, None when the name does not say.
    `one_row`: of the rows with the same keys only one should be in force on a day. `must_be_all` raises
    NativeFileError when, by their names, files are missing.
    """

    fields: tuple[str, ...]
    read: Callable[[NativeText], Iterator[NumberedRow | Note]]
    wants: Callable[[str], bool]
    period: Callable[[str], Period | None]
    one_row: bool = True
    must_be_all: Callable[[Sequence[str]], None] = lambda names: None
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


def columns(header: list[str], names: tuple[str, ...], where: str) -> list[int]:
    """Return where the columns of some names are in a header. Raises NativeFileError."""
    found = {" ".join(cell.split()).lower(): i for i, cell in reversed(list(enumerate(header)))}
    missing = [name for name in names if name.lower() not in found]
    if missing:
        raise NativeFileError(
            f"{where} has no column {', '.join(missing)}",
            f"check that it is the right file; its columns are {', '.join(header[:12])}",
        )
    return [found[name.lower()] for name in names]
