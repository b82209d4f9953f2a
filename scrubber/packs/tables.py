"""What a reference table is: its keys and how they match, its columns, and the rows of small ones.

`rules/tables/<name>/table.yaml`. A table too large for YAML, or not ours to give away, has no `rows` here:
`native` says which publisher's file they are imported from, and until that is done, whatever looks something
up in it is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scrubber.claim.fields import PathKind
from scrubber.claim.values import read_amount, read_date, read_number
from scrubber.packs.shapes import Given, SchemaOne, Strict, Text, Word, mistake

#: How a key of a look-up finds a row: the same text; between two columns; a cell that the key begins with;
#: a cell that is the ICD-10 code or a category above it.
Match = Literal["exact", "range", "prefix", "icd10_tree"]
ColumnKind = Literal["code", "text", "number", "amount", "quantity", "date", "flag", "list"]
#: A cell as it is written: a text, or in a column of kind `list` several codes.
Cell = str | list[str]
#: What every table with dates calls them; an empty one is open.
FROM, TO = "from", "to"
#: The cells of a row that are not empty, by column.
Row = Mapping[str, Any]
#: The forms of publishers' files that can be read; `scrubber.reference.layouts` has a reader for each.
LayoutName = Literal[
    "carc",
    "coverage_codes",
    "coverage_covered",
    "coverage_noncovered",
    "fda_ndc",
    "hcpcs_anweb",
    "hcpcs_anweb_modifiers",
    "hipps",
    "icd10_cm_order",
    "icd10_pcs_order",
    "icd10_tabular_code_first",
    "icd10_tabular_excludes1",
    "icd10_tabular_seventh_characters",
    "icd10_tabular_sides",
    "icd10_tabular_use_additional",
    "mce_diagnoses",
    "ncci_add_on",
    "ncci_mue_dme",
    "ncci_mue_hospital",
    "ncci_mue_practitioner",
    "ncci_ptp_hospital",
    "ncci_ptp_practitioner",
    "nppes_providers",
    "nppes_taxonomies",
    "nucc_taxonomy",
    "pprrvu",
    "rarc",
]
#: How often a publisher brings out a new edition.
Renewed = Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly"]

_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": read_number,
    "amount": read_amount,
    "quantity": read_amount,
    "date": lambda text: read_date(text.replace("-", "")),
    "flag": lambda text: text == "true",
}


class Key(Strict):
    """One key. `range` looks at two columns, which `columns` names; others at the one of the key's name."""

    match: Match = "exact"
    """How the key finds a row."""
    columns: Annotated[list[Word], Field(min_length=2, max_length=2)] | None = None
    """The columns with the first and the last code; belongs to `range`."""

    @model_validator(mode="after")
    def _range_has_two(self) -> Key:
        if (self.match == "range") is not (self.columns is not None):
            raise mistake(
                "`range` needs `columns`: the first and the last code"
                if self.columns is None
                else f"`columns` belongs to `range`, not to `{self.match}`",
                key="match" if self.columns is None else "columns",
            )
        return self


class Native(Strict):
    """The publisher's file that the rows of a table are imported from: `scrubber data import`.

    `file` says which one it is, `page` where it is found, `licence` on which terms.
    """

    layout: LayoutName
    """The form of the file; the program has a reader for each."""
    publisher: Text
    """Who brings it out."""
    file: Text
    """Which file it is, in words."""
    page: Text
    """Where it is found."""
    licence: Text
    """On which terms it may be used."""
    renewed: Renewed
    """How often a new edition comes out."""


def _key(value: Any) -> Any:
    return {"match": value} if isinstance(value, str) else value


class Table(Strict):
    """One table: what its rows are found by, and what they say.

    `optional` are the columns that rows may leave empty. `missing` is what a look-up finds where the table
    has an edition for the date and no row: nothing (`absent`), or nobody knows (`unknown`), for a table that
    is known to lack rows.
    """

    schema_: SchemaOne = Field(alias="schema")
    """The version of the rule language: 1."""
    table: Word
    """The name that rules use; the folder is called after it."""
    title: Text
    """What the table knows."""
    keys: dict[Word, Annotated[Key, BeforeValidator(_key, json_schema_input_type=Match | Key)]] = Field(
        min_length=1
    )
    """What rows are found by, and how each key matches."""
    columns: dict[Word, ColumnKind] = Field(default_factory=dict)
    """What rows say, and of what kind it is."""
    optional: list[Word] = Field(default_factory=list)
    """Columns that rows may leave empty."""
    dates: Literal["none", "from_to"] = "none"
    """Whether each row has the days `from` and `to` between which it holds."""
    missing: Literal["absent", "unknown"] = "absent"
    """What is found where no row fits: nothing, or nobody knows."""
    rows: Given[list[dict[Word, Cell]]] = None
    """The rows of a small table; without them it is imported, or comes with the program."""
    native: Given[Native] = None
    """The publisher's file that rows are imported from."""
    references: list[Text] = Field(min_length=1)
    """Who says so: keys of `sources.yaml`."""

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> Table:
        for name in self.columns:
            if name in self._key_columns or name in (FROM, TO):
                raise mistake(f"`{name}` is a key or a date already", key="columns")
        for name in self.optional:
            if name not in self.columns:
                raise mistake(f"`{name}` is none of the `columns`", key="optional")
        return self

    @model_validator(mode="after")
    def _rows_come_from_one_place(self) -> Table:
        if self.native is not None and self.rows is not None:
            raise mistake(
                "Rows are either here or imported: `rows` and `native` do not go together", key="rows"
            )
        if self.native is not None and any(spec.match == "range" for spec in self.keys.values()):
            raise mistake("A table that is imported is not looked up by a `range`", key="keys")
        if self.native is not None and self.lists:
            raise mistake("A table that is imported has no lists in its cells", key="columns")
        return self

    def read(self, cells: Mapping[str, Cell]) -> Row:
        """Return a row with its cells typed; empty ones are left out."""
        return {name: self.read_cell(name, text) for name, text in cells.items() if text}

    def read_cell(self, name: str, text: Cell) -> Any:
        """Return one cell as what its column holds."""
        if isinstance(text, list):
            return text
        kind = "date" if self.dates != "none" and name in (FROM, TO) else self.kinds[name]
        return _READERS[kind](text) if kind in _READERS else text

    @property
    def _key_columns(self) -> list[str]:
        return [name for key, spec in self.keys.items() for name in (spec.columns or [key])]

    @property
    def kinds(self) -> Mapping[str, PathKind]:
        """The kinds of all columns, keys included; of lists, that of their members."""
        keys: dict[str, PathKind] = dict.fromkeys(self._key_columns, "code")
        own: dict[str, PathKind] = {n: "code" if k == "list" else k for n, k in self.columns.items()}
        return {**keys, **own}

    @property
    def lists(self) -> frozenset[str]:
        """The columns whose cells hold several codes."""
        return frozenset(name for name, kind in self.columns.items() if kind == "list")

    @property
    def cells(self) -> frozenset[str]:
        """The names that a row may have."""
        return frozenset(self.kinds) | ({FROM, TO} if self.dates == "from_to" else set())


def is_in_force(row: Row, date: dt.date) -> bool:
    """Return whether a row counts on a day: an end that is not there is open."""
    first, last = row.get(FROM), row.get(TO)
    return (first is None or first <= date) and (last is None or date <= last)
