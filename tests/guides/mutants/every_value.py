"""Faults of values that every guide has: what is missing, too much, too long, of the wrong kind, not used."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import REPLACES, put, text
from tests.guides.mutants.table import LEVEL_A, LEVEL_B0, LEVEL_B1, LEVEL_C, Mutant, elements, faults


def of_value() -> list[Mutant]:
    """Return the faults."""
    return [*_absent(), *_too_much(), *_of_wrong_length(), *_of_wrong_kind(), *_needless()]


def _absent() -> list[Mutant]:
    return [
        *elements(
            Kind.MISSING_ELEMENT,
            (LEVEL_A, "2000A", 1, ""),
            (LEVEL_B0, "2000B", 1, ""),
            (LEVEL_B0, "2000B", 2, ""),
            (LEVEL_B1, "2000B", 4, ""),
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
            (LEVEL_C + " > PAT", "2000C", 1, ""),
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
        *faults(
            Kind.CONDITIONAL_MISSING,
            ("contact kind without number", text("PER", "PER*IC*X*TE*5551234567*EX"), "1000A", "PER", 6),
            ("number without contact kind", text("PER", "PER*IC*X*TE*5551234567**12"), "1000A", "PER", 5),
            ("number without kind", put("NM1|85", 8, ""), "2010AA", "NM1", 8),
            ("kind without number", put("NM1|85", 9, ""), "2010AA", "NM1", 9),
            ("payments of nothing", text("MOA", "MOA"), "2320", "MOA", 1),
            ("part without country", text("N4", "N4*TOWN******AB"), "2010AA", "N4", 4),
            ("reason alone", text("SVD > CAS", "CAS*CO*45*1**253"), "2430", "CAS", 6),
            ("amount without reason", text("SVD > CAS", "CAS*CO*45*1***5"), "2430", "CAS", 5),
            ("amount and quantity alone", text("SVD > CAS", "CAS*CO*45*1***23*22"), "2430", "CAS", 5),
            ("quantity alone", text("SVD > CAS", "CAS*CO*45*1****5"), "2430", "CAS", 5),
            ("last reason alone", text("SVD > CAS", "CAS*CO*45*1" + "*" * 13 + "*253"), "2430", "CAS", 18),
        ),
    ]


def _too_much() -> list[Mutant]:
    return [
        *faults(
            Kind.EXCLUDED,
            ("state, and part of a country", text("N4", "N4*TOWN*IL*627019959*CA***AB"), "2010AA", "N4", 7),
        ),
        *elements(
            Kind.TOO_MANY_ELEMENTS,
            ("LX|2", "2400", 2, "X"),
            (LEVEL_B0, "2000B", 5, "0"),
            (LEVEL_B0, "2000B", 9, "0"),
            ("BHT", "ST", 7, "X"),
            ("OI", "2320", 7, "X"),
            ("DTP|472", "2400", 4, "20260101"),
        ),
        *elements(
            Kind.TOO_MANY_COMPONENTS,
            ("CLM", "2300", 5, "{}:1"),
            ("NM1|85", "2010AA", 3, "A:B"),
            ("NM1|IL", "2010BA", 9, "A:B"),
            ("DTP|472", "2400", 3, "20260101:20260102"),
            ("LX|2", "2400", 1, "2:2"),
            ("CLM", "2300", 1, "A:1"),
            ("HI|ABK", "2300", 1, "{}" + ":" * 12 + "X"),
            ("SVD", "2430", 2, "{}:5"),
        ),
        *elements(
            Kind.TOO_MANY_REPETITIONS,
            ("NM1|85", "2010AA", 3, "A^B"),
            ("DMG", "2010BA", 3, "F^M"),
            ("HI|ABK", "2300", 1, "{}^ABF:E119"),
            ("CLM", "2300", 1, "{}^2"),
            ("CLM", "2300", 5, "{}^11:B:1"),
            ("CLM", "2300", 2, "{}^5"),
        ),
    ]


def _of_wrong_length() -> list[Mutant]:
    return [
        *elements(
            Kind.TOO_SHORT,
            ("NM1|85 > N4", "2010AA", 1, "A"),
            ("NM1|85 > N4", "2010AA", 3, "62"),
            ("NM1|IL", "2010BA", 9, "1"),
            ("BHT", "ST", 5, "093"),
            ("GS", "GS", 3, "R"),
        ),
        *elements(
            Kind.TOO_LONG,
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
    ]


def _of_wrong_kind() -> list[Mutant]:
    return [
        *elements(
            Kind.INVALID_CHARACTER,
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
        *elements(
            Kind.INVALID_CODE,
            (LEVEL_A, "2000A", 4, "0"),
            (LEVEL_B0, "2000B", 4, "2"),
            (LEVEL_C, "2000C", 4, "1"),
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
            (LEVEL_C + " > PAT", "2000C", 1, "99"),
            ("CLM", "2300", 7, "Z"),
            ("CLM", "2300", 8, "X"),
            ("OI", "2320", 3, "X"),
            ("OI < SBR", "2320", 1, "Z"),
            ("HI|ABK", "2300", 1, "QQ", 1),
            (REPLACES + " > REF|F8", "2300", 1, "QQ"),
            ("REF|6R", "2400", 1, "QQ"),
            ("NM1|85 > REF|EI", "2010AA", 1, "QQ"),
            ("SVD > CAS", "2430", 1, "QQ"),
            ("SVD > DTP|573", "2430", 1, "572"),
            ("DTP|472", "2400", 2, "DT"),
            ("GS", "GS", 7, "Y"),
            ("ISA", "ISA", 5, "QQ"),
            ("ISA", "ISA", 14, "2"),
            ("ISA", "ISA", 15, "X"),
        ),
        *elements(
            Kind.INVALID_DATE,
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
        *faults(
            Kind.INVALID_DATE,
            ("range is a date", text("DTP|472", "DTP*472*RD8*20260101"), "2400", "DTP", 3),
            ("no range", text("DTP|472", "DTP*472*RD8*20260101-20260132"), "2400", "DTP", 3),
            ("range of three", text("DTP|472", "DTP*472*RD8*20260101-20260102-3"), "2400", "DTP", 3),
        ),
        *elements(
            Kind.INVALID_TIME,
            ("BHT", "ST", 5, "2460"),
            ("BHT", "ST", 5, "09A3"),
            ("BHT", "ST", 5, "093061"),
            ("BHT", "ST", 5, "09301"),
            ("GS", "GS", 5, "2400"),
            ("ISA", "ISA", 10, "2500"),
        ),
    ]


def _needless() -> list[Mutant]:
    return [
        *elements(
            Kind.UNUSED_ELEMENT,
            (LEVEL_A, "2000A", 2, "1"),
            ("NM1|85", "2010AA", 6, "DR"),
            ("NM1|41", "1000A", 6, "MR"),
            ("NM1|85 > N4", "2010AA", 5, "X"),
            ("NM1|85 > REF|EI", "2010AA", 3, "TEXT"),
            ("NM1|85 > REF|EI", "2010AA", 4, "EI:1"),
            ("SBR", "2000B", 6, "1"),
            ("DMG", "2010BA", 5, "A"),
            (LEVEL_C + " > PAT", "2000C", 2, "F"),
            ("CLM", "2300", 3, "MC"),
            ("OI", "2320", 1, "MB"),
        ),
        *faults(
            Kind.TRAILING_SEPARATOR,
            ("star at the end", text("DMG", "{}*"), "2010BA", "DMG", 4),
            ("stars at the end", text("DMG", "{}***"), "2010BA", "DMG", 4),
            ("star at the end of a full one", text(LEVEL_B0, "{}*"), "2000B", "HL", 5),
            ("colon at the end", put("CLM", 5, "{}:"), "2300", "CLM", 5, 4),
            ("colons at the end", put("HI|ABK", 1, "ABK:E119::"), "2300", "HI", 1, 3),
            ("colons alone", put("NM1|85 > REF|EI", 4, "::"), "2010AA", "REF", 4),
        ),
    ]
