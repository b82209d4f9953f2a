"""Errors in the values of elements. Each function changes one, or returns None where there is no place."""

from __future__ import annotations

from benchmarks.claims.dice import Dice
from benchmarks.claims.planting import Block, Place, Plant
from benchmarks.claims.segments import Segment, cents, money

_Found = list[tuple[int, Segment]]


def _change(
    found: _Found, dice: Dice, element: int, value: str, note: str, component: int | None = None
) -> Place | None:
    if not found:
        return None
    index, segment = dice.pick(found)
    segment.put(element, value, component)
    return Place(index, element, component, note)


def _put(id_: str, loop: str, element: int, value: str, note: str, component: int | None = None) -> Plant:
    """Return a function that puts a value in one of the segments that are so."""

    def plant(block: Block, dice: Dice) -> Place | None:
        return _change(list(block.find(id_, loop)), dice, element, value, note, component)

    return plant


def npi_check_digit(block: Block, dice: Dice) -> Place | None:
    """Change the last digit of an NPI."""
    found = [(i, s) for i, s in block.find("NM1", "2") if s.get(8) == "XX"]
    if not found:
        return None
    index, segment = dice.pick(found)
    good = segment.get(9)
    segment.put(9, good[:-1] + str((int(good[-1]) + dice.between(1, 9)) % 10))
    return Place(index, 9, None, "the last digit is not the check digit")


def total_charge(block: Block, dice: Dice) -> Place | None:
    """Change the total by one dollar, where no other payer's amounts depend on it."""
    if block.claim.patient.coverage.others:
        return None
    index, segment = next(block.find("CLM", "2300"))
    right = segment.get(2)
    wrong = money(cents(right) + 100)
    segment.put(2, wrong)
    return Place(index, 2, None, f"CLM02 is {wrong}, the lines are {right}")


def impossible_date(block: Block, dice: Dice) -> Place | None:
    """Put the thirty-first of February in a date of the claim or a line."""
    found = [(i, s) for i, s in block.find("DTP", "2") if s.get(2) == "D8"]
    return _change(found, dice, 3, "20260231", "20260231 is no date")


def date_range_reversed(block: Block, dice: Dice) -> Place | None:
    """Exchange the ends of a range."""
    ranges = [(i, s) for i, s in block.find("DTP", "2") if s.get(2) == "RD8"]
    ranges = [(i, s) for i, s in ranges if len(set(s.get(3).split("-"))) == 2]
    if not ranges:
        return None
    index, segment = dice.pick(ranges)
    first, last = segment.get(3).split("-")
    segment.put(3, f"{last}-{first}")
    return Place(index, 3, None, "the range ends before it begins")


def birth_date_later(block: Block, dice: Dice) -> Place | None:
    """Let the patient be born after the service, where one has been given."""
    if block.claim.predetermination:
        return None
    patients = [*block.find("DMG", "2010CA")] or [*block.find("DMG", "2010BA")]
    loop = "2010CA" if len(block.claim.patient.levels) > 1 else "2010BA"
    found = [(i, s) for i, s in patients if s.loop == loop]
    return _change(found, dice, 2, "20260819", "the birth date is after the service")


def element_missing(block: Block, dice: Dice) -> Place | None:
    """Empty a required name or city."""
    found = [(*pair, 3, "a name") for pair in block.find("NM1", "2010BB")]
    found += [(*pair, 1, "a city") for pair in block.find("N4", "2010AA")]
    if not found:
        return None
    index, segment, element, what = dice.pick(found)
    segment.put(element, "")
    return Place(index, element, None, f"{what} is missing")


def code_not_listed(block: Block, dice: Dice) -> Place | None:
    """Use a code that the guide does not list."""
    found = [(*pair, 7) for pair in block.find("CLM", "2300")]
    found += [(*pair, 9) for pair in block.find("SBR", "2000B")]
    found += [(*pair, 3) for pair in block.find("DMG", "2010")]
    index, segment, element = dice.pick(found)
    segment.put(element, "X")
    return Place(index, element, None, "X is not on the list")


