"""The history file: whose claims are whose, what is kept of them, and files that are none."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from scrubber.claim.background import PRIOR_LINE_PATHS
from scrubber.claim.keys import person
from scrubber.claim.model import Claim
from scrubber.claim.paths import DERIVED, PATHS
from scrubber.history.kept import kept
from scrubber.history.store import HistoryError, Store
from scrubber.read.claim_json import claim_from_json

SUBSCRIBER = {
    "last_name": "SAMPLE",
    "first_name": "PATRICIA",
    "date_of_birth": "1980-01-15",
    "member_id": "XYZ123456789",
    "ssn": "000000000",
    "address": {"lines": ["200 EXAMPLE AVENUE"], "city": "SPRINGFIELD", "state": "IL", "zip": "62702"},
}


def claim(number: str = "FICT-1", code: str = "99213", **more: Any) -> Claim:
    return claim_from_json(
        {
            "patient_control_number": number,
            "payer": {"payer_id": "99999", "name": "SAMPLE PLAN"},
            "subscriber": SUBSCRIBER,
            "notes": [{"text": "PATRICIA CALLED"}],
            "medical_record_number": "MRN-0001",
            "rendering_provider": {"npi": "1999999026", "last_name": "EXAMPLE", "taxonomy": "207Q00000X"},
            "lines": [
                {
                    "procedure": {"code": code, "description": "FOR PATRICIA"},
                    "charge": "150",
                    "teeth": [],
                    "notes": [{"text": "SEE PATRICIA"}],
                }
            ],
            **more,
        }
    )


def person_of(**more: Any) -> str | None:
    return person(claim(subscriber=SUBSCRIBER | more))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "history.db")


def codes(store: Store, of: Claim) -> list[tuple[str | None, str | None]]:
    found = store.of(of)
    assert found is not None
    return [(prior.line.procedure.code, prior.adjudication_status) for prior in found.lines]


def test_a_patient_has_the_lines_of_all_claims_and_nobody_elses(path: str) -> None:
    store = Store(path, write=True)
    other = SUBSCRIBER | {"first_name": "PATRICK"}
    assert store.add(claim("FICT-1", "99203"), "paid")
    assert store.add(claim("FICT-2", "99213"), "pending")
    assert store.add(claim("FICT-3", "99214", subscriber=other), "paid")
    store.keep(dt.date(2025, 1, 1))
    store.close()
    again = Store(path)
    assert codes(again, claim()) == [("99203", "paid"), ("99213", "pending")]
    assert codes(again, claim(subscriber=other)) == [("99214", "paid")]
    assert codes(again, claim(subscriber=SUBSCRIBER | {"last_name": "EXAMPLE"})) == []
    assert again.since == dt.date(2025, 1, 1)
    contents = again.contents()
    assert (dict(contents.statuses), contents.patients) == ({"paid": 2, "pending": 1}, 2)


def test_the_same_claim_again_says_anew_what_became_of_it(path: str) -> None:
    store = Store(path, write=True)
    store.add(claim(), "pending")
    store.add(claim(), "paid")
    store.add(claim(code="99214"), "pending")  # the number of an account may stand on several claims
    store.keep()
    assert codes(store, claim()) == [("99213", "paid"), ("99214", "pending")]
    store.add(claim(), "denied")
    store.keep()
    assert codes(store, claim()) == [("99213", "denied"), ("99214", "pending")]
    assert dict(store.contents().statuses) == {"denied": 1, "pending": 1}


def test_a_run_sees_one_state_whatever_is_added_meanwhile(path: str) -> None:
    writing = Store(path, write=True)
    writing.add(claim(), "pending")
    writing.keep(dt.date(2024, 1, 1))
    began = Store(path).latest
    writing.add(claim(), "denied")
    writing.add(claim("FICT-2", "99214"), "paid")
    assert codes(Store(path), claim()) == [("99213", "pending")]  # nobody waits for one who writes
    writing.keep(dt.date(2020, 1, 1))
    run = Store(path, state=began)  # a process that starts after that
    assert codes(run, claim()) == [("99213", "pending")]
    assert run.since == dt.date(2024, 1, 1)
    assert codes(Store(path), claim()) == [("99213", "denied"), ("99214", "paid")]
    assert Store(path).since == dt.date(2020, 1, 1)


def test_a_history_that_was_made_anew_during_a_run_is_said(path: str) -> None:
    Store(path, write=True).close()
    with pytest.raises(HistoryError) as caught:
        Store(path, state=7).of(claim())
    assert caught.value.message == f"{path} is another one than when the run began"


def test_since_when_it_has_everything_is_true_of_all_that_was_added(path: str) -> None:
    store = Store(path, write=True)
    day = dt.date(2020, 1, 1)
    assert store.keep(day) == store.since == day
    store.add(claim(), "paid")
    assert store.keep() == store.since == day
    assert store.keep(whole=False) is None and store.since is None
    assert store.keep() is None and store.since is None  # what was missing is missing still
    assert store.keep(day, whole=False) is None
    assert store.keep(day) == store.since == day


def test_a_patient_is_the_same_to_every_payer_and_however_the_name_is_written() -> None:
    assert person_of() == person_of(member_id="OTHER1", last_name="Sam-ple ")
    assert len({person_of(), person_of(date_of_birth="1980-01-16"), person_of(first_name="PAT")}) == 3


def test_a_dependent_is_not_the_subscriber() -> None:
    child = {
        "relationship": "19",
        "last_name": "SAMPLE",
        "first_name": "PATRICIA",
        "date_of_birth": "2015-01-15",
    }
    assert person(claim(patient=child)) == "SAMPLE PATRICIA 2015-01-15"
    assert person(claim(patient={"relationship": "19", "last_name": "SAMPLE"})) is None


@pytest.mark.parametrize(
    "more",
    [{"date_of_birth": None}, {"date_of_birth": "19801345"}, {"first_name": None}, {"last_name": "1"}],
    ids=str,
)
def test_a_claim_that_does_not_say_whose_it_is_has_no_known_history(path: str, more: dict[str, Any]) -> None:
    store = Store(path, write=True)
    nobody = claim(subscriber=SUBSCRIBER | more)
    assert not store.add(nobody, "paid")
    assert store.of(nobody) is None


def test_nothing_that_names_the_patient_is_in_the_file(path: str) -> None:
    store = Store(path, write=True)
    store.add(claim(), "paid")
    store.keep(None)
    store.close()
    data = Path(path).read_bytes()
    assert b"99213" in data
    for word in (
        "PATRICIA",
        "SAMPLE",
        "1980",
        "XYZ123456789",
        "000000000",
        "EXAMPLE",
        "MRN-0001",
        "SPRINGFIELD",
    ):
        assert word.encode() not in data, word
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_a_social_security_number_of_the_provider_is_not_kept() -> None:
    billing = {"npi": "1999999018", "tax_id": "000000001", "tax_id_type": "SY"}
    assert kept({"billing_provider": billing})["billing_provider"] == {"npi": "1999999018"}
    assert kept({"billing_provider": {**billing, "tax_id_type": "EI"}})["billing_provider"]["tax_id"]
    assert kept({"billing_provider": {"npi": "1999999018", "tax_id_type": "SY"}})


def test_the_same_patient_has_another_key_in_another_file(tmp_path: Path) -> None:
    people = set()
    for name in ("a.db", "b.db"):
        store = Store(str(tmp_path / name), write=True)
        store.add(claim(), "paid")
        store.keep(None)
        store.close()
        people |= set(sqlite3.connect(tmp_path / name).execute("SELECT person FROM claims"))
    assert len(people) == 2


def test_every_path_of_prior_lines_is_kept_or_worked_out() -> None:
    for path in PRIOR_LINE_PATHS:
        pattern = f"lines[].{path}"
        assert pattern in DERIVED or PATHS[pattern].places, path
    whole = {"lines": [{"units": "1", "charge": "9", "teeth": [{"number": "14", "surfaces": ["M"]}]}]}
    assert kept(whole) == whole
    assert kept({"lines": [{"notes": [{"text": "X"}]}], "diagnoses": []}) == {"lines": [{}]}


# --- files that cannot be used ------------------------------------------------------------------------


def refused(path: Path | str, *, write: bool = False) -> HistoryError:
    with pytest.raises(HistoryError) as caught:
        Store(str(path), write=write)
    return caught.value


def test_a_history_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    error = refused(tmp_path / "none.db")
    assert error.message == f"{tmp_path}/none.db: there is no such history"
    assert error.remedy == "`scrubber history add` makes one"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "write"),
    [(b"ISA*00*" * 200, False), (b"ISA*00*" * 200, True), (b"", False), (None, False), (None, True)],
    ids=str,
)
def test_another_file_is_no_history_and_stays_as_it_is(
    tmp_path: Path, write: bool, data: bytes | None
) -> None:
    file = tmp_path / "x.db"
    if data is None:
        other = sqlite3.connect(file)
        other.execute("CREATE TABLE claims (a)")
        other.commit()
        other.close()
        data = file.read_bytes()
    else:
        file.write_bytes(data)
    error = refused(file, write=write)
    assert (error.message, error.remedy) == (
        *(f"{file} is no history",),
        "name a file that `scrubber history add` made",
    )
    assert file.read_bytes() == data


_ENDS_WHILE_IT_MAKES_ONE = """
import os, sys
from scrubber.history import store
store.secrets.token_bytes = lambda count: os._exit(9)
store.Store(sys.argv[1], write=True)
"""


def test_a_history_that_was_not_made_to_the_end_is_made(path: str) -> None:
    ended = subprocess.run([sys.executable, "-c", _ENDS_WHILE_IT_MAKES_ONE, path], check=False)
    assert ended.returncode == 9
    assert Path(path).exists() and refused(path).message == f"{path} is no history"
    store = Store(path, write=True)
    assert store.add(claim(), "paid")
    store.keep()
    assert codes(Store(path), claim()) == [("99213", "paid")]
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_two_that_make_a_history_at_once_make_one(path: str) -> None:
    Path(path).touch()
    one = sqlite3.connect(path)
    one.execute("BEGIN EXCLUSIVE")
    made: list[Store] = []
    other = threading.Thread(target=lambda: made.append(Store(path, write=True)))
    other.start()
    one.rollback()
    Store(path, write=True).close()
    other.join()
    key = sqlite3.connect(path).execute("SELECT value FROM about").fetchall()
    assert made[0]._key == key[0][0] and len(key) == 1


def test_a_history_of_another_version_is_said(path: str) -> None:
    Store(path, write=True).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.commit()
    assert refused(path).message == f"{path} is of another version than this program reads"


def test_a_folder_is_no_history(tmp_path: Path) -> None:
    assert refused(tmp_path).message == f"{tmp_path} cannot be opened, read or written"


def test_reading_changes_nothing(path: str) -> None:
    Store(path, write=True).close()
    with pytest.raises(HistoryError):
        Store(path).add(claim(), "paid")


def test_a_claim_that_was_damaged_is_said_without_a_word_of_it(path: str) -> None:
    store = Store(path, write=True)
    store.add(claim(), "paid")
    store.keep(None)
    store._connection.execute("UPDATE claims SET document = ?", (b'{"lines": "PATRICIA"}',))
    with pytest.raises(HistoryError) as caught:
        store.of(claim())
    assert caught.value.message == f"{path} holds a claim that cannot be read"


@pytest.mark.parametrize("key", [None, b"", b"k" * 31, "k" * 32, b"k" * 99], ids=repr)
def test_a_history_without_its_key_is_refused(path: str, key: bytes | str | None) -> None:
    """Under another key no patient is found: every claim would look like the patient's first."""
    store = Store(path, write=True)
    store.add(claim(), "paid")
    store.keep(dt.date(2020, 1, 1))
    store._connection.execute("DELETE FROM about WHERE name = 'key'")
    if key is not None:
        store._connection.execute("INSERT INTO about VALUES ('key', ?)", (key,))
    store.keep(None)
    store.close()
    assert refused(path).message == f"{path} has lost its key"
    assert refused(path, write=True).remedy == "make it again with `scrubber history add`"


def test_a_damaged_date_is_said(path: str) -> None:
    store = Store(path, write=True)
    store._connection.execute("UPDATE states SET since = '2026-13-01'")
    for ask in (lambda: store.of(claim()), store.contents):
        with pytest.raises(HistoryError) as caught:
            ask()
        assert caught.value.message == f"{path} says since when it has everything, but no date"


def test_a_history_that_another_writes_to_is_said(path: str) -> None:
    one, other = Store(path, write=True), Store(path, write=True)
    other._connection.execute("PRAGMA busy_timeout = 0")
    one.add(claim(), "paid")
    with pytest.raises(HistoryError) as caught:
        other.add(claim("FICT-2"), "paid")
    assert caught.value.message == f"{path} is being written to"
    one.keep(None)
    assert other.add(claim("FICT-2"), "paid")
