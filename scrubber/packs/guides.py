"""The implementation guides that packs bring (`rules/guides/`), and the overlays of guides: which there are.

Nothing of them is read before a file asks for a guide, and then from the cache if nothing has changed;
`rules check` reads everything. What a guide in YAML looks like is `guide_reader.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path, PurePosixPath

from scrubber.guides.cache import cached
from scrubber.guides.library import FROM_MAPS, Load
from scrubber.guides.maps import sources
from scrubber.guides.model import Guide
from scrubber.packs.diagnostics import Diagnostic, PackErrors
from scrubber.packs.guide_reader import GuideReader
from scrubber.packs.guide_structure import SEGMENTS, read_structure
from scrubber.packs.overlays import apply, misplaced, read_overlay
from scrubber.packs.yaml_marks import Document, read_yaml

#: What makes guides of files; a cached guide that older code made is not taken.
_READERS = ("guide_reader.py", "guide_structure.py", "overlays.py")


@dataclass(frozen=True, slots=True)
class GuideFiles:
    """The YAML guides of the loaded packs, by path: how each is shown, and its bytes, unread. Picklable.

    `ids` are those of the guides, as their heads say. `corrections` change guides for everybody, `companions`
    those of one payer, by its key in the registry.
    """

    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[tuple[str, bytes], ...] = ()
    companions: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        files: Mapping[str, tuple[str, bytes]],
        corrections: Sequence[tuple[str, bytes]] = (),
        companions: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> GuideFiles:
        """Take files. Of two guides of one id the first counts; `problems` says so."""
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
        """Return what loads a guide, by its id: from YAML, else from pyx12's maps."""
        plain = self._plain()
        kept = {load: partial(self._kept, guide_id, load) for guide_id, load in plain.items()}
        return {guide_id: kept[load] for guide_id, load in plain.items()}

    def _plain(self) -> dict[str, Load]:
        """Return what loads a guide without its corrections; the ids of one guide share one."""
        loads: dict[str, Load] = {name: partial(self.read, name) for name in set(self.ids.values())}
        return {**FROM_MAPS, **{guide_id: loads[name] for guide_id, name in self.ids.items()}}

    def _kept(self, guide_id: str, load: Load) -> Guide:
        """Return a guide with its corrections, from the cache of this user when nothing of it has changed."""
        raw = [raw for _, raw in (*self.files.values(), *self.corrections)]
        code = [(Path(__file__).parent / name).read_bytes() for name in _READERS]
        return cached([guide_id.encode(), *sources(), *code, *raw], partial(self._corrected, load))

    def _corrected(self, load: Load) -> Guide:
        guide = load()
        for shown, raw in self.corrections:
            guide = _changed(guide, shown, raw) or guide
        return guide

    def companion(self, payer: str, guide: Guide) -> tuple[Guide, str] | None:
        """Return a guide as a payer's companion guide has it, and that one's title; None if it has none."""
        found = self.companions.get(payer)
        changed = _changed(guide, *found) if found is not None else None
        return (changed, _title(*found)) if found is not None and changed is not None else None

    def read(self, name: str, cited: Collection[str] | None = None) -> Guide:
        """Return the guide of a file. Raises PackErrors with all its mistakes.

        `cited` are the sources it may name; None leaves them unchecked.
        """
        structure, problems = read_structure(*self._structure_of(name))
        if problems:
            raise PackErrors(problems)
        shown, raw = self.files[name]
        reader = GuideReader(read_yaml(raw, shown), structure, cited)
        guide = reader.guide()
        if guide is None:
            raise PackErrors(reader.document.problems)
        return guide

    def _structure_of(self, name: str) -> tuple[str, bytes]:
        """Return the segments.yaml of a guide: that of its folder, else any."""
        beside = PurePosixPath(name).with_name(SEGMENTS).as_posix()
        found = beside if beside in self.files else next(filter(_is_structure, self.files), beside)
        return self.files.get(found, (found, b""))

    # --- checking ---------------------------------------------------------------------------------

    def problems(self, cited: Collection[str] | None = None) -> list[Diagnostic]:
        """Return what is wrong with any of the files. `cited` are the sources that they may name."""
        found: list[Diagnostic] = []
        for name, (shown, raw) in self.files.items():
            if _is_structure(name):
                found += read_structure(shown, raw)[1]
                continue
            try:
                found += self._misnamed(name, self.read(name, cited))
            except PackErrors as error:
                found += error.diagnostics
        return list(dict.fromkeys([*found, *self._overlay_problems(cited)]))

    def _misnamed(self, name: str, guide: Guide) -> Iterator[Diagnostic]:
        """Yield ids under which a guide cannot be found: another has them, or its head does not say them."""
        shown = self.files[name][0]
        for guide_id in guide.ids:
            holder = self.ids.get(guide_id)
            if holder is None:
                message = f"The guide `{guide_id}` does not begin with its ids"
                yield Diagnostic(shown, 1, 1, message, "Put `guide:` and `aliases:` before `loop:`")
            elif holder != name:
                message = f"The guide `{guide_id}` exists already, in {self.files[holder][0]}"
                yield Diagnostic(shown, 1, 1, message, "Keep one of them; change it by an overlay")

    def _overlay_problems(self, cited: Collection[str] | None) -> Iterator[Diagnostic]:
        guides = {guide_id: cache(load) for guide_id, load in self._plain().items()}
        for payer, (shown, raw) in (*(("", each) for each in self.corrections), *self.companions.items()):
            overlay, problems = read_overlay(raw, shown)
            yield from problems
            if overlay is None:
                continue
            yield from misplaced(overlay, payer, guides, cited)
            for guide_id in overlay.guides:
                try:
                    if guide_id in guides:
                        _changed(guides[guide_id](), shown, raw)
                except PackErrors as error:  # of the overlay; a guide's own mistakes are among them only once
                    yield from error.diagnostics


def _changed(guide: Guide, shown: str, raw: bytes) -> Guide | None:
    """Return a guide as an overlay has it, None when the overlay is for others. Raises PackErrors."""
    overlay, problems = read_overlay(raw, shown)
    if overlay is None:
        raise PackErrors(problems)
    return apply(guide, overlay) if set(overlay.guides) & set(guide.ids) else None


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
        yield data["guide"]
        aliases = data.get("aliases")
        yield from map(str, aliases if isinstance(aliases, list) else ())
