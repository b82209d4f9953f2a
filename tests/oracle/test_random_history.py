"""Rules made at random over what was billed before: oracle, evaluator and generated code agree on them.

They are other rules made at random in which quantifiers and named values over lines, and pairs of lines, look
at prior lines instead. Some claims have a history of other claims, long or short; of some nobody knows it.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from scrubber.claim.background import PRIOR_LINES, Background, History, PriorLine
from scrubber.claim.paths import BACKGROUND
from scrubber.engine.evaluate import evaluate
from scrubber.history.kept import kept
from scrubber.packs.check import Vocabulary, check_rule
from scrubber.packs.parse import ParsedRule, parse_rule
from scrubber.read.claim_json import claim_from_json, claim_to_json
from tests.oracle.naive import observe
from tests.oracle.rules import Made, Raw, random_rules
from tests.oracle.test_random_rules import (
    BUNDLE,
    RECEIPT_DATE,
    SETS,
    Observed,
    claims,
    difference,
    in_order,
    is_defined,
    named,
    shown,
)
from tests.oracle.test_two_speeds import suspects_of
from tests.oracle.values import Past

pytestmark = pytest.mark.slow

RULES = 220
#: Names of prior lines by kind and whether they are lists. A label is put together in words of our own.
PRIOR: dict[tuple[str, bool], list[str]] = {}
for _path, _info in BACKGROUND.items():
    if _path.startswith(f"{PRIOR_LINES}.") and not _path.endswith(".label"):
        _text = _path.removeprefix(f"{PRIOR_LINES}.")
        if _info.kind != "object":
            PRIOR.setdefault((_info.kind, "[]" in _text), []).append(_text.replace("[]", ""))
KIND_OF = {text: key for key, texts in PRIOR.items() for text in texts}
LINES: dict[str, tuple[str, bool]] = {}


class Unlike(Exception):
    """A rule asks of lines what prior lines do not have."""


def renamed(node: Any, alias: str, random: Random) -> Any:
    """Return a condition about a prior line: names that it does not have become others of their kind."""
    if isinstance(node, dict):
        return {key: renamed(value, alias, random) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(value, alias, random) for value in node]
    if not (isinstance(node, str) and node.startswith(f"{alias}.")):
        return node
    text = node.removeprefix(f"{alias}.")
    if text in KIND_OF:
        return node
    if text.partition(".")[0] in ("reported", *LISTS):
        raise Unlike
    return (
        f"{alias}.{random.choice(PRIOR[('code', False)] if random.random() < 0.5 else ['units', 'charge'])}"
    )


LISTS = (
    "diagnosis_pointers",
    "adjudications",
    "measurements",
    "forms",
    "certifications",
    "attachments",
    "notes",
)


def over_history(raw: Raw, random: Random) -> Raw:
    """Return a rule that looks at prior lines where it looked at lines. Raises Unlike."""
    made, changed = copy.deepcopy(raw), 0
    scope = made["for_each"]
    if isinstance(scope, dict) and scope.get("pairs") == "lines":
        scope["pairs"] = ["lines", "history.lines"]
        scope.pop("ordered", None)
        made["needs"] = ["history"]
        scope["same"] = [path for path in scope.get("same", []) if path in KIND_OF]
        made = renamed(made, "b", random)
        made["at"] = ["a.procedure.code"]
        changed += 1
    dates = [name for name, let in made.get("let", {}).items() if "shift" in let]
    reaches = ["service_period.from", "receipt_date", "history.from", *dates]
    if "needs" in made and random.random() < 0.6:
        made["for_each"]["needs_from"] = random.choice(reaches)
    for condition in list(mappings(made)):
        word = next(
            (w for w in ("some", "none", "every", "sum", "count", "min", "max") if w in condition), None
        )
        if word is None or condition[word] != "lines" or random.random() < 0.1:
            continue
        alias = condition["as"]
        condition[word] = "history.lines"
        for key in ("where", "satisfies"):
            if key in condition:
                condition[key] = renamed(condition[key], alias, random)
        if "of" in condition and condition["of"] not in KIND_OF:
            condition["of"] = random.choice(["units", "charge"])
        if random.random() < 0.6:
            condition["needs_from"] = random.choice(reaches)
        changed += 1
    for key in ("when", "require", "bypass"):
        told = json.dumps(made.get(key))
        if key in made:
            made[key] = of_all(made[key], random)
        changed += told != json.dumps(made.get(key))
    if not changed:
        raise Unlike
    return made


def of_all(node: Any, random: Random) -> Any:
    """Return a condition in which names of all lines are, now and then, names of all prior lines."""
    if isinstance(node, dict):
        return {key: of_all(value, random) for key, value in node.items()}
    if isinstance(node, list):
        return [of_all(value, random) for value in node]
    is_of_all = isinstance(node, str) and node.removeprefix("lines.") in KIND_OF and node.startswith("lines.")
    return f"history.{node}" if is_of_all and random.random() < 0.5 else node


def mappings(node: Any) -> Iterator[Raw]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from mappings(child)


def rules(random: Random) -> Iterator[Made]:
    """Yield rules over history that the loader accepts."""
    vocabulary = Vocabulary(sets=BUNDLE.sets, sources=["SOURCE"], bases=["x"], payers=["example_health"])
    for made in random_rules(random, BUNDLE):
        try:
            raw = over_history(made.raw, random)
        except Unlike:
            continue
        parsed, document = parse_rule(json.dumps(raw).encode(), "rule.yaml")
        if parsed is None or document.problems:
            continue
        if not check_rule(
            ParsedRule(parsed.rule, document, frozenset({"examples"})), vocabulary
        ) and is_defined(raw):
            yield Made(raw, parsed.rule, made.values)


def pasts(documents: list[Raw], random: Random) -> Iterator[tuple[Past | None, Background]]:
    """Yield what was billed before, as the oracle reads it and as the product does."""
    while True:
        if random.random() < 0.2:
            yield None, Background()
            continue
        chosen = [
            kept(json.loads(json.dumps(d))) for d in random.choices(documents, k=random.choice([0, 1, 3]))
        ]
        since = random.choice([None, "2020-01-01", "2026-08-18", "2026-09-01"])
        lines: list[PriorLine] = []
        told = []
        for document in chosen:
            claim, status = claim_from_json(document), random.choice(["paid", "pending", "denied"])
            lines += [PriorLine(claim, line, status) for line in claim.lines]
            told += [(document, line, status) for line in document.get("lines", [])]
        history = History(lines, dt.date.fromisoformat(since) if since else None)
        yield Past(told, since), Background(lambda history=history: history)


@pytest.mark.parametrize("part", range(2))
def test_oracle_evaluator_and_generated_code_agree_on_what_was_billed_before(part: int) -> None:
    random = Random(900 + part)
    sample = list(claims(part, random))
    documents = [claim_to_json(claim) for claim in sample]
    known = pasts(documents, random)
    tally: Counter[str] = Counter()
    differences: dict[str, str] = {}
    found = rules(random)
    for _ in range(RULES):
        made = next(found)
        rule = made.compiled(BUNDLE.sets)
        suspect = suspects_of(rule)
        tally["pairs with prior lines"] += rule.other != ""
        tally["reach of pairs"] += rule.needs_from is not None
        tally["reach of values"] += any(let.needs_from is not None for let in rule.let)
        for claim, document in zip(sample, documents, strict=True):
            past, background = next(known)
            seen = observe(made.raw, document, RECEIPT_DATE.isoformat(), SETS, made.values, past)
            wanted: list[Observed] = [
                (s.kind, s.at, s.line, s.items, shown(s.kind, s.named)) for s in in_order(made.raw, seen)
            ]
            observed = list(evaluate(rule, claim, RECEIPT_DATE, background))
            got = [
                (o.kind, o.at[0] if o.at else "", o.line, o.items, shown(o.kind, named(rule, o)))
                for o in in_order(made.raw, observed)
            ]
            looked_at = suspect(claim, RECEIPT_DATE)
            tally.update(kind for kind, *_ in wanted)
            tally["history known"] += past is not None
            tally["cleared by generated code"] += not looked_at
            if got != wanted:
                differences.setdefault(str(made), difference(wanted, got))
            if wanted and not looked_at:
                differences.setdefault(str(made), f"the generated code clears {wanted}")
    first = "\n".join(f"{rule}{what}" for rule, what in list(differences.items())[:3])
    assert not differences, f"{len(differences)} of {RULES} rules; {dict(tally)}\n{first}"
    assert tally["pairs with prior lines"] >= 5
    assert all(tally[reach] >= 3 for reach in ("reach of pairs", "reach of values")), tally
    assert tally["cleared by generated code"] >= 300
    assert all(tally[kind] >= 100 for kind in ("violation", "unknown")), tally
