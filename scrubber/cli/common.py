"""Options and errors that several commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from scrubber.packs.bundle import Bundle
from scrubber.packs.diagnostics import PackErrors
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from scrubber.read.limits import KINDS, LimitError, Limits, limits_of
from scrubber.reference.embedded import with_embedded
from scrubber.reference.errors import StoreError
from scrubber.reference.home import data_folder
from scrubber.reference.store import Snapshot, read_store

F = TypeVar("F", bound=Callable[..., Any])


class Failure(click.ClickException):
    """Something the user can mend: one sentence on standard error, exit code 2."""

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def show(self, file: Any = None) -> None:
        """Write the message and the remedy."""
        click.echo(f"scrubber: {self.message}", err=True)
        if self.remedy:
            click.echo(f"  remedy: {self.remedy}", err=True)


def packs_option(command: F) -> F:
    """Add `--packs`."""
    return click.option(
        "--packs",
        "packs",
        multiple=True,
        metavar="DIR",
        help="A folder with more rules, added to the built-in ones (repeatable).",
    )(command)


def data_option(command: F) -> F:
    """Add `--data`; the command gets a `Snapshot` of the imported reference tables."""
    return click.option(
        "--data",
        "data",
        metavar="DIR",
        callback=_data,
        help="The folder of imported reference tables; default: SCRUBBER_DATA, else your data folder.",
    )(command)


def _data(ctx: click.Context, param: click.Parameter, value: str | None) -> Snapshot:
    try:
        return with_embedded(read_store(data_folder(value)))
    except StoreError as error:
        raise Failure(error.message, error.remedy) from None


def date_option(name: str, text: str) -> Callable[[F], F]:
    """Return a decorator that adds an option for a date."""
    return click.option(name, metavar="YYYY-MM-DD", callback=_date, help=text)


def receipt_date_option(command: F) -> F:
    """Add `--receipt-date`."""
    text = "The day the payer receives the claims; default: each transaction's own date (BHT04)."
    return date_option("--receipt-date", text)(command)


def _date(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a date like 2026-08-31") from None


def limit_option(command: F) -> F:
    """Add `--limit`; the command gets `Limits`."""
    known = ", ".join(map(str, KINDS.values()))
    return click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="NAME=NUMBER",
        callback=_limits,
        help=f"Refuse what is larger (repeatable). The defaults: {known}.",
    )(command)


def _limits(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> Limits:
    try:
        return limits_of(value)
    except LimitError as error:
        raise Failure(error.message, error.remedy) from None


def load_bundle(packs: Sequence[str]) -> Bundle:
    """Load the built-in rules and more. All mistakes of all files are shown, then the command ends."""
    try:
        return load_packs([builtin_rules_dir(), *(Path(folder) for folder in packs)], BUILDER_NAMES)
    except PackErrors as error:
        fail_on_diagnostics(error, "the rule packs")


def fail_on_diagnostics(error: PackErrors, what: str) -> NoReturn:
    """Show every mistake of the files and end the command."""
    for diagnostic in error.diagnostics:
        click.echo(str(diagnostic), err=True)
    count = len(error.diagnostics)
    mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
    raise Failure(f"{what} have {mistakes}; nothing was done", "mend the places above") from None
