"""A service that was given a history compares each claim with what was billed before."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from scrubber.history.store import Store
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from scrubber.read.claim_json import claim_from_json
from scrubber.worker import WorkerOptions
from scrubber_api.app import create_app
from tests.api.conftest import VALIDATE, X12, as_json
from tests.cli.rules.packs import write_rule
from tests.cli.test_history import BILLED_BEFORE
from tests.conftest import PROFESSIONAL


def test_what_was_billed_before_is_found(tmp_path: Path) -> None:
    write_rule(tmp_path / "mine", *BILLED_BEFORE)
    bundle = load_packs([builtin_rules_dir(), tmp_path / "mine"], BUILDER_NAMES)
    path = str(tmp_path / "history.db")
    store = Store(path, write=True)
    store.add(claim_from_json(as_json(PROFESSIONAL)), "paid")
    store.keep(None)
    store.close()
    told = []
    for history in (path, None):
        with TestClient(
            create_app(bundle, options=WorkerOptions(history=history)), base_url="http://127.0.0.1"
        ) as client:
            answer = client.post(VALIDATE, content=PROFESSIONAL, headers=X12).json()
            rules = {rule["id"]: rule for rule in client.get("/v1/rules").json()["rules"]}
            assert (rules["ZZZ-002"]["needs"], rules["BAL-001"]["needs"]) == (["history"], [])
            told.append([finding["rule"] for finding in answer["findings"]])
    assert told == [["ZZZ-002", "ZZZ-002"], []]
