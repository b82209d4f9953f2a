"""The shape of conditions and their operands: which operators exist and what each of them takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from scrubber.packs.diagnostics import listing
from scrubber.packs.shapes import Given, Strict, Text, Whole, Word, YesNo, mistake

# --- operands -------------------------------------------------------------------------------------


class Ref(Strict):
    """An operand taken from the claim or from a named value: `{path: total_charge}`."""

    path: Text


class Param(Strict):
    """A value that payers or dates change: `{param: filing_limit}`."""

    param: Word


class CodeRange(Strict):
    """An inclusive range of codes of equal length: `{from: "00100", to: "01999"}`."""

    from_: Text = Field(alias="from")
    to: Text

    @model_validator(mode="after")
    def _equal_length(self) -> CodeRange:
        if len(self.from_) != len(self.to) or self.from_ > self.to:
            raise mistake("A range needs two codes of equal length, the lower one first", key="from")
        return self


class Length(Strict):
    """Bounds on a text's length in characters."""

    min: Given[Whole] = None
    max: Given[Whole] = None

    @model_validator(mode="after")
    def _some_bound(self) -> Length:
        if self.min is None and self.max is None:
            raise mistake("`length` needs `min`, `max` or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise mistake("`min` is greater than `max`: no text fits", key="min")
        return self


class Period(Strict):
    """A distance in time: days, months or years."""

    days: Whole = 0
    months: Whole = 0
    years: Whole = 0


def _named(value: Any) -> Any:
    """A date to count from may be written as an operand is: `after: {path: admission_date}`."""
    if isinstance(value, dict) and value.keys() == {"path"}:
        return value["path"]
    return value


Anchor = Annotated[Text, BeforeValidator(_named, json_schema_input_type=str | Ref)]


def _days(value: Any) -> str:
    return "<path>" if isinstance(value, dict | Ref) else "<number>"


class Within(Strict):
    """Within so much time after (or before) another date; both ends count. Days may be a value's."""

    days: Annotated[
        Annotated[Whole, Tag("<number>")] | Annotated[Ref, Tag("<path>")], Discriminator(_days)
    ] = 0
    months: Whole = 0
    years: Whole = 0
    after: Given[Anchor] = None
    before: Given[Anchor] = None

    @model_validator(mode="after")
    def _one_side(self) -> Within:
        if (self.after is None) == (self.before is None):
            raise mistake("`within` needs exactly one of `after` and `before`: the date to count from")
        if not self.model_fields_set & {"days", "months", "years"}:
            raise mistake("`within` needs `days`, `months` or `years`")
        return self


class Ranking(Strict):
    """An order: the rank that a table gives each member of a list, found by its key."""

    table: Text
    key: Word
    rank: Word
    as_of: Given[Text] = None


# The branch of a union is chosen by what is written there, so that a mistake is reported once and at its
# own place, not once for each branch. The tags end up in Pydantic's locations; brackets keep them apart
# from keys of a file.
_TEXT, _PATH, _RANGE, _LIST, _PARAM = "<text>", "<path>", "<range>", "<list>", "<param>"


def _operand_kind(value: Any) -> str:
    if isinstance(value, Param) or (isinstance(value, dict) and "param" in value):
        return _PARAM
    return _PATH if isinstance(value, dict | Ref) else _TEXT


def _code_kind(value: Any) -> str:
    if isinstance(value, CodeRange) or (isinstance(value, dict) and ("from" in value or "to" in value)):
        return _RANGE
    return _operand_kind(value)


def _list_kind(value: Any) -> str:
    # A range by itself was meant to be a list of one range.
    kind = _code_kind(value) if isinstance(value, dict | Ref | Param) else _LIST
    return kind if kind in (_PATH, _PARAM) else _LIST


Operand = Annotated[
    Annotated[str, Tag(_TEXT)] | Annotated[Ref, Tag(_PATH)] | Annotated[Param, Tag(_PARAM)],
    Discriminator(_operand_kind),
]
CodeOperand = Annotated[
    Annotated[str, Tag(_TEXT)]
    | Annotated[Ref, Tag(_PATH)]
    | Annotated[Param, Tag(_PARAM)]
    | Annotated[CodeRange, Tag(_RANGE)],
    Discriminator(_code_kind),
]
CodeList = Annotated[
    Annotated[Ref, Tag(_PATH)]
    | Annotated[Param, Tag(_PARAM)]
    | Annotated[list[CodeOperand], Field(min_length=1), Tag(_LIST)],
    Discriminator(_list_kind),
]
TextList = Annotated[
    Annotated[Ref, Tag(_PATH)]
    | Annotated[Param, Tag(_PARAM)]
    | Annotated[list[str], Field(min_length=1), Tag(_LIST)],
    Discriminator(_list_kind),
]

# --- conditions -----------------------------------------------------------------------------------


class Condition(Strict):
    """One condition: `all`, `any`, `not`, a quantifier, or one `field` with one operator."""

    # combinations
    all: Given[Annotated[list[Condition], Field(min_length=1)]] = None
    any: Given[Annotated[list[Condition], Field(min_length=1)]] = None
    not_: Given[Condition] = Field(default=None, alias="not")
    # quantifiers
    some: Given[Text] = None
    none: Given[Text] = None
    every: Given[Text] = None
    as_: Given[Word] = Field(default=None, alias="as")
    where: Given[Condition] = None
    satisfies: Given[Condition] = None
    needs_from: Given[Text] = None
    # one field, or a parameter
    field: Given[Text] = None
    param: Given[Word] = None
    # presence and equality
    present: Given[YesNo] = None
    equals: Given[Operand] = None
    in_: Given[CodeList] = Field(default=None, alias="in")
    not_in: Given[CodeList] = None
    # sets
    in_set: Given[Text] = None
    not_in_set: Given[Text] = None
    in_tree: Given[TextList] = None
    # text
    starts_with: Given[Operand] = None
    matches: Given[Text] = None
    format: Given[Text] = None
    length: Given[Length] = None
    resembles: Given[Text] = None
    # numbers and dates
    less_than: Given[Operand] = None
    at_most: Given[Operand] = None
    greater_than: Given[Operand] = None
    at_least: Given[Operand] = None
    between: Given[Annotated[list[Operand], Field(min_length=2, max_length=2)]] = None
    whole_number: Given[YesNo] = None
    before: Given[Operand] = None
    on_or_before: Given[Operand] = None
    after: Given[Operand] = None
    on_or_after: Given[Operand] = None
    same_month_as: Given[Operand] = None
    same_year_as: Given[Operand] = None
    within: Given[Within] = None
    # lists
    contains: Given[Operand] = None
    contains_any: Given[TextList] = None
    contains_none: Given[TextList] = None
    any_in_set: Given[Text] = None
    none_in_set: Given[Text] = None
    all_in_set: Given[Text] = None
    all_in: Given[CodeList] = None
    count_at_least: Given[Whole] = None
    no_gaps_in: Given[Annotated[list[str], Field(min_length=2)]] = None
    sorted_by: Given[Ranking] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Condition:
        given = self.model_fields_set
        heads = [k for k in HEADS if k in given]
        if len(heads) != 1:
            message = "A condition needs exactly one of `all`, `any`, `not`, `some`, `none`, `every`, `field`"
            raise mistake(message + _these(heads), key=heads[1].rstrip("_") if heads else None)
        head = heads[0]
        operators = [k for k in type(self).model_fields if k in given and k in OPERATORS]
        if head in _ONE_VALUE and len(operators) != 1:
            raise mistake(
                f"A `{head}` needs exactly one operator" + _these(operators),
                key=operators[1].rstrip("_") if operators else head,
                remedy="Join several with `all`" if operators else "Add one, such as `present: true`",
            )
        if head not in _ONE_VALUE and operators:
            name = operators[0].rstrip("_")
            raise mistake(f"`{name}` needs a `field`", key=name)
        self._quantifier(head, given)
        return self

    def _quantifier(self, head: str, given: set[str]) -> None:
        extra = sorted(given & _OF_QUANTIFIERS)
        if head not in QUANTIFIERS and extra:
            name = extra[0].rstrip("_")
            raise mistake(f"`{name}` belongs to `some`, `none` and `every`", key=name)
        if head == "every" and "satisfies" not in given:
            raise mistake("`every` needs `satisfies`: what holds for every item", key="every")
        if head != "every" and "satisfies" in given:
            raise mistake(f"`satisfies` belongs to `every`; `{head}` takes `where`", key="satisfies")

    @property
    def operator(self) -> str:
        """The one operator of a `field` or `param` condition, as it is spelt in YAML."""
        return next(iter(self.model_fields_set & OPERATORS)).rstrip("_")

    @property
    def operand(self) -> Any:
        """The operand of the one operator."""
        return getattr(self, next(iter(self.model_fields_set & OPERATORS)))

    @property
    def quantifier(self) -> QuantifierKind | None:
        """`some`, `none` or `every`, or None."""
        return next((k for k in QUANTIFIERS if k in self.model_fields_set), None)

    def first_every(self) -> Condition | None:
        """The first `every` that has to hold, here or in parts that are joined."""
        if self.every is not None:
            return self
        parts = [part.first_every() for part in (*(self.all or ()), *(self.any or ()))]
        return next((part for part in parts if part is not None), None)

    def children(self) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
        """Yield the conditions directly inside this one, with their YAML place."""
        for name in ("all", "any"):
            for i, child in enumerate(getattr(self, name) or ()):
                yield (name, i), child
        for name in ("not_", "where", "satisfies"):
            child = getattr(self, name)
            if child is not None:
                yield (name.rstrip("_"),), child


def _these(names: list[str]) -> str:
    return "; this one has " + listing([n.rstrip("_") for n in names]) if names else ""


QuantifierKind = Literal["some", "none", "every"]
QUANTIFIERS: tuple[QuantifierKind, ...] = ("some", "none", "every")
_ONE_VALUE = ("field", "param")
HEADS = ("all", "any", "not_", *QUANTIFIERS, *_ONE_VALUE)

#: Field names of `Condition` that are operators (Python spelling).
_OF_QUANTIFIERS = frozenset({"as_", "where", "satisfies", "needs_from"})
OPERATORS: frozenset[str] = frozenset(Condition.model_fields) - {*HEADS, *_OF_QUANTIFIERS}
