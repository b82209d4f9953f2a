"""The 277CA: every claim is answered, totals agree with what they count, reasons stand where they belong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from scrubber.findings import Denial, Finding, Location, X12Place
from scrubber.guides.violations import Kind
from scrubber.write.acks.model import AckOptions, End, Event, Fault, Line, Party, Reason
from scrubber.write.acks.status import statuses
from tests.support.ack_reading import segments
from tests.write.acks.events import (
    AT,
    DAY,
    DOCTOR,
    GS,
    ISA,
    OPTIONS,
    PATIENT,
    ST,
    acknowledge,
    body,
    claim,
    file,
    problem,
    violation,
)

HEAD = [
    "BHT*0085*08*BATCH-1*20260821*0930*TH",
    "HL*1**20*1",
    "NM1*AY*2*FIRST CLEARINGHOUSE*****46*CLHR00",
    "TRN*1*000000905-77-0001",
    "DTP*050*D8*20260821",
    "DTP*009*D8*20260821",
]
LINES = {
    0: Line(1, "", "HC", "99213", ("25", "59"), "", Decimal("60.50"), Decimal(1), DAY),
    1: Line(2, "L-2", "HC", "", (), "0450", Decimal(40), Decimal("1.5"), DAY, dt.date(2026, 8, 3)),
}
PAYER = AckOptions(
    AT, dt.date(2026, 8, 20), role="PR", source=Party("YOUR INSURANCE", qualifier="PI", id="YIC01")
)


def answer(*claims: Event, options: AckOptions = OPTIONS) -> list[str]:
    return body("277CA", file(*claims), options)


def claim_part(found: list[str]) -> list[str]:
    """Return the segments of the first claim, from its STC on."""
    start = next(i for i, s in enumerate(found) if s.startswith("HL") and "*PT" in s)
    return found[start + 3 :]


def test_accepted_rejected_and_another_provider() -> None:
    found = answer(
        claim("PCN1", bill_type="111", clearinghouse_number="CH1", payer_number="ours"),
        claim("PCN2", Reason("A7:562:82"), charge=Decimal("12.50"), end=dt.date(2026, 8, 3)),
        claim("PCN3", provider=DOCTOR),
    )
    assert found == [
        *HEAD,
        *("HL*2*1*21*1", "NM1*41*2*BEST BILLING*****46*S00001", "TRN*2*BATCH-1"),
        "STC*A1:19:AY*20260821*WQ*212.5",
        *("QTY*90*2", "QTY*AA*1", "AMT*YU*200", "AMT*YY*12.5"),
        *("HL*3*2*19*1", "NM1*85*2*SMITH CLINIC*****XX*1234567893", "TRN*1*0", "STC*A1:19:AY**WQ*112.5"),
        *("QTY*QA*1", "QTY*QC*1", "AMT*YU*100", "AMT*YY*12.5"),
        *("HL*4*3*PT", "NM1*QC*1*DOE*JANE****MI*M00123", "TRN*2*PCN1", "STC*A1:20*20260821*WQ*100"),
        *("REF*D9*CH1", "REF*BLT*111", "DTP*472*D8*20260801"),
        *("HL*5*3*PT", "NM1*QC*1*DOE*JANE****MI*M00123", "TRN*2*PCN2", "STC*A7:562:82*20260821*U*12.5"),
        "DTP*472*RD8*20260801-20260803",
        *("HL*6*2*19*1", "NM1*85*1*JONES*HARRY*B**III*XX*1245319599", "TRN*1*0", "STC*A1:19:AY**WQ*100"),
        *("QTY*QA*1", "AMT*YU*100"),
        *("HL*7*6*PT", "NM1*QC*1*DOE*JANE****MI*M00123", "TRN*2*PCN3", "STC*A1:20*20260821*WQ*100"),
        "DTP*472*D8*20260801",
    ]


def test_a_payer_answers_for_itself_and_gives_its_number() -> None:
    found = answer(claim(payer_number="220216359803X"), options=PAYER)
    assert found[2:5] == [
        "NM1*PR*2*YOUR INSURANCE*****PI*YIC01",
        "TRN*1*000000905-77-0001",
        "DTP*050*D8*20260820",
    ]
    assert claim_part(found)[:2] == ["STC*A2:20:PR*20260821*WQ*100", "REF*1K*220216359803X"]


def test_faults_of_lines_stand_at_their_lines() -> None:
    """As in X12's example 1: the claim is "missing or invalid", its lines say what; their STC has no date."""
    reasons = (
        Reason("A7:453", line=0),
        Reason(None, "2400", "SV2", 2, None, Kind.MISSING_ELEMENT, line=1),
        Reason("A7:453", line=0),
    )
    assert claim_part(answer(claim("P", *reasons, lines=LINES))) == [
        "STC*A7:21*20260821*U*100",
        "DTP*472*D8*20260801",
        *("SVC*HC:99213:25:59*60.5*****1", "STC*A7:453**U", "REF*FJ*1", "DTP*472*D8*20260801"),
        *("SVC*NU:0450*40*****1.5", "STC*A6:454**U", "REF*FJ*L-2", "DTP*472*RD8*20260801-20260803"),
    ]


