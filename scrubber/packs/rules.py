"""The shape of a rule: its scope, named values, amendment and examples."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from scrubber.findings import Applicability, Severity
from scrubber.packs.conditions import Condition, Param, Period, Ranking
from scrubber.packs.diagnostics import listing
from scrubber.packs.shapes import (
    BILL_TYPE,
    STATE,
    TAXONOMY,
    Day,
    Given,
    Identifier,
    LineOfBusiness,
    Name,
    Program,
    SchemaOne,
    Setting,
    Status,
    Strict,
    Text,
    Whole,
    Word,
    YesNo,
    mistake,
)

ClaimType = Literal["professional", "institutional", "dental"]
RoundingMode = Literal["up", "down", "half_up"]

# --- scope and named values -----------------------------------------------------------------------


def _scope(value: Any) -> Any:
    return {"each": value} if isinstance(value, str) else value


def _aliases(value: Any) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


def _pairs(value: Any) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


class Scope(Strict):
    """The items a rule looks at: `claim`, a collection, or pairs or groups of a collection's items.

    `pairs` of two collections join each item of the first with each of the second.
    """

    each: Given[Text] = None
    """Each item of this collection is judged by itself; `claim` is the claim as a whole."""
    pairs: Given[
        Annotated[
            Annotated[Annotated[list[Text], Field(min_length=2, max_length=2)], Tag("<list>")]
            | Annotated[Text, Tag("<text>")],
            Discriminator(_pairs),
        ]
    ] = None
    """Each two items of this collection are judged together. Of two collections: each item of the one with
    each of the other."""
    groups: Given[Text] = None
    """Items that have something in common are judged together, as `group`."""
    by: Annotated[list[Text], Field(min_length=1)] = Field(default_factory=list)
    """What the items of a group have in common, seen from an item: `[procedure.code, service_date.from]`."""
    as_: Given[
        Annotated[
            Annotated[list[Word], Tag("<list>")] | Annotated[Word, Tag("<text>")], Discriminator(_aliases)
        ]
    ] = Field(default=None, alias="as")
    """What an item is called in this rule. `pairs` needs two names: `[first, second]`."""
    same: list[Text] = Field(default_factory=list)
    """What the two items of a pair have in common, seen from an item: `[service_date.from]`."""
    ordered: YesNo = False
    """`true`: each pair is judged both ways round."""
    where: Given[Condition] = None
    """Which items, pairs or groups' members are looked at."""
    needs_from: Given[Text] = None
    """Of pairs with `history.lines`: how far back it must reach, as a date.

    In a history that reaches less far an item may have other partners, too."""

    @model_validator(mode="after")
    def _one_kind(self) -> Scope:
        given = [key for key in SCOPE_KINDS if key in self.model_fields_set]
        if len(given) != 1:
            raise mistake(
                "`for_each` needs exactly one of " + listing(SCOPE_KINDS, "and"),
                key=given[1] if given else None,
            )
        if (self.groups is None) is not ("by" not in self.model_fields_set):
            message = "`groups` needs `by`: what the items of a group have in common"
            raise mistake(message, key="by" if self.groups is None else "groups")
        if self.groups is not None and self.as_ is not None:
            raise mistake("`groups` gives no name: it is `group`, with `group.items`", key="as")
        if self.pairs is not None and not (isinstance(self.as_, list) and len(set(self.as_)) == 2):
            raise mistake("`pairs` needs two names for its items: `as: [first, second]`", key="as")
        if self.each is not None and isinstance(self.as_, list):
            raise mistake("`each` has one name for its items: `as: line`", key="as")
        for name in ("same", "ordered", "needs_from"):
            if self.pairs is None and name in self.model_fields_set:
                raise mistake(f"`{name}` belongs to `pairs`", key=name)
        if isinstance(self.pairs, list) and "ordered" in self.model_fields_set:
            raise mistake("`ordered` belongs to pairs of one collection: two are in order", key="ordered")
        return self

    @property
    def paired(self) -> tuple[str, str] | None:
        """The collections whose items are paired: one with itself, or two; None for no pairs."""
        if self.pairs is None:
            return None
        first, second = (self.pairs, self.pairs) if isinstance(self.pairs, str) else self.pairs
        return first, second


