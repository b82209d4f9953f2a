"""`scrubber rules show`: the rule as written, and what it becomes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.rules.packs import RULE, write_rule
from tests.conftest import Quick, assert_refused


def test_the_rule_is_shown_as_it_was_written(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"))
    ran = quick("rules", "show", "zzz-001", "--packs", "mine")
    head, _, rest = ran.out.partition("\n")
    assert re.fullmatch(r"# mine/ZZZ-001-control-number-missing\.yaml   version [0-9a-f]{12}", head)
    assert (rest, ran.code) == (RULE, 0)


def test_compiled_adds_the_python_for_each_kind_of_claims(quick: Quick) -> None:
    ran = quick("rules", "show", "MOD-010", "--compiled")
    assert "\nrequire: " in ran.out
    assert re.findall(r"^# the fast check of (\w+) claims$", ran.out, re.MULTILINE) == ["professional"]
    assert "\ndef suspects(c, r):\n" in ran.out
    assert "# MOD-010 visit-with-minor-procedure-lacks-25\n" in ran.out
    assert " in set_minor_procedures" in ran.out
    assert ran.code == 0
    ran = quick("rules", "show", "MOD-023", "--compiled")
    kinds = re.findall(r"^# the fast check of (\w+) claims$", ran.out, re.MULTILINE)
    assert kinds == ["dental", "institutional", "professional"]


def test_a_draft_is_compiled_although_it_does_not_run(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), ("status: stable", "status: draft"))
    ran = quick("rules", "show", "ZZZ-001", "--compiled", "--packs", "mine")
    assert "# a draft does not run" in ran.out
    assert "def suspects" in ran.out


def test_a_decision_shows_its_rulesets(quick: Quick) -> None:
    ran = quick("rules", "show", "DEC-001", "--compiled")
    assert "\n# durable-rules, ruleset keep\n" in ran.out


def test_a_misspelt_id_gets_a_suggestion(quick: Quick) -> None:
    assert_refused(quick("rules", "show", "MOD-O10"), "there is no rule MOD-O10", "did you mean MOD-010?")
