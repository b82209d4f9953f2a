"""What is wrong on each level of a file, in the codes of acknowledgments.

IK502-IK506 (data element 618), AK905-AK909 (716) and TA105 (I18); the lists are in pyx12's maps of the 999
and of the 00501 envelope, the meanings in the tables here are our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scrubber.guides.violations import Violation
from scrubber.read.x12 import FileProblem

_MOST_CODES = 5  # IK502-IK506, AK905-AK909


@dataclass(slots=True)
class Verdict:
    """What is known to be wrong with one thing. `codes` are in the order of finding, each once,
    but the first that rejects stands first."""

    rejected: bool = False
    noted: bool = False
    codes: list[str] = field(default_factory=list)

    def add(self, code: str | None, *, rejects: bool) -> None:
        """Note something wrong; `code` is None where the list has none for it."""
        decides = rejects and not self.rejected
        self.noted, self.rejected = True, self.rejected or rejects
        if code is None:
            return
        if decides:
            self.codes = [code, *(known for known in self.codes if known != code)][:_MOST_CODES]
        elif code not in self.codes and len(self.codes) < _MOST_CODES:
            self.codes.append(code)

    @property
    def letter(self) -> str:
        """A accepted, E accepted with errors, R rejected."""
        return "R" if self.rejected else "E" if self.noted else "A"


# --- transactions: IK5 --------------------------------------------------------------------------------------

UNSUPPORTED_SET = "1"
NO_SE = "2"
SET_CONTROLS_DIFFER = "3"
SEGMENT_COUNT = "4"
SEGMENTS_IN_ERROR = "5"
SET_ID = "6"
SET_CONTROL = "7"
GUIDE_IN_ERROR = "I5"  # segments in error by the guide, not by the standard
UNSUPPORTED_GUIDE = "I6"
GUIDE_REFERENCE = "19"  # ST03 is not valid: here it is not GS08 (RFI 1438 leaves 19 or I6)

#: (code, segment) of an envelope problem → IK502. The element of X12-007 decides between the two of ST.
_SET_PROBLEMS: Mapping[tuple[str, str | None], str] = {
    ("X12-004", "SE"): NO_SE,
    ("X12-005", "SE"): SEGMENT_COUNT,
    ("X12-006", "SE"): SET_CONTROLS_DIFFER,
    ("X12-009", "HL"): SEGMENTS_IN_ERROR,
    ("X12-010", "ST"): GUIDE_REFERENCE,
}
#: Violations of ST and SE themselves: they have no IK3, the trailer names them (RFI 1438 for ST03).
_SET_ELEMENTS: Mapping[tuple[str, int | None], str] = {
    ("ST", 1): SET_ID,
    ("ST", 2): SET_CONTROL,
    ("ST", 3): UNSUPPORTED_GUIDE,
    ("SE", 1): SEGMENT_COUNT,
    ("SE", 2): SET_CONTROLS_DIFFER,
}


def set_problem(problem: FileProblem) -> str:
    """Return the IK502 of a problem with a transaction."""
    if problem.code == "X12-007":
        return UNSUPPORTED_SET if problem.element == 1 else UNSUPPORTED_GUIDE
    return _SET_PROBLEMS.get((problem.code, problem.segment), SEGMENTS_IN_ERROR)


def set_violation(violation: Violation) -> str:
    """Return the IK502 of a violation of the guide."""
    kind = violation.kind
    by_guide = (kind.element_code or kind.segment_code).startswith("I")
    otherwise = GUIDE_IN_ERROR if by_guide else SEGMENTS_IN_ERROR
    return _SET_ELEMENTS.get((violation.segment, violation.element), otherwise)


# --- groups: AK9 --------------------------------------------------------------------------------------------

NO_GE = "3"
GROUP_CONTROLS_DIFFER = "4"
SET_COUNT = "5"
#: A transaction that cannot be answered, or content outside of all: X12 has no code of its own (RFI 1339).
NOT_ANSWERABLE = SET_COUNT

_GROUP_PROBLEMS: Mapping[tuple[str, str | None], str] = {
    ("X12-004", "GE"): NO_GE,
    ("X12-005", "GE"): SET_COUNT,
    ("X12-006", "GE"): GROUP_CONTROLS_DIFFER,
    ("X12-008", None): NOT_ANSWERABLE,
}
#: Violations of GS: the functional identifier, the group control number, the version.
_GROUP_ELEMENTS: Mapping[tuple[str, int | None], str] = {
    ("GS", 1): "1",
    ("GS", 6): "6",
    ("GS", 8): "2",
    ("GE", 1): SET_COUNT,
    ("GE", 2): GROUP_CONTROLS_DIFFER,
}


def group_problem(problem: FileProblem) -> str:
    """Return the AK905 of a problem with a group."""
    return _GROUP_PROBLEMS.get((problem.code, problem.segment), NOT_ANSWERABLE)


def group_violation(violation: Violation) -> str | None:
    """Return the AK905 of a violation in GS or GE, None where the list has none."""
    return _GROUP_ELEMENTS.get((violation.segment, violation.element))


# --- interchanges: TA1 --------------------------------------------------------------------------------------

NO_ERROR = "000"
INTERCHANGE_STRUCTURE = "022"
INTERCHANGE_CONTENT = "024"

#: (code, segment) of an envelope problem → TA105: the file ends, count of groups, control numbers differ.
_INTERCHANGE_PROBLEMS: Mapping[tuple[str, str | None], str] = {
    ("X12-003", None): "023",
    ("X12-004", "IEA"): "023",
    ("X12-005", "IEA"): "021",
    ("X12-006", "IEA"): "001",
    ("X12-008", None): INTERCHANGE_CONTENT,
}
#: ISA element → TA105. ISA11 is the repetition separator in 00501; its code is that of the older meaning.
_ISA_ELEMENTS: Mapping[int | None, str] = {
    1: "010",
    2: "011",
    3: "012",
    4: "013",
    5: "005",
    6: "006",
    7: "007",
    8: "008",
    9: "014",
    10: "015",
    11: "016",
    12: "017",
    13: "018",
    14: "019",
    15: "020",
    16: "027",
}
_IEA_ELEMENTS: Mapping[int | None, str] = {1: "021", 2: "001"}


def interchange_problem(problem: FileProblem) -> str:
    """Return the TA105 of a problem with an interchange."""
    return _INTERCHANGE_PROBLEMS.get((problem.code, problem.segment), INTERCHANGE_STRUCTURE)


def interchange_violation(violation: Violation) -> str:
    """Return the TA105 of a violation in ISA or IEA."""
    codes = _ISA_ELEMENTS if violation.segment == "ISA" else _IEA_ELEMENTS
    return codes.get(violation.element, INTERCHANGE_STRUCTURE)
