"""Run the API on a socket of this machine."""

from __future__ import annotations

import socket

import uvicorn

from scrubber.packs.bundle import Bundle
from scrubber.worker import WorkerOptions
from scrubber_api.app import create_app


class PortInUse(Exception):
    """Another program listens on the port."""


def run(
    bundle: Bundle,
    host: str,
    port: int,
    workers: int,
    options: WorkerOptions | None = None,
) -> None:
    """Serve until interrupted. Raises PortInUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            raise PortInUse from None
        app = create_app(bundle, workers, host, options)
        config = uvicorn.Config(app, log_level="info", server_header=False)
        uvicorn.Server(config).run(sockets=[listener])
