"""Registered builders: amendments that need an algorithm. Each returns the values to set, by claim path.

A builder never invents a code, a charge or a date: it moves what is on the claim, or takes what a table says.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.claim.model import Claim
from scrubber.claim.periods import line_from
from scrubber.engine.tables import AnyRows, column, look_up

#: Path → new value. The paths exist on the claim; values are as in the claim model.
Changes = dict[str, Any]


#: The named code sets of the loaded packs.
Sets = Mapping[str, Container[str]]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a builder works: the claim, the index of the line that was found, and the rows of its table.

    `rows` is None where the amendment names no table or it is not loaded.
    """

    claim: Claim
    sets: Sets
    line: int | None = None
    rows: AnyRows | None = None


def external_cause_codes_last(site: Site) -> Changes:
    """Move the leading external-cause codes (the set `external_cause`) behind the other diagnoses.

    The diagnosis pointers are renumbered, so that every line still points at the same diagnoses in the
    same order. Roles stay with the places: the first diagnosis is the principal one. Returns nothing when
    there is no other diagnosis to put first. Source: ICD-10-CM guidelines, section I.C.20.
    """
    claim = site.claim
    codes = [diagnosis.code or "" for diagnosis in claim.diagnoses]
    causes = site.sets["external_cause"]
    lead = next((i for i, code in enumerate(codes) if code not in causes), len(codes))
    if lead in (0, len(codes)):
        return {}
    order = [*range(lead, len(codes)), *range(lead)]
    changes: Changes = {
        f"diagnoses[{new}].code": codes[old] for new, old in enumerate(order) if codes[old] != codes[new]
    }
    moved = {old + 1: new + 1 for new, old in enumerate(order)}
    for i, line in enumerate(claim.lines):
        for j, pointer in enumerate(line.diagnosis_pointers):
            new_pointer = moved.get(pointer, pointer) if isinstance(pointer, int) else pointer
            if new_pointer != pointer:
                changes[f"lines[{i}].diagnosis_pointers[{j}]"] = new_pointer
    return changes


def established_patient_code(site: Site) -> Changes:
    """Set the procedure code of the line to the one that its table has in the column `established`.

    The table is looked up by `code`, in the edition of the line's date. Returns nothing where it has no row.
    """
    if site.line is None:
        return {}
    line = site.claim.lines[site.line]
    keys = {"code": line.procedure.code}
    found = column(look_up(site.rows, keys, line_from(site.claim, line), many=False), "established")
    return {f"lines[{site.line}].procedure.code": found} if isinstance(found, str) else {}


BUILDERS: Mapping[str, Callable[[Site], Changes]] = {
    "established_patient_code": established_patient_code,
    "external_cause_codes_last": external_cause_codes_last,
}
