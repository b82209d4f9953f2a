"""What a request may not do: starve the others, get another claim's answer, be repeated, or lose a part."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import io
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import httpx
import jsonpatch
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from scrubber.claim.values import Unreadable, read_amount, read_date, read_number
from scrubber.inputs import AnyChunk
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.read.claim_json import (
    ClaimJsonError,
    JsonChunk,
    claim_from_json,
    claim_to_json,
    split_json,
)
from scrubber.read.split import Chunk, split_x12
from scrubber.read.x12 import ReadError
from scrubber.worker import ClaimReply, WorkerError, WorkerOptions, scrub_chunk
from scrubber_api import server
from scrubber_api.app import create_app
from scrubber_api.pool import Busy, Pool, Turns
from tests.conftest import PROFESSIONAL, SECRET

HERE = "http://127.0.0.1"
CHUNK = JsonChunk(({"patient_control_number": "A"},), 0)


class FakeWorker:
    """A worker without a process. `ways` says how the next ones behave, the last how all further do."""

    ways: ClassVar[list[str]] = []
    made: ClassVar[list[FakeWorker]] = []
    scrubber: ClassVar[Scrubber]
    pid = None

    def __init__(self, bundle: Bundle, options: WorkerOptions) -> None:
        self.way = self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]
        if self.way == "no process":
            raise OSError("Resource temporarily unavailable")
        self.pipe, self._theirs = multiprocessing.Pipe()
        self.ready = False
        self.ended, self._ending = threading.Event(), threading.Lock()
        self.made.append(self)
        if self.way == "ends at start":
            self.kill()
        elif self.way == "cannot start":
            self._theirs.send(WorkerError("the engine is missing"))
        elif self.way != "starts for ever":
            self._theirs.send("ready")

    def ask(self, chunk: AnyChunk, receipt_date: dt.date | None = None) -> None:
        if self.way == "takes nothing":
            self.ended.wait()
            raise EOFError
        if self.way == "ends":
            self.kill()
        elif self.way == "breaks":
            self._theirs.send(ValueError(SECRET))
        elif self.way != "hangs":
            self._theirs.send(list(scrub_chunk(self.scrubber, chunk, WorkerOptions(), receipt_date)))

    def answer(self) -> list[ClaimReply] | None:
        message = self.pipe.recv()
        if isinstance(message, Exception):
            raise message
        if message == "ready":
            self.ready = True
            return None
        assert isinstance(message, list)
        return message

    def kill(self) -> None:
        with self._ending:
            self.ended.set()
            self._theirs.close()

    def stop(self) -> None:
        self.kill()
        self.pipe.close()


Fakes = Callable[..., list[FakeWorker]]


@pytest.fixture
def fakes(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Replace the workers by fakes that behave as named; the list of them grows as they are made."""

    def install(*ways: str) -> list[FakeWorker]:
        monkeypatch.setattr(FakeWorker, "ways", list(ways))
        monkeypatch.setattr(FakeWorker, "made", [])
        monkeypatch.setattr(FakeWorker, "scrubber", _scrubber(bundle), raising=False)
        monkeypatch.setattr("scrubber_api.pool.Worker", FakeWorker)
        return FakeWorker.made

    return install


_SCRUBBERS: dict[int, Scrubber] = {}


def _scrubber(bundle: Bundle) -> Scrubber:
    return _SCRUBBERS.setdefault(id(bundle), Scrubber(bundle))


