"""Guides in YAML: how they are read, what is said of mistakes, and the facts of the dental guide."""

from __future__ import annotations

import pickle
from io import BytesIO
from pathlib import Path

import pytest

from scrubber.guides.library import FROM_MAPS, Guides
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.guide_page import PAGE, guide_page
from scrubber.packs.guides import GuideFiles
from scrubber.packs.load import load_packs
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from tests.guides.small import SEGMENTS, SMALL


def files(text: str) -> GuideFiles:
    return GuideFiles.of({"segments.yaml": ("segments.yaml", SEGMENTS), "g.yaml": ("g.yaml", text.encode())})


def said(text: str) -> list[str]:
    return [str(problem) for problem in files(text).problems({"BOOK"})]


# --- reading --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Guide:
    return files(SMALL).read("g.yaml")


def test_a_guide_is_known_by_all_of_its_ids_before_it_is_read() -> None:
    broken = files(SMALL.replace("children:", "childs:"))
    assert broken.ids == {"005010X999": "g.yaml", "005010X998": "g.yaml"}
    loaders = broken.loaders()
    assert loaders["005010X999"] is loaders["005010X998"]
    assert loaders.keys() == {*FROM_MAPS, "005010X999", "005010X998"}


def test_files_are_sent_to_workers_unread(small: Guide) -> None:
    again = pickle.loads(pickle.dumps(files(SMALL)))
    assert again.read("g.yaml").ids == small.ids == ("005010X999", "005010X998")


def test_positions_usage_and_repeats(small: Guide) -> None:
    top = small.top
    assert [(c.id, c.usage, c.position, c.most) for c in top.children] == [
        ("NM1", "R", 0, 1),
        ("REF", "S", 1, 2),
        ("REF", "S", 1, 1),
        ("2310B", "S", 2, 2),
        ("2320", "S", 3, 1),
    ]
    assert (top.most, small.transaction, small.name) == (0, "837", "Small guide")


def test_what_is_not_listed_is_not_used(small: Guide) -> None:
    opener = small.top.opener
    assert opener is not None
    assert [e.usage for e in opener.elements] == ["R"] + ["N"] * 6 + ["S", "S"] + ["N"] * 3


def test_types_lengths_and_notes_come_from_the_dictionary(small: Guide) -> None:
    tax_id = small.top.children[1]
    assert isinstance(tax_id, Segment)
    number = tax_id.elements[1]
    assert isinstance(number, Element)
    assert (number.number, number.type, number.least, number.most) == ("127", "AN", 1, 20)
    assert (number.format, tax_id.relations) == ("digits9", (("R", (2, 3)),))


def test_namesakes_are_told_apart_and_only_they(small: Guide) -> None:
    qualifiers = [c.qualifier for c in small.top.children if isinstance(c, Segment)]
    assert qualifiers == [None, (1, 0, frozenset({"EI"})), (1, 0, frozenset({"0B"}))]


def test_a_date_is_written_as_its_qualifier_says(small: Guide) -> None:
    loop = small.top.children[3]
    assert isinstance(loop, Loop)
    date = loop.children[1]
    assert isinstance(date, Segment)
    value = date.elements[2]
    assert isinstance(value, Element)
    assert value.formats == {"D8": "D8", "RD8": "RD8"}


def test_lists_of_others_are_named(small: Guide) -> None:
    loop = small.top.children[3]
    assert isinstance(loop, Loop)
    claim = loop.children[0]
    assert isinstance(claim, Segment)
    place = claim.elements[4]
    assert isinstance(place, Composite)
    assert "11" in (place.components[0].codes or ())
    assert [c.usage for c in place.components] == ["R", "N", "N"]


def test_a_loop_that_is_said_once_stands_in_two_places(small: Guide) -> None:
    first, outer = small.top.children[3:]
    assert isinstance(outer, Loop)
    second = outer.children[1]
    assert isinstance(first, Loop) and isinstance(second, Loop)
    assert (first.position, second.position) == (2, 1)
    assert [c.id for c in first.children] == [c.id for c in second.children]


# --- mistakes -------------------------------------------------------------------------------------------

