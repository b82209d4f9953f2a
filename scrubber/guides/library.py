"""The guides of a run, loaded when a file first asks for one: from pyx12's maps or from the packs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from scrubber.guides.checker import Checker, Track
from scrubber.guides.elements import Marks
from scrubber.guides.maps import MAPS, from_map
from scrubber.guides.model import Guide
from scrubber.guides.walk import Walk

Load = Callable[[], Guide]
_MOST_TRACKS = 16

#: What loads a guide that pyx12 has a map of, by its id and that of its later errata.
FROM_MAPS: Mapping[str, Load] = {
    guide_id: load
    for name, ids in MAPS.items()
    for load in [partial(from_map, name, ids)]
    for guide_id in ids
}


class Guides:
    """Guides by id, each loaded once, with what this process has learnt of it."""

    def __init__(self, loaders: Mapping[str, Load] = FROM_MAPS) -> None:
        self._loaders = loaders
        self._guides: dict[Load, Guide] = {}
        self._tracks: dict[tuple[str, Marks], Track] = {}

    def guide(self, guide_id: str) -> Guide | None:
        """Return a guide; None when there is none of that id. Raises GuideError."""
        load = self._loaders.get(guide_id)
        if load is None:
            return None
        found = self._guides.get(load)
        if found is None:
            found = self._guides[load] = load()
        return found

    def track(self, guide_id: str, marks: Marks) -> Track | None:
        """Return what is known of a guide for some separators; None when there is no such guide."""
        guide = self.guide(guide_id)
        if guide is None:
            return None
        key = (guide.id, marks)
        found = self._tracks.get(key)
        if found is None:
            if len(self._tracks) >= _MOST_TRACKS:  # a file may change its separators as often as it likes
                self._tracks.clear()
            found = self._tracks[key] = Track(Walk(guide), marks)
        return found

    def checker(self, marks: Marks, end: str = "~") -> Checker:
        """Return the check of a file with these separators, from its beginning on. `end` ends segments."""
        return Checker(lambda guide_id: self.track(guide_id, marks), marks, end)
