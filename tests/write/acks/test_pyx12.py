"""What is written, read by others: pyx12's validator and our own guides, both from pyx12's maps.

Where a map asks too much, a test says exactly what pyx12 complains about; why we write it all the same stands
in `tests/support/ack_reading.py`. Our guides find the same until `ack_277ca.yaml` changes them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.guides.violations import Kind
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
from tests.support.ack_reading import (
    BATCH_WITHOUT_PROVIDERS,
    CLAIM_WITHOUT_DATE,
    LINE_STATUS_WITHOUT_DATE,
    SECOND_LINE_STATUS,
    Complaint,
    complaints,
    levels_are_right,
    problems,
    pyx12_asks_for,
    segments,
    violations,
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
    file,
    interchange,
    problem,
    violation,
)


def read_by_all(text: str, *asked: Complaint) -> None:
    """Check that our reader and guides find nothing wrong, and pyx12 only what its map wrongly asks for."""
    assert problems(text) == []
    assert violations(text) == []
    assert Counter(complaints(text)) == Counter(asked)


def answers_claims(text: str, *asked: Complaint) -> None:
    """Check a 277CA: by pyx12's map as it is, we find what pyx12 finds."""
    read_by_all(text, *asked)
    levels_are_right(text)
    as_it_is = violations(text, corrected=False)
    assert Counter((v.segment, v.element, v.component, _code(v.kind)) for v in as_it_is) == Counter(asked)
    assert pyx12_asks_for(text) == Counter(asked)


def _code(kind: Kind) -> str:
    return kind.element_code or kind.segment_code


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
        interchange(stated=0),
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
def test_every_999_is_accepted(events: list[Event]) -> None:
    read_by_all(acknowledge("999", events))


def test_long_loops_are_too_long_for_the_data_element() -> None:
    """IK303 and CTX04 are data element 447, of four characters in 005010; 2010AA has six."""
    fault = Fault(violation(Kind.EXCLUDED, "NM1", 30, "2310B", element=9, number="67"), "PCN1")
    text = acknowledge("999", file(fault), AckOptions(AT, long_loops=True))
    assert complaints(text) == [("IK3", 3, None, "5"), ("CTX", 4, None, "5")]
    assert [(v.segment, v.element, v.kind) for v in violations(text)] == [
        ("IK3", 3, Kind.TOO_LONG),
        ("CTX", 4, Kind.TOO_LONG),
    ]


LINE = Line(2, "L-2", "HC", "99213", ("25",), "0450", Decimal(50), Decimal(1), DAY)
CLAIMS: list[Event] = [
    claim("PCN1", clearinghouse_number="CH", payer_number="ICN", bill_type="111"),
    claim("PCN2", Reason("A7:562:82"), Reason(None, "2010BA", "NM1", 9), Reason(None, line=4)),
    claim("PCN3", rejected=True, provider=DOCTOR, charge=Decimal("0.5")),
    claim("", patient=Party("M\u00fcller*", "A", person=True), provider=Party()),
]
PAYER = AckOptions(AT, role="PR", source=Party("YOUR INSURANCE", qualifier="PI", id="YIC01"))


@pytest.mark.parametrize("options", [AckOptions(AT), PAYER, AckOptions(AT, newline=True)])
def test_every_277ca_is_accepted(options: AckOptions) -> None:
    several = [
        *(ISA, GS, ST, *CLAIMS, End("ST"), replace(ST, control="0002"), *CLAIMS),
        *(replace(GS, control="78"), ST, *CLAIMS, End("ISA")),
        *(replace(ISA, control="906"), GS, ST, *CLAIMS),
    ]
    for events in (file(*CLAIMS), several):
        answers_claims(acknowledge("277CA", events, options))


def test_pyx12_wants_a_date_for_the_status_of_a_line() -> None:
    text = acknowledge("277CA", file(claim("P", Reason("A7:453", line=0), lines={0: LINE})))
    answers_claims(text, LINE_STATUS_WITHOUT_DATE)


def test_pyx12_takes_one_status_segment_a_line() -> None:
    reasons = [Reason(f"A7:{code}", line=0) for code in (453, 454, 476, 477)]
    text = acknowledge("277CA", file(claim("P", *reasons, lines={0: LINE})))
    answers_claims(text, LINE_STATUS_WITHOUT_DATE, SECOND_LINE_STATUS, LINE_STATUS_WITHOUT_DATE)


def test_pyx12_wants_the_dates_of_a_claim_that_has_none() -> None:
    answers_claims(acknowledge("277CA", file(claim("P", Reason("A6:187"), begin=None))), CLAIM_WITHOUT_DATE)


def test_pyx12_wants_providers_below_who_sent_the_claims() -> None:
    bad = Fault(violation(Kind.MISSING_SEGMENT, "PER", 6, "1000A"))
    answers_claims(acknowledge("277CA", file(claim(), bad)), BATCH_WITHOUT_PROVIDERS)


def test_an_interchange_acknowledgment_is_accepted() -> None:
    read_by_all(acknowledge("TA1", [*file(), replace(ISA, control="906"), problem("X12-005", "IEA", 1)]))


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
        assert text.isascii() and text.isprintable()
        assert all(s[:3].strip("*").isalnum() for s in segments(text))
        assert all(s.count("*") <= 16 and s.count(":") <= 9 and not s.endswith("*") for s in segments(text))
