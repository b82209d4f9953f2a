"""The members of a run's result around its claims, as the published JSON has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from scrubber.findings import SCHEMA_VERSION, Finding, Location, X12Place, finding_id
from scrubber.history.store import Seen
from scrubber.inputs import FileFinished
from scrubber.packs.bundle import Bundle
from scrubber.read.x12 import FileProblem
from scrubber.reference.store import Edition, Snapshot
from scrubber.supervisor import Summary
from scrubber.version import engine_version


def run_head(
    bundle: Bundle,
    receipt_date: dt.date | None,
    supplied: Collection[str] = (),
    data: Snapshot | None = None,
    history: Seen | None = None,
) -> dict[str, Any]:
    """Return the members before `files`; `receipt_date` null: each transaction's own date (BHT04) counts.

    `supplied` are the inputs that the run was given besides the claims, such as `history`; `data` are the
    reference tables, of which those are listed that a rule looks at; `history` is said where there is one.
    """
    asked = bundle.asked
    return {
        "schema_version": SCHEMA_VERSION,
        "engine": {"name": "claim-scrubber", "version": engine_version(), "rules_hash": bundle.hash},
        "receipt_date": receipt_date.isoformat() if receipt_date else None,
        "packs": [{"id": p.id, "version": p.version, "hash": p.hash} for p in bundle.packs],
        "reference_data": [_edition(e) for e in data.editions if e.table in asked] if data else [],
        "supplied": sorted(supplied),
        **({"history": _history(history)} if history is not None else {}),
        **({"overrides": _overrides(bundle)} if bundle.overrides.overrides else {}),
    }


def _overrides(bundle: Bundle) -> list[dict[str, Any]]:
    """Return the local decisions about rules: what is off leaves no other trace in a result."""
    return [
        {
            "rule": entry.rule,
            "change": "off" if entry.active is False else str(entry.severity),
            "payers": sorted(entry.payers),
            "effective_from": entry.effective.from_.isoformat() if entry.effective.from_ else None,
            "effective_to": entry.effective.to.isoformat() if entry.effective.to else None,
            "reason": entry.reason,
            "by": entry.by,
        }
        for entry, _ in bundle.overrides.overrides
    ]


def _history(history: Seen) -> dict[str, Any]:
    """Return how far the history reaches; `since` null: nobody said from which day on it has everything."""
    since = history.since.isoformat() if history.since is not None else None
    return {"claims": history.claims, "since": since}


def _edition(edition: Edition) -> dict[str, Any]:
    """Return an edition that look-ups of the run could find rows in; when it was imported does not matter."""
    return {
        "table": edition.table,
        "edition": edition.edition,
        "effective_from": edition.effective_from.isoformat(),
        "effective_to": edition.effective_to.isoformat() if edition.effective_to else None,
        "rows": edition.rows,
    }


def file_tail(file: FileFinished) -> dict[str, Any]:
    """Return the members of a file after its claims.

    `not_evaluated` is there where rules over all its claims could not be answered.
    """
    found = [*map(problem_finding, file.problems), *file.findings]
    gaps = [asdict(gap) for gap in file.not_evaluated]
    return {
        "findings": [asdict(finding) for finding in found],
        "sha256": file.sha256,
        **({"not_evaluated": gaps} if gaps else {}),
    }


def run_summary(summary: Summary) -> dict[str, Any]:
    """Return the counts of a run. `not_evaluated` lists rules that the whole run gave nothing to look at.

    `unused_suppressions` are local decisions that set nothing aside, where there are any such decisions.
    """
    unused = [
        {"rule": entry.rule, "file": file, "expires": entry.expires.isoformat()}
        for entry, file in summary.unused
    ]
    return {
        "files": summary.files,
        "claims": summary.claims,
        "outcomes": {k: summary.outcomes[k] for k in ("rejected", "review", "clean", "error")},
        "severities": {
            "reject": summary.severities["reject"] + summary.file_problems,
            **{k: summary.severities[k] for k in ("deny", "warn", "info")},
        },
        "partial": summary.partial,
        "file_findings": summary.file_problems + summary.file_findings,
        "not_evaluated": [asdict(gap) for gap in summary.not_evaluated],
        **({"unused_suppressions": unused} if summary.suppressions else {}),
    }


def problem_finding(problem: FileProblem) -> Finding:
    """Return a problem of a file's envelope as a finding, in the same shape as a claim's."""
    place = None
    if problem.segment is not None or problem.position is not None:
        place = X12Place("", problem.segment or "", problem.element, position=problem.position)
    where = f"file.segment[{problem.position}]" if problem.position else "file"
    return Finding(
        id=finding_id(problem.code, "", 0, where, (problem.segment or "", str(problem.element or ""))),
        rule=problem.code,
        rule_version=engine_version(),
        pack="envelope",
        outcome="fail",
        severity="reject",
        snip=1,
        category="format",
        title=problem.title,
        message=problem.message[:1].upper() + problem.message[1:] + ".",
        why="What could not be read was not checked, and nobody else will read it."
        if problem.fatal
        else "A clearinghouse rejects a file whose envelopes do not add up.",
        locations=(Location("primary", where, "", place),),
        evidence={},
        reason=f"Remedy: {problem.remedy}.",
    )