GALLERY = [
    ("schema: 1", "schema: 2", "g.yaml:1:9: This version reads schema 1, not 2. Write `schema: 1`."),
    ("guide: 005010X999\n", "", "g.yaml:1:1: The guide has no `guide`. Add `guide:`."),
    ("[005010X998]", "005010X998", '2:0: `aliases` is a list. Write `aliases: ["005010X998"]`.'),
    ("name: tax id", "nam: tax id", "g.yaml:21:15: There is no key `nam` here. Did you mean 'name'?"),
    ("usage: R\n    repeat", "usage: X\n    repeat", "g.yaml:9:12: `usage` is R, S or N. Say whether it is"),
    ("max: 2", "max: two", "g.yaml:23:20: `max` is a number from 1 on, or `unlimited`. Write `max: 1`."),
    ("repeat: 2", "repeat: 0", "`repeat` is a number from 1 on, or `unlimited`. Write `repeat: 1`."),
    ("- REF:", "- REFF:", "There is no segment `REFF` in segments.yaml. Did you mean 'REF'?"),
    ('"02": {R: number, f', '"22": {R: number, f', "`REF` has the elements 01 to 04; `22` is none of them."),
    ("R: who this is, c", "R: who, S: this, c", "An element is either R or S. Write `R: what it is` or"),
    ("{R: order}", "R", "An element is a mapping: `{R: what it is}`. Write R for required"),
    ("format: digits9", "format: digits8", "There is no format `digits8`. Did you mean 'digits9'?"),
    ("{XX: npi}", "{XX: npj}", "There is no format `npj`. Did you mean 'npi'?"),
    ("{XX: npi}", "npi", "`formats` is a mapping of keys. Write `{key: value}`."),
    ("codes_from: pos", "codes_from: stats", "There is no list of codes `stats`. Did you mean 'states'?"),
    ('codes: ["85"]', "codes: 85", '`codes` is a list. Write `codes: ["85"]`.'),
    ("most: 20", "most: 60", "Data element 127 has 1 to 50 characters; a guide can only narrow"),
    ("most: 20", "least: 30, most: 20", "Data element 127 has 1 to 50 characters; a guide can only narrow"),
    ("most: 20", "format_by: EI", "`format_by` is a number from 1 on"),
    ('"1": {R: place', '"9": {R: place', "`C023` has 3 components; `9` is none of them."),
    ("components:", "parts:", "There is no key `parts` here."),
    ("same_as: ISA/2310B", "same_as: ISA/2310C", "There is no loop `ISA/2310C` before this. Did you mean"),
    ("any_order:\n          - REF", "any_order:\n            REF", "`any_order` is a list. Put `- `"),
    ("source: [BOOK]", "source: [BOOC]", "There is no source `BOOC`. Did you mean 'BOOK'? Add it to"),
    (
        "- SBR:",
        "- 2400: {name: a, usage: R, repeat: 1, children: []}\n            - SBR:",
        "does not begin with a segment",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "expected"), GALLERY, ids=[wrong[:30] for _, wrong, _ in GALLERY])
def test_mistakes_are_said_with_place_and_cure(right: str, wrong: str, expected: str) -> None:
    assert right in SMALL
    found = said(SMALL.replace(right, wrong, 1))
    assert any(expected.partition(": ")[2] in text or expected in text for text in found), found
    assert all(text.startswith("g.yaml:") for text in found)


def test_the_small_guide_has_no_mistakes() -> None:
    assert said(SMALL) == []


def test_all_mistakes_are_said_in_one_run() -> None:
    text = SMALL.replace("max: 2", "max: two").replace("{XX: npi}", "{XX: npj}").replace("- CLM:", "- CLN:")
    assert len(said(text)) == 3


def test_a_broken_guide_is_not_used() -> None:
    with pytest.raises(PackErrors, match="There is no format `npj`"):
        files(SMALL.replace("{XX: npi}", "{XX: npj}")).loaders()["005010X999"]()


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        (
            'elements: ["522"',
            'elements: ["5222"',
            "There is no data element or composite `5222`. Did you mean",
        ),
        ('elements: ["554"]', 'element: ["554"]', "Unknown key `element` in `LX`. Did you mean 'elements'?"),
    ],
)
def test_mistakes_in_the_structure_of_segments(right: str, wrong: str, expected: str) -> None:
    raw = SEGMENTS.decode().replace(right, wrong, 1).encode()
    (found,) = GuideFiles.of({"segments.yaml": ("segments.yaml", raw)}).problems()
    assert expected in str(found) and found.line > 1


# --- the dental guide -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dental() -> Guide:
    found = load_packs([builtin_rules_dir()]).guides
    return found.read(found.ids["005010X224A2"])


def _loops(loop: Loop, around: str = "") -> dict[str, Loop]:
    found = {f"{around}/{loop.id}".lstrip("/"): loop}
    for child in loop.children:
        if isinstance(child, Loop):
            found |= _loops(child, loop.id)
    return found


def _segment(guide: Guide, loop_id: str, name: str, code: str = "") -> Segment:
    for loop, segment in guide.top.segments():
        first = segment.elements[0]
        spec = first.components[0] if isinstance(first, Composite) else first
        if (loop.id, segment.id) == (loop_id, name) and (not code or code in (spec.codes or ())):
            return segment
    raise LookupError(f"{loop_id} {name} {code}")


def _codes(guide: Guide, loop_id: str, name: str, element: int, part: int = 0) -> set[str]:
    spec = _segment(guide, loop_id, name).elements[element - 1]
    if isinstance(spec, Composite):
        spec = spec.components[part - 1]
    return set(spec.codes or ())