SCOPE_KINDS = ("each", "pairs", "groups")


class Shift(Period):
    """By how much a date is moved; negative numbers move it back."""

    @model_validator(mode="after")
    def _some(self) -> Shift:
        if not self.model_fields_set:
            raise mistake("`by` needs `days`, `months` or `years`")
        return self


def _by(value: Any) -> str:
    return (
        "<param>"
        if isinstance(value, Param) or (isinstance(value, dict) and "param" in value)
        else "<period>"
    )


def _chosen(value: Any) -> Any:
    """The choices of `choose` stand beside it, each under the parameter's value that it is for."""
    if not isinstance(value, dict) or "choose" not in value or "choices" in value:
        return value
    known = {"choose", "when_absent"}
    choices = {key: text for key, text in value.items() if key not in known}
    return {**{key: value[key] for key in known & value.keys()}, "choices": choices}


def _argued(value: Any) -> Any:
    """The arguments of a function stand beside it, each under its own name."""
    if not isinstance(value, dict) or "derived" not in value or "arguments" in value:
        return value
    known = {"derived", "over", "of", "as", "where", "needs_from"}
    arguments = {key: argument for key, argument in value.items() if key not in known}
    return {**{key: value[key] for key in known & value.keys()}, "arguments": arguments}


def _argument(value: Any) -> str:
    return "<param>" if isinstance(value, dict | Param) else "<text>"


Argument = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[Param, Tag("<param>")], Discriminator(_argument)
]


class Let(Strict):
    """A named value made by one operation over the claim.

    `derived` is a registered function of a value of each item (`over`, `of`), with arguments beside it.
    """

    sum: Given[Text] = None
    """Adds up `of` over the items of this collection."""
    count: Given[Text] = None
    """Counts the items of this collection, or the values of `of` that are there."""
    min: Given[Text] = None
    """The least `of` of this collection's items; absent where there is none."""
    max: Given[Text] = None
    """The greatest `of` of this collection's items; absent where there is none."""
    distinct: Given[Text] = None
    """The different values of this list, or of its items' `of`: a list in which each stands once."""
    of: Given[Text] = None
    """Which value of each item, seen from the item: `charge`."""
    as_: Given[Word] = Field(default=None, alias="as")
    """What an item is called inside `where`; without it the singular, such as `line`."""
    where: Given[Condition] = None
    """Which items count."""
    needs_from: Given[Text] = None
    """How far back the history must reach, as a date; where it reaches less far, the value is unknown."""
    add: Given[Annotated[list[Text], Field(min_length=2)]] = None
    """Adds these values up."""
    subtract: Given[Annotated[list[Text], Field(min_length=2)]] = None
    """The first value, less the others."""
    multiply: Given[Annotated[list[Text], Field(min_length=2)]] = None
    """Multiplies these values."""
    days_between: Given[Annotated[list[Text], Field(min_length=2, max_length=2)]] = None
    """Days from the first date to the second; the same day is 0."""
    shift: Given[Text] = None
    """This date, moved by `by`."""
    by: Given[
        Annotated[Annotated[Param, Tag("<param>")] | Annotated[Shift, Tag("<period>")], Discriminator(_by)]
    ] = None
    """How far the date is moved: `{days: 90}`, `{years: 1}` or `{param: filing_limit}`."""
    round: Given[Text] = None
    """This number, rounded to a multiple of `to`."""
    to: Given[Text] = None
    """What a multiple of is wanted: `"1"`, `"0.01"`, `"15"`."""
    mode: Given[RoundingMode] = None
    """Which way to round."""
    choose: Given[Param] = None
    """A parameter decides which value this is; a name for each of its choices stands beside it."""
    choices: dict[Text, Text] = Field(default_factory=dict)
    """The name of a value for each choice of the parameter."""
    when_absent: Given[Text] = None
    """The value to take where the chosen one is absent."""
    derived: Given[Text] = None
    """A registered function of a value of each item. Its arguments stand beside it, under their names."""
    over: Given[Text] = None
    """The collection that the function is over."""
    arguments: dict[Text, Argument] = Field(default_factory=dict)
    """What else the function takes."""

    _arguments_stand_beside = model_validator(mode="before")(_argued)
    _choices_stand_beside = model_validator(mode="before")(_chosen)

    @model_validator(mode="after")
    def _one_operation(self) -> Let:
        given = [k for k in LET_OPERATIONS if k in self.model_fields_set]
        if len(given) != 1:
            message = "A named value needs exactly one of " + listing(LET_OPERATIONS, "or", 20)
            raise mistake(message, key=given[1] if given else None)
        if given[0] in ("sum", "min", "max") and self.of is None:
            raise mistake(f"`{given[0]}` needs `of`: which value of each item", key=given[0])
        extra = self.model_fields_set & (_LET_EXTRAS.keys() - {given[0]})
        for name in sorted(extra):
            if given[0] not in _LET_EXTRAS[name]:
                key = name.rstrip("_")
                raise mistake(f"`{key}` does not belong to `{given[0]}`", key=key)
        for needed in _LET_NEEDS.get(given[0], ()):
            if needed not in self.model_fields_set:
                raise mistake(f"`{given[0]}` needs `{needed}`", key=given[0])
        if self.choose is not None and not self.choices:
            raise mistake(
                "`choose` needs a name for each value of its parameter",
                key="choose",
                remedy="Write them beside it, such as `service_from: service_period.from`",
            )
        return self

    @property
    def operation(self) -> str:
        """The one operation."""
        return next(k for k in LET_OPERATIONS if k in self.model_fields_set)

    @property
    def collection(self) -> str:
        """The name of the collection that an operation is over."""
        return str(self.over if self.derived is not None else getattr(self, self.operation))

    @property
    def operands(self) -> list[str]:
        """The names of values that a calculation takes; none for an operation over a collection."""
        if self.choose is not None:
            return [*self.choices.values(), *([self.when_absent] if self.when_absent is not None else [])]
        value = getattr(self, self.operation)
        return [value] if self.operation in ("shift", "round") else list(value)

    def places(self) -> list[tuple[str | int, ...]]:
        """Where each of `operands` stands below the value."""
        if self.choose is not None:
            return [*((key,) for key in self.choices), *([("when_absent",)] if self.when_absent else [])]
        if self.operation in ("shift", "round"):
            return [(self.operation,)]
        return [(self.operation, i) for i in range(len(self.operands))]


