"""What names mean on a claim: plain dicts of claim JSON, walked step by step.

Written from the description of the language and of claim JSON; shares no code with `scrubber`. A value is
text, a number, a date, a dict (a part of the claim), a list, None (absent) or UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.oracle import derived
from tests.oracle.known import UNKNOWN, as_date, as_number

# --- what is typed, what is a list, what stands in for what --------------------------------------------

DATES = set(
    "from through date date_of_birth date_of_death onset_date initial_treatment_date last_seen_date "
    "acute_manifestation_date accident_date last_menstrual_period last_xray_date prescription_date "
    "last_worked_date return_to_work_date admission_date discharge_date assumed_care_date "
    "relinquished_care_date first_contact_date repricer_received_date adjudication_date "
    "certification_revision_date therapy_begin_date last_certification_date hemoglobin_test_date "
    "creatinine_test_date shipped_date appliance_placement_date prior_placement_date replacement_date "
    "treatment_start_date treatment_completion_date".split()
)
AMOUNTS = set(
    "total_charge patient_paid_amount patient_estimated_amount_due charge non_covered_charge "
    "purchased_service_amount sales_tax_amount postage_amount service_tax_amount facility_tax_amount "
    "paid_amount non_covered_amount remaining_liability amount allowed_amount savings_amount approved_amount "
    "ambulatory_patient_group_amount rental_price purchase_price hcpcs_payable_amount esrd_amount "
    "non_payable_professional_amount drg_amount disproportionate_share_amount msp_pass_through_amount "
    "pps_capital_amount pps_capital_federal_amount pps_capital_hospital_amount pps_capital_share_amount "
    "old_capital_amount pps_capital_teaching_amount pps_operating_hospital_amount "
    "pps_operating_federal_amount pps_capital_outlier_amount indirect_teaching_amount "
    "pps_capital_exception_amount".split()
)
QUANTITIES = set(
    "units quantity paid_units rate weight patient_weight miles percent discount_percent length_of_need "
    "months total_months remaining_months value ambulance_patient_count obstetric_anesthesia_units "
    "reimbursement_rate covered_days "
    "lifetime_psychiatric_days cost_report_days".split()
)
NUMBERS = {"diagnosis_pointers", "segment_position"}
LISTS = set(
    "lines diagnoses procedures anesthesia_procedures condition_codes occurrence_codes occurrence_spans "
    "value_codes treatment_codes related_causes other_payers attachments notes file_information "
    "certifications conditions adjudications adjustments modifiers diagnosis_pointers remark_codes "
    "secondary_ids measurements forms answers other_payer_prior_authorizations other_payer_referrals "
    "other_payer_predeterminations tooth_statuses teeth surfaces oral_cavity payers providers".split()
)
#: Parts that every claim has, empty or not.
ALWAYS = set(
    "file transaction submitter receiver billing_provider subscriber patient payer procedure "
    "service_date".split()
)
SWEPT = {"npi": {"npi"}, "phone": {"phone", "fax"}, "date": DATES, "amount": AMOUNTS, "quantity": QUANTITIES}
SECOND_NAMES = {
    "payer.member_id": "subscriber.member_id",
    "billing_provider.last_name": "billing_provider.name",
}
#: A line's value is the line's own, else the claim's, else the billing provider's (not that of a hospital).
LINE_FALLBACK = set(
    "rendering_provider referring_provider primary_care_provider supervising_provider operating_provider "
    "other_operating_provider service_facility ambulance_pickup ambulance_dropoff ambulance place_of_service "
    "prior_authorization_number referral_number mammography_certification clia_number last_seen_date "
    "last_xray_date initial_treatment_date assistant_surgeon predetermination_number "
    "appliance_placement_date".split()
)
#: A patient who is the subscriber is described there. A dependent is not.
PATIENT_FALLBACK = set("last_name first_name middle_name suffix date_of_birth sex address".split())


class Singulars:
    """What an item of a collection is called: one of `lines` a `line`, of `lines.modifiers` a `modifier`."""

    def __contains__(self, collection: str) -> bool:
        where, _, name = collection.rpartition(".")
        return is_list(where, name)

    def __getitem__(self, collection: str) -> str:
        if collection.endswith("address.lines"):
            return "address_line"
        name = collection.rpartition(".")[2]
        known = {"diagnoses": "diagnosis", "diagnosis_pointers": "pointer", "teeth": "tooth"}
        return {**known, "tooth_statuses": "tooth_status"}.get(name, name.removesuffix("s"))


ALIASES = Singulars()


@dataclass
class Item:
    """An item of a collection: what it is, its path, the name of its collection, its place from 1."""

    value: Any
    path: str
    collection: str
    position: int
    claim: dict[str, Any] | None = None  # of a prior line: its own claim, and what became of it
    status: str | None = None


@dataclass
class Past:
    """What was billed before: claim, line and what became of it each; and since when all is known."""

    lines: list[tuple[dict[str, Any], dict[str, Any], str]]
    since: str | None


@dataclass
class World:
    """One claim, and everything that a condition on it may name."""

    claim: dict[str, Any]
    receipt_date: str | None
    sets: dict[str, list[Any]]
    items: dict[str, Item] = field(default_factory=dict)
    lets: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    group: list[Item] = field(default_factory=list)
    past: Past | None = None

    def plus(self, alias: str, item: Item) -> World:
        return replace(self, items={**self.items, alias: item})

    def grouped(self, group: list[Item]) -> World:
        """Return this world with a group of items in scope: it is known by its first and last one."""
        ends = {"group.first": group[0], "group.last": group[-1]}
        return replace(self, items={**self.items, **ends}, group=group)


# --- one value -----------------------------------------------------------------------------------------


def typed(name: str, text: Any) -> Any:
    """Return a value of claim JSON as what its name says it is."""
    if text is None or isinstance(text, dict | list):
        return text
    if name in DATES:
        return as_date(str(text))
    if name in AMOUNTS | QUANTITIES:
        return as_number(text)
    if name in NUMBERS:
        return int(text) if isinstance(text, int) or re.fullmatch(r"[0-9]{1,9}", text) else UNKNOWN
    return text


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
    if head == "group" and world.group:
        head, rest = of_group(rest)
    if text == "history.from":
        return UNKNOWN if world.past is None or world.past.since is None else as_date(world.past.since)
    if text.startswith("history.lines."):
        return of_all_prior(world, text.removeprefix("history.lines."))
    if head not in world.items:
        return walk(world, world.claim, "", text.split("."), None)
    item = world.items[head]
    if item.claim is not None:
        return of_prior(world, item, rest)
    if item.collection.startswith("every."):
        return swept(item, rest)
    if not isinstance(item.value, dict):
        return plain(item, rest)
    return walk(world, item.value, item.collection, rest.split("."), item) if rest else item.value


def of_all_prior(world: World, part: str) -> Any:
    if world.past is None:
        return UNKNOWN
    found = [of_prior(world, item, part) for item in items_of(world, "history.lines")]
    return [v for one in found for v in (one if isinstance(one, list) else [one]) if v is not None]


def of_prior(world: World, item: Item, rest: str) -> Any:
    """Return a value of a prior line: what the line does not say, its own claim does."""
    assert item.claim is not None
    if not rest:
        return item.value
    said = {
        "adjudication_status": item.status,
        "frequency_code": item.claim.get("frequency_code"),
        **{f"payer.{name}": member(item.claim, "payer").get(name) for name in ("key", "payer_id", "program")},
    }
    if rest in said:
        return said[rest]
    there = World(item.claim, world.receipt_date, world.sets)
    return walk(there, item.value, "lines", rest.split("."), Item(item.value, "", "lines", 1))


def of_group(rest: str) -> tuple[str, str]:
    """Return the item a part of a group is read from, and what of it; what all have in common, from any."""
    end, _, part = rest.partition(".")
    return (f"group.{end}", part) if end in ("first", "last") else ("group.first", rest)


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
        reported, (name, *rest) = True, rest
    worked_out = derive(world, owner, ".".join([where, *names]).lstrip("."), item)
    if worked_out:
        return worked_out[0]
    here = f"{where}.{name}" if where else name
    if here in GATHERED:
        return of_gathered(world, owner, here, rest)
    if here in SECOND_NAMES:
        return walk(world, world.claim, "", SECOND_NAMES[here].split("."), None)
    found = member(owner, name)
    if where == "other_payers" and name in ALWAYS and name not in owner:
        found = None  # the claim always has these, another payer only when it names them
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


def of_gathered(world: World, owner: Any, here: str, names: list[str]) -> list[Any]:
    out: list[Any] = []
    for item in gathered(world, owner, "", here):
        inner = walk(world, item.value, item.collection, names, item)
        out += inner if isinstance(inner, list) else [] if inner is None else [inner]
    return out


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
    owner = where in ("billing_provider", "subscriber")
    return {} if owner and name == "address" else None


def fallback(world: World, owner: Any, where: str, name: str) -> Any:
    """Return the value that is in effect where the first place does not say one."""
    if where == "lines" and name in LINE_FALLBACK:
        found = member(world.claim, name)
        if found is not None:
            return found
        if name == "rendering_provider" and member(world.claim, "claim_type") != "institutional":
            billing = member(world.claim, "billing_provider")  # which calls its name by another name
            return {**billing, "last_name": billing.get("name")}
    if where == "lines.service_date":
        common = member(world.claim, "service_date") or {}
        if name == "from":
            return common.get("from")
        return owner.get("from") or common.get("through") or common.get("from")
    if where == "patient" and name in PATIENT_FALLBACK and is_subscriber(world.claim):
        found = member(member(world.claim, "subscriber"), name)
        return {} if found is None and name == "address" else found
    return nowhere(where, name)


def derive(world: World, owner: Any, name: str, item: Item | None) -> list[Any]:
    """Return the value of a derived field as the only member of a list; an empty list for other names."""
    claim, transaction = world.claim, member(world.claim, "transaction")
    given = world.receipt_date or transaction.get("date")
    born = derived.born(claim, subscriber=is_subscriber(claim))
    bill = claim.get("facility_type_code"), claim.get("frequency_code")
    of_claim: dict[str, Any] = {
        # an input of the run: never absent, but possibly not known
        "receipt_date": lambda: UNKNOWN if given is None else as_date(given),
        "type_of_bill": lambda: None if None in bill else f"0{bill[0]}{bill[1]}",
        "setting": lambda: derived.setting(claim),
        "code_set_date": lambda: derived.code_set_date(claim),
        "service_period.from": lambda: derived.first(claim),
        "service_period.through": lambda: derived.last(claim),
        "discharge.date": lambda: derived.discharge(claim),
        "still_patient_day": lambda: (
            None if claim.get("patient_status") is None else int(claim["patient_status"] == "30")
        ),
        "service_state": lambda: state_of(claim, claim),
        "payer.line_of_business": lambda: PRODUCTS.get(member(claim, "payer").get("claim_filing_indicator")),
        "is_predetermination": lambda: claim.get("predetermination") == "PB",
        "is_encounter": lambda: transaction.get("type") == "RP",
        "patient.is_subscriber": lambda: is_subscriber(claim),
        "patient.age_years_on_admission": lambda: derived.years(born, derived.arrived(claim)),
        "patient.age_days_on_admission": lambda: derived.days(born, derived.arrived(claim)),
    }
    if name in of_claim:
        return [of_claim[name]()]
    if item is None or not isinstance(owner, dict):
        return []
    start = derived.days_said(claim, owner)["from"]
    day = None if start is None else as_date(start)
    of_item: dict[str, Any] = {
        "diagnoses.position": lambda: item.position,
        "lines.service_state": lambda: state_of(claim, owner),
        "lines.label": lambda: f"line {item.position}",
        "lines.modifiers_key": lambda: " ".join(sorted(member(owner, "modifiers"))),
        "lines.tooth_key": lambda: derived.tooth_key(owner),
        "lines.group_specialty_key": lambda: derived.group_and_specialty(claim, owner),
        "lines.therapy_discipline": lambda: derived.discipline(owner),
        "lines.age_years": lambda: derived.years(born, day),
        "lines.age_days": lambda: derived.days(born, day),
        "lines.days": lambda: derived.line_days(claim, owner),
        "lines.units_per_day": lambda: derived.units_per_day(claim, owner),
        "other_payers.line_paid_or_charge": lambda: derived.paid_or_charge(claim, owner),
        "other_payers.adjudication_date_any_level": lambda: derived.adjudicated(claim, owner),
    }
    return [of_item[name]()] if name in of_item else []


PRODUCTS = {"12": "ppo", "13": "pos", "14": "epo", "15": "indemnity", "16": "medicare_hmo"}
PRODUCTS |= {"17": "dental_hmo", "HM": "hmo"}


def state_of(claim: Any, owner: Any) -> str | None:
    """Return where a service is given: at a facility of its own, at that of the claim, else at home."""
    parts = (
        member(owner, "service_facility"),
        member(claim, "service_facility"),
        member(claim, "billing_provider"),
    )
    states = [((part or {}).get("address") or {}).get("state") for part in parts]
    return next((state for state in states if state), None)


# --- collections ---------------------------------------------------------------------------------------


def items_of(world: World, text: str) -> list[Item]:
    """Return the items of a collection, with their paths."""
    head, _, rest = text.partition(".")
    if text == "history.lines" and world.past is not None:
        return [
            Item(line, f"history.lines[{i}]", "history.lines", i + 1, claim, status)
            for i, (claim, line, status) in enumerate(world.past.lines)
        ]
    if text.startswith("history.lines."):
        inner = text.removeprefix("history.lines.").split(".")
        outer = items_of(world, "history.lines")
        return [i for item in outer for i in below(world, item.value, item.path, "lines", inner)]
    if text == "group.items" and world.group:
        return world.group
    if head in world.items:
        item = world.items[head]
        return list(below(world, item.value, item.path, item.collection, rest.split(".")))
    return list(below(world, world.claim, "", "", text.split(".")))


def below(world: World, owner: Any, path: str, where: str, names: list[str]) -> Iterator[Item]:
    name, rest = names[0], names[1:]
    here = f"{where}.{name}" if where else name
    place = f"{path}.{name}" if path else name
    if here in GATHERED:
        for item in gathered(world, owner, path, here):
            yield from below(world, item.value, item.path, item.collection, rest) if rest else [item]
        return
    found = member(owner, name)
    if not is_list(where, name):
        if isinstance(found, dict):
            yield from below(world, found, place, here, rest)
        return
    for i, value in enumerate(found or []):
        if rest:
            yield from below(world, value, f"{place}[{i}]", here, rest)
        else:
            yield Item(value, f"{place}[{i}]", here, i + 1)


#: Collections of parts that stand elsewhere.
GATHERED = ("payers", "providers", "lines.providers")
ROLES = (
    "billing rendering attending operating other_operating ordering referring primary_care supervising "
    "assistant_surgeon purchased_service service_facility".split()
)
CLAIM_ROLES = set(ROLES) - {"ordering", "purchased_service"}
LINE_ROLES = set(ROLES) - {"billing", "attending"}


def gathered(world: World, owner: Any, path: str, here: str) -> list[Item]:
    """Return the items of a collection whose parts stand elsewhere, each at its own place."""
    claim = world.claim
    if here == "payers":
        others = member(claim, "other_payers")
        found = [("payer", "payer", member(claim, "payer"))]
        found += [(f"other_payers[{i}]", "other_payers", other) for i, other in enumerate(others)]
    elif here == "providers":
        found = [named_provider(claim, "", "", role) for role in ROLES if role in CLAIM_ROLES]
    else:
        found = [line_provider(world, owner, path, role) for role in ROLES if role in LINE_ROLES]
    kept = [each for each in found if each[2] is not None]
    return [Item(value, place, collection, i) for i, (place, collection, value) in enumerate(kept, 1)]


def named_provider(owner: Any, path: str, where: str, role: str) -> tuple[str, str, Any]:
    name = role if role in ("assistant_surgeon", "service_facility") else f"{role}_provider"
    provider = member(owner, name)
    told = None if provider is None else {**provider, "role": role}
    return f"{path}{name}", f"{where}{name}", told


def line_provider(world: World, line: Any, path: str, role: str) -> tuple[str, str, Any]:
    """A line's own provider, else the claim's, else for rendering the billing one, but not of hospitals."""
    own = named_provider(line, f"{path}.", "lines.", role)
    if own[2] is not None or role in ("ordering", "purchased_service"):
        return own
    common = named_provider(world.claim, "", "", role)
    if common[2] is None and role == "rendering" and member(world.claim, "claim_type") != "institutional":
        place, where, billing = named_provider(world.claim, "", "", "billing")
        return place, where, {**billing, "role": "rendering"}
    return common


def alias_of(world: World, text: str) -> str:
    head, _, rest = text.partition(".")
    if text == "group.items" and world.group:
        return ALIASES[world.group[0].collection]
    return ALIASES[f"{world.items[head].collection}.{rest}" if head in world.items else text]


def sweep(world: World, kind: str) -> Iterator[Item]:
    """Yield every value of a kind, wherever it stands on the claim."""
    for path, name, value in leaves(world.claim, "", ""):
        if path == "accident_date" and member(world.claim, "claim_type") == "institutional":
            continue  # it only repeats the date of an occurrence code
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
        names = ("last_name", "first_name", "middle_name", "suffix", "group_name", "contact_name")
        return name in names or whole in (*others, "pay_to_plan.name")
    return name in SWEPT[kind]
