"""A patch applied to a claim.

What patches mostly do is to set plain values. That is done on the claim itself: to write the whole claim as
JSON and to read it again takes twenty times as long. Everything that is not so simple goes that way, which
also says what is wrong with a patch. A property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache, lru_cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import jsonpatch
import jsonpointer
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from scrubber.claim.making import changed
from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import PATHS
from scrubber.claim.shape import attribute, members
from scrubber.findings import JsonPatch
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json


class PatchError(Exception):
    """A patch that does not fit the claim: the claim is not the one it was made for."""


class _Unusual(Exception):
    """An operation that is left to the claim's JSON."""


def apply(claim: Claim, patch: JsonPatch) -> Claim:
    """Return the amended claim, which shares with the other what was not changed. Raises PatchError."""
    try:
        amended = claim
        for operation in patch:
            amended = _operate(amended, operation)
        return amended
    except _Unusual:
        return apply_to_json(claim, patch)


def apply_to_json(claim: Claim, patch: JsonPatch) -> Claim:
    """Return the amended claim by way of its JSON. Raises PatchError."""
    try:
        amended = jsonpatch.apply_patch(claim_to_json(claim), patch, in_place=True)
        return claim_from_json(amended)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise PatchError(f"the patch does not fit this claim ({type(error).__name__})") from None
    except ClaimJsonError as error:
        raise PatchError("the patch does not give a claim: " + error.problems[0].message) from None


class _Target(NamedTuple):
    """The place of a plain value: attributes and indices that lead there, and how the value is written."""

    steps: tuple[str | int, ...]
    adapter: TypeAdapter[Any]
    types: frozenset[ClaimType]


def _operate(claim: Claim, operation: dict[str, Any]) -> Claim:
    target = _target(operation["path"])
    if target is None or claim.claim_type not in target.types:
        raise _Unusual
    *way, last = target.steps
    owners: list[Any] = [claim]
    for step in way:
        owners.append(_member(owners[-1], step))
        if not _is_written(owners[-1]):
            raise _Unusual
    kind = operation["op"]
    old = _member(owners[-1], last)
    if kind == "test" and old is not None:
        if target.adapter.dump_python(old, mode="json") != operation["value"]:
            raise _Unusual
        return claim
    if kind != "replace" and (kind != "add" or isinstance(last, int)):
        raise _Unusual
    if kind == "replace" and old is None:
        raise _Unusual
    amended = _read(target.adapter, operation["value"])
    for owner, step in zip(reversed(owners), reversed(target.steps), strict=True):
        amended = _with(owner, step, amended)
    result: Claim = amended
    return result


@lru_cache(maxsize=4096)
def _target(pointer: str) -> _Target | None:
    """Return the place of a plain value that a pointer names; None for anything else."""
    part: type | None = Claim
    steps: list[str | int] = []
    pattern = ""
    hint: Any = None
    for name in pointer.split("/")[1:]:
        in_list = pattern.endswith("[]") and isinstance(steps[-1], str)
        if in_list and name.isdecimal() and str(int(name)) == name:
            steps.append(int(name))
            hint = get_args(hint)[0]
            continue
        if (
            part is None
            or name not in members(part)
            or (pattern.endswith("[]") and isinstance(steps[-1], str))
        ):
            return None
        hint = get_type_hints(part, include_extras=True)[attribute(name)]
        if members(part)[name].part is None and _has_default(part, attribute(name)):
            return None
        member = members(part)[name]
        steps.append(attribute(name))
        pattern = f"{pattern}.{name}".lstrip(".") + ("[]" if member.many else "")
        part = member.part
    info = PATHS.get(pattern)
    if info is None or part is not None or (info.is_collection and not isinstance(steps[-1], int)):
        return None
    return _Target(tuple(steps), _adapter(hint), frozenset(info.places or info.types))


def _has_default(part: type, name: str) -> bool:
    """Return whether a plain value is something when nobody says it: then JSON leaves it out."""
    (found,) = (f for f in fields(part) if f.name == name)
    return found.default is not None and found.default_factory is not list


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    if get_origin(hint) is Annotated:  # what a member is called is no matter of its value
        said = (part for part in hint.__metadata__ if not isinstance(part, FieldInfo))
        return TypeAdapter(Annotated[hint.__origin__, *said])
    return TypeAdapter(hint)


def _member(owner: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return getattr(owner, step)
    if step >= len(owner):
        raise _Unusual
    return owner[step]


def _is_written(part: Any) -> bool:
    """Return whether a part stands in the claim's JSON: what says nothing does not."""
    if part is None or isinstance(part, list):
        return bool(part)
    its_class: Any = type(part)
    return bool(part != _empty(its_class))


@cache
def _empty(part: Callable[[], Any]) -> Any:
    return part()


def _read(adapter: TypeAdapter[Any], value: Any) -> Any:
    if isinstance(value, str) and not value.strip():  # it says nothing
        raise _Unusual
    try:
        return adapter.validate_python(value)
    except ValidationError:
        raise _Unusual from None


def _with(owner: Any, step: str | int, value: Any) -> Any:
    """Return an object or a list with another member in one place."""
    if isinstance(step, int):
        return [*owner[:step], value, *owner[step + 1 :]]
    return changed(owner, **{step: value})
