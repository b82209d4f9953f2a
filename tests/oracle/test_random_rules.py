"""Rules made at random mean the same to the oracle, the evaluator and the generated code.

Left out is what the language does not define: a path in place of a list, and how many values an unreadable
one counts for. The generated code may ask for a look at any claim, but at each on which the oracle sees
something it must.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS
from scrubber.engine.evaluate import evaluate
from scrubber.engine.facts import Observation
from scrubber.engine.ir import CompiledRule
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.oracle.claims import Document, documents, filled, illegible, spoilt
from tests.oracle.known import UNKNOWN, as_date, as_number
from tests.oracle.naive import Book, observe
from tests.oracle.rules import CALCULATIONS, NUMERIC, PAYERS, WITH_PATHS, Made, Raw, random_rules
from tests.oracle.test_two_speeds import sample_of, suspects_of

pytestmark = pytest.mark.slow

BUNDLE = load_packs([builtin_rules_dir()])
SETS = Book.read(builtin_rules_dir()).sets
RECEIPT_DATE = dt.date(2026, 8, 18)
PARTS = range(4)
#: How many rules with a function of their own, and how many that are always evaluated.
WRITTEN, UNWRITTEN, CLAIMS_A_PART = 250, 110, 20
OPERATIONS = (*CALCULATIONS, "choose", "sum", "count", "min", "max", "distinct")
PARAMETERS = ("period", "choice", "number", "amount", "list", "boolean")
KEYS = [
    f"by {kind}" for kind in ("amount", "quantity", "number", "date", "code", "text", "npi", "plain value")
]
FEATURES = ("groups with where", "groups without where", *KEYS, *PARAMETERS, *OPERATIONS)
KINDS = {pattern.replace("[]", ""): info.kind for pattern, info in PATHS.items()}

#: Kind, primary path, line, items and named values of an observation.
Observed = tuple[str, str, int | None, dict[str, str], dict[str, str]]

#: Derived values of items, which the claim as a whole has not; the fields that derived paths stand under.
NOT_OF_THE_CLAIM = ("lines.label", "lines.modifiers_key", "diagnoses.position", "service_period")


def conditions(node: Any) -> Iterator[Raw]:
    """Yield every mapping inside a rule."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from conditions(child)


def is_defined(raw: Raw) -> bool:
    """Return whether the language says what a rule means."""
    names = [c["field"] for c in conditions(raw) if "field" in c]
    names += [c["path"] for c in conditions(raw) if "path" in c]
    if any(name in NOT_OF_THE_CLAIM for name in [*names, *(at.partition("[")[0] for at in raw["at"])]):
        return False
    for condition in conditions(raw):
        if "count_at_least" in condition and may_be_unreadable(condition["field"]):
            return False
        if any("path" in condition.get(operator, ()) for operator in WITH_PATHS):
            return False
    return True


def may_be_unreadable(text: str) -> bool:
    last = text.rsplit(".", 1)[-1]
    kinds = {i.kind for p, i in PATHS.items() if p.replace("[]", "").rsplit(".", 1)[-1] == last}
    return bool(kinds & {"date", "amount", "quantity", "number"}) or text.startswith("let_")


def by_oracle(made: Made, document: Document) -> list[Observed]:
    seen = observe(made.raw, document, RECEIPT_DATE.isoformat(), SETS, made.values)
    return [(s.kind, s.at, s.line, s.items, shown(s.kind, s.named)) for s in in_order(made.raw, seen)]


def by_product(rule: CompiledRule, raw: Raw, claim: Claim) -> list[Observed]:
    seen = list(evaluate(rule, claim, RECEIPT_DATE))
    return [
        (o.kind, o.at[0] if o.at else "", o.line, o.items, shown(o.kind, named(rule, o)))
        for o in in_order(raw, seen)
    ]


def named(rule: CompiledRule, seen: Observation) -> dict[str, str]:
    """Return the named values of an observation; a chosen one that cannot be read is shown as it was sent."""
    values = {let.name: seen.evidence.get(let.name, "") for let in rule.let}
    for let in rule.let:
        if let.operation == "choose" and let.terms[0].kind in (*NUMERIC, "date"):
            read = as_date if let.terms[0].kind == "date" else as_number
            values[let.name] = "" if read(values[let.name]) is UNKNOWN else values[let.name]
    return values


def shown(kind: str, named: Mapping[str, Any]) -> dict[str, str]:
    """Return named values as evidence; nothing where there is none, as for what is not known."""
    return {} if kind == "unknown" else {name: as_evidence(value) for name, value in named.items()}


