"""Claim JSON as a client sends it: one spelling for every value, blanks, types, files."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import jsonpatch
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from scrubber.claim.values import Unreadable, read_amount, read_date, read_number
from scrubber.read.claim_json import (
    ClaimJsonError,
    claim_from_json,
    claim_to_json,
    split_json,
)
from scrubber.read.x12 import ReadError
from tests.api.conftest import as_json
from tests.api.fakes import a_problem
from tests.conftest import PROFESSIONAL, SECRET


def refused(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(ClaimJsonError) as caught:
        claim_from_json(document)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_an_amendment_fits_the_document_that_was_sent(client: TestClient) -> None:
    document = as_json(PROFESSIONAL)
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
    document = as_json(PROFESSIONAL)
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


@pytest.mark.parametrize("kind", ["vision", SECRET, "", None])
def test_other_claims_are_not_supported_yet(kind: str | None, client: TestClient) -> None:
    response = client.post("/v1/claims/validate", json={"claim_type": kind})
    message = 'this must be "professional", "institutional" or "dental"'
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
