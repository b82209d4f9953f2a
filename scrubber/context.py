"""The context of a run: what is known about its claims that an 837 does not carry. One JSON file.

`{"schema_version": 1, "claims": {"<patient control number>": {...}}}`; what an entry leaves out is not known.
The format is described in docs/history-and-context.md. Messages name places in the file, never values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from scrubber.claim.background import INPUTS, Context, LineContext

SCHEMA_VERSION = 1
#: A file is held in memory by every scrubbing process.
LARGEST = 32 << 20


class ContextError(Exception):
    """A context that cannot be used. `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ContextFile:
    """The contexts of claims by patient control number, and which inputs the file has at all."""

    claims: Mapping[str, Context] = field(default_factory=dict)

    @property
    def supplied(self) -> frozenset[str]:
        """The names of inputs (`context.authorizations`) that some claim has."""
        return frozenset(name for context in self.claims.values() for name in _inputs(context))


def _inputs(context: Context) -> set[str]:
    lines = context.lines.values()
    has = {f.name for f in fields(Context) if f.name != "lines" and getattr(context, f.name) is not None}
    has |= {f.name for f in fields(LineContext) if any(getattr(line, f.name) is not None for line in lines)}
    return {f"context.{name}" for name in has} & INPUTS.keys()


#: What Pydantic says in words of its own.
_MISTAKES = {
    "unexpected_keyword_argument": "has a field that a context does not have",
    "dataclass_type": "an object is wanted",
    "dict_type": "an object is wanted",
    "list_type": "a list is wanted",
    "string_type": "a text is wanted",
    "bool_type": "true or false is wanted",
}


@cache
def _adapter() -> TypeAdapter[Context]:
    return TypeAdapter(Context)


def context_of(data: Any, place: str = "context") -> Context:
    """Return the context of one claim from its JSON. Raises ContextError with the first mistake."""
    try:
        context = _adapter().validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        unknown = first["type"] == "unexpected_keyword_argument"
        parts = list(first["loc"][:-1] if unknown else first["loc"])
        if (
            len(parts) > 1
            and parts[0] == "lines"
            and not (str(parts[1]).isascii() and str(parts[1]).isdigit())
        ):
            parts[1] = "?"  # somebody's word, which may be anything
        where = ".".join([place, *(f"[{p}]" if isinstance(p, int) else str(p) for p in parts)])
        what = _MISTAKES.get(first["type"]) or str(first["msg"]).lower()
        raise ContextError(
            f"{where.replace('.[', '[')}: {what.removeprefix('value error, ')}",
            "docs/history-and-context.md describes what a context may say",
        ) from None
    if not all(number.isascii() and number.isdigit() for number in context.lines):
        raise ContextError(
            f"{place}.lines: something is not the number of a line",
            "name lines by their number (LX01), like 1",
        )
    return context


def read_context(path: str) -> ContextFile:
    """Read a context file. Raises ContextError."""
    try:
        size = Path(path).stat().st_size
        if size > LARGEST:
            raise ContextError(
                f"{path} has {size:,} bytes; a context may have {LARGEST:,}",
                "give the claims in several runs, each with the context of its own claims",
            )
        data = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise ContextError(f"{path} cannot be read ({error.strerror})", "check the path") from None
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ContextError(f"{path} is not JSON: {where}", "write it again; it is one JSON object") from None
    return context_from(data, path)


def context_from(data: Any, place: str) -> ContextFile:
    """Return the contexts of a document; `place` is how messages call it. Raises ContextError."""
    if not isinstance(data, dict) or data.keys() != {"schema_version", "claims"}:
        raise ContextError(
            f"{place} is not a context: it needs `schema_version` and `claims`, and nothing else",
            "docs/history-and-context.md shows one",
        )
    if data["schema_version"] is True or data["schema_version"] != SCHEMA_VERSION:
        raise ContextError(
            f"{place} is of another version than this program reads", f"write schema_version {SCHEMA_VERSION}"
        )
    if not isinstance(data["claims"], dict):
        remedy = "write each claim's context under its patient control number (CLM01)"
        raise ContextError(f"{place}: `claims` is no object", remedy)
    entries = enumerate(data["claims"].items(), 1)
    return ContextFile({number: context_of(entry, f"{place}: claim {i}") for i, (number, entry) in entries})


def context_schema(references: str) -> dict[str, Any]:
    """Return the JSON Schema of a context document; `references` says where its parts will stand."""
    of_claim = _adapter().json_schema(by_alias=True, ref_template=references)
    parts = of_claim.pop("$defs")
    of_claims = {
        "type": "object",
        "description": "Each claim's context under its patient control number (CLM01).",
        "additionalProperties": of_claim,
    }
    return {
        "type": "object",
        "description": "What is known about claims that an 837 does not carry; what is left out is unknown.",
        "properties": {"schema_version": {"const": SCHEMA_VERSION}, "claims": of_claims},
        "required": ["schema_version", "claims"],
        "additionalProperties": False,
        "$defs": parts,
    }
