"""Local decisions about rules: another severity, off, or a known finding set aside. `overrides.yaml`.

It may stand in any folder of rules; beside a payer.yaml it is for that payer's claims alone. Each entry says
why, who decided it, and from when to when. What is set aside stays in the result, with that reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import Field, model_validator

from scrubber.findings import Severity
from scrubber.packs.rules import Effective
from scrubber.packs.shapes import Day, Given, SchemaOne, Strict, Text, YesNo, mistake


class Override(Strict):
    """Another severity for a rule, or `active: false`: it makes no findings."""

    rule: Text
    """The rule, or one of its aliases."""
    severity: Given[Severity] = None
    """What its findings count for instead."""
    active: Given[YesNo] = None
    """`false`: the rule makes no findings."""
    payers: list[Text] = Field(default_factory=list)
    """Only on claims of these payers."""
    effective: Effective = Effective()
    """Only on claims that the payer receives between these days."""
    reason: Text
    """Why, for whoever reads the result."""
    by: Text
    """Who decided it."""

    @model_validator(mode="after")
    def _changes_one_thing(self) -> Override:
        if (self.severity is None) == (self.active is None):
            raise mistake("An override needs exactly one of `severity` and `active: false`", key="rule")
        if self.active is True:
            raise mistake("A rule is active without being told so", key="active", remedy="Remove the entry")
        return self


class Suppression(Strict):
    """A finding that is known and set aside until a day.

    `at` is the path it points at, without index; `claim` a patient control number, `*` for any characters.
    """

    rule: Text
    """The rule, or one of its aliases."""
    at: Given[Text] = None
    """The path that the finding points at, without index."""
    claim: Given[Text] = None
    """A patient control number; `*` stands for any characters."""
    payers: list[Text] = Field(default_factory=list)
    """Only on claims of these payers."""
    reason: Text
    """Why, for whoever reads the result."""
    by: Text
    """Who decided it."""
    expires: Day
    """The last day on which it is set aside."""


class OverrideFile(Strict):
    """One `overrides.yaml`."""

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    overrides: list[Override] = Field(default_factory=list)
    """Rules that count for something else, or are off."""
    suppressions: list[Suppression] = Field(default_factory=list)
    """Findings that are known and set aside."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """All entries of all files, each with the file that has it."""

    overrides: tuple[tuple[Override, str], ...] = field(default=())
    suppressions: tuple[tuple[Suppression, str], ...] = field(default=())
