"""There and back: X12 to X12 byte for byte, X12 to claim to X12, claim to JSON to claim.

The files are those of the benchmarks' generator, of both types and in many spellings, and the odd ones of
`tests.read.files`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import orjson
import pytest

from benchmarks.claims import Mix, as_bytes
from scrubber.claim.locate import find, pointer_of
from scrubber.claim.model import ClaimType
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.claim.values import Unreadable, read_amount, read_number
from scrubber.read.claim_json import claim_from_json, claim_to_json
from scrubber.read.reader import ReadClaim
from scrubber.write.edits import Edit, EditError, SegmentEdit, edits_of, to_x12
from scrubber.write.rewrite import rewrite
from tests.read.files import STYLES, read, render, segments_of
from tests.read.full import FULL
from tests.read.full_dental import FULL_DENTAL
from tests.read.full_institutional import FULL_INSTITUTIONAL
from tests.read.same import same
from tests.write.unwritten import REASONS, why_not_back

TYPES: tuple[ClaimType, ...] = ("professional", "institutional", "dental")
#: Element, component, repetition, segment; each can be followed by any of the line breaks.
DELIMITERS = ("*:^~", "|>^~", "\x1d\x1f\x1c\x1e", "+&%!", "\t`=;", "^\\}'")
NEWLINES = ("", "\n", "\r\n")
ENCODINGS = ("ascii", "latin-1", "utf-8")
SEEDS = range(5)
EACH_KIND = pytest.mark.parametrize(
    ("claim_type", "delimiters"), list(product(TYPES, DELIMITERS)), ids=lambda value: ascii(value)[1:-1]
)


@cache
def generated(claim_type: ClaimType, delimiters: str) -> tuple[bytes, ...]:
    """Return the files of a type with these delimiters: one to three claims each, a third with an error."""
    out = []
    for number, (newline, encoding, seed) in enumerate(product(NEWLINES, ENCODINGS, SEEDS)):
        mix = Mix(
            claim_type,
            claims=number % 3 + 1,
            seed=number * 100 + seed + len(delimiters) * ord(delimiters[0]),
            lines=(1, 3),
            coordination=0.5,
            errors=0.3,
            claims_a_subscriber=number % 2 + 1,
            subscribers_a_provider=number % 3 + 1,
            delimiters=delimiters,
            newline=newline,
            encoding=encoding,
        )
        out.append(as_bytes(mix)[0])
    return tuple(out)


def odd_ones() -> Iterator[bytes]:
    """Yield the files made at random by the reader's own tests, and those that say everything."""
    yield from (FULL.encode(), FULL_INSTITUTIONAL.encode(), FULL_DENTAL.encode())
    for seed in range(16):
        yield render(segments_of(seed), STYLES[seed % len(STYLES)])


def rewritten(data: bytes, edits: list[SegmentEdit]) -> bytes:
    target = io.BytesIO()
    rewrite(io.BytesIO(data), target, edits)
    return target.getvalue()


def test_there_are_enough_files() -> None:
    assert len({data for kind in product(TYPES, DELIMITERS) for data in generated(*kind)}) >= 500


@EACH_KIND
def test_without_edits_a_file_is_the_same(claim_type: ClaimType, delimiters: str) -> None:
    for data in generated(claim_type, delimiters):
        assert rewritten(data, []) == data


# --- X12 → claim → X12 ---------------------------------------------------------------------------------


@EACH_KIND
def test_a_claims_own_values_written_back_change_nothing(claim_type: ClaimType, delimiters: str) -> None:
    """Every value is put where it is found; nothing but what `unwritten` names may be refused."""
    written: Counter[str] = Counter()
    for data in generated(claim_type, delimiters):
        written += written_back(data)
    assert sum(written.values()) > 5000 and len(written) > 150


def test_the_values_of_odd_files_written_back_change_nothing() -> None:
    written: Counter[str] = Counter()
    for data in odd_ones():
        written += written_back(data)
    assert len(written) > 500


