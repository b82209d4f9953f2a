"""One piece of work in a process of its own: `python -m benchmarks.measure WORK FILE SMALL`; answers in JSON.

Each work is done on SMALL twice and then on FILE, all in one thread. What counts is FILE less the second
SMALL, so that imports, loading of rules or maps and warming up are in no rate.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rules import write

if TYPE_CHECKING:
    from scrubber.reference.store import Snapshot

ROOT = Path(__file__).parent.parent
_CHUNK = 100  # claims a chunk, as in a run
SYNTHETIC = 300  # rules


@dataclass(frozen=True, slots=True)
class Cost:
    """What a work cost: seconds of processor and clock, peak memory of the process in bytes, claims done."""

    cpu: float
    wall: float
    memory: int
    claims: int


# --- the works; each takes a path and returns how many claims it could do (-1: it does not count) ---


def _read() -> Callable[[str], int]:
    from scrubber.inputs import read_file
    from scrubber.read.chunks import Chunk

    def work(path: str) -> int:
        claims = 0
        for part in read_file(path, _CHUNK):
            if isinstance(part, Chunk):
                claims += sum(item.broken is None for item in part.read())
        return claims

    return work


def _format() -> Callable[[str], int]:
    """Read, and check against the implementation guide."""
    from scrubber.guides.library import Guides
    from scrubber.inputs import read_file
    from scrubber.packs.load import builtin_rules_dir, load_packs
    from scrubber.read.chunks import Chunk

    guides = Guides(load_packs([builtin_rules_dir()]).guides.loaders())

    def work(path: str) -> int:
        claims = 0
        for part in read_file(path, _CHUNK):
            if isinstance(part, Chunk):
                claims += sum(item.broken is None for item in part.read(guides))
        return claims

    return work


def _scrub() -> Callable[[str], int]:
    from scrubber.packs.load import builtin_rules_dir

    return _scrub_by(builtin_rules_dir())


def _synthetic() -> Callable[[str], int]:
    """Scrub by many made-up rules instead of the shipped ones."""
    with tempfile.TemporaryDirectory() as folder:
        write(SYNTHETIC, Path(folder))
        return _scrub_by(Path(folder))


def _scrub_by(rules: Path) -> Callable[[str], int]:
    from scrubber.inputs import read_file
    from scrubber.packs.load import builtin_rules_dir, load_packs
    from scrubber.pipeline import BUILDER_NAMES, Scrubber
    from scrubber.read.chunks import Chunk
    from scrubber.worker import WorkerOptions, keep_loaded, scrub_chunk

    scrubber = Scrubber(load_packs([rules], BUILDER_NAMES, [builtin_rules_dir()]), data=_codes())
    options = WorkerOptions()
    keep_loaded()

    def work(path: str) -> int:
        claims = 0
        for part in read_file(path, _CHUNK):
            if isinstance(part, Chunk):
                for reply in scrub_chunk(scrubber, part, options).claims:  # each holds the JSON of a result
                    claims += reply.outcome != "error"
        return claims

    return work


def _codes() -> Snapshot:
    """Return a table of the codes that the claims bill; it is there until this process ends."""
    from benchmarks.valid_codes import with_valid_codes

    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return with_valid_codes(Path(folder))


def _unproven() -> Callable[[str], int]:
    """Scrub as a worker does, but leave the rules' amendments out, whose proof is another scrub."""
    from scrubber.inputs import read_file
    from scrubber.packs.load import builtin_rules_dir, load_packs
    from scrubber.pipeline import BUILDER_NAMES, Scrubber
    from scrubber.read.chunks import Chunk
    from scrubber.worker import keep_loaded, reply_for

    scrubber = Scrubber(load_packs([builtin_rules_dir()], BUILDER_NAMES), data=_codes())
    keep_loaded()

    def work(path: str) -> int:
        claims = 0
        for part in read_file(path, _CHUNK):
            if isinstance(part, Chunk):
                for item in part.read(scrubber.guides):
                    claims += reply_for(scrubber.scrub(item, verify=False), item).outcome != "error"
        return claims

    return work


def _pyx12() -> Callable[[str], int]:
    from pyx12.params import ParamsBase
    from pyx12.x12n_document import x12n_document

    logging.disable(logging.CRITICAL)

    class Nowhere:
        """A stream for the acknowledgment, which nobody reads."""

        def write(self, text: str) -> int:
            return len(text)

    def work(path: str) -> int:
        with Path(path).open(encoding="ascii") as stream:
            x12n_document(ParamsBase(), stream, Nowhere(), None)
        return -1

    return work


WORKS = {
    "read": _read,
    "format": _format,
    "scrub": _scrub,
    "synthetic": _synthetic,
    "unproven": _unproven,
    "pyx12": _pyx12,
}


def environment() -> dict[str, str]:
    """Return the environment of a measured process: it finds the code of this folder's neighbours."""
    paths = [str(ROOT), str(ROOT / "reports"), str(ROOT / "api")]
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(paths)}


def measured(work: str, path: Path, small: Path) -> Cost:
    """Do the work in a fresh process. Raises RuntimeError with its last words when it fails."""
    command = [sys.executable, "-m", "benchmarks.measure", work, str(path), str(small)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()
        raise RuntimeError(f"{work}: {last[-1] if last else 'ended without a word'}")
    return Cost(**json.loads(done.stdout))


def count(path: Path) -> tuple[int, int]:
    """Return the claims (CLM) and service lines (LX) of a file."""
    with path.open("rb") as stream:
        head = stream.read(106)
        element, end = head[3:4], head[105:106]
        claims = lines = 0
        for segment in _segments(stream, end):
            claims += segment.startswith(b"CLM" + element)
            lines += segment.startswith(b"LX" + element)
    return claims, lines


def _segments(stream: Any, end: bytes) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(1 << 20):
        *whole, rest = (rest + data).split(end)
        for segment in whole:
            yield segment.lstrip(b"\r\n")


def _pin() -> None:
    """Stay on one processor, where the system can do that: the last one allowed."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _timed(work: Callable[[str], int], path: str) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    claims = work(path)
    return Cost(time.process_time() - cpu, time.perf_counter() - wall, _peak(), claims)


def main() -> None:
    """Measure what the arguments say."""
    name, path, small = sys.argv[1:]
    _pin()
    work = WORKS[name]()
    work(small)
    less, all_ = _timed(work, small), _timed(work, path)
    cost = Cost(all_.cpu - less.cpu, all_.wall - less.wall, all_.memory, all_.claims)
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
