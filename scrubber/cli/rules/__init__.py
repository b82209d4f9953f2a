"""`scrubber rules`: what rule authors and compliance staff use. Each command is a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

#: Command → (module, object, summary). Modules are loaded when their command runs, as the other commands are.
_COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "check": ("check", "check", "Say every mistake of every file of rules."),
    "test": ("examples", "test", "Run the examples that rules carry."),
    "list": ("listing", "list_", "List rules; by payer, path, source and more."),
    "new": ("new", "new", "Begin a rule, with examples that hold."),
    "show": ("show", "show", "Show one rule, and what it becomes."),
    "explain": ("explain", "explain_", "Say why a rule finds, or does not find, something."),
    "diff": ("diff", "diff", "Say what changed between two versions of a pack."),
    "docs": ("docs", "docs", "Write the rules as a web site in a folder."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"scrubber.cli.rules.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(cls=_Lazy)
def rules() -> None:
    """Check, test, list, begin, compare and publish rules."""
