"""Write amendments into files: `safe` ones by themselves, `confirm` ones that a named person accepted.

The corrected file is scrubbed again before it gets its name: each accepted finding must be gone and
nothing new may block. The original is never touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from scrubber.findings import BLOCKING
from scrubber.packs.bundle import Bundle
from scrubber.supervisor import ClaimScrubbed, FileFinished, RunOptions, scrub_files
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
    """What was written: the findings amended, and the segments that changed."""

    findings: tuple[dict[str, Any], ...]
    segments: tuple[ChangedSegment, ...]


def accept(path: str, ids: Sequence[str], out: Path, bundle: Bundle, options: RunOptions) -> Accepted:
    """Write `path` with the amendments of the findings `ids` to `out`.

    Raises AcceptError; then nothing is written.
    """
    worker = replace(options.worker, accept=frozenset(ids), repair=False, want_claim=False)
    before, edits = _scrub(path, bundle, replace(options, worker=worker))
    missing = [finding for finding in ids if finding not in before]
    if missing:
        raise AcceptError(
            f"{path} has no finding {missing[0]}",
            "copy the id from `scrubber scrub --format json` of the same file, packs and receipt date",
        )
    segments = _write_proven(Path(path), out, edits, set(ids), before, bundle, options)
    return Accepted(tuple(before[finding] for finding in dict.fromkeys(ids)), tuple(segments))


def repair(
    path: str, edits: Iterable[SegmentEdit], ids: set[str], out: Path, bundle: Bundle, options: RunOptions
) -> list[ChangedSegment]:
    """Write `path` with the edits of its safe amendments to `out`; return the segments that changed.

    Raises AcceptError when the repaired file would still have one of the findings; then nothing is written.
    """
    worker = replace(options.worker, accept=frozenset(), repair=False, want_claim=False)
    before, _ = _scrub(path, bundle, replace(options, worker=worker))
    return _write_proven(Path(path), out, list(edits), ids, before, bundle, options)


def _scrub(
    path: str, bundle: Bundle, options: RunOptions
) -> tuple[dict[str, dict[str, Any]], list[SegmentEdit]]:
    """Return the failed findings of a file by id, and the edits of the amendments that were asked for."""
    findings: dict[str, dict[str, Any]] = {}
    edits: list[SegmentEdit] = []
    for event in scrub_files([path], bundle, options):
        if isinstance(event, FileFinished) and event.unread:
            problem = next(p for p in event.problems if p.fatal)
            raise AcceptError(f"{path}: {problem.message}", problem.remedy)
        if not isinstance(event, ClaimScrubbed):
            continue
        for finding in orjson.loads(event.reply.result)["findings"]:
            findings[finding["id"]] = finding
        for amended in event.reply.amended:
            if amended.refused is not None:
                raise AcceptError(
                    f"{amended.finding} cannot be accepted: {amended.refused}",
                    "correct the claim in the system it comes from",
                )
            edits.extend(amended.edits)
    return findings, edits


def _write_proven(
    path: Path,
    out: Path,
    edits: Sequence[SegmentEdit],
    ids: set[str],
    before: dict[str, dict[str, Any]],
    bundle: Bundle,
    options: RunOptions,
) -> list[ChangedSegment]:
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    draft = Path(name)
    try:
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            segments = rewrite(source, target, edits)
        worker = replace(options.worker, accept=frozenset(), repair=False, want_claim=False)
        after, _ = _scrub(name, bundle, replace(options, worker=worker))
        still = ids & {key for key, finding in after.items() if finding["outcome"] == "fail"}
        new = {k for k, f in after.items() if f["outcome"] == "fail" and f["severity"] in BLOCKING} - set(
            before
        )
        if still or new:
            raise AcceptError(
                f"the corrected file would still have {len(still)} of the findings and {len(new)} new ones",
                "nothing was written; amend one finding at a time",
            )
        shutil.copymode(path, draft)
        draft.replace(out)
    except EditError as error:
        raise AcceptError(str(error), "nothing was written; amend one finding at a time") from None
    finally:
        draft.unlink(missing_ok=True)
    return segments
