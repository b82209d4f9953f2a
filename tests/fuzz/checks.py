"""What must hold for the reader whatever its input is: the one check that fuzzing and CI share.

An input is read or refused with an error of the reader's own. Anything else is a bug: another exception, a
claim that depends on how the file was cut, a position that is not its segment's, a byte lost on the way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from scrubber.claim.locate import locate
from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.source import Source
from scrubber.conformance import nonconformities, problem_of
from scrubber.guides.library import Guides
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json, split_json
from scrubber.read.reader import ReadClaim
from scrubber.read.spans import SegmentStream, SpanStream
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem, ReadError, bare, decode
from scrubber.write.rewrite import rewrite

#: Claims a chunk: however few they are, a file reads the same.
SIZES = (1, 3)
#: All in one chunk (unless it has grown too large for that).
WHOLE = 10**9

#: Claims of a file whose violations are located: that is slow.
_MOST_TOLD = 3
#: A byte order mark may stand before each interchange.
_MARKED_ISA = re.compile("\ufeff[\r\n \t]*(?=ISA)")

Segments = list[list[str]]


def check(data: bytes) -> int:
    """Read the input in every way there is; return how many claims it has. Raises AssertionError."""
    if data.lstrip()[:1] in (b"{", b"["):
        return _check_json(data)
    segments = _check_segments(data)
    _check_spans(data)
    _check_rewrite(data)
    chunks, problems, error = _split(data, WHOLE)
    claims = [claim for chunk in chunks for claim in chunk.read()]
    assert [claim.index for claim in claims] == list(range(len(claims))), "claims are not in order"
    seen = _judged(claims)
    for size in SIZES:
        smaller, *same = _split(data, size)
        assert same == [problems, error], "problems depend on how a file is cut"
        assert all(chunk.claims <= size for chunk in smaller), "a chunk is too large"
        assert _judged(c for chunk in smaller for c in chunk.read()) == seen, "claims depend on the cut"
    single = [one for chunk in chunks for one in chunk.one_by_one()]
    assert all(chunk.claims <= 1 for chunk in single), "a chunk of one claim has several"
    assert _judged(c for chunk in single for c in chunk.read()) == seen, "a claim depends on its neighbours"
    for claim in claims:
        assert claim.source is not None
        if "--limit" not in (claim.broken or ""):  # of what breaks a limit only beginnings are kept
            _check_positions(claim.source, segments)
        _check_json_of(claim.claim)
    _check_guides(chunks)
    for claim in claims[:1] + claims[1:][-1:]:  # locating is slow: the first and the last one
        _check_places(claim.claim, claim.source)
    return len(claims)


# --- the file ------------------------------------------------------------------------------------------


def _check_spans(data: bytes) -> None:
    """The spans cover the file: none is empty, each begins where the one before it ended."""
    copy, position = b"", 1
    try:
        spans = SpanStream(io.BytesIO(data))
        copy = spans.prefix
        for span in spans:
            assert span.position == position, "a span does not begin where the last one ended"
            assert span.segments == span.data.count(spans.terminator) + 1 > 0, "a span counts wrongly"
            position += span.segments
            copy += span.data + spans.terminator
    except ReadError as error:
        _check_words(error)
        assert data.startswith(copy), "the spans before an error are not those of the file"
    else:
        assert copy + spans.rest == data, "the spans do not cover the file"


def _check_segments(data: bytes) -> Segments:
    """Return the elements of every segment, each as it must be kept by the claims that have it."""
    out: Segments = []
    try:
        segments = SegmentStream(io.BytesIO(data))
        for raw in segments:
            text, element = decode(bare(raw)), segments.delimiters.element
            marked = _MARKED_ISA.match(text)
            if marked is not None and text.startswith(f"ISA{element}", marked.end()):
                text = text[marked.end() :]
            out.append(text.split(element))
    except ReadError:
        pass
    return out


@cache
def _guides() -> Guides:
    return Guides(load_packs([builtin_rules_dir()]).guides.loaders())


def _check_guides(chunks: list[Chunk]) -> None:
    """Whatever a file holds, what its guide says of it has a place and words."""
    told = 0
    for chunk in chunks:
        reading = chunk.reading(_guides())
        for item in reading.claims():
            if item.violations and item.source is not None and told < _MOST_TOLD:
                told += 1
                for found in nonconformities(item.violations[:5], item.claim, item.source):
                    assert found.observation.message, "a violation without words"
        for violation in reading.violations:
            assert problem_of(violation).message, "a problem without words"


def _check_rewrite(data: bytes) -> None:
    target = io.BytesIO()
    try:
        changed = rewrite(io.BytesIO(data), target, [])
    except ReadError:
        assert data.startswith(target.getvalue()), "a copy differs before an error"
    else:
        assert changed == [] and target.getvalue() == data, "a copy without edits differs"


def _split(data: bytes, size: int) -> tuple[list[Chunk], list[FileProblem], tuple[str, str] | None]:
    """Return chunks, problems, and message and remedy of the error that ended the file."""
    chunks: list[Chunk] = []
    problems: list[FileProblem] = []
    try:
        for part in split_x12(io.BytesIO(data), size):
            if isinstance(part, Chunk):
                # One without claims holds what no claim stands under, which is checked all the same.
                assert part.claims > 0 or part.pieces or part.follows == -1, "a chunk has nothing"
                chunks.append(part)
            else:
                _check_words(part)
                problems.append(part)
    except ReadError as error:
        _check_words(error)
        return chunks, problems, (error.message, error.remedy)
    return chunks, problems, None


def _check_words(problem: FileProblem | ReadError) -> None:
    assert problem.message and problem.remedy, "a problem says nothing"


def _judged(claims: Iterable[ReadClaim]) -> list[tuple[Any, ...]]:
    """Return what matters of each claim; of one that cannot be judged, that and why."""
    return [
        (c.index, c.broken)
        if c.broken is not None or c.source is None
        else (c.index, c.claim, _kept(c.source))
        for c in claims
    ]


def _kept(source: Source) -> tuple[Any, ...]:
    return source.claim_type, source.component, tuple(source.segments())


# --- a claim -------------------------------------------------------------------------------------------


def _check_positions(source: Source, segments: Segments) -> None:
    last = 0
    for segment in source.segments():
        assert segment.position > last, "segments are not in order"
        last = segment.position
        assert segment.elements == segments[last - 1], "a position is not its segment's"


def _check_json_of(claim: Claim) -> None:
    assert claim_from_json(claim_to_json(claim)) == claim, "a claim does not survive its JSON"


def _check_places(claim: Claim, source: Source | None) -> None:
    """Every value can be located; from X12, at a segment that is of the kind which has it."""
    names = {segment.position: segment.elements[0] for segment in source.segments()} if source else {}
    for path, has_place in _reported(claim):
        x12 = locate(claim, source, path).x12
        if source is not None and has_place:
            assert x12 is not None and x12.position is not None, f"{path} is nowhere"
            assert names[x12.position] == x12.segment, f"{path} is at another segment"


def _reported(claim: Claim) -> Iterator[tuple[str, bool]]:
    """Yield the path of every value and object that the claim has; and whether X12 has a place for it."""
    for pattern, has_place in _patterns(claim.claim_type):
        for path, _ in expand(claim, pattern):
            yield path, has_place


@cache
def _patterns(claim_type: ClaimType) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (pattern, claim_type in info.places)
        for pattern, info in PATHS.items()
        if not info.derived and pattern not in SYNONYMS and claim_type in info.types
    )


# --- claim JSON ----------------------------------------------------------------------------------------


def _check_json(data: bytes) -> int:
    results = [_from_json(data, size) for size in (1, 100)]
    assert results[0] == results[1], "claims depend on how the JSON is cut"
    return results[0]


def _from_json(data: bytes, size: int) -> int:
    index = 0
    try:
        for chunk in split_json(io.BytesIO(data), size):
            for item in chunk.read():
                found = item.index if isinstance(item, ReadClaim) else item[0]
                assert found == index, "claims are not in order"
                index += 1
                if isinstance(item, ReadClaim):
                    _check_json_of(item.claim)
                    _check_places(item.claim, None)
                else:
                    assert isinstance(item[1], ClaimJsonError) and item[1].problems, "an error says nothing"
    except ReadError as error:
        _check_words(error)
    return index
