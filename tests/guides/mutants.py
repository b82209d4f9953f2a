"""Valid generated files with one fault each, and what the guide must say about it.

A fault is an edit of a file's segments at a target. Targets are regular expressions from the beginning of a
segment, `|` stands for the element separator; `a > b` is the first b after the first a, `a < b` the last b
before it, `a#2` the second a. Each edit is done to the first generated file that has its targets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.claims import Mix, as_bytes
from scrubber.guides.violations import Kind

K = Kind
Segments = list[str]
#: Changes segments in place and returns the index of the one at fault. Raises NotThere.
Edit = Callable[[Segments], int]

TYPES = ("professional", "institutional")
_SEEDS = 150
#: What ends a claim, as a target.
END = "[CHS][LE]M?|"


class NotThere(Exception):
    """A file does not have what an edit is about."""


@dataclass(frozen=True)
class Mutant:
    """One fault: how it is made, and how it must be found."""

    name: str
    edit: Edit
    kind: K
    loop: str
    segment: str
    element: int | None = None
    component: int | None = None


@dataclass(frozen=True)
class Place:
    """What is compared of a violation."""

    kind: K
    loop: str
    segment: str
    element: int | None
    component: int | None
    position: int


def bases(claim_type: str) -> Iterator[Segments]:
    """Yield valid files of three claims, as segments with `*`, `:` and `^`."""
    for seed in range(1, _SEEDS):
        yield list(_base(claim_type, seed))


@cache
def _base(claim_type: str, seed: int) -> tuple[str, ...]:
    return tuple(generated(claim_type, claims=3, seed=seed, coordination=0.5, subscribers_a_provider=2))


def generated(claim_type: str, **options: Any) -> Segments:
    """Return a valid file of a mix."""
    mix = Mix(claim_type, newline="", **options)  # type: ignore[arg-type]
    return as_bytes(mix)[0].decode().removesuffix("~").split("~")


@cache
def made(claim_type: str, mutant: Mutant) -> tuple[tuple[str, ...], Place]:
    """Return a file with the fault, its trailers right, and where the fault is."""
    for segments in bases(claim_type):
        try:
            index = mutant.edit(segments)
        except NotThere:
            continue
        m = mutant
        place = Place(m.kind, m.loop, m.segment, m.element, m.component, index + 1)
        return tuple(with_counts(segments)), place
    raise AssertionError(f"no generated file has what the mutant {mutant.name!r} needs")


def with_counts(segments: Segments) -> Segments:
    """Return the segments with the counts of SE right."""
    out, start = list(segments), 0
    for i, segment in enumerate(out):
        if segment.startswith("ST*"):
            start = i
        elif segment.startswith("SE*"):
            out[i] = f"SE*{i - start + 1}*{segment.split('*')[2]}"
    return out


def as_file(segments: tuple[str, ...] | Segments) -> bytes:
    """Return a file of segments."""
    return "".join(segment + "~" for segment in segments).encode()


# --- targets and edits ---------------------------------------------------------------------------------


def matches(segment: str, pattern: str) -> bool:
    """Return whether a segment begins as a pattern says."""
    return re.match(pattern.replace("|", r"\*"), segment) is not None


def find(segments: Segments, target: str) -> int:
    """Return the index of a target. Raises NotThere."""
    at, back = -1, False
    for step in target.split(" "):
        if step in "<>":
            back = step == "<"
            continue
        pattern, _, times = step.partition("#")
        for _ in range(int(times or 1)):
            where = range(at - 1, -1, -1) if back else range(at + 1, len(segments))
            found = next((i for i in where if matches(segments[i], pattern)), None)
            if found is None:
                raise NotThere(target)
            at = found
    return at


def gone(target: str, then: str = "") -> Edit:
    """Take out a segment, where `then` is what follows it."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        del segments[at]
        if not matches(segments[at], then):
            raise NotThere(target)
        return at

    return edit


def after(target: str, *texts: str, at_fault: int = 0) -> Edit:
    """Insert segments after one; they are at fault, or one of them is."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        segments[at + 1 : at + 1] = texts
        return at + 1 + at_fault

    return edit


def again(target: str, times: int = 1, then: str = "") -> Edit:
    """Repeat a segment, where `then` is what follows it; the last is at fault."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        if not matches(segments[at + 1], then):
            raise NotThere(target)
        segments[at:at] = [segments[at]] * times
        return at + times

    return edit


def moved(target: str, behind: str, at_fault: int = 0) -> Edit:
    """Put a segment behind another; it is at fault, or one so much further on."""

    def edit(segments: Segments) -> int:
        segment = segments.pop(find(segments, target))
        at = find(segments, behind) + 1
        segments.insert(at, segment)
        return at + at_fault

    return edit


