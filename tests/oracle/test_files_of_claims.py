"""Which claims of a file have the same values: the counts of hashed keys against plain comparison."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from scrubber.claim.paths import PATHS
from scrubber.engine.file_groups import FileGroups, keys_of
from scrubber.read.claim_json import claim_to_json
from tests.engine.rules import compiled
from tests.oracle.conditions import holds
from tests.oracle.test_random_rules import claims
from tests.oracle.values import World, value_of

pytestmark = pytest.mark.slow

BY = sorted(
    path
    for path, info in PATHS.items()
    if "[" not in path and info.kind in ("code", "text", "id", "npi", "name") and info.places
)
WHERE: list[dict[str, Any]] = [
    {"field": "frequency_code", "in": ["1", "7"]},
    {"field": "total_charge", "at_least": "100"},
    {"not": {"field": "patient.is_subscriber", "equals": "true"}},
]


def expected(file: list[dict[str, Any]], by: list[str], where: Any, most: int) -> list[tuple[int, int]]:
    """Return the last claim and the size of each group that is too large."""
    groups: list[tuple[list[Any], list[int]]] = []
    for index, document in enumerate(file):
        world = World(document, None, {})
        if where is not None and holds(world, where) is not True:
            continue
        key = [value_of(world, path) for path in by]
        alike = next((members for other, members in groups if other == key), None)
        if alike is None:
            groups.append((key, [index]))
        else:
            alike.append(index)
    return sorted((members[-1], len(members)) for _, members in groups if len(members) > most)


@pytest.mark.parametrize("part", range(3))
def test_groups_of_a_file_are_what_plain_comparison_says(part: int) -> None:
    random = Random(1200 + part)
    known = list(claims(part, random))
    seen = 0
    for _ in range(150):
        by = random.sample(BY, k=random.randint(1, 3)) if random.random() < 0.7 else ["frequency_code"]
        where, most = random.choice([None, *WHERE]), random.choice([1, 2, 4])
        scope = {"groups": "file.claims", "by": by} | ({"where": where} if where is not None else {})
        rule = compiled(
            for_each=scope,
            let={"times": {"count": "group.items"}},
            require={"field": "times", "at_most": str(most)},
            at=["group.last.total_charge"],
            message="{times}",
        )
        file = [random.choice(known) for _ in range(random.randint(1, 25))]
        groups = FileGroups([rule])
        for index, claim in enumerate(file):
            groups.take(list(keys_of([rule], claim, index, None, b"s")))
        got = [(key.claim, int(o.evidence["times"])) for key, o in groups.finish()]
        wanted = expected([claim_to_json(claim) for claim in file], by, where, most)
        assert got == wanted, (by, where, most)
        seen += len(wanted)
    assert seen > 100
