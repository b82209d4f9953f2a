"""A patch on the claim itself, and by way of the claim's JSON: the same claim, or no claim both times."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from scrubber.amend.apply import PatchError, apply, apply_to_json
from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS
from scrubber.findings import JsonPatch
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.oracle.claims import documents, filled, illegible, spoilt

VALUES: list[Any] = [
    *(
        "A",
        "11",
        "",
        " ",
        "245",
        "245.00",
        "1e3",
        ".5",
        "2026-08-18",
        "20260818",
        "?2026-08-18",
        "2026-02-30",
    ),
    *(7, 0, True, 1.5, None, [], ["A"], {}),
]


def claims(seed: int) -> list[Claim]:
    random = Random(seed)
    made = []
    for document in documents(60, seed, 0.1):
        times = random.choice([0, 5, 40])
        changed = spoilt(filled(document, random, times), random, random.choice([0, 2]))
        made.append(claim_from_json(illegible(changed, random) if random.random() < 0.2 else changed))
    return made


def written(value: Any, pointer: str = "") -> dict[str, Any]:
    """Return everything that stands in a claim's JSON by its pointer."""
    found = {pointer: value}
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            found |= written(part, f"{pointer}/{name}")
    return found


def pointer(random: Random) -> str:
    """Return a pointer that may lead somewhere."""
    out = ""
    for step in random.choice(list(PATHS)).split("."):
        out += f"/{step.removesuffix('[]')}"
        if step.endswith("[]") and random.random() < 0.9:
            out += f"/{random.choice(['0', '0', '1', '2', '7', '-', '01'])}"
    return out


def patch_for(claim: Claim, random: Random) -> JsonPatch:
    """Return some operations; most fit the claim, or nearly."""
    there = written(claim_to_json(claim))
    patch: JsonPatch = []
    for _ in range(random.choice([1, 1, 2, 3])):
        place = random.choice(list(there)[1:]) if random.random() < 0.7 else pointer(random)
        old = there.get(place)
        same_kind = [v for v in VALUES if type(v) is type(old)]
        value = random.choice(same_kind if same_kind and random.random() < 0.7 else VALUES)
        if random.random() < 0.5:
            patch.append({"op": "test", "path": place, "value": old if random.random() < 0.9 else value})
        name = random.choice(["replace", "replace", "replace", "add", "remove"])
        patch.append({"op": name, "path": place} | ({"value": value} if name != "remove" else {}))
    return patch


def result(way: Any, claim: Claim, patch: JsonPatch) -> Claim | str:
    try:
        amended: Claim = way(claim, patch)
    except PatchError as error:
        return str(error)
    return amended


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_give_the_same(seed: int) -> None:
    random = Random(seed)
    amended = 0
    for claim in claims(seed):
        before = claim_to_json(claim)
        for _ in range(12):
            patch = patch_for(claim, random)
            found = result(apply, claim, patch)
            assert found == result(apply_to_json, claim, patch), patch
            amended += isinstance(found, Claim) and found != claim
        assert claim_to_json(claim) == before
    assert amended > 100


def test_plain_values_are_set_without_a_way_through_json(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claims(1)[0]
    monkeypatch.setattr("scrubber.amend.apply.apply_to_json", lambda *_: pytest.fail("went by JSON"))
    amended = apply(claim, [{"op": "replace", "path": "/lines/0/procedure/code", "value": "99214"}])
    assert amended.lines[0].procedure.code == "99214"
    assert amended.lines[0].service_date is claim.lines[0].service_date
