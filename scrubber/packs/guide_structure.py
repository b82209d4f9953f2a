"""How segments are built (`rules/guides/segments.yaml`): data elements by position, and what relates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.guides.maps import data_elements
from scrubber.guides.model import Relation, relation
from scrubber.packs.diagnostics import Diagnostic, closest
from scrubber.packs.yaml_marks import Document, Place, read_yaml

#: The name of the file, which stands beside the guides that use it.
SEGMENTS = "segments.yaml"


@dataclass(frozen=True, slots=True)
class Structure:
    """Data elements or composites by segment, those of composites, and relational notes by segment."""

    segments: Mapping[str, list[str]]
    composites: Mapping[str, list[str]]
    relations: Mapping[str, tuple[Relation, ...]]


def read_structure(shown: str, raw: bytes) -> tuple[Structure, list[Diagnostic]]:
    """Return the structure of segments and composites, and what is wrong with the file."""
    document = read_yaml(raw, shown)
    data = document.data if isinstance(document.data, dict) else {}
    segments: dict[str, list[str]] = {}
    relations: dict[str, tuple[Relation, ...]] = {}
    composites = {str(k): list(v) for k, v in (data.get("composites") or {}).items() if isinstance(v, list)}
    known = {*data_elements(), *composites}
    for name, body in (data.get("segments") or {}).items():
        place: Place = ("segments", name, "elements")
        elements = body.get("elements") if isinstance(body, dict) else None
        if not isinstance(elements, list):
            mark = document.marks.value(("segments", name))
            document.problems.append(
                document.problem(mark, f"`{name}` has no elements", "List its data elements")
            )
            continue
        for i, number in enumerate(elements):
            if number not in known:
                mark = document.marks.value((*place, i))
                message = f"There is no data element or composite `{number}`"
                document.problems.append(document.problem(mark, message, "", closest(str(number), known)))
        segments[name] = [str(number) for number in elements]
        relations[name] = tuple(_relations(document, name, body.get("relations") or [], len(elements)))
    return Structure(segments, composites, relations), document.problems


def _relations(document: Document, name: str, texts: Any, most: int) -> Iterator[Relation]:
    for i, text in enumerate(texts if isinstance(texts, list) else [texts]):
        try:
            found = relation(str(text))
        except ValueError:
            found = ("P", (0,))
        if all(0 < number <= most for number in found[1]):
            yield found
            continue
        mark = document.marks.value(("segments", name, "relations", i))
        message = f"`{text}` is not a relational note of `{name}`"
        remedy = "Write a letter (P, R, C, L or E) and two digits for each element, such as P0304"
        document.problems.append(document.problem(mark, message, remedy))
