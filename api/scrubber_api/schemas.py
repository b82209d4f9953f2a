"""What the API answers, for its OpenAPI description."""

from __future__ import annotations

from pydantic import BaseModel

from scrubber.findings import ClaimOutcome, Finding, NotEvaluated, Severity


class ClaimAnswer(BaseModel):
    """The contract's claim object. `file_findings` is there when the X12 envelope has problems of its own.

    `rules_not_run` are rules that nobody gave anything to look at, such as a history, when there are any:
    what they are about was not checked. The front end rejects a claim in an envelope with problems: its
    outcome is then `rejected`, whatever its rules say.
    """

    index: int
    claim_id: str
    claim_type: str
    outcome: ClaimOutcome
    submittable: bool
    coverage: str
    not_evaluated: list[NotEvaluated]
    findings: list[Finding]
    file_findings: list[Finding] = []
    rules_not_run: list[NotEvaluated] = []


class SourceAnswer(BaseModel):
    """A source a rule cites. `checked`: its text was read by the rule's author."""

    title: str
    url: str | None
    citation: str | None
    checked: bool


class RuleAnswer(BaseModel):
    """One rule. `version` changes with its file; without the inputs that it `needs` it does not run."""

    id: str
    name: str
    title: str
    status: str
    severity: Severity
    snip: int | None
    pack: str
    version: str
    claim_types: list[str]
    payers: list[str]
    needs: list[str]
    why: str
    sources: list[SourceAnswer]


class RulesAnswer(BaseModel):
    """The rules in use and the packs they come from."""

    packs: list[dict[str, str]]
    rules: list[RuleAnswer]
