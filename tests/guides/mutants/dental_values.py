"""Faults of values in dental claims: services, teeth and surfaces, orthodontics, codes of their own."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import after, put, text
from tests.guides.mutants.table import Mutant, elements, faults


def of_value_in_dental() -> list[Mutant]:
    """Return the faults that only this guide has."""
    return [*_absent(), *_invalid_codes(), *_wrong_forms(), *_wrong_lengths(), *_too_much(), *_needless()]


def _absent() -> list[Mutant]:
    return [
        *elements(
            Kind.MISSING_ELEMENT,
            ("CLM", "2300", 5, "", 2),
            ("CLM", "2300", 6, ""),
            ("CLM", "2300", 9, ""),
            ("CLM.*AA", "2300", 11, "", 1),
            ("SV3", "2400", 1, ""),
            ("SV3", "2400", 1, "", 1),
            ("SV3", "2400", 1, "", 2),
            ("SV3", "2400", 2, ""),
            ("TOO", "2400", 1, ""),
            ("TOO", "2400", 2, ""),
            ("DN2", "2300", 1, ""),
            ("DN2", "2300", 2, ""),
            ("DN2", "2300", 6, ""),
            ("DTP|452", "2300", 3, ""),
            ("DTP|441", "2400", 2, ""),
            ("PWK", "2300", 1, ""),
            ("PWK", "2300", 2, ""),
            ("CN1", "2300", 1, ""),
            ("AMT|F5", "2300", 2, ""),
            ("REF|D9", "2300", 2, ""),
            ("HI|.*ABF", "2300", 2, "", 2),
            ("PRV|PE", "2310B", 3, ""),
        ),
        *faults(
            Kind.MISSING_ELEMENT,
            ("second area without the first", put("SV3", 4, ":10"), "2400", "SV3", 4, 1),
            ("second pointer without the first", put("SV3", 11, ":2"), "2400", "SV3", 11, 1),
            ("second surface without the first", text("TOO", "TOO*JP*3*:M"), "2400", "TOO", 3, 1),
        ),
        *faults(
            Kind.CONDITIONAL_MISSING,
            ("orthodontics of nothing", text("DN1", "DN1"), "2300", "DN1", 1),
            ("attachment's number without its kind", put("PWK.*|AC|", 5, ""), "2300", "PWK", 5),
            ("attachment's kind without a number", text("PWK", "PWK*RB*EL***AC"), "2300", "PWK", 6),
            ("kind of repriced procedure alone", text("LX / HCP", "HCP*03*5*******AD"), "2400", "HCP", 10),
            ("unit of repricing alone", text("LX / HCP", "HCP*03*5" + "*" * 9 + "UN"), "2400", "HCP", 12),
            ("renderer's number without its kind", put("NM1|82", 8, ""), "2310B", "NM1", 8),
        ),
    ]


def _invalid_codes() -> list[Mutant]:
    return elements(
        Kind.INVALID_CODE,
        ("CLM", "2300", 5, "00", 1),
        ("CLM", "2300", 5, "A", 2),
        ("CLM", "2300", 6, "X"),
        ("CLM", "2300", 9, "N"),
        ("CLM", "2300", 11, "AP", 1),
        ("CLM", "2300", 12, "09"),
        ("CLM", "2300", 19, "PA"),
        ("CLM", "2300", 20, "12"),
        ("SBR", "2000B", 2, "01"),
        ("DN1", "2300", 4, "N"),
        ("DN2", "2300", 2, "I"),
        ("DN2", "2300", 6, "JO"),
        ("PWK", "2300", 1, "CT"),
        ("PWK", "2300", 2, "NS"),
        ("CN1", "2300", 1, "07"),
        ("NTE|ADD", "2300", 1, "DCP"),
        ("DTP|452", "2300", 2, "RD8"),
        ("HI|ABK", "2300", 1, "ABF", 1),
        ("HI|.*ABF", "2300", 2, "ABK", 1),
        ("HCP", "2300", 1, "15"),
        ("HCP", "2300", 13, "T7"),
        ("CLM > NM1|77", "2310C", 2, "1"),
        ("CLM > NM1|DQ", "2310E", 2, "2"),
        ("CLM > PRV|PE", "2310B", 1, "RF"),
        ("CLM > PRV|PE", "2310B", 2, "ZZ"),
        ("NM1|PE", "2010AC", 8, "XX"),
        ("SV3", "2400", 1, "HC", 1),
        ("SV3", "2400", 3, "00"),
        ("SV3", "2400", 5, "X"),
        ("SV3", "2400", 11, "5", 1),
        (r"SV3.*|\d:\d", "2400", 11, "A", 2),
        ("TOO", "2400", 1, "JO"),
        ("TOO", "2400", 3, "X", 1),
        ("TOO.*|.*|M", "2400", 3, "P", 2),
        ("AMT|T", "2400", 1, "GT"),
    )


def _wrong_forms() -> list[Mutant]:
    return [
        *elements(
            Kind.PATTERN,
            ("SV3", "2400", 1, "99213", 2),
            ("SV3", "2400", 1, "D213", 2),
            ("SV3", "2400", 1, "d2392", 2),
            ("HI|ABK", "2300", 1, "K02.62", 2),
            ("NM1|82", "2310B", 9, "199927117"),
            ("PRV|PE", "2310B", 3, "122300000"),
            ("NM1|85 > REF|EI", "2010AA", 2, "36-9999999"),
            ("PER|IC|TEST", "1000A", 4, "217-555-0111"),
        ),
        *faults(
            Kind.PATTERN,
            ("number with hyphens", after("DMG", "REF*SY*123-45-6789"), "2010BA", "REF", 2),
        ),
        *elements(
            Kind.INVALID_CHARACTER,
            ("SV3", "2400", 2, "10.O0"),
            ("SV3", "2400", 6, "ONE"),
            ("SV3", "2400", 1, "D2392 ", 2),
            ("DN1", "2300", 1, "TWELVE"),
            ("DN2", "2300", 1, "3 "),
            ("TOO", "2400", 2, "14 "),
        ),
        *elements(
            Kind.INVALID_DATE,
            ("CLM > DTP|452", "2300", 3, "20260230"),
            ("CLM > DTP|439", "2300", 3, "2026071"),
            ("CLM > DTP|050", "2300", 3, "260705"),
            ("DTP|441", "2400", 3, "20150001"),
            ("DTP|446", "2400", 3, "20260805-20260806"),
            ("DTP|196", "2400", 3, "20261306"),
            ("DTP|198", "2400", 3, "202608070930"),
        ),
    ]


def _wrong_lengths() -> list[Mutant]:
    return [
        *elements(
            Kind.TOO_LONG,
            ("CLM", "2300", 2, "1" * 11),
            ("AMT|F5", "2300", 2, "1" * 11),
            ("SV3", "2400", 2, "1" * 11),
            ("SV3", "2400", 6, "1" * 16),
            ("SV3", "2400", 1, "ABC", 3),
            ("SV3", "2400", 1, "X" * 81, 7),
            ("SV3", "2400", 4, "1000", 1),
            ("TOO", "2400", 2, "X" * 31),
            ("DN1", "2300", 1, "1" * 16),
            ("DN2", "2300", 1, "X" * 51),
            ("REF|D9", "2300", 2, "X" * 51),
        ),
        *elements(Kind.TOO_SHORT, ("SV3", "2400", 1, "A", 3)),
    ]


def _too_much() -> list[Mutant]:
    return [
        *elements(
            Kind.TOO_MANY_ELEMENTS,
            ("SV3", "2400", 12, "X"),
            ("TOO", "2400", 4, "X"),
            ("DN1", "2300", 5, "X"),
            ("DN2", "2300", 7, "X"),
        ),
        *elements(
            Kind.TOO_MANY_COMPONENTS,
            ("SV3", "2400", 1, "AD:D2392" + ":" * 7 + "X"),
            ("SV3", "2400", 2, "5:5"),
            ("SV3", "2400", 4, "10:20:30:40:00:01"),
            ("SV3", "2400", 11, "1:2:3:4:1"),
            ("TOO", "2400", 2, "14:15"),
            ("TOO", "2400", 3, "M:O:D:B:L:F"),
            ("DN2", "2300", 1, "3:4"),
        ),
        *elements(
            Kind.TOO_MANY_REPETITIONS,
            ("SV3", "2400", 1, "{}^AD:D2392"),
            ("SV3", "2400", 4, "10^20"),
            ("SV3", "2400", 11, "1^2"),
            ("TOO", "2400", 2, "14^15"),
            ("TOO", "2400", 3, "M^O"),
            ("DN2", "2300", 1, "3^4"),
        ),
    ]


def _needless() -> list[Mutant]:
    return [
        *elements(
            Kind.UNUSED_ELEMENT,
            ("NM1|85", "2010AA", 7, "JR"),
            ("CLM", "2300", 10, "P"),
            ("CLM", "2300", 18, "Y"),
            ("DN1", "2300", 3, "Y"),
            ("DN2", "2300", 3, "1"),
            ("DN2", "2300", 4, "D8"),
            ("PWK", "2300", 7, "WORDS"),
            ("HI|ABK", "2300", 5, "ABF:K0251"),
            ("HI|ABK", "2300", 1, "D8", 3),
            ("REF|D9", "2300", 3, "WORDS"),
            ("REF|D9", "2300", 4, "2U:1"),
            ("HCP", "2300", 9, "AD"),
            ("SV3", "2400", 1, "X", 8),
            ("SV3", "2400", 7, "WORDS"),
            ("SV3", "2400", 8, "1"),
            ("SV3", "2400", 10, "Y"),
            ("SVD", "2430", 4, "0"),
        ),
        *faults(
            Kind.TRAILING_SEPARATOR,
            ("modifiers end in colons", text("SV3", "SV3*AD:D2392::*5"), "2400", "SV3", 1, 3),
            ("tooth without surfaces, and a star", text("TOO", "TOO*JP*3*"), "2400", "TOO", 3),
            ("surfaces end in a colon", text("TOO", "TOO*JP*3*M:"), "2400", "TOO", 3, 2),
            ("colons for areas of the mouth", put("SV3", 4, "::"), "2400", "SV3", 4),
            ("orthodontics end in stars", text("DN1", "DN1*24*12**"), "2300", "DN1", 3),
        ),
    ]
