"""What rules mean, once more and as plainly as possible: plain dicts, plain recursion, nothing compiled.

Written from the description of the rule language. It reads the rules' YAML and a claim's JSON as they
are and shares no code with `scrubber`; tests compare the two. Speed does not matter here.

A value is text, a number, a date, a dict (an object of the claim), a list, None (absent) or UNKNOWN.
A condition is True, False or None (nobody can say).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class Unknown:
    """A value that is there (or must be somewhere) and that nobody can read."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

# --- what is typed, what is a list, what stands in for what --------------------------------------------

DATES = {
    "from", "through", "date", "date_of_birth", "date_of_death", "onset_date", "last_menstrual_period",
    "initial_treatment_date", "last_seen_date", "accident_date", "admission_date", "discharge_date",
    "adjudication_date", "receipt_date", "code_set_date",
}  # fmt: skip
AMOUNTS = {
    "total_charge", "patient_paid_amount", "charge", "units", "purchased_service_amount", "quantity",
    "paid_amount", "paid_units", "non_covered_amount", "remaining_liability", "amount",
}  # fmt: skip
NUMBERS = {"diagnosis_pointers"}
LISTS = {
    "lines", "diagnoses", "condition_codes", "related_causes", "other_payers", "attachments", "notes",
    "adjudications", "adjustments", "modifiers", "diagnosis_pointers",
}  # fmt: skip
#: Parts that every claim has, empty or not.
ALWAYS = {
    "file", "transaction", "submitter", "receiver", "billing_provider", "subscriber", "patient", "payer",
    "procedure", "service_date",
}  # fmt: skip

#: Singular names of items.
ALIASES = {
    "lines": "line",
    "lines.diagnosis_pointers": "pointer",
    "lines.modifiers": "modifier",
    "lines.adjudications": "adjudication",
    "lines.adjudications.adjustments": "adjustment",
    "diagnoses": "diagnosis",
    "condition_codes": "condition_code",
    "related_causes": "related_cause",
    "other_payers": "other_payer",
    "other_payers.adjustments": "adjustment",
    "attachments": "attachment",
    "notes": "note",
    "billing_provider.address.lines": "address_line",
}

#: A line's value is the line's own, else the claim's, else the billing provider's.
LINE_FALLBACK = {
    "rendering_provider": ["rendering_provider", "billing_provider"],
    "referring_provider": ["referring_provider"],
    "supervising_provider": ["supervising_provider"],
    "service_facility": ["service_facility"],
    "place_of_service": ["place_of_service"],
    "prior_authorization_number": ["prior_authorization_number"],
    "clia_number": ["clia_number"],
}
#: A patient who is the subscriber is described there.
PATIENT_FALLBACK = {"last_name", "first_name", "date_of_birth", "sex", "address"}

#: What a sweep sweeps: the paths of the claim with values of that kind that tests and rules care about.
PROVIDERS = ["referring_provider", "rendering_provider", "service_facility", "supervising_provider"]
LINE_PROVIDERS = [*PROVIDERS, "ordering_provider"]


@dataclass
class Item:
    """An item of a collection: what it is, its path, the name of its collection, its place from 1."""

    value: Any
    path: str
    collection: str
    position: int


@dataclass
class World:
    """One claim, and everything that a condition on it may name."""

    claim: dict[str, Any]
    receipt_date: str | None
    sets: dict[str, list[Any]]
    items: dict[str, Item] = field(default_factory=dict)
    lets: dict[str, Any] = field(default_factory=dict)

    def plus(self, alias: str, item: Item) -> World:
        return World(self.claim, self.receipt_date, self.sets, {**self.items, alias: item}, self.lets)


@dataclass
class Seen:
    """What one rule sees on one item."""

    rule: str
    kind: str
    severity: str
    at: str
    line: int | None
    items: dict[str, str]


# --- values --------------------------------------------------------------------------------------------


