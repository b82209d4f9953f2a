"""What is wrong with a claim by its implementation guide, as observations and findings like any other.

The check itself is `scrubber.guides`; here its violations get a claim path, a box of the form, words that a
biller understands, and an amendment where only the representation is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from scrubber.claim.fields import FIELDS, Field
from scrubber.claim.locate import find, form_at, locate, pointer_of, reported_path, value_at
from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.slots import Place, qualifies
from scrubber.claim.source import Source
from scrubber.claim.values import as_text
from scrubber.engine.facts import Observation, Verdict
from scrubber.findings import Amendment, Finding, JsonPatch, Location, Reference, X12Place, finding_id
from scrubber.guides.checker import Before
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.violations import Kind, Violation
from scrubber.guides.walk import NOWHERE
from scrubber.read.x12 import FileProblem
from scrubber.write.edits import Edit, EditError, SegmentEdit, edits_of

PACK = "guide"
WHY = "A clearinghouse or payer that checks the format sends the claim back before anyone looks at its codes."

#: Kinds that only all of a transaction can show.
_OF_THE_FILE = frozenset({Kind.HIERARCHY_NUMBER, Kind.HIERARCHY_PARENT, Kind.HIERARCHY_CHILD})
#: How many items of a collection are looked at for the one that a violation is about.
_MOST_ITEMS = 50
_LINE = "2400"
#: A separator that no file uses, for segments that are put together again.
_MARK = "\x1e"

#: Kinds that the guide demands; the others are of X12 itself (SNIP 2 and 1).
_OF_THE_GUIDE = frozenset(
    {
        Kind.MISSING_SEGMENT,
        Kind.UNUSED_SEGMENT,
        Kind.LOOP_REPEATS,
        Kind.SEGMENT_REPEATS,
        Kind.LINE_NUMBER,
        Kind.MISSING_ELEMENT,
        Kind.INVALID_CODE,
        Kind.UNUSED_ELEMENT,
        Kind.PATTERN,
    }
)


def _evidence(v: Violation) -> dict[str, str]:
    codes = {"ik304": v.kind.segment_code, "ik403": v.kind.element_code or ""}
    found = {"expected": v.expected, "value": v.value or ""}
    return {key: value for key, value in {**found, **codes}.items() if value}


def _line_of(source: Source, position: int) -> int | None:
    """Return the index of the service line a segment belongs to."""
    found = source.opening_near(position)
    return found[2] if found is not None and found[1].area == _LINE else None


# --- words ----------------------------------------------------------------------------------------------

_SAID = {
    Kind.MISSING_SEGMENT: "{name} is missing: loop {loop} needs its {segment} segment",
    Kind.UNKNOWN_SEGMENT: "{segment} is not a segment of the guide",
    Kind.UNEXPECTED_SEGMENT: "{segment} does not belong here, in or behind loop {loop}",
    Kind.UNUSED_SEGMENT: "{name} ({segment}) is not used in loop {loop}",
    Kind.LOOP_REPEATS: "{name}: loop {loop} repeats too often; {expected}",
    Kind.SEGMENT_REPEATS: "{name} ({segment} in loop {loop}) repeats too often; {expected}",
    Kind.OUT_OF_SEQUENCE: "{name} ({segment} in loop {loop}) is out of sequence: it comes too late",
    Kind.MISSING_ELEMENT: "{name} ({place}) is missing",
    Kind.CONDITIONAL_MISSING: "{name} ({place}) is missing: {expected}",
    Kind.TOO_MANY_ELEMENTS: "{segment} has more elements than the guide knows: {expected}",
    Kind.EXCLUDED: "{name} ({place}) must not stand here: {expected}",
    Kind.UNUSED_ELEMENT: "{name} ({place}) is not used by the guide and must be left out",
    Kind.TRAILING_SEPARATOR: "{segment} ends in separators with nothing behind them; they must be left out",
}
_OTHERWISE = "{name} ({place}) has {value}; it must be {expected}"
_UNQUOTED = "{name} ({place}) must be {expected}"


def message_of(v: Violation, otherwise: str = _OTHERWISE) -> str:
    """Return what is wrong as a sentence: the thing, its place, what is there and what must be."""
    place = v.segment + (f"{v.element:02}" if v.element else "") + (f"-{v.component}" if v.component else "")
    said = _SAID.get(v.kind, otherwise)
    shown = f"'{v.value}'" if v.value else "nothing"
    text = said.format(
        name=v.name,
        loop=v.loop,
        segment=v.segment,
        place=f"{place} in loop {v.loop}",
        expected=v.expected,
        value=shown,
    )
    return f"{text}."


def problem_of(v: Violation) -> FileProblem:
    """Return a violation that is in no claim as a problem of the file, which quotes nothing."""
    message = message_of(v, _UNQUOTED).rstrip(".")
    return FileProblem(
        v.kind.id,
        v.kind.title,
        message[:1].lower() + message[1:] if message[:2].istitle() else message,
        "correct it in the system that makes the file",
        v.position,
        v.segment,
        v.element,
    )


# --- places ---------------------------------------------------------------------------------------------


def place_of(claim: Claim, source: Source, v: Violation) -> Location:
    """Return where a violation is: the X12 place always, claim path and form box where there are such."""
    x12 = X12Place(
        v.loop, v.segment, v.element, v.component, v.repeat, position=None if v.missing else v.position
    )
    found = _path_of(source, v)
    if found is None:
        return Location("primary", f"file.segment[{v.position}]", "", x12, None, v.value)
    path, place = found
    if reported_path(claim, path) == path:
        form = form_at(claim, path, path, place)
    else:
        form = locate(claim, source, path).form
    return Location("primary", path, pointer_of(path), x12, form, v.value)


def _path_of(source: Source, v: Violation) -> tuple[str, Place] | None:
    """Return the claim path of a violation's place, if it has one, and where that is."""
    segment = None if v.missing else source.segment_at(v.position)
    for row in _rows(source.claim_type).get((v.loop, v.segment), ()):
        if not _covers(row, v) or (segment is not None and not qualifies(segment, row)):
            continue
        if v.qualifiers and row.where is not None and v.qualifiers.isdisjoint(row.where[1]):
            continue
        before: Place | None = None
        for path in _concrete(row, source, v.position):
            place = find(source, path)
            if place is None or place == before:  # there are no more items
                break
            position = place.segment.position if place.segment is not None else None
            if v.missing and position is None:
                return path, place
            if position == v.position and _same(v, place.element, place.component):
                return path, place
            before = place
    return None


