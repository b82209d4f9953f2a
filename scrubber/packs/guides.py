"""The implementation guides that packs bring (`rules/guides/`), and the overlays of guides: which there are.

Nothing of them is read before a file asks for a guide, and then from the cache if nothing has changed;
`rules check` reads everything. What a guide in YAML looks like is `guide_reader.py`'s.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scrubber.guides.cache import cached
from scrubber.guides.library import FROM_MAPS, Load
from scrubber.guides.maps import sources
from scrubber.guides.model import Guide
from scrubber.packs.diagnostics import Diagnostic, PackErrors
from scrubber.packs.guide_reader import GuideReader
from scrubber.packs.guide_structure import SEGMENTS, read_structure
from scrubber.packs.overlays import apply, misplaced, read_overlay
from scrubber.packs.yaml_marks import Document, Mark, read_yaml

#: What makes guides of files; a cached guide that older code made is not taken.
_READERS = ("guides.py", "guide_reader.py", "guide_structure.py", "overlays.py")

#: A file of changes: how it is shown, and its bytes.
Changes = tuple[str, bytes]


class Homeless(NamedTuple):
    """A companion guide that is bound to no payer that can be read, though one may stand beside it.

    `payer` is the key of the payer, None if nobody can say.
    """

    payer: str | None
    shown: str
    raw: bytes


class _Plain(NamedTuple):
    """A guide without its corrections: its first id, what loads it, and the files that it is made from."""

    id: str
    load: Load
    made_from: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class GuideFiles:
    """The YAML guides of the loaded packs, by path: how each is shown, and its bytes, unread. Picklable.

    `ids` are those of the guides, as their heads say. `corrections` change guides for everybody, `companions`
    those of one payer, by its key in the registry.
    """

    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Changes, ...] = ()
    companions: Mapping[str, Changes] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        files: Mapping[str, tuple[str, bytes]],
        corrections: Sequence[Changes] = (),
        companions: Mapping[str, Changes] | None = None,
    ) -> GuideFiles:
        """Take files. Of two guides of one id the first counts, and a map before both; `problems` says so."""
        ids: dict[str, str] = {}
        for name, (shown, raw) in files.items():
            for guide_id in _ids(_head(shown, raw)) if not _is_structure(name) else ():
                ids.setdefault(guide_id, name)
        return cls(files, ids, tuple(corrections), companions or {})

    @property
    def shown(self) -> list[str]:
        """Every file, as people see it."""
        every = (*self.files.values(), *self.corrections, *self.companions.values())
        return [shown for shown, _ in every]

    # --- reading ----------------------------------------------------------------------------------

    def loaders(self) -> dict[str, Load]:
        """Return what loads a guide, by its id: from pyx12's maps or from YAML."""
        plain = self._plain()
        kept = {each: partial(self._kept, each, self.corrections) for each in plain.values()}
        return {guide_id: kept[each] for guide_id, each in plain.items()}

    def _plain(self) -> dict[str, _Plain]:
        """Return guides without their corrections; the ids of one guide share one."""
        by_name: dict[str, _Plain] = {}
        for guide_id, name in self.ids.items():
            if name not in by_name:
                made_from = (self.files[name][1], self.files.get(self._structure_of(name), ("", b""))[1])
                by_name[name] = _Plain(guide_id, partial(self.read, name), made_from)
        by_load: dict[Load, _Plain] = {}
        for guide_id, load in FROM_MAPS.items():
            by_load.setdefault(load, _Plain(guide_id, load, ()))
        return {
            **{guide_id: by_name[name] for guide_id, name in self.ids.items()},
            **{guide_id: by_load[load] for guide_id, load in FROM_MAPS.items()},
        }

    def _kept(self, plain: _Plain, corrections: Sequence[Changes]) -> Guide:
        """Return a guide with corrections, from the cache of this user when nothing of it has changed."""

        def make() -> Guide:
            guide = plain.load()
            for each in corrections:
                guide = _changed(guide, *each) or guide
            return guide

        code = [(Path(__file__).parent / name).read_bytes() for name in _READERS]
        raw = [raw for _, raw in corrections]
        return cached([plain.id.encode(), *sources(), *code, *plain.made_from, *raw], make)

    def companion(self, payer: str, guide: Guide) -> tuple[Guide, str] | None:
        """Return a guide as a payer's companion guide has it, and that one's title; None if it has none."""
        found = self.companions.get(payer)
        changed = _changed(guide, *found) if found is not None else None
        return (changed, _title(*found)) if found is not None and changed is not None else None

    def read(self, name: str, cited: Collection[str] | None = None) -> Guide:
        """Return the guide of a file. Raises PackErrors with all its mistakes.

        `cited` are the sources it may name; None leaves them unchecked.
        """
        shown, raw = self.files[name]
        beside = self._structure_of(name)
        if beside not in self.files:
            message = f"There is no {SEGMENTS} beside this guide"
            raise PackErrors([Diagnostic(shown, 1, 1, message, "Add one, as there is a shipped one")])
        structure, problems = read_structure(*self.files[beside])
        if problems:
            raise PackErrors(problems)
        reader = GuideReader(read_yaml(raw, shown), structure, cited)
        guide = reader.guide()
        if guide is None:
            raise PackErrors(reader.document.problems)
        return guide

    def _structure_of(self, name: str) -> str:
        """Return the segments.yaml of a guide: that of its folder, else any."""
        beside = PurePosixPath(name).with_name(SEGMENTS).as_posix()
        return beside if beside in self.files else next(filter(_is_structure, self.files), beside)

    # --- checking ---------------------------------------------------------------------------------

    def problems(
        self,
        cited: Collection[str] | None = None,
        only: Collection[str] | None = None,
        homeless: Sequence[Homeless] = (),
    ) -> list[Diagnostic]:
        """Return what is wrong with the files.

        `cited` are the sources that they may name, `only` the files to check, as they are shown; None: any.
        `homeless` are checked beside the companion guides that are here.
        """
        found: list[Diagnostic] = []
        for name, (shown, raw) in self.files.items():
            if only is not None and shown not in only:
                continue
            if _is_structure(name):
                found += read_structure(shown, raw)[1]
                continue
            try:
                ids = self.read(name, cited).ids
            except PackErrors as error:
                found += error.diagnostics
                ids = tuple(_ids(_head(shown, raw)))
            found += self._misnamed(name, ids)
        return list(dict.fromkeys([*found, *self._overlay_problems(cited, only, homeless)]))

    def _misnamed(self, name: str, ids: Sequence[str]) -> Iterator[Diagnostic]:
        """Yield ids under which a guide cannot be found: another has them, or its head does not say them."""
        shown, raw = self.files[name]
        for guide_id in dict.fromkeys(ids):
            holder = self.ids.get(guide_id)
            if guide_id in FROM_MAPS:
                message = f"The guide `{guide_id}` exists already, in the maps of pyx12"
                remedy = "Change it by an overlay in guides/corrections/, or give this guide another id"
            elif holder is None:
                message = f"The guide `{guide_id}` does not begin with its ids"
                remedy = "Put `guide:` and `aliases:` before `loop:`"
            elif holder != name:
                message = f"The guide `{guide_id}` exists already, in {self.files[holder][0]}"
                remedy = "Keep one of them; change it by an overlay"
            else:
                continue
            document = read_yaml(raw, shown)
            yield document.problem(_said_at(document, guide_id), message, remedy)

    def _overlay_problems(
        self, cited: Collection[str] | None, only: Collection[str] | None, homeless: Sequence[Homeless]
    ) -> Iterator[Diagnostic]:
        """Yield what is wrong with overlays. Each is applied to what it will find: what others corrected."""
        guides, last = self._plain(), len(self.corrections)
        chosen = [
            *(("", i, *each) for i, each in enumerate(self.corrections)),
            *((payer, last, *each) for payer, each in self.companions.items()),
        ]
        if only is not None:
            chosen = [each for each in chosen if each[2] in only]
        before = cache(partial(self._before, start=min((count for _, count, *_ in chosen), default=last)))
        for payer, count, shown, raw in (*chosen, *((p, last, shown, raw) for p, shown, raw in homeless)):
            overlay, problems = read_overlay(raw, shown)
            yield from problems
            if overlay is None:
                continue
            yield from misplaced(overlay, payer, guides, cited)
            for guide_id in overlay.guides:
                try:
                    if guide_id in guides:
                        _changed(before(guides[guide_id], count), shown, raw)
                except PackErrors as error:  # of the overlay; a guide's own mistakes are among them only once
                    yield from error.diagnostics

    def _before(self, plain: _Plain, count: int, start: int) -> Guide:
        """Return a guide with the first `count` corrections, which from `start` on are those to check.

        Those have no effect where they have mistakes. Raises PackErrors when the guide has some.
        """
        guide = self._kept(plain, self.corrections[: min(count, start)])
        for each in self.corrections[start:count]:
            with contextlib.suppress(PackErrors):
                guide = _changed(guide, *each) or guide
        return guide


