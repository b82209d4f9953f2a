"""`scrubber rules explain`: what a rule makes of a claim, condition by condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import click

from scrubber.cli.background import background, background_options
from scrubber.cli.common import Failure, data_option, load_bundle, packs_option, receipt_date_option
from scrubber.cli.rules.common import find, scrubber_of
from scrubber.engine.explain import Asked, Explanation, Looked, explain
from scrubber.findings import ClaimResult
from scrubber.history.store import HistoryError, Store
from scrubber.inputs import FileFinished, read_file
from scrubber.packs.bundle import LoadedRule
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import JsonChunk
from scrubber.read.reader import ReadClaim
from scrubber.reference.errors import StoreError
from scrubber.reference.store import Snapshot

_ANSWERS = {True: "yes", False: "no", None: "unknown"}
_ANSWER_WIDTH = 9


@click.command("explain")
@click.argument("file", metavar="FILE")
@click.argument("rule_id", metavar="RULE")
@click.option("--claim", "claim_id", metavar="ID", help="The claim with this patient control number (CLM01).")
@click.option(
    "--number", type=click.IntRange(1), metavar="N", help="The Nth claim of the file; default: the first."
)
@packs_option
@data_option
@receipt_date_option
@background_options
def explain_(
    file: str,
    rule_id: str,
    claim_id: str | None,
    number: int | None,
    packs: tuple[str, ...],
    data: Snapshot,
    receipt_date: dt.date | None,
    history: str | None,
    context: str | None,
) -> int:
    """Show what RULE makes of a claim in FILE: each condition, its answer and the values it saw.

    A rule that is not about the claim says why not. Values of the claim are shown: this is for those who may
    see the claim.
    """
    if claim_id is not None and number is not None:
        raise click.UsageError("give --claim or --number, not both")
    bundle = load_bundle(packs)
    found_id, found = find(bundle, rule_id)
    if not isinstance(found, LoadedRule):
        raise Failure(f"{found_id} is a decision; what a decision did stands in the findings it changed")
    state, known = background(history, context)
    store = Store(history, state=state) if history is not None else None
    scrubber = scrubber_of(bundle, data, store, known)
    rule = scrubber.observer.compiled.get(found.rule.id)
    if rule is None:
        raise Failure(f"{found_id} is a draft, and drafts do not run", "set its status to preview or stable")
    if rule.scope == "file":
        raise Failure(
            f"{found_id} looks over all claims of a file; there is nothing to explain about one of them",
            "`scrubber scrub` says which claims of the file have the same values",
        )
    item = _claim(file, claim_id, number or 1)
    claim = scrubber.normalise(item.claim)
    try:
        explanation = explain(rule, claim, receipt_date, scrubber.background(claim))
        result = scrubber.scrub(item, receipt_date, verify=False)
    except (HistoryError, StoreError) as error:
        raise Failure(error.message, error.remedy) from None
    click.echo(f"{found_id}  {found.rule.title}")
    click.echo(
        f"claim {item.claim.patient_control_number or '(no number)'}, number {item.index + 1} of {file}"
    )
    for line in (*_lines(explanation), *_concluded(explanation, result)):
        click.echo(line)
    return 0


def _concluded(explanation: Explanation, result: ClaimResult) -> Iterator[str]:
    """Yield what became of the findings in a scrub, after decisions, overrides and suppressions."""
    found = [finding for finding in result.findings if finding.rule == explanation.rule]
    failed = any(looked.outcome == "fail" for looked in explanation.items)
    if not (found or failed):
        return
    yield "\nin a scrub"
    for finding in found:
        by = "".join(f" by {decision}" for decision in finding.decided_by)
        why = f": {finding.reason}" if finding.reason else ""
        counts = f", {finding.severity}" if finding.outcome == "fail" else ""
        yield f"  {finding.locations[0].path}: {finding.outcome}{counts}{by}{why}"
    if not found and result.outcome == "error":
        yield f"  the claim is an error: {result.not_evaluated[0].reason}"
    elif not found:
        yield "  no finding: the rule is switched off"


def _claim(file: str, claim_id: str | None, number: int) -> ReadClaim:
    """Return one claim of a file. Raises Failure when there is none."""
    problem = ""
    for part in read_file(file, 1):
        if isinstance(part, FileFinished):
            problem = next((f"{p.message}; {p.remedy}" for p in part.problems if p.fatal), "")
        if not isinstance(part, Chunk | JsonChunk):
            continue
        for item in part.read():
            if not isinstance(item, ReadClaim):
                continue
            wanted = (
                item.index + 1 == number
                if claim_id is None
                else item.claim.patient_control_number == claim_id
            )
            if wanted and item.broken is not None:
                raise Failure(f"the claim cannot be judged: {item.broken}")
            if wanted:
                return item
    told = f"has no claim {number}" if claim_id is None else "has no claim with this number"
    raise Failure(f"{file} {told}", problem or "`scrubber scrub` lists the claims of a file")


def _lines(explanation: Explanation) -> Iterator[str]:
    if explanation.concerned:
        yield "\nis it about this claim"
        for asked in explanation.concerned:
            yield from _table(asked, 1)
    if explanation.parameters:
        yield "\nparameters for this claim"
        for name, value in explanation.parameters:
            yield f"  {name} = {value}"
            for told, said_by, lost in explanation.candidates[name]:
                what = "lost" if lost else "counts"
                yield f"      {what:8}{told}, {said_by}" + (f": {lost}" if lost else "")
    if not all(asked.answer for asked in explanation.concerned):
        yield "\nThe rule is not about this claim: it makes no finding."
    elif not explanation.items:
        yield "\nThe claim has nothing that the rule looks at: it makes no finding."
    for number, looked in enumerate(explanation.items, 1):
        yield from _item(number, looked)


def _item(number: int, looked: Looked) -> Iterator[str]:
    places = ", ".join(f"{name} {path}" for name, path in looked.places) or "the claim"
    yield f"\n{number}. {places}: {looked.outcome}" + (f" ({looked.why})" if looked.why else "")
    for name, value in looked.named:
        yield f"  {name} = {value}"
    for key, asked in looked.asked:
        yield f"  {key}"
        yield from _table(asked, 2)


def _table(asked: Asked, depth: int) -> Iterator[str]:
    """Yield a condition and those in it, one a line: the answer, what is asked, what it saw."""
    saw = "; ".join(f"{name} = {value}" for name, value in asked.values)
    yield f"{'  ' * depth}{_ANSWERS[asked.answer]:{_ANSWER_WIDTH}}{asked.text}" + (
        f"   [{saw}]" if saw else ""
    )
    for part in asked.parts:
        yield from _table(part, depth + 1)
