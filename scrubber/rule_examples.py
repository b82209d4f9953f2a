"""Run the examples inside rules: each rule is proven by claims that it finds and claims that it passes.

An example is a base claim with changes. A rule's examples see that rule alone; the clean base claims see
the whole bundle and must be silent.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scrubber.amend.apply import PatchError, apply
from scrubber.amend.propose import propose
from scrubber.base_claims import Bases, ExampleError
from scrubber.claim.background import PRIOR_CLAIM_VALUES, Background, History, PriorLine
from scrubber.claim.locate import reported_path, value_at
from scrubber.claim.model import Claim
from scrubber.claim.paths import SYNONYMS
from scrubber.claim.values import Unreadable, as_text, read_amount
from scrubber.context import ContextError, context_of
from scrubber.engine.decision_examples import check_decision_examples
from scrubber.engine.evaluate import claim_trait, evaluate, passes
from scrubber.engine.explain import explain, why_silent
from scrubber.engine.facts import Observation
from scrubber.engine.file_groups import FileGroups, keys_of
from scrubber.engine.ir import CompiledRule, compile_condition
from scrubber.engine.tables import Rows
from scrubber.history.kept import kept
from scrubber.packs.bundle import Bundle, LoadedRule
from scrubber.packs.conditions import Condition
from scrubber.packs.names import Names
from scrubber.packs.parameters import Setting, read
from scrubber.packs.rules import Example, Expected
from scrubber.pipeline import Scrubber
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json

_KIND = {"fail": "violation", "bypassed": "bypass", "indeterminate": "unknown"}
_PART = re.compile(r"([a-z_0-9]+)(?:\[(\d+|\*)\])?")
_LINE_CONTEXT = re.compile(r"(lines\[(?:\d+|\*)\])\.context\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """One example that does not hold: rule (or base claim), example name, what was wrong."""

    rule: str
    example: str
    message: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.rule} '{self.example}': {self.message}"


@dataclass(frozen=True, slots=True)
class ExampleReport:
    """How many examples ran, and those that failed."""

    ran: int
    failures: tuple[ExampleFailure, ...]


def run_examples(scrubber: Scrubber, only: Sequence[str] = ()) -> ExampleReport:
    """Run the examples of the rules (all, or those with the given ids), decisions and base claims.

    Raises ExampleError for a base claim that does not read.
    """
    ran = 0
    failures: list[ExampleFailure] = []
    bases = Bases(scrubber.bundle.base)
    for loaded in scrubber.bundle.rules:
        if loaded.rule.id in scrubber.observer.compiled and (not only or loaded.rule.id in only):
            reached = 0
            for kind, example in examples_of(loaded):
                ran += 1
                failures += _failures(scrubber, loaded, kind, example, bases)
                reached += kind == "pass" and _reaches(scrubber, loaded, example, bases)
            if not reached:
                message = "no passing example reaches `require`: the rule applies to none of them"
                failures.append(ExampleFailure(loaded.rule.id, "pass", message, loaded.file))
    for held in scrubber.bundle.decisions:
        decision = held.decision
        if not only or decision.id in only:
            ran += len(decision.examples.fires) + len(decision.examples.silent)
            failures += [
                ExampleFailure(decision.id, "decision", text, held.file)
                for text in check_decision_examples(decision, trait_of(scrubber, bases))
            ]
    report = ExampleReport(ran, tuple(failures))
    return report if only else joined([report, run_base_claims(scrubber)])


def run_base_claims(scrubber: Scrubber) -> ExampleReport:
    """Run all rules over the base claims, which must be silent."""
    failures: list[ExampleFailure] = []
    for name, claims in Bases(scrubber.bundle.base).items():
        failures += _clean(scrubber, name, claims)
    return ExampleReport(len(scrubber.bundle.base), tuple(failures))


def joined(reports: Iterable[ExampleReport]) -> ExampleReport:
    """Return several reports as one."""
    every = list(reports)
    return ExampleReport(sum(r.ran for r in every), tuple(f for r in every for f in r.failures))


def count_examples(bundle: Bundle) -> int:
    """Return how many examples the rules and decisions of a bundle carry, without drafts."""
    of_rules = sum(1 for loaded in bundle.rules if loaded.rule.status != "draft" for _ in examples_of(loaded))
    decisions = (held.decision.examples for held in bundle.decisions)
    return of_rules + sum(len(examples.fires) + len(examples.silent) for examples in decisions)


def build_claim(example: Example, bases: Bases) -> Claim:
    """Return an example's claim. Raises ExampleError."""
    document = claim_to_json(bases.first(example.base, example.x12))
    for path in example.remove:
        for concrete in _concrete(document, path):
            _remove(document, concrete)
    for path, value in example.set.items():
        if _LINE_CONTEXT.fullmatch(path):
            continue  # no part of the claim: see `build_background`
        for concrete in _concrete(document, path):
            _set(document, concrete, value)
    for path, members in example.add.items():
        for member in members:
            _append(document, path, member)
    for line in document.get("lines", []):  # YAML scalars arrive as text; pointers are numbers in claim JSON
        pointers = line.get("diagnosis_pointers", [])
        line["diagnosis_pointers"] = [int(p) if str(p).isdecimal() else p for p in pointers]
    try:
        return claim_from_json(document)
    except ClaimJsonError as error:
        problem = error.problems[0]
        raise ExampleError(f"{problem.path}: {problem.message}") from None


