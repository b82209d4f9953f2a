"""Envelopes that are wrong: the file has a finding, and every claim that can be read is still scrubbed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE_HEALTH, PROFESSIONAL, SECRET, Quick, body_of, in_transactions

TEXT = PROFESSIONAL.decode()
REJECTED = body_of("BAD").replace("*245*", "*240*")
NOT_837 = (
    "this transaction is no 837P (005010X222A1), 837I (005010X223A2) or 837D (005010X224A2); it was not read"
)
SEND_837 = "send 837P, 837I or 837D transactions"


@dataclass(frozen=True)
class Wrong:
    """What one change of the clean file must be answered with."""

    old: str
    new: str
    rule: str
    message: str
    remedy: str
    segment: str
    element: int | None
    position: int


WRONG = {
    "SE count": Wrong(
        "SE*33*",
        "SE*32*",
        "X12-005",
        "SE01 does not give the number of segments from ST to SE, which is 33",
        "set SE01 to 33, or restore what was lost",
        "SE",
        1,
        35,
    ),
    "SE count that is no number": Wrong(
        "SE*33*",
        "SE*MANY*",
        "X12-005",
        "SE01 does not give the number of segments from ST to SE, which is 33",
        "set SE01 to 33, or restore what was lost",
        "SE",
        1,
        35,
    ),
    "SE control number": Wrong(
        "SE*33*0001",
        "SE*33*0002",
        "X12-006",
        "SE02 is not the control number of its ST (segment 3)",
        "use the same control number in both",
        "SE",
        2,
        35,
    ),
    "GE count": Wrong(
        "GE*1*1",
        "GE*2*1",
        "X12-005",
        "GE01 does not give the number of transactions, which is 1",
        "set GE01 to 1, or restore what was lost",
        "GE",
        1,
        36,
    ),
    "GE control number": Wrong(
        "GE*1*1",
        "GE*1*9",
        "X12-006",
        "GE02 is not the control number of its GS (segment 2)",
        "use the same control number in both",
        "GE",
        2,
        36,
    ),
    "IEA count": Wrong(
        "IEA*1*",
        "IEA*0*",
        "X12-005",
        "IEA01 does not give the number of functional groups, which is 1",
        "set IEA01 to 1, or restore what was lost",
        "IEA",
        1,
        37,
    ),
    "IEA control number": Wrong(
        "IEA*1*000000001",
        "IEA*1*000000007",
        "X12-006",
        "IEA02 is not the control number of its ISA (segment 1)",
        "use the same control number in both",
        "IEA",
        2,
        37,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_count_or_control_number_is_a_finding_of_the_file(
    name: str, workspace: Path, quick: Quick
) -> None:
    wrong = WRONG[name]
    assert TEXT.count(wrong.old) == 1
    Path("claims.837").write_text(TEXT.replace(wrong.old, wrong.new), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == f"claims.837: segment {wrong.position}: {wrong.message}\n  remedy: {wrong.remedy}\n"
    assert ran.code == 1
    assert [claim["outcome"] for claim in ran.claims] == ["clean"]
    (finding,) = ran.files["claims.837"]["findings"]
    assert (finding["rule"], finding["severity"], finding["outcome"]) == (wrong.rule, "reject", "fail")
    x12 = finding["locations"][0]["x12"]
    assert (x12["segment"], x12["element"], x12["position"]) == (wrong.segment, wrong.element, wrong.position)
    assert ran.json["summary"]["file_findings"] == 1


# --- envelopes that do not close, or stand outside another -------------------------------------------


@pytest.mark.parametrize("closer", ["SE", "GE", "IEA"])
def test_a_missing_trailer_is_reported_where_it_should_stand(
    closer: str, workspace: Path, quick: Quick
) -> None:
    opener, opened, position = {"SE": ("ST", 3, 35), "GE": ("GS", 2, 36), "IEA": ("ISA", 1, 37)}[closer]
    lines = [line for line in TEXT.splitlines(keepends=True) if not line.startswith(f"{closer}*")]
    Path("claims.837").write_text("".join(lines), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err.startswith(
        f"claims.837: segment {position}: the {opener} of segment {opened} has no {closer}\n"
        f"  remedy: add {closer}, or fetch the file again if it was cut\n"
    )
    assert ran.code == 2
    finding = ran.files["claims.837"]["findings"][0]
    x12 = finding["locations"][0]["x12"]
    assert (finding["rule"], x12["segment"], x12["position"]) == ("X12-004", closer, position)
    assert [claim["claim_id"] for claim in ran.claims] == ["FICT-0001"]


@pytest.fixture
def without_se(workspace: Path) -> Path:
    """Three transactions; the second, of two claims, has no SE."""
    text = in_transactions(
        body_of("ONE"), body_of("TWO-A") + body_of("TWO-B"), REJECTED, trailer=(True, False, True)
    )
    Path("claims.837").write_text(text, encoding="ascii")
    return Path("claims.837")


def test_the_transactions_around_one_without_se_are_scrubbed(without_se: Path, quick: Quick) -> None:
    ran = quick("scrub", without_se, "--format", "json")
    text = without_se.read_text(encoding="ascii")
    third = text[: text.index("ST*837*0003")].count("~") + 1
    second = text[: text.index("ST*837*0002")].count("~") + 1
    assert ran.err.startswith(
        f"claims.837: segment {third}: the ST of segment {second} has no SE\n"
        "  remedy: add SE, or fetch the file again if it was cut\n"
    )
    assert ran.code == 2
    outcomes = {claim["claim_id"]: claim["outcome"] for claim in ran.claims}
    assert list(outcomes) == ["ONE", "TWO-A", "TWO-B", "BAD"]
    assert (outcomes["ONE"], outcomes["TWO-A"], outcomes["BAD"]) == ("clean", "clean", "rejected")


def test_the_last_claim_of_a_transaction_without_se_is_not_passed(without_se: Path, quick: Quick) -> None:
    # Its end is as unknown as that of the last claim of a cut file: lines may be missing.
    ran = quick("scrub", without_se, "--format", "json")
    outcomes = {claim["claim_id"]: claim["outcome"] for claim in ran.claims}
    assert outcomes["TWO-B"] == "error"


def test_groups_and_transactions_outside_their_envelope_are_reported_and_read(
    workspace: Path, quick: Quick
) -> None:
    lines = EXAMPLE_HEALTH.decode().splitlines(keepends=True)
    Path("claims.837").write_text(TEXT + "".join(lines[1:-1]), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert "claims.837: segment 38: GS stands outside ISA\n  remedy: wrap it in ISA and IEA\n" in ran.err
    assert ran.code == 1
    assert [claim["claim_id"] for claim in ran.claims] == ["FICT-0001", "FICT-0002"]
    assert {finding["rule"] for finding in ran.files["claims.837"]["findings"]} == {"X12-008"}


def test_a_trailer_that_closes_nothing_is_reported(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_text(TEXT.replace("GE*1*1~\n", "SE*33*0001~\nGE*1*1~\n"), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == (
        "claims.837: segment 36: SE closes nothing: there is no open ST\n"
        "  remedy: remove it, or add the ST it belongs to\n"
    )
    assert ran.code == 2
    assert [claim["outcome"] for claim in ran.claims] == ["clean"]


def test_interchanges_may_have_different_delimiters(workspace: Path, quick: Quick) -> None:
    other = EXAMPLE_HEALTH.replace(b"*", b"|").replace(b"~", b"\\").replace(b"FICT-", b"NEXT-")
    Path("claims.837").write_bytes(PROFESSIONAL + b"\r\n" + other + PROFESSIONAL)
    ran = quick("scrub", "claims.837", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [claim["claim_id"] for claim in ran.claims] == ["FICT-0001", "NEXT-0002", "FICT-0001"]
    assert {claim["outcome"] for claim in ran.claims} == {"clean"}


def test_a_second_interchange_that_is_malformed_stops_the_file(workspace: Path, quick: Quick) -> None:
    other = EXAMPLE_HEALTH.replace(b"*", b"|", 1).replace(b"PATRICIA", SECRET.encode())
    Path("claims.837").write_bytes(PROFESSIONAL + other)
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.code == 2
    assert "remedy: " in ran.err
    assert [(claim["claim_id"], claim["outcome"]) for claim in ran.claims] == [("FICT-0001", "clean")]
    assert ran.files["claims.837"]["findings"]
    assert SECRET not in ran.out + ran.err


def test_what_follows_the_last_envelope_is_not_silently_left_out(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL + PROFESSIONAL[106:].replace(b"*", b"|"))
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.code != 0
    assert "remedy: " in ran.err


def test_two_interchanges_in_one_file_are_both_scrubbed(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL + EXAMPLE_HEALTH.replace(b"*245*", b"*240*"))
    ran = quick("scrub", "claims.837", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert [(c["index"], c["claim_id"], c["outcome"]) for c in ran.claims] == [
        (0, "FICT-0001", "clean"),
        (1, "FICT-0002", "rejected"),
    ]
    assert ran.findings[0]["locations"][0]["x12"]["position"] == 37 + 22


# --- other transactions ------------------------------------------------------------------------------

REMITTANCE = "BPR*I*100*C*ACH~\nTRN*1*12345*1999999999~\nCLP*{secret}*1*100*100**12*PAYERCLAIM01~\n"
ELIGIBILITY = "BHT*0022*13*10001234*20260820*0930~\nHL*1**20*1~\nNM1*PR*2*{secret}*****PI*99999~\n"


def other_transaction(kind: str, guide: str, body: str) -> str:
    lines = TEXT.splitlines(keepends=True)
    gs = lines[1].replace("005010X222A1", guide)
    transaction = f"ST*{kind}*0001~\n" + body.format(secret=SECRET)
    count = transaction.count("~") + 1
    return "".join([lines[0], gs, transaction, f"SE*{count}*0001~\n", *lines[-2:]])


@pytest.mark.parametrize(
    ("kind", "guide", "body", "element"),
    [
        ("835", "005010X221A1", REMITTANCE, 1),
        ("270", "005010X279A1", ELIGIBILITY, 1),
        ("837", "004010X097A1", body_of(SECRET), 3),
    ],
    ids=["835", "270", "837-4010"],
)
def test_another_kind_of_transaction_is_refused_and_not_half_read(
    kind: str, guide: str, body: str, element: int, workspace: Path, quick: Quick
) -> None:
    Path("claims.837").write_text(other_transaction(kind, guide, body), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == f"claims.837: segment 3: {NOT_837}\n  remedy: {SEND_837}\n"
    assert (ran.code, ran.claims) == (2, [])
    (finding,) = ran.files["claims.837"]["findings"]
    x12 = finding["locations"][0]["x12"]
    assert (finding["rule"], x12["segment"], x12["element"], x12["position"]) == ("X12-007", "ST", element, 3)
    assert SECRET not in ran.out + ran.err


def test_another_kind_of_transaction_between_two_837p_hides_neither(workspace: Path, quick: Quick) -> None:
    text = in_transactions(body_of("ONE"), REMITTANCE.format(secret=SECRET), REJECTED)
    Path("claims.837").write_text(text.replace("ST*837*0002*005010X222A1", "ST*835*0002"), encoding="ascii")
    ran = quick("scrub", "claims.837", "--format", "json")
    assert ran.err == f"claims.837: segment 36: {NOT_837}\n  remedy: {SEND_837}\n"
    assert ran.code == 2
    assert [(c["claim_id"], c["outcome"]) for c in ran.claims] == [("ONE", "clean"), ("BAD", "rejected")]
    assert SECRET not in ran.out + ran.err