@pytest.fixture
def client(bundle: Bundle, fakes: Fakes) -> Iterator[TestClient]:
    """The API with a worker that works."""
    fakes("works")
    with TestClient(create_app(bundle), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def a_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status and problem["title"] and problem["detail"]
    return problem


def outcome(reply: ClaimReply) -> tuple[str, str]:
    return json.loads(reply.result)["claim_id"], reply.outcome


# --- nobody starves --------------------------------------------------------------------------------------


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


# --- hosts -------------------------------------------------------------------------------------------------


def host_status(bundle: Bundle, host: str, served: str = "127.0.0.1") -> httpx.Response:
    client = TestClient(create_app(bundle, host=served), base_url=HERE)
    return client.get("/v1/claims/schema", headers={"host": host})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8080"]
)
def test_this_machine_is_answered(bundle: Bundle, host: str) -> None:
    assert host_status(bundle, host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("testserver", "zebrafish.example", "127.0.0.1.zebrafish.example", "localhost.zebrafish.example:80"),
        *(
            "127.0.0.2",
            "::1",
            "[::1",
            "[::1]zebrafish",
            "127.0.0.1:80:80",
            "zebrafish@127.0.0.1",
            "",
            "127.0.0.1:",
        ),
    ],
)
def test_any_other_host_is_refused_as_a_problem(bundle: Bundle, host: str) -> None:
    response = host_status(bundle, host)
    assert a_problem(response, 400)["title"] == "Host not allowed"
    assert "zebrafish" not in response.text


@pytest.mark.parametrize(
    ("served", "host"),
    [
        ("127.0.0.2", "127.0.0.2:8080"),
        ("0:0:0:0:0:0:0:1", "[::1]:8080"),
        ("::ffff:127.0.0.1", "[::ffff:127.0.0.1]"),
    ],
)
def test_the_served_host_is_answered(bundle: Bundle, served: str, host: str) -> None:
    assert host_status(bundle, host, served).status_code == 200


def test_the_server_tells_the_application_its_host(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    apps: list[Any] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: apps.append(self.config.app))
    server.run(bundle, "127.0.0.2", 0, 1)
    client = TestClient(apps[0], base_url="http://127.0.0.2:8080")
    assert client.get("/v1/claims/schema").status_code == 200


# --- workers that fail -------------------------------------------------------------------------------------


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
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]


@pytest.mark.parametrize("way", ["ends at start", "cannot start"])
def test_one_that_failed_before_the_request_costs_it_nothing(way: str, pool: Callable[..., Pool]) -> None:
    assert [outcome(r) for r in pool(way, "works").scrub(CHUNK, None)] == [("A", "rejected")]


def test_one_that_died_while_idle_is_not_blamed_on_the_claim(pool: Callable[..., Pool]) -> None:
    one = pool("works")
    one.scrub(CHUNK, None)
    FakeWorker.made[0].kill()
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]


@pytest.mark.parametrize(("way", "patience"), [("ends", 5.0), ("hangs", 0.1)])
def test_a_claim_that_ends_or_hangs_its_worker_is_an_error(
    way: str, patience: float, pool: Callable[..., Pool]
) -> None:
    one = pool(way, "works", patience=patience)
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "error")]
    assert FakeWorker.made[0].ended.is_set()
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]


def test_one_that_does_not_even_take_the_claim_is_ended(pool: Callable[..., Pool]) -> None:
    one = pool("takes nothing", "works", patience=0.1)
    with pytest.raises(WorkerError):
        one.scrub(CHUNK, None)
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]


def test_a_late_answer_never_goes_to_the_next_claim(pool: Callable[..., Pool]) -> None:
    """What a broken worker still says is about another claim."""
    one = pool("breaks", "works")
    with pytest.raises(ValueError):
        one.scrub(CHUNK, None)
    later = one.scrub(JsonChunk(({"patient_control_number": "B"},), 0), None)
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
    assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]


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
        assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]
        before = [child for child in multiprocessing.active_children() if child not in others]
        assert len(before) == 1 and before[0].pid is not None
        os.kill(before[0].pid, signal.SIGKILL)
        before[0].join()
        assert one.alive() is False
        assert [outcome(r) for r in one.scrub(CHUNK, None)] == [("A", "rejected")]
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


# --- nothing is repeated -----------------------------------------------------------------------------------


