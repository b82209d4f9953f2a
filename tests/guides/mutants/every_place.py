"""Faults of place that every guide has: segments and loops, levels and lines."""

from __future__ import annotations

from scrubber.guides.violations import Kind
from tests.guides.mutants.edits import (
    END,
    after,
    again,
    before,
    block,
    gone,
    later,
    moved,
    put,
    relevelled,
    swapped,
)
from tests.guides.mutants.table import (
    LEVEL_A,
    LEVEL_B,
    LEVEL_B0,
    LEVEL_B1,
    LEVEL_C,
    Mutant,
    faults,
    missing,
)

_PATIENT = "NM1|QC"
#: What shows that the CLM before it is missing, by the segment of a service. Where another payer
#: follows, its SBR is taken for a subscriber's.
_BEHIND_CLM = {"SV1": "HI", "SV2": "DTP|434", "SV3": "HI"}


def of_place(service: str) -> list[Mutant]:
    """Return the faults. `service` is the segment of a service."""
    return [*_missing(service), *_out_of_place(service), *_repeated(service), *_misnumbered()]


def _missing(service: str) -> list[Mutant]:
    behind = _BEHIND_CLM[service]
    return [
        *missing(
            ("purpose of the transaction", "BHT", "ST"),
            ("submitter", "NM1|41", "1000A"),
            ("contact of the submitter", "PER", "1000A"),
            ("receiver", "NM1|40", "1000B"),
            ("billing level", LEVEL_A, "2000A"),
            ("second billing level", LEVEL_A + "#2", "2000A"),
            ("billing provider", "NM1|85", "2010AA"),
            ("billing address", "NM1|85 > N3", "2010AA"),
            ("billing city", "NM1|85 > N4", "2010AA"),
            ("tax number", "NM1|85 > REF|EI", "2010AA"),
            ("pay-to address", "NM1|87 > N3", "2010AB"),
            ("pay-to city", "NM1|87 > N4", "2010AB"),
            ("address of the pay-to plan", "NM1|PE > N3", "2010AC"),
            ("city of the pay-to plan", "NM1|PE > N4", "2010AC"),
            ("tax number of the pay-to plan", "NM1|PE > REF|EI", "2010AC"),
            ("subscriber level", LEVEL_B, "2000B"),
            ("subscriber level with a claim", LEVEL_B0, "2000B"),
            ("subscriber level with a patient", LEVEL_B1, "2000B"),
            ("second subscriber level", LEVEL_B + "#2", "2000B"),
            ("insurance", LEVEL_B + " > SBR", "2000B"),
            ("subscriber", "NM1|IL", "2010BA"),
            ("payer", "NM1|PR", "2010BB"),
            ("patient level", LEVEL_C, "2000C"),
            ("relation of the patient", LEVEL_C + " > PAT", "2000C"),
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
            ("service", service, "2400"),
            ("service of the second line", f"LX|2 > {service}", "2400"),
            ("adjudication", "SVD", "2430"),
            ("date of an adjudication", "SVD > DTP|573", "2430"),
            ("line after an adjudicated one", "SVD > LX", "2400"),
        ),
        *faults(
            Kind.MISSING_SEGMENT,
            ("no second claim", gone("CLM#2", then=behind, without="SBR"), "2300", "CLM"),
            ("no last claim", gone("CLM#3", then=behind, without="SBR"), "2300", "CLM"),
            ("payer, of which a number is left", gone("NM1|PR", then="REF|"), "2010BB", "NM1"),
        ),
    ]


def _out_of_place(service: str) -> list[Mutant]:
    return [
        *faults(
            Kind.UNKNOWN_SEGMENT,
            ("unknown segment in a claim", after("HI", "ZZ1*WHAT"), "2300", "ZZ1"),
            ("unknown segment in a line", after(service, "QQQ*1*2"), "2400", "QQQ"),
            ("unknown segment in the header", after("BHT", "Z9*1"), "ST", "Z9"),
            ("unknown segment in a level", after(LEVEL_B, "Z9*1"), "2000B", "Z9"),
            ("unknown segment in a loop", after("NM1|85", "ZZZ"), "2010AA", "ZZZ"),
            ("segment of a payment", after("CLM", "CLP*1*1*5*5"), "2300", "CLP"),
            ("lower case", after(service, "sv9*1"), "2400", "sv9"),
        ),
        *faults(
            Kind.UNEXPECTED_SEGMENT,
            ("lines begin in the header", after("BHT", "LX*1"), "ST", "LX"),
            ("adjudication in the header", after("NM1|40", "SVD*1*5**1*1"), "1000B", "SVD"),
            ("claim before its level", after("NM1|40", "CLM*1*5***11:B:1*Y*A*Y*Y"), "1000B", "CLM"),
            ("birthday in a line", after(service, "DMG*D8*19800101*F"), "2400", "DMG"),
        ),
        *faults(
            Kind.INVALID_CODE,
            ("unknown number before the tax number", after("NM1|85 > N4", "REF*ZZ*1"), "2010AA", "REF", 1),
            ("unknown number of the pay-to plan", after("NM1|PE > N4", "REF*ZZ*1"), "2010AC", "REF", 1),
            ("unknown provider", before("NM1|85", "NM1*QQ*2*OTHER"), "2010AA", "NM1", 1),
        ),
        *faults(
            Kind.OUT_OF_SEQUENCE,
            ("address after city", moved("NM1|85 > N3", "NM1|85 > N4"), "2010AA", "N3"),
            ("patient's address after city", moved("NM1|QC > N3", "NM1|QC > N4"), "2010CA", "N3"),
            ("insurance after the subscriber", moved(LEVEL_B + " > SBR", "NM1|IL"), "2000B", "SBR"),
            ("specialty after the provider", moved("PRV|BI", "NM1|85"), "2000A", "PRV"),
            ("number after the diagnosis", moved(r"CLM > REF|G1|\w+$", "CLM > HI"), "2300", "REF"),
            ("note after the diagnosis", moved("CLM > NTE|ADD", "CLM > HI"), "2300", "NTE"),
            ("number after an adjudication", moved("SVD < REF|6R", "SVD"), "2400", "REF"),
            ("release after the other payer", later("OI", "NM1|PR"), "2320", "OI"),
            ("service after its date", swapped(service, "DTP|472"), "2400", service),
            ("address after the number", moved("NM1|85 > REF|EI", "NM1|85", at_fault=1), "2010AA", "N3"),
            ("patient after the address", swapped(_PATIENT, "N3"), "2010CA", "NM1"),
        ),
    ]