def put(target: str, element: int, value: str, component: int = 0) -> Edit:
    """Give an element, or a component, a value; `{}` in it is the old one."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        elements = segments[at].split("*")
        elements += [""] * (element + 1 - len(elements))
        if component:
            parts = elements[element].split(":")
            parts += [""] * (component - len(parts))
            parts[component - 1] = value.format(parts[component - 1])
            elements[element] = ":".join(parts)
        else:
            elements[element] = value.format(elements[element])
        segments[at] = "*".join(elements) if value else "*".join(elements).rstrip("*:")
        return at

    return edit


def text(target: str, new: str) -> Edit:
    """Write a segment anew; `{}` is what it was."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        segments[at] = new.format(segments[at])
        return at

    return edit


def block(target: str, end: str, copies: int = 1) -> Edit:
    """Repeat a stretch, up to `end`, that no other segment could begin; the last copy is at fault."""

    def edit(segments: Segments) -> int:
        start, stop = find(segments, target), find(segments, f"{target} > {end}")
        stretch = segments[start:stop]
        if any(segment[:3] == stretch[0][:3] != "NM1" for segment in stretch[1:]):
            raise NotThere(target)
        segments[stop:stop] = stretch * copies
        return stop + len(stretch) * (copies - 1)

    return edit


def lines(most: int) -> Edit:
    """Give the first claim so many lines: the last is at fault."""

    def edit(segments: Segments) -> int:
        claim, end = find(segments, "CLM"), find(segments, "CLM > " + END)
        openers = [i for i in range(claim, end) if segments[i].startswith("LX*")]
        last = segments[openers[-1] + 1 : end]
        at = end
        for number in range(len(openers) + 1, most + 1):
            segments[end:end] = [f"LX*{number}", *last]
            at, end = end, end + 1 + len(last)
        return at

    return edit


def relevelled(target: str, number: str) -> Edit:
    """Number a level wrongly; the levels below it name it rightly."""

    def edit(segments: Segments) -> int:
        at = find(segments, target)
        _, old, *rest = segments[at].split("*")
        segments[at] = "*".join(["HL", number, *rest])
        for i in range(at + 1, len(segments)):
            elements = segments[i].split("*")
            if elements[0] == "HL" and elements[2] == old:
                segments[i] = "*".join(["HL", elements[1], number, *elements[3:]])
        return at

    return edit


# --- the faults that every guide has -----------------------------------------------------------------------

_A, _B, _C = r"HL|\d+||20", r"HL|\d+|\d+|22", r"HL|\d+|\d+|23"
_B0, _B1 = _B + "|0", _B + "|1"
_BILLING, _PATIENT = "NM1|85", "NM1|QC"


def _missing(*faults: tuple[str, str, str]) -> list[Mutant]:
    """Return files that lack one required segment, from its name, target and loop."""
    made = []
    for name, target, loop in faults:
        segment = re.split(r"\W", re.split(" [<>] ", target)[-1])[0]
        made.append(Mutant(f"no {name}", gone(target), K.MISSING_SEGMENT, loop, segment))
    return made


def _elements(kind: K, *faults: tuple[str, str, int, str] | tuple[str, str, int, str, int]) -> list[Mutant]:
    """Return files with a wrong element, from its target, loop, number, value and component."""
    made = []
    for target, loop, element, value, *component in faults:
        part = component[0] if component else 0
        name = f"{target} {element}{f'-{part}' if part else ''} is {value[:20]!r}"
        segment = re.split(r"\W", re.split(" [<>] ", target)[-1])[0]
        edit = put(target, element, value, part)
        made.append(Mutant(name, edit, kind, loop, segment, element, part or None))
    return made