element_too_long = _put("NM1", "2010BA", 4, "A" * 36, "NM104 has 36 characters, 35 are allowed")
element_not_used = _put("CLM", "2300", 3, "X", "CLM03 is not used")
member_id_missing_anywhere = _put("NM1", "2010BA", 9, "", "NM109 of the subscriber is missing")
payer_id_missing = _put("NM1", "2010BB", 9, "", "NM109 of the payer is missing")
control_number_missing = _put("CLM", "2300", 1, "", "CLM01 is missing")
place_unknown = _put("CLM", "2300", 5, "98", "98 is no place of service", 1)
bill_type_missing = _put("CLM", "2300", 5, "", "CLM05-1 is missing", 1)
billing_po_box = _put("N3", "2010AA", 1, "PO BOX 12", "the address is a box")
revenue_code_missing = _put("SV2", "2400", 1, "", "SV201 is missing")
pointer_missing = _put("SV1", "2400", 7, "", "SV107 is missing")
procedure_missing = _put("SV1", "2400", 1, "", "SV101-2 is missing", 2)


def member_id_missing(block: Block, dice: Dice) -> Place | None:
    """Leave out the member id, unless a case number does its work (work and traffic accidents)."""
    accident = block.claim.patient.coverage.indicator in ("WC", "AM")
    return None if accident else member_id_missing_anywhere(block, dice)


def qualifier_unknown(block: Block, dice: Dice) -> Place | None:
    """Give a diagnosis a qualifier that does not exist."""
    found = [(i, s) for i, s in block.find("HI", "2300") if s.get(1) in ("ABK", "ABF")]
    return _change(found[:1], dice, 1, "QQQ", "QQQ qualifies nothing", 1)


def _services(block: Block) -> _Found:
    return [pair for id_ in ("SV1", "SV2", "SV3") for pair in block.find(id_, "2400")]


#: Where a service segment has procedure, charge and quantity.
_PARTS = {"SV1": (1, 2, 4), "SV2": (2, 3, 5), "SV3": (1, 2, 6)}


def amount_decimals(block: Block, dice: Dice) -> Place | None:
    """Write a charge with three decimals; its value stays."""
    found = _services(block)
    index, segment = dice.pick(found)
    element = _PARTS[segment.id][1]
    whole, _, part = segment.get(element).partition(".")
    segment.put(element, f"{whole}.{part.ljust(3, '0')}")
    return Place(index, element, None, "the amount has three decimals")


def units_not_number(block: Block, dice: Dice) -> Place | None:
    """Write a quantity as a word."""
    found = _services(block)
    return _change(found, dice, _PARTS[found[0][1].id][2], "ONE", "ONE is no number")


def units_zero(block: Block, dice: Dice) -> Place | None:
    """Bill a quantity of nothing."""
    found = _services(block)
    return _change(found, dice, _PARTS[found[0][1].id][2], "0", "the quantity is 0")


def modifier_repeated(block: Block, dice: Dice) -> Place | None:
    """Repeat the last modifier of a line."""
    found = []
    for index, segment in _services(block):
        element = _PARTS[segment.id][0]
        procedure = segment.elements[element]
        if isinstance(procedure, tuple) and 3 <= len(procedure) <= 5 and procedure[-1]:
            found.append((index, segment, element, len(procedure)))
    if not found:
        return None
    index, segment, element, length = dice.pick(found)
    segment.put(element, segment.get(element, length), length + 1)
    return Place(index, element, length + 1, "the modifier stands there already")


def phone_punctuation(block: Block, dice: Dice) -> Place | None:
    """Write the billing telephone number with dashes."""
    for index, segment in block.find("PER", "2010AA"):
        number = segment.get(4)
        segment.put(4, f"{number[:3]}-{number[3:6]}-{number[6:]}")
        return Place(index, 4, None, "the number has dashes")
    return None


def zip_short(block: Block, dice: Dice) -> Place | None:
    """Cut a ZIP code after four digits."""
    found = [*block.find("N4", "2010AA"), *block.find("N4", "2010BA")]
    return _change(found, dice, 3, "6270", "a ZIP code has five or nine digits")


