"""Rules and decisions as entries of a list, and choosing among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from scrubber.engine.ir import Leaf, Node
from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule
from scrubber.packs.diagnostics import closest, listing
from scrubber.packs.names import NameProblem
from scrubber.rulebook.compiled import compiled, traits
from scrubber.rulebook.paths import is_within, parts_of, pattern_of, points_at, reads, reads_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule or decision. A decision has a stage instead of a severity, and points at nothing."""

    kind: Literal["rule", "decision"]
    id: str
    name: str
    title: str
    status: str
    pack: str
    file: str
    version: str
    references: tuple[str, ...]
    reads: tuple[str, ...]
    payers: tuple[str, ...]
    severity: str | None = None
    stage: str | None = None
    claim_types: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    group: str | None = None
    carc: str | None = None
    rarc: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The letters of its id."""
        return self.id.partition("-")[0]


def entries(bundle: Bundle) -> tuple[Entry, ...]:
    """Return all rules of a bundle, then its decisions, each in the order of their ids."""
    rules = sorted(bundle.rules, key=lambda item: item.rule.id)
    decisions = sorted(bundle.decisions, key=lambda item: item.decision.id)
    return (*(_rule(bundle, item) for item in rules), *(_decision(bundle, item) for item in decisions))


def _rule(bundle: Bundle, loaded: LoadedRule) -> Entry:
    rule = loaded.rule
    engine_form = compiled(bundle, rule)
    denial = rule.denial
    return Entry(
        kind="rule",
        id=rule.id,
        name=rule.name,
        title=rule.title,
        status=rule.status,
        pack=loaded.pack,
        file=loaded.file,
        version=loaded.version,
        references=tuple(rule.references),
        reads=tuple(sorted(reads(engine_form))),
        payers=(
            *rule.applies_to.payers,
            *dict.fromkeys(v.payer for v in bundle.parameters if v.rule == rule.id),
        ),
        severity=rule.severity,
        claim_types=tuple(rule.applies_to.claim_types),
        at=points_at(engine_form),
        aliases=tuple(rule.aliases),
        group=denial.group if denial else None,
        carc=denial.carc if denial else None,
        rarc=tuple(denial.rarc) if denial else (),
    )


def _decision(bundle: Bundle, loaded: LoadedDecision) -> Entry:
    decision = loaded.decision
    asked = traits(bundle, decision)
    return Entry(
        kind="decision",
        id=decision.id,
        name=decision.name,
        title=decision.title,
        status=decision.status,
        pack=loaded.pack,
        file=loaded.file,
        version=loaded.version,
        references=tuple(decision.references),
        reads=tuple(sorted(reads_of(asked))),
        payers=_payers_named(asked),
        stage=decision.stage,
    )


def _payers_named(asked: Sequence[Node]) -> tuple[str, ...]:
    """Return the payers that a decision asks for: a decision has no `applies_to`."""
    leaves = (part for part in parts_of(list(asked)) if isinstance(part, Leaf))
    named = (leaf.operand for leaf in leaves if leaf.term.pattern == "payer.key")
    keys = (key for operand in named for key in (operand if isinstance(operand, tuple) else (operand,)))
    return tuple(dict.fromkeys(key for key in keys if isinstance(key, str)))


# --- choosing -----------------------------------------------------------------------------------------


class Unknown(Exception):
    """A wish for something that does not exist, and what to ask for instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entries are wanted; what is None does not matter."""

    family: str | None = None
    payer: str | None = None
    path: str | None = None
    source: str | None = None
    carc: str | None = None
    severity: str | None = None
    status: str | None = None


def choose(bundle: Bundle, wish: Wish) -> tuple[Entry, ...]:
    """Return the entries that fit a wish. Raises Unknown when it names what does not exist."""
    every = entries(bundle)
    payers = {entry.key for entry in (*bundle.payers.values(), *bundle.clearinghouse_payers.values())}
    packs = [pack.id for pack in bundle.packs]
    family = wish.family and wish.family.removesuffix("-*")
    if family is not None and family.upper() in {entry.family for entry in every}:
        family = family.upper()
    else:
        _known(family, packs, "pack or family of rules")
    _known(wish.payer, payers.union(*(entry.payers for entry in every)), "payer")
    _known(wish.source, bundle.sources, "source")
    path, carc = _path(wish.path), wish.carc and wish.carc.upper()
    return tuple(
        entry
        for entry in every
        if (family is None or family in (entry.pack, entry.family))
        and (wish.payer is None or wish.payer in entry.payers)
        and (path is None or any(is_within(other, path) for other in (*entry.reads, *entry.at)))
        and (wish.source is None or wish.source in entry.references)
        and (carc is None or carc in (entry.carc, f"{entry.group}-{entry.carc}"))
        and (wish.severity is None or wish.severity == entry.severity)
        and (wish.status is None or wish.status == entry.status)
    )


def _known(word: str | None, known: Iterable[str], what: str) -> None:
    names = sorted(set(known))
    if word is None or word in names:
        return
    near = closest(word, names)
    raise Unknown(
        f"there is no {what} '{word}'", f"did you mean {near}?" if near else f"there are {listing(names)}"
    )


def _path(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return pattern_of(text)
    except NameProblem as problem:
        near = problem.suggestion
        raise Unknown(
            problem.message, f"did you mean {near}?" if near else "docs/paths.md lists all paths"
        ) from None
