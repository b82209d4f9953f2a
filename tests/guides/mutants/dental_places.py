"""Faults of place in dental claims: teeth, orthodontics, dates, providers, what other claims have."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import REPLACES, after, again, before, block, gone, lines, moved, swapped
from tests.guides.mutants.table import LEVEL_B, Mutant, faults, missing

#: What may follow the loop of a provider, as a target.
_NEXT = "[NSLCH][MBXEL][1R|M]"


def of_place_in_dental() -> list[Mutant]:
    """Return the faults that only this guide has."""
    return [*_missing(), *_not_dental(), *_too_late(), *_segments_repeated(), *_loops_repeated()]


def _missing() -> list[Mutant]:
    others = (
        ("referrer", "DN", "2330C"),
        ("renderer", "82", "2330D"),
        ("supervisor", "DQ", "2330E"),
        ("biller", "85", "2330F"),
        ("facility", "77", "2330G"),
        ("assistant", "DD", "2330H"),
    )
    numbers = (
        (f"no number of another payer's {name}", gone(f"NM1|{code}|.$ > REF", then="(?!REF)"), loop, "REF")
        for name, code, loop in others
    )
    return [*_missing_here(), *faults(Kind.MISSING_SEGMENT, *numbers)]


def _missing_here() -> list[Mutant]:
    return missing(
        ("specialty of the renderer", "CLM > NM1|82 > PRV|PE", "2310B"),
        ("specialty of the assistant", "CLM > NM1|DD > PRV|AS", "2310D"),
        ("specialty of a line's renderer", "LX / NM1|82 > PRV|PE", "2420A"),
        ("facility", "CLM > NM1|77", "2310C"),
        ("facility address", "CLM > NM1|77 > N3", "2310C"),
        ("facility city", "CLM > NM1|77 > N4", "2310C"),
        ("location of a line", "LX / NM1|77", "2420D"),
        ("address of a line's location", "LX / NM1|77 > N3", "2420D"),
        ("city of a line's location", "LX / NM1|77 > N4", "2420D"),
    )


def _not_dental() -> list[Mutant]:
    """What other claims have: the segment is unknown, or its qualifier is."""
    return [
        *faults(
            Kind.UNKNOWN_SEGMENT,
            ("professional service", after("LX|1", "SV1*HC:99213*5*UN*1***1"), "2400", "SV1"),
            ("institutional service", after("LX|1", "SV2*0300**5*UN*1"), "2400", "SV2"),
            ("drug", after("SV3", "LIN**N4*12345678901"), "2400", "LIN"),
            ("codes of a stay", after("CLM", "CL1*1*1*01"), "2300", "CL1"),
            ("ambulance", after("CLM", "CR1*LB*150*A*DH*8"), "2300", "CR1"),
            ("condition", after("CLM", "CRC*07*Y*01"), "2300", "CRC"),
            ("inpatient adjudication", after("OI", "MIA*1"), "2320", "MIA"),
        ),
        *faults(
            Kind.INVALID_CODE,
            ("statement dates", after("CLM", "DTP*434*RD8*20260801-20260802"), "2300", "DTP", 1),
            ("onset", after("CLM", "DTP*431*D8*20260801"), "2300", "DTP", 1),
            ("medical record number", after("CLM", "REF*EA*1234"), "2300", "REF", 1),
            ("shipped date", after("SV3", "DTP*011*D8*20260801"), "2400", "DTP", 1),
            ("mammography", after("REF|6R", "REF*EW*1234"), "2400", "REF", 1),
            ("attending physician", after("HI|ABK", "NM1*71*1*A*B****XX*1999271178"), "2310A", "NM1", 1),
            ("purchased service", after("REF|6R", "NM1*QB*2******XX*1999271178"), "2420A", "NM1", 1),
        ),
        *faults(
            Kind.UNEXPECTED_SEGMENT,
            ("orthodontics in the header", after("NM1|40", "DN1*24*12"), "1000B", "DN1"),
            ("tooth in the header", after("BHT", "TOO*JP*3"), "ST", "TOO"),
            ("tooth in a level", after(LEVEL_B, "TOO*JP*3"), "2000B", "TOO"),
            ("tooth in a claim", before("CLM > HI", "TOO*JP*3"), "2300", "TOO"),
        ),
    ]


def _too_late() -> list[Mutant]:
    return faults(
        Kind.OUT_OF_SEQUENCE,
        ("orthodontics after teeth", swapped("DN1", "DN2"), "2300", "DN1"),
        ("orthodontics after the diagnosis", swapped("DN1", "HI"), "2300", "DN1"),
        ("orthodontics in a line", after("SV3", "DN1*24*12"), "2300", "DN1"),
        ("date after orthodontics", swapped("DTP|452", "DN1"), "2300", "DTP"),
        ("teeth after the diagnosis", moved("DN2", "CLM > HI"), "2300", "DN2"),
        ("tooth's status in a line", after("SV3", "DN2*3*M****JP"), "2300", "DN2"),
        ("attachment in a line", after("SV3", "PWK*RB*EL***AC*12"), "2300", "PWK"),
        ("note in a line", after("SV3", "NTE*ADD*WORDS"), "2300", "NTE"),
        ("diagnosis in a line", after("SV3", "HI*ABK:K0262"), "2300", "HI"),
        ("service after its tooth", swapped("SV3", "TOO"), "2400", "SV3"),
        ("tooth after the date", swapped("TOO", "DTP"), "2400", "TOO"),
        ("date after the line's number", swapped("DTP|472", "REF|6R"), "2400", "DTP"),
        ("specialty after the renderer's number", swapped("PRV|PE", "REF"), "2310B", "PRV"),
        ("predetermination after the diagnosis", swapped("REF|G3", "HI"), "2300", "REF"),
        ("contract after the amount paid", swapped("CN1", "AMT|F5"), "2300", "CN1"),
    )


def _segments_repeated() -> list[Mutant]:
    return faults(
        Kind.SEGMENT_REPEATS,
        ("two orthodontics", again("DN1"), "2300", "DN1"),
        ("36 teeth missing", again("DN2", 35, then="(?!DN2)"), "2300", "DN2"),
        ("33 teeth of a service", again("TOO", 32, then="(?!TOO)"), "2400", "TOO"),
        ("two accident dates", again("DTP|439"), "2300", "DTP"),
        ("two placement dates", again("CLM > DTP|452"), "2300", "DTP"),
        ("two placement dates of a line", again("LX / DTP|452"), "2400", "DTP"),
        ("two prior placements", again("DTP|441"), "2400", "DTP"),
        ("prior placement known and estimated", after("DTP|441", "DTP*139*D8*20150101"), "2400", "DTP"),
        ("two replacement dates", again("DTP|446"), "2400", "DTP"),
        ("two beginnings of treatment", again("DTP|196"), "2400", "DTP"),
        ("two ends of treatment", again("DTP|198"), "2400", "DTP"),
        ("two predeterminations", again("HI < REF|G3"), "2300", "REF"),
        ("six predeterminations of a line", again("LX / REF|G3", 5, then="(?!REF)"), "2400", "REF"),
        ("six authorizations of a line", again("LX / REF|G1", 5, then="(?!REF)"), "2400", "REF"),
        ("two replaced claims", again(REPLACES + " > REF|F8"), "2300", "REF"),
        ("two clearinghouse numbers", again("REF|D9"), "2300", "REF"),
        ("six notes", again("NTE|ADD", 5, then="(?!NTE)"), "2300", "NTE"),
        ("eleven times file information", again("K3", 10, then="(?!K3)"), "2300", "K3"),
        ("two contracts", again("CLM > CN1"), "2300", "CN1"),
        ("two sales taxes", again("AMT|T"), "2400", "AMT"),
        ("two specialties", again("CLM > NM1|82 > PRV|PE"), "2310B", "PRV"),
    )


def _loops_repeated() -> list[Mutant]:
    return faults(
        Kind.LOOP_REPEATS,
        ("three referrers", again("CLM > NM1|DN", 2, then="(?!NM1|P3)"), "2310A", "NM1"),
        ("two renderers", block("CLM > NM1|82", _NEXT), "2310B", "NM1"),
        ("two facilities", block("CLM > NM1|77", _NEXT), "2310C", "NM1"),
        ("two assistants", block("CLM > NM1|DD", _NEXT), "2310D", "NM1"),
        ("two supervisors", block("CLM > NM1|DQ", _NEXT), "2310E", "NM1"),
        ("51 lines", lines(51), "2400", "LX"),
        ("two renderers of a line", block("LX / NM1|82", _NEXT), "2420A", "NM1"),
        ("two locations of a line", block("LX / NM1|77", _NEXT), "2420D", "NM1"),
    )
