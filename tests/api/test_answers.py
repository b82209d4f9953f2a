"""What the service says about a request: nothing of it is repeated, all of it is checked."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.read.claim_json import (
    JsonChunk,
)
from scrubber.worker import WorkerOptions, scrub_chunk
from tests.api.conftest import as_json
from tests.api.fakes import a_problem
from tests.conftest import PROFESSIONAL, SECRET


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
    (reply,) = scrub_chunk(Scrubber(bundle), chunk, WorkerOptions()).claims
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
    body = {**as_json(PROFESSIONAL), "transaction": {}}
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
