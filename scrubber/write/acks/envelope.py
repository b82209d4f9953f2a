"""The envelopes of an acknowledgment file, their counts and control numbers.

An interchange is kept aside until what it answers has ended: when that is rejected as a whole, a TA1 says so
and nothing else may, so the rest is dropped. What is kept aside is in memory while small, else in a file
without a name that only this process can read.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from typing import BinaryIO, Literal, cast

from scrubber.write.acks.model import AckOptions, Group, Interchange
from scrubber.write.acks.text import COMPONENT, REPETITION, SEGMENT, plain, segment

AckKind = Literal["TA1", "999", "277CA"]

_IN_MEMORY = 1 << 18  # bytes
_MOST_CONTROL = 10**9  # ISA13 and GS06 have nine digits
#: The first digit of a derived ISA13, so that no two acknowledgments of one interchange share theirs.
_MARK: dict[AckKind, int] = {"TA1": 1, "999": 2, "277CA": 3}
#: The qualifiers of X12N guides (I05 in the control map 00501); ZZ, agreed between the two, for any other.
_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})
_CHUNK = 1 << 16


def derived_control(control: str, kind: AckKind) -> int:
    """Return the ISA13 of the acknowledgment of an interchange: a digit of its kind, then eight of theirs."""
    digits = re.sub(r"[^0-9]", "", control)[-8:]
    return _MARK[kind] * 10**8 + int(digits or "0")


class Spool:
    """Segments kept aside, and how many they are."""

    def __init__(self, options: AckOptions) -> None:
        self._end = (SEGMENT + ("\n" if options.newline else "")).encode()
        folder = options.spool_folder
        self._file = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=folder))  # noqa: SIM115
        self.segments = 0

    def write(self, *elements: str | int) -> None:
        """Add a segment."""
        self._file.write(segment(*elements).encode("ascii") + self._end)
        self.segments += 1

    def take(self, other: Spool) -> None:
        """Add what another one holds, and empty that."""
        other.pour(self._file)
        self.segments += other.segments
        other.empty()

    def pour(self, stream: BinaryIO) -> None:
        """Copy everything to a stream."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, stream, _CHUNK)
        self._file.seek(0, 2)

    def empty(self) -> None:
        """Forget everything."""
        self._file.seek(0)
        self._file.truncate()
        self.segments = 0

    def close(self) -> None:
        """Give the memory or the file back."""
        self._file.close()


class Envelope:
    """Writes interchanges back to who sent those that are answered: sender and receiver change places."""

    def __init__(self, stream: BinaryIO, options: AckOptions, kind: AckKind) -> None:
        self.written = 0
        self.spool = Spool(options)
        self._stream, self._options, self._kind = stream, options, kind
        self._given = options.control
        self._answers: Interchange | None = None
        self._control = 0  # of the interchange that is open, else 0
        self._groups = self._sets = 0
        self._group: Group | None = None
        self._st = 0

    def answer(self, interchange: Interchange) -> None:
        """Take the interchange to answer; nothing is written before there is something to say."""
        self._answers = interchange

    @property
    def can_answer(self) -> bool:
        """True when it is known to whom."""
        return self._answers is not None

    def open(self) -> None:
        """Begin the interchange, unless it has begun."""
        if self._control:
            return
        to = self._answers
        assert to is not None
        if self._given is None:
            self._control = derived_control(to.control, self._kind)
        else:
            self._control = self._given % _MOST_CONTROL or 1
            self._given += 1
        at = self._options.at
        self.spool.write(
            "ISA",
            *("00", " " * 10, "00", " " * 10),
            *_address(to.receiver_qualifier, to.receiver),
            *_address(to.sender_qualifier, to.sender),
            *(at.strftime("%y%m%d"), at.strftime("%H%M")),
            *(REPETITION, "00501", f"{self._control:09d}", "0"),
            *("T" if to.usage == "T" else "P", COMPONENT),
        )

    def begin(self, group: Group, functional_id: str, guide: str) -> None:
        """Begin the group that answers a group, unless it has begun."""
        if self._group is group:
            return
        self.end_group()
        self.open()
        self._group, self._sets = group, 0
        self._groups += 1
        at = self._options.at
        self.spool.write(
            "GS",
            *(functional_id, _application(group.receiver), _application(group.sender)),
            *(at.strftime("%Y%m%d"), at.strftime("%H%M"), self._group_control, "X", guide),
        )

    @property
    def _group_control(self) -> int:
        return (self._control + self._groups - 1) % _MOST_CONTROL or 1

    def begin_set(self, kind: str, guide: str) -> None:
        """Begin a transaction set."""
        self._sets += 1
        self._st = self.spool.segments
        self.spool.write("ST", kind, f"{self._sets:04d}", guide)

    def end_set(self) -> None:
        """End the transaction set."""
        self.spool.write("SE", self.spool.segments - self._st + 1, f"{self._sets:04d}")

    def end_group(self) -> None:
        """End the group, if one is open."""
        if self._group is not None:
            self.spool.write("GE", self._sets, self._group_control)
            self._group = None

    def end(self, *, drop: bool = False) -> None:
        """End the interchange and write it, unless what it answers was rejected as a whole."""
        self.end_group()
        if self._control and not drop:
            self.spool.write("IEA", self._groups, f"{self._control:09d}")
            self.spool.pour(self._stream)
            self.written += 1
        self.spool.empty()
        self._answers, self._control, self._groups = None, 0, 0

    def close(self) -> None:
        """Give back what was held."""
        self.spool.close()


def _address(qualifier: str, id: str) -> tuple[str, str]:
    known = qualifier if qualifier in _QUALIFIERS else "ZZ"
    return known, plain(id, 15).ljust(15)


def _application(code: str) -> str:
    """Return GS02 or GS03: 2 to 15 characters."""
    return (plain(code, 15) or "NONE").ljust(2, "0")
