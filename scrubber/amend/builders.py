"""Registered builders: amendments that need an algorithm. Each returns the values to set, by claim path.

A builder never invents a code, a charge or a date: it moves what is on the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from scrubber.claim.model import Claim

#: Path → new value. The paths exist on the claim; values are as in the claim model.
Changes = dict[str, Any]


#: The named code sets of the loaded packs.
Sets = Mapping[str, Container[str]]


def external_cause_codes_last(claim: Claim, sets: Sets) -> Changes:
    """Move the leading external-cause codes (the set `external_cause`) behind the other diagnoses.

    The diagnosis pointers are renumbered, so that every line still points at the same diagnoses in the
    same order. Roles stay with the places: the first diagnosis is the principal one. Returns nothing when
    there is no other diagnosis to put first. Source: ICD-10-CM guidelines, section I.C.20.
    """
    codes = [diagnosis.code or "" for diagnosis in claim.diagnoses]
    causes = sets["external_cause"]
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


BUILDERS: Mapping[str, Callable[[Claim, Sets], Changes]] = {
    "external_cause_codes_last": external_cause_codes_last
}
