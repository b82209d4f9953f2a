"""A service whose LX is missing is a line all the same: what it charges is not lost, and none is made up."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from benchmarks.claims import Mix, as_bytes
from benchmarks.claims.mix import ClaimType
from scrubber.claim.fields.loops import SERVICES
from scrubber.guides.library import Guides
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.read.reader import ReadClaim
from tests.guides.mutants import EVERY_TYPE
from tests.read.files import chunks
from tests.support.guides import LOADERS


def file_of(claim_type: ClaimType) -> str:
    """Return a file of one claim with three lines or more."""
    mix = Mix(claim_type, claims=1, seed=2, lines=(3, 4), newline="")
    return as_bytes(mix)[0].decode()


def read(text: str) -> ReadClaim:
    (claim,) = (c for chunk in chunks(text.encode()) for c in chunk.reading(Guides(LOADERS)).claims())
    return claim


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
@pytest.mark.parametrize("number", [1, 2])
def test_a_line_whose_lx_is_missing_is_kept(claim_type: ClaimType, number: int) -> None:
    whole = read(file_of(claim_type))
    text = file_of(claim_type).replace(f"~LX*{number}~", "~", 1)
    found = read(text)
    assert [line.charge for line in found.claim.lines] == [line.charge for line in whole.claim.lines]
    assert [line.number for line in found.claim.lines][number - 1] is None
    assert [(v.missing, v.segment) for v in found.violations] == [(True, "LX")]


def _spoilt(text: str, segment: str, times: int) -> str:
    """Return a file in which the first segment of a name stands more than once, and the total is wrong."""
    first = next(s for s in text.split("~") if s.startswith(f"{segment}*"))
    text = text.replace(f"~{first}~", "~" + f"{first}~" * times, 1)
    return re.sub(r"~(CLM\*[^*]*)\*[^*]*\*", r"~\1*1.5*", text, count=1)


@pytest.mark.parametrize("claim_type", EVERY_TYPE)
def test_no_change_is_offered_where_a_service_stands_twice(claim_type: ClaimType, bundle: Bundle) -> None:
    """It may stand twice by mistake, or be a line of its own: the sum of the lines is not known."""
    scrubber, offered = Scrubber(bundle), {}
    for times in (1, 2):
        item = read(_spoilt(file_of(claim_type), SERVICES[claim_type], times))
        assert item.claim.total_charge == Decimal("1.5")
        (total,) = (f for f in scrubber.scrub(item).findings if f.rule == "BAL-001")
        assert total.amendment is not None
        offered[times] = bool(total.amendment.patch), total.amendment.applicability, total.amendment.verified
    assert offered == {1: (True, "confirm", True), 2: (False, "advise", False)}
