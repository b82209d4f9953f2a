"""Claim JSON that is wrong: refused as a whole when it is not JSON, else claim by claim with the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SECRET, Quick, Ran, scrubber

GOOD = {"patient_control_number": "GOOD"}
NOT_JSON = "give one claim object, an array of claims, or one claim object a line"

#: name → (content, message, remedy); the whole file is refused.
UNREADABLE: dict[str, tuple[str | bytes, str, str]] = {
    "value without quotes": (
        f'{{"patient_control_number": {SECRET}}}',
        "this is not JSON: line 1, column 28",
        NOT_JSON,
    ),
    "cut": ('{\n  "lines": [\n    {"number": "1",\n', "this is not JSON: line 4, column 1", NOT_JSON),
    "comma too many": ('{\n  "lines": [],\n}\n', "this is not JSON: line 2, column 14", NOT_JSON),
    "nested too deeply": ("[" * 100_000, "this is not JSON: line 1, column 1026", NOT_JSON),
    "number out of range": ('{"total_charge": 1e999}', "this is not JSON: line 1, column 18", NOT_JSON),
    "NaN": ('{"total_charge": NaN}', "this is not JSON: line 1, column 18", NOT_JSON),
    "no claims": ("[]", "the file has no claims", "check that it is the file you meant"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_not_json_is_refused_with_line_and_column(name: str, workspace: Path, quick: Quick) -> None:
    content, message, remedy = UNREADABLE[name]
    Path("claims.json").write_text(str(content), encoding="utf-8")
    ran = quick("scrub", "claims.json", "--format", "json")
    assert ran.err == f"claims.json: {message}\n  remedy: {remedy}\n"
    assert (ran.code, ran.claims) == (2, [])
    assert SECRET not in ran.out + ran.err


def test_json_that_is_not_utf8_is_refused(workspace: Path, quick: Quick) -> None:
    Path("claims.json").write_bytes('{"patient_control_number": "MÜLLER"}'.encode("latin-1"))
    ran = quick("scrub", "claims.json", "--format", "json")
    assert ran.err.startswith("claims.json: this is not JSON: ")
    assert "remedy: " in ran.err
    assert (ran.code, ran.claims) == (2, [])


# --- JSON that is not a claim ------------------------------------------------------------------------

#: (claim, what the reason says after "this is not claim JSON: "), one a claim of one array.
NOT_CLAIMS: tuple[tuple[Any, str], ...] = (
    (
        {"total_charge": 245.5},
        'total_charge: write amounts and quantities as text, like "245.00": a float is not exact',
    ),
    (
        {"lines": [{}, {"units": 1.0}]},
        'lines[1].units: write amounts and quantities as text, like "245.00": a float is not exact',
    ),
    (
        {"total_charge": True},
        'total_charge: write amounts and quantities as text, like "245.00": a float is not exact',
    ),
    ({"total_charge": [SECRET]}, 'total_charge: an amount or quantity is text, like "245.00"'),
    ({"patient_name": SECRET}, "claim: has a field that a claim does not have"),
    (
        {"lines": [{"procedure": {"cod": SECRET}}]},
        "lines[0].procedure: has a field that a claim does not have",
    ),
    (
        {"diagnoses": [{"code": 2500}]},
        'diagnoses[0].code: text is wanted: codes and identifiers are strings, like "11"',
    ),
    (
        {"billing_provider": {"npi": 1999999018}},
        'billing_provider.npi: text is wanted: codes and identifiers are strings, like "11"',
    ),
    (
        {"subscriber": {"date_of_birth": 19800115}},
        'subscriber.date_of_birth: a date is text, like "2026-08-18"',
    ),
    ({"lines": [{"diagnosis_pointers": [1.5]}]}, "lines[0].diagnosis_pointers[0]: a whole number is wanted"),
    ({"lines": SECRET}, "lines: input should be a valid list"),
)


@pytest.fixture(scope="module")
def array(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The result of an array with a good claim before and after each wrong one."""
    folder = tmp_path_factory.mktemp("array")
    claims = [GOOD]
    for wrong, _ in NOT_CLAIMS:
        claims += [wrong, GOOD]
    (folder / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    return scrubber("scrub", "claims.json", "--format", "json", cwd=folder)


@pytest.mark.parametrize("number", range(len(NOT_CLAIMS)), ids=[reason for _, reason in NOT_CLAIMS])
def test_json_that_is_not_a_claim_is_an_error_with_its_place(number: int, array: Ran) -> None:
    claim = array.claims[2 * number + 1]
    assert (claim["outcome"], claim["submittable"], claim["findings"]) == ("error", False, [])
    (entry,) = claim["not_evaluated"]
    assert entry["reason"] == f"this is not claim JSON: {NOT_CLAIMS[number][1]}"
    assert entry["remedy"] == "correct the claim's JSON; the API serves the schema at /v1/claims/schema"


def test_the_claims_between_wrong_ones_are_scrubbed(array: Ran) -> None:
    good = array.claims[::2]
    assert len(good) == len(NOT_CLAIMS) + 1
    for claim in good:
        assert (claim["claim_id"], claim["outcome"]) == ("GOOD", "rejected")
        assert "SIT-036" in {finding["rule"] for finding in claim["findings"]}
    assert [claim["index"] for claim in array.claims] == list(range(2 * len(NOT_CLAIMS) + 1))


def test_wrong_claims_block_the_batch_and_nothing_of_them_is_repeated(array: Ran) -> None:
    assert array.code == 1
    assert "not checked" in array.err
    assert SECRET not in array.out + array.err


@pytest.mark.parametrize("wrong", [3, SECRET, None, [], [GOOD]], ids=repr)
def test_what_is_no_object_is_called_so_in_the_words_of_json(
    wrong: Any, workspace: Path, quick: Quick
) -> None:
    Path("claims.json").write_text(json.dumps([GOOD, wrong]), encoding="utf-8")
    ran = quick("scrub", "claims.json", "--format", "json")
    assert [claim["outcome"] for claim in ran.claims] == ["rejected", "error"]
    (entry,) = ran.claims[1]["not_evaluated"]
    for python in ("dictionary", "instance", "Claim"):
        assert python not in entry["reason"]
    assert SECRET not in ran.out + ran.err


def test_every_mistake_of_a_claim_is_told_at_once(workspace: Path, quick: Quick) -> None:
    wrong = {"total_charge": 1.5, "lines": [{"units": 2.5}], "patient_name": "x"}
    Path("claims.json").write_text(json.dumps(wrong), encoding="utf-8")
    (claim,) = quick("scrub", "claims.json", "--format", "json").claims
    reasons = " ".join(entry["reason"] for entry in claim["not_evaluated"])
    for place in ("total_charge: ", "lines[0].units: ", "claim: "):
        assert place in reasons


# --- one object a line -------------------------------------------------------------------------------


def test_a_line_that_is_not_json_is_refused_with_its_number(workspace: Path, quick: Quick) -> None:
    lines = [json.dumps(GOOD), f'{{"patient_control_number": {SECRET}}}', json.dumps(GOOD)]
    Path("claims.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = quick("scrub", "claims.jsonl", "--format", "json")
    assert ran.err.startswith("claims.jsonl: line 2 is not JSON (column 28)\n  remedy: ")
    assert ran.code == 2
    assert SECRET not in ran.out + ran.err


def test_the_claims_before_a_line_that_is_not_json_are_in_the_result(workspace: Path, quick: Quick) -> None:
    lines = [json.dumps({"patient_control_number": f"A{i}"}) for i in range(130)]
    Path("claims.jsonl").write_text("\n".join([*lines, "{", *lines]) + "\n", encoding="utf-8")
    ran = quick("scrub", "claims.jsonl", "--format", "json")
    assert ran.code == 2
    assert [claim["claim_id"] for claim in ran.claims][:130] == [f"A{i}" for i in range(130)]


def test_blank_lines_count_when_a_line_is_named(workspace: Path, quick: Quick) -> None:
    Path("claims.jsonl").write_text(f"\n\n{json.dumps(GOOD)}\n\n{{\n", encoding="utf-8")
    ran = quick("scrub", "claims.jsonl", "--format", "json")
    assert ran.err.startswith("claims.jsonl: line 5 is not JSON")


# --- JSON that is unusual and right ------------------------------------------------------------------


@pytest.mark.parametrize(
    "layout",
    [
        json.dumps,
        lambda claims: json.dumps(claims, indent=4),
        lambda claims: "\n".join(map(json.dumps, claims)),
        lambda claims: "\r\n\r\n".join(map(json.dumps, claims)) + "\r\n",
        lambda claims: "\ufeff" + json.dumps(claims),
        lambda claims: "\ufeff" + "\n".join(map(json.dumps, claims)),
        lambda claims: " \n\t" + json.dumps(claims) + "\n\n",
    ],
    ids=["array", "indented", "lines", "CRLF and blank lines", "BOM array", "BOM lines", "white space"],
)
def test_json_in_every_layout_gives_the_same_claims(layout: Any, workspace: Path, quick: Quick) -> None:
    claims = [{"patient_control_number": "Ä1"}, {"patient_control_number": "B2"}]
    Path("claims.json").write_text(layout(claims), encoding="utf-8", newline="")
    ran = quick("scrub", "claims.json", "--format", "json")
    assert [claim["claim_id"] for claim in ran.claims] == ["Ä1", "B2"]
    assert ran.files["claims.json"]["findings"] == []
    assert (ran.code, ran.err) == (1, "")
