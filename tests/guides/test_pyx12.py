"""The same verdicts as pyx12, another validator of the same maps; where they differ, it is said why.

What pyx12 cannot read at all (it fails on some composites) counts as not valid.
"""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from benchmarks.claims.mix import ClaimType
from scrubber.guides.model import Segment
from scrubber.guides.violations import Kind, Violation
from tests.guides.mutants import TYPES, Segments, as_file, bases, made, mutants, with_counts
from tests.guides.test_fast_is_plain import ODD
from tests.guides.test_mutants import GUIDES, KNOWN, violations
from tests.support.guides import IDS
from tests.support.valid_files import ValidFile

pytestmark = pytest.mark.slow

document = pytest.importorskip("pyx12.x12n_document")
maps = pytest.importorskip("pyx12.map_if")
params = pytest.importorskip("pyx12.params")

_LARGE = ("101 claims", "1000 lines")


@pytest.fixture(autouse=True, scope="module")
def _maps_once() -> Iterator[None]:
    """Let pyx12 read each of its maps once: it reads them for every file."""
    logging.disable(logging.CRITICAL)
    patch = pytest.MonkeyPatch()
    loaded: dict[str, Any] = {}
    load = maps.load_map_file

    def remembered(name: str, *others: Any) -> Any:
        if name not in loaded:
            loaded[name] = load(name, *others)
        return loaded[name]

    patch.setattr(maps, "load_map_file", remembered)
    yield
    patch.undo()
    logging.disable(logging.NOTSET)


def accepts(segments: tuple[str, ...] | Segments) -> bool:
    """Return whether pyx12 finds no error."""
    text = as_file(segments).decode()
    try:
        return bool(document.x12n_document(params.ParamsBase(), io.StringIO(text), io.StringIO(), None))
    except (IndexError, ValueError):
        return False


# --- where the verdicts differ, and why --------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """Why we find something that pyx12 does not; `about`: what we find."""

    reason: str
    about: Callable[[Violation], bool]


#: What is wrong although pyx12 accepts it.
STRICTER = (
    Difference(
        "HL02 and HL04 are about the levels around: notes to HL; pyx12 sees each level alone",
        lambda v: v.kind in (Kind.HIERARCHY_PARENT, Kind.HIERARCHY_CHILD),
    ),
    Difference(
        "LX01 counts the lines of a claim: the guide's note to LX; pyx12 looks at it in 837P alone",
        lambda v: v.kind is Kind.LINE_NUMBER,
    ),
    Difference(
        "ISA11 is no data: X12.5; pyx12 takes it for a character of the value",
        lambda v: v.kind is Kind.TOO_MANY_REPETITIONS,
    ),
    Difference(
        "Separators of absent components at the end are left out: appendix B, absence of data",
        lambda v: v.kind is Kind.TRAILING_SEPARATOR,
    ),
    Difference(
        "A date in a composite is what the qualifier before it says: the map's 1250 and 1251 of HI",
        lambda v: v.kind is Kind.INVALID_DATE and v.segment == "HI",
    ),
    Difference(
        "DT is CCYYMMDDHHMM: the map's own name of the code; pyx12 accepts a date alone",
        lambda v: v.kind is Kind.INVALID_DATE and v.segment == "DTP",
    ),
    Difference(
        "The first component is required where its composite is: the map; pyx12 asks for the others",
        lambda v: v.kind is Kind.MISSING_ELEMENT and v.component == 1,
    ),
    Difference(
        "What a loop requires is missing although it begins again at once: pyx12 looks when another does",
        lambda v: v.kind is Kind.MISSING_SEGMENT,
    ),
    Difference(
        "Text has at least one character that is no space: X12.6",
        lambda v: v.kind is Kind.INVALID_CHARACTER and (v.value or "").isspace(),
    ),
)
#: What is right although pyx12 does not accept it, as the values that it is about.
MILDER = {
    "1.": "A decimal point at the right end should be left out, says X12.6, and may be there",
}


def explained(found: list[Violation]) -> bool:
    """Return whether each violation, or any one, is of what pyx12 does not look for."""
    return all(any(difference.about(v) for difference in STRICTER) for v in found)


def test_every_difference_is_there() -> None:
    """No reason outlives its difference."""
    unused = set(STRICTER)
    for claim_type in TYPES:
        for mutant in mutants(claim_type):
            if mutant.name in _LARGE or mutant.kind in (Kind.UNKNOWN_SEGMENT, Kind.TOO_LONG):
                continue
            found = list(violations(as_file(made(claim_type, mutant)[0])))
            unused -= {d for d in unused if found and all(map(d.about, found))}
    assert not unused


