"""Examples that edit the file of their base claim before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scrubber.base_claims import Bases, ExampleError
from scrubber.claim.model import Claim
from scrubber.packs.rules import X12Edit

BASE = Path(__file__).parent / "pack" / "base"
BASES = Bases({name: (BASE / f"{name}.837").read_text() for name in ("professional", "institutional")})


def edited(name: str, *edits: dict[str, Any]) -> Claim:
    return BASES.first(name, [X12Edit.model_validate(edit) for edit in edits])


def test_an_element_is_replaced_in_the_first_such_segment() -> None:
    claim = edited("professional", {"replace": "SV1", "element": "2", "with": "150.001"})
    assert [str(line.charge) for line in claim.lines] == ["150.001", "95"]
    assert [str(line.charge) for line in BASES["professional"][0].lines] == ["150", "95"]


def test_an_element_behind_the_last_one_is_added() -> None:
    claim = edited("professional", {"replace": "SV1*HC:85025", "element": "9", "with": "Y"})
    assert [line.emergency for line in claim.lines] == [None, "Y"]


def test_segments_are_inserted_one_edit_after_the_other() -> None:
    claim = edited(
        "institutional",
        {"after": "HI*ABN", "insert": ["HI*BG:09", "HI*BG:10"]},
        {"replace": "HI*BG", "element": "1", "with": "BG:11"},
    )
    assert [code.code for code in claim.condition_codes] == ["11", "10"]


def test_a_segment_is_meant_by_whole_elements() -> None:
    with pytest.raises(ExampleError, match="no segment that begins with HI\\*A; "):
        edited("institutional", {"after": "HI*A", "insert": ["HI*BG:09"]})


def test_a_base_claim_that_is_none_is_said() -> None:
    with pytest.raises(ExampleError, match="the base claim odd does not read"):
        Bases({"odd": "no X12"})
