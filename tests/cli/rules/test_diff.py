"""`scrubber rules diff`: each kind of change, in words and as JSON, and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scrubber.packs.load import builtin_rules_dir
from tests.cli.rules.packs import RULE, write_rule
from tests.conftest import Quick, assert_own_words

OLD, NEW = Path("old"), Path("new")
SET = "set: zzz_codes\ncodes: [{}]\nreferences: [STEDI-PCN]\n"
IN_SET = (
    "{field: patient_control_number, present: true}",
    "{field: patient_control_number, not_in_set: zzz_codes}",
)


@pytest.fixture(autouse=True)
def old(workspace: Path) -> None:
    write_rule(OLD)


def lines(quick: Quick, code: int = 1) -> list[str]:
    ran = quick("rules", "diff", "old", "new")
    assert (ran.code, ran.err) == (code, "")
    return [line.strip() for line in ran.out.splitlines()]


def test_the_same_rules_have_no_difference(quick: Quick) -> None:
    file = write_rule(NEW)
    file.write_text(
        "# a comment\n" + RULE.replace("for_each: claim", "for_each: {each: claim}"), encoding="utf-8"
    )
    assert lines(quick, 0) == ["No difference."]
    ran = quick("rules", "diff", "old", "new", "--format", "json")
    assert ran.json == {"added": [], "removed": [], "renamed": [], "changed": [], "beside": []}
    assert ran.code == 0


def test_rules_come_and_go(quick: Quick) -> None:
    write_rule(NEW, ("ZZZ-001", "ZZZ-002"))
    assert lines(quick)[:2] == [
        "added    ZZZ-002  The claim has no control number",
        "removed  ZZZ-001  The claim has no control number",
    ]


def test_a_rule_with_the_old_id_as_alias_is_renamed(quick: Quick) -> None:
    write_rule(
        NEW, ("id: ZZZ-001", "id: ZZZ-002\naliases: [ZZZ-001]"), ("severity: reject", "severity: deny")
    )
    assert lines(quick) == [
        "renamed  ZZZ-001 -> ZZZ-002  The claim has no control number",
        "changed  ZZZ-002  The claim has no control number",
        "severity: reject -> deny",
        "",
        "0 added, 0 removed, 1 renamed, 1 changed; 0 examples answered otherwise.",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("severity: reject", "severity: warn"), ["severity: reject -> warn"]),
        (("snip: null", "snip: 4"), ["snip: none -> 4"]),
        (("message: The claim", "message: This claim"),
         ['message: "The claim has no control number." -> "This claim has no control number."']),
        (("[STEDI-PCN]", "[STEDI-PCN, CARC-14]"), ["references: added CARC-14"]),
        (("for_each", "applies_to: {claim_types: [dental]}\nfor_each"),
         ["applies_to.claim_types: all -> dental"]),
        (("for_each", "applies_to: {effective: {from: \"2026-01-01\"}}\nfor_each"),
         ["applies_to.effective.from: all -> 2026-01-01"]),
        (("snip: null", "snip: null\ndenial: {group: CO, carc: \"16\"}"),
         ["denial: added", "after:", "{group: CO, carc: '16'}"]),
        (("- {name: given, base: professional}", "- {name: given, base: institutional}"),
         ["examples.pass: 'given' changed"]),
        (("- name: none", "- name: nothing"), ["examples.fail: 'nothing' added, 'none' removed"]),
        (("require:", "when: {field: total_charge, present: true}\nrequire:"),
         ["when: added", "after:", "{field: total_charge, present: true}"]),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_changed_key_is_told_in_words(change: tuple[str, str], told: list[str], quick: Quick) -> None:
    write_rule(NEW, change)
    found = lines(quick)
    assert found[0] == "changed  ZZZ-001  The claim has no control number"
    assert [line for line in found[1:-2] if not line.startswith("example ")] == told


def test_conditions_are_shown_before_and_after_and_examples_that_come_out_otherwise(quick: Quick) -> None:
    write_rule(
        NEW,
        ("{field: patient_control_number, present: true}", "{field: patient_control_number, equals: OTHER}"),
        (
            "{name: given, base: professional}",
            "{name: other, base: professional, set: {patient_control_number: OTHER}}",
        ),
    )
    assert lines(quick)[1:] == [
        "require: changed",
        "before:",
        "{field: patient_control_number, present: true}",
        "after:",
        "{field: patient_control_number, equals: OTHER}",
        "examples.pass: 'other' added, 'given' removed",
        "example 'given' (old version): passes -> fails at patient_control_number",
        "",
        "0 added, 0 removed, 0 renamed, 1 changed; 1 example answered otherwise.",
    ]


def test_an_example_of_the_new_version_is_tried_on_the_old_rule_too(quick: Quick) -> None:
    shorter = "{field: patient_control_number, length: {max: 9}}"
    write_rule(
        NEW,
        ("require: {field: patient_control_number, present: true}", f"require: {shorter}"),
        ("remove: [patient_control_number]", "set: {patient_control_number: A123456789}"),
        ("name: none", "name: long"),
    )
    found = lines(quick)
    assert "example 'long' (new version): passes -> fails at patient_control_number" in found
    assert "example 'none' (old version): fails at patient_control_number -> passes" not in found


def test_a_set_that_changes_what_a_rule_says_is_told_with_the_examples(quick: Quick) -> None:
    for folder, codes in ((OLD, "ONE"), (NEW, "ONE, FICT*")):
        write_rule(folder, IN_SET, ("remove: [patient_control_number]", "set: {patient_control_number: ONE}"))
        (folder / "sets").mkdir()
        (folder / "sets/zzz_codes.yaml").write_text(SET.format(codes), encoding="utf-8")
    assert lines(quick) == [
        "changed  ZZZ-001  The claim has no control number",
        "example 'given' (old version): passes -> fails at patient_control_number",
        "set zzz_codes: codes: added FICT*",
        "",
        "0 added, 0 removed, 0 renamed, 1 changed; 1 example answered otherwise.",
    ]


def test_a_shipped_pack_alone_draws_on_what_is_beside_it(quick: Quick) -> None:
    for folder in ("a", "b"):
        shutil.copytree(builtin_rules_dir() / "coding", folder)
    head = Path("b/pack.yaml")
    head.write_text(head.read_text(encoding="utf-8").replace('"1.', '"7.'), encoding="utf-8")
    ran = quick("rules", "diff", "a", "b")
    assert ran.out.splitlines()[0].startswith("pack coding: version: 1.")
    assert (ran.code, ran.err) == (1, "")


def test_a_rule_that_moves_to_another_pack_is_told(quick: Quick) -> None:
    for folder in ("a", "b"):
        for pack in ("coding", "format"):
            shutil.copytree(builtin_rules_dir() / pack, Path(folder, pack))
    name = "FMT-014-patient-control-number-missing.yaml"
    Path("b/format", name).rename(Path("b/coding", name))
    ran = quick("rules", "diff", "a", "b")
    assert ran.out.splitlines()[:2] == [
        "changed  FMT-014  The claim has no patient control number",
        "         pack: format -> coding",
    ]
    assert (ran.code, ran.err) == (1, "")


def test_decisions_are_compared_like_rules(quick: Quick) -> None:
    for folder in ("a", "b"):
        shutil.copytree(builtin_rules_dir() / "decisions", Path(folder) / "decisions")
    file = Path("b/decisions/DEC-008-example-health-refuses-repeated-modifier.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("severity: deny", "severity: reject"), encoding="utf-8")
    ran = quick("rules", "diff", "a", "b")
    assert "changed  DEC-008  Example Health denies a line with a repeated modifier" in ran.out
    assert (
        "example 'same modifier twice' (old version): as it says -> "
        "finding 0 (MOD-023) has severity reject, expected deny" in ran.out
    )
    assert ran.code == 1


def test_sources_are_compared_by_their_keys(quick: Quick) -> None:
    write_rule(NEW)
    for folder, checked in ((OLD, "false"), (NEW, "true")):
        line = f"MINE: {{title: A text, publisher: B, citation: C, checked: {checked}}}\n"
        (folder / "sources.yaml").write_text(line, encoding="utf-8")
    assert lines(quick)[0] == "source MINE: checked: false -> true"


def test_json_says_all_that_the_text_says(quick: Quick) -> None:
    write_rule(NEW, ("severity: reject", "severity: warn"))
    ran = quick("rules", "diff", "old", "new", "--format", "json")
    (changed,) = json.loads(ran.out)["changed"]
    assert (changed["id"], changed["kind"]) == ("ZZZ-001", "rule")
    assert changed["changes"] == [
        {"key": "severity", "words": "reject -> warn", "before": None, "after": None}
    ]
    assert ran.code == 1


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_folder_that_cannot_be_read_ends_with_its_mistakes(which: str, quick: Quick) -> None:
    write_rule(NEW)
    write_rule(Path(which), ("severity: reject", "severity: rejct"))
    ran = quick("rules", "diff", "old", "new")
    assert "Did you mean 'reject'?" in ran.err
    assert f"the rules in {which} have 1 mistake" in ran.err
    assert_own_words(ran)
    assert ran.out == ""


def test_a_folder_that_does_not_exist_is_refused(quick: Quick) -> None:
    ran = quick("rules", "diff", "old", "nowhere")
    assert "nowhere: The rules folder does not exist." in ran.err
    assert_own_words(ran)
