"""Checks what a rule says about what is no part of the claim: history, and the context of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from scrubber.claim.background import INPUTS, PRIOR_CLAIM_VALUES, PRIOR_LINES, input_of
from scrubber.claim.paths import VOCABULARY
from scrubber.packs.check_examples import resolve
from scrubber.packs.check_terms import DATES, KIND_NAMES, Report, sentence
from scrubber.packs.conditions import Condition
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.names import UNCERTAIN, NameProblem, Names
from scrubber.packs.rules import Example, Rule
from scrubber.packs.yaml_marks import Place

#: Keys of a rule that read nothing of a claim or of what is known besides.
_NO_PART_OF_IT = {"examples", "needs", "references", "title", "why"}


def check_needs(rule: Rule, names: Names, report: Report) -> None:
    """Note inputs that do not exist or that a rule does not read, and pairs with a history it may lack."""
    texts = set(_texts(rule.model_dump(exclude=_NO_PART_OF_IT, by_alias=True)))
    for i, name in enumerate(rule.needs):
        place: Place = ("needs", i)
        if name not in INPUTS:
            near = closest(name, INPUTS)
            told = "" if near else f"There are {listing(list(INPUTS), 'and', 10)}"
            report.add(place, f"There is no input `{name}` of a run", told, near)
        elif not any(_reads(text, name) for text in texts):
            report.add(place, f"The rule needs `{name}` and reads nothing of it", "Remove it")
    pairs = rule.for_each.pairs
    other = list(names.aliases.values())[-1].pattern if isinstance(pairs, list) else ""
    wanted = input_of(other) if other else None
    if wanted is not None and wanted not in rule.needs:
        message = f"The rule pairs with `{pairs[1] if pairs else ''}`, which a run may not be given"
        report.add(("for_each", "pairs", 1), message, f"Say so: `needs: [{wanted}]`")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a rule, and the names in its message."""
    if isinstance(value, str):
        yield from (part.strip("{}").partition("}")[0] for part in value.split("{"))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _reads(text: str, name: str) -> bool:
    """Return whether a name in a rule reads an input: `line.context.abn_on_file` reads that of its name."""
    return f"{text}.".startswith(f"{name}.") or f".{text}.".endswith(f".{name}.")


def check_needs_from(condition: Condition, place: Place, names: Names, report: Report) -> None:
    """Note a reach that a quantifier asks of anything but a history, or that is no date."""
    if condition.needs_from is not None and condition.quantifier is not None:
        collection = getattr(condition, condition.quantifier)
        check_reach(condition.needs_from, collection, (*place, "needs_from"), names, report)


def check_reach(reach: str, collection: str, at: Place, names: Names, report: Report) -> None:
    """Note a reach that is asked of anything but a history, or that is no date."""
    if not f"{collection}.".startswith(PRIOR_LINES.replace("[]", ".")):
        with suppress(NameProblem):  # told where it stands
            names.collection(collection)
            report.add_at_key(at, f"`needs_from` is for `history.lines`; `{collection}` has no beginning")
    term = report.term(names, reach, at)
    if term is not None and (term.many or term.kind not in DATES | {UNCERTAIN}):
        what = "a list" if term.many else KIND_NAMES[term.kind]
        report.add(at, f"`{reach}` is {what}; a history reaches back to a date")


def check_reach_of_pairs(rule: Rule, names: Names, report: Report) -> None:
    """Note a reach of pairs that is not known before the pairs are: each item of the first must have it."""
    reach, pairs = rule.for_each.needs_from, rule.for_each.paired
    if reach is None or pairs is None:
        return
    place: Place = ("for_each", "needs_from")
    check_reach(reach, pairs[1], place, names, report)
    second = list(names.aliases)[-1]
    let = rule.let.get(reach)
    worked_out = {second, *rule.lookup, *rule.let}
    if (reach if let is None else let.shift or second).partition(".")[0] in worked_out:
        message = f"`{reach}` is not known before `{second}` is"
        remedy = "Name a date of the claim or of the first item, or a `let` that shifts one"
        report.add(place, message, remedy)


def check_example_background(example: Example, above: Place, report: Report) -> None:
    """Note prior lines and context of an example that do not exist."""
    for i, line in enumerate(example.history or ()):
        for key in line:
            place: Place = (*above, "history", i, key)
            if key == "copy":
                if not isinstance(line[key], str):
                    report.add(place, "`copy` names what to copy", 'Write copy: "lines[0]"')
                continue
            of_claim = key.startswith(PRIOR_CLAIM_VALUES) and key != "adjudication_status"
            try:
                resolve(key, base="" if of_claim else PRIOR_LINES)
            except NameProblem as problem:
                report.add_at_key(place, sentence(problem), suggestion=problem.suggestion)
    for name, items in example.context.items():
        pattern = f"context.{name}[]"
        place = (*above, "context", name)
        if pattern not in VOCABULARY:
            known = [p[8:-2] for p in VOCABULARY if p.startswith("context.") and p.endswith("[]")]
            near = closest(name, known)
            told = "" if near else f"There are {listing(known)}; values of lines are `set`"
            report.add_at_key(place, f"There is no `{name}` in a context", told, near)
            continue
        for i, item in enumerate(items):
            for key in item:
                if f"{pattern}.{key}" not in VOCABULARY:
                    parts = [p.rpartition(".")[2] for p in VOCABULARY if p.startswith(f"{pattern}.")]
                    near = closest(key, parts)
                    told = "" if near else f"It has {listing(parts)}"
                    report.add_at_key((*place, i, key), f"`context.{name}` has no `{key}`", told, near)
