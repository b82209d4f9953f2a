"""The context file: what of it is known, and what is said of one that is none."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scrubber.context import LARGEST, ContextError, read_context

AUTHORIZATION = {
    "number": "A1",
    "code": "70551",
    "units_left": "2",
    "from": "2026-01-01",
    "through": "2026-12-31",
}


def file(tmp_path: Path, data: Any) -> str:
    path = tmp_path / "context.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return str(path)


def test_a_context_is_read_by_claim(tmp_path: Path) -> None:
    lines = {"1": {"documented_minutes": 23, "abn_on_file": False}}
    claims = {"FICT-1": {"authorizations": [AUTHORIZATION], "lines": lines}, "FICT-2": {"eligibility": []}}
    found = read_context(file(tmp_path, {"schema_version": 1, "claims": claims}))
    (authorization,) = found.claims["FICT-1"].authorizations or ()
    assert (authorization.units_left, authorization.from_) == (Decimal(2), dt.date(2026, 1, 1))
    assert found.claims["FICT-1"].eligibility is None
    assert found.claims["FICT-2"].eligibility == []
    assert found.supplied == {
        *("context.authorizations", "context.eligibility"),
        *("context.documented_minutes", "context.abn_on_file"),
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "is not JSON: line 1, column 2"),
        ([], "is not a context: it needs `schema_version` and `claims`, and nothing else"),
        ({"claims": {}}, "is not a context: it needs `schema_version` and `claims`, and nothing else"),
        ({"schema_version": 2, "claims": {}}, "is of another version than this program reads"),
        ({"schema_version": True, "claims": {}}, "is of another version than this program reads"),
        ({"schema_version": 1, "claims": []}, ": `claims` is no object"),
        (
            {"schema_version": 1, "claims": {"SECRET": {"lines": {"SECRET": {"documented_minutes": 8}}}}},
            ": claim 1.lines: something is not the number of a line",
        ),
        (
            {"schema_version": 1, "claims": {"SECRET": {"lines": {"²": {}}}}},
            ": claim 1.lines: something is not the number of a line",
        ),
        ({"schema_version": 1, "claims": {"SECRET": []}}, ": claim 1: "),
        (
            {"schema_version": 1, "claims": {"SECRET": {"authorisations": []}}},
            ": claim 1: has a field that a context does not have",
        ),
        (
            {"schema_version": 1, "claims": {"SECRET": {"authorizations": [{"from": "20260101"}]}}},
            ": claim 1.authorizations[0].from: write dates with hyphens, like",
        ),
        (
            {"schema_version": 1, "claims": {"SECRET": {"lines": {"1": {"documented_minutes": "23"}}}}},
            ": claim 1.lines.1.documented_minutes: write whole numbers without quotation marks",
        ),
    ],
)
def test_a_mistake_is_said_by_its_place(tmp_path: Path, data: Any, message: str) -> None:
    path = file(tmp_path, data)
    with pytest.raises(ContextError) as caught:
        read_context(path)
    assert f"{path} {message}" in caught.value.message or f"{path}{message}" in caught.value.message
    assert "SECRET" not in caught.value.message
    assert caught.value.remedy


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(ContextError, match="a context may have 33,554,432"):
        read_context(str(path))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContextError) as caught:
        read_context(str(tmp_path / "none.json"))
    assert caught.value.message == f"{tmp_path}/none.json cannot be read (No such file or directory)"
