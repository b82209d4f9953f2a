"""The field table: where each claim path stands in X12 and on paper, for each claim type.

One row per path and place. The reader fills the claim from it, locations are found with it, the writer
edits by it and the path vocabulary is generated from it: add a row here and everything knows it.
Rows of one path are tried in order; the first is where the value should stand when it is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scrubber.claim.fields.dental import dental
from scrubber.claim.fields.forms import BOXES, FORM_NAMES
from scrubber.claim.fields.institutional import institutional
from scrubber.claim.fields.professional import professional
from scrubber.claim.fields.row import Each, Field, Kind, Part, PathKind
from scrubber.claim.model import ClaimType

__all__ = ["FIELDS", "Each", "Field", "Kind", "Part", "PathKind"]


def _with_boxes(claim_type: ClaimType, fields: list[Field]) -> tuple[Field, ...]:
    form, boxes = FORM_NAMES[claim_type], BOXES[claim_type]
    return tuple(
        replace(row, form=f"{form} {boxes[row.path]}") if row.path in boxes else row for row in fields
    )


FIELDS: Mapping[ClaimType, tuple[Field, ...]] = {
    "professional": _with_boxes("professional", professional()),
    "institutional": _with_boxes("institutional", institutional()),
    "dental": _with_boxes("dental", dental()),
}