@cache
def _rows(claim_type: ClaimType) -> Mapping[tuple[str, str], list[Field]]:
    """Return the rows of the field table by loop and segment."""
    out: dict[tuple[str, str], list[Field]] = {}
    for row in FIELDS[claim_type]:
        out.setdefault((row.loop, row.segment), []).append(row)
    return out


def _covers(row: Field, v: Violation) -> bool:
    """Return whether a row may be what a violation is about: its element, or any of the segment."""
    if v.element is None or row.each != "segment":
        return True
    if row.component is None or v.component is None:
        last = row.last if row.component is None and row.last else row.element
        return row.element <= v.element <= last
    return row.element == v.element and row.component <= v.component <= (row.last or row.component)


def _same(v: Violation, element: int, component: int | None) -> bool:
    if v.element is None:
        return True
    return element == v.element and (v.component is None or component is None or component == v.component)


def _concrete(row: Field, source: Source, position: int) -> Iterator[str]:
    """Yield the paths of a row that may stand near a segment: the item it belongs to, any item inside."""
    depth = row.path.count("[]")
    if not depth:
        yield row.path
        return
    opening = source.opening_near(position)
    ranges: list[Sequence[int]] = [range(_MOST_ITEMS)] * depth
    if row.owner.startswith(("lines[]", "other_payers[]")) and opening is not None:
        _, _, outer, inner, _ = opening
        ranges[0] = (max(outer, 0),)
        if row.owner.count("[]") > 1:
            ranges[1] = (max(inner, 0),)
    for indices in product(*ranges):
        path = row.path
        for index in indices:
            path = path.replace("[]", f"[{index}]", 1)
        yield path


# --- findings -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nonconformity:
    """A violation in one claim: what decisions see of it, and where it is."""

    violation: Violation
    observation: Observation
    place: Location
    #: The title of the guide that says so.
    said_by: str

    def finding(self, index: int, claim: Claim, verdict: Verdict, version: str) -> Finding:
        """Return it as a finding."""
        kind, observation = self.violation.kind, self.observation
        claim_id = claim.patient_control_number or ""
        return Finding(
            id=finding_id(kind.id, claim_id, index, "", tuple(observation.items.values())),
            rule=kind.id,
            rule_version=version,
            pack=PACK,
            outcome=verdict.outcome,
            severity=verdict.severity,
            snip=2 if kind in _OF_THE_GUIDE else 1,
            category="format",
            title=kind.title,
            message=observation.message,
            why=WHY,
            locations=(self.place,),
            evidence=observation.evidence,
            references=(Reference(self.said_by, None, checked=False),),
            route=verdict.route,
            reason=verdict.reason,
            decided_by=verdict.decided_by,
        )

    def is_said_by(self, finding: Finding) -> bool:
        """Return whether a rule's finding that stands says of the same place what is wrong."""
        return finding.blocks and any(
            at.role == "primary" and _same_place(at, self.place) for at in finding.locations
        )


def _same_place(one: Location, other: Location) -> bool:
    a, b = one.x12, other.x12
    if a is None or b is None or (a.loop, a.segment, a.position) != (b.loop, b.segment, b.position):
        return False
    if a.position is not None:
        return a.element == b.element
    # Of segments that are not there, the values they would hold tell which are meant.
    kinds = [_kinds(a.loop, a.segment, _INDEX.sub("[]", at.path)) for at in (one, other) if at.path]
    return len(kinds) < 2 or kinds[0] == kinds[1]