def as_evidence(value: Any) -> str:
    """Return a value as text; numbers that are equal look alike."""
    if value is None or value is UNKNOWN:
        return ""
    if isinstance(value, list):
        return ", ".join(as_evidence(member) for member in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return ", ".join(map(_plainly, text.split(", ")))  # a list comes as text from the product


def _plainly(text: str) -> str:
    return f"{Decimal(text).normalize():f}" if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else text


def in_order(raw: Raw, seen: Sequence[Any]) -> list[Any]:
    """The order in which a sweep finds its values is nobody's business."""
    if isinstance(raw["for_each"], str) and raw["for_each"].startswith("every."):
        return sorted(seen, key=lambda one: sorted(one.items.items()))
    return list(seen)


def difference(wanted: list[Observed], got: list[Observed]) -> str:
    odd = [f"oracle  {w}\nproduct {g}" for w, g in zip(wanted, got, strict=False) if w != g]
    return odd[0] if odd else f"oracle  {wanted}\nproduct {got}"


def claims(part: int, random: Random) -> Iterator[Claim]:
    """Yield claims of three payers, filled and spoilt; of some, half of the dates and numbers say nothing."""
    for index, document in enumerate(documents(CLAIMS_A_PART, part, 0.15)):
        made = filled(document, random, random.choice([0, 10, 30, 60]))
        made = spoilt(made, random, random.choice([0, 3]))
        if index % 6 == 5:
            made = illegible(made, random)
        payer = {
            "key": random.choice([*PAYERS, "silent"]),
            "program": random.choice(["commercial", "medicare_b"]),
        }
        yield claim_from_json({**made, "payer": {**made.get("payer", {}), **payer}})


def features(made: Made) -> Iterator[str]:
    """Yield what a rule has of what is rare: groups, parameters, operations."""
    scope = made.raw["for_each"]
    if "groups" in scope:
        yield "groups with where" if "where" in scope else "groups without where"
        for path in scope["by"]:
            name = f"{scope['groups']}.{path.removeprefix('reported.')}"
            yield f"by {KINDS.get(name, 'plain value')}"
    yield from (spec["type"] for spec in made.raw.get("parameters", {}).values())
    for spec in made.raw.get("let", {}).values():
        yield next(word for word in spec if word in OPERATIONS)


def test_the_rules_that_are_drawn_say_all_that_is_rare() -> None:
    found: Counter[str] = Counter()
    for part in PARTS:
        random = Random(500 + part)
        list(claims(part, random))  # drawn before the rules below, too
        defined = (made for made in random_rules(random, BUNDLE) if is_defined(made.raw))
        for made, _, _ in sample_of(defined, WRITTEN, UNWRITTEN)[0]:
            found.update(set(features(made)))
    assert not [feature for feature in FEATURES if found[feature] < len(PARTS)], found


@pytest.mark.parametrize("part", PARTS)
def test_oracle_evaluator_and_generated_code_agree(part: int) -> None:
    random = Random(500 + part)
    pairs = [(claim, claim_to_json(claim)) for claim in claims(part, random)]
    defined = (made for made in random_rules(random, BUNDLE) if is_defined(made.raw))
    tally: Counter[str] = Counter()
    differences: dict[str, str] = {}
    for made, rule, has_function in sample_of(defined, WRITTEN, UNWRITTEN)[0]:
        suspect = suspects_of(rule)
        for claim, document in pairs:
            wanted, got = by_oracle(made, document), by_product(rule, made.raw, claim)
            looked_at = suspect(claim, RECEIPT_DATE)
            tally.update(kind for kind, *_ in wanted)
            tally["pairs"] += 1
            tally["pairs with generated code"] += has_function
            tally["cleared by it"] += not looked_at
            if got != wanted:
                differences.setdefault(str(made), difference(wanted, got))
            if wanted and not looked_at:
                differences.setdefault(str(made), f"the generated code clears {wanted}")
    print(
        f"{tally['pairs']} pairs of a rule and a claim on which oracle and evaluator agree, "
        f"{tally['pairs with generated code']} of them with generated code; {dict(tally)}"
    )
    first = "\n".join(f"{rule}{what}" for rule, what in list(differences.items())[:3])
    assert not differences, f"{len(differences)} of {WRITTEN + UNWRITTEN} rules\n{first}"
    assert len(PARTS) * tally["pairs with generated code"] >= 20_000
    assert tally["cleared by it"] > tally["pairs"] / 4
    assert all(tally[kind] >= least for kind, least in (("violation", 500), ("bypass", 10), ("unknown", 30)))
