"""Rules over all claims of a file: found when the file ends, whatever processes saw its claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.rules.packs import write_rule
from tests.conftest import SECRET, assert_refused, body_of, in_transactions, place, scrubber
from tests.support.make837 import make837

RULE = """\
schema: 1
id: ZZZ-004
name: control-number-repeats
title: Two claims in the file share a control number
status: stable
severity: warn
snip: null
for_each:
  groups: file.claims
  by: [billing_provider.npi, patient_control_number]
  where: {field: frequency_code, equals: "1"}
let: {times: {count: group.items}}
require: {field: times, at_most: 1}
at: [group.last.patient_control_number, group.last.total_charge]
message: "{group.patient_control_number} stands on {times} claims of this file."
why: Remittances are matched by this number.
references: [STEDI-PCN]
examples:
  pass: [{name: one, base: professional}]
  fail:
    - name: two
      base: professional
      add_claims: [{copy: 0}]
      expect: [{at: patient_control_number, claim: 1}]
"""


def claims(count: int, *same: int) -> str:
    """Return a file of one provider in which some claims have the control number SAME-1."""
    numbers = iter(range(count))
    out = []
    for segment in make837(count, subscribers_a_provider=count).split("~"):
        if segment.strip().startswith("CLM*"):
            elements = segment.split("*")
            if next(numbers) in same:
                elements[1] = "SAME-1"
            out.append("*".join(elements))
        else:
            out.append(segment)
    return "~".join(out)


@pytest.fixture
def mine(workspace: Path) -> Path:
    write_rule(Path("mine"), text=RULE)
    return Path("mine")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_claims_far_apart_are_found_together(mine: Path, jobs: str) -> None:
    Path("a.837").write_text(claims(250, 7, 120, 249))
    Path("b.837").write_text(claims(3, 0))
    ran = scrubber("scrub", "a.837", "b.837", "--packs", mine, "--format", "json", "--jobs", jobs)
    (found,) = ran.files["a.837"]["findings"]
    assert ran.files["b.837"]["findings"] == []
    assert found["message"] == "SAME-1 stands on 3 claims of this file."
    assert (found["rule"], found["outcome"], found["severity"]) == ("ZZZ-004", "fail", "warn")
    primary, related = found["locations"]
    assert primary["path"] == "file.claims[249].patient_control_number"
    assert place(primary) == ("2300", "CLM", 1, None, None)
    assert (primary["value"], primary["form"]) == ("SAME-1", "CMS-1500 26")
    assert (related["role"], related["path"], related["value"]) == (
        *("related", "file.claims[249].total_charge"),
        None,
    )
    assert found["evidence"] == {"times": "3"}
    assert ran.json["summary"]["file_findings"] == 1
    assert ran.json["summary"]["severities"]["warn"] == 1 + sum(f["severity"] == "warn" for f in ran.findings)


def test_a_finding_on_a_file_blocks_where_its_severity_does(mine: Path) -> None:
    write_rule(mine, ("severity: warn", "severity: deny"), text=RULE)
    Path("a.837").write_text(claims(3, 0, 2))
    ran = scrubber("scrub", "a.837", "--packs", mine, "--format", "json")
    assert [c["outcome"] for c in ran.claims] == ["clean"] * 3
    assert ran.code == 1
    Path("a.837").write_text(claims(3, 0))
    assert scrubber("scrub", "a.837", "--packs", mine, "--format", "json").code == 0


def test_one_claim_explains_nothing_about_its_file(mine: Path) -> None:
    Path("a.837").write_text(claims(1))
    assert_refused(
        scrubber("rules", "explain", "a.837", "ZZZ-004", "--packs", mine),
        "ZZZ-004 looks over all claims of a file; there is nothing to explain about one of them",
        "`scrubber scrub` says which claims of the file have the same values",
    )


def test_people_read_it_too(mine: Path) -> None:
    Path("a.837").write_text(claims(3, 0, 2))
    ran = scrubber("scrub", "a.837", "--packs", mine)
    assert "SAME-1 stands on 2 claims of this file." in ran.out
    for kind in ("html", "sarif"):
        told = scrubber("scrub", "a.837", "--packs", mine, "--format", kind)
        assert "SAME-1 stands on 2 claims of this file." in told.out, kind


#: A claim with a segment that is longer than segments may be: it is an error.
TOO_LONG = body_of("LONG").replace("HI*", f"NTE*ADD*{SECRET * 3000}~\nHI*")


def test_a_claim_that_could_not_be_counted_makes_the_answer_for_its_file_unknown(mine: Path) -> None:
    Path("a.837").write_text(in_transactions(body_of("A"), TOO_LONG, body_of("B"), TOO_LONG))
    Path("b.837").write_text(in_transactions(body_of("A"), body_of("B")))
    words = ("scrub", "a.837", "b.837", "--packs", mine)
    ran = scrubber(*words, "--format", "json")
    assert [c["outcome"] for c in ran.claims] == ["clean", "error", "clean", "error", "clean", "clean"]
    assert ran.files["a.837"]["findings"] == []
    assert ran.files["a.837"]["not_evaluated"] == [
        {
            "rule": "ZZZ-004",
            "reason": "2 claims are errors and could not be counted with the others",
            "remedy": "correct what is said of them, then scrub the whole file again",
        }
    ]
    assert "not_evaluated" not in ran.files["b.837"]
    assert ran.code == 1
    assert (
        "scrubber: 1 file was not checked as a whole: not all claims could be counted; that is not a pass.\n"
        in ran.err
    )
    assert SECRET not in ran.out + ran.err


def test_what_is_found_among_the_others_stands(mine: Path) -> None:
    Path("a.837").write_text(in_transactions(body_of("A"), TOO_LONG, body_of("A")))
    ran = scrubber("scrub", "a.837", "--packs", mine, "--format", "json")
    assert [f["message"] for f in ran.files["a.837"]["findings"]] == ["A stands on 2 claims of this file."]
    (gap,) = ran.files["a.837"]["not_evaluated"]
    assert gap["reason"] == "1 claim of the file is an error and could not be counted with the others"


def test_claims_that_were_not_read_could_not_be_counted(mine: Path) -> None:
    Path("a.837").write_text(in_transactions(*(body_of(f"C{i}") for i in range(3))))
    ran = scrubber("scrub", "a.837", "--packs", mine, "--format", "json", "--limit", "claims=2")
    (gap,) = ran.files["a.837"]["not_evaluated"]
    assert (gap["reason"], gap["remedy"]) == (
        "the file was not read to its end",
        "correct the file, then scrub the whole file again",
    )
    Path("a.json").write_text('[{"patient_control_number": "A"}, {"lines": 7}]')
    ran = scrubber("scrub", "a.json", "--packs", mine, "--format", "json")
    (gap,) = ran.files["a.json"]["not_evaluated"]
    assert gap["reason"] == "1 claim of the file is an error and could not be counted with the others"


@pytest.mark.parametrize("kind", ["text", "html", "csv", "sarif", "fhir", "jsonl"])
def test_every_format_says_that_a_file_was_not_evaluated(mine: Path, kind: str) -> None:
    Path("a.837").write_text(in_transactions(body_of("A"), TOO_LONG))
    told = " ".join(scrubber("scrub", "a.837", "--packs", mine, "--format", kind).out.split())
    assert "1 claim of the file is an error and could not be counted with the others" in told
    assert "Nothing to look at in this file" not in told
