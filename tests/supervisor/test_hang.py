"""Scrubbing processes that hang: they are ended after a bounded time, and their claims are scrubbed again."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.supervisor import RunOptions, scrub_files
from scrubber.worker import ChunkReply, Worker
from tests.conftest import Poison, is_running
from tests.supervisor.conftest import Seen, run
from tests.support.make837 import make837

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hang") / "claims.837"
    path.write_text(make837(6000, seed=9, errors=0.01), encoding="ascii")
    return path


@pytest.fixture(scope="module")
def undisturbed(claims: Path, bundle: Bundle) -> list[bytes]:
    return run(claims, bundle, jobs=2).results


def test_a_process_that_stops_working_is_replaced_and_its_claims_are_scrubbed(
    claims: Path, undisturbed: list[bytes], bundle: Bundle, workers: list[Worker]
) -> None:
    seen, stopped = Seen(), None
    for event in scrub_files([str(claims)], bundle, RunOptions(jobs=2, chunk_timeout=5.0)):
        seen.take(event)
        if len(seen.replies) == 500 and stopped is None:
            stopped = workers[0].pid
            assert stopped is not None
            os.kill(stopped, signal.SIGSTOP)
    assert stopped is not None
    assert seen.results == undisturbed
    assert len(workers) >= 3
    assert not is_running(stopped)


def test_a_claim_that_hangs_is_an_error_alone(
    tmp_path: Path, bundle: Bundle, poison: Poison, workers: list[Worker]
) -> None:
    path = tmp_path / "claims.837"
    path.write_text(make837(30, seed=10), encoding="ascii")
    poison({"FICT-0000017": "hang"})
    seen = run(path, bundle, chunk_timeout=4.0, claim_timeout=4.0)
    outcomes = [claim["outcome"] for claim in seen.claims]
    assert [i for i, outcome in enumerate(outcomes) if outcome != "clean"] == [16]
    assert outcomes[16] == "error"
    assert (
        seen.claims[16]["not_evaluated"][0]["reason"] == "the scrubbing process ended or hung on this claim"
    )
    assert len(workers) >= 3


# --- processes that hang in the middle of an answer ---------------------------------------------------


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """The first process that answers is stopped when the beginning of its answer is there."""
    stopped: list[Worker] = []

    class Stopping(Worker):
        def answer(self) -> ChunkReply | None:
            if self.ready and not stopped:
                assert self.pid is not None
                time.sleep(0.2)
                os.kill(self.pid, signal.SIGSTOP)
                stopped.append(self)
            return super().answer()

    monkeypatch.setattr("scrubber.supervisor.Worker", Stopping)
    yield stopped
    for worker in stopped:
        worker.kill()


def test_a_process_that_stops_in_the_middle_of_its_answer_is_replaced(
    tmp_path: Path, bundle: Bundle, stopping: list[Worker]
) -> None:
    path = tmp_path / "claims.837"
    path.write_text(make837(100, seed=4, errors=0.9), encoding="ascii")
    seen = Seen()

    def scrub() -> None:  # what it says about 100 claims is more than a pipe holds
        for event in scrub_files([str(path)], bundle, RunOptions(chunk_timeout=4.0)):
            seen.take(event)

    thread = threading.Thread(target=scrub, daemon=True)
    thread.start()
    thread.join(timeout=25)
    waits_for_ever = thread.is_alive()
    for worker in stopping:
        worker.kill()
    thread.join(timeout=10)
    assert stopping
    assert not waits_for_ever, "the run waits for a process that does nothing"
    assert [claim["index"] for claim in seen.claims] == list(range(100))
