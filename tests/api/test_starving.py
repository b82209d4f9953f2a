"""Requests may wait for a worker, but not hold up others, and not for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from scrubber.packs.bundle import Bundle
from scrubber_api.app import create_app
from scrubber_api.pool import Busy, Turns
from tests.api.fakes import HERE, Fakes, a_problem


@asynccontextmanager
async def serving(bundle: Bundle, workers: int = 1) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(bundle, workers)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=HERE, timeout=None) as client,
    ):
        yield client


def test_waiting_claims_do_not_hold_up_what_needs_no_worker(bundle: Bundle, fakes: Fakes) -> None:
    made = fakes("hangs")

    async def main() -> float:
        async with serving(bundle) as client:
            waiting = [asyncio.create_task(client.post("/v1/claims/validate", json={})) for _ in range(60)]
            await asyncio.sleep(0.2)
            start = time.monotonic()
            for path in ("/healthz", "/v1/claims/schema", "/v1/rules", "/openapi.json"):
                assert (await client.get(path)).status_code == 200, path
            bad = await client.post("/v1/claims/validate", json={"total_charge": 1})
            assert bad.status_code == 422
            took = time.monotonic() - start
            for task in waiting:
                task.cancel()
            for worker in made:
                worker.kill()
            await asyncio.gather(*waiting, return_exceptions=True)
            return took

    assert asyncio.run(main()) < 5


def test_a_long_queue_is_refused_at_once(
    bundle: Bundle, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fakes("hangs")
    monkeypatch.setattr("scrubber_api.pool.WAITING_PER_WORKER", 3)

    async def main() -> list[httpx.Response]:
        async with serving(bundle) as client:
            tasks = [asyncio.create_task(client.post("/v1/claims/validate", json={})) for _ in range(10)]
            refused, waiting = await asyncio.wait(tasks, timeout=2)
            assert (len(refused), len(waiting)) == (6, 4)  # one at work and three behind it
            for task in waiting:
                task.cancel()
            for worker in made:
                worker.kill()
            await asyncio.gather(*waiting, return_exceptions=True)
            return [task.result() for task in refused]

    for response in asyncio.run(main()):
        assert a_problem(response, 503)["title"] == "Busy"


def test_a_turn_that_does_not_come_is_refused_and_leaves_the_queue() -> None:
    async def main() -> None:
        with Turns(1, 1, patience=0.05) as turns:
            gate = threading.Event()
            first = asyncio.create_task(turns.run(gate.wait))
            await asyncio.sleep(0.01)
            for _ in range(3):
                with pytest.raises(Busy):
                    await turns.run(bool)
            gate.set()
            assert await first is True
            assert await turns.run(lambda: 7) == 7

    asyncio.run(main())


def test_many_claims_at_once_are_all_checked(bundle: Bundle, fakes: Fakes) -> None:
    fakes("works")

    async def main() -> list[httpx.Response]:
        async with serving(bundle, workers=2) as client:
            bodies = [{"patient_control_number": f"A{i}"} for i in range(80)]
            return await asyncio.gather(*(client.post("/v1/claims/validate", json=b) for b in bodies))

    assert [r.json()["claim_id"] for r in asyncio.run(main())] == [f"A{i}" for i in range(80)]
