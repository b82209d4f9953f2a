"""What a user gets from --format csv, sarif and fhir: what the JSON result has, on every kind of claim."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_exit_codes import WITHOUT_DATE
from tests.conftest import PROFESSIONAL, SECRET, Poison, Quick, Ran, body_of, in_transactions, scrubber
from tests.support.fhir import assert_bundle
from tests.support.sarif import assert_sarif

FORMULA = "=cmd|' /C calc'!A0"
#: A panel and a part of it, whose modifier says that it was given apart: the rule bypasses it.
PART_OF_PANEL = body_of("ASIDE").replace("HC:99213", "HC:80053").replace("HC:85025", "HC:84132:91")
BATCH = {
    # clean, not checked (larger than a limit), rejected with a formula as its id, one finding bypassed
    "a b.837": in_transactions(
        body_of("GOOD"),
        body_of("LONG").replace("HI*", f"NTE*ADD*{SECRET * 3000}~\nHI*"),
        body_of(FORMULA).replace("*245*", "*-245*"),
        PART_OF_PANEL,
    ).encode(),
    "b.json": WITHOUT_DATE,  # not all rules can be evaluated
    "c.json": '[{"patient_control_number": "\\u202eÄ\\n\\"1\\"", "total_charge": "1.10"}]'.encode(),
    "d.837": b"nothing that anyone could read",
    "e.837": PROFESSIONAL.replace(b"SE*34*", b"SE*33*").replace(b"SE*33*0001", b"SE*99*0001"),
}


@pytest.fixture
def batch(workspace: Path) -> list[str]:
    for name, content in BATCH.items():
        Path(name).write_bytes(content)
    return list(BATCH)


def rows_of(ran: Ran) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"), newline=""), strict=True))


def sarif_of(ran: Ran) -> dict[str, Any]:
    return assert_sarif(ran.json)


def counted(whole: Ran) -> tuple[Counter[str], Counter[str]]:
    """Return claims by outcome and findings by status, as the JSON result has them."""
    findings = [*whole.findings, *(f for file in whole.json["files"] for f in file["findings"])]
    outcomes = Counter(claim["outcome"] for claim in whole.claims)
    return outcomes, Counter(finding["outcome"] for finding in findings)


def test_the_batch_has_every_kind_of_claim(batch: list[str], quick: Quick) -> None:
    whole = quick("scrub", *batch, "--format", "json")
    outcomes, findings = counted(whole)
    assert set(outcomes) == {"clean", "rejected", "error"}
    assert findings["bypassed"] >= 1
    assert any(claim["coverage"] == "partial" and claim["outcome"] == "clean" for claim in whole.claims)
    assert [bool(file["findings"]) for file in whole.json["files"]] == [False, False, False, True, True]
    assert whole.code == 2


@pytest.mark.parametrize("format_", ["csv", "sarif", "fhir"])
def test_the_exit_code_and_the_words_beside_the_report_are_those_of_json(
    format_: str, batch: list[str], quick: Quick
) -> None:
    whole, ran = quick("scrub", *batch, "--format", "json"), quick("scrub", *batch, "--format", format_)
    assert (ran.code, ran.err) == (whole.code, whole.err)
    assert SECRET not in ran.out + ran.err


def test_csv_has_every_claim_and_every_finding(batch: list[str], quick: Quick) -> None:
    outcomes, findings = counted(quick("scrub", *batch, "--format", "json"))
    ran = quick("scrub", *batch, "--format", "csv")
    rows = rows_of(ran)
    assert Counter(row["outcome"] for row in rows if row["row"] == "claim") == outcomes
    assert Counter(row["status"] for row in rows if row["status"]) == findings
    rejected = next(row for row in rows if row["outcome"] == "rejected")
    assert rejected["claim_id"] == f"'{FORMULA}" and rejected["file"] == "a b.837"
    assert any(row["value"] == "-245" for row in rows)
    assert [row["file"] for row in rows if row["row"] == "file"] == ["d.837", "e.837"]
    assert "partial" in {row["coverage"] for row in rows if row["file"] == "b.json"}
    assert all("\n" not in cell for row in rows for cell in row.values())


def test_sarif_has_every_finding_and_no_pass(batch: list[str], quick: Quick) -> None:
    whole = quick("scrub", *batch, "--format", "json")
    outcomes, findings = counted(whole)
    run = sarif_of(quick("scrub", *batch, "--format", "sarif"))
    results = run["results"]
    assert {result["kind"] for result in results} == {"fail", "open"}
    by_rule = [result for result in results if result["kind"] == "fail" and result["ruleId"] != "not-checked"]
    assert Counter(result["properties"]["outcome"] for result in by_rule) == findings
    assert sum(result["ruleId"] == "not-checked" for result in results) == outcomes["error"]
    assert sum(bool(result["suppressions"]) for result in results) == findings["bypassed"]
    assert [artifact["hashes"]["sha-256"] for artifact in run["artifacts"]] == [
        file["sha256"] for file in whole.json["files"]
    ]
    assert run["properties"]["summary"]["outcomes"] == whole.json["summary"]["outcomes"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_fhir_has_an_outcome_for_every_claim(batch: list[str], quick: Quick) -> None:
    whole = quick("scrub", *batch, "--format", "json")
    outcomes, findings = counted(whole)
    resources = assert_bundle(quick("scrub", *batch, "--format", "fhir").json)
    of_claims = [resource for resource in resources if "claim" in resource["id"]]
    assert len(of_claims) == len(whole.claims)
    issues = [issue for resource in resources for issue in resource["issue"]]
    assert sum(issue["severity"] == "fatal" for issue in issues) == outcomes["error"]
    blocking = sum(issue["severity"] == "error" for issue in issues)
    assert 0 < blocking <= findings["fail"]
    assert [resource["id"] for resource in resources if "claim" not in resource["id"]] == ["file-4", "file-5"]
    partial = next(resource for resource in of_claims if resource["id"] == "file-2-claim-1")
    assert {issue["code"] for issue in partial["issue"]} == {"incomplete"}


@pytest.mark.parametrize("format_", ["csv", "sarif", "fhir"])
def test_a_claim_whose_process_dies_is_said_to_be_unchecked(
    format_: str, workspace: Path, poison: Poison
) -> None:
    Path("claims.837").write_text(in_transactions(body_of("ONE") + body_of("TWO")), encoding="ascii")
    ran = scrubber("scrub", "claims.837", "--format", format_, env=poison({"TWO": "die"}))
    assert ran.code == 1
    if format_ == "csv":
        assert [row["outcome"] for row in rows_of(ran) if row["row"] == "claim"] == ["clean", "error"]
    elif format_ == "sarif":
        (result,) = sarif_of(ran)["results"]
        assert (result["ruleId"], result["level"]) == ("not-checked", "error")
    else:
        clean, unchecked = assert_bundle(ran.json)
        assert clean["issue"][0]["code"] == "informational"
        assert unchecked["issue"][0]["severity"] == "fatal"


def test_claims_from_standard_input(quick: Quick) -> None:
    run = sarif_of(quick("scrub", "-", "--format", "sarif", stdin=PROFESSIONAL.replace(b"*245*", b"*240*")))
    assert run["artifacts"][0]["location"]["uri"] == "-"
    assert run["results"][0]["ruleId"] == "BAL-001"


def test_a_file_whose_name_is_no_text_is_named_all_the_same(workspace: Path) -> None:
    name = b"claims\xff.837"
    try:
        Path(name.decode(errors="surrogateescape")).write_bytes(PROFESSIONAL)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    for format_ in ("csv", "sarif", "fhir"):
        ran = scrubber("scrub", ".", "--format", format_)
        assert ran.code == 0
        if format_ != "csv":
            json.loads(ran.out)
