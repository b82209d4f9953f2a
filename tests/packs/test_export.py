"""The JSON Schemas that editors use are those of the models, and take the rules that are shipped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.editor.words import CHOICES
from scrubber.packs.export import (
    MODELS,
    NAMES,
    OFFERED,
    SETTINGS,
    schema_of,
    schema_text,
    settings_text,
    write_schemas,
)
from scrubber.packs.rules import Rule
from scrubber.packs.yaml_marks import read_yaml
from tests.packs.helpers import RULE

RULES = builtin_rules_dir()


names = cache(lambda: schema_of(NAMES))


@pytest.mark.parametrize("name", [*MODELS, NAMES])
def test_the_written_schemas_have_not_drifted(name: str) -> None:
    written = (RULES / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(name), "run `python -m scrubber.packs.export`"


def test_the_settings_of_the_editor_have_not_drifted() -> None:
    assert SETTINGS.read_text(encoding="utf-8") == settings_text(), "run `python -m scrubber.packs.export`"


@pytest.mark.parametrize("name", [*MODELS, NAMES])
def test_they_are_json_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """Return what checks a file of a kind, with the names that its schema refers to."""
    offered = Resource.from_contents(names())
    registry: Registry[Any] = Registry().with_resource(f"{NAMES}.schema.json", offered)
    return jsonschema.Draft202012Validator(schema_of(name), registry=registry)


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of a mapping with keys of its own."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "type" in node:
            yield node
        for value in node.values():
            yield from mappings(value)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value)


@pytest.mark.parametrize("name", MODELS)
def test_every_key_says_what_it_is_for(name: str) -> None:
    silent = [
        key
        for schema in mappings(schema_of(name))
        for key, value in schema["properties"].items()
        if "description" not in value
    ]
    assert silent == [], "write a sentence below each in its model"


def test_every_choice_that_is_explained_exists() -> None:
    text = "".join(schema_text(name) for name in MODELS)
    for words in CHOICES:
        for word, meaning in words.items():
            assert json.dumps(word) in text
            assert json.dumps(meaning) in text


def test_each_kind_of_name_is_offered_somewhere_and_each_offer_is_a_kind_of_name() -> None:
    asked = {kind for keys in OFFERED.values() for kind in keys.values()}
    assert asked == names()["$defs"].keys()
    text = "".join(schema_text(name) for name in MODELS)
    for kind in asked:
        assert f"{NAMES}.schema.json#/$defs/{kind}" in text


def hover_title(schema: dict[str, Any], name: str) -> str | None:
    """Walk the branches for a name as a validator does."""
    while "if" in schema:
        test = schema["if"]
        holds = test.get("const") == name if "const" in test else re.search(test["pattern"], name)
        schema = schema["then"] if holds else schema.get("else", {})
    title = schema.get("title")
    assert title is None or isinstance(title, str)
    return title


@pytest.mark.parametrize("kind", sorted({k for keys in OFFERED.values() for k in keys.values()}))
def test_each_name_is_explained_by_its_own_words_and_any_other_is_taken(kind: str) -> None:
    schema = names()["$defs"][kind]
    for snippet in schema.get("defaultSnippets", []):
        name = snippet["bodyText"].strip('"')
        assert hover_title(schema, name) == snippet["description"]
        assert hover_title(schema, f"{name}x") is None
    assert jsonschema.Draft202012Validator(schema).is_valid("a name of somebody else")


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
        kind = "sources" if path.name == "sources.yaml" else kind
        if kind == "sources" or path.parent.name not in ("denials", "guides"):
            found.append((kind, path))
    return found


@pytest.mark.parametrize(("kind", "path"), files(), ids=lambda value: getattr(value, "stem", value))
def test_the_shipped_files_fit_their_schema(kind: str, path: Path) -> None:
    data = as_an_editor_reads(read_yaml(path.read_bytes(), "f").data)
    validator(kind).validate(data)


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
        validator("rule").validate(data)


_MORE = """\
parameters:
  limit: {type: period, default: {days: 90}}
  counted_from: {type: choice, of: [through, from], default: through}
let:
  start:
    choose: {param: counted_from}
    through: line.service_date.through
    from: line.service_date.from
  allowed: {derived: therapy_units_allowed, over: lines, of: units, rule: ama_per_code}
  rest: {subtract: [line.charge, "12.50"]}
lookup:
  row: {table: a_table_of_mine, keys: {code: line.procedure.code}}
"""


def test_what_the_loader_takes_an_editor_takes() -> None:
    text = RULE.replace("for_each:", f"{_MORE}for_each:")
    assert "choose" in text
    document = read_yaml(text.encode(), "f")
    assert Rule.model_validate(document.data).let["start"].choices.keys() == {"through", "from"}
    validator("rule").validate(as_an_editor_reads(document.data))


def test_a_wrong_key_beside_an_operation_is_seen_though_choices_have_names_of_their_own() -> None:
    text = RULE.replace("for_each:", "let:\n  total: {sum: lines, off: charge}\nfor_each:")
    with pytest.raises(jsonschema.ValidationError, match="'off' was unexpected"):
        validator("rule").validate(as_an_editor_reads(read_yaml(text.encode(), "f").data))


def test_writing_them_writes_all_of_them(tmp_path: Path) -> None:
    assert [path.name for path in write_schemas(tmp_path)] == [
        f"{name}.schema.json" for name in (*MODELS, NAMES)
    ]
