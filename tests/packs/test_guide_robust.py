"""Whatever an author does to a guide, its overlay or its segments, the answer is diagnostics with places."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.guide_structure import read_structure
from scrubber.packs.guides import GuideFiles
from tests.guides.small import SEGMENTS, SMALL
from tests.support.junk import with_junk

STRUCTURE = """schema: 1
segments:
  NM1:
    elements: ["98", "1065", "C023"]
    relations: [P0203]
composites:
  C023: ["1331", "1332"]
"""
OVERLAY = """schema: 1
overlay: ours
title: Ours
guides: [005010X999]
references: [BOOK]
changes:
  - at: ISA NM109
    format_by: {XX: npi}
    by: 8
    why: so
    references: [BOOK]
  - at: [ISA REF02 (EI)]
    most: 10
    least: 2
    codes: {add: [A], remove: [B]}
  - at: ISA REF
    repeat: 3
    usage: S
"""
_SEGMENTS = ("segments.yaml", SEGMENTS)
_SMALL = ("g.yaml", SMALL.encode())


def of_structure(raw: bytes) -> Sequence[Diagnostic]:
    return read_structure("f.yaml", raw)[1]


def of_guide(raw: bytes) -> Sequence[Diagnostic]:
    return GuideFiles.of({"segments.yaml": _SEGMENTS, "f.yaml": ("f.yaml", raw)}).problems({"BOOK"})


def of_overlay(raw: bytes) -> Sequence[Diagnostic]:
    files = {"segments.yaml": _SEGMENTS, "g.yaml": _SMALL}
    return GuideFiles.of(files, [("f.yaml", raw)]).problems({"BOOK"})


KINDS: dict[str, tuple[str, Callable[[bytes], Sequence[Diagnostic]]]] = {
    "structure": (STRUCTURE, of_structure),
    "guide": (SMALL, of_guide),
    "overlay": (OVERLAY, of_overlay),
}
JUNK: list[Any] = [None, "", "x", "²", "9" * 5000, [], ["x", {}], [None], [["A"]], {}, {"x": None}]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_has_no_mistakes(kind: str) -> None:
    text, problems = KINDS[kind]
    assert list(problems(text.encode())) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: json.dumps(junk)[:12])
def test_any_value_may_be_junk(kind: str, junk: Any) -> None:
    text, problems = KINDS[kind]
    for broken in with_junk(text.encode(), junk):
        for problem in problems(broken.encode()):
            assert (problem.file, problem.line) == ("f.yaml", 1) and problem.col >= 1
            for python in ("{'", "['", "None", "[[", "\n"):
                assert python not in str(problem)


@pytest.mark.parametrize("kind", KINDS)
def test_any_line_may_be_lost(kind: str) -> None:
    text, problems = KINDS[kind]
    lines = text.splitlines(keepends=True)
    for i in range(len(lines)):
        for problem in problems("".join(lines[:i] + lines[i + 1 :]).encode()):
            assert 1 <= problem.line <= len(lines) and problem.col >= 1
