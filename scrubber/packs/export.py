"""Writes the JSON Schemas of rule files: what editors complete, explain and check while somebody types.

They are generated from the models, the claim paths and the rule packs, and never edited:
`python -m scrubber.packs.export` writes them, a test fails when they have drifted. An editor's YAML reader
types scalars (`245` is a number to it), while ours reads all of them as text; the schemas therefore take
numbers wherever a text is wanted, and true and false too where a value of a claim may be one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from scrubber.packs.bundle import Bundle
from scrubber.packs.catalogue import CodeSet, PackHead, Payer, Source
from scrubber.packs.decisions import DecisionRule
from scrubber.packs.discover import builtin_rules_dir
from scrubber.packs.editor.names import names_schema
from scrubber.packs.editor.settings import editor_settings
from scrubber.packs.editor.snippets import SNIPPETS
from scrubber.packs.editor.words import CHOICES, key_words
from scrubber.packs.load import load_packs
from scrubber.packs.overlays import OverlayShape
from scrubber.packs.overrides import OverrideFile
from scrubber.packs.parameters import ParameterFile
from scrubber.packs.rules import Let, Rule
from scrubber.packs.tables import Table

#: File names and what stands in such a file.
MODELS: dict[str, Any] = {
    "rule": Rule,
    "decision": DecisionRule,
    "set": CodeSet,
    "sources": dict[str, Source],
    "pack": PackHead,
    "payer": Payer,
    "parameters": ParameterFile,
    "table": Table,
    "overrides": OverrideFile,
    "overlay": OverlayShape,
}
#: The schema of the names that the others offer.
NAMES = "names"

#: What an editor reads in a checkout of the project.
SETTINGS = builtin_rules_dir().parent / ".vscode" / "settings.json"

#: Which names an editor offers: the kind of name, by model and key; in lists and mappings for each text.
OFFERED: Mapping[str, Mapping[str, str]] = {
    "AppliesTo": {"payers": "payer"},
    "Build": {"name": "builder", "table": "table"},
    "Change": dict.fromkeys(("set", "to", "remove", "move", "add", "sort"), "value"),
    "CodeSet": {"union": "set", "references": "source"},
    "Condition": {
        **dict.fromkeys(("some", "none", "every"), "collection"),
        **dict.fromkeys(("in_set", "not_in_set", "any_in_set", "none_in_set", "all_in_set"), "set"),
        "field": "value",
        "needs_from": "value",
        "format": "format",
        "resembles": "resemblance",
    },
    "DenialSpec": {"group": "group", "carc": "carc", "rarc": "rarc"},
    "Example": {"base": "base"},
    "ItemPlace": {"item": "collection"},
    "Let": {
        **dict.fromkeys(("sum", "count", "min", "max", "distinct"), "collection"),
        **dict.fromkeys(("add", "subtract", "multiply", "days_between", "shift", "round"), "value"),
        **dict.fromkeys(("choices", "when_absent"), "value"),
        "derived": "function",
        "over": "collection",
        "arguments": "argument",
        "needs_from": "value",
    },
    "Lookup": {"table": "table", "keys": "value", "else_keys": "value", "as_of": "value"},
    "Override": {"rule": "rule", "payers": "payer"},
    "Ref": {"path": "value"},
    "Ranking": {"table": "table", "as_of": "value"},
    "Rule": {
        "at": "value",
        "dated_by": "value",
        "for_each": "each",
        "needs": "input",
        "references": "source",
    },
    "Scope": {"each": "each", "pairs": "collection", "groups": "grouped", "needs_from": "value"},
    "Suppression": {"rule": "rule", "at": "value", "payers": "payer"},
    "TextChange": {"text": "text_change", "of": "value"},
    "Within": {"after": "value", "before": "value"},
    **{
        model: {"references": "source"}
        for model in (
            "Payer",
            "DecisionRule",
            "ParameterEntry",
            "Table",
            "ChangeShape",
            "OverlayShape",
        )
    },
}

_DEEPEST = 8
#: Keywords of JSON Schema below which names of ours stand, not keywords.
_BY_NAME = frozenset({"properties", "$defs"})
_SCALARS = ["string", "number", "boolean"]
#: Stands for a reference into the schema of names as long as Pydantic, which knows only its own, looks at it.
_NAMED = "named"


class _Explained(GenerateJsonSchema):
    """Adds to what a model demands what an editor says and offers."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of one model, with a description of each key and the names it takes."""
        out = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        offered = OFFERED.get(model.__name__, {})
        words = key_words(model)
        for key, value in out.get("properties", {}).items():
            _explain_choices(value)
            named = _with_names(value, offered[key]) if key in offered else value
            out["properties"][key] = {**named, "description": words[key]} if key in words else named
        if model.__name__ in SNIPPETS:
            texts = SNIPPETS[model.__name__]
            out["defaultSnippets"] = [{"label": label, "bodyText": text} for label, text in texts.items()]
        return _with_names_beside(out) if model is Let else out


