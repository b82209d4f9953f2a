"""Workers that fail in every way: replaced, and at most one claim is an error for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber.read.claim_json import (
    JsonChunk,
)
from scrubber.worker import WorkerError
from scrubber_api.app import create_app
from scrubber_api.pool import Busy, Pool
from tests.api.fakes import CHUNK, HERE, Fakes, FakeWorker, a_problem, outcome
from tests.conftest import SECRET


@pytest.fixture
def pool(bundle: Bundle, fakes: Fakes) -> Iterator[Callable[..., Pool]]:
    pools: list[Pool] = []

    def start(*ways: str, size: int = 1, patience: float = 5.0) -> Pool:
        fakes(*ways)
        pools.append(Pool(bundle, size, patience).__enter__())
        return pools[-1]

    yield start
    for one in pools:
        one.__exit__(None, None, None)


def test_a_worker_that_cannot_start_is_replaced(pool: Callable[..., Pool]) -> None:
    one = pool("cannot start", "cannot start", "works")
    with pytest.raises(WorkerError, match="the engine is missing"):
        one.scrub(CHUNK, None)
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]


@pytest.mark.parametrize("way", ["ends at start", "cannot start"])
def test_one_that_failed_before_the_request_costs_it_nothing(way: str, pool: Callable[..., Pool]) -> None:
    assert [outcome(r) for r in pool(way, "works").scrub(CHUNK, None).claims] == [("A", "rejected")]


def test_one_that_died_while_idle_is_not_blamed_on_the_claim(pool: Callable[..., Pool]) -> None:
    one = pool("works")
    one.scrub(CHUNK, None)
    FakeWorker.made[0].kill()
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]


@pytest.mark.parametrize(("way", "patience"), [("ends", 5.0), ("hangs", 0.1)])
def test_a_claim_that_ends_or_hangs_its_worker_is_an_error(
    way: str, patience: float, pool: Callable[..., Pool]
) -> None:
    one = pool(way, "works", patience=patience)
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "error")]
    assert FakeWorker.made[0].ended.is_set()
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]


def test_one_that_does_not_even_take_the_claim_is_ended(pool: Callable[..., Pool]) -> None:
    one = pool("takes nothing", "works", patience=0.1)
    with pytest.raises(WorkerError):
        one.scrub(CHUNK, None)
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]


def test_a_late_answer_never_goes_to_the_next_claim(pool: Callable[..., Pool]) -> None:
    """What a broken worker still says is about another claim."""
    one = pool("breaks", "works")
    with pytest.raises(ValueError):
        one.scrub(CHUNK, None)
    later = one.scrub(JsonChunk(({"patient_control_number": "B"},), 0), None).claims
    assert [outcome(r) for r in later] == [("B", "rejected")]
    assert len(FakeWorker.made) == 2 and FakeWorker.made[0].ended.is_set()


def test_one_that_is_still_starting_is_left_to_start(pool: Callable[..., Pool]) -> None:
    one = pool("starts for ever", patience=0.1)
    with pytest.raises(Busy):
        one.scrub(CHUNK, None)
    assert len(FakeWorker.made) == 1 and not FakeWorker.made[0].ended.is_set()


def test_a_place_without_a_process_gets_one_later(pool: Callable[..., Pool]) -> None:
    one = pool("cannot start", "no process", "no process", "works")
    with pytest.raises(WorkerError, match="refuses to start"):
        one.scrub(CHUNK, None)
    assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]


def test_alive_is_false_until_a_replacement_works(pool: Callable[..., Pool]) -> None:
    one = pool("cannot start")
    assert [one.alive() for _ in range(3)] == [False] * 3
    FakeWorker.ways[:] = ["starts for ever"]
    one.alive()  # sees the last one that cannot start
    assert one.alive() is False  # after one that failed, starting is no promise
    FakeWorker.ways[:] = ["works"]
    FakeWorker.made[-1].kill()
    one.alive()
    assert one.alive() is True


def test_a_worker_that_starts_for_the_first_time_is_taken_for_alive(pool: Callable[..., Pool]) -> None:
    assert pool("starts for ever").alive() is True


def test_a_real_process_that_is_killed_is_replaced(bundle: Bundle) -> None:
    others = set(multiprocessing.active_children())
    with Pool(bundle, 1) as one:
        assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]
        before = [child for child in multiprocessing.active_children() if child not in others]
        assert len(before) == 1 and before[0].pid is not None
        os.kill(before[0].pid, signal.SIGKILL)
        before[0].join()
        assert one.alive() is False
        assert [outcome(r) for r in one.scrub(CHUNK, None).claims] == [("A", "rejected")]
        assert one.alive() is True


@pytest.mark.parametrize(
    ("ways", "status", "title"),
    [
        (("cannot start",), 503, "Not checked"),
        (("takes nothing",), 503, "Not checked"),
        (("breaks",), 500, "Internal error"),
    ],
)
def test_the_api_says_that_a_claim_was_not_checked(
    ways: tuple[str, ...],
    status: int,
    title: str,
    bundle: Bundle,
    fakes: Fakes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes(*ways)
    monkeypatch.setattr("scrubber_api.app.Pool", lambda bundle, size: Pool(bundle, size, 0.2))
    with TestClient(create_app(bundle), base_url=HERE, raise_server_exceptions=False) as client:
        response = client.post("/v1/claims/validate", json={"patient_control_number": SECRET})
        assert a_problem(response, status)["title"] == title
        assert SECRET not in response.text


def test_health_is_503_when_no_worker_is_alive(bundle: Bundle, fakes: Fakes) -> None:
    made = fakes("works")
    with TestClient(create_app(bundle), base_url=HERE) as client:
        assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (200, {"status": "ok"})
        made[0].kill()
        a_problem(client.get("/healthz"), 503)
        assert client.get("/healthz").status_code == 200