def test_the_tree_of_loops(dental: Guide) -> None:
    loops = _loops(dental.top)
    assert {path: (x.usage, x.most) for path, x in loops.items()} == {
        "ISA": ("R", 0),
        "ISA/GS": ("R", 0),
        "GS/ST": ("R", 0),
        "ST/1000A": ("R", 1),
        "ST/1000B": ("R", 1),
        "ST/2000A": ("R", 0),
        "2000A/2010AA": ("R", 1),
        "2000A/2010AB": ("S", 1),
        "2000A/2010AC": ("S", 1),
        "2000A/2000B": ("R", 0),
        "2000B/2010BA": ("R", 1),
        "2000B/2010BB": ("R", 1),
        "2000B/2300": ("S", 100),
        "2300/2310A": ("S", 2),
        "2300/2310B": ("S", 1),
        "2300/2310C": ("S", 1),
        "2300/2310D": ("S", 1),
        "2300/2310E": ("S", 1),
        "2300/2320": ("S", 10),
        "2320/2330A": ("R", 1),
        "2320/2330B": ("R", 1),
        "2320/2330C": ("S", 2),
        **{f"2320/2330{letter}": ("S", 1) for letter in "DEFGH"},
        "2300/2400": ("R", 50),
        **{f"2400/2420{letter}": ("S", 1) for letter in "ABCD"},
        "2400/2430": ("S", 15),
        "2000B/2000C": ("S", 0),
        "2000C/2010CA": ("R", 1),
        "2000C/2300": ("R", 100),
    }


def test_what_a_dental_claim_has_and_others_have_not(dental: Guide) -> None:
    tooth = _segment(dental, "2300", "DN2")
    assert (tooth.most, tooth.elements[5].usage) == (35, "R")
    assert _codes(dental, "2300", "DN2", 6) == {"JP"}
    assert _codes(dental, "2300", "DN2", 2) == {"E", "M"}
    assert _segment(dental, "2400", "TOO").most == 32
    assert _segment(dental, "2400", "TOO").relations == (("P", (1, 2)),)
    assert _codes(dental, "2400", "TOO", 3, 1) == set("BDFILMO")
    assert _codes(dental, "2400", "SV3", 1, 1) == {"AD"}
    assert _codes(dental, "2400", "SV3", 5) == {"I", "R"}
    assert _codes(dental, "2300", "CLM", 19) == {"PB"}
    assert "P6" in _codes(dental, "2300", "PWK", 1)


def test_segments_that_tell_themselves_apart_by_a_code(dental: Guide) -> None:
    def codes(loop_id: str, name: str) -> list[str]:
        loop = next(x for x in _loops(dental.top).values() if x.id == loop_id)
        found = [c for c in loop.children if isinstance(c, Segment) and c.id == name]
        return [" ".join(sorted(c.qualifier[2])) for c in found if c.qualifier is not None]

    assert codes("2300", "DTP") == ["439", "452", "472", "050"]
    assert codes("2400", "DTP") == ["472", "139 441", "452", "446", "196", "198"]
    assert codes("2300", "REF") == ["G3", "4N", "F8", "9F", "G1", "9A", "9C", "D9"]
    assert codes("2400", "REF") == ["G3", "G1", "6R", "9A", "9C", "9F"]
    assert codes("2320", "AMT") == ["D", "A8", "EAF"] or codes("2320", "AMT") == ["D", "EAF", "A8"]
    assert codes("2330B", "REF") == ["2U EI FY NF", "G1", "9F", "T4", "G3", "F8"]


def test_where_the_specialty_of_a_provider_is_required(dental: Guide) -> None:
    usage = {
        loop: _segment(dental, loop, "PRV").usage for loop in ("2310A", "2310B", "2310D", "2420A", "2420B")
    }
    assert usage == {"2310A": "S", "2310B": "R", "2310D": "R", "2420A": "R", "2420B": "S"}


def test_four_diagnoses_and_pointers_to_four(dental: Guide) -> None:
    used = [e.usage for e in _segment(dental, "2300", "HI").elements]
    assert used == ["R", "S", "S", "S"] + ["N"] * 8
    assert _codes(dental, "2400", "SV3", 11, 1) == {"1", "2", "3", "4"}


def test_the_dental_base_claim_is_right_by_the_guide() -> None:
    bundle = load_packs([builtin_rules_dir()])
    guides = Guides(bundle.guides.loaders())
    (part,) = split_x12(BytesIO(bundle.base["dental"].encode()), 100)
    assert isinstance(part, Chunk)
    reading = part.reading(guides)
    found = [violation for item in reading.claims() for violation in item.violations]
    assert (found, list(reading.violations)) == ([], [])


def test_every_segment_has_a_source_or_is_marked_as_unchecked() -> None:
    page = guide_page()
    assert page.count("unverified |") <= 5


def test_the_page_of_the_guide_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / PAGE
    assert page.read_text(encoding="utf-8") == guide_page(), "run `python -m scrubber.documents`"
