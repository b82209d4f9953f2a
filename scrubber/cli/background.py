"""`--history` and `--context`: what a run knows besides the claims."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

import click

from scrubber.cli.common import Failure
from scrubber.context import ContextError, ContextFile, read_context
from scrubber.history.store import HistoryError, Seen, Store

F = TypeVar("F", bound=Callable[..., Any])


def background_options(command: F) -> F:
    """Add `--history` and `--context`."""
    context = click.option(
        "--context",
        metavar="FILE",
        help="What an 837 does not carry, as JSON: authorizations, eligibility, documented minutes ...",
    )
    return history_option(context(command))


def history_option(command: F) -> F:
    """Add `--history`."""
    text = "What was billed before, made by `scrubber history add`; rules that need one run only with it."
    return click.option("--history", metavar="DB", help=text)(command)


def background(history: str | None, context: str | None) -> tuple[int | None, ContextFile | None]:
    """Return the state of the history that the whole command is to see, and the context. Raises Failure."""
    state = None
    try:
        if history is not None:
            with closing(Store(history)) as store:
                state = store.latest
        return state, read_context(context) if context is not None else None
    except (HistoryError, ContextError) as error:
        raise Failure(error.message, error.remedy) from None


def seen(history: str, state: int | None) -> Seen:
    """Return what a history has in a state, for the head of a report. Raises Failure."""
    try:
        with closing(Store(history, state=state)) as store:
            return store.seen()
    except HistoryError as error:
        raise Failure(error.message, error.remedy) from None
