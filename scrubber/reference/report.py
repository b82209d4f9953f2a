"""What an import tells: what became of the lines of each file, with the numbers of those that gave no row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from scrubber.reference.errors import NativeFileError
from scrubber.reference.native import NativeText, cut_short
from scrubber.reference.store import Edition

#: Lines whose numbers are told for each reason, and overlaps that are told.
MOST_TOLD = 100
#: A file of which more lines than this (and than one in a hundred) are refused is not what it should be.
_MOST_REFUSED = 20

#: Told from time to time: bytes read of all files, and how many there are (0: not known).
Progress = Callable[[int, int], None]
#: A file and a line in it.
Place = tuple[str, int]


@dataclass(slots=True)
class Lines:
    """Lines that met the same fate: how many, and the numbers of the first."""

    count: int = 0
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count a line."""
        self.count += 1
        if len(self.numbers) < MOST_TOLD:
            self.numbers.append(number)


@dataclass(slots=True)
class FileReport:
    """What became of the lines of one file: rows, and by reason those that gave none."""

    name: str
    rows: int = 0
    repeated: Lines = field(default_factory=Lines)
    refused: dict[str, Lines] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    _refused_last: int = 0

    @property
    def kept(self) -> int:
        """Rows that are in the edition."""
        return self.rows - self.repeated.count

    @property
    def refusals(self) -> int:
        """How many lines were refused."""
        return sum(lines.count for lines in self.refused.values())

    def note(self, line: int, reason: str, *, refused: bool = True) -> None:
        """Count a line that gave no row. Raises NativeFileError when there are too many of them."""
        if not refused:
            self.skipped[reason] += 1
            return
        self.refused.setdefault(reason, Lines()).add(line)
        self._refused_last = line
        self._must_look_right()

    def end(self, text: NativeText, *, ends_lines: bool = False) -> None:
        """Judge the file, which was read to its end. Raises NativeFileError when it is not whole."""
        if text.cut and (ends_lines or self._refused_last == text.last_line):
            raise cut_short(self.name, text.last_line)
        self._must_look_right()

    def _must_look_right(self) -> None:
        refused = self.refusals
        if refused > _MOST_REFUSED and refused * 100 > self.rows + refused:
            reason, lines = next(iter(self.refused.items()))
            raise NativeFileError(
                f"{self.name} does not look like a file for this table: {refused} lines cannot be read, "
                f"the first is line {lines.numbers[0]} ({reason})",
                "check that it is the right file and whole; nothing was changed",
            )


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported. `overlaps` are pairs of places of rows in force on the same day."""

    edition: Edition
    replaced: bool
    files: tuple[FileReport, ...]
    overlaps: tuple[tuple[Place, Place], ...] = ()
