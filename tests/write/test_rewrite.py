"""Rewriting a file: what no edit names stays byte for byte, what one names changes there and nowhere else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from random import Random

import pytest

from scrubber.read.x12 import ReadError
from scrubber.write.edits import Edit, EditError, Removal, SegmentEdit
from scrubber.write.rewrite import rewrite
from tests.read.files import STYLES, Style, read, render, segments_of
from tests.support.make837 import make837

SEEDS = range(24)
VALUES = ["X", "", "1999999018", "12.50", "A B", "0"]


def rewritten(data: bytes, edits: Sequence[SegmentEdit]) -> bytes:
    target = io.BytesIO()
    rewrite(io.BytesIO(data), target, edits)
    return target.getvalue()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_without_edits_the_file_is_the_same(seed: int, encoding: str) -> None:
    segments = [segment.replace("名", "é") for segment in segments_of(seed)]
    data = render(segments, STYLES[seed % len(STYLES)], encoding)
    for text in (data, b"\xef\xbb\xbf" + data, b"\n\n" + data + b"\n\x1a", data[: len(data) // 2]):
        assert rewritten(text, []) == text


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_edited_element_changes(seed: int) -> None:
    random, style = Random(seed), STYLES[seed % len(STYLES)]
    data = render(segments_of(seed), style)
    edits = random_edits(data, style, random)
    target = io.BytesIO()
    changed = rewrite(io.BytesIO(data), target, edits)
    before, after = split(data, style), split(target.getvalue(), style)
    assert len(before) == len(after)
    expected = list(before)
    for edit in edits:
        expected[edit.position - 1] = edited(expected[edit.position - 1], edit, style)
    assert after == expected
    different = [i for i, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new]
    assert [c.position for c in changed] == different
    for change in changed:
        assert change.old == before[change.position - 1].strip("\r\n")
        assert change.new == after[change.position - 1].strip("\r\n")


def random_edits(data: bytes, style: Style, random: Random) -> list[Edit]:
    count = len(split(data, style)) - 1
    places = {
        (random.randint(2, count), random.randint(1, 9), random.choice([None, 1, 2, 4])): random.choice(
            VALUES
        )
        for _ in range(12)
    }
    whole = {(position, element) for position, element, component in places if component is None}
    return [  # an element and a component of it would be two wishes for one place
        Edit(position, element, component, text)
        for (position, element, component), text in places.items()
        if component is None or (position, element) not in whole
    ]


def split(data: bytes, style: Style) -> list[str]:
    return data.decode().split(style.segment)


def edited(segment: str, edit: Edit, style: Style) -> str:
    elements = segment.split(style.element)
    elements += [""] * (edit.element + 1 - len(elements))
    if edit.component is None:
        elements[edit.element] = edit.text
    else:
        parts = elements[edit.element].split(style.component)
        parts += [""] * (edit.component - len(parts))
        parts[edit.component - 1] = edit.text
        elements[edit.element] = style.component.join(parts)
    return style.element.join(elements)


@pytest.mark.parametrize("block", [1, 107, 130, 4096])
def test_a_block_boundary_may_fall_anywhere(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = render(segments_of(5), STYLES[1])
    edits = random_edits(data, STYLES[1], Random(5))
    whole = rewritten(data, edits)
    monkeypatch.setattr("scrubber.read.spans._BLOCK", max(block, 107))
    assert rewritten(data, edits) == whole


# --- leaving segments out ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_removals_keep_the_counts_right(seed: int) -> None:
    random, style = Random(seed), STYLES[seed % len(STYLES)]
    segments = segments_of(seed)
    candidates = [
        i for i, s in enumerate(segments, 1) if s.startswith(("N3*", "PRV*", "REF*", "NTE*", "HI*"))
    ]
    removed = set(random.sample(candidates, min(4, len(candidates))))
    data = render(segments, style)
    result = rewritten(data, [Removal(position) for position in removed])
    wanted = [segment for i, segment in enumerate(segments, 1) if i not in removed]
    assert result == render(recounted(wanted), style)
    assert len(read(result)) == len(read(data))


def recounted(segments: list[str]) -> list[str]:
    """Count each transaction anew."""
    out, start = [], 0
    for i, segment in enumerate(segments):
        start = i if segment.startswith("ST*") else start
        control = segment.rsplit("*", 1)[-1]
        out.append(f"SE*{i - start + 1}*{control}" if segment.startswith("SE*") else segment)
    return out


def test_a_wrong_count_is_left_alone_where_nothing_was_removed() -> None:
    data = make837(2).replace("\nSE*", "\nSE*9").encode()
    assert rewritten(data, [Edit(4, 3, None, "BATCH0002")]).count(b"\nSE*9") == 1


def test_another_transaction_keeps_its_count() -> None:
    segments = next(s for s in map(segments_of, range(50)) if sum(x.startswith("SE*") for x in s) > 2)
    last = max(i for i, segment in enumerate(segments, 1) if segment.startswith("BHT*"))
    spoilt = [s.replace("SE*", "SE*9", 1) for s in segments]
    result = rewritten(render(spoilt), [Removal(last)]).decode()
    assert result.count("SE*9") == sum(s.startswith("SE*") for s in segments) - 1


# --- refusals ------------------------------------------------------------------------------------------

CLM = next(i for i, segment in enumerate(make837(1).split("~\n"), 1) if segment.startswith("CLM*"))


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(CLM, 1, None, "A*B")],
        [Edit(CLM, 1, None, "A~B")],
        [Edit(CLM, 1, None, "A:B")],
        [Edit(CLM, 5, 1, "A:B")],
        [Edit(CLM, 1, None, "A\nB")],
        [Edit(CLM, 1, None, "A\r")],
        [Edit(CLM, 1, None, "A"), Edit(CLM, 1, None, "B")],
        [Edit(CLM, 5, 1, "A"), Edit(CLM, 5, 1, "B")],
        [Edit(CLM, 1, None, "A"), Removal(CLM)],
        [Edit(10_000, 1, None, "A")],
        [Removal(10_000)],
    ],
)
def test_what_cannot_be_written_is_refused(edits: list[SegmentEdit]) -> None:
    with pytest.raises(EditError):
        rewritten(make837(1).encode(), edits)


def test_an_element_and_a_component_of_it_are_two_wishes_for_one_place() -> None:
    for edits in (
        [Edit(CLM, 5, None, "11"), Edit(CLM, 5, 3, "7")],
        [Edit(CLM, 5, 3, "7"), Edit(CLM, 5, None, "11")],
    ):
        with pytest.raises(EditError):
            rewritten(make837(1).encode(), edits)


def test_the_same_wish_twice_is_one() -> None:
    data = make837(1).encode()
    assert rewritten(data, [Edit(CLM, 1, None, "A")] * 2) == rewritten(data, [Edit(CLM, 1, None, "A")])


def test_a_repetition_separator_is_a_delimiter_too() -> None:
    with pytest.raises(EditError):
        rewritten(make837(1).encode(), [Edit(CLM, 1, None, "A^B")])


def test_a_value_is_written_in_the_encoding_of_its_segment() -> None:
    data = make837(1).replace("PATRICIA", "MARÍA").encode("latin-1")
    position = next(i for i, s in enumerate(data.split(b"~"), 1) if b"MAR" in s)
    assert "PEÑA*MARÍA".encode("latin-1") in rewritten(data, [Edit(position, 3, None, "PEÑA")])
    with pytest.raises(EditError):
        rewritten(data, [Edit(position, 3, None, "名")])


def test_what_is_not_x12_is_refused() -> None:
    for data in (b"", b"{}", make837(1).encode()[:80]):
        with pytest.raises(ReadError):
            rewritten(data, [Edit(1, 1, None, "A")])