def _common(sv: str) -> list[Mutant]:
    """Return the faults that every guide has. `sv` is the segment of a service."""
    m = Mutant
    behind_clm = "DTP|434" if sv == "SV2" else "HI"  # what shows that CLM is missing
    unknown, unexpected, late = K.UNKNOWN_SEGMENT, K.UNEXPECTED_SEGMENT, K.OUT_OF_SEQUENCE
    segment_repeats, loop_repeats = K.SEGMENT_REPEATS, K.LOOP_REPEATS
    number, parent, child = K.HIERARCHY_NUMBER, K.HIERARCHY_PARENT, K.HIERARCHY_CHILD
    conditional = K.CONDITIONAL_MISSING
    return [
        *_missing(
            ("purpose of the transaction", "BHT", "ST"),
            ("submitter", "NM1|41", "1000A"),
            ("contact of the submitter", "PER", "1000A"),
            ("receiver", "NM1|40", "1000B"),
            ("billing level", _A, "2000A"),
            ("second billing level", _A + "#2", "2000A"),
            ("billing provider", "NM1|85", "2010AA"),
            ("billing address", "NM1|85 > N3", "2010AA"),
            ("billing city", "NM1|85 > N4", "2010AA"),
            ("tax number", "NM1|85 > REF|EI", "2010AA"),
            ("subscriber level", _B, "2000B"),
            ("subscriber level with a claim", _B0, "2000B"),
            ("subscriber level with a patient", _B1, "2000B"),
            ("second subscriber level", _B + "#2", "2000B"),
            ("insurance", _B + " > SBR", "2000B"),
            ("subscriber", "NM1|IL", "2010BA"),
            ("payer", "NM1|PR", "2010BB"),
            ("patient level", _C, "2000C"),
            ("relation of the patient", _C + " > PAT", "2000C"),
            ("patient", _PATIENT, "2010CA"),
            ("address of the patient", _PATIENT + " > N3", "2010CA"),
            ("city of the patient", _PATIENT + " > N4", "2010CA"),
            ("birthday of the patient", _PATIENT + " > DMG", "2010CA"),
            ("claim", "CLM", "2300"),
            ("insurance of another payer", "OI < SBR", "2320"),
            ("release to another payer", "OI", "2320"),
            ("other subscriber", "OI > NM1|IL", "2330A"),
            ("other payer", "OI > NM1|PR", "2330B"),
            ("first line", "LX|1", "2400"),
            ("second line", "LX|2", "2400"),
            ("third line", "LX|3", "2400"),
            ("service", sv, "2400"),
            ("service of the second line", f"LX|2 > {sv}", "2400"),
            ("adjudication", "SVD", "2430"),
            ("date of an adjudication", "SVD > DTP|573", "2430"),
            ("line after an adjudicated one", "SVD > LX", "2400"),
            ("pay-to address", "NM1|87 > N3", "2010AB"),
            ("tax number of the pay-to plan", "NM1|PE > REF|EI", "2010AC"),
        ),
        m("no second claim", gone("CLM#2", then=behind_clm), K.MISSING_SEGMENT, "2300", "CLM"),
        m("no last claim", gone("CLM#3", then=behind_clm), K.MISSING_SEGMENT, "2300", "CLM"),
        m("unknown segment in a claim", after("HI", "ZZ1*WHAT"), unknown, "2300", "ZZ1"),
        m("unknown segment in a line", after(sv, "QQQ*1*2"), unknown, "2400", "QQQ"),
        m("unknown segment in the header", after("BHT", "Z9*1"), unknown, "ST", "Z9"),
        m("unknown segment in a level", after(_B, "Z9*1"), unknown, "2000B", "Z9"),
        m("unknown segment in a loop", after("NM1|85", "ZZZ"), unknown, "2010AA", "ZZZ"),
        m("segment of a payment", after("CLM", "CLP*1*1*5*5"), unknown, "2300", "CLP"),
        m("lower case", after(sv, "sv9*1"), unknown, "2400", "sv9"),
        m("lines begin in the header", after("BHT", "LX*1"), unexpected, "ST", "LX"),
        m("adjudication in the header", after("NM1|40", "SVD*1*5**1*1"), unexpected, "1000B", "SVD"),
        m("claim before its level", after("NM1|40", "CLM*1*5***11:B:1*Y*A*Y*Y"), unexpected, "1000B", "CLM"),
        m("birthday in a line", after(sv, "DMG*D8*19800101*F"), unexpected, "2400", "DMG"),
        m("address after city", moved("NM1|85 > N3", "NM1|85 > N4"), late, "2010AA", "N3"),
        m("patient's address after city", moved("NM1|QC > N3", "NM1|QC > N4"), late, "2010CA", "N3"),
        m("insurance after the subscriber", moved(_B + " > SBR", "NM1|IL"), late, "2000B", "SBR"),
        m("specialty after the provider", moved("PRV|BI", "NM1|85"), late, "2000A", "PRV"),
        m("number after the diagnosis", moved("CLM > REF|G1", "CLM > HI"), late, "2300", "REF"),
        m("note after the diagnosis", moved("CLM > NTE|ADD", "CLM > HI"), late, "2300", "NTE"),
        m("number after an adjudication", moved("SVD < REF|6R", "SVD"), late, "2400", "REF"),
        m("release after the other payer", moved("OI", "OI > NM1|PR"), late, "2320", "OI"),
        m("two purposes", again("BHT"), segment_repeats, "ST", "BHT"),
        m("two addresses", again("NM1|85 > N3"), segment_repeats, "2010AA", "N3"),
        m("two cities", again("NM1|85 > N4"), segment_repeats, "2010AA", "N4"),
        m("two tax numbers", again("NM1|85 > REF|EI"), segment_repeats, "2010AA", "REF"),
        m("two insurances", again(_B + " > SBR"), segment_repeats, "2000B", "SBR"),
        m("two relations", again(_C + " > PAT"), segment_repeats, "2000C", "PAT"),
        m("two birthdays", again("DMG"), segment_repeats, "2010BA", "DMG"),
        m("two diagnoses", again("HI|ABK"), segment_repeats, "2300", "HI"),
        m("two services", again(sv), segment_repeats, "2400", sv),
        m("two service dates", again("DTP|472"), segment_repeats, "2400", "DTP"),
        m("two control numbers", again("REF|6R"), segment_repeats, "2400", "REF"),
        m("two releases", again("OI"), segment_repeats, "2320", "OI"),
        m("two dates of adjudication", again("DTP|573"), segment_repeats, "2430", "DTP"),
        m("eleven attachments", again("CLM > PWK", 10, then="(?!PWK)"), segment_repeats, "2300", "PWK"),
        m("two receivers", again("NM1|40"), loop_repeats, "1000B", "NM1"),
        m("two billing providers", block("NM1|85", "[HN][LM]1?|"), loop_repeats, "2010AA", "NM1"),
        m("two subscribers", block("NM1|IL", "NM1|PR"), loop_repeats, "2010BA", "NM1"),
        m("two patients", block("NM1|QC", "CLM"), loop_repeats, "2010CA", "NM1"),
        m("eleven other payers", block("OI < SBR", "LX", 10), loop_repeats, "2320", "SBR"),
        m("101 claims", block(_B0 + " > CLM", END, 100), loop_repeats, "2300", "CLM"),
        m("sixteen adjudications", block("SVD", "[LCHS][XLE]M?|", 15), loop_repeats, "2430", "SVD"),
        m("first level is 5", relevelled(_A, "5"), number, "2000A", "HL", 1),
        m("level is 9", relevelled(_B0, "9"), number, "2000B", "HL", 1),
        m("level with a patient is 77", relevelled(_B1, "77"), number, "2000B", "HL", 1),
        m("patient's level is 88", relevelled(_C, "88"), number, "2000C", "HL", 1),
        m("level is a word", relevelled(_B0, "TWO"), number, "2000B", "HL", 1),
        m("level is 1 again", relevelled(_B0, "1"), number, "2000B", "HL", 1),
        m("subscriber under nobody", put(_B0, 2, "9"), parent, "2000B", "HL", 2),
        m("subscriber with a patient under nobody", put(_B1, 2, "9"), parent, "2000B", "HL", 2),
        m("patient under the provider", put(_C, 2, "1"), parent, "2000C", "HL", 2),
        m("level without promised patient", put(_B0, 4, "1"), child, "2000B", "HL", 4),
        m("patient that was not promised", put(_B1, 4, "0"), child, "2000B", "HL", 4),
        m("second line is 5", put("LX|2", 1, "5"), K.LINE_NUMBER, "2400", "LX", 1),
        m("first line is 0", put("LX|1", 1, "0"), K.LINE_NUMBER, "2400", "LX", 1),
        m("last line is 1 again", put("LX|3", 1, "1"), K.LINE_NUMBER, "2400", "LX", 1),
        *_elements(
            K.MISSING_ELEMENT,
            (_A, "2000A", 1, ""),
            (_B0, "2000B", 1, ""),
            (_B0, "2000B", 2, ""),
            (_B1, "2000B", 4, ""),
            ("BHT", "ST", 2, ""),
            ("BHT", "ST", 3, ""),
            ("BHT", "ST", 6, ""),
            ("NM1|41", "1000A", 3, ""),
            ("NM1|41", "1000A", 9, ""),
            ("PER", "1000A", 4, ""),
            ("NM1|85", "2010AA", 2, ""),
            ("NM1|85", "2010AA", 3, ""),
            ("NM1|85 > N3", "2010AA", 1, ""),
            ("NM1|85 > N4", "2010AA", 1, ""),
            ("NM1|85 > REF|EI", "2010AA", 2, ""),
            ("SBR", "2000B", 1, ""),
            ("NM1|IL", "2010BA", 3, ""),
            ("NM1|PR", "2010BB", 9, ""),
            ("DMG", "2010BA", 2, ""),
            ("DMG", "2010BA", 3, ""),
            (_C + " > PAT", "2000C", 1, ""),
            ("CLM", "2300", 1, ""),
            ("CLM", "2300", 2, ""),
            ("CLM", "2300", 5, ""),
            ("CLM", "2300", 5, "", 1),
            ("CLM", "2300", 5, "", 3),
            ("CLM", "2300", 7, ""),
            ("HI|ABK", "2300", 1, "", 2),
            ("OI < SBR", "2320", 2, ""),
            ("OI", "2320", 3, ""),
            ("LX|2", "2400", 1, ""),
            ("SVD", "2430", 2, ""),
            ("SVD", "2430", 3, "", 1),
            ("SVD > CAS", "2430", 3, ""),
            ("DTP|472", "2400", 3, ""),
            ("DTP|472", "2400", 2, ""),
        ),
        m(
            "contact kind without number",
            text("PER", "PER*IC*X*TE*5551234567*EX"),
            conditional,
            "1000A",
            "PER",
            6,
        ),
        m(
            "number without contact kind",
            text("PER", "PER*IC*X*TE*5551234567**12"),
            conditional,
            "1000A",
            "PER",
            5,
        ),
        m("number without kind", put("NM1|85", 8, ""), conditional, "2010AA", "NM1", 8),
        m("payments of nothing", text("MOA", "MOA"), conditional, "2320", "MOA", 1),
        m("kind without number", put("NM1|85", 9, ""), conditional, "2010AA", "NM1", 9),
        m("part without country", text("N4", "N4*TOWN******AB"), conditional, "2010AA", "N4", 4),
        m(
            "state, and part of a country",
            text("N4", "N4*TOWN*IL*627019959*CA***AB"),
            K.EXCLUDED,
            "2010AA",
            "N4",
            7,
        ),
        m("state and part", text("N4", "N4*TOWN*IL*627019959*CA***AB"), K.EXCLUDED, "2010AA", "N4", 7),
        m("reason alone", text("SVD > CAS", "CAS*CO*45*1**253"), conditional, "2430", "CAS", 6),
        m("amount without reason", text("SVD > CAS", "CAS*CO*45*1***5"), conditional, "2430", "CAS", 5),
        m("quantity alone", text("SVD > CAS", "CAS*CO*45*1****5"), conditional, "2430", "CAS", 5),
        m(
            "last reason alone",
            text("SVD > CAS", "CAS*CO*45*1" + "*" * 13 + "*253"),
            conditional,
            "2430",
            "CAS",
            18,
        ),
        *_elements(
            K.TOO_MANY_ELEMENTS,
            ("LX|2", "2400", 2, "X"),
            (_B0, "2000B", 5, "0"),
            (_B0, "2000B", 9, "0"),
            ("BHT", "ST", 7, "X"),
            ("OI", "2320", 7, "X"),
            ("DTP|472", "2400", 4, "20260101"),
        ),
        *_elements(
            K.TOO_MANY_COMPONENTS,
            ("CLM", "2300", 5, "{}:1"),
            ("NM1|85", "2010AA", 3, "A:B"),
            ("NM1|IL", "2010BA", 9, "A:B"),
            ("DTP|472", "2400", 3, "20260101:20260102"),
            ("LX|2", "2400", 1, "2:2"),
            ("CLM", "2300", 1, "A:1"),
            ("HI|ABK", "2300", 1, "{}" + ":" * 12 + "X"),
            ("SVD", "2430", 2, "{}:5"),
        ),
        *_elements(
            K.TOO_MANY_REPETITIONS,
            ("NM1|85", "2010AA", 3, "A^B"),
            ("DMG", "2010BA", 3, "F^M"),
            ("HI|ABK", "2300", 1, "{}^ABF:E119"),
            ("CLM", "2300", 1, "{}^2"),
            ("CLM", "2300", 5, "{}^11:B:1"),
            ("CLM", "2300", 2, "{}^5"),
        ),
        *_elements(
            K.TOO_SHORT,
            ("NM1|85 > N4", "2010AA", 1, "A"),
            ("NM1|85 > N4", "2010AA", 3, "62"),
            ("NM1|IL", "2010BA", 9, "1"),
            ("BHT", "ST", 5, "093"),
            ("GS", "GS", 3, "R"),
        ),
        *_elements(
            K.TOO_LONG,
            ("NM1|85", "2010AA", 3, "X" * 61),
            ("NM1|85 > N3", "2010AA", 1, "X" * 56),
            ("NM1|IL", "2010BA", 4, "X" * 36),
            ("NM1|PR", "2010BB", 9, "X" * 81),
            ("CLM", "2300", 1, "X" * 39),
            ("CLM", "2300", 2, "1" * 19),
            ("BHT", "ST", 3, "X" * 51),
            ("LX|2", "2400", 1, "1" * 7),
            ("SVD", "2430", 2, "-" + "1" * 19),
            ("SVD", "2430", 5, "1." + "1" * 15),
            ("DTP|472", "2400", 3, "20260101" * 5),
        ),
        *_elements(
            K.INVALID_CHARACTER,
            ("NM1|85", "2010AA", 3, "GESUNDHEIT ÜBER ALLES"),
            ("NM1|IL", "2010BA", 3, "\u5f90"),
            ("NM1|IL", "2010BA", 3, "A\tB"),
            ("NM1|IL", "2010BA", 4, "A\x1bB"),
            ("NM1|85", "2010AA", 3, "CLINIC "),
            ("CLM", "2300", 1, "A1 "),
            ("CLM", "2300", 1, "  "),
            ("NM1|85 > N3", "2010AA", 1, " "),
            ("NM1|85 > N4", "2010AA", 1, "  "),
            ("NM1|85 > N4", "2010AA", 1, "TOWN  "),
            ("NM1|PR", "2010BB", 3, "PL\x7fAN"),
            ("CLM", "2300", 2, "12A"),
            ("CLM", "2300", 2, "1,000"),
            ("CLM", "2300", 2, "1e5"),
            ("CLM", "2300", 2, "+5"),
            ("CLM", "2300", 2, "--5"),
            ("CLM", "2300", 2, "5-"),
            ("CLM", "2300", 2, "."),
            ("CLM", "2300", 2, "-"),
            ("CLM", "2300", 2, "1.2.3"),
            ("CLM", "2300", 2, "$5"),
            ("CLM", "2300", 2, " 5"),
            ("CLM", "2300", 2, "5 "),
            ("LX|2", "2400", 1, "2.0"),
            ("LX|2", "2400", 1, "B"),
            ("SVD > CAS", "2430", 3, "1/2"),
        ),
        *_elements(
            K.INVALID_CODE,
            (_A, "2000A", 4, "0"),
            (_B0, "2000B", 4, "2"),
            (_C, "2000C", 4, "1"),
            ("BHT", "ST", 2, "99"),
            ("BHT", "ST", 6, "ZZ"),
            ("PER", "1000A", 3, "ZZ"),
            ("NM1|85", "2010AA", 2, "3"),
            ("NM1|85", "2010AA", 8, "24"),
            ("NM1|IL", "2010BA", 8, "XX"),
            ("NM1|PR", "2010BB", 8, "MI"),
            ("SBR", "2000B", 1, "Z"),
            ("SBR", "2000B", 9, "99"),
            ("SBR", "2000B", 9, "ci"),
            ("DMG", "2010BA", 1, "RD8"),
            ("DMG", "2010BA", 3, "X"),
            (_C + " > PAT", "2000C", 1, "99"),
            ("CLM", "2300", 7, "Z"),
            ("CLM", "2300", 8, "X"),
            ("OI", "2320", 3, "X"),
            ("OI < SBR", "2320", 1, "Z"),
            ("HI|ABK", "2300", 1, "QQ", 1),
            ("CLM > REF|EA", "2300", 1, "QQ"),
            ("REF|6R", "2400", 1, "QQ"),
            ("NM1|85 > REF|EI", "2010AA", 1, "QQ"),
            ("SVD", "2430", 3, "QQ", 1),
            ("SVD > CAS", "2430", 1, "QQ"),
            ("SVD > DTP|573", "2430", 1, "572"),
            ("DTP|472", "2400", 2, "DT"),
            ("GS", "GS", 7, "Y"),
            ("ISA", "ISA", 5, "QQ"),
            ("ISA", "ISA", 14, "2"),
            ("ISA", "ISA", 15, "X"),
        ),
        *_elements(
            K.INVALID_DATE,
            ("BHT", "ST", 4, "20261301"),
            ("GS", "GS", 4, "20260230"),
            ("ISA", "ISA", 9, "260230"),
            ("DMG", "2010BA", 2, "19991301"),
            ("DMG", "2010BA", 2, "17000101"),
            ("DMG", "2010BA", 2, "990101"),
            ("DMG", "2010BA", 2, "1999-1-1"),
            ("DTP|472|D8", "2400", 3, "20260230"),
            ("DTP|472|D8", "2400", 3, "20260101-20260102"),
            ("DTP|472|D8", "2400", 3, "202601010930"),
            ("SVD > DTP|573", "2430", 3, "20250229"),
        ),
        m("range is a date", text("DTP|472", "DTP*472*RD8*20260101"), K.INVALID_DATE, "2400", "DTP", 3),
        m("no range", text("DTP|472", "DTP*472*RD8*20260101-20260132"), K.INVALID_DATE, "2400", "DTP", 3),
        m(
            "range of three",
            text("DTP|472", "DTP*472*RD8*20260101-20260102-3"),
            K.INVALID_DATE,
            "2400",
            "DTP",
            3,
        ),
        *_elements(
            K.INVALID_TIME,
            ("BHT", "ST", 5, "2460"),
            ("BHT", "ST", 5, "09A3"),
            ("BHT", "ST", 5, "093061"),
            ("BHT", "ST", 5, "09301"),
            ("GS", "GS", 5, "2400"),
            ("ISA", "ISA", 10, "2500"),
        ),
        *_elements(
            K.UNUSED_ELEMENT,
            (_A, "2000A", 2, "1"),
            ("NM1|85", "2010AA", 6, "DR"),
            ("NM1|41", "1000A", 6, "MR"),
            ("NM1|85 > N4", "2010AA", 5, "X"),
            ("NM1|85 > REF|EI", "2010AA", 3, "TEXT"),
            ("NM1|85 > REF|EI", "2010AA", 4, "EI:1"),
            ("SBR", "2000B", 6, "1"),
            ("DMG", "2010BA", 5, "A"),
            (_C + " > PAT", "2000C", 2, "F"),
            ("CLM", "2300", 3, "MC"),
            ("OI", "2320", 1, "MB"),
        ),
        m("star at the end", text("DMG", "{}*"), K.TRAILING_SEPARATOR, "2010BA", "DMG", 4),
        m("stars at the end", text("DMG", "{}***"), K.TRAILING_SEPARATOR, "2010BA", "DMG", 4),
        m("star at the end of a full one", text(_B0, "{}*"), K.TRAILING_SEPARATOR, "2000B", "HL", 5),
        m("colon at the end", put("CLM", 5, "{}:"), K.TRAILING_SEPARATOR, "2300", "CLM", 5, 4),
        m("colons at the end", put("HI|ABK", 1, "ABK:E119::"), K.TRAILING_SEPARATOR, "2300", "HI", 1, 3),
        m("colons alone", put("NM1|85 > REF|EI", 4, "::"), K.TRAILING_SEPARATOR, "2010AA", "REF", 4),
    ]


