"""From a rule's `amend` to a JSON Patch on the claim, and back from a patch to an amended claim.

A patch tests the old value before every change, so that it cannot be applied to a claim that has moved on.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import jsonpatch
import jsonpointer

from scrubber.amend.builders import BUILDERS, Changes, Site
from scrubber.claim.background import NOTHING, Background
from scrubber.claim.formats import TEXT_CHANGES
from scrubber.claim.locate import pointer_of, reported_path, value_at
from scrubber.claim.model import Claim
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.evaluate import scope_of
from scrubber.engine.facts import Observation
from scrubber.engine.ir import CompiledRule, Sets, compile_condition
from scrubber.engine.scope import Scope
from scrubber.findings import JsonPatch
from scrubber.packs.rules import Change, TextChange
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json


class PatchError(Exception):
    """A patch that does not fit the claim: the claim is not the one it was made for."""


def propose(
    rule: CompiledRule,
    observation: Observation,
    claim: Claim,
    receipt_date: dt.date | None,
    sets: Sets,
    background: Background = NOTHING,
) -> JsonPatch:
    """Return the patch a rule proposes for one observation; empty when it has nothing to change."""
    spec = rule.rule.amend
    if spec is None or spec.applicability == "advise":
        return []
    scope = scope_of(rule, observation, claim, receipt_date, background)
    if spec.when is not None and scope.holds(compile_condition(spec.when, rule.names, sets)) is not True:
        return []
    changes: Changes = {}
    removals: JsonPatch = []
    for change in spec.change:
        if change.remove is not None:
            removals += _removal(claim, scope.path_at(rule.names.term(change.remove)))
        else:
            changes.update(_change(change, rule, scope))
    if spec.build is not None:
        rows = rule.tables.get(spec.build.table) if spec.build.table is not None else None
        changes.update(BUILDERS[spec.build.name](Site(claim, sets, observation.line, rows)))
    return _patch(claim, changes) + removals


def _removal(claim: Claim, path: str) -> JsonPatch:
    pointer = pointer_of(reported_path(claim, path))
    old = jsonpointer.resolve_pointer(claim_to_json(claim), pointer, None)
    if old is None:
        return []
    return [{"op": "test", "path": pointer, "value": old}, {"op": "remove", "path": pointer}]


def _change(change: Change, rule: CompiledRule, scope: Scope) -> Changes:
    assert change.set is not None and change.to is not None
    target = scope.path_at(rule.names.term(change.set))
    if isinstance(change.to, TextChange):
        old = scope.value(rule.names.term(change.to.of))
        return {target: TEXT_CHANGES[change.to.text](as_text(old))} if old is not None else {}
    value = scope.value(rule.names.term(change.to))
    return {} if value is None or isinstance(value, Unreadable) else {target: value}


def _patch(claim: Claim, changes: Changes) -> JsonPatch:
    patch: JsonPatch = []
    for path, value in changes.items():
        real = reported_path(claim, path)
        old, new = value_at(claim, real), _plain(value)
        pointer = pointer_of(real)
        if old is None:
            patch.append({"op": "add", "path": pointer, "value": new})
        elif _plain(old) != new:
            patch.append({"op": "test", "path": pointer, "value": _plain(old)})
            patch.append({"op": "replace", "path": pointer, "value": new})
    return patch


def _plain(value: Any) -> Any:
    """Return a value as claim JSON writes it: whole numbers as numbers, everything else as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return as_text(value)


def apply(claim: Claim, patch: JsonPatch) -> Claim:
    """Return the amended claim. Raises PatchError."""
    try:
        amended = jsonpatch.apply_patch(claim_to_json(claim), patch, in_place=True)
        return claim_from_json(amended)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise PatchError(f"the patch does not fit this claim ({type(error).__name__})") from None
    except ClaimJsonError as error:
        raise PatchError("the patch does not give a claim: " + error.problems[0].message) from None
