"""The text report of a run: what is wrong, where, why, what it would cost and what to do.

Streams: one call a claim, nothing is kept but counts. Clean claims are counted, not listed. What could
not be evaluated is said loudly; what was suppressed or bypassed is dimmed and counted, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from scrubber_reports.clean import flow, shown, visible
from scrubber_reports.paper import Paper
from scrubber_reports.tally import Tally
from scrubber_reports.text_summary import OUTCOME_STYLE, SEVERITY_STYLE, write_summary
from scrubber_reports.views import (
    AmendmentView,
    ClaimView,
    FindingView,
    GapView,
    accept_command,
    claim_view,
    finding_views,
    gap_views,
)
from scrubber_reports.words import CHECK_FAILED, NOT_A_PASS, WAY, history_words, many

Json = Mapping[str, Any]

_INDENT = 5


class TextReport:
    """Writes a run to a stream, for a terminal or a pipe.

    Call in order: start, (start_file, claim*, end_file)*, finish. `colour` and `width` None: what the
    terminal can do; in a pipe 80 columns and no colour. `options` are the words of the run's command line
    that `scrubber amend` needs too: `--packs DIR`, `--receipt-date D`.
    """

    def __init__(
        self,
        out: TextIO,
        *,
        colour: bool | None = None,
        width: int | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self._paper = Paper(out, colour=colour, width=width)
        self._tally = Tally()
        self._options = tuple(options)
        self._path, self._format = "-", ""
        self._shown_in_file = 0

    @property
    def tally(self) -> Tally:
        """The counts so far."""
        return self._tally

    def start(self, head: Json) -> None:
        """Begin the report. `head` has the members of the result that stand before `files`."""
        packs = ", ".join(f"{p['id']} {p['version']}" for p in head.get("packs") or ())
        paper = self._paper
        if head.get("receipt_date"):
            paper.row("As of", flow(str(head["receipt_date"])), gutter=8)
        if packs:
            paper.row("Packs", flow(packs), gutter=8)
        editions = (f"{t['table']} {t.get('edition') or ''}" for t in head.get("reference_data") or ())
        tables = ", ".join(edition.strip() for edition in editions)
        if tables:
            paper.row("Tables", flow(tables), gutter=8)
        if history := head.get("history"):
            paper.row("History", flow(history_words(history["claims"], history["since"])), gutter=8)
        for entry in head.get("overrides") or ():
            if entry["change"] == "off":
                payers = f" for {', '.join(entry['payers'])}" if entry["payers"] else ""
                told = f"{entry['rule']}{payers}: {entry['reason']} ({entry['by']})"
                paper.row("Off", flow(visible(told)), gutter=8)

    def start_file(self, file: Json) -> None:
        """Begin one file: its `path` and `format`."""
        self._path, self._format = str(file["path"]), str(file.get("format") or "")
        self._shown_in_file = 0
        self._tally.files += 1
        kind = f" · {visible(self._format)}" if self._format else ""
        self._paper.line()
        self._paper.line(self._paper.styled(shown(self._path), "strong") + self._paper.styled(kind, "dim"))
        self._paper.divider()

    def claim(self, result: Json, claim: Json | None = None) -> None:
        """Write one claim if there is anything to say about it, and count it. `claim` is not used here."""
        if self._tally.add_clean(result):
            return
        view = claim_view(result, self._format)
        self._tally.add_claim(view)
        if not view.notable:
            return
        self._shown_in_file += 1
        paper = self._paper
        paper.line()
        badge = paper.styled(view.outcome.upper(), OUTCOME_STYLE.get(view.outcome, "strong"))
        about = f"{view.claim_type} · claim {view.index + 1} in the file"
        head = f"{badge}  {paper.styled(view.claim_id, 'strong')}"
        if len(view.outcome) + len(view.claim_id) + len(about) + 4 <= paper.width:
            paper.line(f"{head}  {paper.styled(about, 'dim')}")
        else:
            paper.line(head)
            paper.lines(about, "dim", "  ")
        if view.partial:
            paper.lines(self._partial(view), "loud", "  ")
        if view.outcome == "error":
            paper.lines(CHECK_FAILED, "bad", "  ")
        for finding in view.findings:
            self._finding(finding)
        for gap in view.gaps:
            self._gap(gap)
        self._aside(view.set_aside)

    def end_file(self, file: Json) -> None:
        """End one file; what is said of the file as a whole, if anything, is written."""
        findings = finding_views(file.get("findings") or (), of_file=True)
        failed = tuple(f for f in findings if f.failed)
        self._tally.add_findings(failed)
        gaps = gap_views(file.get("not_evaluated") or ())
        if failed or gaps:
            self._paper.line()
            self._paper.line("The file as a whole", "strong")
        elif not self._shown_in_file:
            self._paper.line("Nothing to look at in this file.", "dim")
        for finding in failed:
            self._finding(finding)
        for gap in gaps:
            self._gap(gap)
        self._aside(tuple(f for f in findings if not f.failed))

    def finish(self, summary: Json | None = None) -> None:
        """Write the counts. `summary["not_evaluated"]` are rules that were not run on any claim."""
        write_summary(self._paper, self._tally, gap_views((summary or {}).get("not_evaluated") or ()))

    # --- parts of a claim -----------------------------------------------------------------------------

    def _partial(self, view: ClaimView) -> str:
        return f"PARTIAL: {many(len(view.gaps), 'rule')} could not be evaluated on this claim. {NOT_A_PASS}"

    def _finding(self, finding: FindingView) -> None:
        paper = self._paper
        style = SEVERITY_STYLE.get(finding.severity, "strong")
        severity = paper.styled(f"{finding.severity.upper():<6}", style)
        paper.line()
        head = f"{finding.number:>3}  {severity} {paper.styled(finding.rule, 'strong')}  "
        room = paper.width - (3 + 2 + 6 + 1 + len(finding.rule) + 2)
        if len(finding.title) <= room:
            paper.line(head + paper.styled(finding.title, "strong"))
        else:
            paper.line(head)
            paper.lines(finding.title, "strong", " " * _INDENT)
        paper.lines(finding.message, "", " " * _INDENT)
        for place in finding.places:
            value = "(missing)" if place.value is None else f"= {place.value}" if place.value else ""
            paper.row("also" if place.related else "where", f"{place.where} {value}", indent=_INDENT)
        self._row("why", finding.why)
        self._row("cost", finding.cost, "warn")
        self._row("remedy", finding.remedy, "good")
        if finding.amendment is not None:
            self._amendment(finding.amendment, finding)
        self._row("team", finding.route)
        self._row("note", _decided(finding))
        for reference in finding.references:
            self._row("source", reference.title, "dim")
            if reference.url:  # in one piece, to be copied
                paper.line(f"{'':{_INDENT + 8}}{reference.url}", "dim")

    def _row(self, label: str, text: str, style: str = "") -> None:
        if text:
            self._paper.row(label, text, style, indent=_INDENT)

    def _amendment(self, amendment: AmendmentView, finding: FindingView) -> None:
        paper = self._paper
        proof = ""
        if amendment.changes:
            proof = ", verified" if amendment.verified else ", NOT VERIFIED"
        paper.row("fix", f"{amendment.applicability}{proof}: {amendment.title}", "good", indent=_INDENT)
        for change in amendment.changes:
            change_text = f"{change.path}: {change.old or '(nothing)'} → {change.new or '(nothing)'}"
            paper.row("", change_text, indent=_INDENT)
        if amendment.way == "accept":
            # One line, however long, and nothing else on it: it is there to be copied.
            command = accept_command(self._path, finding.id, self._options)
            paper.line(" " * _INDENT + command, "info")
        else:
            style = "warn" if amendment.way == "unproven" else "dim"
            paper.row("", WAY[amendment.way], style, indent=_INDENT)

    def _gap(self, gap: GapView) -> None:
        paper = self._paper
        paper.line()
        paper.row("NOT EVALUATED", gap.rule, "strong", indent=_INDENT, gutter=13, label_style="loud")
        self._row("reason", gap.reason)
        self._row("remedy", gap.remedy)

    def _aside(self, findings: tuple[FindingView, ...]) -> None:
        if findings:
            self._paper.line()
        for finding in findings:
            text = f"{finding.outcome} {finding.rule}  {finding.title}"
            places = ", ".join(p.where for p in finding.places if not p.related)
            text += f" ({places})" if places else ""
            text += f": {note}" if (note := _decided(finding)) else ""
            self._paper.lines(text, "dim", " " * _INDENT)


def _decided(finding: FindingView) -> str:
    """Return why a finding is not as its rule made it, and who decided."""
    by = ", ".join(finding.decided_by)
    if finding.reason:
        return f"{finding.reason} ({by})" if by else finding.reason
    return f"decided by {by}" if by else ""
