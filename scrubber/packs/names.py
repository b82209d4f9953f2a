"""What a name means inside one rule: the item aliases in scope, named values, and claim paths.

The checker uses it to report unknown names, the evaluator and the code generator to read values. A rule
has one `Names`; quantifiers and `let` filters add an alias for their own item.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from scrubber.claim.fields import PathKind
from scrubber.claim.functions import FUNCTIONS
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import (
    ALL_ALIASES,
    ALL_TYPES,
    ITEM_ALIASES,
    SWEEPS,
    VOCABULARY,
    step,
    suggest,
    types_of,
)
from scrubber.packs.conditions import Condition, Param
from scrubber.packs.rules import Let, Lookup, Parameter, ParameterType, Scope
from scrubber.packs.tables import Table

#: One member of a list, counted from nought.
_MEMBER = re.compile(r"(.+)\[(\d{1,3})\]")


class NameProblem(ValueError):
    """A name that means nothing here. `suggestion` is the nearest one that does, if any."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


class AdvisedProblem(NameProblem):
    """A name that means nothing, and whose message also says what to do."""


class LackingProblem(AdvisedProblem):
    """A path that some of the claims a rule is for do not have."""


class ScopeProblem(NameProblem):
    """Items that exist and that no rule is for. Its message says how to look at them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A resolved name.

    `root` is the alias the value is read from (`claim` for the whole claim, or the name of a `let`);
    `steps` lead from there to the value, collections marked with `[]`. `pattern` is the absolute path
    (None for named values and scalar items' own properties). `many`: the name stands for several values.
    `reported`: no fallback to the claim. `required`: the guide demands the value. `column`: it is one of a
    row that was looked up; `required` then says that every row has it. `background`: it is no part of the
    claim, but what a run may know besides.
    """

    text: str
    root: str
    steps: tuple[str, ...]
    kind: PathKind
    pattern: str | None = None
    many: bool = False
    required: bool = False
    reported: bool = False
    derived: bool = False
    column: bool = False
    background: bool = False
    #: Which member of a list, from 0; only in a place.
    index: int | None = None

    @property
    def is_let(self) -> bool:
        """True for a named value."""
        return not self.steps and self.pattern is None


#: The kind of a named value whose own definition is wrong: it fits everywhere, so that one mistake stays one.
UNCERTAIN = cast(PathKind, "uncertain")
#: A name in a message: `{line.charge}`.
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
#: How the group of a rule for groups is called.
GROUP = "group"
#: How a rule calls all claims of a file: each is a whole claim, so their pattern is that of the claim, "".
FILE_CLAIMS = "file.claims"
#: How a row is called where a rule walks those of a look-up without giving a name, and its pattern.
ROW, TABLE = "row", "table:"
#: How a message calls the first item that `every` finds wanting.
MISSING = "missing"
#: How a parameter is called among named values: no rule can give a value such a name.
PARAMETER = "param:"
_PARAMETER_KINDS: Mapping[ParameterType, PathKind] = {
    "choice": "text",
    "number": "number",
    "amount": "amount",
    "list": "code",
    "boolean": "flag",
}


@dataclass(frozen=True, slots=True)
class Alias:
    """An item in scope: the pattern of its collection, or `every.<kind>` for a sweep.

    `by` are the paths that a group's items have in common; None for an item that is no group.
    """

    name: str
    pattern: str
    by: tuple[str, ...] | None = None

    @property
    def is_group(self) -> bool:
        """True for a group of items."""
        return self.by is not None

    @property
    def is_sweep(self) -> bool:
        """True for an item of a typed sweep."""
        return self.pattern.startswith("every.")

    @property
    def is_scalar(self) -> bool:
        """True when the items are plain values (a diagnosis pointer, a modifier)."""
        info = VOCABULARY.get(self.pattern)
        return self.is_sweep or (info is not None and info.kind != "object")


def is_part(path: str, alias: str) -> bool:
    """Return whether a path is a value of an item: `line.number` of `line`."""
    return path.startswith(f"{alias}.")


