"""The shape of a rule: its scope, named values, amendment and examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from scrubber.findings import Applicability, Severity
from scrubber.packs.conditions import Condition
from scrubber.packs.diagnostics import listing
from scrubber.packs.shapes import (
    Day,
    Given,
    Identifier,
    Name,
    Program,
    SchemaOne,
    Status,
    Strict,
    Text,
    Whole,
    Word,
    YesNo,
    mistake,
)

ClaimType = Literal["professional", "institutional", "dental"]

# --- scope and named values -----------------------------------------------------------------------


def _scope(value: Any) -> Any:
    return {"each": value} if isinstance(value, str) else value


def _aliases(value: Any) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


class Scope(Strict):
    """The items a rule looks at: `claim`, a collection, or pairs of a collection's items."""

    each: Given[Text] = None
    pairs: Given[Text] = None
    as_: Given[
        Annotated[
            Annotated[list[Word], Tag("<list>")] | Annotated[Word, Tag("<text>")], Discriminator(_aliases)
        ]
    ] = Field(default=None, alias="as")
    same: list[Text] = Field(default_factory=list)
    ordered: YesNo = False
    where: Given[Condition] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Scope:
        if (self.each is None) == (self.pairs is None):
            raise mistake("`for_each` needs exactly one of `each` and `pairs`")
        if self.pairs is not None and not (isinstance(self.as_, list) and len(set(self.as_)) == 2):
            raise mistake("`pairs` needs two names for its items: `as: [first, second]`", key="as")
        if self.pairs is None and isinstance(self.as_, list):
            raise mistake("`each` has one name for its items: `as: line`", key="as")
        for name in ("same", "ordered"):
            if self.pairs is None and name in self.model_fields_set:
                raise mistake(f"`{name}` belongs to `pairs`", key=name)
        return self


class Let(Strict):
    """A named value made by one operation over the claim."""

    sum: Given[Text] = None
    count: Given[Text] = None
    min: Given[Text] = None
    max: Given[Text] = None
    distinct: Given[Text] = None
    of: Given[Text] = None
    as_: Given[Word] = Field(default=None, alias="as")
    where: Given[Condition] = None
    add: Given[Annotated[list[Text], Field(min_length=2)]] = None
    subtract: Given[Annotated[list[Text], Field(min_length=2)]] = None
    multiply: Given[Annotated[list[Text], Field(min_length=2)]] = None

    @model_validator(mode="after")
    def _one_operation(self) -> Let:
        given = [k for k in LET_OPERATIONS if k in self.model_fields_set]
        if len(given) != 1:
            message = "A named value needs exactly one of " + listing(LET_OPERATIONS, "or")
            raise mistake(message, key=given[1] if given else None)
        if given[0] in ("sum", "min", "max") and self.of is None:
            raise mistake(f"`{given[0]}` needs `of`: which value of each item", key=given[0])
        for name, key in (("of", "of"), ("as_", "as"), ("where", "where")):
            if given[0] in ("add", "subtract", "multiply") and name in self.model_fields_set:
                raise mistake(
                    f"`{key}` does not belong to `{given[0]}`, which takes a list of names", key=key
                )
        return self

    @property
    def operation(self) -> str:
        """The one operation."""
        return next(k for k in LET_OPERATIONS if k in self.model_fields_set)


LET_OPERATIONS = ("sum", "count", "min", "max", "distinct", "add", "subtract", "multiply")


# --- amendments -----------------------------------------------------------------------------------


class TextChange(Strict):
    """A change of representation: a registered text function over a value (`digits_only`)."""

    text: Text
    of: Text


def _to(value: Any) -> str:
    return "<change>" if isinstance(value, dict | TextChange) else "<text>"


