"""What rules mean, once more and as plainly as possible: nothing compiled, nothing clever.

It reads the rules' YAML and a claim's JSON as they are and shares no code with `scrubber`; tests compare
the two. Speed does not matter here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.oracle import derived
from tests.oracle.conditions import flat, holds, named, reaches_back, yes
from tests.oracle.parameters import value_of_parameter
from tests.oracle.values import (
    ALIASES,
    UNKNOWN,
    Item,
    Past,
    World,
    alias_of,
    as_date,
    is_list,
    items_of,
    member,
    of_group,
    sweep,
    typed,
    value_of,
)

Rule = dict[str, Any]
Claim = dict[str, Any]


@dataclass
class Seen:
    """What one rule sees on one item: a violation, a bypass or an unknown, where, and its named values."""

    rule: str
    kind: str
    severity: str
    at: str
    line: int | None
    items: dict[str, str]
    named: dict[str, Any] = field(default_factory=dict)


# --- items in scope ------------------------------------------------------------------------------------


def scopes(world: World, scope: dict[str, Any]) -> Iterator[tuple[World, bool]]:
    """Yield the world of every item in scope, and whether it is certain that it is in scope."""
    if "pairs" in scope:
        yield from pairs(world, scope)
    elif "groups" in scope:
        yield from groups(world, scope)
    elif scope["each"] == "claim":
        yield world, True
    elif scope["each"].startswith("every."):
        kind = scope["each"].removeprefix("every.")
        for item in sweep(world, kind):
            yield world.plus(scope.get("as", kind), item), True
    else:
        yield from nested(world, scope, scope["each"].split("."), "", "")


def nested(
    world: World, scope: dict[str, Any], names: list[str], done: str, alias: str
) -> Iterator[tuple[World, bool]]:
    """Walk `lines.modifiers` as lines, then modifiers: every step that is a collection gets its alias."""
    if not names:
        yield world, True
        return
    for end in range(1, len(names) + 1):
        text = ".".join(names[:end])
        whole = f"{done}.{text}" if done else text
        if whole in ALIASES:
            break
    rest = names[end:]
    name = ALIASES[whole] if rest else scope.get("as", ALIASES[whole])
    for item in items_of(world, f"{alias}.{text}" if alias else text):
        yield from nested(world.plus(name, item), scope, rest, whole, name)


def pairs(world: World, scope: dict[str, Any]) -> Iterator[tuple[World, bool]]:
    first, second = scope["as"]
    two = isinstance(scope["pairs"], list)
    one, other = scope["pairs"] if two else [scope["pairs"]] * 2
    others = items_of(world, other)
    for i, a in enumerate(items_of(world, one)):
        for j, b in enumerate(others):
            if not two and (i == j or (j < i and not yes(scope.get("ordered")))):
                continue
            inner = world.plus(first, a).plus(second, b)
            same: list[bool | None] = []
            for path in scope.get("same", []):
                x, y = value_of(inner, f"{first}.{path}"), value_of(inner, f"{second}.{path}")
                same.append(None if UNKNOWN in [*flat(x), *flat(y)] else x == y)
            if False not in same:
                yield inner, None not in same


def groups(world: World, scope: dict[str, Any]) -> Iterator[tuple[World, bool]]:
    """Items with equal values are a group, the absent being equal, too.

    An item that may or may not be in a group, or in any, is one itself, and leaves nothing certain.
    """
    keyed: list[tuple[list[Any], list[Item]]] = []
    doubtful: list[Item] = []
    alias = alias_of(world, scope["groups"])
    for item in items_of(world, scope["groups"]):
        inner = world.plus(alias, item)
        inside = holds(inner, scope["where"]) if "where" in scope else True
        key = [value_of(inner, f"{alias}.{path}") for path in scope["by"]]
        if inside is False:
            continue
        if inside is None or UNKNOWN in key:
            doubtful.append(item)
            continue
        alike = next((members for other, members in keyed if other == key), None)
        if alike is None:
            keyed.append((key, [item]))
        else:
            alike.append(item)
    for members in [*(members for _, members in keyed), *([item] for item in doubtful)]:
        yield world.grouped(members), not doubtful


# --- which claims --------------------------------------------------------------------------------------


def concerned(claim: Claim, applies: dict[str, Any]) -> bool:
    payer = member(claim, "payer")
    facts = {
        "claim_types": claim.get("claim_type", "professional"),
        "payers": payer.get("key"),
        "programs": payer.get("program"),
        "frequencies": claim.get("frequency_code"),
    }
    if any(applies.get(key) and value not in applies[key] for key, value in facts.items()):
        return False
    if not fits_seldom(claim, applies):
        return False
    encounter = member(claim, "transaction").get("type") == "RP"
    return yes(applies.get("encounters", "true")) or not encounter


def fits_seldom(claim: Claim, applies: dict[str, Any]) -> bool:
    """Whether a claim has the setting, the state and the specialty that a rule asks for."""
    billing, rendering = member(claim, "billing_provider"), member(claim, "rendering_provider") or {}
    facility = member(claim, "service_facility") or {}
    state = (facility.get("address") or {}).get("state") or (billing.get("address") or {}).get("state")
    specialty = rendering.get("taxonomy") or billing.get("taxonomy") or ""
    if "setting" in applies and derived.setting(claim) != applies["setting"]:
        return False
    if applies.get("states") and state not in applies["states"]:
        return False
    wanted = applies.get("specialties", [])
    return not wanted or any(
        specialty == w or (w[-1] == "*" and specialty[: len(w) - 1] == w[:-1]) for w in wanted
    )


def in_force(world: World, effective: dict[str, str], dated_by: str | None) -> bool | None:
    """By the date of the line in scope, else of the claim; None when that date is not known."""
    if not effective:
        return True
    if dated_by is not None:
        return within(value_of(world, dated_by), effective)
    line = next((item.value for item in world.items.values() if item.collection == "lines"), None)
    if line is None:
        date = derived.code_set_date(world.claim)
    else:
        date = typed("from", derived.days_said(world.claim, line)["from"])
    return within(date, effective)


def within(date: Any, effective: dict[str, str]) -> bool | None:
    if date is None or date is UNKNOWN:
        return None
    begun = "from" not in effective or date >= as_date(effective["from"])
    return begun and ("to" not in effective or date <= as_date(effective["to"]))


# --- one rule ------------------------------------------------------------------------------------------


def observe(
    rule: Rule,
    claim: Claim,
    receipt_date: str | None,
    sets: dict[str, list[Any]],
    set_values: list[dict[str, Any]] | None = None,
    past: Past | None = None,
) -> list[Seen]:
    """Return what a rule sees on a claim, in the order of its items.

    Payers set values of its parameters; `past` is what was billed before, None where nobody knows.
    """
    applies = rule.get("applies_to") or {}
    if not concerned(claim, applies):
        return []
    scope = {"each": rule["for_each"]} if isinstance(rule["for_each"], str) else rule["for_each"]
    seen = []
    parameters = {
        name: value_of_parameter(name, spec, claim, set_values or [])
        for name, spec in (rule.get("parameters") or {}).items()
    }
    whole = World(claim, receipt_date, sets, parameters=parameters, past=past)
    if "history.lines" in scope.get("pairs", "") and (past is None or "needs_from" in scope):
        seen = unpaired(rule, scope, whole)
        if past is None:
            return seen
    for inner, certain in scopes(whole, scope):
        world = replace(inner, lets={})
        kind = judged(rule, scope, applies.get("effective") or {}, world, certain=certain)
        if kind is not None:
            items = {alias: item.path for alias, item in world.items.items()}
            at = "" if kind == "unknown" else place_of(world, rule["at"][0])
            seen.append(Seen(rule["id"], kind, rule["severity"], at, line_of(at, items), items, world.lets))
    return seen


def unpaired(rule: Rule, scope: dict[str, Any], world: World) -> list[Seen]:
    """Unknown once where nobody knows (all of) the pairs: no history, or one that does not reach far enough.

    What is asked of the first items alone may rule them out.
    """
    first, second = scope["as"]
    hidden = {second, *(rule.get("let") or {})}
    parts = [
        part
        for asked in (scope.get("where"), rule.get("when"))
        if asked
        for part in asked.get("all", [asked])
    ]
    alone = [part for part in parts if not {name.partition(".")[0] for name in named_in(part)} & hidden]
    for item in items_of(world, scope["pairs"][0]):
        inner = replace(world.plus(first, item), lets={})
        if world.past is not None:
            needed = scope["needs_from"]
            if needed in (rule.get("let") or {}):
                inner.lets[needed] = named(inner, rule["let"][needed])
            if reaches_back(inner, needed):
                continue
        if False not in [holds(inner, part) for part in alone]:
            items = {first: item.path}
            return [Seen(rule["id"], "unknown", rule["severity"], "", line_of("", items), items)]
    return []


def judged(
    rule: Rule, scope: dict[str, Any], effective: dict[str, str], world: World, *, certain: bool
) -> str | None:
    """Return violation, bypass or unknown; None where the rule passes or does not apply."""
    asked = "where" in scope and "groups" not in scope  # there it has chosen the items
    applies = [
        in_force(world, effective, rule.get("dated_by")),
        holds(world, scope["where"]) if asked else True,
    ]
    if False in applies:
        return None
    for name, spec in (rule.get("let") or {}).items():
        world.lets[name] = named(world, spec)
    if "groups" in scope and not certain:  # of a group that may have another member nothing is said
        common = {f"group.{path}" for path in scope["by"]}
        asked = rule.get("when", {})
        parts = [part for part in asked.get("all", [asked] if asked else []) if named_in(part) <= common]
        return None if False in [holds(world, part) for part in parts] else "unknown"
    applies += [True if certain else None, holds(world, rule["when"]) if "when" in rule else True]
    if False in applies:
        return None
    required = holds(world, rule["require"])
    if required is True:
        return None
    if None in applies or required is None:
        return "unknown"
    bypassed = holds(world, rule["bypass"]) if "bypass" in rule else False
    return "unknown" if bypassed is None else "bypass" if bypassed else "violation"


def named_in(condition: Any) -> set[str]:
    """Return the names that a condition reads; collections that it walks are names, too."""
    if isinstance(condition, list):
        return set().union(*map(named_in, condition))
    if not isinstance(condition, dict):
        return set()
    out = {
        str(condition[key])
        for key in ("field", "path", "some", "none", "every", "needs_from")
        if key in condition
    }
    within = condition.get("within", {})
    out |= {within[side] for side in ("after", "before") if side in within}
    return out.union(*(named_in(value) for value in condition.values()))


def line_of(at: str, items: dict[str, str]) -> int | None:
    """The line concerned: that of the place pointed at, else that of the items."""
    for path in (at, *items.values()):
        match = re.match(r"lines\[(\d+)\]", path)
        if match:
            return int(match[1])
    return None


def place_of(world: World, text: str) -> str:
    """Return the path that `at` points at: the first of several, the item itself for a plain value."""
    if text.endswith("]"):
        text, _, index = text.partition("[")
        return f"{place_of(world, text)}[{index}"
    head, _, rest = text.partition(".")
    if head == "group" and world.group:
        head, rest = of_group(rest)
    item = world.items.get(head)
    if item is not None and not isinstance(item.value, dict):
        return item.path
    path, where = (item.path, item.collection) if item is not None else ("", "")
    names = (rest if item is not None else text).split(".")
    if item is not None and not rest:
        return item.path
    for i, name in enumerate(names):
        many = is_list(where, name) and i + 1 < len(names)
        path = (f"{path}.{name}" if path else name) + ("[0]" if many else "")
        where = f"{where}.{name}" if where else name
    return path


# --- what is under rules/ ------------------------------------------------------------------------------


@dataclass
class Book:
    """The rules, sets and payers of a rules folder, as their YAML says them: every scalar is text."""

    rules: list[Rule]
    sets: dict[str, list[Any]]
    payers: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Book:
        texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))]
        documents = [yaml.load(text, Loader=yaml.BaseLoader) for text in texts]
        maps = [document for document in documents if isinstance(document, dict)]
        # It has no reading of tables: what looks something up is left to tests of its own.
        rules = [d for d in maps if "for_each" in d and d.get("status") != "draft" and "lookup" not in d]
        payers = {}
        for payer in maps:
            for number in payer.get("payer_ids", []):
                payers[number["id"] if isinstance(number, dict) else number] = payer
        return cls(
            sorted(rules, key=lambda rule: rule["id"]),
            {d["set"]: d["codes"] for d in maps if "set" in d},
            payers,
        )

    def normalised(self, claim: Claim) -> Claim:
        """Return the claim with its payer looked up, unless the claim already names it."""
        payer = member(claim, "payer")
        entry = self.payers.get(payer.get("payer_id"))
        if entry is None or payer.get("key") is not None:
            return claim
        program = payer.get("program") or entry["program"]
        return {**claim, "payer": {**payer, "key": entry["key"], "program": program}}

    def observe(self, claim: Claim, receipt_date: str | None) -> list[Seen]:
        """Return what all rules see on a normalised claim, by rule and in the order of its items."""
        return [seen for rule in self.rules for seen in observe(rule, claim, receipt_date, self.sets)]
