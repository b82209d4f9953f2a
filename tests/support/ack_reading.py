"""Acknowledgments read back: by our reader, by our guides and by pyx12.

All three guides are pyx12's maps, read as data. Where the map of the 277CA asks for more than X12's examples
give, `ack_277ca.yaml` changes it for us, and `pyx12_asks_for` says what pyx12 must complain about.
"""

from __future__ import annotations

import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from scrubber.guides.checker import Before
from scrubber.guides.elements import Marks
from scrubber.guides.library import Guides
from scrubber.guides.maps import from_map
from scrubber.guides.model import Guide
from scrubber.guides.violations import Kind, Violation
from scrubber.guides.walk import NOWHERE, Walk
from scrubber.packs.overlays import apply, read_overlay
from scrubber.read.split import split_x12
from scrubber.read.x12 import FileProblem

#: Segment, element, component, IK403 of an error, IK304 where it is the segment.
Complaint = tuple[str, int | None, int | None, str]
#: A segment as elements, its id first, and the loop that our guide puts it in.
Placed = tuple[str, list[str]]

ACK_999, ACK_277CA, TA1 = "005010X231A1", "005010X214", "00501"
_MAPS = {ACK_999: "999.5010X231.A1.xml", ACK_277CA: "277.5010.X214.xml", TA1: "x12.control.00501.xml"}
_OVERLAYS = {ACK_277CA: "ack_277ca.yaml", TA1: "ack_ta1.yaml"}
_MARKS = Marks("*", ":", "^")
#: Our check numbers 2000A to 2000C, the levels of an 837; a 277CA has 2000D too. `levels_are_right` has all.
_OF_837 = frozenset({Kind.HIERARCHY_NUMBER, Kind.HIERARCHY_PARENT, Kind.HIERARCHY_CHILD})


def segments(text: str) -> list[str]:
    return [part.strip("\n") for part in text.split("~") if part.strip("\n")]


# --- by our reader --------------------------------------------------------------------------------------


def problems(text: str) -> list[FileProblem]:
    """Return what our reader finds wrong with the envelopes, but that it reads 837 transactions only."""
    parts = split_x12(io.BytesIO(text.encode("ascii")))
    return [part for part in parts if isinstance(part, FileProblem) and part.code != "X12-007"]


def counts_are_right(text: str) -> None:
    """Check SE, GE and IEA of every envelope, and that control numbers match."""
    isa = gs = st = ""
    in_set = sets = groups = 0
    for s in segments(text):
        e = s.split("*")
        in_set += 1
        if e[0] == "ISA":
            assert len(s) == 105
            isa, groups = e[13], 0
        elif e[0] == "GS":
            gs, sets, groups = e[6], 0, groups + 1
        elif e[0] == "ST":
            st, in_set, sets = e[2], 1, sets + 1
        elif e[0] == "SE":
            assert e[1:] == [str(in_set), st]
        elif e[0] == "GE":
            assert e[1:] == [str(sets), gs]
        elif e[0] == "IEA":
            assert e[1:] == [str(groups), isa]


def levels_are_right(text: str) -> None:
    """Check that HL01 counts, HL02 names the level above and HL04 says whether one is below."""
    below = {"20": "21", "21": "19", "19": "PT", "PT": None}
    levels: list[list[str]] = []
    for e in [*(s.split("*") for s in segments(text)), ["SE"]]:
        if e[0] == "HL":
            levels.append([*e, ""][:5])
        elif e[0] == "SE":
            open_at: dict[str, str] = {}
            for number, (_, own, parent, code, child) in enumerate(levels, 1):
                above = next((outer for outer, inner in below.items() if inner == code), None)
                assert (own, parent) == (str(number), open_at[above] if above else "")
                open_at[code] = own
                follows = any(other[2] == own for other in levels)
                assert child == ("" if code == "PT" else str(int(follows)))
            levels = []


# --- by our guides --------------------------------------------------------------------------------------


def _load(guide_id: str, *, corrected: bool) -> Guide:
    guide = from_map(_MAPS[guide_id], (guide_id,))
    if not corrected or guide_id not in _OVERLAYS:
        return guide
    path = Path(__file__).with_name(_OVERLAYS[guide_id])
    overlay, mistakes = read_overlay(path.read_bytes(), path.name)
    assert overlay is not None, mistakes
    return apply(guide, overlay)


