"""Overlays change the places they name and only those; what they name wrongly is said with what was meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scrubber.guides.library import FROM_MAPS
from scrubber.guides.model import Composite, Element, Guide, Loop, Segment
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.guides import GuideFiles
from scrubber.packs.load import load_packs
from scrubber.packs.overlays import Address, apply, parse_address, read_overlay

PROFESSIONAL, INSTITUTIONAL = FROM_MAPS["005010X222A1"](), FROM_MAPS["005010X223A2"]()
HEAD = """schema: 1
overlay: test
title: A test
guides: [005010X222A1]
changes:
"""


def _applied(changes: str, guide: Guide = PROFESSIONAL) -> Guide:
    overlay, problems = read_overlay((HEAD + changes).encode(), "o.yaml")
    assert overlay is not None, problems
    return apply(guide, overlay)


def _said(changes: str) -> list[str]:
    overlay, problems = read_overlay((HEAD + changes).encode(), "o.yaml")
    if overlay is None:
        return [str(problem) for problem in problems]
    with pytest.raises(PackErrors) as raised:
        apply(PROFESSIONAL, overlay)
    return [str(problem) for problem in raised.value.diagnostics]


def _segments(guide: Guide, loop_id: str, name: str, code: str = "") -> list[Segment]:
    found = [s for loop, s in guide.top.segments() if loop.id == loop_id and s.id == name]
    return [s for s in found if not code or code in _codes(s)]


def _codes(segment: Segment) -> frozenset[str]:
    first = segment.elements[0]
    spec = first.components[0] if isinstance(first, Composite) else first
    return spec.codes or frozenset()


def _element(segment: Segment, number: int, part: int = 0) -> Element:
    spec = segment.elements[number - 1]
    if isinstance(spec, Composite):
        spec = spec.components[part - 1]
    return spec


def _flat(guide: Guide) -> Iterator[Segment]:
    for _, segment in guide.top.segments():
        yield segment


# --- addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("2310B", Address("2310B")),
        ("2300 REF", Address("2300", "REF")),
        ("2300 REF (G1)", Address("2300", "REF", codes=frozenset({"G1"}))),
        ("2010BA NM109", Address("2010BA", "NM1", 9, 9)),
        ("* N403", Address("*", "N4", 3, 3)),
        ("2400 SV101-2", Address("2400", "SV1", 1, 1, 2, 2)),
        ("2400 SV101-3..6", Address("2400", "SV1", 1, 1, 3, 6)),
        ("2300 HI01..12-2 (ABK, BK)", Address("2300", "HI", 1, 12, 2, 2, frozenset({"ABK", "BK"}))),
        ("ST ST03", Address("ST", "ST", 3, 3)),
        ("2300 K301", Address("2300", "K3", 1, 1)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "*", "2300 ref", "2300/REF", "2300 REF (g1)", "2300 HI12..01", "NM109 (XX)"]
)
def test_what_is_no_address(text: str) -> None:
    assert parse_address(text) is None


# --- changes --------------------------------------------------------------------------------------------


def test_usage_of_a_segment_by_its_qualifier_in_both_places_of_a_loop() -> None:
    guide = _applied("  - {at: 2300 REF (G1), usage: R, repeat: 2}\n")
    changed = _segments(guide, "2300", "REF", "G1")
    assert [(s.usage, s.most) for s in changed] == [("R", 2)] * 2  # under the subscriber and the patient
    assert {s.usage for s in _segments(guide, "2300", "REF", "F8")} == {"S"}


def test_usage_and_repeat_of_a_loop() -> None:
    guide = _applied("  - {at: 2310A, usage: N, repeat: unlimited}\n")

    def loops(loop: Loop) -> Iterator[Loop]:
        yield loop
        for child in loop.children:
            if isinstance(child, Loop):
                yield from loops(child)

    assert {(x.usage, x.most) for x in loops(guide.top) if x.id == "2310A"} == {("N", 0)}


def test_codes_are_set_added_removed_and_lifted() -> None:
    guide = _applied(
        "  - {at: 2300 PWK02, codes: [EL]}\n"
        '  - {at: ST BHT06, codes: {add: ["31"], remove: [RP]}}\n'
        "  - {at: 2320 MOA03..07, codes: any}\n"
    )
    assert _element(_segments(guide, "2300", "PWK")[0], 2).codes == frozenset({"EL"})
    assert _element(_segments(guide, "ST", "BHT")[0], 6).codes == frozenset({"31", "CH"})
    assert {_element(_segments(guide, "2320", "MOA")[0], i).codes for i in range(3, 8)} == {None}


def test_codes_are_not_added_where_any_is_right() -> None:
    before = {_element(s, 2).codes for s in _flat(PROFESSIONAL) if s.id == "N4"}
    guide = _applied("  - {at: '* N402', codes: {add: [QC]}}\n")
    after = {_element(s, 2).codes for s in _flat(guide) if s.id == "N4"}
    assert None in before and None in after
    assert all("QC" in codes for codes in after if codes is not None)


def test_lengths_and_formats() -> None:
    guide = _applied(
        "  - {at: 2300 CLM01, most: 20}\n"
        "  - {at: '* NM109', format_by: {XX: npi}}\n"
        "  - {at: '* N403', format_by: {absent: zip, US: zip}, by: 4}\n"
        "  - {at: '2400 SV101-3..6', format: modifier}\n"
    )
    assert _element(_segments(guide, "2300", "CLM")[0], 1).most == 20
    assert _element(_segments(guide, "2310B", "NM1")[0], 9).formats == {"XX": "npi"}
    place = _element(_segments(guide, "2010AA", "N4")[0], 3)
    assert (place.formats, place.format_by) == ({"": "zip", "US": "zip"}, 4)
    line = _segments(guide, "2400", "SV1")[0]
    assert [_element(line, 1, part).format for part in range(1, 9)] == [None] * 2 + ["modifier"] * 4 + [
        None
    ] * 2


def test_a_span_passes_over_what_is_not_used() -> None:
    guide = _applied("  - {at: '2300 HI01..12-2', format_by: {ABK: icd10cm}}\n")
    anesthesia = _segments(guide, "2300", "HI", "BP")[0]
    assert anesthesia.elements[4:] == _segments(PROFESSIONAL, "2300", "HI", "BP")[0].elements[4:]


def test_the_guide_before_is_as_it_was_and_shares_what_did_not_change() -> None:
    guide = _applied("  - {at: 2300 CLM01, most: 20}\n")
    assert _element(_segments(PROFESSIONAL, "2300", "CLM")[0], 1).most == 38
    assert _segments(guide, "2300", "CLM")[0] is not _segments(PROFESSIONAL, "2300", "CLM")[0]


def test_qualifiers_follow_changed_codes() -> None:
    guide = _applied("  - {at: 2300 REF01 (9A), codes: [9A, ZZ]}\n")
    changed = _segments(guide, "2300", "REF", "ZZ")[0]
    assert changed.qualifier == (1, 0, frozenset({"9A", "ZZ"}))


# --- mistakes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            "  - {at: 2310X, usage: R}\n",
            "o.yaml:6:10: There is no loop `2310X` in guide 005010X222A1. Did you mean '2310",
        ),
        (
            "  - {at: 2310B PRX, usage: R}\n",
            "o.yaml:6:10: There is no segment `PRX` in loop 2310B of guide 005010X222A1. "
            "Did you mean '2310B PRV'? "
            "There are `NM1`, `PRV` and `REF`.",
        ),
        (
            "  - {at: 2310B REF (ZZ), usage: R}\n",
            "o.yaml:6:10: No `REF` in loop 2310B of guide 005010X222A1 goes by `ZZ`. "
            "There are `0B`, `1G`, `G2` and `LU`.",
        ),
        (
            "  - {at: 2310B NM113, usage: R}\n",
            "o.yaml:6:10: `NM1` in loop 2310B of guide 005010X222A1 has 12 elements; there is no 13.",
        ),
        (
            "  - {at: 2310B NM109-2, usage: R}\n",
            "o.yaml:6:10: `NM109` in loop 2310B of guide 005010X222A1 is no composite: "
            "it has no component 2.",
        ),
        (
            "  - {at: 2400 SV101-9, usage: R}\n",
            "o.yaml:6:10: `SV101` in loop 2400 of guide 005010X222A1 has 8 components; there is no 9.",
        ),
        (
            "  - {at: 2310B/NM1, usage: R}\n",
            "o.yaml:6:10: `2310B/NM1` is no place of a guide. Write loop, segment",
        ),
        (
            "  - {at: 2310B NM1, codes: [X]}\n",
            "o.yaml:6:10: `2310B NM1` is a segment; `codes` is said of an element.",
        ),
        ("  - {at: 2310B, most: 3}\n", "o.yaml:6:10: `2310B` is a loop; `most` is said of an element."),
        ("  - {at: 2310B NM109}\n", "o.yaml:6:6: This changes nothing. Say what is different"),
        (
            "  - {at: 2310B NM109, format: npj}\n",
            "o.yaml:6:23: There is no format `npj`. Did you mean 'npi'? Known are",
        ),
        (
            "  - {at: 2300 CLM01, most: 50}\n",
            "o.yaml:6:10: `2300 CLM01` has 1 to 38 characters; a guide can only narrow that.",
        ),
        (
            "  - {at: 2300 PWK02, codes: {remove: [ZZ]}}\n",
            "o.yaml:6:10: `2300 PWK02` does not list `ZZ`: nothing to remove.",
        ),
        (
            "  - {at: 2310B NM109, usage: X}\n",
            "o.yaml:6:30: `X` is no value of `usage`. Allowed: `R`, `S` or `N`.",
        ),
        ("  - {at: 2310B NM109, usag: R}\n", "o.yaml:6:23: Unknown key `usag`"),
        ("  - {at: 2310B NM1, repeat: often, usage: R}\n", "o.yaml:6:21: `often` is no number of times."),
        (
            "  - {at: 2010AA PRV05, usage: R}\n",
            "o.yaml:6:10: There is no segment `PRV` in loop 2010AA",
        ),
        (
            "  - {at: 2000A PRV05, usage: R}\n",
            "o.yaml:6:10: `2000A PRV05` is a composite whose components the guide does not list",
        ),
    ],
)
def test_mistakes_are_said_with_place_and_cure(changes: str, said: str) -> None:
    (found,) = _said(changes)
    assert found.startswith(said)


def test_all_mistakes_are_said_in_one_run() -> None:
    assert len(_said("  - {at: 2310X, usage: R}\n  - {at: [2310B NMX, 2310B NM113], usage: R}\n")) == 3


def test_an_overlay_is_of_corrections_or_of_a_payer() -> None:
    raw = HEAD.replace("overlay: test\n", "").encode() + b"  - {at: 2310B, usage: R}\n"
    _, problems = read_overlay(raw, "o.yaml")
    assert [str(p) for p in problems] == [
        "o.yaml:1:1: This is neither corrections nor a companion guide. "
        "Name it with `overlay:`, or bind it to a payer with `payer:`, not both."
    ]


@pytest.mark.parametrize(
    ("corrections", "companions", "said"),
    [
        ("overlay: a", "", ""),
        (
            "payer: a",
            "",
            "2:8: This overlay is bound to the payer `a`. Write `overlay:` and its name, or move the file.",
        ),
        ("", "overlay: a", "2:10: This overlay is bound to no payer. Write `payer: b`, or move the file."),
        ("", "payer: b", ""),
    ],
)
def test_where_an_overlay_stands_is_what_it_is(corrections: str, companions: str, said: str) -> None:
    def raw(kind: str) -> bytes:
        return (HEAD.replace("overlay: test", kind) + "  - {at: 2310B, usage: S}\n").encode()

    files = GuideFiles.of(
        {},
        [("o.yaml", raw(corrections))] if corrections else [],
        {"b": ("o.yaml", raw(companions))} if companions else {},
    )
    assert [str(p) for p in files.problems()] == ([f"o.yaml:{said}"] if said else [])


# --- what is shipped ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> GuideFiles:
    return load_packs([builtin_rules_dir()]).guides


def test_what_is_shipped_has_no_mistakes_and_cites_sources() -> None:
    bundle = load_packs([builtin_rules_dir()])
    assert bundle.guides.problems(bundle.sources) == []


def test_corrections_are_applied(shipped: GuideFiles) -> None:
    load = shipped.loaders()
    professional, institutional = load["005010X222A1"](), load["005010X223A2"]()
    assert "31" in (_element(_segments(professional, "ST", "BHT")[0], 6).codes or ())
    assert _element(_segments(professional, "ST", "ST")[0], 3).usage == "R"
    assert _element(_segments(professional, "2010BA", "NM1")[0], 9).usage == "S"
    assert "MXN" in (_element(_segments(professional, "2000A", "CUR")[0], 2).codes or ())
    assert _element(_segments(professional, "2400", "SV1")[0], 1, 2).formats == {"HC": "hcpcs"}
    assert _element(_segments(institutional, "2400", "SV2")[0], 1).format == "revenue"
    assert _element(_segments(institutional, "2300", "HI", "BBR")[0], 1, 2).formats["BBR"] == "icd10pcs"


@pytest.mark.parametrize("guide", ["005010X222A1", "005010X223A2", "005010X224A2"])
def test_every_npi_tax_id_and_amount_is_held_to_its_form(shipped: GuideFiles, guide: str) -> None:
    for segment in _flat(shipped.loaders()[guide]()):
        if segment.id == "NM1" and "XX" in (_element(segment, 8).codes or ()):
            assert _element(segment, 9).formats["XX"] == "npi"
        if segment.id == "REF":
            for code in _codes(segment) & {"EI", "SY"}:
                assert _element(segment, 2).formats[code] == "digits9"
        if segment.id == "AMT":
            assert _element(segment, 2).most == 10


def test_the_companion_guide_narrows_the_guide_of_its_payer(shipped: GuideFiles) -> None:
    plain = shipped.loaders()["005010X222A1"]()
    found = shipped.companion("example_state", plain)
    assert found is not None
    companion, title = found
    assert title.startswith("Example State Medicaid companion guide")
    assert {s.usage for s in _segments(companion, "2310B", "PRV")} == {"R"}
    assert {s.usage for s in _segments(plain, "2310B", "PRV")} == {"S"}
    assert _element(_segments(companion, "2300", "PWK")[0], 2).codes == frozenset({"EL", "FX"})
    assert _element(_segments(companion, "2300", "REF", "G1")[0], 2).most == 12
    assert {s.usage for s in _segments(companion, "2010BA", "REF", "SY")} == {"N"}


def test_other_payers_and_guides_have_no_companion_guide(shipped: GuideFiles) -> None:
    assert shipped.companion("other", PROFESSIONAL) is None
    assert shipped.companion("example_state", INSTITUTIONAL) is None
