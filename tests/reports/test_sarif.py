from __future__ import annotations

import io
import json
from typing import Any

import pytest

from scrubber_reports.sarif import NOT_CHECKED, SarifReport
from tests.reports.samples import GAP, PANEL, PHONE, RENDERING, RUN, TOTAL, Json, location, result, x12
from tests.reports.test_html import ATTACKS
from tests.reports.test_text import ERROR_GAP, one_claim
from tests.reports.whole import write_run
from tests.support.sarif import assert_sarif


def sarif_of(run: Json) -> dict[str, Any]:
    """Return the only run of the log."""
    out = io.BytesIO()
    write_run(SarifReport(out), run)
    return assert_sarif(json.loads(out.getvalue()))


def results_of(claim: Json) -> list[dict[str, Any]]:
    return sarif_of(one_claim(claim))["results"]  # type: ignore[no-any-return]


def test_a_finding_is_a_failure_with_its_places() -> None:
    (found,) = results_of(result(2, "FICT-9", "rejected", [RENDERING]))
    assert (found["ruleId"], found["kind"], found["level"]) == ("SIT-007", "fail", "error")
    assert found["message"]["text"] == RENDERING["message"]
    (place,) = found["locations"]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "a.837", "index": 0}}
    assert place["logicalLocations"] == [
        {
            "name": "rendering_provider.npi",
            "fullyQualifiedName": "claims[2].rendering_provider.npi",
            "kind": "property",
        },
        {"name": "NM109", "fullyQualifiedName": "2310B/NM109", "kind": "element"},
    ]
    assert place["properties"] == {"formBox": "CMS-1500 24J", "pointer": "/rendering_provider/npi"}
    (related,) = found["relatedLocations"]
    assert related["properties"]["segmentPosition"] == 10 and related["properties"]["value"] == "2"
    assert found["partialFingerprints"] == {"findingId/v1": RENDERING["id"]}
    assert found["suppressions"] == []
    properties = found["properties"]
    assert (properties["claimIndex"], properties["claimId"]) == (2, "FICT-9")
    assert (properties["denial"], properties["route"]) == ("CO-16 N290", "provider")


