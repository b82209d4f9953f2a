"""A context that comes with a claim: known for that request alone, and never repeated in an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from scrubber_api.app import create_app
from tests.api.conftest import JSON, VALIDATE, X12, as_json
from tests.cli.rules.packs import RULE, write_rule
from tests.cli.test_history import MINUTES
from tests.conftest import PROFESSIONAL, SECRET

CLAIM = as_json(PROFESSIONAL)


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a rule that needs the minutes of each line."""
    mine = tmp_path_factory.mktemp("mine")
    write_rule(mine, *MINUTES, text=RULE)
    app = create_app(load_packs([builtin_rules_dir(), mine], BUILDER_NAMES))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def context(number: str = "FICT-0001", **minutes: int) -> dict[str, Any]:
    lines = {line[1:]: {"documented_minutes": count} for line, count in minutes.items()}
    return {"schema_version": 1, "claims": {number: {"lines": lines}}}


def asked(client: TestClient, body: dict[str, Any]) -> Any:
    return client.post(VALIDATE, content=json.dumps(body), headers=JSON).json()


@pytest.mark.parametrize("claim", [{"claim": CLAIM}, {"x12": PROFESSIONAL.decode()}], ids=["json", "x12"])
def test_a_context_is_looked_into_for_its_request_alone(timed: TestClient, claim: dict[str, Any]) -> None:
    def found(known: dict[str, Any]) -> tuple[list[str], list[str]]:
        answer = asked(timed, {**claim, "context": known})
        paths = [f["locations"][0]["path"] for f in answer["findings"] if f["rule"] == "ZZZ-003"]
        return paths, [gap["reason"] for gap in answer["not_evaluated"]]

    assert found(context(n1=7, n2=8)) == (["lines[0].units"], [])
    assert found(context(n1=8, n2=7)) == (["lines[1].units"], [])
    assert found(context(n1=8)) == ([], ["not known: line.context.documented_minutes"])
    assert found(context("FICT-0002", n1=7, n2=7)) == ([], ["not known: line.context.documented_minutes"])
    alone = timed.post(VALIDATE, content=PROFESSIONAL, headers=X12).json()
    assert (alone["findings"], alone["not_evaluated"]) == ([], [])  # nothing given: the rule does not run
    assert [gap["rule"] for gap in alone["rules_not_run"]] == ["ZZZ-003"]
    assert "rules_not_run" not in asked(timed, {**claim, "context": context(n1=7, n2=8)})


@pytest.mark.parametrize(
    ("body", "title", "detail"),
    [
        (
            {"claim": CLAIM, "context": {"claims": {}}},
            "Not a context",
            "context is not a context: it needs `schema_version` and `claims`, and nothing else; "
            "docs/history-and-context.md shows one.",
        ),
        (
            {"claim": CLAIM, "context": {"schema_version": 1, "claims": {SECRET: {"eligibility": SECRET}}}},
            "Not a context",
            "context: claim 1.eligibility: a list is wanted; "
            "docs/history-and-context.md describes what a context may say.",
        ),
        (
            {"claim": CLAIM, "context": {"schema_version": 1, "claims": {"A": {SECRET: []}}}},
            "Not a context",
            "context: claim 1: has a field that a context does not have; "
            "docs/history-and-context.md describes what a context may say.",
        ),
        (
            {"claim": CLAIM, "context": {"schema_version": 1, "claims": {"A": {"lines": {SECRET: 7}}}}},
            "Not a context",
            "context: claim 1.lines.?: an object is wanted; "
            "docs/history-and-context.md describes what a context may say.",
        ),
        (
            {"claim": CLAIM, SECRET: {}},
            "Not a claim with a context",
            "Send one object with `context` and `claim` or `x12`, or a claim by itself.",
        ),
        (
            {"context": context()},
            "Not a claim with a context",
            "Send one object with `context` and `claim` or `x12`, or a claim by itself.",
        ),
        (
            {"x12": [SECRET], "context": context()},
            "Not an 837P, 837I or 837D",
            "`x12` is a text: the 837 as it would be sent.",
        ),
        (
            {"x12": SECRET, "context": context()},
            "Not an 837P, 837I or 837D",
            "the file does not begin with an ISA segment: it is not X12; "
            "give an 837 file that begins with ISA, or claim JSON that begins with { or [.",
        ),
        ({"claim": [CLAIM], "context": context()}, "Several claims", "Send one claim object, not an array."),
        (
            {"claim": {"claim_type": SECRET}, "context": context()},
            "Not a claim",
            "Correct the places below; /v1/claims/schema describes a claim.",
        ),
    ],
)
def test_what_is_wrong_with_it_is_said_by_its_place(
    timed: TestClient, body: dict[str, Any], title: str, detail: str
) -> None:
    response = timed.post(VALIDATE, content=json.dumps(body), headers=JSON)
    assert (response.status_code, response.json()["title"], response.json()["detail"]) == (422, title, detail)
    assert SECRET not in response.text


def test_it_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    content = document["paths"][VALIDATE]["post"]["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({**content["schema"], "components": document["components"]})
    dated = {"schema_version": 1, "claims": {"A": {"eligibility": [{"from": "2026-01-01"}]}}}
    for good in (CLAIM, {"claim": CLAIM, "context": context(n1=8)}, {"x12": "ISA", "context": dated}):
        validator.validate(good)
    for bad in (
        {"claim": CLAIM, "context": {"claims": {}}},
        {"claim": CLAIM, "context": {"schema_version": 1, "claims": {"A": {"eligible": []}}}},
        {"claim": CLAIM, "x12": "ISA", "context": context()},
    ):
        assert not validator.is_valid(bad), bad
