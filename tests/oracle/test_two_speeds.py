"""One semantics, two speeds: the generated function of a rule never clears a claim the evaluator objects to.

Over shipped rules and rules made at random (all that the loader accepts), on claims with values at any
place, readable or not. Neither speed may raise: a rule that loads must run.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from random import Random

import pytest

from scrubber.claim.model import Claim
from scrubber.claim.paths import ALL_TYPES
from scrubber.engine.evaluate import concerns, evaluate
from scrubber.engine.generate import Suspects, generate, source_of
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.engine.observe import Observer
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.packs.rules import Rule
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.read.claim_json import claim_from_json
from tests.oracle.claims import documents, filled, illegible, read, spoilt
from tests.oracle.rules import HEAD, Made, Raw, random_rules
from tests.support.make837 import make837

pytestmark = pytest.mark.slow

BUNDLE = load_packs([builtin_rules_dir()], BUILDER_NAMES)
RECEIPT_DATE = dt.date(2026, 8, 18)
PARTS = range(4)
#: How many rules with a function of their own, and how many that are always evaluated.
WRITTEN, UNWRITTEN, CLAIMS_A_PART = 160, 40, 40
GIVES_UP = "always evaluated"


@dataclass
class Tally:
    """What happened to so many pairs of a rule and a claim."""

    pairs: int = 0
    observed: int = 0
    suspected: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, example: Callable[[], str]) -> None:
        self.problems[what] += 1
        self.first.setdefault(what, example())

    def __str__(self) -> str:
        worst = self.problems.most_common(12)
        return "\n".join(f"{count} x {what}\n{self.first[what]}" for what, count in worst)


def written(*rules: CompiledRule) -> str:
    """Return the source of the functions of some rules."""
    return "\n".join(source_of(rules, claim_type)[0] for claim_type in sorted(ALL_TYPES))


def suspects_of(*rules: CompiledRule) -> Suspects:
    """Return the function of some rules for claims of any type."""
    of_type = cache(partial(generate, rules))
    return lambda claim, receipt_date: of_type(claim.claim_type)(claim, receipt_date)


def compare(
    rules: Sequence[CompiledRule],
    suspects: Suspects,
    claim: Claim,
    tally: Tally,
    shown: Callable[[CompiledRule], str],
) -> None:
    """Compare what the evaluator observes with what the function of the rules together asks for."""
    try:
        looked_at = suspects(claim, RECEIPT_DATE)
    except Exception as error:
        note = f"the generated function raises {type(error).__name__}: {error}"
        tally.note(note, lambda: "\n".join(map(shown, rules)))
        return
    for number, rule in enumerate(rules):
        tally.pairs += 1
        try:
            observations = list(evaluate(rule, claim, RECEIPT_DATE))
        except Exception as error:
            tally.note(f"the evaluator raises {type(error).__name__}: {error}", partial(shown, rule))
            continue
        tally.observed += bool(observations)
        tally.suspected += number in looked_at
        if observations and number not in looked_at:
            kinds = ", ".join(sorted({o.kind for o in observations}))
            tally.note(
                f"the generated function clears what the evaluator calls {kinds}", partial(shown, rule)
            )


def claims(seed: int, count: int) -> Iterator[Claim]:
    """Yield claims as generated, spoilt, filled and both, with values at the edge of what a date can be."""
    random = Random(seed)
    for index, document in enumerate(documents(count, seed, 0.1)):
        made = filled(document, random, random.choice([0, 5, 15, 40]))
        made = spoilt(made, random, random.choice([0, 0, 2, 5]))
        if index % 4 == 2:
            made = illegible(filled(document, random, 120), random)
        if index % 8 == 0:
            made.setdefault("lines", [{}])
            for line, date in zip(made["lines"], ["9999-12-31", "0001-01-01"], strict=False):
                line["service_date"] = {"from": date}
        if index % 8 == 1 and "claim_type" not in made:
            made["place_of_service"], made["prior_authorization_number"] = "21", "A1"
            for line in made.get("lines", []):
                line["place_of_service"] = line["prior_authorization_number"] = ""
        yield claim_from_json(made)


# --- rules made at random ------------------------------------------------------------------------------


#: A rule, ready to run, and whether its functions are written or say that it is always evaluated.
Sample = list[tuple[Made, CompiledRule, bool]]


def sample_of(rules: Iterator[Made], written_ones: int, unwritten: int) -> tuple[Sample, int]:
    """Return so many rules of both kinds, and how many of a hundred made at random are always evaluated."""
    sample: Sample = []
    made_of: Counter[bool] = Counter()
    wanted = {True: written_ones, False: unwritten}
    while any(made_of[kind] < count for kind, count in wanted.items()):
        made = next(rules)
        rule = made.compiled(BUNDLE.sets)
        has_function = GIVES_UP not in written(rule)
        made_of[has_function] += 1
        if made_of[has_function] <= wanted[has_function]:
            sample.append((made, rule, has_function))
    return sample, 100 * made_of[False] // made_of.total()


def _in_batches(rules: Sequence[CompiledRule]) -> Iterator[Sequence[CompiledRule]]:
    """Yield rules alone, and more and more of them together: they share loops, values and variables."""
    size, rest = 1, list(rules)
    while rest:
        yield rest[:size]
        rest, size = rest[size:], size + 1


@pytest.mark.parametrize("part", PARTS)
def test_no_random_rule_clears_what_the_evaluator_observes(part: int) -> None:
    tally, sample = Tally(), list(claims(part, CLAIMS_A_PART))
    rules, share = sample_of(random_rules(Random(100 + part), BUNDLE), WRITTEN, UNWRITTEN)
    made_as = {id(rule): made for made, rule, _ in rules}
    Random(part).shuffle(rules)
    for together in _in_batches([rule for _, rule, _ in rules]):
        suspects = suspects_of(*together)
        source = partial(written, *together)
        for claim in sample:
            compare(
                together,
                suspects,
                claim,
                tally,
                lambda rule, source=source: f"{made_as[id(rule)]}\n{source()}",
            )
    print(
        f"{tally.pairs} pairs, {tally.observed} observed, {tally.suspected} looked at; "
        f"{share} % of rules made at random are always evaluated"
    )
    assert tally.pairs == (WRITTEN + UNWRITTEN) * CLAIMS_A_PART
    assert tally.observed > tally.pairs / 20
    assert tally.suspected < tally.pairs * 0.8
    assert not tally.problems, str(tally)


# --- shapes that chance finds rarely -------------------------------------------------------------------

LINE = {"service_date": {"from": "2026-08-18"}, "diagnosis_pointers": [1, "A"], "charge": "ABC"}
RARE: dict[str, Raw] = {
    "within, at the beginning of time": {
        "for_each": "lines",
        "require": {"field": "line.service_date.from", "within": {"years": "1", "before": "onset_date"}},
    },
    "within, at the end of time": {
        "for_each": "lines",
        "require": {"field": "accident_date", "within": {"days": "1", "after": "accident_date"}},
    },
    "how many, one of them unreadable": {
        "for_each": "lines",
        "require": {"field": "line.diagnosis_pointers", "count_at_least": "2"},
    },
    "how many of the claim, one of them unreadable": {
        "for_each": "claim",
        "require": {"not": {"field": "lines.charge", "count_at_least": "9"}},
    },
    "how many of a named value that nobody knows": {
        "for_each": "claim",
        "let": {"charges": {"distinct": "lines", "of": "charge"}},
        "require": {"field": "charges", "count_at_least": "1"},
    },
    "in a list with an unreadable member": {
        "for_each": "lines",
        "when": {"field": "line.service_date.from", "in": ["2026-08-18", {"path": "last_seen_date"}]},
        "require": {"field": "line.units", "present": "true"},
    },
}


@pytest.mark.parametrize("name", RARE)
def test_rare_shapes(name: str) -> None:
    raw = {**HEAD, "at": ["total_charge"], "message": "m", **RARE[name]}
    rule = compile_rule(Rule.model_validate(raw), Known())
    times = {"onset_date": "0001-01-01", "accident_date": "9999-12-31", "last_seen_date": "20261318"}
    tally = Tally()
    for document in ({**times, "lines": [LINE]}, {**times, "lines": []}, {"lines": [LINE]}, {}):
        compare(
            [rule],
            suspects_of(rule),
            claim_from_json(document),
            tally,
            written,
        )
    assert not tally.problems, str(tally)


# --- shipped rules -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer(BUNDLE.rules, Known.of(BUNDLE))


def test_no_shipped_rule_clears_what_the_evaluator_observes(observer: Observer) -> None:
    tally = Tally()
    rules = list(observer.compiled.values())
    suspects = suspects_of(*rules)
    scrubber = Scrubber(BUNDLE)
    for seed in (20, 21):
        for claim in map(scrubber.normalise, claims(seed, 250)):
            compare(rules, suspects, claim, tally, lambda rule: rule.rule.id)
    print(f"{tally.pairs} pairs, {tally.observed} observed, {tally.suspected} looked at")
    assert tally.pairs >= 10_000 and tally.observed > 1_000
    assert not tally.problems, str(tally)


def test_no_shipped_rule_is_always_evaluated(observer: Observer) -> None:
    assert not [i for i, rule in observer.compiled.items() if GIVES_UP in written(rule)]


def test_shipped_rules_do_not_look_at_clean_claims(observer: Observer) -> None:
    """The speed of the product: a clean claim costs no evaluation. With this seed no line repeats."""
    clean = [item.claim for item in read(make837(400, seed=9).encode())]
    assert _looked_at(observer, clean) == {}


def test_shipped_rules_do_not_look_at_the_base_claims(observer: Observer) -> None:
    bases = [item.claim for text in BUNDLE.base.values() for item in read(text.encode())]
    assert bases and _looked_at(observer, bases) == {}


def _looked_at(observer: Observer, clean: Sequence[Claim]) -> dict[str, int]:
    """Return how often each rule's function asks for a look at claims that no rule objects to."""
    scrubber = Scrubber(BUNDLE)
    counts: Counter[str] = Counter()
    suspects = {name: suspects_of(rule) for name, rule in observer.compiled.items()}
    for claim in map(scrubber.normalise, clean):
        assert not observer.observe(claim, None)
        for name, suspect in suspects.items():
            if concerns(observer.compiled[name], claim):
                counts[name] += bool(suspect(claim, None))
    return {rule: count for rule, count in counts.items() if count}
