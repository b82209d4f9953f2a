"""Guides and overlays in a folder of one's own: they are checked when it loads, and change nothing else."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from scrubber.guides.model import Element, Guide
from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.guides import GuideFiles
from scrubber.packs.load import builtin_rules_dir, load_packs
from tests.guides.small import SEGMENTS, SMALL

SHIPPED = builtin_rules_dir() / "guides" / "837D.yaml"
#: A guide without mistakes: it cites what is shipped.
GUIDE = SMALL.replace("source: [BOOK]", "source: [X12-RFI-2204]")
CORRECTION = """schema: 1
overlay: ours
title: Ours
guides: [005010X224A2]
changes:
  - at: 2300 CLM01
    most: 20
"""
COMPANION = CORRECTION.replace("overlay: ours", "payer: ours")
PAYER = "schema: 1\nkey: ours\nname: Ours\nprogram: commercial\npayer_ids: [OURS1]\n"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules; what it holds is written by the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRUBBER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "mine").mkdir()
    return Path("mine")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def loaded(mine: Path) -> Bundle:
    return load_packs([builtin_rules_dir(), mine])


def errors(mine: Path) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        loaded(mine)
    return [str(d) for d in caught.value.diagnostics]


def guide(bundle: Bundle, guide_id: str) -> Guide:
    return bundle.guides.loaders()[guide_id]()


def longest_claim_id(guide: Guide) -> set[int]:
    """Return how long CLM01 may be."""
    claims = [segment for _, segment in guide.top.segments() if segment.id == "CLM"]
    return {claim.elements[0].most for claim in claims if isinstance(claim.elements[0], Element)}


def segments(guide: Guide) -> list[tuple[str, str, str]]:
    return [(loop.id, segment.id, segment.name) for loop, segment in guide.top.segments()]


# --- what is right ------------------------------------------------------------------------------------


def test_a_guide_of_ones_own_is_added(mine: Path) -> None:
    write(mine / "guides" / "small.yaml", GUIDE)
    bundle = loaded(mine)
    own = guide(bundle, "005010X999")
    assert (own.name, own.ids) == ("Small guide", ("005010X999", "005010X998"))
    assert guide(bundle, "005010X224A2").name == "Dental claim"


def test_a_guide_of_another_id_does_not_replace_one_by_its_file_name(mine: Path) -> None:
    write(mine / "guides" / "837D.yaml", GUIDE)
    bundle, shipped = loaded(mine), load_packs([builtin_rules_dir()])
    for guide_id in ("005010X224A2", "005010X224A3"):
        assert segments(guide(bundle, guide_id)) == segments(guide(shipped, guide_id))
    assert len(segments(guide(bundle, "005010X999"))) < 10
    assert set(bundle.guides.ids) == {"005010X224A2", "005010X224A3", "005010X999", "005010X998"}


def test_guides_use_the_structure_of_segments_beside_them_else_the_shipped_one(mine: Path) -> None:
    write(mine / "guides" / "small.yaml", GUIDE)
    opener = next(segment for _, segment in guide(loaded(mine), "005010X999").top.segments())
    assert len(opener.elements) == 12
    structure = (SHIPPED.parent / "segments.yaml").read_text(encoding="utf-8")
    longer = structure.replace('"706", "98", "1035"]', '"706", "98", "1035", "127"]')
    assert longer != structure
    write(mine / "guides" / "segments.yaml", longer)
    bundle = loaded(mine)

    def of_names(guide_id: str) -> set[int]:
        named = [segment for _, segment in guide(bundle, guide_id).top.segments() if segment.id == "NM1"]
        return {len(segment.elements) for segment in named}

    assert (of_names("005010X999"), of_names("005010X224A2")) == ({13}, {12})


def test_corrections_of_ones_own_are_for_everybody(mine: Path) -> None:
    write(mine / "guides" / "corrections" / "ours.yaml", CORRECTION)
    bundle = loaded(mine)
    assert longest_claim_id(guide(bundle, "005010X224A2")) == {20}
    assert longest_claim_id(guide(bundle, "005010X222A1")) == {38}
    assert longest_claim_id(guide(load_packs([builtin_rules_dir()]), "005010X224A2")) == {38}


def test_a_companion_guide_is_for_its_payer_alone(mine: Path) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", PAYER)
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    bundle = loaded(mine)
    plain = guide(bundle, "005010X224A2")
    found = bundle.guides.companion("ours", plain)
    assert found is not None and found[1] == "Ours"
    assert (longest_claim_id(found[0]), longest_claim_id(plain)) == ({20}, {38})
    assert bundle.guides.companion("example_state", plain) is None
    assert bundle.guides.companion("ours", guide(bundle, "005010X222A1")) is None


# --- what is not --------------------------------------------------------------------------------------


def test_a_guide_of_the_same_id_names_the_other_file(mine: Path) -> None:
    write(mine / "guides" / "ours.yaml", GUIDE.replace("005010X999", "005010X224A2"))
    assert errors(mine) == [
        f"mine/guides/ours.yaml:2:8: The guide `005010X224A2` exists already, in {SHIPPED}. "
        "Keep one of them; change it by an overlay."
    ]


def test_the_shipped_guide_counts_in_whatever_order_folders_are_named(mine: Path) -> None:
    write(mine / "guides" / "ours.yaml", GUIDE.replace("005010X999", "005010X224A2"))
    with pytest.raises(
        PackErrors, match=r"ours\.yaml:2:8: The guide `005010X224A2` exists already, in .*837D"
    ):
        load_packs([mine, builtin_rules_dir()])


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [("X999", "X222A1", "2:8"), ("X999", "X223A3", "2:8"), ("X998", "X222A2", "3:11")],
)
def test_a_guide_does_not_replace_a_map(mine: Path, old: str, new: str, place: str) -> None:
    write(mine / "guides" / "ours.yaml", GUIDE.replace(f"005010{old}", f"005010{new}"))
    assert errors(mine) == [
        f"mine/guides/ours.yaml:{place}: The guide `005010{new}` exists already, in the maps of pyx12. "
        "Change it by an overlay in guides/corrections/, or give this guide another id."
    ]


def test_other_mistakes_do_not_hide_that_a_guide_exists(mine: Path) -> None:
    text = GUIDE.replace("005010X999", "005010X222A1").replace("max: 2", "max: two")
    write(mine / "guides" / "ours.yaml", text)
    assert [found.partition(": ")[0] for found in errors(mine)] == [
        "mine/guides/ours.yaml:2:8",
        "mine/guides/ours.yaml:24:20",
    ]


def test_of_a_map_and_a_guide_the_map_counts() -> None:
    """As of two guides the first: whoever does not ask for `problems` gets what others have."""
    text = GUIDE.replace("005010X999", "005010X222A1").encode()
    loaders = GuideFiles.of({"segments.yaml": ("s", SEGMENTS), "g.yaml": ("g", text)}).loaders()
    assert loaders["005010X222A1"] is loaders["005010X222A2"] is not loaders["005010X998"]
    assert loaders["005010X222A1"]().name == "837.5010.X222.A1.xml"


def test_an_alias_is_an_id_too(mine: Path) -> None:
    write(mine / "guides" / "a.yaml", GUIDE.replace("005010X998", "005010X224A3"))
    write(mine / "guides" / "b.yaml", GUIDE.replace("005010X999", "005010X997").replace("X998", "X999"))
    assert [text.partition(". ")[0] for text in errors(mine)] == [
        f"mine/guides/a.yaml:3:11: The guide `005010X224A3` exists already, in {SHIPPED}",
        "mine/guides/b.yaml:3:11: The guide `005010X999` exists already, in mine/guides/a.yaml",
    ]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "guides/g.yaml",
            GUIDE.replace("max: 2", "max: two"),
            "24:20: `max` is a number from 1 on, or `unlimited`. Write `max: 1`.",
        ),
        (
            "guides/g.yaml",
            SMALL,
            "25:24: There is no source `BOOK`. Add it to sources.yaml.",
        ),
        (
            "guides/g.yaml",
            GUIDE.replace("005010X999", "[005010X999"),
            "2:8: A bracket that is opened here is not closed with `]`. Add `]`.",
        ),
        ("guides/g.yaml", "- a list\n", "1:1: A guide is a mapping of keys. Compare it with a shipped one."),
        ("guides/g.yaml", "", "1:1: A guide is a mapping of keys. Compare it with a shipped one."),
        (
            "guides/corrections/o.yaml",
            CORRECTION.replace("CLM01", "CLX01"),
            "6:9: There is no segment `CLX` in loop 2300 of guide 005010X224A2. Did you mean '2300 CLM01'?",
        ),
        (
            "guides/corrections/o.yaml",
            CORRECTION.replace("most: 20", "most: 39"),
            "6:9: `2300 CLM01` has 1 to 38 characters; a guide can only narrow that.",
        ),
        (
            "guides/corrections/o.yaml",
            CORRECTION.replace("most: 20", "mst: 20"),
            "7:5: Unknown key `mst`",
        ),
        (
            "guides/corrections/o.yaml",
            CORRECTION.replace("X224A2", "X224A9"),
            "4:10: There is no guide `005010X224A9`. Did you mean '005010X224A",
        ),
        (
            "guides/corrections/o.yaml",
            COMPANION,
            "2:8: This overlay is bound to the payer `ours`. Write `overlay:` and its name, or",
        ),
        (
            "payers/ours/guide.yaml",
            COMPANION.replace("2300 CLM01", "2300 CLM21"),
            "6:9: `CLM` in loop 2300 of guide 005010X224A2 has 20 elements; there is no 21.",
        ),
        (
            "payers/ours/guide.yaml",
            COMPANION.replace("payer: ours", "payer: theirs"),
            "2:8: This overlay is bound to the payer `theirs`. Write `payer: ours`, or move the file.",
        ),
    ],
)
def test_a_mistake_keeps_the_folder_from_loading(mine: Path, path: str, text: str, said: str) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", PAYER)
    write(mine / path, text)
    (found,) = errors(mine)
    assert found.startswith(f"mine/{path}:{said}")


def test_a_number_that_would_ask_for_nothing(mine: Path) -> None:
    """Of places, of codes and of elements: what looks like a change and is none, or could never be right."""
    changes = """  - at: []
    most: 9
  - at: 2300 CLM01
    codes: []
  - at: 2300 CLM01
    format_by: {A: npi}
    by: 21
  - at: 2300 CLM
    repeat: 0
