"""Claim JSON says what the model holds: there and back, for any claim."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import typing
from decimal import Decimal
from types import UnionType
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrubber.claim.locate import pointer_of, value_at
from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.shape import attribute
from scrubber.claim.values import Amount, Date, Number, Unreadable, as_text, read_amount, read_date
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_schema, claim_to_json
from tests.oracle.claims import documents
from tests.read.same import same

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(lambda text: text.strip())
AMOUNTS = st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", fullmatch=True).map(read_amount)
DATES = st.dates() | st.sampled_from(["20261318", "soon", "2026-08-18"]).map(read_date)
NUMBERS = st.integers(0, 99) | st.sampled_from(["A", "1.5", "-1"]).map(Unreadable)


def strategy(annotation: Any) -> st.SearchStrategy[Any]:
    """Return values for a field of the model, by its annotation."""
    for known, values in ((Amount, AMOUNTS), (Date, DATES), (Number, NUMBERS)):
        if annotation == known:
            return st.none() | values
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return strategy(arguments[0])
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin in (typing.Union, UnionType):
        return st.one_of([st.none() if a is type(None) else strategy(a) for a in arguments])
    if origin is list:
        return st.lists(strategy(arguments[0]).filter(lambda value: value is not None), max_size=2)
    if dataclasses.is_dataclass(annotation):
        return objects(annotation)
    return TEXT


def objects(model: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(model, include_extras=True)
    names = [field.name for field in dataclasses.fields(model)]
    parts = {name: strategy(_alias_free(hints[name])) for name in names}
    return st.fixed_dictionaries({}, optional=parts).map(lambda values: model(**values))


def _alias_free(annotation: Any) -> Any:
    """`from_` is a date with an alias: drop the alias."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated and len(arguments) > len(typing.get_args(Date)):
        return Date
    return annotation


def of_its_type(claim: Claim) -> Claim:
    """Return a claim without what only claims of the other type have."""

    def pruned(part: Any, prefix: str) -> Any:
        kept = {}
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            path = prefix + field.name.rstrip("_") + ("[]" if isinstance(value, list) else "")
            info = PATHS.get(path)
            have = (info.places or info.types) if info is not None else ()
            if claim.claim_type not in have:
                continue
            if dataclasses.is_dataclass(value) and not isinstance(value, Unreadable):
                value = pruned(value, f"{path}.")
            elif info is not None and info.kind == "object" and isinstance(value, list):
                value = [pruned(item, f"{path}.") for item in value]
            kept[field.name] = value
        return type(part)(**kept)

    out: Claim = pruned(claim, "")
    return out


CLAIMS = objects(Claim).map(of_its_type)
VALIDATOR = jsonschema.Draft202012Validator(claim_schema())
NAMES = sorted({attribute(part.removesuffix("[]")) for path in PATHS for part in path.split(".")} | {"from"})
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(CLAIMS)
def test_there_and_back(claim: Claim) -> None:
    document = claim_to_json(claim)
    assert claim_from_json(document) == claim
    assert claim_from_json(orjson.loads(orjson.dumps(document))) == claim
    assert claim_to_json(claim_from_json(document)) == document


@SLOW
@given(CLAIMS)
def test_what_is_written_fits_the_published_schema(claim: Claim) -> None:
    VALIDATOR.validate(claim_to_json(claim))


@SLOW
@given(CLAIMS)
def test_every_value_is_in_the_json_at_its_pointer(claim: Claim) -> None:
    document = claim_to_json(claim)
    found = set()
    for pattern, info in PATHS.items():
        if not info.places or pattern in SYNONYMS:
            continue
        for path, value in expand(claim, pattern):
            assert value_at(claim, path) is value
            held = at(document, pointer_of(path))
            assert type(held) in (str, int)
            shown = as_text(value)
            assert str(held) in (
                shown,
                f"?{shown}" if info.kind == "date" else shown,
            )  # ? only looks like a date
            found.add(pointer_of(path))
    assert found == {pointer for pointer, _ in leaves(document) if has_a_place(pointer)}


def has_a_place(pointer: str) -> bool:
    """Return whether a value of claim JSON is one that guides have: a class has members of all its uses."""
    pattern = re.sub(r"/\d+", "[]", pointer).removeprefix("/").replace("/", ".")
    return pattern in PATHS and bool(PATHS[pattern].places)


