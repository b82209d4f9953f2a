"""The history: one SQLite file with what was billed before, by patient.

A patient is known by a keyed hash of names and date of birth; of a claim is kept what `kept.py` lists. The
key stands in the file itself: whoever has the file and a patient's data can ask for that patient, so it is to
be protected like the claims. Scrubbing opens it read-only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
_APPLICATION, _VERSION = 0x436C6D48, 1
_KEY_BYTES = 32
_AGAIN = "make it again with `scrubber history add`"
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claims (
    claim BLOB PRIMARY KEY, person BLOB NOT NULL, status TEXT NOT NULL, document BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX claims_of_person ON claims (person);
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


class Store:
    """A history file that was opened. `of` answers what was billed for the patient of a claim."""

    def __init__(self, path: str, *, write: bool = False) -> None:
        """Open a history; with `write`, make it when there is none. Raises HistoryError."""
        self.path = path
        with _told(path):
            new = not Path(path).exists()
            if new and not write:
                raise HistoryError(f"{path}: there is no such history", "`scrubber history add` makes one")
            mode = "rwc" if write else "ro"
            self._connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode={mode}", uri=True)
            if new:
                Path(path).chmod(0o600)
                self._connection.executescript(_TABLES)
                self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                self._connection.execute(f"PRAGMA user_version = {_VERSION}")
                self._set("key", secrets.token_bytes(_KEY_BYTES))
                self._connection.commit()
            self._check()
            self._key = self._whole_key()

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
        key = self._about("key")
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
        with _told(self.path):
            rows = self._connection.execute(
                "SELECT status, document FROM claims WHERE person = ? ORDER BY document", (found,)
            ).fetchall()
        return History([line for row in rows for line in self._lines(*row)], self.since)

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
        said = self._about("since")
        try:
            return dt.date.fromisoformat(str(said)) if said is not None else None
        except ValueError:
            raise HistoryError(
                f"{self.path} says since when it has everything, but no date", _AGAIN
            ) from None

    def contents(self) -> Contents:
        """Return what the history has."""
        with _told(self.path):
            counted = self._connection.execute("SELECT status, count(*) FROM claims GROUP BY status")
            statuses = Counter(dict(counted))
            ((patients,),) = self._connection.execute("SELECT count(DISTINCT person) FROM claims")
        return Contents(statuses, patients, self.since)

    # --- writing ----------------------------------------------------------------------------------

    def add(self, claim: Claim, status: Status) -> bool:
        """Add a claim, or say anew what became of it; False when the claim does not say whose it is.

        A claim that is the same in all that is kept is the same claim.
        """
        found = self._person(claim)
        if found is None:
            return False
        document = orjson.dumps(kept(claim_to_json(claim)), option=orjson.OPT_SORT_KEYS)
        with _told(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)",
                (self._hash(found + document), found, status, document),
            )
        return True

    def keep(self, since: dt.date | None) -> None:
        """Make what was added lasting; `since`: the day from which on the history has everything now."""
        with _told(self.path):
            if since is not None:
                self._set("since", since.isoformat())
            self._connection.commit()

    # --- keys -------------------------------------------------------------------------------------

    def _person(self, claim: Claim) -> bytes | None:
        text = person(claim)
        return self._hash(text.encode()) if text is not None else None

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()

    def _about(self, name: str) -> object:
        with _told(self.path):
            row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row is not None else None

    def _set(self, name: str, value: str | bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


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