# --- the faults of each guide ------------------------------------------------------------------------------


def _professional() -> list[Mutant]:
    m = Mutant
    return [
        *_missing(
            ("service date", "DTP|472", "2400"),
            ("service date of the second line", "LX|2 > DTP|472", "2400"),
            ("drug", "LIN", "2410"),
            ("quantity of a drug", "LIN > CTP", "2410"),
            ("facility", "CLM > NM1|77", "2310C"),
            ("facility address", "CLM > NM1|77 > N3", "2310C"),
            ("facility city", "CLM > NM1|77 > N4", "2310C"),
            ("form", "LQ", "2440"),
        ),
        m("51 lines", lines(51), K.LOOP_REPEATS, "2400", "LX"),
        m("two renderers", again("NM1|82"), K.LOOP_REPEATS, "2310B", "NM1"),
        m("institutional service", after("LX|1", "SV2*0300**5*UN*1"), K.UNKNOWN_SEGMENT, "2400", "SV2"),
        m("statement dates", after("CLM", "DTP*434*D8*20260801"), K.INVALID_CODE, "2300", "DTP", 1),
        m(
            "attending physician",
            after("HI|ABK", "NM1*71*1*A*B****XX*1999271178"),
            K.INVALID_CODE,
            "2310A",
            "NM1",
            1,
        ),
        m(
            "seven forms' worth of nothing",
            text("LQ > FRM", "FRM*1A"),
            K.CONDITIONAL_MISSING,
            "2440",
            "FRM",
            2,
        ),
        m("weight without unit", put("SV1 > CR1|LB", 1, ""), K.CONDITIONAL_MISSING, "2400", "CR1", 1),
        m("unit without weight", put("SV1 > CR1|LB", 2, ""), K.CONDITIONAL_MISSING, "2400", "CR1", 2),
        *_elements(
            K.MISSING_ELEMENT,
            ("CLM", "2300", 6, ""),
            ("CLM", "2300", 9, ""),
            ("SV1", "2400", 1, ""),
            ("SV1", "2400", 1, "", 1),
            ("SV1", "2400", 1, "", 2),
            ("SV1", "2400", 2, ""),
            ("SV1", "2400", 3, ""),
            ("SV1", "2400", 4, ""),
            ("SV1", "2400", 7, ""),
            ("MEA", "2400", 3, ""),
        ),
        *_elements(
            K.INVALID_CODE,
            ("CLM", "2300", 5, "00", 1),
            ("CLM", "2300", 5, "A", 2),
            ("SV1", "2400", 1, "QQ", 1),
            ("SV1", "2400", 3, "XX"),
            ("SV1", "2400", 5, "00"),
            ("SV1", "2400", 7, "13", 1),
            ("SV1", "2400", 9, "X"),
            ("MEA", "2400", 2, "XX"),
            ("CRC|07", "2300", 3, "99"),
        ),
        *_elements(
            K.UNUSED_ELEMENT, ("SVD", "2430", 4, "0"), ("SV1", "2400", 6, "A"), ("SV1", "2400", 1, "X", 8)
        ),
        m("number with hyphens", after("DMG", "REF*SY*123-45-6789"), K.PATTERN, "2010BA", "REF", 2),
        *_elements(K.TOO_MANY_ELEMENTS, ("SV1", "2400", 22, "X")),
        *_elements(K.TOO_MANY_COMPONENTS, ("SV1", "2400", 7, "1:2:3:4:5"), ("SV1", "2400", 2, "5:5")),
        *_elements(K.TOO_MANY_REPETITIONS, ("SV1", "2400", 1, "{}^HC:99213"), ("SV1", "2400", 7, "1^2")),
        *_elements(K.TOO_SHORT, ("SV1", "2400", 1, "A", 3)),
        *_elements(K.TOO_LONG, ("SV1", "2400", 1, "ABC", 3), ("SV1", "2400", 4, "1" * 16)),
        *_elements(K.INVALID_CHARACTER, ("SV1", "2400", 2, "10.O0"), ("SV1", "2400", 1, "99213 ", 2)),
        *_elements(K.INVALID_DATE, ("CLM > DTP|435", "2300", 3, "20260431")),
        m(
            "modifiers end in colons",
            text("SV1", "SV1*HC:99213::*5*UN*1***1"),
            K.TRAILING_SEPARATOR,
            "2400",
            "SV1",
            1,
            3,
        ),
    ]


