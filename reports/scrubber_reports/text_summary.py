"""The end of a text report: counts by outcome, rule and amendment, and loudly what was not evaluated."""

from __future__ import annotations

from scrubber_reports.paper import Paper, wrap
from scrubber_reports.tally import Tally
from scrubber_reports.views import GapView
from scrubber_reports.words import APPLICABILITIES, NOT_A_PASS, OUTCOME_MEANING, WAY_OF_MANY, many

OUTCOME_STYLE = {"error": "bad strong", "rejected": "bad strong", "review": "warn strong", "clean": "good"}
SEVERITY_STYLE = {"reject": "bad strong", "deny": "bad strong", "warn": "warn strong", "info": "info"}

#: With less room beside the counts, a rule's title goes below them.
_NARROW = 24


def write_summary(paper: Paper, tally: Tally, never: tuple[GapView, ...]) -> None:
    """Write the counts of a run. `never` are rules that were not run on any claim."""
    paper.line()
    paper.divider()
    paper.line(f"{many(tally.claims, 'claim')} in {many(tally.files, 'file')}", "strong")
    for outcome in ("rejected", "error", "review", "clean"):
        count = tally.outcomes[outcome]
        style = OUTCOME_STYLE[outcome] if count else "dim"
        label = f"{count:>8,}  {outcome}"
        paper.row(label, OUTCOME_MEANING[outcome], "dim", gutter=19, label_style=style)
    _rules(paper, tally)
    _amendments(paper, tally)
    _not_evaluated(paper, tally, never)
    for outcome, count in sorted(tally.set_aside.items()):
        paper.line()
        paper.lines(f"{many(count, 'finding')} {outcome}: kept for the record in the JSON result", "dim")


def _rules(paper: Paper, tally: Tally) -> None:
    counts = tally.by_rule()
    if not counts:
        return
    paper.line()
    paper.line("  claims  findings  rule", "dim")
    for count in counts:
        style = SEVERITY_STYLE.get(count.severity, "")
        head = f"{count.claims:>8,}  {count.findings:>8,}  "
        tail = f"{count.severity:<6} {count.rule}  "
        room = paper.width - len(head) - len(tail)
        start = head + paper.styled(tail, style)
        if room < _NARROW:
            paper.line(start)
            paper.lines(count.title, indent="    ")
            continue
        for part in wrap(count.title, room):
            paper.line(start + part)
            start = " " * (len(head) + len(tail))


def _amendments(paper: Paper, tally: Tally) -> None:
    if not tally.amendments:
        return
    paper.line()
    for kind in APPLICABILITIES:
        for way, hint in WAY_OF_MANY.items():
            count = tally.amendments[kind, way]
            if count:
                noun = "fix" if count == 1 else "fixes"
                paper.row(f"{count:>8,}", f"{kind} {noun}; {hint}", gutter=9, label_style="")


def _not_evaluated(paper: Paper, tally: Tally, never: tuple[GapView, ...]) -> None:
    if tally.partial:
        paper.line()
        paper.lines(f"{many(tally.partial, 'claim')} only partly checked. {NOT_A_PASS}", "loud")
        for count in tally.by_gap():
            other = " (and other reasons)" if count.other_reasons else ""
            text = f"{count.rule}: {count.reason}{other}{_to_do(count.remedy)}"
            paper.row(f"{count.claims:>8,}", text, gutter=8)
    if never:
        paper.line()
        paper.lines(f"{many(len(never), 'rule')} did not run at all. {NOT_A_PASS}", "loud")
        for gap in never:
            paper.lines(f"{gap.rule}: {gap.reason}{_to_do(gap.remedy)}", indent="  ")


def _to_do(remedy: str) -> str:
    return f". To do: {remedy}" if remedy else ""
