"""`scrubber serve` as a program: it answers on this machine only, stops when told, and logs no claim."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.api.conftest import VALIDATE, X12
from tests.conftest import (
    COMMAND,
    PROFESSIONAL,
    ROOT,
    SECRET,
    assert_own_words,
    assert_refused,
    environment,
    is_running,
    scrubber,
    scrubbing_processes,
)


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(host: str = "127.0.0.1") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running service and its address."""
    port = free_port(host)
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    with subprocess.Popen(
        [*COMMAND, "serve", "--host", host, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    httpx.get(f"{url}/healthz", timeout=5)
                    break
                except httpx.TransportError:
                    assert process.poll() is None, process.communicate()
                    assert time.monotonic() < deadline, "the service does not answer"
                    time.sleep(0.1)
            yield process, url
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_the_service_answers_and_stops_when_told(number: signal.Signals) -> None:
    with served() as (process, url):
        answer = httpx.post(f"{url}{VALIDATE}", content=PROFESSIONAL, headers=X12, timeout=30)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "clean")
        workers = scrubbing_processes(process.pid)
        assert len(workers) == 1
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode in (0, 128 + number, -number)
    assert b"Traceback" not in out + err
    assert not any(is_running(pid) for pid in workers)


def test_nothing_of_a_claim_is_logged_and_no_version_is_told() -> None:
    marked = PROFESSIONAL.replace(b"PATRICIA", SECRET.encode()).replace(b"*245*", b"*240*")
    with served() as (process, url):
        for content, headers in (
            (marked, X12),
            (marked[:700], X12),
            (json.dumps({SECRET: SECRET}).encode(), {"content-type": "application/json"}),
        ):
            answer = httpx.post(f"{url}{VALIDATE}", content=content, headers=headers, timeout=30)
            assert "uvicorn" not in answer.headers.get("server", "")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert SECRET.encode() not in out + err
    assert b"Traceback" not in out + err


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_the_request_of_the_readme_gets_the_answer_it_shows() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    match = re.search(r"^    \$ (curl (?:.*\\\n)*.*)\n    (\{.*\})$", readme, re.MULTILINE)
    assert match is not None
    command = match[1].replace("\\\n", " ")
    with served() as (_, url):
        asked = shlex.split(command.replace("http://127.0.0.1:8080", url))
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == match[2]


def has_ipv6() -> bool:
    try:
        free_port("::1")
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@needs_ipv6
def test_the_service_answers_on_the_other_loopback_address() -> None:
    with served("::1") as (_, url):
        assert httpx.get(f"{url}/v1/rules", timeout=30).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6)])
def test_one_line_says_where_it_listens_and_what_is_there(host: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--host", host, "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stderr is not None
            told = next(line for line in process.stderr if line.startswith("scrubber: "))
            shown = f"[{host}]" if ":" in host else host
            match = re.fullmatch(
                rf"scrubber: listening on (http://{re.escape(shown)}:[1-9][0-9]*) \(POST a claim to "
                r"/v1/claims/validate; /openapi\.json describes all there is; Ctrl-C ends it\)\n",
                told,
            )
            assert match is not None, told
            described = httpx.get(f"{match[1]}/openapi.json", timeout=30).json()
            assert VALIDATE in described["paths"]
        finally:
            process.kill()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_other_addresses_are_not_served(host: str) -> None:
    ran = scrubber("serve", "--host", host, "--port", str(free_port()), timeout=20)
    assert_refused(
        ran,
        f"{host} is not a loopback address",
        "serve on 127.0.0.1 or ::1; there is no authentication yet",
    )


def test_a_port_in_use_is_refused_with_a_remedy() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ran = scrubber("serve", "--port", str(port), timeout=20)
    assert_refused(ran, f"port {port} is in use on 127.0.0.1", "choose another with --port")


@pytest.mark.parametrize("port", ["-1", "70000", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    ran = scrubber("serve", "--port", port, timeout=20)
    assert "'--port'" in ran.err
    assert (ran.code, ran.out) == (2, "")


def test_a_loopback_address_of_another_machine_is_not_called_a_port_in_use() -> None:
    # 127.1.2.3 exists on Linux and not on macOS; either it is served, or the message tells why not.
    port = free_port()
    with subprocess.Popen(
        [*COMMAND, "serve", "--host", "127.1.2.3", "--port", str(port)],
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        try:
            deadline = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    assert httpx.get(f"http://127.1.2.3:{port}/healthz", timeout=5).status_code == 200
                    return
                except httpx.TransportError:
                    time.sleep(0.1)
            assert process.stderr is not None
            assert b"is in use" not in process.stderr.read()
        finally:
            process.kill()


def test_broken_rule_packs_are_refused_before_the_service_starts() -> None:
    ran = scrubber("serve", "--packs", "nowhere", "--port", str(free_port()), timeout=20)
    assert ran.err.splitlines()[0].startswith("nowhere: The rules folder does not exist.")
    assert_own_words(ran)
