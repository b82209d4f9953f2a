"""Faults of institutional claims."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import after, again, gone, lines, moved
from tests.guides.mutants.table import Mutant, elements, faults, missing


def of_institutional() -> list[Mutant]:
    """Return the faults that only this guide has."""
    return [*_of_place(), *_of_value()]


def _of_place() -> list[Mutant]:
    return [
        *missing(
            ("codes of the stay", "CL1", "2300"),
            ("quantity of a drug", "LIN > CTP", "2410"),
            ("drug", "LIN", "2410"),
            ("attending physician", "NM1|71", "2310A"),
            ("facility", "CLM > NM1|77", "2310E"),
            ("facility address", "CLM > NM1|77 > N3", "2310E"),
            ("facility city", "CLM > NM1|77 > N4", "2310E"),
        ),
        *faults(
            Kind.MISSING_SEGMENT,
            ("no statement dates", gone("CLM > DTP|434", then="CL1"), "2300", "DTP"),
        ),
        *faults(
            Kind.LOOP_REPEATS,
            ("1000 lines", lines(1000), "2400", "LX"),
            ("two attending physicians", again("NM1|71"), "2310A", "NM1"),
        ),
        *faults(
            Kind.UNKNOWN_SEGMENT,
            ("professional service", after("LX|1", "SV1*HC:99213*5*UN*1***1"), "2400", "SV1"),
        ),
        *faults(Kind.OUT_OF_SEQUENCE, ("codes of the stay too late", moved("CL1", "HI|ABK"), "2300", "CL1")),
        *faults(Kind.SEGMENT_REPEATS, ("three times other diagnoses", again("HI|ABF", 2), "2300", "HI")),
    ]


def _of_value() -> list[Mutant]:
    return [
        *elements(
            Kind.MISSING_ELEMENT,
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
        *elements(
            Kind.INVALID_CODE,
            ("CLM", "2300", 5, "B", 2),
            ("CLM", "2300", 9, "X"),
            ("SV2.*HC", "2400", 2, "QQ", 1),
            ("SV2", "2400", 4, "MJ"),
            ("SVD", "2430", 3, "QQ", 1),
            ("HI|BH", "2300", 1, "D9", 3),
            ("HI|BI", "2300", 1, "QQ", 1),
            ("NM1|71", "2310A", 2, "2"),
        ),
        *elements(
            Kind.INVALID_DATE,
            ("HI|BH", "2300", 1, "20260230", 4),
            ("HI|BI", "2300", 1, "20260101", 4),
            ("HI|BB", "2300", 1, "20269901", 4),
            ("CLM > DTP|434", "2300", 3, "20260728"),
            ("CLM > DTP|435|DT", "2300", 3, "202607282460"),
            ("CLM > DTP|435|DT", "2300", 3, "20260728"),
        ),
        *elements(Kind.INVALID_TIME, ("DTP|096", "2300", 3, "2500"), ("DTP|096", "2300", 3, "9")),
        *elements(
            Kind.UNUSED_ELEMENT,
            ("CLM", "2300", 6, "Y"),
            ("SV2", "2400", 6, "5"),
            ("CL1", "2300", 4, "1"),
        ),
        *elements(Kind.TOO_MANY_ELEMENTS, ("SV2", "2400", 11, "X"), ("CL1", "2300", 5, "X")),
        *elements(Kind.TOO_MANY_COMPONENTS, ("SV2", "2400", 1, "0300:1")),
        *elements(Kind.TOO_LONG, ("CL1", "2300", 3, "123"), ("SV2.*HC", "2400", 2, "ABC", 3)),
        *elements(Kind.INVALID_CHARACTER, ("SV2", "2400", 3, "5,00"), ("HI|BE", "2300", 1, "A", 5)),
    ]
