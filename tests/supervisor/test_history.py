"""A run sees one state of a history, whatever is added to it before the run ends."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import orjson
import pytest

from scrubber.history.store import Store
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES
from scrubber.read.claim_json import claim_from_json
from scrubber.supervisor import ClaimScrubbed, RunOptions, scrub_files
from scrubber.worker import WorkerError, WorkerOptions
from tests.api.conftest import as_json
from tests.cli.rules.packs import write_rule
from tests.cli.test_history import BILLED_BEFORE
from tests.conftest import PROFESSIONAL

CLAIMS = 60


def test_what_is_added_during_a_run_is_not_seen_by_it(tmp_path: Path) -> None:
    write_rule(tmp_path / "mine", *BILLED_BEFORE)
    bundle = load_packs([builtin_rules_dir(), tmp_path / "mine"], BUILDER_NAMES)
    claim = as_json(PROFESSIONAL)
    claims, path = tmp_path / "claims.json", str(tmp_path / "history.db")
    claims.write_bytes(orjson.dumps([claim] * CLAIMS))
    options = RunOptions(worker=WorkerOptions(history=path), claims_a_chunk=1)

    def found() -> list[bool]:
        events = scrub_files([str(claims)], bundle, options)
        out = []
        for event in events:
            if isinstance(event, ClaimScrubbed):
                out.append(b"ZZZ-002" in event.reply.result)
                if len(out) == 1:
                    with closing(Store(path, write=True)) as store:
                        store.add(claim_from_json(claim), "paid")
                        store.keep()
        return out

    Store(path, write=True).close()
    assert found() == [False] * CLAIMS
    assert found() == [True] * CLAIMS


def test_a_run_may_be_given_the_state_it_sees(tmp_path: Path) -> None:
    """A corrected file is compared with what was found in the state that it was corrected in."""
    write_rule(tmp_path / "mine", *BILLED_BEFORE)
    bundle = load_packs([builtin_rules_dir(), tmp_path / "mine"], BUILDER_NAMES)
    claim = as_json(PROFESSIONAL)
    claims, path = tmp_path / "claims.json", str(tmp_path / "history.db")
    claims.write_bytes(orjson.dumps(claim))
    with closing(Store(path, write=True)) as store:
        before = store.latest
        store.add(claim_from_json(claim), "paid")
        store.keep()
    for state, found in ((before, False), (before + 1, True), (None, True)):
        options = RunOptions(worker=WorkerOptions(history=path, history_state=state))
        (reply,) = (
            event.reply
            for event in scrub_files([str(claims)], bundle, options)
            if isinstance(event, ClaimScrubbed)
        )
        assert (b"ZZZ-002" in reply.result) is found


def test_a_history_that_is_gone_ends_the_run_in_words(tmp_path: Path) -> None:
    options = RunOptions(worker=WorkerOptions(history=str(tmp_path / "none.db")))
    with pytest.raises(WorkerError, match=r"none.db: there is no such history; `scrubber history add`"):
        list(scrub_files([], load_packs([builtin_rules_dir()], BUILDER_NAMES), options))
