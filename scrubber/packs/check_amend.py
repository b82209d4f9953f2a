"""Checks what a rule proposes to change: that it exists, can be set, and is as harmless as it says."""

from __future__ import annotations

from scrubber.claim.fields import PathKind
from scrubber.claim.formats import TEXT_CHANGES
from scrubber.claim.paths import PATHS, gathered_sources
from scrubber.claim.shape import OPTIONAL_PARTS, member_at
from scrubber.packs.check_conditions import check_condition
from scrubber.packs.check_tables import check_ranking
from scrubber.packs.check_terms import KIND_NAMES, Report, Vocabulary, comparable, kind_of
from scrubber.packs.diagnostics import listing
from scrubber.packs.names import Names, Term
from scrubber.packs.rules import CHANGES, AmendSpec, Change, TextChange
from scrubber.packs.yaml_marks import Place

#: Kinds of value that a `safe` amendment may rewrite: how they are written says nothing about the service.
#: Others may be rewritten only by a text change that is registered as safe on them.
SAFE_KINDS: frozenset[PathKind] = frozenset({"text", "phone"})


def check_amend(amend: AmendSpec, names: Names, report: Report, vocabulary: Vocabulary) -> None:
    """Note every mistake in a rule's amendment."""
    if amend.when is not None:
        check_condition(amend.when, ("amend", "when"), names, report, vocabulary)
    for i, change in enumerate(amend.change):
        _check_change(amend, change, ("amend", "change", i), names, report, vocabulary)
    if amend.build is None:
        return
    if amend.applicability == "safe":
        message = "`safe` takes only `change`: what an algorithm rearranges is more than representation"
        report.add(("amend", "applicability"), message, suggestion="confirm")
    if vocabulary.builders is not None:
        report.known(amend.build.name, vocabulary.builders, ("amend", "build", "name"), "builder")
    if amend.build.table is not None:
        report.known(amend.build.table, vocabulary.tables, ("amend", "build", "table"), "table")


def _check_change(
    amend: AmendSpec, change: Change, place: Place, names: Names, report: Report, vocabulary: Vocabulary
) -> None:
    if change.set is not None:
        _check_set(amend, change, place, names, report, vocabulary)
        return
    if amend.applicability == "safe":
        kind = next(kind for kind in CHANGES if kind in change.model_fields_set)
        message = f"`safe` does not {kind}: that is more than how a value is written"
        report.add(("amend", "applicability"), message, suggestion="confirm")
    if change.remove is not None:
        _check_removal(change.remove, (*place, "remove"), names, report)
    elif change.move is not None:
        _check_move(change, place, names, report)
    elif change.add is not None:
        _check_addition(change, place, names, report)
    elif change.sort is not None and change.by is not None:
        _list_of_values(change.sort, (*place, "sort"), names, report)
        check_ranking(change.by, (*place, "by"), names, report, vocabulary)


def _check_set(
    amend: AmendSpec, change: Change, place: Place, names: Names, report: Report, vocabulary: Vocabulary
) -> None:
    assert change.set is not None and change.to is not None
    value: Term | None
    if isinstance(change.to, TextChange):
        value = report.term(names, change.to.of, (*place, "to", "of"))
        report.known(change.to.text, vocabulary.text_changes, (*place, "to", "text"), "text change")
    else:
        value = report.term(names, change.to, (*place, "to"))
    target = report.term(names, change.set, (*place, "set"))
    if target is None or not _settable(target, (*place, "set"), names, report):
        return
    kind = kind_of(target, names)
    if amend.applicability == "safe" and not _keeps_the_value(change, kind):
        message = f"`safe` may not change `{change.set}`, which is {KIND_NAMES[kind]}"
        remedy = "It never changes a code, unit, charge, date or identity; what does is `confirm`"
        report.add((*place, "set"), message, remedy)
    elif value is not None and not isinstance(change.to, TextChange):
        given = kind_of(value, names)
        if not comparable(kind, given):
            message = f"`{change.set}` is {KIND_NAMES[kind]} and `{change.to}` {KIND_NAMES[given]}"
            report.add((*place, "to"), message, "Set it to a value of its own kind")


