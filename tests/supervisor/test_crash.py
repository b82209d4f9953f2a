"""Scrubbing processes that die: no claim is lost, doubled or passed; at most the culprit is an `error`."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from scrubber.supervisor import RunOptions, scrub_files
from scrubber.worker import Worker, WorkerError, WorkerOptions
from tests.conftest import (
    COMMAND,
    PROFESSIONAL,
    SECRET,
    Poison,
    body_of,
    environment,
    in_transactions,
    scrubber,
    scrubbing_processes,
)
from tests.supervisor.conftest import run, run_without_engine
from tests.support.make837 import make837

MANY = 20_000
DIED = {
    "rule": "*",
    "reason": "the scrubbing process ended or hung on this claim",
    "remedy": "scrub it alone; report it if it happens again",
}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "claims.837"
    path.write_text(make837(MANY, seed=7, errors=0.002), encoding="ascii")
    return path


@pytest.fixture(scope="module")
def undisturbed(many: Path, bundle: Bundle) -> list[bytes]:
    """The results of all claims when nothing happens to the processes."""
    return run(many, bundle, jobs=2).results


def assert_nothing_lost(results: list[bytes], undisturbed: list[bytes], kills: int) -> None:
    """Every claim is there once, in order, as it would be without the kills, or an error."""
    assert len(results) == len(undisturbed)
    errors = 0
    for index, (result, expected) in enumerate(zip(results, undisturbed, strict=True)):
        if result == expected:
            continue
        claim = json.loads(result)
        assert claim["index"] == index
        assert claim["claim_id"] == json.loads(expected)["claim_id"]
        assert (claim["outcome"], claim["submittable"], claim["findings"]) == ("error", False, [])
        assert claim["not_evaluated"] == [DIED]
        errors += 1
    # A process that is killed takes with it one claim at most: the one that it was given alone.
    assert errors <= kills


def kill_without_progress(process: subprocess.Popen[bytes], results: list[bytes]) -> None:
    """End a command that gives no result for 25 seconds."""
    seen, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(0.5)
        if len(results) != seen:
            seen, since = len(results), time.monotonic()
        elif time.monotonic() - since > 25:
            process.kill()


def killed_at_random(path: Path, rng: random.Random) -> tuple[list[bytes], int, str]:
    """Run the command and kill ten of its processes; return the claims' results, exit code and messages."""
    moments = sorted(rng.sample(range(MANY - 2000), 10))
    command = [*COMMAND, "scrub", str(path), "--format", "jsonl", "--jobs", "2"]
    results: list[bytes] = []
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        threading.Thread(target=kill_without_progress, args=(process, results), daemon=True).start()
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            entry = json.loads(line)
            if entry.pop("type") != "claim":
                continue
            entry.pop("path")
            results.append(json.dumps(entry).encode())
            if moments and len(results) > moments[0] and len(results) % 20 == 0:
                time.sleep(rng.random() * 0.05)  # meanwhile they start, read, scrub or answer
                alive = scrubbing_processes(process.pid)
                if alive:
                    os.kill(rng.choice(alive), signal.SIGKILL)
                    moments.pop(0)
        message = process.stderr.read().decode()
        code = process.wait()
    assert code != -signal.SIGKILL, f"the run stood still at claim {len(results)}"
    assert not moments
    return results, code, message


@pytest.mark.slow
def test_processes_killed_at_random_moments_lose_no_claim(many: Path, undisturbed: list[bytes]) -> None:
    expected = [json.dumps(json.loads(result)).encode() for result in undisturbed]
    for seed in (1, 2):
        results, code, message = killed_at_random(many, random.Random(seed))
        assert_nothing_lost(results, expected, kills=10)
        assert code == 1
        assert "Traceback" not in message


# --- claims that kill --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("some") / "claims.837"
    path.write_text(make837(250, seed=8, errors=0.02), encoding="ascii")
    return path


@pytest.fixture(scope="module")
def unpoisoned(some: Path, bundle: Bundle) -> list[bytes]:
    return run(some, bundle).results


def test_a_claim_that_kills_its_process_is_an_error_alone(
    some: Path, unpoisoned: list[bytes], bundle: Bundle, poison: Poison, workers: list[Worker]
) -> None:
    culprits = [0, 248, 249]  # the first, and two neighbours at the end
    ids = {index: json.loads(unpoisoned[index])["claim_id"] for index in culprits}
    poison(dict.fromkeys(ids.values(), "die"))
    seen = run(some, bundle, jobs=2)
    claims = seen.claims
    for index in culprits:
        assert claims[index]["claim_id"] == ids[index]
        assert (claims[index]["outcome"], claims[index]["not_evaluated"]) == ("error", [DIED])
    others = [i for i in range(250) if i not in culprits]
    assert [seen.results[i] for i in others] == [unpoisoned[i] for i in others]
    assert [claim["index"] for claim in claims] == list(range(250))
    assert len(workers) == 2 + 2 + 3  # two, and one for each broken chunk and for each culprit alone


