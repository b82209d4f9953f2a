"""Which codes are covered: what there is an entry about, and what is decided before any entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scrubber.denials.codes import canonical
from scrubber.denials.load import Denials, LoadedEntry
from scrubber.denials.schema import Step


@dataclass(frozen=True, slots=True)
class Covered:
    """What one entry is about. Without `entry`, remark codes or reason codes that decide by themselves.

    `actions` are the next steps it may lead to; `checked`: each source that it cites was read.
    """

    entry: str | None
    groups: tuple[str, ...]
    carcs: tuple[str, ...]
    rarcs: tuple[str, ...]
    programs: tuple[str, ...]
    payers: tuple[str, ...]
    meaning: str
    actions: tuple[str, ...]
    prevented_by: tuple[str, ...]
    checked: bool


def covered(denials: Denials) -> tuple[Covered, ...]:
    """Return what is covered: entries in the order of their codes, then what decides by itself."""
    entries = sorted(denials.entries, key=_order)
    return (*(_entry(denials, loaded) for loaded in entries), *_signals(denials))


def _order(loaded: LoadedEntry) -> tuple[str, int, str]:
    carc = canonical(loaded.entry.key.carc)
    letters = carc.rstrip("0123456789")
    return letters, int(carc.removeprefix(letters)), loaded.name


def _entry(denials: Denials, loaded: LoadedEntry) -> Covered:
    entry, key = loaded.entry, loaded.entry.key
    return Covered(
        entry=loaded.name,
        groups=tuple(key.group),
        carcs=(canonical(key.carc),),
        rarcs=tuple(map(canonical, key.rarc_any)),
        programs=tuple(key.programs),
        payers=tuple(key.payers),
        meaning=entry.meaning,
        actions=_actions(entry.next_step),
        prevented_by=tuple(dict.fromkeys(rule for cause in entry.causes for rule in cause.prevented_by)),
        checked=all(denials.sources[name].checked for name in entry.references),
    )


def _signals(denials: Denials) -> Iterator[Covered]:
    for remark in denials.signals.remarks:
        checked = all(denials.sources[name].checked for name in remark.references)
        rarcs = tuple(map(canonical, remark.rarc))
        yield Covered(None, (), (), rarcs, (), (), remark.meaning, _actions(remark.next_step), (), checked)
    for other in denials.signals.not_denials:
        checked = all(denials.sources[name].checked for name in other.references)
        carcs = tuple(map(canonical, other.carcs))
        yield Covered(None, (other.group,), carcs, (), (), (), other.meaning, ("post",), (), checked)


def _actions(step: Step | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while step is not None:
        found[step.action] = None
        step = step.else_
    return tuple(found)
