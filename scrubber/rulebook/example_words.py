"""Examples of rules and decisions as short lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scrubber.packs.decisions import DecisionExample, DecisionRule
from scrubber.packs.rules import Example, Rule
from scrubber.rulebook.changes import as_yaml

_OUTCOMES = {"fail": "finding", "bypassed": "bypassed finding", "indeterminate": "not evaluated"}


@dataclass(frozen=True, slots=True)
class Told:
    """One example: its name, and what it does and expects, line by line."""

    name: str
    lines: tuple[str, ...]


def rule_examples(rule: Rule) -> list[tuple[str, list[Told]]]:
    """Return a rule's examples under headings."""
    groups = (
        ("It finds", rule.examples.fail),
        ("It passes", rule.examples.pass_),
        ("It keeps for audit only", rule.examples.bypassed),
        ("It cannot judge", rule.examples.unknown),
    )
    return [(head, [Told(e.name, tuple(_lines(e))) for e in group]) for head, group in groups if group]


def _lines(example: Example) -> Iterator[str]:
    yield f"base claim: {example.base}"
    for edit in example.x12:
        if edit.after is not None:
            yield f"behind its segment {edit.after}: {', '.join(edit.insert)}"
        else:
            yield f"element {edit.element} of its segment {edit.replace} = {as_yaml(edit.with_)}"
    for path in example.remove:
        yield f"without {path}"
    for path, value in example.set.items():
        yield f"{path} = {as_yaml(value)}"
    for path, members in example.add.items():
        yield from (f"one more of {path}: {as_yaml(member)}" for member in members)
    for added in example.add_claims:
        yield f"one more claim in the file: {as_yaml(added)}"
    yield from _known(example)
    if example.receipt_date is not None:
        yield f"received on {example.receipt_date.isoformat()}"
    for expected in example.expect:
        at = f" at {expected.at}" if expected.at is not None else ""
        at += f" of claim {expected.claim}" if expected.claim is not None else ""
        value = f", which is {expected.value}" if expected.value is not None else ""
        yield f"expects: {_OUTCOMES[expected.outcome]}{at}{value}"
    for path, value in example.after.items():
        yield f"after the amendment: {path} = {as_yaml(value)}"


def _known(example: Example) -> Iterator[str]:
    """Yield what an example knows besides its claim."""
    yield from (f"billed before: {as_yaml(line)}" for line in example.history or ())
    if example.history == []:
        yield "billed before: nothing"
    if example.history_from is not None:
        yield f"the history has everything since {example.history_from.isoformat()}"
    for name, items in example.context.items():
        yield f"{name.replace('_', ' ')} on record: {', '.join(as_yaml(item) for item in items) or 'none'}"


def decision_examples(decision: DecisionRule) -> list[tuple[str, list[Told]]]:
    """Return a decision's examples under headings."""
    groups = (("It acts", decision.examples.fires), ("It holds back", decision.examples.silent))
    return [(head, [Told(e.name, tuple(_decision_lines(e))) for e in group]) for head, group in groups]


def _decision_lines(example: DecisionExample) -> Iterator[str]:
    for path, value in example.claim.items():
        yield f"claim: {path} = {as_yaml(value)}"
    for number, finding in enumerate(example.findings):
        line = f" at lines[{finding.line}]" if finding.line is not None else ""
        yield f"finding {number}: {finding.rule}{line}, {finding.severity}, {_OUTCOMES[finding.outcome]}"
    for fact in example.facts:
        yield f"fact: {fact.fact}" + (f" at lines[{fact.line}]" if fact.line is not None else "")
    for expected in example.expect:
        told = [
            *(["suppressed"] if expected.suppressed else []),
            *([f"severity {expected.severity}"] if expected.severity else []),
            *([f"goes to {expected.route}"] if expected.route else []),
        ]
        yield f"expects: finding {expected.finding} {', '.join(told)}"
    if example.outcome is not None:
        yield f"expects: the claim is {example.outcome}"
