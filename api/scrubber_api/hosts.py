"""Which Host headers are answered.

A web page on another host must not reach a service on the user's own machine (DNS rebinding): a browser
sends the page's own host name, and that is refused.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.types import ASGIApp, Receive, Scope, Send

from scrubber_api.problems import Problem, answer

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^][:/@\s]+)(:[0-9]+)?")


class OnlyHosts:
    """Answers requests to this machine's own names and to the served address; refuses all others."""

    def __init__(self, app: ASGIApp, served: str) -> None:
        self._app = app
        self._names = {"localhost", "127.0.0.1", "[::1]", _name(served)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and not self._answers_to(scope):
            detail = "The Host header names another host than the one that is served."
            response = answer(Problem(title="Host not allowed", status=400, detail=detail))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _answers_to(self, scope: Scope) -> bool:
        hosts = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        return match is not None and _name(match[1].strip("[]")) in self._names


def _name(host: str) -> str:
    """Return a host as it stands in a Host header: an IPv6 address in brackets and in its short form."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower()
    return f"[{address}]" if address.version == 6 else str(address)
