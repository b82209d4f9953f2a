"""What a reference table is: its keys and how they match, its columns, and the rows of small ones.

`rules/tables/<name>/table.yaml`. A table too large for YAML has no `rows` here: it is loaded elsewhere, and
until it is, whatever looks something up in it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scrubber.claim.fields import PathKind
from scrubber.packs.shapes import Given, SchemaOne, Strict, Text, Word, mistake

#: How a key of a look-up finds a row: the same text; between two columns; a cell that the key begins with;
#: a cell that is the ICD-10 code or a category above it.
Match = Literal["exact", "range", "prefix", "icd10_tree"]
ColumnKind = Literal["code", "text", "number", "amount", "quantity", "date", "flag"]
#: What every table with dates calls them; an empty one is open.
FROM, TO = "from", "to"


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
    rows: Given[list[dict[Word, str]]] = None
    """The rows of a small table; without them it is loaded from elsewhere."""
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

    @property
    def _key_columns(self) -> list[str]:
        return [name for key, spec in self.keys.items() for name in (spec.columns or [key])]

    @property
    def kinds(self) -> Mapping[str, PathKind]:
        """The kinds of all columns, keys included."""
        keys: dict[str, PathKind] = dict.fromkeys(self._key_columns, "code")
        return {**keys, **self.columns}

    @property
    def cells(self) -> frozenset[str]:
        """The names that a row may have."""
        return frozenset(self.kinds) | ({FROM, TO} if self.dates == "from_to" else set())
