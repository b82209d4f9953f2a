"""Parameters: values of a rule that payers, programmes and dates change, and which of them is in force.

A rule declares them; `payers/<payer>/parameters.yaml` sets them. Of all values that are for a claim the most
specific one counts: more conditions before fewer, then the pack of higher precedence, then the one in force
from the later date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from scrubber.claim.model import Claim
from scrubber.claim.periods import code_set_date
from scrubber.claim.values import Unreadable
from scrubber.packs.rules import ClaimType, Effective, Parameter, Rule, Shift
from scrubber.packs.shapes import Given, Program, SchemaOne, Strict, Text, mistake

#: A value that nobody has set: what depends on it is unknown.
UNSET = Unreadable("")


class When(Strict):
    """For which of the payer's claims a value is."""

    claim_types: list[ClaimType] = Field(default_factory=list)
    """Kinds of claims."""
    programs: list[Program] = Field(default_factory=list)
    """Programmes of payers."""
    frequencies: list[Text] = Field(default_factory=list)
    """Claim frequency codes: `"1"` original, `"7"` replacement, `"8"` void."""


class ParameterEntry(Strict):
    """One value: the rule and its parameter, the claims and the dates that it is for, and who says so."""

    parameter: Text
    """The rule and its parameter: `TIM-001.filing_limit`."""
    value: Any
    """The value, as the parameter's type wants it."""
    when: Given[When] = None
    """The claims that it is for. The value with more conditions counts."""
    effective: Effective = Effective()
    """The dates that it is for; of two, the later begun counts."""
    references: list[Text] = Field(min_length=1)
    """Who says so: keys of `sources.yaml`."""

    @model_validator(mode="after")
    def _names_a_rule(self) -> ParameterEntry:
        rule, dot, name = self.parameter.partition(".")
        if not (rule and dot and name):
            raise mistake(
                "`parameter` names a rule and its parameter",
                key="parameter",
                remedy="Write TIM-001.filing_limit",
            )
        return self


class ParameterFile(Strict):
    """What a payer sets: `payers/<payer>/parameters.yaml`."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    values: list[ParameterEntry] = Field(min_length=1)
    """The values that this payer sets."""


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A value that a payer set, read by its parameter's type, and the precedence of its pack."""

    payer: str
    rule: str
    name: str
    value: Any
    entry: ParameterEntry
    precedence: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """All values of one parameter: by claim type or programme (`else` for all others), and by payer."""

    defaults: Mapping[str, Any]
    values: Sequence[ParameterValue] = ()

    def of(self, claim: Claim) -> Any:
        """Return the value for a claim; `UNSET` when there is none, or its date decides and is not known."""
        mine = [v for v in self.values if v.payer == claim.payer.key and is_for(v.entry.when, claim)]
        if mine:
            dated = any(not v.entry.effective.is_always for v in mine)
            date = code_set_date(claim) if dated else None
            if dated and not isinstance(date, dt.date):
                return UNSET
            found = self.in_force(mine, date)
            if found is not None:
                return found.value
        return next((self.defaults[key] for key in said_for(claim) if key in self.defaults), UNSET)

    def in_force(self, fit: Sequence[ParameterValue], date: Any) -> ParameterValue | None:
        """Return the value that counts, of those for a claim and its date; None where none is in force."""
        there = [v for v in fit if not isinstance(date, dt.date) or v.entry.effective.covers(date)]
        return max(there, key=specificity, default=None)


def said_for(claim: Claim) -> list[str]:
    """Return what defaults may be for, of a claim: its programme before its type."""
    return [key for key in (claim.payer.program, claim.claim_type, "else") if key is not None]


def setting(rule: Rule, name: str, values: Sequence[ParameterValue]) -> Setting:
    """Return the values of a rule's parameter."""
    spec = rule.parameters[name]
    mine = tuple(v for v in values if v.name == name and v.rule in (rule.id, *rule.aliases))
    if "default" not in spec.model_fields_set:
        return Setting({}, mine)
    return Setting({key: read(spec, value) for key, value in defaults_of(spec).items()}, mine)


def defaults_of(spec: Parameter) -> Mapping[str, Any]:
    """Return a parameter's defaults as they are written, `else` where there is only one."""
    default = spec.default
    if isinstance(default, dict) and not (
        spec.type == "period" and default.keys() <= Shift.model_fields.keys()
    ):
        return default
    return {"else": default}


def read(spec: Parameter, value: Any) -> Any:
    """Return a written value by its parameter's type. Raises ValueError with what it should be."""
    return _READERS[spec.type](spec, value)


def _period(_: Parameter, value: Any) -> Shift:
    try:
        return Shift.model_validate(value)
    except ValidationError:
        raise ValueError("a period, such as {days: 90} or {years: 1}") from None


def _choice(spec: Parameter, value: Any) -> str:
    if value not in spec.of:
        raise ValueError("one of " + ", ".join(spec.of))
    return str(value)


def _number(_: Parameter, value: Any) -> Decimal:
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError("a number, such as 2 or 245.00") from None
    if not number.is_finite():
        raise ValueError("a number, such as 2 or 245.00")
    return number


def _list(_: Parameter, value: Any) -> list[str]:
    try:
        return _TEXTS.validate_python(value)
    except ValidationError:
        raise ValueError('a list of codes, such as ["7", "8"]') from None


def _boolean(_: Parameter, value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError("true or false")
    return bool(value == "true")


def _name(_: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("the name of a table")
    return value


_TEXTS = TypeAdapter(list[str])
_READERS: Mapping[str, Callable[[Parameter, Any], Any]] = {
    "period": _period,
    "choice": _choice,
    "number": _number,
    "amount": _number,
    "list": _list,
    "boolean": _boolean,
    "table": _name,
}


def facts_of(claim: Claim) -> Mapping[str, str | None]:
    """Return what a claim is, by the key of `when` that asks for it."""
    return {
        "claim_types": claim.claim_type,
        "programs": claim.payer.program,
        "frequencies": claim.frequency_code,
    }


def is_for(when: When | None, claim: Claim) -> bool:
    """Return whether a value is for a claim of its payer."""
    if when is None:
        return True
    return all(not getattr(when, key) or got in getattr(when, key) for key, got in facts_of(claim).items())


def specificity(value: ParameterValue) -> tuple[int, int, dt.date]:
    """Return what ranks a value: its conditions, its pack's precedence, the day it is in force from."""
    when = value.entry.when
    given = sum(bool(getattr(when, name)) for name in When.model_fields) if when is not None else 0
    return given, value.precedence, value.entry.effective.from_ or dt.date.min
