"""A claim gets the same findings whichever way it comes in: HTTP or command line, X12 or JSON."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import JSON, ONE_CLAIM_FILES, VALIDATE, X12, as_json
from tests.conftest import Quick


def without_positions(claim: dict[str, Any]) -> dict[str, Any]:
    """Return a claim's result without segment numbers, which claim JSON has not got."""
    claim = copy.deepcopy(claim)
    for finding in claim["findings"]:
        for location in finding["locations"]:
            if location["x12"] is not None:
                del location["x12"]["position"]
    return claim


@pytest.mark.parametrize("name", ONE_CLAIM_FILES)
def test_a_claim_gets_the_same_findings_whichever_way_it_comes(
    name: str, client: TestClient, workspace: Path, quick: Quick
) -> None:
    x12, data = ONE_CLAIM_FILES[name], as_json(ONE_CLAIM_FILES[name])
    Path("claim.837").write_bytes(x12)
    Path("claim.json").write_text(json.dumps(data), encoding="utf-8")
    (from_file,) = quick("scrub", "claim.837", "--format", "json").claims
    (from_json_file,) = quick("scrub", "claim.json", "--format", "json").claims
    over_http = client.post(VALIDATE, content=x12, headers=X12).json()
    json_over_http = client.post(VALIDATE, json=data).json()

    assert over_http == from_file
    assert json_over_http == from_json_file
    assert without_positions(json_over_http) == without_positions(over_http)
    assert bool(from_file["findings"] or from_file["not_evaluated"]) == (name != "clean")


def test_the_examples_have_findings_of_every_outcome(client: TestClient) -> None:
    answers = [client.post(VALIDATE, content=x12, headers=X12).json() for x12 in ONE_CLAIM_FILES.values()]
    assert {answer["outcome"] for answer in answers} >= {"clean", "rejected"}
    assert {answer["coverage"] for answer in answers} == {"complete", "partial"}
    outcomes = {finding["outcome"] for answer in answers for finding in answer["findings"]}
    assert outcomes >= {"fail", "suppressed"}
    assert len({finding["rule"] for answer in answers for finding in answer["findings"]}) >= 10


def test_the_receipt_date_counts_on_every_way(client: TestClient, workspace: Path, quick: Quick) -> None:
    x12 = ONE_CLAIM_FILES["clean"]  # services of 2026-08-18
    Path("claim.837").write_bytes(x12)
    (from_file,) = quick("scrub", "claim.837", "--format", "json", "--receipt-date", "2026-08-17").claims
    over_http = client.post(VALIDATE, content=x12, headers=X12, params={"receipt_date": "2026-08-17"}).json()
    json_over_http = client.post(VALIDATE, json=as_json(x12), params={"receipt_date": "2026-08-17"}).json()
    assert [finding["rule"] for finding in from_file["findings"]] == ["FMT-005", "FMT-005"]
    assert over_http == from_file
    assert without_positions(json_over_http) == without_positions(from_file)


@pytest.mark.parametrize(
    "content_type",
    ["application/edi-x12", "application/EDI-X12", "text/plain", "text/plain; charset=utf-8"],
)
def test_x12_may_be_sent_under_its_usual_names(content_type: str, client: TestClient) -> None:
    answer = client.post(VALIDATE, content=ONE_CLAIM_FILES["many"], headers={"content-type": content_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["outcome"] == "rejected"


def test_json_may_be_sent_with_a_charset(client: TestClient) -> None:
    body = json.dumps(as_json(ONE_CLAIM_FILES["clean"]))
    answer = client.post(VALIDATE, content=body, headers={"content-type": "application/json; charset=utf-8"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "clean")


def test_a_wrong_envelope_is_told_beside_the_claim(client: TestClient) -> None:
    body = ONE_CLAIM_FILES["clean"].replace(b"SE*33*", b"SE*30*")
    answer = client.post(VALIDATE, content=body, headers=X12).json()
    (finding,) = answer["file_findings"]
    assert (finding["rule"], finding["locations"][0]["x12"]["position"]) == ("X12-005", 35)
    assert answer["findings"] == []


def test_the_same_request_gives_the_same_bytes(client: TestClient) -> None:
    first, second = (client.post(VALIDATE, content=ONE_CLAIM_FILES["many"], headers=X12) for _ in range(2))
    assert first.content == second.content
    assert JSON["content-type"] in first.headers["content-type"]
