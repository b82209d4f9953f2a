"""How segments are built (`rules/guides/segments.yaml`): data elements by position, and what relates them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from scrubber.guides.maps import data_elements
from scrubber.guides.model import Relation, relation
from scrubber.packs.diagnostics import Diagnostic, closest
from scrubber.packs.parse import parse
from scrubber.packs.shapes import SchemaOne, Strict, Text
from scrubber.packs.yaml_marks import Document, Place

#: The name of the file, which stands beside the guides that use it.
SEGMENTS = "segments.yaml"


# --- the file -------------------------------------------------------------------------------------------


def _notes(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class SegmentShape(Strict):
    """The data elements or composites of a segment by position, and its relational notes."""

    elements: list[Text] = Field(min_length=1)
    relations: Annotated[list[Text], BeforeValidator(_notes, json_schema_input_type=Text | list[Text])] = (
        Field(default_factory=list)
    )


class StructureShape(Strict):
    """A segments.yaml. A composite may have no components: then no guide can use it."""

    schema_: SchemaOne = Field(alias="schema")
    segments: dict[str, SegmentShape]
    composites: dict[str, list[Text]] = Field(default_factory=dict)


# --- the values -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Structure:
    """Data elements or composites by segment, those of composites, and relational notes by segment."""

    segments: Mapping[str, list[str]]
    composites: Mapping[str, list[str]]
    relations: Mapping[str, tuple[Relation, ...]]


def read_structure(shown: str, raw: bytes) -> tuple[Structure, list[Diagnostic]]:
    """Return the structure of segments and composites, and what is wrong with the file."""
    shape, document = parse(raw, shown, StructureShape, f"A {SEGMENTS}")
    if shape is None:
        return Structure({}, {}, {}), document.problems
    relations: dict[str, tuple[Relation, ...]] = {}
    for name, body in shape.segments.items():
        known = data_elements().keys() | shape.composites.keys()
        place: Place = ("segments", name, "elements")
        document.problems += _unknown(document, place, body.elements, known, "data element or composite")
        relations[name] = tuple(_relations(document, name, body))
    for name, numbers in shape.composites.items():
        if name in data_elements():
            mark = document.marks.key(("composites", name))
            message, remedy = (
                f"`{name}` is a data element, not a composite",
                "Give the composite another name",
            )
            document.problems.append(document.problem(mark, message, remedy))
        place = ("composites", name)
        document.problems += _unknown(document, place, numbers, data_elements().keys(), "data element")
    elements = {name: body.elements for name, body in shape.segments.items()}
    return Structure(elements, shape.composites, relations), document.problems


def _unknown(
    document: Document, place: Place, numbers: list[str], known: Collection[str], what: str
) -> Iterator[Diagnostic]:
    for i, number in enumerate(numbers):
        if number not in known:
            mark = document.marks.value((*place, i))
            yield document.problem(mark, f"There is no {what} `{number}`", "", closest(number, known))


def _relations(document: Document, name: str, body: SegmentShape) -> Iterator[Relation]:
    for i, text in enumerate(body.relations):
        try:
            found = relation(text)
        except ValueError:
            found = ("P", (0,))
        if all(0 < number <= len(body.elements) for number in found[1]):
            yield found
            continue
        mark = document.marks.value(("segments", name, "relations", i))
        message = f"`{text}` is not a relational note of `{name}`"
        remedy = "Write a letter (P, R, C, L or E) and two digits for each element, such as P0304"
        document.problems.append(document.problem(mark, message, remedy))
