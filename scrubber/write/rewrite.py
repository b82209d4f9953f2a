"""Rewrite an X12 file with edits: segments that no edit names are copied byte for byte.

Where segments are left out, the count in the transaction's SE is set to what it then holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from scrubber.read.spans import SegmentStream
from scrubber.read.x12 import Delimiters, bare, decode
from scrubber.write.edits import EditError, Removal, SegmentEdit

#: (element, component) → new text.
_Places = dict[tuple[int, int | None], str]


@dataclass(frozen=True, slots=True)
class ChangedSegment:
    """A segment that the rewriting changed. `new` is None when it was left out."""

    position: int
    old: str
    new: str | None


def rewrite(source: BinaryIO, target: BinaryIO, edits: Iterable[SegmentEdit]) -> list[ChangedSegment]:
    """Copy `source` to `target` with the edits; return the segments that changed, in order.

    Raises EditError when two edits want different things of one place, or a value holds a delimiter.
    """
    places, removed = _by_segment(edits)
    segments = SegmentStream(source)
    target.write(segments.prefix)
    counter = _Counter()
    changed: list[ChangedSegment] = []
    position = 0
    for position, raw in enumerate(segments, 1):
        if position in removed:
            changed.append(ChangedSegment(position, _text(raw), None))
            counter.leave_out()
            continue
        new = _edited(raw, places[position], segments.delimiters) if position in places else raw
        new = counter.see(new, segments.delimiters)
        if new != raw:
            changed.append(ChangedSegment(position, _text(raw), _text(new)))
        target.write(new + segments.terminator)
    target.write(segments.rest)
    missing = [number for number in (*places, *removed) if number > position]
    if missing:
        raise EditError(f"segment {min(missing)} is not in the file")
    return changed


def _text(raw: bytes) -> str:
    return decode(raw).strip("\r\n")


class _Counter:
    """Counts the segments of each transaction, to correct SE01 where some were left out."""

    def __init__(self) -> None:
        self._kept = self._left_out = 0

    def leave_out(self) -> None:
        self._left_out += 1

    def see(self, raw: bytes, delimiters: Delimiters) -> bytes:
        name, sep = bare(raw)[:3], delimiters.element.encode("latin-1")
        if name == b"ST" + sep:
            self._kept = self._left_out = 0
        self._kept += 1
        if name == b"SE" + sep and self._left_out:
            return _edited(raw, {(1, None): str(self._kept)}, delimiters)
        return raw


def _by_segment(edits: Iterable[SegmentEdit]) -> tuple[dict[int, _Places], set[int]]:
    places: dict[int, _Places] = {}
    removed: set[int] = set()
    for edit in edits:
        if isinstance(edit, Removal):
            removed.add(edit.position)
            continue
        key = (edit.element, edit.component)
        if places.setdefault(edit.position, {}).setdefault(key, edit.text) != edit.text:
            raise EditError(f"two amendments want different values in segment {edit.position}")
    for position, wanted in places.items():
        whole = {element for element, component in wanted if component is None}
        if any(component is not None and element in whole for element, component in wanted):
            raise EditError(f"two amendments want different values in segment {position}")
    both = removed & set(places)
    if both:
        raise EditError(f"one amendment removes segment {min(both)}, another changes it")
    return places, removed


def _edited(raw: bytes, places: _Places, delimiters: Delimiters) -> bytes:
    text = decode(raw)
    encoding = "utf-8" if text.encode("utf-8") == raw else "latin-1"
    elements = text.split(delimiters.element)
    forbidden = (
        delimiters.element,
        delimiters.component,
        delimiters.repetition,
        delimiters.segment,
        "\r",
        "\n",
    )
    for (element, component), value in places.items():
        if any(mark in value for mark in forbidden):
            raise EditError("the new value holds a character that is a delimiter of this file")
        elements += [""] * (element + 1 - len(elements))
        if component is None:
            elements[element] = value
        else:
            parts = elements[element].split(delimiters.component)
            parts += [""] * (component - len(parts))
            parts[component - 1] = value
            elements[element] = delimiters.component.join(parts)
    try:
        return delimiters.element.join(elements).encode(encoding)
    except UnicodeEncodeError:
        raise EditError("the new value cannot be written in the encoding of this file") from None
