"""Claim JSON: the claim model written as JSON, one object a claim, names as in the path vocabulary.

Every value has one spelling (`scrubber.claim.values`), so that an amendment's patch fits the document that
was sent. What is wrong with a document is said by its place; neither values nor unknown names are repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, BinaryIO

import orjson
from pydantic import TypeAdapter, ValidationError

from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import PATHS
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
    """Return the claim for a JSON object. Raises ClaimJsonError with every problem found.

    Blank text says nothing: as a value it is null, as a member of a list of values it is left out.
    """
    data = _without_blanks(data)
    try:
        claim = _adapter().validate_python(data)
    except ValidationError as error:
        count = error.error_count()
        if count > _MOST_PROBLEMS:  # listing them would take longer than anything else here
            raise ClaimJsonError((JsonProblem("claim", f"{count} places are not right"),)) from None
        problems = (_problem(e) for e in error.errors(include_input=False, include_url=False))
        raise ClaimJsonError(tuple(dict.fromkeys(problems))) from None
    foreign = tuple(islice(_of_other_types(data, "", "", claim.claim_type), _MOST_PROBLEMS))
    if foreign:
        raise ClaimJsonError(foreign)
    return claim


def _of_other_types(data: dict[str, Any], pattern: str, path: str, kind: ClaimType) -> Iterator[JsonProblem]:
    """Yield what claims of this type do not have: it would be looked at by nobody."""
    for name, value in data.items():
        here, there = f"{pattern}{name}", f"{path}{name}"
        members = value if isinstance(value, list) else None
        info = PATHS.get(f"{here}[]" if members is not None else here)
        have = (info.places or info.types) if info is not None else ()
        if kind not in have and value not in (None, []):
            yield JsonProblem(there, f"{kind} claims do not have this field")
        elif isinstance(value, dict):
            yield from _of_other_types(value, f"{here}.", f"{there}.", kind)
        elif members is not None:
            for i, member in enumerate(members):
                if isinstance(member, dict):
                    yield from _of_other_types(member, f"{here}[].", f"{there}[{i}].", kind)


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """Return a claim as plain JSON data; what the claim does not say is left out."""
    out: dict[str, Any] = _adapter().dump_python(claim, mode="json", by_alias=True, exclude_defaults=True)
    return out


def claim_schema() -> dict[str, Any]:
    """Return the JSON Schema of claim JSON."""
    return _adapter().json_schema(by_alias=True)


_MOST_PROBLEMS = 1_000
#: A claim is nowhere as deep as this; deeper JSON is refused by its shape.
_DEEPEST = 10


def _without_blanks(data: Any, depth: int = 0) -> Any:
    if depth == _DEEPEST:
        return data
    if isinstance(data, dict):
        return {
            k: (None if not v or v.isspace() else v) if v.__class__ is str else _without_blanks(v, depth + 1)
            for k, v in data.items()
        }
    if isinstance(data, list):
        of_objects = any(isinstance(member, dict | list) for member in data)
        return [_without_blanks(member, depth + 1) for member in data if of_objects or not _is_blank(member)]
    return data


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


_MESSAGES = {
    "unexpected_keyword_argument": "has a field that a claim does not have",
    "string_type": 'text is wanted: codes and identifiers are strings, like "11"',
    "dataclass_type": "an object is wanted",
    "literal_error": 'this must be "professional", "institutional" or "dental"',
}


def _problem(error: Any) -> JsonProblem:
    parts, kind = error["loc"], error["type"]
    if kind == "unexpected_keyword_argument":
        parts = parts[:-1]  # somebody else's word, which may be anything, also a patient's name
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = _MESSAGES.get(kind) or str(error["msg"]).removeprefix("Value error, ")
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


_BOM = b"\xef\xbb\xbf"
_LAYOUTS = "give one claim object, an array of claims, or one claim object a line"


def split_json(stream: BinaryIO, claims_a_chunk: int = 100) -> Iterator[JsonChunk]:
    """Yield the chunks of a JSON stream: one claim object, an array of them, or JSON Lines.

    JSON Lines are streamed; an array is held in memory. Raises ReadError when it is not JSON, and when
    anything follows the array; of JSON Lines what stands before the wrong line is yielded first.
    """
    number, line = 1, stream.readline().removeprefix(_BOM)
    while line and not line.strip():
        number, line = number + 1, stream.readline()
    if not line:
        raise ReadError("the file is empty", "give an 837 file or claim JSON")
    try:
        first = orjson.loads(line)
    except orjson.JSONDecodeError:
        first = _whole(line + stream.read(), number)
    else:
        if isinstance(first, dict):
            yield from _chunks(_lines(first, number, stream), claims_a_chunk)
            return
        _expect_end(stream, number)
    yield from _chunks(iter(first) if isinstance(first, list) else iter([first]), claims_a_chunk)


def _whole(data: bytes, first_line: int) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise ReadError(f"this is not JSON: line {line}, column {error.colno}", _LAYOUTS) from None


def _expect_end(stream: BinaryIO, lines_read: int) -> None:
    for number, line in enumerate(stream, lines_read + 1):
        if line.strip():
            raise ReadError(f"line {number} follows the end of the JSON", _LAYOUTS)


def _lines(first: dict[str, Any], lines_read: int, stream: BinaryIO) -> Iterator[Any]:
    yield first
    for number, line in enumerate(stream, lines_read + 1):
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ReadError(
                    f"line {number} is not JSON (column {error.colno})",
                    "write one claim object a line; the claims before it were read",
                ) from None


def _chunks(items: Iterator[Any], size: int) -> Iterator[JsonChunk]:
    index = 0
    batch: list[Any] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) == size:
                yield JsonChunk(tuple(batch), index)
                index, batch = index + len(batch), []
    except (ReadError, OSError):
        if batch:
            yield JsonChunk(tuple(batch), index)
        raise
    if batch:
        yield JsonChunk(tuple(batch), index)
