"""Checks a code set: its references, the sets it is made of, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scrubber.packs.catalogue import CodeSet
from scrubber.packs.check_terms import Report, Vocabulary
from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.yaml_marks import Document


def check_set(
    spec: CodeSet, others: Mapping[str, CodeSet], document: Document, vocabulary: Vocabulary
) -> list[Diagnostic]:
    """Return what is wrong with a set that its schema could not see."""
    report = Report(document)
    for i, name in enumerate(spec.references):
        report.known(name, vocabulary.sources, ("references", i), "source", "Add it to sources.yaml")
    for i, name in enumerate(spec.union):
        if report.known(name, vocabulary.sets, ("union", i), "set", "Write it as a file in sets/"):
            around = _way_back(spec.set, name, others, [])
            if around is not None:
                way = " of ".join(f"`{step}`" for step in [spec.set, *around])
                report.add(("union", i), f"The set is made of itself: {way}", "Leave one of them out")
    own = {code for code in spec.codes if isinstance(code, str)}
    is_all_told = not spec.union and all(isinstance(code, str) and "*" not in code for code in spec.codes)
    for i, code in enumerate(spec.except_):
        if is_all_told and isinstance(code, str) and "*" not in code and code not in own:
            report.add(("except", i), f"`{code}` is not in the set anyway", "Remove it")
    return report.problems


def _way_back(wanted: str, name: str, others: Mapping[str, CodeSet], seen: Sequence[str]) -> list[str] | None:
    """Return the sets on the way from one back to another, or None where none leads there."""
    if name == wanted:
        return [name]
    if name in seen or name not in others:
        return None
    for part in others[name].union:
        rest = _way_back(wanted, part, others, [*seen, name])
        if rest is not None:
            return [name, *rest]
    return None
