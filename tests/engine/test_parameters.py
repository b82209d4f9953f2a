"""Parameters: the same claim under three payers, and which of a payer's values is in force."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest

from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import Scrubber
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import claim_from_json, claim_to_json
from scrubber.read.reader import ReadClaim
from scrubber.read.split import split_x12
from scrubber.rule_examples import run_examples
from tests.engine.rules import compiled, seen

PACK = """\
schema: 1
id: trial
title: Filing limits
version: "1.0.0"
engine: ">=0.1,<1"
precedence: 100
owner: Compliance
"""
PAYER = """\
schema: 1
key: {key}
name: {key}
program: commercial
payer_ids: ["{id}"]
references: [EXH-GUIDE]
"""
RULE = """\
schema: 1
id: TIM-901
name: filed-too-late
title: The filing limit has passed
status: stable
severity: deny
snip: 7
applies_to: {encounters: false}
parameters:
  filing_limit: {type: period, unknown_if_unset: true}
  clock: {type: choice, of: [first_day, last_day], default: {institutional: last_day, else: first_day}}
for_each: claim
let:
  start: {choose: {param: clock}, first_day: service_period.from, last_day: service_period.through}
  deadline: {shift: start, by: {param: filing_limit}}
when: {field: deadline, present: true}
require: {field: receipt_date, on_or_before: {path: deadline}}
at: [delay_reason_code]
message: "The limit counted from {start} ended on {deadline}."
why: Late claims are denied.
references: [EXH-GUIDE]
examples:
  pass:
    - name: last day
      base: professional
      receipt_date: "2027-08-18"
      parameters: {filing_limit: {years: 1}}
      set: {"lines[*].service_date.from": "2026-08-18"}
  fail:
    - name: a day late
      base: professional
      receipt_date: "2027-08-19"
      parameters: {filing_limit: {years: 1}}
      set: {"lines[*].service_date.from": "2026-08-18"}
      expect: [{at: delay_reason_code}]
  unknown:
    - {name: not set, base: professional, receipt_date: "2027-08-19", expect: [{outcome: indeterminate}]}
