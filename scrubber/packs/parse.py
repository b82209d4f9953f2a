"""From the bytes of one file to its model: YAML, then schema, with the mistakes of both as diagnostics.

A rule with a mistake in one key is still worth checking in the others, so that one run shows everything:
`parse_rule` then stands in for the broken keys and says which ones they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scrubber.packs.catalogue import Source
from scrubber.packs.rules import Rule
from scrubber.packs.schema_errors import schema_problems
from scrubber.packs.yaml_marks import Document, Mark, read_yaml

M = TypeVar("M", bound=BaseModel)
#: (bytes of a file, its name as shown) → its data and marks
Read = Callable[[bytes, str], Document]

_FOUND = {list: "a list", str: "a text", type(None): "nothing"}

#: Values that pass the schema, to stand where a rule's own do not.
_EXAMPLE = {"name": "-", "base": "-"}
_STAND_INS: dict[str, Any] = {
    "schema": "1",
    "id": "XX-000",
    "name": "x",
    "title": "-",
    "status": "draft",
    "severity": "info",
    "snip": None,
    "for_each": "claim",
    "require": {"field": "-", "present": "true"},
    "at": ["-"],
    "message": "-",
    "why": "-",
    "references": ["-"],
    "examples": {"pass": [_EXAMPLE], "fail": [_EXAMPLE]},
}


@dataclass(slots=True)
class ParsedRule:
    """A rule as far as it could be read. The keys in `broken` hold stand-ins and must not be checked."""

    rule: Rule
    document: Document
    broken: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """True when nothing is wrong with its YAML and schema."""
        return not self.broken and not self.document.problems


def _mapping(document: Document, what: str) -> dict[str, Any] | None:
    if isinstance(document.data, dict):
        return document.data
    if document.complete:
        found = _FOUND[type(document.data)]
        message = f"{what} is a mapping of keys; here is {found}"
        document.problems.append(document.problem(Mark(1, 1), message, "Compare it with a shipped one"))
    return None


def parse(
    raw: bytes, shown: str, model: type[M], what: str, read: Read = read_yaml
) -> tuple[M | None, Document]:
    """Return the model in a file, or None; the mistakes are in the document's `problems`."""
    document = read(raw, shown)
    data = _mapping(document, what)
    if data is None:
        return None, document
    try:
        return model.model_validate(data), document
    except ValidationError as error:
        document.problems += schema_problems(error, model, document)
        return None, document


def parse_rule(raw: bytes, shown: str, read: Read = read_yaml) -> tuple[ParsedRule | None, Document]:
    """Return the rule in a file as far as it can be read, and its document with the mistakes found."""
    document = read(raw, shown)
    data = _mapping(document, "A rule")
    if data is None:
        return None, document
    try:
        return ParsedRule(Rule.model_validate(data), document, frozenset()), document
    except ValidationError as error:
        document.problems += schema_problems(error, Rule, document)
        broken = {str(item["loc"][0]) for item in error.errors(include_url=False) if item["loc"]}
    readable = {key: value for key, value in data.items() if key not in broken}
    stand_ins = {key: value for key, value in _STAND_INS.items() if key not in readable}
    try:
        rule = Rule.model_validate({**stand_ins, **readable})
    except ValidationError:  # keys that do not fit together: nothing to add to what was said
        return None, document
    return ParsedRule(rule, document, frozenset(broken)), document


def parse_sources(raw: bytes, shown: str, read: Read = read_yaml) -> tuple[dict[str, Source], Document]:
    """Return the sources of a file that can be read, and its document with the mistakes found."""
    document = read(raw, shown)
    data = _mapping(document, "A file of sources")
    sources: dict[str, Source] = {}
    for key, value in (data or {}).items():
        try:
            sources[key] = Source.model_validate(value)
        except ValidationError as error:
            document.problems += schema_problems(error, Source, document, base=(key,))
    return sources, document
