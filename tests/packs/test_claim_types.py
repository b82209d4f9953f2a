"""A rule looks only at paths that all the claims it is for have, and says which claims it is for."""

from __future__ import annotations

import pytest

from tests.packs.helpers import REQUIRE, mistakes


def require(condition: str) -> tuple[str, str]:
    return REQUIRE, f"require: {condition}"


@pytest.mark.parametrize(
    ("claim_types", "condition", "lacking"),
    [
        (None, "{field: onset_date, present: true}", "Dental and institutional"),
        (None, "{field: line.revenue_code, present: true}", "Dental and professional"),
        ("professional", "{field: onset_date, present: true}", None),
        ("professional", "{field: line.modifiers, contains_none: {path: related_causes}}", None),
        ("professional", "{field: line.revenue_code, present: true}", "Professional"),
        ("institutional", "{field: line.revenue_code, present: true}", None),
        ("institutional", "{field: attending_provider, present: true}", None),
        ("dental", "{field: line.teeth, present: true}", None),
        ("dental", "{field: is_predetermination, equals: true}", None),
        ("dental", "{field: line.revenue_code, present: true}", "Dental"),
        ("professional", "{field: line.prosthesis, present: true}", "Professional"),
        ("institutional", "{field: line.units, equals: {path: onset_date}}", "Institutional"),
        (
            "institutional",
            "{some: line.forms, as: f, where: {field: f.code, present: true}}",
            "Institutional",
        ),
        ("professional, institutional", "{field: line.reported.place_of_service, present: true}", "Instit"),
        ("professional, institutional", "{field: line.rendering_provider.npi, present: true}", None),
    ],
)
def test_the_claims_a_rule_is_for_must_have_its_paths(
    claim_types: str | None, condition: str, lacking: str | None
) -> None:
    said = f"applies_to: {{claim_types: [{claim_types}]}}\nfor_each: lines\n"
    found = mistakes(require(condition), *([("for_each: lines\n", said)] if claim_types else []))
    if lacking is None:
        assert found == []
    else:
        assert found[0].split(": ", 1)[1].startswith(lacking)
        assert "claims have no `" in found[0] and "say which claims the rule is for" in found[0]


def test_what_some_claims_lack_is_one_mistake() -> None:
    """Walked as a collection it is still known: its parts are no mistakes, and others are found."""
    each = ("for_each: lines\n", "for_each: {each: anesthesia_procedures, as: p}\n")
    rest = (("at: [line.units]", "at: [p.code]"), ("{line.number}", "{p.role}"))
    assert mistakes(each, *rest, require("{field: p.code, present: true}")) == [
        "8:18: Dental and institutional claims have no `anesthesia_procedures`; say which claims "
        "the rule is for, such as `claim_types: [professional]`."
    ]
    assert len(mistakes(each, *rest, require("{field: p.cod, present: true}"))) == 2