"""
VALUES = {
    "quick": "{parameter: TIM-901.filing_limit, value: {days: 30}, references: [EXH-GUIDE]}",
    "slow": "{parameter: TIM-901.filing_limit, value: {years: 1}, references: [EXH-GUIDE]}",
}
UNSET = "not known: TIM-901.filing_limit; set what this payer says in its parameters.yaml"
MONTH, YEAR = "value: {days: 30}", "value: {years: 1}"
RECEIVED = dt.date(2026, 10, 30)


def written(folder: Path, rule: str = RULE, values: dict[str, str] | None = None) -> Path:
    (folder / "pack.yaml").write_text(PACK)
    (folder / "TIM-901-filed-too-late.yaml").write_text(rule)
    for number, key in enumerate(("quick", "slow", "silent")):
        payer = folder / "payers" / key
        payer.mkdir(parents=True)
        (payer / "payer.yaml").write_text(PAYER.format(key=key, id=f"9000{number}"))
        told = (values if values is not None else VALUES).get(key)
        if told:
            (payer / "parameters.yaml").write_text(f"schema: 1\nvalues:\n  - {told}\n")
    return folder


def load(folder: Path) -> Bundle:
    return load_packs([builtin_rules_dir(), folder])


def outcomes(folder: Path, payer_id: str, day: str = "2026-08-18") -> list[str]:
    """Return what the rule says of a claim of one payer that is received on the 30th of October."""
    scrubber = Scrubber(load(folder), RECEIVED)
    base = load(folder).base["professional"].encode()
    (chunk,) = (part for part in split_x12(BytesIO(base)) if isinstance(part, Chunk))
    document = claim_to_json(next(chunk.read()).claim)
    document["payer"]["payer_id"] = payer_id
    for line in document["lines"]:
        line["service_date"] = {"from": day}
    result = scrubber.scrub(ReadClaim(0, claim_from_json(document), None), verify=False)
    return [f.outcome for f in result.findings if f.rule == "TIM-901"] + [
        f"{entry.reason}; {entry.remedy}" for entry in result.not_evaluated if entry.rule == "TIM-901"
    ]


def test_the_same_claim_under_three_payers(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert outcomes(folder, "90000") == ["fail"]
    assert outcomes(folder, "90001") == []
    assert outcomes(folder, "90002") == [UNSET]


def test_the_examples_of_the_rule_hold(tmp_path: Path) -> None:
    report = run_examples(Scrubber(load(written(tmp_path))), only=["TIM-901"])
    assert report.failures == () and report.ran == 3


def test_a_parameter_that_nobody_has_set_is_named_only_where_it_matters() -> None:
    rule = compiled(
        parameters={"least": {"type": "number", "unknown_if_unset": "true"}},
        require={"field": "total_charge", "at_most": "9"},
        bypass={"field": "total_charge", "at_least": {"param": "least"}},
    )
    for charge, reason in (("95", "RND-001.least"), ("ABC", "total_charge")):
        (found,) = seen(rule, {"total_charge": charge})
        assert found.reason == f"not known: {reason}"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # In force by the date of service.
        ("value: {days: 30}, effective: {to: 2026-08-17}", [UNSET]),
        ("value: {days: 30}, effective: {from: 2026-08-18}", ["fail"]),
        # The later of two that are in force; the more specific one before that.
        (f"{YEAR}, effective: {{from: 2026-01-01}}|{MONTH}, effective: {{from: 2026-08-01}}", ["fail"]),
        (f"{MONTH}, when: {{claim_types: [professional]}}|{YEAR}, effective: {{from: 2026-08-01}}", ["fail"]),
        ("value: {days: 30}, when: {claim_types: [dental]}|value: {years: 1}", []),
        ("value: {days: 30}, when: {programs: [medicaid]}|value: {years: 1}", []),
    ],
)
def test_the_most_specific_value_in_force_counts(tmp_path: Path, values: str, expected: list[str]) -> None:
    entries = [
        f"{{parameter: TIM-901.filing_limit, {value}, references: [EXH-GUIDE]}}"
        for value in values.split("|")
    ]
    assert outcomes(written(tmp_path, values={"quick": "\n  - ".join(entries)}), "90000") == expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{parameter: TIM-901.limit, value: {days: 30}, references: [EXH-GUIDE]}",
            "3:17: TIM-901 has no parameter `limit`. It has `clock` and `filing_limit`.",
        ),
        (
            "{parameter: TIM-901.filing_limit, value: soon, references: [EXH-GUIDE]}",
            "3:46: `soon` is no value of `filing_limit`: that is a period, such as {days: 90} or {years: 1}.",
        ),
        (
            "{parameter: TIM-999.filing_limit, value: {days: 30}, references: [EXH-GUIDE]}",
            "3:17: There is no rule `TIM-999`. Did you mean 'TIM-901'?",
        ),
        (
            "{parameter: filing_limit, value: {days: 30}, references: [EXH-GUIDE]}",
            "3:6: `parameter` names a rule and its parameter. Write TIM-001.filing_limit.",
        ),
        (
            "{parameter: TIM-901.clock, value: middle, references: [EXH-GUIDE]}",
            "3:39: `middle` is no value of `clock`: that is one of first_day, last_day.",
        ),
        (
            "{parameter: TIM-901.filing_limit, value: {days: 30}}",
            "3:5: The key `references` is missing in item 1 of `values`. Add `references: ...`.",
        ),
    ],
)
def test_a_mistake_in_a_payers_values_is_said_at_its_place(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load(written(tmp_path, values={"quick": entry}))
    (found,) = (str(d) for d in caught.value.diagnostics)
    assert found.endswith(f"quick/parameters.yaml:{message}"), found


def test_values_that_belong_to_no_payer_are_a_mistake(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "payers" / "quick" / "payer.yaml").unlink()
    with pytest.raises(PackErrors) as caught:
        load(folder)
    assert "These parameters belong to no payer" in str(caught.value.diagnostics[0])
