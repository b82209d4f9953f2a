"""Rewrite an X12 file with edits: segments that no edit names are copied byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from scrubber.read.split import decode
from scrubber.read.x12 import ISA_LENGTH, Delimiters
from scrubber.write.edits import Edit, EditError

_BLOCK = 1 << 20


def rewrite(source: BinaryIO, target: BinaryIO, edits: Iterable[Edit]) -> list[int]:
    """Copy `source` to `target` with the edits; return the numbers of the segments that changed.

    No segment is added or removed, so counts stay right. Raises EditError when two edits want different
    values at one place, or a value holds a delimiter of the file.
    """
    wanted = _by_segment(edits)
    head = source.read(_BLOCK)
    start = len(head) - len(head.lstrip(b"\xef\xbb\xbf \r\n\t"))
    delimiters = Delimiters.from_isa(head[start : start + ISA_LENGTH])
    end = delimiters.segment.encode("latin-1")
    target.write(head[:start])
    rest, position = head[start:], 0
    changed: list[int] = []
    while True:
        *segments, rest = rest.split(end)
        for raw in segments:
            position += 1
            if position in wanted:
                new = _edited(raw, wanted[position], delimiters)
                if new != raw:
                    changed.append(position)
                raw = new
            target.write(raw + end)
        block = source.read(_BLOCK)
        if not block:
            break
        rest += block
    target.write(rest)
    missing = sorted(set(wanted) - set(range(1, position + 1)))
    if missing:
        raise EditError(f"segment {missing[0]} is not in the file")
    return changed


def _by_segment(edits: Iterable[Edit]) -> dict[int, dict[tuple[int, int | None], str]]:
    out: dict[int, dict[tuple[int, int | None], str]] = {}
    for edit in edits:
        places = out.setdefault(edit.position, {})
        key = (edit.element, edit.component)
        if places.setdefault(key, edit.text) != edit.text:
            raise EditError(f"two amendments want different values in segment {edit.position}")
    return out


def _edited(raw: bytes, places: dict[tuple[int, int | None], str], delimiters: Delimiters) -> bytes:
    text = decode(raw)
    encoding = "utf-8" if text.encode("utf-8") == raw else "latin-1"
    elements = text.split(delimiters.element)
    for (element, component), value in places.items():
        forbidden = (delimiters.element, delimiters.component, delimiters.segment, "\r", "\n")
        if any(mark and mark in value for mark in forbidden):
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
