"""Acknowledgments of the files of a run: 999, TA1 and 277CA, written while the files are scrubbed."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, cast

from scrubber.inputs import FileFinished, FileStarted
from scrubber.read.split import Envelope
from scrubber.read.x12 import FileProblem
from scrubber.supervisor import ClaimScrubbed, Event, HeaderChecked
from scrubber.write.acks.ack_277ca import Ack277caWriter
from scrubber.write.acks.ack_999 import Ack999Writer
from scrubber.write.acks.ack_ta1 import Ta1Writer
from scrubber.write.acks.model import AckOptions, AckWriter, End, Fault, Group, Interchange, Transaction
from scrubber.write.acks.model import Event as AckEvent

Kind = Literal["999", "ta1", "277ca"]
KINDS: tuple[Kind, ...] = ("999", "ta1", "277ca")
_WRITERS: dict[Kind, Callable[[BinaryIO, AckOptions], AckWriter]] = {
    "999": Ack999Writer,
    "ta1": Ta1Writer,
    "277ca": Ack277caWriter,
}
_ENDS: dict[str, Literal["ST", "GS", "ISA"]] = {"SE": "ST", "GE": "GS", "IEA": "ISA"}


class AckError(Exception):
    """Acknowledgments that cannot be written. `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Acknowledger:
    """Writes the acknowledgments of one file after the other into a folder.

    They are called as the file, with `.999`, `.ta1` or `.277ca` behind; a file that cannot be answered (it is
    no X12, or has acknowledgments itself) has none. A file gets its name when it is complete.
    """

    def __init__(
        self, folder: Path, kinds: Sequence[Kind], at: dt.datetime, received: dt.date | None = None
    ) -> None:
        self._folder, self._kinds = folder, tuple(dict.fromkeys(kinds))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AckError(
                f"{folder} cannot be made ({error.strerror})", "name another folder for --out"
            ) from None
        self._options = AckOptions(at, received, spool_folder=str(folder))
        self._open: list[tuple[AckWriter, BinaryIO, Path]] = []
        self._name = ""
        self.written: list[Path] = []

    def take(self, event: Event) -> None:
        """Take what happened in a run. Raises AckError when something cannot be written."""
        try:
            if isinstance(event, FileStarted):
                self._begin(event)
            elif isinstance(event, FileFinished):
                self._end()
            else:
                for told in _told(event):
                    for writer, _, _ in self._open:
                        writer.take(told)
        except OSError as error:
            self.abandon()
            raise AckError(
                f"{self._folder} cannot be written ({error.strerror})", "name another folder for --out"
            ) from None

    def _begin(self, event: FileStarted) -> None:
        self._name = "stdin" if event.path == "-" else Path(event.path).name
        if event.format != "x12":
            return
        for kind in self._kinds:
            draft = self._folder / f".{self._name}.{kind}.part"
            stream = cast(BinaryIO, draft.open("wb"))
            self._open.append((_WRITERS[kind](stream, self._options), stream, draft))

    def _end(self) -> None:
        for kind, (writer, stream, draft) in zip(self._kinds, self._open, strict=False):
            writer.close()
            stream.close()
            if writer.written:
                target = self._folder / f"{self._name}.{kind}"
                draft.replace(target)
                self.written.append(target)
            else:
                draft.unlink()
        self._open = []

    def abandon(self) -> None:
        """Leave nothing half written behind."""
        for _, stream, draft in self._open:
            with contextlib.suppress(OSError):
                stream.close()
            draft.unlink(missing_ok=True)
        self._open = []


def _told(event: Event) -> Iterator[AckEvent]:
    """Return what happened as the writers are told it."""
    if isinstance(event, Envelope):
        yield envelope_event(event)
    elif isinstance(event, FileProblem):
        yield event
    elif isinstance(event, HeaderChecked):
        yield from (Fault(violation) for violation in event.violations)
    elif isinstance(event, ClaimScrubbed) and event.reply.answer is not None:
        claim, violations = event.reply.answer
        yield from (Fault(violation, claim.control) for violation in violations)
        yield claim


def envelope_event(envelope: Envelope) -> AckEvent:
    """Return an envelope segment as the writers are told it."""
    name, position, segments = envelope
    head = segments[0]
    if name == "ISA":
        return Interchange.of(head, position)
    if name == "GS":
        return Group.of(head, position)
    if name == "ST":
        return Transaction.of(segments, position)
    stated = head[1].strip() if len(head) > 1 else ""
    counted = int(stated) if name == "GE" and stated.isascii() and stated.isdigit() else None
    return End(_ENDS[name], counted)
