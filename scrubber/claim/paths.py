"""The path vocabulary: every name that rules, messages, patches and the API use for a part of a claim.

Generated from the field table and the derived fields. A path names a value or a collection; a bare line
path is the *effective* value (the line's, else the claim's, else the billing provider's), and
`line.reported.x` is what the line itself says.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from scrubber.claim.background import OTHER_VALUES, PRIOR_LINE, PRIOR_LINE_PATHS, PRIOR_LINES, PRIOR_VALUES
from scrubber.claim.derived import DERIVED
from scrubber.claim.fields import FIELDS, Field, PathKind
from scrubber.claim.model import Claim, ClaimType, ServiceLine
from scrubber.claim.shape import attribute, member_at

ALL_TYPES: frozenset[ClaimType] = frozenset(FIELDS)


def types_of(said: Collection[str]) -> frozenset[ClaimType]:
    """Return the claim types that a rule is for, of those we read; a rule that says none is for all."""
    return frozenset(claim_type for claim_type in ALL_TYPES if claim_type in said or not said)


@dataclass(frozen=True, slots=True)
class PathInfo:
    """One entry of the vocabulary. `pattern` marks collections with `[]`: `lines[].procedure.code`.

    `places` are the rows of the field table by claim type: a type without rows does not have the value.
    `types` are the claim types that have the path. `background`: no part of the claim, but what a run may
    know besides.
    """

    pattern: str
    kind: PathKind
    derived: bool = False
    places: Mapping[ClaimType, tuple[Field, ...]] = field(default_factory=dict)
    types: frozenset[ClaimType] = ALL_TYPES
    doc: str = ""
    background: bool = False

    def is_required(self, types: Iterable[ClaimType]) -> bool:
        """True when the guide of every one of these claim types demands the value."""
        return all(any(row.required for row in self.places.get(t, ())) for t in types)

    @property
    def is_collection(self) -> bool:
        """True for a list: of objects (`lines[]`) or of plain values (`lines[].modifiers[]`)."""
        return self.pattern.endswith("[]")


#: Where a value comes from when the first place does not say it.
EFFECTIVE: Mapping[str, tuple[str, ...]] = {
    "lines[].rendering_provider": ("rendering_provider", "billing_provider"),
    **{
        f"lines[].{name}": (name,)
        for name in (
            "referring_provider",
            "primary_care_provider",
            "supervising_provider",
            "assistant_surgeon",
            "operating_provider",
            "other_operating_provider",
            "service_facility",
            "ambulance_pickup",
            "ambulance_dropoff",
            "ambulance",
            "place_of_service",
            "prior_authorization_number",
            "predetermination_number",
            "referral_number",
            "mammography_certification",
            "clia_number",
            "last_seen_date",
            "last_xray_date",
            "initial_treatment_date",
            "appliance_placement_date",
            "service_date.from",
        )
    },
    "lines[].service_date.through": (
        "lines[].service_date.from",
        "service_date.through",
        "service_date.from",
    ),
    "patient.last_name": ("subscriber.last_name",),
    "patient.first_name": ("subscriber.first_name",),
    "patient.middle_name": ("subscriber.middle_name",),
    "patient.suffix": ("subscriber.suffix",),
    "patient.date_of_birth": ("subscriber.date_of_birth",),
    "patient.sex": ("subscriber.sex",),
    "patient.address": ("subscriber.address",),
}
#: Claim types in which a place stands in for another one; a place that is not named does so in all.
STANDS_IN: Mapping[str, frozenset[ClaimType]] = {
    "billing_provider": frozenset({"professional", "dental"}),
    "service_date.from": frozenset({"dental"}),
    "service_date.through": frozenset({"dental"}),
}
#: What an ordinary claim says on the line itself, also where it may be said once for all lines.
SAID_ON_LINES = frozenset({"lines[].service_date.from"})

#: Second names of a path.
SYNONYMS: Mapping[str, str] = {
    "payer.member_id": "subscriber.member_id",
    "billing_provider.last_name": "billing_provider.name",  # where it stands in for a rendering provider
}

#: Typed sweeps: `every.npi` is every value of that kind on the claim, as it was sent.
SWEEPS: tuple[PathKind, ...] = ("amount", "quantity", "date", "name", "phone", "npi", "code")

#: Paths that the payer registry or the reader fills in, without a place of their own in X12.
_REGISTRY_PATHS: tuple[tuple[str, PathKind, str], ...] = (
    ("claim_type", "code", "professional, institutional or dental (from ST03, else GS08)"),
    ("payer.key", "code", "The payer in the registry; payer ids differ by clearinghouse"),
    ("payer.program", "code", "commercial, medicare_b, medicaid ... (from the registry)"),
    (
        "occurrence_codes[].segment_position",
        "number",
        "Which of the HI segments with such codes it is in",
    ),
    ("other_payers[].key", "code", "The payer in the registry"),
    ("other_payers[].program", "code", "commercial, medicare_b, medicaid ... (from the registry)"),
)


#: Providers of a claim or a line, and how a rule calls their roles.
PROVIDER_ROLES: Mapping[str, str] = {
    "billing_provider": "billing",
    "rendering_provider": "rendering",
    "attending_provider": "attending",
    "operating_provider": "operating",
    "other_operating_provider": "other_operating",
    "ordering_provider": "ordering",
    "referring_provider": "referring",
    "primary_care_provider": "primary_care",
    "supervising_provider": "supervising",
    "assistant_surgeon": "assistant_surgeon",
    "purchased_service_provider": "purchased_service",
    "service_facility": "service_facility",
}


@dataclass(frozen=True, slots=True)
class Gathering:
    """A collection that is put together from parts which stand elsewhere (see `gathered.py`).

    Items have what all of `sources` may have, and `own` values. Claims with the path `like` have it.
    """

    sources: tuple[str, ...]
    doc: str
    like: str
    own: Mapping[str, str] = field(default_factory=dict)


_ROLE = {"role": "The role without `_provider`: rendering, ordering, assistant_surgeon ..."}
GATHERED: Mapping[str, Gathering] = {
    "payers[]": Gathering(
        ("payer", "other_payers[]"), "The destination payer, then the other payers", "payer.payer_id"
    ),
    "providers[]": Gathering(
        tuple(name for name in PROVIDER_ROLES if hasattr(Claim(), name)),
        "The billing provider and every other provider that the claim names",
        "billing_provider.npi",
        _ROLE,
    ),
    "lines[].providers[]": Gathering(
        tuple(f"lines[].{name}" for name in PROVIDER_ROLES if hasattr(ServiceLine(), name)),
        "The providers that count for the line: its own, else the claim's, else the billing provider",
        "lines[].procedure.code",
        _ROLE,
    ),
    "lines[].diagnoses[]": Gathering(
        ("diagnoses[]",),
        "The diagnoses that the line points at, in the order of its pointers",
        "lines[].diagnosis_pointers[]",
    ),
}


def alternatives(pattern: str) -> tuple[str, tuple[str, ...]] | None:
    """Return (the part of `pattern` that falls back, the places it falls back to), or None."""
    parts = pattern.split(".")
    for end in range(len(parts), 0, -1):
        prefix = ".".join(parts[:end])
        if prefix in EFFECTIVE:
            return prefix, EFFECTIVE[prefix]
    return None


def _build() -> dict[str, PathInfo]:
    by_path: dict[str, dict[ClaimType, list[Field]]] = {}
    for claim_type, fields in FIELDS.items():
        for row in fields:
            by_path.setdefault(row.path, {}).setdefault(claim_type, []).append(row)
    out: dict[str, PathInfo] = {}
    for path, rows in by_path.items():
        places = {claim_type: tuple(group) for claim_type, group in rows.items()}
        kind = next(iter(rows.values()))[0].kind
        out[path] = PathInfo(path, kind, places=places, types=frozenset(places))
    for path, registered, doc in _REGISTRY_PATHS:
        owner = path.rpartition(".")[0]
        beside = [info.types for other, info in out.items() if other.startswith(f"{owner}.")]
        out[path] = PathInfo(path, registered, types=frozenset().union(*beside) or ALL_TYPES, doc=doc)
    for path, derived in DERIVED.items():
        out[path] = PathInfo(path, derived.kind, derived=True, types=derived.types, doc=derived.doc)
    for path, target in SYNONYMS.items():
        out[path] = replace(out[target], pattern=path)
    for path in list(out):  # what a line lacks, the claim may say for all lines
        found = alternatives(path)
        if found is not None:
            others = [
                out[place + path.removeprefix(found[0])]
                for place in found[1]
                if place + path.removeprefix(found[0]) in out
            ]
            out[path] = replace(out[path], types=out[path].types.union(*(other.types for other in others)))
    for path in list(out):  # the objects and collections on the way
        names = path.split(".")
        for end in range(1, len(names)):
            prefix = ".".join(names[:end])
            known = out.setdefault(prefix, PathInfo(prefix, "object", derived=True, types=frozenset()))
            if known.kind == "object":  # of the model, or only the name of what is worked out
                derived_only = known.derived and out[path].derived
                types = known.types | out[path].types
                out[prefix] = replace(known, derived=derived_only, types=types)
    for collection, gathering in GATHERED.items():
        out.update({info.pattern: info for info in _gathered(collection, gathering, out)})
    return out


def _gathered(collection: str, gathering: Gathering, known: Mapping[str, PathInfo]) -> Iterator[PathInfo]:
    """Yield a gathered collection and what its items have: all that every source may have."""
    types = known[gathering.like].types
    yield PathInfo(collection, "object", derived=True, types=types, doc=gathering.doc)
    for name, doc in gathering.own.items():
        yield PathInfo(f"{collection}.{name}", "code", derived=True, types=types, doc=doc)
    found: dict[str, PathInfo] = {}
    for source in gathering.sources:
        for path, info in known.items():
            rest = path.removeprefix(f"{source}.")
            if rest == path or not all(_may_have(s, rest) for s in gathering.sources):
                continue
            old = found.get(rest)
            both = (info.types | (old.types if old else frozenset())) & types
            found[rest] = PathInfo(f"{collection}.{rest}", info.kind, derived=True, types=both)
    yield from found.values()


def _may_have(source: str, rest: str) -> bool:
    """Return whether a part of the claim has a value of a name, on some claims."""
    if f"{source}.{rest}" in {**SYNONYMS, **DERIVED}:
        return True
    try:
        member_at(f"{source}.{rest}")
    except KeyError:
        return False
    return True


def gathered_sources(pattern: str) -> tuple[str, ...]:
    """Return the paths that a path of a gathered collection stands for; none for any other path."""
    for collection, gathering in GATHERED.items():
        if f"{pattern}.".startswith(f"{collection}."):
            return tuple(source + pattern.removeprefix(collection) for source in gathering.sources)
    return ()


PATHS: Mapping[str, PathInfo] = _build()


def _build_background() -> dict[str, PathInfo]:
    """Return the paths of what a run may know besides the claim (`background.py`)."""
    said: dict[str, tuple[PathKind, str]] = {
        **{f"{PRIOR_LINES}.{path}": (PATHS[f"lines[].{path}"].kind, "") for path in PRIOR_LINE_PATHS},
        **{f"{PRIOR_LINES}.{path}": (value.kind, value.doc) for path, value in PRIOR_VALUES.items()},
        **OTHER_VALUES,
    }
    out: dict[str, PathInfo] = {}
    for path, (kind, doc) in said.items():
        out[path] = PathInfo(path, kind, derived=True, doc=doc, background=True)
        names = path.split(".")
        for end in range(1, len(names)):
            prefix = ".".join(names[:end])
            if prefix not in PATHS:
                is_item = prefix.startswith(PRIOR_LINES) or prefix.endswith("[]")
                out[prefix] = PathInfo(prefix, "object", derived=not is_item, background=True)
    return out


#: What a run may know besides the claim, and all names together that a rule may use.
BACKGROUND: Mapping[str, PathInfo] = _build_background()
VOCABULARY: Mapping[str, PathInfo] = {**PATHS, **BACKGROUND}

_SINGULARS = {
    "diagnoses": "diagnosis",
    "diagnosis_pointers": "pointer",
    "address.lines": "address_line",
    "teeth": "tooth",
    "tooth_statuses": "tooth_status",
}


def _alias(pattern: str) -> str:
    name = pattern.removesuffix("[]")
    for plural, singular in _SINGULARS.items():
        if name.endswith(plural):
            return singular
    return name.rpartition(".")[2].removesuffix("s")


#: Collections a rule may walk, and the name an item gets in the rule: the singular.
ITEM_ALIASES: Mapping[str, str] = {p: _alias(p) for p, info in PATHS.items() if info.is_collection}
#: The same for all collections that a quantifier or a sum may walk.
ALL_ALIASES: Mapping[str, str] = {
    **ITEM_ALIASES,
    **{p: _alias(p) for p, info in BACKGROUND.items() if info.is_collection},
    PRIOR_LINES: PRIOR_LINE,
}


def spellings(pattern: str) -> Iterator[str]:
    """Yield how rules may name a path: from the claim (`lines.charge`), and from items (`line.charge`)."""
    yield pattern.replace("[]", "")
    parts = pattern.split(".")
    for end in range(1, len(parts)):
        alias = ALL_ALIASES.get(".".join(parts[:end]))
        if alias is not None:
            yield ".".join([alias, *parts[end:]]).replace("[]", "")


def step(base: str, name: str) -> str | None:
    """Return the pattern of `name` below the pattern `base` (`""` is the claim), or None."""
    pattern = f"{base}.{name}" if base else name
    for candidate in (pattern, f"{pattern}[]"):
        if candidate in VOCABULARY:
            return candidate
    return None


def suggest(base: str, name: str) -> str | None:
    """Return the name below `base` that is most like `name`, for a `did you mean`."""
    prefix = f"{base}." if base else ""
    names = {p[len(prefix) :].split(".")[0].removesuffix("[]") for p in VOCABULARY if p.startswith(prefix)}
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return close[0] if close else None


def fallbacks(claim: Claim, pattern: str) -> tuple[str, ...]:
    """Return the places a value comes from when `pattern` itself does not say it.

    A dependent's own data never come from the subscriber: what is missing there is missing.
    """
    if pattern.startswith("patient.") and not claim.patient_is_subscriber:
        return ()
    return tuple(
        place for place in EFFECTIVE.get(pattern, ()) if claim.claim_type in STANDS_IN.get(place, ALL_TYPES)
    )


def is_optional(pattern: str, types: Iterable[ClaimType], *, reported: bool) -> bool:
    """Return whether claims that the guides accept may lack a value, and every value it falls back to."""
    types = tuple(types)
    if PATHS[pattern].is_required(types):
        return False
    found = None if reported else alternatives(pattern)
    if found is None:
        return True
    part, places = found
    rest = pattern.removeprefix(part)
    return not any(
        place + rest in PATHS
        and all(t in STANDS_IN.get(place, ALL_TYPES) for t in types)
        and PATHS[place + rest].is_required(types)
        for place in places
    )


@cache
def sweep_patterns(name: str, claim_type: ClaimType) -> tuple[PathInfo, ...]:
    """Return the paths of one typed sweep over claims of a type, in the order of the field table.

    What only repeats the value of another path is left out.
    """
    return tuple(
        info
        for info in PATHS.values()
        if info.kind == name
        and info.pattern not in SYNONYMS
        and any(row.code is None for row in info.places.get(claim_type, ()))
    )


def expand(claim: Claim, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield (concrete path, value) for every place of `pattern` that the claim reports."""

    def walk(target: Any, parts: list[str], path: str) -> Iterator[tuple[str, Any]]:
        if target is None:
            return
        if not parts:
            yield path, target
            return
        name = parts[0]
        dotted = f"{path}.{name.removesuffix('[]')}" if path else name.removesuffix("[]")
        value = getattr(target, attribute(name.removesuffix("[]")))
        if name.endswith("[]"):
            for i, item in enumerate(value):
                yield from walk(item, parts[1:], f"{dotted}[{i}]")
        else:
            yield from walk(value, parts[1:], dotted)

    yield from walk(claim, pattern.split("."), "")
