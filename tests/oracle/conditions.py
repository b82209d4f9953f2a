"""Whether a condition holds: True, False or None (nobody can say). Plain recursion over its YAML.

Written from the description of the language; shares no code with `scrubber`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.oracle.values import UNKNOWN, World, alias_of, as_date, items_of, value_of

Condition = dict[str, Any]

ON_LISTS = set(
    "contains contains_any contains_none any_in_set none_in_set all_in_set all_in count_at_least "
    "no_gaps_in".split()
)
WITH_LIST_OPERAND = set("in not_in in_tree between contains_any contains_none all_in no_gaps_in".split())
WITH_ONE_OPERAND = set(
    "equals starts_with less_than at_most greater_than at_least before on_or_before after on_or_after "
    "same_month_as same_year_as contains".split()
)


def everything(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def something(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def holds(world: World, condition: Condition) -> bool | None:
    if "all" in condition:
        return everything([holds(world, c) for c in condition["all"]])
    if "any" in condition:
        return something([holds(world, c) for c in condition["any"]])
    if "not" in condition:
        return opposite(holds(world, condition["not"]))
    for word in ("some", "none", "every"):
        if word in condition:
            return quantified(world, word, condition)
    ((operator, operand),) = [(k, v) for k, v in condition.items() if k != "field"]
    value = value_of(world, condition["field"])
    field = condition["field"]
    known = field not in world.lets and not field.startswith("history.")
    known = known and field.rpartition(".")[2] not in WORKED_OUT
    if operator == "present" and value is UNKNOWN and not known:
        return None  # nobody knows whether there is such a value
    return compare(world, value, operator, operand)


#: What is worked out of several values: where one of them cannot be read, there may be nothing.
WORKED_OUT = {
    *("age_years", "age_days", "age_years_on_admission", "age_days_on_admission"),
    *("days", "units_per_day", "group_specialty_key"),
}


def quantified(world: World, word: str, condition: Condition) -> bool | None:
    if condition[word].startswith("history.lines") and world.past is None:
        return None
    alias = condition.get("as") or alias_of(world, condition[word])
    answers = []
    for item in items_of(world, condition[word]):
        inner = world.plus(alias, item)
        chosen = holds(inner, condition["where"]) if "where" in condition else True
        if word == "every":
            chosen = something([opposite(chosen), holds(inner, condition["satisfies"])])
        answers.append(chosen)
    answer = everything(answers) if word == "every" else something(answers)
    answer = opposite(answer) if word == "none" else answer
    if "needs_from" not in condition:
        return answer
    reaches = reaches_back(world, condition["needs_from"])
    rests_on_silence = answer is False if word == "some" else answer is True
    return None if rests_on_silence and not reaches else answer


def reaches_back(world: World, needed: str) -> bool:
    """Whether the history surely has everything from a date on."""
    wanted, since = value_of(world, needed), value_of(world, "history.from")
    return wanted is not None and UNKNOWN not in (wanted, since) and since <= wanted


# --- one value and one operator ------------------------------------------------------------------------


def compare(world: World, value: Any, operator: str, operand: Any) -> bool | None:
    if operator == "present":
        return (value is not None and value != []) == yes(operand)
    wanted = operand_of(world, operator, operand, value)
    if UNKNOWN in flat(value) or UNKNOWN in flat(wanted):
        return None
    if operator in ON_LISTS:
        return list_holds(world, value or [], operator, wanted)
    if value is None:
        return operator in ("not_in", "not_in_set")
    if operator in ("in", "not_in", "in_tree"):  # an absent member is no member
        wanted = [member for member in wanted if member is not None]
    if None in flat(wanted):
        return False
    return bool(SINGLE[operator](world, value, wanted))


def yes(operand: Any) -> bool:
    return operand in (True, "true")


def flat(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def operand_of(world: World, operator: str, operand: Any, value: Any) -> Any:
    """Return the operand: its paths looked up, its literals typed like what they are compared with."""
    if operator == "within":
        return operand, value_of(world, operand.get("after") or operand["before"])
    if operator in WITH_ONE_OPERAND or (isinstance(operand, dict) and operand.keys() & {"path", "param"}):
        return one_operand(world, operand, value)
    if operator in WITH_LIST_OPERAND:
        return [one_operand(world, o, value) for o in operand]
    return operand


def one_operand(world: World, operand: Any, value: Any) -> Any:
    if isinstance(operand, dict):
        if "param" in operand:
            return world.parameters[operand["param"]]
        return value_of(world, operand["path"]) if "path" in operand else operand
    like = next((v for v in flat(value) if v is not None and v is not UNKNOWN), None)
    if isinstance(like, bool):
        return yes(operand)
    if isinstance(like, int | Decimal):
        return Decimal(operand)
    return as_date(operand) if isinstance(like, dt.date) else operand


def list_holds(world: World, values: list[Any], operator: str, wanted: Any) -> bool:
    if operator == "count_at_least":
        return len(values) >= int(wanted)
    if operator == "contains":
        return wanted in values
    if operator == "no_gaps_in":
        return all(v in wanted[: len(set(values))] for v in values) and len(set(values)) <= len(wanted)
    if operator.endswith("in_set"):
        inside = [in_set(world, v, wanted) for v in values]
    else:
        inside = [in_list(v, wanted) for v in values]
    if operator.startswith("all"):
        return bool(inside) and all(inside)
    return not any(inside) if "none" in operator else any(inside)


def in_list(value: Any, members: list[Any]) -> bool:
    return any(in_range(value, m) if isinstance(m, dict) else value == m for m in members)


def in_range(value: Any, ends: dict[str, str]) -> bool:
    return len(value) == len(ends["from"]) and ends["from"] <= value <= ends["to"]


def in_set(world: World, value: Any, name: str) -> bool:
    return any(
        in_range(value, code)
        if isinstance(code, dict)
        else code == value or (code.endswith("*") and value.startswith(code[:-1]))
        for code in world.sets[name]
    )


def within(date: dt.date, period: dict[str, Any], anchor: dt.date) -> bool:
    sign = 1 if "after" in period else -1
    end = moved(anchor, period, sign)
    return min(anchor, end) <= date <= max(anchor, end)


def moved(anchor: dt.date, period: dict[str, Any], sign: int = 1) -> dt.date:
    """Return a date so many years and months, then days, away; a day that a month lacks is its last one.

    Nothing is before the first day of the calendar or after its last one.
    """
    months = sign * (int(period.get("months", 0)) + 12 * int(period.get("years", 0)))
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return dt.date.min if year < dt.MINYEAR else dt.date.max
    end = dt.date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))
    day = end.toordinal() + sign * int(period.get("days", 0))
    return dt.date.fromordinal(min(max(day, 1), dt.date.max.toordinal()))


SINGLE: dict[str, Callable[[World, Any, Any], bool]] = {
    "equals": lambda _, v, w: v == w,
    "in": lambda _, v, w: in_list(v, w),
    "not_in": lambda _, v, w: not in_list(v, w),
    "in_tree": lambda _, v, w: any(v[: len(m)] == m for m in w),
    "in_set": in_set,
    "not_in_set": lambda world, v, w: not in_set(world, v, w),
    "starts_with": lambda _, v, w: v[: len(w)] == w,
    "matches": lambda _, v, w: re.fullmatch(w, v, re.ASCII) is not None,
    "format": lambda _, v, w: FORMATS[w](v),
    "length": lambda _, v, w: int(w.get("min", 0)) <= len(v) <= int(w.get("max", 10**9)),
    "resembles": lambda _, v, w: SHAPES[w](v),
    "less_than": lambda _, v, w: v < w,
    "at_most": lambda _, v, w: not v > w,
    "greater_than": lambda _, v, w: v > w,
    "at_least": lambda _, v, w: not v < w,
    "between": lambda _, v, w: not (v < w[0] or v > w[1]),
    "whole_number": lambda _, v, w: (v % 1 == 0) == yes(w),
    "before": lambda _, v, w: v < w,
    "on_or_before": lambda _, v, w: not v > w,
    "after": lambda _, v, w: v > w,
    "on_or_after": lambda _, v, w: not v < w,
    "same_month_as": lambda _, v, w: (v.year, v.month) == (w.year, w.month),
    "same_year_as": lambda _, v, w: v.year == w.year,
    "within": lambda _, v, w: within(v, *w),
}

# --- formats and shapes --------------------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1: every second digit from the right counts double, digit by digit."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        product = int(digit) * (1 + i % 2)
        total += product // 10 + product % 10
    return total % 10 == 0


def is_day(text: str) -> bool:
    return as_date(text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:]}") is not UNKNOWN


def is_mbi(text: str) -> bool:
    """CMS gives the kind of each place: C 1-9, N 0-9, A a letter but S, L, O, I, B and Z, AN either."""
    letters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("SLOIBZ")
    digits = set("0123456789")
    places = {"C": digits - {"0"}, "N": digits, "A": letters, "AN": digits | letters}
    kinds = "C A AN N A AN N A A N N".split()
    return len(text) == len(kinds) and all(c in places[k] for c, k in zip(text, kinds, strict=True))


def on_card(text: str) -> list[str]:
    """The three parts as the card shows them, with or without dashes; none where there are others."""
    bare = [text[:4], text[4:7], text[7:]] if "-" not in text else text.split("-")
    if len(text) in (12, 13) and "-" in text and len(bare) == 2:  # one of the two dashes
        bare = [text.replace("-", "")] if text[4] == "-" or text[7] == "-" else []
    elif "-" in text and [len(part) for part in bare] != [4, 3, 4]:
        bare = []
    return bare


def is_mailbox(text: str) -> bool:
    words = re.sub(r"[.,#]", " ", text.upper()).split()
    line = " ".join(words).replace("P O ", "PO ").replace("POST OFFICE ", "PO ")
    return re.search(r"(^| )(PO BOX|POBOX|PO BX|PO DRAWER|LOCK ?BOX|PMB \d|BOX \d)", line) is not None


FORMATS: dict[str, Callable[[str], bool]] = {
    "npi": lambda v: re.fullmatch(r"[0-9]{10}", v) is not None and luhn("80840" + v),
    "mbi": is_mbi,
    "mbi_with_dashes": lambda v: not is_mbi(v) and is_mbi("".join(on_card(v)).upper()),
    "two_digits_1_to_9": lambda v: v in [f"{a}{b}" for a in range(1, 10) for b in range(1, 10)],
    "money_trailing_zeros": lambda v: re.fullmatch(r"-?[0-9]*\.[0-9]{2}0+", v) is not None,
    "phone10": lambda v: re.fullmatch(r"[0-9]{10}", v) is not None,
    "date": is_day,
    "decimal": lambda v: re.fullmatch(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)", v) is not None,
    "money_two_decimals": lambda v: re.fullmatch(r"-?([0-9]+(\.[0-9]{1,2})?|\.[0-9]{1,2})", v) is not None,
}
SHAPES: dict[str, Callable[[str], bool]] = {"po_box": is_mailbox}

# --- named values --------------------------------------------------------------------------------------


def named(world: World, spec: dict[str, Any]) -> Any:
    """Return a named value. A sum skips absent members and is unknown over unknown ones."""
    for word in ("add", "subtract", "multiply", "days_between"):
        if word in spec:
            return calculated(word, [value_of(world, text) for text in spec[word]])
    if "shift" in spec:
        by = spec["by"]
        period = world.parameters[by["param"]] if "param" in by else by
        return calculated("shift", [value_of(world, spec["shift"]), period])
    if "round" in spec:
        return calculated(spec["mode"], [value_of(world, spec["round"]), Decimal(spec["to"])])
    if "choose" in spec:
        return picked(world, spec)
    ((word, source),) = [(k, v) for k, v in spec.items() if k in ("sum", "count", "min", "max", "distinct")]
    members = (
        value_of(world, source) if word == "distinct" and "of" not in spec else chosen(world, spec, source)
    )
    if members is UNKNOWN or ("needs_from" in spec and not reaches_back(world, spec["needs_from"])):
        return UNKNOWN
    if word == "count":
        return len(members)
    return over(word, [value for value in members if value is not None])


def chosen(world: World, spec: dict[str, Any], source: str) -> Any:
    """Return the values of the items that count; UNKNOWN when nobody can say which."""
    if source.startswith("history.lines") and world.past is None:
        return UNKNOWN
    alias = spec.get("as") or alias_of(world, source)
    values: list[Any] = []
    for item in items_of(world, source):
        inner = world.plus(alias, item)
        counts = holds(inner, spec["where"]) if "where" in spec else True
        if counts is None:
            return UNKNOWN
        if counts:
            value = value_of(inner, f"{alias}.{spec['of']}") if "of" in spec else item.value
            values += value if isinstance(value, list) else [value]
    return values


def over(word: str, values: list[Any]) -> Any:
    if UNKNOWN in values:
        return UNKNOWN
    if word == "sum":
        return sum(values, Decimal(0))
    if word == "distinct":
        return [v for i, v in enumerate(values) if v not in values[:i]]
    return (min if word == "min" else max)(values) if values else None


def picked(world: World, spec: dict[str, Any]) -> Any:
    """Return the value that a parameter chooses, or the one for where that is absent."""
    choice = world.parameters[spec["choose"]["param"]]
    if choice is UNKNOWN:
        return UNKNOWN
    value = value_of(world, spec[choice])
    return value_of(world, spec["when_absent"]) if value is None and "when_absent" in spec else value


def calculated(word: str, values: list[Any]) -> Any:
    """Return what is calculated from values; a rounding mode is a calculation with a value and a multiple."""
    if UNKNOWN in values:
        return UNKNOWN
    if word == "add":
        return sum((v for v in values if v is not None), Decimal(0))
    if None in values:
        return None
    result = values[0]
    for value in values[1:]:
        result = CALCULATIONS[word](result, value)
    return result


def rounded(value: Decimal, multiple: Decimal, mode: str) -> Decimal:
    """Look for the multiple in question from the nearest one towards zero; half up is away from zero."""
    below = value - value % multiple  # `%` of decimals has the sign of `value`: this is the one towards zero
    beyond = below if value == below else below + multiple * (1 if value > 0 else -1)
    low, high = sorted([below, beyond])
    if mode == "half_up":
        return beyond if abs(value - below) * 2 >= multiple else below
    return high if mode == "up" else low


CALCULATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "days_between": lambda a, b: b.toordinal() - a.toordinal(),
    "shift": moved,
    "up": lambda a, b: rounded(Decimal(a), b, "up"),
    "down": lambda a, b: rounded(Decimal(a), b, "down"),
    "half_up": lambda a, b: rounded(Decimal(a), b, "half_up"),
}
