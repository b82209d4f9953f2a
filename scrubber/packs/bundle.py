"""What loading rule packs gives: plain, frozen, picklable values that workers can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from scrubber.packs.catalogue import Source
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.conditions import Param
from scrubber.packs.decisions import DecisionRule
from scrubber.packs.guides import GuideFiles
from scrubber.packs.overrides import Overrides
from scrubber.packs.parameters import ParameterValue
from scrubber.packs.rules import Rule
from scrubber.packs.tables import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack of rules. `hash` is SHA-256 over its files' sorted (path, bytes); higher precedence wins."""

    id: str
    title: str
    version: str
    hash: str
    precedence: int
    owner: str
    folder: str


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule, the id of its pack, its file, and its version: 12 hex digits of the file's SHA-256."""

    rule: Rule
    pack: str
    file: str
    version: str


@dataclass(frozen=True, slots=True)
class LoadedDecision:
    """A decision, the id of its pack (empty when its folder is in none), its file and version."""

    decision: DecisionRule
    pack: str
    file: str
    version: str


@dataclass(frozen=True, slots=True)
class PayerEntry:
    """A payer of the registry: its key in rules, its name and its programme."""

    key: str
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything the loaded packs know.

    `payers` maps an id in NM109 to its payer; an id that different clearinghouses use for different payers
    is only in `clearinghouse_payers`, under (clearinghouse, id). `base` maps names to X12 text. `parameters`
    are the values that payers set, `tables` what reference tables are, `overrides` local decisions. `hash`
    covers every file that was loaded, also those outside packs (sets, sources, decisions). `guides` are the
    implementation guides in YAML, which are read when a file first asks for one.
    """

    packs: tuple[Pack, ...]
    rules: tuple[LoadedRule, ...]
    decisions: tuple[LoadedDecision, ...] = ()
    sets: Mapping[str, CodeSet] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    payers: Mapping[str, PayerEntry] = field(default_factory=dict)
    clearinghouse_payers: Mapping[tuple[str, str], PayerEntry] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[ParameterValue, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    guides: GuideFiles = field(default_factory=GuideFiles)
    hash: str = ""

    def pack(self, pack_id: str) -> Pack:
        """Return a pack by its id. Raises KeyError."""
        return _find(pack_id, ((p.id, p) for p in self.packs))

    def rule(self, rule_id: str) -> LoadedRule:
        """Return a rule by its id or one of its aliases. Raises KeyError."""
        return _find(rule_id, ((name, r) for r in self.rules for name in (r.rule.id, *r.rule.aliases)))

    @property
    def asked(self) -> frozenset[str]:
        """The tables that rules look something up in; where a parameter names the table, it may be any."""
        return frozenset(table for table in self.tables if self.asking(table))

    def asking(self, table: str) -> tuple[str, ...]:
        """Return the ids of the rules that look something up in a table, or may do so."""
        return tuple(
            loaded.rule.id
            for loaded in self.rules
            if any(named == table or isinstance(named, Param) for named in _tables_of(loaded.rule))
        )

    def payer(self, payer_id: str, clearinghouse: str | None = None) -> PayerEntry | None:
        """Return the payer that goes by an id, or None when the registry does not know it."""
        if clearinghouse is not None:
            found = self.clearinghouse_payers.get((clearinghouse, payer_id))
            if found is not None:
                return found
        return self.payers.get(payer_id)


def _tables_of(rule: Rule) -> Iterator[str | Param | None]:
    yield from (spec.table for spec in rule.lookup.values())
    if rule.amend is not None and rule.amend.build is not None:
        yield rule.amend.build.table


def _find(wanted: str, pairs: Iterable[tuple[str, T]]) -> T:
    for name, value in pairs:
        if name == wanted:
            return value
    raise KeyError(wanted)
