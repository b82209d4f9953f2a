"""How many mistakes in rules their examples notice: `python -m tests.mutation.run [ID...]`.

Mutants that say the same as their rule stand in `equivalent.yaml` and are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
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

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


class Run(NamedTuple):
    """What came of it: mutants that the examples noticed, and those that they did not.

    Equivalent mutants are not counted. `stale` are entries of that list that no longer survive, or are none.
    """

    caught: int
    survivors: tuple[str, ...]
    stale: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The number of mutants that could be noticed."""
        return self.caught + len(self.survivors)

    @property
    def share(self) -> float:
        """The share of mutants that were noticed."""
        return self.caught / self.total if self.total else 1.0


def read_equivalent(file: Path = EQUIVALENT) -> dict[str, str]:
    """Return the mutants that say the same as their rule, with the reasons."""
    data = read_yaml(file.read_bytes(), file.name).data
    assert isinstance(data, dict)
    return data


def run(bundle: Bundle, only: Collection[str] = (), equivalent: Mapping[str, str] | None = None) -> Run:
    """Run the examples of every rule, or of some, against its mutants."""
    scrubber, known = Scrubber(bundle), Known.of(bundle)
    caught, survivors = 0, []
    stale = {text for text in equivalent or () if not only or text.split(" ")[0] in only}
    for loaded in bundle.rules:
        if loaded.rule.id not in scrubber.observer.compiled or (only and loaded.rule.id not in only):
            continue
        for mutant in mutants_of(loaded):
            if _is_noticed(scrubber, loaded, mutant, known):
                caught += 1
            elif str(mutant) in stale:
                stale.remove(str(mutant))
            else:
                survivors.append(str(mutant))
    return Run(caught, tuple(survivors), tuple(sorted(stale)))


def mutants_of(loaded: LoadedRule) -> Iterator[Mutant]:
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
    result = run(bundle, sys.argv[1:], read_equivalent())
    for survivor in result.survivors:
        print(survivor)
    for text in result.stale:
        print(f"{EQUIVALENT.name}: no survivor (any more): {text}")
    print(f"{result.caught} of {result.total} mutants noticed ({result.share:.1%})")
    sys.exit(1 if result.stale else 0)


if __name__ == "__main__":
    main()
