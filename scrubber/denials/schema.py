"""The shape of rules/denials/: what an entry, the signals and the list of code numbers may say.

Own words only: the wording of the CARC and RARC lists is copyrighted and appears nowhere.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scrubber.packs.shapes import Given, Identifier, Program, SchemaOne, Strict, Text, Whole, mistake

Group = Literal["CO", "OA", "PI", "PR"]

#: What can be done about a denial. The names are stable: other systems route by them.
Action = Literal[
    "fix_and_resubmit", "corrected_claim", "void", "reopening", "appeal", "ask_payer", "post", "write_off"
]

#: What must not be done: an action, or one of three things that are no answer to a denial.
Forbidden = Literal[
    "fix_and_resubmit",
    "corrected_claim",
    "void",
    "reopening",
    "appeal",
    "new_claim",
    "bill_patient",
    "unsupported_code",
]

#: The claim frequency code (CLM05-3) of the actions that send a claim: 1 original, 7 replace, 8 void.
FREQUENCIES: dict[str, str] = {"fix_and_resubmit": "1", "corrected_claim": "7", "void": "8"}

CARC = r"^([ABPWY]?[0-9]{1,3})$"
RARC = r"^(M|MA|N)[0-9]{1,3}$"

Carc = Annotated[str, Field(pattern=CARC)]
Rarc = Annotated[str, Field(pattern=RARC)]


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Rarcs = Annotated[list[Rarc], BeforeValidator(_one_or_many)]
Groups = Annotated[list[Group], BeforeValidator(_one_or_many)]


class When(Strict):
    """When something holds; every part given must be true.

    `rarc`: one of these remark codes was given; `without`: none of these was; `programs`: the payer's
    programme; `case`: something only a person can answer, so it is always shown as a condition.
    """

    rarc: Rarcs = Field(default_factory=list)
    without: Rarcs = Field(default_factory=list)
    programs: list[Program] = Field(default_factory=list)
    case: Given[Text] = None

    @model_validator(mode="after")
    def _not_empty(self) -> When:
        if not self.model_fields_set:
            raise mistake("A condition needs `rarc`, `without`, `programs` or `case`")
        return self


class Step(Strict):
    """What to do next; with `when`, `else` says what to do otherwise."""

    when: Given[When] = None
    action: Action
    frequency: Given[Literal["1", "7", "8"]] = None
    text: Text
    send: list[Text] = Field(default_factory=list)
    else_: Given[Step] = Field(default=None, alias="else")

    @model_validator(mode="after")
    def _fits(self) -> Step:
        needed = FREQUENCIES.get(self.action)
        if self.frequency != needed:
            if needed is None:
                raise mistake(f"`{self.action}` sends no claim, so it has no frequency", key="frequency")
            raise mistake(
                f"`{self.action}` has claim frequency {needed} (1 original, 7 replaces, 8 voids)",
                key="frequency" if self.frequency else "action",
                remedy=f'Write frequency: "{needed}"',
            )
        if (self.when is None) != (self.else_ is None):
            raise mistake(
                "A step with `when` needs `else`, and only such a step has it",
                key="when" if self.when else "else",
            )
        return self


class Cause(Strict):
    """A likely cause, and the rules that would have found it before the claim was sent."""

    text: Text
    prevented_by: list[Identifier] = Field(default_factory=list)


class Guardrail(Strict):
    """What must not be done, and why."""

    forbid: Forbidden
    when: Given[When] = None
    why: Text


class Key(Strict):
    """Which denials an entry is about; what is left out fits any. The most specific entry wins."""

    group: Groups = Field(min_length=1)
    carc: Carc
    rarc_any: list[Rarc] = Field(default_factory=list)
    programs: list[Program] = Field(default_factory=list)
    payers: list[Text] = Field(default_factory=list)


class Entry(Strict):
    """One denial: meaning, causes, next step, what not to do, sources."""

    schema_: SchemaOne = Field(alias="schema")
    key: Key
    kind: Literal["denial", "not_a_denial"] = "denial"
    meaning: Text
    causes: list[Cause] = Field(min_length=1)
    next_step: Step
    guardrails: list[Guardrail] = Field(default_factory=list)
    references: list[Text] = Field(min_length=1)


# --- signals.yaml ---------------------------------------------------------------------------------


class GroupMeanings(Strict):
    """Who bears the amount, by claim adjustment group."""

    meanings: dict[Group, Text]
    references: list[Text] = Field(min_length=1)


class NeedsRemark(Strict):
    """Reason codes that say nothing without a remark code."""

    carcs: list[Carc] = Field(min_length=1)
    text: Text
    references: list[Text] = Field(min_length=1)


class Remark(Strict):
    """Remark codes that decide by themselves what may be done, whatever the reason code."""

    rarc: Rarcs = Field(min_length=1)
    meaning: Text
    next_step: Given[Step] = None
    forbid: list[Forbidden] = Field(min_length=1)
    references: list[Text] = Field(min_length=1)


class Instead(Strict):
    """Payers (by programme) that do not take an action, and what they take instead."""

    programs: list[Program] = Field(min_length=1)
    action: Action
    next_step: Step
    references: list[Text] = Field(min_length=1)


class Limit(Strict):
    """A time limit."""

    days: Whole = 0
    years: Whole = 0

    @model_validator(mode="after")
    def _some(self) -> Limit:
        if self.days + self.years < 1:
            raise mistake("A limit needs `days` or `years`")
        return self


class DeadlineRule(Strict):
    """By when an action must be taken under some programmes, counted from a date of the claim."""

    action: Action
    programs: list[Program] = Field(min_length=1)
    limit: Limit
    from_: Literal["service_date", "remittance_date"] = Field(alias="from")
    text: Text
    references: list[Text] = Field(min_length=1)


class NotADenial(Strict):
    """Adjustments that need no answer."""

    group: Group
    carcs: list[Carc] = Field(min_length=1)
    meaning: Text
    text: Text
    references: list[Text] = Field(min_length=1)


class Signals(Strict):
    """signals.yaml: what is asked of a denial before its own entry."""

    schema_: SchemaOne = Field(alias="schema")
    groups: GroupMeanings
    needs_remark: NeedsRemark
    remarks: list[Remark] = Field(default_factory=list)
    instead: list[Instead] = Field(default_factory=list)
    deadlines: list[DeadlineRule] = Field(default_factory=list)
    not_denials: list[NotADenial] = Field(default_factory=list)


# --- codes.yaml -----------------------------------------------------------------------------------

Span = Annotated[str, Field(pattern=r"^[A-Z]{0,2}[0-9]{1,3}(-[A-Z]{0,2}[0-9]{1,3})?$")]


class CodeNumbers(Strict):
    """codes.yaml: which code numbers exist, as single codes and inclusive spans (`B7-B16`)."""

    schema_: SchemaOne = Field(alias="schema")
    carc: list[Span] = Field(min_length=1)
    rarc: list[Span] = Field(min_length=1)
    references: list[Text] = Field(min_length=1)
