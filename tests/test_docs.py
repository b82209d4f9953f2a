"""The generated documents are what the code says today."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from scrubber.claim.fields import FIELDS
from scrubber.cli.scrub import FORMATS
from scrubber.documents import paths_page, schema_text, tables_page
from scrubber.read.claim_json import claim_to_json
from scrubber_reports import fhir, sarif
from scrubber_reports.csv_out import COLUMNS
from tests.read.files import read
from tests.read.full import FULL

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize(
    ("name", "text"),
    [("paths.md", paths_page()), ("claim.schema.json", schema_text()), ("tables.md", tables_page())],
)
def test_the_document_is_up_to_date(name: str, text: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == text, "run `python -m scrubber.documents`"


def test_a_table_without_an_end_says_so_in_words() -> None:
    page = (DOCS / "tables.md").read_text(encoding="utf-8")
    assert "rows for 2012-01-01 and later, made from pyx12" in page
    assert "None" not in page


def test_the_page_has_every_path_once() -> None:
    page = (DOCS / "paths.md").read_text(encoding="utf-8")
    for row in {row.path for fields in FIELDS.values() for row in fields}:
        assert page.count(f"\n| `{row}` |") == 1 + (f"\n| `{row}` | `" in page), row


def test_a_claim_fits_the_published_schema() -> None:
    schema = json.loads((DOCS / "claim.schema.json").read_text(encoding="utf-8"))
    (item,) = read(FULL.encode())
    jsonschema.validate(claim_to_json(item.claim), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"lines": [{"unheard_of": "1"}]}, schema)


def test_the_page_of_formats_has_all_formats_columns_and_codes() -> None:
    page = (DOCS / "formats.md").read_text(encoding="utf-8")
    table, _, rest = page.partition("## csv")
    assert set(
        re.findall(r"`([a-z]+)`", "\n".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
    ) == set(FORMATS)
    assert " ".join(f"`{name}`" for name in COLUMNS) in " ".join(rest.split())
    codes = {*sarif.LEVEL.values(), sarif.NOT_CHECKED, *fhir.SEVERITY.values(), *fhir.TYPE.values()}
    assert [code for code in (*codes, fhir.OTHER_TYPE) if f"`{code}`" not in rest] == []