def test_a_rule_says_what_it_checks_and_why() -> None:
    (rule,) = sarif_of(one_claim(result(0, "FICT-9", "rejected", [RENDERING])))["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == RENDERING["title"]
    assert rule["fullDescription"]["text"] == RENDERING["why"]
    assert rule["help"]["text"].startswith(RENDERING["why"])
    assert rule["helpUri"] == "https://example.org/npi"
    assert rule["defaultConfiguration"] == {"level": "error"}


@pytest.mark.parametrize(
    ("severity", "level"), [("reject", "error"), ("deny", "error"), ("warn", "warning"), ("info", "note")]
)
def test_levels(severity: str, level: str) -> None:
    (found,) = results_of(result(0, "FICT-9", "review", [{**PHONE, "severity": severity}]))
    assert (found["level"], found["properties"]["severity"]) == (level, severity)


def test_a_rule_has_the_gravest_level_it_had() -> None:
    claims = [result(0, "A", "review", [PHONE]), result(1, "B", "rejected", [{**PHONE, "severity": "deny"}])]
    run = sarif_of({"files": [{"path": "a.837", "claims": claims}]})
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert [found["level"] for found in run["results"]] == ["warning", "error"]


@pytest.mark.parametrize(("outcome", "kind"), [("bypassed", "inSource"), ("suppressed", "external")])
def test_what_was_set_aside_failed_and_does_not_count(outcome: str, kind: str) -> None:
    (found,) = results_of(result(0, "FICT-9", "clean", [{**PANEL, "outcome": outcome}]))
    assert (found["kind"], found["level"], found["properties"]["outcome"]) == ("fail", "error", outcome)
    assert found["suppressions"] == [
        {
            "kind": kind,
            "status": "accepted",
            "justification": f"{outcome}: {PANEL['reason']}: decided by DEC-012",
        }
    ]


def test_what_could_not_be_evaluated_is_open_and_never_a_pass() -> None:
    run = sarif_of(one_claim(result(0, "FICT-9", "clean", [], [GAP])))
    (found,) = run["results"]
    assert (found["ruleId"], found["kind"], found["level"]) == ("TIM-001", "open", "none")
    assert "no filing limit is known" in found["message"]["text"] and "not a pass" in found["message"]["text"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "warning"
    assert notification["message"]["text"].startswith("1 claim was checked only in part.")


@pytest.mark.parametrize("gaps", [[], [ERROR_GAP]])
def test_a_claim_that_could_not_be_checked_is_an_error_and_the_run_failed(gaps: list[Json]) -> None:
    run = sarif_of(one_claim(result(0, "FICT-9", "error", [], gaps)))
    (found,) = run["results"]
    assert (found["ruleId"], found["kind"], found["level"]) == (NOT_CHECKED, "fail", "error")
    assert "Do not send it unchecked." in found["message"]["text"]
    assert ("scrub it alone" in found["message"]["text"]) == bool(gaps)
    assert run["invocations"][0]["executionSuccessful"] is False
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "1 claim was not checked."


def test_a_problem_of_the_file_is_a_result_with_its_remedy_and_the_run_failed() -> None:
    finding = {**PHONE, "rule": "X12-002", "severity": "reject", "reason": "Remedy: check the SE count."}
    run = sarif_of({"files": [{"path": "a.837", "claims": [], "findings": [finding]}]})
    (found,) = run["results"]
    assert (found["ruleId"], found["level"]) == ("X12-002", "error")
    assert found["message"]["text"].endswith(" Remedy: Check the SE count.")
    assert "claimIndex" not in found["properties"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_rule_that_was_not_evaluated_first_is_described_when_it_speaks() -> None:
    gap = {**GAP, "rule": PHONE["rule"]}
    claims = [result(0, "A", "clean", [], [gap]), result(1, "B", "review", [PHONE])]
    (rule,) = sarif_of({"files": [{"path": "a.837", "claims": claims}]})["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == PHONE["title"]


def test_clean_claims_are_in_the_counts_alone() -> None:
    counts = {"files": 1, "claims": 1, "outcomes": {"clean": 1}, "partial": 0}
    run = sarif_of({**one_claim(result(0, "FICT-9", "clean", [])), "summary": counts})
    assert run["results"] == [] and run["tool"]["driver"]["rules"] == []
    assert run["properties"]["summary"] == counts
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_the_whole_sample() -> None:
    run = sarif_of(RUN)
    assert [found["ruleId"] for found in run["results"]] == [
        *("SIT-007", "BAL-001", "FMT-018", "FMT-009", "NCC-022", "FMT-009", "TIM-001", NOT_CHECKED)
    ]
    assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == ["inbox/monday%20claims.837"]
    assert run["artifacts"][0]["hashes"] == {"sha-256": "c" * 64}
    (never,) = [n for n in run["invocations"][0]["toolExecutionNotifications"] if "associatedRule" in n]
    assert never["associatedRule"] == {"id": "EM-007"} and never["level"] == "warning"
    assert run["properties"]["receiptDate"] == "2026-08-20"
    assert [pack["id"] for pack in run["tool"]["driver"]["properties"]["packs"]] == ["format", "completeness"]


def test_paths_are_uris() -> None:
    paths = ["-", "/data/a b.837", "c:d?.837", "ü/é.837", "-"]
    run = sarif_of({"files": [{"path": path, "claims": []} for path in paths]})
    assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == [
        *("-", "file:///data/a%20b.837", "c%3Ad%3F.837", "%C3%BC/%C3%A9.837")
    ]


def test_an_empty_run_is_a_log() -> None:
    assert sarif_of({"files": []})["results"] == []


@pytest.mark.parametrize("value", ATTACKS.values(), ids=ATTACKS.keys())
def test_hostile_values_are_text_and_nothing_else(value: str) -> None:
    text = f"{value} {{0}} [click](https://example.org) {value}"
    finding = {
        **TOTAL,
        "rule": value,
        "title": text,
        "message": text,
        "why": text,
        "evidence": {value: value},
        "locations": [location(value, f"/{value}", x12("2300", "CLM", 2, 3), value, value)],
        "references": [{"title": value, "url": value, "checked": False}],
        "reason": value,
        "decided_by": [value],
        "amendment": {**TOTAL["amendment"], "title": value},
    }
    gap = {"rule": f"{value}2", "reason": text, "remedy": value}
    claim = result(0, value, "rejected", [finding, {**finding, "outcome": "bypassed"}], [gap])
    run = sarif_of({**one_claim(claim, path=value), "summary": {"not_evaluated": [gap]}})
    assert "{{0}}" in run["results"][0]["message"]["text"] or len(value) > 1_000