def test_a_line_has_three_statuses_a_segment() -> None:
    reasons = [Reason(f"A7:{code}", line=0) for code in (453, 454, 476, 477)]
    found = claim_part(answer(claim("P", Reason("A7:178"), *reasons, lines=LINES)))
    assert found[0] == "STC*A7:178*20260821*U*100"
    assert found[3:5] == ["STC*A7:453**U*******A7:454*A7:476", "STC*A7:477**U"]


def test_a_reason_whose_line_is_not_given_is_the_claims() -> None:
    assert claim_part(answer(claim("P", Reason("A7:453", line=7))))[0] == "STC*A7:453*20260821*U*100"


def test_only_rejected_claims_have_reasons() -> None:
    """RFI 2203: there are no warnings."""
    found = answer(claim("P", Reason("A7:453"), rejected=False))
    assert claim_part(found)[0] == "STC*A1:20*20260821*WQ*100"


def test_a_rejected_claim_without_a_reason_still_says_so() -> None:
    assert claim_part(answer(claim("P", rejected=True)))[0] == "STC*A3:481*20260821*U*100"


def test_statuses_of_a_claim_are_bounded_and_said_once() -> None:
    reasons = [Reason(f"A7:{code}") for code in (178, 178, *range(600, 640))]
    found = claim_part(answer(claim("P", *reasons)))
    assert sum(s.startswith("STC") for s in found) == 10


def test_a_transaction_that_the_999_rejects_is_answered_as_a_whole() -> None:
    bad = Fault(violation(Kind.MISSING_SEGMENT, "PER", 6, "1000A"))
    found = answer(claim(), claim("P", Reason("A7:178")), bad)
    assert found == [
        *HEAD,
        *("HL*2*1*21*0", "NM1*41*2*BEST BILLING*****46*S00001", "TRN*2*BATCH-1"),
        *("STC*A3:481*20260821*U*200", "QTY*AA*2", "AMT*YY*200"),
    ]


def test_a_fault_in_a_claim_rejects_that_claim_only() -> None:
    bad = violation(Kind.MISSING_ELEMENT, "NM1", 30, "2010BA", element=9, number="67")
    found = answer(Fault(bad, "P"), claim("P", Reason.of_violation(bad)), claim("Q"))
    assert [s for s in found if s.startswith("STC")][2:] == [
        *("STC*A6:164:IL*20260821*U*100", "STC*A1:20*20260821*WQ*100")
    ]


