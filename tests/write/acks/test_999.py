"""The 999: acceptance on three levels, errors at their places, nothing that would make it invalid itself."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from scrubber.guides.violations import Kind
from scrubber.write.acks.ack_999 import Ack999Writer
from scrubber.write.acks.model import AckOptions, End, Event, Fault, Trigger
from tests.support.ack_reading import segments
from tests.write.acks.events import (
    AT,
    GS,
    GUIDE,
    ISA,
    OPTIONS,
    ST,
    acknowledge,
    body,
    claim,
    file,
    interchange,
    problem,
    violation,
)

AK1 = f"AK1*HC*77*{GUIDE}"
AK2 = f"AK2*837*0001*{GUIDE}"
BAD_STATE = violation(Kind.INVALID_CODE, "N4", 12, element=2, number="156", value="ZZ")


def answer(*within: Event, options: AckOptions = OPTIONS) -> list[str]:
    return body("999", file(*within), options)


def test_a_file_without_faults_is_accepted() -> None:
    text = acknowledge("999", file(claim()))
    assert segments(text) == [
        "ISA*00*          *00*          *30*123456789      *ZZ*SUBMITTER01    *260821*0930*^*00501*200000905"
        "*0*T*:",
        "GS*FA*PAYER*SUB*20260821*0930*200000905*X*005010X231A1",
        "ST*999*0001*005010X231A1",
        AK1,
        AK2,
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
        "GE*1*200000905",
        "IEA*1*200000905",
    ]
    assert "\n" not in text


def test_a_fault_in_a_claim_is_noted_and_one_above_the_claims_rejects() -> None:
    assert answer(Fault(BAD_STATE, "PCN1")) == [
        *(AK1, AK2, "IK3*N4*10**8", "CTX*CLM01:PCN1", "IK4*2*156*7*ZZ", "IK5*E*5", "AK9*E*1*1*1")
    ]
    assert answer(Fault(BAD_STATE))[-4:] == ["IK3*N4*10**8", "IK4*2*156*7*ZZ", "IK5*R*5", "AK9*R*1*1*0"]


def test_a_fault_in_a_claim_rejects_where_the_trading_partner_wants_it() -> None:
    assert answer(Fault(BAD_STATE, "PCN1"), options=AckOptions(AT, reach="transaction"))[-2:] == [
        "IK5*R*5",
        "AK9*R*1*1*0",
    ]


def test_what_does_not_block_never_rejects() -> None:
    assert answer(Fault(BAD_STATE, blocks=False))[-2:] == ["IK5*E*5", "AK9*E*1*1*1"]


def test_faults_against_the_guide_alone_have_a_code_of_their_own() -> None:
    unused = violation(Kind.UNUSED_SEGMENT, "N3", 9, "2400")
    odd = violation(Kind.PATTERN, "REF", 8, "2300", element=2, number="127", value="A")
    assert answer(Fault(unused), Fault(BAD_STATE), Fault(odd))[2:] == [
        "IK3*REF*6*2300*8",
        "IK4*2*127*I12*A",
        "IK3*N3*7*2400*I4",
        "IK3*N4*10**8",
        "IK4*2*156*7*ZZ",
        "IK5*R*I5*5",
        "AK9*R*1*1*0",
    ]


def test_errors_of_a_segment_stand_together_each_once_in_the_order_of_the_file() -> None:
    zip_code = violation(Kind.TOO_SHORT, "N4", 12, element=3, number="116", value="1")
    missing = violation(Kind.MISSING_SEGMENT, "N3", 11)
    found = answer(Fault(BAD_STATE), Fault(zip_code), Fault(BAD_STATE), Fault(missing), Fault(missing))
    assert found[2:-2] == ["IK3*N3*9**3", "IK3*N4*10**8", "IK4*2*156*7*ZZ", "IK4*3*116*4*1"]


def test_components_and_repeats_are_part_of_the_place_and_composites_have_no_number() -> None:
    deep = violation(Kind.INVALID_CODE, "HI", 20, "2300", element=1, component=2, repeat=3, number="1271")
    wide = violation(Kind.TOO_MANY_COMPONENTS, "HI", 20, "2300", element=2, number="C022", value="A:B")
    assert answer(Fault(deep), Fault(wide))[2:-2] == ["IK3*HI*18*2300*8", "IK4*1:2:3*1271*7", "IK4*2**13*A?B"]


@pytest.mark.parametrize("kind", [Kind.CONDITIONAL_MISSING, Kind.EXCLUDED])
def test_elements_that_do_not_go_together_name_their_trigger(kind: Kind) -> None:
    lacks = violation(kind, "NM1", 30, "2420", element=9, number="67")
    code = kind.element_code
    assert answer(Fault(lacks))[2:-2] == [
        *("IK3*NM1*28*2420*8", f"IK4*9*67*{code}", "CTX*SITUATIONAL TRIGGER*NM1*28*2420")
    ]
    given = Trigger("CLM", 25, "2300", 5, 3)
    assert answer(Fault(lacks, trigger=given))[4] == "CTX*SITUATIONAL TRIGGER*CLM*23*2300*5:3"


def test_the_trigger_of_a_segment_stands_before_its_claim() -> None:
    """As in the example of 005010X231."""
    missing = violation(Kind.MISSING_SEGMENT, "REF", 59, "2300")
    trigger = Trigger("CLM", 45, "2300", 5, 3)
    assert answer(Fault(missing, "987654321", trigger=trigger))[2:5] == [
        *("IK3*REF*57*2300*3", "CTX*SITUATIONAL TRIGGER*CLM*43*2300*5:3", "CTX*CLM01:987654321")
    ]


@pytest.mark.parametrize(
    ("number", "context"),
    [("P" * 40, "CTX*CLM01:" + "P" * 35), ("A*B", None), ("", None), ("P\u00e91", None)],
)
def test_a_claim_whose_number_cannot_be_written_is_not_named(number: str, context: str | None) -> None:
    """RFI 2293: cut to 35 characters; one with characters that are not allowed counts as unknown."""
    found = [s for s in answer(Fault(BAD_STATE, number)) if s.startswith("CTX")]
    assert found == ([context] if context else [])


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        ("A*B~C:D^E", "*A?B?C?D?E"),
        ("x" * 200, "*" + "x" * 99),
        ("Mu\u00f1oz\n", "*Mu?oz?"),
        ("\u20ac" * 100, "*" + "?" * 99),
        ("   ", ""),
        ("", ""),
        (None, ""),
        ("A|B{C}<D>", "*A|B{C}<D>"),
    ],
)
def test_a_copy_of_what_is_wrong_never_breaks_the_acknowledgment(value: str | None, copy: str) -> None:
    found = answer(Fault(replace(BAD_STATE, value=value)))
    assert found[3] == f"IK4*2*156*7{copy}"


def test_a_name_that_is_no_segment_of_x12_is_left_to_the_trailer() -> None:
    """RFI 1257."""
    assert answer(Fault(violation(Kind.UNKNOWN_SEGMENT, "XXX", 9)))[2:] == ["IK5*R*5", "AK9*R*1*1*0"]
    known = answer(Fault(violation(Kind.UNKNOWN_SEGMENT, "PLA", 9)))
    assert known[2] == "IK3*PLA*7**1"


def test_long_loop_numbers_are_given_on_demand() -> None:
    found = answer(Fault(BAD_STATE), options=AckOptions(AT, long_loops=True))
    assert found[2] == "IK3*N4*10*2010AA*8"
    header = Fault(violation(Kind.MISSING_SEGMENT, "BHT", 4, "HEADER"))
    assert answer(header, options=AckOptions(AT, long_loops=True))[2] == "IK3*BHT*2**3"


def test_the_envelope_segments_of_a_transaction_are_named_by_its_trailer() -> None:
    bad = violation(Kind.INVALID_CODE, "ST", 3, "ST_LOOP", element=3, number="1705", value="X")
    assert answer(Fault(bad))[2:] == ["IK5*R*I6", "AK9*R*1*1*0"]
    bad = violation(Kind.MISSING_ELEMENT, "SE", 9, "ST_LOOP", element=1, number="96")
    assert answer(Fault(bad))[2:] == ["IK5*R*4", "AK9*R*1*1*0"]


@pytest.mark.parametrize(
    ("code", "segment", "element", "trailer"),
    [
        ("X12-004", "SE", None, "IK5*R*2"),
        ("X12-005", "SE", 1, "IK5*R*4"),
        ("X12-006", "SE", 2, "IK5*R*3"),
    ],
)
def test_problems_of_a_transactions_envelope_reject_it(
    code: str, segment: str, element: int | None, trailer: str
) -> None:
    assert answer(problem(code, segment, element))[2:] == [trailer, "AK9*R*1*1*0"]


def test_an_unknown_level_is_a_wrong_code_where_it_stands() -> None:
    assert answer(problem("X12-009", "HL", 3, position=20, fatal=True))[2:] == [
        *("IK3*HL*18**8", "IK4*3*735*7", "IK5*R*5", "AK9*R*1*1*0")
    ]


@pytest.mark.parametrize(("element", "code"), [(1, "1"), (3, "I6")])
@pytest.mark.parametrize("early", [False, True])
def test_a_transaction_of_another_kind_is_not_supported(element: int, code: str, early: bool) -> None:
    """Its problem is found at its ST: told before or after it, it is that transaction's."""
    other = replace(ST, kind="270" if element == 1 else "837", control="0002", position=20, guide="X")
    told = problem("X12-007", "ST", element, position=20, fatal=True)
    order: list[Event] = [told, other] if early else [other, told]
    found = body("999", interchange(ST, End("ST"), *order, End("ST"), stated=2))
    assert found[1:] == [AK2, "IK5*A", f"AK2*{other.kind}*0002*X", f"IK5*R*{code}", "AK9*P*2*2*1"]


