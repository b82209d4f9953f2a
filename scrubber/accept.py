"""Write amendments into files: `safe` ones by themselves, `confirm` ones that a named person accepted.

The corrected file is scrubbed again before it gets its name: each accepted finding must be gone and
nothing new may block. The original is never touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from scrubber.amend.proof import Standing
from scrubber.findings import BLOCKING
from scrubber.inputs import FileFinished
from scrubber.packs.bundle import Bundle
from scrubber.supervisor import ClaimScrubbed, RunOptions, scrub_files
from scrubber.worker import ClaimReply
from scrubber.write.edits import EditError, SegmentEdit
from scrubber.write.rewrite import ChangedSegment, rewrite


class AcceptError(Exception):
    """An amendment that cannot be written. `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was written: the findings amended, the segments that changed, how many findings still block."""

    findings: tuple[dict[str, Any], ...]
    segments: tuple[ChangedSegment, ...]
    still_blocking: int


def accept(path: str, ids: Sequence[str], out: Path, bundle: Bundle, options: RunOptions) -> Accepted:
    """Write `path` with the amendments of the findings `ids` to `out`.

    Raises AcceptError; then nothing is written.
    """
    before = _scrub(path, bundle, options, frozenset(ids))
    missing = [finding for finding in ids if finding not in before.wanted]
    if missing:
        raise AcceptError(
            f"{path} has no finding {missing[0]}",
            "copy the id from a scrub of the same file, with the same packs and receipt date",
        )
    if before.refused:
        finding, reason = before.refused[0]
        raise AcceptError(
            f"{finding} cannot be accepted: {reason}", "correct the claim in the system it comes from"
        )
    segments, after = _write_proven(Path(path), out, before, bundle, options)
    findings = tuple(before.wanted[finding] for finding in dict.fromkeys(ids))
    return Accepted(findings, tuple(segments), after.standing.blocking.total())


def repair(
    path: str, ids: Collection[str], out: Path, bundle: Bundle, options: RunOptions
) -> list[ChangedSegment]:
    """Write `path` with the safe amendments of the findings `ids` to `out`; return the segments that changed.

    Raises AcceptError when the repaired file is not proven better; then nothing is written.
    """
    return _write_proven(Path(path), out, _scrub(path, bundle, options, frozenset(ids)), bundle, options)[0]


@dataclass(slots=True)
class _Scrubbed:
    """What a scrub of one file says: how it stands, the findings asked for, and their edits or refusals."""

    standing: Standing = field(default_factory=Standing)
    wanted: dict[str, dict[str, Any]] = field(default_factory=dict)
    edits: list[SegmentEdit] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add(self, reply: ClaimReply, ids: frozenset[str]) -> None:
        result = orjson.loads(reply.result)
        index = result["index"]
        self.standing.gaps |= {(index, gap["rule"]) for gap in result["not_evaluated"]}
        for finding in result["findings"]:
            if finding["outcome"] == "fail":
                self.standing.failed.add(finding["id"])
                if finding["severity"] in BLOCKING:
                    at_fault = finding["locations"][0]["value"]
                    self.standing.blocking[index, finding["rule"], at_fault] += 1
            if finding["id"] in ids:
                self.wanted[finding["id"]] = finding
        for amended in reply.amended:
            if amended.refused is not None:
                self.refused.append((amended.finding, amended.refused))
            self.edits.extend(amended.edits)


def _scrub(path: str, bundle: Bundle, options: RunOptions, ids: frozenset[str]) -> _Scrubbed:
    worker = replace(options.worker, accept=ids, repair=False, want_claim=False)
    scrubbed = _Scrubbed()
    for event in scrub_files([path], bundle, replace(options, worker=worker)):
        if isinstance(event, FileFinished) and event.unread:
            problem = next(p for p in event.problems if p.fatal)
            raise AcceptError(f"{path}: {problem.message}", problem.remedy)
        if isinstance(event, ClaimScrubbed):
            scrubbed.add(event.reply, ids)
    return scrubbed


def _write_proven(
    path: Path, out: Path, before: _Scrubbed, bundle: Bundle, options: RunOptions
) -> tuple[list[ChangedSegment], _Scrubbed]:
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    draft = Path(name)
    try:
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            segments = rewrite(source, target, before.edits)
        after = _scrub(name, bundle, options, frozenset())
        if not after.standing.proves(before.wanted, before.standing):
            raise AcceptError(
                f"{path}: scrubbing the corrected file does not prove that it is better",
                "nothing was written; amend one finding at a time",
            )
        shutil.copymode(path, draft)
        draft.replace(out)
    except EditError as error:
        raise AcceptError(f"{path}: {error}", "nothing was written; amend one finding at a time") from None
    finally:
        draft.unlink(missing_ok=True)
    return segments, after
