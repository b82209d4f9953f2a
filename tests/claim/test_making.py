"""Objects that a reader makes are those that their class would make."""

from __future__ import annotations

import copy
import pickle
from dataclasses import fields
from typing import Any

import pytest

from scrubber.claim.making import NOTHING, changed, maker
from scrubber.claim.model import Claim, OtherPayer, Payer, ServiceLine, Subscriber


@pytest.mark.parametrize("part", [Claim, ServiceLine, OtherPayer, Payer, Subscriber])
def test_what_is_made_is_as_the_class_makes_it(part: Any) -> None:
    assert maker(part)() == part()


def test_members_can_be_given() -> None:
    line = maker(ServiceLine, "charge", "modifiers")("1", ["25"])
    assert (line.charge, line.modifiers) == ("1", ["25"])


def test_a_copy_has_what_was_changed_and_the_rest() -> None:
    before = ServiceLine(place_of_service="11")
    after = changed(before, emergency="Y")
    assert (after.place_of_service, after.emergency, before.emergency) == ("11", "Y", None)
    assert all(
        getattr(after, f.name) is getattr(before, f.name) for f in fields(after) if f.name != "emergency"
    )


@pytest.mark.parametrize(
    "change",
    [lambda x: x.append(1), lambda x: x.extend([1]), lambda x: x.insert(0, 1), lambda x: x.__iadd__([1])],
)
def test_the_list_of_all_that_have_nothing_cannot_be_changed(change: Any) -> None:
    claim = maker(Claim)()
    with pytest.raises(TypeError, match="set a list instead"):
        change(claim.notes)
    assert claim.notes == maker(Claim)().notes == []


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_of_it_is_a_list_of_its_own(copied: Any) -> None:
    own = copied(NOTHING)
    own.append("X")
    assert (type(own), own, NOTHING) == (list, ["X"], [])