#: Operations over a collection's items, and those over values that have names.
COLLECTING = ("sum", "count", "min", "max", "distinct", "derived")
CALCULATING = ("add", "subtract", "multiply")
LET_OPERATIONS = (*COLLECTING, *CALCULATING, "days_between", "shift", "round", "choose")
_LET_EXTRAS = {
    "of": COLLECTING,
    "as_": COLLECTING,
    "where": COLLECTING,
    "needs_from": COLLECTING,
    "by": ("shift",),
    "to": ("round",),
    "mode": ("round",),
    "when_absent": ("choose",),
    "over": ("derived",),
}
_LET_NEEDS = {"shift": ("by",), "round": ("to", "mode"), "derived": ("over", "of")}


# --- look-ups -------------------------------------------------------------------------------------


def _table(value: Any) -> str:
    return "<param>" if isinstance(value, dict | Param) else "<text>"


class Lookup(Strict):
    """A row of a table, or with `many` all that fit; `else_keys` is a second, less specific try."""

    table: Annotated[Annotated[Text, Tag("<text>")] | Annotated[Param, Tag("<param>")], Discriminator(_table)]
    """The table that is looked into: a name, or `{param: ...}` where a payer or programme decides."""
    keys: dict[Word, Text] = Field(min_length=1)
    """The value to find by each key of the table: `{code: line.procedure.code}`."""
    else_keys: Given[Annotated[dict[Word, Text], Field(min_length=1)]] = None
    """A second, less specific try where `keys` find nothing."""
    as_of: Given[Text] = None
    """The date whose edition and rows count: that of the item, never today."""
    many: YesNo = False
    """`true`: all rows that fit, to be looked at with `some`, `none` or `every`."""


# --- parameters -----------------------------------------------------------------------------------

ParameterType = Literal["period", "choice", "number", "amount", "list", "boolean", "table"]


