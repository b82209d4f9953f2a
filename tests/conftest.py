"""What tests of the whole product share: the command line as users run it, and claims to give it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scrubber.cli import main
from scrubber.packs.bundle import Bundle
from scrubber.packs.load import builtin_rules_dir, load_packs
from scrubber.pipeline import BUILDER_NAMES, Scrubber
from scrubber.reference.store import Snapshot
from scrubber.worker import AnyChunk, ChunkReply, WorkerOptions, scrub_chunk

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"

#: Tests do not see the reference tables of whoever runs them.
os.environ["SCRUBBER_DATA"] = str(ROOT / "tests" / "no reference tables")

# A shell lets what it starts in the background ignore interrupts, and that is passed on to what tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: A clean claim of two lines; segment 10 is the billing provider's NM1, 22 the CLM, 35 the SE.
PROFESSIONAL = (ROOT / "rules" / "base" / "professional.837").read_bytes()
#: The same for the fictitious payer that has rules of its own.
EXAMPLE_HEALTH = (ROOT / "rules" / "base" / "professional_example_health.837").read_bytes()

#: Stands for what a claim says: it may never turn up in a message or a log.
SECRET = "ZEBRAFISH"

#: The command as a list of words; the current Python runs it, whether installed or not.
COMMAND = (sys.executable, "-c", "from scrubber.cli import main; main()")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child process that must find this source tree."""
    path = os.pathsep.join(str(ROOT / part) for part in (".", "api", "reports"))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", **(extra or {})}


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def files(self) -> dict[str, Any]:
        """The files of a JSON result by their path."""
        return {file["path"]: file for file in self.json["files"]}

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The claims of a JSON result, over all files."""
        return [claim for file in self.json["files"] for claim in file["claims"]]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings on claims of a JSON result."""
        return [finding for claim in self.claims for finding in claim["findings"]]


def scrubber(
    *words: str | Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    timeout: float = 60,
) -> Ran:
    """Run the command line. Whatever happens, it must not show a traceback."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        input=stdin,
        cwd=cwd,
        env=environment(env),
        pass_fds=pass_fds,
        capture_output=True,
        check=False,
        timeout=timeout,
    )
    ran = Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    assert "Traceback" not in ran.err, ran.err
    assert "Traceback" not in ran.out, ran.out
    return ran


def assert_refused(ran: Ran, message: str, remedy: str) -> None:
    """The command did nothing and said why: exit code 2, message and remedy on standard error only."""
    assert ran.err == f"scrubber: {message}\n  remedy: {remedy}\n"
    assert (ran.code, ran.out) == (2, "")


def assert_own_words(ran: Ran) -> None:
    """A mistake of the user's was foreseen: it has a remedy and is not called an internal error."""
    assert ran.code == 2
    assert "internal error" not in ran.err
    assert "remedy: " in ran.err


def in_transactions(*bodies: str, trailer: Sequence[bool] = ()) -> str:
    """Return one interchange with a transaction for each body; `trailer` False leaves the SE out."""
    lines = PROFESSIONAL.decode().splitlines(keepends=True)
    isa, gs, ge, iea = lines[0], lines[1], lines[-2], lines[-1]
    out = [isa, gs]
    for number, body in enumerate(map(_under_one_header, bodies), 1):
        count = body.count("~") + 2
        out += [f"ST*837*{number:04d}*005010X222A1~\n", body]
        if not trailer or trailer[number - 1]:
            out.append(f"SE*{count}*{number:04d}~\n")
    return "".join([*out, ge.replace("GE*1*", f"GE*{len(bodies)}*"), iea])


def _under_one_header(body: str) -> str:
    """Return bodies that were put together as one: the first one's BHT and 1000 loops, HL numbered anew."""
    out: list[str] = []
    numbers: dict[str, str] = {}
    header = True
    for line in body.splitlines(keepends=True):
        if line.startswith("BHT*") and out:
            header, numbers = False, {}
        if line.startswith("HL*"):
            header = True
            number = str(sum(kept.startswith("HL*") for kept in out) + 1)
            _, old, parent, rest = line.split("*", 3)
            numbers[old] = number
            out.append(f"HL*{number}*{numbers.get(parent, parent)}*{rest}")
        elif header:
            out.append(line)
    return "".join(out)


def body_of(claim_id: str, text: bytes = PROFESSIONAL) -> str:
    """Return the segments between ST and SE of a one-claim file, with another claim id."""
    return "".join(text.decode().splitlines(keepends=True)[3:-3]).replace("FICT-0001", claim_id)


