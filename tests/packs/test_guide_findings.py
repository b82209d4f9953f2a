"""A finding says which guide it is by: the payer's companion guide, or the implementation guide itself."""

from __future__ import annotations

import re

import pytest

from scrubber.findings import Finding
from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from tests.guides.mutants import as_file, with_counts
from tests.read.files import chunks

#: Rule, loop, segment, element, and the title of the guide.
Said = tuple[str, str, str, int | None, str]

COMPANION = "Example State Medicaid companion guide to professional claims (fictitious)"
PROFESSIONAL = "Implementation guide 005010X222A1"
#: What the companion guide asks of every claim, and the claims of these tests lack unless they say otherwise.
NO_CLEARINGHOUSE_NUMBER: Said = ("IG-101", "2300", "REF", None, COMPANION)


@pytest.fixture(scope="module")
def scrubber(bundle: Bundle) -> Scrubber:
    return Scrubber(bundle)


def findings(
    scrubber: Scrubber, *changes: tuple[str, str], base: str = "professional", payer: str = "EXS01"
) -> list[Finding]:
    """Return what the guides find in a clean claim to a payer after replacing parts of its text."""
    text = scrubber.bundle.base[base].replace("\n", "").removesuffix("~")
    text = re.sub(r"(NM1\*PR\*.*?\*PI\*)\w+", rf"\g<1>{payer}", text, count=1)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (chunk,) = chunks(as_file(with_counts(text.split("~"))))
    (item,) = chunk.reading(scrubber.guides).claims()
    return [finding for finding in scrubber.scrub(item).findings if finding.pack == "guide"]


def said(found: list[Finding]) -> list[Said]:
    """Return what findings say, and by which guide: each has one reference."""
    out: list[Said] = []
    for finding in found:
        (reference,) = finding.references
        x12 = finding.locations[0].x12
        assert x12 is not None
        out.append((finding.rule, x12.loop, x12.segment, x12.element, reference.title))
    return sorted(out, key=str)


def test_what_a_companion_guide_asks_beyond_is_said_by_its_title(scrubber: Scrubber) -> None:
    assert said(findings(scrubber)) == [NO_CLEARINGHOUSE_NUMBER]


def test_a_claim_that_keeps_to_it_has_no_findings(scrubber: Scrubber) -> None:
    assert findings(scrubber, ("REF*X4", "REF*D9*HOUSE1~REF*X4")) == []


@pytest.mark.parametrize("payer", ["99999", "EXH01", "NOBODY"])
def test_it_is_nothing_to_other_payers(scrubber: Scrubber, payer: str) -> None:
    assert findings(scrubber, ("DMG*D8*19800115*F", "DMG*D8*19800115*F~REF*SY*999990001"), payer=payer) == []


@pytest.mark.parametrize("base", ["institutional", "dental"])
def test_it_is_nothing_to_claims_of_other_guides(scrubber: Scrubber, base: str) -> None:
    assert findings(scrubber, base=base) == []


@pytest.mark.parametrize(
    ("change", "rule", "loop", "segment", "element"),
    [
        (("PRV*PE*PXC*207Q00000X~", ""), "IG-101", "2310B", "PRV", None),
        (("REF*X4", "PWK*OZ*BM***AC*1234~REF*X4"), "IG-207", "2300", "PWK", 2),
        (("REF*X4", "REF*G1*1234567890123~REF*X4"), "IG-205", "2300", "REF", 2),
        (("DMG*D8*19800115*F", "DMG*D8*19800115*F~REF*SY*999990001"), "IG-104", "2010BA", "REF", None),
    ],
)
def test_each_of_its_changes_is_said_by_its_title(
    scrubber: Scrubber, change: tuple[str, str], rule: str, loop: str, segment: str, element: int | None
) -> None:
    expected = [(rule, loop, segment, element, COMPANION), NO_CLEARINGHOUSE_NUMBER]
    assert said(findings(scrubber, change)) == sorted(expected, key=str)


def test_what_the_guide_itself_finds_is_said_by_it_and_once(scrubber: Scrubber) -> None:
    """The companion guide has these mistakes too: it is the guide with some changes."""
    changes = (("******CI", "******99"), ("REF*X4*14D9999999~", ""), ("UN*1***1~", "UN*1****1~"))
    by_guide = said(findings(scrubber, *changes, payer="99999"))
    assert len(by_guide) >= 2 and {title for *_, title in by_guide} == {PROFESSIONAL}
    assert said(findings(scrubber, *changes)) == sorted([*by_guide, NO_CLEARINGHOUSE_NUMBER], key=str)


@pytest.mark.parametrize(
    ("base", "guide_id"), [("institutional", "005010X223A2"), ("dental", "005010X224A2")]
)
def test_an_implementation_guide_is_named_by_its_id(scrubber: Scrubber, base: str, guide_id: str) -> None:
    assert said(findings(scrubber, ("******CI", "******99"), base=base)) == [
        ("IG-207", "2000B", "SBR", 9, f"Implementation guide {guide_id}")
    ]


def test_a_rule_about_a_missing_segment_hides_no_namesake(scrubber: Scrubber) -> None:
    """Without the admission and the statement dates, the rule speaks of one, the guide of the other."""
    text = scrubber.bundle.base["institutional"].replace("\n", "").replace("***13:A:1*", "***11:A:1*")
    segments = [s for s in text.split("~")[:-1] if not s.startswith(("DTP*434", "DTP*435"))]
    (chunk,) = chunks(as_file(with_counts(segments)))
    (item,) = chunk.reading(scrubber.guides).claims()
    result = scrubber.scrub(item)
    places = {(f.rule, f.locations[0].path) for f in result.findings}
    assert ("IG-101", "statement_period.from") in places
    assert {path for rule, path in places if rule.startswith("SIT-")} >= {"admission_date"}
