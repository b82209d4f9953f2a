"""The service answers to the host it serves and to no other name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from scrubber.packs.bundle import Bundle
from scrubber_api import server
from scrubber_api.app import create_app
from tests.api.fakes import HERE, a_problem


def host_status(bundle: Bundle, host: str, served: str = "127.0.0.1") -> httpx.Response:
    client = TestClient(create_app(bundle, host=served), base_url=HERE)
    return client.get("/v1/claims/schema", headers={"host": host})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8080"]
)
def test_this_machine_is_answered(bundle: Bundle, host: str) -> None:
    assert host_status(bundle, host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("testserver", "zebrafish.example", "127.0.0.1.zebrafish.example", "localhost.zebrafish.example:80"),
        *(
            "127.0.0.2",
            "::1",
            "[::1",
            "[::1]zebrafish",
            "127.0.0.1:80:80",
            "zebrafish@127.0.0.1",
            "",
            "127.0.0.1:",
        ),
    ],
)
def test_any_other_host_is_refused_as_a_problem(bundle: Bundle, host: str) -> None:
    response = host_status(bundle, host)
    assert a_problem(response, 400)["title"] == "Host not allowed"
    assert "zebrafish" not in response.text


@pytest.mark.parametrize(
    ("served", "host"),
    [
        ("127.0.0.2", "127.0.0.2:8080"),
        ("0:0:0:0:0:0:0:1", "[::1]:8080"),
        ("::ffff:127.0.0.1", "[::ffff:127.0.0.1]"),
    ],
)
def test_the_served_host_is_answered(bundle: Bundle, served: str, host: str) -> None:
    assert host_status(bundle, host, served).status_code == 200


def test_the_server_tells_the_application_its_host(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    apps: list[Any] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: apps.append(self.config.app))
    server.run(bundle, "127.0.0.2", 0, 1, listening=str)
    client = TestClient(apps[0], base_url="http://127.0.0.2:8080")
    assert client.get("/v1/claims/schema").status_code == 200