def typed(name: str, text: Any) -> Any:
    """Return a value of claim JSON as what its name says it is."""
    if text is None or isinstance(text, dict | list):
        return text
    if name in DATES:
        return as_date(str(text))
    if name in AMOUNTS:
        good = re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", str(text))
        return Decimal(str(text)) if good else UNKNOWN
    if name in NUMBERS:
        return int(text) if isinstance(text, int) or re.fullmatch(r"[0-9]{1,9}", text) else UNKNOWN
    return text


def as_date(text: str) -> Any:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    try:
        return dt.date(*map(int, match.groups())) if match else UNKNOWN
    except ValueError:
        return UNKNOWN


def member(owner: dict[str, Any] | None, name: str) -> Any:
    """Return a named part of an object; lists and the parts that every claim has are never absent."""
    if owner is None:
        return None
    value = owner.get(name)
    if value is None and name in LISTS:
        return []
    if value is None and name in ALWAYS:
        return {}
    return value


def value_of(world: World, text: str) -> Any:
    """Return what a name means here. Several values come as a list, without the absent ones."""
    head, _, rest = text.partition(".")
    if head in world.lets:
        return world.lets[head]
    if head not in world.items:
        return walk(world, world.claim, "", text.split("."), None)
    item = world.items[head]
    if item.collection.startswith("every."):
        return swept(item, rest)
    if not isinstance(item.value, dict):
        raw = "" if item.value is None else str(item.value)
        last = item.collection.rsplit(".", 1)[-1]
        return {
            "value": typed(last, item.value), "raw": raw, "path": item.path, "position": item.position
        }[rest]  # fmt: skip
    if not rest:
        return item.value
    return walk(world, item.value, item.collection, rest.split("."), item)


def walk(world: World, owner: Any, where: str, names: list[str], item: Item | None) -> Any:
    """Go from an object down a list of names. `where` is the dotted name of the object's collection."""
    if not names:
        return owner
    name, rest = names[0], names[1:]
    if name == "reported" and where == "lines":
        return reported(owner, where, rest)
    derived = derive(world, owner, where, names, item)
    if derived is not None:
        return derived[0]
    here = f"{where}.{name}" if where else name
    if here == "payer.member_id":
        return walk(world, world.claim, "", ["subscriber", "member_id"], None)
    found = member(owner, name)
    if found is None:
        found = fallback(world, owner, where, name)
    if is_list(where, name):
        values = [typed(name, value) for value in found or []]
        if not rest:
            return values
        several: list[Any] = []
        for i, value in enumerate(values):
            inner = walk(world, value, here, rest, Item(value, "", here, i + 1))
            several += inner if isinstance(inner, list) else [] if inner is None else [inner]
        return several
    found = typed(name, found)
    return walk(world, found, here, rest, item) if isinstance(found, dict) else None if rest else found


def is_list(where: str, name: str) -> bool:
    return name in LISTS or where.endswith("address") and name == "lines"


def reported(owner: Any, where: str, names: list[str]) -> Any:
    """What the line itself says, without looking elsewhere."""
    for name in names:
        owner = typed(name, member(owner, name))
        if owner is None:
            return None
    return owner


def fallback(world: World, owner: Any, where: str, name: str) -> Any:
    """Return the value that is in effect where the first place does not say one."""
    if where == "lines" and name in LINE_FALLBACK:
        for other in LINE_FALLBACK[name]:
            found = member(world.claim, other)
            if found is not None:
                if other == "billing_provider":  # it calls its name by another name
                    found = {**found, "last_name": found.get("name")}
                return found
    if where == "lines.service_date" and name == "through":
        return member(owner, "from")
    if where == "patient" and name in PATIENT_FALLBACK:
        found = member(member(world.claim, "subscriber"), name)
        return {} if found is None and name == "address" else found
    if where.endswith(("_provider", "service_facility", "subscriber")) and name == "address":
        return {}
    return None


