"""What a new rule may ask, and how to make claims that have it and claims that lack it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.claim.fields import PathKind
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import (
    ALL_TYPES,
    BACKGROUND,
    ITEM_ALIASES,
    PATHS,
    SWEEPS,
    alternatives,
    sweep_patterns,
)
from scrubber.packs.diagnostics import listing
from scrubber.packs.names import NameProblem, Names
from scrubber.packs.rules import Scope
from scrubber.rulebook.paths import pattern_of

#: Two values of each kind that a claim may have, and one that no base claim has. The NPIs are fictitious.
_SAMPLES: Mapping[PathKind, tuple[str, str, str]] = {
    "code": ("ZZ", "YY", "XX"),
    "text": ("SAMPLE", "EXAMPLE", "NOBODY"),
    "name": ("SAMPLE", "EXAMPLE", "NOBODY"),
    "id": ("SAMPLE1", "EXAMPLE1", "NOBODY"),
    "npi": ("1999999018", "1999999026", "1999999034"),
    "phone": ("2175550100", "2175550111", "9999999999"),
    "amount": ("10", "20", "9999"),
    "quantity": ("1", "2", "9999"),
    "number": ("1", "2", "9999"),
    "date": ("2026-08-18", "2026-08-17", "99999999"),
    "flag": ("true", "false", "true"),
}
#: What is asked of a claim and of a line when nobody said what.
_USUAL = {"": "patient_control_number", "lines[]": "lines[].charge"}


class CannotBegin(Exception):
    """A wish for a rule that cannot be begun, and what to wish for instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Idea:
    """What the rule asks: of which items, of which value, and how it says that it is not so."""

    for_each: str
    require: dict[str, Any]
    at: str
    message: str
    types: frozenset[ClaimType]
    when: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How two claims are made from a base: one that passes, one that fails."""

    passing: dict[str, Any]
    failing: dict[str, Any]


# --- what to ask --------------------------------------------------------------------------------------

Tries = Iterable[tuple[str, Changes]]
Documents = list[tuple[str, ClaimType, dict[str, Any]]]


def ideas(for_each: str | None, path: str | None, documents: Documents) -> Iterator[tuple[Idea, Tries]]:
    """Yield what the rule may ask, the likeliest first, each with ways to make its examples."""
    if for_each is not None and for_each.startswith("every."):
        yield _sweep(for_each, path, documents)
        return
    pattern = _pattern(path) if path is not None else None
    collection = _collection(for_each, pattern)
    info = PATHS[collection] if collection else None
    if info is not None and info.kind != "object":
        if pattern not in (None, collection):
            message = f"the items of '{_plain(collection)}' are plain values and have no '{path}'"
            raise CannotBegin(message, "leave --path out")
        yield _scalar(collection, documents)
        return
    for each in [pattern] if pattern is not None else _members(collection):
        yield _presence(collection, each, documents)


def _presence(collection: str, pattern: str, documents: Documents) -> tuple[Idea, Tries]:
    """Ask that a value is there."""
    alias = ITEM_ALIASES[collection] if collection else ""
    inside = bool(collection) and pattern.startswith(f"{collection}.")
    field = _plain(f"{alias}.{pattern.removeprefix(collection + '.')}" if inside else pattern)
    what = _words(_plain(pattern).rpartition(".")[2])
    if collection == "lines[]":
        message = f"Line {{line.number}} has no {what}."
    else:
        message = f"{_a(_words(alias))} has no {what}." if inside else f"The claim has no {what}."
    types = PATHS[pattern].types & (PATHS[collection].types if collection else ALL_TYPES)
    require = {"field": field, "present": "true"}
    idea = Idea(_plain(collection) or "claim", require, field, message, types)
    return idea, _ways(collection if inside else "", pattern, types, documents)


def _scalar(collection: str, documents: Documents) -> tuple[Idea, Tries]:
    """Ask that the items of a list of plain values are not a certain one."""
    field = f"{ITEM_ALIASES[collection]}.value"
    good, _, bad = _SAMPLES[PATHS[collection].kind]
    place = _first(collection)
    changes = Changes({"set": {place: [good]}}, {"set": {place: [bad]}})
    types = PATHS[collection].types
    require = {"not": {"field": field, "equals": bad}}
    idea = Idea(_plain(collection), require, field, f"{{{field}}} stands where it does not belong.", types)
    return idea, [(name, changes) for name, claim_type, _ in documents if claim_type in types]


def _sweep(for_each: str, path: str | None, documents: Documents) -> tuple[Idea, Tries]:
    """Ask that no value of a kind, wherever it stands, is a certain one."""
    kind = next((kind for kind in SWEEPS if for_each == f"every.{kind}"), None)
    if kind is None:
        known = listing([f"every.{kind}" for kind in SWEEPS])
        raise CannotBegin(f"there is no '{for_each}'", f"there are {known}")
    if path is not None:
        raise CannotBegin(f"'{for_each}' looks at all paths of its kind", "leave --path or --for-each out")
    bad = _SAMPLES[kind][2]
    require = {"not": {"field": f"{kind}.raw", "equals": bad}}
    message = f"{{{kind}.raw}} stands where it does not belong."
    idea = Idea(for_each, require, f"{kind}.path", message, ALL_TYPES)
    tries = [
        (name, Changes({}, {"set": {_first(info.pattern): bad}}))
        for name, claim_type, document in documents
        for info in sweep_patterns(kind, claim_type)
        if _value(document, _first(info.pattern)) is not None
    ]
    return idea, tries


def _pattern(path: str) -> str:
    try:
        pattern = pattern_of(path)
        if pattern in BACKGROUND:
            raise CannotBegin(
                f"'{path}' is no part of the claim", "begin with a path of the claim, and add it by hand"
            )
        return pattern
    except NameProblem as problem:
        near = problem.suggestion
        remedy = f"did you mean {near}?" if near else "docs/paths.md lists all paths"
        raise CannotBegin(problem.message, remedy) from None


def _collection(for_each: str | None, pattern: str | None) -> str:
    """Return the pattern of the items to look at, empty for the claim as a whole."""
    if for_each is None:  # a value of a line is asked of every line
        head, found, _ = (pattern or "").rpartition("[].")
        return f"{head}[]" if found else ""
    if for_each == "claim":
        return ""
    if not for_each:
        raise CannotBegin("'' is no list", "name `claim`, or a list such as `lines` or `diagnoses`")
    try:
        return list(Names.for_scope(Scope(each=for_each)).aliases.values())[-1].pattern
    except NameProblem as problem:
        near = problem.suggestion
        remedy = f"did you mean {near}?" if near else "name `claim`, or a list such as `lines` or `diagnoses`"
        raise CannotBegin(problem.message, remedy) from None


def _members(collection: str) -> list[str]:
    """Return what may be asked of an item when nobody said what."""
    return [_USUAL[collection]] if collection in _USUAL else _parts(collection)


def _parts(collection: str) -> list[str]:
    """Return the plain values of an item."""
    parts = [p for p, info in PATHS.items() if p.startswith(f"{collection}.") and not info.derived]
    return [p for p in parts if p.count("[]") == collection.count("[]") and PATHS[p].kind != "object"]


# --- how to show it -----------------------------------------------------------------------------------


def _ways(collection: str, pattern: str, types: frozenset[ClaimType], documents: Documents) -> Tries:
    """Yield ways to have a value and to lack it, on each base claim that may."""
    for name, claim_type, document in documents:
        if claim_type not in types:
            continue
        place = _first(pattern)
        sample = _sample(pattern)
        found = alternatives(pattern)
        others = [_first(o + pattern.removeprefix(found[0])) for o in found[1]] if found else []
        there = [other for other in others if _value(document, other) is not None]
        if _value(document, place) is not None:
            yield name, Changes({}, {"remove": [place, *there]})
        if there:
            yield name, Changes({}, {"remove": there})
        yield name, Changes({"set": {place.replace("[0]", "[*]", 1): sample}}, {})
        if collection:
            items, rest = _first(collection).removesuffix("[0]"), pattern.removeprefix(f"{collection}.")
            siblings = [p for p in _parts(collection) if p != pattern][:1]  # an item is not quite empty
            other = {p.removeprefix(f"{collection}."): _sample(p) for p in siblings}
            both = {**other, rest.replace("[]", ""): sample}
            yield name, Changes({"add": {items: [both]}}, {"add": {items: [other]}})


def _sample(pattern: str) -> Any:
    info = PATHS[pattern]
    if info.kind == "object":
        item = {p.removeprefix(f"{pattern}."): _sample(p) for p in _parts(pattern)[:1]}
        return [item] if pattern.endswith("[]") else item
    value = _SAMPLES[info.kind][0]
    return [value] if pattern.endswith("[]") else value


def _first(pattern: str) -> str:
    """Return the place of the first item: `lines[0].charge`; of a list, the list."""
    return pattern.removesuffix("[]").replace("[]", "[0]")


def _value(document: Any, place: str) -> Any:
    for part in place.split("."):
        name, _, index = part.partition("[")
        document = document.get(name) if isinstance(document, dict) else None
        if index:
            document = document[0] if document else None
    return document or None


def _plain(pattern: str) -> str:
    return pattern.replace("[]", "")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _a(noun: str) -> str:
    return f"An {noun}" if noun[:1] in "aeiou" else f"A {noun}"
