"""Files made from the guides as they are shipped, rare loops and codes too, are found right by them."""

from __future__ import annotations

import pytest

from benchmarks.claims.mix import ClaimType
from scrubber.guides.formats import FORMATS
from scrubber.guides.model import Segment
from tests.guides.mutants import EVERY_TYPE, as_file
from tests.guides.test_mutants import violations
from tests.support.guides import IDS, shipped
from tests.support.valid_files import VALUES, ValidFile

#: Segments that the files write by themselves.
_ENVELOPE = {"ISA", "TA1", "GS", "ST", "SE", "GE", "IEA"}


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_every_segment_of_a_guide_is_accepted_at_every_place(claim_type: ClaimType) -> None:
    guide = shipped().guide(IDS[claim_type])
    assert guide is not None
    used: set[Segment] = set()
    for seed in range(24):
        file = ValidFile(guide, f"{claim_type} {seed}", density=(0.1, 0.2, 0.3, 0.6)[seed % 4])
        segments = file.segments()
        found = list(violations(as_file(segments), shipped()))
        assert not found, (seed, found[0], segments[found[0].position - 1])
        used |= file.used
    unused = {(loop.id, s.id, s.name) for loop, s in guide.top.segments() if s not in used}
    assert not {place for place in unused if place[1] not in _ENVELOPE}


def test_the_files_know_a_value_of_every_format() -> None:
    assert VALUES.keys() == FORMATS.keys()
    assert all(FORMATS[name][0](value) for name, value in VALUES.items())
