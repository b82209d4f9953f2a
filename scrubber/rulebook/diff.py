"""What changed between two versions of a folder of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from scrubber.packs.bundle import Bundle, LoadedDecision, LoadedRule, Pack
from scrubber.packs.code_sets import CodeSet
from scrubber.packs.overrides import Override, Suppression
from scrubber.packs.parameters import ParameterValue
from scrubber.rulebook.answers import Answer, Side, decision_answers, rule_answers
from scrubber.rulebook.changes import Change, changes, data_of

Kind = Literal["rule", "decision"]
Loaded = LoadedRule | LoadedDecision


@dataclass(frozen=True, slots=True)
class Named:
    """A rule or decision that is on one side only."""

    kind: Kind
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A rule with another id than before; the old one is among its aliases."""

    old: str
    new: str
    title: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule or decision that is on both sides, and not the same. Its keys may be: a set it uses is not."""

    kind: Kind
    id: str
    title: str
    changes: tuple[Change, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A change of what rules use: a set, a source, a payer, a base claim, a guide, or the head of a pack."""

    what: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Diff:
    """All that changed, each part in the order of ids and names."""

    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    renamed: tuple[Renamed, ...]
    changed: tuple[Changed, ...]
    beside: tuple[Beside, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.renamed, self.changed, self.beside))


def compare(old: Bundle, new: Bundle) -> Diff:
    """Return what changed from one version to the other. Comments and layout of files do not count."""
    before, after = _by_id(old), _by_id(new)
    renamed = _renamed(old, new)
    pairs = [(before[name], after[name]) for name in before if name in after]
    pairs += [(before[item.old], after[item.new]) for item in renamed]
    sides = (Side(old), Side(new))
    found = [_compared(first, second, *sides) for first, second in pairs]
    gone, come = {item.old for item in renamed}, {item.new for item in renamed}
    return Diff(
        added=tuple(_named(after[name]) for name in after if name not in before and name not in come),
        removed=tuple(_named(before[name]) for name in before if name not in after and name not in gone),
        renamed=renamed,
        changed=tuple(sorted((item for item in found if item is not None), key=lambda item: item.id)),
        beside=tuple(_beside(old, new)),
    )


def _by_id(bundle: Bundle) -> dict[str, Loaded]:
    every: list[Loaded] = [*bundle.rules, *bundle.decisions]
    return {_named(item).id: item for item in sorted(every, key=lambda item: _named(item).id)}


def _named(loaded: Loaded) -> Named:
    if isinstance(loaded, LoadedRule):
        return Named("rule", loaded.rule.id, loaded.rule.title)
    return Named("decision", loaded.decision.id, loaded.decision.title)


def _renamed(old: Bundle, new: Bundle) -> tuple[Renamed, ...]:
    known = {loaded.rule.id for loaded in old.rules}
    still = {loaded.rule.id for loaded in new.rules}
    return tuple(
        Renamed(alias, loaded.rule.id, loaded.rule.title)
        for loaded in new.rules
        if loaded.rule.id not in known
        for alias in [alias for alias in loaded.rule.aliases if alias in known - still][-1:]
    )


def _compared(old: Loaded, new: Loaded, before: Side, after: Side) -> Changed | None:
    answers: tuple[Answer, ...] = ()
    if isinstance(old, LoadedRule) and isinstance(new, LoadedRule):
        first, second = data_of(old.rule), data_of(new.rule)
        beside = [(s.bundle.sets, s.bundle.parameters, s.bundle.tables) for s in (before, after)]
        if first != second or beside[0] != beside[1]:
            answers = tuple(rule_answers(old, new, before, after))
    elif isinstance(old, LoadedDecision) and isinstance(new, LoadedDecision):
        first, second = data_of(old.decision), data_of(new.decision)
        if first != second:
            answers = tuple(decision_answers(old, new, before, after))
    else:  # a rule became a decision of the same id
        return Changed(_named(new).kind, _named(new).id, _named(new).title, (Change("kind", "changed"),), ())
    first, second = {**first, "pack": _pack(old, before)}, {**second, "pack": _pack(new, after)}
    found = list(changes(first, second))
    if first["id"] != second["id"]:  # told as a renaming
        found = [change for change in found if change.key not in ("id", "aliases")]
    if not found and not answers:
        return None
    named = _named(new)
    return Changed(named.kind, named.id, named.title, tuple(found), answers)


