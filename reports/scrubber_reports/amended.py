"""What an amendment did to a file: old and new segments, one under the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from scrubber_reports.clean import flow, shown
from scrubber_reports.paper import Paper
from scrubber_reports.words import many

Json = Mapping[str, Any]

_LONGEST_SEGMENT = 400


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """One changed segment. `position` is its number in the old file, or where a new one was put in.

    `old` is None for an inserted segment, `new` for a removed one.
    """

    position: int
    old: str | None
    new: str | None


def write_amended(
    out: TextIO,
    changes: Sequence[SegmentChange],
    *,
    accepted: Iterable[Json] = (),
    by: str | None = None,
    separator: str = "*",
    colour: bool | None = None,
    width: int | None = None,
) -> None:
    """Write who accepted which findings' amendments and how the segments changed.

    `accepted` are finding objects of the contract; `separator` is the file's element separator.
    """
    paper = Paper(out, colour=colour, width=width)
    accepted = list(accepted)
    if accepted:
        paper.line(f"Accepted by {shown(by, 80)}" if by else "Applied", "strong")
    for finding in accepted:
        amendment = finding.get("amendment") or {}
        title = flow(str(amendment.get("title") or finding.get("title") or ""))
        paper.row(shown(finding["rule"], 12), f"{title} ({shown(finding['id'], 40)})", indent=2, gutter=8)
    for change in changes:
        paper.line()
        paper.line(_heading(change), "dim")
        old, new = _marked(change, separator)
        if old is not None:
            paper.line("  - " + "".join(paper.styled(t, "bad" if hit else "dim") for t, hit in old))
        if new is not None:
            paper.line("  + " + "".join(paper.styled(t, "good" if hit else "") for t, hit in new))
    paper.line()
    paper.line(f"{many(len(changes), 'segment')} changed." if changes else "No segment changed.", "strong")


def _heading(change: SegmentChange) -> str:
    if change.old is None:
        return f"before segment {change.position}, new"
    return f"segment {change.position}" + ("" if change.new is not None else ", removed")


_Pieces = list[tuple[str, bool]]


def _marked(change: SegmentChange, separator: str) -> tuple[_Pieces | None, _Pieces | None]:
    """Return both segments in pieces; True marks an element that differs."""
    old = None if change.old is None else change.old.split(separator)
    new = None if change.new is None else change.new.split(separator)
    return _pieces(old, new, separator), _pieces(new, old, separator)


def _pieces(elements: list[str] | None, other: list[str] | None, separator: str) -> _Pieces | None:
    if elements is None:
        return None
    pieces: _Pieces = []
    room = _LONGEST_SEGMENT
    for i, element in enumerate(elements):
        same = other is not None and i < len(other) and other[i] == element
        text = shown(element, max(room, 1))
        pieces.append(((separator if i else "") + text, not same))
        room -= len(text) + 1
        if room <= 0:
            break
    return pieces
