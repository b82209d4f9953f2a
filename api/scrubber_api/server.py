"""Run the API on a socket of this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable

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
    *,
    listening: Callable[[str], None],
) -> None:
    """Serve until interrupted; port 0: one that is free. Raises PortInUse.

    `listening` is called with the address (`http://127.0.0.1:8080`) once claims can be sent to it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            raise PortInUse from None
        app = create_app(bundle, workers, host, options)
        config = uvicorn.Config(app, log_level="info", server_header=False)
        shown = f"[{host}]" if ":" in host else host
        _Server(config, lambda: listening(f"http://{shown}:{listener.getsockname()[1]}")).run(
            sockets=[listener]
        )


class _Server(uvicorn.Server):
    """Says when it listens: uvicorn says so only of sockets that it made itself."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the workers and listen."""
        await super().startup(sockets)
        self._listening()
