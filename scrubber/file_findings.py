"""Findings on a file as a whole: groups of its claims, counted while they pass.

They take no part in decisions, which are about one claim, and no amendment of ours mends them.
"""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.claim.locate import find
from scrubber.engine.facts import Verdict
from scrubber.engine.file_groups import FileGroups, GroupKey
from scrubber.engine.ir import CompiledRule, Known, compile_rule
from scrubber.findings import Finding, Location, X12Place, finding_id
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

    def take(self, keys: Sequence[GroupKey]) -> None:
        """Take what one claim has to be counted by."""
        self._groups.take(keys)

    def finish(self) -> tuple[Finding, ...]:
        """Return the findings on the file, and begin the next one."""
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
