"""What of a context a run had no use for: a slip in it looks like a context that says nothing.

Entries are named by their place in the file: their keys are patient control numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
import orjson

from scrubber.context import ContextFile
from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import listing
from scrubber.rulebook.inputs import inputs_read
from scrubber.supervisor import ClaimScrubbed, Event


class ContextUse:
    """Notes which entries of a context are about claims of the run."""

    def __init__(self, path: str, context: ContextFile, bundle: Bundle) -> None:
        self._path, self._context = path, context
        self._unread = sorted(context.supplied - inputs_read(bundle))
        self._places = {number: place for place, number in enumerate(context.claims, 1)}

    def noted(self, events: Iterator[Event]) -> Iterator[Event]:
        """Give the events on, noting their claims by the way."""
        for event in events:
            if isinstance(event, ClaimScrubbed):
                self._places.pop(orjson.loads(event.reply.result)["claim_id"], None)
            yield event

    def warn(self) -> None:
        """Say on standard error, in one line, what had no use."""
        parts = []
        if self._unread:
            parts.append(f"no rule looks at {listing(self._unread, 'or')}")
        if self._places:
            count, every = len(self._places), len(self._context.claims)
            of_all = f"{count} of its {every} claims" if every > 1 else "its only claim"
            first = f", the first is claim {min(self._places.values())} in it" if every > 1 else ""
            verb = "is" if count == 1 else "are"
            parts.append(f"{of_all} {verb} not in the files of this run (by CLM01){first}")
        if parts:
            click.echo(f"scrubber: {self._path}: {'; '.join(parts)}", err=True)
