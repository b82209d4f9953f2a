"""Exit codes: 0 nothing blocks, 1 something does or was not checked, 2 something could not be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import claim_to_json
from scrubber.read.split import split_x12
from tests.conftest import EXAMPLE_HEALTH, PROFESSIONAL, Quick, Ran, scrubber


def _without_date() -> bytes:
    """Return the clean claim as JSON that does not say when it was sent; an 837 has to."""
    (chunk,) = [part for part in split_x12(io.BytesIO(PROFESSIONAL)) if isinstance(part, Chunk)]
    (item,) = chunk.read()
    claim = claim_to_json(item.claim)
    del claim["transaction"]["date"]
    return json.dumps(claim).encode()


WITHOUT_DATE = _without_date()
REPEATED = b"HC:99213:25:GC:25*"
PART = "scrubber: 1 claim was checked only in part; what was not evaluated is not a pass.\n"

#: name → (content, claim outcome, exit code, standard error)
CASES: dict[str, tuple[bytes, str, int, str]] = {
    "nothing found": (PROFESSIONAL, "clean", 0, ""),
    "a warning": (PROFESSIONAL.replace(b"HC:99213*", REPEATED), "review", 0, ""),
    "the same warning, made a denial for this payer": (
        EXAMPLE_HEALTH.replace(b"HC:99213*", REPEATED),
        "rejected",
        1,
        "",
    ),
    "a front end rejects": (PROFESSIONAL.replace(b"*245*", b"*240*"), "rejected", 1, ""),
    "not all rules could be evaluated": (WITHOUT_DATE, "clean", 0, PART),
}


def run(quick: Quick, *words: str) -> tuple[Ran, str]:
    ran = quick("scrub", "claims.837", "--format", "json", *words)
    (claim,) = ran.claims
    outcome: str = claim["outcome"]
    assert claim["submittable"] == (outcome in ("clean", "review"))
    return ran, outcome


@pytest.mark.parametrize("name", CASES)
def test_the_exit_code_follows_the_worst_outcome(name: str, workspace: Path, quick: Quick) -> None:
    content, outcome, code, err = CASES[name]
    Path("claims.837").write_bytes(content)
    ran, found = run(quick)
    assert (found, ran.code, ran.err) == (outcome, code, err)
    assert ran.json["summary"]["outcomes"][outcome] == 1


def test_a_gap_is_never_a_pass_where_completeness_is_required(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(WITHOUT_DATE)
    ran, outcome = run(quick, "--require-complete")
    assert (ran.code, outcome, ran.err) == (1, "clean", PART)
    (claim,) = ran.claims
    assert claim["coverage"] == "partial"
    assert "FMT-005" in {entry["rule"] for entry in claim["not_evaluated"]}
    for entry in claim["not_evaluated"]:
        assert entry["reason"] and entry["remedy"]


def test_a_receipt_date_closes_the_gap(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(WITHOUT_DATE)
    ran, outcome = run(quick, "--require-complete", "--receipt-date", "2026-08-20")
    assert (ran.code, outcome, ran.err) == (0, "clean", "")


def test_what_could_not_be_read_outweighs_what_blocks(workspace: Path, quick: Quick) -> None:
    Path("a.837").write_bytes(PROFESSIONAL.replace(b"*245*", b"*240*"))
    Path("b.837").write_bytes(PROFESSIONAL[:30])
    ran = quick("scrub", "a.837", "b.837", "--format", "json")
    assert (ran.code, [claim["outcome"] for claim in ran.claims]) == (2, ["rejected"])


def test_the_command_itself_ends_with_these_codes(workspace: Path) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL.replace(b"*245*", b"*240*"))
    assert scrubber("scrub", "claims.837").code == 1
    assert scrubber("--version").code == 0
    assert scrubber("scrub", "--help").code == 0
