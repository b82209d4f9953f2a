"""Does something again whenever a file of the rules changes. Files are polled: that works everywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from scrubber.cli.rules.common import plural

Times = Mapping[Path, tuple[int, int]]

_SUFFIXES = (".yaml", ".yml", ".837")


def watch(folders: Iterable[Path], run: Callable[[], object], *, seconds: float = 0.5) -> None:
    """Call `run` now and after every change of a file in the folders, until the user interrupts.

    Mistakes that `run` reports do not end the watching: they are what the author is about to mend.
    """
    roots = list(folders)
    seen: Times | None = None
    while True:
        now = times_of(roots)  # before the run: what changes meanwhile is seen afterwards
        if now != seen:
            if seen is not None:
                click.echo(f"\n{_changes(seen, now)}")
            try:
                run()
            except click.ClickException as problem:
                problem.show()
            click.echo(f"Watching {plural(len(now), 'file')}; Ctrl-C ends.")
            seen = now
        time.sleep(seconds)


def times_of(roots: Iterable[Path]) -> Times:
    """Return when each file of the rules was changed last, and its size."""
    out: dict[Path, tuple[int, int]] = {}
    for root in roots:
        for folder, _, names in os.walk(root):
            for path in (Path(folder, name) for name in names if name.endswith(_SUFFIXES)):
                try:
                    found = path.stat()
                except OSError:  # gone again: editors write beside a file and rename
                    continue
                out[path] = (found.st_mtime_ns, found.st_size)
    return out


def _changes(before: Times, after: Times) -> str:
    changed = sorted(
        path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    return f"{changed[0]}{more} changed"
