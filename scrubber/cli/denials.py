"""`scrubber denials`: what a payer's answer means, what to do next, and what would have prevented it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from scrubber.cli.common import Failure, date_option, fail_on_diagnostics, load_bundle, packs_option
from scrubber.cli.rules.common import plural
from scrubber.denials.codes import DenialCodeError, canonical
from scrubber.denials.coverage import Covered, covered
from scrubber.denials.explain import explain as explain_codes
from scrubber.denials.load import Denials, load_denials
from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir


@click.group()
def denials() -> None:
    """Explain what a payer answered."""


@denials.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--program", help="The payer's programme, such as medicare_b; answers differ.")
@click.option("--payer", help="The payer's key in the registry.")
@date_option("--service-date", "Day of service, to work deadlines out.")
@date_option("--remittance-date", "Day of the remittance, to work deadlines out.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@packs_option
def explain(
    codes: tuple[str, ...],
    program: str | None,
    payer: str | None,
    service_date: dt.date | None,
    remittance_date: dt.date | None,
    format_: str,
    packs: tuple[str, ...],
) -> int:
    """Explain a denial by its codes, such as CO-16 N290."""
    bundle = load_bundle(packs)
    payers = {entry.key: entry for entry in bundle.payers.values()}
    if payer is not None and payer not in payers:
        raise Failure(f"the registry has no payer {payer}", f"it has {', '.join(sorted(payers))}")
    if payer is not None and program is None:
        program = payers[payer].program
    titles = {loaded.rule.id: loaded.rule.title for loaded in bundle.rules}
    known = _known(bundle)
    try:
        answer = explain_codes(
            known,
            codes,
            program=program,
            payer=payer,
            service_date=service_date,
            remittance_date=remittance_date,
        )
    except DenialCodeError as error:
        raise Failure(str(error), error.remedy) from None
    if format_ == "json":
        click.echo(json.dumps(answer.as_dict(), indent=2, ensure_ascii=False))
        return 0
    from scrubber_reports.denial import write_explanation

    write_explanation(sys.stdout, answer.as_dict(), titles)
    return 0


@denials.command("list")
@click.option("--carc", metavar="CODE", help="Only what is about one reason code (16, or CO-16).")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@packs_option
def list_(carc: str | None, format_: str, packs: tuple[str, ...]) -> int:
    """List the codes that there is an answer to: reason code, remark codes, what it is about."""
    known = _known(load_bundle(packs))
    wanted = carc.upper().rpartition("-")[2] if carc is not None else None
    found = [one for one in covered(known) if wanted is None or canonical(wanted) in one.carcs]
    if wanted is not None and not found:
        raise Failure(f"there is no entry about {carc}", "`scrubber denials list` shows all there are")
    if format_ == "json":
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _show(found)
    return 0


def _show(found: Sequence[Covered]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("Reason", "Remarks"):
        table.add_column(column, overflow="fold")
    table.add_column("What it is about", overflow="fold", ratio=1)
    for one in found:
        groups = "/".join(one.groups)
        reasons = ", ".join(f"{groups}-{carc}" for carc in one.carcs) or "any"
        only = ", ".join((*one.programs, *one.payers))
        about = one.meaning + (f" ({only} only)" if only else "") + ("" if one.checked else " *")
        table.add_row(reasons, " ".join(one.rarcs), about)
    console = Console(file=sys.stdout, highlight=False, markup=False)
    console.print(table)
    console.print()
    carcs = len({carc for one in found for carc in one.carcs})
    rarcs = len({rarc for one in found for rarc in one.rarcs})
    named = "1 answer" if len(found) == 1 else f"{len(found)} answers"
    console.print(
        f"{named} about {plural(carcs, 'reason code')}; {plural(rarcs, 'remark code')} named. "
        "* cites a source that is not checked."
    )


def _known(bundle: Bundle) -> Denials:
    rules = {loaded.rule.id for loaded in bundle.rules}
    try:
        return load_denials(builtin_rules_dir() / "denials", bundle.sources, rules)
    except PackErrors as error:
        fail_on_diagnostics(error, "the denial entries")