def place(location: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return (loop, segment, element, component, segment number) of a location."""
    x12 = location["x12"]
    return x12["loop"], x12["segment"], x12["element"], x12["component"], x12["position"]


# --- the command line without a process for each run -------------------------------------------------


@cache
def _built_in() -> Bundle:
    """Load the built-in rules from elsewhere, so that their paths are whole: tests change the folder."""
    with contextlib.chdir(Path(__file__).parent):
        return load_packs([builtin_rules_dir()], BUILDER_NAMES)


@cache
def _scrubber(receipt_date: dt.date | None, engine_enabled: bool, data: Snapshot | None) -> Scrubber:
    return Scrubber(_built_in(), receipt_date, engine_enabled=engine_enabled, data=data)


def _load(roots: Sequence[Path], builders: Collection[str]) -> Bundle:
    return _built_in() if list(roots) == [builtin_rules_dir()] else load_packs(roots, builders)


class _InlineWorker:
    """Scrubs in this process what a worker would scrub in its own; what passes between them is pickled."""

    pid = None
    ready = True

    def __init__(self, bundle: Bundle, options: WorkerOptions) -> None:
        assert bundle is _built_in()
        self.pipe, self._theirs = multiprocessing.Pipe()
        self._options = options
        self._replies: deque[bytes] = deque()

    def ask(self, chunk: AnyChunk, receipt_date: dt.date | None = None) -> None:
        options = self._options
        scrubber = _scrubber(options.receipt_date, options.engine_enabled, options.data)
        chunk = pickle.loads(pickle.dumps(chunk))
        self._replies.append(pickle.dumps(scrub_chunk(scrubber, chunk, options, receipt_date)))
        self._theirs.send_bytes(b"answered")

    def answer(self) -> ChunkReply | None:
        self.pipe.recv_bytes()
        reply: ChunkReply = pickle.loads(self._replies.popleft())
        return reply

    def stop(self) -> None:
        self.pipe.close()
        self._theirs.close()

    def kill(self) -> None:
        raise AssertionError("no claim of these tests takes that long")


Quick = Callable[..., Ran]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Quick:
    """Run the command line like `scrubber`, inside this process and therefore in milliseconds."""
    monkeypatch.setattr("scrubber.cli.common.load_packs", _load)
    monkeypatch.setattr("scrubber.supervisor.Worker", _InlineWorker)

    def run(*words: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.argv", ["scrubber", *map(str, words)])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsysbinary.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out.decode(), err.decode())

    return run


# --- scrubbing processes that die, hang or fail -------------------------------------------------------

#: Loaded by every Python that starts below; acts only in scrubbing processes.
_POISON = """
import json, os, signal, sys, time

acts = json.loads(os.environ.get("POISON", "{}"))
spawned = any("spawn_main" in word for word in sys.orig_argv)
if spawned or any("forkserver" in word for word in sys.orig_argv):
    if acts.get("*") == "die":
        if spawned:
            os._exit(1)
        os.register_at_fork(after_in_child=lambda: os._exit(1))
    import scrubber.pipeline

    scrub = scrubber.pipeline.Scrubber.scrub

    def poisoned(self, item, *args, **kwargs):
        act = acts.get(item.claim.patient_control_number)
        if act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if act == "hang":
            time.sleep(3600)
        if act == "fail":
            raise ValueError(item.claim.patient_control_number)
        return scrub(self, item, *args, **kwargs)

    scrubber.pipeline.Scrubber.scrub = poisoned
"""

Poison = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture
def poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Give claims, by id, an effect on the process that scrubs them: die, hang or fail.

    It holds for runs in this process and, with the environment that is returned, for commands. `*`: die
    gives every scrubbing process that effect when it starts.
    """

    def take(acts: dict[str, str]) -> dict[str, str]:
        folder = tmp_path / "poison"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(_POISON, encoding="ascii")
        path = os.pathsep.join((str(folder), environment()["PYTHONPATH"]))
        extra = {"PYTHONPATH": path, "POISON": json.dumps(acts)}
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        # The server of this process has another environment: here, processes are made without it.
        monkeypatch.setattr("scrubber.worker.context", lambda: multiprocessing.get_context("spawn"))
        return extra

    return take


def scrubbing_processes(parent: int) -> list[int]:
    """Return the ids of the scrubbing processes below a process."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
    ).stdout
    rows = [row for row in (line.split(None, 3) for line in listing.splitlines()) if len(row) == 4]
    servers = {int(pid) for pid, ppid, _, command in rows if int(ppid) == parent and "forkserver" in command}
    return [
        int(pid)
        for pid, ppid, state, command in rows
        if (int(ppid) in servers or (int(ppid) == parent and "spawn_main" in command))
        and not state.startswith("Z")
    ]


def is_running(pid: int) -> bool:
    """Whether a process, not our child, is there and not only waiting to be collected."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


# --- fixtures ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The built-in rules."""
    return _built_in()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that is the current one, so that paths in messages are short."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
