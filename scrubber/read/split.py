"""Cut a file into pieces at claim boundaries without reading the claims, and check its envelopes.

The file is streamed; memory does not depend on its size. Each chunk carries the envelope and hierarchy
segments its claims stand under, so that any process can read it. Envelope checks (X12.5, X12.6: control
numbers, counts, missing trailers) need the whole file and are therefore made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from scrubber.read.reader import Piece, ReadClaim, Reader
from scrubber.read.x12 import ISA_LENGTH, Delimiters, FileProblem, ReadError

SUPPORTED_GUIDES = ("005010X222A1", "005010X222A2")
_BLOCK = 1 << 20
_MAX_SEGMENT = 1 << 20
_HL_LEVELS = {b"20": 0, b"22": 1, b"23": 2}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some claims of a file: the segments above them, then their own. Picklable."""

    delimiters: Delimiters
    pieces: tuple[tuple[int, bytes], ...]
    first_index: int
    claims: int
    incomplete: bool = False

    def read(self) -> Iterator[ReadClaim]:
        """Yield the claims. Text is UTF-8, or latin-1 where it is not valid UTF-8."""
        reader = Reader(self.delimiters, self.first_index)
        end = self.delimiters.segment.encode("latin-1")
        pieces = [Piece(position, _decode_segments(data, end)) for position, data in self.pieces]
        last = self.first_index + self.claims - 1
        for item in reader.read(pieces):
            item.incomplete = self.incomplete and item.index == last
            yield item

    def one_by_one(self) -> Iterator[Chunk]:
        """Yield the same claims as chunks of one claim each."""
        if self.claims == 1:
            yield self
            return
        collector = _Collector(self.delimiters, limit=1)
        collector.index = self.first_index
        end = self.delimiters.segment.encode("latin-1")
        for position, data in self.pieces:
            for offset, raw in enumerate(data.split(end)):
                chunk = collector.add(position + offset, raw)
                if chunk is not None:
                    yield chunk
        chunk = collector.flush(incomplete=self.incomplete)
        if chunk is not None:
            yield chunk


def _decode_segments(data: bytes, end: bytes) -> str:
    """Decode segments. Each is UTF-8 or latin-1 by itself: a neighbour must not change how one reads."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return end.decode("latin-1").join(decode(segment) for segment in data.split(end))


def decode(data: bytes) -> str:
    """Decode one segment; both ways keep every byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class _Collector:
    """Collects segments into chunks of at most `limit` claims."""

    def __init__(self, delimiters: Delimiters, limit: int) -> None:
        self._delimiters = delimiters
        self._limit = limit
        self._end = delimiters.segment.encode("latin-1")
        self._sep = delimiters.element.encode("latin-1")
        self.index = 0
        self._envelope: dict[bytes, tuple[int, list[bytes]]] = {}
        self._levels: list[tuple[int, list[bytes]] | None] = [None, None, None]
        self._above: list[tuple[int, bytes]] = []
        self._body: list[bytes] = []
        self._body_position = 0
        self._claims = 0
        self._in_claim = False
        self._open: list[bytes] = []

    def add(self, position: int, raw: bytes) -> Chunk | None:
        """Add one segment; return a chunk when one is full."""
        text = raw if raw[:1].isalnum() else raw.lstrip(b"\r\n \t")
        name = text[:4].split(self._sep, 1)[0]
        full = None
        if name in (b"ISA", b"GS", b"ST"):
            full = self.flush()
            self._enter(name, position, raw)
        elif name in (b"SE", b"GE", b"IEA"):
            full = self.flush()
            self._open = []
        elif name == b"HL":
            if self._claims >= self._limit:
                full = self.flush()
            self._in_claim = False
            self._enter_level(position, raw, text)
            self._extend(position, raw)
        elif name == b"CLM":
            if self._claims >= self._limit:
                full = self.flush()
            self._in_claim = True
            self._claims += 1
            self._extend(position, raw)
        elif self._in_claim:
            self._body.append(raw)
        else:
            self._open.append(raw)
            if self._body:
                self._body.append(raw)
        return full

    def _enter_level(self, position: int, raw: bytes, text: bytes) -> None:
        elements = text.split(self._sep)
        level = _HL_LEVELS.get(elements[3]) if len(elements) > 3 else None
        if level is not None:
            opened = (position, [raw])
            self._levels[level:] = [opened, *[None] * (2 - level)]
            self._open = opened[1]

    def _enter(self, name: bytes, position: int, raw: bytes) -> None:
        order = [b"ISA", b"GS", b"ST"]
        for below in order[order.index(name) :]:
            self._envelope.pop(below, None)
        self._envelope[name] = (position, [raw])
        self._open = self._envelope[name][1]
        self._levels = [None, None, None]

    def _extend(self, position: int, raw: bytes) -> None:
        if not self._body:
            self._body_position = position
            above = [*self._envelope.values(), *(level for level in self._levels if level)]
            self._above = [
                (first, self._end.join(segments)) for first, segments in above if first != position
            ]
        self._body.append(raw)

    def flush(self, *, incomplete: bool = False) -> Chunk | None:
        """Return what was collected, if it has claims, and start anew."""
        chunk = None
        if self._claims:
            pieces = (*self._above, (self._body_position, self._end.join(self._body)))
            chunk = Chunk(self._delimiters, pieces, self.index, self._claims, incomplete)
            self.index += self._claims
        self._body, self._claims, self._in_claim = [], 0, False
        return chunk


