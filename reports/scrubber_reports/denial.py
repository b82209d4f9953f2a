"""The text of a denial's explanation: what it means, what to do, by when, and what not to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from scrubber_reports.clean import flow
from scrubber_reports.paper import Paper

Json = Mapping[str, Any]

_NOT_IN_RELEASE = "(not a rule of this release)"


def write_explanation(
    out: TextIO,
    explanation: Json,
    rule_titles: Mapping[str, str],
    *,
    colour: bool | None = None,
    width: int | None = None,
) -> None:
    """Write an explanation (its JSON form). `rule_titles` gives the titles of rules by id."""
    paper = Paper(out, colour=colour, width=width)
    paper.line(flow(explanation["codes"]), "strong")
    paper.lines(flow(explanation["meaning"]))
    if explanation["status"] == "not_a_denial":
        paper.lines("This is not a denial.", "good")
    if explanation["who_bears_it"]:
        paper.lines(flow(explanation["who_bears_it"]), "dim")
    for remark in explanation["remarks"]:
        paper.lines(f"{remark['rarc']}: {flow(remark['meaning'])}", "warn")
    _causes(paper, explanation, rule_titles)
    _steps(paper, "What to do", explanation["next_steps"])
    _steps(paper, "Unless", explanation["exceptions"])
    _deadlines(paper, explanation)
    _do_not(paper, explanation)
    for note in explanation["notes"]:
        paper.line()
        paper.lines(flow(note), "warn")
    if explanation["see_also"]:
        paper.line()
        paper.row("See", ", ".join(explanation["see_also"]), gutter=4)
    _sources(paper, explanation)


def _heading(paper: Paper, text: str) -> None:
    paper.line()
    paper.line(text, "strong")


def _causes(paper: Paper, explanation: Json, rule_titles: Mapping[str, str]) -> None:
    if explanation["causes"]:
        _heading(paper, "Likely causes")
    for cause in explanation["causes"]:
        paper.row("-", flow(cause["text"]), indent=2, gutter=1)
        for rule in cause["prevented_by"]:
            title = flow(rule_titles.get(rule, _NOT_IN_RELEASE))
            paper.row("", f"{rule} finds this before the claim is sent: {title}", "good", indent=2, gutter=1)


def _steps(paper: Paper, heading: str, steps: list[Json]) -> None:
    if steps:
        _heading(paper, heading)
    for number, step in enumerate(steps, 1):
        label = f"{number}." if len(steps) > 1 else "-"
        indent, gutter = 2, len(label)
        if step["condition"]:
            paper.row(label, f"{_capital(flow(step['condition']))}:", "warn", indent=indent, gutter=gutter)
            label = ""
        paper.row(label, flow(step["title"]), "strong", indent=indent, gutter=gutter)
        paper.row("", flow(step["text"]), indent=indent, gutter=gutter)
        for item in step["send"]:
            paper.row("-", flow(item), indent=indent + gutter + 1, gutter=1)


def _deadlines(paper: Paper, explanation: Json) -> None:
    if explanation["deadlines"]:
        _heading(paper, "By when")
    titles = {s["action"]: s["title"] for s in [*explanation["next_steps"], *explanation["exceptions"]]}
    for deadline in explanation["deadlines"]:
        title = flow(titles.get(deadline["action"], deadline["action"])).partition(" (")[0]
        text = f"{title}: {flow(deadline['text'])}"
        if deadline["condition"]:
            text += f" ({flow(deadline['condition'])})"
        if deadline["due"]:
            text = f"{deadline['due']}  {text}"
        paper.row("-", text, indent=2, gutter=1)


def _do_not(paper: Paper, explanation: Json) -> None:
    if explanation["do_not"]:
        _heading(paper, "What not to do")
    for item in explanation["do_not"]:
        condition = f" {flow(item['condition'])}" if item["condition"] else ""
        paper.row("-", f"{flow(item['title'])}{condition}. {flow(item['why'])}", indent=2, gutter=1)


def _sources(paper: Paper, explanation: Json) -> None:
    if explanation["sources"]:
        _heading(paper, "Sources")
    for source in explanation["sources"]:
        checked = "" if source["checked"] else "NOT CHECKED: "
        text = f"{checked}{flow(source['title'])}, {flow(source['publisher'])}"
        if source["citation"]:
            text += f". {flow(source['citation'])}"
        paper.row("-", text, "dim" if source["checked"] else "warn", indent=2, gutter=1)
        if source["url"]:
            paper.line(f"    {flow(source['url'])}", "dim")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
