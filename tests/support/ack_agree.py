"""Acknowledgments against what they are about: the file that was scrubbed, and the result of the run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from scrubber.guides.library import Guides
from scrubber.packs.load import builtin_rules_dir, load_packs
from tests.support import ack_reading as reading
from tests.support.ack_277ca import Answered, Batch
from tests.support.ack_999 import AnsweredGroup
from tests.support.ack_found import expected_sets

#: Categories that say that something is rejected.
REJECTING = frozenset({"A3", "A6", "A7", "A8"})


@dataclass
class Acknowledged:
    """A run: its exit code and result, and what its acknowledgments say."""

    code: int
    result: dict[str, Any]
    groups: list[AnsweredGroup]
    interchanges: list[tuple[str, str, str]]
    batches: list[Batch]

    @property
    def claims(self) -> dict[str, Answered]:
        return {claim.control: claim for batch in self.batches for claim in batch.claims}


def can_be_read(text: str, kind: str) -> None:
    """Check an acknowledgment by our reader, our guides and pyx12."""
    assert reading.problems(text) == []
    reading.counts_are_right(text)
    assert reading.violations(text) == []
    asked = Counter[reading.Complaint]()
    if kind == "277ca":
        reading.levels_are_right(text)
        asked = reading.pyx12_asks_for(text)
    assert Counter(reading.complaints(text)) == asked


@cache
def our_guides() -> Guides:
    return Guides(load_packs([builtin_rules_dir()]).guides.loaders())


def sets_agree(found: Acknowledged, data: bytes) -> None:
    """The 999 says what the reader finds in the file; every finding of the guide in the result is in it."""
    answered = [each for group in found.groups for each in group.sets]
    for each in answered:
        each.codes.sort()
    assert answered == expected_sets(data, our_guides())
    errors = [error for each in answered for error in each.errors]
    told = {(e.segment, e.code, code) for e in errors for _, _, code in e.elements or [("", "", "")]}
    (file,) = found.result["files"]
    findings = [f for claim in file["claims"] for f in claim["findings"] if f["rule"].startswith("IG-")]
    for finding in findings:
        at, evidence = finding["locations"][0]["x12"], finding["evidence"]
        if finding["rule"] != "IG-102":  # a segment that X12 does not have is the trailer's alone
            assert (at["segment"], evidence["ik304"], evidence.get("ik403", "")) in told


def claims_agree(found: Acknowledged, data: bytes) -> None:
    """The 277CA answers every claim of a transaction that the 999 accepts, in order, as the result says."""
    (file,) = found.result["files"]
    results = iter(file["claims"])
    letters = [each.letter for group in found.groups for each in group.sets]
    for batch, letter, sent in zip(found.batches, letters, claims_of(data), strict=True):
        its = [next(results) for _ in sent]
        assert (batch.action == "U") is (letter == "R")
        if batch.action == "U":
            assert batch.status == "A3:481" and batch.totals["AA"] == len(sent)
            assert batch.charge == sum(charge for _, charge in sent)
            continue
        assert batch.status == "A1:19:AY"
        assert [(answer.control, answer.charge) for answer in batch.claims] == sent
        for answer, result in zip(batch.claims, its, strict=True):
            answer_agrees(answer, result)
    assert not list(results)


def claims_of(data: bytes) -> list[list[tuple[str, Decimal]]]:
    """Return CLM01 and CLM02 of the claims of every transaction; zeros stand for what is not there."""
    out: list[list[tuple[str, Decimal]]] = []
    for elements in (segment.split("*") for segment in reading.segments(data.decode("ascii"))):
        if elements[0] == "ST":
            out.append([])
        elif elements[0] == "CLM":
            out[-1].append((elements[1] or "0", Decimal(elements[2] or 0)))
    return out


def answer_agrees(answer: Answered, result: dict[str, Any]) -> None:
    """A rejected claim has what blocks it and nothing else, each where it belongs."""
    if result["submittable"]:
        assert (answer.action, answer.statuses, answer.lines) == ("WQ", ["A1:20"], [])
        return
    standing = [f for f in result["findings"] if f["outcome"] == "fail"]
    blocking = [f for f in standing if f["severity"] in ("reject", "deny")]
    lines = {found[1] for f in blocking if (found := re.match(r"lines\[(\d+)\]", _path(f)))}
    assert answer.action == "U" and len(answer.lines) == len(lines)
    assert all(status[:2] in REJECTING for status in answer.all_statuses)
    for finding in blocking:
        status = (finding["denial"] or {}).get("status277") or ""
        if status[:2] in REJECTING:
            assert any(said.startswith(status) for said in answer.all_statuses), status


def _path(finding: dict[str, Any]) -> str:
    return next((at["path"] for at in finding["locations"] if at["role"] == "primary"), "")
