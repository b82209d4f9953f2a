"""`scrubber serve`: the HTTP API on this machine."""

from __future__ import annotations

import ipaddress

import click

from scrubber.cli.background import background, history_option
from scrubber.cli.common import Failure, data_option, limit_option, load_bundle, packs_option
from scrubber.engine.durable import EngineUnavailable, load_engine
from scrubber.read.limits import Limits
from scrubber.reference.store import Snapshot
from scrubber.worker import WorkerOptions


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="A loopback address; nothing else is served."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: one that is free."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Scrubbing processes."
)
@packs_option
@data_option
@history_option
@limit_option
def serve(
    host: str,
    port: int,
    workers: int,
    packs: tuple[str, ...],
    data: Snapshot,
    history: str | None,
    limits: Limits,
) -> int:
    """Answer pre-submission checks over HTTP, to this machine only: there is no authentication yet."""
    if not _is_loopback(host):
        raise Failure(
            f"{host} is not a loopback address", "serve on 127.0.0.1 or ::1; there is no authentication yet"
        )
    bundle = load_bundle(packs)
    background(history, None)
    try:
        load_engine()  # better to say it now than on the first request
    except EngineUnavailable as error:
        raise Failure(str(error)) from None
    from scrubber_api.server import PortInUse, run

    try:
        options = WorkerOptions(limits=limits, data=data, history=history)
        run(bundle, host, port, workers, options, listening=_say_where)
    except PortInUse:
        raise Failure(f"port {port} is in use on {host}", "choose another with --port") from None
    return 0


def _say_where(address: str) -> None:
    click.echo(
        f"scrubber: listening on {address} (POST a claim to /v1/claims/validate; "
        "/openapi.json describes all there is; Ctrl-C ends it)",
        err=True,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
