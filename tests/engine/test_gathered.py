"""Collections put together from parts which stand elsewhere: payers, providers, a line's diagnoses."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.amend.apply import apply
from scrubber.amend.propose import propose
from scrubber.claim.paths import GATHERED, PATHS
from scrubber.engine.items import walk
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import Scrubber
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.engine.rules import RECEIPT_DATE, compiled, kinds, seen

NEVER = {"field": "claim_type", "equals": "none"}
ORDERING = {"entity_type": "1", "last_name": "ROE", "npi": "1999999984"}


def others(*order: str) -> list[dict[str, str]]:
    return [{"responsibility": code} for code in order]


def paths_of(collection: str, document: dict[str, Any]) -> list[str]:
    return [item.path for item in walk(claim_from_json(document), collection.split("."))]


def test_payers_are_the_destination_and_the_others_at_their_own_places() -> None:
    document = {
        "payer": {"responsibility": "S"},
        "other_payers": [{"responsibility": "P"}, {"responsibility": "T"}],
    }
    assert paths_of("payers[]", document) == ["payer", "other_payers[0]", "other_payers[1]"]
    rule = compiled(
        for_each="payers",
        require={"field": "payer.responsibility", "equals": "P"},
        at=["payer.responsibility"],
    )
    assert [o.at[0] for o in seen(rule, document)] == [
        "payer.responsibility",
        "other_payers[1].responsibility",
    ]
    assert [o.items for o in seen(rule, document)] == [{"payer": "payer"}, {"payer": "other_payers[1]"}]


def test_the_destination_payers_member_id_is_the_subscribers() -> None:
    rule = compiled(
        for_each="payers",
        require={"field": "payer.member_id", "format": "mbi"},
        at=["payer.member_id"],
        amend={
            "applicability": "safe",
            "title": "-",
            "change": [{"set": "payer.member_id", "to": {"text": "mbi_canonical", "of": "payer.member_id"}}],
        },
    )
    document = {"subscriber": {"member_id": "1eg4te5mk73"}, "other_payers": [{"member_id": "1EG4-TE5-MK72"}]}
    claim = claim_from_json(document)
    for found in seen(rule, document):
        claim = apply(claim, propose(rule, found, claim, RECEIPT_DATE, {}))
    amended = claim_to_json(claim)
    assert amended["subscriber"]["member_id"] == "1EG4TE5MK73"
    assert amended["other_payers"][0]["member_id"] == "1EG4TE5MK72"


def test_values_of_all_payers_are_a_list() -> None:
    is_known = {"field": "p.responsibility", "not_in": ["U"]}
    order = {"order": {"distinct": "payers", "of": "responsibility", "as": "p", "where": is_known}}
    rule = compiled(let=order, require={"field": "order", "no_gaps_in": ["P", "S", "T"]})
    document = {
        "payer": {"responsibility": "S"},
        "other_payers": [{"responsibility": "P"}, {"responsibility": "U"}],
    }
    assert kinds(rule, document) == []
    assert kinds(rule, {"payer": {"responsibility": "S"}}) == ["violation"]
    everybody = compiled(require={"field": "payers.responsibility", "contains": "U"})
    assert kinds(everybody, document) == []


def test_the_registry_knows_the_programmes_of_other_payers_too() -> None:
    scrubber = Scrubber(load_packs([builtin_rules_dir()]))
    other = [{"payer_id": "EXS01"}, {"payer_id": "?"}]
    claim = claim_from_json({"payer": {"payer_id": "EXH01"}, "other_payers": other})
    normal = scrubber.normalise(claim)
    assert [(p.key, p.program) for p in (normal.payer, *normal.other_payers)] == [
        ("example_health", "commercial"),
        ("example_state", "medicaid"),
        (None, None),
    ]
    assert scrubber.normalise(normal) is normal


# --- providers -------------------------------------------------------------------------------------------


def test_a_lines_providers_are_those_that_count_for_it() -> None:
    document = {
        "billing_provider": {"name": "GROUP"},
        "referring_provider": {"npi": "1"},
        "lines": [{"ordering_provider": ORDERING}, {"rendering_provider": {"npi": "2"}}],
    }
    assert paths_of("lines[].providers[]", document) == [
        "billing_provider",
        "lines[0].ordering_provider",
        "referring_provider",
        "lines[1].rendering_provider",
        "referring_provider",
    ]
    assert paths_of("providers[]", document) == ["billing_provider", "referring_provider"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"ordering_provider": ORDERING}, []),
        ({"ordering_provider": {**ORDERING, "npi": None}}, ["violation"]),
        ({"referring_provider": ORDERING}, ["violation"]),
        ({}, ["violation"]),
    ],
)
def test_a_role_is_asked_for(line: dict[str, Any], found: list[str]) -> None:
    where = {"all": [{"field": "p.role", "equals": "ordering"}, {"field": "p.npi", "present": "true"}]}
    rule = compiled(for_each="lines", require={"some": "line.providers", "as": "p", "where": where})
    assert kinds(rule, {"lines": [line]}) == found


def test_a_billing_provider_that_stands_in_is_called_by_its_own_name() -> None:
    where = {"all": [{"field": "p.role", "equals": "rendering"}, {"field": "p.last_name", "equals": "GROUP"}]}
    rule = compiled(for_each="lines", require={"some": "line.providers", "as": "p", "where": where})
    assert kinds(rule, {"billing_provider": {"name": "GROUP"}, "lines": [{}]}) == []
    institutional = {"claim_type": "institutional", "billing_provider": {"name": "GROUP"}, "lines": [{}]}
    assert kinds(rule, institutional) == ["violation"]


def test_providers_of_a_claim_point_at_themselves() -> None:
    rule = compiled(for_each="providers", require=NEVER, at=["provider.npi"], message="{provider.role}")
    document = {"billing_provider": {"npi": "1"}, "rendering_provider": {}}
    assert [(o.at[0], o.message) for o in seen(rule, document)] == [
        ("billing_provider.npi", "billing"),
        ("rendering_provider.npi", "rendering"),
    ]


# --- diagnoses that a line points at ---------------------------------------------------------------------

POINTED = {"some": "line.diagnoses", "as": "d", "where": {"field": "d.code", "equals": "I10"}}


@pytest.mark.parametrize(
    ("pointers", "found"),
    [
        ([2], []),
        ([1], ["violation"]),
        ([9, 2], []),
        ([9], ["violation"]),
        ([], ["violation"]),
        (["A", 1], ["unknown"]),
        (["A", 2], []),
    ],
)
def test_only_diagnoses_that_are_pointed_at_count(pointers: list[Any], found: list[str]) -> None:
    document = {"diagnoses": [{"code": "E119"}, {"code": "I10"}], "lines": [{"diagnosis_pointers": pointers}]}
    assert kinds(compiled(for_each="lines", require=POINTED), document) == found


def test_whether_a_diagnosis_nobody_can_tell_says_something_is_unknown() -> None:
    says = {"some": "line.diagnoses", "as": "d", "where": {"field": "d.poa", "present": "true"}}
    document = {"diagnoses": [{"code": "I10"}], "lines": [{"diagnosis_pointers": ["A"]}]}
    assert kinds(compiled(for_each="lines", require=says), document) == ["unknown"]


def test_codes_that_are_pointed_at_are_a_list_in_pointer_order() -> None:
    rule = compiled(for_each="lines", require=NEVER, message="{line.diagnoses.code}")
    document = {"diagnoses": [{"code": "E119"}, {"code": "I10"}], "lines": [{"diagnosis_pointers": [2, 1]}]}
    assert [o.message for o in seen(rule, document)] == ["I10, E119"]
    contains = compiled(for_each="lines", require={"field": "line.diagnoses.code", "contains": "I10"})
    unreadable = {**document, "lines": [{"diagnosis_pointers": [2, "A"]}]}
    assert kinds(contains, document) == []
    assert kinds(contains, unreadable) == ["unknown"]


# --- the vocabulary ----------------------------------------------------------------------------------------


def test_items_have_what_all_their_sources_may_have() -> None:
    shared = {p.rpartition(".")[2] for p in PATHS if p.startswith("payers[].") and p.count(".") == 1}
    assert shared >= {"payer_id", "responsibility", "member_id", "program", "claim_filing_indicator", "key"}
    assert "paid_amount" not in shared
    assert PATHS["lines[].diagnoses[].position"].kind == "number"
    assert PATHS["payers[].insurance_type"].types == {"professional", "dental"}
    assert {"npi", "role", "entity_type", "last_name", "taxonomy"} <= {
        p.rpartition(".")[2] for p in PATHS if p.startswith("lines[].providers[].")
    }
    assert all(not PATHS[path].places for path in PATHS if path.startswith(tuple(GATHERED)))