"""
    head = CORRECTION[: CORRECTION.index("  - at")]
    texts = ["  - " + change for change in changes.split("  - ")[1:]]
    said = []
    for text in texts:
        write(mine / "guides" / "corrections" / "o.yaml", head + text)
        said += errors(mine)
    assert [text.partition("o.yaml:")[2] for text in said] == [
        "6:5: `at` is an empty list. Name the places to change.",
        "7:12: No code would be right. List codes; what is not to be sent is `usage: N`.",
        "6:9: `2300 CLM01` has the elements 1 to 20 beside it; `by: 21` is none of them.",
        "7:5: `0` is no number of times. Write a number, or `unlimited`.",
    ]


def test_a_companion_guide_without_a_payer(mine: Path) -> None:
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    assert errors(mine) == [
        "mine/payers/ours/guide.yaml:1:1: This companion guide belongs to no payer: "
        "there is no payer.yaml beside it. Add the payer.yaml, or move it."
    ]


def test_a_payer_that_is_elsewhere_is_not_beside_it(mine: Path) -> None:
    write(mine / "payers" / "payer.yaml", PAYER)
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    (found,) = errors(mine)
    assert found.startswith("mine/payers/ours/guide.yaml:1:1: This companion guide belongs to no payer")


def test_a_broken_payer_is_one_mistake_and_not_its_guide_s(mine: Path) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", PAYER.replace("commercial", "comercial"))
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    (found,) = errors(mine)
    assert found.startswith("mine/payers/ours/payer.yaml:4:10: `comercial` is no value of `program`")


@pytest.mark.parametrize(
    ("payer", "companion", "said"),
    [
        (
            PAYER.replace("commercial", "comercial"),
            COMPANION.replace("2300", "2302"),
            "6:9: There is no loop `2302`",
        ),
        (
            PAYER.replace("commercial", "comercial"),
            COMPANION.replace("most", "mst"),
            "7:5: Unknown key `mst`",
        ),
        (PAYER.replace("key: ours\n", ""), COMPANION.replace("2300", "2302"), "6:9: There is no loop `2302`"),
        (
            PAYER.replace("name: Ours\n", ""),
            COMPANION.replace("payer: ours", "payer: theirs"),
            "2:8: This overlay is",
        ),
        (
            PAYER + "x: [\n",
            COMPANION.replace("payer: ours", "overlay: ours"),
            "2:10: This overlay is bound to no ",
        ),
        ("", COMPANION.replace("X224A2", "X224A9"), "4:10: There is no guide `005010X224A9`"),
        ("- a list\n", COMPANION + "    references: [NOPE]\n", "8:18: There is no source `NOPE`"),
    ],
)
def test_a_broken_payer_does_not_hide_the_mistakes_of_its_guide(
    mine: Path, payer: str, companion: str, said: str
) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", payer)
    write(mine / "payers" / "ours" / "guide.yaml", companion)
    of_guide, of_payer = errors(mine)
    assert of_guide.startswith(f"mine/payers/ours/guide.yaml:{said}")
    assert of_payer.startswith("mine/payers/ours/payer.yaml:")


@pytest.mark.parametrize(
    "payer", [PAYER.replace("key: ours", "key: Ours X"), PAYER.replace("ours", "[ours]"), ""]
)
def test_a_payer_without_a_key_is_not_held_against_its_guide(mine: Path, payer: str) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", payer)
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    (found,) = errors(mine)
    assert found.startswith("mine/payers/ours/payer.yaml:")


def test_the_guide_of_a_payer_that_is_there_twice_is_checked(mine: Path) -> None:
    for name in ("a", "b"):
        write(mine / "payers" / name / "payer.yaml", PAYER)
        write(mine / "payers" / name / "guide.yaml", COMPANION.replace("2300", "2302"))
    assert [found.partition(": ")[0] for found in errors(mine)] == [
        "mine/payers/a/guide.yaml:6:9",
        "mine/payers/b/guide.yaml:6:9",
        "mine/payers/b/payer.yaml:2:6",
    ]


def test_a_guide_without_a_payer_is_checked_too(mine: Path) -> None:
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION.replace("2300", "2302"))
    assert [found.partition(": ")[0] for found in errors(mine)] == [
        "mine/payers/ours/guide.yaml:1:1",
        "mine/payers/ours/guide.yaml:6:9",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (CORRECTION.replace("changes:", "references: [X12-RFI-2204, NOPE]\nchanges:"), "5:28"),
        (CORRECTION + "    references: [NOPE]\n", "8:18"),
        (CORRECTION + "  - at: 2300 CLM02\n    most: 9\n    references:\n      - NOPE\n", "11:9"),
        (
            CORRECTION
            + "    references: [X12-RFI-2204]\n  - {at: 2300 CLM02, most: 9, references: [NOPE]}\n",
            "9:44",
        ),
    ],
)
def test_an_unknown_source_is_said_where_it_is_cited(mine: Path, text: str, place: str) -> None:
    write(mine / "guides" / "corrections" / "o.yaml", text)
    assert errors(mine) == [
        f"mine/guides/corrections/o.yaml:{place}: There is no source `NOPE`. Add it to sources.yaml."
    ]


def test_a_source_that_is_cited_again_and_again_is_one_mistake_at_the_first(mine: Path) -> None:
    text = CORRECTION + "    references: [NOPE]\n  - {at: 2300 CLM02, most: 9, references: [NOPE]}\n"
    write(mine / "payers" / "ours" / "payer.yaml", PAYER)
    write(mine / "payers" / "ours" / "guide.yaml", text.replace("overlay:", "payer:"))
    assert [found.partition(": ")[0] for found in errors(mine)] == ["mine/payers/ours/guide.yaml:8:18"]


def test_sources_of_ones_own_may_be_cited(mine: Path) -> None:
    write(mine / "sources.yaml", "NOPE: {title: A, publisher: B, citation: C, checked: true}\n")
    write(mine / "guides" / "corrections" / "o.yaml", CORRECTION + "    references: [NOPE]\n")
    assert longest_claim_id(guide(loaded(mine), "005010X224A2")) == {20}


def test_all_mistakes_are_shown_in_one_run(mine: Path) -> None:
    guides, payers = mine / "guides", mine / "payers"
    write(guides / "a.yaml", GUIDE.replace("max: 2", "max: two").replace("{XX: npi}", "{XX: npj}"))
    write(guides / "b.yaml", GUIDE.replace("005010X999", "005010X224A2").replace("X998", "X997"))
    write(guides / "corrections" / "c.yaml", CORRECTION.replace("2300 CLM01", "[2300 CLX01, 2309 CLM01]"))
    write(guides / "corrections" / "d.yaml", CORRECTION.replace("most: 20", "mst: 20"))
    write(payers / "ours" / "payer.yaml", PAYER)
    write(payers / "ours" / "guide.yaml", COMPANION.replace("2300", "2302"))
    write(payers / "theirs" / "guide.yaml", COMPANION)
    write(mine / "sets" / "visits.yaml", "set: visits\ncodes: []\nreferences: [X12-RFI-2204]\n")
    assert [found.partition(": ")[0] for found in errors(mine)] == [
        "mine/guides/a.yaml:19:49",
        "mine/guides/a.yaml:24:20",
        "mine/guides/b.yaml:2:8",
        "mine/guides/corrections/c.yaml:6:10",
        "mine/guides/corrections/c.yaml:6:22",
        "mine/guides/corrections/d.yaml:7:5",
        "mine/payers/ours/guide.yaml:6:9",
        "mine/payers/theirs/guide.yaml:1:1",
        "mine/sets/visits.yaml:2:8",
    ]


def test_a_guide_s_own_mistakes_are_not_said_again_for_each_overlay_of_it(mine: Path) -> None:
    write(mine / "guides" / "a.yaml", GUIDE.replace("max: 2", "max: two"))
    for name in ("c", "d"):
        write(mine / "guides" / "corrections" / f"{name}.yaml", CORRECTION.replace("X224A2", "X999"))
    assert [found.partition(": ")[0] for found in errors(mine)] == ["mine/guides/a.yaml:24:20"]


# --- what is looked at --------------------------------------------------------------------------------


@pytest.fixture
def read(mine: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guides that are read from YAML, from now on; those that are shipped are in the cache."""
    for load in load_packs([builtin_rules_dir()]).guides.loaders().values():
        load()
    names: list[str] = []
    plain = GuideFiles.read

    def noting(self: GuideFiles, name: str, cited: Collection[str] | None = None) -> Guide:
        names.append(name)
        return plain(self, name, cited)

    monkeypatch.setattr(GuideFiles, "read", noting)
    return names


