"""What a request asks: one claim, as claim JSON or X12, and what is known of it besides.

Errors say places, never values.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from scrubber.context import ContextError, ContextFile, context_from, context_schema
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import ClaimJsonError, JsonChunk, claim_from_json
from scrubber.read.limits import Limits
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem, ReadError
from scrubber_api.problems import ApiError, ProblemPlace

_X12_TYPES = ("application/edi-x12", "text/plain", "application/octet-stream")
#: Members of a request that is more than a claim; claim JSON has none that is called so.
_PARTS = ("claim", "x12", "context")


@dataclass(frozen=True, slots=True)
class Asked:
    """One claim to check, what is wrong with its envelope, and what is known of it besides."""

    chunk: Chunk | JsonChunk
    problems: list[FileProblem] = field(default_factory=list)
    known: ContextFile | None = None


def read_request(content_type: str, body: bytes, limits: Limits) -> Asked:
    """Return what a request asks. Raises ApiError."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "application/json":
        return _read_json(body, limits)
    if kind in _X12_TYPES:
        return _read_x12(body, limits)
    raise ApiError(
        415, "Unsupported content type", "Use application/json, application/edi-x12 or text/plain."
    )


def _read_json(body: bytes, limits: Limits) -> Asked:
    try:
        data = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        place = ProblemPlace(path=f"line {error.lineno}, column {error.colno}", message="this is not JSON")
        raise ApiError(400, "Not JSON", "The body is not JSON.", [place]) from None
    if isinstance(data, dict) and not data.keys().isdisjoint(_PARTS):
        return _with_context(data, limits)
    return Asked(_claim(data))


def _with_context(data: dict[str, Any], limits: Limits) -> Asked:
    """Return a claim that came with a context, beside it in one object."""
    if set(data) not in ({"claim", "context"}, {"x12", "context"}):
        raise ApiError(
            422,
            "Not a claim with a context",
            "Send one object with `context` and `claim` or `x12`, or a claim by itself.",
        )
    try:
        known = context_from(data["context"], "context")
    except ContextError as error:
        raise ApiError(422, "Not a context", f"{error.message}; {error.remedy}.") from None
    if "claim" in data:
        return Asked(_claim(data["claim"]), known=known)
    if not isinstance(data["x12"], str):
        raise ApiError(422, "Not an 837P, 837I or 837D", "`x12` is a text: the 837 as it would be sent.")
    return replace(_read_x12(data["x12"].encode(), limits), known=known)


def _claim(data: Any) -> JsonChunk:
    if isinstance(data, list):
        raise ApiError(422, "Several claims", "Send one claim object, not an array.")
    try:
        claim_from_json(data)
    except ClaimJsonError as error:
        places = [ProblemPlace(path=p.path, message=p.message) for p in error.problems]
        detail = "Correct the places below; /v1/claims/schema describes a claim."
        raise ApiError(422, "Not a claim", detail, places) from None
    return JsonChunk((data,), 0)


def _read_x12(body: bytes, limits: Limits) -> Asked:
    chunks: list[Chunk] = []
    problems: list[FileProblem] = []
    try:
        for part in split_x12(io.BytesIO(body), limits=limits):
            if isinstance(part, FileProblem):
                problems.append(part)
            else:
                chunks.append(part)
    except ReadError as error:
        raise ApiError(422, "Not an 837P, 837I or 837D", f"{error.message}; {error.remedy}.") from None
    fatal = [p for p in problems if p.fatal]
    if fatal:
        places = [
            ProblemPlace(path=f"segment {p.position}", message=f"{p.message}; {p.remedy}") for p in fatal
        ]
        raise ApiError(422, "The X12 cannot be read", "Correct the places below.", places)
    claims = sum(chunk.claims for chunk in chunks)
    if claims != 1:
        raise ApiError(
            422,
            "Not one claim",
            f"The X12 has {claims} claims; send one, or scrub the file on the command line.",
        )
    return Asked(next(chunk for chunk in chunks if chunk.claims), problems)


_SCHEMA = context_schema("#/components/schemas/{model}")
#: Parts of the description of a request, by the names that it calls them by.
CONTEXT_PARTS: dict[str, Any] = _SCHEMA.pop("$defs")


def request_body() -> dict[str, Any]:
    """Return the description (OpenAPI) of what may be sent."""
    claim = {"type": "object", "description": "Claim JSON; see /v1/claims/schema"}
    x12 = {"type": "string", "description": "An 837P, 837I or 837D with one claim"}
    with_context = [
        {
            "type": "object",
            "title": f"{title} with a context",
            "properties": {name: schema, "context": _SCHEMA},
            "required": [name, "context"],
            "additionalProperties": False,
        }
        for name, title, schema in (("claim", "A claim", claim), ("x12", "An 837", x12))
    ]
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [{**claim, "not": {"required": ["context"]}}, *with_context]}
            },
            "application/edi-x12": {"schema": x12},
        },
    }
