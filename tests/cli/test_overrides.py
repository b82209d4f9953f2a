"""Local decisions about rules leave a trace in what a run says, and in what is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Quick, scrubber

pytestmark = pytest.mark.usefixtures("workspace")

VISIT = str(Path(__file__).parents[2] / "docs" / "samples" / "visit.837")
OFF = "schema: 1\noverrides:\n  - {rule: BAL-001, active: false, reason: known, by: R. Example}\n"
ASIDE = "schema: 1\nsuppressions:\n  - {rule: BAL-001, expires: 2099-12-31, reason: known, by: R. Example}\n"


def mine(text: str, folder: str = "mine") -> str:
    Path(folder).mkdir(parents=True)
    Path(folder, "overrides.yaml").write_text(text, encoding="utf-8")
    return folder.split("/", 1)[0]


def test_a_rule_that_is_off_is_said_with_the_reason() -> None:
    packs = mine(OFF)
    ran = scrubber("scrub", VISIT, "--format", "json", "--packs", packs)
    assert "BAL-001" not in {finding["rule"] for finding in ran.findings}
    assert ran.json["overrides"] == [
        {
            "rule": "BAL-001",
            "change": "off",
            "payers": [],
            "effective_from": None,
            "effective_to": None,
            "reason": "known",
            "by": "R. Example",
        }
    ]
    assert "Off      BAL-001: known (R. Example)" in scrubber("scrub", VISIT, "--packs", packs).out


def test_a_run_without_decisions_has_no_such_member(quick: Quick) -> None:
    assert "overrides" not in quick("scrub", VISIT, "--format", "json").json


def test_an_explanation_says_what_became_of_the_finding(quick: Quick) -> None:
    plain = quick("rules", "explain", VISIT, "BAL-001").out
    assert plain.endswith("in a scrub\n  total_charge: fail, reject\n")
    aside = quick("rules", "explain", VISIT, "BAL-001", "--packs", mine(ASIDE, "aside")).out
    assert aside.endswith("  total_charge: suppressed: known (R. Example, until 2099-12-31)\n")
    off = quick("rules", "explain", VISIT, "BAL-001", "--packs", mine(OFF)).out
    assert "1. the claim: fail" in off and off.endswith("no finding: the rule is switched off\n")


def test_a_pass_has_nothing_to_conclude(quick: Quick) -> None:
    assert "in a scrub" not in quick("rules", "explain", VISIT, "SIT-007").out


def test_overrides_in_a_payers_folder_need_the_payer(quick: Quick) -> None:
    packs = mine(OFF, "packs/payers/example_health")
    ran = quick("rules", "check", packs)
    assert ran.code == 2
    assert (
        "There is no payer.yaml beside these overrides: they would count for every payer" in ran.err + ran.out
    )
