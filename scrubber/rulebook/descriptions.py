"""What a rule or decision asks and does, under headings, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scrubber.packs.decisions import DecisionRule, Pattern
from scrubber.packs.rules import AppliesTo, Rule
from scrubber.rulebook.changes import as_yaml, data_of
from scrubber.rulebook.words import (
    Phrase,
    change_words,
    condition_words,
    let_words,
    lookup_words,
    needs_words,
    parameter_words,
    scope_words,
    value_words,
)

Section = tuple[str, list[Phrase]]

#: Keys of a rule that a reader is told of in words; any other is shown as it is written.
_TOLD = frozenset(
    "schema id aliases name title status severity snip applies_to dated_by parameters for_each lookup let "
    "when require bypass at message why denial references amend examples".split()
)
_SEVERITIES = {
    "reject": "reject: refused at the front end",
    "deny": "deny: refused when the payer decides",
    "warn": "warn: somebody should look first",
    "info": "info: for information",
}
_STATUSES = {
    "draft": "draft: does not run",
    "preview": "preview: runs and never blocks",
    "stable": "stable",
    "deprecated": "deprecated: still runs, and will go",
}
_APPLICABILITY = {
    "safe": "may be applied by itself",
    "confirm": "waits for a named person",
    "advise": "advice only; a person decides and changes the claim",
}
_STAGES = {
    "derive": "derive: notes what findings mean together",
    "keep": "keep: leaves out findings that others explain",
    "escalate": "escalate: changes how severe a finding is",
    "route": "route: says who should look",
    "outcome": "outcome: says what becomes of the claim",
}


def rule_sections(rule: Rule) -> Iterator[Section]:
    """Yield what a rule asks of a claim."""
    yield "It looks at", [scope_words(rule.for_each)]
    if rule.needs:
        yield "It needs", [needs_words(rule.needs)]
    if rule.parameters:
        told = [parameter_words(name, each) for name, each in rule.parameters.items()]
        yield "What payers may set", told
    if rule.lookup:
        yield "It looks up", [lookup_words(name, each) for name, each in rule.lookup.items()]
    if rule.let:
        yield "Where", [let_words(name, let) for name, let in rule.let.items()]
    if rule.when is not None:
        yield "When", [condition_words(rule.when)]
    yield "It requires that", [condition_words(rule.require)]
    if rule.bypass is not None:
        yield "What fails is kept for audit only when", [condition_words(rule.bypass)]
    amend = rule.amend
    if amend is not None:
        parts = [Phrase(f"{amend.title} ({_APPLICABILITY.get(amend.applicability, amend.applicability)})")]
        if amend.when is not None:
            parts.append(Phrase("only when", (condition_words(amend.when),)))
        parts += [Phrase(change_words(each)) for each in amend.change]
        if amend.build is not None:
            table = f", from the table {amend.build.table}" if amend.build.table is not None else ""
            parts.append(Phrase(f"change by the algorithm {amend.build.name}{table}"))
        yield "Its amendment", parts
    for key, value in data_of(rule).items():
        if key not in _TOLD:
            yield f"Its key `{key}`", [Phrase(as_yaml(value))]


def rule_facts(rule: Rule, payers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield severity, scope and the like; `payers` gives names by key."""
    yield "Severity", _SEVERITIES.get(rule.severity, rule.severity)
    yield "Status", _STATUSES.get(rule.status, rule.status)
    yield "SNIP type", str(rule.snip) if rule.snip is not None else "none: an edit outside SNIP"
    yield from _scope_facts(rule.applies_to, payers)
    if rule.dated_by is not None:
        yield "Dated by", value_words(rule.dated_by)
    if rule.denial is not None and rule.denial.status277 is not None:
        yield "277CA status", rule.denial.status277


def _scope_facts(scope: AppliesTo, payers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "Claims", ", ".join(scope.claim_types) or "all kinds"
    yield "Payers", ", ".join(payers.get(key, key) for key in scope.payers) or "all"
    if scope.programs:
        yield "Programmes", ", ".join(scope.programs)
    if scope.frequencies:
        yield "Frequency codes", ", ".join(scope.frequencies)
    if scope.bill_types:
        yield "Types of bill", ", ".join(scope.bill_types)
    if scope.setting is not None:
        yield "Setting", scope.setting
    if scope.lines_of_business:
        yield "Lines of business", ", ".join(scope.lines_of_business)
    if scope.states:
        yield "States", ", ".join(scope.states)
    if scope.specialties:
        yield "Specialties", ", ".join(scope.specialties)
    if scope.encounters is False:
        yield "Encounters", "not"
    if scope.predeterminations is False:
        yield "Predeterminations", "not"
    dates = scope.effective
    if dates.from_ is not None or dates.to is not None:
        begin = f"from {dates.from_.isoformat()} " if dates.from_ else ""
        end = f"to {dates.to.isoformat()}" if dates.to else ""
        yield "In force", f"{begin}{end}".strip() + ", by the date of the item"


# --- decisions ----------------------------------------------------------------------------------------


def decision_sections(decision: DecisionRule) -> Iterator[Section]:
    """Yield what a decision looks for and what it concludes."""
    yield "When there is", [_pattern(pattern, f"{alias}: ") for alias, pattern in decision.given.items()]
    if decision.unless:
        yield "Unless there is", [_pattern(pattern) for pattern in decision.unless]
    yield "It concludes", [Phrase(_conclusion(decision)), Phrase(f"because: {decision.then.because}")]


def decision_facts(decision: DecisionRule) -> Iterator[tuple[str, str]]:
    """Yield stage and status."""
    yield "Stage", _STAGES.get(decision.stage, decision.stage)
    yield "Status", _STATUSES.get(decision.status, decision.status)


def looks_at(decision: DecisionRule, rule_id: str) -> bool:
    """Return whether a decision looks for findings of a rule, by its id or its family."""
    family = f"{rule_id.partition('-')[0]}-*"
    patterns = (*decision.given.values(), *decision.unless)
    return any(name in (rule_id, family) for pattern in patterns for name in pattern.finding or ())


def _pattern(pattern: Pattern, alias: str = "") -> Phrase:
    same = " on the same line as the first" if pattern.same_line else ""
    if pattern.claim is not None:
        return Phrase(f"{alias}a claim for which", (condition_words(pattern.claim),))
    if pattern.fact is not None:
        return Phrase(f"{alias}the fact {pattern.fact}{same}")
    return Phrase(f"{alias}a finding of {' or '.join(pattern.finding or [])}{same}")


def _conclusion(decision: DecisionRule) -> str:
    then, target = decision.then, decision.target
    if then.suppress is not None:
        return f"the finding {target} is left out"
    change = then.raise_ or then.lower
    if change is not None:
        return f"the severity of the finding {target} becomes {change.severity}"
    if then.route is not None:
        return f"the finding {target} goes to {then.route.team}"
    if then.outcome is not None:
        return f"the claim is {then.outcome}"
    return f"it notes the fact {then.add_fact}"
