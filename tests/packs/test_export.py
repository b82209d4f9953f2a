"""The JSON Schemas that editors use are those of the models, and take the rules that are shipped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.export import MODELS, schema_of, schema_text, write_schemas
from scrubber.packs.yaml_marks import read_yaml
from tests.packs.helpers import RULE

RULES = builtin_rules_dir()


@pytest.mark.parametrize("name", MODELS)
def test_the_written_schemas_have_not_drifted(name: str) -> None:
    written = (RULES / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(name), "run `python -m scrubber.packs.export`"


@pytest.mark.parametrize("name", MODELS)
def test_they_are_json_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


def as_an_editor_reads(value: Any) -> Any:
    """Type the scalars of a file as YAML 1.2 does."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value):
        return json.loads(value)
    return value


def files() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(RULES.rglob("*.yaml")):
        folder = path.parent.name
        kind = {"sets": "set", "decisions": "decision", "corrections": "overlay"}.get(folder, "rule")
        kinds = {"pack.yaml": "pack", "payer.yaml": "payer", "guide.yaml": "overlay", "table.yaml": "table"}
        kind = kinds.get(path.name, kind)
        if path.name != "sources.yaml" and path.parent.name not in ("denials", "guides"):
            found.append((kind, path))
    return found


@pytest.mark.parametrize(("kind", "path"), files(), ids=lambda value: getattr(value, "stem", value))
def test_the_shipped_files_fit_their_schema(kind: str, path: Path) -> None:
    data = as_an_editor_reads(read_yaml(path.read_bytes(), "f").data)
    jsonschema.validate(data, schema_of(kind))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title:", "titel:"),
        ("status: draft", "status: drft"),
        ("{field: line.units, present: true}", "{field: line.units, presnt: true}"),
        ("at: [line.units]", "at: line.units"),
        ("snip: null", "snip: four"),
    ],
)
def test_an_editor_sees_what_the_loader_sees(old: str, new: str) -> None:
    data = as_an_editor_reads(read_yaml(RULE.replace(old, new).encode(), "f").data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema_of("rule"))


def test_writing_them_writes_all_of_them(tmp_path: Path) -> None:
    assert [path.name for path in write_schemas(tmp_path)] == [f"{name}.schema.json" for name in MODELS]
