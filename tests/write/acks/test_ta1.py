"""The TA1: one for each interchange, about its envelope and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scrubber.guides.violations import Kind
from scrubber.read.x12 import FileProblem
from scrubber.write.acks.model import End, Event, Fault
from tests.support.ack_reading import segments
from tests.write.acks.events import (
    GS,
    ISA,
    ST,
    acknowledge,
    claim,
    file,
    problem,
    violation,
)


def answer(*events: Event) -> list[str]:
    """Return the TA1 segments."""
    return [s for s in segments(acknowledge("TA1", events)) if s.startswith("TA1")]


def test_a_sound_interchange_is_accepted_in_an_interchange_without_groups() -> None:
    assert segments(acknowledge("TA1", file(claim()))) == [
        "ISA*00*          *00*          *30*123456789      *ZZ*SUBMITTER01    *260821*0930*^*00501*100000905"
        "*0*T*:",
        "TA1*000000905*260820*0815*A*000",
        "IEA*0*100000905",
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (problem("X12-004", "IEA", fatal=True), "R*023"),
        (problem("X12-003", fatal=True), "R*023"),
        (problem("X12-005", "IEA", 1), "E*021"),
        (problem("X12-006", "IEA", 2), "E*001"),
    ],
)
def test_problems_of_the_envelope(found: FileProblem, said: str) -> None:
    assert answer(ISA, GS, ST, found, End("ISA")) == [f"TA1*000000905*260820*0815*{said}"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (problem("X12-008", None, fatal=True), "R*024"),
        (problem("X12-008", "GE", fatal=True), "R*022"),
        (problem("X12-008", "ST"), "E*022"),
    ],
)
def test_what_stands_in_an_interchange_outside_of_its_groups(found: FileProblem, said: str) -> None:
    assert answer(ISA, found, End("ISA")) == [f"TA1*000000905*260820*0815*{said}"]


def test_what_is_inside_of_groups_is_not_its_business() -> None:
    inside: list[Event] = [
        problem("X12-004", "SE", fatal=True),
        problem("X12-005", "GE", 1),
        problem("X12-007", "ST", 1, position=3, fatal=True),
        problem("X12-008", None, fatal=True),
        Fault(violation(Kind.MISSING_SEGMENT, "N3", 9)),
    ]
    assert answer(*file(*inside)) == ["TA1*000000905*260820*0815*A*000"]


def test_what_rejects_is_said_rather_than_what_came_first() -> None:
    both = [problem("X12-005", "IEA", 1), problem("X12-008", None, fatal=True)]
    assert answer(ISA, *both, End("ISA")) == ["TA1*000000905*260820*0815*R*024"]


@pytest.mark.parametrize(
    ("element", "code"),
    [(1, "010"), (5, "005"), (6, "006"), (9, "014"), (13, "018"), (15, "020"), (16, "027")],
)
def test_faults_of_the_header_are_said_by_element(element: int, code: str) -> None:
    bad = violation(Kind.INVALID_CODE, "ISA", 1, "ISA_LOOP", element=element)
    assert answer(ISA, Fault(bad), End("ISA")) == [f"TA1*000000905*260820*0815*E*{code}"]


def test_every_interchange_has_its_own_even_without_an_end() -> None:
    other = replace(ISA, control="000000906", sender="SUBMITTER02")
    said = answer(ISA, GS, ST, other, problem("X12-004", "IEA", fatal=True))
    assert said == ["TA1*000000905*260820*0815*A*000", "TA1*000000906*260820*0815*R*023"]


def test_an_empty_file_has_none() -> None:
    assert answer() == []


def test_what_cannot_be_repeated_is_stood_in_for() -> None:
    """RFI 2102."""
    odd = replace(ISA, control="12", date="2026", time="x")
    assert answer(odd, End("ISA")) == ["TA1*000000000*260821*0930*A*000"]
