from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubber.denials import Denials, Explanation, explain, load_denials
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.parse import parse_sources

Explain = Callable[..., Explanation]


@pytest.fixture(scope="session")
def rules_dir() -> Path:
    return builtin_rules_dir()


@pytest.fixture(scope="session")
def denials(rules_dir: Path) -> Denials:
    sources, document = parse_sources((rules_dir / "sources.yaml").read_bytes(), "rules/sources.yaml")
    assert document.problems == []
    return load_denials(rules_dir / "denials", sources)


@pytest.fixture(scope="session")
def ask(denials: Denials) -> Explain:
    """Explain codes as they are typed."""

    def ask(*codes: str, **more: Any) -> Explanation:
        return explain(denials, codes, **more)

    return ask
