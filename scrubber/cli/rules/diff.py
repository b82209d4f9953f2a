"""`scrubber rules diff`: what changed between two versions of a folder of rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from scrubber.base_claims import ExampleError
from scrubber.cli.common import Failure, fail_on_diagnostics
from scrubber.cli.rules.common import plural, unreadable_base
from scrubber.engine.durable import EngineUnavailable
from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from scrubber.rulebook.diff import Changed, Diff, compare


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def diff(old: str, new: str, format_: str) -> int:
    """Say what changed between two versions of a folder of rules.

    OLD and NEW are a pack, or a folder with several. What a pack alone lacks (sets, sources, payers, base
    claims) is taken from the built-in rules. The examples of both versions are run with both, so that you
    see which claims are answered otherwise. Comments and layout do not count.

    Exit code: 0 when nothing changed, 1 when something did, 2 when a folder cannot be read.
    """
    before, after = _load(old), _load(new)
    try:
        found = compare(before, after)
    except EngineUnavailable as error:
        raise Failure(str(error)) from None
    except ExampleError as problem:
        raise unreadable_base(problem) from None
    if format_ == "json":
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        for line in _lines(found):
            click.echo(line)
    return 1 if found else 0


def _load(folder: str) -> Bundle:
    try:
        return load_packs([Path(folder)], BUILDER_NAMES, [builtin_rules_dir()])
    except PackErrors as error:
        fail_on_diagnostics(error, f"the rules in {folder}")


def _lines(found: Diff) -> Iterator[str]:
    if not found:
        yield "No difference."
        return
    for item in found.added:
        yield f"added    {item.id}  {item.title}"
    for item in found.removed:
        yield f"removed  {item.id}  {item.title}"
    for pair in found.renamed:
        yield f"renamed  {pair.old} -> {pair.new}  {pair.title}"
    for changed in found.changed:
        yield f"changed  {changed.id}  {changed.title}"
        yield from (f"         {line}" for line in _details(changed))
    for thing in found.beside:
        yield f"{thing.what} {thing.name}: {thing.words}"
    answers = sum(len(changed.answers) for changed in found.changed)
    yield ""
    yield (
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.renamed)} renamed, "
        f"{len(found.changed)} changed; {plural(answers, 'example')} answered otherwise."
    )


def _details(changed: Changed) -> Iterator[str]:
    for change in changed.changes:
        yield f"{change.key}: {change.words}"
        for when, text in (("before", change.before), ("after", change.after)):
            if text is not None:
                yield f"  {when}:"
                yield from (f"    {line}" for line in text.splitlines())
    for answer in changed.answers:
        yield f"example '{answer.example}' ({answer.of} version): {answer.old} -> {answer.new}"
