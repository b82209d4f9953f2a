"""Which claim paths a rule or a decision reads, and at which it points.

Paths are patterns of the vocabulary (`lines[].charge`). A value that a line takes from the claim when it
has none itself is read in both places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from scrubber.claim.paths import (
    ITEM_ALIASES,
    PATHS,
    SYNONYMS,
    alternatives,
    gathered_sources,
    step,
    suggest,
    sweep_patterns,
    types_of,
)
from scrubber.engine.ir import Collection, CompiledRule, ItemAt, Node
from scrubber.packs.names import PLACEHOLDER, NameProblem, Term

#: Parts of a compiled rule that are not what it reads: its source, its vocabulary, and where it points.
_NOT_READ = frozenset({"rule", "names", "told", "at"})


def reads(rule: CompiledRule) -> frozenset[str]:
    """Return the paths that a rule's conditions, named values and message read."""
    parts = [getattr(rule, part.name) for part in fields(rule) if part.name not in _NOT_READ]
    return frozenset(_outermost([*_scope(rule), *_patterns([*parts, *_told(rule)])]))


def _told(rule: CompiledRule) -> Iterator[Term]:
    """Yield what a rule's message names."""
    for text in PLACEHOLDER.findall(rule.rule.message):
        try:
            yield rule.told.term(text)
        except NameProblem:  # checked long ago; a placeholder of another kind reads no path
            continue


def points_at(rule: CompiledRule) -> tuple[str, ...]:
    """Return the paths that a rule's findings point at, the primary one first."""
    out: list[str] = []
    for place in rule.at:
        if isinstance(place, ItemAt):
            out.append((place.of and place.of.pattern) or place.collection.pattern)
        elif place.pattern is not None:
            out += [p for p in gathered_sources(place.pattern) if p in PATHS] or [place.pattern]
        else:  # an item that is a plain value: it stands where its collection does
            out += _scope(rule)
    return tuple(dict.fromkeys(out))


def reads_of(conditions: Iterable[Node]) -> frozenset[str]:
    """Return the paths that conditions about a whole claim read."""
    return frozenset(_outermost(_patterns(list(conditions))))


def parts_of(value: Any) -> Iterator[Any]:
    """Yield a compiled part and all that is in it, whatever kinds of conditions there are."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from parts_of(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for part in fields(value):
            yield from parts_of(getattr(value, part.name))


def _scope(rule: CompiledRule) -> list[str]:
    """Return the places of the items a rule looks at."""
    if rule.scope == "every":
        types = sorted(types_of(rule.rule.applies_to.claim_types))
        found = (info.pattern for t in types for info in sweep_patterns(rule.pattern, t))
        return list(dict.fromkeys(found))
    return [rule.pattern] if rule.pattern else []


def _patterns(value: Any) -> Iterator[str]:
    for part in parts_of(value):
        if isinstance(part, Collection):
            yield part.pattern
            yield from gathered_sources(part.pattern)
        elif isinstance(part, Term) and part.pattern is not None:
            yield part.pattern
            yield from (path for path in gathered_sources(part.pattern) if path in PATHS)
            found = None if part.reported else alternatives(part.pattern)
            for place in found[1] if found else ():
                other = place + part.pattern.removeprefix(found[0] if found else "")
                if other in PATHS:
                    yield other


def _outermost(patterns: Iterable[str]) -> Iterator[str]:
    """Leave out what is only on the way to another path: who reads `lines[].charge` reads `lines[]`."""
    every = set(patterns)
    for pattern in every:
        if not any(other.startswith(f"{pattern}.") for other in every):
            yield pattern


def pattern_of(text: str) -> str:
    """Return the pattern that a person means by a path, with or without indices. Raises NameProblem.

    `line.charge`, `lines.charge`, `lines[].charge` and `lines[2].charge` are all `lines[].charge`.
    """
    plain = re.sub(r"\[[^\]]*\]", "", text).replace(".reported.", ".")
    head, dot, rest = plain.partition(".")
    whole = {
        alias: pattern.replace("[]", "") for pattern, alias in ITEM_ALIASES.items() if "." not in pattern
    }
    if head not in PATHS:  # `payer` is an item of `payers`, but first of all a part of the claim
        head = whole.get(head, head)
    plain = SYNONYMS.get(plain, head + dot + rest)
    pattern = ""
    for name in plain.split("."):
        found = step(pattern, name)
        if found is None:
            near = suggest(pattern, name)
            raise NameProblem(f"there is no path '{text}'", plain.replace(name, near, 1) if near else None)
        pattern = found
    return pattern


def is_within(pattern: str, whole: str) -> bool:
    """Return whether a path is another one or a part of it."""
    return pattern == whole or pattern.startswith(f"{whole}.")
