"""`scrubber rules explain`: what a biller or author reads about one rule on one claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Quick
from tests.engine.test_parameters import VALUES, written

pytestmark = pytest.mark.usefixtures("workspace")

VISIT = str(Path(__file__).parents[3] / "docs" / "samples" / "visit.837")
BATCH = str(Path(__file__).parents[3] / "rules" / "base" / "professional.837")


def explained(quick: Quick, *words: str) -> str:
    ran = quick("rules", "explain", *words)
    assert ran.code == 0, ran.err
    return ran.out


def test_a_finding_is_explained_by_the_values_that_were_compared(quick: Quick) -> None:
    out = explained(quick, VISIT, "BAL-001")
    assert "1. the claim: fail" in out
    assert "line_total = 240" in out
    assert "no       total_charge equals line_total   [total_charge = 230; line_total = 240]" in out


def test_a_pass_is_explained_condition_by_condition(quick: Quick) -> None:
    out = explained(quick, VISIT, "SIT-007")
    assert "1. the claim: pass" in out
    assert "      yes      billing_provider.entity_type equals 2   [billing_provider.entity_type = 2]" in out
    assert "no       every lines satisfies" in out


def test_a_rule_that_is_not_about_the_claim_says_why(quick: Quick) -> None:
    out = explained(quick, VISIT, "EXH-004")
    assert "no       payers: example_health   [payers = none]" in out
    assert out.endswith("The rule is not about this claim: it makes no finding.\n")


def test_every_item_is_told_apart(quick: Quick) -> None:
    out = explained(quick, BATCH, "FMT-018")
    assert "1. line lines[0]" in out and ": pass" in out


@pytest.mark.parametrize(
    ("payer", "outcome", "parameter"),
    [("90000", "fail", "30 days"), ("90001", "pass", "1 year"), ("90002", "indeterminate", "not known")],
)
def test_the_same_claim_under_three_payers(
    tmp_path: Path, quick: Quick, payer: str, outcome: str, parameter: str
) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    claim = tmp_path / "claim.837"
    claim.write_text(Path(BATCH).read_text().replace("PI*99999~", f"PI*{payer}~"))
    assert payer in claim.read_text()
    words = ("--packs", str(written(packs, values=VALUES)), "--receipt-date", "2026-10-30")
    out = explained(quick, str(claim), "TIM-901", *words)
    assert f"the claim: {outcome}" in out
    assert f"filing_limit = {parameter}" in out
    if parameter != "not known":
        assert f"      counts  {parameter}, " in out
    assert "      lost    other values, set by " in out
    assert "      counts  first_day, default\n" in out
    assert "      lost    last_day, default for institutional: this is no claim of institutional" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((VISIT, "BAL-999"), "BAL-999"),
        ((VISIT, "DEC-001"), "DEC-001 is a decision"),
        ((VISIT, "BAL-001", "--number", "9"), "has no claim 9"),
        ((VISIT, "BAL-001", "--claim", "NOBODY"), "has no claim with this number"),
        ((VISIT, "BAL-001", "--claim", "VISIT-2001", "--number", "1"), "give --claim or --number, not both"),
        (("nowhere.837", "BAL-001"), "nowhere.837"),
    ],
)
def test_what_cannot_be_explained_is_said(quick: Quick, words: tuple[str, ...], message: str) -> None:
    ran = quick("rules", "explain", *words)
    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err
