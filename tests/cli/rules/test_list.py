"""`scrubber rules list`: each filter, both formats, and wishes for what does not exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.packs.bundle import LoadedRule
from scrubber.packs.diagnostics import listing
from tests.cli.rules.packs import shipped, write_rule
from tests.conftest import Quick, assert_refused


def ids(quick: Quick, *words: str) -> list[str]:
    ran = quick("rules", "list", "--format", "json", *words)
    assert (ran.code, ran.err) == (0, "")
    return [entry["id"] for entry in json.loads(ran.out)]


def rules(fits: Callable[[LoadedRule], bool]) -> list[str]:
    """Return the ids of the shipped rules that fit, in order."""
    return sorted(loaded.rule.id for loaded in shipped().rules if fits(loaded))


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        (("--family", "coding"), lambda r: r.pack == "coding"),
        (
            ("--pack", "coding", "--severity", "warn"),
            lambda r: (r.pack, r.rule.severity) == ("coding", "warn"),
        ),
        (("--family", "mod"), lambda r: r.rule.id.startswith("MOD-")),
        (("--family", "MOD-*"), lambda r: r.rule.id.startswith("MOD-")),
        (("--payer", "example_health"), lambda r: "example_health" in r.rule.applies_to.payers),
        (("--source", "CARC-110"), lambda r: "CARC-110" in r.rule.references),
        (("--carc", "16"), lambda r: r.rule.denial and r.rule.denial.carc == "16"),
        (("--carc", "co-16"), lambda r: r.rule.denial and r.rule.denial.carc == "16"),
        (("--carc", "PR-16"), lambda r: False),
        (("--status", "stable"), lambda r: r.rule.status == "stable"),
        (("--status", "draft"), lambda r: r.rule.status == "draft"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_filter_chooses(words: tuple[str, ...], fits: Callable[[LoadedRule], bool], quick: Quick) -> None:
    found = ids(quick, *words)
    known = {loaded.rule.id for loaded in shipped().rules}
    assert [name for name in found if name in known] == rules(fits)


def test_decisions_are_chosen_by_payer_and_source(quick: Quick) -> None:
    assert {"DEC-003", "DEC-008"} <= set(ids(quick, "--payer", "example_health"))
    assert "DEC-001" in ids(quick, "--source", "CARC-110")
    assert not any(name.startswith("DEC") for name in ids(quick, "--severity", "deny"))


@pytest.mark.parametrize(
    "path", ["accident_state", "line.charge", "lines[0].charge", "lines[].charge", "lines.charge"]
)
def test_a_path_finds_what_reads_it_or_points_at_it(path: str, quick: Quick) -> None:
    wanted = {"accident_state": {"SIT-002"}}.get(path, {"BAL-001", "FMT-044", "FMT-040"})
    assert wanted <= set(ids(quick, "--path", path))


def test_a_path_of_the_claim_finds_rules_on_lines_that_fall_back_to_it(quick: Quick) -> None:
    assert "MOD-010" in ids(quick, "--path", "rendering_provider.npi")


def test_a_part_of_the_claim_finds_what_reads_anything_in_it(quick: Quick) -> None:
    assert set(ids(quick, "--path", "lines.procedure.code")) < set(ids(quick, "--path", "lines"))


def test_a_sweep_reads_every_place_of_its_kind(quick: Quick) -> None:
    assert "FMT-003" in ids(quick, "--path", "accident_date")


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (("--path", "lines.chrge"), "there is no path 'lines.chrge'", "did you mean lines.charge?"),
        (("--path", "x"), "there is no path 'x'", "docs/paths.md lists all paths"),
        (("--payer", "example_helth"), "there is no payer 'example_helth'", "did you mean example_health?"),
        (("--source", "CARC-11"), "there is no source 'CARC-11'", "did you mean CARC-110?"),
        (
            ("--family", "zzz"),
            "there is no pack or family of rules 'zzz'",
            f"there are {listing([pack.id for pack in shipped().packs])}",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_exist_is_refused(
    words: tuple[str, ...], message: str, remedy: str, quick: Quick
) -> None:
    assert_refused(quick("rules", "list", *words), message, remedy)


def test_the_text_says_how_many_there_are(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"))
    ran = quick("rules", "list", "--family", "mine", "--packs", "mine")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["Id", "Severity", "Status", "Pack", "Title"]
    assert lines[1].split(maxsplit=4)[:4] == ["ZZZ-001", "reject", "stable", "mine"]
    assert "The claim has no control number" in lines[1]
    assert "\n1 rule and 0 decisions. " in ran.out
    assert ran.code == 0


def test_an_entry_says_all_that_can_be_asked_for(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), ("snip: null", 'snip: null\ndenial: {group: CO, carc: "16", rarc: [M54]}'))
    ran = quick("rules", "list", "--family", "mine", "--packs", "mine", "--format", "json")
    (entry,) = json.loads(ran.out)
    assert entry == {
        "kind": "rule",
        "id": "ZZZ-001",
        "name": "control-number-missing",
        "title": "The claim has no control number",
        "status": "stable",
        "pack": "mine",
        "file": "mine/ZZZ-001-control-number-missing.yaml",
        "version": entry["version"],
        "references": ["STEDI-PCN"],
        "reads": ["patient_control_number"],
        "payers": [],
        "severity": "reject",
        "stage": None,
        "claim_types": [],
        "at": ["patient_control_number"],
        "aliases": [],
        "group": "CO",
        "carc": "16",
        "rarc": ["M54"],
    }


def test_rules_of_ones_own_are_listed_as_they_are_written(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), ("title: The claim has", "title: The [bold]claim[/bold] has"))
    ran = quick("rules", "list", "--family", "ZZZ", "--packs", "mine")
    assert "[bold]claim[/bold]" in " ".join(ran.out.split())