def build_background(example: Example, claim: Claim, normalise: Callable[[Claim], Claim]) -> Background:
    """Return what an example knows besides its claim. Raises ExampleError."""
    document = claim_to_json(claim)
    history: History | None = None
    if example.history is not None or example.history_from is not None:
        prior = [_prior(document, item, normalise) for item in example.history or ()]
        history = History(prior, example.history_from)
    known: dict[str, Any] = {
        name: [_nested(item) for item in items] for name, items in example.context.items()
    }
    for path, value in example.set.items():
        found = _LINE_CONTEXT.fullmatch(path)
        for concrete in _concrete(document, found[1]) if found is not None else ():
            number = (_find(document, concrete) or {}).get("number")
            if found is not None and number is not None:
                said = int(value) if str(value).isdecimal() else value  # YAML scalars arrive as text
                known.setdefault("lines", {}).setdefault(number, {})[found[2]] = said
    try:
        return Background(lambda: history, context_of(known))
    except ContextError as error:
        raise ExampleError(f"{error.message}; {error.remedy}") from None


def _of_file(
    rule: CompiledRule, example: Example, claim: Claim, normalise: Callable[[Claim], Claim]
) -> list[Observation]:
    """Return what a rule sees in the file of an example's claims. Raises ExampleError."""
    claims = [claim]
    for added in example.add_claims:
        document = claim_to_json(claims[int(added["copy"])])
        for path, value in added.items():
            for concrete in _concrete(document, path) if path != "copy" else ():
                _set(document, concrete, value)
        try:
            claims.append(normalise(claim_from_json(document)))
        except ClaimJsonError as error:
            problem = error.problems[0]
            raise ExampleError(f"{problem.path}: {problem.message}") from None
    groups = FileGroups([rule])
    for index, each in enumerate(claims):
        groups.take(list(keys_of([rule], each, index, example.receipt_date, b"")))
    return [observation for _, observation in groups.finish()]


def _prior(
    document: dict[str, Any], item: Mapping[str, Any], normalise: Callable[[Claim], Claim]
) -> PriorLine:
    """Return a prior line: of the claim as it is, with another line and what the line says of its claim."""
    holder: dict[str, Any] = {"lines": []}
    if "copy" in item:
        holder["lines"] = copy.deepcopy(document["lines"])
    own = {key: value for key, value in item.items() if not key.startswith(PRIOR_CLAIM_VALUES)}
    _append(holder, "lines", own)
    whole = {**copy.deepcopy(document), "lines": holder["lines"][-1:]}
    status = None
    for key, value in item.items():
        if key == "adjudication_status":
            status = str(value)
        elif key not in own:
            _set(whole, next(_concrete(whole, key)), value)
    try:
        claim = normalise(claim_from_json(kept(whole)))
    except ClaimJsonError as error:
        problem = error.problems[0]
        raise ExampleError(f"history: {problem.path}: {problem.message}") from None
    return PriorLine(claim, claim.lines[0], status)


def trait_of(scrubber: Scrubber, bases: Bases) -> Callable[[Condition, Mapping[str, Any]], bool | None]:
    """Return how a decision's example knows a trait: on the base claim, with the values the example sets."""

    def holds(condition: Condition, values: Mapping[str, Any]) -> bool | None:
        example = Example(name="trait", base="professional", set=dict(values))
        claim = scrubber.normalise(build_claim(example, bases))
        node = compile_condition(condition, Names({}, {}), scrubber.bundle.sets)
        return claim_trait(node, claim, scrubber.receipt_date)

    return holds


def examples_of(loaded: LoadedRule) -> Iterator[tuple[str, Example]]:
    """Yield a rule's examples with their kinds: pass, fail, bypassed, unknown."""
    examples = loaded.rule.examples
    for kind, group in (
        ("pass", examples.pass_),
        ("fail", examples.fail),
        ("bypassed", examples.bypassed),
        ("unknown", examples.unknown),
    ):
        for example in group:
            yield kind, example


