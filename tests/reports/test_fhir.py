from __future__ import annotations

import io
import json
from typing import Any

import pytest

from scrubber_reports.fhir import FhirReport
from tests.reports.samples import GAP, PANEL, PHONE, RENDERING, RUN, TOTAL, Json, location, result, x12
from tests.reports.test_html import ATTACKS
from tests.reports.test_text import ERROR_GAP, one_claim
from tests.reports.whole import write_run
from tests.support.fhir import SIMPLE_PATH, assert_bundle


def bundle_of(run: Json) -> dict[str, Any]:
    out = io.BytesIO()
    write_run(FhirReport(out), run)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def outcomes_of(run: Json) -> list[dict[str, Any]]:
    return assert_bundle(bundle_of(run))


def issues_of(claim: Json) -> list[dict[str, Any]]:
    (outcome,) = outcomes_of(one_claim(claim))
    return outcome["issue"]  # type: ignore[no-any-return]


def test_a_finding_is_an_issue_with_its_places() -> None:
    (issue,) = issues_of(result(2, "FICT-9", "rejected", [RENDERING]))
    assert (issue["severity"], issue["code"]) == ("error", "required")
    assert issue["details"] == {
        "text": RENDERING["message"],
        "coding": [{"code": "SIT-007", "display": RENDERING["title"]}],
    }
    assert issue["expression"] == ["rendering_provider.npi", "billing_provider.entity_type"]
    lines = issue["diagnostics"].split("\n")
    assert lines[:3] == [
        "Claim FICT-9, claim 3 of a.837",
        "where: 2310B NM109 · CMS-1500 24J (missing)",
        "also: 2010AA NM102 · segment 10 = 2",
    ]
    assert "cost: denial CO-16 N290 · 277CA rejection A7:562:82" in lines
    assert f"finding: {RENDERING['id']}" in lines


def test_an_entry_says_which_claim_it_is_about() -> None:
    bundle = bundle_of(RUN)
    assert [entry["link"][0]["url"] for entry in bundle["entry"][:5]] == [
        f"inbox/monday%20claims.837#claim={number}" for number in range(1, 6)
    ]
    first = bundle["entry"][0]["resource"]
    assert first["id"] == "file-1-claim-1"
    assert "Claim FICT-0001, claim 1 of inbox/monday claims.837: rejected." in first["text"]["div"]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("reject", "error"), ("deny", "error"), ("warn", "warning"), ("info", "information")],
)
def test_severities(severity: str, expected: str) -> None:
    (issue,) = issues_of(result(0, "FICT-9", "review", [{**PHONE, "severity": severity}]))
    assert issue["severity"] == expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("format", "invalid"),
        ("completeness", "required"),
        ("coding", "business-rule"),
        ("x", "business-rule"),
    ],
)
def test_issue_types(category: str, expected: str) -> None:
    (issue,) = issues_of(result(0, "FICT-9", "review", [{**PHONE, "category": category}]))
    assert issue["code"] == expected


def test_a_clean_claim_is_there_and_says_so() -> None:
    (issue,) = issues_of(result(0, "FICT-9", "clean", []))
    assert (issue["severity"], issue["code"]) == ("information", "informational")
    assert issue["details"]["text"] == "Nothing was found."


def test_what_could_not_be_evaluated_is_a_warning_and_the_claim_is_not_called_clean_only() -> None:
    (outcome,) = outcomes_of(one_claim(result(0, "FICT-9", "clean", [], [GAP])))
    (issue,) = outcome["issue"]
    assert (issue["severity"], issue["code"]) == ("warning", "incomplete")
    assert issue["details"]["text"] == (
        "Not evaluated: TIM-001. A rule that could not be evaluated is not a pass."
    )
    assert "reason: no filing limit is known for payer 99999" in issue["diagnostics"]
    assert "checked only in part" in outcome["text"]["div"]


@pytest.mark.parametrize("gaps", [[], [ERROR_GAP]])
def test_a_claim_that_could_not_be_checked_is_fatal(gaps: list[Json]) -> None:
    issues = issues_of(result(0, "FICT-9", "error", [], gaps))
    assert (issues[0]["severity"], issues[0]["code"]) == ("fatal", "processing")
    assert [issue["code"] for issue in issues[1:]] == ["incomplete"] * len(gaps)
    assert not gaps or "scrub it alone" in issues[1]["diagnostics"]
    assert all("coding" not in issue["details"] for issue in issues)


@pytest.mark.parametrize("outcome", ["bypassed", "suppressed"])
def test_what_was_set_aside_is_for_information(outcome: str) -> None:
    (issue,) = issues_of(result(0, "FICT-9", "clean", [{**PANEL, "outcome": outcome}]))
    assert issue["severity"] == "information"
    assert issue["details"]["text"] == f"{outcome.capitalize()}: {PANEL['message']}"
    assert f"decision: {PANEL['reason']} DEC-012" in issue["diagnostics"]


def test_a_problem_of_the_file_has_an_outcome_of_its_own() -> None:
    finding = {**PHONE, "rule": "X12-002", "severity": "reject", "reason": "Remedy: check the SE count."}
    run = {"files": [{"path": "a.837", "claims": [], "findings": [finding]}]}
    (outcome,) = outcomes_of(run)
    (issue,) = outcome["issue"]
    assert (outcome["id"], issue["severity"], issue["code"]) == ("file-1", "error", "structure")
    assert "remedy: Check the SE count." in issue["diagnostics"]


def test_the_whole_sample() -> None:
    outcomes = outcomes_of(RUN)
    assert [outcome["id"] for outcome in outcomes] == [
        *(f"file-1-claim-{number}" for number in range(1, 6)),
        "run",
    ]
    for outcome in outcomes:
        for issue in outcome["issue"]:
            assert all(SIMPLE_PATH.fullmatch(path) for path in issue.get("expression", ()))


def test_the_same_file_twice_has_identifiers_of_its_own() -> None:
    files = one_claim(result(0, "FICT-9", "clean", []))["files"] * 2
    assert len(outcomes_of({"files": files})) == 2


def test_an_empty_run_is_an_empty_collection() -> None:
    assert bundle_of({"files": []}) == {"resourceType": "Bundle", "type": "collection"}


@pytest.mark.parametrize("value", ATTACKS.values(), ids=ATTACKS.keys())
def test_hostile_values_are_text_and_nothing_else(value: str) -> None:
    finding = {
        **TOTAL,
        "id": value,
        "rule": value,
        "title": value,
        "message": value,
        "why": value,
        "locations": [location(value, f"/{value}", x12("2300", "CLM", 2, 3), value, value)],
        "reason": value,
        "decided_by": [value],
        "amendment": {**TOTAL["amendment"], "title": value},
    }
    gap = {"rule": value, "reason": value, "remedy": value}
    run = one_claim(result(0, value, "rejected", [finding], [gap]), path=value)
    outcomes = outcomes_of({**run, "summary": {"not_evaluated": [gap]}})
    text = json.dumps(outcomes, ensure_ascii=False)
    assert text.isprintable()
    assert len(text) < 30_000
