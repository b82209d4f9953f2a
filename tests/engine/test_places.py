"""Where a finding points: a member of a list, an item that has certain values, or where one would stand."""

from __future__ import annotations

from typing import Any

import pytest

from scrubber.claim.locate import locate
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import compiled, seen
from tests.language.test_examples import PACK
from tests.read.files import read

NEVER = {"field": "claim_type", "equals": "none"}
COVERED = {"item": "value_codes", "where": {"code": "80"}}
VALUES: dict[str, Any] = {
    "claim_type": "institutional",
    "value_codes": [{"code": "A1", "amount": "5"}, {"code": "80", "amount": "3"}, {"code": "80"}],
}


def places(at: Any, document: dict[str, Any], for_each: Any = "claim") -> tuple[str, ...]:
    return seen(compiled(for_each=for_each, require=NEVER, at=[at]), document)[0].at


def test_the_first_item_that_fits_is_the_place() -> None:
    assert places(COVERED, VALUES) == ("value_codes[1]",)
    assert places({**COVERED, "of": "amount"}, VALUES) == ("value_codes[1].amount",)
    assert places({**COVERED, "where": {"code": "80", "amount": "3.00"}}, VALUES) == ("value_codes[1]",)


def test_where_no_item_fits_the_next_one_would_stand() -> None:
    one = {**VALUES, "value_codes": VALUES["value_codes"][:1]}
    assert places({**COVERED, "of": "amount"}, one) == ("value_codes[1].amount",)
    assert places({**COVERED, "of": "amount"}, {"claim_type": "institutional"}) == ("value_codes[0].amount",)


def test_an_item_that_may_fit_is_not_chosen() -> None:
    at = {"item": "value_codes", "where": {"amount": "3"}}
    assert places(at, {**VALUES, "value_codes": [{"amount": "ABC"}, {"amount": "3"}]}) == ("value_codes[1]",)


def test_items_below_the_item_in_scope_and_of_a_group() -> None:
    paid = {"payer_id": "P2", "paid_amount": "5"}
    document = {"lines": [{"charge": "1"}, {"charge": "1", "adjudications": [{"payer_id": "P1"}, paid]}]}
    at = {"item": "line.adjudications", "where": {"payer_id": "P2"}, "of": "paid_amount"}
    rule = compiled(for_each="lines", require=NEVER, at=[at])
    assert [o.at for o in seen(rule, document)] == [
        ("lines[0].adjudications[0].paid_amount",),
        ("lines[1].adjudications[1].paid_amount",),
    ]
    of_group = {"item": "group.items", "where": {"number": "2"}, "of": "charge"}
    lines = {"lines": [{"number": "1"}, {"number": "2"}]}
    scope = {"groups": "lines", "by": ["charge"]}
    assert places(of_group, lines, scope) == ("lines[1].charge",)


def test_a_member_of_a_list_is_the_place_whether_it_is_there_or_not() -> None:
    lines = {"lines": [{"modifiers": ["25"]}]}
    assert places("line.modifiers[0]", lines, "lines") == ("lines[0].modifiers[0]",)
    assert places("line.modifiers[3]", lines, "lines") == ("lines[0].modifiers[3]",)
    assert places("related_causes[1]", lines) == ("related_causes[1]",)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("value_codes[1].amount", ("2300", "HI", 2, 5)),
        ("value_codes[1]", ("2300", "HI", 2, 2)),
        ("lines[0].modifiers[1]", ("2400", "SV2", 2, 4)),
    ],
)
def test_what_is_missing_is_shown_where_it_would_stand(path: str, place: tuple[Any, ...]) -> None:
    (item,) = read((PACK / "base" / "institutional_inpatient.837").read_bytes())
    x12 = locate(item.claim, item.source, path).x12
    assert x12 is not None
    assert (x12.loop, x12.segment, x12.element, x12.component) == place
    assert locate(claim_from_json({"claim_type": "institutional"}), None, path).x12 is not None
