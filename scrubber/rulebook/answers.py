"""Which examples of one version of a rule the other version answers otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scrubber.base_claims import Bases, ExampleError
from scrubber.claim.model import Claim
from scrubber.engine.decision_examples import check_decision_examples
from scrubber.engine.evaluate import evaluate
from scrubber.engine.ir import CompiledRule
from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule
from scrubber.packs.rules import Example
from scrubber.pipeline import Scrubber
from scrubber.rule_examples import build_claim, examples_of, trait_of
from scrubber.rulebook.compiled import compiled

Version = Literal["old", "new"]
_WORDS = {"violation": "fails", "bypass": "is bypassed", "unknown": "cannot be judged"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An example of one version, and what each of the two versions says about it."""

    example: str
    of: Version
    old: str
    new: str


class Side:
    """One version of a folder of rules, ready to be asked. Raises ExampleError (base claims)."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.scrubber = Scrubber(bundle)
        self.bases = Bases(bundle.base)

    def claim(self, example: Example) -> Claim | None:
        """Return the claim of an example; None when it cannot be made."""
        try:
            return self.scrubber.normalise(build_claim(example, self.bases))
        except (ExampleError, KeyError):
            return None


def rule_answers(old: LoadedRule, new: LoadedRule, before: Side, after: Side) -> Iterator[Answer]:
    """Yield the examples of either version that the two versions of a rule answer differently."""
    rules = (compiled(before.bundle, old.rule), compiled(after.bundle, new.rule))
    seen = [example for _, example in examples_of(old)]
    yield from _asked(seen, "old", before, rules)
    yield from _asked([e for _, e in examples_of(new) if e not in seen], "new", after, rules)


def _asked(
    examples: list[Example], of: Version, side: Side, rules: tuple[CompiledRule, CompiledRule]
) -> Iterator[Answer]:
    for example in examples:
        claim = side.claim(example)
        if claim is not None:
            first, second = (_outcome(rule, claim, example) for rule in rules)
            if first != second:
                yield Answer(example.name, of, first, second)


def _outcome(rule: CompiledRule, claim: Claim, example: Example) -> str:
    seen = [
        _WORDS[o.kind] + (f" at {o.at[0]}" if o.at else "")
        for o in evaluate(rule, claim, example.receipt_date)
    ]
    return "; ".join(seen) or "passes"


def decision_answers(old: LoadedDecision, new: LoadedDecision, before: Side, after: Side) -> Iterator[Answer]:
    """Yield the examples of either version of a decision that do not hold under the other one."""
    sides: tuple[tuple[Version, LoadedDecision, LoadedDecision, Side], ...] = (
        ("old", old, new, after),
        ("new", new, old, before),
    )
    for of, mine, other, side in sides:
        for group in ("fires", "silent"):
            for example in getattr(mine.decision.examples, group):
                alone = {"fires": [], "silent": [], group: [example]}
                examples = mine.decision.examples.model_copy(update=alone)
                asked = other.decision.model_copy(update={"examples": examples})
                try:
                    problems = check_decision_examples(asked, trait_of(side.scrubber, side.bases))
                except ExampleError:  # its claim cannot be made with this version's base claims
                    continue
                if problems:
                    said = "; ".join(problem.partition("`: ")[2] for problem in problems)
                    told = ("as it says", said) if of == "old" else (said, "as it says")
                    yield Answer(example.name, of, *told)
