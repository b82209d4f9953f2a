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
    title: Given[Text] = None
    codes: Annotated[list[SetCode], Field(min_length=1)] = Field(default_factory=list)
    union: list[Word] = Field(default_factory=list)
    except_: list[SetCode] = Field(default_factory=list, alias="except")
    references: list[Text] = Field(min_length=1)

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
    publisher: Text
    url: Given[Text] = None
    citation: Given[Text] = None
    checked: YesNo

    @model_validator(mode="after")
    def _can_be_found(self) -> Source:
        if self.url is None and self.citation is None:
            raise mistake("A source needs `url` or `citation`, so that a reader finds it")
        return self


class PackHead(Strict):
    """pack.yaml: what a folder of rules is, who owns it and how it ranks (higher wins)."""

    schema_: SchemaOne = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
    title: Text
    version: Annotated[str, Field(pattern=SEMVER)]
    engine: Text
    precedence: Whole
    owner: Text


class PayerId(Strict):
    """One identifier a payer goes by in NM109; they differ by clearinghouse."""

    id: Text
    clearinghouse: Given[Text] = None


def _payer_id(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class Payer(Strict):
    """payer.yaml: a payer of the registry and the ids it goes by."""

    schema_: SchemaOne = Field(alias="schema")
    key: Annotated[str, Field(pattern=SNAKE)]
    name: Text
    program: Program
    payer_ids: list[Annotated[PayerId, BeforeValidator(_payer_id, json_schema_input_type=str | PayerId)]] = (
        Field(min_length=1)
    )
    references: list[Text] = Field(default_factory=list)