def test_every_value_of_the_model_has_a_name() -> None:
    """What claim JSON may say, a rule can ask for and a finding point at: in a use of its class at least."""
    named: dict[tuple[str, str], bool] = {}
    for path, owner in model_paths(Claim, ""):
        member = owner, path.rpartition(".")[2]
        named[member] = named.get(member, False) or path in PATHS
    assert [member for member, known in named.items() if not known] == []


def test_every_path_is_a_value_of_the_model() -> None:
    """And nothing is named that claim JSON cannot say."""
    known = {path for path, _ in model_paths(Claim, "")}
    assert {path for path, info in PATHS.items() if info.places and path not in SYNONYMS} <= known


def model_paths(annotation: Any, path: str, owner: str = "") -> typing.Iterator[tuple[str, str]]:
    """Yield the path of every value of the model, and the class that it is a member of."""
    if (
        annotation in (Amount, Date, Number)
        or annotation is str
        or typing.get_origin(annotation) is typing.Literal
    ):
        yield path, owner
        return
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list:
        yield from model_paths(arguments[0], f"{path}[]", owner)
    elif origin is typing.Annotated:
        yield from model_paths(_alias_free(annotation), path, owner)
    elif origin in (typing.Union, UnionType):
        yield from model_paths(next(a for a in arguments if a is not type(None)), path, owner)
    else:
        hints = typing.get_type_hints(annotation, include_extras=True)
        for field in dataclasses.fields(annotation):
            name = field.name.rstrip("_")
            below = f"{path}.{name}" if path else name
            yield from model_paths(hints[field.name], below, annotation.__name__)


def at(document: Any, pointer: str) -> Any:
    """RFC 6901, by hand: these names need no escapes."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def leaves(node: Any, pointer: str = "") -> typing.Iterator[tuple[str, Any]]:
    """Yield every value of a document with its pointer."""
    if isinstance(node, dict | list):
        for name, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(child, f"{pointer}/{name}")
    else:
        yield pointer, node


def test_a_claim_read_from_x12_survives() -> None:
    for seed in range(5):
        for document in documents(40, seed, 0.2):
            assert claim_to_json(claim_from_json(document)) == document


def test_generated_claims_hold_no_float() -> None:
    for document in documents(100, 3, 0.2):
        assert not any(isinstance(value, float) for _, value in leaves(document))


def test_an_empty_object_is_an_empty_claim() -> None:
    assert same(claim_from_json({}), Claim())
    assert claim_to_json(Claim()) == {}


@pytest.mark.parametrize("blank", ["", " ", "\t\n", None])
def test_blank_text_says_nothing(blank: str | None) -> None:
    """As in X12, where an empty element is an absent one."""
    claim = claim_from_json(
        {
            "place_of_service": blank,
            "total_charge": blank,
            "accident_date": blank,
            "related_causes": ["AA", *([blank] if blank is not None else [])],
            "lines": [{"charge": blank, "procedure": {"code": blank}, "service_date": {"from": blank}}],
        }
    )
    assert claim == claim_from_json({"related_causes": ["AA"], "lines": [{}]})


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"payer": {"name": 1}}, "payer.name"),
        ({"lines": [{}, {"chrage": "1"}]}, "lines[1]"),  # the unknown word itself may be anything
        ({"lines": {}}, "lines"),
        ({"lines": [{"service_date": {"from": 1}}]}, "lines[0].service_date.from"),
        ([], "claim"),
        (None, "claim"),
        ("claim", "claim"),
    ],
)
def test_a_mistake_is_reported_with_its_path_and_without_the_value(document: Any, path: str) -> None:
    with pytest.raises(ClaimJsonError) as caught:
        claim_from_json(document)
    assert [problem.path for problem in caught.value.problems] == [path]


@SLOW
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_claim_or_a_claim_json_error(document: Any) -> None:
    try:
        claim = claim_from_json(document)
    except ClaimJsonError as error:
        assert error.problems
        return
    assert claim_from_json(claim_to_json(claim)) == claim


def test_dates_and_amounts_are_typed() -> None:
    claim = claim_from_json({"accident_date": "2026-08-18", "total_charge": "245.00"})
    assert claim.accident_date == dt.date(2026, 8, 18)
    assert claim.total_charge == Decimal("245.00") and str(claim.total_charge) == "245.00"
