"""Claim JSON: the claim model written as JSON, one object a claim, names as in the path vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

import orjson
from pydantic import TypeAdapter, ValidationError

from scrubber.claim.model import Claim
from scrubber.read.reader import ReadClaim
from scrubber.read.x12 import ReadError


@dataclass(frozen=True, slots=True)
class JsonProblem:
    """One thing wrong with a claim's JSON: where (a claim path) and what. Never the value itself."""

    path: str
    message: str


class ClaimJsonError(Exception):
    """Claim JSON that does not have the shape of a claim."""

    def __init__(self, problems: tuple[JsonProblem, ...]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[ClaimJsonError], tuple[tuple[JsonProblem, ...]]]:
        return type(self), (self.problems,)


@cache
def _adapter() -> TypeAdapter[Claim]:
    return TypeAdapter(Claim)


def claim_from_json(data: Any) -> Claim:
    """Return the claim for a JSON object. Raises ClaimJsonError with every problem found."""
    try:
        return _adapter().validate_python(data)
    except ValidationError as error:
        raise ClaimJsonError(tuple(_problem(e) for e in error.errors(include_input=False))) from None


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """Return a claim as plain JSON data; what the claim does not say is left out."""
    out: dict[str, Any] = _adapter().dump_python(claim, mode="json", by_alias=True, exclude_defaults=True)
    return out


def claim_schema() -> dict[str, Any]:
    """Return the JSON Schema of claim JSON."""
    return _adapter().json_schema(by_alias=True)


def _problem(error: Any) -> JsonProblem:
    path = ""
    for part in error["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    if error["type"] == "unexpected_keyword_argument":
        return JsonProblem(path, "there is no such field in a claim")
    if error["type"] == "string_type":
        return JsonProblem(path, 'text is wanted: codes and identifiers are strings, like "11"')
    message = str(error["msg"]).removeprefix("Value error, ")
    return JsonProblem(path or "claim", message[:1].lower() + message[1:])


@dataclass(frozen=True, slots=True)
class JsonChunk:
    """Some claims of a JSON file, each still as data. Picklable."""

    items: tuple[Any, ...]
    first_index: int
    incomplete: bool = False

    @property
    def claims(self) -> int:
        """How many claims the chunk has."""
        return len(self.items)

    def read(self) -> Iterator[ReadClaim | tuple[int, ClaimJsonError]]:
        """Yield the claims, or (index, error) for one whose JSON is not a claim's."""
        for index, item in enumerate(self.items, self.first_index):
            try:
                yield ReadClaim(index, claim_from_json(item), None)
            except ClaimJsonError as error:
                yield index, error

    def one_by_one(self) -> Iterator[JsonChunk]:
        """Yield the same claims as chunks of one claim each."""
        for index, item in enumerate(self.items, self.first_index):
            yield JsonChunk((item,), index)


def split_json(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[JsonChunk]:
    """Yield the chunks of a JSON stream: one claim object, an array of them, or JSON Lines.

    JSON Lines are streamed; an array is held in memory. Raises ReadError when it is not JSON.
    """
    first_line = stream.readline()
    while first_line and not first_line.strip():
        first_line = stream.readline()
    if not first_line:
        raise ReadError("the file is empty", "give an 837 file or claim JSON")
    try:
        first = orjson.loads(first_line)
    except orjson.JSONDecodeError:
        first = None
    if isinstance(first, dict):
        yield from _chunks(_lines(first, stream), claims_a_chunk)
        return
    try:
        data = first if first is not None else orjson.loads(first_line + stream.read())
    except orjson.JSONDecodeError as error:
        raise ReadError(
            f"this is not JSON: line {error.lineno}, column {error.colno}",
            "give one claim object, an array of claims, or one claim object a line",
        ) from None
    yield from _chunks(iter(data) if isinstance(data, list) else iter([data]), claims_a_chunk)


def _lines(first: dict[str, Any], stream: BinaryIO) -> Iterator[Any]:
    yield first
    for number, line in enumerate(stream, 2):
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ReadError(
                    f"line {number} is not JSON (column {error.colno})",
                    "write one claim object a line; the claims before it were read",
                ) from None


def _chunks(items: Iterator[Any], size: int) -> Iterator[JsonChunk]:
    index, batch = 0, []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield JsonChunk(tuple(batch), index)
            index, batch = index + len(batch), []
    if batch:
        yield JsonChunk(tuple(batch), index)
