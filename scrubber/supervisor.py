"""Scrub files: split at claim boundaries, hand chunks to workers, give results back in order.

The supervisor never scrubs. A worker that dies or hangs costs nothing but time: its chunk is run again
claim by claim, and only the claim that kills a worker by itself becomes an `error`. Memory is bounded by
the chunks in flight, not by the size of the files.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait

from scrubber.inputs import AnyChunk, FileFinished, FileStarted, read_file
from scrubber.packs.bundle import Bundle
from scrubber.worker import ClaimReply, Worker, WorkerError, WorkerOptions, died_on


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run: processes, and how long a chunk or a single claim may take before its worker is ended."""

    jobs: int = 1
    worker: WorkerOptions = field(default_factory=WorkerOptions)
    claims_a_chunk: int = 100
    chunk_timeout: float = 60.0
    claim_timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class ClaimScrubbed:
    """A claim of the current file has its result."""

    reply: ClaimReply


@dataclass(slots=True)
class Summary:
    """What a run counts."""

    files: int = 0
    claims: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    partial: int = 0
    file_problems: int = 0
    unread: bool = False

    def add(self, reply: ClaimReply) -> None:
        """Count a claim."""
        self.claims += 1
        self.outcomes[reply.outcome] += 1
        self.severities.update(reply.severities)
        self.partial += reply.partial

    def exit_code(self, *, require_complete: bool = False) -> int:
        """0 nothing blocking, 1 something blocking, an error or (if asked) a gap, 2 something unread."""
        if self.unread:
            return 2
        blocked = self.outcomes["rejected"] + self.outcomes["error"] + self.file_problems
        return 1 if blocked or (require_complete and self.partial) else 0


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Everything is done."""

    summary: Summary


Event = FileStarted | ClaimScrubbed | FileFinished | RunFinished


def scrub_files(paths: Sequence[str], bundle: Bundle, options: RunOptions) -> Iterator[Event]:
    """Yield what happens, in the order of the input. Raises WorkerError when no worker can be started."""
    with _Workers(bundle, options) as workers:
        yield from _Run(workers, options).events(paths)


@dataclass(slots=True)
class _Job:
    """A chunk on its way. After a crash `todo` holds its claims one by one.

    `unsent` counts the workers that were gone before they could take it: no fault of the chunk's.
    """

    todo: deque[AnyChunk]
    done: list[ClaimReply] = field(default_factory=list)
    unsent: int = 0

    @property
    def finished(self) -> bool:
        return not self.todo


_Slot = _Job | FileStarted | FileFinished


class _Run:
    def __init__(self, workers: _Workers, options: RunOptions) -> None:
        self._workers, self._options = workers, options
        self._summary = Summary()

    def events(self, paths: Sequence[str]) -> Iterator[Event]:
        tasks = self._tasks(paths)
        slots: deque[_Slot] = deque()
        exhausted = False
        most = 8 * self._options.jobs
        while slots or not exhausted:
            while not exhausted and len(slots) < most and self._workers.has_room:
                slot = next(tasks, None)
                if slot is None:
                    exhausted = True
                    break
                slots.append(slot)
                if isinstance(slot, _Job):
                    self._workers.submit(slot)
            while slots and not (isinstance(slots[0], _Job) and not slots[0].finished):
                yield from self._emit(slots.popleft())
            if self._workers.busy:
                self._workers.step()
        yield RunFinished(self._summary)

    def _emit(self, slot: _Slot) -> Iterator[Event]:
        if isinstance(slot, _Job):
            for reply in slot.done:
                self._summary.add(reply)
                yield ClaimScrubbed(reply)
            return
        if isinstance(slot, FileFinished):
            self._summary.files += 1
            self._summary.file_problems += len(slot.problems)
            self._summary.unread = self._summary.unread or slot.unread
        yield slot

    def _tasks(self, paths: Sequence[str]) -> Iterator[_Slot]:
        for path in paths:
            for part in read_file(path, self._options.claims_a_chunk):
                yield part if isinstance(part, FileStarted | FileFinished) else _Job(deque([part]))


# --- workers --------------------------------------------------------------------------------------

_MOST_FAILED_STARTS = 5
_MOST_UNSENT = 2


class _Workers:
    """The worker processes and the jobs they have."""

    def __init__(self, bundle: Bundle, options: RunOptions) -> None:
        self._bundle, self._options = bundle, options
        self._queue: deque[_Job] = deque()
        self._jobs: dict[Worker, _Job | None] = {}
        self._deadlines: dict[Worker, float] = {}
        self._failed_starts = 0

    def __enter__(self) -> _Workers:
        for _ in range(self._options.jobs):
            self._start()
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._jobs:
            worker.stop()

    @property
    def has_room(self) -> bool:
        return len(self._queue) < self._options.jobs + 1

    @property
    def busy(self) -> bool:
        return bool(self._queue) or any(self._jobs.values())

    def submit(self, job: _Job) -> None:
        self._queue.append(job)
        self._assign()

    def _start(self) -> None:
        self._jobs[Worker(self._bundle, self._options.worker)] = None

    def _assign(self) -> None:
        for worker, job in list(self._jobs.items()):
            if job is None and self._queue:
                self._give(worker, self._queue.popleft())

    def _give(self, worker: Worker, job: _Job) -> None:
        self._jobs[worker] = job
        self._set_deadline(worker)
        try:
            worker.ask(job.todo[0])
        except EOFError:
            job.unsent += 1
            self._replace(worker, blame=job.unsent > _MOST_UNSENT)

    def _set_deadline(self, worker: Worker) -> None:
        job = self._jobs[worker]
        single = job is not None and job.todo[0].claims == 1
        limit = self._options.claim_timeout if single and worker.ready else self._options.chunk_timeout
        self._deadlines[worker] = time.monotonic() + limit

    def step(self) -> None:
        """Wait for an answer, a death or a deadline, and act on it."""
        self._assign()
        busy = [worker for worker, job in self._jobs.items() if job is not None]
        patience = min(self._deadlines[worker] for worker in busy) - time.monotonic()
        ready = set(wait([worker.pipe for worker in busy], timeout=max(0.0, patience)))
        for worker in busy:
            if worker.pipe in ready:
                self._receive(worker)
            elif time.monotonic() > self._deadlines[worker]:
                worker.kill()
                self._replace(worker)

    def _receive(self, worker: Worker) -> None:
        # An answer that has begun may stop; receiving it has no time limit of its own.
        watchdog = threading.Timer(max(0.1, self._deadlines[worker] - time.monotonic()), worker.kill)
        watchdog.daemon = True  # an interrupted run does not wait for it
        try:
            watchdog.start()
            replies = worker.answer()
        except EOFError:
            self._replace(worker)
            return
        finally:
            watchdog.cancel()
        if replies is None:  # it has started: only now does its time for the chunk begin
            self._failed_starts = 0
            self._set_deadline(worker)
            return
        job = self._jobs[worker]
        assert job is not None
        if len(replies) != job.todo[0].claims:  # a claim must never be missing from a result
            self._replace(worker)
            return
        job.todo.popleft()
        job.done.extend(replies)
        if job.todo:
            self._give(worker, job)
        else:
            self._jobs[worker] = None
            self._assign()

    def _replace(self, worker: Worker, *, blame: bool = True) -> None:
        """A worker is gone: go on with a new one.

        With `blame` its chunk may be the cause: it is broken up, or its only claim given up.
        """
        job = self._jobs.pop(worker)
        self._deadlines.pop(worker, None)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts > _MOST_FAILED_STARTS:
                raise WorkerError("the scrubbing processes end as soon as they start; nothing was scrubbed")
        worker.stop()
        if job is not None:
            if worker.ready and blame:
                _break_up(job)
            if job.todo:
                self._queue.appendleft(job)
        self._start()
        self._assign()


def _break_up(job: _Job) -> None:
    chunk = job.todo.popleft()
    if chunk.claims > 1:
        job.todo.extendleft(reversed(list(chunk.one_by_one())))
        return
    job.done.append(died_on(chunk))
