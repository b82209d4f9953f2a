"""ICD-9-CM codes, of services before October 2015, are held to the form of their kind."""

from __future__ import annotations

import pytest

from scrubber.guides.formats import FORMATS
from scrubber.guides.model import Composite
from scrubber.packs.load import builtin_rules_dir, load_packs


@pytest.mark.parametrize(
    "code",
    ["024", "0010", "01000", "V08", "V534", "V5350", "v9199", "E030", "E0000", "E8120", "e9999"],
)
def test_a_diagnosis_is_of_digits_or_begins_with_v_or_e(code: str) -> None:
    assert FORMATS["icd9"][0](code)


@pytest.mark.parametrize(
    "code",
    [
        "25",
        "250.0",
        "250000",
        "V1",
        "V",
        "V53500",
        "E11",
        "E81200",
        "E",
        "A010",
        "1V08",
        "VV08",
        "25O",
        "",
        "٢٥٠",
    ],
)
def test_what_is_no_diagnosis(code: str) -> None:
    assert not FORMATS["icd9"][0](code)


@pytest.mark.parametrize("code", ["470", "4701", "0001"])
def test_a_procedure_has_three_or_four_digits(code: str) -> None:
    assert FORMATS["icd9pcs"][0](code)


@pytest.mark.parametrize("code", ["47", "47.01", "47011", "V470", "0DTJ4ZZ", "", "٤٧٠"])
def test_what_is_no_procedure(code: str) -> None:
    assert not FORMATS["icd9pcs"][0](code)


@pytest.mark.parametrize(
    ("guide_id", "expected"),
    [
        ("005010X222A1", {"BK": "icd9", "BF": "icd9"}),
        (
            "005010X223A2",
            dict.fromkeys(("BK", "BF", "BJ", "BN", "PR"), "icd9") | dict.fromkeys(("BR", "BQ"), "icd9pcs"),
        ),
    ],
)
def test_each_qualifier_asks_for_its_form(guide_id: str, expected: dict[str, str]) -> None:
    """Also the later codes of a segment, not only the first."""
    guide = load_packs([builtin_rules_dir()]).guides.loaders()[guide_id]()
    asked: dict[str, set[str]] = {}
    for loop, segment in guide.top.segments():
        if (loop.id, segment.id) != ("2300", "HI"):
            continue
        for spec in segment.elements:
            if not isinstance(spec, Composite) or spec.usage == "N":
                continue
            kind, code = spec.components[:2]
            for qualifier in kind.codes or ():
                if qualifier in expected:
                    asked.setdefault(qualifier, set()).add(code.formats.get(qualifier, ""))
    assert asked == {qualifier: {form} for qualifier, form in expected.items()}