def test_only_guides_of_ones_own_are_checked(mine: Path, read: list[str]) -> None:
    write(mine / "payers" / "ours" / "payer.yaml", PAYER)
    write(mine / "payers" / "ours" / "guide.yaml", COMPANION)
    write(mine / "guides" / "corrections" / "ours.yaml", CORRECTION.replace("X224A2", "X222A1"))
    loaded(mine)
    assert read == []
    write(mine / "guides" / "small.yaml", GUIDE)
    loaded(mine)
    assert read == ["mine/guides/small.yaml"]


def test_what_is_shipped_is_taken_from_the_cache_whatever_stands_beside_it(
    mine: Path, read: list[str]
) -> None:
    write(mine / "guides" / "small.yaml", GUIDE)
    write(mine / "guides" / "segments.yaml", SEGMENTS.decode())
    write(
        mine / "guides" / "corrections" / "ours.yaml",
        CORRECTION.replace("X224A2", "X999").replace("2300", "2310B"),
    )
    bundle = loaded(mine)
    assert set(read) == {"mine/guides/small.yaml"}
    assert guide(bundle, "005010X224A2").name == "Dental claim"


def test_what_is_shipped_is_checked_when_everything_is(mine: Path, read: list[str]) -> None:
    bundle = load_packs([builtin_rules_dir()])
    assert bundle.guides.problems(bundle.sources) == []
    read.clear()
    assert bundle.guides.problems(bundle.sources) == []
    assert read == [SHIPPED.as_posix()]


