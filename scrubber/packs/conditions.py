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
    """What is compared with: a name of this rule or a claim path."""


class Param(Strict):
    """A value that payers or dates change: `{param: filing_limit}`."""

    param: Word
    """A parameter of this rule, declared under `parameters`."""


class CodeRange(Strict):
    """An inclusive range of codes of equal length: `{from: "00100", to: "01999"}`."""

    from_: Text = Field(alias="from")
    """The first code of the range, which is in it."""
    to: Text
    """The last code of the range, which is in it; as long as the first."""

    @model_validator(mode="after")
    def _equal_length(self) -> CodeRange:
        if len(self.from_) != len(self.to) or self.from_ > self.to:
            raise mistake("A range needs two codes of equal length, the lower one first", key="from")
        return self


class Length(Strict):
    """Bounds on a text's length in characters."""

    min: Given[Whole] = None
    """At least so many characters."""
    max: Given[Whole] = None
    """At most so many characters."""

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
    """Calendar days."""
    months: Whole = 0
    """Months; a day that the month lacks becomes its last."""
    years: Whole = 0
    """Years; 29 February becomes 28 February where the year has none."""


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
    """Calendar days, or `{path: ...}` for a number that a value holds."""
    months: Whole = 0
    """Months."""
    years: Whole = 0
    """Years."""
    after: Given[Anchor] = None
    """The date that is counted from; the looked-at date is on it or later."""
    before: Given[Anchor] = None
    """The date that is counted back from; the looked-at date is on it or earlier."""

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
    """The table that holds the ranks."""
    key: Word
    """Its key, by which a member of the list is found."""
    rank: Word
    """Its column of ranks; lower ones come first."""
    as_of: Given[Text] = None
    """The date that picks the edition; else the one that dates the rule."""


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
    """Every one of these conditions holds."""
    any: Given[Annotated[list[Condition], Field(min_length=1)]] = None
    """At least one of these conditions holds."""
    not_: Given[Condition] = Field(default=None, alias="not")
    """This condition does not hold. What is absent fails most operators, so its `not` holds."""
    # quantifiers
    some: Given[Text] = None
    """At least one item of this collection meets `where`."""
    none: Given[Text] = None
    """No item of this collection meets `where`."""
    every: Given[Text] = None
    """Each item of this collection (of those that meet `where`) meets `satisfies`."""
    as_: Given[Word] = Field(default=None, alias="as")
    """What an item is called inside `where` and `satisfies`; without it the singular, such as `line`."""
    where: Given[Condition] = None
    """Which items count. Of `some` and `none` it is what is looked for."""
    satisfies: Given[Condition] = None
    """What must hold for each item; belongs to `every`."""
    needs_from: Given[Text] = None
    """How far back the history must reach, as a date; where it reaches less far, nothing found is unknown."""
    # one field, or a parameter
    field: Given[Text] = None
    """The value that is looked at: a name of this rule or a claim path. One operator stands beside it."""
    param: Given[Word] = None
    """The parameter that is looked at. One operator stands beside it."""
    # presence and equality
    present: Given[YesNo] = None
    """`true`: there is a value; `false`: it is absent."""
    equals: Given[Operand] = None
    """The value is this one."""
    in_: Given[CodeList] = Field(default=None, alias="in")
    """The value is one of these."""
    not_in: Given[CodeList] = None
    """The value is none of these; what is absent is none of them."""
    # sets
    in_set: Given[Text] = None
    """The code is in this set (`sets/<name>.yaml`)."""
    not_in_set: Given[Text] = None
    """The code is not in this set; what is absent is not in it."""
    in_tree: Given[TextList] = None
    """The ICD-10 code is one of these or below one of them: `S52` has `S52.5` below it."""
    # text
    starts_with: Given[Operand] = None
    """The text begins with this."""
    matches: Given[Text] = None
    """The whole text fits this regular expression (RE2). In single quotes."""
    format: Given[Text] = None
    """The text is well formed as this."""
    length: Given[Length] = None
    """The text has so many characters: `{min: 2, max: 9}`, or one of them."""
    resembles: Given[Text] = None
    """The text looks like this, by experience rather than by definition."""
    # numbers and dates
    less_than: Given[Operand] = None
    """The number is less than this."""
    at_most: Given[Operand] = None
    """The number is this or less."""
    greater_than: Given[Operand] = None
    """The number is more than this."""
    at_least: Given[Operand] = None
    """The number is this or more."""
    between: Given[Annotated[list[Operand], Field(min_length=2, max_length=2)]] = None
    """The number or date lies between these two; both ends count."""
    whole_number: Given[YesNo] = None
    """`true`: the number has no fraction; `false`: it has one."""
    before: Given[Operand] = None
    """The date is earlier than this."""
    on_or_before: Given[Operand] = None
    """The date is this or earlier."""
    after: Given[Operand] = None
    """The date is later than this."""
    on_or_after: Given[Operand] = None
    """The date is this or later."""
    same_month_as: Given[Operand] = None
    """The date is in the calendar month, and year, of this one."""
    same_year_as: Given[Operand] = None
    """The date is in the calendar year of this one."""
    within: Given[Within] = None
    """The date is within so much time of another: `{days: 30, after: admission_date}`; both ends count."""
    # lists
    contains: Given[Operand] = None
    """The list has this value."""
    contains_any: Given[TextList] = None
    """The list has at least one of these."""
    contains_none: Given[TextList] = None
    """The list has none of these."""
    any_in_set: Given[Text] = None
    """At least one code of the list is in this set."""
    none_in_set: Given[Text] = None
    """No code of the list is in this set."""
    all_in_set: Given[Text] = None
    """Every code of the list is in this set."""
    all_in: Given[CodeList] = None
    """Every value of the list is one of these."""
    count_at_least: Given[Whole] = None
    """The list has so many values or more."""
    no_gaps_in: Given[Annotated[list[str], Field(min_length=2)]] = None
    """The list has the first so many of these, in any order: A and B, but not A and C."""
    sorted_by: Given[Ranking] = None
    """The list is in the order of the ranks that a table gives; what has no rank may stand anywhere."""

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
