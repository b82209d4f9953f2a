"""Checks a Bundle of OperationOutcomes against what FHIR R4 demands of the parts that are used here."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

SEVERITIES = {"fatal", "error", "warning", "information"}
#: The issue types of R4 (http://hl7.org/fhir/R4/valueset-issue-type.html).
TYPES = set(
    "invalid structure required value invariant security login unknown expired forbidden suppressed"
    " processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension"
    " too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled"
    " informational".split()
)
#: What FHIR calls simple FHIRPath: names, repetitions, dots.
SIMPLE_PATH = re.compile(r"[A-Za-z_]\w*(\[\d+\])*(\.[A-Za-z_]\w*(\[\d+\])*)*")


def assert_bundle(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the OperationOutcomes of a collection that keeps the rules."""
    assert bundle["resourceType"] == "Bundle" and bundle["type"] == "collection"
    assert set(bundle) <= {"resourceType", "type", "entry"}
    _assert_nothing_empty(bundle)
    entries = bundle.get("entry", [])
    urls = [entry["fullUrl"] for entry in entries]
    assert len(urls) == len(set(urls))
    for entry in entries:
        assert set(entry) <= {"fullUrl", "link", "resource"}
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", entry["fullUrl"])
        for link in entry.get("link", ()):
            assert link["relation"] == "about" and re.fullmatch(r"[A-Za-z0-9._~%/:#=-]+", link["url"])
        _assert_outcome(entry["resource"])
    return [entry["resource"] for entry in entries]


def _assert_outcome(outcome: dict[str, Any]) -> None:
    assert set(outcome) == {"resourceType", "id", "text", "issue"}
    assert outcome["resourceType"] == "OperationOutcome"
    assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", outcome["id"])
    assert outcome["text"]["status"] == "generated"
    div = ElementTree.fromstring(outcome["text"]["div"])
    assert div.tag == "{http://www.w3.org/1999/xhtml}div" and div.text and not len(div)
    assert outcome["issue"]
    for issue in outcome["issue"]:
        assert set(issue) <= {"severity", "code", "details", "diagnostics", "expression"}
        assert issue["severity"] in SEVERITIES and issue["code"] in TYPES
        assert issue["details"]["text"]
        assert set(issue["details"]) <= {"text", "coding"}
        for coding in issue["details"].get("coding", ()):
            assert re.fullmatch(r"[^\s]+(\s[^\s]+)*", coding["code"])


def _assert_nothing_empty(value: Any) -> None:
    """FHIR has no empty strings, arrays or objects, and no null."""
    assert value not in (None, "", [], {}), value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _assert_nothing_empty(part)
