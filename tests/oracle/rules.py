"""Rules made at random over the whole vocabulary: whatever the loader accepts, nothing it would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

from scrubber.claim.formats import FORMATS
from scrubber.claim.model import Claim
from scrubber.claim.paths import ALL_TYPES, ITEM_ALIASES, PATHS, SWEEPS, SYNONYMS, expand
from scrubber.engine.ir import CompiledRule, Known, Sets, compile_rule
from scrubber.packs.bundle import Bundle
from scrubber.packs.check import Vocabulary, check_rule
from scrubber.packs.check_conditions import LIST_OPERATORS, OPERATOR_KINDS, ORDERED
from scrubber.packs.parameters import ParameterEntry, ParameterValue, read
from scrubber.packs.parse import ParsedRule, parse_rule
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_from_json
from tests.oracle.claims import documents, value_for

Raw = dict[str, Any]

NUMERIC = ("amount", "quantity", "number")
PATTERNS = {pattern: pattern.replace("[]", "") for pattern in ITEM_ALIASES}
COLLECTIONS = {pattern.replace("[]", ""): alias for pattern, alias in ITEM_ALIASES.items()}
TEXTUAL = ("code", "text", "name", "id", "npi", "phone")
CALCULATIONS = ("add", "subtract", "multiply", "days_between", "shift", "round")
CHOICES = ["1", "11"]
PERIODS = [
    *({"years": "1"}, {"years": "-4"}, {"months": "-18"}, {"months": "1", "days": "-1"}),
    *({"days": "30"}, {"days": "-1"}, {"days": "-800000", "years": "2"}),
]
PAYERS = ["example_health", "other"]
WHOM: list[Raw] = [
    {"setting": "inpatient"},
    {"setting": "outpatient"},
    {"states": ["IL", "WI"]},
    {"specialties": ["207Q00000X", "1*"]},
]
WITH_PATHS = ("in", "not_in", "in_tree", "contains_any", "contains_none", "all_in")


@dataclass(frozen=True)
class Name:
    """A name that a condition may use: its text, its kind, and whether it means several values."""

    text: str
    kind: str
    many: bool = False


def below(alias: str, pattern: str, known: frozenset[str]) -> list[Name]:
    """Return the names of an item's parts (of the whole claim's, for an empty alias)."""
    head, out = f"{pattern}." if pattern else "", []
    for path in PATHS:
        if path not in known:
            continue
        info, rest = PATHS[path], path.removeprefix(head)
        if not path.startswith(head) or not rest:
            continue
        text = rest.replace("[]", "")
        out.append(Name(f"{alias}.{text}" if alias else text, info.kind, "[]" in rest))
        if pattern == "lines[]" and not info.derived:
            out.append(Name(f"{alias}.reported.{text}", info.kind, "[]" in rest))
    return out


def of_item(alias: str, collection: str, known: frozenset[str]) -> list[Name]:
    pattern = next(p for p in ITEM_ALIASES if p.replace("[]", "") == collection)
    if PATHS[pattern].kind == "object":
        return [Name(alias, "object"), *below(alias, pattern, known)]
    parts = {"value": PATHS[pattern].kind, "raw": "text", "position": "number"}
    return [Name(f"{alias}.{part}", kind) for part, kind in parts.items()]


def filled_paths() -> frozenset[str]:
    """Return the paths that ordinary claims of the tests have, and what is worked out from them."""
    found = {path for path, info in PATHS.items() if info.derived}
    for document in documents(40, 0, 0.15):
        claim = claim_from_json(document)
        found |= {path for path in PATHS if path not in SYNONYMS and path not in found and has(claim, path)}
    return frozenset(found)


def has(claim: Claim, path: str) -> bool:
    return not PATHS[path].derived and PATHS[path].kind != "flag" and any(expand(claim, path))


#: What the oracle has no reading of: parts that an unreadable pointer may hide, and lists and keys that
#: are worked out from several values.
LEFT_OUT = (
    "lines[].diagnoses[]",
    "lines[].teeth[].possible_surfaces[]",
    "lines[].group_specialty_key",
    "lines[].therapy_discipline",
    "lines[].tooth_key",
)


def is_left_out(path: str) -> bool:
    return path.startswith(LEFT_OUT)


COMMON = frozenset(path for path in filled_paths() if not is_left_out(path))
RARE = sorted(path for path in set(PATHS) - COMMON if not is_left_out(path))


class Maker:
    """Makes one rule. `near` are names of items in scope and named values, which conditions prefer.

    A rule looks at claims of some types and names what these have: what is common, and some that is rare.
    """

    def __init__(self, random: Random, sets: list[str]) -> None:
        self.random = random
        self.sets = sets
        self.types = random.choice([["professional"]] * 5 + [["institutional"], ["dental"], []])
        known = COMMON | set(random.choices(RARE, k=40))
        wanted = set(self.types or ALL_TYPES)
        self.known = frozenset(path for path in known if wanted <= PATHS[path].types)
        self.claim = below("", "", self.known)
        self.collections = [c for p, c in PATTERNS.items() if p in self.known]
        self.near: list[Name] = []
        self.scoped: list[Name] = []
        self.items: dict[str, str] = {}  # alias → collection
        self.group = ""  # the collection whose items are grouped
        self.parameters: dict[str, Raw] = {}

    def rule(self) -> Raw:
        random = self.random
        rule: Raw = {"for_each": self.scope()}
        self.scoped = list(self.near)  # what there is before anything is named
        if random.random() < 0.4:
            rule["let"] = {f"let_{n}": self.let(f"let_{n}") for n in range(random.randint(1, 2))}
        if random.random() < 0.6:
            rule["when"] = self.condition(2)
        rule["require"] = self.condition(3)
        if random.random() < 0.2:
            rule["bypass"] = self.condition(1)
        guards = [{"field": text, "present": "true"} for text in sorted(compared(rule["require"]))]
        if guards and random.random() < 0.8:
            rule["when"] = {"all": [*guards, *([rule["when"]] if "when" in rule else [])]}
        rule["applies_to"] = {"claim_types": self.types}
        if random.random() < 0.2:
            end = random.choice(["from", "to"])
            rule["applies_to"]["effective"] = {end: random.choice(["2026-08-18", "2025-01-01"])}
        if random.random() < 0.15:
            rule["applies_to"] |= random.choice(WHOM)
        dates = [n.text for n in self.scoped + self.claim if n.kind == "date" and not n.many]
        if "effective" in rule["applies_to"] and dates and random.random() < 0.5:
            rule["dated_by"] = random.choice(dates)
        if self.parameters:
            rule["parameters"] = self.parameters
        lets = rule.get("let", {})
        named = [n for n in self.near + random.choices(self.claim, k=3) if n.text not in lets]
        place = random.choice(named)
        is_list = place.many and any(p.endswith(f"{place.text.rpartition('.')[2]}[]") for p in self.known)
        rule["at"] = [place.text + ("[1]" if is_list and random.random() < 0.5 else "")]
        shown = [n.text for n in self.near * 3 + self.claim if n.kind != "object"]
        rule["message"] = "See " + " and ".join("{" + text + "}" for text in random.choices(shown, k=2))
        return rule

    def scope(self) -> Any:
        random, kind = self.random, self.random.random()
        if kind < 0.25:
            return "claim"
        if kind < 0.35:
            sweep = random.choice([s for s in SWEEPS if s != "code"])
            self.near += [Name(f"{sweep}.raw", "text"), Name(f"{sweep}.value", value_kind(sweep))]
            return f"every.{sweep}"
        collection = random.choice(["lines", "lines", "lines", *self.collections])
        if kind < 0.55:
            return self.groups(collection)
        if kind < 0.7:
            for alias in ("a", "b"):
                self.bring(alias, collection)
            scope: Raw = {"pairs": collection, "as": ["a", "b"], "ordered": random.choice(["true", "false"])}
            same = [n.text.removeprefix("a.") for n in self.near if n.text.startswith("a.") and not n.many]
            scope["same"] = random.choices(same, k=random.randint(0, 2)) if same else []
        else:
            steps = collection.split(".")
            for end in range(1, len(steps) + 1):
                prefix = ".".join(steps[:end])
                if prefix in COLLECTIONS:
                    self.bring(COLLECTIONS[prefix], prefix)
            scope = {"each": collection}
        if random.random() < 0.3:
            scope["where"] = self.condition(1)
        return scope

    def groups(self, collection: str) -> Raw:
        """Groups by one to three paths; all that the rule may name afterwards is what a group has."""
        random, member = self.random, COLLECTIONS[collection]
        parts = of_item(member, collection, self.known)
        single = [n for n in parts if not n.many and n.kind != "object"]
        if not single:
            return self.groups("lines")
        of_member = {n.text: n.text.removeprefix(f"{member}.") for n in parts}
        by = list(dict.fromkeys(self.of_any_kind(single) for _ in range(random.choice([1, 1, 2, 3]))))
        scope: Raw = {"groups": collection, "by": [of_member[n.text] for n in by]}
        if random.random() < 0.4:
            scope["where"] = self.inside(member, collection, 1)
        self.group = collection
        self.near = [Name(f"group.{of_member[n.text]}", n.kind) for n in by]
        for end in ("first", "last"):
            named = [n for n in parts if n.text != member]
            self.near += [Name(f"group.{end}.{of_member[n.text]}", n.kind, n.many) for n in named]
        return scope

    def of_any_kind(self, names: list[Name]) -> Name:
        """Return a name of each kind as often: most names are codes and texts, which can always be read."""
        kind = self.random.choice(sorted({n.kind for n in names}))
        return self.random.choice([n for n in names if n.kind == kind])

    def bring(self, alias: str, collection: str) -> None:
        self.items[alias] = collection
        self.near += of_item(alias, collection, self.known)

    # --- named values ---------------------------------------------------------------------------------

    def let(self, name: str) -> Raw:
        random = self.random
        kind = random.random()
        if kind < 0.45:
            spec, of = self.calculation(random.choice([*CALCULATIONS, "choose", "shift"]))
            self.near.append(Name(name, of))
            return spec
        if kind < 0.55:
            several = random.choice([n for n in self.near * 5 + self.claim if n.many and n.kind != "object"])
            self.near.append(Name(name, several.kind, many=True))
            return {"distinct": several.text}
        collection, whole = self.collection()
        word = random.choice(["count", "sum", "min", "max", "distinct"])
        spec: Raw = {word: collection, "as": "member"}
        parts = [n for n in of_item("member", whole, self.known) if n.kind != "object"]
        wanted = {"sum": NUMERIC, "min": (*NUMERIC, "date"), "max": (*NUMERIC, "date")}.get(word)
        parts = [n for n in parts if wanted is None or n.kind in wanted]
        if word != "count" and not parts:
            word, spec = "count", {"count": collection, "as": "member"}
        if random.random() < 0.4:
            spec["where"] = self.inside("member", whole, 1)
        if word == "count":
            self.near.append(Name(name, "number"))
            return spec
        part = random.choice(parts)
        spec["of"] = part.text.removeprefix("member.")
        self.near.append(Name(name, part.kind, many=word == "distinct"))
        return spec

    def calculation(self, word: str) -> tuple[Raw, str]:
        """Return a value calculated from others, and its kind."""
        random = self.random
        single = [n for n in self.near * 5 + self.claim if not n.many and n.kind != "object"]
        if word == "choose":
            first = self.of_any_kind(single)
            others = [n.text for n in single if alike(n.kind, first.kind)]
            spec: Raw = {"choose": {"param": self.parameter("choice")}}
            spec |= {CHOICES[0]: first.text, CHOICES[1]: random.choice(others)}
            if random.random() < 0.5:
                spec["when_absent"] = random.choice(others)
            return spec, first.kind
        kinds = ("date",) if word in ("days_between", "shift") else NUMERIC
        names = [n for n in single if n.kind in kinds]
        one, two = random.choice(names), random.choice(names)
        if word == "shift":
            by = parameter_value("period", random)
            if random.random() < 0.7:
                by = {"param": self.parameter("period")}
            return {"shift": one.text, "by": by}, "date"
        if word == "round":
            to, mode = random.choice(["0.01", "0.25", "1", "5"]), random.choice(["up", "down", "half_up"])
            return {"round": one.text, "to": to, "mode": mode}, one.kind
        of = "number" if word == "days_between" else "amount"
        return {word: [one.text, two.text]}, of

    # --- parameters -----------------------------------------------------------------------------------

    def parameter(self, kind: str) -> str:
        """Return a parameter of a type: one that the rule has, or a new one."""
        random = self.random
        name = random.choice([f"{kind}_1", f"{kind}_2"])
        if name in self.parameters:
            return name
        spec: Raw = {"type": kind} | ({"of": [*CHOICES]} if kind == "choice" else {})
        told = random.random()
        if told < 0.3:
            spec["unknown_if_unset"] = "true"
        elif told < 0.6:
            spec["default"] = parameter_value(kind, random)
        elif told < 0.8:
            keys = random.sample(["commercial", "medicare_b", "professional", "dental"], k=2)
            spec["default"] = {key: parameter_value(kind, random) for key in [*keys, "else"]}
        else:
            spec["default"] = {key: parameter_value(kind, random) for key in sorted(ALL_TYPES)}
        self.parameters[name] = spec
        return name

    def values(self) -> list[Raw]:
        """Return what payers set: some parameters not at all, some several times for different claims."""
        random, out = self.random, []
        for name, spec in self.parameters.items():
            for _ in range(random.choice([0, 0, 1, 2, 3])):
                value = parameter_value(spec["type"], random)
                entry: Raw = {"payer": random.choice(PAYERS), "parameter": f"{HEAD['id']}.{name}"}
                entry |= {"value": value, "references": ["SOURCE"]}
                conditions = {
                    "claim_types": [random.choice(sorted(ALL_TYPES))],
                    "programs": [random.choice(["commercial", "medicare_b"])],
                    "frequencies": ["1", random.choice(["7", "8"])],
                }
                if random.random() < 0.3:
                    keys = random.sample(sorted(conditions), k=random.randint(1, 2))
                    entry["when"] = {key: conditions[key] for key in keys}
                if random.random() < 0.3:
                    end = random.choice(["from", "to"])
                    entry["effective"] = {end: random.choice(["2026-08-18", "2025-01-01"])}
                out.append(entry)
        return out

    def parametric(self, kind: str) -> str | None:
        """Return a parameter that a value of a kind may be compared with, if there are such."""
        types = {"flag": "boolean", "date": None}.get(kind, "number" if kind in NUMERIC else "choice")
        if types == "number":
            types = self.random.choice(["number", "amount"])
        return self.parameter(types) if types is not None else None

    def collection(self) -> tuple[str, str]:
        """Return a collection as it is written here, and its whole name."""
        inner = [
            (f"{alias}.{whole.removeprefix(f'{of}.')}", whole)
            for alias, of in self.items.items()
            for whole in self.collections
            if whole.startswith(f"{of}.")
        ]
        if self.group:
            inner += [("group.items", self.group)] * 4
        choices = [("lines", "lines"), *((name, name) for name in self.collections), *inner, *inner]
        return self.random.choice(choices)

    # --- conditions -----------------------------------------------------------------------------------

    def names(self) -> list[Name]:
        lets = [n for n in self.near if n.text.startswith("let_")]
        if lets and self.random.random() < 0.4:  # among all names they would hardly ever decide
            return lets
        return self.near if self.near and self.random.random() < 0.65 else self.claim

    def condition(self, depth: int) -> Raw:
        random, kind = self.random, self.random.random()
        if depth == 0 or kind < 0.45:
            return self.leaf()
        if kind < 0.75:
            word = random.choice(["all", "any"])
            return {word: [self.condition(depth - 1) for _ in range(random.randint(1, 3))]}
        if kind < 0.85:
            return {"not": self.condition(depth - 1)}
        word = random.choice(["some", "none", "every"])
        collection, whole = self.collection()
        quantifier: Raw = {word: collection, "as": "other"}
        if (word != "every" and random.random() < 0.9) or random.random() < 0.4:
            quantifier["where"] = self.inside("other", whole, depth - 1)
        if word == "every":
            quantifier["satisfies"] = self.inside("other", whole, depth - 1)
        return quantifier

    def inside(self, alias: str, collection: str, depth: int) -> Raw:
        """A condition about one more item."""
        near, items = self.near, self.items
        self.near, self.items = of_item(alias, collection, self.known) + near, {**items, alias: collection}
        try:
            return self.condition(depth)
        finally:
            self.near, self.items = near, items

    def leaf(self) -> Raw:
        flags = [n.text for n in self.near + self.claim if n.kind == "flag" and not n.many]
        if flags and self.random.random() < 0.03:  # there are too few flags for chance alone
            return {"field": self.random.choice(flags), "equals": {"param": self.parameter("boolean")}}
        name = self.random.choice(self.names())
        operators = [
            operator
            for operator, kinds in OPERATOR_KINDS.items()
            if name.kind in kinds
            and (operator in LIST_OPERATORS) == name.many
            and operator != "sorted_by"  # which needs a table
        ]
        operators += ["present"] * 2 + ["count_at_least"] * name.many
        operator = self.random.choice(operators)
        return {"field": name.text, operator: self.operand(operator, name)}

    def operand(self, operator: str, name: Name) -> Any:
        random = self.random
        if operator.endswith("in_set"):
            return random.choice(self.sets)
        if operator == "within":
            dates = [n.text for n in self.near + self.claim if n.kind == "date" and not n.many]
            side = random.choice(["after", "before"])
            return {random.choice(["days", "months", "years"]): "1", side: random.choice(dates)}
        fixed: dict[str, list[Any]] = {
            "present": ["true", "false"],
            "whole_number": ["true", "false"],
            "matches": ["[A-Z]+", r"\d{2,5}", ".*1.*", "A|B|11", "1999999[0-9]{3}"],
            "format": sorted(FORMATS),
            "length": [{"min": "2"}, {"max": "3"}, {"min": "1", "max": "10"}],
            "resembles": ["po_box"],
            "count_at_least": ["0", "1", "2"],
        }
        if operator == "no_gaps_in":
            fixed[operator] = [[self.literal(name.kind) for _ in range(4)]]
        if operator in fixed:
            return random.choice(fixed[operator])
        if operator in WITH_PATHS:
            if random.random() < 0.15 and name.kind in TEXTUAL:
                return {"param": self.parameter("list")}
            if random.random() < 0.25 and name.kind != "flag":
                return self.path(name.kind, many=random.random() < 0.8)
            plain = operator.startswith(("contains", "in_tree"))
            one = self.literal if plain else self.one
            members = [one(name.kind) for _ in range(random.randint(1, 4))]
            if (
                name.kind == "code"
                and not operator.startswith(("contains", "in_tree"))
                and random.random() < 0.3
            ):
                members.append(random.choice([{"from": "10", "to": "25"}, {"from": "00000", "to": "99214"}]))
            return members
        if operator == "between":
            return [self.one(name.kind), self.one(name.kind)]
        return self.one(name.kind)

    def one(self, kind: str) -> Any:
        name = self.parametric(kind) if self.random.random() < 0.12 else None
        if name is not None:
            return {"param": name}
        return self.path(kind, many=False) if self.random.random() < 0.3 else self.literal(kind)

    def path(self, kind: str, *, many: bool) -> Any:
        same = [n for n in self.near + self.claim if n.many == many and alike(n.kind, kind)]
        return {"path": self.random.choice(same).text} if same else self.literal(kind)

    def literal(self, kind: str) -> str:
        if kind == "flag":
            return self.random.choice(["true", "false"])
        if kind == "date":
            return self.random.choice(["2026-08-17", "2026-08-18", "2026-08-19", "2025-01-01"])
        if kind in NUMERIC:
            return self.random.choice(["0", "1", "2", "3", "95", "245"])
        return str(value_for(kind, self.random))


def parameter_value(kind: str, random: Random) -> Any:
    if kind == "period":
        return dict(random.choice(PERIODS))
    if kind == "list":
        return random.choice([["99213", "1"], ["25"], ["11", "AA", "E119"]])
    values = {"boolean": ["true", "false"], "choice": CHOICES, "number": ["0", "1", "2"]}
    return random.choice(values.get(kind, ["0", "95", "245.00", "-3.5"]))


def value_kind(sweep: str) -> str:
    return sweep if sweep in (*NUMERIC, "date", "npi") else "text"


def alike(a: str, b: str) -> bool:
    group = (*NUMERIC,)
    if a in group or b in group:
        return a in group and b in group
    return a == b or not {a, b} & {"date", "flag", "object"}


def compared(condition: Raw) -> set[str]:
    """Return the names that are compared by order, outside quantifiers."""
    if "field" in condition:
        operator = next(k for k in condition if k != "field")
        if operator not in ORDERED:
            return set()
        operands = condition[operator] if isinstance(condition[operator], list) else [condition[operator]]
        paths = {
            v
            for o in operands
            if isinstance(o, dict)
            for k, v in o.items()
            if k in ("path", "after", "before")
        }
        return {condition["field"], *paths}
    children = [*condition.get("all", []), *condition.get("any", [])]
    children += [condition["not"]] if "not" in condition else []
    return set().union(*(compared(child) for child in children))


HEAD = {
    "schema": "1",
    "id": "RND-001",
    "name": "made-at-random",
    "title": "Made at random",
    "status": "stable",
    "severity": "warn",
    "snip": "1",
    "why": "For the test.",
    "references": ["SOURCE"],
    "examples": {"pass": [{"name": "x", "base": "x"}], "fail": [{"name": "x", "base": "x"}]},
}


@dataclass(frozen=True)
class Made:
    """A rule as raw YAML data and as the loader reads it, and what payers set for it."""

    raw: Raw
    rule: Rule
    values: list[Raw]

    def compiled(self, sets: Sets) -> CompiledRule:
        """Return the rule with its names resolved and its parameters set."""
        return compile_rule(self.rule, Known(sets, [self._told(**value) for value in self.values]))

    def _told(self, payer: str, **told: Any) -> ParameterValue:
        entry = ParameterEntry.model_validate(told)
        name = entry.parameter.partition(".")[2]
        return ParameterValue(payer, self.rule.id, name, read(self.rule.parameters[name], entry.value), entry)

    def __str__(self) -> str:
        """What the rule says, without what all of them say."""
        says = {key: value for key, value in self.raw.items() if key not in HEAD}
        if self.values:
            says["set"] = self.values
        return yaml.safe_dump(says, sort_keys=False, width=100, default_flow_style=None)


def random_rules(random: Random, bundle: Bundle) -> Iterator[Made]:
    """Yield rules that the loader accepts, without end."""
    sets = sorted(bundle.sets)
    vocabulary = Vocabulary(sets=bundle.sets, sources=["SOURCE"], bases=["x"], payers=["example_health"])
    while True:
        maker = Maker(random, sets)
        raw = {**HEAD, **maker.rule()}
        parsed, document = parse_rule(json.dumps(raw).encode(), "rule.yaml")  # JSON is YAML, sooner written
        assert parsed is not None and not document.problems, (raw, document.problems)
        unchecked = ParsedRule(parsed.rule, document, frozenset({"examples"}))
        if not check_rule(unchecked, vocabulary):
            yield Made(raw, parsed.rule, maker.values())
