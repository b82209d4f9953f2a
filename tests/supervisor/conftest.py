"""Ways to make scrubbing processes die, hang or fail, and to look at what a run then says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.supervisor import (
    ClaimScrubbed,
    Event,
    FileFinished,
    RunFinished,
    RunOptions,
    Summary,
    scrub_files,
)
from scrubber.worker import ClaimReply, Worker, WorkerOptions
from tests.conftest import environment

#: Loaded by every Python that starts below; acts only in scrubbing processes.
_POISON = """
import json, os, signal, sys, time

acts = json.loads(os.environ.get("POISON", "{}"))
if any("spawn_main" in word for word in sys.orig_argv):
    if acts.get("*") == "die":
        os._exit(1)
    import scrubber.pipeline

    scrub = scrubber.pipeline.Scrubber.scrub

    def poisoned(self, item, *args, **kwargs):
        act = acts.get(item.claim.patient_control_number)
        if act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if act == "hang":
            time.sleep(3600)
        if act == "fail":
            raise ValueError(item.claim.patient_control_number)
        return scrub(self, item, *args, **kwargs)

    scrubber.pipeline.Scrubber.scrub = poisoned
"""

Poison = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture
def poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Give claims, by id, an effect on the process that scrubs them: die, hang or fail.

    It holds for runs in this process and, with the environment that is returned, for commands. `*`: die
    gives every scrubbing process that effect when it starts.
    """

    def take(acts: dict[str, str]) -> dict[str, str]:
        folder = tmp_path / "poison"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(_POISON, encoding="ascii")
        path = os.pathsep.join((str(folder), environment()["PYTHONPATH"]))
        extra = {"PYTHONPATH": path, "POISON": json.dumps(acts)}
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        return extra

    return take


@dataclass
class Seen:
    """What a run in this process has given so far."""

    replies: list[ClaimReply] = field(default_factory=list)
    files: list[FileFinished] = field(default_factory=list)
    summary: Summary | None = None

    def take(self, event: Event) -> None:
        if isinstance(event, ClaimScrubbed):
            self.replies.append(event.reply)
        elif isinstance(event, FileFinished):
            self.files.append(event)
        elif isinstance(event, RunFinished):
            self.summary = event.summary

    @property
    def claims(self) -> list[dict[str, Any]]:
        return [json.loads(reply.result) for reply in self.replies]

    @property
    def results(self) -> list[bytes]:
        return [reply.result for reply in self.replies]

    @property
    def restarts(self) -> int:
        assert self.summary is not None
        return self.summary.restarts


def run(path: Path, bundle: Bundle, **options: Any) -> Seen:
    """Scrub a file in this process, with real scrubbing processes."""
    seen = Seen()
    for event in scrub_files([str(path)], bundle, RunOptions(**options)):
        seen.take(event)
    return seen


def run_without_engine(path: Path, bundle: Bundle) -> Seen:
    return run(path, bundle, worker=WorkerOptions(engine_enabled=False))


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """The workers that a run has started so far, also those that are gone."""
    started: list[Worker] = []

    class Recorded(Worker):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            started.append(self)

    monkeypatch.setattr("scrubber.supervisor.Worker", Recorded)
    yield started
    for worker in started:
        worker.kill()


def scrubbing_processes(parent: int) -> list[int]:
    """Return the ids of the scrubbing processes below a process."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 3) for line in listing.splitlines()]
    return [
        int(pid)
        for pid, ppid, state, command in (row for row in rows if len(row) == 4)
        if int(ppid) == parent and "spawn_main" in command and not state.startswith("Z")
    ]


def is_running(pid: int) -> bool:
    """Whether a process, not our child, is there and not only waiting to be collected."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")
