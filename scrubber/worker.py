"""The process that scrubs: takes chunks of claims from a pipe, answers with serialised results.

The decision engine can hang or crash on input nobody foresaw; that must cost one claim, not the run. So
scrubbing happens only here, and `Worker` is the supervisor's end: it starts the process, asks, waits for
a bounded time and says when the process died.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import NamedTuple

import orjson

from scrubber.conformance import problem_of
from scrubber.context import ContextFile
from scrubber.engine.durable import EngineUnavailable
from scrubber.engine.file_groups import GroupKey
from scrubber.findings import ClaimResult
from scrubber.guides.violations import Violation
from scrubber.history.store import HistoryError, Store
from scrubber.inputs import AnyChunk
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber, error_result
from scrubber.processes import context, deaf_to_interrupts
from scrubber.read.claim_json import ClaimJsonError, JsonChunk, claim_to_json
from scrubber.read.limits import Limits
from scrubber.read.reader import ReadClaim
from scrubber.read.x12 import FileProblem
from scrubber.reference.errors import StoreError
from scrubber.reference.store import Snapshot
from scrubber.write.acks.answer import Answer, answer_to
from scrubber.write.edits import EditError, SegmentEdit, edits_of


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker needs besides the packs.

    `want_claim`: send the claim along with every result that has something to show. `repair`: send the
    edits of verified `safe` amendments. `accept`: send those of the findings with these ids. `answer`: send
    what acknowledgments say of a claim, and the violations of the guide as they are. `limits`: what a claim
    may have; one that has more is an `error`. `history` is the path of one, which every worker opens,
    `history_state` the state that all of them read (None: the latest at each claim), and `context` what is
    known of claims besides. `secret` is the run's own: keys of claims are hashed with it. `data`: the
    imported reference tables.
    """

    receipt_date: dt.date | None = None
    want_claim: bool = False
    repair: bool = False
    accept: frozenset[str] = frozenset()
    answer: bool = False
    engine_enabled: bool = True
    limits: Limits = field(default_factory=Limits)
    history: str | None = None
    history_state: int | None = None
    context: ContextFile | None = None
    secret: bytes = b""
    data: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment that was asked for: the edits it makes, or why it cannot be made."""

    finding: str
    edits: tuple[SegmentEdit, ...] = ()
    refused: str | None = None


class ClaimReply(NamedTuple):
    """One claim's result: the contract's claim object as JSON, what a run counts, and what it is counted by.

    `partial`: checked, but not by every rule; an `error` is counted as that alone. `file_keys` None: nobody
    knows what rules over the whole file would count. A named tuple, because one goes through a pipe for every
    claim.
    """

    result: bytes
    outcome: str
    partial: bool
    severities: tuple[str, ...] = ()
    claim: bytes | None = None
    amended: tuple[Amended, ...] = ()
    answer: Answer | None = None
    file_keys: tuple[GroupKey, ...] | None = None
    suppressions: tuple[int, ...] = ()


@dataclass(slots=True)
class ChunkReply:
    """What came of a chunk: a reply for each claim, in order, and what is wrong where no claim is.

    `violations` are the problems that the guide is about, as they are.
    """

    claims: list[ClaimReply]
    problems: tuple[FileProblem, ...] = ()
    violations: tuple[Violation, ...] = ()


_NO_OPTIONS = WorkerOptions()
#: Mistakes in a claim's JSON that are told at once.
_MOST_TOLD = 20


class WorkerError(Exception):
    """A worker that cannot be started, with the reason for the user."""


def reply_for(
    result: ClaimResult,
    item: ReadClaim | None = None,
    options: WorkerOptions | None = None,
    file_keys: tuple[GroupKey, ...] | None = None,
) -> ClaimReply:
    """Serialise a result."""
    options = options or _NO_OPTIONS
    if not (result.findings or result.not_evaluated or options.answer):  # as most claims are
        return ClaimReply(
            orjson.dumps(result.members()),
            result.outcome,
            partial=False,
            file_keys=file_keys,
            suppressions=result.suppressions,
        )
    show = options.want_claim and item is not None
    return ClaimReply(
        result=orjson.dumps(result.members()),
        outcome=result.outcome,
        partial=result.coverage == "partial" and result.outcome != "error",
        severities=tuple(f.severity for f in result.findings if f.outcome == "fail"),
        claim=orjson.dumps(claim_to_json(item.claim)) if show and item is not None else None,
        amended=tuple(_amended(result, item, options)) if item is not None else (),
        answer=answer_to(item, result) if item is not None and options.answer else None,
        file_keys=file_keys,
        suppressions=result.suppressions,
    )


def _amended(result: ClaimResult, item: ReadClaim, options: WorkerOptions) -> Iterator[Amended]:
    for finding in result.findings:
        amendment = finding.amendment
        asked = finding.id in options.accept
        by_itself = options.repair and amendment is not None and amendment.applicability == "safe"
        if not asked and not by_itself:
            continue
        if finding.outcome != "fail":
            yield Amended(finding.id, refused=f"the finding is {finding.outcome}: there is nothing to amend")
        elif amendment is None or not amendment.patch:
            yield Amended(
                finding.id, refused="it is advice only: what to change depends on the medical record"
            )
        elif not amendment.verified:
            yield Amended(finding.id, refused="scrubbing the amended claim did not prove that it works")
        elif item.source is None:
            yield Amended(
                finding.id, refused="the claim is not from an 837: apply the patch (RFC 6902) to its JSON"
            )
        else:
            try:
                yield Amended(finding.id, tuple(edits_of(amendment.patch, item.source)))
            except EditError as error:
                yield Amended(finding.id, refused=str(error))


def scrub_chunk(
    scrubber: Scrubber, chunk: AnyChunk, options: WorkerOptions, receipt_date: dt.date | None = None
) -> ChunkReply:
    """Scrub the claims of a chunk, and say what is wrong by the guide where it has none."""
    if isinstance(chunk, JsonChunk):
        return ChunkReply(list(_scrubbed(scrubber, chunk.read(), options, receipt_date)))
    reading = chunk.reading(scrubber.guides, options.limits)
    claims = list(_scrubbed(scrubber, reading.claims(), options, receipt_date))
    violations = reading.violations
    problems = tuple(problem_of(violation) for violation in violations)
    return ChunkReply(claims, (*reading.problems, *problems), violations)


def _scrubbed(
    scrubber: Scrubber,
    items: Iterable[ReadClaim | tuple[int, ClaimJsonError]],
    options: WorkerOptions,
    receipt_date: dt.date | None,
) -> Iterator[ClaimReply]:
    """Yield a reply for every claim; one that goes wrong is an `error`, never missing."""
    for item in items:
        if not isinstance(item, ReadClaim):
            yield _unreadable(*item)
            continue
        if item.source is None and len(item.claim.lines) > options.limits.lines:  # others were held to it
            item.broken = options.limits.too_many_lines(len(item.claim.lines)).reason
        try:
            result = scrubber.scrub(item, receipt_date)
            keys = scrubber.file_keys(item, options.secret, receipt_date)
            yield reply_for(result, item, options, keys)
        except EngineUnavailable:
            raise
        except (HistoryError, StoreError) as error:
            yield _stopped(item, options, error.message, error.remedy)
        except Exception as error:  # a defect of ours must not take the neighbours' results with it
            yield _stopped(
                item,
                options,
                f"an internal error stopped the scrub ({type(error).__name__})",
                "report it with the rule packs in use; the other claims are not affected",
            )


def _stopped(item: ReadClaim, options: WorkerOptions, reason: str, remedy: str) -> ClaimReply:
    result = error_result(item.index, item.claim.patient_control_number or "", reason, remedy)
    return reply_for(result, item, replace(options, repair=False, want_claim=False))


def _unreadable(index: int, error: ClaimJsonError) -> ClaimReply:
    told = "; ".join(f"{p.path}: {p.message}" for p in error.problems[:_MOST_TOLD])
    more = f"; and {len(error.problems) - _MOST_TOLD} more" if len(error.problems) > _MOST_TOLD else ""
    return reply_for(
        error_result(
            index,
            "",
            f"this is not claim JSON: {told}{more}",
            "correct the claim's JSON; the API serves the schema at /v1/claims/schema",
        )
    )


def keep_loaded() -> None:
    """Keep what has been loaded for as long as the process lives: the garbage collector looks past it.

    It also looks at new objects less often. Claims and results hold no circles, so they go by themselves
    anyway; measured, a scrub takes 4 % less time for 2 MB more memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _main(pipe: Connection) -> None:
    """Run a worker until it is told to stop or its supervisor is gone. Nothing is ever printed here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to stop
    try:
        bundle, options = pipe.recv()
    except (EOFError, OSError):
        return
    try:
        scrubber = Scrubber(
            bundle,
            options.receipt_date,
            engine_enabled=options.engine_enabled,
            history=_history(options),
            context=options.context,
            data=options.data,
        )
    except EngineUnavailable as error:
        pipe.send(WorkerError(str(error)))
        return
    except HistoryError as error:
        pipe.send(WorkerError(f"{error.message}; {error.remedy}"))
        return
    except Exception as error:
        pipe.send(
            WorkerError(f"the scrubbing process cannot start ({type(error).__name__}); please report it")
        )
        return
    keep_loaded()
    try:
        pipe.send("ready")
        while True:
            message: tuple[AnyChunk, dt.date | None, ContextFile | None] | None = pipe.recv()
            if message is None:
                return
            chunk, receipt_date, known = message
            one = scrubber.knowing(known) if known is not None else scrubber
            pipe.send(scrub_chunk(one, chunk, options, receipt_date))
    except Exception:  # the supervisor is gone; or a chunk cannot be read, and it will try claim by claim
        return


def _history(options: WorkerOptions) -> Store | None:
    return Store(options.history, state=options.history_state) if options.history is not None else None


def died_on(chunk: AnyChunk) -> ChunkReply:
    """Return the reply for a chunk of one claim or none, when scrubbing it ended or hung the process."""
    if not chunk.claims:
        return ChunkReply([], (_UNCHECKED,))
    claim_id = ""
    with contextlib.suppress(Exception):  # reading it may be what ended the process
        for item in chunk.read():
            if isinstance(item, ReadClaim):
                claim_id = item.claim.patient_control_number or ""
    return ChunkReply(
        [
            reply_for(
                error_result(
                    chunk.first_index,
                    claim_id,
                    "the scrubbing process ended or hung on this claim",
                    "scrub it alone; report it if it happens again",
                )
            )
        ]
    )


_UNCHECKED = FileProblem(
    "FILE-002",
    "A part of the file was not checked",
    "the process ended or hung on a part of the file that has no claims",
    "report it; the claims of the file were checked",
    fatal=True,
)


class Worker:
    """The supervisor's handle on one worker process. Start-up is asynchronous: `answer` waits for it."""

    def __init__(self, bundle: Bundle, options: WorkerOptions) -> None:
        self.pipe, theirs = context().Pipe()
        self._process = context().Process(target=_main, args=(theirs,), daemon=True)
        # One that ends before it was told what to do is as one that ends later: its pipe says so.
        with deaf_to_interrupts(), contextlib.suppress(BrokenPipeError):
            self._process.start()
        theirs.close()
        # Not as an argument: that goes through a pipe which nobody reads when the process dies early.
        with contextlib.suppress(OSError):
            self.pipe.send((bundle, options))
        self.ready = False

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def ask(
        self, chunk: AnyChunk, receipt_date: dt.date | None = None, known: ContextFile | None = None
    ) -> None:
        """Send a chunk; `receipt_date` overrides the run's, `known` its context.

        Raises EOFError when the process is gone.
        """
        try:
            self.pipe.send((chunk, receipt_date, known))
        except OSError:
            raise EOFError from None

    def answer(self) -> ChunkReply | None:
        """Return the next answer, or None for the start-up signal.

        Raises EOFError when the process died, WorkerError when it cannot work at all.
        """
        try:
            message = self.pipe.recv()
        except OSError:  # it died in the middle of its answer
            raise EOFError from None
        if isinstance(message, WorkerError):
            raise message
        if message == "ready":
            self.ready = True
            return None
        reply: ChunkReply = message
        return reply

    def stop(self) -> None:
        """End the process, at once if it does not listen."""
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self.pipe.close()
        if self.pid is not None:
            self._process.join(timeout=0.5)
        self.kill()

    def kill(self) -> None:
        """End the process now."""
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
