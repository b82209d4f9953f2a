"""Errors of structure: segments that are missing, strange or misplaced; counts; levels."""

from __future__ import annotations

from benchmarks.claims.dice import Dice
from benchmarks.claims.planting import Block, Place, Plant
from benchmarks.claims.segments import ORDER_2300, Segment


def _leave_out(id_: str, loop: str, first: str, what: str) -> Plant:
    """Return a function that leaves out one of the segments that are so."""

    def plant(block: Block, dice: Dice) -> Place | None:
        found = [i for i, _ in block.find(id_, loop, first)]
        if not found:
            return None
        index = dice.pick(found)
        gone = block.segments.pop(index)
        # The gap belongs to the loop of the segment that is gone, which is that of the one before it.
        assert block.segments[index - 1].loop == gone.loop
        return Place(index - 1, None, None, f"{what} is missing", id_)

    return plant


missing_billing_street = _leave_out("N3", "2010AA", "", "the street of the billing provider")
missing_decision_date = _leave_out("DTP", "2430", "573", "the date of a line decision")
missing_other_coverage = _leave_out("OI", "2320", "", "the other coverage")
missing_service_date = _leave_out("DTP", "2400", "472", "the service date")
missing_statement_dates = _leave_out("DTP", "2300", "434", "the statement period")
missing_prior_placement = _leave_out("DTP", "2400", "441", "the date of the placement before")
missing_stay_codes = _leave_out("CL1", "2300", "", "the segment of the stay's codes")
_accident_date = _leave_out("DTP", "2300", "439", "the accident date")
_admission_date = _leave_out("DTP", "2300", "435", "the admission date")
_original_number = _leave_out("REF", "2300", "F8", "the number of the claim that is replaced")


def missing_accident_date(block: Block, dice: Dice) -> Place | None:
    """Where an accident is marked that must have its date."""
    needed = {"AA", "OA"} & set(block.claim.causes)
    return _accident_date(block, dice) if needed else None


def missing_admission_date(block: Block, dice: Dice) -> Place | None:
    """Where the place is a hospital's ward."""
    return _admission_date(block, dice) if block.claim.place in ("21", "51", "61") else None


def missing_original_number(block: Block, dice: Dice) -> Place | None:
    """Where the frequency says that the claim replaces or voids another."""
    return _original_number(block, dice) if block.claim.frequency in ("7", "8") else None


def segments_out_of_order(block: Block, dice: Dice) -> Place | None:
    """Put the first HI directly behind CLM, before a segment that comes earlier in the guide."""
    clm = next(i for i, _ in block.find("CLM", "2300"))
    first = next((i for i, _ in block.find("HI", "2300")), clm)
    if first <= clm + 1:
        return None
    moved = block.segments.pop(first)
    block.segments.insert(clm + 1, moved)
    after = block.segments[clm + 2].id
    assert ORDER_2300[after] < ORDER_2300["HI"]
    return Place(clm + 1, None, None, f"HI stands before {after}")


def segment_unknown(block: Block, dice: Dice) -> Place | None:
    """Put a segment after CLM that does not exist."""
    clm = next(i for i, _ in block.find("CLM", "2300"))
    block.segments.insert(clm + 1, Segment("2300", "QQQ", "SAMPLE"))
    return Place(clm + 1, None, None, "QQQ is no segment of the guide")


def segment_repeated(block: Block, dice: Dice) -> Place | None:
    """Write the payer's NM1 loop's address or the subscriber's SBR twice."""
    found = [*block.find("SBR", "2000B"), *block.find("N3", "2010BA"), *block.find("N3", "2010AA")]
    if not found:
        return None
    index, segment = dice.pick(found)
    block.segments.insert(index + 1, Segment(segment.loop, *segment.elements))
    return Place(index + 1, None, None, f"{segment.id} stands twice")


def line_counter(block: Block, dice: Dice) -> Place | None:
    """Give the second line the number of the first."""
    lines = list(block.find("LX", "2400"))
    if len(lines) < 2:
        return None
    index, segment = lines[1]
    segment.put(1, "1")
    return Place(index, 1, None, "LX01 is 1 again")


def segment_count(block: Block, dice: Dice) -> Place | None:
    """Count one segment too many."""
    for index, segment in block.find("SE", "ST"):
        right = int(segment.get(1))
        segment.put(1, str(right + 1))
        return Place(index, 1, None, f"SE01 is {right + 1}, not {right}")
    return None


def transaction_control_number(block: Block, dice: Dice) -> Place | None:
    """Give SE another control number."""
    for index, segment in block.find("SE", "ST"):
        wrong = f"{int(segment.get(2)) + 7000:04d}"
        segment.put(2, wrong)
        return Place(index, 2, None, f"SE02 is {wrong}")
    return None


def level_parent(block: Block, dice: Dice) -> Place | None:
    """Hang the subscriber's level below a level that does not come before it."""
    for index, segment in block.find("HL", "2000B"):
        wrong = str(int(segment.get(1)) + 1000)
        segment.put(2, wrong)
        return Place(index, 2, None, f"HL02 is {wrong}")
    return None


def level_children(block: Block, dice: Dice) -> Place | None:
    """Deny a child level that is there, or promise one that is not."""
    for index, segment in block.find("HL", "2000B"):
        wrong = "0" if segment.get(4) == "1" else "1"
        segment.put(4, wrong)
        return Place(index, 4, None, f"HL04 is {wrong}")
    return None
