"""Checks `at`: that each place of a finding is one on the claim."""

from __future__ import annotations

from scrubber.claim.background import PRIOR_LINES
from scrubber.claim.paths import gathered_sources
from scrubber.packs.check_terms import KIND_NAMES, Report, alias_of, literal_problem
from scrubber.packs.diagnostics import listing
from scrubber.packs.names import TABLE, NameProblem, Names, Term
from scrubber.packs.rules import ItemPlace
from scrubber.packs.yaml_marks import Place


def check_place(spec: str | ItemPlace, place: Place, names: Names, report: Report) -> None:
    """Note what is wrong with one place of a rule's findings."""
    if isinstance(spec, ItemPlace):
        _check_item(spec, place, names, report)
        return
    term = report.place(names, spec, place)
    if term is None:
        return
    alias = names.aliases.get(term.root)
    inside = alias.pattern if alias is not None else ""
    if term.pattern is not None and gathered_sources(term.pattern) and not gathered_sources(inside):
        told = listing([p.replace("[]", "") for p in gathered_sources(term.pattern)], "or", 3)
        report.add(place, f"`{spec}` is gathered from several places", f"Name one of them: {told}")
        return
    if term.background and (place == ("at", 0) or not (term.pattern or "").startswith(PRIOR_LINES)):
        message = f"`{spec}` is no part of the claim"
        report.add(place, message, "Name the path where the biller must look; a prior line may come after it")
    elif term.is_let or term.column:
        what = "comes from a table" if term.column else "is a named value"
        message = f"`{spec}` {what} and stands nowhere on the claim"
        report.add(place, message, "Name the path where the biller must look")
    elif alias is not None and alias.is_sweep and term.steps != ("path",):
        report.add(place, f"`{spec}` is a value, not a place", suggestion=f"{term.root}.path")


def _check_item(spec: ItemPlace, place: Place, names: Names, report: Report) -> None:
    try:
        pattern = names.collection(spec.item)
    except NameProblem as problem:
        report.name(problem, (*place, "item"), alias_of(spec.item, names))
        return
    if pattern.startswith(TABLE):
        message = f"`{spec.item}` comes from a table and stands nowhere on the claim"
        report.add((*place, "item"), message, "Name a list of the claim")
        return
    for name, text in spec.where.items():
        term = _member(spec.item, name, (*place, "where", name), names, report, is_key=True)
        if term is None:
            continue
        wanted = literal_problem(text, term.kind)
        if wanted is not None:
            message = f"`{text}` is not {KIND_NAMES[term.kind]}, and `{term.text}` is"
            report.add((*place, "where", name), message, wanted)
    if spec.of is not None:
        _member(spec.item, spec.of, (*place, "of"), names, report, is_key=False)


def _member(item: str, name: str, place: Place, names: Names, report: Report, *, is_key: bool) -> Term | None:
    """Return what a value of an item is, after noting when there is none, or several."""
    mark = report.document.marks.key(place) if is_key else report.document.marks.value(place)
    try:
        term = names.member(item, name, None)
    except NameProblem as problem:
        report.name(problem, mark)
        return None
    if term.many or term.kind == "object":
        what = "a list" if term.many else KIND_NAMES["object"]
        report.add(mark, f"`{term.text}` is {what}, not one value", "Name one of its values")
        return None
    return term