def member_path(path: str, members: Sequence[str]) -> str:
    """Return what a path of `by` means: a value of the item, or of what it stands in if named so."""
    if not members:  # the claims of a file
        return path
    *parents, member = members
    return path if any(is_part(path, parent) for parent in parents) else f"{member}.{path}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up finds: a row of a table, or with `many` several."""

    table: Table
    many: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The names one place in a rule may use. `types`: the claims it looks at must have the paths.

    `background` is False where only the claim is looked at, as in decisions.
    """

    aliases: Mapping[str, Alias]
    lets: Mapping[str, PathKind]
    lists: frozenset[str] = frozenset()
    types: frozenset[ClaimType] = frozenset()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    background: bool = True
    #: Look-ups, and rows of those that find several, by name.
    rows: Mapping[str, Found] = field(default_factory=dict)
    #: What was asked before; the names in messages are asked for each finding.
    _known: dict[str, Term] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def for_scope(cls, scope: Scope, claim_types: Collection[str] | None = None) -> Names:
        """Return the names a rule's scope brings (before `let`).

        `claim_types` are those the rule says it is for (none: all); without them paths are not checked.
        """
        types: frozenset[ClaimType] = frozenset()
        if claim_types is not None:
            types = types_of(claim_types)
        empty = cls({}, {}, types=types)
        if scope.paired is not None:
            first, second = scope.paired
            patterns = empty.own(first), empty.collection(second)
            assert isinstance(scope.as_, list)
            both = zip(scope.as_, patterns, strict=True)
            return replace(empty, aliases={alias: Alias(alias, pattern) for alias, pattern in both})
        if scope.groups is not None:
            if scope.groups == FILE_CLAIMS:
                return replace(empty, aliases={GROUP: Alias(GROUP, "", tuple(scope.by))})
            pattern = empty.own(scope.groups)
            *parents, _ = cls.for_scope(Scope(each=scope.groups)).aliases.values()
            named = [parent for parent in parents if any(is_part(path, parent.name) for path in scope.by)]
            own = tuple(path for path in scope.by if not any(is_part(path, p.name) for p in parents))
            last = named[-1].pattern if named else ""
            shared = {p.name: p for p in parents if f"{last}.".startswith(f"{p.pattern}.")}
            return replace(empty, aliases={**shared, GROUP: Alias(GROUP, pattern, own)})
        assert scope.each is not None
        if scope.each == "claim":
            return empty
        if scope.each.startswith("every."):
            kind = scope.each.removeprefix("every.")
            if kind not in SWEEPS:
                raise NameProblem(
                    f"there is no sweep '{scope.each}'; there are " + ", ".join(f"every.{k}" for k in SWEEPS)
                )
            alias = scope.as_ if isinstance(scope.as_, str) else kind
            return replace(empty, aliases={alias: Alias(alias, scope.each)})
        pattern = empty.own(scope.each)
        aliases: dict[str, Alias] = {}
        parts = pattern.split(".")
        for end in range(1, len(parts) + 1):  # `lines.diagnosis_pointers` brings `line` and `pointer`
            prefix = ".".join(parts[:end])
            if prefix in ITEM_ALIASES:
                name = ITEM_ALIASES[prefix]
                if prefix == pattern and isinstance(scope.as_, str):
                    name = scope.as_
                aliases[name] = Alias(name, prefix)
        return replace(empty, aliases=aliases)

    @classmethod
    def for_members(cls, scope: Scope, claim_types: Collection[str] | None = None) -> Names:
        """Return the names that the `where` of a scope may use: of groups, those of one item."""
        if scope.groups is not None:
            scope = Scope(each="claim" if scope.groups == FILE_CLAIMS else scope.groups)
        return cls.for_scope(scope, claim_types)

    def with_item(self, collection: str, alias: str | None) -> Names:
        """Return these names plus an item of `collection`, called `alias` (default: its usual name)."""
        found = self.rows.get(collection)
        if found is not None and found.many:
            return replace(self, rows={**self.rows, alias or ROW: Found(found.table)})
        pattern = self.collection(collection)
        name = alias or _usual(pattern)
        return replace(self, aliases={**self.aliases, name: Alias(name, pattern)})

    def usual_alias(self, collection: str) -> str:
        """Return how an item of a collection is called where a rule gives no name."""
        return ROW if collection in self.rows else _usual(self.collection(collection))

    def for_message(self, require: Condition) -> Names:
        """Return these names plus the first item that lacks what `every` asks for."""
        every = require.first_every()
        return self if every is None else self.with_item(every.every or "", MISSING)

    def with_lookup(self, name: str, spec: Lookup, tables: Mapping[str, Table]) -> Names:
        """Return these names plus what a look-up finds. Raises NameProblem when its table is not known."""
        table = self.table_of(spec, tables)
        return replace(self, rows={**self.rows, name: Found(table, spec.many)})

    def table_of(self, spec: Lookup, tables: Mapping[str, Table]) -> Table:
        """Return the table that a look-up is in; of a parameter, its default. Raises NameProblem."""
        name = spec.table
        if isinstance(name, Param):
            known = self.parameters.get(name.param)
            if known is None or known.type != "table":
                raise NameProblem(f"the rule has no parameter '{name.param}' that is a table")
            name = str(known.default)
        if name not in tables:
            close = difflib.get_close_matches(name, tables, n=1, cutoff=0.6)
            raise NameProblem(f"there is no table '{name}'", close[0] if close else None)
        return tables[name]

    def with_let(self, name: str, spec: Let) -> Names:
        """Return these names plus a named value."""
        kind, many = self.kind_of_let(spec)
        lists = self.lists | {name} if many else self.lists
        return replace(self, lets={**self.lets, name: kind}, lists=lists)

    def parameter(self, name: str) -> Term:
        """Return what a parameter of the rule stands for. Raises NameProblem."""
        known = self.parameters.get(name)
        if known is None:
            close = difflib.get_close_matches(name, self.parameters, n=1, cutoff=0.6)
            raise NameProblem(f"the rule has no parameter '{name}'", close[0] if close else None)
        kind = _PARAMETER_KINDS.get(known.type)
        if kind is None:
            raise NameProblem(f"'{name}' is a {known.type}, which cannot be compared")
        text = f"{PARAMETER}{name}"
        return Term(text, text, (), kind, many=known.type == "list", required=True)

    def kind_of_let(self, spec: Let) -> tuple[PathKind, bool]:
        """Return the kind of a named value and whether it is a list. Raises NameProblem."""
        if spec.operation == "count":
            self.with_item(spec.count or "", spec.as_)
            return "number", False
        if spec.operation == "distinct":
            assert spec.distinct is not None
            if spec.of is None:
                return self.term(spec.distinct).kind, True
            return self.member(spec.distinct, spec.of, spec.as_).kind, True
        if spec.derived is not None:
            self.member(spec.collection, spec.of or "", spec.as_)
            if spec.derived not in FUNCTIONS:
                raise NameProblem(f"there is no function '{spec.derived}'")
            return FUNCTIONS[spec.derived].kind, False
        if spec.operation in ("sum", "min", "max"):
            assert spec.of is not None
            return self.member(getattr(spec, spec.operation), spec.of, spec.as_).kind, False
        terms = [self.term(text) for text in spec.operands]
        if spec.operation == "days_between":
            return "number", False
        return terms[0].kind, False

    def member(self, collection: str, of: str, alias: str | None) -> Term:
        """Return the term `of` inside an item of `collection` (`{sum: lines, of: charge}`)."""
        names = self.with_item(collection, alias)
        name = alias or self.usual_alias(collection)
        return names.term(f"{name}.{of}")

    def collection(self, text: str) -> str:
        """Return the pattern of a collection that rules may walk. Raises NameProblem."""
        if text in self.rows:
            if not self.rows[text].many:
                raise NameProblem(f"'{text}' is one row; a look-up with `many: true` finds several")
            return f"{TABLE}{self.rows[text].table.table}"
        if text == FILE_CLAIMS:
            raise ScopeProblem(
                f"'{text}' are looked at in groups only: `for_each: {{groups: {text}, by: [...]}}`"
            )
        head, _, rest = text.partition(".")
        base = ""
        if head in self.aliases:
            if self.aliases[head].is_group:
                part, _, inner = rest.partition(".")
                if part != "items":
                    raise NameProblem(f"'{text}' is not a collection; that of a group is '{head}.items'")
                if not inner:
                    return self.aliases[head].pattern
                rest = inner
            base, text = self.aliases[head].pattern, rest
        pattern = self._walk(base, text)[0]
        if pattern not in ALL_ALIASES:
            known = ", ".join(sorted(p.removesuffix("[]") for p in ITEM_ALIASES if "." not in p))
            raise NameProblem(f"'{text}' is not a collection; collections are {known}, and lists in them")
        self._exists(pattern, text)
        return pattern

    def own(self, text: str) -> str:
        """Return the pattern of a collection of the claim itself. Raises NameProblem."""
        pattern = self.collection(text)
        if VOCABULARY[pattern].background:
            raise ScopeProblem(
                f"'{text}' is no part of the claim, and a rule is for parts of the claim: look over it with "
                "`some`, `none` or `every`, or pair it as in `pairs: [lines, history.lines]`"
            )
        return pattern

    def _exists(self, pattern: str, text: str) -> None:
        """Raise NameProblem when a path is none of the claim's, or some of the claims do not have it."""
        if VOCABULARY[pattern].background and not self.background:
            raise NameProblem(f"'{text}' is no part of the claim, which is all that is looked at here")
        have = VOCABULARY[pattern].types
        lacking = sorted(self.types - have)
        if lacking:
            raise LackingProblem(
                f"{' and '.join(lacking)} claims have no '{text}'; say which claims the rule is for, "
                f"such as `claim_types: [{', '.join(sorted(have))}]`"
            )

    def term(self, text: str) -> Term:
        """Return what `text` names. Raises NameProblem with the nearest known name."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._term(text)
        return known

    def _term(self, text: str) -> Term:
        if text in self.parameters:
            raise NameProblem(f"'{text}' is a parameter: write {{param: {text}}}")
        if "[" in text:
            raise NameProblem(f"'{text}' has an index; only examples have indices, a rule names all items")
        head, _, rest = text.partition(".")
        if head in self.lets:
            if rest and self.lets[head] == UNCERTAIN:  # a look-up in a table that is not known
                return Term(text, head, (), UNCERTAIN, required=True)
            if rest:
                raise NameProblem(f"'{head}' is a named value and has no parts")
            return Term(text, head, (), self.lets[head], many=head in self.lists, required=True)
        if head in self.rows:
            return self._row_term(head, rest, text)
        if head in self.aliases:
            return self._item_term(self.aliases[head], text, rest)
        self._one_for_all(head)
        pattern, steps, reported = self._walk("", text)
        return self._path_term(text, "claim", pattern, steps, reported)

    def _one_for_all(self, name: str) -> None:
        """Raise NameProblem for what the items of a group stand in, if each may stand in another one."""
        group = self.aliases.get(GROUP)
        parts = group.pattern.split(".")[:-1] if group is not None and group.is_group else []
        around = (ITEM_ALIASES.get(".".join(parts[: end + 1])) for end in range(len(parts)))
        if name in around:
            raise AdvisedProblem(
                f"the items of a group may stand in different {name}s; "
                f"name a value of it in `by`, such as {name}.number, to group within each"
            )

    def place(self, text: str) -> Term:
        """Return what a place names, which may be one member of a list: `line.modifiers[0]`."""
        found = _MEMBER.fullmatch(text)
        if found is None:
            return self.term(text)
        term = self.term(found[1])
        if not term.steps or not term.steps[-1].endswith("[]") or term.kind == "object":
            raise NameProblem(f"'{found[1]}' is not a list of values and takes no index", found[1])
        return replace(term, text=text, index=int(found[2]))

    def _row_term(self, name: str, cell: str, text: str) -> Term:
        found = self.rows[name]
        if not cell:
            return Term(text, name, (), "object", many=found.many)
        kinds = found.table.kinds
        if cell not in kinds:
            close = difflib.get_close_matches(cell, kinds, n=1, cutoff=0.6)
            raise NameProblem(
                f"the table '{found.table.table}' has no column '{cell}'",
                f"{name}.{close[0]}" if close else None,
            )
        always = cell in found.table.columns and cell not in found.table.optional
        many = found.many or cell in found.table.lists
        return Term(text, name, (cell,), kinds[cell], many=many, required=always, column=True)

    def _group_term(self, alias: Alias, text: str, rest: str) -> Term:
        """Return a value of a group: of its first or last item, or what all of them have in common."""
        part, _, inner = rest.partition(".")
        by = alias.by or ()
        if rest in by:
            part, inner = "first", rest
        if part not in ("first", "last") or not inner:
            ends = [f"{end}.{inner}" for end in ("first", "last") if inner]
            close = difflib.get_close_matches(rest, [*ends, *by], n=1, cutoff=0.6)
            raise NameProblem(
                f"'{alias.name}' has no part '{rest}'; it has .items, parts of .first and .last, and "
                + ", ".join(f".{path}" for path in by),
                f"{alias.name}.{close[0]}" if close else None,
            )
        return self._item_term(Alias(f"{alias.name}.{part}", alias.pattern), text, inner)

    def _item_term(self, alias: Alias, text: str, rest: str) -> Term:
        if alias.is_group:
            return self._group_term(alias, text, rest)
        if alias.is_scalar:
            kind: PathKind = "text"
            if rest == "value":
                kind = VOCABULARY[alias.pattern].kind if not alias.is_sweep else "text"
                if alias.is_sweep:
                    kind = _SWEEP_VALUE_KIND.get(alias.pattern.removeprefix("every."), "text")
            elif rest == "position" and not alias.is_sweep:
                kind = "number"
            elif rest not in ("raw", "path"):
                raise NameProblem(
                    f"'{alias.name}' is a plain value: it has .value, .raw and .path"
                    + ("" if alias.is_sweep else " and .position")
                )
            return Term(text, alias.name, (rest,), kind, required=True)
        if not rest:
            outside = VOCABULARY[alias.pattern].background
            return Term(
                text, alias.name, (), "object", pattern=alias.pattern, required=True, background=outside
            )
        pattern, steps, reported = self._walk(alias.pattern, rest)
        return self._path_term(text, alias.name, pattern, steps, reported)

    def _path_term(self, text: str, root: str, pattern: str, steps: tuple[str, ...], reported: bool) -> Term:
        info = VOCABULARY[pattern]
        if info.kind == "object" and info.derived:
            raise NameProblem(f"'{text}' is worked out in parts, such as '{text}.from'", f"{text}.from")
        self._exists(pattern, text)
        return Term(
            text=text,
            root=root,
            steps=steps,
            kind=info.kind,
            pattern=pattern,
            many=any(s.endswith("[]") for s in steps),
            required=info.is_required(self.types or ALL_TYPES),
            reported=reported,
            derived=info.derived,
            background=info.background,
        )

    def _walk(self, base: str, text: str) -> tuple[str, tuple[str, ...], bool]:
        pattern, steps, reported = base, [], False
        for name in text.split("."):
            if name == "reported" and pattern == "lines[]":
                reported = True
                continue
            found = step(pattern, name)
            if found is None:
                near = suggest(pattern, name) or self._near(name if not pattern else "")
                shown = re.sub(r"\[\]", "", pattern)
                where = f"'{shown}' has no part '{name}'" if pattern else f"there is no path or name '{text}'"
                whole = text.replace(name, near, 1) if near else None
                raise NameProblem(where, whole)
            steps.append(found.rsplit(".", 1)[-1])
            pattern = found
        return pattern, tuple(steps), reported

    def _near(self, name: str) -> str | None:

        close = difflib.get_close_matches(name, [*self.aliases, *self.rows, *self.lets], n=1, cutoff=0.6)
        return close[0] if close else None


def _usual(pattern: str) -> str:
    """Return how an item is called where a rule gives it no name."""
    return ALL_ALIASES[pattern] if pattern else "claim"


_SWEEP_VALUE_KIND: dict[str, PathKind] = {
    "amount": "amount",
    "quantity": "quantity",
    "date": "date",
    "npi": "npi",
    "code": "code",
}