def _changed(guide: Guide, shown: str, raw: bytes) -> Guide | None:
    """Return a guide as an overlay has it, None when the overlay is for others. Raises PackErrors."""
    overlay, problems = read_overlay(raw, shown)
    if overlay is None:
        raise PackErrors(problems)
    return apply(guide, overlay) if set(overlay.guides) & set(guide.ids) else None


def _said_at(document: Document, guide_id: str) -> Mark:
    """Return where a guide says one of its ids."""
    data = document.data
    aliases = data.get("aliases", []) if isinstance(data, dict) else []
    if isinstance(data, dict) and data.get("guide") != guide_id and guide_id in aliases:
        return document.marks.value(("aliases", aliases.index(guide_id)))
    return document.marks.value(("guide",))


def _title(shown: str, raw: bytes) -> str:
    data = read_yaml(raw, shown).data
    return str(data.get("title", shown)) if isinstance(data, dict) else shown


def _is_structure(name: str) -> bool:
    return PurePosixPath(name).name == SEGMENTS


def _head(shown: str, raw: bytes) -> Document:
    """Read what stands before `loop:`; the rest of a guide takes a hundred times as long."""
    lines = raw.splitlines(keepends=True)
    end = next((i for i, line in enumerate(lines) if line.startswith(b"loop")), len(lines))
    return read_yaml(b"".join(lines[:end]), shown)


def _ids(head: Document) -> Iterator[str]:
    """Yield the ids of a guide from its head; a mistake in it is found when the whole file is read."""
    data = head.data
    if isinstance(data, dict) and isinstance(data.get("guide"), str):
        aliases = data.get("aliases")
        for each in (data["guide"], *(aliases if isinstance(aliases, list) else ())):
            if isinstance(each, str) and each:
                yield each
