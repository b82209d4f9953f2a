"""What a ruleset for durable-rules may look like: the safe shapes, their JSON, and the engine's limits.

The engine gives wrong answers, hangs or crashes on many shapes it accepts. This module can express only
those that were found sound: a kind first, then equalities with texts and whole numbers, then equality
joins with the first pattern, and absences last. There is no way to write anything else.
The limits below come from the engine's source; each is kept a little short of where it bites.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

Value = str | int

MOST_RULES = 4_000  # 4,096: error 106
MOST_PATTERNS = 16  # facts held by one match: error 304
MOST_JOINS = 8  # 10 in one pattern: error 113
MOST_SIBLINGS = 500  # 511 conditions under one node: endless loop
MOST_SHARING = 250  # 255 patterns with identical conditions: segmentation fault
MOST_PENDING = 64  # conditions of one fact still to be looked at: error 303
MOST_PROPERTIES = 200  # 255 in one fact: error 302
MOST_NUMBER = 2**53  # beyond it the engine's own number parser decides
MOST_MATCHES = 50_000  # no limit of the engine's: ours, so that no claim takes minutes

KIND = "k"
#: Properties that the driver writes itself; `$s` stands on a fact that the engine adds to every state.
RESERVED = ("sid", "id", KIND, "$s")
SENTINEL = "_eof"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
# Nothing that could confuse the engine's JSON parser, and no digit in front: to the engine "5" equals 5.
_TEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_.:*/ -]{0,199}")


class RulesetError(ValueError):
    """A ruleset that the engine would get wrong, or could not hold."""


class Fact(NamedTuple):
    """One fact: an id that is unique in its batch, a kind, and properties."""

    id: str
    kind: str
    properties: Mapping[str, Value | None]


@dataclass(frozen=True, slots=True)
class When:
    """One fact to look for: its kind, the values it has, the properties it shares with the first fact."""

    kind: str
    equal: Mapping[str, Value] = field(default_factory=dict)
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineRule:
    """One rule: facts that are there, by alias (the others share with the first), and facts that are not."""

    name: str
    when: Mapping[str, When]
    unless: Sequence[When] = ()


def fnv1a(text: str) -> int:
    """Return the 32-bit hash by which the engine tells ids, and names of properties, apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def is_safe(value: object) -> bool:
    """Return whether the engine reads this value as we mean it: plain text or a whole number."""
    if type(value) is int:
        return -MOST_NUMBER < value < MOST_NUMBER
    return type(value) is str and _TEXT.fullmatch(value) is not None


class _Node:
    """A condition in the engine's network, with the conditions that are looked at after it."""

    __slots__ = ("below", "patterns", "property")

    def __init__(self, name: str) -> None:
        self.property = name
        self.below: dict[object, _Node] = {}
        self.patterns = 0


