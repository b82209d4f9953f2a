"""What the service says about itself: rules, the schema of claims, OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, ValidationError

from scrubber.packs.bundle import Bundle
from tests.api.conftest import ONE_CLAIM_FILES, VALIDATE, X12, as_json


@pytest.fixture(scope="module")
def openapi(client: TestClient) -> dict[str, Any]:
    data: dict[str, Any] = client.get("/openapi.json").json()
    return data


# --- rules -------------------------------------------------------------------------------------------


def test_the_rules_are_those_in_use_with_their_sources(client: TestClient, bundle: Bundle) -> None:
    answer = client.get("/v1/rules").json()
    assert {rule["id"] for rule in answer["rules"]} == {loaded.rule.id for loaded in bundle.rules}
    assert {(p["id"], p["version"], p["hash"]) for p in answer["packs"]} == {
        (pack.id, pack.version, pack.hash) for pack in bundle.packs
    }
    (rule,) = (rule for rule in answer["rules"] if rule["id"] == "BAL-001")
    assert rule["title"] == "The claim total is not the sum of the line charges"
    assert (rule["severity"], rule["status"], rule["pack"]) == ("reject", "stable", "format")
    assert rule["sources"] and all(source["title"] for source in rule["sources"])


def test_a_finding_names_a_rule_and_version_that_the_service_lists(client: TestClient) -> None:
    listed = {(rule["id"], rule["version"]) for rule in client.get("/v1/rules").json()["rules"]}
    findings = client.post(VALIDATE, content=ONE_CLAIM_FILES["many"], headers=X12).json()["findings"]
    assert len(findings) >= 4
    assert {(finding["rule"], finding["rule_version"]) for finding in findings} <= listed


# --- the schema of claims ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema(client: TestClient) -> dict[str, Any]:
    data: dict[str, Any] = client.get("/v1/claims/schema").json()
    return data


def test_the_schema_of_claims_is_a_json_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert {"lines", "diagnoses", "billing_provider", "subscriber"} <= set(schema["properties"])
    for reference in references(schema):
        resolve(schema, reference)


@pytest.mark.parametrize("name", ONE_CLAIM_FILES)
def test_claims_are_valid_under_the_schema(name: str, schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(as_json(ONE_CLAIM_FILES[name]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"patient_name": "x"},
        {"total_charge": 245.5},
        {"lines": "x"},
        {"lines": [{"procedure": {"cod": "99213"}}]},
        {"place_of_service": 11},
        {"subscriber": {"date_of_birth": 19800115}},
        [],
    ],
    ids=repr,
)
def test_what_the_service_refuses_is_not_valid_under_the_schema(
    wrong: Any, schema: dict[str, Any], client: TestClient
) -> None:
    assert client.post(VALIDATE, json=wrong).status_code == 422
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate(wrong)


# --- OpenAPI -----------------------------------------------------------------------------------------


def references(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("$ref"), str):
            yield data["$ref"]
        for value in data.values():
            yield from references(value)
    elif isinstance(data, list):
        for value in data:
            yield from references(value)


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def test_the_description_is_openapi_3_1(openapi: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", openapi["openapi"])
    assert openapi["info"]["title"] == "Claim scrubber"
    assert openapi["info"]["version"]
    assert set(openapi["paths"]) == {VALIDATE, "/v1/claims/schema", "/v1/rules", "/healthz"}
    operations = [operation for path in openapi["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        assert "200" in operation["responses"]


def test_every_schema_of_the_description_is_there_and_valid(openapi: dict[str, Any]) -> None:
    found = list(references(openapi))
    assert len(found) > 10
    for reference in found:
        resolve(openapi, reference)
    schemas = openapi["components"]["schemas"]
    assert {"ClaimAnswer", "Finding", "Location", "X12Place", "Amendment", "Problem", "RulesAnswer"} <= set(
        schemas
    )
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_the_check_takes_json_and_x12(openapi: dict[str, Any]) -> None:
    operation = openapi["paths"][VALIDATE]["post"]
    assert set(operation["requestBody"]["content"]) >= {"application/json", "application/edi-x12"}
    (parameter,) = operation["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("receipt_date", "query", False)


@pytest.mark.parametrize("status", ["400", "413", "415", "422", "503"])
def test_errors_are_described_as_the_problems_they_are(status: str, openapi: dict[str, Any]) -> None:
    content = openapi["paths"][VALIDATE]["post"]["responses"][status]["content"]
    assert list(content) == ["application/problem+json"]
    schema = content["application/problem+json"].get("schema", {})
    assert schema.get("$ref") == "#/components/schemas/Problem"


def described(openapi: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": openapi["components"]})


@pytest.mark.parametrize("name", ONE_CLAIM_FILES)
def test_answers_are_as_described(name: str, openapi: dict[str, Any], client: TestClient) -> None:
    answer = client.post(VALIDATE, content=ONE_CLAIM_FILES[name].replace(b"SE*", b"SE*1"), headers=X12).json()
    assert answer["file_findings"]
    described(openapi, "ClaimAnswer").validate(answer)


def test_errors_and_rules_are_as_described(openapi: dict[str, Any], client: TestClient) -> None:
    described(openapi, "Problem").validate(client.post(VALIDATE, json={"lines": 1}).json())
    described(openapi, "RulesAnswer").validate(client.get("/v1/rules").json())


def test_health_is_answered(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
