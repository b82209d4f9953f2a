"""`scrubber rules`: what rule authors use. Check the packs, run their examples, list and show rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from scrubber.claim.paths import types_of
from scrubber.cli.common import Failure, load_bundle, packs_option
from scrubber.engine.durable import EngineUnavailable
from scrubber.engine.generate import source_of
from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule
from scrubber.pipeline import Scrubber
from scrubber.rule_examples import run_examples


@click.group()
def rules() -> None:
    """Check, test, list and show rules."""


@rules.command()
@click.argument("folders", nargs=-1, metavar="[DIR]...")
@packs_option
def check(folders: tuple[str, ...], packs: tuple[str, ...]) -> int:
    """Check the built-in rules and those in DIR: every mistake of every file, with its place."""
    bundle = load_bundle((*packs, *folders))
    mistakes = bundle.guides.problems(bundle.sources)
    if mistakes:
        raise Failure("\n".join(map(str, mistakes)))
    unchecked = sum(not source.checked for source in bundle.sources.values())
    click.echo(
        f"{len(bundle.rules)} rules and {len(bundle.decisions)} decisions "
        f"in {len(bundle.packs)} packs: no mistakes."
    )
    click.echo(f"{unchecked} of {len(bundle.sources)} sources are not checked against their text yet.")
    return 0


@rules.command()
@click.argument("words", nargs=-1, metavar="[DIR | ID]...")
@packs_option
def test(words: tuple[str, ...], packs: tuple[str, ...]) -> int:
    """Run the examples of all rules and decisions, also those in DIR; or only of the rules with these IDs."""
    folders = tuple(word for word in words if Path(word).is_dir())
    bundle = load_bundle((*packs, *folders))
    wanted = tuple(_find(bundle, word)[0] for word in words if word not in folders)
    report = run_examples(_scrubber(bundle), wanted)
    for failure in report.failures:
        click.echo(str(failure))
    if report.failures:
        click.echo(f"{report.ran} examples ran; {len(report.failures)} things are not as they say.")
        return 1
    click.echo(f"{report.ran} examples ran; all are as they say.")
    return 0


@rules.command("list")
@click.option("--pack", help="Only the rules of one pack.")
@click.option("--payer", help="Only the rules of one payer.")
@click.option("--severity", type=click.Choice(("reject", "deny", "warn", "info")))
@packs_option
def list_(pack: str | None, payer: str | None, severity: str | None, packs: tuple[str, ...]) -> int:
    """List rules and decisions: id, severity (of a decision: its stage), status, pack, title."""
    from rich.console import Console
    from rich.table import Table

    bundle = load_bundle(packs)
    table = Table(box=None, pad_edge=False)
    for column in ("Id", "Severity", "Status", "Pack"):
        table.add_column(column, no_wrap=True)
    table.add_column("Title", overflow="fold")
    shown = 0
    for loaded in sorted(bundle.rules, key=lambda item: item.rule.id):
        rule = loaded.rule
        if (
            (pack and loaded.pack != pack)
            or (payer and payer not in rule.applies_to.payers)
            or (severity and rule.severity != severity)
        ):
            continue
        shown += 1
        table.add_row(
            rule.id, rule.severity, rule.status, loaded.pack, rule.title + _unsourced(bundle, loaded)
        )
    if not (pack or payer or severity):
        for held in sorted(bundle.decisions, key=lambda item: item.decision.id):
            decision = held.decision
            table.add_row(decision.id, decision.stage, decision.status, held.pack, decision.title)
    console = Console(file=sys.stdout, highlight=False)
    console.print(table)
    checked = sum(source.checked for source in bundle.sources.values())
    console.print(
        f"\n{shown} rules. {checked} of {len(bundle.sources)} sources are checked; * cites one that is not."
    )
    return 0


def _unsourced(bundle: Bundle, loaded: LoadedRule) -> str:
    return "" if all(bundle.sources[key].checked for key in loaded.rule.references) else " *"


@rules.command()
@click.argument("rule_id", metavar="ID")
@click.option("--compiled", is_flag=True, help="Show what the engine runs instead of what was written.")
@packs_option
def show(rule_id: str, compiled: bool, packs: tuple[str, ...]) -> int:
    """Show a rule or decision: the file as written, or what it is compiled to."""
    bundle = load_bundle(packs)
    found_id, found = _find(bundle, rule_id)
    if not compiled:
        click.echo(f"# {found.file}   version {found.version}")
        click.echo(Path(found.file).read_text(encoding="utf-8"), nl=False)
        return 0
    scrubber = _scrubber(bundle)
    if isinstance(found, LoadedDecision):
        for stage, rulesets in scrubber.decider.rulesets.items():
            mine = {name: body for name, body in rulesets.items() if found_id in name}
            if mine:
                click.echo(f"# durable-rules, ruleset {stage}")
                click.echo(json.dumps(mine, indent=2))
        return 0
    if found_id not in scrubber.observer.compiled:
        raise Failure(f"{found_id} is a draft: drafts do not run")
    rule = scrubber.observer.compiled[found_id]
    for claim_type in sorted(types_of(rule.rule.applies_to.claim_types)):
        source, constants = source_of(rule, claim_type)
        click.echo(f"# for {claim_type} claims\n{source}")
        for name, value in constants.items():
            if callable(value):  # an operator's function goes by the operator's name
                continue
            text = repr(value) if len(repr(value)) < 100 else f"{type(value).__name__}"
            click.echo(f"# {name} = {text}")
    return 0


def _scrubber(bundle: Bundle) -> Scrubber:
    try:
        return Scrubber(bundle)
    except EngineUnavailable as error:
        raise Failure(str(error)) from None


def _find(bundle: Bundle, rule_id: str) -> tuple[str, LoadedRule | LoadedDecision]:
    """Return a rule by id or alias, or a decision by id."""
    wanted = rule_id.upper()
    for held in bundle.decisions:
        if held.decision.id == wanted:
            return wanted, held
    try:
        loaded = bundle.rule(wanted)
    except KeyError:
        import difflib

        ids = [r.rule.id for r in bundle.rules] + [d.decision.id for d in bundle.decisions]
        close = difflib.get_close_matches(wanted, ids, n=1)
        hint = (
            f"did you mean {close[0]}?"
            if close
            else "`scrubber rules list` shows all; name your own with --packs"
        )
        raise Failure(f"there is no rule {rule_id}", hint) from None
    return loaded.rule.id, loaded
