"""Envelope checks (X12.5, X12.6): what opens must close, count and number as it should.

ISA/IEA, GS/GE and ST/SE need the whole file, so they are checked where it is cut, not where claims are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrubber.claim.fields.loops import GUIDES
from scrubber.read.x12 import Delimiters, FileProblem

_ORDER = ("ISA", "GS", "ST")
_CLOSER = {"ISA": "IEA", "GS": "GE", "ST": "SE"}
_COUNTED = {"SE": "segments from ST to SE", "GE": "transactions", "IEA": "functional groups"}

_MOST_DIGITS = 10  # of a count, in X12
_MOST_ELEMENTS = 17  # that are looked at: what follows is in the last, which nothing asks for


class Envelopes:
    """The envelopes that are open at some place of a file."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.use(delimiters)
        self._open: dict[str, tuple[int, str]] = {}
        self._groups = self._sets = 0
        self._guide = ""
        self._stray = False
        self.in_transaction = False  # between ST and SE
        self.skipping = False  # inside a transaction that is not a claim we read

    def use(self, delimiters: Delimiters) -> None:
        """Take the delimiters of the interchange that begins."""
        self._sep = delimiters.element.encode("latin-1")

    @property
    def in_stray(self) -> bool:
        """True in a run of segments outside of every transaction, once its first was reported."""
        return self._stray

    def see(self, name: str, position: int, text: bytes) -> Iterator[FileProblem]:
        """Take one envelope segment; yield what is wrong with it."""
        # No further than ISA16: one may have a million elements.
        e = [part.decode("latin-1").strip() for part in text.split(self._sep, _MOST_ELEMENTS)]
        e += [""] * (_MOST_ELEMENTS + 1 - len(e))
        self._stray = False
        yield from self._see(name, position, e)
        self.in_transaction = "ST" in self._open

    def _see(self, name: str, position: int, e: list[str]) -> Iterator[FileProblem]:
        if name == "ISA":
            yield from self._begin("ISA", position, e[13])
            self._groups = 0
        elif name == "GS":
            yield from self._begin("GS", position, e[6])
            self._groups, self._sets, self._guide = self._groups + 1, 0, e[8]
        elif name == "ST":
            yield from self._begin("ST", position, e[2])
            self._sets += 1
            yield from self._check_guide(position, e[1], e[3] or self._guide)
            if not self.skipping:
                yield from self._compare_guides(position, e[3])
        elif name == "SE":
            opened = self._open.get("ST")
            yield from self._end("ST", position, e[1], e[2], position - opened[0] + 1 if opened else 0)
        elif name == "GE":
            yield from self._end("GS", position, e[1], e[2], self._sets)
        else:
            yield from self._end("ISA", position, e[1], e[2], self._groups)

    def stray(self, position: int, name: bytes) -> Iterator[FileProblem]:
        """Take a segment that stands outside every transaction; yield a problem for the first of a run."""
        if name == b"TA1" and set(self._open) == {"ISA"}:  # an interchange acknowledgment has its place here
            return
        if not self._stray:
            yield FileProblem(
                "X12-008",
                "A segment stands outside its envelope",
                "this segment and those after it stand outside ST and SE; they were not read",
                "put them inside a transaction, or remove them",
                position,
                fatal=True,
            )
        self._stray = True

    def unclosed(self, position: int, names: Sequence[str] = _ORDER) -> Iterator[FileProblem]:
        """Close what is still open where it should have ended, and report it."""
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

    def _check_guide(self, position: int, kind: str, guide: str) -> Iterator[FileProblem]:
        self.skipping = kind != "837" or guide not in GUIDES
        if self.skipping:
            yield FileProblem(
                "X12-007",
                "A transaction is not an 837P, 837I or 837D",
                "this transaction is no 837P (005010X222A1), 837I (005010X223A2) or 837D (005010X224A2); "
                "it was not read",
                "send 837P, 837I or 837D transactions",
                position,
                "ST",
                1 if kind != "837" else 3,
                fatal=True,
            )

    def _compare_guides(self, position: int, guide: str) -> Iterator[FileProblem]:
        """Hold ST03 to GS08.

        The guides give ST03 the same value as GS08 (X12's RFI 1330 quotes that for the 999); in X12 itself
        ST03 overrules GS08, so the transaction is read by it. The same value is the same text: the number of
        the errata is part of it, so 005010X222A1 and 005010X222A2 differ, though one guide here serves both.
        A GS08 that is missing, or no guide at all, is a mistake of its own, which the guide of ST03 finds.
        """
        if guide and guide != self._guide and self._guide in GUIDES:
            yield FileProblem(
                "X12-010",
                "A transaction names another guide than its group",
                "ST03 is not the same as GS08 of its functional group; the transaction was read by ST03",
                "name in both the guide that the transaction follows",
                position,
                "ST",
                3,
            )

    def _begin(self, name: str, position: int, control: str) -> Iterator[FileProblem]:
        order = _ORDER.index(name)
        yield from self.unclosed(position, _ORDER[order:])
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

    def _end(self, opener: str, position: int, count: str, control: str, real: int) -> Iterator[FileProblem]:
        closer = _CLOSER[opener]
        yield from self.unclosed(position, _ORDER[_ORDER.index(opener) + 1 :])
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
        if not (count.isascii() and count.isdigit() and len(count) <= _MOST_DIGITS and int(count) == real):
            yield FileProblem(
                "X12-005",
                "An envelope count is wrong",
                f"{closer}01 does not give the number of {_COUNTED[closer]}, which is {real}",
                f"set {closer}01 to {real}, or restore what was lost",
                position,
                closer,
                1,
            )
        if control != opened[1]:
            yield FileProblem(
                "X12-006",
                "Envelope control numbers differ",
                f"{closer}02 is not the control number of its {opener} (segment {opened[0]})",
                "use the same control number in both",
                position,
                closer,
                2,
            )
