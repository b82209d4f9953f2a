"""The product and the oracle come to the same conclusions: 1,500 generated claims, and spoilt ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from scrubber.base_claims import Bases
from scrubber.engine.facts import Observation
from scrubber.packs.conditions import Condition
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.read.claim_json import claim_from_json, claim_to_json
from scrubber.read.reader import ReadClaim
from scrubber.rule_examples import build_claim
from tests.engine.decisions import shipped
from tests.engine.oracle import judge
from tests.oracle.claims import Document, documents, of_type, spoilt
from tests.oracle.conditions import holds
from tests.oracle.naive import Book, Seen
from tests.oracle.values import World

pytestmark = pytest.mark.slow

BOOK = Book.read(builtin_rules_dir())
DECISIONS = [decision for decision in shipped() if decision.status != "draft"]

#: (seed, chance of each mistake, claims, mishaps on each)
Batch = tuple[int, float, int, int]
GENERATED: list[Batch] = [(1, 0.05, 500, 0), (2, 0.1, 500, 0), (3, 0.2, 500, 0)]
SPOILT: list[Batch] = [(4, 0.05, 300, 1), (5, 0.1, 300, 3), (6, 0.0, 300, 6)]
RECEIPT_DATES = (None, dt.date(2026, 8, 20), dt.date(2026, 8, 18), dt.date(2025, 1, 1))


#: Rule, outcome, severity, primary path and route of a finding.
Concluded = tuple[str, str, str, str, str | None]


@dataclass(frozen=True)
class Conclusions:
    """What is compared: the findings, and what became of the claim."""

    findings: tuple[Concluded, ...]
    outcome: str
    coverage: str
    not_evaluated: tuple[str, ...]


@dataclass
class Tally:
    """What happened over all claims, so that agreement means something."""

    claims: int = 0
    fails: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, conclusions: Conclusions) -> None:
        self.claims += 1
        self.outcomes[conclusions.outcome] += 1
        for rule, outcome, _, _, route in conclusions.findings:
            self.others[outcome] += 1
            self.others["routed"] += route is not None
            self.fails[rule] += outcome == "fail"
        self.others["unknown"] += len(conclusions.not_evaluated)


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    return Scrubber(load_packs([builtin_rules_dir()], BUILDER_NAMES))


def expected(item: ReadClaim, receipt_date: dt.date | None) -> Conclusions:
    """Return what the oracle concludes on a claim."""
    claim, date = BOOK.normalised(claim_to_json(item.claim)), _text(receipt_date)
    seen = BOOK.observe(claim, date)
    observations = [_observation(one) for one in seen]

    def trait(condition: Condition) -> bool | None:
        raw = condition.model_dump(by_alias=True, exclude_unset=True)
        return holds(World(claim, date, BOOK.sets), raw)

    things, outcome, _facts = judge(DECISIONS, observations, trait)
    places = [one.at for one in seen if one.kind != "unknown"]
    unknown = dict.fromkeys(one.rule for one in seen if one.kind == "unknown")
    return Conclusions(
        in_order((t.name, t.outcome, t.severity, at, t.route) for t, at in zip(things, places, strict=True)),
        outcome,
        "partial" if unknown else "complete",
        tuple(unknown),
    )


def in_order(findings: Iterable[Concluded]) -> tuple[Concluded, ...]:
    """By rule and place: in which order a sweep finds its values does not matter."""
    return tuple(sorted(findings, key=lambda finding: (finding[0], finding[3])))


def _text(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None


def _observation(one: Seen) -> Observation:
    kind: Any = one.kind
    severity: Any = one.severity
    return Observation(kind, one.rule, severity, one.items, one.line, (one.at,))


def concluded(scrubber: Scrubber, item: ReadClaim, receipt_date: dt.date | None) -> Conclusions:
    """Return what the product concludes on a claim."""
    result = scrubber.scrub(item, receipt_date, verify=False)
    return Conclusions(
        in_order((f.rule, f.outcome, f.severity, f.locations[0].path, f.route) for f in result.findings),
        result.outcome,
        result.coverage,
        tuple(entry.rule for entry in result.not_evaluated),
    )


def cases(batch: Batch) -> Iterator[tuple[ReadClaim, dt.date | None]]:
    seed, errors, count, mishaps = batch
    random = Random(seed)
    for index, made in enumerate(documents(count, seed, errors)):
        document = made
        if mishaps and index % 4 == 0:
            through = random.choice(["2026-08-18", "2026-08-01", "2027-08-18"])
            statement = {"from": "2026-08-17", "through": through}
            document = {**of_type(made, "institutional"), "statement_period": statement}
        elif mishaps and index % 8 == 1:
            document = dental(made, Random(index))
        spoilt_document = spoilt(document, random, mishaps) if mishaps else document
        receipt_date = random.choice(RECEIPT_DATES) if mishaps else None
        yield ReadClaim(index, claim_from_json(spoilt_document), None), receipt_date


def own_examples(scrubber: Scrubber) -> Iterator[tuple[str, ReadClaim, dt.date | None]]:
    """Yield the claims of every rule's examples: what few generated claims have, they have."""
    bases = Bases(scrubber.bundle.base)
    for loaded in scrubber.bundle.rules:
        examples = loaded.rule.examples
        for one in (*examples.pass_, *examples.fail, *examples.bypassed, *examples.unknown):
            yield loaded.rule.id, ReadClaim(0, build_claim(one, bases), None), one.receipt_date