def derive(world: World, owner: Any, where: str, names: list[str], item: Item | None) -> tuple[Any] | None:
    """Return the value of a derived field in a tuple, or None when the name is not one."""
    name = ".".join([where, *names]) if where else ".".join(names)
    if name == "is_encounter":
        return (member(world.claim, "transaction") or {}).get("type") == "RP",
    if name == "receipt_date":
        given = world.receipt_date or (member(world.claim, "transaction") or {}).get("date")
        return (UNKNOWN if given is None else as_date(given),)
    if name in ("code_set_date", "service_period.from"):
        return (extreme(service_dates(world, "from"), min),)
    if name == "service_period.through":
        return (extreme(service_dates(world, "through"), max),)
    if name == "patient.is_subscriber":
        return (member(world.claim, "patient") or {}).get("relationship") == "18",
    if name == "diagnoses.position" and item is not None:
        return (item.position,)
    if name == "lines.label" and item is not None:
        return (f"line {item.position}",)
    if name == "lines.modifiers_key" and item is not None:
        return (" ".join(sorted(member(owner, "modifiers"))),)
    return None


def service_dates(world: World, end: str) -> list[Any]:
    out = []
    for line in member(world.claim, "lines"):
        dates = member(line, "service_date")
        text = dates.get(end) or dates.get("from")
        out += [as_date(text)] if text is not None else []
    return out


def extreme(dates: list[Any], pick: Callable[[list[Any]], Any]) -> Any:
    if any(date is UNKNOWN for date in dates):
        return UNKNOWN
    return pick(dates) if dates else None


def swept(item: Item, part: str) -> Any:
    kind = item.collection.removeprefix("every.")
    if part == "value":
        name = {"amount": "amount", "date": "date"}.get(kind, "")
        return typed(name, item.value)
    return {"raw": str(item.value), "path": item.path}[part]


# --- collections ---------------------------------------------------------------------------------------


def items_of(world: World, text: str) -> list[Item]:
    """Return the items of a collection, with their paths."""
    head, _, rest = text.partition(".")
    if head in world.items:
        item = world.items[head]
        return list(below(item.value, item.path, item.collection, rest.split(".")))
    return list(below(world.claim, "", "", text.split(".")))


def below(owner: Any, path: str, where: str, names: list[str]) -> Iterator[Item]:
    name, rest = names[0], names[1:]
    here = f"{where}.{name}" if where else name
    place = f"{path}.{name}" if path else name
    found = member(owner, name)
    if not is_list(where, name):
        if isinstance(found, dict):
            yield from below(found, place, here, rest)
        return
    for i, value in enumerate(found or []):
        if rest:
            yield from below(value, f"{place}[{i}]", here, rest)
        else:
            yield Item(value, f"{place}[{i}]", here, i + 1)


def alias_of(world: World, text: str) -> str:
    head, _, rest = text.partition(".")
    if head in world.items:
        text = f"{world.items[head].collection}.{rest}"
    return ALIASES[text]


def sweep(world: World, kind: str) -> Iterator[Item]:
    """Yield every value of a kind, wherever it stands on the claim."""
    for path, name, value in leaves(world.claim, "", ""):
        if is_swept(kind, path, name):
            yield Item(value, path, f"every.{kind}", 0)


def leaves(owner: Any, path: str, name: str) -> Iterator[tuple[str, str, Any]]:
    if isinstance(owner, dict):
        for key, value in owner.items():
            yield from leaves(value, f"{path}.{key}" if path else key, key)
    elif isinstance(owner, list):
        for i, value in enumerate(owner):
            yield from leaves(value, f"{path}[{i}]", name)
    elif owner is not None:
        yield path, name, owner


def is_swept(kind: str, path: str, name: str) -> bool:
    if kind == "npi":
        return name == "npi"
    if kind == "phone":
        return name == "phone"
    if kind == "date":
        return name in DATES
    if kind == "amount":
        return name in AMOUNTS - {"units", "paid_units", "quantity"}
    if kind == "name":
        return name in ("last_name", "first_name") or path in {
            "submitter.name", "receiver.name", "billing_provider.name", "payer.name"
        } or re.fullmatch(r"other_payers\[\d+\]\.name", path) is not None  # fmt: skip
    raise NotImplementedError(f"every.{kind}")


