"""Values and their places, written down by hand and compared with what is read and located."""

from __future__ import annotations

import jsonpointer

from scrubber.claim.locate import locate
from scrubber.claim.model import ClaimType
from scrubber.read.claim_json import claim_to_json
from scrubber.read.reader import ReadClaim
from tests.claim.skeleton import File, file

#: What a value is shown as, the segment among the test's own (from 0), element, component.
Expected = tuple[str, int, int, int | None]


def check(written: File, count: int, expected: dict[str, Expected]) -> ReadClaim:
    """Read a file whose loop holds `count` segments of the test; compare values and places."""
    item = written.read()
    document = claim_to_json(item.claim)
    for path, (value, number, element, component) in expected.items():
        found = locate(item.claim, item.source, path)
        assert found.value == value, path
        assert found.x12 is not None, path
        place = (found.x12.position, found.x12.element, found.x12.component)
        assert place == (written.position - count + 1 + number, element, component), path
        assert str(jsonpointer.resolve_pointer(document, found.pointer)) == value, path
    return item


def in_claim(claim_type: ClaimType, segments: list[str], expected: dict[str, Expected]) -> ReadClaim:
    return check(file(claim_type, "2300", "", segments), len(segments), expected)