def test_a_name_that_a_claim_does_not_have_is_not_repeated(client: TestClient) -> None:
    body = {f"{SECRET} 123-45-6789": 1, "other": 2, "lines": [{}, {"procedure": {SECRET: "x"}}]}
    response = client.post("/v1/claims/validate", json=body)
    assert a_problem(response, 422)["problems"] == [
        {"path": "lines[1].procedure", "message": "has a field that a claim does not have"},
        {"path": "claim", "message": "has a field that a claim does not have"},
    ]
    assert SECRET not in response.text


def test_nor_in_the_reason_of_a_batch(bundle: Bundle) -> None:
    chunk = JsonChunk(({SECRET: 1},), 0)
    (reply,) = scrub_chunk(_scrubber(bundle), chunk, WorkerOptions())
    assert SECRET.encode() not in reply.result
    assert b"claim: has a field that a claim does not have" in reply.result


def test_a_body_full_of_mistakes_is_answered_shortly(client: TestClient) -> None:
    response = client.post("/v1/claims/validate", json={"lines": [1] * 100_000})
    assert a_problem(response, 422)["problems"] == [
        {"path": "claim", "message": "100000 places are not right"}
    ]


@pytest.mark.parametrize(
    "date", ["0", "1", "1787702400", "20260831", "2026-8-31", "2026-08-31T00:00:00", "2026-02-30", "", " "]
)
def test_a_receipt_date_is_a_date_as_it_is_written(date: str, client: TestClient) -> None:
    response = client.post("/v1/claims/validate", params={"receipt_date": date}, json={})
    assert a_problem(response, 422)["problems"] == [
        {"path": "query.receipt_date", "message": "a date like 2026-08-31 is wanted"}
    ]


def test_a_receipt_date_counts(client: TestClient) -> None:
    body = {**sent(), "transaction": {}}
    partial = client.post("/v1/claims/validate", json=body).json()
    assert partial["coverage"] == "partial"
    whole = client.post("/v1/claims/validate", params={"receipt_date": "2026-08-31"}, json=body).json()
    assert whole["coverage"] == "complete"


# --- the envelope ------------------------------------------------------------------------------------------


def check_x12(client: TestClient, body: bytes) -> Any:
    response = client.post(
        "/v1/claims/validate", content=body, headers={"content-type": "application/edi-x12"}
    )
    assert response.status_code == 200, response.text
    return response.json()


def test_a_claim_in_a_wrong_envelope_is_rejected(client: TestClient) -> None:
    good = check_x12(client, PROFESSIONAL)
    assert (good["outcome"], good["submittable"]) == ("clean", True)
    assert "file_findings" not in good
    bad = check_x12(client, PROFESSIONAL.replace(b"\nSE*", b"\nSE*1"))
    assert (bad["outcome"], bad["submittable"]) == ("rejected", False)
    (finding,) = bad["file_findings"]
    assert (finding["outcome"], finding["severity"]) == ("fail", "reject")
    rest = {**bad, "outcome": "clean", "submittable": True}
    del rest["file_findings"]
    assert rest == good and list(bad) == [*good, "file_findings"]


# --- claim JSON: one spelling ------------------------------------------------------------------------------


def sent() -> dict[str, Any]:
    """A clean claim as a client would send it."""
    chunk = next(part for part in split_x12(io.BytesIO(PROFESSIONAL)) if isinstance(part, Chunk))
    return claim_to_json(next(iter(chunk.read())).claim)