def test_each_transaction_group_and_interchange_has_its_own_answer() -> None:
    second = replace(ST, control="0002", reference="BATCH-2", position=20)
    other = replace(ISA, control="000000906", usage="P", position=80)
    events: list[Event] = [
        *(ISA, GS, ST, claim(), End("ST"), second, claim(), claim(), End("ST"), End("GS", 2)),
        *(replace(GS, control="78"), ST, claim(), End("GS", 1), End("ISA")),
        *(other, GS, ST, claim(), End("ISA")),
    ]
    text = acknowledge("277CA", events)
    found = segments(text)
    assert [s for s in found if s.startswith("QTY*90")] == ["QTY*90*1", "QTY*90*2", "QTY*90*1", "QTY*90*1"]
    assert [s for s in found if s.startswith("TRN*1*0000")] == [
        "TRN*1*000000905-77-0001",
        "TRN*1*000000905-77-0002",
        "TRN*1*000000905-78-0001",
        "TRN*1*000000906-77-0001",
    ]
    assert [s for s in found if s.startswith("GE")] == ["GE*2*300000905", "GE*1*300000906", "GE*1*300000906"]


def test_without_claims_there_is_nothing_to_answer() -> None:
    assert acknowledge("277CA", []) == ""
    assert acknowledge("277CA", file()) == ""
    assert acknowledge("277CA", [ISA, claim(), End("ISA")]) == ""
    assert acknowledge("277CA", [ISA, GS, ST, claim(), problem("X12-004", "IEA", fatal=True)]) == ""


def test_values_that_cannot_be_written_are_stood_in_for() -> None:
    patient = Party("M\u00fc*ller~", "Jos\u00e9", person=True)
    nameless = replace(ST, submitter=Party(), receiver=Party(), reference="")
    events: list[Event] = [
        ISA,
        GS,
        nameless,
        claim("", patient=patient, provider=Party(), charge=None, begin=None),
    ]
    text = acknowledge("277CA", [*events, End("ISA")])
    found = segments(text)
    assert "NM1*QC*1*Mu?ller?*Jose****MI*NONE" in found
    assert "NM1*85*2*UNKNOWN*****FI*NONE" in found
    assert "NM1*AY*2*123456789*****46*123456789" in found
    assert "NM1*41*2*UNKNOWN*****46*SUBMITTER01" in found
    assert [s for s in found if s.startswith("TRN*2")] == ["TRN*2*0", "TRN*2*0"]


def test_an_organisation_has_no_first_name() -> None:
    """RFI 2155."""
    clinic = Party("SMITH CLINIC", "JOHN", "B", "III", False, "XX", "1234567893")
    assert "NM1*85*2*SMITH CLINIC*****XX*1234567893" in answer(claim(provider=clinic))


@pytest.mark.parametrize(
    ("charge", "text"), [("0", "0"), ("0.00", "0"), ("1E+3", "1000"), ("100.10", "100.1"), ("-5.00", "-5")]
)
def test_amounts(charge: str, text: str) -> None:
    assert f"AMT*YU*{text}" in answer(claim(charge=Decimal(charge)))


