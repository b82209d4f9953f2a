"""The shape of what stands beside the rules: code sets, sources, packs and payers."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from scrubber.packs.conditions import CodeRange
from scrubber.packs.rules import Effective
from scrubber.packs.shapes import (
    SEMVER,
    SNAKE,
    Given,
    Program,
    SchemaOne,
    Strict,
    Text,
    Whole,
    Word,
    YesNo,
    mistake,
)

_SPAN = re.compile(r"([A-Za-z0-9]{2,})\s*-\s*([A-Za-z0-9]{2,})")


def _set_code(value: str) -> str:
    """Refuse what looks like a range or a pattern and would never match a code."""
    span = _SPAN.fullmatch(value)
    if span and len(span[1]) == len(span[2]):
        raise mistake(
            f"`{value}` is one text, not a range", remedy=f'Write {{from: "{span[1]}", to: "{span[2]}"}}'
        )
    if "*" in value[:-1] or value == "*":
        raise mistake(f"`{value}`: a star stands only at the end, after at least one character")
    return value


class DatedCode(Effective):
    """A code, or the beginning of codes, that is in the set between two dates; both ends count."""

    code: Annotated[Text, AfterValidator(_set_code)]
    """The code, or the beginning of codes with a star."""

    @model_validator(mode="after")
    def _some_date(self) -> DatedCode:
        if self.is_always:
            remedy = "Write a code without dates as text"
            raise mistake("A dated code needs `from`, `to` or both", remedy=remedy)
        return self


def _set_code_kind(value: Any) -> str:
    if isinstance(value, DatedCode) or (isinstance(value, dict) and "code" in value):
        return "<dated>"
    return "<range>" if isinstance(value, dict | CodeRange) else "<text>"


#: A code, the beginning of codes with a star (`V*`), a range, or a code with dates.
SetCode = Annotated[
    Annotated[Text, AfterValidator(_set_code), Tag("<text>")]
    | Annotated[CodeRange, Tag("<range>")]
    | Annotated[DatedCode, Tag("<dated>")],
    Discriminator(_set_code_kind),
]


class CodeSet(Strict):
    """A named set of codes, beginnings of codes (`V*`), inclusive ranges and codes with dates.

    `union` names other sets whose codes are in it, too; `except` is what is in none of all these.
    """

    set: Word
    """The name that rules use; the file is called after it."""
    title: Given[Text] = None
    """What the codes have in common."""
    codes: Annotated[list[SetCode], Field(min_length=1)] = Field(default_factory=list)
    """Codes (quoted), beginnings (`"V*"`), ranges (`{from: "00100", to: "01999"}`) and codes with dates
    (`{code: "98943", from: 2026-01-01}`)."""
    union: list[Word] = Field(default_factory=list)
    """Other sets whose codes are in it, too."""
    except_: list[SetCode] = Field(default_factory=list, alias="except")
    """Codes, beginnings and ranges that are not in it, whatever `codes` and `union` say."""
    references: list[Text] = Field(min_length=1)
    """Who says so: keys of `sources.yaml`."""

    @model_validator(mode="after")
    def _holds_something(self) -> CodeSet:
        if not self.codes and not self.union:
            raise mistake("A set needs `codes`, `union` or both")
        if any(isinstance(code, DatedCode) for code in self.except_):
            raise mistake("What a set leaves out has no dates", key="except", remedy="Date the codes instead")
        return self


class Source(Strict):
    """A publication that rules cite. `checked` says whether its text was read by the author of the rule."""

    title: Text
    """What the publication calls itself."""
    publisher: Text
    """Who publishes it."""
    url: Given[Text] = None
    """Where it can be read."""
    citation: Given[Text] = None
    """Where to find it without an address: chapter, section, page."""
    checked: YesNo
    """`true` only if you read a text that says what the rule says."""

    @model_validator(mode="after")
    def _can_be_found(self) -> Source:
        if self.url is None and self.citation is None:
            raise mistake("A source needs `url` or `citation`, so that a reader finds it")
        return self


class PackHead(Strict):
    """pack.yaml: what a folder of rules is, who owns it and how it ranks (higher wins)."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
    """The name of the pack."""
    title: Text
    """What the pack is about."""
    version: Annotated[str, Field(pattern=SEMVER)]
    """Three numbers, raised with each release: 1.0.0."""
    engine: Text
    """Which versions of the engine can run it: `>=0.1,<1`."""
    precedence: Whole
    """Of rules that are equally specific, those of the pack with the higher number win."""
    owner: Text
    """Who answers for it."""


class PayerId(Strict):
    """One identifier a payer goes by in NM109; they differ by clearinghouse."""

    id: Text
    """The payer's identifier on the claim (NM109)."""
    clearinghouse: Given[Text] = None
    """The clearinghouse that uses it."""


def _payer_id(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class Payer(Strict):
    """payer.yaml: a payer of the registry and the ids it goes by."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    key: Annotated[str, Field(pattern=SNAKE)]
    """The name that rules use."""
    name: Text
    """The payer's name, for people."""
    program: Program
    """The programme that the payer pays under."""
    payer_ids: list[Annotated[PayerId, BeforeValidator(_payer_id, json_schema_input_type=str | PayerId)]] = (
        Field(min_length=1)
    )
    """The identifiers it goes by; they differ by clearinghouse."""
    references: list[Text] = Field(default_factory=list)
    """Who says so: keys of `sources.yaml`."""
