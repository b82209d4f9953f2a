"""Code sets as rules ask for them: whether a code is in one, on a day where that matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from scrubber.packs.catalogue import CodeSet as CodeSetSpec
from scrubber.packs.catalogue import DatedCode, SetCode
from scrubber.packs.conditions import CodeRange
from scrubber.packs.rules import Effective


@dataclass(frozen=True, slots=True)
class CodeSet(Container[str]):
    """A compiled set of codes: `"99213" in code_set`.

    `codes` answers most questions; `ranges` are inclusive and hold codes of the length of their ends
    only; `beginnings` come from `V*`. `union` are other sets whose codes are in this one, too; what is in
    `without` is not. Of a set with `dated` codes, or with parts that have some, ask `on` a day.
    """

    name: str
    codes: frozenset[str]
    ranges: tuple[tuple[str, str], ...] = ()
    beginnings: tuple[str, ...] = ()
    title: str | None = None
    references: tuple[str, ...] = ()
    union: tuple[CodeSet, ...] = ()
    without: CodeSet | None = None
    dated: tuple[tuple[CodeSet, Effective], ...] = ()

    @classmethod
    def compile(cls, spec: CodeSetSpec, others: Mapping[str, CodeSetSpec]) -> CodeSet:
        """Return the compiled form of a set's file; `others` are those that it may be the union of."""
        return replace(
            _compiled(spec.set, spec.codes),
            title=spec.title,
            references=tuple(spec.references),
            union=tuple(cls.compile(others[name], others) for name in spec.union),
            without=_compiled(f"{spec.set}, except", spec.except_) if spec.except_ else None,
            dated=tuple((_compiled(c.code, [c.code]), c) for c in spec.codes if isinstance(c, DatedCode)),
        )

    @property
    def is_plain(self) -> bool:
        """True when `codes` alone answers."""
        return not (self.ranges or self.beginnings or self.union or self.without or self.dated)

    @property
    def is_dated(self) -> bool:
        """True when the answer may depend on the day."""
        return bool(self.dated) or any(part.is_dated for part in self.union)

    def told(self) -> list[str]:
        """Return what is in the set, for people: codes, ranges, beginnings, other sets, and what is not."""
        dated = [f"{member}{_dates(effective)}" for part, effective in self.dated for member in part.told()]
        return [
            *sorted(self.codes),
            *(f"{low} to {high}" for low, high in self.ranges),
            *(f"{beginning}*" for beginning in self.beginnings),
            *dated,
            *(f"all of {part.name}" for part in self.union),
            *(f"but not {member}" for member in (self.without.told() if self.without is not None else ())),
        ]

    def on(self, day: dt.date) -> CodeSet:
        """Return the set as it is on a day."""
        if not self.is_dated:
            return self
        there = tuple(part for part, effective in self.dated if effective.covers(day))
        return replace(self, union=(*(part.on(day) for part in self.union), *there), dated=())

    def __contains__(self, code: object) -> bool:
        if code in self.codes:
            return self.without is None or code not in self.without
        if self.is_plain or not isinstance(code, str):
            return False
        return self._has(code) and (self.without is None or code not in self.without)

    def _has(self, code: str) -> bool:
        if self.beginnings and code.startswith(self.beginnings):
            return True
        if any(len(code) == len(low) and low <= code <= high for low, high in self.ranges):
            return True
        return any(code in part for part in self.union)


def _dates(effective: Effective) -> str:
    begin = f" from {effective.from_}" if effective.from_ is not None else ""
    return begin + (f" to {effective.to}" if effective.to is not None else "")


def _compiled(name: str, codes: Sequence[SetCode]) -> CodeSet:
    texts = [code for code in codes if isinstance(code, str)]
    return CodeSet(
        name=name,
        codes=frozenset(c for c in texts if not c.endswith("*")),
        ranges=tuple((c.from_, c.to) for c in codes if isinstance(c, CodeRange)),
        beginnings=tuple(c[:-1] for c in texts if c.endswith("*")),
    )
