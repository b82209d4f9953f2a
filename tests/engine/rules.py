"""One rule and one claim, both written in a test: what is seen, by the evaluator and the generated code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scrubber.claim.background import NOTHING, Background
from scrubber.claim.model import Claim
from scrubber.engine.evaluate import evaluate
from scrubber.engine.facts import Observation
from scrubber.engine.generate import generate
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_from_json
from tests.oracle.rules import HEAD

RECEIPT_DATE = dt.date(2026, 8, 20)


def compiled(**parts: Any) -> CompiledRule:
    """Return a rule of these parts; what a test does not say is the same for all."""
    usual = {"for_each": "claim", "at": ["total_charge"], "message": "See there."}
    usual |= {"require": {"field": "claim_type", "present": "true"}}
    return compile_rule(Rule.model_validate({**HEAD, **usual, **parts}), Known())


def seen(rule: CompiledRule, document: dict[str, Any], background: Background = NOTHING) -> list[Observation]:
    """Return what a rule observes on a claim, which its generated function may not clear."""
    claim: Claim = claim_from_json(document)
    observations = list(evaluate(rule, claim, RECEIPT_DATE, background))
    looked_at = generate([rule], claim.claim_type)(claim, RECEIPT_DATE)
    assert looked_at or not observations, "the generated code clears what the evaluator observes"
    return observations


def kinds(rule: CompiledRule, document: dict[str, Any], background: Background = NOTHING) -> list[str]:
    """Return the kinds of the observations."""
    return [observation.kind for observation in seen(rule, document, background)]