def _pack(loaded: Loaded, side: Side) -> str | None:
    """Return the pack it is in, if that has a head: a plain folder is only called what it is called."""
    return loaded.pack if loaded.pack in _packs(side.bundle) else None


# --- what rules use -----------------------------------------------------------------------------------


def _beside(old: Bundle, new: Bundle) -> Iterator[Beside]:
    """Yield the changes of all that is no rule."""
    yield from _both("pack", _packs(old), _packs(new))
    yield from _both("set", _sets(old.sets), _sets(new.sets))
    sources = [{key: data_of(source) for key, source in b.sources.items()} for b in (old, new)]
    yield from _both("source", *sources)
    yield from _both("payer", _payers(old), _payers(new))
    yield from _both("parameter value", _values(old), _values(new))
    yield from _both("table", *({name: data_of(t) for name, t in b.tables.items()} for b in (old, new)))
    yield from _both("local decision", _local(old), _local(new))
    yield from _both("base claim", old.base, new.base)
    yield from _both("guide", _guides(old), _guides(new))


def _both(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Beside]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if before is None or after is None:
            yield Beside(what, name, "added" if before is None else "removed")
        elif isinstance(before, dict) and isinstance(after, dict):
            told = [f"{change.key}: {change.words}" for change in changes(before, after)]
            yield Beside(what, name, "; ".join(told))
        else:
            yield Beside(what, name, "changed")


def _packs(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Return the heads of packs. A plain folder has none, and each version may be called otherwise."""
    heads = (pack for pack in bundle.packs if (Path(pack.folder) / "pack.yaml").is_file())
    return {pack.id: _head(pack) for pack in heads}


def _head(pack: Pack) -> dict[str, Any]:
    return {name: value for name, value in asdict(pack).items() if name not in ("id", "hash", "folder")}


def _sets(sets: Mapping[str, CodeSet]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "title": code_set.title,
            "codes": code_set.told(),
            "references": list(code_set.references),
        }
        for name, code_set in sets.items()
    }


def _payers(bundle: Bundle) -> dict[str, dict[str, Any]]:
    plain = {payer_id: asdict(entry) for payer_id, entry in bundle.payers.items()}
    houses = {
        f"{house} {name}": asdict(entry) for (house, name), entry in bundle.clearinghouse_payers.items()
    }
    return {**plain, **houses}


def _values(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Return what payers set, by payer, rule, parameter, and for whom and from when."""
    return {
        " ".join(filter(None, (v.payer, f"{v.rule}.{v.name}", _for_whom(v)))): data_of(v.entry)
        for v in bundle.parameters
    }


def _for_whom(value: ParameterValue) -> str:
    when = data_of(value.entry.when) if value.entry.when is not None else {}
    told = [f"{key} {', '.join(kinds)}" for key, kinds in when.items() if kinds]
    begin = value.entry.effective.from_
    return "; ".join([*told, *([f"from {begin}"] if begin is not None else [])])


def _local(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Return overrides and suppressions by rule and their number among those of the rule."""
    out: dict[str, dict[str, Any]] = {}
    entries: list[Override | Suppression] = [
        *(entry for entry, _ in bundle.overrides.overrides),
        *(entry for entry, _ in bundle.overrides.suppressions),
    ]
    for entry in entries:
        number = sum(name.startswith(f"{entry.rule} ") for name in out) + 1
        out[f"{entry.rule} {number}"] = data_of(entry)
    return out


def _guides(bundle: Bundle) -> dict[str, bytes]:
    """Return the bytes of guides, corrections and companion guides by what they are called."""
    guides = bundle.guides
    return {
        **{Path(name).name: raw for name, (_, raw) in guides.files.items()},
        **{Path(shown).name: raw for shown, raw in guides.corrections},
        **{f"of payer {key}": raw for key, (_, raw) in guides.companions.items()},
    }
