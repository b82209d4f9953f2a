"""What names mean on a claim: plain dicts of claim JSON, walked step by step.

Written from the description of the language and of claim JSON; shares no code with `scrubber`. A value is
text, a number, a date, a dict (a part of the claim), a list, None (absent) or UNKNOWN.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


class Unknown:
    """A value that is there (or must be somewhere) and that nobody can read."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

# --- what is typed, what is a list, what stands in for what --------------------------------------------

DATES = set(
    "from through date date_of_birth date_of_death onset_date last_menstrual_period initial_treatment_date "
    "last_seen_date accident_date admission_date discharge_date adjudication_date".split()
)
AMOUNTS = set(
    "total_charge patient_paid_amount charge purchased_service_amount paid_amount non_covered_amount "
    "remaining_liability amount".split()
)
QUANTITIES = set("units quantity paid_units".split())
NUMBERS = {"diagnosis_pointers"}
LISTS = set(
    "lines diagnoses condition_codes related_causes other_payers attachments notes adjudications "
    "adjustments modifiers diagnosis_pointers".split()
)
#: Parts that every claim has, empty or not.
ALWAYS = set(
    "file transaction submitter receiver billing_provider subscriber patient payer procedure "
    "service_date".split()
)
SWEPT = {"npi": {"npi"}, "phone": {"phone"}, "date": DATES, "amount": AMOUNTS, "quantity": QUANTITIES}
#: What an item of a collection is called.
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
SECOND_NAMES = {
    "payer.member_id": "subscriber.member_id",
    "billing_provider.last_name": "billing_provider.name",
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
#: A patient who is the subscriber is described there. A dependent is not.
PATIENT_FALLBACK = set("last_name first_name date_of_birth sex address".split())


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


# --- one value -----------------------------------------------------------------------------------------


def typed(name: str, text: Any) -> Any:
    """Return a value of claim JSON as what its name says it is."""
    if text is None or isinstance(text, dict | list):
        return text
    if name in DATES:
        return as_date(str(text))
    if name in AMOUNTS | QUANTITIES:
        readable = re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", str(text))
        return Decimal(str(text)) if readable else UNKNOWN
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
    if value is None and name == "claim_type":  # the only part with a usual value
        return "professional"
    return value


def is_list(where: str, name: str) -> bool:
    return name in LISTS or (where.endswith("address") and name == "lines")


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
        return plain(item, rest)
    return walk(world, item.value, item.collection, rest.split("."), item) if rest else item.value


def plain(item: Item, part: str) -> Any:
    """A part of an item that is a plain value: a modifier, a diagnosis pointer."""
    if part == "value":
        return typed(item.collection.rsplit(".", 1)[-1], item.value)
    if part == "raw":
        return "" if item.value is None else str(item.value)
    return {"path": item.path, "position": item.position}[part]


def swept(item: Item, part: str) -> Any:
    if part == "value":
        kind = item.collection.removeprefix("every.")
        return typed({"amount": "amount", "quantity": "units", "date": "date"}.get(kind, ""), item.value)
    return {"raw": str(item.value), "path": item.path}[part]


def walk(
    world: World, owner: Any, where: str, names: list[str], item: Item | None, *, reported: bool = False
) -> Any:
    """Go from an object down a list of names. `where` is the dotted name of where the object stands.

    `reported`: what stands there itself, without looking elsewhere.
    """
    if not names:
        return owner
    name, rest = names[0], names[1:]
    if name == "reported" and where == "lines":
        return walk(world, owner, where, rest, item, reported=True)
    derived = derive(world, owner, ".".join([where, *names]).lstrip("."), item)
    if derived:
        return derived[0]
    here = f"{where}.{name}" if where else name
    if here in SECOND_NAMES:
        return walk(world, world.claim, "", SECOND_NAMES[here].split("."), None)
    found = member(owner, name)
    if found is None:
        found = nowhere(where, name) if reported else fallback(world, owner, where, name)
    if is_list(where, name):
        return several(world, [typed(name, value) for value in found or []], here, rest, reported=reported)
    found = typed(name, found)
    if isinstance(found, dict):
        return walk(world, found, here, rest, item, reported=reported)
    if rest:  # a part of what is absent: no members of a list, no value
        return [] if any(is_list(name, rest[i]) for i, name in enumerate([name, *rest][:-1])) else None
    return found


def several(world: World, values: list[Any], where: str, names: list[str], *, reported: bool) -> list[Any]:
    out: list[Any] = []
    for i, value in enumerate(values):
        item = Item(value, "", where, i + 1)
        inner = walk(world, value, where, names, item, reported=reported)
        out += inner if isinstance(inner, list) else [] if inner is None else [inner]
    return out


def is_subscriber(claim: dict[str, Any]) -> bool:
    """The patient is the subscriber: the claim says so, or names no other patient."""
    patient = member(claim, "patient")
    relationship = patient.get("relationship")
    return relationship == "18" or (relationship is None and patient.get("last_name") is None)


def nowhere(where: str, name: str) -> Any:
    """Return what an object is without its part: it has an address all the same, an empty one."""
    owner = where.endswith(("_provider", "service_facility", "subscriber"))
    return {} if owner and name == "address" else None


def fallback(world: World, owner: Any, where: str, name: str) -> Any:
    """Return the value that is in effect where the first place does not say one."""
    if where == "lines" and name in LINE_FALLBACK:
        for other in LINE_FALLBACK[name]:
            found = member(world.claim, other)
            if found is not None:
                # The billing provider calls its name by another name.
                return {**found, "last_name": found.get("name")} if other == "billing_provider" else found
    if where == "lines.service_date" and name == "through":
        return member(owner, "from")
    if where == "patient" and name in PATIENT_FALLBACK and is_subscriber(world.claim):
        found = member(member(world.claim, "subscriber"), name)
        return {} if found is None and name == "address" else found
    return nowhere(where, name)


def derive(world: World, owner: Any, name: str, item: Item | None) -> list[Any]:
    """Return the value of a derived field as the only member of a list; an empty list for other names."""
    transaction = member(world.claim, "transaction")
    given = world.receipt_date or transaction.get("date")
    if name == "receipt_date":  # an input of the run: never absent, but possibly not known
        return [UNKNOWN if given is None else as_date(given)]
    if name in ("code_set_date", "service_period.from"):
        return [extreme(service_dates(world, "from"), min)]
    if name == "service_period.through":
        return [extreme(service_dates(world, "through"), max)]
    if name == "is_encounter":
        return [transaction.get("type") == "RP"]
    if name == "patient.is_subscriber":
        return [is_subscriber(world.claim)]
    of_item = {
        "diagnoses.position": lambda: item.position,
        "lines.label": lambda: f"line {item.position}",
        "lines.modifiers_key": lambda: " ".join(sorted(member(owner, "modifiers"))),
    }
    return [of_item[name]()] if name in of_item and item is not None else []


def service_dates(world: World, end: str) -> list[Any]:
    dates = []
    for line in member(world.claim, "lines"):
        span = member(line, "service_date")
        text = span.get(end, span.get("from"))
        dates += [] if text is None else [as_date(text)]
    return dates


def extreme(dates: list[Any], pick: Callable[[list[Any]], Any]) -> Any:
    if UNKNOWN in dates:
        return UNKNOWN
    return pick(dates) if dates else None


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
    return ALIASES[f"{world.items[head].collection}.{rest}" if head in world.items else text]


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
    if kind == "name":
        whole = re.sub(r"\[\d+\]", "", path)
        others = (
            "submitter.name",
            "receiver.name",
            "billing_provider.name",
            "payer.name",
            "other_payers.name",
        )
        return name in ("last_name", "first_name", "group_name") or whole in others
    return name in SWEPT[kind]
