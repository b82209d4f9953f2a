"""Which file is held against which schema, as the settings of an editor (yaml-language-server) say it."""

from __future__ import annotations

from collections.abc import Mapping

#: Schema → the files below a folder of rules. A leading `!` takes files out again.
_FILES: Mapping[str, tuple[str, ...]] = {
    "rule": ("{}/**/*-*-*.yaml", "!decisions/**", "!denials/**", "!sets/**", "!tables/**", "!guides/**"),
    "decision": ("{}/**/decisions/*-*-*.yaml",),
    "set": ("{}/**/sets/*.yaml",),
    "sources": ("{}/**/sources.yaml",),
    "pack": ("{}/**/pack.yaml",),
    "payer": ("{}/**/payer.yaml",),
    "parameters": ("{}/**/parameters.yaml",),
    "table": ("{}/**/tables/*/table.yaml",),
    "overrides": ("{}/**/overrides.yaml",),
    "overlay": ("{}/**/guides/corrections/*.yaml", "{}/**/guide.yaml"),
}


def editor_settings(schemas: str, folder: str) -> dict[str, dict[str, list[str]]]:
    """Return the settings for a folder of rules; both paths are as the editor finds them."""
    return {
        "yaml.schemas": {
            f"{schemas}/{name}.schema.json": [pattern.format(folder) for pattern in patterns]
            for name, patterns in _FILES.items()
        }
    }