def _repeated(service: str) -> list[Mutant]:
    return [
        *faults(
            Kind.SEGMENT_REPEATS,
            ("two purposes", again("BHT"), "ST", "BHT"),
            ("two addresses", again("NM1|85 > N3"), "2010AA", "N3"),
            ("two cities", again("NM1|85 > N4"), "2010AA", "N4"),
            ("two tax numbers", again("NM1|85 > REF|EI"), "2010AA", "REF"),
            ("two insurances", again(LEVEL_B + " > SBR"), "2000B", "SBR"),
            ("two relations", again(LEVEL_C + " > PAT"), "2000C", "PAT"),
            ("two birthdays", again("DMG"), "2010BA", "DMG"),
            ("two diagnoses", again("HI|ABK"), "2300", "HI"),
            ("two services", again(service), "2400", service),
            ("two service dates", again("DTP|472"), "2400", "DTP"),
            ("two control numbers", again("REF|6R"), "2400", "REF"),
            ("two releases", again("OI"), "2320", "OI"),
            ("two dates of adjudication", again("DTP|573"), "2430", "DTP"),
            ("eleven attachments", again("CLM > PWK", 10, then="(?!PWK)"), "2300", "PWK"),
        ),
        *faults(
            Kind.LOOP_REPEATS,
            ("two receivers", again("NM1|40"), "1000B", "NM1"),
            ("two billing providers", block("NM1|85", "[HN][LM]1?|"), "2010AA", "NM1"),
            ("two subscribers", block("NM1|IL", "NM1|PR"), "2010BA", "NM1"),
            ("two patients", block("NM1|QC", "CLM"), "2010CA", "NM1"),
            ("eleven other payers", block("OI < SBR", "LX", 10), "2320", "SBR"),
            ("101 claims", block(LEVEL_B0 + " > CLM", END, 100), "2300", "CLM"),
            ("sixteen adjudications", block("SVD", "[LCHS][XLE]M?|", 15), "2430", "SVD"),
        ),
    ]


def _misnumbered() -> list[Mutant]:
    return [
        *faults(
            Kind.HIERARCHY_NUMBER,
            ("first level is 5", relevelled(LEVEL_A, "5"), "2000A", "HL", 1),
            ("level is 9", relevelled(LEVEL_B0, "9"), "2000B", "HL", 1),
            ("level with a patient is 77", relevelled(LEVEL_B1, "77"), "2000B", "HL", 1),
            ("patient's level is 88", relevelled(LEVEL_C, "88"), "2000C", "HL", 1),
            ("level is a word", relevelled(LEVEL_B0, "TWO"), "2000B", "HL", 1),
            ("level is 1 again", relevelled(LEVEL_B0, "1"), "2000B", "HL", 1),
        ),
        *faults(
            Kind.HIERARCHY_PARENT,
            ("subscriber under nobody", put(LEVEL_B0, 2, "9"), "2000B", "HL", 2),
            ("subscriber with a patient under nobody", put(LEVEL_B1, 2, "9"), "2000B", "HL", 2),
            ("patient under the provider", put(LEVEL_C, 2, "1"), "2000C", "HL", 2),
        ),
        *faults(
            Kind.HIERARCHY_CHILD,
            ("level without promised patient", put(LEVEL_B0, 4, "1"), "2000B", "HL", 4),
            ("patient that was not promised", put(LEVEL_B1, 4, "0"), "2000B", "HL", 4),
        ),
        *faults(
            Kind.LINE_NUMBER,
            ("second line is 5", put("LX|2", 1, "5"), "2400", "LX", 1),
            ("first line is 0", put("LX|1", 1, "0"), "2400", "LX", 1),
            ("last line is 1 again", put("LX|3", 1, "1"), "2400", "LX", 1),
        ),
    ]
