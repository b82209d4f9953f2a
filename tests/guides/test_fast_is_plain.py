"""The quick check of a segment never says "right" of what the plain check would find wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.claims import Mix, as_bytes
from benchmarks.claims.mix import ClaimType
from scrubber.guides.code import Code
from scrubber.guides.elements import Marks, check
from scrubber.guides.fast import Oddity, write_proof
from scrubber.guides.library import Guides
from scrubber.guides.model import Composite, Element, Segment
from scrubber.guides.walk import Walk
from tests.guides.mutants import EVERY_TYPE
from tests.support.guides import IDS, LOADERS

MARKS = [Marks("*", ":", "^"), Marks("|", ">", "!"), Marks("\x1d", "\x1f", "\x1c"), Marks("*", "\\", "")]
GUIDES = Guides(LOADERS)
#: What elements are mostly wrong by.
ODD = [
    *[
        "",
        " ",
        "  ",
        "X",
        "XX ",
        " X",
        "\t",
        "A\x00B",
        "A\x7fB",
        ".",
        "-",
        "-.",
        "--1",
        "1-",
        "+1",
        "1.",
        ".5",
        "-.5",
    ],
    *[
        "1..2",
        "0",
        "00",
        "12",
        "1e5",
        "1_0",
        "1,000",
        "01",
        "-0",
        "20260230",
        "20260229",
        "20240229",
        "17991231",
    ],
    *["260230", "260228", "20260101-20260102", "20260101-2026010", "202601012460", "2460", "2359", "235960"],
    *[
        "Y",
        "N",
        "D8",
        "RD8",
        "TM",
        "HC",
        "ABK",
        "BH",
        "X" * 35,
        "X" * 36,
        "9" * 10,
        "9" * 18,
        "9" * 19,
        "1.50",
    ],
]


@cache
def places(claim_type: ClaimType) -> tuple[Segment, ...]:
    """Return all segments of a guide, at all their places."""
    guide = GUIDES.guide(IDS[claim_type])
    assert guide is not None
    return tuple(segment for _, segment in guide.top.segments())


@cache
def proof_of(segment: Segment, marks: Marks, length: int) -> Callable[[list[str], str], bool]:
    """Return the quick check that a reader has for segments of one length."""
    code = Code(length)
    code.emit(", ".join(["_", *(code.at(i) for i in range(1, length))]) + ", = e")
    write_proof(code, segment, marks)
    code.emit("return True")
    return code.made("e, t", f"test {segment.id}")


@cache
def oddity_of(marks: Marks) -> Oddity:
    return Oddity(marks, "~")


def is_right(segment: Segment, elements: list[str], marks: Marks) -> bool:
    return next(check(segment, "", elements, marks, 1), None) is None


class Maker:
    """Makes segments of a place in a guide: nearly right ones."""

    def __init__(self, random: Random, marks: Marks, fault: float) -> None:
        self.random, self.marks, self.fault = random, marks, fault

    def segment(self, segment: Segment) -> list[str]:
        """Return the elements, the segment id first."""
        elements = [segment.id, *(self.element(spec) for spec in segment.elements)]
        if self.likely(0.9):
            while len(elements) > 1 and not elements[-1]:
                elements.pop()
        if self.likely(self.fault / 4):
            elements += self.random.choice([[""], ["X"], ["", "X"]])
        if self.likely(self.fault / 4):
            del elements[self.random.randrange(1, len(elements) + 1) :]
        return elements

    def element(self, spec: Element | Composite) -> str:
        if not self.is_there(spec):
            return ""
        if isinstance(spec, Element):
            return self.value(spec)
        parts = [self.value(part) if self.is_there(part) else "" for part in spec.components]
        text = self.marks.component.join(parts)
        text = text.rstrip(self.marks.component) if self.likely(0.9) else text
        return text + self.marks.component if self.likely(self.fault / 8) else text

    def is_there(self, spec: Element | Composite) -> bool:
        if self.likely(self.fault / 8):
            return self.likely(0.5)
        return spec.usage == "R" or (spec.usage == "S" and self.likely(0.4))

    def value(self, spec: Element) -> str:
        if self.likely(self.fault / 4):
            odd = self.random.choice(ODD)
            return self.random.choice([odd, odd + " ", self.marks.component.join([odd, odd])])
        if spec.codes is not None:
            return self.random.choice(sorted(spec.codes))
        if spec.type == "DT":
            return "20260101" if spec.most >= 8 else "260101"
        if spec.type == "TM":
            return "0930"
        if spec.format == "digits9" or spec.number == "1251":
            return self.random.choice(["123456789", "20260101", "20260101-20260131", "0930", "202601010930"])
        length = self.random.choice([spec.least, spec.least, min(spec.most, spec.least + 9), spec.most])
        return "9" * length if spec.type in ("N0", "N2", "R") else "A" * length

    def likely(self, chance: float) -> bool:
        return self.random.random() < chance


@given(
    st.sampled_from(EVERY_TYPE).flatmap(lambda claim_type: st.sampled_from(places(claim_type))),
    st.sampled_from(MARKS),
    st.lists(st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="ascii"), max_size=8)), max_size=24),
)
@settings(max_examples=400, deadline=None)
def test_what_is_proven_is_right(segment: Segment, marks: Marks, values: list[str]) -> None:
    holds_together(segment, marks, [segment.id, *(v for v in values if marks.element not in v)])


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
@pytest.mark.parametrize("fault", [0.0, 0.3, 1.0])
def test_what_is_proven_is_right_nearby(claim_type: ClaimType, fault: float) -> None:
    """Right and slightly wrong segments of every place; the proofs of many hold, and of many do not."""
    random, verdicts = Random(f"{claim_type}{fault}"), Counter[bool]()
    for segment in places(claim_type):
        for marks in MARKS:
            maker = Maker(random, marks, fault)
            for _ in range(12):
                verdicts[holds_together(segment, marks, maker.segment(segment))] += 1
    assert min(verdicts.values()) > 500


def holds_together(segment: Segment, marks: Marks, elements: list[str]) -> bool:
    """Check one segment in both ways; return whether the quick check holds."""
    text = marks.element.join(elements)
    if oddity_of(marks).is_in(text):
        return False  # the checker does not ask then
    quick = proof_of(segment, marks, len(elements))(elements, text)
    if quick:
        found = list(check(segment, "", elements, marks, 1))
        assert not found, (elements, found)
    return quick


def _mix(claim_type: ClaimType, delimiters: str) -> Mix:
    return Mix(claim_type, claims=120, seed=5, coordination=0.5, delimiters=delimiters, newline="")


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
@pytest.mark.parametrize("delimiters", ["*:^~", "|>!\x1e"])
def test_right_segments_are_proven(claim_type: ClaimType, delimiters: str) -> None:
    """Segments of valid claims hardly ever need the plain check."""
    data = as_bytes(_mix(claim_type, delimiters))[0].decode()
    element, component, end = delimiters[0], delimiters[1], delimiters[3]
    marks = Marks(element, component, delimiters[2])
    guide = GUIDES.guide(IDS[claim_type])
    assert guide is not None
    walk = Walk(guide)
    state, seen = walk.start, Counter[bool]()
    for text in data.split(end)[1:-4]:  # ISA has the separators themselves; trailers are not walked
        elements = text.split(element)
        if elements[0] in ("GS", "ST") and not seen:
            state = walk.before(elements[0])
        move = walk.move(state, elements[0], walk.qualifier_of(elements, component))
        state = move.state
        assert move.segment is not None and not move.faults
        seen[proof_of(move.segment, marks, len(elements))(elements, text)] += 1
        assert is_right(move.segment, elements, marks)
    assert seen[True] > 3000 and seen[False] < 20  # amounts below zero


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_proofs_are_as_many_as_there_are_right_segments(claim_type: ClaimType) -> None:
    """What the plain check finds right, the quick one proves, nearly always: else it would not be quick."""
    random, verdicts = Random(claim_type), Counter[bool]()
    marks = MARKS[0]
    for segment in places(claim_type):
        if segment.id == "ISA":
            continue
        maker = Maker(random, marks, 0.0)
        for _ in range(20):
            elements = maker.segment(segment)
            if is_right(segment, elements, marks):
                quick = proof_of(segment, marks, len(elements))
                verdicts[quick(elements, marks.element.join(elements))] += 1
    assert verdicts[True] > 100 * max(verdicts[False], 10)


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_a_segment_may_have_no_elements(claim_type: ClaimType) -> None:
    for segment in places(claim_type):
        holds_together(segment, MARKS[0], [segment.id])


def _alone(usage: str, codes: frozenset[str]) -> Segment:
    return Segment("ZZZ", "made up", "S", 1, 1, (Element("kind", usage, "1250", "ID", 1, 4, codes),))


@pytest.mark.parametrize("usage", ["R", "S"])
@pytest.mark.parametrize(
    ("codes", "component"), [(["UNITS"], ":"), ([], ":"), (["A-"], "-"), (["UNIT"], ":")]
)
def test_codes_of_which_none_can_be_right(usage: str, codes: list[str], component: str) -> None:
    """A payer's overlay may list codes that are longer than the element."""
    marks = Marks("*", component, "^")
    for value in ("UNIT", "UNITS", "A-", ""):
        holds_together(_alone(usage, frozenset(codes)), marks, ["ZZZ", value])


@pytest.mark.parametrize("formats", [{"D8": "D8", "RD8": "D8"}, {"D8": "DT"}, {"D8": "D8", "RD8": "DT"}])
def test_a_code_may_have_the_format_of_another_name(formats: dict[str, str]) -> None:
    kind = Element("kind", "R", "1250", "ID", 2, 3, frozenset(formats))
    value = Element("value", "R", "1251", "AN", 1, 35, None, 1, None, formats)
    segment = Segment("DTP", "made up", "S", 1, 1, (kind, value))
    verdicts = [
        holds_together(segment, MARKS[0], ["DTP", code, text])
        for text in ("20260101", "20260101-20260102", "202601010930")
        for code in formats
    ]
    assert any(verdicts) and not all(verdicts)
