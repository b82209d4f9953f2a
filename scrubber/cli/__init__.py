"""The command line: the composition root, the only part that knows every other part.

Commands only parse options and put parts together. Everything a person must know and that is not the
result goes to standard error; the exit code is 0 (nothing blocks), 1 (something does) or 2 (could not read).
"""

from scrubber.cli.main import main

__all__ = ["main"]
