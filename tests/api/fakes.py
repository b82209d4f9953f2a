"""Workers without processes, and what tests of the service ask of its answers."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import httpx

from scrubber.context import ContextFile
from scrubber.inputs import AnyChunk
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.read.claim_json import (
    JsonChunk,
)
from scrubber.worker import ChunkReply, ClaimReply, WorkerError, WorkerOptions, scrub_chunk
from tests.conftest import SECRET

HERE = "http://127.0.0.1"
CHUNK = JsonChunk(({"patient_control_number": "A"},), 0)


class FakeWorker:
    """A worker without a process. `ways` says how the next ones behave, the last how all further do."""

    ways: ClassVar[list[str]] = []
    made: ClassVar[list[FakeWorker]] = []
    scrubber: ClassVar[Scrubber]
    pid = None

    def __init__(self, bundle: Bundle, options: WorkerOptions) -> None:
        self.way = self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]
        if self.way == "no process":
            raise OSError("Resource temporarily unavailable")
        self.pipe, self._theirs = multiprocessing.Pipe()
        self.ready = False
        self.ended, self._ending = threading.Event(), threading.Lock()
        self.made.append(self)
        if self.way == "ends at start":
            self.kill()
        elif self.way == "cannot start":
            self._theirs.send(WorkerError("the engine is missing"))
        elif self.way != "starts for ever":
            self._theirs.send("ready")

    def ask(
        self, chunk: AnyChunk, receipt_date: dt.date | None = None, known: ContextFile | None = None
    ) -> None:
        if self.way == "takes nothing":
            self.ended.wait()
            raise EOFError
        if self.way == "ends":
            self.kill()
        elif self.way == "breaks":
            self._theirs.send(ValueError(SECRET))
        elif self.way != "hangs":
            self._theirs.send(scrub_chunk(self.scrubber, chunk, WorkerOptions(), receipt_date))

    def answer(self) -> ChunkReply | None:
        message = self.pipe.recv()
        if isinstance(message, Exception):
            raise message
        if message == "ready":
            self.ready = True
            return None
        assert isinstance(message, ChunkReply)
        return message

    def kill(self) -> None:
        with self._ending:
            self.ended.set()
            self._theirs.close()

    def stop(self) -> None:
        self.kill()
        self.pipe.close()


Fakes = Callable[..., list[FakeWorker]]


def a_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status and problem["title"] and problem["detail"]
    return problem


def outcome(reply: ClaimReply) -> tuple[str, str]:
    return json.loads(reply.result)["claim_id"], reply.outcome
