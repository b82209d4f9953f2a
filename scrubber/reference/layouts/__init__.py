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
    "hcpcs_anweb": ("hcpcs", "CODES"),
    "hcpcs_anweb_modifiers": ("hcpcs", "MODIFIERS"),
    "ncci_ptp_practitioner": ("ncci_ptp", "PRACTITIONER"),
    "ncci_ptp_hospital": ("ncci_ptp", "HOSPITAL"),
}


def layout(name: LayoutName) -> Layout:
    """Return the layout of a name."""
    module, member = _LAYOUTS[name]
    found: Layout = getattr(import_module(f"{__name__}.{module}"), member)
    return found
