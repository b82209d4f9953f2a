"""Writes what others build on into docs/: paths, the schema of claim JSON, the dental guide, tables.

Run `python -m scrubber.documents` after a change of the claim model, the guide or a table; a test fails where
they differ.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from scrubber.claim.fields import Field
from scrubber.claim.fields.forms import FORM_NAMES
from scrubber.claim.model import Claim, ClaimType
from scrubber.claim.paths import BACKGROUND, EFFECTIVE, PATHS, STANDS_IN, SWEEPS, SYNONYMS, PathInfo
from scrubber.claim.shape import members
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.guide_page import PAGE, guide_page
from scrubber.packs.load_tables import load_tables
from scrubber.packs.tables import Table
from scrubber.read.claim_json import claim_schema
from scrubber.reference.embedded import embedded_editions
from scrubber.reference.store import Edition

_TYPES: tuple[tuple[ClaimType, str], ...] = (
    ("professional", "837P"),
    ("institutional", "837I"),
    ("dental", "837D"),
)
_HEAD = """# Claim paths

Every name that rules, messages, patches and the API use for a part of a claim. Generated from the claim
model by `python -m scrubber.documents`; do not edit.

`[]` marks a list. A rule names all members (`lines.charge`), a finding one of them (`lines[2].charge`).
A place reads loop, segment, element, component, with the qualifier in brackets: `2310B NM109 (XX)`.
Guides: 005010X222A1 (837P), 005010X223A2 (837I) and 005010X224A2 (837D). A dash: claims of that type do
not have it.
"""


def paths_page() -> str:
    """Return docs/paths.md."""
    return "\n".join([_HEAD, *_sections(), *_fallbacks(), *_derived(), *_background(), *_sweeps()])


_TABLES_HEAD = """# Reference tables

What rules look up besides the claim and is too large for YAML, or not ours to give away. Each table is
imported from its publisher's own file, zip or unpacked, and keeps all editions; the service date picks one.
Generated from `rules/tables/` by `python -m scrubber.documents`; do not edit.

    scrubber data import TABLE FILE...    # all files of one edition; nothing changes unless it is whole
    scrubber data status                  # what is loaded, to which day, and what is missing or too old
    scrubber data status --all            # each table: its editions, and the file to load
    scrubber data status --verify         # whether all that is loaded is as it was imported

The data are kept in the folder that `--data` names, else SCRUBBER_DATA, else the user's data folder. A rule
that looks into a table that is not loaded, or at a date that none of its editions answers for, is not
evaluated, and says which command would load what.

Some are shipped with the program, for the days that are said; an edition that is imported and issued
later counts before the shipped one.

A file whose name does not say which edition it is needs `--edition NAME --effective-from DATE`.
"""


def tables_page() -> str:
    """Return docs/tables.md."""
    shipped = {edition.table: edition for edition in embedded_editions()}
    tables = load_tables([builtin_rules_dir()]).values()
    sections = (
        _table_section(table, shipped.get(table.table))
        for table in tables
        if table.native is not None or table.table in shipped
    )
    return "\n".join([_TABLES_HEAD, *sections])


def _table_section(table: Table, shipped: Edition | None) -> str:
    columns = ", ".join(f"`{name}`" for name in table.columns) or "no more"
    lines = [
        f"## {table.table}\n",
        f"{table.title}.\n",
        f"- found by {', '.join(f'`{key}`' for key in table.keys)}; rows say {columns}",
    ]
    if table.native is not None:
        native = table.native
        lines += [
            f"- file: {native.file}",
            f"- from: {native.publisher}, <{native.page}>, {native.renewed.replace('_', '-')}",
            f"- licence: {native.licence}",
        ]
    if shipped is not None:
        made_from = ", ".join(source.name for source in shipped.sources)
        until = f"to {shipped.effective_to}" if shipped.effective_to is not None else "and later"
        lines.append(
            f"- shipped: {shipped.rows:,} rows for {shipped.effective_from} {until}, made from {made_from}"
        )
    return "\n".join([*lines, ""])


def schema_text() -> str:
    """Return docs/claim.schema.json."""
    return json.dumps(claim_schema(), indent=2, ensure_ascii=False) + "\n"


def _sections() -> Iterator[str]:
    """One section for each part of the claim that is an object, and one for the claim's own values."""
    parts = {name: member for name, member in members(Claim).items() if member.part is not None}
    by_part: dict[str, list[PathInfo]] = {"": []}
    for info in PATHS.values():
        if info.places and info.pattern not in SYNONYMS:
            top = info.pattern.partition(".")[0].removesuffix("[]")
            by_part.setdefault(top if top in parts else "", []).append(info)
    for top, infos in by_part.items():
        part = parts[top].part if top else Claim
        yield f"## {top or 'The claim itself'}\n"
        yield f"{_sentence(part)}\n"
        yield from _table(infos)
        yield ""


