"""Segments that hold several items: codes (HI), adjustments (CAS), remarks (MIA, MOA). Written by hand."""

from __future__ import annotations

import pytest

from scrubber.claim.model import ClaimType
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.claim.by_hand import Expected, check, in_claim
from tests.claim.skeleton import file

# --- HI ------------------------------------------------------------------------------------------------


def test_health_care_information_of_a_professional_claim() -> None:
    """HI holds a composite an element; empty and foreign ones do not count, older code sets do."""
    segments = ["HI*ABK:E119*BG:B3*ABF:I10*ABF:*BK:25000*ABF:R51", "HI*ABF:K219*QQ:X*BF:4019", "HI*BP:00100"]
    item = in_claim(
        "professional",
        segments,
        {
            "diagnoses[0].code": ("E119", 0, 1, 2),
            "diagnoses[0].role": ("principal", 0, 1, 1),
            "diagnoses[1].code": ("I10", 0, 3, 2),
            "diagnoses[1].role": ("other", 0, 3, 1),
            "diagnoses[1].code_set": ("icd10", 0, 3, 1),
            "diagnoses[2].code": ("25000", 0, 5, 2),
            "diagnoses[2].code_set": ("icd9", 0, 5, 1),
            "diagnoses[3].code": ("R51", 0, 6, 2),
            "diagnoses[4].code": ("K219", 1, 1, 2),
            "diagnoses[5].code": ("4019", 1, 3, 2),
            "condition_codes[0].code": ("B3", 0, 2, 2),
            "anesthesia_procedures[0].code": ("00100", 2, 1, 2),
            "anesthesia_procedures[0].role": ("principal", 2, 1, 1),
        },
    )
    assert len(item.claim.diagnoses) == 6 and len(item.claim.condition_codes) == 1


def test_health_care_information_of_an_institutional_claim() -> None:
    segments = [
        "HI*ABK:E119:::::::Y",
        "HI*ABJ:R51",
        "HI*APR:R51*APR:M545",
        "HI*ABN:W010XXA:::::::1*ABN:Y9301",
        "HI*DR:470",
        "HI*ABF:I10:::::::N*ABF:K219",
        "HI*BBR:0SR90J9:D8:20260801",
        "HI*BBQ:30233N1:D8:20260802*BBQ:0SR90JA",
        "HI*BI:70:RD8:20260801-20260802*BI:71:D8:20260803",
        "HI*BH:11:D8:20260804*BH:A1:D8:20261304",
        "HI*BE:01:::500.00*BE:80:::8",
        "HI*BG:02*BG:A5",
        "HI*TC:A01*TC:A02",
        "HI*CAH:9001",
    ]
    item = in_claim(
        "institutional",
        segments,
        {
            "diagnoses[0].role": ("principal", 0, 1, 1),
            "diagnoses[0].poa": ("Y", 0, 1, 9),
            "diagnoses[1].role": ("admitting", 1, 1, 1),
            "diagnoses[3].code": ("M545", 2, 2, 2),
            "diagnoses[3].role": ("reason_for_visit", 2, 2, 1),
            "diagnoses[4].poa": ("1", 3, 1, 9),
            "diagnoses[5].role": ("external_cause", 3, 2, 1),
            "diagnoses[6].poa": ("N", 5, 1, 9),
            "diagnoses[7].code": ("K219", 5, 2, 2),
            "drg": ("470", 4, 1, 2),
            "procedures[0].role": ("principal", 6, 1, 1),
            "procedures[0].date": ("2026-08-01", 6, 1, 4),
            "procedures[1].date": ("2026-08-02", 7, 1, 4),
            "procedures[2].code": ("0SR90JA", 7, 2, 2),
            "procedures[2].code_set": ("icd10", 7, 2, 1),
            "procedures[3].code_set": ("abc", 13, 1, 1),
            "occurrence_spans[0].from": ("2026-08-01", 8, 1, 4),
            "occurrence_spans[0].through": ("2026-08-02", 8, 1, 4),
            "occurrence_spans[1].from": ("2026-08-03", 8, 2, 4),
            "occurrence_codes[0].date": ("2026-08-04", 9, 1, 4),
            "occurrence_codes[1].date": ("20261304", 9, 2, 4),  # no date: kept as it stands
            "value_codes[0].amount": ("500.00", 10, 1, 5),
            "value_codes[1].code": ("80", 10, 2, 2),
            "condition_codes[1].code": ("A5", 11, 2, 2),
            "treatment_codes[1].code": ("A02", 12, 2, 2),
        },
    )
    assert item.claim.diagnoses[7].poa is None
    assert item.claim.occurrence_spans[1].through is None
    assert len(item.claim.diagnoses) == 8 and len(item.claim.procedures) == 4


