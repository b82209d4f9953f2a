"""`scrubber data`: the reference tables that rules look things up in. Each command is a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from scrubber.cli.lazy import LazyGroup

#: Command → (module, object, summary). Modules are loaded when their command runs, as the other commands are.
_COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "status": ("status", "status", "Say which tables are loaded, for which dates, and which are not."),
    "build": (
        "building",
        "build",
        "Make the editions that come with the program anew (for its maintainers).",
    ),
    "import": ("importing", "import_", "Import a publisher's file as an edition of a table."),
}


class _Commands(LazyGroup):
    lazy: ClassVar = {
        name: (f"scrubber.cli.data.{module}", command, text)
        for name, (module, command, text) in _COMMANDS.items()
    }


@click.group(cls=_Commands)
def data() -> None:
    """Import reference tables from their publishers' files, and say which are loaded."""
