"""Worker processes for requests: a request waits for an idle one; one that dies is replaced."""

from __future__ import annotations

import datetime as dt
import queue
from types import TracebackType

from scrubber.packs.bundle import Bundle
from scrubber.inputs import AnyChunk
from scrubber.worker import ClaimReply, Worker, WorkerOptions, died_on


class Busy(Exception):
    """No worker became free in time."""


class Pool:
    """Some worker processes. Thread-safe: each request has a worker for itself while it runs."""

    def __init__(self, bundle: Bundle, size: int, patience: float = 20.0) -> None:
        self._bundle, self._size, self._patience = bundle, size, patience
        self._idle: queue.Queue[Worker] = queue.Queue()

    def __enter__(self) -> Pool:
        for _ in range(self._size):
            self._idle.put(self._new())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while not self._idle.empty():
            self._idle.get().stop()

    def _new(self) -> Worker:
        return Worker(self._bundle, WorkerOptions())

    def scrub(self, chunk: AnyChunk, receipt_date: dt.date | None) -> list[ClaimReply]:
        """Return the replies for a chunk of one claim. Raises Busy, and WorkerError when nothing can work."""
        try:
            worker = self._idle.get(timeout=self._patience)
        except queue.Empty:
            raise Busy from None
        try:
            worker.ask(chunk, receipt_date)
            while True:
                if not worker.pipe.poll(self._patience):
                    raise EOFError
                replies = worker.answer()
                if replies is not None:
                    return replies
        except EOFError:
            worker.kill()
            worker = self._new()
            return [died_on(chunk)]
        finally:
            self._idle.put(worker)
