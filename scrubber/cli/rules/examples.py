"""`scrubber rules test`: run the examples that rules carry."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click

from scrubber.base_claims import ExampleError
from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.cli.rules.common import find, plural, scrubber_of, unreadable_base
from scrubber.cli.rules.watch import watch
from scrubber.packs.bundle import Bundle
from scrubber.packs.load import builtin_rules_dir
from scrubber.packs.yaml_marks import read_yaml
from scrubber.rule_examples import ExampleFailure, ExampleReport, run_examples
from scrubber.rulebook.spread import ProcessDied, processes_that_pay, run_spread


@click.command()
@click.argument("words", nargs=-1, metavar="[DIR | ID]...")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Run in so many processes. Default: more than one only where thousands of examples make it pay.",
)
@click.option("--watch", "keep", is_flag=True, help="Run again whenever a file of the rules changes.")
@packs_option
def test(words: tuple[str, ...], jobs: int | None, keep: bool, packs: tuple[str, ...]) -> int:
    """Run the examples of all rules and decisions, also those in DIR; or only of the rules with these IDs."""
    if not keep:
        return _run(words, jobs, packs)
    folders = [builtin_rules_dir(), *map(Path, packs), *(Path(word) for word in words if Path(word).is_dir())]
    watch(folders, lambda: _run(words, jobs, packs))
    return 0


def _run(words: tuple[str, ...], jobs: int | None, packs: tuple[str, ...]) -> int:
    began = time.monotonic()
    folders = tuple(word for word in words if Path(word).is_dir())
    bundle = load_bundle((*packs, *folders))
    wanted = tuple(find(bundle, word)[0] for word in words if word not in folders)
    try:
        report = _report(bundle, wanted, jobs)
    except ExampleError as problem:
        raise unreadable_base(problem) from None
    for failure in report.failures:
        click.echo(str(replace(failure, file=_place_of(failure))))
    drafts = _drafts(bundle, wanted)
    if drafts:
        click.echo(f"{', '.join(drafts)}: drafts do not run, so their examples did not either.")
    ran = f"{plural(report.ran, 'example')} ran in {time.monotonic() - began:.1f} s"
    if report.failures:
        click.echo(f"{ran}; {_not_so(len(report.failures))}.")
        return 1
    click.echo(f"{ran}; all are as they say.")
    return 0


def _place_of(failure: ExampleFailure) -> str:
    """Return the file of an example with its line and column. Rules do not keep where their parts stand."""
    try:
        document = read_yaml(Path(failure.file).read_bytes(), failure.file)
    except OSError:
        return failure.file
    groups = document.data.get("examples") if isinstance(document.data, dict) else None
    if not isinstance(groups, dict):  # a base claim, which is no YAML
        return failure.file
    mark = document.marks.key(("examples", failure.example) if failure.example in groups else ("examples",))
    for group, examples in groups.items():
        for number, example in enumerate(examples if isinstance(examples, list) else ()):
            if isinstance(example, dict) and example.get("name") == failure.example:
                mark = document.marks.value(("examples", group, number))
    return f"{failure.file}:{mark.line}:{mark.col}"


def _report(bundle: Bundle, wanted: tuple[str, ...], jobs: int | None) -> ExampleReport:
    if wanted:
        return run_examples(scrubber_of(bundle), wanted)
    count = processes_that_pay(bundle) if jobs is None else jobs
    if count == 1:
        return run_examples(scrubber_of(bundle))
    try:
        return run_spread(bundle, count)
    except ProcessDied:
        raise Failure("a process that ran examples died", "run them in one, with --jobs 1") from None


def _drafts(bundle: Bundle, wanted: tuple[str, ...]) -> list[str]:
    rules = (loaded.rule for loaded in bundle.rules)
    return [rule.id for rule in rules if rule.status == "draft" and (not wanted or rule.id in wanted)]


def _not_so(count: int) -> str:
    return "1 thing is not as it says" if count == 1 else f"{count} things are not as they say"