def _failures(
    scrubber: Scrubber, loaded: LoadedRule, kind: str, example: Example, bases: Bases
) -> Iterator[ExampleFailure]:
    rule = _with_inputs(scrubber, loaded, example)
    try:
        claim = scrubber.normalise(build_claim(example, bases))
        background = build_background(example, claim, scrubber.normalise)
    except ExampleError as error:
        yield ExampleFailure(loaded.rule.id, example.name, str(error), loaded.file)
        return
    receipt_date = example.receipt_date
    seen = list(evaluate(rule, claim, receipt_date, background))
    if rule.scope == "file":
        try:
            seen += _of_file(rule, example, claim, scrubber.normalise)
        except ExampleError as error:
            yield ExampleFailure(loaded.rule.id, example.name, str(error), loaded.file)
            return
    why = ""
    if example.expect and not seen and rule.scope != "file":
        told = explain(rule, claim, receipt_date, background)
        why = f"; {why_silent(told, example.expect[0].at or '')}"
    for message in _compare(kind, example.expect, seen, claim):
        yield ExampleFailure(loaded.rule.id, example.name, message + why, loaded.file)
    if not example.after:
        return
    for observation in seen:
        patch = propose(rule, observation, claim, receipt_date, scrubber.bundle.sets, background)
        try:
            claim = apply(claim, patch)
        except PatchError as error:
            yield ExampleFailure(loaded.rule.id, example.name, str(error), loaded.file)
            return
    for path, wanted in example.after.items():
        got = _shown(value_at(claim, reported_path(claim, path)))
        if not _same(got, wanted):
            message = f"after the amendment {path} is {got!r}, expected {_shown(wanted)!r}"
            yield ExampleFailure(loaded.rule.id, example.name, message, loaded.file)
    if any(evaluate(rule, claim, receipt_date, background)):
        yield ExampleFailure(
            loaded.rule.id, example.name, "the amended claim is still found by the rule", loaded.file
        )


def _with_inputs(scrubber: Scrubber, loaded: LoadedRule, example: Example) -> CompiledRule:
    """Return a rule with the parameters and the rows of tables that an example gives.

    A table that has no rows of its own has none in an example that gives none, but it is loaded: examples
    do not depend on what was imported.
    """
    rule = scrubber.observer.compiled[loaded.rule.id]
    if not example.parameters and not scrubber.bundle.tables:
        return rule
    specs = rule.rule.parameters
    own = {name: Setting({"else": read(specs[name], value)}) for name, value in example.parameters.items()}
    specs_of = scrubber.bundle.tables
    given = {name: Rows(specs_of[name], rows) for name, rows in example.tables.items()}
    empty = {name: Rows(spec, ()) for name, spec in specs_of.items() if spec.rows is None}
    tables = {**rule.tables, **empty, **given}
    return replace(rule, parameters={**rule.parameters, **own}, tables=tables)


def _reaches(scrubber: Scrubber, loaded: LoadedRule, example: Example, bases: Bases) -> bool:
    try:
        claim = scrubber.normalise(build_claim(example, bases))
        background = build_background(example, claim, scrubber.normalise)
    except ExampleError:
        return False
    rule = _with_inputs(scrubber, loaded, example)
    if rule.scope == "file":
        return any(keys_of([rule], claim, 0, example.receipt_date, b""))
    if passes(rule, claim, example.receipt_date, background):
        return True
    seen = evaluate(rule, claim, example.receipt_date, background)
    return any(o.kind != "unknown" for o in seen)  # told already


def _compare(kind: str, expected: Sequence[Expected], seen: list[Observation], claim: Claim) -> Iterator[str]:
    if kind == "pass":
        for o in seen:
            yield f"expected no finding, got {_describe(o)}"
        return
    if len(seen) != len(expected):
        got = "; ".join(_describe(o) for o in seen) or "none"
        yield f"expected {len(expected)} finding(s), got {len(seen)}: {got}"
        return
    for wanted, o in zip(expected, seen, strict=True):
        if o.kind != _KIND[wanted.outcome]:
            yield f"expected {wanted.outcome}, got {_describe(o)}"
        elif wanted.at is not None and o.kind != "unknown":
            path = reported_path(claim, o.at[0])
            in_file = f"file.claims[{wanted.claim or 0}]."
            if path.startswith("file.claims["):
                if path != in_file + wanted.at:
                    yield f"expected it at {in_file}{wanted.at}, got {path}"
            elif path != reported_path(claim, wanted.at):
                yield f"expected it at {wanted.at}, got {o.at[0]}"
            elif wanted.value is not None:
                value = _shown(value_at(claim, path))
                if not _same(value, wanted.value):
                    yield f"expected the value {wanted.value!r}, got {value!r}"


