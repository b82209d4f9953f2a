"""Runs that are stopped: quickly, without a traceback, and without scrubbing processes left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import COMMAND, environment, is_running, scrubbing_processes
from tests.support.make837 import make837


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A command in the middle of a long run, and its two scrubbing processes."""
    path = tmp_path / "claims.837"
    path.write_text(make837(500, seed=12), encoding="ascii")
    paths = [str(path)] * 400
    with subprocess.Popen(
        [*COMMAND, "scrub", *paths, "--format", "jsonl", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()  # the head
            process.stdout.readline()  # the first claim: the processes work
            workers = scrubbing_processes(process.pid)
            assert len(workers) == 2
            yield process, workers
        finally:
            process.kill()


def assert_ended(workers: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in workers):
        assert time.monotonic() < deadline, "scrubbing processes were left behind"
        time.sleep(0.1)


def test_an_interrupt_ends_the_run_and_its_processes(
    running: tuple[subprocess.Popen[bytes], list[int]],
) -> None:
    process, workers = running
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C on a terminal does
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert_ended(workers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
def test_processes_end_when_their_supervisor_does(
    number: signal.Signals, running: tuple[subprocess.Popen[bytes], list[int]]
) -> None:
    process, workers = running
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert b"Traceback" not in err
    assert_ended(workers)
