"""Options that cannot be right, rule packs with mistakes, outputs that cannot be written: exit code 2."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import (
    COMMAND,
    PROFESSIONAL,
    ROOT,
    Quick,
    assert_own_words,
    assert_refused,
    environment,
    scrubber,
)

TEN_MISTAKES = ROOT / "tests" / "packs" / "ten"
REPAIRABLE = PROFESSIONAL.replace(b"*TE*2175550100", b"*TE*217-555-0100")


@pytest.fixture
def claims(workspace: Path) -> Path:
    Path("claims.837").write_bytes(PROFESSIONAL)
    return Path("claims.837")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--receipt-date", "2026-13-01"), "'--receipt-date': '2026-13-01' is not a date like 2026-08-31"),
        (("--receipt-date", "08/31/2026"), "'--receipt-date': '08/31/2026' is not a date like 2026-08-31"),
        (("--receipt-date", ""), "'--receipt-date': '' is not a date like 2026-08-31"),
        (("--jobs", "0"), "'--jobs': 0 is not in the range 1<=x<=64"),
        (("--jobs", "-3"), "'--jobs': -3 is not in the range 1<=x<=64"),
        (("--jobs", "many"), "'--jobs': 'many' is not a valid integer"),
        (("--format", "xml"), "'--format': 'xml' is not one of "),
        (("--colour",), "No such option '--colour'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_option_that_cannot_be_right_is_refused(
    words: tuple[str, ...], message: str, claims: Path, quick: Quick
) -> None:
    ran = quick("scrub", claims, *words)
    assert message in ran.err
    assert "scrub --help" in ran.err
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize("words", [("scrub",), ("amend", "claims.837"), ("rules", "show")], ids=" ".join)
def test_a_missing_argument_is_named(words: tuple[str, ...], quick: Quick) -> None:
    ran = quick(*words)
    assert "Missing " in ran.err
    assert (ran.code, ran.out) == (2, "")


def test_an_unknown_command_is_refused(quick: Quick) -> None:
    ran = quick("scrap", "claims.837")
    assert "No such command 'scrap'" in ran.err
    assert (ran.code, ran.out) == (2, "")


# --- rule packs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["scrub", "amend"])
def test_a_pack_with_ten_mistakes_shows_all_ten_and_does_nothing(command: str, claims: Path) -> None:
    out = Path("out.837").absolute()
    more = () if command == "scrub" else ("--accept", "0", "--by", "Pat Example", "--out", out)
    ran = scrubber(command, claims.absolute(), *more, "--packs", ".", cwd=TEN_MISTAKES)
    lines = ran.err.splitlines()
    assert lines[:10] == (TEN_MISTAKES / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert lines[10].startswith("scrubber: the rule packs have 10 mistakes")
    assert lines[11:] == ["  remedy: mend the places above"]
    assert (ran.code, ran.out) == (2, "")
    assert not out.exists()


@pytest.mark.parametrize(
    ("packs", "message"),
    [
        (
            "nowhere",
            "nowhere: The rules folder does not exist. Name a folder that holds rules or packs of rules.",
        ),
        (
            "claims.837",
            "claims.837: The rules folder is a file, not a folder. "
            "Name a folder that holds rules or packs of rules.",
        ),
    ],
)
def test_a_rules_folder_that_is_none_is_refused(packs: str, message: str, claims: Path, quick: Quick) -> None:
    ran = quick("scrub", claims, "--packs", packs)
    assert ran.err.splitlines()[0] == message
    assert_own_words(ran)
    assert ran.out == ""


# --- where results go --------------------------------------------------------------------------------


def test_an_output_in_a_missing_folder_is_refused(claims: Path, quick: Quick) -> None:
    ran = quick("scrub", claims, "--out", "nowhere/result.json")
    assert_refused(
        ran,
        "nowhere/result.json cannot be written (No such file or directory)",
        "choose another file for --out",
    )


def test_an_output_that_is_a_folder_is_refused(claims: Path, quick: Quick) -> None:
    Path("results").mkdir()
    ran = quick("scrub", claims, "--out", "results")
    assert_refused(ran, "results cannot be written (Is a directory)", "choose another file for --out")


@pytest.mark.parametrize("name", ["claims.837", "./claims.837", "link.837", "folder/../claims.837"])
def test_an_output_never_replaces_the_claims_it_reports_on(name: str, claims: Path, quick: Quick) -> None:
    Path("folder").mkdir()
    Path("link.837").symlink_to("claims.837")
    ran = quick("scrub", claims, "--format", "json", "--out", name)
    assert claims.read_bytes() == PROFESSIONAL
    assert_own_words(ran)


def test_an_output_never_replaces_a_file_of_the_folder_that_is_scrubbed(
    workspace: Path, quick: Quick
) -> None:
    Path("batch").mkdir()
    Path("batch/claims.837").write_bytes(PROFESSIONAL)
    ran = quick("scrub", "batch", "--out", "batch/claims.837")
    assert Path("batch/claims.837").read_bytes() == PROFESSIONAL
    assert_own_words(ran)


def test_a_missing_input_leaves_an_older_result_alone(claims: Path, quick: Quick) -> None:
    Path("result.json").write_text("last week's", encoding="ascii")
    quick("scrub", "nowhere.837", "--out", "result.json")
    assert Path("result.json").read_text(encoding="ascii") == "last week's"


@pytest.mark.parametrize("format_", ["text", "json", "jsonl", "html", "csv", "sarif", "fhir"])
def test_the_result_in_a_file_is_the_one_on_standard_output(format_: str, claims: Path, quick: Quick) -> None:
    shown = quick("scrub", claims, "--format", format_)
    silent = quick("scrub", claims, "--format", format_, "--out", "result")
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    assert Path("result").read_bytes().decode() == shown.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_full_disk_is_named_as_the_cause(format_: str, claims: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "scrub", str(claims), "--format", format_],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
            timeout=60,
        )
    message = done.stderr.decode()
    assert done.returncode == 2
    assert "Traceback" not in message
    assert "No space left on device" in message


@pytest.mark.parametrize("format_", ["text", "json", "html", "csv", "sarif", "fhir"])
def test_a_report_that_could_not_be_written_whole_is_an_error_and_gets_no_name(
    format_: str, claims: Path
) -> None:
    words = (*COMMAND, "scrub", str(claims), "--format", format_, "--out", "result")
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *words],
        capture_output=True,
        env=environment(),
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"File too large" in done.stderr
    assert sorted(os.listdir()) == ["claims.837"]


def test_a_reader_that_leaves_early_is_nobodys_error(workspace: Path) -> None:
    folder = Path("batch")
    folder.mkdir()
    for i in range(400):  # more than a pipe holds
        (folder / f"{i:03d}.837").write_bytes(PROFESSIONAL)
    with subprocess.Popen(
        [*COMMAND, "scrub", "batch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        message = process.stderr.read().decode()
        code = process.wait(timeout=60)
    assert message == ""
    assert code == 141  # 128 + SIGPIPE: not 1, which says that something blocks


def test_a_closed_standard_input_is_no_internal_error(workspace: Path) -> None:
    command = " ".join(f"'{word}'" for word in (*COMMAND, "scrub", "-"))
    done = subprocess.run(
        ["sh", "-c", f"exec {command} <&-"], capture_output=True, env=environment(), check=False, timeout=120
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr


# --- --repair ----------------------------------------------------------------------------------------


@pytest.fixture
def repairable(workspace: Path) -> Path:
    Path("claims.837").write_bytes(REPAIRABLE)
    return Path("claims.837")


def test_a_repair_folder_that_is_a_file_is_refused(repairable: Path, quick: Quick) -> None:
    Path("fixed").write_text("a file", encoding="ascii")
    ran = quick("scrub", repairable, "--repair", "fixed")
    assert_own_words(ran)
    assert Path("fixed").read_text(encoding="ascii") == "a file"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder where nobody may write")
def test_a_repair_folder_that_cannot_be_made_is_refused(repairable: Path, quick: Quick) -> None:
    assert_own_words(quick("scrub", repairable, "--repair", "/proc/fixed"))


def test_repairing_into_the_folder_of_the_original_is_refused(repairable: Path, quick: Quick) -> None:
    ran = quick("scrub", repairable, "--repair", ".")
    assert "claims.837 would be overwritten" in ran.err
    assert_own_words(ran)
    assert repairable.read_bytes() == REPAIRABLE
    assert os.listdir() == ["claims.837"]


def test_standard_input_cannot_be_repaired(workspace: Path, quick: Quick) -> None:
    ran = quick("scrub", "-", "--repair", "fixed", stdin=REPAIRABLE)
    assert_refused(ran, "standard input cannot be repaired", "name the file")
    assert not Path("fixed").exists()


def test_two_files_of_one_name_cannot_be_repaired_into_one_folder(workspace: Path, quick: Quick) -> None:
    for folder in ("a", "b"):
        Path(folder).mkdir()
        Path(folder, "claims.837").write_bytes(REPAIRABLE)
    ran = quick("scrub", "a", "b", "--repair", "fixed")
    assert_refused(ran, "two files are called claims.837", "repair them into different folders")
    assert not Path("fixed").exists()
