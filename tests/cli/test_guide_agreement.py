"""A transaction that names another guide than its group: the file has a finding, its claims are scrubbed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import PROFESSIONAL, Quick


def test_the_file_has_a_finding_and_its_claims_are_scrubbed(tmp_path: Path, quick: Quick) -> None:
    path = tmp_path / "claims.837"
    path.write_bytes(PROFESSIONAL.replace(b"*X*005010X222A1", b"*X*005010X222A2"))
    ran = quick("scrub", path, "--format", "json")
    (finding,) = ran.json["files"][0]["findings"]
    x12 = finding["locations"][0]["x12"]
    assert (finding["rule"], finding["severity"], x12["segment"], x12["element"]) == (
        "X12-010",
        "reject",
        "ST",
        3,
    )
    assert [claim["outcome"] for claim in ran.claims] == ["clean"]
    assert ran.code == 1
    assert "segment 3: ST03 is not the same as GS08 of its functional group" in ran.err
    assert "remedy: name in both the guide that the transaction follows" in ran.err


def test_a_group_that_names_no_guide_is_told_once(tmp_path: Path, quick: Quick) -> None:
    path = tmp_path / "claims.837"
    path.write_bytes(PROFESSIONAL.replace(b"*X*005010X222A1", b"*X*005010X999"))
    ran = quick("scrub", path, "--format", "json")
    assert [finding["rule"] for finding in ran.json["files"][0]["findings"]] == ["IG-207"]
