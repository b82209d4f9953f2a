"""Scrub files: split at claim boundaries, hand chunks to workers, give results back in order.

The supervisor never scrubs. A worker that dies or hangs costs nothing but time: its chunk is run again
claim by claim, and only the claim that kills a worker by itself becomes an `error`. Memory is bounded by
the chunks in flight, not by the size of the files.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait

from scrubber.file_findings import FileFindings
from scrubber.findings import NotEvaluated
from scrubber.guides.violations import Violation
from scrubber.history.store import HistoryError, Store
from scrubber.inputs import MOST_PROBLEMS, AnyChunk, FileFinished, FileStarted, read_file
from scrubber.packs.bundle import Bundle
from scrubber.packs.overrides import Suppression
from scrubber.pipeline import not_supplied, supplied
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import JsonChunk
from scrubber.read.limits import too_many_claims
from scrubber.read.split import Envelope
from scrubber.read.x12 import FileProblem
from scrubber.worker import ChunkReply, ClaimReply, Worker, WorkerError, WorkerOptions, died_on


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


@dataclass(frozen=True, slots=True)
class HeaderChecked:
    """What is wrong by the guide above the claims that came before, or with levels that have no claims."""

    violations: tuple[Violation, ...]


@dataclass(slots=True)
class Summary:
    """What a run counts. `not_evaluated` are rules that it gave nothing to look at, `partial_files` files on
    which rules over all their claims could not be answered.

    `suppressions` are the local decisions that may set findings aside, `used` the numbers of those that did.
    """

    files: int = 0
    claims: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    partial: int = 0
    file_problems: int = 0
    file_findings: int = 0
    partial_files: int = 0
    blocking_findings: int = 0
    unread: bool = False
    not_evaluated: tuple[NotEvaluated, ...] = ()
    suppressions: tuple[tuple[Suppression, str], ...] = ()
    used: set[int] = field(default_factory=set)

    def add(self, reply: ClaimReply) -> None:
        """Count a claim."""
        self.claims += 1
        self.outcomes[reply.outcome] += 1
        for severity in reply.severities:
            self.severities[severity] += 1
        self.partial += reply.partial
        self.used.update(reply.suppressions)

    @property
    def unused(self) -> list[tuple[Suppression, str]]:
        """The local decisions that set nothing aside in the whole run, each with its file."""
        return [entry for number, entry in enumerate(self.suppressions) if number not in self.used]

    def end_file(self, file: FileFinished) -> None:
        """Count a file."""
        self.files += 1
        self.file_problems += len(file.problems)
        self.file_findings += len(file.findings)
        self.partial_files += bool(file.not_evaluated)
        for finding in file.findings:
            self.severities[finding.severity] += 1
            self.blocking_findings += finding.blocks
        self.unread = self.unread or file.unread

    def exit_code(self, *, require_complete: bool = False) -> int:
        """0 nothing blocking, 1 something blocking, an error or (if asked) a gap, 2 something unread."""
        if self.unread:
            return 2
        blocked = self.outcomes["rejected"] + self.outcomes["error"]
        blocked += self.file_problems + self.blocking_findings
        return 1 if blocked or (require_complete and (self.partial or self.not_evaluated)) else 0


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Everything is done."""

    summary: Summary


#: Envelopes, header checks and problems where they are found come only with `RunOptions.worker.answer`.
Event = FileStarted | ClaimScrubbed | Envelope | HeaderChecked | FileProblem | FileFinished | RunFinished


def scrub_files(paths: Sequence[str], bundle: Bundle, options: RunOptions) -> Iterator[Event]:
    """Yield what happens, in the order of the input. Raises WorkerError when no worker can be started."""
    given = supplied(options.worker.history is not None, options.worker.context)
    worker = replace(_with_one_state(options.worker), secret=secrets.token_bytes(32))
    options = replace(options, worker=worker)
    with _Workers(bundle, options) as workers, closing(FileFindings(bundle)) as file_findings:
        summary = Summary(
            not_evaluated=not_supplied(bundle, given), suppressions=bundle.overrides.suppressions
        )
        yield from _Run(workers, options, file_findings, summary).events(paths)


def _with_one_state(worker: WorkerOptions) -> WorkerOptions:
    """Let the run see one state of the history, whatever is added to it meanwhile."""
    if worker.history is None or worker.history_state is not None:
        return worker
    try:
        with closing(Store(worker.history)) as store:
            return replace(worker, history_state=store.latest)
    except HistoryError as error:
        raise WorkerError(f"{error.message}; {error.remedy}") from None


