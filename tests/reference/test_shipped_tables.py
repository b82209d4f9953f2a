"""The tables that are shipped: each has a layout that yields what its rows need."""

from __future__ import annotations

from typing import get_args

import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.packs.tables import LayoutName
from scrubber.reference.editing import cells_of
from scrubber.reference.layouts import layout

TABLES = load_tables([builtin_rules_dir()])
IMPORTED = {name: table for name, table in TABLES.items() if table.native is not None}


@pytest.mark.parametrize("name", IMPORTED)
def test_the_layout_yields_the_cells_of_the_table(name: str) -> None:
    table = IMPORTED[name]
    assert table.native is not None
    assert set(cells_of(table)) <= set(layout(table.native.layout).fields)


@pytest.mark.parametrize("name", get_args(LayoutName))
def test_each_layout_has_a_reader_and_a_table(name: LayoutName) -> None:
    assert layout(name).fields
    assert name in {table.native.layout for table in IMPORTED.values() if table.native is not None}
