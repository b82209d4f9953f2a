"""Valid files made at random from the guides themselves: rare loops, segments, elements and codes too.

Every segment is right by its place in the guide; levels and lines are numbered. What the values mean does not
matter: the files are for checks of syntax, not for payers.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from scrubber.guides.elements import Marks, check
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment

MARKS = Marks("*", ":", "^")
_ISA = (
    "ISA*00*          *00*          *ZZ*SENDER01       *ZZ*RECEIVER01     "
    "*260820*0930*^*00501*000000007*0*T*:"
)
#: A value of each named format of `scrubber.guides.formats`.
VALUES = {
    "D8": "20260801",
    "D6": "260801",
    "RD8": "20260801-20260809",
    "DT": "202608010930",
    "TM": "0930",
    "npi": "1999999018",
    "digits9": "123456789",
    "zip": "62701",
    "zip9": "627010001",
    "icd10cm": "K0262",
    "icd10pcs": "0DTJ4ZZ",
    "icd9": "5210",
    "icd9pcs": "4701",
    "hcpcs": "99213",
    "modifier": "25",
    "hipps": "1AFKS",
    "cdt": "D2392",
    "ndc11": "12345678901",
    "taxonomy": "122300000X",
    "revenue": "0300",
    "phone": "2175550111",
}
_LEVELS = ("2000A", "2000B", "2000C")
#: Loops that a file is about: always there.
_ALWAYS = frozenset({"2000A", "2000B", "2300", "2400"})


class ValidFile:
    """Makes one file of a guide. `density`: how often what may be there is there."""

    def __init__(self, guide: Guide, seed: str, density: float) -> None:
        self.guide, self.density = guide, density
        self.random = Random(seed)
        self.used: set[Segment] = set()
        self._numbers = dict.fromkeys(_LEVELS, "")
        self._levels = self._lines = 0

    def segments(self) -> list[str]:
        """Return the segments, with `*`, `:` and no terminators."""
        group = next(c for c in self.guide.top.children if isinstance(c, Loop))
        transaction = next(c for c in group.children if isinstance(c, Loop))
        inner = [child for child in transaction.children[1:] if child.id != "SE"]
        body = [f"ST*837*0001*{self.guide.id}", *(text for child in inner for text in self._child(child))]
        return [
            _ISA,
            f"GS*HC*SENDER01*RECEIVER01*20260820*0930*1*X*{self.guide.id}",
            *body,
            f"SE*{len(body) + 1}*0001",
            "GE*1*1",
            "IEA*1*000000007",
        ]

    def _child(self, child: Loop | Segment) -> Iterator[str]:
        if child.usage == "N" or not (child.usage == "R" or child.id in _ALWAYS or self._likely()):
            return
        for _ in range(self._times(child)):
            if isinstance(child, Segment):
                yield self._segment(child)
            else:
                yield from self._loop(child)

    def _times(self, child: Loop | Segment) -> int:
        most = min(child.most or 2, 2)
        return self.random.choice([1, 1, most])

    def _loop(self, loop: Loop) -> Iterator[str]:
        opener = loop.opener
        assert opener is not None
        if loop.id in _LEVELS:
            yield from self._level(loop, opener)
            return
        if loop.id == "2300":
            self._lines = 0
        yield self._line(opener) if loop.id == "2400" else self._segment(opener)
        for child in loop.children[1:]:
            yield from self._child(child)

    def _line(self, opener: Segment) -> str:
        self.used.add(opener)
        self._lines += 1
        return f"LX*{self._lines}"

    def _level(self, loop: Loop, opener: Segment) -> Iterator[str]:
        """A level: its number, the one above it, and whether one below it follows."""
        self.used.add(opener)
        self._levels += 1
        number = self._numbers[loop.id] = str(self._levels)
        depth = _LEVELS.index(loop.id)
        parent = self._numbers[_LEVELS[depth - 1]] if depth else ""
        inside = [text for child in loop.children[1:] for text in self._child(child)]
        follows = any(text.startswith("HL*") for text in inside)
        yield f"HL*{number}*{parent}*{20 + depth + (depth > 0)}*{int(follows)}"
        yield from inside

    def _segment(self, segment: Segment) -> str:
        """Return a segment that is right: its relations may ask for several attempts."""
        self.used.add(segment)
        for _ in range(300):
            elements = [segment.id]
            for number, spec in enumerate(segment.elements, 1):
                by = spec.format_by if isinstance(spec, Element) and spec.format_by else number - 1
                # What stands behind is not known yet: mostly it is absent.
                elements.append(self._element(spec, elements[by] if 0 < by < number else ""))
            while not elements[-1]:
                elements.pop()
            if next(check(segment, "", elements, MARKS, 1), None) is None:
                return "*".join(elements)
        raise AssertionError(f"no valid {segment.id} ({segment.name}) was found")

    def _element(self, spec: Element | Composite, before: str) -> str:
        if not self._is_there(spec):
            return ""
        if isinstance(spec, Element):
            return self._value(spec, before)
        parts = [""]
        for part in spec.components:
            parts.append(self._value(part, parts[-1]) if self._is_there(part) else "")
        return ":".join(parts[1:]).rstrip(":")

    def _is_there(self, spec: Element | Composite) -> bool:
        return spec.usage == "R" or (spec.usage == "S" and self._likely())

    def _value(self, spec: Element, before: str) -> str:
        if spec.codes is not None:
            return self.random.choice(sorted(spec.codes))
        if spec.type in ("DT", "TM"):
            return VALUES["TM" if spec.type == "TM" else "D8" if spec.most >= 8 else "D6"]
        format = spec.formats.get(before) or spec.format
        if format is not None:
            return VALUES[format]
        length = self.random.choice([spec.least, min(spec.least + 3, spec.most), min(spec.most, 40)])
        return ("9" if spec.type in ("N0", "N2", "R") else "A") * length

    def _likely(self) -> bool:
        return self.random.random() < self.density
