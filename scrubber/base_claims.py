"""Base claims: what the examples of rules start from, read once; an example may edit the file before that.

Edits are of segments, so that an example can say what claim JSON cannot: a third decimal, two HI of one kind.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

from scrubber.claim.model import Claim
from scrubber.packs.rules import X12Edit
from scrubber.read.chunks import Chunk
from scrubber.read.split import split_x12
from scrubber.read.x12 import Delimiters, ReadError


class ExampleError(Exception):
    """An example that cannot be made: a path or a segment that does not fit its base claim."""


class Bases(Mapping[str, list[Claim]]):
    """The claims of each base claim's file. Raises ExampleError for one that does not read."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._claims = {name: _read(name, text) for name, text in texts.items()}

    def __getitem__(self, name: str) -> list[Claim]:
        return self._claims[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)

    def first(self, name: str, edits: Sequence[X12Edit] = ()) -> Claim:
        """Return the first claim of a file, read anew where the file is edited. Raises ExampleError."""
        if not edits:
            return self[name][0]
        return _read(name, _edited(self._texts[name], edits))[0]


def _read(name: str, text: str) -> list[Claim]:
    claims = []
    try:
        for part in split_x12(io.BytesIO(text.encode())):
            if not isinstance(part, Chunk):
                raise ExampleError(f"the base claim {name} does not read: {part.message}")
            claims += [item.claim for item in part.read()]
    except ReadError as error:
        raise ExampleError(f"the base claim {name} does not read: {error.message}") from None
    if not claims:
        raise ExampleError(f"the base claim {name} holds no claim")
    return claims


def _edited(text: str, edits: Sequence[X12Edit]) -> str:
    """Return the file with its segments edited, in order, and SE01 counting what was inserted."""
    marks = Delimiters.from_isa(text.encode())
    segments = [segment.strip() for segment in text.split(marks.segment)]
    for edit in edits:
        at = _first(segments, edit.after or edit.replace or "", marks)
        if edit.after is not None:
            segments[at + 1 : at + 1] = edit.insert
            last = _first(segments, "SE", marks)
            elements = segments[last].split(marks.element)
            elements[1] = str(int(elements[1]) + len(edit.insert))
            segments[last] = marks.element.join(elements)
        else:
            assert edit.element is not None
            elements = segments[at].split(marks.element)
            elements += [""] * (edit.element + 1 - len(elements))
            elements[edit.element] = edit.with_ or ""
            segments[at] = marks.element.join(elements)
    return marks.segment.join(segments)


def _first(segments: Sequence[str], beginning: str, marks: Delimiters) -> int:
    """Return the index of the first segment that begins with some whole elements: `SV1`, `HI*BH`."""
    for index, segment in enumerate(segments):
        if f"{segment}{marks.element}".startswith((beginning + marks.element, beginning + marks.component)):
            return index
    raise ExampleError(f"the base claim has no segment that begins with {beginning}; `x12` needs one")
