"""The history: one SQLite file with what was billed before, by patient.

A patient is known by a keyed hash of names and date of birth; of a claim is kept what `kept.py` lists. The
key stands in the file itself: whoever has the file and a patient's data can ask for that patient, so it is to
be protected like the claims. Scrubbing opens it read-only.

Whatever is added makes a new state and takes nothing from those before it: a run reads all of its claims in
the state that was the latest when it began, in every process and however long it takes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import orjson

from scrubber.claim.background import History, PriorLine
from scrubber.claim.keys import person
from scrubber.claim.model import Claim
from scrubber.history.kept import kept
from scrubber.read.claim_json import ClaimJsonError, claim_from_json, claim_to_json

#: What became of a claim: `pending` was sent and is not answered yet.
Status = Literal["paid", "pending", "denied"]
STATUSES: tuple[Status, ...] = get_args(Status)
#: Told by the first bytes of the file: SQLite's application id, and the version of the tables below.
_APPLICATION, _VERSION = 0x436C6D48, 2
_KEY_BYTES = 32
_AGAIN = "make it again with `scrubber history add`"
#: A claim stands once for each state in which something else became of it; the latest one counts.
_TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE states (state INTEGER PRIMARY KEY, since TEXT)",
    "CREATE TABLE claims (claim BLOB, state INTEGER, person BLOB NOT NULL, status TEXT NOT NULL, "
    "document BLOB NOT NULL, PRIMARY KEY (claim, state)) WITHOUT ROWID",
    "CREATE INDEX claims_of_person ON claims (person)",
)
#: What is added waits in a file of its own until all of it is there: so long nobody who reads has to wait.
_ADDED = (
    "CREATE TEMP TABLE added (claim BLOB PRIMARY KEY, person BLOB, status TEXT, document BLOB) WITHOUT ROWID"
)
_KEEP_ADDED = """
    INSERT INTO claims SELECT claim, ?, person, coalesce(status, 'pending'), document FROM added
    WHERE CASE WHEN status IS NULL THEN NOT EXISTS (SELECT 1 FROM claims WHERE claim = added.claim)
    ELSE status IS NOT (SELECT status FROM claims WHERE claim = added.claim ORDER BY state DESC LIMIT 1) END
