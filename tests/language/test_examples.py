"""The rules in `pack/` show what the language can do; their examples say what they mean."""

from __future__ import annotations

from pathlib import Path

from scrubber.packs.load import load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.rule_examples import run_examples

PACK = Path(__file__).parent / "pack"


def test_every_example_is_as_it_says() -> None:
    bundle = load_packs([PACK], BUILDER_NAMES)
    report = run_examples(Scrubber(bundle))
    assert report.failures == ()
    assert report.ran >= 30
    assert len(bundle.rules) == len(list(PACK.glob("*-*.yaml")))
