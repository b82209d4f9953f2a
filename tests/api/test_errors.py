"""Requests that cannot be answered: the error says where and what to mend, and repeats nothing."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import JSON, VALIDATE, X12
from tests.conftest import PROFESSIONAL, SECRET, body_of, in_transactions

MARKED = PROFESSIONAL.replace(b"PATRICIA", SECRET.encode())
REMITTANCE = in_transactions(f"BPR*I*100*C*ACH~\nCLP*{SECRET}*1*100*100~\n").replace(
    "ST*837*0001*005010X222A1", "ST*835*0001"
)


@dataclass(frozen=True)
class Bad:
    """A request with SECRET somewhere, and the status it must be answered with."""

    status: int
    content: Any = b""
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    params: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = VALIDATE


def wrong(claim: Any, status: int = 422) -> Bad:
    return Bad(status, json.dumps(claim).encode())


def x12(content: bytes | str, status: int = 422) -> Bad:
    return Bad(status, content if isinstance(content, bytes) else content.encode(), dict(X12))


BAD: dict[str, Bad] = {
    "no JSON": Bad(400, f'{{"patient_control_number": {SECRET}}}'.encode()),
    "JSON that was cut": Bad(400, f'{{"patient_control_number": "{SECRET}'.encode()),
    "JSON that is no UTF-8": Bad(400, f'{{"{SECRET}": "\xff"}}'.encode("latin-1")),
    "JSON nested too deeply": Bad(400, f'{{"{SECRET}":'.encode() * 5000),
    "a JSON string": wrong(SECRET),
    "a JSON number": wrong(1),
    "JSON null": wrong(None),
    "several claims": wrong([{"patient_control_number": SECRET}] * 2),
    "an unknown key": wrong({SECRET: "x"}),
    "an unknown key far below": wrong({"lines": [{"procedure": {SECRET: "x"}}]}),
    "a key with a path in it": wrong({f"lines[0].{SECRET}": "x"}),
    "a text for a list": wrong({"lines": SECRET}),
    "a list for a text": wrong({"patient_control_number": [SECRET]}),
    "an object for an amount": wrong({"total_charge": {SECRET: SECRET}}),
    "a list for a date": wrong({"accident_date": [SECRET]}),
    "an object for a number": wrong({"lines": [{"diagnosis_pointers": [{SECRET: 1}]}]}),
    "a float for an amount": wrong({"patient_control_number": SECRET, "total_charge": 245.5}),
    "a number for a code": wrong({"patient_control_number": SECRET, "place_of_service": 11}),
    "another claim type": wrong({"claim_type": SECRET}),
    "no X12": x12(f"Dear biller, {SECRET}"),
    "X12 cut inside ISA": x12(PROFESSIONAL[:40].replace(b"SUBMITTER", SECRET.encode())),
    "X12 cut inside a claim": x12(MARKED[: MARKED.index(SECRET.encode()) + 40]),
    "X12 without claims": x12(in_transactions(f"BHT*0019*00*{SECRET}*20260820*0930*CH~\n")),
    "X12 of two claims": x12(in_transactions(body_of(SECRET) + body_of("TWO"))),
    "another transaction": x12(REMITTANCE),
    "X12 sent as JSON": Bad(400, MARKED),
    "JSON sent as X12": x12(json.dumps({"patient_control_number": SECRET})),
    "another content type": Bad(415, MARKED, {"content-type": "application/pdf"}),
    "a content type that is none": Bad(415, MARKED, {"content-type": SECRET}),
    "no content type": Bad(415, MARKED, {}),
    "too large": Bad(
        413, f'{{"patient_control_number": "{SECRET}"}}'.encode() + b" " * (1 << 20), dict(JSON)
    ),
    "nothing": Bad(400, b""),
    "white space": Bad(400, b" \r\n "),
    "a receipt date that is none": Bad(422, MARKED, dict(X12), {"receipt_date": SECRET}),
    "a receipt date that does not exist": Bad(422, MARKED, dict(X12), {"receipt_date": "2026-02-30"}),
    "a receipt date as a number": Bad(422, MARKED, dict(X12), {"receipt_date": "1787270400"}),
    "an unknown route": Bad(404, method="GET", path=f"/v1/{SECRET}"),
    "an unknown route below a known one": Bad(404, MARKED, dict(X12), path=f"{VALIDATE}/{SECRET}"),
    "another method": Bad(405, method="GET", params={"q": SECRET}),
    "another method on rules": Bad(405, SECRET.encode(), method="DELETE", path="/v1/rules"),
    "another host": Bad(400, MARKED, {**X12, "host": f"{SECRET}.example"}),
    "another host for rules": Bad(400, headers={"host": f"{SECRET}.example"}, method="GET", path="/v1/rules"),
}


def send(client: TestClient, bad: Bad) -> httpx.Response:
    return client.request(bad.method, bad.path, content=bad.content, headers=bad.headers, params=bad.params)


@pytest.mark.parametrize("name", BAD)
def test_an_error_says_what_is_wrong_and_repeats_nothing(
    name: str, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    bad = BAD[name]
    with (
        caplog.at_level(logging.DEBUG, logger="scrubber_api"),
        caplog.at_level(logging.DEBUG, logger="uvicorn"),
    ):
        answer = send(client, bad)
    assert answer.status_code == bad.status
    assert SECRET not in answer.text
    assert SECRET.lower() not in answer.text.lower()
    assert all(SECRET not in value for value in answer.headers.values())
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == bad.status
    assert problem["title"] and problem["detail"].endswith(".")
    for place in problem["problems"]:
        assert place["path"] and place["message"]
    logged = "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("scrubber", "uvicorn"))
    )
    assert SECRET not in logged


@pytest.mark.parametrize(
    ("claim", "path"),
    [
        ({"total_charge": 245.5}, "total_charge"),
        ({"lines": [{}, {"units": 1.5}]}, "lines[1].units"),
        ({"billing_provider": {"npi": 1999999018}}, "billing_provider.npi"),
        ({"diagnoses": [{"code": "I10"}, {"code": 4019}]}, "diagnoses[1].code"),
    ],
)
def test_a_claim_that_is_none_is_told_every_place(claim: Any, path: str, client: TestClient) -> None:
    answer = client.post(VALIDATE, json={**claim, "place_of_service": 11})
    assert answer.status_code == 422
    assert {place["path"] for place in answer.json()["problems"]} == {path, "place_of_service"}


def test_json_that_is_none_is_told_line_and_column(client: TestClient) -> None:
    answer = client.post(VALIDATE, content=b'{\n  "lines": [}\n', headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["problems"] == [{"path": "line 2, column 13", "message": "this is not JSON"}]


def test_x12_that_was_cut_is_told_the_segment(client: TestClient) -> None:
    answer = client.post(VALIDATE, content=PROFESSIONAL[: PROFESSIONAL.index(b"HI*") + 5], headers=X12)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "segment 24"


@pytest.mark.parametrize(
    "origin", ["127.0.0.1", "127.0.0.1:8080", "localhost", "localhost:8080", "[::1]", "[::1]:8080"]
)
def test_this_machine_is_answered_under_its_names(origin: str, client: TestClient) -> None:
    assert client.get("/healthz", headers={"host": origin}).status_code == 200


@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1.attacker.example", "localhost.attacker.example", "testserver"]
)
def test_another_host_is_refused(host: str, client: TestClient) -> None:
    assert client.get("/v1/rules", headers={"host": host}).status_code == 400


def test_an_error_is_no_reason_to_stop_answering(client: TestClient) -> None:
    for bad in BAD.values():
        send(client, bad)
    answer = client.post(VALIDATE, content=PROFESSIONAL, headers=X12)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "clean")
