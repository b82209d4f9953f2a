"""Rules made at random mean the same to the evaluator and to the oracle.

Left out is what the language does not define: a path in place of a list, and how many values an unreadable
one counts for. Rules that the evaluator cannot run are the business of `test_two_speeds.py`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any

import pytest

from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS
from scrubber.engine.evaluate import evaluate
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.oracle.claims import Document, documents, filled, spoilt
from tests.oracle.naive import Book, observe
from tests.oracle.rules import WITH_PATHS, Raw, as_yaml, random_rules

BUNDLE = load_packs([builtin_rules_dir()])
SETS = Book.read(builtin_rules_dir()).sets
RECEIPT_DATE = dt.date(2026, 8, 18)
PARTS = range(4)
RULES_A_PART, CLAIMS_A_PART = 250, 12

#: Kind, primary path, line and items of an observation.
Observed = tuple[str, str, int | None, dict[str, str]]

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
    if any(name in NOT_OF_THE_CLAIM for name in [*names, *raw["at"]]):
        return False
    for condition in conditions(raw):
        if "count_at_least" in condition and may_be_unreadable(condition["field"]):
            return False
        for operator in WITH_PATHS:
            if isinstance(condition.get(operator), dict):
                return False
    return not any(
        word in spec for spec in raw.get("let", {}).values() for word in ("add", "subtract", "multiply")
    )


def may_be_unreadable(text: str) -> bool:
    last = text.rsplit(".", 1)[-1]
    kinds = {i.kind for p, i in PATHS.items() if p.replace("[]", "").rsplit(".", 1)[-1] == last}
    return bool(kinds & {"date", "amount", "quantity", "number"}) or text.startswith("let_")


def by_oracle(raw: Raw, document: Document) -> list[Observed]:
    seen = observe(raw, document, RECEIPT_DATE.isoformat(), SETS)
    return [(s.kind, s.at, s.line, s.items) for s in in_order(raw, seen)]


def by_product(rule: CompiledRule, raw: Raw, claim: Claim) -> list[Observed] | None:
    """Return what the evaluator observes; None when it cannot run the rule."""
    try:
        seen = list(evaluate(rule, claim, RECEIPT_DATE))
    except Exception:
        return None
    return [(o.kind, o.at[0] if o.at else "", o.line, o.items) for o in in_order(raw, seen)]


def in_order(raw: Raw, seen: Sequence[Any]) -> list[Any]:
    """The order in which a sweep finds its values is nobody's business."""
    if isinstance(raw["for_each"], str) and raw["for_each"].startswith("every."):
        return sorted(seen, key=lambda one: sorted(one.items.items()))
    return list(seen)


def difference(wanted: list[Observed], got: list[Observed]) -> str:
    odd = [f"oracle  {w}\nproduct {g}" for w, g in zip(wanted, got, strict=False) if w != g]
    return odd[0] if odd else f"oracle  {wanted}\nproduct {got}"


@pytest.mark.parametrize("part", PARTS)
def test_evaluator_and_oracle_agree(part: int) -> None:
    random, claims = Random(500 + part), []
    for document in documents(CLAIMS_A_PART, part, 0.15):
        made = filled(document, random, random.choice([0, 10, 30, 60]))
        claims.append(claim_from_json(spoilt(made, random, random.choice([0, 3]))))
    pairs = [(claim, claim_to_json(claim)) for claim in claims]
    defined = ((raw, rule) for raw, rule in random_rules(random, BUNDLE) if is_defined(raw))
    seen: Counter[str] = Counter()
    not_run, differences = 0, []
    for raw, rule in islice(defined, RULES_A_PART):
        compiled, first = compile_rule(rule, Known.of(BUNDLE)), ""
        for claim, document in pairs:
            wanted, got = by_oracle(raw, document), by_product(compiled, raw, claim)
            seen.update(kind for kind, *_ in wanted)
            not_run += got is None
            if got is not None and got != wanted:
                first = first or f"{as_yaml(raw)}{difference(wanted, got)}"
        differences += [first] if first else []
    print(f"{RULES_A_PART * CLAIMS_A_PART} pairs, {dict(seen)}; {not_run} that the evaluator cannot run")
    assert all(seen[kind] >= least for kind, least in (("violation", 500), ("bypass", 10), ("unknown", 30)))
    assert not_run < RULES_A_PART * CLAIMS_A_PART / 20
    assert not differences, f"{len(differences)} of {RULES_A_PART} rules\n" + "\n".join(differences[:3])
