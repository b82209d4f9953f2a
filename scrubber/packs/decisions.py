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
    """A rule, a family (`MUE-*`), or a list of these, any of which will do."""
    fact: Given[Name] = None
    """A fact that a decision of the stage `derive` added."""
    claim: Given[Condition] = None
    """A trait of the claim, as a condition."""
    same: list[Literal["claim", "line"]] = Field(default_factory=list)
    """`[line]`: on the line of the first finding in `given`."""

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
    """The name of the finding in `given`; may be left out if there is only one."""
    severity: Severity
    """What it counts for from now on."""


class RouteTo(Strict):
    """A finding (its alias in `given`; may be left out if there is only one) goes to a team."""

    finding: Given[Word] = None
    """The name of the finding in `given`; may be left out if there is only one."""
    team: Team
    """The team that it goes to."""


def _route(value: Any) -> Any:
    return {"team": value} if isinstance(value, str) else value


class Then(Strict):
    """What a decision concludes: exactly one action, and why."""

    add_fact: Given[Name] = None
    """Adds a fact, which later stages can look for."""
    suppress: Given[Word] = None
    """Sets this finding of `given` aside; it stays in the result, with the reason."""
    raise_: Given[SeverityChange] = Field(default=None, alias="raise")
    """Makes a finding count for more."""
    lower: Given[SeverityChange] = None
    """Makes a finding count for less."""
    route: Given[Annotated[RouteTo, BeforeValidator(_route, json_schema_input_type=Team | RouteTo)]] = None
    """Says which team the finding goes to."""
    outcome: Given[Literal["review", "rejected"]] = None
    """What becomes of the claim."""
    because: Text
    """The reason, as a sentence in the result."""

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
    """The rule that found something."""
    line: Given[Whole] = None
    """Its line, from 0; left out: it is on no line."""
    severity: Severity = "deny"
    """What it counts for."""
    outcome: Literal["fail", "bypassed", "indeterminate"] = "fail"
    """What became of it before."""


class DecisionFact(Strict):
    """A fact of the derive stage in an example; on no line unless it says so."""

    fact: Name
    """The name of the fact."""
    line: Given[Whole] = None
    """Its line, from 0; left out: it is on no line."""


def _fact(value: Any) -> Any:
    return {"fact": value} if isinstance(value, str) else value


class DecisionExpected(Strict):
    """What becomes of the n-th finding of the example (from 0). What is not mentioned stays as it was."""

    finding: Whole
    """Which finding of the example, from 0."""
    suppressed: Given[YesNo] = None
    """Whether it is set aside."""
    severity: Given[Severity] = None
    """What it counts for now."""
    route: Given[Team] = None
    """The team that it goes to."""


class DecisionExample(Strict):
    """Facts by hand: findings, values of the claim (`{payer.key: x}`), and what is concluded.

    `facts` are those of the derive stage: what an `add_fact` decision adds, and what any other is given.
    """

    name: Text
    """What this example shows, in a few words."""
    findings: list[DecisionFinding] = Field(min_length=1)
    """The findings that are there."""
    claim: dict[str, Any] = Field(default_factory=dict)
    """Values of the claim, by path: `{payer.key: example_health}`."""
    facts: list[
        Annotated[DecisionFact, BeforeValidator(_fact, json_schema_input_type=Name | DecisionFact)]
    ] = Field(default_factory=list)
    """Facts of the stage `derive`: what such a decision adds, or what another one is given."""
    expect: list[DecisionExpected] = Field(default_factory=list)
    """What becomes of the findings; those left out stay as they were."""
    outcome: Given[Literal["rejected", "review", "clean"]] = None
    """What becomes of the claim."""

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
    """Examples in which the decision acts."""
    silent: list[DecisionExample] = Field(min_length=1)
    """Examples in which it holds back."""

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
    """The version of the rule language: 1."""
    id: Identifier
    """Family and number, such as DEC-001. For ever: it is never given to another decision."""
    name: Name
    """States the problem, never the cure. The file is called `<id>-<name>.yaml`."""
    title: Text
    """What is decided, as a sentence."""
    status: Status
    """Whether the decision is taken."""
    stage: Stage
    """When it is taken; each stage sees what earlier ones concluded."""
    given: dict[Word, Pattern] = Field(min_length=1)
    """The findings, facts and traits that must be there, by name."""
    unless: list[Pattern] = Field(default_factory=list)
    """Findings, facts or traits that must not be there."""
    then: Then
    """What follows: one action, and the reason."""
    why: Text
    """Why this is right."""
    references: list[Text] = Field(min_length=1)
    """Who says so: keys of `sources.yaml`."""
    examples: DecisionExamples
    """The proof: it acts, and it holds back."""

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
