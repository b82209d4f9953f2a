"""Real files through the reader's own spans and envelope checks into all writers; memory that stays flat."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from scrubber.acknowledge import envelope_event
from scrubber.guides.violations import Kind
from scrubber.read.split import Envelope, split_with_envelopes
from scrubber.read.x12 import FileProblem
from scrubber.write.acks.ack_277ca import Ack277caWriter
from scrubber.write.acks.ack_999 import Ack999Writer
from scrubber.write.acks.ack_ta1 import Ta1Writer
from scrubber.write.acks.model import (
    AckOptions,
    End,
    Event,
    Fault,
    Line,
    Reason,
    write_all,
)
from tests.support.ack_reading import counts_are_right, segments
from tests.support.make837 import make837
from tests.write.acks.events import (
    AT,
    CLINIC,
    DOCTOR,
    GS,
    ISA,
    OPTIONS,
    ST,
    WRITERS,
    claim,
    problem,
    violation,
)


def events_of(data: bytes) -> Iterator[Event]:
    """Tell a file as events, every claim accepted: what the scrubber does, in small."""
    for part in split_with_envelopes(io.BytesIO(data)):
        if isinstance(part, Envelope):
            yield envelope_event(part)
        elif isinstance(part, FileProblem):
            yield part
        else:
            for item in part.read():
                yield claim(item.claim.patient_control_number or "")


def answers(data: bytes) -> dict[str, str]:
    streams = {kind: io.BytesIO() for kind in WRITERS}
    write_all(events_of(data), *[writer(streams[kind], OPTIONS) for kind, writer in WRITERS.items()])
    found = {kind: stream.getvalue().decode() for kind, stream in streams.items()}
    for text in found.values():
        counts_are_right(text)
    return found


def test_a_sound_file_is_accepted_by_all_three() -> None:
    data = make837(12, 1).encode()
    found = answers(data)
    assert "*A*000~" in found["TA1"]
    assert "IK5*A~AK9*A*1*1*1~" in found["999"]
    assert "QTY*90*12~" in found["277CA"] and "QTY*AA" not in found["277CA"]
    assert found["277CA"].count("*PT~") == 12


def test_the_answers_are_addressed_to_who_sent_the_file() -> None:
    data = make837(1, 1).encode()
    sent = data.split(b"~")[0].decode().split("*")
    for text in answers(data).values():
        isa = segments(text)[0].split("*")
        assert isa[5:9] == [*sent[7:9], *sent[5:7]]


@pytest.mark.parametrize(
    ("old", "new", "ta1", "ack", "ca"),
    [
        (b"SE*", b"SE*9", "A*000", "IK5*R*4~AK9*R*1*1*0", "STC*A3:481"),
        (b"IEA*1", b"IEA*2", "E*021", "IK5*A~AK9*A*1*1*1", "STC*A1:19"),
        (b"IEA*", b"XYZ*", "R*02", None, None),
        (b"GE*1", b"GE*7", "A*000", "IK5*A~AK9*E*7*1*1*5", "STC*A1:19"),
        (b"GE*", b"XYZ*", "A*000", "IK5*A~AK9*E*1*1*1*", "STC*A1:19"),
        (b"SE*", b"XYZ*", "A*000", "IK5*R*2~AK9*R*1*1*0", "STC*A3:481"),
    ],
)
def test_broken_envelopes(old: bytes, new: bytes, ta1: str, ack: str | None, ca: str | None) -> None:
    data = make837(2, 1).encode()
    at = data.rfind(b"~" + old) if data.count(b"~" + old) else data.rfind(b"\n" + old)
    assert at > 0
    found = answers(data[: at + 1] + new + data[at + 1 + len(old) :])
    assert ta1 in found["TA1"]
    for kind, said in (("999", ack), ("277CA", ca)):
        assert (said in found[kind]) if said is not None else (found[kind] == "")


def test_several_interchanges_with_their_own_delimiters() -> None:
    second = make837(3, 2).replace("~", "!").replace("*", "|")
    found = answers((make837(2, 1) + second).encode())
    assert found["TA1"].count("TA1*") == 2
    assert found["999"].count("AK9*A*1*1*1~") == 2
    assert [s for s in segments(found["277CA"]) if s.startswith("QTY*90")] == ["QTY*90*2", "QTY*90*3"]


# --- many claims --------------------------------------------------------------------------------------------


def many(claims: int) -> Iterator[Event]:
    """A file in which every third claim is at fault, with a new provider every hundred claims."""
    yield from (ISA, GS, ST)
    line = {0: Line(1, procedure="99213", charge=Decimal(1))}
    for n in range(claims):
        provider = replace(CLINIC if n % 200 < 100 else DOCTOR, name=f"CLINIC {n // 100}")
        if n % 3:
            yield claim(f"C{n}", provider=provider)
        else:
            bad = violation(Kind.INVALID_CODE, "SV1", 10 + n, "2400", element=1, value="x")
            yield Fault(bad, f"C{n}")
            reason = Reason.of_violation(bad, 0)
            yield claim(f"C{n}", reason, provider=provider, lines=line)
    yield from (End("ST"), End("GS", 1), End("ISA"))


def peak(claims: int, folder: Path) -> int:
    """Return the most memory that acknowledging so many claims takes, in bytes."""
    options = AckOptions(AT, spool_folder=str(folder))
    tracemalloc.start()
    try:
        with open(folder / "ta1", "wb") as a, open(folder / "999", "wb") as b, open(folder / "ca", "wb") as c:
            writers = Ta1Writer(a, options), Ack999Writer(b, options), Ack277caWriter(c, options)
            write_all(many(claims), *writers)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    few = peak(3_000, tmp_path)
    assert peak(10_000, tmp_path) < few * 1.1 + 100_000
    text = (tmp_path / "ca").read_text("ascii")
    counts_are_right(text)
    found = segments(text)
    totals = ["QTY*90*6666", "QTY*AA*3334", "AMT*YU*666600", "AMT*YY*333400"]
    assert found[found.index(totals[0]) :][:4] == totals
    assert sum(s.startswith("QTY*QA") for s in found) == 100
    levels = [s.split("*") for s in found if s.startswith("HL*")]
    assert [int(level[1]) for level in levels] == list(range(1, len(levels) + 1))
    assert len(levels) == 2 + 100 + 10_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["999", "ca", "ta1"]
    notes = segments((tmp_path / "999").read_text("ascii"))
    assert sum(s.startswith("IK3") for s in notes) == 1000
    assert notes[-5:-3] == ["IK5*E*5", "AK9*E*1*1*1"]


def test_what_was_wrong_with_one_transaction_is_not_the_next_ones() -> None:
    two: list[Event] = [
        ISA,
        GS,
        ST,
        problem("X12-005", "SE", 1),
        End("ST"),
        replace(ST, control="0002"),
        claim(),
        End("ISA"),
    ]
    stream = io.BytesIO()
    write_all(two, Ack999Writer(stream, OPTIONS))
    assert "IK5*R*4~AK2*837*0002*005010X222A1~IK5*A~AK9*P*2*2*1~" in stream.getvalue().decode()
