"""Reference tables: how keys match, which edition counts, and what is unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from scrubber.claim.values import Unreadable
from scrubber.engine.evaluate import evaluate
from scrubber.engine.generate import generate
from scrubber.engine.ir import Known, compile_rule
from scrubber.engine.tables import Rows, column, look_up
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import load_packs
from scrubber.packs.rules import Rule
from scrubber.packs.tables import Table
from scrubber.read.claim_json import claim_from_json
from tests.engine.rules import HEAD
from tests.language.test_examples import PACK

DAY = dt.date(2026, 8, 18)


def rows(
    keys: dict[str, Any], *given: dict[str, str], columns: dict[str, str] | None = None, **more: Any
) -> Rows:
    table = Table.model_validate(
        {"schema": "1", "table": "t", "title": "T", "keys": keys, "columns": columns or {"says": "text"}}
        | {"references": ["R"]}
        | more
    )
    return Rows(table, given)


def said(
    table: Rows | None, keys: dict[str, Any], date: Any = DAY, less: dict[str, Any] | None = None
) -> Any:
    """Return what the rows found say; None for no row, "unknown" where nobody knows."""
    found = look_up(table, keys, date, many=True, less=less)
    return "unknown" if isinstance(found, Unreadable) else [row.get("says") for row in found]


def test_an_exact_key_finds_its_rows() -> None:
    table = rows({"code": "exact"}, {"code": "A", "says": "1"}, {"code": "A", "says": "2"}, {"code": "B"})
    assert said(table, {"code": "A"}) == ["1", "2"]
    assert said(table, {"code": "C"}) == []
    assert said(table, {"code": ["A", "B"]}) == ["1", "2", None]


def test_an_empty_cell_matches_anything() -> None:
    table = rows(
        {"payer": "exact", "code": "exact"},
        {"payer": "", "code": "A", "says": "all payers"},
        {"payer": "P", "code": "A", "says": "P"},
    )
    assert said(table, {"payer": "P", "code": "A"}) == ["P", "all payers"]
    assert said(table, {"payer": "Q", "code": "A"}) == ["all payers"]
    assert said(table, {"payer": "Q", "code": "B"}) == []


def test_a_range_looks_at_two_columns() -> None:
    table = rows(
        {"code": {"match": "range", "columns": ["first", "last"]}},
        {"first": "00100", "last": "01999", "says": "anesthesia"},
    )
    assert said(table, {"code": "00100"}) == ["anesthesia"] == said(table, {"code": "01999"})
    assert said(table, {"code": "02000"}) == [] == said(table, {"code": "0100"})


@pytest.mark.parametrize("match", ["prefix", "icd10_tree"])
def test_a_cell_may_be_the_beginning_of_the_key(match: str) -> None:
    table = rows({"code": match}, {"code": "E11", "says": "diabetes"})
    assert said(table, {"code": "E1165"}) == ["diabetes"] == said(table, {"code": "E11"})
    assert said(table, {"code": "E1"}) == []


def test_the_row_in_force_on_the_date_counts() -> None:
    table = rows(
        {"code": "exact"},
        {"code": "A", "says": "old", "to": "2026-08-17"},
        {"code": "A", "says": "new", "from": "2026-08-18"},
        dates="from_to",
    )
    assert said(table, {"code": "A"}) == ["new"]
    assert said(table, {"code": "A"}, dt.date(2026, 8, 17)) == ["old"]
    assert said(table, {"code": "A"}, None) == "unknown"
    assert said(table, {"code": "A"}, Unreadable("20261345")) == "unknown"


def test_a_second_try_is_less_specific() -> None:
    table = rows({"payer": "exact", "code": "exact"}, {"payer": "medicaid", "code": "A", "says": "programme"})
    keys, less = {"payer": "P", "code": "A"}, {"payer": "medicaid", "code": "A"}
    assert said(table, keys) == []
    assert said(table, keys, less=less) == ["programme"]
    assert said(table, keys, less={"payer": "medicaid"}) == ["programme"]


def test_what_nobody_knows_is_unknown() -> None:
    table = rows({"code": "exact"}, {"code": "A", "says": "1"})
    assert said(None, {"code": "A"}) == "unknown"
    assert said(table, {"code": Unreadable("?")}) == "unknown"
    assert said(table, {"code": None}) == []
    partial = rows({"code": "exact"}, {"code": "A"}, missing="unknown")
    assert said(partial, {"code": "B"}) == "unknown"


def test_a_column_of_a_row_of_several_and_of_none() -> None:
    table = rows({"code": "exact"}, {"code": "A", "most": "4"}, {"code": "A"}, columns={"most": "quantity"})
    found = look_up(table, {"code": "A"}, DAY, many=True)
    assert column(found, "most") == [4]
    assert column(found[0], "most") == 4 and column(found[1], "most") is None
    assert column(None, "most") is None
    assert isinstance(column(Unreadable(""), "most"), Unreadable)


def copy_of_pack(folder: Path) -> Path:
    for file in PACK.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(PACK)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return folder


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "table: icd10_code_first",
            "table: icd10_code_frist",
            "There is no table `icd10_code_frist`. Did you",
        ),
        (
            "keys: {code: diagnosis.code}",
            "keys: {kode: diagnosis.code}",
            "The table `icd10_code_first` has no key `kode`. Did you mean 'code'?",
        ),
        (
            "keys: {code: diagnosis.code}",
            "keys: {code: diagnosis.kode}",
            "`diagnoses` has no part `kode`. Did you",
        ),
        (
            "as_of: code_set_date",
            "as_of: diagnosis.code",
            "`diagnosis.code` is no date. Name the date that picks",
        ),
        (
            "etiologies.etiology",
            "etiologies.etilogy",
            "The table `icd10_code_first` has no column `etilogy`. Did you",
        ),
        (
            "etiology: E85",
            "etilogy: E85",
            "The table `icd10_code_first` has no column `etilogy`. Did you mean 'etiology'?",
        ),
        ("{none: etiologies}", "{none: etiologie}", "There is no path or name `etiologie`. Did you mean"),
    ],
)
def test_a_mistake_in_a_look_up_is_said(tmp_path: Path, old: str, new: str, message: str) -> None:
    folder = copy_of_pack(tmp_path)
    (file,) = folder.glob("DX-002-*.yaml")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(PackErrors) as caught:
        load_packs([folder])
    assert any(message in str(d) for d in caught.value.diagnostics), caught.value.diagnostics


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("code: exact", "code: nearly"), "`nearly` is no value of `code`"),
        (("code: exact", "code: range"), "`range` needs `columns`"),
        (("references:", "rows: [{code: A, valu: 3}]\nreferences:"), "`valu`. Did you mean 'value'?"),
        (("references:", "rows: [{code: A, value: few}]\nreferences:"), "`few` is no quantity"),
        (("references:", "rows: [{code: A, from: soon}]\nreferences:"), "`soon` is no date"),
        (("table: ncci_mue_practitioner", "table: mue"), "Put it into tables/mue/table.yaml"),
    ],
)
def test_a_mistake_in_a_table_is_said(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    folder = copy_of_pack(tmp_path)
    file = folder / "tables" / "ncci_mue_practitioner" / "table.yaml"
    text = file.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change))
    with pytest.raises(PackErrors) as caught:
        load_packs([folder])
    assert any(message in str(d) for d in caught.value.diagnostics), caught.value.diagnostics


def test_the_most_specific_row_comes_first() -> None:
    table = rows({"code": "prefix"}, {"code": "99", "says": "family"}, {"code": "99213", "says": "code"})
    assert said(table, {"code": "99213"}) == ["code", "family"]
    payers = rows({"a": "exact", "b": "exact"}, {"says": "all"}, {"a": "P", "says": "P"})
    assert said(payers, {"a": "P", "b": "X"}) == ["P", "all"]
    dated = rows(
        {"code": "exact"},
        {"code": "A", "says": "old", "from": "2020-01-01"},
        {"code": "A", "says": "new", "from": "2026-01-01"},
        dates="from_to",
    )
    assert said(dated, {"code": "A"}) == ["new", "old"]


def test_a_row_is_found_once_however_often_its_key_is_given() -> None:
    assert said(rows({"code": "exact"}, {"code": "A", "says": "1"}), {"code": ["A", "A"]}) == ["1"]


def test_a_date_that_no_edition_covers_is_unknown() -> None:
    table = rows({"code": "exact"}, {"code": "A", "from": "2026-01-01", "to": "2026-12-31"}, dates="from_to")
    assert said(table, {"code": "B"}) == []
    assert said(table, {"code": "B"}, dt.date(2025, 12, 31)) == "unknown"
    assert said(table, {"code": "B"}, dt.date(2027, 1, 1)) == "unknown"


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_whether_a_column_of_a_table_nobody_loaded_is_there_is_unknown(wanted: str) -> None:
    table = Table.model_validate(
        {"schema": "1", "table": "t", "title": "T", "keys": {"code": "exact"}, "references": ["R"]}
        | {"columns": {"most": "quantity"}}
    )
    rule = Rule.model_validate(
        {
            **HEAD,
            "for_each": "lines",
            "lookup": {"x": {"table": "t", "keys": {"code": "line.procedure.code"}}},
            "require": {"field": "x.most", "present": wanted},
            "at": ["line.units"],
            "message": "-",
        }
    )
    compiled = compile_rule(rule, Known(specs={"t": table}))
    one = claim_from_json({"lines": [{"procedure": {"code": "99213"}}]})
    assert generate([compiled], "professional")(one, None)
    assert [o.kind for o in evaluate(compiled, one, None)] == ["unknown"]
    (found,) = evaluate(compiled, one, None)
    assert found.reason == "not known: the table t"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"some": "x", "where": {"field": "row.most", "at_least": "3"}}, True),
        ({"some": "x", "where": {"field": "row.most", "at_least": "4"}}, False),
        ({"none": "x"}, False),
        ({"every": "x", "satisfies": {"field": "row.most", "at_most": "2"}}, False),
    ],
)
def test_quantifiers_look_over_all_rows_that_were_found(condition: dict[str, Any], holds: bool) -> None:
    table = rows(
        {"code": "exact"},
        {"code": "99213", "most": "2"},
        {"code": "99213", "most": "3"},
        columns={"most": "quantity"},
    )
    rule = Rule.model_validate(
        {
            **HEAD,
            "for_each": "lines",
            "lookup": {"x": {"table": "t", "keys": {"code": "line.procedure.code"}, "many": "true"}},
            "require": condition,
            "at": ["line.units"],
            "message": "-",
        }
    )
    compiled = compile_rule(rule, Known(specs={"t": table.table}, tables={"t": table}))
    one = claim_from_json({"lines": [{"procedure": {"code": "99213"}}]})
    assert generate([compiled], "professional")(one, None)
    assert [o.kind for o in evaluate(compiled, one, None)] == ([] if holds else ["violation"])
