"""From what is wrong with a claim to what a 277CA says of it: category, status and entity.

The codes are X12's external lists 507 (category) and 508 (status) and data element 98 (entity); the meanings
here are our own words. They were checked against public copies of the lists; which statuses ask for an entity
is said there, by code. Categories are those of a batch that mean rejection (RFI 1942, RFI 2203).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scrubber.claim.model import ClaimType
from scrubber.guides.violations import Kind
from scrubber.write.acks.model import Reason, Role
from scrubber.write.acks.text import composite


class Status(NamedTuple):
    """One status: category (507), status (508), entity (98) or ""."""

    category: str
    code: str
    entity: str = ""

    def __str__(self) -> str:
        return composite(*self)


UNPROCESSABLE = "A3"  # returned, cannot be processed
MISSING = "A6"  # rejected: something is missing
INVALID = "A7"  # rejected: something is not valid
RELATIONAL = "A8"  # rejected: values contradict each other
REJECTING = frozenset({UNPROCESSABLE, MISSING, INVALID, RELATIONAL})

MISSING_OR_INVALID = "21"  # asks for a second status that says what
LINE = "247"
CLAIM = "275"
NAME_ADDRESS_ID = "124"
FORMAT = "481"  # of the submission
#: An error of syntax that the 999 shows; only where that accepted the transaction with errors (IK501 E).
SEE_999 = "684"

#: What is said of a claim, and of a batch, that is not rejected, by who says it: the payer took it in for
#: adjudication; a clearinghouse can only say that it has it (X12's examples 1 and 3 of 005010X214). Of a
#: claim it says so without an entity: the claim's STC takes no AY.
ACCEPTED: Mapping[Role, Status] = {"PR": Status("A2", "20", "PR"), "AY": Status("A1", "20")}
RECEIVED: Mapping[Role, Status] = {"PR": Status("A1", "19", "PR"), "AY": Status("A1", "19", "AY")}

#: Entities that a claim's or a line's STC takes (pyx12's 277.5010.X214.xml and stupidedi's X214 agree).
ENTITIES = frozenset(
    """03 1P 1Z 40 41 71 72 73 77 82 85 87 DK DN DQ FA GB HK IL LI MSC PR PRP QB QC QD SEP TL TTP
    TU""".split()
)

#: Statuses that ask for an entity.
NEEDS_ENTITY = frozenset(
    [str(code) for code in (*range(16, 20), *range(23, 27), *range(88, 95), *range(123, 151))]
    + [str(code) for code in (*range(157, 169), *range(173, 177), *range(499, 507), *range(560, 564))]
    + """73 85 96 97 106 109 114 153 155 170 182 183 252 387 395 403 466 467 470 480 487 491 496 514 516
    663 676 677 680 689 695 741 743 754 755 756 761 775""".split()
)

#: Whose a loop is. 41 submitter, 40 receiver, 85 billing, 87 pay-to, IL subscriber, PR payer, QC patient.
_LOOPS: Mapping[str, str] = {
    "1000A": "41",
    "1000B": "40",
    "2000A": "85",
    "2010AA": "85",
    "2010AB": "87",
    "2000B": "IL",
    "2010BA": "IL",
    "2010BB": "PR",
    "2000C": "QC",
    "2010CA": "QC",
    "2330A": "GB",
}
#: Providers: DN referring, 82 rendering, 77 location, DQ supervising, QB purchased, DK ordering, 71
#: attending, 72 operating, 73 other physician. A 277CA has no code for the assistant surgeon of 837D.
_PROVIDERS: Mapping[ClaimType, Mapping[str, str]] = {
    "professional": {
        "2310A": "DN",
        "2310B": "82",
        "2310C": "77",
        "2310D": "DQ",
        "2420A": "82",
        "2420B": "QB",
        "2420C": "77",
        "2420D": "DQ",
        "2420E": "DK",
        "2420F": "DN",
    },
    "institutional": {
        "2310A": "71",
        "2310B": "72",
        "2310C": "73",
        "2310D": "82",
        "2310E": "77",
        "2310F": "DN",
        "2420A": "72",
        "2420B": "73",
        "2420C": "82",
        "2420D": "DN",
    },
    "dental": {
        "2310A": "DN",
        "2310B": "82",
        "2310C": "77",
        "2310E": "DQ",
        "2420A": "82",
        "2420C": "DQ",
        "2420D": "77",
    },
}
#: Who is meant by a status that asks for an entity, where the place does not say.
_MEANT: Mapping[str, str] = {"153": "PR", "157": "QC", "158": "QC", "159": "QC", "164": "IL", "480": "PR"}
_MEANT_OTHERWISE = "85"

#: What an element is, in list 508: (segment, element, component; None: any) → status. The most exact wins.
_PLACES: Mapping[tuple[str, int | None, int | None], str] = {
    ("NM1", None, None): "125",  # name
    ("NM1", 2, None): "775",  # person or organisation
    ("NM1", 4, None): "505",  # first name
    ("NM1", 5, None): "514",  # middle name
    ("NM1", 7, None): "754",  # suffix
    ("N3", None, None): "503",  # street
    ("N4", None, None): "126",  # address
    ("N4", 1, None): "502",  # city
    ("N4", 2, None): "501",  # state
    ("N4", 3, None): "500",  # ZIP code
    ("N4", 4, None): "680",  # country
    ("N4", 7, None): "695",  # subdivision of a country
    ("PER", None, None): "127",  # telephone and the like
    ("PER", 2, None): "561",  # contact's name
    ("PRV", None, None): "145",  # taxonomy
    ("DMG", None, None): "158",  # date of birth
    ("DMG", 3, None): "157",  # sex
    ("SBR", 1, None): "742",  # order of payers
    ("SBR", 2, None): "156",  # relationship to the subscriber
    ("SBR", 3, None): "163",  # group number
    ("SBR", 4, None): "663",  # group name
    ("SBR", 5, None): "578",  # kind of insurance
    ("SBR", 9, None): "480",  # claim filing indicator
    ("PAT", 1, None): "156",
    ("PAT", 6, None): "159",  # date of death
    ("PAT", 8, None): "273",  # weight
    ("PAT", 9, None): "626",  # pregnancy
    ("CLM", 1, None): "478",  # patient control number
    ("CLM", 2, None): "178",  # total charge
    ("CLM", 5, 3): "535",  # frequency
    ("CLM", 7, None): "589",  # assignment
    ("CLM", 8, None): "360",  # assignment of benefits
    ("CLM", 9, None): "333",  # release of information
    ("CLM", 10, None): "468",  # source of the patient's signature
    ("CLM", 11, None): "633",  # related causes
    ("CLM", 12, None): "650",  # special program
    ("CLM", 20, None): "555",  # reason of delay
    ("CL1", 1, None): "231",  # type of admission
    ("CL1", 2, None): "229",  # source of admission
    ("CL1", 3, None): "234",  # patient status
    ("HI", None, None): "255",  # diagnosis
    ("PWK", 6, None): "489",  # control number of an attachment
    ("SV1", 1, None): "454",  # procedure
    ("SV1", 1, 3): "453",  # modifiers
    ("SV1", 1, 4): "453",
    ("SV1", 1, 5): "453",
    ("SV1", 1, 6): "453",
    ("SV1", 2, None): "583",  # charge of a line
    ("SV1", 3, None): "659",  # unit of measure
    ("SV1", 4, None): "476",  # units
    ("SV1", 5, None): "249",  # place of service
    ("SV1", 7, None): "477",  # diagnosis pointer
    ("SV2", 1, None): "455",  # revenue code
    ("SV2", 2, None): "454",
    ("SV2", 2, 3): "453",
    ("SV2", 2, 4): "453",
    ("SV2", 2, 5): "453",
    ("SV2", 2, 6): "453",
    ("SV2", 3, None): "583",
    ("SV2", 4, None): "659",
    ("SV2", 5, None): "476",
    ("SV2", 7, None): "596",  # charge that is not covered
    ("SV3", 1, None): "454",
    ("SV3", 1, 3): "453",
    ("SV3", 1, 4): "453",
    ("SV3", 1, 5): "453",
    ("SV3", 1, 6): "453",
    ("SV3", 2, None): "583",
    ("SV3", 3, None): "249",
    ("SV3", 6, None): "476",
    ("SV3", 11, None): "477",
    ("LIN", 3, None): "218",  # NDC
    ("CTP", 4, None): "724",  # quantity of a drug
    ("CAS", None, None): "521",  # reason of adjustment
}
_IN_LOOP: Mapping[tuple[str, str], str] = {
    ("2400", "DTP"): "187",  # dates of service
    ("2400", "NTE"): "586",  # note on a line
    ("2300", "NTE"): "704",  # note on a claim
}
#: What the identifier of NM109 is; of every other entity it is the NPI.
_IDS: Mapping[str, str] = {"IL": "164", "QC": "164", "GB": "164", "PR": "153", "40": "153", "41": "153"}
_NPI = "562"
_SECONDARY_ID = "560"

_MISSING_KINDS = frozenset({Kind.MISSING_SEGMENT, Kind.MISSING_ELEMENT, Kind.CONDITIONAL_MISSING})
_RELATIONAL_KINDS = frozenset({Kind.EXCLUDED})

_GIVEN = re.compile(r"(A[0-9]):([0-9]{1,3})(?::([A-Z0-9]{2,3}))?")


def statuses(reason: Reason, claim_type: ClaimType) -> tuple[Status, ...]:
    """Return what a 277CA says for a reason, of a claim of a type.

    A rule's own status wins; its entity is added where it asks for one and names none. A violation of the
    guide says what element it is, or refers to the 999. Any other finding is "missing or invalid" (21), with
    the element, the entity's data, the line or the claim as the second status that 21 asks for.
    """
    entity = _LOOPS.get(reason.loop) or _PROVIDERS[claim_type].get(reason.loop, "")
    given = _GIVEN.fullmatch(reason.status or "")
    if given is not None and given[1] in REJECTING:
        return (_with_entity(given[1], given[2], given[3] or "", entity),)
    code = _place(reason, entity, claim_type)
    if reason.kind is not None:
        if code is None:
            return (Status(UNPROCESSABLE, SEE_999),)
        return (_with_entity(_category(reason.kind), code, "", entity),)
    if code is None:
        code = NAME_ADDRESS_ID if entity else CLAIM if reason.line is None else LINE
    return Status(INVALID, MISSING_OR_INVALID), _with_entity(INVALID, code, "", entity)


def _category(kind: Kind) -> str:
    if kind in _MISSING_KINDS:
        return MISSING
    return RELATIONAL if kind in _RELATIONAL_KINDS else INVALID


def _with_entity(category: str, code: str, named: str, of_loop: str) -> Status:
    if named in ENTITIES:
        return Status(category, code, named)
    if code not in NEEDS_ENTITY:
        return Status(category, code)
    return Status(category, code, of_loop or _MEANT.get(code, _MEANT_OTHERWISE))


def _place(reason: Reason, entity: str, claim_type: ClaimType) -> str | None:
    """Return the status that names an element, None where the table has none."""
    segment, element, component = reason.segment, reason.element, reason.component
    if segment == "NM1" and element in (8, 9):
        return _IDS.get(entity, _NPI) if entity else None
    if segment == "REF":
        return _SECONDARY_ID if entity else None
    if segment == "CLM" and element == 5 and component in (None, 1):
        return "228" if claim_type == "institutional" else "249"  # type of bill, place of service
    for key in ((segment, element, component), (segment, element, None), (segment, None, None)):
        if key in _PLACES:
            found = _PLACES[key]
            return found if entity or found not in NEEDS_ENTITY else None
    return _IN_LOOP.get((reason.loop, segment))
