"""From a patch on a claim to the file and back: the file read again is the patched claim, and nothing else.

First for every value of the vocabulary, then for the amendments of the shipped rules.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from scrubber.amend.apply import apply
from scrubber.claim.locate import find, pattern_of, pointer_of
from scrubber.claim.model import Claim
from scrubber.claim.paths import PATHS, SYNONYMS, expand
from scrubber.findings import Finding
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.read.claim_json import claim_to_json
from scrubber.read.reader import ReadClaim
from scrubber.write.edits import Edit, EditError, SegmentEdit, edits_of
from scrubber.write.rewrite import rewrite
from tests.read.files import STYLES, read, render, segments_of
from tests.support.make837 import make837
from tests.write.unwritten import why_not_changed

#: New values by kind, none of them in the generated files.
NEW: dict[str, Any] = {"date": "2025-02-03", "amount": "77.25", "quantity": "7", "number": 8}


def rewritten(data: bytes, edits: list[SegmentEdit]) -> bytes:
    target = io.BytesIO()
    rewrite(io.BytesIO(data), target, edits)
    return target.getvalue()


# --- every value ---------------------------------------------------------------------------------------


def values_of(claim: Claim) -> Iterator[tuple[str, Any, Any]]:
    """Yield path, old and new JSON value of everything a claim says that has a place in X12."""
    document = claim_to_json(claim)
    for pattern, info in PATHS.items():
        rows = info.places.get(claim.claim_type, ())
        if not rows or pattern in SYNONYMS or rows[0].loop in ("ISA", "GS"):
            continue
        for path, _ in expand(claim, pattern):
            yield path, at(document, pointer_of(path)), NEW.get(info.kind, "NEWVALUE")


def at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@pytest.mark.parametrize("seed", range(10))
def test_a_value_written_into_the_file_is_read_from_there(seed: int) -> None:
    random = Random(seed)
    data = render(segments_of(seed), STYLES[seed % 4])
    written: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for item in random.sample(items := read(data), min(5, len(items))):
        for path, old, new in values_of(item.claim):
            pattern = pattern_of(path)
            if written[pattern] + refused[pattern] >= 2 or not may_change(item, path):
                continue
            pointer = pointer_of(path)
            patch = [
                {"op": "test", "path": pointer, "value": old},
                {"op": "replace", "path": pointer, "value": new},
            ]
            assert item.source is not None
            try:
                edits = edits_of(patch, item.source)
            except EditError:
                refused[pattern] += 1
                continue
            again = read(rewritten(data, edits))[item.index]
            assert again.claim == apply(item.claim, patch), path
            written[pattern] += 1
    assert not refused
    assert not items or len(written) > 15


def may_change(item: ReadClaim, path: str) -> bool:
    place = find(item.source, path)
    assert place is not None
    return why_not_changed(item.claim.claim_type, place.field) is None


def test_a_group_that_several_adjustments_share_is_not_changed_for_one() -> None:
    """CAS01 holds for all triplets of its segment: the file would say more than the patch."""
    segments = next(
        s for s in map(segments_of, range(50)) if any(x.startswith("CAS*CO*45*12.5**97*3") for x in s)
    )
    item = next(
        i for i in read(render(segments)) if any(len(o.adjustments) > 1 for o in i.claim.other_payers)
    )
    number = next(n for n, other in enumerate(item.claim.other_payers) if len(other.adjustments) > 1)
    assert item.source is not None
    with pytest.raises(EditError):
        edits_of(
            [{"op": "replace", "path": f"/other_payers/{number}/adjustments/0/group", "value": "PR"}],
            item.source,
        )


def test_a_loop_that_is_left_out_does_not_uncover_its_repeat() -> None:
    """A second NM1*82 counts for nothing until the first is gone; then the file says more than the patch."""
    text = make837(1, 3, newline="").replace("LX*1~", "NM1*82*1*SECOND*SUE****XX*1999999034~LX*1~", 1)
    assert text.count("NM1*82*") == 2
    (item,) = read(text.encode())
    patch: Any = [{"op": "remove", "path": "/rendering_provider"}]
    assert item.source is not None
    try:
        edits = edits_of(patch, item.source)
    except EditError:
        return
    (again,) = read(rewritten(text.encode(), edits))
    assert again.claim == apply(item.claim, patch)


# --- shipped amendments --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    return Scrubber(load_packs([builtin_rules_dir()], BUILDER_NAMES))


def repeating(text: str) -> str:
    """Return the file with solo practices that name themselves as rendering provider too."""
    out, billing = [], ""
    for segment in text.split("~\n"):
        parts = segment.split("*")
        if segment.startswith("NM1*85"):
            parts[2], billing = "1", parts[9]
        if segment.startswith("NM1*82"):
            parts[9] = billing
        out.append("*".join(parts))
    return "~\n".join(out)


FILES = {
    "errors": make837(120, 31, errors=0.15),
    "many errors": make837(60, 32, errors=0.35, claims_a_subscriber=2),
    "one billing provider a claim": make837(60, 33, errors=0.2, subscribers_a_provider=1, newline="\r\n"),
    "providers named twice": repeating(make837(40, 34, errors=0.05)),
    "providers named twice, with taxonomies": repeating(make837(40, 35, errors=0.3)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_verified_amendment_works_in_the_file(scrubber: Scrubber, name: str) -> None:
    """Its finding is gone when the file is read again, and nothing but its segments differs."""
    data = FILES[name].encode()
    items = read(data)
    amended: Counter[str] = Counter()
    for item in items:
        for finding in scrubber.scrub(item).findings:
            amendment = finding.amendment
            if amendment is None or not amendment.verified:
                continue
            assert item.source is not None
            edits = edits_of(amendment.patch, item.source)
            result = rewritten(data, edits)
            assert_only(data, result, edits)
            again = read(result)
            assert len(again) == len(items)
            patched = apply(scrubber.normalise(item.claim), amendment.patch)
            assert scrubber.normalise(again[item.index].claim) == patched
            assert finding.id not in failing(scrubber, again[item.index])
            for other, before in zip(again, items, strict=True):
                if not touches(before, edits):
                    assert other.claim == before.claim
            amended[finding.rule] += 1
    print(dict(amended))
    assert sum(amended.values()) >= 10


def failing(scrubber: Scrubber, item: ReadClaim) -> set[str]:
    return {f.id for f in scrubber.scrub(item, verify=False).findings if f.outcome == "fail"}


def touches(item: ReadClaim, edits: list[SegmentEdit]) -> bool:
    assert item.source is not None
    return bool({e.position for e in edits} & {s.position for s in item.source.segments()})


def assert_only(before: bytes, after: bytes, edits: list[SegmentEdit]) -> None:
    """Only the edited segments differ, and the SE count where some were left out."""
    edited = {edit.position for edit in edits if isinstance(edit, Edit)}
    removed = {edit.position for edit in edits if not isinstance(edit, Edit)}
    old = [(i, s) for i, s in enumerate(before.split(b"~"), 1) if i not in removed]
    new = after.split(b"~")
    assert len(old) == len(new)
    for (number, was), now in zip(old, new, strict=True):
        if number in edited:
            assert was.split(b"*")[0] == now.split(b"*")[0]
        elif removed and was.lstrip().startswith(b"SE*"):
            assert now.strip().split(b"*")[1] == str(int(was.split(b"*")[1]) - len(removed)).encode()
        else:
            assert was == now


def test_each_shipped_amendment_with_a_patch_is_tried_and_most_are_proven(scrubber: Scrubber) -> None:
    wanted = {
        loaded.rule.id
        for loaded in scrubber.bundle.rules
        if loaded.rule.amend and loaded.rule.amend.has_patch
    }
    proposed: Counter[str] = Counter()
    verified: Counter[str] = Counter()
    for text in FILES.values():
        for finding in findings(scrubber, text):
            if finding.rule in wanted and finding.amendment is not None and finding.amendment.patch:
                proposed[finding.rule] += 1
                verified[finding.rule] += finding.amendment.verified
    print(f"proposed {dict(proposed)}, verified {dict(verified)}")
    assert all(verified[rule] >= 5 for rule in wanted)
    assert all(verified[rule] > proposed[rule] * 0.7 for rule in wanted)


def findings(scrubber: Scrubber, text: str) -> Iterator[Finding]:
    for item in read(text.encode()):
        yield from scrubber.scrub(item).findings


def test_all_safe_amendments_at_once_leave_a_file_that_needs_none(scrubber: Scrubber) -> None:
    data = FILES["one billing provider a claim"].encode()
    before = after = 0
    edits: list[SegmentEdit] = []
    for item in read(data):
        assert item.source is not None
        for finding in scrubber.scrub(item).findings:
            if finding.amendment and finding.amendment.applicability == "safe" and finding.amendment.verified:
                edits += edits_of(finding.amendment.patch, item.source)
                before += 1
    result = rewritten(data, edits)
    assert_only(data, result, edits)
    for finding in findings(scrubber, result.decode()):
        after += finding.amendment is not None and finding.amendment.applicability == "safe"
    assert before > 0 and after == 0