@pytest.mark.parametrize("ended", [False, True])
def test_a_guide_that_is_not_the_groups_rejects_the_transaction_alone(ended: bool) -> None:
    """RFI 1438: not the group for it. It is not the one before, either, though that may have no SE."""
    other = replace(ST, control="0002", position=20, guide="005010X222A2")
    told = problem("X12-010", "ST", 3, position=20)
    end: list[Event] = [End("ST")] if ended else []
    found = body("999", interchange(ST, *end, told, other, End("ST"), stated=2))
    assert found[1:] == [AK2, "IK5*A", "AK2*837*0002*005010X222A2", "IK5*R*19", "AK9*P*2*2*1"]


@pytest.mark.parametrize(
    ("code", "segment", "answered"),
    [("X12-004", "GE", "3"), ("X12-005", "GE", "5"), ("X12-006", "GE", "4"), ("X12-008", None, "5")],
)
def test_problems_of_a_group_are_noted_and_take_nothing_from_its_transactions(
    code: str, segment: str | None, answered: str
) -> None:
    events = interchange(ST, End("ST"), problem(code, segment, fatal=True), stated=3)
    assert body("999", events)[-2:] == ["IK5*A", f"AK9*E*3*1*1*{answered}"]


@pytest.mark.parametrize(("kind", "control"), [("837", ""), ("837", "1"), ("8", "0001"), ("837", "A*B*C")])
def test_a_transaction_that_cannot_be_named_is_counted_by_its_group(kind: str, control: str) -> None:
    """RFI 1339: its group says so, with the code for a wrong count; what can be named is answered."""
    broken = replace(ST, kind=kind, control=control, position=20)
    alone = body("999", interchange(broken, Fault(BAD_STATE), End("ST")))
    assert alone == [AK1, "AK9*R*1*1*0*5"]
    both = body("999", interchange(ST, End("ST"), broken, End("ST"), stated=2))
    assert both == [AK1, AK2, "IK5*A", "AK9*P*2*2*1*5"]