class Parameter(Strict):
    """A value that payers or dates change. They are set in `payers/<payer>/parameters.yaml`.

    `default` is a value, or values by claim type or programme with `else` for all others. Where nothing is
    set and there is no default, what depends on it is unknown: `unknown_if_unset` says that this is meant.
    """

    type: ParameterType
    """What kind of value this is."""
    of: list[Text] = Field(default_factory=list)
    """What may be chosen; belongs to `choice`."""
    default: Any = None
    """The value where no payer sets one; or values by claim type or programme, with `else`."""
    unknown_if_unset: YesNo = False
    """`true`: there is no default, and what depends on the value is unknown until a payer sets it."""

    @model_validator(mode="after")
    def _says_what_it_is_unset(self) -> Parameter:
        if (self.type == "choice") is not bool(self.of):
            message = "A `choice` needs `of`: what may be chosen"
            raise mistake(
                message if not self.of else f"`of` belongs to `choice`, not to `{self.type}`",
                key="of" if self.of else "type",
            )
        if self.type == "table" and self.unknown_if_unset:
            raise mistake("A `table` needs a `default`: it says the keys and columns", key="unknown_if_unset")
        if self.unknown_if_unset == ("default" in self.model_fields_set):
            raise mistake(
                "A parameter needs either a `default` or `unknown_if_unset: true`",
                key="default" if self.unknown_if_unset else None,
            )
        return self


# --- amendments -----------------------------------------------------------------------------------


class TextChange(Strict):
    """A change of representation: a registered text function over a value (`digits_only`)."""

    text: Text
    """The registered change of representation."""
    of: Text
    """The value that is changed."""


def _to(value: Any) -> str:
    return "<change>" if isinstance(value, dict | TextChange) else "<text>"


class Change(Strict):
    """One change of a claim.

    `set` a value to a value, a named value or a text change; `remove` a part of the claim; `move` a value or
    a part to where there is none; `add` a value to a list of values; `sort` such a list.
    """

    set: Given[Text] = None
    """The value that is changed, as a name of this rule or a claim path."""
    remove: Given[Text] = None
    """The part of the claim that is taken away."""
    move: Given[Text] = None
    """The value or part of the claim that moves to where there is none."""
    add: Given[Text] = None
    """The value that is added to a list."""
    sort: Given[Text] = None
    """The list of values that is put in order."""
    to: Given[
        Annotated[Annotated[Text, Tag("<text>")] | Annotated[TextChange, Tag("<change>")], Discriminator(_to)]
    ] = None
    """What it becomes: a value, a name, `{text: digits_only, of: ...}`; of others the place, or the list."""
    by: Given[Ranking] = None
    """The order, by the ranks that a table gives."""

    @model_validator(mode="after")
    def _one_kind(self) -> Change:
        given = [kind for kind in CHANGES if kind in self.model_fields_set]
        if len(given) != 1:
            message = "A change needs exactly one of " + listing([*CHANGES])
            raise mistake(message, key=given[1] if given else None)
        (kind,) = given
        for name in ("to", "by"):
            if (name == CHANGES[kind]) is not (name in self.model_fields_set):
                needs = name == CHANGES[kind]
                message = f"`{kind}` needs `{name}`" if needs else f"`{name}` does not belong to `{kind}`"
                raise mistake(message, key=kind if needs else name)
        if isinstance(self.to, TextChange) and kind != "set":
            raise mistake(f"`{kind}` takes a name after `to`; only `set` changes a text", key="to")
        return self


#: The kinds of change, and the key that each of them needs besides its own.
CHANGES: dict[str, str | None] = {"set": "to", "remove": None, "move": "to", "add": "to", "sort": "by"}


class Build(Strict):
    """A change that needs an algorithm: a registered builder, and the table it looks into if it needs one."""

    name: Text
    """The registered algorithm."""
    table: Given[Text] = None
    """The table that it looks into, if it needs one."""


