"""Findings on a file as a whole: groups of its claims, counted while they pass.

They take no part in decisions, which are about one claim, and no amendment of ours mends them.

A group that is too large stays so, whatever else is in the file. But where a claim could not be counted, that
the others are not too large is no pass: the rules are not evaluated on that file, besides what they find.
"""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.claim.locate import find
from scrubber.engine.facts import Verdict
from scrubber.engine.file_groups import FileGroups, GroupKey
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.findings import Finding, Location, NotEvaluated, X12Place, finding_id
from scrubber.packs.bundle import Bundle
from scrubber.packs.names import FILE_CLAIMS, Term
from scrubber.pipeline import finding_of


class FileFindings:
    """Takes the claims of a file as they pass, and gives the findings when the file ends."""

    def __init__(self, bundle: Bundle) -> None:
        known = Known.of(bundle, with_rows=False)
        loaded = [
            one
            for one in bundle.rules
            if one.rule.for_each.groups == FILE_CLAIMS and one.rule.status != "draft"
        ]
        self._sources = bundle.sources
        self._loaded = {one.rule.id: one for one in loaded}
        self._rules = {one.rule.id: compile_rule(one.rule, known) for one in loaded}
        self._groups = FileGroups(self._rules.values())
        self._uncounted = 0

    def take(self, keys: Sequence[GroupKey] | None) -> None:
        """Take what one claim has to be counted by; None where nobody knows it."""
        if keys is None:
            self._uncounted += 1
        else:
            self._groups.take(keys)

    def gaps(self, *, unread: bool) -> tuple[NotEvaluated, ...]:
        """Return the rules that cannot be answered for the file; `unread`: it may have claims nobody saw."""
        reasons, remedies = [], []
        if self._uncounted:
            one = self._uncounted == 1
            claims = "1 claim of the file is an error" if one else f"{self._uncounted} claims are errors"
            reasons.append(f"{claims} and could not be counted with the others")
            remedies.append("correct what is said of it" if one else "correct what is said of them")
        if unread:
            reasons.append("the file was not read to its end")
            remedies.append("correct the file")
        if not reasons:
            return ()
        reason, remedy = "; ".join(reasons), f"{' and '.join(remedies)}, then scrub the whole file again"
        return tuple(NotEvaluated(rule, reason, remedy) for rule in self._rules)

    def finish(self) -> tuple[Finding, ...]:
        """Return the findings on the file, and begin the next one."""
        self._uncounted = 0
        out = []
        for key, observation in self._groups.finish():
            rule = self._rules[key.rule]
            severity = "info" if observation.preview else observation.severity
            id_ = finding_id(key.rule, "", key.claim, observation.at[0], tuple(observation.items.values()))
            locations = tuple(_location(rule, key, i, path) for i, path in enumerate(observation.at))
            verdict = Verdict("fail", severity)
            out.append(
                finding_of(self._loaded[key.rule], self._sources, observation, verdict, id_, locations)
            )
        return tuple(out)

    def close(self) -> None:
        """Forget everything that was counted."""
        self._groups.close()


def _location(rule: CompiledRule, key: GroupKey, number: int, path: str) -> Location:
    """Return where a value of a claim of the file stands. The claim is gone: its segment is not known."""
    at = rule.at[number]
    inner = ".".join(at.steps) if isinstance(at, Term) else ""
    shared = dict(zip(rule.rule.for_each.by, key.values, strict=True))
    place = find(None, inner, key.claim_type)
    x12 = form = None
    if place is not None:
        x12 = X12Place(place.field.loop, place.field.segment, place.element, place.component)
        form = place.field.form
    return Location("primary" if number == 0 else "related", path, "", x12, form, shared.get(inner))