class Change(Strict):
    """One change: set a value to a value, a named value or a text change; or remove a part of the claim."""

    set: Given[Text] = None
    to: Given[
        Annotated[Annotated[Text, Tag("<text>")] | Annotated[TextChange, Tag("<change>")], Discriminator(_to)]
    ] = None
    remove: Given[Text] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Change:
        if (self.set is None) == (self.remove is None):
            raise mistake("A change needs exactly one of `set` and `remove`")
        if (self.set is None) != (self.to is None):
            raise mistake("`set` and `to` belong together", key="to" if self.set is None else "set")
        return self


class Build(Strict):
    """A change that needs an algorithm: a registered builder."""

    name: Text


class AmendSpec(Strict):
    """What a rule proposes. `advise` carries no patch; `safe` and `confirm` carry one."""

    applicability: Applicability
    title: Text
    when: Given[Condition] = None
    change: list[Change] = Field(default_factory=list)
    build: Given[Build] = None

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
    """One expected finding of an example: its primary path, and optionally its value and outcome."""

    at: Given[Text] = None
    value: str | None = None
    outcome: Literal["fail", "bypassed", "indeterminate"] = "fail"


class Example(Strict):
    """One claim made from a base claim, and what the rule says about it."""

    name: Text
    base: Text
    set: dict[str, Any] = Field(default_factory=dict)
    remove: list[Text] = Field(default_factory=list)
    add: dict[str, list[Any]] = Field(default_factory=dict)
    receipt_date: Given[Day] = None
    expect: list[Expected] = Field(default_factory=list)
    after: dict[str, Any] = Field(default_factory=dict)


class Examples(Strict):
    """A rule's proof: at least one failing and one passing example."""

    pass_: list[Example] = Field(alias="pass", min_length=1)
    fail: list[Example] = Field(min_length=1)
    bypassed: list[Example] = Field(default_factory=list)
    unknown: list[Example] = Field(default_factory=list)


# --- rules ----------------------------------------------------------------------------------------


class Effective(Strict):
    """The dates between which something holds; both ends count."""

    from_: Given[Day] = Field(default=None, alias="from")
    to: Given[Day] = None

    @model_validator(mode="after")
    def _in_order(self) -> Effective:
        if self.from_ and self.to and self.from_ > self.to:
            raise mistake("`from` is later than `to`: no date fits", key="from")
        return self


class AppliesTo(Strict):
    """Which claims a rule is about. Everything left out means: all."""

    claim_types: list[ClaimType] = Field(default_factory=list)
    payers: list[Text] = Field(default_factory=list)
    programs: list[Program] = Field(default_factory=list)
    frequencies: list[Text] = Field(default_factory=list)
    encounters: Given[YesNo] = None
    effective: Effective = Effective()


class DenialSpec(Strict):
    """What the payer would answer."""

    group: Given[Text] = None
    carc: Given[Text] = None
    rarc: list[Text] = Field(default_factory=list)
    status277: Given[Text] = None


def _snip(value: int | None) -> int | None:
    if value is not None and value not in range(1, 8):
        raise mistake("SNIP types run from 1 to 7", remedy="Write null for an edit outside SNIP")
    return value


class Rule(Strict):
    """One rule: for each item, when this is so, this is required."""

    schema_: SchemaOne = Field(alias="schema")
    id: Identifier
    aliases: list[Identifier] = Field(default_factory=list)
    name: Name
    title: Text
    status: Status
    severity: Severity
    snip: Annotated[Whole | None, AfterValidator(_snip)]
    applies_to: AppliesTo = AppliesTo()
    for_each: Annotated[Scope, BeforeValidator(_scope, json_schema_input_type=str | Scope)]
    let: dict[Word, Let] = Field(default_factory=dict, max_length=8)
    when: Given[Condition] = None
    require: Condition
    bypass: Given[Condition] = None
    at: list[Text] = Field(min_length=1)
    message: Text
    why: Text
    denial: DenialSpec | None = None
    references: list[Text] = Field(min_length=1)
    amend: AmendSpec | None = None
    examples: Examples
