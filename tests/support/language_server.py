"""An editor as far as tests need one: it opens files in yaml-language-server and asks about places."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Seconds after which a server that says nothing is ended, and the test with it.
PATIENCE = 120


def find_server() -> str | None:
    """Return the server that CONTRIBUTING.md says how to install, else one that is on the path, else None."""
    ours = ROOT / ".ci" / "editor" / "node_modules" / ".bin" / "yaml-language-server"
    return str(ours) if ours.exists() and shutil.which("node") else shutil.which("yaml-language-server")


class Editor:
    """A running server, the settings that it asks for, and the mistakes that it has shown.

    It fetches nothing from the network: the catalogue of other people's schemas is off.
    """

    def __init__(self, command: str, folder: Path, schemas: Mapping[str, list[str]]) -> None:
        shown = {"completion": True, "hover": True, "validate": True}
        settings = {"yaml": {"schemas": schemas, **shown, "schemaStore": {"enable": False}}}
        self._settings = settings
        self._last = self._version = 0
        self._configured = False
        self.shown: dict[str, list[dict[str, Any]]] = {}
        self._server = subprocess.Popen(
            [command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._watch = threading.Timer(PATIENCE, self._server.kill)
        self._watch.daemon = True
        self._watch.start()
        can = {
            "textDocument": {
                "completion": {
                    "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}
                },
                "hover": {"contentFormat": ["markdown"]},
            },
            "workspace": {"configuration": True},
        }
        uri = folder.as_uri()
        folders = [{"uri": uri, "name": "rules"}]
        self.ask("initialize", processId=None, rootUri=uri, workspaceFolders=folders, capabilities=can)
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=settings)
        while not self._configured:
            self._handle(self._read())

    def close(self) -> None:
        """End the server."""
        self._watch.cancel()
        self._server.kill()
        self._server.wait()

    def open(self, path: Path, text: str) -> str:
        """Open a file that need not exist, and return its address."""
        uri = path.as_uri()
        self._version += 1  # the server remembers what it read of a version, also after the file was closed
        self.shown.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": self._version, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def complete(self, path: Path, text: str) -> dict[str, dict[str, Any]]:
        """Return what is offered at the `|` of a text, by label."""
        found = self._at("completion", path, text)
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def hover(self, path: Path, text: str) -> str:
        """Return what is said about the place of the `|` of a text."""
        found = self._at("hover", path, text)
        return str(found["contents"]["value"]) if found else ""

    def mistakes(self, *uris: str) -> dict[str, list[str]]:
        """Return what is shown as wrong in files that were opened, by address; those without are left out."""
        while not set(uris) <= self.shown.keys():
            self._handle(self._read())
        return {uri: [m["message"] for m in self.shown[uri]] for uri in uris if self.shown[uri]}

    def ask(self, method: str, /, **params: Any) -> Any:
        """Send a request and return the answer."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._last and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]
            self._handle(message)

    def _at(self, what: str, path: Path, text: str) -> Any:
        before, bar, after = text.partition("|")
        assert bar, "the text has no place to ask about"
        uri = self.open(path, before + after)
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        found = self.ask(f"textDocument/{what}", textDocument={"uri": uri}, position=place)
        self._tell("textDocument/didClose", textDocument={"uri": uri})
        return found

    def _tell(self, method: str, /, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        out = self._server.stdout
        assert out is not None
        length = 0
        for line in iter(out.readline, b"\r\n"):
            assert line, "the language server has ended"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(out.read(length))
        return message

    def _handle(self, message: dict[str, Any]) -> None:
        """Answer a question of the server, or keep what it shows."""
        if "id" in message:
            answer = None
            if message["method"] == "workspace/configuration":
                self._configured = True
                answer = [self._settings.get(item["section"]) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": answer})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.shown[message["params"]["uri"]] = message["params"]["diagnostics"]
