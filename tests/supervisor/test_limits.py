"""Limits in a run: one claim of a file is refused and the others are scrubbed; a file has so many claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.read.limits import Limits
from scrubber.worker import WorkerOptions
from tests.conftest import SECRET
from tests.supervisor.conftest import Seen, run
from tests.support.make837 import make837


def limited(path: Path, bundle: Bundle, jobs: int = 1, claims_a_chunk: int = 100, **limits: int) -> Seen:
    worker = WorkerOptions(limits=Limits(**limits))
    return run(path, bundle, jobs=jobs, claims_a_chunk=claims_a_chunk, worker=worker)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="ascii")
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_claim_that_breaks_a_limit_is_an_error_and_no_other(
    tmp_path: Path, bundle: Bundle, jobs: int
) -> None:
    text = make837(9, 4, errors=0.5)
    plain = run(written(tmp_path / "plain.837", text), bundle)
    wrong = text.replace("*0001*005010X222A1~", "*0001*005010X222A1~", 1)
    claims = [i for i in range(len(wrong)) if wrong.startswith("CLM*", i)]
    at = wrong.index("~\n", claims[4]) + 2
    wrong = f"{wrong[:at]}NTE*ADD*{SECRET * 3000}~\n{wrong[at:]}"
    seen = limited(written(tmp_path / "wrong.837", wrong), bundle, jobs, claims_a_chunk=2)
    assert [claim["index"] for claim in seen.claims] == list(range(9))
    for index, (claim, other) in enumerate(zip(seen.claims, plain.claims, strict=True)):
        if index != 4:
            assert (claim["outcome"], len(claim["findings"])) == (other["outcome"], len(other["findings"]))
            continue
        assert (claim["outcome"], claim["submittable"], claim["findings"]) == ("error", False, [])
        assert claim["claim_id"] == other["claim_id"]
        (gap,) = claim["not_evaluated"]
        number = wrong[:at].count("~") + 1
        assert gap["reason"] == (
            f"this claim cannot be judged: segment {number} has 27008 bytes, and at most 16384 are allowed "
            "(--limit segment_length=NUMBER allows more)"
        )
    assert SECRET not in json.dumps(seen.claims)
    assert seen.summary is not None and seen.summary.exit_code() == 1


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_file_has_so_many_claims(tmp_path: Path, bundle: Bundle, chunk: int) -> None:
    """The first are scrubbed as ever; the file says that it has more, and its hash is of all of it."""
    path = written(tmp_path / "many.837", make837(10, 4, errors=0.3))
    whole = run(path, bundle)
    for most in (1, 3, 9):
        seen = limited(path, bundle, claims_a_chunk=chunk, claims=most)
        assert seen.results == whole.results[:most]
        (file,) = seen.files
        assert file.sha256 == whole.files[0].sha256
        (problem,) = [p for p in file.problems if p.code == "FILE-003"]
        assert problem.fatal and "--limit claims=NUMBER" in problem.remedy
        assert problem.message == (
            f"the file has more than {most} claims; those after the first {most} were not checked"
        )
        assert seen.summary is not None and seen.summary.exit_code() == 2
    assert limited(path, bundle, claims_a_chunk=chunk, claims=10).results == whole.results
    assert limited(path, bundle, claims_a_chunk=chunk, claims=10).files[0].problems == ()


def test_claims_of_json_are_counted_too(tmp_path: Path, bundle: Bundle) -> None:
    path = written(tmp_path / "claims.jsonl", '{"claim_type": "professional"}\n' * 7)
    seen = limited(path, bundle, claims_a_chunk=3, claims=5)
    assert len(seen.results) == 5
    assert [problem.code for problem in seen.files[0].problems] == ["FILE-003"]


def test_lines_of_json_are_counted_too(tmp_path: Path, bundle: Bundle) -> None:
    few, many = ({"claim_type": "professional", "lines": [{}] * lines} for lines in (3, 4))
    path = written(tmp_path / "claims.jsonl", f"{json.dumps(few)}\n{json.dumps(many)}\n")
    seen = limited(path, bundle, lines=3)
    assert seen.claims[0]["outcome"] != "error"
    assert seen.claims[1]["outcome"] == "error"
    assert "it has 4 service lines, and at most 3 are allowed" in seen.claims[1]["not_evaluated"][0]["reason"]


def test_a_part_without_claims_that_breaks_a_limit_is_told_with_the_file(
    tmp_path: Path, bundle: Bundle
) -> None:
    text = make837(2).replace("~\nSE*", f"~\nHL*9*1*22*0~\nSBR*P*18*{SECRET * 3000}~\nSE*", 1)
    seen = limited(written(tmp_path / "claims.837", text), bundle)
    assert {claim["outcome"] for claim in seen.claims} == {"clean"}
    problems = seen.files[0].problems
    assert "X12-011" in {problem.code for problem in problems}
    assert SECRET not in repr(problems)
    assert seen.summary is not None and seen.summary.exit_code() == 2


def test_segments_that_end_envelopes_are_held_to_the_limits_of_the_run(
    tmp_path: Path, bundle: Bundle
) -> None:
    path = written(tmp_path / "claims.837", make837(1).replace("\nGE*1*1~", f"\nGE*1*1*{'A' * 200}~"))
    assert limited(path, bundle).files[0].problems == ()
    assert [p.code for p in limited(path, bundle, segment_length=106).files[0].problems] == ["X12-011"]


def test_a_file_may_have_as_many_problems_as_segments(tmp_path: Path, bundle: Bundle) -> None:
    """Some of them are told: that something was not read is the last to be left out."""
    head, tail = make837(1).split("SE*", 1)
    many = "ST*837*0002*005010X222A1~SE*9*0002~\n" * 3000 + "ST*270*0003~SE*2*0003~\n"
    rest = tail.split("\n", 1)
    path = written(tmp_path / "claims.837", f"{head}SE*{rest[0]}\n{many}{rest[1]}")
    seen = run(path, bundle)
    codes = [problem.code for problem in seen.files[0].problems]
    assert len(codes) <= 4000 and "X12-007" in codes
    assert seen.summary is not None and seen.summary.exit_code() == 2