@cache
def _kinds(loop: str, segment: str, pattern: str) -> frozenset[str]:
    """Return the qualifiers of the segment that a value stands in; none where it has none."""
    rows = (row for rows in FIELDS.values() for row in rows if row.path == pattern)
    return frozenset(
        value
        for row in rows
        if (row.loop, row.segment) == (loop, segment) and row.where is not None
        for value in row.where[1]
    )


_INDEX = re.compile(r"\[\d+\]")


def nonconformities(
    violations: Sequence[Violation], claim: Claim, source: Source, said_by: str = ""
) -> list[Nonconformity]:
    """Return what is wrong with a claim by its guide, in the order of the file.

    `said_by` is the title of a payer's companion guide, "" for the implementation guide itself.
    """
    said_by = said_by or f"Implementation guide {claim.transaction.guide or 'of the file'}"
    first = source.own[0][0] if source.own else 0
    out = []
    for v in sorted(violations, key=lambda v: (v.position, v.element or 0, v.component or 0)):
        place = place_of(claim, source, v)
        # Counted from the claim, so that a claim keeps its findings' ids wherever it stands.
        at = f"{v.loop}/{v.segment}/{v.position - first}/{v.element or 0}/{v.component or 0}/{v.repeat or 0}"
        line = re.match(r"lines\[(\d+)\]", place.path)
        observation = Observation(
            kind="violation",
            rule=v.kind.id,
            severity="reject",
            items={"place": at},
            line=int(line[1]) if line else _line_of(source, v.position),
            at=(place.path,),
            message=message_of(v),
            evidence=_evidence(v),
        )
        out.append(Nonconformity(v, observation, place, said_by))
    return out


# --- amendments -----------------------------------------------------------------------------------------


def amendment_of(found: Nonconformity, claim: Claim, source: Source, guides: Guides) -> Amendment | None:
    """Return what to change where only the representation is wrong, proven by a second check; else None."""
    v, path = found.violation, found.place.path
    if v.value is None or not found.place.pointer:
        return None
    if v.kind is Kind.LINE_NUMBER:
        title, new = "Number the service lines one by one", v.expected
    elif v.kind is Kind.INVALID_CHARACTER and v.value.rstrip() and v.value.rstrip() != v.value:
        title, new = "Leave out the blanks at the end", v.value.rstrip()
    else:
        return None
    if as_text(value_at(claim, path)) != v.value:
        return None
    pointer = found.place.pointer
    patch: JsonPatch = [
        {"op": "test", "path": pointer, "value": v.value},
        {"op": "replace", "path": pointer, "value": new},
    ]
    return Amendment("safe", title, patch, verified=_proves(patch, v, source, guides))


def beyond(source: Source, base: Sequence[Violation], companion: Guides) -> list[Violation]:
    """Return what a payer's companion guide finds in a claim beyond what the guide itself does."""
    known = {_key(v) for v in base}
    return [v for v in _check(source, (), companion) if _key(v) not in known]


def _proves(patch: JsonPatch, v: Violation, source: Source, guides: Guides) -> bool:
    """Return whether the guide finds nothing at the place, and nothing new elsewhere, after a patch."""
    try:
        edits = edits_of(patch, source)
    except EditError:
        return False
    after = Counter(_again(source, edits, guides))
    if not after:  # nearly always: to check once is enough
        return True
    return _key(v) not in after and not (after - Counter(_again(source, (), guides)))


def _again(source: Source, edits: Sequence[SegmentEdit], guides: Guides) -> Iterator[tuple[object, ...]]:
    return map(_key, _check(source, edits, guides))


def _check(source: Source, edits: Sequence[SegmentEdit], guides: Guides) -> list[Violation]:
    """Check a claim's segments, and those it stands under, with some edits made.

    What levels are numbered depends on levels that are not here, so that is not looked at.
    """
    changes = {e.position: e for e in edits if isinstance(e, Edit)}
    checker = guides.checker(Marks(_MARK, source.component, source.repetition))
    state, last = NOWHERE, 0
    numbers: list[tuple[str, int]] = []
    for s in source.segments():
        elements = list(s.elements)
        if (change := changes.get(s.position)) is not None:
            _make(change, elements, source.component)
        text = _MARK.join(elements)
        checker.begin(Before(), text, s.position, last + 1, above=False)
        state = checker.step(state, text, elements, s.position)
        if elements[0] == "LX" and s.loop.id == _LINE:
            numbers.append(((*elements, "")[1], s.position))
        last = s.position
    checker.end(state, last + 1, None)
    checker.check_lines(numbers)
    return [v for v in checker.finished if v.kind not in _OF_THE_FILE]


def _key(v: Violation) -> tuple[object, ...]:
    return (v.kind, v.position, v.element, v.component, v.repeat)


def _make(change: Edit, elements: list[str], component: str) -> None:
    if change.component is None:
        elements[change.element] = change.text
        return
    parts = elements[change.element].split(component)
    parts[change.component - 1] = change.text
    elements[change.element] = component.join(parts)
