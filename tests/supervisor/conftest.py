"""Runs of the supervisor in this process, with scrubbing processes of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
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


def run(path: Path, bundle: Bundle, **options: Any) -> Seen:
    """Scrub a file in this process, with real scrubbing processes. A run that does not end fails the test."""
    seen = Seen()

    def scrub() -> None:
        for event in scrub_files([str(path)], bundle, RunOptions(**options)):
            seen.take(event)

    thread = threading.Thread(target=scrub, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive(), "the run does not end"
    assert seen.summary is not None, "the run ended with an exception"
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