@cache
def ack_guides(*, corrected: bool = True) -> Guides:
    """Return the guides by GS08. Before a GS, and without one, the envelope is that of the control map."""
    loaders = {guide_id: partial(_load, guide_id, corrected=corrected) for guide_id in _MAPS}
    return Guides({**loaders, "": loaders[TA1]})


def violations(text: str, *, corrected: bool = True) -> list[Violation]:
    """Return what our check finds wrong by the guides, with or without our corrections of them."""
    checker = ack_guides(corrected=corrected).checker(_MARKS)
    checker.begin(Before(), text, 1, 1, above=False)
    state, position = NOWHERE, 0
    for position, s in enumerate(segments(text), 1):
        state = checker.step(state, s, s.split("*"), position)
    checker.end(state, position + 1, -1)
    return [v for v in (*checker.header, *checker.unclaimed) if v.kind not in _OF_837]


def placed(text: str, guide_id: str, least: int = 0) -> Iterator[Placed]:
    """Yield every segment with the loop it stands in; it has at least so many elements, else empty ones."""
    guide = ack_guides().guide(guide_id)
    assert guide is not None
    walk = Walk(guide)
    state = walk.start
    for s in segments(text):
        elements = s.split("*")
        move = walk.move(state, elements[0], walk.qualifier_of(elements, ":"))
        assert move.segment is not None and not move.faults, s
        state = move.state
        yield move.loop.id, elements + [""] * (least - len(elements))


# --- by pyx12 -------------------------------------------------------------------------------------------


def complaints(text: str) -> list[Complaint]:
    """Return what pyx12 finds wrong; its verdict must agree."""
    from pyx12.params import ParamsBase
    from pyx12.x12n_document import x12n_document

    answer = io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        valid = x12n_document(ParamsBase(), io.StringIO(text), None, None, fd_json=answer)
    finally:
        logging.disable(logging.NOTSET)
    found: list[Complaint] = []
    for interchange in json.loads(answer.getvalue())["interchanges"]:
        found += _errors("ISA", interchange)
        for group in interchange["groups"]:
            found += _errors("GS", group)
            for transaction in group["transactions"]:
                found += _errors("ST", transaction)
                for segment in transaction["segments"]:
                    found += _errors(segment["seg_id"], segment)
                    for element in segment["elements"]:
                        at = element["ele_pos"], element["subele_pos"]
                        found += [(segment["seg_id"], *at, e["err_cde"]) for e in element["errors"]]
    assert valid is not bool(found)
    return found


def _errors(segment: str, holder: dict[str, Any]) -> list[Complaint]:
    return [(segment, None, None, error["err_cde"]) for error in holder["errors"]]


#: 2220D STC02: the map says required. X12's example 1 of 005010X214 has none, and stupidedi's X214-HN277.rb
#: says not used; 2200C STC02, of the same kind, is not used in both.
LINE_STATUS_WITHOUT_DATE: Complaint = ("STC", 2, None, "1")
#: 2220D STC: the map says once, stupidedi's X214-HN277.rb any number. More than three statuses need two.
SECOND_LINE_STATUS: Complaint = ("STC", None, None, "5")
#: 2200D DTP: required, say the map, stupidedi and RFI 1575, and name no date to stand in. X12's example 4 of
#: 005010X214 leaves it out of the claim that is rejected for its dates. We do so where there is no date at
#: all, as in predeterminations.
CLAIM_WITHOUT_DATE: Complaint = ("DTP", None, None, "3")
#: 2000C: the map says required. X12's example 2 of 005010X214 rejects a batch with nothing below who sent it,
#: and the map itself allows the HL04 of 0 that says so.
BATCH_WITHOUT_PROVIDERS: Complaint = ("HL", None, None, "3")


def pyx12_asks_for(text: str) -> Counter[Complaint]:
    """Return what pyx12 must complain about in a 277CA: places with these reasons, nothing else."""
    asked: Counter[Complaint] = Counter()
    before = ""
    for loop, e in placed(text, ACK_277CA, least=5):
        if (loop, e[0]) == ("2220D", "STC"):
            asked[LINE_STATUS_WITHOUT_DATE] += not e[2]
            asked[SECOND_LINE_STATUS] += before == "STC"
        elif (loop, e[0]) == ("2200D", "TRN"):
            asked[CLAIM_WITHOUT_DATE] += 1
        elif (loop, e[0]) == ("2200D", "DTP"):
            asked[CLAIM_WITHOUT_DATE] -= 1
        elif (loop, e[0]) == ("2000B", "HL"):
            asked[BATCH_WITHOUT_PROVIDERS] += e[4] == "0"
        before = e[0]
    return +asked