class AmendSpec(Strict):
    """What a rule proposes. `advise` carries no patch; `safe` and `confirm` carry one."""

    applicability: Applicability
    """How safe the change is, and who may make it."""
    title: Text
    """What to do, as a sentence for the biller. Never a fact that the record does not hold."""
    when: Given[Condition] = None
    """Only then is the change proposed."""
    change: list[Change] = Field(default_factory=list)
    """The changes, made in this order."""
    build: Given[Build] = None
    """A change that needs an algorithm."""

    @property
    def has_patch(self) -> bool:
        """True when the amendment changes something by itself."""
        return bool(self.change) or self.build is not None

    @model_validator(mode="after")
    def _patch_fits(self) -> AmendSpec:
        if self.applicability == "advise" and self.has_patch:
            raise mistake(
                "`advise` carries no patch: what depends on the medical record is changed by a person",
                key="change" if self.change else "build",
                remedy="Remove it, or choose `confirm` when the claim alone decides it",
            )
        if self.applicability != "advise" and not self.has_patch:
            message = f"`{self.applicability}` needs `change` or `build`; without one it is `advise`"
            raise mistake(message, key="applicability")
        return self


# --- examples -------------------------------------------------------------------------------------


class Expected(Strict):
    """One expected finding of an example: its primary path, and optionally its value and outcome.

    `claim` is the claim of the file, from 0, where `add_claims` made it several.
    """

    at: Given[Text] = None
    """The place of the finding, with indexes: `"lines[0].charge"`."""
    claim: Given[Whole] = None
    """Which claim of the file, from 0; only where `add_claims` made it several."""
    value: str | None = None
    """What stands at the place."""
    outcome: Literal["fail", "bypassed", "indeterminate"] = "fail"
    """What becomes of the finding."""


def _edits(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}\W[^~\r\n]+")
_ENVELOPE = frozenset("ISA GS ST SE GE IEA".split())


def _segment(value: str) -> str:
    if not _SEGMENT.fullmatch(value) or re.split(r"\W", value)[0] in _ENVELOPE:
        raise mistake(
            f"`{value}` is not a segment of a claim",
            remedy="Write one without its terminator, such as HI*BH:11:D8:20260801",
        )
    return value


class X12Edit(Strict):
    """A change of the base claim's file before it is read, for what paths cannot say.

    Either an element of the first segment that begins with `replace`, or segments put in behind the first one
    that begins with `after`. Written with the delimiters of the file.
    """

    replace: Given[Text] = None
    """The beginning of the segment of which an element is replaced: `SV1`, `HI*BH`."""
    element: Given[Whole] = None
    """The element, counted from 1."""
    with_: Given[str] = Field(default=None, alias="with")
    """What the element becomes."""
    after: Given[Text] = None
    """The beginning of the segment behind which others are put in."""
    insert: list[Annotated[str, AfterValidator(_segment)]] = Field(default_factory=list)
    """The segments that are put in, without their terminators."""

    @model_validator(mode="after")
    def _one_kind(self) -> X12Edit:
        given = self.model_fields_set
        if (self.replace is None) == (self.after is None):
            raise mistake("An edit of X12 needs exactly one of `replace` and `after`")
        head, wanted = ("replace", {"element", "with_"}) if self.after is None else ("after", {"insert"})
        for name in sorted(wanted - given):
            raise mistake(f"`{head}` needs `{name.rstrip('_')}`", key=head)
        for name in sorted(given - wanted - {head}):
            raise mistake(f"`{name.rstrip('_')}` does not belong to `{head}`", key=name.rstrip("_"))
        if self.element is not None and self.element < 1:
            raise mistake("Elements count from 1: BHT06 is element 6", key="element")
        return self


