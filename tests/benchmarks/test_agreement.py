"""The scrubber and the generator agree: nothing is found in clean claims, planted errors are."""

from __future__ import annotations

import io
from collections import defaultdict

import pytest

from benchmarks.claims import SETTINGS, Mix, as_bytes
from benchmarks.valid_codes import with_valid_codes
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12

#: Which rule must speak of a kind of error.
RULES = {
    "npi_check_digit": "FMT-004",
    "total_charge": "BAL-001",
    "impossible_date": "FMT-003",
    "date_range_reversed": "FMT-006",
    "birth_date_later": "FMT-007",
    "amount_decimals": "FMT-040",
    "units_not_number": "FMT-048",
    "units_zero": "FMT-045",
    "modifier_repeated": "MOD-023",
    "phone_punctuation": "FMT-009",
    "billing_po_box": "FMT-011",
    "member_id_missing": "FMT-013",
    "payer_id_missing": "FMT-026",
    "control_number_missing": "FMT-014",
    "pointer_beyond": "FMT-018",
    "pointer_missing": "FMT-046",
    "external_cause_first": "DX-001",
    "service_after_receipt": "FMT-005",
    "accident_state_missing": "SIT-002",
    "rendering_is_billing": "SIT-008",
    "procedure_missing": "FMT-043",
    "segment_missing_service_date": "FMT-042",
    "segment_missing_original_number": "SIT-023",
    "segment_missing_accident_date": "SIT-001",
    "segment_missing_admission_date": "SIT-006",
}
_MEDICAL = {
    "units_zero",
    "pointer_beyond",
    "pointer_missing",
    "external_cause_first",
    "service_after_receipt",
    "procedure_missing",
    "date_range_reversed",
    "segment_missing_service_date",
    "segment_missing_admission_date",
}
DENTAL_RULES = {
    **{kind: rule for kind, rule in RULES.items() if kind not in _MEDICAL},
    "tooth_impossible": "DEN-002",
    "surface_without_tooth": "DEN-001",
    "predetermination_dated": "DEN-005",
    "segment_missing_prior_placement": "DEN-006",
}
#: Kinds that the rules look for only in some loops.
LOOPS = {"impossible_date": "2400", "date_range_reversed": "2400", "npi_check_digit": "2310B"}


@pytest.fixture(scope="module")
def scrubber(tmp_path_factory: pytest.TempPathFactory) -> Scrubber:
    data = with_valid_codes(tmp_path_factory.mktemp("codes"))
    return Scrubber(load_packs([builtin_rules_dir()], BUILDER_NAMES), data=data)


def found(scrubber: Scrubber, data: bytes) -> dict[int, set[str]]:
    """Return the rules that say something of each claim, by its number from 0."""
    rules: dict[int, set[str]] = defaultdict(set)
    for chunk in split_x12(io.BytesIO(data), 100):
        if isinstance(chunk, Chunk):
            for item in chunk.read():
                result = scrubber.scrub(item, verify=False)
                rules[item.index] |= {finding.rule for finding in result.findings}
                rules[item.index] |= {gap.rule for gap in result.not_evaluated}
    return rules


@pytest.mark.parametrize(
    ("claim_type", "setting"),
    [(kind, setting) for kind in ("professional", "dental") for setting in SETTINGS[kind]],
)
def test_nothing_is_found_in_clean_claims(scrubber: Scrubber, claim_type: str, setting: str) -> None:
    mix = Mix(claim_type, claims=40, seed=12, coordination=0.5, settings=frozenset({setting}))
    rules = found(scrubber, as_bytes(mix)[0])
    assert len(rules) == 40
    assert not {index: names for index, names in rules.items() if names}


@pytest.mark.parametrize(("claim_type", "known"), [("professional", RULES), ("dental", DENTAL_RULES)])
def test_planted_errors_are_found(scrubber: Scrubber, claim_type: str, known: dict[str, str]) -> None:
    """A date may be one that no rule reads; every kind here is found where the rules look."""
    data, labels = as_bytes(Mix(claim_type, claims=1200, seed=3, coordination=0.4, errors=1.0))
    rules = found(scrubber, data)
    labels = [label for label in labels if label.kind in known and LOOPS.get(label.kind, "") in label.loop]
    assert {label.kind for label in labels} == set(known)
    silent = [label for label in labels if known[label.kind] not in rules[label.claim]]
    assert not silent