def refused(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(ClaimJsonError) as caught:
        claim_from_json(document)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_an_amendment_fits_the_document_that_was_sent(client: TestClient) -> None:
    document = sent()
    document["total_charge"] = "240"
    document["diagnoses"].insert(0, {"code": "W010XXA", "role": "principal"})
    document["diagnoses"][1]["role"] = "other"
    document["billing_provider"]["phone"] = "(217) 555-0100"
    document["referral_number"] = " "
    document["lines"][0]["modifiers"] = ["25", "", " "]
    findings = client.post("/v1/claims/validate", json=document).json()["findings"]
    patched = {}
    for finding in findings:
        amendment = finding["amendment"]
        if amendment and amendment["patch"]:
            assert amendment["verified"], finding["rule"]
            patched[finding["rule"]] = jsonpatch.apply_patch(copy.deepcopy(document), amendment["patch"])
    assert set(patched) == {"BAL-001", "DX-001", "FMT-009"}
    for rule, amended in patched.items():
        again = client.post("/v1/claims/validate", json=amended).json()
        assert rule not in {finding["rule"] for finding in again["findings"]}


@pytest.mark.parametrize("value", [240, 0, -1])
def test_a_number_is_no_amount(value: int) -> None:
    message = 'write amounts and quantities as text, like "245.00": not as a number'
    assert refused({"total_charge": value, "lines": [{"units": value}]}) == [
        ("total_charge", message),
        ("lines[0].units", message),
    ]


@pytest.mark.parametrize("value", ["007", "1.", ".5", "-.5", "00.50"])
def test_an_amount_has_one_spelling(value: str) -> None:
    message = 'write amounts and quantities plainly, like "245.00", "7" or "0.5"'
    assert refused({"total_charge": value}) == [("total_charge", message)]


@pytest.mark.parametrize("value", ["20260818", "202608180930"])
def test_a_date_has_one_spelling(value: str) -> None:
    message = 'write dates with hyphens, like "2026-08-18"'
    assert refused({"accident_date": value}) == [("accident_date", message)]
    assert refused({"lines": [{"service_date": {"from": value}}]}) == [
        ("lines[0].service_date.from", message)
    ]


def test_a_pointer_has_one_spelling() -> None:
    message = "write whole numbers without quotation marks, like 1"
    assert refused({"lines": [{"diagnosis_pointers": [1, "2"]}]}) == [
        ("lines[0].diagnosis_pointers[1]", message)
    ]


@pytest.mark.parametrize("value", ["20261345", "ABC", "2026-02-30", "202613180930", "2026-8-1", "00000000"])
def test_what_nobody_can_read_as_a_date_is_kept(value: str) -> None:
    claim = claim_from_json({"accident_date": value})
    assert claim.accident_date == Unreadable(value)
    assert claim_to_json(claim) == {"accident_date": value}


def test_x12_with_hyphens_in_a_date_stays_unreadable() -> None:
    """Else an amendment would be proven on a claim with one mistake less."""
    claim = claim_from_json({})
    claim.accident_date = read_date("2026-08-18")
    assert claim.accident_date == Unreadable("2026-08-18")
    assert claim_to_json(claim) == {"accident_date": "?2026-08-18"}
    assert claim_from_json({"accident_date": "?2026-08-18"}) == claim


@given(
    st.text("0123456789.-?ABC ", min_size=1, max_size=14).filter(str.strip)
    | st.from_regex(r"\?{0,2}[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True)
    | st.from_regex(r"-?0{0,2}[0-9]{0,3}\.?[0-9]{0,2}", fullmatch=True).filter(str.strip)
)
def test_whatever_x12_says_is_the_same_after_json(text: str) -> None:
    claim = claim_from_json({"lines": [{}]})
    claim.accident_date, claim.total_charge = read_date(text), read_amount(text)
    claim.lines[0].diagnosis_pointers = [read_number(text)]
    document = claim_to_json(claim)
    assert claim_from_json(json.loads(json.dumps(document))) == claim
    assert claim_to_json(claim_from_json(document)) == document


# --- claim JSON: blanks and types --------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_blank_text_says_nothing(blank: str) -> None:
    claim = claim_from_json(
        {
            "patient_control_number": blank,
            "total_charge": blank,
            "accident_date": blank,
            "condition_codes": [blank],
            "billing_provider": {"npi": blank, "address": {"lines": [blank, "1 MAIN ST"]}},
            "lines": [{"modifiers": ["25", blank], "diagnosis_pointers": [1, blank], "drug": {"ndc": blank}}],
        }
    )
    assert claim.patient_control_number is claim.total_charge is claim.accident_date is None
    assert claim.condition_codes == []
    assert claim.billing_provider.npi is None
    assert claim.billing_provider.address.lines == ["1 MAIN ST"]
    (line,) = claim.lines
    assert (line.modifiers, line.diagnosis_pointers) == (["25"], [1])
    assert line.drug is not None and line.drug.ndc is None


def test_a_claim_with_a_blank_id_is_found_as_one_without(client: TestClient) -> None:
    document = sent()
    document["rendering_provider"]["npi"] = None
    without = client.post("/v1/claims/validate", json=document).json()
    document["rendering_provider"]["npi"] = "  "
    assert client.post("/v1/claims/validate", json=document).json() == without
    assert without["outcome"] == "rejected"


def test_text_in_the_place_of_an_object_is_no_object() -> None:
    assert refused({"lines": ["", {}]}) == [("lines[0]", "an object is wanted")]
    assert refused([]) == refused("") == refused(None) == [("claim", "an object is wanted")]


def test_deep_json_is_refused_by_its_shape() -> None:
    deep: Any = "x"
    for _ in range(1000):
        deep = [deep]
    assert refused({"lines": deep}) == [("lines[0]", "an object is wanted")]


@pytest.mark.parametrize("kind", ["dental", SECRET, "", None])
def test_other_claims_are_not_supported_yet(kind: str | None, client: TestClient) -> None:
    response = client.post("/v1/claims/validate", json={"claim_type": kind})
    message = 'this must be "professional" or "institutional": dental claims are not supported yet'
    assert a_problem(response, 422)["problems"] == [{"path": "claim_type", "message": message}]


# --- claim JSON: files -------------------------------------------------------------------------------------


def read_json(data: bytes, size: int = 100) -> tuple[list[Any], str]:
    """Return the claims of the chunks, and what was said instead of the rest."""
    items: list[Any] = []
    try:
        for chunk in split_json(io.BytesIO(data), size):
            assert chunk.first_index == len(items)
            items.extend(chunk.items)
    except ReadError as error:
        assert error.remedy
        return items, error.message
    return items, ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'[{"a":1}]\n[{"a":2}]\n', "line 2 follows the end of the JSON"),
        (b'\n[{"a":1}]\n\n{"a":2}', "line 4 follows the end of the JSON"),
        (b'[\n{"a":1}\n]\n[\n{"a":2}\n]', "this is not JSON: line 4, column 1"),
        (b'{\n"a":1\n}\n{"a":2}', "this is not JSON: line 4, column 1"),
        (b'{"a":1} {"a":2}', "this is not JSON: line 1, column 9"),
        (b'[{"a":1}] x', "this is not JSON: line 1, column 11"),
        (b"\n\n[\n{},\n]", "this is not JSON: line 4, column 3"),
    ],
)
def test_nothing_may_follow_the_claims(data: bytes, message: str) -> None:
    assert read_json(data) == ([], message)


def test_an_array_is_read_to_the_end_of_its_stream() -> None:
    """The SHA-256 of a file is that of what was read."""
    stream = io.BytesIO(b"[{}]\n" + b" \r\n" * 500)
    assert sum(chunk.claims for chunk in split_json(stream)) == 1
    assert stream.read() == b""


@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_claims_before_a_wrong_line_are_read(size: int) -> None:
    data = b"".join(b'{"a":%d}\n' % i for i in range(7)) + b'{"a":\n{"a":8}\n'
    items, message = read_json(data, size)
    assert [item["a"] for item in items] == list(range(7))
    assert message.startswith("line 8 is not JSON (column ")


@pytest.mark.parametrize("text", ['{"a":1}', '[{"a":1}]', '\n{"a":1}\n\n', '[\n{"a":1}\n]'])
def test_a_byte_order_mark_is_no_claim(text: str) -> None:
    assert read_json(b"\xef\xbb\xbf" + text.encode()) == ([{"a": 1}], "")


def test_nor_is_it_in_a_request(client: TestClient) -> None:
    body = b'\xef\xbb\xbf{"patient_control_number": "A"}'
    response = client.post("/v1/claims/validate", content=body, headers={"content-type": "application/json"})
    assert response.json()["claim_id"] == "A"
