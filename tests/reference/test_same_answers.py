"""Rows of the store answer as the same rows in memory do, whatever is asked."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.claim.values import Unreadable
from scrubber.engine.tables import Rows, finder, look_up
from scrubber.packs.tables import Table
from scrubber.reference.editing import ALWAYS, FOR_EVER, EditionFile, cells_of
from scrubber.reference.rows import StoredRows
from scrubber.reference.store import Edition, Snapshot

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
DAYS = [FIRST, dt.date(2026, 6, 30), dt.date(2026, 7, 1), LAST]
CODES = ("A", "A1", "A10", "B", "B1")
#: A row in force on each day: what is not in the table is absent, not unknown.
ALWAYS_THERE = {"one": "ZZ", "two": "ZZ", "says": "all days"}

codes = st.sampled_from(CODES)
days = st.sampled_from([None, *DAYS])
values = st.one_of(codes, st.none(), st.lists(codes, max_size=3), st.just(Unreadable("?")))
rows = st.lists(
    st.fixed_dictionaries({"one": codes, "two": codes, "from": days, "to": days, "says": codes}), max_size=12
)


def table(one: str, two: str) -> Table:
    return Table.model_validate(
        {"schema": "1", "table": "t", "title": "T", "keys": {"one": one, "two": two}}
        | {"columns": {"says": "text"}, "dates": "from_to", "references": ["R"]}
    )


def stored(spec: Table, given_rows: list[Mapping[str, Any]], folder: Path) -> StoredRows:
    return StoredRows(spec, Snapshot(folder, (edition(spec, given_rows, folder, FIRST, LAST),)))


def edition(
    spec: Table, given_rows: list[Mapping[str, Any]], folder: Path, first: dt.date, last: dt.date
) -> Edition:
    """Write the edition of some days, issued on the first of them."""
    name = f"{first}.sqlite"
    file = EditionFile(folder / name, spec)
    file.add(
        [
            (n, tuple(_cell(name, row.get(name)) for name in cells_of(spec)))
            for n, row in enumerate(given_rows)
        ]
    )
    count = file.seal()
    now = dt.datetime(2026, 1, 1)
    return Edition("t", "e", first, first, last, count, cells_of(spec), name, 0, now, ())


def _cell(name: str, value: Any) -> str | int:
    if name in ("from", "to"):
        return int(value.strftime("%Y%m%d")) if value else ALWAYS if name == "from" else FOR_EVER
    return str(value)


def as_text(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in row.items()
        if value
    }


@pytest.mark.parametrize(
    ("one", "two"), [("exact", "exact"), ("icd10_tree", "exact"), ("prefix", "icd10_tree")]
)
@settings(max_examples=150, deadline=None)
@given(
    given_rows=rows,
    keys=st.lists(st.tuples(values, values), min_size=1, max_size=6),
    day=st.sampled_from(DAYS),
)
def test_both_find_the_same(
    one: str, two: str, given_rows: list[dict[str, Any]], keys: list[tuple[Any, Any]], day: dt.date
) -> None:
    spec = table(one, two)
    unique = list({frozenset(row.items()): row for row in [*given_rows, ALWAYS_THERE]}.values())
    memory = Rows(spec, map(as_text, unique))
    with tempfile.TemporaryDirectory() as folder:
        store = stored(spec, unique, Path(folder))
        find, find_by_names = finder(store, ("one", "two")), finder(store, ("two", "one"))
        for first, second in keys:
            asked = {"one": first, "two": second}
            less = {"one": first}
            expected = look_up(memory, asked, day, many=True, less=less)
            found = look_up(store, asked, day, many=True, less=less)
            assert _sorted(found) == _sorted(expected)
            if not isinstance(expected, Unreadable):
                assert [_weight(spec, row) for row in found] == [_weight(spec, row) for row in expected]
            for other_day in (day, *DAYS, day):  # what is remembered of one day is not said of another
                row = find((first, second), other_day)
                alone = look_up(store, asked, other_day, many=False)
                assert row == alone and isinstance(row, Unreadable) == isinstance(alone, Unreadable)
                assert find_by_names((second, first), other_day) == alone


def _sorted(found: Any) -> Any:
    return found if isinstance(found, Unreadable) else sorted(sorted(as_text(row).items()) for row in found)


def _weight(spec: Table, row: Mapping[str, Any]) -> tuple[int, dt.date]:
    trees = (name for name, key in spec.keys.items() if key.match != "exact")
    return sum(len(row[name]) for name in trees), row.get("from", dt.date.min)


@pytest.mark.parametrize(("one", "two"), [("exact", "exact"), ("icd10_tree", "exact")])
@pytest.mark.parametrize("says", ["ab", "ba"])
def test_of_rows_that_fit_alike_the_first_one_counts(one: str, two: str, says: str) -> None:
    spec = table(one, two)
    unique = [ALWAYS_THERE, *({"one": "A", "two": "B", "says": text} for text in says)]
    with tempfile.TemporaryDirectory() as folder:
        for rows_ in (Rows(spec, map(as_text, unique)), stored(spec, unique, Path(folder))):
            assert finder(rows_, ("one", "two"))(("A", "B"), FIRST)["says"] == says[0]


def test_a_day_of_no_edition_is_unknown() -> None:
    spec = table("exact", "exact")
    with tempfile.TemporaryDirectory() as folder:
        store = stored(spec, [ALWAYS_THERE], Path(folder))
        for day in (FIRST - dt.timedelta(days=1), LAST + dt.timedelta(days=1), None, Unreadable("2026")):
            assert isinstance(finder(store, ("one", "two"))(("A", "A"), day), Unreadable)
        assert finder(store, ("one", "two"))(("A", "A"), FIRST) is None


@pytest.mark.parametrize(
    ("one", "two"), [("exact", "exact"), ("icd10_tree", "exact"), ("prefix", "icd10_tree")]
)
@settings(max_examples=60, deadline=None)
@given(
    halves=st.tuples(rows, rows),
    asked=st.lists(st.tuples(codes, codes, st.sampled_from(DAYS)), min_size=1, max_size=6),
)
def test_what_one_edition_says_is_not_said_on_a_day_of_another(
    one: str, two: str, halves: tuple[Any, Any], asked: list[tuple[str, str, dt.date]]
) -> None:
    """The later edition covers the second half of what the earlier one does."""
    spec = table(one, two)
    with tempfile.TemporaryDirectory() as folder:
        editions = [
            edition(spec, [*half, ALWAYS_THERE], Path(folder), first, LAST)
            for half, first in zip(halves, (FIRST, DAYS[2]), strict=True)
        ]
        store = StoredRows(spec, Snapshot(Path(folder), tuple(editions)))
        alone = [StoredRows(spec, Snapshot(Path(folder), (one_of,))) for one_of in editions]
        find = finder(store, ("one", "two"))
        for first_key, second_key, asked_day in asked:
            for day in (asked_day, *DAYS):
                keys = {"one": first_key, "two": second_key}
                expected = look_up(alone[day >= DAYS[2]], keys, day, many=False)
                assert find((first_key, second_key), day) == expected


def test_beginnings_are_not_mixed_with_what_is_exactly_so() -> None:
    """What was asked with lists before does not change what one code finds, nor the other way round."""
    spec = table("icd10_tree", "exact")
    row = {"one": "A", "two": "B", "says": "A"}
    listed, alone = {"one": ["A1"], "two": ["B"]}, ("A1", "B")
    for lists_first in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            store = stored(spec, [ALWAYS_THERE, row], Path(folder))
            for with_lists in (lists_first, not lists_first, lists_first):
                found = (
                    look_up(store, listed, FIRST, many=True)
                    if with_lists
                    else [finder(store, ("one", "two"))(alone, FIRST)]
                )
                assert found == [row]


def test_what_one_rule_has_found_another_need_not_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is remembered does not grow with how many rules ask a table."""
    row = {"one": "A", "two": "B", "says": "A"}
    with tempfile.TemporaryDirectory() as folder:
        store = stored(table("exact", "exact"), [ALWAYS_THERE, row], Path(folder))
        assert finder(store, ("one", "two"))(("A", "B"), FIRST) == row
        monkeypatch.setattr(StoredRows, "span", lambda *_: pytest.fail("looked for again"))
        assert finder(store, ("one", "two"))(("A", "B"), LAST) == row
