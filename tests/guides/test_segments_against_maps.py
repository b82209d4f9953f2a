"""The structure of segments that YAML guides build on is that of pyx12's maps, where both have a segment."""

from __future__ import annotations

import pytest

from scrubber.guides.maps import data_elements, from_map
from scrubber.guides.model import Composite, Guide, Segment
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.yaml_marks import read_yaml

_FILE = builtin_rules_dir() / "guides" / "segments.yaml"
_DATA = read_yaml(_FILE.read_bytes(), _FILE.name).data
assert isinstance(_DATA, dict)
SEGMENTS, COMPOSITES = _DATA["segments"], _DATA["composites"]
MAPS = {
    name: from_map(file, (name,))
    for name, file in (("P", "837.5010.X222.A1.xml"), ("I", "837Q3.I.5010.X223.A1.xml"))
}
#: What the maps have otherwise, and why theirs is not right.
KNOWN = {
    ("P", "ISA"): "ISA11 has data element I10 of before 00402, not I65, the repetition separator",
    ("1000A", "NM1"): "the map lacks the note C1203, which every other NM1 has",
    ("1000B", "NM1"): "the map lacks the note C1203, which every other NM1 has",
}


def _shared(guide: Guide) -> list[tuple[str, Segment]]:
    return [(loop.id, segment) for loop, segment in guide.top.segments() if segment.id in SEGMENTS]


def _relations(segment: Segment) -> set[str]:
    return {kind + "".join(f"{number:02}" for number in numbers) for kind, numbers in segment.relations}


@pytest.mark.parametrize("name", MAPS)
def test_every_position_has_the_data_element_of_the_map(name: str) -> None:
    differing = {}
    for loop, segment in _shared(MAPS[name]):
        theirs = [("C" if isinstance(e, Composite) else "") + e.number.lstrip("C") for e in segment.elements]
        if theirs != SEGMENTS[segment.id]["elements"] and (name, segment.id) not in KNOWN:
            differing[loop, segment.id] = theirs
    assert not differing


@pytest.mark.parametrize("name", MAPS)
def test_every_relational_note_is_that_of_the_map(name: str) -> None:
    differing = {
        (loop, segment.id): _relations(segment)
        for loop, segment in _shared(MAPS[name])
        if _relations(segment) != set(SEGMENTS[segment.id].get("relations", ()))
    }
    assert not differing.keys() - KNOWN.keys()


@pytest.mark.parametrize("name", MAPS)
def test_every_component_has_the_data_element_of_the_map(name: str) -> None:
    differing = {}
    for loop, segment in _shared(MAPS[name]):
        for spec in segment.elements:
            if not isinstance(spec, Composite) or not spec.components:  # the maps leave out what is not used
                continue
            ours = COMPOSITES["C" + spec.number.lstrip("C")]
            if [c.number for c in spec.components] != ours:
                differing[loop, segment.id] = [c.number for c in spec.components]
    assert not differing


def test_the_maps_share_nearly_all_segments() -> None:
    theirs = {segment.id for guide in MAPS.values() for _, segment in guide.top.segments()}
    assert SEGMENTS.keys() - theirs == {"DN1", "DN2", "SV3", "TOO"}


def test_all_numbers_are_in_the_dictionary() -> None:
    used = {number for body in SEGMENTS.values() for number in body["elements"]}
    used |= {number for numbers in COMPOSITES.values() for number in numbers}
    assert used - COMPOSITES.keys() <= data_elements().keys()


def test_dental_segments_are_those_of_the_earlier_map_and_what_came_since() -> None:
    earlier = from_map("837.4010.X097.A1.xml", ("x",))
    theirs = {
        segment.id: [
            ("C" if isinstance(e, Composite) else "") + e.number.lstrip("C") for e in segment.elements
        ]
        for _, segment in earlier.top.segments()
        if segment.id in ("DN1", "DN2", "SV3", "TOO")
    }
    for name, numbers in theirs.items():
        assert SEGMENTS[name]["elements"][: len(numbers)] == numbers
    added = {name: SEGMENTS[name]["elements"][len(numbers) :] for name, numbers in theirs.items()}
    assert added == {"DN1": [], "DN2": ["1270"], "SV3": [], "TOO": []}
