"""Checks a SARIF 2.1.0 log against what the specification demands of the parts that are used here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KINDS = {"notApplicable", "pass", "fail", "review", "open", "informational"}
LEVELS = {"none", "note", "warning", "error"}
#: Members that the schema allows; it forbids all others.
MEMBERS = {
    "run": {"tool", "invocations", "artifacts", "results", "properties"},
    "rule": {
        "id",
        "shortDescription",
        "fullDescription",
        "help",
        "helpUri",
        "defaultConfiguration",
        "properties",
    },
    "result": {
        "ruleId",
        "ruleIndex",
        "kind",
        "level",
        "message",
        "locations",
        "relatedLocations",
        "partialFingerprints",
        "suppressions",
        "properties",
    },
    "location": {"physicalLocation", "logicalLocations", "properties"},
    "logical": {"name", "fullyQualifiedName", "kind"},
    "suppression": {"kind", "status", "justification"},
    "notification": {"level", "message", "associatedRule"},
}


def only(kind: str, members: dict[str, Any]) -> None:
    assert set(members) <= MEMBERS[kind], set(members) - MEMBERS[kind]


def assert_message(message: dict[str, str]) -> None:
    """Braces are doubled, there is no placeholder to fill and no link to click."""
    assert set(message) == {"text"} and message["text"]
    assert not re.search(r"[{}]", re.sub(r"\{\{|\}\}", "", message["text"])), message
    assert "](" not in message["text"]


def assert_sarif(log: dict[str, Any]) -> dict[str, Any]:
    """Return the only run of a log that keeps the rules."""
    assert log["version"] == "2.1.0" and log["$schema"].startswith("https://")
    assert set(log) == {"$schema", "version", "runs"}
    (run,) = log["runs"]
    only("run", run)
    driver = run["tool"]["driver"]
    assert driver["name"] and driver["version"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        only("rule", rule)
        for text in ("shortDescription", "fullDescription", "help"):
            if text in rule:
                assert_message(rule[text])
        if "helpUri" in rule:
            assert re.match(r"https?://", rule["helpUri"])
        assert rule.get("defaultConfiguration", {}).get("level", "warning") in LEVELS
    for artifact in run["artifacts"]:
        assert set(artifact) <= {"location", "roles", "hashes"}
        assert re.fullmatch(r"[A-Za-z0-9._~%/:-]+", artifact["location"]["uri"])
        assert set(artifact.get("hashes", {})) <= {"sha-256"}
    for result in run["results"]:
        _assert_result(result, rules, run["artifacts"])
    (invocation,) = run["invocations"]
    notifications = invocation["toolExecutionNotifications"]
    for notification in notifications:
        only("notification", notification)
        assert notification["level"] in LEVELS
        assert_message(notification["message"])
    failed = any(notification["level"] == "error" for notification in notifications)
    assert invocation["executionSuccessful"] is not failed
    return run  # type: ignore[no-any-return]


def _assert_result(
    result: dict[str, Any], rules: list[dict[str, Any]], artifacts: list[dict[str, Any]]
) -> None:
    only("result", result)
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["kind"] in KINDS and result["level"] in LEVELS
    assert (result["kind"] == "fail") == (result["level"] != "none")
    assert_message(result["message"])
    assert isinstance(result["suppressions"], list)  # on all results or on none
    for suppression in result["suppressions"]:
        only("suppression", suppression)
        assert suppression["kind"] in ("inSource", "external")
        assert suppression["status"] in ("accepted", "underReview", "rejected")
    assert result["locations"]
    for location in _locations(result):
        only("location", location)
        place = location["physicalLocation"]["artifactLocation"]
        assert place["uri"] == artifacts[place["index"]]["location"]["uri"]
        for logical in location.get("logicalLocations", ()):
            only("logical", logical)
            assert logical["fullyQualifiedName"]
    for name, value in result.get("partialFingerprints", {}).items():
        assert re.search(r"/v[0-9]+$", name) and isinstance(value, str)


def _locations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result["locations"]
    yield from result.get("relatedLocations", ())
