"""HCPCS Level II codes that the generator bills, as a table: with it, rules on codes are evaluated too."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.claims import tables, tables_institutional
from benchmarks.claims.tables import Service
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.load_tables import load_tables
from scrubber.reference.embedded import with_embedded
from scrubber.reference.importing import import_files
from scrubber.reference.periods import Period
from scrubber.reference.store import Snapshot, read_store

_EVER = Period("generator", dt.date(2000, 1, 1), dt.date(2000, 1, 1), None)
_LEVEL_II = re.compile("[A-V][0-9]{4}")


def with_valid_codes(folder: Path) -> Snapshot:
    """Import the codes into a store in a folder; return it with the tables that come with the program."""
    known = {code for module in (tables, tables_institutional) for code in _codes(vars(module).values())}
    path = folder / "codes.txt"
    path.write_text("".join(map(_line, sorted(known))), encoding="latin-1")
    import_files(load_tables([builtin_rules_dir()])["hcpcs"], [path], folder / "data", period=_EVER)
    return with_embedded(read_store(folder / "data"))


def _codes(values: Iterable[Any]) -> Iterator[str]:
    """Yield the codes of the services that are anywhere in some values."""
    for value in values:
        if isinstance(value, Service):
            if _LEVEL_II.fullmatch(value.code):
                yield value.code
        elif isinstance(value, tuple | list):
            yield from _codes(value)
        elif isinstance(value, dict):
            yield from _codes(value.values())


def _line(code: str) -> str:
    """Return a code's line in the layout of the publisher."""
    return f"{code}001003".ljust(268) + "20000101" + "20000101" + " " * 8 + "N".ljust(28) + "\n"
