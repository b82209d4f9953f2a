"""A payer's companion guide only adds to what its implementation guide finds: nothing is said twice."""

from __future__ import annotations

import pytest

from scrubber.findings import Finding
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load import load_packs
from scrubber.pipeline import Scrubber
from tests.guides.mutants import as_file, with_counts
from tests.read.files import chunks


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    return Scrubber(load_packs([builtin_rules_dir()]))


def _found(scrubber: Scrubber, old: str, new: str, *, verify: bool = True) -> list[Finding]:
    """Return what the guides find in a claim to a payer with a companion guide, which keeps to that one."""
    text = scrubber.bundle.base["professional"].replace("\n", "").removesuffix("~")
    text = text.replace("REF*X4", "REF*D9*HOUSE1~REF*X4", 1)
    head, payer, rest = text.partition("NM1*PR*")
    name, qualifier, behind = rest.partition("*PI*")
    text = head + payer + name + qualifier + "EXS01~" + behind.partition("~")[2]
    assert old in text
    (chunk,) = chunks(as_file(with_counts(text.replace(old, new, 1).split("~"))))
    (item,) = chunk.reading(scrubber.guides).claims()
    return [f for f in scrubber.scrub(item, verify=verify).findings if f.pack == "guide"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("*F~", "*F^M~", "IG-211"),
        ("HI*ABK:", "HI*ABK:J069^ABK:", "IG-211"),
        ("SV1*HC:", "SV1*HC:99212^HC:", "IG-211"),
    ],
)
def test_a_repetition_is_said_once(scrubber: Scrubber, old: str, new: str, rule: str) -> None:
    assert [f.rule for f in _found(scrubber, old, new)] == [rule]


def test_a_line_number_in_the_header_is_none_of_the_claim(scrubber: Scrubber) -> None:
    start = scrubber.bundle.base["professional"].replace("\n", "")
    bht = start[start.index("BHT*") : start.index("~", start.index("BHT*"))]
    assert [f.rule for f in _found(scrubber, bht, f"{bht}~LX*1")] == []


def test_without_verification_no_amendment_is_made(scrubber: Scrubber) -> None:
    with_one, without = (_found(scrubber, "LX*1~", "LX*7~", verify=verify) for verify in (True, False))
    assert [f.rule for f in with_one] == [f.rule for f in without] == ["IG-113"]
    assert with_one[0].amendment is not None and with_one[0].amendment.verified
    assert without[0].amendment is None
