"""The same claims, rules and receipt date give the same bytes: run by run, with any number of processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, PROFESSIONAL, Quick, Ran, scrubber
from tests.support.make837 import make837

FORMATS = ("json", "jsonl", "text", "html", "csv", "sarif", "fhir")


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files and claim JSON, several chunks in all, with mistakes of every kind."""
    folder = tmp_path_factory.mktemp("determinism")
    (folder / "batch").mkdir()
    (folder / "batch" / "a.837").write_text(make837(230, seed=5, errors=0.02), encoding="ascii")
    (folder / "batch" / "b.837").write_text(make837(70, seed=6, errors=0.15), encoding="ascii")
    claims = [{"patient_control_number": f"J{i}", "total_charge": "1.10"} for i in range(20)]
    (folder / "batch" / "c.json").write_text(json.dumps([*claims, {"nothing": 1}]), encoding="utf-8")
    return folder


def run(folder: Path, format_: str, jobs: int, seed: str) -> Ran:
    return scrubber(
        "scrub", "batch", "--format", format_, "--jobs", str(jobs), cwd=folder, env={"PYTHONHASHSEED": seed}
    )


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_two_runs_and_any_number_of_processes_give_the_same_bytes(format_: str, batch: Path) -> None:
    first = run(batch, format_, 1, "1")
    again = run(batch, format_, 2, "2")
    assert first.code == 1
    assert len(first.out) > 50_000
    assert again == first
    if format_ == "json":
        assert run(batch, format_, 1, "3") == first


def test_json_and_json_lines_say_the_same(batch: Path, quick: Quick) -> None:
    whole = quick("scrub", batch / "batch", "--format", "json").json
    lines = [
        json.loads(line) for line in quick("scrub", batch / "batch", "--format", "jsonl").out.splitlines()
    ]
    by_type: dict[str, list[dict[str, object]]] = {}
    for line in lines:
        by_type.setdefault(line.pop("type"), []).append(line)
    claims = [{"path": file["path"], **claim} for file in whole["files"] for claim in file["claims"]]
    assert len(claims) == 321
    assert by_type["claim"] == claims
    files = [{k: v for k, v in file.items() if k != "claims"} for file in whole["files"]]
    assert by_type["file"] == files
    assert by_type["summary"] == [whole["summary"]]
    (head,) = by_type["run"]
    assert head == {k: v for k, v in whole.items() if k not in ("files", "summary")}


def test_the_members_of_the_result_come_in_the_published_order(quick: Quick) -> None:
    whole = quick("scrub", GOLDEN / "ten_errors.837", "--format", "json").json
    published = ["schema_version", "engine", "receipt_date", "packs", "reference_data", "supplied", "files"]
    published += ["summary"]
    assert list(whole) == published
    file = whole["files"][0]
    assert list(file) == ["path", "format", "claims", "findings", "sha256"]
    claim = next(claim for claim in file["claims"] if claim["findings"])
    assert list(claim) == [
        "index",
        "claim_id",
        "claim_type",
        "outcome",
        "submittable",
        "coverage",
        "not_evaluated",
        "findings",
    ]
    assert list(claim["findings"][0])[:17] == [
        "id",
        "rule",
        "rule_version",
        "pack",
        "outcome",
        "severity",
        "snip",
        "category",
        "title",
        "message",
        "why",
        "locations",
        "evidence",
        "denial",
        "references",
        "amendment",
        "route",
    ]
    location = claim["findings"][0]["locations"][0]
    assert list(location) == ["role", "path", "pointer", "x12", "form", "value"]
    assert list(location["x12"]) == ["loop", "segment", "element", "component", "repeat", "position"]


def test_the_ids_of_findings_are_unique_in_a_file(batch: Path, quick: Quick) -> None:
    for file in quick("scrub", batch / "batch", "--format", "json").json["files"]:
        ids = [finding["id"] for claim in file["claims"] for finding in claim["findings"]]
        assert len(ids) == len(set(ids))


def test_the_receipt_date_is_an_input_and_not_today(workspace: Path, quick: Quick) -> None:
    Path("claims.837").write_bytes(PROFESSIONAL)  # services of 2026-08-18, BHT04 2026-08-20
    own = quick("scrub", "claims.837", "--format", "json")
    early = quick("scrub", "claims.837", "--format", "json", "--receipt-date", "2026-08-17")
    assert (own.json["receipt_date"], own.code, own.findings) == (None, 0, [])
    assert (early.json["receipt_date"], early.code) == ("2026-08-17", 1)
    assert [finding["rule"] for finding in early.findings] == ["FMT-005", "FMT-005"]
