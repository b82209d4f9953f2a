"""`scrubber rules list`: each filter, both formats, and wishes for what does not exist."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.rules.packs import write_rule
from tests.conftest import Quick, assert_refused


def ids(quick: Quick, *words: str) -> list[str]:
    ran = quick("rules", "list", "--format", "json", *words)
    assert (ran.code, ran.err) == (0, "")
    return [entry["id"] for entry in json.loads(ran.out)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--family", "coding"), ["DX-001", "MOD-010", "MOD-017", "MOD-023", "NCC-009", "NCC-022"]),
        (("--pack", "coding", "--severity", "warn"), ["MOD-023", "NCC-009"]),
        (("--family", "mod"), ["MOD-010", "MOD-017", "MOD-023"]),
        (("--family", "MOD-*"), ["MOD-010", "MOD-017", "MOD-023"]),
        (("--payer", "example_health"), ["EXH-001", "EXH-002", "EXH-003", "EXH-004", "DEC-003", "DEC-008"]),
        (("--source", "CARC-110"), ["FMT-005", "FMT-052", "DEC-001"]),
        (("--carc", "207"), ["FMT-004"]),
        (("--carc", "CO-207"), ["FMT-004"]),
        (("--carc", "PR-207"), []),
        (("--status", "draft"), []),
        (("--severity", "deny", "--family", "format"), ["FMT-052"]),
    ],
    ids=" ".join,
)
def test_a_filter_chooses(words: tuple[str, ...], found: list[str], quick: Quick) -> None:
    assert ids(quick, *words) == found


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
            "there are `coding`, `completeness`, `decisions`, `dental`, `example_health` and `format`",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_exist_is_refused(
    words: tuple[str, ...], message: str, remedy: str, quick: Quick
) -> None:
    assert_refused(quick("rules", "list", *words), message, remedy)


def test_the_text_says_how_many_there_are(quick: Quick) -> None:
    ran = quick("rules", "list", "--carc", "14")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["Id", "Severity", "Status", "Pack", "Title"]
    assert lines[1].startswith("FMT-007  reject    stable  format")
    assert "\n1 rule and 0 decisions. " in ran.out
    assert ran.code == 0


def test_an_entry_says_all_that_can_be_asked_for(quick: Quick) -> None:
    ran = quick("rules", "list", "--carc", "14", "--format", "json")
    (entry,) = json.loads(ran.out)
    assert entry["kind"] == "rule"
    assert (entry["severity"], entry["status"], entry["pack"]) == ("reject", "stable", "format")
    assert entry["at"] == ["patient.date_of_birth"]
    assert "service_period.from" in entry["reads"]
    assert entry["references"] == ["CARC-14"]


def test_rules_of_ones_own_are_listed_as_they_are_written(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), ("title: The claim has", "title: The [bold]claim[/bold] has"))
    ran = quick("rules", "list", "--family", "ZZZ", "--packs", "mine")
    assert "[bold]claim[/bold]" in " ".join(ran.out.split())
