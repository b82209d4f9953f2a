"""Where values stand in the kept segments: the field table read the way the reader reads it.

A value is looked for in the segments of its loop (right owner, right item) that carry its qualifier.
What is missing is placed where it should stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.source import Run, Segment, Source

#: Segments that a loop has at most once, whatever their qualifier.
_ONE_A_LOOP = frozenset({"NM1", "SBR", "PAT", "PRV"})


@dataclass(frozen=True, slots=True)
class Place:
    """A value's place: its segment (None when absent), its row of the field table, element and component."""

    field: Field
    segment: Segment | None
    element: int
    component: int | None


def find_value(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Place:
    """Find a plain value. Of several segments that carry it the last one is in effect.

    Where a value may stand at several places of one segment, the first segment and place count.
    """
    empty: Place | None = None
    if rows[0].segment == "PER":
        return _of_contact(source, rows, indices)
    several = len(rows) > 1 and len({(row.loop, row.segment) for row in rows}) == 1
    for row, segment in _segments(source, rows, indices) if several else _newest(source, rows, indices):
        place = _in_segment(source, row, segment)
        if place is None:
            continue
        if text_at(source, place).strip():
            return place
        empty = empty or place
    return empty or _absent(source, _nearest(source, rows, indices), indices)


def _of_contact(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Place:
    """Find a value of a contact."""
    row = rows[0]
    contact = contact_segments(source, row, indices) if source is not None else []
    for segment in contact:
        for place in (Place(r, segment, r.element, None) for r in rows if qualifies(segment, r)):
            if text_at(source, place).strip():
                return place
    bare = contact[0] if contact and row.where is None else None
    return Place(row, bare, row.element, row.component)


def contact_segments(source: Source, row: Field, indices: Sequence[int]) -> list[Segment]:
    """Return the PER of a loop that are about its contact.

    That is the first that says anything, and those behind it that go on with other numbers: under the same
    name or none. Another person's are left to the segments.
    """
    runs = [run for run in source.runs_in(row.loop) if _is_about(run, row, indices)]
    segments = [s for run in runs for s in source.segments_of(run) if s.elements[0] == "PER"]
    first = next((i for i, segment in enumerate(segments) if _says_anything(source, row, segment)), None)
    if first is None:
        return segments[:1]
    name = _name_in(segments[first])
    return [s for i, s in enumerate(segments) if i == first or (i > first and _name_in(s) in ("", name))]


def _name_in(segment: Segment) -> str:
    name = segment.elements[2] if len(segment.elements) > 2 else ""
    return "" if name.isspace() else name


def _says_anything(source: Source, row: Field, segment: Segment) -> bool:
    here = (row.loop, row.owner, row.segment)
    rows = (r for r in FIELDS[source.claim_type] if (r.loop, r.owner, r.segment) == here)
    return any(
        text_at(source, Place(r, segment, r.element, None)).strip() for r in rows if qualifies(segment, r)
    )


def find_list_member(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Place:
    """Find the n-th member of a list of plain values."""
    index = indices[-1]
    if len(rows) == 1 and rows[0].last is not None:  # a second such segment replaces the first one
        for row, segment in _newest(source, rows, indices):
            filled = list(_filled(source, row, segment))
            if filled:
                return filled[index] if index < len(filled) else _slot(row, segment, index)
        found = next(_newest(source, rows, indices), None)
        return _slot(rows[0], found[1] if found else None, index)
    members = (p for row, s in _segments(source, rows, indices) for p in _filled(source, row, s))
    return next(islice(members, index, None), None) or _slot(rows[0], None, index)


def find_item(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Place:
    """Find a value of the n-th item that the segments of a loop make, or a list inside of it."""
    row = rows[0]
    inner = row.path.endswith("[]")
    wanted = indices[-2] if inner else indices[-1]
    last: Place | None = None
    for number, last in enumerate(_items(source, rows, indices)):
        if number == wanted:
            return _inside(source, last, indices[-1]) if inner else last
    if row.each == "composite" and last is not None:  # the next one of the segment
        return Place(row, last.segment, last.element + 1, row.component)
    return Place(row, None, row.element, row.component)


def _inside(source: Source | None, item: Place, index: int) -> Place:
    """Return the place of a member of a list that an item has."""
    assert item.segment is not None
    filled = list(_filled(source, item.field, item.segment))
    return filled[index] if index < len(filled) else _slot(item.field, item.segment, index)


def _items(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Iterator[Place]:
    """Yield the value's place in every item, in the order of the file."""
    for row, segment in _segments(source, rows, indices):
        if row.each == "composite":
            yield from _composites(source, row, segment)
        elif row.each == "triplet":
            for i in range(2, len(segment.elements), 3):
                if "".join(segment.elements[i : i + 3]).strip():
                    element = row.element if row.last is None else i + row.element - 2
                    yield Place(row, segment, element, None)
        else:
            yield Place(row, segment, row.element, row.component)


def _composites(source: Source | None, row: Field, segment: Segment) -> Iterator[Place]:
    assert source is not None and row.where is not None
    for i, composite in enumerate(segment.elements[1:], 1):
        qualifier, *rest = composite.split(source.component)
        if row.code is not None and (not rest or rest[0] not in row.code):
            continue
        if qualifier in row.where[1] and "".join(rest).strip():
            yield Place(row, segment, i, row.component)


def _in_segment(source: Source | None, row: Field, segment: Segment) -> Place | None:
    if row.each != "composite":
        return Place(row, segment, row.element, row.component)
    found = list(_composites(source, row, segment))
    filled = [place for place in found if text_at(source, place).strip()]
    best = filled or found
    return best[-1] if best else None


def _segments(
    source: Source | None, rows: Sequence[Field], indices: Sequence[int]
) -> Iterator[tuple[Field, Segment]]:
    """Yield the segments that carry a row's value: right loop and item, right qualifier, in order."""
    if source is None:
        return
    loops = {row.loop for row in rows}
    for run in source.runs_in(rows[0].loop) if len(loops) == 1 else source.runs():
        if run.loop.id not in loops:
            continue
        here = [row for row in rows if _is_about(run, row, indices)]
        if here:
            for segment in source.segments_of(run):
                for row in here:
                    if segment.elements[0] == row.segment and qualifies(segment, row):
                        yield row, segment


def _newest(
    source: Source | None, rows: Sequence[Field], indices: Sequence[int]
) -> Iterator[tuple[Field, Segment]]:
    """Yield the same, the rows in order, and for each row the last segment first."""
    for row in rows:
        yield from reversed(list(_segments(source, [row], indices)))


def _is_about(run: Run, row: Field, indices: Sequence[int]) -> bool:
    """Return whether the segments of a run may hold a row's value: right loop, right item."""
    if not run.used or run.loop.id != row.loop or run.loop.owner != row.owner:
        return False
    depth = row.owner.count("[]")
    return run.outer == (indices[0] if depth else -1) and (depth < 2 or run.inner == indices[1])


def qualifies(segment: Segment, row: Field) -> bool:
    """Return whether a segment carries the qualifier that the row wants."""
    elements = segment.elements
    if row.payer is not None:
        names_other = len(elements) > 4 and bool(elements[4].strip())
        if names_other is not (row.payer == "other"):
            return False
    if row.where is None or row.each == "composite":
        return True
    element, values = row.where
    return len(elements) > element and elements[element] in values


def text_at(source: Source | None, place: Place) -> str:
    """Return what stands at a place, "" for nothing."""
    if source is None or place.segment is None or place.element >= len(place.segment.elements):
        return ""
    text = place.segment.elements[place.element]
    if place.component is None:
        return text
    parts = text.split(source.component)
    return parts[place.component - 1] if place.component <= len(parts) else ""


def _slots(row: Field) -> Iterator[tuple[int, int | None]]:
    if row.last is None:
        yield row.element, row.component
    elif row.component is None:
        yield from ((element, None) for element in range(row.element, row.last + 1))
    else:
        yield from ((row.element, component) for component in range(row.component, row.last + 1))


def _filled(source: Source | None, row: Field, segment: Segment) -> Iterator[Place]:
    for element, component in _slots(row):
        place = Place(row, segment, element, component)
        if text_at(source, place).strip():
            yield place


def _slot(row: Field, segment: Segment | None, index: int) -> Place:
    slots = list(_slots(row))
    element, component = slots[min(index, len(slots) - 1)]
    return Place(row, segment, element, component)


def _nearest(source: Source | None, rows: Sequence[Field], indices: Sequence[int]) -> Field:
    """Return the first row whose loop the claim has, else the first one."""
    if source is None or len(rows) == 1:
        return rows[0]
    runs = list(source.runs())
    return next((row for row in rows if any(_is_about(run, row, indices) for run in runs)), rows[0])


def _absent(source: Source | None, row: Field, indices: Sequence[int]) -> Place:
    """Return where a value should stand: in its segment, when there is one that only lacks the value."""
    bare = None
    if source is not None and row.each == "segment" and (row.where is None or row.segment in _ONE_A_LOOP):
        runs = (run for run in source.runs_in(row.loop) if _is_about(run, row, indices))
        bare = next(
            (s for run in runs for s in source.segments_of(run) if s.elements[0] == row.segment), None
        )
    return Place(row, bare, row.element, row.component)
