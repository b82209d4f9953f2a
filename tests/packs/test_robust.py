"""Whatever an author does to a rule, the answer is diagnostics with places, never an exception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.check import Vocabulary, check_rule
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.packs.parse import parse_rule
from tests.support.junk import with_junk

RULES = sorted(
    path
    for path in builtin_rules_dir().rglob("*-*.yaml")
    if path.parent.name not in ("decisions", "denials", "tables", "guides")
)


def check(text: str) -> int:
    """Return how many mistakes a text has, after making sure that all of them can be shown."""
    parsed, document = parse_rule(text.encode(), "f.yaml")
    found = list(document.problems)
    if parsed is not None:
        found += check_rule(parsed, Vocabulary())
    for problem in found:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.col >= 1
        assert "\n" not in str(problem)
    return len(found)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem[:7])
def test_any_line_may_be_lost(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for i in range(len(lines)):
        check("".join(lines[:i] + lines[i + 1 :]))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem[:7])
def test_the_file_may_end_anywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for end in range(0, len(text), 17):
        check(text[:end])


@pytest.mark.parametrize("path", RULES[::3], ids=lambda path: path.stem[:7])
@pytest.mark.parametrize("junk", [None, "", "x", "[0]", [], ["x", {}], {}, {"x": None}])
def test_any_value_may_be_junk(path: Path, junk: Any) -> None:
    for broken in with_junk(path.read_bytes(), junk):
        check(broken)


def test_a_rule_without_mistakes_compiles() -> None:
    bundle = load_packs([builtin_rules_dir()])
    for loaded in bundle.rules:
        compile_rule(loaded.rule, Known.of(bundle))