class Network:
    """Checked rules: the JSON that the engine compiles, and what follows from it for facts."""

    def __init__(self, rules: Sequence[EngineRule]) -> None:
        self._root = _Node("")
        self._rules = {rule.name: rule for rule in rules}
        if len(self._rules) != len(rules):
            raise RulesetError("two rules of a ruleset have the same name")
        if len(rules) > MOST_RULES:
            raise RulesetError(f"{len(rules)} rules are too many for one ruleset; it holds {MOST_RULES}")
        self._largest = max((len(rule.when) for rule in rules), default=0)
        #: Kinds that rules are blocked by. Their facts come first: a later blocker would come too late.
        self.blockers = frozenset(w.kind for rule in rules for w in rule.unless)
        self.source: dict[str, Any] = {}
        self.aliases: dict[str, tuple[str, ...]] = {}
        self._joined: dict[str, set[str]] = {}
        for rule in rules:
            self._add(rule)
        self.source[SENTINEL] = {"all": [{"m0": {KIND: SENTINEL}}], "pri": 9}  # highest number: fires last
        self._check_names()
        self._check_size(self._root, "")

    # --- building -----------------------------------------------------------------------------------

    def _add(self, rule: EngineRule) -> None:
        if not _TEXT.fullmatch(rule.name) or rule.name.startswith("_"):
            raise RulesetError(f"{rule.name!r} cannot be the name of a rule")
        if not rule.when:
            raise RulesetError(f"{rule.name}: an absence alone never fires; `when` needs a fact")
        if len(rule.when) + len(rule.unless) > MOST_PATTERNS:
            raise RulesetError(f"{rule.name}: more than {MOST_PATTERNS} patterns")
        patterns = []
        for index, when in enumerate(rule.when.values()):
            if when.kind in self.blockers:
                raise RulesetError(
                    f"{rule.name}: kind {when.kind!r} blocks rules, so it cannot be looked for"
                )
            if index == 0 and when.same:
                raise RulesetError(f"{rule.name}: the first fact has nothing to share with")
            patterns.append({f"m{index}": self._condition(rule, when)})
        patterns += [{f"n{i}$not": self._condition(rule, when)} for i, when in enumerate(rule.unless)]
        self.source[rule.name] = {"all": patterns, "cap": 1000}
        self.aliases[rule.name] = tuple(rule.when)

    def _condition(self, rule: EngineRule, when: When) -> dict[str, Any]:
        if len(when.same) > MOST_JOINS:
            raise RulesetError(f"{rule.name}: more than {MOST_JOINS} shared properties in one pattern")
        if when.kind.startswith("_"):
            raise RulesetError(f"{rule.name}: {when.kind!r} cannot be a kind")
        equal: list[tuple[str, Value]] = [(KIND, when.kind), *sorted(when.equal.items())]
        node = self._root
        for name, value in equal:
            if not is_safe(value):
                raise RulesetError(f"{rule.name}: {name} cannot be compared with {value!r}")
            node = node.below.setdefault((name, value), _Node(name))
        for name in when.same:
            # The engine never shares a join between rules, so each is a node of its own.
            node = node.below.setdefault(object(), _Node(name))
            for kind in (when.kind, next(iter(rule.when.values())).kind):
                self._joined.setdefault(kind, set()).add(name)
        node.patterns += 1
        terms = [{n: v} for n, v in equal] + [{n: {"m0": n}} for n in when.same]
        return terms[0] if len(terms) == 1 else {"$and": terms}

    def _check_names(self) -> None:
        names = {n for rule in self._rules.values() for w in _patterns(rule) for n in (*w.equal, *w.same)}
        bad = sorted(n for n in names if not _NAME.fullmatch(n) or n in RESERVED)
        if bad:
            raise RulesetError(f"{bad[0]!r} cannot be the name of a property")
        known: dict[int, str] = {}
        for name in (*RESERVED, *sorted(names)):
            other = known.setdefault(fnv1a(name), name)
            if other != name:
                raise RulesetError(f"the engine cannot tell properties {other!r} and {name!r} apart")

    def _check_size(self, node: _Node, path: str) -> None:
        where = f" under {path}" if path else ""
        if len(node.below) > MOST_SIBLINGS:
            raise RulesetError(f"{len(node.below)} conditions{where}; the engine takes {MOST_SIBLINGS}")
        if node.patterns > MOST_SHARING:
            raise RulesetError(
                f"{node.patterns} patterns with the same conditions{where}; at most {MOST_SHARING}"
            )
        for key, child in node.below.items():
            label = f"{key[0]}={key[1]}" if isinstance(key, tuple) else f"shared {child.property}"
            self._check_size(child, f"{path} {label}".strip())

    # --- what follows for facts ---------------------------------------------------------------------

    def complaint(self, kind: str, names: Iterable[str]) -> str | None:
        """Return why the engine could not take a fact with these properties, or None if it can."""
        present = frozenset(names)
        if len(present) > MOST_PROPERTIES:
            return f"{len(present)} properties; the engine takes {MOST_PROPERTIES}"
        missing = sorted(self._joined.get(kind, set()) - present)
        if missing:
            return f"no {missing[0]}, which rules share"  # the engine would refuse the whole batch
        if not present.isdisjoint(RESERVED) or not all(_NAME.fullmatch(n) for n in present):
            return "a property that cannot be named so"
        pending = self._pending(kind, present)
        if pending > MOST_PENDING:
            return f"{pending} conditions to look at together; the engine takes {MOST_PENDING}"
        return None

    def _pending(self, kind: str, present: frozenset[str]) -> int:
        # The engine's own walk (handleAlpha), as if every value fitted: an upper bound.
        start = self._root.below.get((KIND, kind))
        stack, most = [start] if start else [], 1
        while stack:
            below = stack.pop().below.values()
            stack += [node for node in below if node.property in present]
            most = max(most, len(stack))
        return most

    def crowded(self, facts: Sequence[Fact]) -> str | None:
        """Return the name of a rule that would match these facts too often, or None."""
        if len(facts) ** self._largest <= MOST_MATCHES:
            return None
        for rule in self._rules.values():
            if len(facts) ** len(rule.when) > MOST_MATCHES and self._matches(rule, facts) > MOST_MATCHES:
                return rule.name
        return None

    def _matches(self, rule: EngineRule, facts: Sequence[Fact]) -> int:
        # An upper bound: a pattern that shares counts its largest group.
        counts = []
        for when in rule.when.values():
            groups = Counter(
                tuple(fact.properties.get(name) for name in when.same)
                for fact in facts
                if fact.kind == when.kind and all(fact.properties.get(n) == v for n, v in when.equal.items())
            )
            counts.append(max(groups.values(), default=0))
        return prod(counts)


def _patterns(rule: EngineRule) -> list[When]:
    return [*rule.when.values(), *rule.unless]