def dental(made: Document, random: Random) -> Document:
    """Return a claim as a dental one, with teeth; some are predeterminations or date all lines at once."""
    document = of_type(made, "dental")
    for line in document.get("lines", []):
        tooth = {"number": random.choice(["3", "8", "T", "33"]), "surfaces": [random.choice("MODI")]}
        line["teeth"] = [tooth if random.random() < 0.8 else {"surfaces": tooth["surfaces"]}]
        line["prosthesis"] = random.choice(["I", "R"])
    if random.random() < 0.3:
        document["orthodontics"] = {"total_months": "24", "remaining_months": random.choice(["20", "25"])}
    if random.random() < 0.3:
        document["predetermination"] = "PB"
    if random.random() < 0.5:
        for line in document.get("lines", []):
            line.pop("service_date", None)
        if random.random() < 0.7:
            document["service_date"] = {"from": "2026-08-10"}
    return document


@pytest.mark.parametrize("batch", GENERATED + SPOILT, ids=lambda batch: f"seed{batch[0]}")
def test_conclusions_are_the_oracles(scrubber: Scrubber, batch: Batch) -> None:
    differences = []
    pairs = 0
    for item, receipt_date in cases(batch):
        pairs += len(BOOK.rules)
        wanted, got = expected(item, receipt_date), concluded(scrubber, item, receipt_date)
        if got != wanted:
            differences.append(f"claim {item.index}:\n  oracle  {wanted}\n  product {got}")
    print(f"{pairs} pairs of a shipped rule and a claim, observed by the oracle and by the product")
    assert not differences, f"{len(differences)} claims differ\n" + "\n".join(differences[:3])


def test_conclusions_on_the_rules_own_examples_are_the_oracles(scrubber: Scrubber) -> None:
    differences = []
    for rule, item, receipt_date in own_examples(scrubber):
        wanted, got = expected(item, receipt_date), concluded(scrubber, item, receipt_date)
        if got != wanted:
            differences.append(f"an example of {rule}:\n  oracle  {wanted}\n  product {got}")
    assert not differences, f"{len(differences)} claims differ\n" + "\n".join(differences[:3])


def test_every_rule_and_every_kind_of_conclusion_occurs(scrubber: Scrubber) -> None:
    """Agreement proves little where nothing happens: a rule fails in generated claims or in its examples."""
    tally = Tally()
    shown: Counter[str] = Counter()
    for _, item, receipt_date in own_examples(scrubber):
        shown.update(rule for rule, outcome, *_ in expected(item, receipt_date).findings if outcome == "fail")
    for batch in (GENERATED[1], *SPOILT):
        for item, receipt_date in cases(batch):
            tally.add(expected(item, receipt_date))
    print(
        f"of {tally.claims} claims {dict(tally.outcomes)}, {dict(tally.others)}; failed {dict(tally.fails)}"
    )
    rare = {rule["id"] for rule in BOOK.rules if tally.fails[rule["id"]] < 5 and not shown[rule["id"]]}
    assert not rare
    assert sum(fails >= 5 for fails in tally.fails.values()) >= 50
    assert all(tally.others[kind] >= 10 for kind in ("fail", "bypassed", "suppressed", "unknown", "routed"))
    assert all(tally.outcomes[outcome] >= 20 for outcome in ("clean", "review", "rejected"))


def test_a_receipt_date_that_nobody_gave_is_unknown(scrubber: Scrubber) -> None:
    """Neither the run nor BHT04 gives one: nobody can say whether a service is dated after it."""
    for item, _ in cases((7, 0.0, 5, 0)):
        item.claim.transaction.date = None
        assert concluded(scrubber, item, None) == expected(item, None)
        assert concluded(scrubber, item, None).not_evaluated == ("FMT-005",)


def test_the_oracle_reads_the_rules_that_are_loaded(scrubber: Scrubber) -> None:
    assert [rule["id"] for rule in BOOK.rules] == list(scrubber.observer.compiled)


def test_without_the_engine_a_claim_with_facts_is_an_error_and_any_other_clean() -> None:
    disabled = Scrubber(load_packs([builtin_rules_dir()], BUILDER_NAMES), engine_enabled=False)
    outcomes: Counter[tuple[bool, str]] = Counter()
    for batch in ((1, 0.05, 150, 0), (4, 0.05, 150, 2)):
        for item, receipt_date in cases(batch):
            facts = BOOK.observe(BOOK.normalised(claim_to_json(item.claim)), _text(receipt_date))
            outcomes[bool(facts), disabled.scrub(item, receipt_date).outcome] += 1
    assert set(outcomes) == {(True, "error"), (False, "clean")}
