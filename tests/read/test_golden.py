"""One claim of each type with every loop, read value by value: what the guides say stands where.

`golden/*.json` was compared with the segments and the guides by eye. The field table is the source of every
other test of places; this one only asks it whether anything was left unsaid.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scrubber.claim.fields import FIELDS
from scrubber.claim.fields.loops import loops
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import expand
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.read.files import read
from tests.read.full import FULL
from tests.read.full_dental import FULL_DENTAL
from tests.read.full_institutional import FULL_INSTITUTIONAL
from tests.read.same import same

GOLDEN = Path(__file__).parent / "golden"
FILES: dict[ClaimType, str] = {
    "professional": FULL,
    "institutional": FULL_INSTITUTIONAL,
    "dental": FULL_DENTAL,
}
EACH = pytest.mark.parametrize("claim_type", FILES)

#: What a claim cannot say because it says the other one in the same element or segment.
_ADDRESSES = (
    "billing_provider.address",
    "pay_to_address",
    "pay_to_plan.address",
    "subscriber.address",
    "patient.address",
    "payer.address",
    "service_facility.address",
)
_STATES = {f"{address}.subdivision": f"{address}.state" for address in _ADDRESSES}
ALTERNATIVES: dict[ClaimType, dict[str, str]] = {
    "professional": {
        **_STATES,
        "ambulance_pickup.address.subdivision": "ambulance_pickup.address.state",
        "ambulance_dropoff.address.subdivision": "ambulance_dropoff.address.state",
        "subscriber.unique_health_id": "subscriber.member_id",
        "patient.ssn": "patient.member_id",
    },
    "institutional": {
        **_STATES,
        "subscriber.unique_health_id": "subscriber.member_id",
        "patient.member_id": "patient.ssn",
    },
    "dental": {
        **_STATES,
        "subscriber.unique_health_id": "subscriber.member_id",
        "patient.ssn": "patient.member_id",
    },
}


def expected(claim_type: ClaimType) -> object:
    return json.loads((GOLDEN / f"{claim_type}.json").read_text(encoding="utf-8"))


@EACH
def test_every_value_of_the_full_claim_is_read(claim_type: ClaimType) -> None:
    (item,) = read(FILES[claim_type].encode())
    assert claim_to_json(item.claim) == expected(claim_type)


@EACH
def test_the_golden_json_is_the_same_claim(claim_type: ClaimType) -> None:
    (item,) = read(FILES[claim_type].encode())
    assert same(claim_from_json(expected(claim_type)), item.claim)


@EACH
def test_the_full_claim_says_everything_a_claim_can_say(claim_type: ClaimType) -> None:
    (item,) = read(FILES[claim_type].encode())
    unsaid = {row.path for row in FIELDS[claim_type] if not any(expand(item.claim, row.path))}
    assert unsaid == set(ALTERNATIVES[claim_type])
    for other in ALTERNATIVES[claim_type].values():
        assert any(expand(item.claim, other))


@EACH
def test_the_full_claim_has_every_loop_and_uses_all_its_segments(claim_type: ClaimType) -> None:
    (item,) = read(FILES[claim_type].encode())
    assert item.source is not None
    segments = list(item.source.segments())
    wanted = {key for key, loop in loops(claim_type).all.items() if not loop.id.endswith("?")}
    assert {(s.loop.id, s.loop.owner) for s in segments} == wanted
    assert all(segment.used for segment in segments)
