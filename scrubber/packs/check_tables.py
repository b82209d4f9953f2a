"""Checks tables and look-ups: rows have the columns that are declared, look-ups the keys of their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scrubber.claim.paths import VOCABULARY
from scrubber.packs.check_terms import DATES, KIND_NAMES, NUMERIC, TEXTS, Report, Vocabulary, literal_problem
from scrubber.packs.conditions import Param, Ranking
from scrubber.packs.diagnostics import Diagnostic, closest, listing
from scrubber.packs.names import UNCERTAIN, NameProblem, Names
from scrubber.packs.rules import Example, Lookup, Rule
from scrubber.packs.tables import FROM, TO, Cell, Table
from scrubber.packs.yaml_marks import Document, Place


def check_table(table: Table, document: Document, vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return what is wrong with a table: its references and its rows."""
    report = Report(document)
    for i, name in enumerate(table.references):
        report.known(name, vocabulary.sources, ("references", i), "source", "Add it to sources.yaml")
    if table.rows is not None:
        _check_rows(table, table.rows, ("rows",), report)
    return report.problems


def check_example_tables(example: Example, above: Place, report: Report, vocabulary: Vocabulary) -> None:
    """Note rows of an example that do not fit their table."""
    for name, rows in example.tables.items():
        place: Place = (*above, "tables", name)
        if report.known(name, vocabulary.tables, place, "table"):
            _check_rows(vocabulary.tables[name], rows, place, report)


def _check_rows(table: Table, rows: Sequence[Mapping[str, Cell]], place: Place, report: Report) -> None:
    for i, row in enumerate(rows):
        for cell, text in row.items():
            at = (*place, i, cell)
            if cell not in table.cells:
                near = closest(cell, table.cells)
                told = "" if near else f"It has {listing(sorted(table.cells))}"
                report.add_at_key(at, f"The table `{table.table}` has no column `{cell}`", told, near)
                continue
            if isinstance(text, list) is not (cell in table.lists):
                held = "a list of codes" if cell in table.lists else "one value"
                near = f"[{text}]" if isinstance(text, str) else None
                report.add(at, f"`{cell}` of `{table.table}` holds {held}", suggestion=near)
                continue
            kind = "date" if cell in (FROM, TO) and table.dates != "none" else table.kinds[cell]
            wanted = literal_problem(text, kind) if isinstance(text, str) and text else None
            if wanted is not None:
                report.add(at, f"`{text}` is no {kind}", wanted)
        for cell in table.columns:
            if not row.get(cell) and cell not in table.optional:
                message = f"A row has no `{cell}`"
                report.add(
                    (*place, i), message, f"Give it one, or name the column under `optional` of {table.table}"
                )
        if str(row.get(FROM, "")) > str(row.get(TO) or "9"):
            report.add((*place, i, FROM), "`from` is later than `to`: the row is never in force")
        same = [n for n, other in enumerate(rows[:i]) if dict(other) == dict(row)]
        if same:
            report.add((*place, i), f"The row is the same as row {same[0] + 1}", "Remove one of them")


def check_ranking(spec: Ranking, place: Place, names: Names, report: Report, vocabulary: Vocabulary) -> None:
    """Note what is wrong with an order that a table gives."""
    if not report.known(spec.table, vocabulary.tables, (*place, "table"), "table"):
        return
    table = vocabulary.tables[spec.table]
    report.known(spec.key, table.keys, (*place, "key"), f"key of `{table.table}`")
    if report.known(spec.rank, table.kinds, (*place, "rank"), f"column of `{table.table}`"):
        kind = table.kinds[spec.rank]
        if kind not in NUMERIC | DATES:
            message = f"`{spec.rank}` is {KIND_NAMES[kind]}; a rank is a number"
            report.add((*place, "rank"), message, f"Make it `{spec.rank}: number` in the table")
    _check_as_of(spec.as_of, table, place, names, report)


def check_lookups(rule: Rule, names: Names, report: Report, vocabulary: Vocabulary) -> Names:
    """Return `names` plus what the look-ups find, after noting their mistakes."""
    for name, spec in rule.lookup.items():
        place: Place = ("lookup", name)
        if name in names.aliases or name in VOCABULARY or f"{name}[]" in VOCABULARY:
            message = f"`{name}` is already the name of a part of the claim"
            report.add_at_key(place, message, "Give the look-up another name")
        try:
            table = names.table_of(spec, vocabulary.tables)
        except NameProblem as problem:
            at = (*place, "table", "param") if isinstance(spec.table, Param) else (*place, "table")
            report.name(problem, at)
            names = replace(names, lets={**names.lets, name: UNCERTAIN})
            continue
        _check_keys(spec, table, place, names, report)
        names = names.with_lookup(name, spec, vocabulary.tables)
    return names


def _check_keys(spec: Lookup, table: Table, place: Place, names: Names, report: Report) -> None:
    for part, keys in (("keys", spec.keys), ("else_keys", spec.else_keys or {})):
        for key, text in keys.items():
            at = (*place, part, key)
            if key not in table.keys:
                near = closest(key, table.keys)
                told = "" if near else f"It has {listing(list(table.keys))}"
                report.add_at_key(at, f"The table `{table.table}` has no key `{key}`", told, near)
                continue
            term = report.term(names, text, at)
            if term is not None and term.kind not in TEXTS | {UNCERTAIN}:
                report.add(at, f"`{text}` is no code; `{table.table}` is looked up by codes")
    for key in table.keys if spec.keys.keys() <= table.keys.keys() else ():
        if key not in spec.keys:
            report.add(
                (*place, "keys"), f"The key `{key}` of `{table.table}` is missing", f"Add `{key}: ...`"
            )
    _check_as_of(spec.as_of, table, place, names, report)


def _check_as_of(text: str | None, table: Table, above: Place, names: Names, report: Report) -> None:
    """Note a date that is none, or that a table without dates does not need."""
    if text is None:
        return
    place: Place = (*above, "as_of")
    if table.dates == "none":
        report.add_at_key(place, f"`{table.table}` has no dates", "Remove `as_of`")
    term = report.term(names, text, place)
    if term is not None and term.kind not in DATES | {UNCERTAIN}:
        report.add(place, f"`{text}` is no date", "Name the date that picks the edition")