# --- the status of a reason ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        # a rule says it; its entity comes from the place where it asks for one and names none
        (Reason("A7:562:82"), ["A7:562:82"]),
        (Reason("A7:562", "2310B", "NM1", 9), ["A7:562:82"]),
        (Reason("A7:562", "2010AA", "NM1", 9), ["A7:562:85"]),
        (Reason("A7:562"), ["A7:562:85"]),
        (Reason("A7:164"), ["A7:164:IL"]),
        (Reason("A7:453", "2400", "SV1", 1, 3, line=0), ["A7:453"]),
        (Reason("A8:254"), ["A8:254"]),
        (Reason("A7:562:QQ", "2420E"), ["A7:562:DK"]),
        # a rule without a status, or with one that does not reject
        (Reason(None, "2010BA", "NM1", 9), ["A7:21", "A7:164:IL"]),
        (Reason("A1:19", "2010BA", "DMG", 2), ["A7:21", "A7:158:IL"]),
        (Reason(None, "2310B"), ["A7:21", "A7:124:82"]),
        (Reason(None, line=3), ["A7:21", "A7:247"]),
        (Reason(None), ["A7:21", "A7:275"]),
        (Reason("nonsense"), ["A7:21", "A7:275"]),
        # the guide is violated
        (Reason(None, "2010BA", "NM1", 9, None, Kind.MISSING_ELEMENT), ["A6:164:IL"]),
        (Reason(None, "2010CA", "DMG", 2, None, Kind.INVALID_DATE), ["A7:158:QC"]),
        (Reason(None, "2010BB", "NM1", 9, None, Kind.TOO_SHORT), ["A7:153:PR"]),
        (Reason(None, "2010AA", "N4", 3, None, Kind.TOO_SHORT), ["A7:500:85"]),
        (Reason(None, "2010AA", "N3", None, None, Kind.MISSING_SEGMENT), ["A6:503:85"]),
        (Reason(None, "2310B", "NM1", 9, None, Kind.CONDITIONAL_MISSING), ["A6:562:82"]),
        (Reason(None, "2010AA", "REF", 2, None, Kind.EXCLUDED), ["A8:560:85"]),
        (Reason(None, "2300", "CLM", 2, None, Kind.MISSING_ELEMENT), ["A6:178"]),
        (Reason(None, "2300", "CLM", 5, 1, Kind.INVALID_CODE), ["A7:249"]),
        (Reason(None, "2300", "CLM", 5, 3, Kind.INVALID_CODE), ["A7:535"]),
        (Reason(None, "2300", "REF", 2, None, Kind.INVALID_CODE), ["A3:684"]),
        (Reason(None, "2320", "NM1", 3, None, Kind.TOO_LONG), ["A3:684"]),
        (Reason(None, "2300", "ZZZ", None, None, Kind.UNKNOWN_SEGMENT), ["A3:684"]),
    ],
)
def test_what_is_said_for_a_reason(reason: Reason, said: list[str]) -> None:
    assert [str(status) for status in statuses(reason, "professional")] == said


def test_loops_of_institutional_claims_are_other_providers() -> None:
    reason = Reason("A7:562", "2310A", "NM1", 9)
    assert [str(s) for s in statuses(reason, "institutional")] == ["A7:562:71"]
    bill = Reason(None, "2300", "CLM", 5, 1, Kind.INVALID_CODE)
    assert [str(s) for s in statuses(bill, "institutional")] == ["A7:228"]
    guide = "005010X223A2"
    events: list[Event] = [
        ISA,
        replace(GS, guide=guide),
        replace(ST, guide=guide),
        claim("P", reason),
        End("ISA"),
    ]
    assert "STC*A7:562:71*20260821*U*100" in segments(acknowledge("277CA", events))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason("A7:562", "2310E", "NM1", 9), ["A7:562:DQ"]),
        (Reason("A7:562", "2420D", "NM1", 9), ["A7:562:77"]),
        (
            Reason(None, "2310D", "NM1", 9, None, Kind.TOO_SHORT),
            ["A3:684"],
        ),  # no code for an assistant surgeon
        (Reason(None, "2400", "SV3", 2, None, Kind.MISSING_ELEMENT), ["A6:583"]),
        (Reason(None, "2300", "CLM", 5, 1, Kind.INVALID_CODE), ["A7:249"]),
    ],
)
def test_loops_of_dental_claims_are_other_providers(reason: Reason, said: list[str]) -> None:
    assert [str(status) for status in statuses(reason, "dental")] == said


def test_a_finding_gives_its_status_place_and_line() -> None:
    place = X12Place("2400", "SV1", 1, 3, position=27)
    at = Location("primary", "lines[2].procedure.modifiers[0]", "/lines/2", place)
    finding = Finding(
        *("id", "R", "1.0", "p", "fail", "reject", None, "coding", "t", "m", "w", (at,), {}),
        denial=Denial(status277="A7:453"),
    )
    assert Reason.of_finding(finding) == Reason("A7:453", "2400", "SV1", 1, 3, line=2)
    bare = replace(finding, denial=None, locations=(replace(at, path="provider", x12=None),))
    assert Reason.of_finding(bare) == Reason()
    assert Reason.of_finding(replace(bare, locations=())) == Reason()
    assert PATIENT.person
