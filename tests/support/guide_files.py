"""Files made at random from the guides themselves: every segment and element a guide has, sooner or later.

Values differ from each other, so that one in the wrong place is noticed. The files follow the guide's order
and qualifiers but not its relations between elements; they are for readers, not for payers.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.support.guides import GuideElement, GuideLoop, GuideSegment, guide

ISA = (
    "ISA*00*          *00*          *ZZ*SENDER01       *ZZ*RECEIVER01     "
    "*260820*0930*^*00501*000000007*0*T*:"
)
_GUIDES = {"professional": "005010X222A1", "institutional": "005010X223A2", "dental": "005010X224A2"}
#: Data elements that are amounts, rates, quantities or percentages (X12 data element numbers).
_NUMBERS = frozenset({"782", "118", "380", "81", "739", "332", "338", "954"})
#: Segments that their first element tells apart.
_QUALIFIED = frozenset({"REF", "NM1", "DTP", "AMT", "QTY"})
_LISTS = {"pos": "11", "states": "IL", "country": "CA", "currency": "CAD", "remark_code": "N290"}
#: Elements that come together: a qualifier, and what it qualifies.
_LED_BY = {
    (segment, second): first
    for segment, pairs in {"NM1": (8,), "PER": (3, 5, 7), "PAT": (5, 7), "CR1": (1,), "SBR": ()}.items()
    for first in pairs
    for second in (first, first + 1)
}
#: Loops that every file has here, required or not.
_ALWAYS = frozenset({"DETAIL", "2000A", "2000B", "2000C", "2300"})
#: Loops of which a claim needs more than one for a test of counting.
_SEVERAL = frozenset({"2320", "2400", "2430", "2440"})
#: Segments that repeat and whose repeats are told apart by nothing: the model holds one of them.
ONCE = frozenset({("REF", "LX"), ("PER", "IC"), ("REF", "G2"), ("REF", "LU")})


class GuideFile:
    """Makes one file with one claim."""

    def __init__(self, claim_type: str, seed: int, density: float = 0.6) -> None:
        self.claim_type = claim_type
        self.random = Random(seed)
        self.density = density
        self.count = 0
        self.hl = 0

    def segments(self) -> list[str]:
        """Return the segments, with `*`, `:` and no terminators."""
        top = guide(self.claim_type)
        group = next(c for c in top.children if isinstance(c, GuideLoop) and c.id == "GS_LOOP")
        transaction = next(c for c in group.children if isinstance(c, GuideLoop))
        body = [text for child in transaction.children for text in self._child(child)]
        body = [text for text in body if not text.startswith("SE*")]
        return [
            ISA,
            f"GS*HC*SENDER01*RECEIVER01*20260820*0930*1*X*{_GUIDES[self.claim_type]}",
            *body,
            f"SE*{len(body) + 1}*0001",
            "GE*1*1",
            "IEA*1*000000007",
        ]

    def _child(self, child: GuideLoop | GuideSegment) -> Iterator[str]:
        if isinstance(child, GuideSegment):
            yield from self._segments(child)
        elif child.required or child.id in _ALWAYS or self._likely(child):
            for _ in range(self._times(child)):
                for inner in child.children:
                    if isinstance(inner, GuideLoop) and inner.id == "2000C":
                        continue
                    if isinstance(inner, GuideLoop) and inner.id == "2300" and child.id == "2000B":
                        yield from self._claim(child, inner)
                        continue
                    yield from self._child(inner)

    def _claim(self, level: GuideLoop, claim: GuideLoop) -> Iterator[str]:
        """The claim stands under the subscriber, or under a patient of the subscriber's."""
        patients = [c for c in level.children if isinstance(c, GuideLoop) and c.id == "2000C"]
        yield from self._child(patients[0] if patients and self._likely() else claim)

    def _likely(self, child: GuideLoop | None = None) -> bool:
        return self.random.random() < self.density

    def _times(self, loop: GuideLoop) -> int:
        if loop.id in _SEVERAL:
            return self.random.randint(1, min(3, loop.most or 3))
        return 1

    def _segments(self, segment: GuideSegment) -> Iterator[str]:
        if not segment.required and not self._likely():
            return
        qualifiers = list(segment.codes(1)) if segment.id in _QUALIFIED else []
        times = self.random.randint(1, min(3, segment.most or 3)) if not segment.opens else 1
        if segment.id == "NM1" or any((segment.id, q) in ONCE for q in segment.codes(1)):
            times = 1
        repeats: list[str | None] = [None] * times
        if qualifiers:  # each once: the model tells repeats apart by them
            repeats = [*self.random.sample(qualifiers, min(times, len(qualifiers)))]
        for qualifier in repeats:
            text = self._text(segment, qualifier)
            if "*" in text:  # a segment of optional elements may come out empty
                yield text

    def _text(self, segment: GuideSegment, qualifier: str | None) -> str:
        elements: dict[int, dict[int | None, str]] = {}
        chosen: dict[int, bool] = {}
        before = ""
        for e in segment.elements:
            leader = _LED_BY.get((segment.id, e.element), e.element)
            if chosen.setdefault(leader, self._is_there(e)) is False or not (
                e.component is None or e.required or self._likely()
            ):
                before = ""
                continue
            value = qualifier if qualifier and (e.element, e.component) == (1, None) else None
            before = value or self._value(segment, e, before)
            elements.setdefault(e.element, {})[e.component] = before
        if segment.id == "HL":
            self.hl += 1
            elements[1] = {None: str(self.hl)}
        out = [segment.id]
        for number in range(1, max(elements, default=0) + 1):
            parts = elements.get(number, {})
            if None in parts or not parts:
                out.append(parts.get(None, ""))
            else:
                last = max(c for c in parts if c is not None)
                out.append(":".join(parts.get(c, "") for c in range(1, last + 1)))
        return "*".join(out).rstrip("*")

    def _is_there(self, e: GuideElement) -> bool:
        return (e.required if e.component is None else e.composite) or self._likely()

    def _value(self, segment: GuideSegment, e: GuideElement, before: str) -> str:
        """Return a value of the element's kind that no other element of the file has."""
        if e.codes:
            return self.random.choice(e.codes)
        if (segment.id, e.element) == ("ST", 3):
            return _GUIDES[self.claim_type]
        if e.external in _LISTS:
            return _LISTS[e.external]
        if before == "BH":
            return self.random.choice(["01", "04", "11", "A1"])
        self.count += 1
        n = self.count
        if e.data_element in ("1251", "373"):
            return self._date(before, n)
        if e.data_element in _NUMBERS:
            return f"{n}.{n % 9 + 1}"
        return f"{1000000000 + n}" if (segment.id, e.element) == ("NM1", 9) else f"V{n}"

    def _date(self, qualifier: str, n: int) -> str:
        day = f"2026{n % 12 + 1:02}{n % 28 + 1:02}"
        if qualifier == "RD8":
            return f"2025{n % 12 + 1:02}{n % 27 + 1:02}-{day}"
        if qualifier == "DT":
            return f"{day}{n % 24:02}{n % 60:02}"
        return f"{n % 24:02}{n % 60:02}" if qualifier == "TM" else day
