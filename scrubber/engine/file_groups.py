"""Rules over all claims of a file: which claims have the same values, and how many of them there are.

A process that scrubs gives the key of each claim, a hash under a key of the run; whoever sees all claims of
the file counts keys in a private SQLite file. The values themselves are held in memory for those groups only
that are too large, up to `MOST_TOLD` of a rule.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson

from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.values import as_text
from scrubber.engine.evaluate import concerns, membership
from scrubber.engine.facts import Observation
from scrubber.engine.ir import CompiledRule
from scrubber.engine.scope import Scope
from scrubber.packs.names import GROUP, PLACEHOLDER, Term

#: Groups of one rule and file that are told one by one.
MOST_TOLD = 1000


class GroupKey(NamedTuple):
    """A claim of a file, by its index, as a rule sees it: the key of its group, and the values it shares."""

    rule: str
    key: bytes
    claim: int
    claim_type: ClaimType
    values: tuple[str | None, ...]


def keys_of(
    rules: Iterable[CompiledRule], claim: Claim, index: int, receipt_date: dt.date | None, secret: bytes
) -> Iterator[GroupKey]:
    """Yield the key of a claim for each rule that looks over it."""
    for rule in rules:
        if not concerns(rule, claim):
            continue
        scope, inside = membership(rule, claim, receipt_date)
        if inside is not True:
            continue
        found = (scope.value(term) for term in rule.by)
        values = tuple(None if value is None else as_text(value) for value in found)
        text = orjson.dumps([rule.rule.id, *values])
        digest = hashlib.blake2b(text, key=secret, digest_size=16).digest()
        yield GroupKey(rule.rule.id, digest, index, claim.claim_type, values)


class FileGroups:
    """Counts the claims of one file at a time. `finish` says what is wrong and begins the next file."""

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        self._rules = {rule.rule.id: rule for rule in rules}
        self._counts = sqlite3.connect("")  # a private file, on disk only when it is large, gone when closed
        self._counts.execute("CREATE TABLE groups (key BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._found: dict[bytes, tuple[GroupKey, int]] = {}
        self._told: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()

    def take(self, keys: Sequence[GroupKey]) -> None:
        """Take the keys of the next claim."""
        for key in keys:
            self._counts.execute(
                "INSERT INTO groups VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
                (key.key,),
            )
            row = self._counts.execute("SELECT times FROM groups WHERE key = ?", (key.key,)).fetchone()
            if not _fits(self._rules[key.rule], row[0]):
                self._note(key, row[0])

    def _note(self, key: GroupKey, times: int) -> None:
        """Keep the latest claim of a group that is too large: a group only grows, so it stays so."""
        if key.key not in self._found:
            if self._told[key.rule] == MOST_TOLD:
                self._untold[key.rule] += 1
                return
            self._told[key.rule] += 1
        self._found[key.key] = key, times

    def finish(self) -> list[tuple[GroupKey, Observation]]:
        """Return what is wrong with the file, in the order of the claims, and forget its claims."""
        found = sorted(self._found.values(), key=lambda each: (each[0].claim, each[0].rule))
        out = [(key, _observation(self._rules[key.rule], key, times)) for key, times in found]
        for rule, claims in self._untold.items():
            last = max(i for i, (key, _) in enumerate(out) if key.rule == rule)
            key, observation = out[last]
            observation.evidence["claims_of_further_groups"] = str(claims)
            out[last] = key, observation
        self._counts.execute("DELETE FROM groups")
        self._counts.commit()
        self._found, self._told, self._untold = {}, Counter(), Counter()
        return out

    def close(self) -> None:
        """Forget everything."""
        self._counts.close()


def _fits(rule: CompiledRule, times: int) -> bool:
    scope = Scope(Claim(), None, lets={let.name: times for let in rule.let})
    return scope.holds(rule.require) is True


def _observation(rule: CompiledRule, key: GroupKey, times: int) -> Observation:
    shared = {f"{GROUP}.{path}": value for path, value in zip(rule.rule.for_each.by, key.values, strict=True)}
    counts = {let.name: str(times) for let in rule.let}

    def shown(match: re.Match[str]) -> str:
        return {**shared, **counts}[match[1]] or "(none)"

    path = f"file.claims[{key.claim}]"
    return Observation(
        kind="violation",
        rule=rule.rule.id,
        severity=rule.rule.severity,
        preview=rule.rule.status == "preview",
        items={f"{GROUP}.last": path},
        at=tuple(".".join([path, *place.steps]) for place in rule.at if isinstance(place, Term)),
        message=PLACEHOLDER.sub(shown, rule.rule.message),
        evidence=counts,
    )