class Example(Strict):
    """One claim made from a base claim, and what the rule says about it.

    `history` are prior lines: of the same patient, group and payer as the claim unless they say otherwise.
    `history_from` is how far they reach back, `context` what is known besides. What is left out is unknown.
    """

    name: Text
    """What this example shows, in a few words."""
    base: Text
    """The clean claim that it starts from (`base/<name>.837`)."""
    x12: Annotated[list[X12Edit], BeforeValidator(_edits, json_schema_input_type=X12Edit | list[X12Edit])] = (
        Field(default_factory=list)
    )
    """Changes of the base claim's file before it is read."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Values to put in, by path with indexes: `{"lines[0].units": 2}`."""
    remove: list[Text] = Field(default_factory=list)
    """Parts to take away, by path with indexes."""
    add: dict[str, list[Any]] = Field(default_factory=dict)
    """Items to add to collections: `{lines: [{copy: "lines[0]", units: 2}]}`."""
    add_claims: list[dict[str, Any]] = Field(default_factory=list)
    """More claims of the same file, each as changes of this one."""
    receipt_date: Given[Day] = None
    """The day on which the payer receives the claim."""
    parameters: dict[Word, Any] = Field(default_factory=dict)
    """Values of the rule's parameters, instead of those that payers set."""
    tables: dict[Word, list[dict[Word, str | list[str]]]] = Field(default_factory=dict)
    """Rows of tables, instead of those of the tables themselves."""
    history: Given[list[dict[str, Any]]] = None
    """Prior lines of the patient. An empty list: there are none; left out: nobody knows."""
    history_from: Given[Day] = None
    """From which day on the history is complete."""
    context: dict[Word, list[dict[Word, str]]] = Field(default_factory=dict)
    """What is known besides the claim and its history, such as authorizations on file."""
    expect: list[Expected] = Field(default_factory=list)
    """All findings of this rule on the claim, in order."""
    after: dict[str, Any] = Field(default_factory=dict)
    """Values after the amendment, by path with indexes."""


class Examples(Strict):
    """A rule's proof: at least one failing and one passing example."""

    pass_: list[Example] = Field(alias="pass", min_length=1)
    """Claims that reach `require` and meet it."""
    fail: list[Example] = Field(min_length=1)
    """Claims that the rule finds something on, with the exact places."""
    bypassed: list[Example] = Field(default_factory=list)
    """Claims whose finding `bypass` explains; it is kept for audit."""
    unknown: list[Example] = Field(default_factory=list)
    """Claims on which the rule cannot be decided."""


# --- places -----------------------------------------------------------------------------------------


class ItemPlace(Strict):
    """A place: the item of a list that has certain values, or with `of` one of its values."""

    item: Text
    """The list."""
    where: dict[Text, Text] = Field(min_length=1)
    """Values of the item, by their names: the first item that has them all is meant."""
    of: Given[Text] = None
    """The value of the item that is the place, instead of the item."""


def _place(value: Any) -> str:
    return "<item>" if isinstance(value, dict | ItemPlace) else "<text>"


PlaceSpec = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[ItemPlace, Tag("<item>")], Discriminator(_place)
]

# --- rules ----------------------------------------------------------------------------------------


class Effective(Strict):
    """The dates between which something holds; both ends count."""

    from_: Given[Day] = Field(default=None, alias="from")
    """The first day, which counts."""
    to: Given[Day] = None
    """The last day, which counts."""

    @model_validator(mode="after")
    def _in_order(self) -> Effective:
        if self.from_ and self.to and self.from_ > self.to:
            raise mistake("`from` is later than `to`: no date fits", key="from")
        return self

    @property
    def is_always(self) -> bool:
        """True when it holds on every date, and none needs to be known."""
        return self.from_ is None and self.to is None

    def covers(self, date: dt.date) -> bool:
        """Return whether it holds on a date."""
        return (self.from_ is None or self.from_ <= date) and (self.to is None or date <= self.to)


#: Type of bill as people write it: facility type and bill class, then the frequency or `x`.
BillType = Annotated[str, Field(pattern=BILL_TYPE)]