@dataclass(slots=True)
class _Job:
    """A chunk on its way. After a crash `todo` holds its claims one by one.

    `unsent` counts the workers that were gone before they could take it: no fault of the chunk's.
    """

    todo: deque[AnyChunk]
    done: list[ClaimReply] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    unsent: int = 0

    def take(self, reply: ChunkReply) -> None:
        """Take what came of a part of it."""
        self.done += reply.claims
        self.problems += reply.problems
        self.violations += reply.violations

    @property
    def finished(self) -> bool:
        return not self.todo

    @property
    def is_whole(self) -> bool:
        """True for a chunk that was not broken up."""
        return len(self.todo) == 1 and not self.done


_Slot = _Job | FileStarted | Envelope | FileProblem | FileFinished


class _Run:
    def __init__(
        self,
        workers: _Workers,
        options: RunOptions,
        file_findings: FileFindings,
        summary: Summary,
    ) -> None:
        self._workers, self._options = workers, options
        self._file_findings = file_findings
        self._summary = summary
        self._problems: dict[FileProblem, None] = {}  # of the current file, found outside of its reading

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
                if isinstance(slot, _Job) and not slot.finished:
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
                self._file_findings.take(reply.file_keys)
                yield ClaimScrubbed(reply)
            if slot.violations and self._options.worker.answer:
                yield HeaderChecked(tuple(slot.violations))
            for problem in slot.problems:
                # That a part was not read is the last to be left out: the exit code says it.
                if len(self._problems) < MOST_PROBLEMS * (1 + problem.fatal):
                    self._problems[problem] = None
            return
        if isinstance(slot, FileFinished):
            slot = _with_problems(slot, tuple(self._problems))
            self._problems = {}
            gaps = self._file_findings.gaps(unread=slot.unread)
            slot = replace(slot, findings=self._file_findings.finish(), not_evaluated=gaps)
            self._summary.end_file(slot)
        yield slot

    def _tasks(self, paths: Sequence[str]) -> Iterator[_Slot]:
        for path in paths:
            options = self._options.worker
            parts = read_file(
                path, self._options.claims_a_chunk, envelopes=options.answer, limits=options.limits
            )
            full = False
            for part in parts:
                if not isinstance(part, Chunk | JsonChunk):
                    if not full or isinstance(part, FileFinished):
                        yield part
                elif not full:
                    full = part.first_index + part.claims > self._options.worker.limits.claims
                    yield from self._up_to_the_limit(part) if full else (_Job(deque([part])),)

    def _up_to_the_limit(self, chunk: AnyChunk) -> Iterator[_Slot]:
        """Yield the claims that a file may have still, then the problem that it has more.

        The rest of the file is only read to its end, for its SHA-256.
        """
        most = self._options.worker.limits.claims
        inside = [one for one in chunk.one_by_one() if one.first_index < most]
        yield from (_Job(deque([one])) for one in inside)
        problem = too_many_claims(most)
        yield _Job(deque(), problems=[problem])
        if self._options.worker.answer:
            # No acknowledgment can be right about claims that nobody looked at: the interchange is rejected.
            yield replace(problem, segment="ISA")


def _with_problems(file: FileFinished, found: Sequence[FileProblem]) -> FileFinished:
    """Return the end of a file with what workers found in it, in the order of the file."""
    if not found:
        return file
    problems = dict.fromkeys((*file.problems, *found))
    ordered = sorted(problems, key=lambda problem: problem.position or 0)
    return replace(file, problems=tuple(ordered))


# --- workers --------------------------------------------------------------------------------------

_MOST_FAILED_STARTS = 5
_MOST_UNSENT = 2
_AHEAD = 2  # chunks a worker has: one that it scrubs, and the next, so that it never waits for the supervisor


class _Watchdog:
    """Ends a worker that stops in the middle of a message: sending and receiving have no time limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: tuple[Worker, float] | None = None
        self._over = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    @contextmanager
    def watching(self, worker: Worker, deadline: float) -> Iterator[None]:
        """End the worker if this takes longer than the deadline."""
        with self._lock:
            self._watched = worker, deadline
        try:
            yield
        finally:
            with self._lock:
                self._watched = None

    def stop(self) -> None:
        """End the watch."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            with self._lock:
                if self._watched is not None and time.monotonic() > self._watched[1]:
                    self._watched[0].kill()
                    self._watched = None


