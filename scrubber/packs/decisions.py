"""The shape of decision rules (rules/decisions/): what they look for, what they conclude, their examples.

How they are carried out is `scrubber.engine.decide`; nothing here knows about findings of a real claim.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from scrubber.findings import Severity
from scrubber.packs.conditions import Condition
from scrubber.packs.diagnostics import listing
from scrubber.packs.shapes import (
    Given,
    Identifier,
    Name,
    SchemaOne,
    Status,
    Strict,
    Text,
    Whole,
    Word,
    YesNo,
    mistake,
)

Stage = Literal["derive", "keep", "escalate", "route", "outcome"]
Team = Literal["coding", "registration", "provider", "enrolment", "billing"]

#: Actions of a decision (Python spelling), and the one stage in which each is taken.
ACTIONS: dict[str, Stage] = {
    "add_fact": "derive",
    "suppress": "keep",
    "raise_": "escalate",
    "lower": "escalate",
    "route": "route",
    "outcome": "outcome",
}

#: The rule engine holds at most so many facts in one match.
MOST_PATTERNS = 16


# --- what a decision looks for ------------------------------------------------------------------------


_RULE_OR_FAMILY = r"^[A-Z]{2,5}-([0-9]{3}[a-z]?|\*)$"


def _rule_or_family(value: str) -> str:
    if not re.fullmatch(_RULE_OR_FAMILY, value):
        raise mistake(
            f"`{value}` is neither a rule nor a family of rules", remedy="Write CDS-001, or CDS-* for all"
        )
    return value


RuleOrFamily = Annotated[
    Text, AfterValidator(_rule_or_family), Field(json_schema_extra={"pattern": _RULE_OR_FAMILY})
]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


RulesOrFamilies = Annotated[
    list[RuleOrFamily],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=RuleOrFamily | list[RuleOrFamily]),
]


class Pattern(Strict):
    """What a decision looks for: a finding, a fact of the derive stage, or a trait of the claim.

    `finding` is a rule id, a family (`MUE-*`) or a list of these, any of which will do. `same: [line]`
    wants it on the line of the first finding in `given`; what is on no line shares it with nothing.
    """

    finding: Given[RulesOrFamilies] = None
    fact: Given[Name] = None
    claim: Given[Condition] = None
    same: list[Literal["claim", "line"]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> Pattern:
        kinds = [k for k in ("finding", "fact", "claim") if k in self.model_fields_set]
        if len(kinds) != 1:
            raise mistake(
                "A pattern needs exactly one of `finding`, `fact` and `claim`"
                + (f"; this one has {listing(kinds)}" if kinds else "")
            )
        if self.claim is not None and self.same:
            raise mistake(
                "`same` belongs to a `finding` or a `fact`; a trait is about the whole claim", key="same"
            )
        return self

    @property
    def is_trait(self) -> bool:
        """True for a pattern about the claim itself."""
        return self.claim is not None

    @property
    def same_line(self) -> bool:
        """True when the pattern must be on the line of the first finding."""
        return "line" in self.same


# --- what it concludes --------------------------------------------------------------------------------


class SeverityChange(Strict):
    """A finding (its alias in `given`; may be left out if there is only one) gets another severity."""

    finding: Given[Word] = None
    severity: Severity


class RouteTo(Strict):
    """A finding (its alias in `given`; may be left out if there is only one) goes to a team."""

    finding: Given[Word] = None
    team: Team


def _route(value: Any) -> Any:
    return {"team": value} if isinstance(value, str) else value


class Then(Strict):
    """What a decision concludes: exactly one action, and why."""

    add_fact: Given[Name] = None
    suppress: Given[Word] = None
    raise_: Given[SeverityChange] = Field(default=None, alias="raise")
    lower: Given[SeverityChange] = None
    route: Given[Annotated[RouteTo, BeforeValidator(_route, json_schema_input_type=Team | RouteTo)]] = None
    outcome: Given[Literal["review", "rejected"]] = None
    because: Text

    @model_validator(mode="after")
    def _one_action(self) -> Then:
        given = [action for action in ACTIONS if action in self.model_fields_set]
        if len(given) != 1:
            every = listing([action.rstrip("_") for action in ACTIONS], "or")
            here = f"; this one has {listing([a.rstrip('_') for a in given])}" if given else ""
            raise mistake(f"`then` needs exactly one action{here}", remedy=f"Write {every}")
        return self

    @property
    def action(self) -> str:
        """The one action, spelt as in `ACTIONS`."""
        return next(action for action in ACTIONS if action in self.model_fields_set)


# --- examples -----------------------------------------------------------------------------------------


class DecisionFinding(Strict):
    """A finding of a decision's example; `line` counts from 0, as in `lines[0]`."""

    rule: Identifier
    line: Given[Whole] = None
    severity: Severity = "deny"
    outcome: Literal["fail", "bypassed", "indeterminate"] = "fail"