def test_an_accident_is_dated_by_its_occurrence_code() -> None:
    """Of several the last counts; the date of another occurrence is no accident's."""
    in_claim(
        "institutional",
        ["HI*BH:11:D8:20260801*BH:01:D8:20260802*BH:05:D8:20260803*BH:A1:D8:20260804"],
        {"accident_date": ("2026-08-03", 0, 3, 4), "occurrence_codes[3].date": ("2026-08-04", 0, 4, 4)},
    )
    item = file("institutional", "2300", "", ["HI*BH:11:D8:20260801"]).read()
    assert item.claim.accident_date is None


def test_of_two_groupings_the_last_counts() -> None:
    in_claim("institutional", ["HI*DR:470*DR:471", "HI*DR:"], {"drg": ("471", 0, 2, 2)})


# --- CAS -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim_type", ["professional", "institutional"])
@pytest.mark.parametrize(("loop", "owner"), [("2320", "other_payers[]"), ("2430", "lines[].adjudications[]")])
def test_adjustments(loop: str, owner: str, claim_type: ClaimType) -> None:
    """CAS holds triplets of reason, amount and quantity behind one group; a segment may follow another."""
    path = owner.replace("[]", "[1]") + ".adjustments"
    segments = ["CAS*CO*45*12.50**97*3*2*16", "CAS*PR*1*5*****2*7"]
    check(
        file(claim_type, loop, owner, segments),
        2,
        {
            f"{path}[0].group": ("CO", 0, 1, None),
            f"{path}[0].reason": ("45", 0, 2, None),
            f"{path}[0].amount": ("12.50", 0, 3, None),
            f"{path}[1].group": ("CO", 0, 1, None),
            f"{path}[1].reason": ("97", 0, 5, None),
            f"{path}[1].quantity": ("2", 0, 7, None),
            f"{path}[2].reason": ("16", 0, 8, None),
            f"{path}[3].group": ("PR", 1, 1, None),
            f"{path}[4].reason": ("2", 1, 8, None),
            f"{path}[4].amount": ("7", 1, 9, None),
        },
    )


def test_remark_codes_stand_at_two_places() -> None:
    """MIA has one in its fifth element and more at its end, MOA others: one list."""
    segments = ["MIA*3****MA01***************MA18**MA19", "MOA***N1**N2"]
    written = file("institutional", "2320", "other_payers[]", segments)
    path = "other_payers[1].remark_codes"
    expected: dict[str, Expected] = {
        f"{path}[0]": ("MA01", 0, 5, None),
        f"{path}[1]": ("MA18", 0, 20, None),
        f"{path}[2]": ("MA19", 0, 22, None),
        f"{path}[3]": ("N1", 1, 3, None),
        f"{path}[4]": ("N2", 1, 5, None),
    }
    item = check(written, 2, expected)
    assert len(item.claim.other_payers[1].remark_codes) == 5


def test_occurrence_codes_know_in_which_segment_they_stand() -> None:
    """A bill repeats them segment by segment; whether a code is repeated is asked within one."""
    codes = ["HI*BH:11:D8:20260801*BH:05:D8:20260802", "HI*BE:80:::3", "HI*BH:11:D8:20260803"]
    item = file("institutional", "2300", "", codes).read()
    positions = [(code.code, code.segment_position) for code in item.claim.occurrence_codes]
    assert positions == [("11", 1), ("05", 1), ("11", 2)]
    assert claim_from_json(claim_to_json(item.claim)) == item.claim