class _Workers:
    """The worker processes and their jobs: the first is being scrubbed, the next waits in the pipe."""

    def __init__(self, bundle: Bundle, options: RunOptions) -> None:
        self._bundle, self._options = bundle, options
        self._queue: deque[_Job] = deque()
        self._jobs: dict[Worker, deque[_Job]] = {}
        self._deadlines: dict[Worker, float] = {}
        self._failed_starts = 0
        self._watchdog = _Watchdog()

    def __enter__(self) -> _Workers:
        for _ in range(self._options.jobs):
            self._start()
        return self

    def __exit__(self, *error: object) -> None:
        self._watchdog.stop()
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
        self._jobs[Worker(self._bundle, self._options.worker)] = deque()

    def _assign(self) -> None:
        """Give every idle worker a job, then those that are at work the next one."""
        for most in range(1, _AHEAD + 1):
            for worker, jobs in list(self._jobs.items()):
                if self._queue and len(jobs) < most and self._may_take(worker, jobs, self._queue[0]):
                    self._give(worker, self._queue.popleft())

    def _may_take(self, worker: Worker, jobs: deque[_Job], job: _Job) -> bool:
        """A job that was broken up is had alone; nothing waits in the pipe of a worker that is starting."""
        return not jobs or (worker.ready and job.is_whole and all(other.is_whole for other in jobs))

    def _give(self, worker: Worker, job: _Job) -> None:
        jobs = self._jobs[worker]
        jobs.append(job)
        if len(jobs) == 1:
            self._set_deadline(worker)
        try:
            with self._watchdog.watching(worker, time.monotonic() + self._options.chunk_timeout):
                worker.ask(job.todo[0])
        except EOFError:
            if len(jobs) > 1:  # it died on the one before
                self._replace(worker)
                return
            job.unsent += 1
            self._replace(worker, blame=job.unsent > _MOST_UNSENT)

    def _set_deadline(self, worker: Worker) -> None:
        jobs = self._jobs[worker]
        single = bool(jobs) and jobs[0].todo[0].claims == 1
        limit = self._options.claim_timeout if single and worker.ready else self._options.chunk_timeout
        self._deadlines[worker] = time.monotonic() + limit

    def step(self) -> None:
        """Wait for an answer, a death or a deadline, and act on it."""
        self._assign()
        busy = [worker for worker, jobs in self._jobs.items() if jobs]
        patience = min(self._deadlines[worker] for worker in busy) - time.monotonic()
        ready = set(wait([worker.pipe for worker in busy], timeout=max(0.0, patience)))
        for worker in busy:
            if worker not in self._jobs:  # replaced meanwhile
                continue
            if worker.pipe in ready:
                self._receive(worker)
            elif time.monotonic() > self._deadlines[worker]:
                worker.kill()
                self._replace(worker)

    def _receive(self, worker: Worker) -> None:
        try:
            with self._watchdog.watching(worker, max(self._deadlines[worker], time.monotonic() + 0.1)):
                reply = worker.answer()
        except EOFError:
            self._replace(worker)
            return
        if reply is None:  # it has started: only now does its time for the chunk begin
            self._failed_starts = 0
            self._set_deadline(worker)
            self._assign()
            return
        jobs = self._jobs[worker]
        job = jobs[0]
        if len(reply.claims) != job.todo[0].claims:  # a claim must never be missing from a result
            self._replace(worker)
            return
        job.todo.popleft()
        job.take(reply)
        jobs.popleft()
        if job.todo:
            self._give(worker, job)
            return
        if jobs:
            self._set_deadline(worker)
        self._assign()

    def _replace(self, worker: Worker, *, blame: bool = True) -> None:
        """A worker is gone: go on with a new one.

        With `blame` the chunk it worked on may be the cause: it is broken up, or its only claim given up.
        """
        jobs = self._jobs.pop(worker)
        self._deadlines.pop(worker, None)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts > _MOST_FAILED_STARTS:
                raise WorkerError("the scrubbing processes end as soon as they start; nothing was scrubbed")
        worker.stop()
        if jobs and worker.ready and blame:
            _break_up(jobs[0])
        self._queue.extendleft(job for job in reversed(jobs) if job.todo)
        self._start()
        self._assign()


def _break_up(job: _Job) -> None:
    chunk = job.todo.popleft()
    if chunk.claims > 1:
        job.todo.extendleft(reversed(list(chunk.one_by_one())))
        return
    job.take(died_on(chunk))