class DecisionFact(Strict):
    """A fact of the derive stage in an example; on no line unless it says so."""

    fact: Name
    line: Given[Whole] = None


def _fact(value: Any) -> Any:
    return {"fact": value} if isinstance(value, str) else value


class DecisionExpected(Strict):
    """What becomes of the n-th finding of the example (from 0). What is not mentioned stays as it was."""

    finding: Whole
    suppressed: Given[YesNo] = None
    severity: Given[Severity] = None
    route: Given[Team] = None


class DecisionExample(Strict):
    """Facts by hand: findings, values of the claim (`{payer.key: x}`), and what is concluded.

    `facts` are those of the derive stage: what an `add_fact` decision adds, and what any other is given.
    """

    name: Text
    findings: list[DecisionFinding] = Field(min_length=1)
    claim: dict[str, Any] = Field(default_factory=dict)
    facts: list[
        Annotated[DecisionFact, BeforeValidator(_fact, json_schema_input_type=Name | DecisionFact)]
    ] = Field(default_factory=list)
    expect: list[DecisionExpected] = Field(default_factory=list)
    outcome: Given[Literal["rejected", "review", "clean"]] = None

    @model_validator(mode="after")
    def _finding_exists(self) -> DecisionExample:
        for item in self.expect:
            if item.finding not in range(len(self.findings)):
                raise mistake(
                    f"`expect` speaks of finding {item.finding}; this example has {len(self.findings)}",
                    key="expect",
                    remedy="The first is 0",
                )
        return self


class DecisionExamples(Strict):
    """A decision's proof: `fires` shows it acting, `silent` shows it holding back."""

    fires: list[DecisionExample] = Field(min_length=1)
    silent: list[DecisionExample] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> DecisionExamples:
        for example in self.fires:
            if not example.expect and not example.facts and example.outcome is None:
                raise mistake(
                    f"The example `{example.name}` says nothing about what the decision does",
                    key="fires",
                    remedy="Add `expect`, `facts` or `outcome`",
                )
        return self


# --- the decision -------------------------------------------------------------------------------------


class DecisionRule(Strict):
    """One decision: given these findings, facts and traits, unless those, conclude this."""

    schema_: SchemaOne = Field(alias="schema")
    id: Identifier
    name: Name
    title: Text
    status: Status
    stage: Stage
    given: dict[Word, Pattern] = Field(min_length=1)
    unless: list[Pattern] = Field(default_factory=list)
    then: Then
    why: Text
    references: list[Text] = Field(min_length=1)
    examples: DecisionExamples

    @model_validator(mode="after")
    def _fits_its_stage(self) -> DecisionRule:
        wanted = ACTIONS[self.then.action]
        if wanted != self.stage:
            action = self.then.action.rstrip("_")
            raise mistake(
                f"`{action}` belongs to stage {wanted}, not {self.stage}", key="stage", suggestion=wanted
            )
        patterns = [*self.given.values(), *self.unless]
        if self.stage == "derive" and any(p.fact is not None for p in patterns):
            raise mistake("Stage derive makes the facts; only later stages can look for one", key="given")
        if len(patterns) > MOST_PATTERNS:
            raise mistake(f"This decision has {len(patterns)} patterns; at most {MOST_PATTERNS} are allowed")
        return self

    @model_validator(mode="after")
    def _acts_on_a_finding(self) -> DecisionRule:
        anchor = self.anchor
        if anchor is None:
            raise mistake(
                "`given` looks only at the claim",
                key="given",
                remedy="Add a `finding` or a `fact`; what looks only at the claim is a rule",
            )
        if self.given[anchor].same_line:
            raise mistake(
                f"`{anchor}` comes first and is what `same` compares with; leave out its `same`", key="given"
            )
        findings = [alias for alias, pattern in self.given.items() if pattern.finding]
        if self.then.action == "add_fact":
            return self
        if self.then.action == "outcome":
            if not findings:
                raise mistake("`outcome` needs a `finding` in `given`, which carries the reason", key="given")
            return self
        if self.target not in findings:
            what = (
                "does not say which finding it acts on" if self.target is None else f"acts on `{self.target}`"
            )
            names = f"Findings in `given`: {listing(findings)}" if findings else "Add a `finding` to `given`"
            raise mistake(f"`{self.then.action.rstrip('_')}` {what}", key="then", remedy=names)
        return self

    @property
    def anchor(self) -> str | None:
        """The alias of the first finding or fact in `given`: the one that `same` compares with."""
        return next((alias for alias, pattern in self.given.items() if not pattern.is_trait), None)

    @property
    def target(self) -> str | None:
        """The alias of the finding acted on; None when the action is on no one finding."""
        then = self.then
        if then.suppress is not None:
            return then.suppress
        change = then.raise_ or then.lower or then.route
        if change is None:
            return None
        if change.finding is not None:
            return change.finding
        findings = [alias for alias, pattern in self.given.items() if pattern.finding]
        return findings[0] if len(findings) == 1 else None
