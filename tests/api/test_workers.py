"""Scrubbing processes that die under the service are replaced; nobody else's claim is an error for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber_api.app import create_app
from tests.api.conftest import ONE_CLAIM_FILES, VALIDATE, X12
from tests.conftest import PROFESSIONAL, Poison


@pytest.fixture
def before() -> set[int]:
    """The processes that other tests of this session may have."""
    return {process.pid or 0 for process in multiprocessing.active_children()}


@pytest.fixture
def client(bundle: Bundle, before: set[int]) -> Iterator[TestClient]:
    with TestClient(
        create_app(bundle), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as running:
        yield running


def workers(before: set[int]) -> list[int]:
    return [p.pid for p in multiprocessing.active_children() if p.pid is not None and p.pid not in before]


def check(client: TestClient, content: bytes = PROFESSIONAL) -> tuple[int, str]:
    answer = client.post(VALIDATE, content=content, headers=X12)
    return answer.status_code, answer.json().get("outcome", "")


def test_a_process_killed_between_requests_is_replaced_before_the_next(
    client: TestClient, before: set[int]
) -> None:
    assert check(client) == (200, "clean")
    for _ in range(2):
        (pid,) = workers(before)
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        # The claim had no part in it: it is scrubbed, not an error.
        assert check(client) == (200, "clean")
        (replacement,) = workers(before)
        assert replacement != pid


def test_a_claim_that_kills_its_process_is_an_error_and_the_next_is_scrubbed(
    before: set[int], bundle: Bundle, poison: Poison
) -> None:
    poison({"KILLER": "die"})
    killer = PROFESSIONAL.replace(b"FICT-0001", b"KILLER")
    with TestClient(create_app(bundle), base_url="http://127.0.0.1") as client:
        assert check(client) == (200, "clean")
        answer = client.post(VALIDATE, content=killer, headers=X12)
        assert answer.status_code == 200
        claim = answer.json()
        assert (claim["outcome"], claim["submittable"], claim["claim_id"]) == ("error", False, "KILLER")
        assert claim["not_evaluated"][0]["reason"] == "the scrubbing process ended or hung on this claim"
        assert check(client) == (200, "clean")


def test_requests_at_the_same_time_get_their_own_answers(bundle: Bundle) -> None:
    files = [
        content.replace(b"FICT-000", f"SAME{i:02d}".encode())
        for i in range(12)
        for content in list(ONE_CLAIM_FILES.values())[:2]
    ]
    with (
        TestClient(create_app(bundle, workers=2), base_url="http://127.0.0.1") as client,
        ThreadPoolExecutor(8) as threads,
    ):
        answers = list(
            threads.map(lambda body: client.post(VALIDATE, content=body, headers=X12).json(), files)
        )
    for i, answer in enumerate(answers):
        assert answer["claim_id"] == f"SAME{i // 2:02d}1"
        assert answer["outcome"] == ("rejected" if i % 2 else "clean")


def test_the_processes_end_with_the_service(bundle: Bundle, before: set[int], tmp_path: Path) -> None:
    with TestClient(create_app(bundle, workers=2), base_url="http://127.0.0.1") as client:
        check(client)
        assert len(workers(before)) == 2
    assert workers(before) == []
