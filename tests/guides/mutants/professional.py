"""Faults of professional claims."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import after, again, gone, lines, put, text
from tests.guides.mutants.table import Mutant, elements, faults, missing


def of_professional() -> list[Mutant]:
    """Return the faults that only this guide has."""
    return [*_of_place(), *_of_value()]


def _of_place() -> list[Mutant]:
    return [
        *missing(
            ("service date", "DTP|472", "2400"),
            ("service date of the second line", "LX|2 > DTP|472", "2400"),
            ("drug", "LIN", "2410"),
            ("quantity of a drug", "LIN > CTP", "2410"),
            ("facility", "CLM > NM1|77", "2310C"),
            ("facility address", "CLM > NM1|77 > N3", "2310C"),
            ("facility city", "CLM > NM1|77 > N4", "2310C"),
            ("form", "LQ", "2440"),
        ),
        *faults(
            Kind.MISSING_SEGMENT,
            ("claim, of which numbers are left", gone("CLM", then="REF|", without="SBR"), "2300", "CLM"),
        ),
        *faults(
            Kind.LOOP_REPEATS,
            ("51 lines", lines(51), "2400", "LX"),
            ("two renderers", again("NM1|82"), "2310B", "NM1"),
        ),
        *faults(
            Kind.UNKNOWN_SEGMENT,
            ("institutional service", after("LX|1", "SV2*0300**5*UN*1"), "2400", "SV2"),
        ),
        *faults(
            Kind.INVALID_CODE,
            ("statement dates", after("CLM", "DTP*434*D8*20260801"), "2300", "DTP", 1),
            ("attending physician", after("HI|ABK", "NM1*71*1*A*B****XX*1999271178"), "2310A", "NM1", 1),
        ),
    ]


def _of_value() -> list[Mutant]:
    return [
        *elements(
            Kind.MISSING_ELEMENT,
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
        *faults(
            Kind.CONDITIONAL_MISSING,
            ("seven forms' worth of nothing", text("LQ > FRM", "FRM*1A"), "2440", "FRM", 2),
            ("weight without unit", put("SV1 > CR1|LB", 1, ""), "2400", "CR1", 1),
            ("unit without weight", put("SV1 > CR1|LB", 2, ""), "2400", "CR1", 2),
        ),
        *elements(
            Kind.INVALID_CODE,
            ("CLM", "2300", 5, "00", 1),
            ("CLM", "2300", 5, "A", 2),
            ("SV1", "2400", 1, "QQ", 1),
            ("SV1", "2400", 3, "XX"),
            ("SV1", "2400", 5, "00"),
            ("SV1", "2400", 7, "13", 1),
            ("SV1", "2400", 9, "X"),
            ("SVD", "2430", 3, "QQ", 1),
            ("MEA", "2400", 2, "XX"),
            ("CRC|07", "2300", 3, "99"),
        ),
        *elements(
            Kind.UNUSED_ELEMENT,
            ("SVD", "2430", 4, "0"),
            ("SV1", "2400", 6, "A"),
            ("SV1", "2400", 1, "X", 8),
        ),
        *faults(
            Kind.PATTERN,
            ("number with hyphens", after("DMG", "REF*SY*123-45-6789"), "2010BA", "REF", 2),
        ),
        *elements(Kind.TOO_MANY_ELEMENTS, ("SV1", "2400", 22, "X")),
        *elements(Kind.TOO_MANY_COMPONENTS, ("SV1", "2400", 7, "1:2:3:4:5"), ("SV1", "2400", 2, "5:5")),
        *elements(Kind.TOO_MANY_REPETITIONS, ("SV1", "2400", 1, "{}^HC:99213"), ("SV1", "2400", 7, "1^2")),
        *elements(Kind.TOO_SHORT, ("SV1", "2400", 1, "A", 3)),
        *elements(Kind.TOO_LONG, ("SV1", "2400", 1, "ABC", 3), ("SV1", "2400", 4, "1" * 16)),
        *elements(Kind.INVALID_CHARACTER, ("SV1", "2400", 2, "10.O0"), ("SV1", "2400", 1, "99213 ", 2)),
        *elements(Kind.INVALID_DATE, ("CLM > DTP|435", "2300", 3, "20260431")),
        *faults(
            Kind.TRAILING_SEPARATOR,
            ("modifiers end in colons", text("SV1", "SV1*HC:99213::*5*UN*1***1"), "2400", "SV1", 1, 3),
        ),
    ]