def line_control_number_twice(block: Block, dice: Dice) -> Place | None:
    """Give the second line the control number of the first."""
    found = list(block.find("REF", "2400", "6R"))
    if len(found) < 2:
        return None
    return _change(found[1:2], dice, 2, found[0][1].get(2), "another line has this number")


def other_payer_claim(block: Block, dice: Dice) -> Place | None:
    """Change what another payer paid for the claim."""
    found = list(block.find("AMT", "2320", "D"))
    if not found:
        return None
    index, segment = dice.pick(found)
    segment.put(2, money(cents(segment.get(2)) + 100))
    return Place(index, 2, None, "1 more than the charge less all adjustments")


def other_payer_line(block: Block, dice: Dice) -> Place | None:
    """Change what another payer paid for a line."""
    found = list(block.find("SVD", "2430"))
    if not found:
        return None
    index, segment = dice.pick(found)
    segment.put(2, money(cents(segment.get(2)) + 100))
    return Place(index, 2, None, "1 more than the line's charge less its adjustments")


def pointer_beyond(block: Block, dice: Dice) -> Place | None:
    """Point to the diagnosis after the last."""
    count = len(block.claim.diagnoses)
    if count > 11:
        return None
    return _change(_services(block), dice, 7, str(count + 1), f"there are {count} diagnoses", 1)


def external_cause_first(block: Block, dice: Dice) -> Place | None:
    """Put the cause of an injury in the place of the first diagnosis."""
    return _change(list(block.find("HI", "2300"))[:1], dice, 1, "W010XXA", "W010XXA is a cause", 2)


def service_after_receipt(block: Block, dice: Dice) -> Place | None:
    """Move a service past the day of the file."""
    found = [(i, s) for i, s in block.find("DTP", "2400", "472") if s.get(2) == "D8"]
    return _change(found, dice, 3, "20261130", "the file is from 20260820")


def accident_state_missing(block: Block, dice: Dice) -> Place | None:
    """Leave out the state of an auto accident."""
    found = [(i, s) for i, s in block.find("CLM", "2300") if s.get(11) == "AA"]
    return _change(found, dice, 11, "", "CLM11-4 is missing", 4)


def rendering_is_billing(block: Block, dice: Dice) -> Place | None:
    """Name the billing provider again."""
    found = list(block.find("NM1", "2310B", "82"))
    billing = next(s for s in block.claim.biller.segments if s.id == "NM1")  # as it stands in the file
    return _change(found, dice, 9, billing.get(9), "the NPI is the billing provider's")


def onset_unknown(block: Block, dice: Dice) -> Place | None:
    """Use a present-on-admission code that does not exist."""
    found = [(i, s) for i, s in block.find("HI", "2300") if s.get(1) == "ABK" and s.get(1, 9)]
    return _change(found, dice, 1, "Q", "Q is not on the list", 9)


def admission_hour(block: Block, dice: Dice) -> Place | None:
    """Admit a patient at 25 o'clock."""
    found = [(i, s) for i, s in block.find("DTP", "2300", "435") if s.get(2) == "DT"]
    if not found:
        return None
    index, segment = found[0]
    segment.put(3, segment.get(3)[:8] + "2500")
    return Place(index, 3, None, "there is no hour 25")


tooth_impossible = _put("TOO", "2400", 2, "33", "there is no tooth 33")


def surface_without_tooth(block: Block, dice: Dice) -> Place | None:
    """Leave out the tooth and keep its surfaces."""
    found = [(i, s) for i, s in block.find("TOO", "2400") if s.get(3)]
    return _change(found, dice, 2, "", "TOO02 is missing")


def predetermination_dated(block: Block, dice: Dice) -> Place | None:
    """Call a claim with dates of service a predetermination."""
    dated = any(block.find("DTP", "2400", "472"))
    return _change(list(block.find("CLM", "2300")) if dated else [], dice, 19, "PB", "services have dates")