def test_a_claim_that_fails_is_an_error_alone_and_says_nothing_of_itself(
    workspace: Path, poison: Poison
) -> None:
    Path("claims.837").write_text(
        in_transactions(body_of("ONE") + body_of(SECRET) + body_of("THREE")), encoding="ascii"
    )
    ran = scrubber("scrub", "claims.837", "--format", "json", env=poison({SECRET: "fail"}))
    assert [claim["outcome"] for claim in ran.claims] == ["clean", "error", "clean"]
    (entry,) = ran.claims[1]["not_evaluated"]
    assert entry["reason"] == "an internal error stopped the scrub (ValueError)"
    assert SECRET not in ran.err
    assert ran.code == 1


def test_the_command_says_that_a_claim_was_not_checked(workspace: Path, poison: Poison) -> None:
    Path("claims.837").write_text(in_transactions(body_of("ONE") + body_of(SECRET)), encoding="ascii")
    ran = scrubber("scrub", "claims.837", "--format", "json", env=poison({SECRET: "die"}))
    assert [claim["outcome"] for claim in ran.claims] == ["clean", "error"]
    assert ran.err == "scrubber: 1 claim was not checked (error); see the reasons in the report.\n"
    assert ran.code == 1
    assert ran.json["summary"]["outcomes"]["error"] == 1


def test_claim_json_that_kills_its_process_is_an_error_alone(
    workspace: Path, bundle: Bundle, poison: Poison
) -> None:
    ids = ["A", "B", "C", "D"]
    Path("claims.json").write_text(
        json.dumps([{"patient_control_number": name} for name in ids]), encoding="ascii"
    )
    poison({"B": "die"})
    claims = run(Path("claims.json"), bundle).claims
    assert [(claim["index"], claim["claim_id"]) for claim in claims] == list(enumerate(ids))
    assert [claim["outcome"] for claim in claims] == ["rejected", "error", "rejected", "rejected"]


def test_a_file_of_one_claim_that_kills_is_an_error(workspace: Path, bundle: Bundle, poison: Poison) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)
    poison({"FICT-0001": "die"})
    (claim,) = run(Path("claims.837"), bundle).claims
    assert (claim["outcome"], claim["not_evaluated"]) == ("error", [DIED])


# --- processes that cannot work ----------------------------------------------------------------------


def test_processes_that_cannot_start_end_the_run_with_a_message(workspace: Path, poison: Poison) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)
    ran = scrubber("scrub", "claims.837", env=poison({"*": "die"}), timeout=20)
    assert ran.code == 2
    assert ran.err.startswith(
        "scrubber: the scrubbing processes end as soon as they start; nothing was scrubbed\n"
    )


def test_a_process_that_ends_while_it_is_told_what_to_do_is_as_one_that_ends_later(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken pipe would be taken for a reader who has gone, and the command would end in silence."""

    def ends(_: object) -> None:
        raise BrokenPipeError

    path = tmp_path / "claims.837"
    path.write_bytes(PROFESSIONAL)
    spawned = multiprocessing.get_context("spawn")
    monkeypatch.setattr(spawned.Process, "start", ends)
    monkeypatch.setattr("scrubber.worker.context", lambda: spawned)
    with pytest.raises(WorkerError, match="end as soon as they start"):
        list(scrub_files([str(path)], bundle, RunOptions()))


def test_a_process_killed_in_the_middle_of_its_answer_has_ended(tmp_path: Path, bundle: Bundle) -> None:
    path = tmp_path / "claims.837"
    path.write_text(make837(100, seed=4, errors=0.9), encoding="ascii")
    with path.open("rb") as stream:
        chunk = next(split_x12(stream))
    assert isinstance(chunk, Chunk)
    worker = Worker(bundle, WorkerOptions())
    try:
        worker.ask(chunk)
        assert worker.answer() is None  # it has started
        assert worker.pipe.poll(60)
        time.sleep(0.2)  # it waits: its answer is more than a pipe holds
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(EOFError):
            worker.answer()
    finally:
        worker.kill()


# --- without the decision engine ---------------------------------------------------------------------


def test_without_the_engine_every_claim_with_facts_is_an_error_and_the_others_are_clean(
    some: Path, unpoisoned: list[bytes], bundle: Bundle
) -> None:
    usual = [json.loads(result) for result in unpoisoned]
    without = run_without_engine(some, bundle).claims
    assert [claim["index"] for claim in without] == list(range(250))
    facts = [bool(claim["findings"] or claim["not_evaluated"]) for claim in usual]
    assert 10 < sum(facts) < 240
    for claim, expected, has_facts in zip(without, usual, facts, strict=True):
        if has_facts:
            assert claim["claim_id"] == expected["claim_id"]
            assert (claim["outcome"], claim["findings"]) == ("error", [])
            assert claim["not_evaluated"][0]["reason"] == "the decision engine did not answer"
        else:
            assert claim == expected
            assert claim["outcome"] == "clean"
