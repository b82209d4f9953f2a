"""A history and a context on the command line: kept, given to a run, and missed by one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.rules.packs import RULE, write_rule
from tests.conftest import PROFESSIONAL, SECRET, Quick, assert_refused, scrubber

BILLED_BEFORE = [
    ("ZZZ-001", "ZZZ-002"),
    ("control-number-missing", "billed-before"),
    ("severity: reject", "severity: deny\nneeds: [history]"),
    (
        "for_each: claim",
        "for_each: {pairs: [lines, history.lines], as: [line, prior], same: [procedure.code]}",
    ),
    ("{field: patient_control_number, present: true}", "{field: prior.adjudication_status, equals: denied}"),
    ("at: [patient_control_number]", "at: [line.procedure.code, prior.procedure.code]"),
    (
        "The claim has no control number.\nwhy",
        '"{line.procedure.code} was billed before: {prior.label}."\nwhy',
    ),
    (
        "{name: given, base: professional}",
        '{name: denied, base: professional, history: [{copy: "lines[0]", adjudication_status: denied}]}',
    ),
    ("remove: [patient_control_number]", 'history: [{copy: "lines[0]", adjudication_status: paid}]'),
    ("{at: patient_control_number}", '{at: "lines[0].procedure.code"}'),
]
#: One claim, and the beginning of another interchange.
BREAKS_OFF = PROFESSIONAL + PROFESSIONAL[: len(PROFESSIONAL) // 2]
MINUTES = [
    ("ZZZ-001", "ZZZ-003"),
    ("control-number-missing", "minutes-missing"),
    ("severity: reject", "severity: warn\nneeds: [context.documented_minutes]"),
    ("for_each: claim", "for_each: lines"),
    (
        "{field: patient_control_number, present: true}",
        "{field: line.context.documented_minutes, at_least: 8}",
    ),
    ("at: [patient_control_number]", "at: [line.units]"),
    (
        "{name: given, base: professional}",
        '{name: given, base: professional, set: {"lines[*].context.documented_minutes": 8}}',
    ),
    (
        "remove: [patient_control_number]\n      expect: [{at: patient_control_number}]",
        'set: {"lines[0].context.documented_minutes": 7, "lines[1].context.documented_minutes": 8}\n'
        '      expect: [{at: "lines[0].units"}]',
    ),
]


@pytest.fixture
def claims(workspace: Path) -> Path:
    Path("claims.837").write_bytes(PROFESSIONAL)
    write_rule(Path("mine"), *BILLED_BEFORE, text=RULE)
    write_rule(Path("mine"), *MINUTES, text=RULE)
    return Path("claims.837")


def context_file(**minutes: int) -> str:
    lines = {number[1:]: {"documented_minutes": count} for number, count in minutes.items()}
    data = {"schema_version": 1, "claims": {"FICT-0001": {"lines": lines}}}
    Path("context.json").write_text(json.dumps(data))
    return "context.json"


def test_the_rules_prove_themselves(claims: Path) -> None:
    ran = scrubber("rules", "test", "mine")
    assert (ran.code, ran.err) == (0, ""), ran.out


def test_what_was_billed_before_is_found_with_a_history(claims: Path) -> None:
    added = scrubber("history", "add", "h.db", claims, "--status", "paid", "--since", "2026-01-01")
    assert (added.code, added.out, added.err) == (0, "h.db: 1 claim added as paid\n", "")
    ran = scrubber("scrub", claims, "--packs", "mine", "--history", "h.db", "--format", "json")
    assert ran.json["supplied"] == ["history"]
    found = [f for f in ran.findings if f["rule"] == "ZZZ-002"]
    assert [f["message"] for f in found] == [
        "99213 was billed before: claim FICT-0001 of 2026-08-18 (paid).",
        "85025 was billed before: claim FICT-0001 of 2026-08-18 (paid).",
    ]
    primary, related = found[1]["locations"]
    assert (primary["path"], primary["value"]) == ("lines[1].procedure.code", "85025")
    assert related == {
        **dict.fromkeys(("x12", "form")),
        **{"role": "related", "path": "history.lines[1].procedure.code", "pointer": "", "value": "85025"},
    }
    assert ran.code == 1
    assert [gap["rule"] for gap in ran.json["summary"]["not_evaluated"]] == ["ZZZ-003"]


@pytest.mark.parametrize(
    ("since", "reach", "told"),
    [
        ((), None, "1 claim; nobody said since when it has everything"),
        (("--since", "2026-01-01"), "2026-01-01", "1 claim; everything since 2026-01-01"),
    ],
)
def test_reports_say_how_much_history_there_was(
    since: tuple[str, ...], reach: str | None, told: str, claims: Path, quick: Quick
) -> None:
    quick("history", "add", "h.db", claims, "--status", "pending")
    quick("history", "add", "h.db", claims, "--status", "paid", *since)
    words = ("scrub", claims, "--history", "h.db", "--format")
    assert quick(*words, "json").json["history"] == {"claims": 1, "since": reach}
    assert f"History  {told}" in quick(*words, "text").out.splitlines()
    assert f"<dt>History</dt><dd>{told}</dd>" in quick(*words, "html").out
    without = quick("scrub", claims, "--format", "json").json
    assert "history" not in without


def test_what_became_of_a_claim_is_not_forgotten_by_adding_it_again(claims: Path) -> None:
    scrubber("history", "add", "h.db", claims, "--status", "paid")
    again = scrubber("history", "add", "h.db", claims)
    assert (again.code, again.out) == (0, "h.db: 1 claim added as pending, or as they were\n")
    assert "1 paid, 0 pending, 0 denied" in scrubber("history", "status", "h.db").out
    scrubber("history", "add", "h.db", claims, "--status", "denied")
    assert "0 paid, 0 pending, 1 denied" in scrubber("history", "status", "h.db").out


def test_a_history_cannot_have_everything_since_a_day_to_come(claims: Path) -> None:
    ran = scrubber("history", "add", "h.db", claims, "--since", "2999-01-01")
    assert (ran.code, ran.out) == (2, "") and "--since 2999-01-01 has not come yet" in ran.err
    assert not Path("h.db").exists()


def test_a_rule_that_the_run_gave_nothing_is_told_once_and_no_claim_is_partial(claims: Path) -> None:
    ran = scrubber("scrub", claims, "--packs", "mine", "--format", "json")
    assert ran.json["supplied"] == []
    assert ran.json["summary"]["not_evaluated"] == [
        {"rule": "ZZZ-002", "reason": "the run was not given: history", "remedy": "scrub with --history DB"},
        {
            "rule": "ZZZ-003",
            "reason": "the run was not given: context.documented_minutes",
            "remedy": "scrub with --context FILE",
        },
    ]
    assert [(c["outcome"], c["coverage"]) for c in ran.claims] == [("clean", "complete")]
    assert ran.json["summary"]["partial"] == 0
    assert ran.code == 0
    assert scrubber("scrub", claims, "--packs", "mine", "--require-complete").code == 1
    assert ran.err == "scrubber: 2 rules were not run for want of a history or context; see the summary.\n"
    assert ran.code == 0


def test_a_context_is_looked_into(claims: Path) -> None:
    words = ("scrub", claims, "--packs", "mine", "--format", "json", "--context")
    ran = scrubber(*words, context_file(n1=7, n2=8))
    assert [(f["rule"], f["locations"][0]["path"]) for f in ran.findings] == [("ZZZ-003", "lines[0].units")]
    assert ran.json["supplied"] == ["context.documented_minutes"]
    assert "context.json" not in ran.err  # all of it had a use
    partial = scrubber(*words, context_file(n1=8))
    (gap,) = partial.claims[0]["not_evaluated"]
    assert gap["reason"] == "not known: line.context.documented_minutes"
    assert partial.claims[0]["coverage"] == "partial"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            {"FICT-0001": {"eligibility": [], "enrolments": []}},
            "no rule looks at `context.eligibility` or `context.enrolments`",
        ),
        (
            {SECRET: {"lines": {"1": {"documented_minutes": 8}}}},
            "its only claim is not in the files of this run (by CLM01)",
        ),
        (
            {"FICT-0001": {"eligibility": []}, SECRET: {}, "FICT-9": {}},
            "no rule looks at `context.eligibility`; "
            "2 of its 3 claims are not in the files of this run (by CLM01), the first is claim 2 in it",
        ),
    ],
    ids=["inputs", "claim", "both"],
)
def test_what_a_run_has_no_use_for_is_said_without_the_claims_number(
    entries: dict[str, object], told: str, claims: Path
) -> None:
    Path("context.json").write_text(json.dumps({"schema_version": 1, "claims": entries}))
    ran = scrubber("scrub", claims, "--packs", "mine", "--context", "context.json")
    assert [line for line in ran.err.splitlines() if "context.json" in line] == [
        f"scrubber: context.json: {told}"
    ]
    assert SECRET not in ran.err + ran.out


def test_an_explanation_knows_the_history(claims: Path) -> None:
    words = ("rules", "explain", claims, "ZZZ-002", "--packs", "mine")
    assert "indeterminate (pairs of lines[0] with what nobody knows)" in scrubber(*words).out
    scrubber("history", "add", "h.db", claims, "--status", "denied")
    told = scrubber(*words, "--history", "h.db").out
    assert "1. line lines[0], prior history.lines[0]: pass" in told


@pytest.mark.parametrize("damage", ["UPDATE claims SET document = 'x'", "DROP TABLE claims"])
def test_a_damaged_history_is_said_in_words(damage: str, claims: Path, quick: Quick) -> None:
    quick("history", "add", "h.db", claims)
    with closing(sqlite3.connect("h.db")) as history:
        history.execute(damage)
        history.commit()
    words = ("--packs", "mine", "--history", "h.db")
    ran = quick("rules", "explain", claims, "ZZZ-002", *words)
    assert ran.code == 2 and ran.err.startswith("scrubber: h.db "), ran.err


def test_a_history_says_what_it_has(claims: Path, quick: Quick) -> None:
    quick("history", "add", "h.db", claims)
    ran = quick("history", "status", "h.db")
    assert ran.out == (
        "1 claim of 1 patient: 0 paid, 1 pending, 0 denied\n"
        "nobody said since when it has everything: say it with `scrubber history add --since`\n"
    )
    quick("history", "add", "h.db", claims, "--status", "denied", "--since", "2025-01-01")
    ran = quick("history", "status", "h.db")
    assert ran.out == "1 claim of 1 patient: 0 paid, 0 pending, 1 denied\neverything since 2025-01-01\n"


def test_a_claim_that_does_not_say_whose_it_is_is_not_added(workspace: Path, quick: Quick) -> None:
    Path("nobody.837").write_bytes(PROFESSIONAL.replace(b"DMG*D8*19800115*F~", b""))
    ran = quick("history", "add", "h.db", "nobody.837")
    assert ran.out == "h.db: 0 claims added as pending, or as they were\n"
    assert ran.err == "scrubber: 1 claim not added: unreadable, or without names or date of birth\n"
    assert ran.code == 1


def test_a_file_that_breaks_off_is_said(workspace: Path, quick: Quick) -> None:
    Path("half.837").write_bytes(BREAKS_OFF)
    ran = quick("history", "add", "h.db", "half.837")
    assert (ran.code, ran.out) == (2, "h.db: 1 claim added as pending, or as they were\n")
    assert ran.err == "scrubber: half.837 was not read to its end; `scrubber scrub` says why\n"


def test_files_without_claims_are_told_in_one_line(workspace: Path, quick: Quick) -> None:
    Path("sent/docs").mkdir(parents=True)
    Path("sent/claims.837").write_bytes(PROFESSIONAL)
    for name in ("a.md", "b.md", "c.md"):
        Path("sent/docs", name).write_text("# How we send claims\n")
    ran = quick("history", "add", "h.db", "sent")
    assert (ran.code, ran.out) == (2, "h.db: 1 claim added as pending, or as they were\n")
    assert ran.err == (
        "scrubber: 3 files have no claim that can be read, the first is sent/docs/a.md; "
        "`scrubber scrub` says why, or leave such files out\n"
    )


@pytest.mark.parametrize(
    ("path", "message", "remedy"),
    [
        ("nowhere", "nowhere: there is no such file or folder", "check the path"),
        (
            "a.md",
            "nothing was added to h.db: a.md has no claim that can be read",
            "`scrubber scrub` says why",
        ),
    ],
)
def test_an_add_that_fails_changes_nothing(
    path: str, message: str, remedy: str, workspace: Path, quick: Quick
) -> None:
    Path("whole.837").write_bytes(PROFESSIONAL)
    Path("a.md").write_text("# How we send claims\n")
    words = ("history", "add", "h.db", path, "--since", "2024-01-01")
    assert_refused(quick(*words), message, remedy)
    assert not Path("h.db").exists()
    quick("history", "add", "h.db", "whole.837", "--since", "2023-01-01")
    before = Path("h.db").read_bytes()
    assert_refused(quick(*words), message, remedy)
    assert Path("h.db").read_bytes() == before


@pytest.mark.parametrize("lacking", ["a name", "the end"])
def test_a_history_that_lacks_claims_does_not_have_everything(
    lacking: str, workspace: Path, quick: Quick
) -> None:
    """A rule that asks for three years must not pass on the silence of a file that was not read."""
    without_name = PROFESSIONAL.replace(b"DMG*D8*19800115*F~", b"")
    data = without_name if lacking == "a name" else BREAKS_OFF
    Path("part.837").write_bytes(data)
    ran = quick("history", "add", "h.db", "part.837", "--since", "2023-01-01")
    assert "scrubber: h.db does not have everything since 2023-01-01: that was not noted\n" in ran.err
    assert "nobody said since when" in quick("history", "status", "h.db").out


def test_an_add_that_lacks_claims_takes_back_what_was_said_before(workspace: Path, quick: Quick) -> None:
    Path("whole.837").write_bytes(PROFESSIONAL)
    Path("part.837").write_bytes(PROFESSIONAL.replace(b"DMG*D8*19800115*F~", b""))
    quick("history", "add", "h.db", "whole.837", "--since", "2023-01-01")
    ran = quick("history", "add", "h.db", "part.837")
    assert ran.err == (
        "scrubber: 1 claim not added: unreadable, or without names or date of birth\n"
        "scrubber: h.db no longer has everything since 2023-01-01: add what is missing, "
        "and say --since again\n"
    )
    assert "nobody said since when" in quick("history", "status", "h.db").out
    quick("history", "add", "h.db", "whole.837", "--since", "2023-01-01")
    assert "everything since 2023-01-01" in quick("history", "status", "h.db").out


@pytest.mark.parametrize("command", [("scrub", "claims.837"), ("rules", "explain", "claims.837", "BAL-001")])
@pytest.mark.parametrize(
    ("option", "message", "remedy"),
    [
        ("--history", "none: there is no such history", "`scrubber history add` makes one"),
        ("--context", "none cannot be read (No such file or directory)", "check the path"),
    ],
)
def test_what_cannot_be_read_ends_the_command(
    command: tuple[str, ...], option: str, message: str, remedy: str, claims: Path, quick: Quick
) -> None:
    assert_refused(quick(*command, option, "none"), message, remedy)
