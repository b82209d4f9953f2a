"""What is written, read by others: pyx12's validator and our own guides, both from pyx12's maps.

Where the map is wrong, the test says what it complains about, exactly, and why we write it all the same.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.guides.elements import Marks, check
from scrubber.guides.maps import from_map
from scrubber.guides.violations import Kind
from scrubber.guides.walk import Walk
from scrubber.write.acks.model import (
    AckOptions,
    AnsweredClaim,
    End,
    Event,
    Fault,
    Group,
    Interchange,
    Line,
    Party,
    Reason,
    Transaction,
)
from tests.write.acks.events import (
    AT,
    DAY,
    DOCTOR,
    GS,
    ISA,
    ST,
    acknowledge,
    claim,
    counts_are_right,
    file,
    problem,
    segments,
    violation,
)

params = pytest.importorskip("pyx12.params")
document = pytest.importorskip("pyx12.x12n_document")

#: Segment, element, component, IK403 of an error, IK304 where it is the segment.
Complaint = tuple[str, int | None, int | None, str]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def complaints(text: str) -> list[Complaint]:
    """Return what pyx12 finds wrong; its verdict must agree."""
    answer = io.StringIO()
    valid = document.x12n_document(params.ParamsBase(), io.StringIO(text), None, None, fd_json=answer)
    found: list[Complaint] = []
    for interchange in json.loads(answer.getvalue())["interchanges"]:
        found += _errors("ISA", interchange)
        for group in interchange["groups"]:
            found += _errors("GS", group)
            for transaction in group["transactions"]:
                found += _errors("ST", transaction)
                for segment in transaction["segments"]:
                    found += _errors(segment["seg_id"], segment)
                    for element in segment["elements"]:
                        at = element["ele_pos"], element["subele_pos"]
                        found += [(segment["seg_id"], *at, e["err_cde"]) for e in element["errors"]]
    assert valid is not bool(found)
    return found


def _errors(segment: str, holder: dict[str, list[dict[str, str]]]) -> list[Complaint]:
    return [(segment, None, None, error["err_cde"]) for error in holder["errors"]]


FAULTS: list[Event] = [
    Fault(violation(Kind.MISSING_SEGMENT, "N3", 11)),
    Fault(violation(Kind.INVALID_CODE, "N4", 12, element=2, number="156", value="Z*:~^\u00e9")),
    Fault(violation(Kind.UNUSED_ELEMENT, "N4", 12, element=6, number="310", value="x" * 120)),
    Fault(violation(Kind.CONDITIONAL_MISSING, "NM1", 30, "2310B", element=9, number="67"), "PCN1"),
    Fault(violation(Kind.EXCLUDED, "SV1", 40, "2400", element=3, number="355"), "P" * 38),
    Fault(violation(Kind.PATTERN, "HI", 41, "2300", element=1, component=2, repeat=1, number="1271"), "PCN1"),
    Fault(violation(Kind.UNKNOWN_SEGMENT, "ZZZ", 42, "2400"), "PCN1"),
    Fault(violation(Kind.LOOP_REPEATS, "LX", 43, "2400"), "PCN1"),
    *[Fault(violation(kind, "DTP", 50 + i, "2400", element=3, number="1251", value="x"), "PCN1")
      for i, kind in enumerate(Kind)],
    problem("X12-009", "HL", 3, position=60, fatal=True),
    problem("X12-005", "SE", 1),
]  # fmt: skip


@pytest.mark.parametrize(
    "events",
    [
        file(claim()),
        file(*FAULTS),
        [ISA, GS, End("GS", 0), End("ISA")],
        [ISA, GS, replace(ST, control="1"), End("ISA")],
        [*(ISA, GS, ST, replace(ST, control="0002", position=9), *FAULTS), problem("X12-005", "GE", 1)],
        [
            *(ISA, GS, ST, replace(GS, control="78"), ST, End("ISA")),
            replace(ISA, control="000000906"),
            GS,
            ST,
        ],
    ],
    ids=[
        "accepted",
        "every kind of fault",
        "no transaction",
        "not answerable",
        "partly",
        "several envelopes",
    ],
)
def test_pyx12_accepts_every_999(events: list[Event]) -> None:
    text = acknowledge("999", events)
    counts_are_right(text)
    assert complaints(text) == []


def test_long_loops_are_too_long_for_the_data_element() -> None:
    """IK303 and CTX04 are data element 447, of four characters in 005010; 2010AA has six."""
    fault = Fault(violation(Kind.EXCLUDED, "NM1", 30, "2310B", element=9, number="67"), "PCN1")
    text = acknowledge("999", file(fault), AckOptions(AT, long_loops=True))
    assert complaints(text) == [("IK3", 3, None, "5"), ("CTX", 4, None, "5")]


LINE = Line(2, "L-2", "HC", "99213", ("25",), "0450", Decimal(50), Decimal(1), DAY)
CLAIMS: list[Event] = [
    claim("PCN1", clearinghouse_number="CH", payer_number="ICN", bill_type="111"),
    claim("PCN2", Reason("A7:562:82"), Reason(None, "2010BA", "NM1", 9), Reason(None, line=4)),
    claim("PCN3", rejected=True, provider=DOCTOR, charge=Decimal("0.5")),
    claim("", patient=Party("M\u00fcller*", "A", person=True), provider=Party()),
]
#: Claims with one status each.
SINGLE: list[Event] = [CLAIMS[0], claim("PCN2", Reason("A7:562:82")), *CLAIMS[2:]]
PAYER = AckOptions(AT, role="PR", source=Party("YOUR INSURANCE", qualifier="PI", id="YIC01"))


@pytest.mark.parametrize("options", [AckOptions(AT), PAYER, AckOptions(AT, newline=True)])
def test_pyx12_accepts_every_277ca(options: AckOptions) -> None:
    several = [
        *file(*CLAIMS)[:-2],
        replace(ST, control="0002"),
        *CLAIMS,
        replace(GS, control="78"),
        ST,
        *CLAIMS,
    ]
    for events in (file(*CLAIMS), [*several, End("ISA"), replace(ISA, control="906"), GS, ST, *CLAIMS]):
        text = acknowledge("277CA", events, options)
        counts_are_right(text)
        assert complaints(text) == []


def test_pyx12_wants_a_date_for_the_status_of_a_line() -> None:
    """2220D STC02: pyx12's map says required. X12's example 1 of 005010X214 has none, and stupidedi's
    X214-HN277.rb says not used; 2200C STC02, of the same kind, is not used in both."""
    text = acknowledge("277CA", file(claim("P", Reason("A7:453", line=0), lines={0: LINE})))
    assert complaints(text) == [("STC", 2, None, "1")]


def test_pyx12_takes_one_status_segment_a_line() -> None:
    """2220D STC: pyx12's map says once, stupidedi's X214-HN277.rb any number.

    More than three statuses need two."""
    reasons = [Reason(f"A7:{code}", line=0) for code in (453, 454, 476, 477)]
    found = complaints(acknowledge("277CA", file(claim("P", *reasons, lines={0: LINE}))))
    assert found == [("STC", 2, None, "1"), ("STC", None, None, "5"), ("STC", 2, None, "1")]


def test_pyx12_wants_the_dates_of_a_claim_that_has_none() -> None:
    """2200D DTP: pyx12's map and stupidedi's say required. X12's example 4 of 005010X214 leaves it out of the
    claim that is rejected for its dates; we leave it out only where there is no date at all."""
    text = acknowledge("277CA", file(claim("P", Reason("A6:187"), begin=None)))
    assert complaints(text) == [("DTP", None, None, "3")]


def test_pyx12_wants_providers_below_who_sent_the_claims() -> None:
    """2000C: pyx12's map says required. X12's example 2 of 005010X214 rejects a batch with nothing below who
    sent it, and the map itself allows the HL04 of 0 that says so."""
    bad = Fault(violation(Kind.MISSING_SEGMENT, "PER", 6, "1000A"))
    assert complaints(acknowledge("277CA", file(claim(), bad))) == [("HL", None, None, "3")]


def test_an_interchange_acknowledgment_is_accepted() -> None:
    text = acknowledge("TA1", [*file(), replace(ISA, control="906"), problem("X12-005", "IEA", 1)])
    counts_are_right(text)
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("name", "guide_id", "kind", "within"),
    [
        ("999.5010X231.A1.xml", "005010X231A1", "999", FAULTS),
        ("277.5010.X214.xml", "005010X214", "277CA", SINGLE),
    ],
)
def test_our_own_guides_accept_them(name: str, guide_id: str, kind: str, within: list[Event]) -> None:
    """Every segment in its place, and its elements as they must be."""
    marks = Marks("*", ":", "^")
    walk = Walk(from_map(name, (guide_id,)))
    state = walk.before("ISA")
    found: list[object] = []
    for position, text in enumerate(segments(acknowledge(kind, file(*within))), 1):
        elements = text.split("*")
        move = walk.move(state, elements[0], walk.qualifier_of(elements, ":"))
        found += [(elements[0], fault.kind) for fault in move.faults]
        assert move.segment is not None, text
        found += list(check(move.segment, move.loop.id, elements, marks, position))
        state = move.state
    assert found == []


def test_positions_beyond_six_digits_are_too_long_for_pyx12() -> None:
    """IK302 is data element 719: six digits in pyx12's list, which is that of 004010; ten in 005010."""
    text = acknowledge("999", file(Fault(violation(Kind.MISSING_SEGMENT, "N3", 2_000_000, "2400"))))
    assert complaints(text) == [("IK3", 2, None, "5")]


