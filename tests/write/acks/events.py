"""A made-up file as events, and its acknowledgments."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from scrubber.guides.violations import Kind, Violation
from scrubber.read.x12 import FileProblem
from scrubber.write.acks.ack_277ca import Ack277caWriter
from scrubber.write.acks.ack_999 import Ack999Writer
from scrubber.write.acks.ack_ta1 import Ta1Writer
from scrubber.write.acks.model import (
    AckOptions,
    AnsweredClaim,
    End,
    Event,
    Group,
    Interchange,
    Party,
    Reason,
    Transaction,
    write_all,
)
from tests.support.ack_reading import counts_are_right, segments

AT = dt.datetime(2026, 8, 21, 9, 30)
OPTIONS = AckOptions(AT)
GUIDE = "005010X222A1"

ISA = Interchange("ZZ", "SUBMITTER01", "30", "123456789", "260820", "0815", "000000905", "T")
GS = Group("HC", "SUB", "PAYER", "77", GUIDE)
SUBMITTER = Party("BEST BILLING", qualifier="46", id="S00001")
RECEIVER = Party("FIRST CLEARINGHOUSE", qualifier="46", id="CLHR00")
ST = Transaction("837", "0001", GUIDE, 3, "BATCH-1", SUBMITTER, RECEIVER)

CLINIC = Party("SMITH CLINIC", qualifier="XX", id="1234567893")
DOCTOR = Party("JONES", "HARRY", "B", "III", True, "XX", "1245319599")
PATIENT = Party("DOE", "JANE", person=True, qualifier="MI", id="M00123")
DAY = dt.date(2026, 8, 1)

WRITERS: dict[str, Any] = {"TA1": Ta1Writer, "999": Ack999Writer, "277CA": Ack277caWriter}


def claim(control: str = "PCN1", *reasons: Reason, **more: Any) -> AnsweredClaim:
    """Return a claim of 100 dollars; one with reasons is rejected."""
    values: dict[str, Any] = {"patient": PATIENT, "provider": CLINIC, "charge": Decimal(100), "begin": DAY}
    values |= {"rejected": bool(reasons), "reasons": reasons} | more
    return AnsweredClaim(control, **values)


def violation(kind: Kind, segment: str, position: int, loop: str = "2010AA", **more: Any) -> Violation:
    return Violation(kind, loop, segment, position, "a name", **more)


def problem(code: str, segment: str | None = None, element: int | None = None, **more: Any) -> FileProblem:
    return FileProblem(code, "title", "message", "remedy", more.pop("position", 9), segment, element, **more)


def interchange(*within: Event, stated: int | None = 1) -> list[Event]:
    """Return an interchange of one group, with what is within that; `stated` is what GE counts."""
    return [ISA, GS, *within, End("GS", stated), End("ISA")]


def file(*within: Event) -> list[Event]:
    """Return a file of one transaction with what is within it."""
    return interchange(ST, *within, End("ST"))


def acknowledge(kind: str, events: Iterable[Event], options: AckOptions = OPTIONS) -> str:
    """Return an acknowledgment of events, whose envelopes count and number as they should."""
    stream = io.BytesIO()
    write_all(events, WRITERS[kind](stream, options))
    text = stream.getvalue().decode("ascii")
    counts_are_right(text)
    return text


def body(kind: str, events: Iterable[Event], options: AckOptions = OPTIONS) -> list[str]:
    """Return the segments between the first ST and SE, without both."""
    found = segments(acknowledge(kind, events, options))
    start = next(i for i, s in enumerate(found) if s.startswith("ST*"))
    stop = next(i for i, s in enumerate(found) if s.startswith("SE*"))
    return found[start + 1 : stop]
