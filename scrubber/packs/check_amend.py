"""Checks what a rule proposes to change: that it exists, can be set, and is as harmless as it says."""

from __future__ import annotations

from scrubber.claim.fields import PathKind
from scrubber.claim.paths import PATHS
from scrubber.claim.shape import OPTIONAL_PARTS
from scrubber.packs.check_conditions import check_condition
from scrubber.packs.check_terms import KIND_NAMES, Report, Vocabulary, comparable, kind_of
from scrubber.packs.diagnostics import listing
from scrubber.packs.names import Names, Term
from scrubber.packs.rules import AmendSpec, Change, TextChange
from scrubber.packs.yaml_marks import Place

#: Kinds of value that a `safe` amendment may rewrite: how they are written says nothing about the service.
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
    if change.remove is not None:
        _check_removal(amend, change.remove, (*place, "remove"), names, report)
        return
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
    if amend.applicability == "safe" and kind not in SAFE_KINDS:
        message = f"`safe` may not change `{change.set}`, which is {KIND_NAMES[kind]}"
        remedy = "It never changes a code, unit, charge, date or identity; what does is `confirm`"
        report.add((*place, "set"), message, remedy)
    elif value is not None and not isinstance(change.to, TextChange):
        given = kind_of(value, names)
        if not comparable(kind, given):
            message = f"`{change.set}` is {KIND_NAMES[kind]} and `{change.to}` {KIND_NAMES[given]}"
            report.add((*place, "to"), message, "Set it to a value of its own kind")


def _check_removal(amend: AmendSpec, text: str, place: Place, names: Names, report: Report) -> None:
    """A removal takes away a whole loop, such as a provider: never safe, and only what a claim may lack."""
    target = report.term(names, text, place)
    if target is None:
        return
    if target.pattern is None or target.pattern not in OPTIONAL_PARTS:
        parts = listing(sorted(p.replace("[]", "") for p in OPTIONAL_PARTS), "and", 20)
        report.add(place, f"`{text}` cannot be removed", f"What can be removed: {parts}")
    elif amend.applicability == "safe":
        message = "`safe` removes nothing: a part of the claim is more than representation"
        report.add(("amend", "applicability"), message, suggestion="confirm")


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
    if pattern is not None and PATHS[pattern].places:
        return True
    message = f"`{text}` is worked out from the claim and cannot be set"
    report.add(place, message, "Set the values that it comes from")
    return False