def test_a_group_that_is_empty_or_in_error_says_so() -> None:
    assert body("999", interchange(stated=0)) == [AK1, "AK9*R*0*0*0"]
    bad = violation(Kind.INVALID_CODE, "GS", 2, "GS_LOOP", element=8, number="480", value="X")
    assert body("999", interchange(Fault(bad), ST))[-1] == "AK9*E*1*1*1*2"


def test_every_group_is_answered_in_its_interchange() -> None:
    second = replace(GS, control="78", position=40)
    other = replace(ISA, control="000000906", sender="SUBMITTER02", position=80)
    events: list[Event] = [
        *(ISA, GS, ST, End("ST"), replace(ST, control="0002"), Fault(BAD_STATE), End("ST"), End("GS", 2)),
        *(second, ST, claim(), End("ST"), End("GS", 1), End("ISA")),
        *(other, GS, ST, End("ISA")),
    ]
    text = acknowledge("999", events)
    found = segments(text)
    assert [s for s in found if s.startswith("AK9")] == ["AK9*P*2*2*1", "AK9*A*1*1*1", "AK9*A*1*1*1"]
    assert [s.split("*")[13] for s in found if s.startswith("ISA")] == ["200000905", "200000906"]
    assert [s for s in found if s.startswith(("GE", "IEA"))] == [
        *("GE*1*200000905", "GE*1*200000906", "IEA*2*200000905", "GE*1*200000906", "IEA*1*200000906")
    ]


