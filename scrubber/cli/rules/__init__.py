"""`scrubber rules`: what rule authors and compliance staff use. Each command is a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from scrubber.cli.lazy import LazyGroup

#: Command → (module, object, summary). Modules are loaded when their command runs, as the other commands are.
_COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "check": ("check", "check", "Say every mistake of every file of rules."),
    "test": ("examples", "test", "Run the examples that rules carry."),
    "list": ("listing", "list_", "List rules; by payer, path, source and more."),
    "new": ("new", "new", "Begin a rule, with examples that hold."),
    "show": ("show", "show", "Show one rule, and what it becomes."),
    "explain": ("explain", "explain_", "Say why a rule finds, or does not find, something."),
    "diff": ("diff", "diff", "Say what changed between two versions of a pack."),
    "schema": ("schema", "schema", "Write what an editor needs to complete your rules."),
    "docs": ("docs", "docs", "Write the rules as a web site in a folder."),
}


class _Commands(LazyGroup):
    lazy: ClassVar = {
        name: (f"scrubber.cli.rules.{module}", command, text)
        for name, (module, command, text) in _COMMANDS.items()
    }


@click.group(cls=_Commands)
def rules() -> None:
    """Check, test, list, begin, compare and publish rules."""
