"""Claims for the tests of this folder: generated, spoilt at random, filled at random."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from scrubber.claim.paths import ALL_TYPES, PATHS, SYNONYMS
from scrubber.read.chunks import Chunk
from scrubber.read.claim_json import claim_to_json
from scrubber.read.split import split_x12
from tests.oracle.values import AMOUNTS, DATES, NUMBERS, QUANTITIES
from tests.support.make837 import make837

Document = dict[str, Any]

#: Codes that shipped rules look for, so that chance finds them more often.
CODES = ("99213", "99214", "20610", "17110", "80053", "82947", "84132", "99291", "99292", "85025")
MODIFIERS = ("25", "50", "RT", "LT", "59", "91", "XE", "GC")
BAD_DATES = ("20261318", "2026-02-30", "202608", "soon", "00000000")
BAD_AMOUNTS = ("ABC", "1,5", "--3", "1e3", " 5", "$20")


def documents(claims: int, seed: int, errors: float) -> Iterator[Document]:
    """Yield the JSON of generated claims."""
    for item in read(make837(claims, seed, errors=errors).encode()):
        yield claim_to_json(item.claim)


def read(data: bytes) -> list[Any]:
    return [
        item for chunk in split_x12(io.BytesIO(data)) if isinstance(chunk, Chunk) for item in chunk.read()
    ]


# --- spoilt --------------------------------------------------------------------------------------------


def spoilt(document: Document, random: Random, times: int) -> Document:
    """Return the claim after so many mishaps."""
    document = copy.deepcopy(document)
    for _ in range(times):
        random.choice(MISHAPS)(document, random)
    kind = document.get("claim_type", "professional")
    # What happened to it was meant for a professional one.
    return document if kind == "professional" else of_type(document, kind)


def _owners(node: Any) -> Iterator[Any]:
    """Yield every object and list of a claim."""
    if isinstance(node, dict | list):
        yield node
        for child in node.values() if isinstance(node, dict) else node:
            yield from _owners(child)


def _drop(document: Document, random: Random) -> None:
    owner = random.choice([o for o in _owners(document) if o])
    if isinstance(owner, dict):
        del owner[random.choice(list(owner))]
    else:
        del owner[random.randrange(len(owner))]


def _empty(document: Document, random: Random) -> None:
    lists = [o for o in _owners(document) if isinstance(o, list)]
    if lists:
        random.choice(lists).clear()


def _bad_date(document: Document, random: Random) -> None:
    spans = [line.setdefault("service_date", {}) for line in document.get("lines", [])]
    places = [(span, end) for span in spans for end in ("from", "through")]
    places += [(document.setdefault(p, {}), "date_of_birth") for p in ("subscriber", "patient")]
    places += [(document.setdefault("transaction", {}), "date"), (document, "accident_date")]
    owner, name = random.choice(places)
    owner[name] = random.choice([*BAD_DATES, "2026-08-18", "2026-09-30", "1979-01-31", "2024-12-31"])


def _bad_amount(document: Document, random: Random) -> None:
    places = [(line, name) for line in document.get("lines", []) for name in ("charge", "units")]
    owner, name = random.choice([*places, (document, "total_charge")])
    owner[name] = random.choice([*BAD_AMOUNTS, "0", "0.00", "-5", "99999999.99", "12"])


def _line(document: Document, random: Random) -> dict[str, Any]:
    lines = document.setdefault("lines", [])
    if not lines:
        lines.append({})
    return random.choice(lines)


def _repeat(document: Document, random: Random) -> None:
    line = _line(document, random)
    document["lines"].append(copy.deepcopy(line))


def _recode(document: Document, random: Random) -> None:
    for line in document.get("lines", []):
        if random.random() < 0.7:
            line.setdefault("procedure", {})["code"] = random.choice(CODES)


def _modify(document: Document, random: Random) -> None:
    _line(document, random)["modifiers"] = random.choices(MODIFIERS, k=random.randint(0, 4))


def _repoint(document: Document, random: Random) -> None:
    pointers = random.choices([1, 2, 3, 4, 9, 0, "A", 12], k=random.randint(0, 4))
    _line(document, random)["diagnosis_pointers"] = pointers


def _provider(document: Document, random: Random) -> None:
    numbers = ["1999999034", "1999999026", "1999999018", "1999999019", "199999901", "ABCDEFGHIJ"]
    provider: dict[str, Any] = {"last_name": "SAMPLE"}
    if random.random() < 0.8:
        provider["npi"] = random.choice(numbers)
    if random.random() < 0.6:
        provider["taxonomy"] = random.choice(["207Q00000X", "208D00000X"])
    owner = random.choice([document, _line(document, random)])
    role = random.choice(["rendering_provider", "rendering_provider", "referring_provider"])
    if role == "referring_provider":  # the guide has no taxonomy there
        provider.pop("taxonomy", None)
    owner[role] = provider


def _bill(document: Document, random: Random) -> None:
    billing = document.setdefault("billing_provider", {})
    changes: dict[str, Any] = {
        "entity_type": random.choice(["1", "2", "3"]),
        "npi": random.choice(["1999999018", "1999999026", "12345"]),
        "taxonomy": random.choice(["207Q00000X", "291U00000X", "251E00000X"]),
        "phone": random.choice(["(217) 555-0100", "2175550100", "555"]),
        "address": {"lines": random.sample(["PO BOX 9", "12 MAIN ST", "LOCKBOX 3", "9 BOXWOOD LN"], 2)},
    }
    name = random.choice(list(changes))
    billing[name] = changes[name]


def _case(document: Document, random: Random) -> None:
    changes: dict[str, Any] = {
        "related_causes": random.choices(["AA", "OA", "EM"], k=random.randint(0, 3)),
        "accident_state": "IL",
        "accident_date": "2026-08-01",
        "place_of_service": random.choice(["11", "21", "51"]),
        "admission_date": "2026-08-01",
        "frequency_code": random.choice(["1", "7", "8", "9"]),
        "payer_claim_control_number": "PAYERCLAIM01",
    }
    name = random.choice(list(changes))
    document[name] = changes[name]


def _pay(document: Document, random: Random) -> None:
    changes = {
        "payer_id": random.choice(["EXH01", "EXH02", "99999"]),
        "key": random.choice(["example_health", "other"]),
        "program": random.choice(["commercial", "medicare_b"]),
    }
    name = random.choice(list(changes))
    document.setdefault("payer", {})[name] = changes[name]


def _depend(document: Document, random: Random) -> None:
    patient = document.setdefault("patient", {})
    patient["relationship"] = random.choice(["18", "19", "19", "01"])
    if random.random() < 0.7:
        name = random.choice(["last_name", "date_of_birth", "sex"])
        patient[name] = {"last_name": "SAMPLE", "date_of_birth": "2026-08-19", "sex": "F"}[name]


def _repeat_billing(document: Document, random: Random) -> None:
    billing = document.setdefault("billing_provider", {})
    provider = {"last_name": "SAMPLE", "npi": billing.setdefault("npi", "1999999018")}
    if random.random() < 0.5:
        provider["taxonomy"] = random.choice(["207Q00000X", "208D00000X"])
    document["rendering_provider"] = provider


def _forget(document: Document, random: Random) -> None:
    """Leave out something that every claim must say."""
    line = _line(document, random)
    places: list[tuple[dict[str, Any], str]] = [
        *((document, name) for name in ("patient_control_number", "lines", "total_charge")),
        (document.setdefault("subscriber", {}), "member_id"),
        (document.setdefault("payer", {}), "payer_id"),
        (document.setdefault("billing_provider", {}), "npi"),
        (line.setdefault("procedure", {}), "code"),
        (line.setdefault("service_date", {}), "from"),
        *((line, name) for name in ("charge", "units", "diagnosis_pointers")),
    ]
    owner, name = random.choice(places)
    owner.pop(name, None)


def _panel(document: Document, random: Random) -> None:
    """A panel, and one of its tests beside it that a modifier may explain."""
    line = _line(document, random)
    test = copy.deepcopy(line)
    line.setdefault("procedure", {})["code"] = "80053"
    test.setdefault("procedure", {})["code"] = random.choice(["82947", "84132"])
    test["modifiers"] = random.choice([[], ["91"], ["59"], ["GC"], ["91", "91"]])
    document["lines"].append(test)


def _critical(document: Document, random: Random) -> None:
    """Added critical care, and the first hour by the same person, a partner or a stranger."""
    line = _line(document, random)
    first = copy.deepcopy(line)
    line.setdefault("procedure", {})["code"] = "99292"
    first.setdefault("procedure", {})["code"] = "99291"
    first["rendering_provider"] = {
        "npi": random.choice(["1999999034", "1999999026"]),
        "taxonomy": random.choice(["207Q00000X", "208D00000X"]),
    }
    document["lines"].append(first)


def _diagnose(document: Document, random: Random) -> None:
    codes = random.choices(["W010XXA", "S8001XA", "E119", "Y92009", "V892XXA"], k=random.randint(1, 4))
    document["diagnoses"] = [{"code": code, "role": "other"} for code in codes]
    if random.random() < 0.2:
        del random.choice(document["diagnoses"])["code"]


MISHAPS: tuple[Callable[[Document, Random], None], ...] = (
    *(_drop, _empty, _bad_date, _bad_amount, _repeat, _recode, _recode, _modify, _repoint),
    *(
        _provider,
        _bill,
        _case,
        _pay,
        _depend,
        _repeat_billing,
        _forget,
        _forget,
        _panel,
        _critical,
        _diagnose,
    ),
)


def illegible(document: Document, random: Random) -> Document:
    """Return the claim with half of its dates, amounts and numbers unreadable."""
    document = copy.deepcopy(document)
    for owner in _owners(document):
        if not isinstance(owner, dict):
            continue
        for name in owner:
            if random.random() < 0.5:
                continue
            if name in DATES:
                owner[name] = random.choice(BAD_DATES)
            elif name in AMOUNTS | QUANTITIES:
                owner[name] = random.choice(BAD_AMOUNTS)
            elif name in NUMBERS:
                owner[name] = [random.choice([number, "A"]) for number in owner[name]]
    return document


# --- filled --------------------------------------------------------------------------------------------

FILLABLE = {
    claim_type: sorted(p for p, info in PATHS.items() if claim_type in info.places and p not in SYNONYMS)
    for claim_type in ALL_TYPES
}


def filled(document: Document, random: Random, times: int) -> Document:
    """Return the claim with values at so many paths of the vocabulary, readable or not."""
    document = copy.deepcopy(document)
    if random.random() < 0.4:
        document = of_type(document, random.choice(["institutional", "institutional", "dental"]))
    fillable = FILLABLE[document.get("claim_type", "professional")]
    for _ in range(times):
        pattern = random.choice(fillable)
        _put(document, pattern.split("."), value_for(PATHS[pattern].kind, random), random)
    return document


def of_type(document: Document, kind: str) -> Document:
    """Return a professional claim as one of another type: without what only professional claims have."""

    def kept(owner: Document, pattern: str) -> Document:
        return {
            name: part for name, value in owner.items() if (part := member(value, f"{pattern}{name}")) != ()
        }

    def member(value: Any, path: str) -> Any:
        known = PATHS.get(f"{path}[]" if isinstance(value, list) else path)
        if known is not None and kind not in (known.places or known.types):
            return ()
        if isinstance(value, dict):
            return kept(value, f"{path}.")
        if isinstance(value, list):
            return [kept(v, f"{path}[].") if isinstance(v, dict) else v for v in value]
        return value

    return {**kept(document, ""), "claim_type": kind}


def value_for(kind: str, random: Random) -> Any:
    """Return a value of a kind; few different ones, so that comparisons come out either way."""
    values: dict[str, list[Any]] = {
        "date": [
            "2026-08-17",
            "2026-08-18",
            "2026-08-19",
            "2025-08-18",
            "2024-02-29",
            "2026-01-31",
            random.choice(BAD_DATES),
        ],
        "amount": ["0", "1", "95", "245.00", "-2.5", random.choice(BAD_AMOUNTS)],
        "quantity": ["0", "1", "2", "1.5", random.choice(BAD_AMOUNTS)],
        "number": [1, 2, 3, 9, "A"],
        "npi": ["1999999018", "1999999026", "1999999019", "12"],
        "phone": ["2175550100", "217-555-0100"],
        "name": ["EXAMPLE", "SAMPLE", "X"],
        "text": ["12 MAIN ST", "PO BOX 9", "SAMPLE", "1"],
        "id": ["1", "A1", "XYZ", "EXH01"],
    }
    return random.choice(values.get(kind, ["1", "2", "11", "25", "99213", "AA", "E119", "CO"]))


def _put(owner: dict[str, Any], names: list[str], value: Any, random: Random) -> None:
    name, rest = names[0], names[1:]
    if name.endswith("[]"):
        members = owner.setdefault(name.removesuffix("[]"), [])
        if not members or random.random() < 0.3:
            members.append({} if rest else value)
        place = random.randrange(len(members))
        if rest:
            _put(members[place], rest, value, random)
        else:
            members[place] = value
    elif rest:
        _put(owner.setdefault(name, {}), rest, value, random)
    else:
        owner[name] = value
