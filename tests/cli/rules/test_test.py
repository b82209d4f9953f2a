"""`scrubber rules test`: what it says, in one process and in several, and while it watches."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from scrubber.cli.rules.watch import times_of
from scrubber.rulebook.spread import processes_that_pay
from tests.cli.rules.packs import shipped, write_rule
from tests.conftest import COMMAND, Quick, environment, scrubber

#: The example says another place than the rule does.
WRONG = ("expect: [{at: patient_control_number}]", "expect: [{at: total_charge}]")


def untimed(text: str) -> str:
    return re.sub(r"ran in \d+\.\d s", "ran in T", text)


def test_it_says_how_many_and_how_long(quick: Quick) -> None:
    ran = quick("rules", "test", "MOD-010")
    assert (untimed(ran.out), ran.err, ran.code) == ("11 examples ran in T; all are as they say.\n", "", 0)


def test_an_example_that_is_not_so_is_named_with_its_file(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), WRONG)
    ran = quick("rules", "test", "mine", "ZZZ-001")
    assert untimed(ran.out).splitlines() == [
        "mine/ZZZ-001-control-number-missing.yaml:18:7: ZZZ-001 'none': "
        "expected it at total_charge, got patient_control_number",
        "2 examples ran in T; 1 thing is not as it says.",
    ]
    assert ran.code == 1


def test_a_rule_that_no_passing_example_reaches_is_told_at_these_examples(
    workspace: Path, quick: Quick
) -> None:
    write_rule(
        Path("mine"), ("for_each: claim", "for_each: claim\nwhen: {field: total_charge, present: false}")
    )
    told = quick("rules", "test", "mine", "ZZZ-001").out.splitlines()
    assert (
        "mine/ZZZ-001-control-number-missing.yaml:16:3: ZZZ-001 'pass': "
        "no passing example reaches `require`: the rule applies to none of them"
    ) in told


def test_a_draft_is_said_to_be_left_out(workspace: Path, quick: Quick) -> None:
    write_rule(Path("mine"), ("status: stable", "status: draft"))
    ran = quick("rules", "test", "mine", "ZZZ-001")
    assert untimed(ran.out).splitlines() == [
        "ZZZ-001: drafts do not run, so their examples did not either.",
        "0 examples ran in T; all are as they say.",
    ]


def test_several_processes_say_the_same_as_one(workspace: Path) -> None:
    for number in range(1, 7):
        write_rule(Path("mine"), ("ZZZ-001", f"ZZZ-00{number}"), *([WRONG] if number % 2 else []))
    one = scrubber("rules", "test", "mine", "--jobs", "1")
    two = scrubber("rules", "test", "mine", "--jobs", "2")
    assert one.out.count("expected it at total_charge") == 3
    assert (untimed(two.out), two.err, two.code) == (untimed(one.out), one.err, 1)


@pytest.mark.parametrize("text", ["", "ISA*broken~", "nothing"])
@pytest.mark.parametrize("words", [("test", "mine"), ("new", "ZZZ-002", "--name", "x", "--packs", "mine")])
def test_a_base_claim_that_does_not_read_is_named(
    words: tuple[str, ...], text: str, workspace: Path, quick: Quick
) -> None:
    write_rule(Path("mine"))
    Path("mine/base").mkdir()
    Path("mine/base/odd.837").write_text(text, encoding="ascii")
    ran = quick("rules", *words)
    assert ran.err.startswith("scrubber: the base claim odd ")
    assert ran.err.endswith("  remedy: put a whole 837 file with one clean claim into base/\n")
    assert ran.code == 2


def test_a_few_examples_are_not_worth_another_process() -> None:
    assert processes_that_pay(shipped()) == 1


@pytest.mark.parametrize("jobs", ["0", "many"])
def test_jobs_that_cannot_be_are_refused(jobs: str, quick: Quick) -> None:
    ran = quick("rules", "test", "--jobs", jobs)
    assert "'--jobs'" in ran.err
    assert ran.code == 2


# --- watching ----------------------------------------------------------------------------------------


class Watching:
    """`scrubber rules test mine --watch`, and the lines it writes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "rules", "test", "mine", "ZZZ-001", "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment({"PYTHONUNBUFFERED": "1"}),
            text=True,
        )
        self.lines: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(untimed(line.rstrip("\n")))

    def until(self, beginning: str, seconds: float = 60) -> list[str]:
        """Return the lines up to the one that begins so."""
        out: list[str] = []
        end = time.monotonic() + seconds
        while not (out and out[-1].startswith(beginning)):
            try:
                out.append(self.lines.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                raise AssertionError(f"no line begins with {beginning!r}: {out}") from None
        return out


@pytest.fixture
def watching(workspace: Path) -> Iterator[Watching]:
    write_rule(Path("mine"))
    started = Watching()
    yield started
    started.process.kill()
    started.process.wait()


def test_watching_runs_again_after_each_change_and_ends_with_ctrl_c(watching: Watching) -> None:
    assert watching.until("Watching ")[0] == "2 examples ran in T; all are as they say."
    write_rule(Path("mine"), WRONG)
    said = watching.until("Watching ")
    assert said[:2] == ["", "ZZZ-001-control-number-missing.yaml changed"]
    assert said[-2] == "2 examples ran in T; 1 thing is not as it says."
    write_rule(Path("mine"), ("severity: reject", "severity: rejct"))
    said = watching.until("Watching ")
    assert any("Did you mean 'reject'?" in line for line in said)
    assert "  remedy: mend the places above" in said
    write_rule(Path("mine"))
    assert watching.until("Watching ")[-2] == "2 examples ran in T; all are as they say."
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(timeout=30) == 130
    assert watching.lines.empty() or "Traceback" not in "\n".join(watching.lines.queue)


def test_new_and_removed_files_count_as_changes_and_others_do_not(tmp_path: Path) -> None:
    before = times_of([tmp_path])
    (tmp_path / "notes.txt").write_text("nothing", encoding="ascii")
    assert times_of([tmp_path]) == before == {}
    file = write_rule(tmp_path / "deeper")
    assert list(times_of([tmp_path])) == [file]
    file.unlink()
    assert times_of([tmp_path]) == before


#: A rule on lines, and an example in which it is to find something.
UNITS = [
    ("for_each: claim", "for_each: {each: lines, where: {field: line.charge, present: true}}"),
    (
        "require:",
        "when:\n  all:\n    - {field: line.units, present: true}\n"
        "    - {field: line.procedure.code, in: ['85025']}\nrequire:",
    ),
    (
        "{field: patient_control_number, present: true}",
        "{any: [{field: line.units, at_most: 5}, {field: line.modifiers, contains: '59'}]}",
    ),
    ("at: [patient_control_number]", "at: [line.units]"),
    ("remove: [patient_control_number]", 'set: {"lines[1].units": "6"}'),
    ("{at: patient_control_number}", '{at: "lines[1].units"}'),
]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [('"lines[1].units": "6"', '"lines[1].units": "5"')],
            "on lines[1] `require` holds: line.units at_most 5 (line.units is 5)",
        ),
        (
            [('"lines[1].units": "6"', '"lines[1].modifiers": ["59"], "lines[1].units": "6"')],
            "on lines[1] `require` holds: line.modifiers contains 59 (line.modifiers is 59)",
        ),
        (
            [("['85025']", "['85027']")],
            "on lines[1] `when` does not hold: line.procedure.code in 85027 (line.procedure.code is 85025)",
        ),
        (
            [
                ('{at: "lines[1].units"}', '{at: "lines[0].units"}'),
                ('"lines[1].units": "6"', '"lines[0].units": "6"'),
            ],
            "on lines[0] `when` does not hold: line.procedure.code in 85025 (line.procedure.code is 99213)",
        ),
        (
            [("present: true}}\nwhen", "present: false}}\nwhen")],
            "on lines[1] `where` does not hold: line.charge present false (line.charge is 95)",
        ),
        (
            [("for_each: {each", "applies_to: {effective: {from: 2030-01-01}}\nfor_each: {each")],
            "on lines[1] `effective` does not hold: the rule is in force on the date",
        ),
        (
            [("for_each: {each", "applies_to: {claim_types: [dental]}\nfor_each: {each")],
            "the rule is not about this claim: claim_types: dental (claim_types is professional)",
        ),
        (
            [
                (
                    "for_each: {each: lines, where: {field: line.charge, present: true}}",
                    "for_each: lines.modifiers",
                )
            ],
            "the claim has nothing that the rule looks at",
        ),
    ],
)
def test_an_example_that_finds_nothing_says_which_condition_was_false(
    changes: list[tuple[str, str]], told: str, workspace: Path
) -> None:
    write_rule(Path("mine"), *UNITS, *changes)
    ran = scrubber("rules", "test", "mine")
    assert f"'none': expected 1 finding(s), got 0: none; {told}\n" in ran.out, ran.out + ran.err
