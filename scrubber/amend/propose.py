"""From a rule's `amend` to a JSON Patch on the claim.

A patch tests the old value before every change, so that it cannot be applied to a claim that has moved on.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import jsonpointer

from scrubber.amend.builders import BUILDERS, Changes, Site
from scrubber.claim.background import NOTHING, Background
from scrubber.claim.formats import TEXT_CHANGES
from scrubber.claim.locate import pointer_of, reported_path, value_at
from scrubber.claim.model import Claim
from scrubber.claim.values import Unreadable, as_text
from scrubber.engine.evaluate import scope_of
from scrubber.engine.facts import Observation
from scrubber.engine.ir import CompiledRule, Sets, compile_ranking
from scrubber.engine.operators import in_order
from scrubber.engine.scope import Scope
from scrubber.findings import JsonPatch
from scrubber.packs.rules import Change, TextChange
from scrubber.read.claim_json import claim_to_json


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
    if rule.amend_when is not None and scope.holds(rule.amend_when) is not True:
        return []
    changes: Changes = {}
    others: JsonPatch = []
    for change in spec.change:
        if change.remove is not None:
            others += _removal(claim, scope.path_at(rule.names.term(change.remove)))
        elif change.move is not None:
            others += _move(claim, *(_place(text, rule, scope) for text in (change.move, str(change.to))))
        elif change.add is not None:
            changes.update(_addition(change, rule, scope))
        elif change.sort is not None:
            changes.update(_sorted(change, rule, scope))
        else:
            changes.update(_change(change, rule, scope))
    if spec.build is not None:
        rows = rule.tables.get(spec.build.table) if spec.build.table is not None else None
        changes.update(BUILDERS[spec.build.name](Site(claim, sets, observation.line, rows)))
    return _patch(claim, changes) + others


def _place(text: str, rule: CompiledRule, scope: Scope) -> str:
    """Return where something stands that is named as reported."""
    return scope.path_at(rule.names.term(text)).replace(".reported.", ".")


def _move(claim: Claim, source: str, target: str) -> JsonPatch:
    """Move to a place that is free; where something stands already, a person must choose."""
    document = claim_to_json(claim)
    old = jsonpointer.resolve_pointer(document, pointer_of(source), None)
    if old is None or jsonpointer.resolve_pointer(document, pointer_of(target), None) is not None:
        return []
    return [
        {"op": "test", "path": pointer_of(source), "value": old},
        {"op": "move", "from": pointer_of(source), "path": pointer_of(target)},
    ]


def _addition(change: Change, rule: CompiledRule, scope: Scope) -> Changes:
    """Add a value behind the last one of a list that does not have it yet."""
    value, members = scope.value(rule.names.term(change.add or "")), _members(str(change.to), rule, scope)
    if value is None or isinstance(value, Unreadable) or value in members:
        return {}
    return {f"{_place(str(change.to), rule, scope)}[{len(members)}]": value}


def _sorted(change: Change, rule: CompiledRule, scope: Scope) -> Changes:
    """Put the members of a list in the order of their ranks; nothing where nobody knows these."""
    assert change.sort is not None and change.by is not None
    members = _members(change.sort, rule, scope)
    ranks = scope.ranks(members, compile_ranking(change.by, rule.names))
    place = _place(change.sort, rule, scope)
    wanted = members if isinstance(ranks, Unreadable) else in_order(members, ranks)
    return {f"{place}[{index}]": value for index, value in enumerate(wanted) if value != members[index]}


def _members(text: str, rule: CompiledRule, scope: Scope) -> list[Any]:
    members: list[Any] = scope.value(rule.names.term(text))
    return members


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
        return {target: TEXT_CHANGES[change.to.text].apply(as_text(old))} if old is not None else {}
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
