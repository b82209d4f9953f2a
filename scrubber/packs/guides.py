"""Implementation guides in YAML (`rules/guides/`): read into the values of `scrubber.guides.model`.

`segments.yaml` says how segments are built, one file for each guide which of them stand where. Types and
lengths of data elements are those of pyx12's dictionary. Nothing is read before a file asks for a guide;
`rules check` reads everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from scrubber.guides.cache import cached
from scrubber.guides.library import FROM_MAPS, Load
from scrubber.guides.maps import sources
from scrubber.guides.model import Guide
from scrubber.packs.diagnostics import Diagnostic, PackErrors, closest, listing
from scrubber.packs.guide_reader import GuideReader
from scrubber.packs.guide_structure import SEGMENTS, read_structure
from scrubber.packs.overlays import Overlay, apply, read_overlay
from scrubber.packs.yaml_marks import read_yaml


@dataclass(frozen=True, slots=True)
class GuideFiles:
    """The YAML guides of the loaded packs, by file name, unread. Picklable.

    `ids` are those of the guides, as their first lines say. `corrections` change guides for everybody,
    `companions` those of one payer, by its key in the registry.
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
        """Take files: how each is shown, and its bytes. Which guides they hold, their heads say."""
        ids = {found: name for name, (_, raw) in files.items() if name != SEGMENTS for found in _ids(raw)}
        return cls(files, ids, tuple(corrections), companions or {})

    def loaders(self) -> dict[str, Load]:
        """Return what loads a guide, by its id: from YAML, else from pyx12's maps."""
        plain: dict[str, Load] = {name: partial(self.read, name) for name in set(self.ids.values())}
        loads = {**FROM_MAPS, **{guide_id: plain[name] for guide_id, name in self.ids.items()}}
        known = {load: partial(self._kept, guide_id, load) for guide_id, load in loads.items()}
        return {guide_id: known[load] for guide_id, load in loads.items()}

    def _kept(self, guide_id: str, load: Load) -> Guide:
        """Return a guide with its corrections, from the cache of this user when nothing of it has changed."""
        raw = [raw for _, raw in (*self.files.values(), *self.corrections)]
        return cached([guide_id.encode(), *sources(), *raw], partial(self._corrected, load))

    def _corrected(self, load: Load) -> Guide:
        guide = load()
        for shown, raw in self.corrections:
            overlay = _overlay(raw, shown)
            if set(overlay.guides) & set(guide.ids):
                guide = apply(guide, overlay)
        return guide

    def companion(self, payer: str, guide: Guide) -> Guide | None:
        """Return a guide as a payer's companion guide has it; None when there is none for it."""
        found = self.companions.get(payer)
        if found is None:
            return None
        overlay = _overlay(found[1], found[0])
        return apply(guide, overlay) if set(overlay.guides) & set(guide.ids) else None

    def read(self, name: str, cited: Collection[str] | None = None) -> Guide:
        """Return the guide of a file. Raises PackErrors with all its mistakes.

        `cited` are the sources it may name; None leaves them unchecked.
        """
        structure, problems = read_structure(*self.files.get(SEGMENTS, (SEGMENTS, b"")))
        if problems:
            raise PackErrors(problems)
        reader = GuideReader(read_yaml(self.files[name][1], self.files[name][0]), structure, cited)
        guide = reader.guide()
        if guide is None:
            raise PackErrors(reader.document.problems)
        return guide

    def problems(self, cited: Collection[str] | None = None) -> list[Diagnostic]:
        """Return what is wrong with any of the files. `cited` are the sources that they may name."""
        found: list[Diagnostic] = []
        for name in self.files:
            if name == SEGMENTS:
                found += read_structure(*self.files[name])[1]
                continue
            try:
                self.read(name, cited)
            except PackErrors as error:
                found += error.diagnostics
        return found or self._overlay_problems(cited)

    def _overlay_problems(self, cited: Collection[str] | None) -> list[Diagnostic]:
        loaders: dict[str, Load] = dict(FROM_MAPS)
        loaders |= {guide_id: partial(self.read, name) for guide_id, name in self.ids.items()}
        guides = {guide_id: cache(load) for guide_id, load in loaders.items()}
        found: list[Diagnostic] = []
        for payer, (shown, raw) in (*(("", each) for each in self.corrections), *self.companions.items()):
            try:
                overlay = _overlay(raw, shown)
            except PackErrors as error:
                found += error.diagnostics
                continue
            found += _misbound(overlay, payer, shown)
            for key in overlay.references:
                if cited is not None and key not in cited:
                    message = f"There is no source `{key}`"
                    found.append(
                        Diagnostic(shown, 0, 0, message, "Add it to sources.yaml", closest(key, cited))
                    )
            found += _misapplied(overlay, guides, shown)
        return found


def _misbound(overlay: Overlay, payer: str, shown: str) -> Iterator[Diagnostic]:
    """Yield whether an overlay is for others than its folder says: all in corrections/, else one payer."""
    if overlay.payer != payer:
        bound = f"is bound to the payer `{overlay.payer}`" if overlay.payer else "is bound to no payer"
        remedy = f"Write `payer: {payer}`" if payer else "Write `overlay:` and its name"
        yield Diagnostic(shown, 0, 0, f"This overlay {bound}", f"{remedy}, or move the file")


def _misapplied(overlay: Overlay, guides: Mapping[str, Load], shown: str) -> Iterator[Diagnostic]:
    """Yield what an overlay names that is in no guide."""
    for guide_id in overlay.guides:
        if guide_id not in guides:
            message, remedy = f"There is no guide `{guide_id}`", f"There are {listing(sorted(guides))}"
            yield Diagnostic(shown, 0, 0, message, remedy, closest(guide_id, guides))
            continue
        try:
            apply(guides[guide_id](), overlay)
        except PackErrors as error:
            yield from error.diagnostics


def _overlay(raw: bytes, shown: str) -> Overlay:
    """Return an overlay. Raises PackErrors."""
    overlay, problems = read_overlay(raw, shown)
    if overlay is None:
        raise PackErrors(problems)
    return overlay


def _ids(raw: bytes) -> Iterator[str]:
    """Yield the ids of a guide from the head of its file, without reading the rest."""
    for line in raw.splitlines():
        key, _, value = line.partition(b":")
        if key == b"loop":
            return
        if key in (b"guide", b"aliases"):
            for part in value.strip().strip(b"[]").split(b","):
                yield part.strip().decode("ascii", "replace")
