"""Scrubbing processes that hang: they are ended after a bounded time, and their claims are scrubbed again."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.supervisor import RunOptions, scrub_files
from scrubber.worker import AnyChunk, ClaimReply, Worker
from tests.supervisor.conftest import Poison, Seen, is_running, run
from tests.support.make837 import make837


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hang") / "claims.837"
    path.write_text(make837(3000, seed=9, errors=0.01), encoding="ascii")
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
    assert seen.restarts == 1
    assert not is_running(stopped)


def test_a_claim_that_hangs_is_an_error_alone(tmp_path: Path, bundle: Bundle, poison: Poison) -> None:
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
    assert seen.restarts == 2


# --- processes that hang with half a message in the pipe ----------------------------------------------


class Stopping(Worker):
    """Is stopped once: `before` it reads its second chunk, or in the `middle` of its first answer."""

    when = ""
    stopped: Stopping | None = None

    def _stop(self, when: str) -> None:
        if type(self).stopped is None and self.ready and self.when == when:
            type(self).stopped = self
            assert self.pid is not None
            os.kill(self.pid, signal.SIGSTOP)

    def ask(self, chunk: AnyChunk, *args: Any) -> None:
        self._stop("before")
        super().ask(chunk, *args)

    def answer(self) -> list[ClaimReply] | None:
        self._stop("middle")
        return super().answer()


@pytest.fixture(params=["before", "middle"])
def stopping(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Stopping]]:
    kind = type("Stopping", (Stopping,), {"when": request.param, "stopped": None})
    monkeypatch.setattr("scrubber.supervisor.Worker", kind)
    yield kind
    if kind.stopped is not None:
        kind.stopped.kill()


def test_a_process_that_stops_with_a_large_message_in_the_pipe_is_replaced(
    claims: Path, undisturbed: list[bytes], bundle: Bundle, stopping: type[Stopping]
) -> None:
    # 1,500 claims are more than a pipe holds: whoever writes them waits for whoever reads.
    seen = Seen()

    def scrub() -> None:
        options = RunOptions(claims_a_chunk=1500, chunk_timeout=4.0, claim_timeout=4.0)
        for event in scrub_files([str(claims)], bundle, options):
            seen.take(event)

    thread = threading.Thread(target=scrub, daemon=True)
    thread.start()
    thread.join(timeout=30)
    waits_for_ever = thread.is_alive()
    if waits_for_ever:
        assert stopping.stopped is not None
        stopping.stopped.kill()
        thread.join(timeout=30)
    assert not waits_for_ever, "the run waits for a process that does nothing"
    assert [json.loads(result)["index"] for result in seen.results] == list(range(3000))
    assert seen.results == undisturbed