# --- one change after the other ---------------------------------------------------------------------------

#: A shipped correction adds this currency.
_CURRENCY = """schema: 1
overlay: ours
title: Ours
guides: [005010X222A1]
changes:
  - at: 2000A CUR02
    codes: {remove: [MXN]}
"""


def test_a_correction_is_made_to_what_those_before_left(mine: Path) -> None:
    write(mine / "guides" / "corrections" / "ours.yaml", _CURRENCY)
    (segment,) = (s for _, s in guide(loaded(mine), "005010X222A1").top.segments() if s.id == "CUR")
    assert isinstance(segment.elements[1], Element)
    assert "MXN" not in (segment.elements[1].codes or ()) and "USD" in (segment.elements[1].codes or ())


def test_what_one_has_removed_another_cannot(mine: Path) -> None:
    """It would not be found before the first claim of the payer."""
    write(mine / "guides" / "corrections" / "ours.yaml", _CURRENCY)
    write(mine / "payers" / "ours" / "payer.yaml", PAYER)
    write(mine / "payers" / "ours" / "guide.yaml", _CURRENCY.replace("overlay:", "payer:"))
    (found,) = errors(mine)
    assert found.startswith(
        "mine/payers/ours/guide.yaml:6:9: `2000A CUR02` does not list `MXN`: nothing to remove."
    )


def test_mistakes_of_one_do_not_hide_those_of_the_next(mine: Path) -> None:
    corrections = mine / "guides" / "corrections"
    write(corrections / "a.yaml", _CURRENCY.replace("MXN", "ZZZ"))
    write(corrections / "b.yaml", _CURRENCY.replace("changes:", "chnges:"))
    write(corrections / "c.yaml", _CURRENCY)
    write(corrections / "d.yaml", _CURRENCY)
    assert [found.partition(": ")[0] for found in errors(mine)] == [
        "mine/guides/corrections/a.yaml:6:9",
        "mine/guides/corrections/b.yaml:5:1",
        "mine/guides/corrections/d.yaml:6:9",
    ]