def _institutional() -> list[Mutant]:
    m = Mutant
    return [
        *_missing(
            ("codes of the stay", "CL1", "2300"),
            ("quantity of a drug", "LIN > CTP", "2410"),
            ("drug", "LIN", "2410"),
            ("attending physician", "NM1|71", "2310A"),
            ("facility", "CLM > NM1|77", "2310E"),
            ("facility address", "CLM > NM1|77 > N3", "2310E"),
            ("facility city", "CLM > NM1|77 > N4", "2310E"),
        ),
        m("no statement dates", gone("CLM > DTP|434", then="CL1"), K.MISSING_SEGMENT, "2300", "DTP"),
        m("1000 lines", lines(1000), K.LOOP_REPEATS, "2400", "LX"),
        m("two attending physicians", again("NM1|71"), K.LOOP_REPEATS, "2310A", "NM1"),
        m("professional service", after("LX|1", "SV1*HC:99213*5*UN*1***1"), K.UNKNOWN_SEGMENT, "2400", "SV1"),
        m("codes of the stay too late", moved("CL1", "HI|ABK"), K.OUT_OF_SEQUENCE, "2300", "CL1"),
        m("three times other diagnoses", again("HI|ABF", 2), K.SEGMENT_REPEATS, "2300", "HI"),
        *_elements(
            K.MISSING_ELEMENT,
            ("CLM", "2300", 5, "", 2),
            ("CL1", "2300", 3, ""),
            ("SV2", "2400", 1, ""),
            ("SV2.*HC", "2400", 2, "", 2),
            ("SV2", "2400", 3, ""),
            ("SV2", "2400", 4, ""),
            ("SV2", "2400", 5, ""),
            ("HI|BH", "2300", 1, "", 2),
            ("HI|BH", "2300", 1, "", 4),
        ),
        *_elements(
            K.INVALID_CODE,
            ("CLM", "2300", 5, "B", 2),
            ("CLM", "2300", 9, "X"),
            ("SV2.*HC", "2400", 2, "QQ", 1),
            ("SV2", "2400", 4, "MJ"),
            ("HI|BH", "2300", 1, "D9", 3),
            ("HI|BI", "2300", 1, "QQ", 1),
            ("NM1|71", "2310A", 2, "2"),
        ),
        *_elements(
            K.INVALID_DATE,
            ("HI|BH", "2300", 1, "20260230", 4),
            ("HI|BI", "2300", 1, "20260101", 4),
            ("HI|BB", "2300", 1, "20269901", 4),
            ("CLM > DTP|434", "2300", 3, "20260728"),
            ("CLM > DTP|435|DT", "2300", 3, "202607282460"),
            ("CLM > DTP|435|DT", "2300", 3, "20260728"),
        ),
        *_elements(K.INVALID_TIME, ("DTP|096", "2300", 3, "2500"), ("DTP|096", "2300", 3, "9")),
        *_elements(
            K.UNUSED_ELEMENT, ("CLM", "2300", 6, "Y"), ("SV2", "2400", 6, "5"), ("CL1", "2300", 4, "1")
        ),
        *_elements(K.TOO_MANY_ELEMENTS, ("SV2", "2400", 11, "X"), ("CL1", "2300", 5, "X")),
        *_elements(K.TOO_MANY_COMPONENTS, ("SV2", "2400", 1, "0300:1")),
        *_elements(K.TOO_LONG, ("CL1", "2300", 3, "123"), ("SV2.*HC", "2400", 2, "ABC", 3)),
        *_elements(K.INVALID_CHARACTER, ("SV2", "2400", 3, "5,00"), ("HI|BE", "2300", 1, "A", 5)),
    ]


@cache
def mutants(claim_type: str) -> tuple[Mutant, ...]:
    """Return the faults of a type of claim."""
    if claim_type == "professional":
        return (*_common("SV1"), *_professional())
    return (*_common("SV2"), *_institutional())
