"""The registry of providers: `npidata_pfile_20050523-20261108.csv`, 8 GB and a line for each NPI.

Only whole files are taken: their first day is the registry's own. Kept are the type of the provider, the day
of a deactivation that still holds, and taxonomy codes; no name, no address.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from scrubber.reference.editing import ALWAYS, FOR_EVER, NumberedRow
from scrubber.reference.layouts.layout import (
    Layout,
    Note,
    Records,
    RowError,
    always,
    american_day,
    code,
    names,
)
from scrubber.reference.native import NativeText
from scrubber.reference.periods import Period

_NAME = r"npidata_pfile_20050523-(?P<day>\d{8})\.csv"
_TAXONOMIES = 15
_CODES = [f"Healthcare Provider Taxonomy Code_{n}" for n in range(1, _TAXONOMIES + 1)]
_SWITCHES = [f"Healthcare Provider Primary Taxonomy Switch_{n}" for n in range(1, _TAXONOMIES + 1)]
_PROVIDER = ("NPI", "Entity Type Code", "NPI Deactivation Date", "NPI Reactivation Date")


def _providers(text: NativeText) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, (*_PROVIDER, *_CODES, *_SWITCHES)):
        try:
            npi, kind, deactivated = _provider(cells)
            primary = next((taxonomy for taxonomy, is_primary in _taxonomies(cells) if is_primary), "")
            yield line, (npi, ALWAYS, FOR_EVER, kind, deactivated, primary)
        except RowError as error:
            yield Note(line, str(error))


def _of_providers(text: NativeText) -> Iterator[NumberedRow | Note]:
    for line, cells in Records(text, (*_PROVIDER, *_CODES, *_SWITCHES)):
        try:
            npi, _, _ = _provider(cells)
            has: dict[str, bool] = {}
            for taxonomy, is_primary in _taxonomies(cells):  # one comes again for each licence
                has[taxonomy] = has.get(taxonomy, False) or is_primary
            for taxonomy, is_primary in has.items():
                yield line, (npi, taxonomy, ALWAYS, FOR_EVER, "true" if is_primary else "false")
            if not has:
                yield Note(line, "a provider without a taxonomy code", refused=False)
        except RowError as error:
            yield Note(line, str(error))


def _provider(cells: list[str]) -> tuple[str, str, str]:
    """Return NPI, type and the day of a deactivation that still holds."""
    if not cells:
        raise RowError("the record has fewer cells than the heading")
    npi, kind, ended, begun = (cell.strip() for cell in cells[:4])
    if kind not in ("1", "2", ""):  # a deactivated NPI has no type
        raise RowError("the entity type is neither 1 nor 2")
    last = american_day(ended, "deactivation date") if ended else 0
    again = american_day(begun, "reactivation date") if begun else 0
    return code(npi, "NPI", r"[0-9]{10}"), kind, str(last) if last > again else ""


def _taxonomies(cells: list[str]) -> Iterator[tuple[str, bool]]:
    for found, switch in zip(cells[4 : 4 + _TAXONOMIES], cells[4 + _TAXONOMIES :], strict=True):
        if found.strip():
            yield code(found, "taxonomy code", "[A-Z0-9]{10}"), switch.strip() == "Y"


def _period(text: NativeText) -> Period | None:
    found = re.fullmatch(_NAME, text.name, re.IGNORECASE)
    if found is None:
        return None
    try:
        last = dt.date.fromisoformat(found["day"])
    except ValueError:
        return None
    return Period(last.isoformat(), last, dt.date(2005, 5, 23), None)


PROVIDERS = Layout(
    ("npi", "from", "to", "entity_type", "deactivated", "primary_taxonomy"),
    always(_providers),
    names(_NAME),
    _period,
)
TAXONOMIES = Layout(
    ("npi", "taxonomy", "from", "to", "is_primary"), always(_of_providers), names(_NAME), _period
)
