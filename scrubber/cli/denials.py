"""`scrubber denials`: what a payer's answer means, what to do next, and what would have prevented it."""

from __future__ import annotations

import datetime as dt
import json
import sys

import click

from scrubber.cli.common import Failure, date_option, fail_on_diagnostics, load_bundle, packs_option
from scrubber.denials.codes import DenialCodeError
from scrubber.denials.explain import explain as explain_codes
from scrubber.denials.load import load_denials
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
    try:
        known = load_denials(builtin_rules_dir() / "denials", bundle.sources, set(titles))
        answer = explain_codes(
            known,
            codes,
            program=program,
            payer=payer,
            service_date=service_date,
            remittance_date=remittance_date,
        )
    except PackErrors as error:
        fail_on_diagnostics(error, "the denial entries")
    except DenialCodeError as error:
        raise Failure(str(error)) from None
    if format_ == "json":
        click.echo(json.dumps(answer.as_dict(), indent=2, ensure_ascii=False))
        return 0
    from scrubber_reports.denial import write_explanation

    write_explanation(sys.stdout, answer.as_dict(), titles)
    return 0