def written_back(data: bytes) -> Counter[str]:
    """Write every value of every claim back; return how often each path was."""
    written: Counter[str] = Counter()
    edits: dict[tuple[int, int, int | None], Edit] = {}
    for item in read(data):
        for path, value, edit in own_edits(item):
            text = text_at(item, edit)
            if edit.text != text:
                assert spelled_otherwise(text, value), f"{path}: {text!r} would become {edit.text!r}"
                continue
            edits[edit.position, edit.element, edit.component] = edit
            written[path] += 1
    assert rewritten(data, list(edits.values())) == data
    return written


def own_edits(item: ReadClaim) -> Iterator[tuple[str, Any, Edit]]:
    """Yield path pattern, value and the edit that writes the value; check what cannot be written."""
    assert item.source is not None
    document = claim_to_json(item.claim)
    for pattern, info in PATHS.items():
        if not info.places or pattern in SYNONYMS:
            continue
        for path, value in expand(item.claim, pattern):
            place = find(item.source, path)
            assert place is not None and place.segment is not None, path
            if why_not_back(place.field):
                continue
            pointer = pointer_of(path)
            patch: Any = [{"op": "replace", "path": pointer, "value": at(document, pointer)}]
            try:
                text = to_x12(str(at(document, pointer)), path)
            except EditError:
                assert is_unreadable(value), path
                continue
            assert edits_of(patch, item.source) == []  # it is there already
            yield pattern, value, Edit(place.segment.position, place.element, place.component, text)


def is_unreadable(value: Any) -> bool:
    return isinstance(value, Unreadable)


def at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def text_at(item: ReadClaim, edit: Edit) -> str:
    assert item.source is not None
    (segment,) = (s for s in item.source.segments() if s.position == edit.position)
    text = segment.elements[edit.element]
    return text if edit.component is None else text.split(item.source.component)[edit.component - 1]


def spelled_otherwise(text: str, value: Any) -> bool:
    """Return whether a number is written with noughts that the writer leaves out."""
    return value in (read_amount(text), read_number(text)) and not is_unreadable(value)


@pytest.mark.parametrize("reason", REASONS)
def test_the_reasons_why_values_cannot_be_written_are_needed(reason: str) -> None:
    """When the writer learns to write these, they must leave the list."""
    tried = failed = 0
    for data in odd_ones():
        for item in read(data)[:2]:
            assert item.source is not None
            document = claim_to_json(item.claim)
            for path, value in values(item):
                place = find(item.source, path)
                assert place is not None
                if why_not_back(place.field) != reason or is_unreadable(value):
                    continue
                tried += 1
                pointer = pointer_of(path)
                patch: Any = [{"op": "replace", "path": pointer, "value": at(document, pointer)}]
                try:
                    failed += rewritten(data, edits_of(patch, item.source)) != data
                except EditError:
                    failed += 1
    assert tried > 10 and failed > tried / 4


def values(item: ReadClaim) -> Iterator[tuple[str, Any]]:
    for pattern, info in PATHS.items():
        if item.claim.claim_type in info.places and pattern not in SYNONYMS:
            yield from expand(item.claim, pattern)


# --- claim → JSON → claim ------------------------------------------------------------------------------


@EACH_KIND
def test_a_claim_survives_its_json(claim_type: ClaimType, delimiters: str) -> None:
    for data in generated(claim_type, delimiters):
        survives(data)


def test_the_claims_of_odd_files_survive_their_json() -> None:
    for data in odd_ones():
        survives(data)


def survives(data: bytes) -> None:
    for item in read(data):
        document = claim_to_json(item.claim)
        assert same(claim_from_json(document), item.claim)
        assert claim_from_json(document) == item.claim
        through_bytes = claim_from_json(orjson.loads(orjson.dumps(document)))
        assert same(through_bytes, item.claim)
        assert claim_to_json(through_bytes) == document