ANY = st.text(max_size=120)
PARTY = st.builds(Party, ANY, ANY, ANY, ANY, st.booleans(), ANY, ANY)
WRONG = st.builds(
    violation, st.sampled_from(Kind), ANY | st.just("N4"), st.integers(4, 99), ANY, element=st.integers(1, 9),
    number=ANY, value=ANY,
)  # fmt: skip
REASON = st.builds(Reason, ANY, ANY, ANY, st.integers(1, 9), line=st.sampled_from([None, 0, 1]))
ODD_LINE = st.builds(Line, st.integers(1, 99), ANY, ANY, ANY, st.tuples(ANY, ANY), ANY)
ODD_CLAIM = st.builds(
    claim, ANY, REASON, REASON, patient=PARTY, provider=PARTY, bill_type=ANY, payer_number=ANY,
    clearinghouse_number=ANY, lines=st.builds(lambda line: {0: line}, ODD_LINE), rejected=st.booleans(),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.builds(Interchange, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY),
    st.builds(Group, ANY.filter(lambda code: code != "FA"), ANY, ANY, ANY, ANY),
    st.builds(Transaction, st.just("837"), st.just("0001"), ANY, st.just(3), ANY, PARTY, PARTY),
    st.lists(st.builds(Fault, WRONG, ANY), max_size=3),
    st.lists(ODD_CLAIM, min_size=1, max_size=3),
)
def test_whatever_the_values_are_the_acknowledgments_can_be_read(
    isa: Interchange, gs: Group, transaction: Transaction, faults: list[Fault], claims: list[AnsweredClaim]
) -> None:
    events: list[Event] = [isa, gs, transaction, *faults, *claims, End("ISA")]
    for kind in ("TA1", "999", "277CA"):
        text = acknowledge(kind, events)
        counts_are_right(text)
        assert text.isascii() and text.isprintable()
        assert all(s[:3].strip("*").isalnum() for s in segments(text))
        assert all(s.count("*") <= 16 and s.count(":") <= 9 and not s.endswith("*") for s in segments(text))