_ORDER = ("ISA", "GS", "ST")
_CLOSER = {"ISA": "IEA", "GS": "GE", "ST": "SE"}


class _Envelopes:
    """Checks that envelopes open, close, count and number as they should."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._sep = delimiters.element.encode("latin-1")
        self._open: dict[str, tuple[int, str]] = {}
        self._groups = self._sets = 0
        self.skipping = False  # inside a transaction that is not an 837P
        self._guide = ""

    def see(self, name: str, position: int, text: bytes) -> Iterator[FileProblem]:
        """Look at one envelope segment."""
        e = [part.decode("latin-1") for part in text.split(self._sep)]
        e += [""] * (17 - len(e))
        if name == "ISA":
            yield from self._begin("ISA", position, e[13])
            self._groups = 0
        elif name == "GS":
            yield from self._begin("GS", position, e[6])
            self._groups, self._sets, self._guide = self._groups + 1, 0, e[8]
        elif name == "ST":
            yield from self._begin("ST", position, e[2])
            self._sets += 1
            guide = e[3] or self._guide
            self.skipping = e[1] != "837" or guide not in SUPPORTED_GUIDES
            if self.skipping:
                yield FileProblem(
                    "X12-007",
                    "A transaction is not an 837P",
                    "this transaction is not an 837 professional claim (005010X222A1); it was not read",
                    "send 837P transactions; other claim types are not supported yet",
                    position,
                    "ST",
                    1 if e[1] != "837" else 3,
                    fatal=True,
                )
        elif name == "SE":
            yield from self._end("ST", "SE", position, e[1], e[2], self._length(position))
        elif name == "GE":
            yield from self._end("GS", "GE", position, e[1], e[2], self._sets)
        elif name == "IEA":
            yield from self._end("ISA", "IEA", position, e[1], e[2], self._groups)

    def is_open(self, name: str) -> bool:
        """True while the envelope has begun and not ended."""
        return name in self._open

    def _length(self, position: int) -> int:
        opened = self._open.get("ST")
        return position - opened[0] + 1 if opened else 0

    def _begin(self, name: str, position: int, control: str) -> Iterator[FileProblem]:
        order = _ORDER.index(name)
        yield from self.unclosed(_ORDER[order:], position)
        for outer in _ORDER[:order]:
            if outer not in self._open:
                yield FileProblem(
                    "X12-008",
                    "A segment stands outside its envelope",
                    f"{name} stands outside {outer}",
                    f"wrap it in {outer} and {_CLOSER[outer]}",
                    position,
                    name,
                )
        self._open[name] = (position, control)
        self.skipping = self.skipping and name == "ST"

    def unclosed(self, names: tuple[str, ...], position: int) -> Iterator[FileProblem]:
        """Report envelopes that are still open where they should have ended."""
        for name in reversed(names):
            opened = self._open.pop(name, None)
            if opened is not None:
                closer = _CLOSER[name]
                yield FileProblem(
                    "X12-004",
                    "An envelope does not end",
                    f"the {name} of segment {opened[0]} has no {closer}",
                    f"add {closer}, or fetch the file again if it was cut",
                    position,
                    closer,
                    fatal=True,
                )

    def _end(
        self, opener: str, closer: str, position: int, count: str, control: str, real: int
    ) -> Iterator[FileProblem]:
        order = _ORDER.index(opener)
        yield from self.unclosed(_ORDER[order + 1 :], position)
        opened = self._open.pop(opener, None)
        self.skipping = False
        if opened is None:
            yield FileProblem(
                "X12-008",
                "A segment stands outside its envelope",
                f"{closer} closes nothing: there is no open {opener}",
                f"remove it, or add the {opener} it belongs to",
                position,
                closer,
                fatal=True,
            )
            return
        if not count.isdigit() or int(count) != real:
            what = {"SE": "segments from ST to SE", "GE": "transactions", "IEA": "functional groups"}[closer]
            yield FileProblem(
                "X12-005",
                "An envelope count is wrong",
                f"{closer}01 does not give the number of {what}, which is {real}",
                f"set {closer}01 to {real}, or restore what was lost",
                position,
                closer,
                1,
            )
        if control.strip() != opened[1].strip():
            yield FileProblem(
                "X12-006",
                "Envelope control numbers differ",
                f"{closer}02 is not the control number of its {opener} (segment {opened[0]})",
                "use the same control number in both",
                position,
                closer,
                2,
            )


_ENVELOPE_NAMES = (b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA")


def split_x12(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[Chunk | FileProblem]:
    """Yield the chunks of an X12 stream, and its envelope problems where they are found.

    Raises ReadError when the stream is not X12 at all.
    """
    head = stream.read(_BLOCK)
    start = len(head) - len(head.lstrip(b"\xef\xbb\xbf \r\n\t"))
    if not head[start:]:
        raise ReadError("the file is empty", "give an 837 file or claim JSON")
    delimiters = Delimiters.from_isa(head[start : start + ISA_LENGTH])
    collector = _Collector(delimiters, claims_a_chunk)
    envelopes = _Envelopes(delimiters)
    end = delimiters.segment.encode("latin-1")
    sep = delimiters.element.encode("latin-1")
    position = 0
    rest = head[start:]
    while True:
        *segments, rest = rest.split(end)
        for raw in segments:
            position += 1
            text = raw if raw[:1].isalnum() else raw.lstrip(b"\r\n \t")
            name = text[:4].split(sep, 1)[0]
            if name in _ENVELOPE_NAMES:
                if name == b"ISA" and position > 1:
                    _same_delimiters(delimiters, text + end, position)
                yield from envelopes.see(name.decode(), position, text)
            if not envelopes.skipping:
                chunk = collector.add(position, raw)
                if chunk is not None:
                    yield chunk
        if len(rest) > _MAX_SEGMENT:
            raise ReadError(
                f"segment {position + 1} is longer than {_MAX_SEGMENT} bytes",
                "the segment terminator that ISA declares does not occur; check the ISA segment",
            )
        block = stream.read(_BLOCK)
        if not block:
            break
        rest += block
    cut = bool(rest.strip(b"\r\n \t\x1a\x00"))
    chunk = collector.flush(incomplete=envelopes.is_open("ST"))
    if chunk is not None:
        yield chunk
    if cut:
        yield FileProblem(
            "X12-003",
            "The file ends inside a segment",
            f"segment {position + 1} has no terminator: the file was cut",
            "fetch the file again from where it was made; the transfer did not finish",
            position + 1,
            fatal=True,
        )
    yield from envelopes.unclosed(("ISA", "GS", "ST"), position + 1)


def _same_delimiters(expected: Delimiters, isa: bytes, position: int) -> None:
    if Delimiters.from_isa(isa[:ISA_LENGTH].ljust(ISA_LENGTH)) != expected:
        raise ReadError(
            f"the interchange at segment {position} uses other delimiters than the first one",
            "put each interchange into a file of its own",
        )