# --- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim_type", TYPES)
def test_both_accept_valid_files(claim_type: ClaimType) -> None:
    for number, segments in enumerate(bases(claim_type)):
        assert accepts(segments) and not list(violations(as_file(segments)))
        if number == 40:
            break


@pytest.mark.parametrize("claim_type", TYPES)
def test_both_find_the_faults(claim_type: ClaimType) -> None:
    """Every mutant is found by both, or there is a reason."""
    tried = 0
    for mutant in mutants(claim_type):
        if mutant.name in _LARGE or mutant.name in KNOWN:
            continue
        segments, _ = made(claim_type, mutant)
        found = list(violations(as_file(segments)))
        assert found
        assert not accepts(segments) or explained(found), (mutant.name, found)
        tried += 1
    assert tried > 250


@pytest.mark.parametrize("claim_type", TYPES)
def test_both_say_the_same_of_files_changed_at_random(claim_type: ClaimType) -> None:
    random, verdicts = Random(claim_type), Counter[bool]()
    valid = [list(segments) for segments, _ in zip(bases(claim_type), range(40), strict=False)]
    for _ in range(250):
        changed = Changed(random, list(random.choice(valid)))
        segments = with_counts(changed.segments)
        found = list(violations(as_file(segments)))
        verdict = accepts(segments)
        verdicts[verdict] += 1
        if verdict is bool(found):
            if found:
                assert explained(found), (changed.what, found)
            else:
                assert changed.value in MILDER, changed.what
    assert verdicts[False] > 100 and verdicts[True] > 10


@pytest.mark.parametrize("claim_type", TYPES)
def test_both_accept_files_made_from_the_guide(claim_type: ClaimType) -> None:
    """Every segment of the guide occurs, at every place that it has; elements and codes at random."""
    guide = GUIDES.guide(IDS[claim_type])
    assert guide is not None
    used: set[Segment] = set()
    both = 0
    for seed in range(40):
        file = ValidFile(guide, f"{claim_type} {seed}", density=(0.1, 0.2, 0.3, 0.6)[seed % 4])
        segments = file.segments()
        used |= file.used
        found = list(violations(as_file(segments)))
        assert not found, (seed, found[0], segments[found[0].position - 1])
        verdict = accepts(segments)
        assert verdict or pyx12_cannot(segments), seed
        both += verdict
    assert both > 10
    unused = {segment.id for _, segment in guide.top.segments() if segment not in used}
    assert unused <= {"ISA", "TA1", "GS", "ST", "SE", "GE", "IEA"}


def pyx12_cannot(segments: Segments) -> bool:
    """Return whether a file has something valid that pyx12 does not know.

    PWK*CT with PWK02 of AB, AD, AF, AG or NS: the map has a place for it (2400, Durable Medical Equipment
    Certificate), but pyx12 takes it for the PWK before, which has CT too. And a subscriber with claims as
    well as patients, in 837I: the map has position 0200 for 2000C and 1300 for 2300; in 837P it is right.
    """
    claims = False
    for segment in segments:
        if segment.startswith("PWK*CT*") and segment.split("*")[2] in ("AB", "AD", "AF", "AG", "NS"):
            return True
        if segment.startswith("HL*"):
            if claims and segment.split("*")[3] == "23":
                return True
            claims = claims and segment.split("*")[3] == "23"
        claims = claims or segment.startswith("CLM*")
    return False


class Changed:
    """A file with one segment taken out, repeated, moved, or changed in one value."""

    def __init__(self, random: Random, segments: Segments) -> None:
        at = random.randrange(3, len(segments) - 3)  # the envelope is compared elsewhere
        self.segments, self.value = segments, ""
        before = segments[at]
        how = random.choice(["gone", "again", "moved", "value", "value", "value", "value"])
        if how == "gone":
            del segments[at]
        elif how == "again":
            segments.insert(at, segments[at])
        elif how == "moved":
            segments.insert(random.randrange(3, len(segments) - 3), segments.pop(at))
        else:
            self.value = random.choice([odd for odd in ODD if "\0" not in odd])
            segments[at] = self._with_value(random, segments[at])
        self.what = f"{how}: {before} -> {segments[at]}"

    def _with_value(self, random: Random, segment: str) -> str:
        elements = segment.split("*")
        if elements[0] == "HL":  # what pyx12 says of HL01 is another matter
            return segment
        number = random.randrange(1, len(elements) + random.choice([0, 0, 0, 1]))
        if number == len(elements):
            elements.append("")
        parts = elements[number].split(":")
        parts[random.randrange(len(parts))] = self.value
        elements[number] = ":".join(parts)
        return "*".join(elements)
