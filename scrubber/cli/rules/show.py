"""`scrubber rules show`: one rule or decision as it was written, and what it becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scrubber.claim.paths import types_of
from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.cli.rules.common import find, scrubber_of
from scrubber.engine.generate import source_of
from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule
from scrubber.rulebook.compiled import compiled


@click.command()
@click.argument("rule_id", metavar="ID")
@click.option(
    "--compiled", "with_python", is_flag=True, help="Also show what it becomes: the Python of its fast check."
)
@packs_option
def show(rule_id: str, with_python: bool, packs: tuple[str, ...]) -> int:
    """Show a rule or decision: the file as written, and with --compiled also what is made of it.

    The Python that is made of a rule, for each kind of claims it is for, clears the claims that surely pass.
    What it cannot clear is looked at by the plain evaluator, which finds what is wrong.
    """
    bundle = load_bundle(packs)
    found_id, found = find(bundle, rule_id)
    click.echo(f"# {found.file}   version {found.version}")
    try:
        click.echo(Path(found.file).read_text(encoding="utf-8"), nl=False)
    except OSError as error:
        raise Failure(f"{found.file} cannot be read any more ({error.strerror})") from None
    if with_python and isinstance(found, LoadedDecision):
        _show_decision(bundle, found_id)
    elif with_python and isinstance(found, LoadedRule):
        _show_rule(bundle, found)
    return 0


def _show_rule(bundle: Bundle, loaded: LoadedRule) -> None:
    rule = compiled(bundle, loaded.rule)
    if loaded.rule.status == "draft":
        click.echo("\n# a draft does not run; this is what it would become")
    for claim_type in sorted(types_of(loaded.rule.applies_to.claim_types)):
        source, constants = source_of([rule], claim_type)
        click.echo(f"\n# the fast check of {claim_type} claims\n{source}")
        for name, value in constants.items():
            # An operator's function goes by the operator's name, a set by its own.
            if not callable(value) and not name.startswith("set_"):
                click.echo(f"# {name} = {_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, frozenset):  # in an order that does not change from run to run
        return " or ".join(sorted(item.__name__ if isinstance(item, type) else repr(item) for item in value))
    text = repr(value)
    return text if len(text) < 100 else type(value).__name__


def _show_decision(bundle: Bundle, decision_id: str) -> None:
    for stage, rulesets in scrubber_of(bundle).decider.rulesets.items():
        mine = {name: body for name, body in rulesets.items() if decision_id in name}
        if mine:
            click.echo(f"\n# durable-rules, ruleset {stage}")
            click.echo(json.dumps(mine, indent=2))