def _keeps_the_value(change: Change, kind: PathKind) -> bool:
    """Return whether a change is one of how a value is written, and nothing else."""
    if kind in SAFE_KINDS or not isinstance(change.to, TextChange):
        return kind in SAFE_KINDS
    spec, of = TEXT_CHANGES.get(change.to.text), change.to.of
    is_itself = of == change.set or (of.removesuffix(".raw") == (change.set or "").removesuffix(".path"))
    return is_itself and (spec is None or kind in spec.safe_on)  # an unknown one is noted by itself


def _check_removal(text: str, place: Place, names: Names, report: Report) -> None:
    """A removal takes away a whole loop, such as a provider: only what a claim may lack."""
    target = report.term(names, text, place)
    if target is not None and (target.pattern is None or target.pattern not in OPTIONAL_PARTS):
        parts = listing(sorted(p.replace("[]", "") for p in OPTIONAL_PARTS), "and", 20)
        report.add(place, f"`{text}` cannot be removed", f"What can be removed: {parts}")


def _check_move(change: Change, place: Place, names: Names, report: Report) -> None:
    """A value or a part moves from where it is reported to where another of its kind may stand."""
    source = report.term(names, change.move or "", (*place, "move"))
    target = report.term(names, str(change.to), (*place, "to"))
    if source is None or target is None:
        return
    ends = ((source, change.move, "move"), (target, str(change.to), "to"))
    for term, text, key in ends:
        if not _is_movable(term):
            message = f"`{text}` is no value or part of the claim that may be absent"
            report.add((*place, key), message, "What moves leaves its place, and needs one that is free")
            return
    parts = [member_at(term.pattern or "").part for term, *_ in ends]
    if parts[0] is not parts[1] or not comparable(source.kind, target.kind):
        message = f"`{change.move}` and `{change.to}` are not of one kind"
        report.add((*place, "to"), message, "Move it to where another of its kind may stand")


def _is_movable(term: Term) -> bool:
    if term.pattern is None or term.many or term.required:
        return False
    if term.kind == "object":
        return term.pattern in OPTIONAL_PARTS
    return bool(PATHS[term.pattern].places)


def _check_addition(change: Change, place: Place, names: Names, report: Report) -> None:
    value = report.term(names, change.add or "", (*place, "add"))
    target = _list_of_values(str(change.to), (*place, "to"), names, report)
    if value is None or target is None:
        return
    if value.many or value.kind == "object":
        what = "a list" if value.many else KIND_NAMES["object"]
        report.add((*place, "add"), f"`{change.add}` is {what}; `add` takes one value")
    elif not comparable(target.kind, value.kind):
        message = f"`{change.to}` has members that are {KIND_NAMES[target.kind]}, and `{change.add}` is not"
        report.add((*place, "add"), message, "Add a value of its own kind")


def _list_of_values(text: str, place: Place, names: Names, report: Report) -> Term | None:
    """Return the term of a list of plain values on the claim, after noting when it is none."""
    term = report.term(names, text, place)
    if term is None:
        return None
    one = [step for step in term.steps if step.endswith("[]")]
    if term.pattern is None or term.kind == "object" or len(one) != 1 or not PATHS[term.pattern].places:
        report.add(
            place, f"`{text}` is not one list of values on the claim", "Name one, such as line.modifiers"
        )
        return None
    return term


def _settable(term: Term, place: Place, names: Names, report: Report) -> bool:
    """Return whether a term is one value that the claim reports, after noting when it is not."""
    text, pattern = term.text, term.pattern
    if term.background:
        report.add(place, f"`{text}` is no part of the claim and cannot be set", "Set a value of the claim")
        return False
    if pattern is None and not term.is_let:  # the item of a sweep or of a list of plain values
        wanted = "path" if names.aliases[term.root].is_sweep else "value"
        if term.steps == (wanted,):
            return True
        report.add(place, f"`{text}` cannot be set", suggestion=f"{term.root}.{wanted}")
        return False
    if term.many:
        report.add(place, f"`{text}` stands for several values", "Set one value, such as that of the item")
        return False
    if term.kind == "object":
        report.add(place, f"`{text}` is a part of the claim, not a value", "Set one of its values")
        return False
    if pattern is not None and any(
        PATHS[p].places for p in (*gathered_sources(pattern), pattern) if p in PATHS
    ):
        return True
    message = f"`{text}` is worked out from the claim and cannot be set"
    report.add(place, message, "Set the values that it comes from")
    return False
