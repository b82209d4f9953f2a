"""The path vocabulary: every name that rules, messages, patches and the API use for a part of a claim.

Generated from the field table and the derived fields. A path names a value or a collection; a bare line
path is the *effective* value (the line's, else the claim's, else the billing provider's), and
`line.reported.x` is what the line itself says.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.claim.derived import DERIVED
from scrubber.claim.fields import FIELDS, Field, PathKind
from scrubber.claim.model import Claim

ORDERED_KINDS = frozenset({"amount", "quantity", "number", "date"})


@dataclass(frozen=True, slots=True)
class PathInfo:
    """One entry of the vocabulary. `pattern` marks collections with `[]`: `lines[].procedure.code`."""

    pattern: str
    kind: PathKind
    required: bool = False
    derived: bool = False
    fields: tuple[Field, ...] = ()
    doc: str = ""

    @property
    def is_collection(self) -> bool:
        """True for a list: of objects (`lines[]`) or of plain values (`lines[].modifiers[]`)."""
        return self.pattern.endswith("[]")


#: Collections a rule may walk, and the name an item gets in the rule.
ITEM_ALIASES: Mapping[str, str] = {
    "lines[]": "line",
    "lines[].diagnosis_pointers[]": "pointer",
    "lines[].modifiers[]": "modifier",
    "lines[].adjudications[]": "adjudication",
    "lines[].adjudications[].adjustments[]": "adjustment",
    "diagnoses[]": "diagnosis",
    "condition_codes[]": "condition_code",
    "related_causes[]": "related_cause",
    "other_payers[]": "other_payer",
    "other_payers[].adjustments[]": "adjustment",
    "attachments[]": "attachment",
    "notes[]": "note",
    "billing_provider.address.lines[]": "address_line",
}

#: Where a value comes from when the first place does not say it.
EFFECTIVE: Mapping[str, tuple[str, ...]] = {
    "lines[].rendering_provider": ("rendering_provider", "billing_provider"),
    "lines[].referring_provider": ("referring_provider",),
    "lines[].supervising_provider": ("supervising_provider",),
    "lines[].service_facility": ("service_facility",),
    "lines[].place_of_service": ("place_of_service",),
    "lines[].prior_authorization_number": ("prior_authorization_number",),
    "lines[].clia_number": ("clia_number",),
    "lines[].service_date.through": ("lines[].service_date.from",),
    "patient.last_name": ("subscriber.last_name",),
    "patient.first_name": ("subscriber.first_name",),
    "patient.date_of_birth": ("subscriber.date_of_birth",),
    "patient.sex": ("subscriber.sex",),
    "patient.address": ("subscriber.address",),
}

#: Second names of a path.
SYNONYMS: Mapping[str, str] = {
    "payer.member_id": "subscriber.member_id",
    "billing_provider.last_name": "billing_provider.name",  # where it stands in for a rendering provider
}

#: Typed sweeps: `every.npi` is every value of that kind on the claim, as it was sent.
SWEEPS: Mapping[str, frozenset[str]] = {
    "amount": frozenset({"amount"}),
    "quantity": frozenset({"quantity"}),
    "date": frozenset({"date"}),
    "name": frozenset({"name"}),
    "phone": frozenset({"phone"}),
    "npi": frozenset({"npi"}),
    "code": frozenset({"code"}),
}

#: Paths that the payer registry or the reader fills in, without a place of their own in X12.
_REGISTRY_PATHS: tuple[tuple[str, PathKind, str], ...] = (
    ("claim_type", "code", "professional, institutional or dental (from GS08)"),
    ("payer.key", "code", "The payer in the registry; payer ids differ by clearinghouse"),
    ("payer.program", "code", "commercial, medicare_b, medicaid ... (from the registry)"),
)


def _build() -> dict[str, PathInfo]:
    by_path: dict[str, list[Field]] = {}
    for field in FIELDS:
        by_path.setdefault(field.path, []).append(field)
    out: dict[str, PathInfo] = {}
    for path, rows in by_path.items():
        out[path] = PathInfo(path, rows[0].kind, any(row.required for row in rows), False, tuple(rows))
    for path, kind, doc in _REGISTRY_PATHS:
        out[path] = PathInfo(path, kind, doc=doc)
    for path, derived in DERIVED.items():
        out[path] = PathInfo(path, derived.kind, derived=True, doc=derived.doc)
    for path, target in SYNONYMS.items():
        out[path] = PathInfo(path, out[target].kind, out[target].required, False, out[target].fields)
    for path in list(out):  # the objects and collections on the way
        parts = path.split(".")
        for end in range(1, len(parts)):
            prefix = ".".join(parts[:end])
            known = out.setdefault(prefix, PathInfo(prefix, "object", derived=True))
            if known.kind == "object" and known.derived and not out[path].derived:
                out[prefix] = PathInfo(prefix, "object")  # part of the model, not only of what is worked out
    return out


PATHS: Mapping[str, PathInfo] = _build()


#: Parts of a claim that may be absent as a whole: the loops of providers.
OPTIONAL_PARTS: frozenset[str] = frozenset(
    path
    for path in PATHS
    if path.rsplit(".", 1)[-1].endswith(("_provider", "service_facility")) and path != "billing_provider"
)


def step(base: str, name: str) -> str | None:
    """Return the pattern of `name` below the pattern `base` (`""` is the claim), or None."""
    pattern = f"{base}.{name}" if base else name
    for candidate in (pattern, f"{pattern}[]"):
        if candidate in PATHS:
            return candidate
    return None


def suggest(base: str, name: str) -> str | None:
    """Return the name below `base` that is most like `name`, for a `did you mean`."""
    prefix = f"{base}." if base else ""
    names = {p[len(prefix) :].split(".")[0].removesuffix("[]") for p in PATHS if p.startswith(prefix)}
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return close[0] if close else None


def attribute(name: str) -> str:
    """Return the model's attribute for a path name (`from` is a Python keyword)."""
    return "from_" if name == "from" else name


def alternatives(pattern: str) -> tuple[str, tuple[str, ...]] | None:
    """Return (the part of `pattern` that falls back, the places it falls back to), or None."""
    parts = pattern.split(".")
    for end in range(len(parts), 0, -1):
        prefix = ".".join(parts[:end])
        if prefix in EFFECTIVE:
            return prefix, EFFECTIVE[prefix]
    return None


def fallbacks(claim: Claim, pattern: str) -> tuple[str, ...]:
    """Return the places a value comes from when `pattern` itself does not say it.

    A dependent's own data never come from the subscriber: what is missing there is missing.
    """
    if pattern.startswith("patient.") and not claim.patient_is_subscriber:
        return ()
    return EFFECTIVE.get(pattern, ())


def sweep_patterns(name: str) -> tuple[PathInfo, ...]:
    """Return the paths of one typed sweep, in the order of the field table."""
    kinds = SWEEPS[name]
    return tuple(p for p in PATHS.values() if p.kind in kinds and p.fields and p.pattern not in SYNONYMS)


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