# --- conditions ----------------------------------------------------------------------------------------


def everything(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def something(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def holds(world: World, condition: dict[str, Any]) -> bool | None:
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
    return compare(world, value_of(world, condition["field"]), operator, operand, condition["field"])


def quantified(world: World, word: str, condition: dict[str, Any]) -> bool | None:
    alias = condition.get("as") or alias_of(world, condition[word])
    answers = []
    for item in items_of(world, condition[word]):
        inner = world.plus(alias, item)
        chosen = holds(inner, condition["where"]) if "where" in condition else True
        if word == "every":
            chosen = something([opposite(chosen), holds(inner, condition["satisfies"])])
        answers.append(chosen)
    if word == "every":
        return everything(answers)
    return something(answers) if word == "some" else opposite(something(answers))


ON_LISTS = {
    "contains", "contains_any", "contains_none", "any_in_set", "none_in_set", "all_in_set", "all_in",
    "count_at_least",
}  # fmt: skip


def compare(world: World, value: Any, operator: str, operand: Any, name: str) -> bool | None:
    if operator == "present":
        return (value is not None and value != []) == (operand in (True, "true"))
    wanted = operand_of(world, operator, operand, value, name)
    if UNKNOWN in flat(value) or UNKNOWN in flat(wanted):
        return None
    if operator in ON_LISTS:
        return list_holds(world, value or [], operator, wanted)
    if value is None or value == [] or None in flat(wanted):
        return operator in ("not_in", "not_in_set")
    return single_holds(world, value, operator, wanted)


def flat(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def operand_of(world: World, operator: str, operand: Any, value: Any, name: str) -> Any:
    """Return the operand with its paths looked up, and its literals typed as what they are compared with."""
    if operator == "within":
        return (operand, value_of(world, operand.get("after") or operand["before"]))
    if isinstance(operand, dict) and "path" in operand:
        return value_of(world, operand["path"])
    if operator in ("equals", "less_than", "at_most", "greater_than", "at_least", "before", "on_or_before",
                    "after", "on_or_after", "same_month_as", "same_year_as", "contains"):  # fmt: skip
        return literal(world, operand, value, name)
    if operator in ("in", "not_in", "between", "contains_any", "contains_none", "all_in"):
        return [
            value_of(world, o["path"]) if isinstance(o, dict) and "path" in o
            else o if isinstance(o, dict) else literal(world, o, value, name)
            for o in operand
        ]  # fmt: skip
    return operand


def literal(world: World, text: Any, value: Any, name: str) -> Any:
    """Type a literal by the value it is compared with."""
    example = next((v for v in flat(value) if v is not None and v is not UNKNOWN), None)
    if isinstance(example, bool):
        return text in (True, "true")
    if isinstance(example, int | Decimal):
        return Decimal(text)
    if isinstance(example, dt.date):
        return as_date(text)
    return text


def list_holds(world: World, values: list[Any], operator: str, wanted: Any) -> bool:
    if operator == "count_at_least":
        return len(values) >= int(wanted)
    if operator == "contains":
        return any(v == wanted for v in values)
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
    for code in world.sets[name]:
        if isinstance(code, dict):
            if in_range(value, code):
                return True
        elif code == value or (code.endswith("*") and value.startswith(code[:-1])):
            return True
    return False


def single_holds(world: World, v: Any, operator: str, w: Any) -> bool:
    tests: dict[str, Callable[[], bool]] = {
        "equals": lambda: v == w,
        "in": lambda: in_list(v, w),
        "not_in": lambda: not in_list(v, w),
        "in_set": lambda: in_set(world, v, w),
        "not_in_set": lambda: not in_set(world, v, w),
        "starts_with": lambda: v[: len(w)] == w,
        "matches": lambda: re.fullmatch(w, v, re.ASCII) is not None,
        "format": lambda: FORMATS[w](v),
        "length": lambda: int(w.get("min", 0)) <= len(v) <= int(w.get("max", 10**9)),
        "resembles": lambda: SHAPES[w](v),
        "less_than": lambda: v < w,
        "at_most": lambda: not v > w,
        "greater_than": lambda: v > w,
        "at_least": lambda: not v < w,
        "between": lambda: not (v < w[0] or v > w[1]),
        "whole_number": lambda: (v % 1 == 0) == (w in (True, "true")),
        "before": lambda: v < w,
        "on_or_before": lambda: not v > w,
        "after": lambda: v > w,
        "on_or_after": lambda: not v < w,
        "same_month_as": lambda: v.strftime("%Y%m") == w.strftime("%Y%m"),
        "same_year_as": lambda: v.year == w.year,
        "within": lambda: within(v, *w),
    }
    return tests[operator]()


def within(date: dt.date, period: dict[str, Any], anchor: dt.date) -> bool:
    sign = 1 if "after" in period else -1
    months = sign * (int(period.get("months", 0)) + 12 * int(period.get("years", 0)))
    total = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end = dt.date(year, month + 1, min(anchor.day, last))
    end += dt.timedelta(days=sign * int(period.get("days", 0)))
    return min(anchor, end) <= date <= max(anchor, end)


def luhn(digits: str) -> bool:
    """The check digit as ISO/IEC 7812-1 defines it: double every second digit from the right."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        product = int(digit) * (1 if i % 2 == 0 else 2)
        total += product // 10 + product % 10
    return total % 10 == 0


def mailbox(text: str) -> bool:
    words = re.sub(r"[.,#]", " ", text.upper()).split()
    line = " ".join(words).replace("P O ", "PO ").replace("POST OFFICE ", "PO ")
    return bool(re.search(r"(^| )(PO BOX|POBOX|PO BX|PO DRAWER|LOCK ?BOX|PMB \d|BOX \d)", line))


FORMATS: dict[str, Callable[[str], bool]] = {
    "npi": lambda v: re.fullmatch(r"[0-9]{10}", v) is not None and luhn("80840" + v),
    "phone10": lambda v: re.fullmatch(r"[0-9]{10}", v) is not None,
    "date": lambda v: as_date(v if "-" in v else f"{v[:4]}-{v[4:6]}-{v[6:]}") is not UNKNOWN,
    "money_two_decimals": lambda v: re.fullmatch(r"-?([0-9]+(\.[0-9]{1,2})?|\.[0-9]{1,2})", v) is not None,
}
SHAPES: dict[str, Callable[[str], bool]] = {"po_box": mailbox}


# --- named values --------------------------------------------------------------------------------------


def named(world: World, spec: dict[str, Any]) -> Any:
    for word in ("add", "subtract", "multiply"):
        if word in spec:
            return calculated(word, [value_of(world, text) for text in spec[word]])
    ((word, source),) = [(k, v) for k, v in spec.items() if k in ("sum", "count", "min", "max", "distinct")]
    if word == "distinct" and "of" not in spec:
        values = value_of(world, source)
    else:
        values = []
        alias = spec.get("as") or alias_of(world, source)
        for item in items_of(world, source):
            inner = world.plus(alias, item)
            chosen = holds(inner, spec["where"]) if "where" in spec else True
            if chosen is None:
                return UNKNOWN
            if chosen:
                value = value_of(inner, f"{alias}.{spec['of']}") if "of" in spec else item.value
                values += value if isinstance(value, list) else [value]
        if word == "count":
            return len(values)
    values = [value for value in values if value is not None]
    if UNKNOWN in values:
        return UNKNOWN
    if word == "sum":
        return sum(values, Decimal(0))
    if word == "distinct":
        return [v for i, v in enumerate(values) if v not in values[:i]]
    return (min if word == "min" else max)(values) if values else None


def calculated(word: str, values: list[Any]) -> Any:
    if UNKNOWN in values:
        return UNKNOWN
    if word == "add":
        return sum((v for v in values if v is not None), Decimal(0))
    if None in values:
        return None
    result = values[0]
    for value in values[1:]:
        result = result - value if word == "subtract" else result * value
    return result


# --- rules ---------------------------------------------------------------------------------------------


def scopes(world: World, rule: dict[str, Any]) -> Iterator[tuple[World, bool]]:
    """Yield the world of every item in scope, and whether it is certain that it is in scope."""
    scope = rule["for_each"]
    scope = {"each": scope} if isinstance(scope, str) else scope
    if "pairs" in scope:
        yield from pairs(world, scope)
    elif scope["each"] == "claim":
        yield world, True
    elif scope["each"].startswith("every."):
        kind = scope["each"].removeprefix("every.")
        for item in sweep(world, kind):
            yield world.plus(scope.get("as", kind), item), True
    else:
        yield from nested(world, scope, scope["each"].split("."), "", "")


def nested(
    world: World, scope: dict[str, Any], names: list[str], done: str, alias: str
) -> Iterator[tuple[World, bool]]:
    """Walk `lines.modifiers` as lines, then modifiers: every step that is a collection gets its alias."""
    if not names:
        yield world, True
        return
    for end in range(1, len(names) + 1):
        text = ".".join(names[:end])
        whole = f"{done}.{text}" if done else text
        if whole not in ALIASES:
            continue
        rest = names[end:]
        name = ALIASES[whole] if rest else scope.get("as", ALIASES[whole])
        for item in items_of(world, f"{alias}.{text}" if alias else text):
            yield from nested(world.plus(name, item), scope, rest, whole, name)
        return


def pairs(world: World, scope: dict[str, Any]) -> Iterator[tuple[World, bool]]:
    first, second = scope["as"]
    items = items_of(world, scope["pairs"])
    for i, a in enumerate(items):
        for j, b in enumerate(items):
            if i == j or (j < i and scope.get("ordered") not in (True, "true")):
                continue
            inner = world.plus(first, a).plus(second, b)
            same: list[bool | None] = []
            for path in scope.get("same", []):
                x, y = value_of(inner, f"{first}.{path}"), value_of(inner, f"{second}.{path}")
                unknown = UNKNOWN in flat(x) or UNKNOWN in flat(y)
                same.append(None if unknown else x == y)
            if False not in same:
                yield inner, None not in same


def concerned(world: World, applies: dict[str, Any]) -> bool:
    claim = world.claim
    payer = member(claim, "payer")
    facts = {
        "claim_types": claim.get("claim_type", "professional"),
        "payers": payer.get("key"),
        "programs": payer.get("program"),
        "frequencies": claim.get("frequency_code"),
    }
    if any(applies.get(key) and value not in applies[key] for key, value in facts.items()):
        return False
    encounter = (member(claim, "transaction") or {}).get("type") == "RP"
    return "encounters" not in applies or (applies["encounters"] in (True, "true")) == encounter


def in_force(world: World, applies: dict[str, Any]) -> bool | None:
    effective = applies.get("effective") or {}
    if not effective:
        return True
    line = next((i.value for i in world.items.values() if i.collection == "lines"), None)
    if line is not None:
        date = typed("from", member(member(line, "service_date"), "from"))
    else:
        date = extreme(service_dates(world, "from"), min)
    if date is None or date is UNKNOWN:
        return None
    after = "from" not in effective or date >= as_date(effective["from"])
    return after and ("to" not in effective or date <= as_date(effective["to"]))


def observe(
    rule: dict[str, Any], claim: dict[str, Any], receipt_date: str | None, sets: dict[str, list[Any]]
) -> list[Seen]:
    """Return what a rule sees on a claim, in the order of its items."""
    world = World(claim, receipt_date, sets)
    applies = rule.get("applies_to") or {}
    if not concerned(world, applies):
        return []
    seen = []
    for inner, certain in scopes(world, rule):
        kind = judge(rule, applies, World(claim, receipt_date, sets, inner.items), certain)
        if kind is None:
            continue
        items = {alias: item.path for alias, item in inner.items.items()}
        at = place_of(inner, rule["at"][0]) if kind != "unknown" else ""
        seen.append(Seen(rule["id"], kind, rule["severity"], at, line_of(items), items))
    return seen


def judge(rule: dict[str, Any], applies: dict[str, Any], world: World, certain: bool) -> str | None:
    """Return violation, bypass or unknown; None where the rule passes or does not apply."""
    scope = rule["for_each"] if isinstance(rule["for_each"], dict) else {}
    inside = [in_force(world, applies), holds(world, scope["where"]) if "where" in scope else True]
    if False in inside:
        return None
    for name, spec in (rule.get("let") or {}).items():
        world.lets[name] = named(world, spec)
    inside += [True if certain else None, holds(world, rule["when"]) if "when" in rule else True]
    if False in inside:
        return None
    required = holds(world, rule["require"])
    if required is True:
        return None
    if None in inside or required is None:
        return "unknown"
    bypassed = holds(world, rule["bypass"]) if "bypass" in rule else False
    return "unknown" if bypassed is None else "bypass" if bypassed else "violation"


def line_of(items: dict[str, str]) -> int | None:
    for path in items.values():
        match = re.match(r"lines\[(\d+)\]", path)
        if match:
            return int(match[1])
    return None


def place_of(world: World, text: str) -> str:
    """Return the path that `at` points at: the first of several, the item itself for a plain value."""
    head, _, rest = text.partition(".")
    item = world.items.get(head)
    if item is not None and (item.collection.startswith("every.") or not isinstance(item.value, dict)):
        return item.path
    path, where = (item.path, item.collection) if item is not None else ("", "")
    names = (rest if item is not None else text).split(".")
    for i, name in enumerate(names):
        path = f"{path}.{name}" if path else name
        many = is_list(where, name)
        where = f"{where}.{name}" if where else name
        if many and i + 1 < len(names):
            path += "[0]"
    return path


# --- what is under rules/ ------------------------------------------------------------------------------


@dataclass
class Book:
    """The rules, sets and payers of a rules folder, as their YAML says them: every scalar is text."""

    rules: list[dict[str, Any]]
    sets: dict[str, list[Any]]
    payers: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Book:
        def load(path: Path) -> Any:
            return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506

        documents = [load(path) for path in sorted(folder.rglob("*.yaml"))]
        maps = [d for d in documents if isinstance(d, dict)]
        rules = [d for d in maps if "for_each" in d and d.get("status") != "draft"]
        payers = {}
        for payer in maps:
            for number in payer.get("payer_ids", []):
                payers[number["id"] if isinstance(number, dict) else number] = payer
        return cls(
            sorted(rules, key=lambda rule: rule["id"]),
            {d["set"]: d["codes"] for d in maps if "set" in d},
            payers,
        )

    def normalised(self, claim: dict[str, Any]) -> dict[str, Any]:
        """Return the claim with its payer looked up, unless the claim already names it."""
        payer = member(claim, "payer")
        entry = self.payers.get(payer.get("payer_id"))
        if entry is None or payer.get("key") is not None:
            return claim
        program = payer.get("program") or entry["program"]
        return {**claim, "payer": {**payer, "key": entry["key"], "program": program}}

    def observe(self, claim: dict[str, Any], receipt_date: str | None) -> list[Seen]:
        """Return what all rules see on a claim, by rule and in the order of its items."""
        claim = self.normalised(claim)
        return [seen for rule in self.rules for seen in observe(rule, claim, receipt_date, self.sets)]
