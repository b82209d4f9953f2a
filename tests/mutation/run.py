"""How many mistakes in rules their examples notice: `python -m tests.mutation.run [ID...]`."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from scrubber.engine.ir import Known, compile_rule
from scrubber.packs.bundle import Bundle, LoadedRule
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.packs.names import NameProblem
from scrubber.packs.rules import Rule
from scrubber.packs.yaml_marks import read_yaml
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.rule_examples import run_examples
from tests.mutation.mutants import Mutant, mutants


class Run(NamedTuple):
    """What came of it: mutants that the examples noticed, and those that they did not."""

    caught: int
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of mutants that were noticed."""
        return self.caught / (self.caught + len(self.survivors))


def run(bundle: Bundle, only: Collection[str] = ()) -> Run:
    """Run the examples of every rule against its mutants."""
    scrubber, known = Scrubber(bundle), Known.of(bundle)
    caught, survivors = 0, []
    for loaded in bundle.rules:
        if loaded.rule.id not in scrubber.observer.compiled or (only and loaded.rule.id not in only):
            continue
        for mutant in _of(loaded):
            if _is_noticed(scrubber, loaded, mutant, known):
                caught += 1
            else:
                survivors.append(str(mutant))
    return Run(caught, tuple(survivors))


def _of(loaded: LoadedRule) -> Iterator[Mutant]:
    data = read_yaml(Path(loaded.file).read_bytes(), loaded.file).data
    assert isinstance(data, dict)
    yield from mutants(data)


def _is_noticed(scrubber: Scrubber, loaded: LoadedRule, mutant: Mutant, known: Known) -> bool:
    """Return whether an example fails, or the mutant is no rule at all."""
    try:
        rule = Rule.model_validate(mutant.rule)
        compiled = compile_rule(rule, known)
    except (ValidationError, NameProblem):
        return True
    before = scrubber.observer.compiled
    one = replace(scrubber.bundle, rules=(replace(loaded, rule=rule),), decisions=())
    scrubber.observer.compiled = {**before, rule.id: compiled}
    whole, scrubber.bundle = scrubber.bundle, one
    try:
        return bool(run_examples(scrubber, only=[rule.id]).failures)
    finally:
        scrubber.observer.compiled, scrubber.bundle = before, whole


def main() -> None:
    """Print the mutants that no example notices."""
    bundle = load_packs([builtin_rules_dir()], BUILDER_NAMES)
    result = run(bundle, sys.argv[1:])
    for survivor in result.survivors:
        print(survivor)
    total = result.caught + len(result.survivors)
    print(f"{result.caught} of {total} mutants noticed ({result.share:.1%})")


if __name__ == "__main__":
    main()
