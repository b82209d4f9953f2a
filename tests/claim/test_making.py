"""What is made quickly is what the class itself makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from scrubber.claim import model
from scrubber.claim.making import changed, maker

PARTS: list[Any] = sorted(
    {part for part in vars(model).values() if is_dataclass(part)}, key=lambda part: str(part.__name__)
)


def held(made: Any) -> Iterator[object]:
    """Yield an object and all lists and objects in it."""
    yield made
    for member in fields(made):
        value = getattr(made, member.name)
        if is_dataclass(value):
            yield from held(value)
        elif isinstance(value, list):
            yield value


@pytest.mark.parametrize("part", PARTS)
def test_it_is_what_the_class_makes(part: Any) -> None:
    made, other = maker(part)(), maker(part)()
    assert type(made) is part
    assert made == part()
    assert not {id(value) for value in held(made)} & {id(value) for value in held(other)}


def test_members_may_be_given() -> None:
    payer = model.Payer(name="A PAYER")
    made = maker(model.Claim, "claim_type", "payer")("dental", payer)
    assert made == model.Claim(claim_type="dental", payer=payer)
    assert made.payer is payer


def test_all_parts_are_compared() -> None:
    assert {model.Claim, model.ServiceLine, model.OtherPayer, model.Provider} <= set(PARTS)
    assert len(PARTS) > 35


def test_a_changed_copy_shares_what_was_not_changed() -> None:
    claim = model.Claim(claim_type="dental", lines=[model.ServiceLine()], place_of_service="11")
    made = changed(claim, place_of_service="12")
    assert made == replace(claim, place_of_service="12")
    assert made.lines is claim.lines
    assert claim.place_of_service == "11"
