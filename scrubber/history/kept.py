"""What of a claim a history keeps: what tells one service from another. Nothing that names a person.

The rest of a claim is not in the path vocabulary of prior lines either, so no rule can take it for absent.
"""

from __future__ import annotations

from typing import Any

from scrubber.claim.background import PRIOR_LINE_PATHS

_PROVIDER = ("npi", "taxonomy")
#: Paths of claim JSON: those of lines as the vocabulary has them (without what is worked out from others),
#: and what lines take from their claim.
_KEPT: tuple[str, ...] = (
    "claim_type",
    "patient_control_number",
    "frequency_code",
    "facility_type_code",
    "place_of_service",
    "prior_authorization_number",
    "service_date.from",
    "service_date.through",
    "statement_period.from",
    "statement_period.through",
    "transaction.guide",
    "receiver.id",
    "payer.payer_id",
    "payer.key",
    "payer.program",
    "billing_provider.tax_id",
    *(f"{role}.{part}" for role in ("billing_provider", "rendering_provider") for part in _PROVIDER),
    *(f"lines.{path.replace('[]', '')}" for path in PRIOR_LINE_PATHS),
)


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a claim's JSON."""
    tree: dict[str, Any] = {}
    for path in _KEPT:
        branch = tree
        for name in path.split("."):
            branch = branch.setdefault(name, {})
    out = _pruned(document, tree)
    if document.get("billing_provider", {}).get("tax_id_type") == "SY":  # a person's social security number
        out["billing_provider"].pop("tax_id", None)
    return out


def _pruned(part: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, branch in tree.items():
        value = part.get(name)
        if value is None:
            continue
        if isinstance(value, dict):
            value = _pruned(value, branch)
        elif isinstance(value, list) and branch:
            value = [_pruned(member, branch) for member in value]
        out[name] = value
    return out