"""


class HistoryError(Exception):
    """A history that cannot be used. `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Contents:
    """What a history has: claims by status, patients, and the day from which on it has everything."""

    statuses: Counter[str]
    patients: int
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run that looks into one state of a history says of it."""

    claims: int
    since: dt.date | None


class Store:
    """A history file that was opened. `of` answers what was billed for the patient of a claim."""

    def __init__(self, path: str, *, write: bool = False, state: int | None = None) -> None:
        """Open a history; with `write`, make it when there is none. Raises HistoryError.

        `state` is the one that is read, see `latest`; None: whichever is the latest at each question.
        """
        self.path = path
        self._at = state
        with _told(path):
            if write:
                _touch(path)
            elif not Path(path).exists():
                raise HistoryError(f"{path}: there is no such history", "`scrubber history add` makes one")
            mode = "rw" if write else "ro"
            self._connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode={mode}", uri=True)
            if write and not Path(path).stat().st_size:
                self._make()
            self._check()
            self._key = self._whole_key()
            if write:
                self._connection.execute(_ADDED)

    def _make(self) -> None:
        """Make the tables: all of them or, when this ends half-way, none."""
        self._connection.execute("BEGIN EXCLUSIVE")
        ((tables,),) = self._connection.execute("SELECT count(*) FROM sqlite_master")
        if not tables:  # else another made them meanwhile
            for table in _TABLES:
                self._connection.execute(table)
            self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")
            key = secrets.token_bytes(_KEY_BYTES)
            self._connection.execute("INSERT INTO about VALUES ('key', ?)", (key,))
            self._connection.execute("INSERT INTO states VALUES (0, NULL)")
        self._connection.commit()

    def _check(self) -> None:
        ((application,),) = self._connection.execute("PRAGMA application_id")
        ((version,),) = self._connection.execute("PRAGMA user_version")
        if application != _APPLICATION:
            raise HistoryError(f"{self.path} is no history", "name a file that `scrubber history add` made")
        if version != _VERSION:
            raise HistoryError(
                f"{self.path} is of another version than this program reads",
                _AGAIN,
            )

    def _whole_key(self) -> bytes:
        """Return the key: with another one nobody would be found, as if nothing had been billed before."""
        row = self._connection.execute("SELECT value FROM about WHERE name = 'key'").fetchone()
        key = row[0] if row is not None else None
        if not isinstance(key, bytes) or len(key) != _KEY_BYTES:
            raise HistoryError(f"{self.path} has lost its key", _AGAIN)
        return key

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # --- reading ----------------------------------------------------------------------------------

    def of(self, claim: Claim) -> History | None:
        """Return what was billed for a claim's patient; None when the claim does not say who that is.

        Raises HistoryError.
        """
        found = self._person(claim)
        if found is None:
            return None
        with self._one_state() as state:
            rows = self._connection.execute(
                "SELECT status, document, max(state) FROM claims WHERE person = ? AND state <= ? "
                "GROUP BY claim ORDER BY document",
                (found, state),
            ).fetchall()
            since = self._since(state)
        lines = [line for status, document, _ in rows for line in self._lines(status, document)]
        return History(lines, since)

    def _lines(self, status: str, document: bytes) -> Iterator[PriorLine]:
        try:
            claim = claim_from_json(orjson.loads(document))
        except (orjson.JSONDecodeError, ClaimJsonError):
            raise HistoryError(f"{self.path} holds a claim that cannot be read", _AGAIN) from None
        for line in claim.lines:
            yield PriorLine(claim, line, status)

    @property
    def since(self) -> dt.date | None:
        """The day from which on the history has everything; None where nobody said so.

        Raises HistoryError.
        """
        with self._one_state() as state:
            return self._since(state)

    @property
    def latest(self) -> int:
        """The latest state. Raises HistoryError."""
        with _told(self.path):
            ((state,),) = self._connection.execute("SELECT max(state) FROM states")
        if not isinstance(state, int):
            raise HistoryError(f"{self.path} has lost its states", _AGAIN)
        return state

    def contents(self) -> Contents:
        """Return what the history has."""
        with self._one_state() as state:
            counted = self._connection.execute(
                "SELECT status, count(*) FROM (SELECT status, max(state) FROM claims WHERE state <= ? "
                "GROUP BY claim) GROUP BY status",
                (state,),
            ).fetchall()
            ((patients,),) = self._connection.execute(
                "SELECT count(DISTINCT person) FROM claims WHERE state <= ?", (state,)
            )
            since = self._since(state)
        return Contents(Counter(dict(counted)), patients, since)

    def seen(self) -> Seen:
        """Return how many claims there are, and since when they are all. Raises HistoryError."""
        with self._one_state() as state:
            # Counted in the order of an index without the documents, which are most of the file.
            ((claims,),) = self._connection.execute(
                "SELECT count(*) FROM (SELECT DISTINCT person, claim FROM claims WHERE state <= ?)", (state,)
            )
            return Seen(claims, self._since(state))

    @contextmanager
    def _one_state(self) -> Iterator[int]:
        """Give the state that is read."""
        state = self.latest if self._at is None else self._at
        with _told(self.path):
            yield state

    def _since(self, state: int) -> dt.date | None:
        row = self._connection.execute("SELECT since FROM states WHERE state = ?", (state,)).fetchone()
        if row is None:
            raise HistoryError(f"{self.path} is another one than when the run began", "run it again")
        try:
            return dt.date.fromisoformat(str(row[0])) if row[0] is not None else None
        except ValueError:
            raise HistoryError(
                f"{self.path} says since when it has everything, but no date", _AGAIN
            ) from None

    # --- writing ----------------------------------------------------------------------------------

    def add(self, claim: Claim, status: Status | None = None) -> bool:
        """Add a claim, or say anew what became of it; False when the claim does not say whose it is.

        Without a status a new claim is pending, and one that is there stays what it is. A claim that is the
        same in all that is kept is the same claim.
        """
        found = self._person(claim)
        if found is None:
            return False
        document = orjson.dumps(kept(claim_to_json(claim)), option=orjson.OPT_SORT_KEYS)
        with _told(self.path):
            self._begin()
            self._connection.execute(
                "INSERT OR REPLACE INTO added VALUES (?, ?, ?, ?)",
                (self._hash(found + document), found, status, document),
            )
        return True

    def keep(self, since: dt.date | None = None, *, whole: bool = True) -> dt.date | None:
        """Make what was added lasting, and return the day from which on the history has everything now.

        `since` is that day where somebody says it, else it is the one that was said before. Where not all
        could be added that should have been (`whole` is false), there is no such day any more: what is
        missing may be of any.
        """
        reach = (since or self.since) if whole else None
        with _told(self.path):
            self._begin()
            state = self.latest + 1
            self._connection.execute(_KEEP_ADDED, (state,))
            self._connection.execute(
                "INSERT INTO states VALUES (?, ?)", (state, reach.isoformat() if reach is not None else None)
            )
            self._connection.execute("DELETE FROM added")
            self._connection.commit()
        return reach

    def _begin(self) -> None:
        """Keep other writers out, but no readers, until what is added is kept."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    # --- keys -------------------------------------------------------------------------------------

    def _person(self, claim: Claim) -> bytes | None:
        text = person(claim)
        return self._hash(text.encode()) if text is not None else None

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()


def _touch(path: str) -> None:
    """Make a file that its owner alone may read, where there is none."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Say what goes wrong with a file without a word of what it holds."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise HistoryError(
                f"{path} is being written to", "wait until `scrubber history add` is done"
            ) from None
        raise HistoryError(
            f"{path} cannot be opened, read or written", "check the path, its permissions and the disk"
        ) from None
    except sqlite3.DatabaseError:
        raise HistoryError(f"{path} is no history", "name a file that `scrubber history add` made") from None
    except OSError as error:
        raise HistoryError(f"{path} cannot be used ({error.strerror})", "check the path") from None