class AppliesTo(Strict):
    """Which claims a rule is about. Everything left out means: all.

    `setting` is that of the claim. `states` are where services are given: at the service facility, else at
    the billing provider. `specialties` are taxonomies (or beginnings, `207Q*`) of the claim's rendering
    provider, else of the billing provider. `encounters: false` and `predeterminations: false` leave those
    out. `bill_types` are types of bill without the leading nought; `x` stands for any digit (11x).
    """

    claim_types: list[ClaimType] = Field(default_factory=list)
    """Kinds of claims."""
    payers: list[Text] = Field(default_factory=list)
    """Keys of payers, as their `payer.yaml` says."""
    programs: list[Program] = Field(default_factory=list)
    """Programmes of payers."""
    frequencies: list[Text] = Field(default_factory=list)
    """Claim frequency codes: `"1"` original, `"7"` replacement, `"8"` void."""
    bill_types: list[BillType] = Field(default_factory=list)
    """Types of bill without the leading nought, `x` for any digit: `11x`."""
    setting: Given[Setting] = None
    """Inpatient or outpatient."""
    lines_of_business: list[LineOfBusiness] = Field(default_factory=list)
    """Products of the payer, as the claim filing indicator tells them."""
    states: list[Annotated[str, Field(pattern=STATE)]] = Field(default_factory=list)
    """Where services are given: at the service facility, else at the billing provider."""
    specialties: list[Annotated[str, Field(pattern=TAXONOMY)]] = Field(default_factory=list)
    """Taxonomies, or beginnings (`207Q*`), of the rendering provider, else of the billing provider."""
    encounters: Given[YesNo] = None
    """`false`: not for encounters, which report services without asking for payment."""
    predeterminations: Given[YesNo] = None
    """`false`: not for requests to decide before the service."""
    effective: Effective = Effective()
    """The dates of the items that it is for: their own dates, never today."""


class DenialSpec(Strict):
    """What the payer would answer."""

    group: Given[Text] = None
    """Claim adjustment group code."""
    carc: Given[Text] = None
    """Claim adjustment reason code."""
    rarc: list[Text] = Field(default_factory=list)
    """Remittance advice remark codes."""
    status277: Given[Text] = None
    """Category and status code of a front-end rejection: `"A7:178"`."""


def _snip(value: int | None) -> int | None:
    if value is not None and value not in range(1, 8):
        raise mistake("SNIP types run from 1 to 7", remedy="Write null for an edit outside SNIP")
    return value


class Rule(Strict):
    """One rule: for each item, when this is so, this is required."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    id: Identifier
    """Family and number, such as ACME-001. For ever: it is never given to another rule."""
    aliases: list[Identifier] = Field(default_factory=list)
    """Earlier ids of this rule, which go on working."""
    name: Name
    """States the problem, never the cure: `group-number-missing`. The file is called `<id>-<name>.yaml`."""
    title: Text
    """The problem as a sentence, for people."""
    status: Status
    """Whether the rule runs, and whether its findings block."""
    severity: Severity
    """Who would answer, and whether it keeps the claim from being sent."""
    snip: Annotated[Whole | None, AfterValidator(_snip)]
    """WEDI SNIP edit type, 1 to 7, or null."""
    applies_to: AppliesTo = AppliesTo()
    """The claims that the rule is for. What is left out means: all."""
    dated_by: Given[Text] = None
    """The date that picks editions and decides whether it is in force; else the line's, else the claim's."""
    needs: list[Text] = Field(default_factory=list)
    """What the rule reads beyond the claim. Without it in a run, the rule is listed once and not asked."""
    for_each: Annotated[Scope, BeforeValidator(_scope, json_schema_input_type=str | Scope)]
    """What is judged: `claim`, each item of a collection, or pairs or groups of items."""
    parameters: dict[Word, Parameter] = Field(default_factory=dict)
    """Values that payers or dates change, by name. `payers/<payer>/parameters.yaml` sets them."""
    lookup: dict[Word, Lookup] = Field(default_factory=dict, max_length=8)
    """What tables know, by name."""
    let: dict[Word, Let] = Field(default_factory=dict, max_length=8)
    """Named values, each made by one operation."""
    when: Given[Condition] = None
    """Whom the rule is for, beyond `applies_to`. Where it does not hold, the rule says nothing."""
    require: Condition
    """What must be so. Where it is not, there is a finding."""
    bypass: Given[Condition] = None
    """What explains a failure: the finding is kept for audit and does not count."""
    at: list[PlaceSpec] = Field(min_length=1)
    """Where the biller must look; the first is the place of the finding. What is missing is shown where it
    should stand."""
    message: Text
    """What is wrong on this claim. `{line.charge}` shows a value; quote it then."""
    why: Text
    """Why it matters: what the payer does with such a claim, or what the source says."""
    denial: DenialSpec | None = None
    """What the payer would answer."""
    references: list[Text] = Field(min_length=1)
    """Who says so: keys of `sources.yaml`."""
    amend: AmendSpec | None = None
    """What may be changed about it."""
    examples: Examples
    """The proof: at least one passing and one failing claim."""
