"""The forms of publishers' files: one module for each, loaded when a file of it is imported.

A layout yields, for each line, a row or a note on why the line gave none.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from scrubber.packs.tables import LayoutName
from scrubber.reference.layouts.layout import Layout

#: Layout → (module, object).
_LAYOUTS: Mapping[LayoutName, tuple[str, str]] = {
    "carc": ("adjustment_codes", "CARC"),
    "coverage_codes": ("coverage", "CODES"),
    "coverage_covered": ("coverage", "COVERED"),
    "coverage_noncovered": ("coverage", "NONCOVERED"),
    "fda_ndc": ("ndc", "PACKAGES"),
    "hcpcs_anweb": ("hcpcs", "CODES"),
    "hcpcs_anweb_modifiers": ("hcpcs", "MODIFIERS"),
    "hipps": ("hipps", "CODES"),
    "icd10_cm_order": ("icd10_order", "CM"),
    "icd10_pcs_order": ("icd10_order", "PCS"),
    "icd10_tabular_code_first": ("icd10_tabular", "CODE_FIRST"),
    "icd10_tabular_excludes1": ("icd10_tabular", "EXCLUDES1"),
    "icd10_tabular_seventh_characters": ("icd10_tabular", "SEVENTH_CHARACTERS"),
    "icd10_tabular_sides": ("icd10_tabular", "SIDES"),
    "icd10_tabular_use_additional": ("icd10_tabular", "USE_ADDITIONAL"),
    "mce_diagnoses": ("mce", "DIAGNOSES"),
    "ncci_add_on": ("ncci_add_on", "ADD_ON"),
    "ncci_mue_dme": ("ncci_mue", "DME"),
    "ncci_mue_hospital": ("ncci_mue", "HOSPITAL"),
    "ncci_mue_practitioner": ("ncci_mue", "PRACTITIONER"),
    "ncci_ptp_hospital": ("ncci_ptp", "HOSPITAL"),
    "ncci_ptp_practitioner": ("ncci_ptp", "PRACTITIONER"),
    "nppes_providers": ("nppes", "PROVIDERS"),
    "nppes_taxonomies": ("nppes", "TAXONOMIES"),
    "nucc_taxonomy": ("nucc", "TAXONOMY"),
    "pprrvu": ("pprrvu", "FEES"),
    "rarc": ("adjustment_codes", "RARC"),
}


def layout(name: LayoutName) -> Layout:
    """Return the layout of a name."""
    module, member = _LAYOUTS[name]
    found: Layout = getattr(import_module(f"{__name__}.{module}"), member)
    return found
