"""A run names the local decisions that set nothing aside: they may be about what no longer happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Quick, scrubber

pytestmark = pytest.mark.usefixtures("workspace")

VISIT = str(Path(__file__).parents[2] / "docs" / "samples" / "visit.837")
ENTRY = "  - {{rule: {rule}, {more}expires: 2099-12-31, reason: known, by: R. Example}}\n"


def scrubbed(folder: Path, *entries: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return what is said on standard error, and the summary's unused suppressions."""
    packs = folder / "mine"
    packs.mkdir()
    (packs / "overrides.yaml").write_text("schema: 1\nsuppressions:\n" + "".join(entries))
    ran = scrubber("scrub", VISIT, "--format", "json", "--packs", str(packs))
    told = [line for line in ran.err.splitlines() if "aside" in line]
    return told, json.loads(ran.out)["summary"]["unused_suppressions"]


def test_a_suppression_that_set_nothing_aside_is_named(tmp_path: Path) -> None:
    used = ENTRY.format(rule="BAL-001", more="")
    elsewhere = ENTRY.format(rule="BAL-001", more="at: payer.payer_id, ")
    told, unused = scrubbed(tmp_path, used, elsewhere)
    (line,) = told
    assert line.endswith("overrides.yaml sets BAL-001 at payer.payer_id aside; this run had nothing of it.")
    assert [(entry["rule"], entry["expires"]) for entry in unused] == [("BAL-001", "2099-12-31")]


def test_where_all_were_used_nothing_is_said(tmp_path: Path) -> None:
    entries = [ENTRY.format(rule=rule, more="") for rule in ("BAL-001", "MOD-010")]
    assert scrubbed(tmp_path, *entries) == ([], [])


def test_without_such_decisions_nothing_is_said(quick: Quick) -> None:
    ran = quick("scrub", VISIT, "--format", "json")
    assert "unused_suppressions" not in json.loads(ran.out)["summary"]
    assert "aside" not in ran.err
