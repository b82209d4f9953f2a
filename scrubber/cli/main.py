"""The command group, and what happens to errors: a sentence with a remedy, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click

from scrubber.cli.lazy import LazyGroup
from scrubber.processes import context
from scrubber.version import engine_version

#: Command → (module, object). Modules are loaded when their command runs: the API alone costs 0.3 s.
_COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "scrub": ("scrubber.cli.scrub", "scrub", "Check claims before they are sent."),
    "amend": ("scrubber.cli.amend", "amend", "Write accepted amendments into a corrected file."),
    "rules": ("scrubber.cli.rules", "rules", "Check, test, list, begin, compare and publish rules."),
    "history": ("scrubber.cli.history", "history", "Keep what was billed before."),
    "denials": ("scrubber.cli.denials", "denials", "Explain what a payer answered."),
    "data": ("scrubber.cli.data", "data", "Import reference tables, and say which are loaded."),
    "serve": ("scrubber.cli.serve", "serve", "Answer pre-submission checks over HTTP."),
}
#: Those that need a scrubbing process: it gets ready while their modules are loaded.
_SCRUBBING = frozenset({"scrub", "amend", "serve"})


class _Commands(LazyGroup):
    lazy = _COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _SCRUBBING:
            context()
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(engine_version(), prog_name="scrubber")
def cli() -> None:
    """Check health-insurance claims against readable rules, before and after they are sent."""


def main() -> None:
    """Run the command line; the console script."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = 2
    except KeyboardInterrupt:
        code = 130
    except (BrokenPipeError, SystemExit):  # the reader of our output has gone (click makes it an exit)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except OSError as error:  # a full disk, a device that is gone: not our fault, and worth a plain word
        click.echo(
            f"scrubber: the operating system refused: {error.strerror or type(error).__name__}", err=True
        )
        code = 2
    except Exception as error:  # the last resort: say that it is our fault, show nothing of a claim
        click.echo(
            f"scrubber: an internal error stopped the command ({type(error).__name__}). "
            "Please report it, with the command and the versions that `scrubber --version` prints.",
            err=True,
        )
        if os.environ.get("SCRUBBER_DEBUG"):
            raise
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
