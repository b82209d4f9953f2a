"""`scrubber rules schema`: the schemas know the names of one's own rules, and an editor finds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scrubber.packs.export import MODELS, NAMES
from tests.cli.rules.packs import write_rule
from tests.conftest import Quick, assert_refused
from tests.support.language_server import Editor, find_server

SET = 'set: codes_of_mine\ntitle: Codes of mine\ncodes: ["99213"]\nreferences: [STEDI-PCN]\n'


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "my-rules"
    write_rule(folder)
    (folder / "sets").mkdir()
    (folder / "sets" / "codes_of_mine.yaml").write_text(SET, encoding="utf-8")
    return folder


def test_it_writes_all_schemas_with_ones_own_names(quick: Quick, mine: Path) -> None:
    ran = quick("rules", "schema", mine)
    written = {path.name for path in (mine / "schema").iterdir()}
    assert ran.code == 0
    assert written == {f"{name}.schema.json" for name in (*MODELS, NAMES)}
    names = json.loads((mine / "schema" / "names.schema.json").read_text(encoding="utf-8"))["$defs"]
    about: dict[str, Any] = {
        offer["bodyText"]: offer["description"] for offer in names["set"]["defaultSnippets"]
    }
    assert about["codes_of_mine"] == "Codes of mine (1 code)"
    assert "minor_procedures" in about
    assert ran.err.startswith(f"11 schemas in {mine / 'schema'}. For VS Code")


def test_the_folder_is_still_one_of_rules(quick: Quick, mine: Path) -> None:
    quick("rules", "schema", mine)
    assert quick("rules", "check", mine).code == 0


@pytest.mark.skipif(find_server() is None, reason="needs yaml-language-server: see CONTRIBUTING.md")
def test_an_editor_finds_them_by_the_settings_that_are_printed(quick: Quick, mine: Path) -> None:
    settings = json.loads(quick("rules", "schema", mine).out)
    server = find_server()
    assert server is not None
    editor = Editor(server, mine.parent, settings["yaml.schemas"])
    try:
        offered = editor.complete(mine / "ZZZ-002-x.yaml", "require: {field: x, in_set: |}")
    finally:
        editor.close()
    assert {"codes_of_mine", "minor_procedures"} <= offered.keys()


def test_a_folder_that_is_not_there_is_refused(quick: Quick, tmp_path: Path) -> None:
    ran = quick("rules", "schema", tmp_path / "no")
    assert "The rules folder does not exist" in ran.err
    assert ran.code == 2


def test_a_folder_that_cannot_be_written_is_refused(quick: Quick, mine: Path) -> None:
    (mine / "schema").write_text("a file", encoding="utf-8")
    assert_refused(
        quick("rules", "schema", mine),
        f"{mine / 'schema'} cannot be written (File exists)",
        "move it away, or make the folder writable",
    )