def _describe(o: Observation) -> str:
    return f"{o.kind} at {o.at[0]}" if o.at else f"{o.kind} ({o.reason})"


def _shown(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value)
    return None if value is None else as_text(value)


def _same(got: str | None, wanted: Any) -> bool:
    """Compare as text, or as exact numbers where both are: 245 and 245.00 are one amount."""
    text = _shown(wanted)
    if got == text or got is None or text is None:
        return got == text
    a, b = read_amount(got), read_amount(text)
    return not isinstance(a, Unreadable) and not isinstance(b, Unreadable) and a == b


def _clean(scrubber: Scrubber, name: str, claims: list[Claim]) -> Iterator[ExampleFailure]:
    for claim in claims:
        normal = scrubber.normalise(claim)
        for o in scrubber.observer.observe(normal, scrubber.receipt_date):
            compiled = scrubber.observer.compiled[o.rule]
            if o.kind == "unknown" and (compiled.lookups or compiled.parameters):
                continue  # what is looked up or set by payers is not part of a claim
            message = f"the clean claim is not silent: {_describe(o)}"
            yield ExampleFailure(o.rule, f"base {name}", message, scrubber.bundle.rule(o.rule).file)


# --- changes on claim JSON ------------------------------------------------------------------------

_Steps = list[tuple[str, int | None]]


def _concrete(document: dict[str, Any], path: str) -> Iterator[_Steps]:
    """Yield the places a path means: `lines[*]` is every line; `reported` and second names are resolved."""
    path = SYNONYMS.get(path, path).replace(".reported.", ".")
    steps: list[tuple[str, str | None]] = []
    for part in path.split("."):
        match = _PART.fullmatch(part)
        if match is None:
            raise ExampleError(f"'{path}' is not a path")
        steps.append((match[1], match[2]))
    stars = [i for i, (_, index) in enumerate(steps) if index == "*"]
    fixed = [(name, int(index) if index not in (None, "*") else None) for name, index in steps]
    if not stars:
        yield fixed
        return
    if len(stars) > 1:
        raise ExampleError(f"'{path}' has more than one [*]; write the other index")
    at = stars[0]
    holder = _find(document, fixed[:at])
    for i in range(len((holder or {}).get(steps[at][0], []))):
        yield [*fixed[:at], (steps[at][0], i), *fixed[at + 1 :]]


def _find(document: Any, steps: _Steps) -> Any:
    for name, index in steps:
        document = document.get(name) if isinstance(document, dict) else None
        if index is not None:
            document = document[index] if document and index < len(document) else None
    return document


def _set(document: dict[str, Any], steps: _Steps, value: Any) -> None:
    target: Any = document
    for name, index in steps[:-1]:
        target = target.setdefault(name, {} if index is None else [])
        if index is not None:
            if index >= len(target):
                raise ExampleError(f"the base claim has no {name}[{index}]")
            target = target[index]
    name, index = steps[-1]
    if index is None:
        target[name] = _nested(value)
        return
    items = target.setdefault(name, [])
    if index > len(items):
        raise ExampleError(f"the base claim has no {name}[{index}]")
    items[index : index + 1] = [_nested(value)]


def _remove(document: dict[str, Any], steps: _Steps) -> None:
    holder = _find(document, steps[:-1]) if len(steps) > 1 else document
    name, index = steps[-1]
    if not holder or name not in holder or (index is not None and index >= len(holder[name])):
        raise ExampleError("`remove` names something the base claim does not have")
    if index is None:
        del holder[name]
    else:
        del holder[name][index]


def _append(document: dict[str, Any], path: str, member: Any) -> None:
    steps = next(_concrete(document, path))
    items = _find(document, steps)
    if items is None:
        _set(document, steps, [])
        items = _find(document, steps)
    if isinstance(member, dict) and "copy" in member:
        original = _find(document, next(_concrete(document, member["copy"])))
        if original is None:
            raise ExampleError(f"there is no {member['copy']} to copy")
        new = copy.deepcopy(original)
        for key, value in member.items():
            if key != "copy":
                _set(new, next(_concrete(new, key)), value)
        items.append(new)
    else:
        items.append(_nested(member))


def _nested(value: Any) -> Any:
    """Return a value with dotted keys unfolded: `{procedure.code: x}` is `{procedure: {code: x}}`."""
    if isinstance(value, list):
        return [_nested(item) for item in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for key, item in value.items():
        _set(out, next(_concrete(out, key)), item)
    return out