def schema_of(name: str, bundle: Bundle | None = None) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file. Raises KeyError for an unknown one.

    `bundle` holds the packs whose names are offered (default: the shipped ones).
    """
    if name == NAMES:
        schema: Any = names_schema(
            bundle or load_packs([builtin_rules_dir()]), builtin_rules_dir() / "denials"
        )
    else:
        schema = _loosen(TypeAdapter(MODELS[name]).json_schema(by_alias=True, schema_generator=_Explained))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated by `python -m scrubber.packs.export`; do not edit.",
        **schema,
    }


def schema_text(name: str, bundle: Bundle | None = None) -> str:
    """Return one schema as the text of its file."""
    return _lines(schema_of(name, bundle)) + "\n"


def write_schemas(folder: Path | None = None, bundle: Bundle | None = None) -> list[Path]:
    """Write every schema into a folder (default: `schema/` of the shipped rules) and return the files."""
    target = folder if folder is not None else builtin_rules_dir() / "schema"
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name in (*MODELS, NAMES):
        path = target / f"{name}.schema.json"
        path.write_text(schema_text(name, bundle), encoding="utf-8")
        written.append(path)
    return written


def settings_text() -> str:
    """Return the settings for the shipped rules as the text of their file."""
    return json.dumps(editor_settings("./rules/schema", "rules"), indent=2) + "\n"


def _with_names(node: Any, kind: str) -> Any:
    """Return a schema in which every free text is one of a kind of names, or any other text."""
    if isinstance(node, list):
        return [_with_names(item, kind) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and not {"enum", "const", "pattern", "format"} & node.keys():
        return {_NAMED: kind}
    return {key: value if key == "$defs" else _with_names(value, kind) for key, value in node.items()}


def _explain_choices(node: Any) -> None:
    """Say what each word of a choice means."""
    if isinstance(node, list):
        for item in node:
            _explain_choices(item)
    elif isinstance(node, dict):
        words = node.get("enum", ())
        meanings = next((known for known in CHOICES if words and {*words} <= known.keys()), None)
        if meanings is not None:
            node["enumDescriptions"] = [meanings[word] for word in words]
        for value in node.values():
            _explain_choices(value)


def _with_names_beside(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of a `let`, where names of the rule's own stand beside `choose` and `derived`."""
    keys = dict(schema["properties"])
    choices, arguments = (keys.pop(key)["additionalProperties"] for key in ("choices", "arguments"))
    chosen = {key: keys[key] for key in ("choose", "when_absent")}
    called = {key: keys[key] for key in ("derived", "over", "of", "as", "where")}
    return {
        "type": "object",
        "description": schema["description"],
        "if": {"required": ["choose"]},
        "then": {"properties": chosen, "additionalProperties": choices},
        "else": {
            "if": {"required": ["derived"]},
            "then": {"properties": called, "additionalProperties": arguments},
            "else": {"properties": keys, "additionalProperties": False},
        },
    }


def _loosen(node: Any) -> Any:
    """Return a schema that takes what our reader takes: scalars of any YAML type where text is wanted."""
    if isinstance(node, list):
        return [_loosen(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {
        key: {name: _loosen(part) for name, part in value.items()} if key in _BY_NAME else _loosen(value)
        for key, value in node.items()
        if key != "title"
    }
    if len(out.get("patternProperties", {})) == 1:  # an editor completes below names only if they are said so
        ((pattern, value),) = out.pop("patternProperties").items()
        out = {**out, "propertyNames": {"pattern": pattern}, "additionalProperties": value}
    if isinstance(out.get(_NAMED), str):
        out = {"$ref": f"{NAMES}.schema.json#/$defs/{out.pop(_NAMED)}", **out}
    if out.get("const") == "1":  # `schema: 1`
        del out["const"]
        out = {"enum": [1, "1"], **{key: value for key, value in out.items() if key != "type"}}
    if out.get("type") == "string" and not {"enum", "const", "pattern", "format"} & out.keys():
        # An editor offers true and false where they are allowed: no title or name is one.
        out["type"] = _SCALARS[:2] if out.pop("minLength", 0) else _SCALARS
    if isinstance(out.get("default"), dict):  # says nothing that the keys inside do not say
        del out["default"]
    if "default" in out and out["default"] is None:
        del out["default"]
        options = [option for option in out.get("anyOf", []) if option != {"type": "null"}]
        if len(options) == 1:
            rest = {key: value for key, value in out.items() if key != "anyOf"}
            out = {**options[0], **rest}
        elif options:
            out["anyOf"] = options
    for union in {"anyOf", "oneOf"} & out.keys():  # of what does not fit, an editor explains the first
        out[union] = sorted(out[union], key=lambda option: not option.get("$ref", "").startswith("#"))
    return out


def _lines(node: Any, indent: str = "") -> str:
    """Return JSON in which what is short, or holds nothing but scalars, stands on one line.

    It is indented so far and no farther: thousands of names are asked for half by half.
    """
    flat = json.dumps(node, ensure_ascii=False)
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if len(indent) + len(flat) <= 110 or not any(isinstance(part, dict | list) for part in parts):
        return flat
    inner = indent + "  " if len(indent) < _DEEPEST else indent
    if isinstance(node, dict):
        items = [f"{json.dumps(key)}: {_lines(value, inner)}" for key, value in node.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _lines(value, inner) for value in node) + f"\n{indent}]"


def main() -> None:
    """Write the schemas of the shipped rules and, in a checkout, the settings that editors find them by."""
    for file in write_schemas():
        sys.stdout.write(f"{file}\n")
    if SETTINGS.parent.is_dir():
        SETTINGS.write_text(settings_text(), encoding="utf-8")
        sys.stdout.write(f"{SETTINGS}\n")


if __name__ == "__main__":
    main()
