"""Worker processes for requests, and the queue before them.

A request waits for its turn without holding a thread; then a thread waits for the worker.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from scrubber.context import ContextFile
from scrubber.inputs import AnyChunk
from scrubber.packs.bundle import Bundle
from scrubber.worker import ChunkReply, Worker, WorkerError, WorkerOptions, died_on

T = TypeVar("T")

#: Requests that may wait for each worker; a claim takes milliseconds, so this is a fraction of a second.
WAITING_PER_WORKER = 64
#: Seconds that a request waits for its turn, and that a worker has for a claim.
PATIENCE = 20.0


class Busy(Exception):
    """No worker became free in time, or too many requests wait already."""


class Pool:
    """Some worker processes. Thread-safe: each request has a worker for itself while it runs.

    A worker is used again only after it gave its whole answer: what is left in the pipe of any other would
    be taken for the answer on somebody else's claim.
    """

    def __init__(self, bundle: Bundle, size: int, patience: float = PATIENCE) -> None:
        self._bundle, self._size, self._patience = bundle, size, patience
        #: What workers are told when they start.
        self.options = WorkerOptions()
        #: None: a place without a process, because none could be started.
        self._idle: queue.Queue[Worker | None] = queue.Queue()
        self._looking = threading.Lock()
        self._start_failed = False

    def __enter__(self) -> Pool:
        for _ in range(self._size):
            self._idle.put(Worker(self._bundle, self.options))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._take_idle():
            if worker is not None:
                worker.stop()

    def scrub(
        self, chunk: AnyChunk, receipt_date: dt.date | None, known: ContextFile | None = None
    ) -> ChunkReply:
        """Return the reply for a chunk of one claim: an `error` when the claim ended or hung its worker.

        `known` is what is known of the claim besides.

        Raises Busy, and WorkerError when the worker failed before it had the claim.
        """
        try:
            worker = self._idle.get(timeout=self._patience)
        except queue.Empty:
            raise Busy from None
        spent = True
        try:
            if worker is None or not _is_alive(worker):
                worker = self._renewed(worker)
            if worker is None:
                raise WorkerError("the operating system refuses to start a scrubbing process")
            if not self._has_started(worker):
                spent = False  # nothing was asked of it: it may go on starting
                raise Busy
            try:
                reply = self._asked(worker, chunk, receipt_date, known)
            except EOFError:
                return died_on(chunk)
            spent = False
            return reply
        finally:
            self._idle.put(self._renewed(worker) if spent else worker)

    def alive(self) -> bool:
        """Return whether any worker can scrub. Those that died while idle are replaced."""
        with self._looking:
            idle = self._take_idle()
            able = len(idle) < self._size  # the others are at work, and watched
            for worker in idle:
                if worker is not None and _is_alive(worker):
                    able = able or worker.ready or not self._start_failed
                    self._idle.put(worker)
                else:
                    self._idle.put(self._renewed(worker))
            return able

    def _take_idle(self) -> list[Worker | None]:
        taken = []
        while True:
            try:
                taken.append(self._idle.get_nowait())
            except queue.Empty:
                return taken

    def _renewed(self, worker: Worker | None) -> Worker | None:
        """End a worker at once and return a new one, None when the system gives no process."""
        if worker is not None:
            self._start_failed = self._start_failed or not worker.ready
            worker.kill()
            worker.stop()
        try:
            return Worker(self._bundle, self.options)
        except OSError:
            return None

    def _has_started(self, worker: Worker) -> bool:
        deadline = time.monotonic() + self._patience
        while not worker.ready:
            if not worker.pipe.poll(max(0.0, deadline - time.monotonic())):
                return False
            try:
                worker.answer()
            except (EOFError, OSError):
                raise WorkerError("the scrubbing process ended while it started") from None
        self._start_failed = False
        return True

    def _asked(
        self, worker: Worker, chunk: AnyChunk, receipt_date: dt.date | None, known: ContextFile | None
    ) -> ChunkReply:
        """Return the answer. Raises EOFError when the worker ended or hung on the claim."""
        # Sending can hang as well as waiting can; killing the worker ends both.
        deadline = threading.Timer(self._patience, worker.kill)
        deadline.daemon = True
        deadline.start()
        try:
            try:
                worker.ask(chunk, receipt_date, known)
            except (EOFError, OSError):
                raise WorkerError("the scrubbing process ended before it had the claim") from None
            try:
                reply = worker.answer()
            except OSError:  # it ended in the middle of its answer
                raise EOFError from None
            if reply is None:
                raise WorkerError("the scrubbing process gave no answer")
            return reply
        finally:
            deadline.cancel()


def _is_alive(worker: Worker) -> bool:
    """Return whether an idle worker can be used: all it may have said is that it is ready."""
    try:
        while worker.pipe.poll():
            if worker.answer() is not None:
                return False
    except (EOFError, OSError, WorkerError):
        return False
    return True


class Turns:
    """Lets as many requests at once go to a thread as there are workers; some wait, the rest is refused.

    Belongs to one event loop.
    """

    def __init__(self, at_once: int, most_waiting: int | None = None, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, "scrub")
        self._most_waiting = at_once * WAITING_PER_WORKER if most_waiting is None else most_waiting
        self._patience = patience
        self._waiting = 0

    def __enter__(self) -> Turns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, run in a thread when it is its turn. Raises Busy."""
        if self._free.locked() and self._waiting >= self._most_waiting:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free.release()
