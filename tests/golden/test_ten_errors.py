"""Ten planted errors of ten rules: each is found at its exact place, and nothing else is.

The places below were read off `ten_errors.837` and the rules by hand. `ten_errors_corrected.837` is the
same batch with the ten errors put right.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.conftest import GOLDEN, Ran, place, scrubber


@dataclass(frozen=True)
class Planted:
    """One planted error: claim, rule, severity, then path, pointer, X12 place, form box and value.

    `segment` is the text of the segment with that number; None when what is missing is the segment.
    `also` are the paths, places and values of related locations.
    """

    claim: str
    rule: str
    severity: str
    path: str
    pointer: str
    place: tuple[str, str, int, int | None, int | None]
    form: str
    value: str | None
    segment: str | None
    also: tuple[tuple[str, tuple[str, str, int, int | None, int | None], str], ...] = ()


PLANTED = (
    Planted(  # the lines are 150 and 95
        "GOLD-0001",
        "BAL-001",
        "reject",
        "total_charge",
        "/total_charge",
        ("2300", "CLM", 2, None, 22),
        "CMS-1500 28",
        "254",
        "CLM*GOLD-0001*254***11:B:1*Y*A*Y*Y",
    ),
    Planted(  # W010XXA is a cause, not a condition
        "GOLD-0001",
        "DX-001",
        "reject",
        "diagnoses[0].code",
        "/diagnoses/0/code",
        ("2300", "HI", 1, 2, 23),
        "CMS-1500 21A",
        "W010XXA",
        "HI*ABK:W010XXA*ABF:S8001XA",
    ),
    Planted(  # the claim of a dependent; the right check digit is 4
        "GOLD-0003",
        "FMT-004",
        "reject",
        "rendering_provider.npi",
        "/rendering_provider/npi",
        ("2310B", "NM1", 9, None, 54),
        "CMS-1500 24J",
        "1999999035",
        "NM1*82*1*SAMPLE*OMAR****XX*1999999035",
    ),
    Planted(  # CLM05-3 is 7 and there is no REF*F8
        "GOLD-0003",
        "SIT-023",
        "reject",
        "payer_claim_control_number",
        "/payer_claim_control_number",
        ("2300", "REF", 2, None, None),
        "CMS-1500 22",
        None,
        None,
        also=(("frequency_code", ("2300", "CLM", 5, 3, 52), "7"),),
    ),
    Planted(  # no PRV between HL*5 and NM1*85
        "GOLD-0004",
        "EXH-001",
        "reject",
        "billing_provider.taxonomy",
        "/billing_provider/taxonomy",
        ("2000A", "PRV", 3, None, None),
        "CMS-1500 33b",
        None,
        None,
    ),
    Planted(  # the second line of the address
        "GOLD-0004",
        "FMT-011",
        "reject",
        "billing_provider.address.lines[1]",
        "/billing_provider/address/lines/1",
        ("2010AA", "N3", 2, None, 61),
        "CMS-1500 33",
        "P.O. BOX 9",
        "N3*12 MAIN STREET*P.O. BOX 9",
    ),
    Planted(  # third modifier of the second line; a warning that this payer's decision makes a denial
        "GOLD-0004",
        "MOD-023",
        "deny",
        "lines[1].modifiers[2]",
        "/lines/1/modifiers/2",
        ("2400", "SV1", 1, 5, 80),
        "CMS-1500 24D",
        "25",
        "SV1*HC:99213:25:GC:25*180*UN*1***1:2",
    ),
    Planted(  # the telephone is the second of two numbers in PER
        "GOLD-0005",
        "FMT-009",
        "warn",
        "billing_provider.phone",
        "/billing_provider/phone",
        ("2010AA", "PER", 6, None, 88),
        "CMS-1500 33",
        "217-555-0103",
        "PER*IC*BILLING OFFICE*EM*BILLING@EXAMPLE.ORG*TE*217-555-0103",
    ),
    Planted(  # starts a day after it ends
        "GOLD-0005",
        "FMT-006",
        "reject",
        "lines[0].service_date.from",
        "/lines/0/service_date/from",
        ("2400", "DTP", 3, None, 100),
        "CMS-1500 24A",
        "2026-08-18",
        "DTP*472*RD8*20260818-20260817",
        also=(("lines[0].service_date.through", ("2400", "DTP", 3, None, 100), "2026-08-17"),),
    ),
    Planted(  # HI has two diagnoses
        "GOLD-0005",
        "FMT-018",
        "reject",
        "lines[1].diagnosis_pointers[1]",
        "/lines/1/diagnosis_pointers/1",
        ("2400", "SV1", 7, 2, 102),
        "CMS-1500 24E",
        "3",
        "SV1*HC:85025*95*UN*1***1:3",
    ),
)


def segments(name: str) -> list[str]:
    return (GOLDEN / name).read_text(encoding="ascii").replace("\n", "").split("~")


@pytest.fixture(scope="module")
def scrubbed() -> Ran:
    return scrubber("scrub", GOLDEN / "ten_errors.837", "--format", "json")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.rule)
def test_each_planted_error_is_found_where_it_is(planted: Planted, scrubbed: Ran) -> None:
    if planted.segment is not None:
        position = planted.place[-1]
        assert position is not None
        assert segments("ten_errors.837")[position - 1] == planted.segment
    (claim,) = (c for c in scrubbed.claims if c["claim_id"] == planted.claim)
    (finding,) = (f for f in claim["findings"] if f["rule"] == planted.rule)
    assert (finding["outcome"], finding["severity"]) == ("fail", planted.severity)
    primary, *related = finding["locations"]
    assert primary["role"] == "primary"
    assert primary["path"] == planted.path
    assert primary["pointer"] == planted.pointer
    assert place(primary) == planted.place
    assert primary["x12"]["repeat"] is None
    assert primary["form"] == planted.form
    assert primary["value"] == planted.value
    assert tuple((r["path"], place(r), r["value"]) for r in related) == planted.also


def test_nothing_but_the_planted_errors_is_found(scrubbed: Ran) -> None:
    found = {(claim["claim_id"], f["rule"]) for claim in scrubbed.claims for f in claim["findings"]}
    assert found == {(planted.claim, planted.rule) for planted in PLANTED}
    assert len(scrubbed.findings) == len(PLANTED) == len({planted.rule for planted in PLANTED}) == 10
    (file,) = scrubbed.json["files"]
    assert file["findings"] == []
    assert [claim["not_evaluated"] for claim in file["claims"]] == [[]] * 5


def test_the_claims_around_an_error_are_judged_for_themselves(scrubbed: Ran) -> None:
    outcomes = {claim["claim_id"]: (claim["outcome"], claim["submittable"]) for claim in scrubbed.claims}
    assert outcomes == {
        "GOLD-0001": ("rejected", False),
        "GOLD-0002": ("clean", True),
        "GOLD-0003": ("rejected", False),
        "GOLD-0004": ("rejected", False),
        "GOLD-0005": ("rejected", False),
    }
    assert [claim["index"] for claim in scrubbed.claims] == [0, 1, 2, 3, 4]
    assert (scrubbed.code, scrubbed.err) == (1, "")


def test_the_corrected_batch_is_clean() -> None:
    ran = scrubber("scrub", GOLDEN / "ten_errors_corrected.837", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [(c["outcome"], c["coverage"], c["findings"]) for c in ran.claims] == [
        ("clean", "complete", [])
    ] * 5
    assert ran.json["files"][0]["findings"] == []
    assert ran.json["summary"]["outcomes"] == {"rejected": 0, "review": 0, "clean": 5, "error": 0}
