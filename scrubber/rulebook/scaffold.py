"""The beginning of a rule: a file that says all a rule must say, with examples that the engine has confirmed.

The rule is as simple as can be (something must be there); the author changes it into the one that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from scrubber.base_claims import Bases, ExampleError
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import ALL_TYPES
from scrubber.engine.evaluate import evaluate, passes
from scrubber.packs.bundle import Bundle
from scrubber.packs.names import NameProblem
from scrubber.packs.rules import Rule
from scrubber.read.claim_json import claim_to_json
from scrubber.rule_examples import build_claim
from scrubber.rulebook.beginnings import CannotBegin, Changes, Documents, Idea, ideas
from scrubber.rulebook.compiled import compiled

__all__ = ["SOURCE", "SOURCE_LINE", "CannotBegin", "next_free_id", "scaffold"]

_ORDER: tuple[ClaimType, ...] = ("professional", "institutional", "dental")

#: Stands in `when` for the claims that a rule is meant for.
_WHOM = {"patient_control_number": "FOR-WHOM"}

#: The key under which `sources.yaml` keeps the place for a source that the author is to name.
SOURCE = "SOURCE-TO-NAME"
SOURCE_LINE = (
    f"{SOURCE}: {{title: Write here what says so, publisher: not named yet, "
    "citation: not named yet, checked: false}\n"
)


def next_free_id(bundle: Bundle, taken: str) -> str | None:
    """Return the first id after all that a family ever had; None when it is full. Gaps may be old ids."""
    family = taken.partition("-")[0]
    ids = [name for loaded in bundle.rules for name in (loaded.rule.id, *loaded.rule.aliases)]
    ids += [held.decision.id for held in bundle.decisions]
    numbers = [int(name[len(family) + 1 :][:3]) for name in ids if name.startswith(f"{family}-")]
    number = max(numbers, default=0) + 1
    return f"{family}-{number:03d}" if number < 1000 else None


def scaffold(bundle: Bundle, rule_id: str, name: str, for_each: str | None, path: str | None) -> str:
    """Return the text of a new rule. Raises CannotBegin, or ExampleError when a base claim does not read."""
    bases = Bases(bundle.base)
    for first, changes in ideas(for_each, path, _documents(bases)):
        tries = list(changes)
        for idea in _quiet(bundle, bases, first):
            head = _head(rule_id, name, idea)
            for base, change in tries:
                examples = _proven(bundle, bases, {**head, "examples": _examples(base, change, idea)})
                if examples is not None:
                    return _text(head, examples)
    what = path or for_each or "claim"
    raise CannotBegin(
        f"no base claim shows '{what}' both there and missing, so no examples can be made for it",
        "name a path that a claim itself carries (docs/paths.md lists all), "
        "or copy a rule that is near to yours (`scrubber rules list --path PATH`)",
    )


def _documents(bases: Bases) -> Documents:
    """Return name, claim type and JSON of the base claims, the plainest ones first."""
    found = [(name, claims[0].claim_type, claim_to_json(claims[0])) for name, claims in bases.items()]
    return sorted(found, key=lambda each: (each[0] not in _ORDER, _ORDER.index(each[1]), each[0]))


def _examples(base: str, changes: Changes, idea: Idea) -> dict[str, Any]:
    good, bad = dict(changes.passing), dict(changes.failing)
    if idea.when is not None:
        for each in (good, bad):
            each["set"] = {**_WHOM, **each.get("set", {})}
    return {
        "pass": [{"name": "as it should be", "base": base, **good}],
        "fail": [{"name": "as it should not be", "base": base, **bad}],
    }


def _quiet(bundle: Bundle, bases: Bases, idea: Idea) -> Iterator[Idea]:
    """Yield the idea so that it finds nothing on the base claims, which are clean.

    Either they all have what it asks for; or it is for the kinds of claims that have; or `when` has a claim
    in its place that the author changes into those that are meant.
    """
    noisy = _noisy(bundle, bases, idea)
    if not noisy:
        yield idea
        return
    if idea.types - noisy:
        yield replace(idea, types=idea.types - noisy)
    ((field, value),) = _WHOM.items()
    yield replace(idea, when={"field": field, "equals": value})


def _noisy(bundle: Bundle, bases: Bases, idea: Idea) -> frozenset[ClaimType]:
    """Return the kinds of claims that have a base claim on which the rule finds something."""
    unproven = _examples("professional", Changes({}, {}), idea)
    rule = Rule.model_validate({**_head("AA-000", "x", idea), "examples": unproven})
    try:
        engine_form = compiled(bundle, rule)
    except NameProblem:
        return idea.types
    every = [claim for claims in bases.values() for claim in claims]
    return frozenset(claim.claim_type for claim in every if any(evaluate(engine_form, claim, None)))


def _proven(bundle: Bundle, bases: Bases, data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the examples with what the failing one is to expect; None when they do not show the rule."""
    rule = Rule.model_validate(data)
    try:
        engine_form = compiled(bundle, rule)
        good, bad = (build_claim(e, bases) for e in (rule.examples.pass_[0], rule.examples.fail[0]))
    except (NameProblem, ExampleError):
        return None
    seen = list(evaluate(engine_form, bad, None))
    shown = {o.kind for o in seen} == {"violation"} and passes(engine_form, good, None)
    if not shown or any(evaluate(engine_form, good, None)):
        return None
    examples = data["examples"]
    examples["fail"][0]["expect"] = [{"at": o.at[0]} for o in seen]
    return dict(examples)


# --- the file -----------------------------------------------------------------------------------------


def _head(rule_id: str, name: str, idea: Idea) -> dict[str, Any]:
    types = [t for t in _ORDER if t in idea.types]
    return {
        "schema": "1",
        "id": rule_id,
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "status": "preview",
        "severity": "warn",
        "snip": None,
        **({"applies_to": {"claim_types": types}} if len(types) < len(ALL_TYPES) else {}),
        "for_each": idea.for_each,
        **({"when": idea.when} if idea.when is not None else {}),
        "require": idea.require,
        "at": [idea.at],
        "message": idea.message,
        "why": "Write here why a payer minds.",
        "references": [SOURCE],
    }


#: What the author is told beside a key.
_HINTS = {
    "title": "what is wrong, in one sentence",
    "status": "runs and never blocks; make it stable when it has proven itself",
    "severity": "reject: front end; deny: adjudication; warn; info",
    "snip": "edit level 1-7, or null",
    "when": "change it: for whom this is required",
    "require": "what must be so",
    "at": "where the biller must look",
    "references": "keys of sources.yaml: name there who says so",
}


def _text(head: Mapping[str, Any], examples: Mapping[str, Any]) -> str:
    lines = []
    for key, value in head.items():
        line = f"{key}: {'1' if key == 'schema' else _flow(value)}"
        lines.append(f"{line:<46} # {_HINTS[key]}" if key in _HINTS else line)
    lines.append("examples:")
    for group, members in examples.items():
        lines.append(f"  {group}:")
        for example in members:
            (first, name), *rest = example.items()
            lines.append(f"    - {first}: {_flow(name)}")
            lines += [f"      {key}: {_flow(value)}" for key, value in rest]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    return re.sub(r"'(true|false)'", r"\1", text.removesuffix("...\n").strip())
