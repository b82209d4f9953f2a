"""`--limit`: what it takes, what it does to a file, and that acknowledgments and the service know of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber.read.limits import KINDS, Limits
from scrubber.worker import WorkerOptions
from scrubber_api.app import create_app
from tests.conftest import PROFESSIONAL, SECRET, Quick, assert_refused, body_of, in_transactions, scrubber

TEXT = PROFESSIONAL.decode()
COMMANDS = (
    ("scrub", "claims.837"),
    ("amend", "claims.837", "--accept", "X", "--by", "A", "--out", "B"),
    ("serve",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_limit_that_cannot_be_set_is_refused(words: tuple[str, ...], quick: Quick) -> None:
    ran = quick(*words, "--limit", "rows=5")
    remedy = f"write --limit NAME=NUMBER, where NAME is one of {', '.join(KINDS)}"
    assert_refused(ran, "'rows=5' sets no limit", remedy)
    ran = quick(*words, "--limit", "lines=0")
    assert_refused(ran, "the limit lines cannot be 0", "choose a number from 1 to 1000000")


@pytest.mark.parametrize("command", ["scrub", "amend", "serve"])
def test_the_help_lists_the_limits_and_their_defaults(command: str) -> None:
    shown = " ".join(scrubber(command, "--help").out.split())
    for kind in KINDS.values():
        assert f"{kind.name}={kind.default} ({kind.what} {kind.of})" in shown


def test_one_claim_is_refused_and_the_others_are_scrubbed(tmp_path: Path, quick: Quick) -> None:
    path = tmp_path / "claims.837"
    long = body_of("LONG").replace("HI*", f"NTE*ADD*{SECRET * 3000}~\nHI*")
    path.write_text(in_transactions(body_of("GOOD"), long, body_of("BAD").replace("*245*", "*240*")))
    ran = quick("scrub", path, "--format", "json")
    assert [(claim["claim_id"], claim["outcome"]) for claim in ran.claims] == [
        ("GOOD", "clean"),
        ("LONG", "error"),
        ("BAD", "rejected"),
    ]
    assert ran.code == 1
    assert "1 claim was not checked (error)" in ran.err
    assert SECRET not in ran.out + ran.err
    allowed = quick("scrub", path, "--format", "json", "--limit", "segment_length=100_000")
    assert [claim["outcome"] for claim in allowed.claims][1] != "error"  # the guide has a word on it then


def test_a_file_of_too_many_claims_is_read_in_part(tmp_path: Path, quick: Quick) -> None:
    path = tmp_path / "claims.837"
    path.write_text(in_transactions(*(body_of(f"C{i}") for i in range(5))))
    ran = quick("scrub", path, "--format", "json", "--limit", "claims=3", "--limit", "lines=50")
    assert [claim["claim_id"] for claim in ran.claims] == ["C0", "C1", "C2"]
    assert [finding["rule"] for finding in ran.json["files"][0]["findings"]] == ["FILE-003"]
    assert ran.code == 2
    assert "--limit claims=NUMBER" in ran.err
    shown = quick("scrub", path, "--limit", "claims=3")
    assert "FILE-003" in shown.out and shown.code == 2


def test_no_acknowledgment_accepts_claims_that_nobody_looked_at(tmp_path: Path, quick: Quick) -> None:
    path, out = tmp_path / "claims.837", tmp_path / "acks"
    path.write_text(in_transactions(*(body_of(f"C{i}") for i in range(5))))
    ran = quick(
        "scrub", path, "--ack", "999", "--ack", "ta1", "--ack", "277ca", "--out", out, "--limit", "claims=3"
    )
    assert ran.code == 2
    assert [file.name for file in out.iterdir()] == ["claims.837.ta1"]
    assert "*R*" in next(s for s in (out / "claims.837.ta1").read_text().split("~") if "TA1*" in s)


def test_commands_in_a_report_repeat_the_limits(tmp_path: Path, quick: Quick) -> None:
    path = tmp_path / "claims.837"
    path.write_text(TEXT.replace("*245*", "*240*"))
    shown = " ".join(quick("scrub", path, "--limit", "lines=60").out.split())
    assert "--limit lines=60" in shown
    assert "--limit" not in quick("scrub", path).out


@pytest.mark.parametrize("kind", ["application/edi-x12", "application/json"])
def test_the_service_refuses_what_breaks_a_limit(kind: str, bundle: Bundle) -> None:
    bodies = {
        "application/edi-x12": TEXT,
        "application/json": '{"claim_type": "professional", "lines": [{}, {}]}',
    }
    for lines, outcome in ((1, True), (2, False)):
        app = create_app(bundle, options=WorkerOptions(limits=Limits(lines=lines)))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            answer = client.post("/v1/claims/validate", content=bodies[kind], headers={"content-type": kind})
        assert answer.status_code == 200
        assert (answer.json()["outcome"] == "error") is outcome
        assert ("2 service lines, and at most 1 are allowed" in answer.text) is outcome