def test_acknowledgments_are_not_acknowledged() -> None:
    functional = replace(GS, functional_id="FA")
    wrong = problem("X12-005", "SE", 1)
    assert acknowledge("999", [ISA, functional, replace(ST, kind="999"), wrong, End("ISA")]) == ""


def test_what_is_outside_of_all_envelopes_is_not_answered() -> None:
    assert acknowledge("999", []) == ""
    assert acknowledge("999", [ISA, End("ISA")]) == ""
    assert acknowledge("999", [GS, ST, Fault(BAD_STATE), claim(), problem("X12-005", "SE")]) == ""


def test_of_an_interchange_that_is_rejected_as_a_whole_only_a_ta1_speaks() -> None:
    cut = problem("X12-004", "IEA", fatal=True)
    assert acknowledge("999", [ISA, GS, ST, claim(), cut]) == ""
    noted = problem("X12-005", "IEA", 1)
    assert "AK9*A*1*1*1" in acknowledge("999", [ISA, GS, ST, End("GS", 1), noted, End("ISA")])


def test_errors_of_one_transaction_are_bounded() -> None:
    many = [Fault(violation(Kind.MISSING_SEGMENT, "N3", n + 10)) for n in range(5000)]
    found = answer(*many)
    assert sum(s.startswith("IK3") for s in found) == 1000
    assert found[-2] == "IK5*R*5"


def test_control_numbers_and_line_breaks_can_be_chosen() -> None:
    text = acknowledge("999", file(), AckOptions(AT, control=12, newline=True))
    assert text.endswith("GE*1*12~\nIEA*1*000000012~\n")


def test_odd_envelopes_get_an_answer_that_can_be_read() -> None:
    isa = replace(ISA, control="x", sender="A~B*C", sender_qualifier="??", usage="?", receiver="")
    gs = replace(GS, functional_id="", control="abc", sender="\u00e9", receiver="R" * 30, guide="")
    text = acknowledge("999", [isa, gs, ST, End("ISA")])
    found = segments(text)
    assert f"*30*{' ' * 15}*ZZ*A?B?C          *260821*0930*^*00501*200000000*0*P*:" in found[0]
    assert found[1] == f"GS*FA*{'R' * 15}*e0*20260821*0930*200000000*X*005010X231A1"
    assert found[3] == "AK1*HC*0*NONE"


def test_a_writer_says_how_much_it_wrote() -> None:
    writer = Ack999Writer(io.BytesIO(), OPTIONS)
    writer.take(ISA)
    writer.close()
    assert writer.written == 0