def _sentence(part: type | None) -> str:
    return " ".join((part.__doc__ or "").split()) if part is not None else ""


def _table(infos: list[PathInfo]) -> Iterator[str]:
    forms = [FORM_NAMES[claim_type] for claim_type, _ in _TYPES]
    yield "| Path | Kind | " + " | ".join([*(guide for _, guide in _TYPES), *forms]) + " |"
    yield "|---|---|" + "---|" * (2 * len(_TYPES))
    for info in infos:
        rows = [info.places.get(claim_type, ()) for claim_type, _ in _TYPES]
        cells = [*(_places(group) for group in rows), *(_box(group) for group in rows)]
        yield f"| `{info.pattern}` | {info.kind} | " + " | ".join(cells) + " |"


def _places(rows: tuple[Field, ...]) -> str:
    return "; ".join(dict.fromkeys(row.place for row in rows)) or "-"


def _box(rows: tuple[Field, ...]) -> str:
    boxes = dict.fromkeys(row.form.partition(" ")[2] for row in rows if row.form)
    return ", ".join(boxes)


def _fallbacks() -> Iterator[str]:
    yield "## Effective values\n"
    yield "What is said once counts for what is below it; `line.reported.x` is what the line itself says.\n"
    yield "| Path | Where it is absent, else |"
    yield "|---|---|"
    for path, places in EFFECTIVE.items():
        shown = []
        for place in places:
            only = STANDS_IN.get(place)
            shown.append(f"`{place}`" + (f" ({', '.join(sorted(only))} claims)" if only else ""))
        yield f"| `{path}` | {', then '.join(shown)} |"
    yield ""


def _derived() -> Iterator[str]:
    yield "## Worked out from the claim\n"
    yield "| Path | Kind | Meaning |"
    yield "|---|---|---|"
    for info in PATHS.values():
        if info.doc:
            yield f"| `{info.pattern}` | {info.kind} | {info.doc} |"
    for path, target in SYNONYMS.items():
        yield f"| `{path}` | {PATHS[path].kind} | The same as `{target}` |"
    yield ""


def _background() -> Iterator[str]:
    yield "## History and context\n"
    yield "No part of the claim, but what a run may be given besides; what it is not given is unknown. Prior"
    yield "lines of the patient have the paths of `lines[]` that tell one service from another.\n"
    yield "| Path | Kind | Meaning |"
    yield "|---|---|---|"
    for info in BACKGROUND.values():
        if info.kind != "object":
            meaning = info.doc or f"As `{info.pattern.removeprefix('history.')}`"
            yield f"| `{info.pattern}` | {info.kind} | {meaning} |"
    yield ""


def _sweeps() -> Iterator[str]:
    yield "## Sweeps\n"
    yield "`every.` and a kind is every value of that kind on the claim, with `.raw`, `.value` and `.path`: "
    yield ", ".join(f"`every.{name}`" for name in SWEEPS) + ".\n"


def main() -> None:
    """Write the files into docs/ beside the package."""
    folder = Path(__file__).parents[1] / "docs"
    if not folder.is_dir():
        sys.exit("there is no docs/ folder: run this in a checkout of the project")
    for name, text in (
        ("paths.md", paths_page()),
        ("claim.schema.json", schema_text()),
        ("tables.md", tables_page()),
        (PAGE, guide_page()),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
